"""A name of two or three Latin letters, in the anonymity check and at the gate: found as a signature, not as a word."""

import pytest

from mailgate.desk.compact import compact
from mailgate.desk.identifiers import forms_of_person
from mailgate.desk.people import Person
from mailgate.desk.watchlist import Watchlist
from mailgate.screening.known import KnownIdentity, find_known

NAME = "Dee Good"
GATE = Watchlist(("M-1", form) for form in forms_of_person(Person(1, NAME, "", (), "", "")))

FOUND = [
    ("Keep a diary.\n\nDee\n", ["Dee"]),
    ("Keep a diary.\n\n— dee.", ["dee"]),
    ("Yours, \n  ＤＥＥ", ["ＤＥＥ"]),
    ("Dear Dee,\nthank you", ["Dee"]),
    ("Hello, I'm Dee and I teach.", ["Dee"]),
    ("Deeさんに聞きました。Dee 先生も。", ["Dee", "Dee"]),
    ("as Dee-san says", ["Dee"]),
    ("as Good says", ["Good"]),
    ("the river Dee is deep\n・DEE\n・MAY", []),
    ("Deer and indeed DEEP\ndeeds", []),
    ("dee7\nx-dee.example", []),
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_it_is_found_where_somebody_signs_or_is_addressed(text: str, expected: list[str]) -> None:
    assert [one.text for one in find_known(text, (KnownIdentity((NAME,), (), ()),))] == expected


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_the_gate_sees_the_same(text: str, expected: list[str]) -> None:
    assert [hit.form for hit in GATE.hits(compact(text))] == [compact(one).text for one in expected]
