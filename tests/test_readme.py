"""What README.md and README.ja.md say of commands, keys, states, replies, files and columns is what the code has.

A table that is held against the code has a mark above it, `<!-- table: NAME -->`, the same in both languages. A test
fails when something is added to the code and not to both pages, or the other way round. The words are for people.
"""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from command_lines import commands, name_of, options_of, problem_of
from sqlalchemy import LargeBinary

from mailgate.config import load
from mailgate.config.desks import FurtherDesk
from mailgate.config.settings import SECTIONS
from mailgate.desk.lifecycle import (
    ApplicationState,
    CaseState,
    CommentState,
    ConfirmationState,
    InvitationState,
    OutboxState,
    SpoolState,
)
from mailgate.desk.routing import Route
from mailgate.events import Event
from mailgate.flow.import_register import COLUMNS, Register
from mailgate.mail import smtp_reply
from mailgate.smtp import replies
from mailgate.store.tables import Base

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "README.ja.md")
STATES: dict[str, type[StrEnum]] = {
    "case": CaseState,
    "invitation": InvitationState,
    "comment": CommentState,
    "application": ApplicationState,
    "confirmation": ConfirmationState,
    "mail": SpoolState,
    "outbox": OutboxState,
}

_MARK = re.compile(r"<!-- table: ([a-z]+) -->")
_SPAN = re.compile(r"`([^`\n]+)`")
_FENCE = re.compile(r"^```([a-z]*)\n(.*?)^```$", re.M | re.S)
_PYTHON_FILE = re.compile(r"(?<![\w/.])(?:\w+/)*\w+\.py\b")

each_page = pytest.mark.parametrize("page", PAGES)


