"""Recipients of delivery reports: RFC 3464 blocks, then X-Failed-Recipients, then the free texts of mail systems."""

from __future__ import annotations

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
        (b"Final-Recipient: rfc822; a@x.example\nAction: delayed\nStatus: 4.2.2", ("a@x.example", "4.2.2", False)),
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
def test_block_of_a_report_names_its_recipient(block: bytes, wanted: tuple[str, str, bool]) -> None:
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
        FailedRecipient("good@x.example", "", False),
        FailedRecipient("late@x.example", "", True),
    )


def test_exception_of_the_library_names_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(message: object) -> None:
        raise AttributeError

    monkeypatch.setattr(bounce, "all_failures", broken)
    assert failed_recipients(_NO_HEADER, b"", [], "") == ()
