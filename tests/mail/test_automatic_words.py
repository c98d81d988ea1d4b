"""Subjects and first lines: what a program says counts, what a person may say too needs a second sign.

Each rule has its near miss: the same words from a person.
"""

from __future__ import annotations

import pytest

from mailgate.mail.address import parse_address
from mailgate.mail.automatic import kind_of
from mailgate.mail.fields import split_mail
from mailgate.mail.message import Kind, Sender

_TARO = Sender("田中 太郎", parse_address("taro@mail.example.jp"))
_PORTAL = Sender("学校ポータル", parse_address("no-reply@portal.example.jp"))
_ADMIN = Sender("情報担当", parse_address("mail-admin@school.example.jp"))
_FILTER = Sender("Content-filter at mx", parse_address("filter@mx.example.jp"))
_AUTO, _BOUNCE, _PERSON = Kind.AUTO_REPLY, Kind.BOUNCE, Kind.PERSON


def _kind(
    subject: str, text: str = "", header: str = "X: y", sender: Sender = _TARO, types: tuple[str, ...] = ()
) -> Kind:
    return kind_of(split_mail(header.encode() + b"\n\n")[0], subject, sender, types, text)


_ANSWER = "In-Reply-To: <a@desk.example.jp>"
_SUPPRESS = "X-Auto-Response-Suppress: All"


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: comment",
        "Automatische Antwort: Anfrage",
        "Abwesenheitsnotiz: Anfrage",
        "Réponse automatique : Demande",
        "Respuesta automática: Consulta",
        "Risposta automatica: Domanda",
        "Automatisch antwoord: Vraag",
        "Autosvar: Fråga",
        "Automatisk svar: Spørsmål",
        "Automaattinen vastaus: Kysymys",
        "[Automatyczna odpowiedź] Pytanie",
        "Automatická odpověď: Dotaz",
        "Автоматический ответ: Вопрос",
        "Otomatik Yanıt: Soru",
        "Automātiska atbilde: Jautājums",
        "자동 회신: 문의",
        "自动答复: 咨询",
        "自動回覆: 諮詢",
        "Auto: Re: comment",
        "AUTO: Taro is out of the office (returning 01/05)",
        "Out of Office AutoReply: comment",
        "【自動返信】お問い合わせ",
        "Re: comment (Automatic Response)",
    ],
)
def test_subject_in_the_form_of_a_program_counts_alone(subject: str) -> None:
    assert _kind(subject) is _AUTO


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic replies in our mail system",
        "Automatische Antworten abschalten",
        "Urlaub: nächste Woche",
        "Absence: Tuesday",
        "不在: 来週の火曜",
        "自動応答: 設定の件",
        "【自動返信】が二度届きます",
        "自動返信メールの文面について",
        "Fwd: 自動返信: コメント",
        "Out of office next week",
        "Taro is out of the office on Mondays",
        "休暇のお知らせと相談",
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "来週は出張で不在にしております。コメントは遅れます。",
        "I will be out of office until Monday.",
        "「これは自動返信です」と書かれたメールが届きました。",
        "先生へ\n以下のメールが届きました。\n-----\nこれは自動返信です。\nThis is an automatic reply.",
    ],
)
def test_person_who_writes_about_absence_or_automation_is_a_person(subject: str, text: str) -> None:
    assert _kind(subject, text) is _PERSON


@pytest.mark.parametrize(
    "text",
    [
        "これは自動返信です。8月10日まで不在にしております。",
        "お問い合わせありがとうございます。\n※このメールは自動応答です。",
        "本メールは自動返信にてお送りしております。",
        "自動応答にて失礼いたします。",
        "This is an automatic reply. I am away.",
        "Hello,\n\nThis is an automated response to let you know that we got your mail.",
        "Dies ist eine automatische Antwort.",
        "Questa è una risposta automatica.",
        "Это автоматический ответ.",
        "这是一封自动回复，我正在休假。",
    ],
)
def test_mail_that_says_first_that_a_program_answers_is_believed(text: str) -> None:
    assert _kind("Re: コメント", text) is _AUTO
    assert _kind("Fwd: コメント", text) is _PERSON
    assert _kind("Re: コメント", text, "Auto-Submitted: no") is _PERSON


