"""What a reply newly says: one row for every form of quoting that a client writes."""

from __future__ import annotations

import pytest

from mailgate.mail.quoting import Written, newly_written

SENT = """相談窓口より、案件 40 へのコメントのお願いです。

【ご相談の内容】
遠足の班分けについて、毎晩のように電話で変更を求められています。どのようにお断りすればよいでしょうか。

【締切】3月14日(金)
このメールにそのまま返信してください。
よろしくお願いいたします。"""

QUOTE = "".join(f"> {line}\n" for line in SENT.split("\n")[:4])
ANSWER = "班は学校が決めると、はじめに書面で伝えておきます。"
DESK = "相談窓口 <reply+k2m4@desk.example.jp>"


def reply(body: str, sent: str | None = None) -> str:
    return newly_written(body, is_reply=True, sent=sent).text


@pytest.mark.parametrize(
    "attribution",
    [
        f"2025年3月1日(土) 10:05 {DESK}:",
        "2025年3月1日(土) 10:05 相談窓口 <\nreply+k2m4@desk.example.jp>:",
        f"2025/03/01 12:15 に {DESK} さんは書きました:",
        f"2025-03-01 10:05 GMT+09:00 {DESK}:",
        f"2025/03/01 19:18、{DESK}のメール:",
        f"2025/03/01 午後7:18、{DESK}のメッセージ：",
        f"2025年3月1日 18:12 +0900、{DESK}のメール:",
        "2025年3月1日 18:12:20 JST、相談窓口 より:",
        "On 2025/03/01 10:05, 相談窓口 wrote:",
        "(2025/03/01 10:05), 相談窓口 wrote:",
        f"On Sat, 01 Mar 2025 10:05:00 +0900\n{DESK} wrote:",
        "On Sat, Mar 1, 2025 at 10:05 AM The Desk of the School Teachers\n<\nreply+k2m4@desk.example.jp> wrote:",
        f"{DESK} wrote:",
        f"引用 {DESK}：",
        "2025-03-01 (土) の 10:05 +0900 に 相談窓口 さんは書きました:",
        f"--- {DESK} wrote:",
        f"---- On Sat, 01 Mar 2025 10:05:00 +0900 {DESK} wrote ----",
        "相談窓口さんからのメッセージ:",
        f"Am 01.03.2025 um 10:05 schrieb {DESK}:",
        f"Le sam. 1 mars 2025 à 10:05, {DESK} a\nécrit :",
        f"El sáb, 1 mar 2025 a las 10:05, {DESK} escribió:",
        f"Il giorno sab 1 mar 2025 alle ore 10:05 {DESK} ha scritto:",
        f"Op za 1 mrt 2025 om 10:05 schreef {DESK}:",
        f"Em sáb., 1 de mar. de 2025 às 10:05, {DESK} escreveu:",
        f"{DESK} 于2025年3月1日周六 10:05写道：",
        f"2025년 3월 1일 (토) 오전 10:05, {DESK}님이 작성:",
        f"Vào Th 7, 1 thg 3, 2025 vào lúc 10:05 {DESK} đã viết:",
        f"1. 3. 2025 v 10:05 neznámý {DESK}:",
    ],
)
def test_attribution_goes_with_the_quote_below_it(attribution: str) -> None:
    assert reply(f"{ANSWER}\n\n{attribution}\n\n{QUOTE}") == ANSWER
    assert reply(f"{attribution}\n{QUOTE}\n{ANSWER}\n") == ANSWER


@pytest.mark.parametrize(
    "sentence",
    [
        "お母様は連絡帳に次のように書きました:\n「班を変えてください」\n困っています。",
        "面談は2025年3月1日 10:00より:\n図書室で行います。",
        "He wrote:\nplease change the group\nand I said no.",
        "2025/03/01 に hogosha@example.org から届いたメール：\n班を変えてほしいとのこと。",
        "班の件 2025/03/01 10:00 の面談について：\n次のとおりです。",
        "2025/03/01 10:05 電話あり:\n班を変えてほしいとのこと。",
        "From the beginning: be clear.\nTo the parents: be kind.\nDate of the trip is fixed.",
        "件名：遠足の班\n日時：3月1日\n場所を決めました。",
        "差出人：保護者会\n手紙が届きました。",
        "Sent from my desk, where I have thought about it for a long time.",
        "学校のパソコンから送信しました。",
        "a | b\nc | d",
        "| 班 | 人数 |\n| 赤 | 5 |",
        "母> 変えてください\n私> できません",
    ],
)
def test_sentence_that_looks_like_a_clients_line_stays(sentence: str) -> None:
    assert newly_written(sentence, is_reply=True) == Written(sentence, "")


def test_certain_attribution_at_the_end_of_the_mail_goes() -> None:
    assert reply(f"{ANSWER}\n\n2025/03/01 19:18、{DESK}のメール:\n") == ANSWER


def test_certain_attribution_over_an_unmarked_quote_cuts_to_the_end() -> None:
    assert reply(f"{ANSWER}\n\n2025/03/01 19:18、{DESK}のメール:\n\n{SENT}") == ANSWER