@cache
def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def cells(line: str) -> list[str]:
    """The cells of one line of a table; `\\|` is a bar within a cell."""
    return [one.strip().replace("\\|", "|") for one in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def table(page: str, name: str) -> list[list[str]]:
    """The rows below the head of the table with this mark."""
    _, found, rest = text_of(page).partition(f"<!-- table: {name} -->\n")
    assert found, f"{page} has no table {name}"
    lines = rest.split("\n\n", 1)[0].splitlines()
    return [cells(line) for line in lines[2:]]


def spans(cell: str) -> list[str]:
    """What stands in backticks."""
    return _SPAN.findall(cell)


def first_spans(page: str, name: str) -> list[str]:
    """The one word in backticks that each row of a table begins with."""
    return [spans(row[0])[0] for row in table(page, name)]


def without_twins(words: list[str]) -> set[str]:
    """The words as a set; each may stand there once."""
    assert sorted(words) == sorted(set(words))
    return set(words)


def raw_defaults() -> dict[str, str]:
    """Each key of config/mailgate.toml with its default, letter for letter."""
    section, found = "", {}
    for line in (ROOT / "config/mailgate.toml").read_text(encoding="utf-8").splitlines():
        if head := re.fullmatch(r"\[(\w+)\]", line):
            section = head[1]
        elif entry := re.fullmatch(r"(\w+) = (.*)", line):
            found[f"{section}.{entry[1]}"] = entry[2]
    return found


@each_page
def test_every_event_has_its_row(page: str) -> None:
    assert without_twins(first_spans(page, "events")) == set(Event)


@each_page
def test_every_command_has_its_row(page: str) -> None:
    rows = [name_of(spans(row[0])[0].split()) or spans(row[0])[0] for row in table(page, "commands")]
    assert without_twins(rows) == set(commands())


@each_page
def test_a_row_names_only_options_that_its_command_has(page: str) -> None:
    strange = [
        f"{usage}: {option}"
        for usage in first_spans(page, "commands")
        for option in re.findall(r"--[a-z-]+", usage)
        if option not in options_of(commands()[name_of(usage.split())])
    ]
    assert strange == []


@each_page
def test_every_row_says_what_its_command_does(page: str) -> None:
    assert [row for row in table(page, "commands") if len(row) != 2 or not row[1]] == []


@each_page
def test_every_key_has_its_row_and_default(page: str) -> None:
    rows = {spans(row[0])[0]: spans(row[1])[0] for row in table(page, "config")}
    assert len(rows) == len(table(page, "config"))
    assert rows == raw_defaults()


@each_page
def test_every_key_of_a_further_desk_has_its_row(page: str) -> None:
    assert without_twins(first_spans(page, "desks")) == set(FurtherDesk.model_fields)


def test_the_reference_shows_a_further_desk_that_can_be_taken_as_it_is(tmp_path: Path) -> None:
    text = (ROOT / "config/mailgate.toml").read_text(encoding="utf-8")
    before, head, example = text.rpartition("# [[desks]]\n")
    lines = [line.removeprefix("# ") for line in (head + example).splitlines()]
    (tmp_path / "mailgate.toml").write_text(before + "\n".join(lines), encoding="utf-8")
    (desk,) = load(tmp_path / "mailgate.toml").desks
    assert (desk.id, desk.addresses) == ("kokoro", ("kokoro",))
    assert all(f"\n{key} = " in "\n".join(lines) for key in FurtherDesk.model_fields)


def test_the_reference_has_the_keys_of_the_settings() -> None:
    keys = {f"{name}.{key}" for name, section in SECTIONS.items() for key in section.model_fields}
    assert set(raw_defaults()) == keys
    assert tomllib.loads((ROOT / "config/mailgate.toml").read_text(encoding="utf-8")).keys() == SECTIONS.keys()


@each_page
@pytest.mark.parametrize("name", STATES)
def test_every_state_has_its_row(page: str, name: str) -> None:
    assert first_spans(page, name) == [state.value for state in STATES[name]]


@each_page
@pytest.mark.parametrize("name", STATES)
def test_every_verb_for_a_state_is_a_command(page: str, name: str) -> None:
    verbs = [verb for row in table(page, name) for verb in spans(row[3]) if verb not in raw_defaults()]
    assert [verb for verb in verbs if verb not in commands()] == []


@each_page
def test_every_route_has_its_row(page: str) -> None:
    assert without_twins(first_spans(page, "routes")) == {route.__name__ for route in get_args(Route)}


@each_page
def test_every_reply_is_named(page: str) -> None:
    texts = {smtp_reply.queued("ID")}.union(
        value
        for module in (smtp_reply, replies)
        for name, value in vars(module).items()
        if name.isupper() and not name.startswith("_")
    )
    assert without_twins(first_spans(page, "replies")) == texts


@each_page
def test_every_sealed_column_is_named(page: str) -> None:
    sealed = {
        one.name: [column.name for column in one.columns if isinstance(column.type, LargeBinary)]
        for one in Base.metadata.tables.values()
    }
    rows = {spans(row[0])[0]: spans(row[1]) for row in table(page, "sealed")}
    assert rows == {name: columns for name, columns in sealed.items() if columns}


@each_page
@pytest.mark.parametrize("register", Register)
def test_every_column_of_a_register_has_its_row(page: str, register: Register) -> None:
    rows = [(spans(row[0])[0], row[1], row[2] != "", spans(row[4])[0]) for row in table(page, f"{register}s")]
    assert rows == [(one.name, one.japanese, one.needed, one.example) for one in COLUMNS[register]]


@each_page
def test_every_file_and_folder_that_is_named_exists(page: str) -> None:
    files = without_twins(first_spans(page, "layout")) | set(_PYTHON_FILE.findall(text_of(page)))
    assert [one for one in sorted(files) if not (ROOT / one).exists() and not (ROOT / "mailgate" / one).exists()] == []


@each_page
def test_the_layout_names_every_module_and_folder_of_the_package(page: str) -> None:
    package = ROOT / "mailgate"
    folders = {f"mailgate/{one.name}/" for one in package.iterdir() if one.is_dir() and one.name != "__pycache__"}
    modules = {f"mailgate/{one.name}" for one in package.glob("*.py") if one.name != "__init__.py"}
    named = {one for one in first_spans(page, "layout") if one.startswith("mailgate/")}
    assert named == folders | modules


@each_page
def test_every_command_line_on_the_page_can_be_typed(page: str) -> None:
    shell = [block for language, block in _FENCE.findall(text_of(page)) if language == "sh"]
    typed = [line for block in shell for line in block.splitlines() if line.startswith(".venv/bin/mailgate ")]
    assert len(typed) > 10
    assert [problem for line in typed if (problem := problem_of(line))] == []


@each_page
def test_every_command_line_within_a_sentence_can_be_typed(page: str) -> None:
    typed = [span for span in spans(text_of(page)) if span.startswith("mailgate ") and "[" not in span]
    assert len(typed) >= 3
    assert [problem for line in typed if (problem := problem_of(line))] == []


@each_page
def test_what_the_steps_write_is_in_var_for_its_owner_alone(page: str) -> None:
    """Names, addresses and mails lie around in the clone otherwise, for everybody to read and for git to take up."""
    shell = "\n".join(block for language, block in _FENCE.findall(text_of(page)) if language == "sh")
    written = re.findall(r"^(?:umask 077|.*[^<]> ?\S+)", shell, re.M)
    assert [line.rpartition("> ")[2] for line in written] == [
        "umask 077",
        "var/members.csv",
        "var/letter.eml",
        "var/comment.eml",
    ]
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"var/", "/*.csv", "/*.eml"} <= set(ignored)


