"""Japanese replies: texts × signatures × clients. The text stays whole, and nothing of quote or signature is in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from mailgate.mail.quoting import newly_written

SENT = """相談窓口より、案件 52 へのコメントのお願いです。

【ご相談の内容】
文化祭の出し物をめぐって、保護者のあいだで意見が割れています。
担任として、どちらの話も聞いているうちに、板挟みになってしまいました。
学年主任に相談すると「様子を見ましょう」と言われるばかりです。
　・来週、臨時の保護者会があります
　・校長は出席しません

【お願い】
どのように進めるのがよいか、2月14日(金)までにお書きください。
このメールにそのまま返信していただければ届きます。

よろしくお願いいたします。
--\x20
教員相談窓口
https://desk.example.jp/"""
DESK = "教員相談窓口 <reply+q7m2k4pa@desk.example.jp>"

TEXTS = (
    "ご連絡ありがとうございます。\n保護者会の前に、両方の代表の方と短く話しておくのがよいと思います。",
    "お世話になっております。\n\n二点、申し上げます。\n・議題を紙にして先に配る\n・発言は一人三分までにする\n\n"
    "以上です。\nよろしくお願いいたします。",
    "━━━━━━━━━━\n■ 結論\n━━━━━━━━━━\n学年主任にも同席をお願いしてください。\n\n━━━━━━━━━━\n■ 理由\n━━━━━━━━━━\n"
    "一人で決めたと言われないためです。",
    "私の学校でも2024年11月8日(金) 18:30から同じような会がありました：\n保護者の方は二十名ほどでした。\n"
    "そのとき母親の一人は次のように書きました：\n「話を聞いてもらえて安心した」",
    "日時：2月20日 18時\n場所：図書室\n件名は「保護者会のご案内」がよいでしょう。\n-----\n"
    "なお、欠席の方には後で電話をしています。",
    "＞担任の先生へ\n様子を見ましょうという言い方は、私もされたことがあります。\n急がば回れ、です。",
    "はい、承知しました。",
    "資料はこちらが参考になります。\nhttps://books.example.org/hogosha\nTEL での相談も受けているそうです。\n\n"
    "取り急ぎ、お返事まで。",
    "1) まず校長に話す\n2) 次に代表に話す\n3) 最後に全体に話す\n\nこの順でないと、うまくいきませんでした…",
    "校長先生が出ないのは困りますね！\n私なら「五分だけでも」と頼みます\nどうでしょうか",
)

SIGNATURES = (
    "",
    "-- \n藤原 桜子\nfujiwara@example.org",
    "--\n藤原桜子\n青葉町立青葉中学校",
    "--------------------\n藤原 桜子\nTEL: 03-0000-4321\n--------------------",
    "━━━━━━━━━━━━━━━━━━\n　青葉町立青葉中学校\n　教諭　藤原　桜子（ふじわら　さくらこ）\n"
    "　〒100-0000　東京都千代田区青葉1-2-3\n"
    "　電話　03-0000-4321　FAX　03-0000-4322\n　E-mail：fujiwara@example.org\n━━━━━━━━━━━━━━━━━━",
    "************************\n藤原桜子\n************************",
    "＝＝＝＝＝＝＝＝＝＝＝＝\n藤原　桜子\n携帯：090-0000-4321\n＝＝＝＝＝＝＝＝＝＝＝＝",
    "◇◆◇◆◇◆◇◆◇◆◇◆\n藤原 桜子 / FUJIWARA Sakurako\nhttps://fujiwara.example.org/\n◇◆◇◆◇◆◇◆◇◆◇◆",
    "☆.:*・°☆.:*・°☆\nさくらこ\nsakura@example.org\n☆.:*・°☆.:*・°☆",
    "┏━━━━━━━━━━━━━━┓\n┃ 青葉中学校　2年1組担任\n┃ 藤原 桜子\n┃ TEL 03-0000-4321\n┗━━━━━━━━━━━━━━┛",
    "//////////////////////////\n藤原桜子（青葉中学校）\n直通 03-0000-4321\n//////////////////////////",
    "+-+-+-+-+-+-+-+-+-+\n藤原桜子\n青葉中学校\n+-+-+-+-+-+-+-+-+-+",
    "_/_/_/_/_/_/_/_/_/_/\n青葉中学校 藤原桜子\nMail: fujiwara@example.org\n_/_/_/_/_/_/_/_/_/_/",
    "______________________________\n青葉町教育委員会 指導課\n藤原 桜子\n内線 4321",
    "青葉町立青葉中学校\n第2学年主任　藤原　桜子\nTEL 03-0000-4321",
    "藤原 桜子（ふじわら さくらこ）\n青葉中学校\nfujiwara@example.org",
    "学校法人青葉学園 青葉高等学校\n英語科　藤原桜子\n〒100-0000 東京都千代田区青葉1-2-3\n"
    "Tel: 03-0000-4321 / Fax: 03-0000-4322",
    "藤原桜子\n090-0000-4321\nfujiwara@example.org",
    "---\nFUJIWARA Sakurako\nAoba Junior High School\nfujiwara@example.org",
    "～～～～～～～～～～～～\n青葉中学校\n藤原 桜子\n※平日16時以降にご連絡ください。\nTEL 03-0000-4321\n"
    "～～～～～～～～～～～～",
    "==============================\n青葉町立青葉小学校\n校長　藤原　桜子\n\n〒100-0000\n"
    "東京都千代田区青葉1-2-3\nTEL：03-0000-4321\n"
    "URL：https://aoba.example.org/\n==============================",
    "*-*-*-*-*-*-*-*-*-*-*-*-*\n  藤原 桜子\n  Sakurako FUJIWARA\n*-*-*-*-*-*-*-*-*-*-*-*-*",
    "・‥…━━━☆・‥…━━━☆\n藤原桜子\n青葉中学校 養護教諭\n・‥…━━━☆・‥…━━━☆",
    "□■□■□■□■□■□■□■\n青葉市立青葉幼稚園\n園長 藤原桜子\n電話 03(0000)4321\n□■□■□■□■□■□■□■",
)


