"""Commands in printed texts are those that can be typed: as this program was started, and nothing else is changed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import catalogue
import click
import pytest

import mailgate.cli as cli_package
from mailgate.cli import cli
from mailgate.cli.common import say, told
from mailgate.cli.program import typed_here, with_program
from mailgate.phrase import Phrase
from mailgate.store import custody

HERE = [".venv/bin/mailgate"]
AS_MODULE = [sys.executable, "-m", "mailgate"]
TEXTS = {
    "mailgate case show 7": ".venv/bin/mailgate case show 7",
    "there is no case 7: 'mailgate case list' shows them": (
        "there is no case 7: '.venv/bin/mailgate case list' shows them"
    ),
    "make one with `mailgate init var`": "make one with `.venv/bin/mailgate init var`",
    "mailgate comment show 4, then mailgate comment release 4": (
        ".venv/bin/mailgate comment show 4, then .venv/bin/mailgate comment release 4"
    ),
    "次：mailgate run-due（mailgate db check でも可）": (
        "次：.venv/bin/mailgate run-due（.venv/bin/mailgate db check でも可）"
    ),
    "mailgate --as NAME outbox override abc": ".venv/bin/mailgate --as NAME outbox override abc",
    "mailgate --help": ".venv/bin/mailgate --help",
    "Try 'mailgate -h' for help.": "Try '.venv/bin/mailgate -h' for help.",
}
_FIRST_WORDS = re.compile(r" ([\w-]+)(?: ([\w{}-]+))?", re.ASCII)
NO_COMMANDS = (
    "mailgate: there is no case 7",
    "mailgate runs: SMTP on 127.0.0.1:8025",
    "the domain that mailgate, or who writes for it, uses",
    "mailgate cases wait",
    "mailgate mailing",
    "Wrote var/mailgate.toml.",
    "var/mailgate case list",
    "my-mailgate case list",
    "Usage: mailgate [OPTIONS] COMMAND [ARGS]...",
    "chown it to whom mailgate runs as",
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_command_begins_with_the_words_that_started_the_program(text: str) -> None:
    assert with_program(text, HERE) == TEXTS[text]


@pytest.mark.parametrize("text", NO_COMMANDS)
def test_what_is_no_command_stays(text: str) -> None:
    assert with_program(text, HERE) == text


@pytest.mark.parametrize("words", [HERE, AS_MODULE, ["bin dir/mailgate"], ["mailgate"]])
def test_what_can_be_typed_already_is_left_so(words: list[str]) -> None:
    for text in TEXTS:
        once = with_program(text, words)
        assert with_program(once, words) == once


def test_a_program_on_the_path_changes_nothing() -> None:
    assert [with_program(text, ["mailgate"]) for text in TEXTS] == [*TEXTS]


def test_whatever_is_taken_for_a_command_in_our_texts_is_one() -> None:
    written = catalogue.strings(catalogue.written())
    texts = [one for both in written.items() for side in both for one in (side if isinstance(side, tuple) else (side,))]
    begun = [one for text in texts for one in with_program(text, ["@@"]).split("@@")[1:]]
    assert len(begun) > 200
    assert [typed for typed in begun if not _is_command(typed)] == []


def _is_command(typed: str) -> bool:
    """Whether the words begin with a command, or with one of the options before it."""
    first, second = _FIRST_WORDS.match(typed).groups()  # type: ignore[union-attr]
    context = click.Context(cli)
    found = cli.get_command(context, first)
    if isinstance(found, click.Group):
        found = found.get_command(context, second or "")
    return first.startswith("-") or found is not None or second == "{again}"  # "invite" or "answer"


def test_reasons_and_lines_say_it_as_it_is_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bin/mailgate", "case", "list"])
    reason = told(Phrase("there is no case {number}: 'mailgate case list' shows them", number=7))
    assert reason == "there is no case 7: 'bin/mailgate case list' shows them"
    say(reason)
    say("look: mailgate db check")
    assert capsys.readouterr().out == f"{reason}\nlook: bin/mailgate db check\n"
    assert typed_here("Wrote var/mailgate.toml.") == "Wrote var/mailgate.toml."


_CLI = {
    file: ast.parse(file.read_text(encoding="utf-8"))
    for file in sorted((Path(cli_package.__file__).parent).rglob("*.py"))
    if file.name not in ("man.py", "next_step.py")
}
"""But for man pages, which stay as they are written, and steps, which `next_line` and `by_hand` say."""
_ABOVE = {child: node for tree in _CLI.values() for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
_SAYING = {"typed_here", "told", "in_their_words", "say", "next_line", "by_hand", "UsageError", *catalogue._REASONS}
"""What says a text with its commands as they are typed here; a failure's reason is said by the entry."""
_TITLES = {"mailgate triage"}


