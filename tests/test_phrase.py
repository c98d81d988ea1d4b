"""A phrase is English text to whoever stores or joins it, and is said in another language by who asks for that."""

from __future__ import annotations

import json
import pickle
import sqlite3
from datetime import date
from enum import StrEnum
from pathlib import PurePath

import pytest

from mailgate.errors import BadInput, Refused
from mailgate.phrase import Phrase, any_of, in_one_line, said

JAPANESE = {
    "case {number} is {state}": "案件{number}は{state}です",
    "closed": "終了",
    "{members} cannot be asked": "{members}には依頼できません",
    "nothing was done": "何も変更していません",
    "State\4open": "依頼中",
    ", ": "、",
}


class State(StrEnum):
    OPEN = "open"
    OTHER = "other"


def _say(text: str) -> str:
    return JAPANESE.get(text, text)


@pytest.mark.parametrize(
    ("phrase", "english", "japanese"),
    [
        (Phrase("nothing was done"), "nothing was done", "何も変更していません"),
        (Phrase("case {number} is {state}", number=3, state="open"), "case 3 is open", "案件3はopenです"),
        (
            Phrase("case {number} is {state}", number=3, state=Phrase("closed")),
            "case 3 is closed",
            "案件3は終了です",
        ),
        (
            Phrase("{members} cannot be asked", members=["M-1", "M-2"]),
            "M-1, M-2 cannot be asked",
            "M-1、M-2には依頼できません",
        ),
        (
            Phrase("case {number} is {state}", number=3, state=State.OPEN),
            "case 3 is open",
            "案件3は依頼中です",
        ),
        (
            Phrase("case {number} is {state}", number=3, state=State.OTHER),
            "case 3 is other",
            "案件3はotherです",
        ),
        (any_of(["a", Phrase("closed"), State.OPEN]), "a or closed or open", "a or 終了 or 依頼中"),
        (Phrase("{since:%Y} {at}", since=date(2026, 4, 1), at=PurePath("a/b")), "2026 a/b", "2026 a/b"),
        (Phrase("not in the catalogue: {what}", what="{x}"), "not in the catalogue: {x}", "not in the catalogue: {x}"),
        (Phrase("a literal {brace}"), "a literal {brace}", "a literal {brace}"),
        ("plain text", "plain text", "plain text"),
    ],
)
def test_a_phrase_is_english_and_is_said_in_another_language(phrase: str, english: str, japanese: str) -> None:
    assert (phrase, said(phrase, _say)) == (english, japanese)


def test_a_phrase_is_text_to_those_who_keep_it() -> None:
    phrase = Phrase("case {number} is {state}", number=3, state=Phrase("closed"))

    (kept,) = sqlite3.connect(":memory:").execute("select ?", (phrase,)).fetchone()

    assert (kept, json.loads(json.dumps([phrase])), f"{phrase}!") == (str(phrase), [str(phrase)], "case 3 is closed!")
    assert said(pickle.loads(pickle.dumps(phrase)), _say) == "案件3は終了です"


def test_a_reason_is_a_phrase_of_its_error() -> None:
    refused = Refused("case {number} is {state}", number=3, state="open")
    passed_on = Refused(refused.reason)

    assert (str(refused), refused.reason) == ("case 3 is open", "case 3 is open")
    assert [said(one.reason, _say) for one in (refused, passed_on)] == ["案件3はopenです"] * 2
    assert said(pickle.loads(pickle.dumps(refused)).reason, _say) == "案件3はopenです"


def test_problems_stay_phrases() -> None:
    listed = BadInput([Phrase("nothing was done"), "row 3: ?"])

    assert str(listed) == "nothing was done; row 3: ?"
    assert [said(one, _say) for one in listed.problems] == ["何も変更していません", "row 3: ?"]


def test_a_thousand_reasons_in_one_line_are_no_deep_phrase() -> None:
    line = in_one_line([Phrase("nothing was done")] * 3000)

    assert line == "; ".join(["nothing was done"] * 3000)
    assert said(line, _say).count("何も変更していません") == 3000
