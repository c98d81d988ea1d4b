"""States, labels and kept reasons have a word in Japanese, and are the codes themselves in English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

import mailgate
from mailgate.cli import stored_words, value_words, words
from mailgate.cli.common import told
from mailgate.cli.tables import table
from mailgate.desk import eligibility, lifecycle, people
from mailgate.desk.application_form import Wish
from mailgate.desk.form_words import label_of
from mailgate.desk.lifecycle import CaseState, ConsentState
from mailgate.desk.people import MemberKind
from mailgate.desk.register_columns import MEMBER_COLUMNS, TEACHER_COLUMNS
from mailgate.phrase import Phrase

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
SOURCE = Path(mailgate.__file__).parent
README = SOURCE.parent / "README.ja.md"
STATES = {
    "case": lifecycle.CaseState,
    "invitation": lifecycle.InvitationState,
    "comment": lifecycle.CommentState,
    "application": lifecycle.ApplicationState,
    "confirmation": lifecycle.ConfirmationState,
    "mail": lifecycle.SpoolState,
    "outbox": lifecycle.OutboxState,
}
NO_WORD = {"PDF", "url", "sha256", "winmail.dat (TNEF)", "message_id", "URL"}
"""The same in both languages."""

pytestmark = pytest.mark.usefixtures("no_language_chosen")


def _enums(*modules: object) -> set[type[StrEnum]]:
    found = {one for module in modules for one in vars(module).values() if isinstance(one, type)}
    return {one for one in found if issubclass(one, StrEnum) and one is not StrEnum}


def test_every_state_that_a_person_reads_is_known() -> None:
    never_shown = {lifecycle.Move, eligibility.MemberMove}
    japanese_already = {MemberKind}

    assert _enums(lifecycle, people, eligibility) - set(value_words.kinds()) == never_shown | japanese_already


@pytest.mark.parametrize(("context", "text"), list(value_words.known()), ids=lambda one: str(one)[:30])
def test_each_has_a_word_in_japanese_and_is_itself_in_english(context: str, text: str) -> None:
    assert value_words.in_context(context, text) == text
    words.speak("ja")
    assert JAPANESE.search(value_words.in_context(context, text)) or text in NO_WORD


def test_what_is_asked_of_a_teacher_is_not_what_is_asked_of_an_applicant() -> None:
    words.speak("ja")

    assert value_words.word(ConsentState, "asked") != value_words.word(lifecycle.ApplicationState, "asked")


def test_a_value_of_a_newer_version_is_shown_as_it_is() -> None:
    words.speak("ja")

    assert value_words.word(CaseState, "frozen") == "frozen"
    assert value_words.word(CaseState, None) == ""
    assert value_words.label("weather") == "weather"


@pytest.mark.parametrize("name", STATES)
def test_the_readme_has_the_words_that_the_screen_has(name: str) -> None:
    _, _, rest = README.read_text(encoding="utf-8").partition(f"<!-- table: {name} -->\n")
    found = re.findall(r"^\| `(\w+)`（([^）]+)） \|", rest.split("\n\n", 1)[0], re.MULTILINE)
    words.speak("ja")

    assert found == [(one.value, value_words.word(STATES[name], one)) for one in STATES[name]]


def test_cells_are_said_one_by_one_and_their_columns_stay_aligned() -> None:
    rows = [{"state": "held", "late": True, "tags": ["a", "b"]}, {"state": None, "late": False, "tags": []}]
    shown = {"state": value_words.of(CaseState), "late": value_words.of(bool)}

    assert table(rows, ("state", "late", "tags"), "", shown) == [
        "state  late   tags",
        "held   True   a, b",
        "       False",
    ]
    words.speak("ja")
    assert table(rows, ("state", "late", "tags"), "", shown) == [
        "状態    遅れ    タグ",
        "保留中  はい    a、b",
        "        いいえ",
    ]


@pytest.mark.parametrize(
    ("text", "japanese"),
    [
        ("held case: unknown sender", "案件を保留：知らない差出人"),
        ("follow-up to a case that is closed", "案件への追記（終了）"),
        ("bounce of invitation", "不達：依頼"),
        ("bounced 5.1.1", "不達（5.1.1）"),
        ("bounced", "不達"),
        ("names somebody: T-7F3K, M-2QX9", "人や学校を名指ししている：T-7F3K, M-2QX9"),
        ("M-7F3K pauses until 2026-12-31", "M-7F3K は 2026-12-31 までお休み"),
        ("name with 様", "「様」の付く名前"),
        ("550 5.1.1 No such user", "550 5.1.1 No such user"),
        ("", ""),
        (
            "Mail 4 has the same Message-ID and another text as mail 2 (case 1).",
            "メール 4 は、メール 2（案件 1）と Message-ID が同じで、文章が違います。",
        ),
        (Phrase("nothing was done"), "何も行いませんでした。"),
    ],
)
def test_a_reason_that_was_kept_as_text_is_known_again(text: str, japanese: str) -> None:
    assert told(text) == text
    words.speak("ja")
    assert told(text) == japanese


_RESULTS = {"done": 0, "Handled": 1, "HoldMail": 1, "HoldComment": 1, "Record": 1, "mark_failed": 2}
"""Calls whose words the database keeps, and which of their arguments these are."""


def _texts(node: ast.expr) -> Iterator[str]:
    """What a text in the source could be; a value in it is 1."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(part.value if isinstance(part, ast.Constant) else "1" for part in parts)
        case ast.BinOp(left=left, right=ast.IfExp(body=more)):
            yield from (one + two for one in _texts(left) for two in ("", *_texts(more)))
        case ast.IfExp(body=one, orelse=other):
            yield from (*_texts(one), *_texts(other))
        case ast.Call(func=ast.Name(id="Phrase"), args=[ast.Constant(value=str(template))]):
            yield re.sub(r"\{\w+\}", "1", template)