def _name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _above(node: ast.AST) -> Iterator[ast.AST]:
    while node in _ABOVE:
        node = _ABOVE[node]
        yield node


def _uses(node: ast.AST) -> list[ast.AST]:
    """Where that goes on which holds this value: the names that it is given, or whoever calls what returns it."""
    within = [node, *_above(node)]
    places = (ast.FunctionDef, ast.Module)
    place = next(one for one in within if isinstance(one, places))
    for one in within:
        if isinstance(one, ast.Assign | ast.AnnAssign):
            names = {
                name.id for name in ast.walk(one) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
            }
            return [
                name
                for name in ast.walk(place)
                if isinstance(name, ast.Name) and name.id in names and isinstance(name.ctx, ast.Load)
            ]
        if isinstance(one, ast.Return) and isinstance(place, ast.FunctionDef):
            calls = (call for tree in _CLI.values() for call in ast.walk(tree) if isinstance(call, ast.Call))
            return [call for call in calls if _name_of(call) == place.name]
        if one is place:
            break
    return []


def _is_said(node: ast.AST, seen: frozenset[ast.AST] = frozenset()) -> bool:
    if any(isinstance(one, ast.Call) and _name_of(one) in _SAYING for one in _above(node)):
        return True
    return any(_is_said(use, seen | {node}) for use in _uses(node) if use not in seen)


def test_every_text_of_the_commands_with_a_command_in_it_goes_through_the_one_place() -> None:
    unsaid, found = [], 0
    for file, tree in _CLI.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or node.value in _TITLES:
                continue
            in_pieces = isinstance(_ABOVE[node], ast.JoinedStr) and node.value.endswith("mailgate ")
            text = node.value + ("case" if in_pieces else "")
            if isinstance(_ABOVE[node], ast.Expr) or "Example: " in text or with_program(text, ["@@"]) == text:
                continue  # a docstring; or what --help shows
            found += 1
            if not _is_said(node):
                unsaid.append(f"{file.name}: {text}")
    assert found > 25
    assert unsaid == []


def test_a_restored_case_whose_key_was_destroyed_says_what_to_type(new: Any) -> None:
    with new.office() as office:
        custody.destroy_case_key(office.database, 1)
    shown = _ran(new.folder, "case", "list").stdout
    assert f"(its key was destroyed: {sys.executable} -m mailgate case destroy NUMBER --now finishes that)" in shown
    (row,) = new.run("case", "list", "--json").json["cases"]
    assert row["subject"] == "(its key was destroyed: mailgate case destroy NUMBER --now finishes that)"


def test_a_backup_says_how_the_keys_are_copied_here(new: Any) -> None:
    assert f"with {sys.executable} -m mailgate key backup.\n" in _ran(new.folder, "db", "backup").stdout


def _ran(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*AS_MODULE, "--lang", "en", "--config", str(folder / "mailgate.toml"), "--as", "tester", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_program_says_its_own_words_and_leaves_those_of_others(registered: Any) -> None:
    text = "手元で mailgate case list と打てと言われました。\n"
    registered.take(registered.compose(text))
    typed = f"{sys.executable} -m mailgate"
    shown = _ran(registered.folder, "case", "show", "1").stdout.splitlines()
    assert [one.strip() for one in shown if "mailgate" in one] == [
        text.strip(),
        f"Next: read the text, then {typed} case check 1 --as-decided",
    ]
    refused = _ran(registered.folder, "case", "show", "9")
    assert (refused.returncode, refused.stderr) == (
        1,
        f"mailgate: there is no case 9: '{typed} case list' shows them\n",
    )
    wrong = _ran(registered.folder, "case", "show")
    assert f"Try '{typed} case show --help' for help.\n" in wrong.stderr
    document = _ran(registered.folder, "doctor", "--json").stdout
    assert (" mailgate " in document, typed in document) == (True, False)
