"""When the name beside an address pretends to be another address."""

from __future__ import annotations

import time

import pytest

from mailgate.mail.address import Address
from mailgate.mail.mailboxes import names_another
from mailgate.mail.message import Sender

HARUKA = Address("haruka", "minami.example")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", False),
        ("水原 遥香", False),
        ("haruka@minami.example", False),
        ("'Haruka@Minami.example'", False),
        ("haruka＠minami．example", False),
        ("水原 (haruka@minami.example)", False),
        ("haruka@minami.example.", False),
        ("水原＠南小", False),
        ("@haruka", False),
        ("chiaki@minami.example", True),
        ("水原 chiaki@minami.example", True),
        ("ｃｈｉａｋｉ＠ｍｉｎａｍｉ．ｅｘａｍｐｌｅ", True),
        ("「chiaki@minami.example」", True),
        ("haruka@minami.example chiaki@minami.example", True),
    ],
)
def test_a_name_that_is_somebody_elses_address_is_noticed(name: str, expected: bool) -> None:
    assert names_another(Sender(name, HARUKA)) is expected


@pytest.mark.parametrize("letter", ["a", "@", "a@", "a@b", ".", "a@b.", "-"])
def test_a_long_name_takes_no_time(letter: str) -> None:
    began = time.process_time()
    names_another(Sender(letter * (8192 // len(letter)), HARUKA))
    assert time.process_time() - began < 0.2