@pytest.mark.parametrize(
    "text",
    [
        "This automatic reply of yours came twice.",
        "I got your mail. This is an automatic reply, right?",
        "返事が届きました。これは自動返信ですか。",
        "これは自動返信ですね。",
        "自動返信により届いたメールについてお尋ねします。",
        "自動応答にてお知らせいただいた件です。",
        "This is an automatic reply problem that I cannot solve.",
        "Is this an automatic reply?",
        "このメールは自動送信の設定について書いています。",
        "このメールは学校のフォームより自動送信されています。\nご相談: 授業のことです。",
        "> これは自動返信です。\n\nこう書かれて届きました。",
        "I am out of the office until Monday and will comment then.",
        "本日は休暇をいただいておりますが、コメントします。",
        "a\nb\nc\nd\nThis is an automatic reply.",
    ],
)
def test_person_who_speaks_of_it_or_is_absent_stays_a_person(text: str) -> None:
    assert _kind("Re: コメント", text, _ANSWER) is _PERSON


@pytest.mark.parametrize(
    ("subject", "text", "header", "sender"),
    [
        ("不在: コメントのお願い", "", _ANSWER, _TARO),
        ("Out of Office: comment", "", "References: <a@desk.example.jp>", _TARO),
        ("Fuera de la oficina: x", "Estoy fuera. Este es un mensaje automático.", "X: y", _TARO),
        ("不在通知", "本日は休暇をいただいております。本メールは自動で送信しています。", "X: y", _TARO),
        (
            "Taro is out of the office",
            "I will be out of the office starting 1 May and will not return until 5 May.",
            "X: y",
            _TARO,
        ),
        ("自動返信: お知らせ", "現在、不在にしております。", "X: y", _TARO),
        ("不在のお知らせ", "", _SUPPRESS, _TARO),
        ("受付完了のお知らせ", "", "X: y", _PORTAL),
        ("Re: x", "I am currently away.", "Precedence: junk", _TARO),
        ("授業", "", "X-Vacation: yes", _TARO),
        ("授業", "", "X-Autogenerated: Reply", _TARO),
        ("授業", "", "X-POST-MessageClass: 9; Autoresponder", _TARO),
        ("授業", "", "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent", _TARO),
        ("complaint about message from 192.0.2.1", "", "X: y", _TARO),
        ("x", "{}", "x-amz-sns-message-id: 1", _PORTAL),
        ("x", '{"notificationType":"Complaint","complaint":{}}', "X: y", _PORTAL),
    ],
)
def test_what_a_person_could_write_counts_with_a_second_sign(
    subject: str, text: str, header: str, sender: Sender
) -> None:
    assert _kind(subject, text, header, sender) is _AUTO


@pytest.mark.parametrize(
    ("subject", "text", "header", "sender"),
    [
        ("不在時の連絡方法について", "", "X: y", _PORTAL),
        ("休暇中の連絡について", "", _SUPPRESS, _TARO),
        ("授業のご相談", "クラスのことで相談です。", _SUPPRESS, _PORTAL),
        ("授業", "", "X-Autogenerated: Forward", _TARO),
        ("授業", "", "X-Vacation: no", _TARO),
        ("授業", "", "Precedence: first-class", _TARO),
        ("授業", "", "Precedence: normal\nX-Priority: 1\nImportance: high", _TARO),
        ("授業", "", "X-Loop: school.example.jp\nX-Mailer: Microsoft Outlook 16.0", _TARO),
        ("授業", "", "Return-Path: <taro@mail.example.jp>\nDelivered-To: taro@mail.example.jp", _TARO),
        ("授業", "", "Disposition-Notification-To: <taro@mail.example.jp>", _TARO),
        ("Re: 授業", "", f"List-Unsubscribe: <https://school.example.jp/stop>\n{_ANSWER}", _TARO),
        ("Vacation plans", "We met at https://example.org", _ANSWER, _TARO),
    ],
)
def test_mark_that_a_persons_mail_may_carry_is_no_second_sign(
    subject: str, text: str, header: str, sender: Sender
) -> None:
    assert _kind(subject, text, header, sender) is _PERSON


_HELD = "Your message to Hanako is held until you confirm."


@pytest.mark.parametrize(
    "text",
    [
        f"{_HELD}\nPlease verify that you are a real person: https://check.example/1",
        "This account is protected by Gatekeeper.\nClick to have your address added to the recipient's list:\n"
        "https://g.example/1",
        f"{_HELD} Sender verification required: reply to this message.",
        "お送りいただいたメールは保留されています。送信者の確認が必要です。\nhttps://check.example/1",
    ],
)
def test_challenge_is_an_auto_reply(text: str) -> None:
    assert _kind("Re: コメント", text) is _AUTO
    assert _kind("Fwd: コメント", text) is _PERSON


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for your message. I am away until Monday, please confirm your address at https://school.example.jp.",
        "Yes, I am a person.\n\n> Your message is held. Verify that you are a person: https://desk.example.jp",
        "Please confirm your address at https://school.example.jp, thank you.",
        "Your message was held up at the office. See https://school.example.jp.",
        "The school needs verification of the numbers before your message goes out.",
        "メールは届いています。送信者の確認が必要ですか。",
    ],
)
def test_request_of_a_person_is_no_challenge(text: str) -> None:
    assert _kind("Re: コメント", text) is _PERSON