def _kept() -> list[str]:
    found = []
    for file in (*(SOURCE / "flow").glob("*.py"), SOURCE / "desk" / "routing.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and (name := getattr(node.func, "attr", getattr(node.func, "id", ""))) in _RESULTS
            ):
                place = _RESULTS[name]
                found += [text for one in node.args[place : place + 1] for text in _texts(one)]
    return [one for one in found if re.search("[a-z]", one)]  # a sentence that is values alone is looked up in parts


def _rules() -> list[str]:
    """Why each finding is one: the last word of a Finding, the second of a shape, and what stands beside a tier."""
    found = []
    for file in (SOURCE / "screening").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Finding"), args=[*_, last]):
                    reasons = [last]
                case ast.Call(func=ast.Name(id="shape" | "cased_shape"), args=[_, reason, *_]):
                    reasons = [reason]
                case ast.Tuple(elts=elements) if any(map(_is_tier, elements)):
                    reasons = elements
                case _:
                    continue
            found += [text for one in reasons for text in _texts(one)]
    return [one for one in found if one]


def _is_tier(node: ast.expr) -> bool:
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return bool(names & {"Tier", "tier"})


def test_every_result_that_the_flows_write_is_known_again() -> None:
    kept, rules = _kept(), _rules()

    assert len(kept) > 30, "the source was read"
    assert len(rules) > 60, "and the rules"
    assert [text for text in (*kept, *rules) if not stored_words.is_known(text)] == []


def test_what_a_teacher_is_and_what_a_member_is_have_one_word_each() -> None:
    words.speak("ja")
    files = {one.name: one.japanese for one in (*TEACHER_COLUMNS, *MEMBER_COLUMNS)}

    assert (files["role"], files["kind"]) == ("職種", "区分")
    assert (value_words.label("role"), value_words.label("kind", "members")) == (files["role"], files["kind"])
    assert label_of("role", Wish.TEACHER, "ja") == files["role"]
