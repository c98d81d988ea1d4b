"""Any mail at all: who speaks and whom a report names is always decided, soon, and never with what is no address."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.mail.address import parse_address
from mailgate.mail.automatic import kind_of
from mailgate.mail.bounce import failed_recipients
from mailgate.mail.fields import split_mail
from mailgate.mail.message import Kind, Sender

_WORDS = [
    "Final-Recipient: rfc822; a@x.example\n",
    "Original-Recipient: rfc822;",
    "Action: failed\n",
    "Status: 5.1.1\n",
    "Diagnostic-Code: smtp; 550 5.1.1 <a@x.example>\n",
    "X-Failed-Recipients: a@x.example, b@",
    "\n\n",
    "\r\n",
    "<a@x.example>: ",
    "(expanded from <o@x.example>)",
    "Recipient: ",
    ">>> RCPT TO:<a@x.example>\n",
    "--- Below this line is a copy of the message.\n",
    "To: a@x.example\n",
    "Your message could not be delivered to ",
    "以下のメールアドレスへの送信に失敗しました。\n",
    "これは自動返信です。",
    "Please verify that you are a real person: https://a.example",
    "is held until",
    '{"bounce":{"bouncedRecipients":[{"emailAddress":"a@x.example"}]}}',
    "Auto-Submitted: auto-replied\n",
    "Auto-Submitted: no\n",
    "Subject: 不在のお知らせ\n",
    "From: MAILER-DAEMON@x.example\n",
    "Return-Path: <>\n",
    "\x00",
    "|",
    "@",
    "\u3000",
    "550 ",
]
_SOUP = st.lists(st.sampled_from(_WORDS) | st.text(max_size=8), max_size=30).map("".join)
_SENDER = Sender("MAILER-DAEMON", None)


@given(_SOUP, _SOUP, _SOUP)
@settings(deadline=None, max_examples=150)
def test_whoever_is_named_has_an_address_and_a_status_of_failure(head: str, status: str, text: str) -> None:
    section, body = split_mail(f"{head}\n\n{text}".encode("utf-8", "replace"))
    for one in failed_recipients(section, body, [status.encode("utf-8", "replace")] if status else [], text):
        assert str(parse_address(one.address)) == one.address
        assert one.status[:1] in ("", "4", "5")
        assert not one.permanent or one.status[:1] in ("", "5")


@given(_SOUP, st.text(max_size=60), _SOUP)
@settings(deadline=None, max_examples=150)
def test_kind_is_decided_for_any_mail_and_the_same_each_time(head: str, subject: str, text: str) -> None:
    section, _ = split_mail(head.encode("utf-8", "replace"))
    kind = kind_of(section, subject, _SENDER, [], text)
    assert kind is kind_of(section, subject, _SENDER, [], text)
    assert isinstance(kind, Kind)


@pytest.mark.parametrize(
    "unit",
    ["a", " ", "\n", "this is ", "your mail ", "verify that you are ", "x@y.", "auto: ", "(", "自動", "a. ", "> "],
)
def test_kind_of_a_mail_of_any_size_takes_no_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    section, _ = split_mail(b"X: y\n\n")
    start = time.process_time()
    for _ in range(10):
        kind_of(section, text, Sender(text[:1_000], None), [], "http:// confirm " + text)
    assert time.process_time() - start < 0.5


_SUBJECTS = [
    "授業のご相談",
    "コメントのお願い",
    "不在中の連絡先について",
    "自動返信が届きました",
    "配信エラーの件",
    "送信専用アドレスからのメール",
    "休暇明けの予定",
    "Absence of two pupils",
    "Automatic doors in the gym",
    "Delivery of the books",
    "Out of office hours",
    "Message to the parents",
    "Warning signs in class",
    "Urlaubsplanung",
    "",
]
_PREFIXES = ["", "", "Re: ", "RE：", "Fwd: ", "【相談】", "[2年1組] "]
_SENTENCES = [
    "いつもお世話になっております。田中です。",
    "来週は出張で不在にしております。",
    "先生のメールが配信できませんでした。",
    "自動返信のメールが届きましたが、お読みいただけましたか。",
    "メールアドレスは taro@mail.example.jp です。",
    "エラーは 550 5.1.1 でした。",
    "I am out of the office until Monday.",
    "Thank you for your message.",
    "Please confirm the date: https://school.example.jp/1",
    "Could you confirm that the pupils are human beings?",
    "My mail to a@b.example was returned.",
    "Is this an automatic reply?",
    "クラスのことで困っています。",
]
_CLIENTS = [
    "X-Mailer: Microsoft Outlook 16.0\nThread-Index: AdA\nImportance: high\nX-Priority: 1",
    "X-Mailer: iPhone Mail (21A329)",
    "User-Agent: Mozilla Thunderbird\nX-Mozilla-Draft-Info: 1",
    "X-Auto-Response-Suppress: All\nX-MS-Exchange-Organization-AuthAs: Internal\nAuto-Submitted: no",
    "X-MS-Has-Attach:\nX-Auto-Response-Suppress: DR, OOF",
    "Precedence: first-class\nX-Loop: school.example.jp",
    "X-Gm-Message-State: abc\nReturn-Path: <taro@mail.example.jp>\nDelivered-To: soudan@desk.example.jp",
    "Disposition-Notification-To: <taro@mail.example.jp>\nReturn-Receipt-To: <taro@mail.example.jp>",
    "In-Reply-To: <k7@desk.example.jp>\nReferences: <k7@desk.example.jp>",
    "In-Reply-To: <k7@desk.example.jp>\nList-Unsubscribe: <https://portal.example.jp/stop>",
]
_WRITERS = [
    Sender("田中 太郎", parse_address("taro@mail.example.jp")),
    Sender("学校ポータル", parse_address("no-reply@portal.example.jp")),
    Sender("情報担当", parse_address("mail-admin@school.example.jp")),
    Sender("", parse_address("office@school.example.jp")),
]


@given(
    st.sampled_from(_PREFIXES),
    st.sampled_from(_SUBJECTS),
    st.lists(st.sampled_from(_SENTENCES), min_size=1, max_size=6),
    st.sampled_from(["\n", "\n\n", ""]),
    st.sampled_from(_CLIENTS),
    st.sampled_from(_WRITERS),
)
@settings(deadline=None, max_examples=400)
def test_person_who_writes_whatever_with_whatever_client_is_a_person(
    prefix: str, subject: str, sentences: list[str], between: str, client: str, writer: Sender
) -> None:
    section, _ = split_mail(client.encode() + b"\n\n")
    assert kind_of(section, prefix + subject, writer, [], between.join(sentences)) is Kind.PERSON