_TECHNICAL = "It was not delivered.\n\nTechnical report:\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\n"
_COULD_NOT = "Your message could not be delivered to:\n\n<gone@members.example.org>\n550 unknown\n"


@pytest.mark.parametrize(
    ("subject", "text", "header", "sender", "types"),
    [
        (
            "Returned Mail - Error During Delivery",
            "------ Failed Recipients ------\n<a@b.example>: 550",
            "X: y",
            _TARO,
            (),
        ),
        ("Mail could not be delivered", _COULD_NOT, "X: y", _TARO, ()),
        (
            "Mail could not be delivered",
            "The following mail could not be delivered.",
            "X: y",
            _TARO,
            ("message/rfc822",),
        ),
        ("Undeliverable mail, MTA-BLOCKED", "550 5.7.1 refused", "X: y", _FILTER, ()),
        ("メールの配信不能", "以下のメールアドレスへの送信に失敗しました。\na@b.example", "X: y", _PORTAL, ()),
        ("x", _COULD_NOT, "Return-Path: <>", _TARO, ()),
        ("x", _COULD_NOT, "Return-Path: <MAILER-DAEMON>", _TARO, ()),
        ("x", "", "X-DSNContext: 1 - 2", _TARO, ()),
        ("x", "Your mail sent on: Tue\nCould not be delivered to: <a@b.example>", "X: y", _PORTAL, ()),
        ("**Message you sent blocked by our bulk email filter**", "Your message to:\na@b.example", "X: y", _FILTER, ()),
        ("x", _TECHNICAL, "X-Mailer: Amazon WorkMail", _TARO, ()),
        ("fml system error message", "", "X-MLServer: fml [fml 4]", _TARO, ()),
        ("x", '{"notificationType":"Bounce"}', "x-amz-sns-message-id: 1", _PORTAL, ()),
        ("Unzustellbar: Anfrage", "", "Auto-Submitted: auto-generated", _TARO, ()),
        ("Undelivered", "", "X: y", Sender("MAILER-DAEMON", None), ()),
    ],
)
def test_report_of_a_mail_system_is_a_bounce(
    subject: str, text: str, header: str, sender: Sender, types: tuple[str, ...]
) -> None:
    assert _kind(subject, text, header, sender, types) is _BOUNCE


@pytest.mark.parametrize(
    ("subject", "text", "sender"),
    [
        ("メールが配信できませんでした", "先生のアドレス sensei@school.example.jp に配信できませんでした。", _TARO),
        ("配信エラーについて", "a@b.example への配信エラーが続きます。", _ADMIN),
        ("送信できません", "info@school.example.jp に送信できません。助けてください。", _PORTAL),
        ("Mail delivery problem", f"Hello, this came back:\n\n{_COULD_NOT}", _TARO),
        ("Fwd: Mail could not be delivered", _COULD_NOT, _TARO),
        ("Re: Undelivered Mail Returned to Sender", _COULD_NOT, _TARO),
        ("Mail could not be delivered", "Your message could not be delivered yesterday, said my colleague.", _TARO),
        ("A question", _COULD_NOT, _TARO),
    ],
)
def test_person_who_writes_about_a_report_is_a_person(subject: str, text: str, sender: Sender) -> None:
    assert _kind(subject, text, sender=sender) is _PERSON


def test_technical_report_counts_only_from_the_program_that_writes_it_so() -> None:
    assert _kind("x", _TECHNICAL) is _PERSON
    assert _kind("x", _TECHNICAL, f"X-Mailer: Amazon WorkMail\n{_ANSWER}") is _PERSON
    assert _kind("Undelivered mail", "How is that?", "X-Mailer: Amazon WorkMail") is _PERSON


def test_refusal_that_a_mail_system_words_as_a_receipt_is_a_bounce() -> None:
    header = "Content-Type: multipart/report; report-type=disposition-notification; boundary=b"
    assert _kind("Rejected", "", header, Sender("Mail Delivery Subsystem", None)) is _BOUNCE
    assert _kind("Read: x", "", header) is Kind.RECEIPT
