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
