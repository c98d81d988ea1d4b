"""Recipients of delivery reports: RFC 3464 blocks, then X-Failed-Recipients, then the free texts of mail systems."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from mailgate.mail import bounce
from mailgate.mail.bounce import failed_recipients
from mailgate.mail.fields import Section, split_mail
from mailgate.mail.message import FailedRecipient

_NO_HEADER = Section(())


def _block(text: bytes) -> tuple[FailedRecipient, ...]:
    return failed_recipients(_NO_HEADER, b"", [b"Reporting-MTA: dns; relay.example\r\n\r\n" + text], "")


@pytest.mark.parametrize(
    ("block", "wanted"),
    [
        (b"Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1", ("a@x.example", "5.1.1", True)),
        (b"Final-Recipient: RFC822;<a@x.example>\nAction: Failed (x)\nStatus: 4.4.7", ("a@x.example", "4.4.7", False)),
        (
            b"Final-Recipient: rfc822; a@x.example\nAction: delayed\nStatus: 4.2.2",
            ("a@x.example", "4.2.2", False, False),
        ),
        (b"Final-Recipient: rfc822; a@x.example\nStatus: 5.7.1 (no)", ("a@x.example", "5.7.1", True)),
        (b"Final-Recipient: a@x.example\nAction: failed", ("a@x.example", "", True)),
        (
            b"Final-Recipient: rfc822; a@x.example\nDiagnostic-Code: smtp; 550\n 5.1.1 gone",
            ("a@x.example", "5.1.1", True),
        ),
        (
            b"Original-Recipient: rfc822;o+2Bk@x.example\nFinal-Recipient: rfc822; f@y.example\nAction: failed",
            ("o+k@x.example", "", True),
        ),
        (
            b"Final-Recipient: rfc822; a..b.@docomo.example.ne.jp\nAction: failed\nStatus: 5.0.0",
            ("a..b.@docomo.example.ne.jp", "5.0.0", True),
        ),
    ],
)
def test_block_of_a_report_names_its_recipient(block: bytes, wanted: tuple[Any, ...]) -> None:
    assert _block(block) == (FailedRecipient(*wanted),)
    assert _block(block.replace(b"\n", b"\r\n")) == (FailedRecipient(*wanted),)


@pytest.mark.parametrize(
    "block",
    [
        b"Final-Recipient: rfc822; a@x.example\nAction: delivered\nStatus: 2.0.0",
        b"Final-Recipient: rfc822; a@x.example\nAction: relayed",
        b"Final-Recipient: rfc822; not an address\nAction: failed",
        b"Final-Recipient: rfc822; a\0@x.example\nAction: failed",
        b"\xff\xfe",
        b"",
    ],
)
def test_block_without_bad_news_or_address_names_nobody(block: bytes) -> None:
    assert _block(block) == ()


def test_recipient_named_twice_counts_once() -> None:
    block = b"Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n\n"
    assert _block(block + block.replace(b"a@", b"A@")) == (FailedRecipient("a@x.example", "5.1.1", True),)


def test_failed_recipients_field_is_final_and_takes_the_code_of_the_text() -> None:
    section, body = split_mail(b"X-Failed-Recipients: a@x.example\n\n")
    wanted = (FailedRecipient("a@x.example", "5.1.1", True),)
    assert failed_recipients(section, body, [], "550 5.1.1 gone") == wanted


def test_code_of_the_text_is_nobodys_when_there_are_two() -> None:
    section, body = split_mail(b"X-Failed-Recipients: a@x.example,\n b@x.example, junk\n\n")
    wanted = (FailedRecipient("a@x.example", "", True), FailedRecipient("b@x.example", "", True))
    assert failed_recipients(section, body, [], "550 5.1.1 gone") == wanted


def test_addresses_and_versions_are_no_status_codes() -> None:
    section, body = split_mail(b"X-Failed-Recipients: a@x.example\n\n")
    wanted = (FailedRecipient("a@x.example", "", True),)
    assert failed_recipients(section, body, [], "host 192.0.2.5.1.1 with Mailer 4.2.1.9") == wanted


def test_free_text_of_a_known_mail_system_is_read() -> None:
    text = "Hi. This is the qmail-send program at relay.example.\n\n<a@x.example>:\nSorry, no mailbox here. (#5.1.1)\n"
    section, body = split_mail(b"From: MAILER-DAEMON@relay.example\nSubject: failure notice\n\n" + text.encode())
    assert failed_recipients(section, body, [], text) == (FailedRecipient("a@x.example", "5.1.1", True),)


def test_what_the_library_takes_for_an_address_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    found = frozenset((b"| /bin/sh", b"a@localhost", b"\xff@x", b"good@x.example")), frozenset((b"late@x.example",))
    monkeypatch.setattr(bounce, "all_failures", lambda message: (found[0], found[1]))
    assert failed_recipients(_NO_HEADER, b"", [], "") == (
        FailedRecipient("good@x.example", "", False, given_up=False),
        FailedRecipient("late@x.example", "", True),
    )


def test_exception_of_the_library_names_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(message: object) -> None:
        raise AttributeError

    monkeypatch.setattr(bounce, "all_failures", broken)
    assert failed_recipients(_NO_HEADER, b"", [], "") == ()


def _report(text: str, header: bytes = b"", body: bytes | None = None) -> tuple[FailedRecipient, ...]:
    """What is read in a report of a mail system with `text` for people, to our return path."""
    section, rest = split_mail(header + b"From: MAILER-DAEMON@relay.example\nTo: bounce+k7@desk.example.jp\n\n")
    return failed_recipients(section, text.encode() if body is None else rest + body, [], text)


@pytest.mark.parametrize(
    ("block", "wanted"),
    [
        (b"Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 gone", ("5.1.1", True)),
        (b"Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 452 4.2.2 full", ("4.2.2", False)),
        (b"Action: failed\nStatus: 4.4.7\nDiagnostic-Code: smtp; 550 5.1.1 gone", ("4.4.7", False)),
        (b"Action: failed\nDiagnostic-Code: smtp; 550 gone", ("", True)),
        (b"Action: failed\nDiagnostic-Code: smtp; 452 full", ("", False)),
        (b"Action: delayed\nStatus: 5.0.0", ("5.0.0", False, False)),
        (b"Action: delayed", ("", False, False)),
        (b"Action: failed\nStatus: 550", ("", True)),
        (b"Action: error\nStatus: 5.1.10", ("5.1.10", True)),
    ],
)
def test_status_is_taken_from_the_field_then_from_what_the_server_said(block: bytes, wanted: tuple[Any, ...]) -> None:
    assert _block(b"Final-Recipient: rfc822; a@x.example\n" + block) == (FailedRecipient("a@x.example", *wanted),)


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        (b"Original-Recipient: rfc822;o@x.example\nFinal-Recipient: rfc822;f@y.example", "o@x.example"),
        (b"Original-Recipient: rfc822; rfc822;o@x.example", "o@x.example"),
        (b"Original-Recipient: rfc822;unknown\nFinal-Recipient: rfc822;f@y.example", "f@y.example"),
        (b"Final-Recipient: X400; /S=f/OU=y/\nX-Actual-Recipient: rfc822;a@x.example", "a@x.example"),
        (b"Final-Recipient: rfc822;f@y.example (F. Y.)", "f@y.example"),
    ],
)
def test_address_that_we_sent_to_comes_before_the_one_it_was_forwarded_to(fields: bytes, address: str) -> None:
    assert _block(fields + b"\nAction: failed\nStatus: 5.1.1") == (FailedRecipient(address, "5.1.1", True),)


def test_success_report_names_nobody_whatever_its_text_says() -> None:
    section, body = split_mail(b"X-Failed-Recipients: a@x.example\n\n")
    status = b"Final-Recipient: rfc822; a@x.example\nAction: delivered\nStatus: 2.0.0"
    assert failed_recipients(section, body, [status], "<a@x.example>: 550 gone") == ()


def test_report_whose_blocks_name_no_address_is_read_in_its_text() -> None:
    section, body = split_mail(b"To: bounce+k7@desk.example.jp\n\n")
    status = b"Reporting-MTA: dns; r.example\n\nFinal-Recipient: x400; /S=a/\nAction: failed"
    assert failed_recipients(section, body, [status], "Failed recipient: <a@x.example>\n550 5.1.1 gone") == (
        FailedRecipient("a@x.example", "5.1.1", True),
    )


def test_blocks_in_the_text_of_a_report_are_read() -> None:
    text = (
        "Your mail has a problem.\n\n---\nReporting-MTA: dns; r.example\n\n"
        "  Final-Recipient: rfc822; a@x.example\n  Action: failed\n  Status: 5.9.8\n\nGood bye.\n"
    )
    assert _report(text) == (FailedRecipient("a@x.example", "5.9.8", True),)


def test_blocks_in_a_broken_multipart_are_read() -> None:
    body = (
        b"--wrong\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; r\n\n"
        b"Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n"
    )
    assert _report("", body=body) == (FailedRecipient("a@x.example", "5.1.1", True),)


_NOTICE = (
    '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":'
    '[{"emailAddress":"a@x.example","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 gone"}]}}'
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (_NOTICE, [("a@x.example", "5.1.1", True)]),
        (_NOTICE + "\n--\nTo stop these mails, visit https://stop.example/", [("a@x.example", "5.1.1", True)]),
        (json.dumps({"Type": "Notification", "Message": _NOTICE}), [("a@x.example", "5.1.1", True)]),
        (_NOTICE.replace('"action"', '!\n "action"'), [("a@x.example", "5.1.1", True)]),
        (
            '{"bounce":{"bounceType":"Transient","bouncedRecipients":[{"emailAddress":"a@x.example"}]}}',
            [("a@x.example", "4.0.0", False)],
        ),
        ('{"notificationType":"Complaint","complaint":{}}', []),
        ('{"bounce":{"bouncedRecipients":[1,{"emailAddress":7},{}]}}', []),
        ('{"bounce":[]}', []),
        ("{" * 5_000, []),
        ('{"bounce":' + "[" * 5_000, []),
        ('{"bounce":' + "9" * 5_000, []),
    ],
)
def test_notice_of_amazon_is_read(text: str, wanted: list[tuple[str, str, bool]]) -> None:
    assert _report(text) == tuple(FailedRecipient(*one) for one in wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param(
            "This message was created automatically by mail delivery software.\n\nThe following address(es) failed:\n\n"
            "  |/home/hanako/bin/filter --from soudan@desk.example.jp\n    (generated from "
            "hanako@members.example.org)\n",
            [("hanako@members.example.org", "", True)],
            id="exim-pipe",
        ),
        pytest.param(
            "   ----- The following addresses had permanent fatal errors -----\n"
            "f@y.example\n    (reason: 553 5.7.1 refused)\n    (expanded from: <o@x.example>)\n",
            [("f@y.example", "5.7.1", True), ("o@x.example", "5.7.1", True)],
            id="expanded",
        ),
        pytest.param(
            "The following addresses failed:\n\na@x.example\n550 5.1.1 gone\n\nb@x.example\n452 4.2.2 full\n",
            [("a@x.example", "5.1.1", True), ("b@x.example", "4.2.2", False)],
            id="each-has-its-own-reason",
        ),
        pytest.param(
            "This address failed:\n\na@x.example\nall hosts have been failing for a long time\n",
            [("a@x.example", "", False)],
            id="given-up-after-days-without-a-code",
        ),
        pytest.param(
            "The following addresses failed:\n\na@x.example\nmessage exceeded the size limit\n",
            [("a@x.example", "", True)],
            id="too-large",
        ),
        pytest.param(
            "The mail is lost.\nFor help contact helpdesk@relay.example or ask postmaster@relay.example.\n",
            [],
            id="advice",
        ),
        pytest.param("bounce+k7@desk.example.jp wrote to nobody.\n", [], id="our-return-path"),
        pytest.param("One of a@x.example and b@x.example is away.\n", [], id="two-in-a-sentence"),
        pytest.param("begin 644 a@b\nM@x.y=Z@q.w`/M@x.y\n", [], id="uuencoded"),
        pytest.param(
            "It failed.\n\nOriginal message follows.\n\nTo: a@x.example\nSubject: x\n",
            [("a@x.example", "", True)],
            id="copy-in-the-text",
        ),
        pytest.param("It failed.\n\nOriginal message follows.\n\nTo: a@x.example, b@x.example\n", [], id="copy-to-two"),
    ],
)
def test_text_names_recipients_and_nothing_else(text: str, wanted: list[tuple[str, str, bool]]) -> None:
    assert _report(text) == tuple(FailedRecipient(*one) for one in wanted)


def test_mail_of_ours_that_came_back_names_its_only_recipient() -> None:
    copy = b"--b\nContent-Type: message/rfc822\n\nFrom: soudan@desk.example.jp\nTo: Hanako <a@x.example>\nSubject: x\n"
    assert _report("It could not be done.", body=copy) == (FailedRecipient("a@x.example", "", True),)
    assert _report("It could not be done.", body=copy.replace(b"\nSubject", b", b@x.example\nSubject")) == ()


@pytest.mark.parametrize("unit", ["\n", "a@b.example\n", "delivery of ", "(expanded from ", "{", "\r", "To: ", "550 "])
def test_report_of_any_size_takes_little_time(unit: str) -> None:
    text = unit * (2_000_000 // len(unit))
    start = time.process_time()
    _report(text)
    assert time.process_time() - start < 1.0