class Reply(NamedTuple):
    form: str
    body: str
    text: str
    signature: str


def quoted(mark: str) -> str:
    return "\n".join(f"{mark}{line}".rstrip() if line else mark.rstrip() for line in SENT.split("\n"))


JA_BLOCK = "差出人: {desk}\n送信日時: 2025年2月3日 18:12\n宛先: 藤原 桜子\n件名: コメントのお願い（案件 52）"
BELOW = {
    "Gmail": f"2025年2月3日(月) 18:12 {DESK}:\n\n{quoted('> ')}",
    "Gmail, wrapped": "2025年2月3日(月) 18:12 教員相談窓口 <\nreply+q7m2k4pa@desk.example.jp>:\n\n" + quoted("> "),
    "iPhone": f"iPhoneから送信\n\n2025/02/03 18:12、{DESK}のメール:\n\n{quoted('> ')}",
    "iPhone, attribution quoted": f"iPhoneから送信\n\n> 2025/02/03 18:12、{DESK}のメール:\n>\n{quoted('> ')}",
    "iPhone, full-width mark": f"2025/02/03 18:12、{DESK}のメール:\n\n{quoted('＞')}",
    "Outlook": JA_BLOCK.format(desk=DESK) + "\n\n" + SENT,
    "Outlook, full-width colon": JA_BLOCK.format(desk=DESK).replace(": ", "：") + "\n\n" + SENT,
    "Outlook on the web": "_" * 32 + "\n" + JA_BLOCK.format(desk=DESK) + "\n\n" + SENT,
    "Outlook, marker": f"-----Original Message-----\nFrom: {DESK}\nSent: Monday, February 3, 2025 6:12 PM\nTo: 藤原\n"
    f"Subject: コメントのお願い\n\n{SENT}",
    "Outlook mobile": "Outlook for iOS<https://aka.ms/o0ukef>を入手\n" + "_" * 32 + f"\n差出人: {DESK}\n"
    f"送信日時: Monday, February 3, 2025 6:12:00 PM\n宛先: 藤原\n件名: コメントのお願い\n\n{SENT}",
    "Thunderbird": f"On 2025/02/03 18:12, 教員相談窓口 wrote:\n{quoted('> ')}",
    "Thunderbird, old": f"(2025/02/03 18:12), 教員相談窓口 wrote:\n{quoted('> ')}",
    "Becky!": f"On Mon, 03 Feb 2025 18:12:00 +0900\n{DESK} wrote:\n\n{quoted('> ')}",
    "EdMax": f"{DESK} wrote:\n{quoted('>')}",
    "Shuriken": f"{DESK} さんは書きました:\n\n{quoted('| ')}",
    "AL-Mail": f"{DESK} さん wrote:\n{quoted('desk> ')}",
    "Roundcube": f"2025-02-03 18:12 に 教員相談窓口 さんは書きました:\n{quoted('> ')}",
    "Evolution": f"2025-02-03 (月) の 18:12 +0900 に 教員相談窓口 さんは書きました:\n{quoted('> ')}",
    "Horde": f"引用 {DESK}：\n\n{quoted('> ')}",
    "K-9": f"2025年2月3日 18:12:20 JST、教員相談窓口 より:\n\n{quoted('>')}",
    "K-9, forward style": f"-------- 元メール --------\n件名: コメントのお願い\n送信日: 2025/02/03 18:12\n"
    f"差出人: {DESK}\n宛先: 藤原\n\n{SENT}",
    "Yahoo!": "----- Original Message -----\n"
    + "\n".join(
        f">{line}"
        for line in f"From: {DESK}\nTo: 藤原\nDate: 2025/2/3, Mon 18:12\nSubject: コメント\n\n{SENT}".split("\n")
    ),
    "Yahoo!, name": f"--- {DESK} wrote:\n{quoted('> ')}",
    "docomo": f"----- 元のメッセージ -----\n差出人：{DESK}\n日付：2025/02/03 18:12\n宛先：藤原\n"
    f"件名：コメントのお願い\n\n{SENT}",
    "SOGo": f"-------- 元のメッセージ --------\n件名: お願い\n日付: 2025/02/03 18:12\n送信者: {DESK}\n"
    f"宛先: 藤原\n\n{SENT}",
    "Spark": f"2025年2月3日 18:12 +0900、{DESK}のメール:\n{quoted('> ')}",
    "phone, marks only": quoted(">"),
    "phone, rule": "----- 引用元メッセージ -----\n" + SENT,
    "nothing quoted": "",
}


