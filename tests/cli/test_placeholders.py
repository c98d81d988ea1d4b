"""Where a hint leaves a value open, it has the word that the help shows in that place, in English and in Japanese."""

from __future__ import annotations

import re
from collections.abc import Iterator

import catalogue
import click
import pytest

from mailgate.cli import cli, words
from mailgate.cli.help_words import translated

pytestmark = pytest.mark.usefixtures("no_language_chosen")

OPTION = re.compile(r"(--[a-z-]+) ([A-Z]+)\b")
"""An option with a value that is left open, as it stands in English."""


def _commands(group: click.Group) -> Iterator[click.Command]:
    yield group
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from _commands(command) if isinstance(command, click.Group) else [command]


def _of_help() -> dict[str, set[str]]:
    """Each option with what the help of any command shows for its value, in the language that is spoken."""
    found: dict[str, set[str]] = {}
    for command in _commands(translated(cli)):
        for one in command.params:
            for option in one.opts:
                found.setdefault(option, set()).add(one.make_metavar(click.Context(command)))
    return found


def _hints() -> list[tuple[str, str, str, str]]:
    """Option, value, the English text and the Japanese one, of each text that leaves the value of an option open."""
    texts = catalogue.strings(catalogue.written()).items()
    pairs = [(str(english), str(japanese)) for english, japanese in texts if isinstance(english, str)]
    return [(*found, *pair) for pair in pairs for found in OPTION.findall(pair[0])]


def test_a_hint_leaves_open_what_the_help_does() -> None:
    shown = _of_help()
    assert len(_hints()) > 15
    assert [f"{option} {value}" for option, value, *_ in _hints() if value not in shown[option]] == []


def test_a_hint_in_japanese_has_the_word_that_the_help_in_japanese_has() -> None:
    hints = _hints()
    words.speak("ja")
    shown, say = _of_help(), words.catalogue().gettext
    assert (say("REASON"), say("MEMBERS"), say("ID")) == ("理由", "メンバー", "ID")
    expected = [(f"{option} {say(value)}", japanese) for option, value, _, japanese in hints if option in japanese]
    assert [hint for hint, japanese in expected if hint not in japanese] == []
    assert [hint for hint, _ in expected if hint.partition(" ")[2] not in shown[hint.partition(" ")[0]]] == []


def test_members_in_a_hint_are_those_of_the_help() -> None:
    (japanese,) = (
        str(japanese)
        for english, japanese in catalogue.strings(catalogue.written()).items()
        if isinstance(english, str) and english.endswith("mailgate case invite {number} MEMBER…")
    )
    assert japanese.endswith("mailgate case invite {number} メンバー…")