@each_page
def test_the_variables_on_the_page_are_read_as_it_says(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    for name, value in re.findall(r"`(MAILGATE_[A-Z]+__[A-Z_]+)=([^`]*)`", text_of(page)):
        monkeypatch.setenv(name, value)
        config = load(ROOT / "config/mailgate.toml")
        read.append((config.listener.port, config.addresses.desk))
        monkeypatch.delenv(name)
    both = (8025, ("soudan", "madoguchi"))
    assert read == [(2525, ("soudan",)), both, both]


@each_page
def test_every_make_target_on_the_page_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = {span.split()[1] for span in spans(text_of(page)) if re.match(r"make [a-z]+", span)}
    assert {"run", "test", "demo", "lint"} <= named <= targets


def test_every_command_has_help_with_an_example_that_can_be_typed() -> None:
    wrong = []
    for name, command in commands().items():
        example = re.search(r"^\s*Example: (mailgate .*)$", command.help or "", re.M)
        if example is None:
            wrong.append(f"{name}: no example")
        elif name_of(example[1].split()[1:]) != name:
            wrong.append(f"{name}: the example is of another command: {example[1]}")
        elif problem := problem_of(example[1]):
            wrong.append(f"{name}: {problem}")
    assert wrong == []


def test_both_pages_have_the_same_build() -> None:
    """The same headings (their levels), tables with their rows, code blocks and items of lists, in the same order."""

    def build(page: str) -> list[str]:
        kinds = {
            "heading": r"#+(?= )",
            "table": _MARK.pattern,
            "row": r"\|(?= )",
            "code": r"```[a-z]*$",
            "item": r"-(?= )",
        }
        any_of = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds.items()))
        found = (any_of.match(line) for line in text_of(page).splitlines())
        return [one[0] for one in found if one]

    english, japanese = map(build, PAGES)
    assert english == japanese


def test_both_pages_name_the_same_things() -> None:
    """What stands in backticks in the first column of a table, row by row."""
    names = _MARK.findall(text_of(PAGES[0]))
    assert {name: first_spans(PAGES[0], name) for name in names if name != "commands"} == {
        name: first_spans(PAGES[1], name) for name in names if name != "commands"
    }
