"""Which last lines of a mail are a signature, and which rules and last lines belong to the message."""

from __future__ import annotations

import pytest

from mailgate.mail.quoting import Written, newly_written

TEXT = "ご連絡の件、承知しました。\n明日の放課後に伺います。"
QUOTE = "On 2025/03/01 10:05, 相談窓口 wrote:\n> 引用です。\n"

SIGNATURES = [
    "-- \n高梨 透\ntakanashi@example.org",
    "-- \n長い座右の銘をここに書いておきます。\n高梨",
    "--\n高梨 透\nTEL 03-0000-1234",
    "━━━━━━━━━━\n高梨 透\n━━━━━━━━━━",
    "==========\n川辺町立川辺小学校　教諭　高梨 透\n電話：03-0000-1234\n==========",
    "----------------\n高梨法律事務所\n弁護士 高梨 透\n〒100-0000 東京都千代田区1-1",
    "＊＊＊＊＊＊＊＊\n高梨 透\nE-mail：takanashi@example.org\n＊＊＊＊＊＊＊＊",
    "◇◆◇◆◇◆◇◆\n川辺小学校\n高梨\n◇◆◇◆◇◆◇◆",
    "☆★☆★☆★☆★\n高梨 透\nhttps://takanashi.example.org/\n☆★☆★☆★☆★",
    "┏━━━━━━━━┓\n┃高梨 透\n┃TEL 03-0000-1234\n┗━━━━━━━━┛",
    "* * * * * * * *\n高梨 透 (Toru Takanashi)\n* * * * * * * *",
    "_____________\nToru Takanashi\nKawabe School\n",
    "━━━━━━━━\n高梨 透\n━━━━━━━━\n川辺小学校\nTEL 03-0000-1234\n━━━━━━━━",
    "━━━━━━━━\n高梨 透\n\n川辺小学校\nTEL 03-0000-1234\n━━━━━━━━",
    "高梨 透\n川辺小学校\nTEL 03-0000-1234\n==========",
    "==========\n高梨 透\n〒100-0000 東京都千代田区一番町一丁目二番三号 川辺ビル四階 TEL 03-0000-1234 FAX 03-0000-1235 "
    "E-mail takanashi@example.org\n==========",
    "==========\n高梨 透\n・TEL 03-0000-1234\n==========",
    "川辺小学校\n高梨 透",
    "川辺町立川辺小学校\n教諭　高梨 透",
    "川辺小学校\n5年担任\nたかなし とおる",
    "---\n高梨 透\n川辺小学校",
    "--\nToru Takanashi | Kawabe School | 03-0000-1234",
    "┏━━━━━┓\n┃ 高梨 透 ┃\n┗━━━━━┛",
    "------ 高梨 透 ------\ntakanashi@example.org\n----------------------",
    "Toru Takanashi\nPhone: +81 3 0000 1234\ntoru@example.org",
    "NPO法人川辺の会\n代表　高梨透\nhttps://kawabe.example.org/",
    "川辺小学校\n高梨 透\n\nTEL 03-0000-1234\ntakanashi@example.org",
    "川辺町立川辺小学校　教諭　高梨　透",
    "--\n高梨 透\nsent with care",
    "高梨 透\n〒100-0000 東京都千代田区1-1\n携帯 090-0000-1234",
]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_signature_is_reported_apart(signature: str) -> None:
    expected = Written(TEXT, signature.rstrip("\n"))
    assert newly_written(f"{TEXT}\n\n{signature}\n", is_reply=False) == expected
    assert newly_written(f"{TEXT}\n\n{signature}\n", is_reply=True) == expected
    assert newly_written(f"{TEXT}\n\n{signature}\n\n{QUOTE}", is_reply=True) == expected
    assert newly_written(f"{QUOTE}\n{TEXT}\n\n{signature}\n", is_reply=True) == expected


@pytest.mark.parametrize("signature", ["-----\n高梨透", "～～～～～～\n高梨 透\n～～～～～～", *SIGNATURES[2:6]])
def test_ruled_signature_right_below_the_last_sentence_is_reported_apart(signature: str) -> None:
    assert newly_written(f"{TEXT}\n{signature}\n\n{QUOTE}", is_reply=True) == Written(TEXT, signature)


@pytest.mark.parametrize("signature", SIGNATURES[:2])
def test_signature_below_the_quote_is_reported_too(signature: str) -> None:
    assert newly_written(f"{TEXT}\n\n{QUOTE}\n{signature}", is_reply=True) == Written(TEXT, signature)