def replies(*texts: str) -> Iterator[Reply]:
    for at, text in enumerate(texts or TEXTS):
        for nth, signature in enumerate(SIGNATURES):
            own = f"{text}\n\n{signature}" if signature else text
            for client, below in BELOW.items():
                yield Reply(f"{at} {nth} {client}", f"{own}\n\n{below}\n" if below else own, text, signature)
            for client in ("Gmail", "Becky!", "EdMax", "Yahoo!, name", "phone, marks only"):
                yield Reply(f"{at} {nth} {client}, below", f"{BELOW[client]}\n\n{own}\n", text, signature)


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


@pytest.mark.parametrize("sent", [None, SENT], ids=["without the sent text", "with the sent text"])
@pytest.mark.parametrize("at", range(len(TEXTS)))
def test_text_is_whole_and_neither_quote_nor_signature_is_in_it(at: int, sent: str | None) -> None:
    wrong = [
        reply.form
        for reply in replies(TEXTS[at])
        if newly_written(reply.body, is_reply=True, sent=sent).text != reply.text
    ]
    assert wrong == []


def rewrapped(columns: int) -> str:
    return "\n".join(
        line[at : at + columns] for line in SENT.split("\n") for at in range(0, max(len(line), 1), columns)
    )


RETURNED = {
    "as sent": SENT,
    "wrapped at 9": rewrapped(9),
    "wrapped at 17": rewrapped(17),
    "wrapped at 36": rewrapped(36),
    "paragraphs joined": re.sub(r"([^\n])\n(?=[^\n])", r"\1", SENT),
    "one line": SENT.replace("\n", " "),
    "half width": unicodedata.normalize("NFKC", SENT),
    "full width": "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in SENT),
    "no blank lines": "\n".join(lines(SENT)),
    "blank lines between": SENT.replace("\n", "\n\n"),
    "every fourth line dropped": "\n".join(line for at, line in enumerate(SENT.split("\n")) if at % 4 != 3),
    "every second mark lost": "\n".join(f"> {line}" if at % 2 else line for at, line in enumerate(SENT.split("\n"))),
    "indented": "\n".join(f"    {line}" for line in SENT.split("\n")),
    "other marks": "\n".join(f"： {line}".rstrip() for line in SENT.split("\n")),
    "other signs": SENT.replace("・", "･").replace("「", '"').replace("」", '"'),
    "cut off": SENT[: len(SENT) // 2],
}
HEADS = (
    "",
    f"2025/02/03 18:12、{DESK}のメール:\n\n",
    JA_BLOCK.format(desk=DESK) + "\n\n",
    "-----元のメッセージ-----\n",
)


@pytest.mark.parametrize("returned", RETURNED.values(), ids=RETURNED.keys())
def test_our_mail_is_known_whatever_the_client_did_to_it(returned: str) -> None:
    for text in TEXTS:
        for head in HEADS:
            above = newly_written(f"{text}\n\n{head}{returned}", is_reply=True, sent=SENT).text
            assert above == text
        below = newly_written(f"{HEADS[2]}{returned}\n\n{text}", is_reply=True, sent=SENT).text
        assert below == text


@pytest.mark.parametrize("text", TEXTS)
def test_answer_typed_into_our_unmarked_mail_stays_also_below_a_header_block(text: str) -> None:
    ours = SENT.split("\n")
    body = "\n".join(["はじめに。", "", JA_BLOCK.format(desk=DESK), "", *ours[:6], "", text, "", *ours[6:]])
    assert newly_written(body, is_reply=True, sent=SENT).text == f"はじめに。\n\n{text}"
