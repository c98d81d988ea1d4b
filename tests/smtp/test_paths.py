"""The arguments of MAIL and RCPT: what names a mailbox, and what names nobody."""

from __future__ import annotations

import pytest

from mailgate.mail.address import Address
from mailgate.smtp.paths import Path, mail_problem, read_path

YUKI = Address("yuki", "school.example.jp")


@pytest.mark.parametrize(
    ("argument", "path"),
    [
        ("FROM:<yuki@school.example.jp>", Path(YUKI, False, ())),
        ("from:<yuki@school.example.jp>", Path(YUKI, False, ())),
        ("FROM: <yuki@school.example.jp> size=9 BODY=8bitmime", Path(YUKI, False, ("SIZE=9", "BODY=8BITMIME"))),
        ("FROM:yuki@school.example.jp", Path(YUKI, False, ())),
        ("FROM:<yuki@SCHOOL.example.jp.>", Path(YUKI, False, ())),
        ("FROM:<>", Path(None, True, ())),
        ("FROM:<> SIZE=9", Path(None, True, ("SIZE=9",))),
        (
            "FROM:<yuki..smile.2@docomo.example.ne.jp>",
            Path(Address("yuki..smile.2", "docomo.example.ne.jp"), False, ()),
        ),
        (
            'FROM:<"yuki..smile.2"@docomo.example.ne.jp>',
            Path(Address("yuki..smile.2", "docomo.example.ne.jp"), False, ()),
        ),
        ("FROM:<ゆき@学校.example>", Path(Address("ゆき", "学校.example"), False, ())),
    ],
)
def test_path_is_read(argument: str, path: Path) -> None:
    assert read_path(argument, "FROM:") == path


@pytest.mark.parametrize(
    "argument",
    [
        "",
        "FROM",
        "FROM:",
        "TO:<yuki@school.example.jp>",
        "FROM:<yuki@school.example.jp",
        "FROM:yuki@school.example.jp>",
        "FROM:<yuki@school.example.jp>x",
        "FROM:<<yuki@school.example.jp>>",
        "FROM:<yuki>",
        "FROM:<@school.example.jp>",
        "FROM:<yuki@>",
        "FROM:< >",
        "FROM:<yu(c)ki@school.example.jp>",
        "FROM:<yu ki@school.example.jp>",
        'FROM:<"yu ki"@school.example.jp>',
        "FROM:<@relay.example:yuki@school.example.jp>",
        "FROM:<yu\0ki@school.example.jp>",
        "FROM:<yu\x1bki@school.example.jp>",
        "FROM:<yu\rki@school.example.jp>",
        "FROM:<yu\u2028ki@school.example.jp>",
        "FROM:<yu\udcffki@school.example.jp>",
        "FROM:<" + "y" * 65 + "@school.example.jp>",
        "FROM:<" + "y" * 100_000,
        "FROM:" + "<" * 100_000,
        "FROM:" + " " * 100_000 + "x",
    ],
)
def test_what_names_nobody_is_not_guessed(argument: str) -> None:
    path = read_path(argument, "FROM:")
    assert (path.address, path.is_null) == (None, False)


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ((), None),
        (("SIZE=1000",), None),
        (("SIZE=1000", "BODY=8BITMIME", "SMTPUTF8"), None),
        (("BODY=7BIT",), None),
        (("SIZE=1001",), "552 5.3.4 Message is too big"),
        (("SIZE=",), "501 5.5.4 Bad argument"),
        (("SIZE=-1",), "501 5.5.4 Bad argument"),
        (("SIZE=" + "9" * 5000,), "501 5.5.4 Bad argument"),
        (("SIZE=１",), "501 5.5.4 Bad argument"),
        (("BODY=BINARYMIME",), "501 5.5.4 Bad argument"),
        (("SMTPUTF8=YES",), "501 5.5.4 Bad argument"),
        (("RET=HDRS",), "555 5.5.4 Parameter not known"),
        (("AUTH=<>",), "555 5.5.4 Parameter not known"),
    ],
)
def test_parameters_of_mail(parameters: tuple[str, ...], problem: str | None) -> None:
    assert mail_problem(parameters, 1000) == problem