JA_BLOCK = "差出人: 相談窓口\n送信日時: 2025年3月1日 10:05\n宛先: 高梨 透\n件名: コメントのお願い"
EN_BLOCK = f"From: {DESK}\nSent: Saturday, March 1, 2025 10:05 AM\nTo: Toru Takanashi\nSubject: comment"


@pytest.mark.parametrize(
    "block",
    [
        JA_BLOCK,
        JA_BLOCK.replace(": ", "："),
        EN_BLOCK,
        "*From:* Desk\n*Sent:* Saturday\n*To:* Toru\n*Subject:* comment",
        "_" * 32 + "\n" + JA_BLOCK,
        "________________________________\n\n" + EN_BLOCK,
        "-----Original Message-----\n" + EN_BLOCK,
        "-----元のメッセージ-----\n" + JA_BLOCK,
        "-------- 元メール --------\n件名: コメントのお願い\n送信日: 2025/03/01 10:05\n差出人: 相談窓口\n宛先: 高梨",
        "-------- 元のメッセージ --------\n件名: お願い\n日付: 2025/03/01\n送信者: 相談窓口\n宛先: 高梨",
        "----- Original Message -----\nDate: 2025/3/1, Sat 10:05\nSubject: comment",
        "From: Desk\nSent: Saturday\nTo: a@example.org;\n    b@example.org\nCc: c@example.org\nSubject: x",
        "日付: 2025年3月1日 土曜日 10:05\n差出人: 相談窓口\n宛先: 高梨\n件名: お願い",
        "Von: Desk\nGesendet: Samstag\nAn: Toru\nBetreff: x",
        "De : Desk\nEnvoyé : samedi\nÀ : Toru\nObjet : x",
        "De: Desk\nEnviado el: sábado\nPara: Toru\nAsunto: x",
        "Da: Desk\nInviato: sabato\nA: Toru\nOggetto: x",
        "Van: Desk\nVerzonden: zaterdag\nAan: Toru\nOnderwerp: x",
        "发件人： Desk\n发送时间： 2025年3月1日\n收件人： Toru\n主题： x",
        "보낸 사람: Desk\n보낸 날짜: 2025년\n받는 사람: Toru\n제목: x",
        "---------- Forwarded message ---------\nFrom: Desk <desk@example.jp>\nDate: Sat\nSubject: x\nTo: y",
        "----- 引用元メッセージ -----",
    ],
)
def test_header_block_cuts_everything_below_it(block: str) -> None:
    assert reply(f"{ANSWER}\n\n高梨\n\n{block}\n\n{SENT}\n") == f"{ANSWER}\n\n高梨"


def test_answer_below_a_header_block_stays_when_nothing_stands_above() -> None:
    assert reply(f"{JA_BLOCK}\n\n{SENT}\n\n{ANSWER}", SENT) == ANSWER


def test_answers_between_marked_quotes_below_a_header_block_stay() -> None:
    body = f"はじめに。\n\n-----Original Message-----\n{EN_BLOCK}\n\n{QUOTE}\n{ANSWER}\n\n> 最後\nおわりに。"
    assert reply(body) == f"はじめに。\n\n{ANSWER}\n\nおわりに。"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("> 一つ目\n答え一\n> 二つ目\n答え二\n\n答え三\n", "答え一\n\n答え二\n\n答え三"),
        ("＞一つ目\n＞二つ目\n\n答え", "答え"),
        ("＞一つ目のお尋ね\n\n答え", "答え"),
        ("≫一つ目\n≫二つ目\n答え", "答え"),
        ("| 一つ目\n| 二つ目\n答え", "答え"),
        ("｜一つ目\n｜二つ目\n答え", "答え"),
        ("desk> 一つ目\ndesk> 二つ目\n答え", "答え"),
        ("相談窓口 さん wrote:\ndesk> 一つ目\n答え", "答え"),
        (">> 孫引き\n> 引用\n>\n答え", "答え"),
        ("＞高梨先生\n\n先日の件です。", "＞高梨先生\n\n先日の件です。"),
        (">高梨先生へ\n先日の件です。", ">高梨先生へ\n先日の件です。"),
        ("＞高梨先生\n＞お世話になっております。\n\n答え", "答え"),
        ("  > 一つ目\n答え", "答え"),
        ("5 > 3 です\n答え", "5 > 3 です\n答え"),
        ("答え\n\n\n次の段\n> 引用", "答え\n\n\n次の段"),
    ],
)
def test_marked_quotes_go_and_the_rest_stays_in_order(body: str, text: str) -> None:
    assert reply(body) == text


@pytest.mark.parametrize(
    "footer",
    [
        "iPhoneから送信",
        "iPadから送信",
        "私のiPhoneから送信",
        "Androidから送信",
        "Galaxyから送信",
        "Yahoo!メールアプリから送信",
        "Windows 10 版のメールから送信",
        "Outlook for iOS を入手",
        "Outlook for iOS<https://aka.ms/o0ukef>を入手",
        "Sent from my iPhone",
        "Sent from my Galaxy S21",
        "Sent from Outlook for iOS",
        "Sent from Mail for Windows 10",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Envoyé de mon iPhone",
        "Envoyé à partir de Outlook pour iOS",
        "Von meinem iPhone gesendet",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
    ],
)
def test_footer_of_a_phone_is_neither_text_nor_signature(footer: str) -> None:
    assert newly_written(f"{ANSWER}\n\n{footer}\n\n{QUOTE}", is_reply=True) == Written(ANSWER, "")
    assert newly_written(f"{ANSWER}\n\n{footer}\n", is_reply=False) == Written(ANSWER, "")