@pytest.mark.parametrize(
    "body",
    [
        "よろしくお願いいたします。\n\n高梨",
        "よろしくお願いいたします。\n\n川辺小学校 高梨",
        "━━━━━━\nお尋ね\n━━━━━━\n班は誰が決めますか。\n\n━━━━━━\n背景\n━━━━━━\n毎晩電話があります。",
        "------------\n候補日\n------------\n・3月10日\n・3月11日",
        "候補です。\n\n--\nいつでも構いませんが、午後が助かります。",
        "本題です。\n-----\nあとから思い出したことを書きます。\n電話は 03-0000-1234 です。",
        "お電話は次の番号へお願いします。\n\n川辺小学校\nTEL 03-0000-1234",
        "連絡先：\n川辺小学校\nTEL 03-0000-1234",
        "お返事します。\n\nTEL 03-0000-1234",
        "承知しました。\n----------\n以上",
        "見出し\n==========\n\n本文が続きます。",
        "はい。\n\n参加する学校:\n川辺小学校\n山辺小学校",
        "First point.\n\n- Kawabe School\n- Yamabe School",
        "本文です。\n\n・・・・・・",
        "行った学校は三つです。\n\n川辺小学校\n山辺小学校\n浜辺小学校",
        "関係者を挙げます。\n\n山田校長\n佐藤 教頭\n川辺小学校",
        "お薦めの相談先\n\n川辺相談室\nTEL 03-0000-1234",
        "役に立った資料です。\n\nhttps://a.example.org/\nhttps://b.example.org/",
        "役に立ったものです。\n\n参考資料\nhttps://a.example.org/",
        "お知らせします。\n\nTEL 03-0000-1234\ntakanashi@example.org",
        "困っています\n\n校長に相談済み\n場所は川辺小学校",
    ],
)
def test_last_lines_that_belong_to_the_message_stay(body: str) -> None:
    assert newly_written(body, is_reply=False) == Written(body, "")
    assert newly_written(body, is_reply=True) == Written(body, "")


def test_list_above_a_signature_stays() -> None:
    body = "候補です。\n\n-----------\n・3月10日\n・3月11日\n-----------\n高梨 透\nTEL 03-0000-1234"
    assert newly_written(body, is_reply=False) == Written(
        "候補です。\n\n-----------\n・3月10日\n・3月11日", "-----------\n高梨 透\nTEL 03-0000-1234"
    )


def test_mail_that_is_only_a_signature_is_text() -> None:
    assert newly_written(SIGNATURES[0], is_reply=False) == Written(SIGNATURES[0], "")


def test_block_of_a_list_below_the_quote_does_not_hide_the_signature() -> None:
    block = "____________________\nteachers mailing list\nhttps://lists.example.org/teachers"
    body = f"{TEXT}\n\n高梨 透\n川辺小学校\n\n{QUOTE}\n{block}"
    assert newly_written(body, is_reply=True) == Written(TEXT, "高梨 透\n川辺小学校")


def test_footer_between_text_and_signature_goes() -> None:
    body = f"{TEXT}\n\niPhoneから送信\n\n-- \n高梨 透"
    assert newly_written(body, is_reply=True) == Written(TEXT, "-- \n高梨 透")


def test_more_lines_than_a_signature_has_stay() -> None:
    body = "\n".join([TEXT, "", "==========", *(f"川辺小学校 {letter}組" for letter in "ABCDEFGHIJKL")])
    assert newly_written(body, is_reply=False) == Written(body, "")


NOTICES = [
    "本メールは秘密情報を含みます。誤って受信された場合は、ただちに破棄してください。",
    "このメールにお心当たりのない場合は、お手数ですが削除をお願いいたします。",
    "This message is confidential. If you are not the intended recipient,\nplease delete it.",
    "Diese Nachricht ist vertraulich. Wenn Sie sie irrtümlich erhalten haben, löschen Sie sie bitte.",
    "Ce message est confidentiel. Si vous n'en êtes pas le destinataire, merci de le supprimer.",
    "Este mensaje es confidencial. Si lo ha recibido por error, elimínelo, por favor.",
    "Сообщение конфиденциально. Если Вы не являетесь адресатом, удалите его.",
    "本邮件内容保密。如您不是指定的收件人，请立即删除此邮件，谢谢合作，并请勿转发给任何第三方。",
    "====================\n誤って届いた場合は、このメールを破棄のうえご一報ください。それまでの間、内容を開示しないでください。\n====================",
    "このメールが誤って届いた場合は削除してください。他の方へ見せないでください。\n\n"
    "This message is privileged. Should you have it in error, delete it.",
]


@pytest.mark.parametrize("notice", NOTICES)
def test_notice_of_an_organisation_goes_with_the_signature_above_it(notice: str) -> None:
    signature = f"{SIGNATURES[4]}\n\n{notice}"
    for body in (f"{TEXT}\n\n{signature}", f"{TEXT}\n\n{signature}\n\n{QUOTE}"):
        assert newly_written(body, is_reply=True) == Written(TEXT, signature)
    assert newly_written(f"{TEXT}\n\n{notice}\n", is_reply=False) == Written(TEXT, notice)


@pytest.mark.parametrize(
    "sentence",
    [
        "この件は秘密にしてください。",
        "先ほど別の方に誤って送ってしまいました。どうしたらよいですか。",
        "What the boy told me is confidential, and I have promised to keep it so.",
        "Das ist vertraulich, was mir das Kind gesagt hat.",
    ],
)
def test_sentence_about_secrecy_is_no_notice(sentence: str) -> None:
    assert newly_written(f"{TEXT}\n\n{sentence}", is_reply=True) == Written(f"{TEXT}\n\n{sentence}", "")


def test_mail_that_is_only_a_notice_is_text() -> None:
    assert newly_written(NOTICES[0], is_reply=True) == Written(NOTICES[0], "")


def test_signature_above_a_forwarded_mail_is_reported_apart() -> None:
    forwarded = "---------- Forwarded message ---------\nFrom: a <a@example.org>\n\n休みます。\n\n佐々木"
    found = newly_written(f"{TEXT}\n\n{SIGNATURES[4]}\n\n{forwarded}\n", is_reply=False)
    assert found == Written(f"{TEXT}\n\n{forwarded}", SIGNATURES[4])
