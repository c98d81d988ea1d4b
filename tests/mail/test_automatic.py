"""Who speaks, as a table: what each mark alone and together makes of a mail. A person is never called a program."""

from __future__ import annotations

import pytest

from mailgate.mail.address import parse_address
from mailgate.mail.automatic import kind_of
from mailgate.mail.fields import split_mail
from mailgate.mail.message import Kind, Sender

_TARO = Sender("田中 太郎", parse_address("taro@mail.example.jp"))
_DAEMON = Sender("", parse_address("MAILER-DAEMON@relay.example.jp"))
_POSTMASTER = Sender("", parse_address("postmaster@relay.example.jp"))
_NO_REPLY = Sender("", parse_address("no-reply@mail.example.jp"))


def _kind(
    header: bytes, subject: str = "", sender: Sender = _TARO, part_types: tuple[str, ...] = (), text: str = ""
) -> Kind:
    return kind_of(split_mail(header + b"\r\n\r\n")[0], subject, sender, part_types, text)


@pytest.mark.parametrize(
    ("header", "subject", "kind"),
    [
        (b"Auto-Submitted: auto-replied (vacation)", "", Kind.AUTO_REPLY),
        (b"Auto-Submitted: auto-generated", "", Kind.AUTO_REPLY),
        (b"Auto-Submitted: no", "", Kind.PERSON),
        (b"Auto-Submitted: No; x=y", "自動応答: 件", Kind.PERSON),
        (b"X-Autoreply: yes", "", Kind.AUTO_REPLY),
        (b"X-Autorespond: Re: hello", "", Kind.AUTO_REPLY),
        (b"X-Autoreply: no", "", Kind.PERSON),
        (b"X-Auto-Response-Suppress: All", "", Kind.PERSON),
        (b"X-Auto-Response-Suppress: OOF", "不在のお知らせ", Kind.AUTO_REPLY),
        (b"Precedence: auto_reply", "", Kind.AUTO_REPLY),
        (b"Precedence: bulk", "", Kind.BULK),
        (b"Precedence: junk", "", Kind.BULK),
        (b"Precedence: bulk", "不在通知", Kind.AUTO_REPLY),
        (b"Precedence: list", "", Kind.LIST),
        (b"List-Id: <a.example>", "", Kind.LIST),
        (b"List-Id: <a.example>\r\nAuto-Submitted: auto-generated", "", Kind.LIST),
        (b"List-Unsubscribe: <mailto:a@b.example>", "", Kind.BULK),
        (b"Return-Path: <>", "", Kind.AUTO_REPLY),
        (b"Return-Path: <taro@mail.example.jp>", "", Kind.PERSON),
        (b"Return-Path: <>", "Undelivered Mail Returned to Sender", Kind.BOUNCE),
        (b"X-Failed-Recipients: a@b.example", "", Kind.BOUNCE),
        (b"X: y", "", Kind.PERSON),
    ],
)
def test_fields_say_who_speaks(header: bytes, subject: str, kind: Kind) -> None:
    assert _kind(header, subject) is kind


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("自動応答: コメントのお願い", Kind.PERSON),
        ("自動返信：ありがとうございます", Kind.PERSON),
        ("自動応答: Re: コメントのお願い", Kind.AUTO_REPLY),
        ("【自動返信】お問い合わせ", Kind.AUTO_REPLY),
        ("自動返信 Re: コメント", Kind.AUTO_REPLY),
        ("Automatic reply: comment", Kind.AUTO_REPLY),
        ("Out of Office: comment", Kind.PERSON),
        ("Out of Office AutoReply: comment", Kind.AUTO_REPLY),
        ("AUTO: Taro is out of the office", Kind.AUTO_REPLY),
        ("自動返信が届かない件", Kind.PERSON),
        ("Re: 自動応答: コメントのお願い", Kind.PERSON),
        ("不在のお知らせ", Kind.PERSON),
        ("不在がちな保護者について", Kind.PERSON),
        ("送信専用アドレスの件", Kind.PERSON),
        ("休暇中の連絡について", Kind.PERSON),
        ("Delivery status notification と来ました", Kind.PERSON),
        ("保護者が不在のとき", Kind.PERSON),
    ],
)
def test_subject_alone_counts_only_in_the_form_of_a_program(subject: str, kind: Kind) -> None:
    assert _kind(b"X: y", subject) is kind


@pytest.mark.parametrize(
    ("sender", "subject", "kind"),
    [
        (_DAEMON, "", Kind.BOUNCE),
        (Sender("MAILER-DAEMON", None), "", Kind.BOUNCE),
        (Sender("Mail Delivery Subsystem", parse_address("x@relay.example.jp")), "", Kind.BOUNCE),
        (_POSTMASTER, "ご相談", Kind.PERSON),
        (_POSTMASTER, "Undeliverable: hello", Kind.BOUNCE),
        (_POSTMASTER, "配信不能のお知らせ", Kind.BOUNCE),
        (_NO_REPLY, "送信専用 受付のお知らせ", Kind.AUTO_REPLY),
        (_NO_REPLY, "ご相談", Kind.PERSON),
        (Sender("", None), "", Kind.PERSON),
    ],
)
def test_sender_says_who_speaks(sender: Sender, subject: str, kind: Kind) -> None:
    assert _kind(b"X: y", subject, sender) is kind


_REPORT = b"Content-Type: multipart/report; boundary=b"


@pytest.mark.parametrize(
    ("header", "sender", "part_types", "kind"),
    [
        (_REPORT + b"; report-type=delivery-status", _TARO, (), Kind.BOUNCE),
        (_REPORT, _TARO, ("message/delivery-status",), Kind.BOUNCE),
        (_REPORT + b"; report-type=disposition-notification", _TARO, (), Kind.RECEIPT),
        (_REPORT, _TARO, ("message/disposition-notification",), Kind.RECEIPT),
        (_REPORT + b"; report-type=feedback-report", _TARO, (), Kind.AUTO_REPLY),
        (b"Content-Type: multipart/mixed; boundary=b", _DAEMON, ("message/delivery-status",), Kind.BOUNCE),
        (b"Content-Type: multipart/mixed; boundary=b", _TARO, ("message/delivery-status",), Kind.PERSON),
        (b"Content-Type: multipart/mixed; boundary=b", _TARO, ("message/rfc822",), Kind.PERSON),
    ],
)
def test_structure_says_who_speaks(header: bytes, sender: Sender, part_types: tuple[str, ...], kind: Kind) -> None:
    assert _kind(header, "", sender, part_types) is kind