def test_attribution_needs_a_quote_also_under_a_footer() -> None:
    assert reply(f"{ANSWER}\n\niPhoneから送信\n\n2025/03/01 19:18、{DESK}のメール:\n\n{QUOTE}") == ANSWER


def test_first_mail_keeps_what_it_forwards() -> None:
    body = f"転送します。\n\n---------- Forwarded message ---------\n{EN_BLOCK}\n\n{QUOTE}\nbye"
    assert newly_written(body, is_reply=False) == Written(body, "")


def test_reply_that_is_all_quote_has_no_text() -> None:
    assert newly_written(f"On 2025/03/01 10:05, x wrote:\n{QUOTE}", is_reply=True) == Written("", "")


def test_attribution_whose_quote_was_deleted_goes() -> None:
    assert reply(f"2025/03/01 19:18、{DESK}のメール:\n\n{ANSWER}\n") == ANSWER


def test_phone_outlook_with_footer_and_rule_over_the_block() -> None:
    assert reply(f"{ANSWER}\n\nOutlook for iOS を入手\n{'_' * 32}\n{JA_BLOCK}\n\n{SENT}") == ANSWER


def test_marker_over_a_quoted_header_block_goes() -> None:
    block = "".join(f">{line}\n" for line in JA_BLOCK.split("\n"))
    assert reply(f"----- Original Message -----\n{block}>\n{QUOTE}\n{ANSWER}") == ANSWER


def test_typed_letter_head_is_no_reason_to_cut_the_letter() -> None:
    assert reply(f"宛先：相談窓口\n差出人：高梨\n件名：お礼\n\n{ANSWER}") == ANSWER


def test_line_before_the_next_quote_is_no_attribution() -> None:
    body = f"{QUOTE}\n{ANSWER}\n2025/03/01 10:00 の面談について：\n> 続き\n終わり"
    assert reply(body) == f"{ANSWER}\n2025/03/01 10:00 の面談について：\n\n終わり"


def test_long_full_width_quote_goes() -> None:
    long = "＞" + "長い引用です。" * 100
    assert reply(f"{long}\n{ANSWER}") == ANSWER


def test_reply_that_would_be_all_cut_keeps_what_is_no_quote() -> None:
    assert reply(f"{JA_BLOCK}\n\n{ANSWER}\n\n{QUOTE}") == ANSWER


@pytest.mark.parametrize("body", ["", "\n\n", " \n\u3000\n"])
@pytest.mark.parametrize("is_reply", [True, False])
def test_empty_body_gives_empty_text(body: str, is_reply: bool) -> None:
    assert newly_written(body, is_reply=is_reply, sent=SENT) == Written("", "")


@pytest.mark.parametrize(
    "above",
    [
        f"----------------\nКому: Toru (toru@example.org);\nТема: 40;\n01.02.2025, 10:05, {DESK}:\n",
        f'>>> "Desk" <{DESK[5:-1]}> 01/02/2025 10:05 >>>\n',
        f"---------- Initial Header -----------\n\nFrom : {DESK}\nTo : toru@example.org\nDate : Sat\nSubject : 40\n",
        "---- Replied Message ----\n| From | Desk |\n| Date | 2025-02-01 |\n",
        "---- 回复的原邮件 ----\n| 发件人 | Desk |\n| 日期 | 2025年02月01日 |\n",
        f"In a message dated 2/1/2025 10:05:00 A.M. Tokyo Standard Time, {DESK[5:-1]} writes:\n",
        f"--- On Sat, 2/1/25, {DESK} wrote:\n\nFrom: {DESK}\nSubject: 40\nTo: Toru\nDate: Saturday\n",
        f"‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Saturday, February 1, 2025 10:05 AM, {DESK} wrote:\n",
        f"On 1 Feb 2025, 10:05 +0900, {DESK}, wrote:\n",
        f"Суббота,  1 февраля 2025, 10:05 +03:00 от {DESK}:\n",
        f"Name {DESK} hat am 1. Februar 2025 um 10:05 geschrieben:\n",
        "---- Desk wrote ----\n",
        f"{DESK} wrote:\n",
        f"From: {DESK}<mailto:desk@example.jp>\nSent: \u200e1/\u200e2/\u200e2025 10:05\nTo: Toru\nSubject: 40\n",
    ],
)
def test_rarer_clients_over_an_unmarked_quote(above: str) -> None:
    assert reply(f"{ANSWER}\n\n{above}\nMay the groups be changed?\nPlease answer.") == ANSWER
    assert reply(f"{ANSWER}\n\u200b\n{above}\n> May the groups be changed?\n") == ANSWER
