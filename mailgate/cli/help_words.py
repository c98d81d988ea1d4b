"""A command as its help shows it in the language of this run: a copy whose texts come from the catalogue.

The commands themselves are written in English, and stay so: `lazy` hands out these copies. A paragraph is looked up as
one line, so that a docstring can be wrapped anew without a new translation; of `Example: …` the word alone is; lines
that click is told to keep are looked up one by one. The catalogue is made by the same walk (tests/shared/catalogue.py).
Choices are typed as they stand: they are no words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy
from inspect import cleandoc

import click

from mailgate.cli import words
from mailgate.cli.columns import FULL_COLON, FullWidthContext
from mailgate.cli.value_words import StateChoice

Say = Callable[[str], str]
"""A text in English to the same in another language."""

_EXAMPLE = "Example:"
_KEPT = "\b\n"
_METAVARIABLE = re.compile(r"[A-Z][A-Z0-9_ ]*[A-Z0-9]|[A-Z]")


def translated(command: click.Command) -> click.Command:
    """`command` itself in English, else a copy; the original is never touched. Doing it twice changes nothing."""
    if words.language() == words.ENGLISH:
        return command
    return reworded(command, words.catalogue().gettext)


def reworded(command: click.Command, say: Say) -> click.Command:
    """A copy of `command`, and of those in it, that says what `say` makes of each of its texts."""
    shown = copy(command)
    shown._help_option = None  # click makes it once, in the language that it then has
    shown.context_class = FullWidthContext
    shown.help = _page(command.help, say) if command.help else None
    shown.short_help = say(command.short_help) if command.short_help else _first_sentence(shown.help or "")
    shown.options_metavar = _metavariables(command.options_metavar, say) if command.options_metavar else None
    context = click.Context(command)
    shown.params = [_parameter(one, context, say) for one in command.params]
    if isinstance(shown, click.Group):
        shown.subcommand_metavar = _metavariables(shown.subcommand_metavar, say)
        shown.commands = {name: reworded(one, say) for name, one in shown.commands.items()}
    return shown


def summary(sentence: str) -> str:
    """A sentence as a list of commands has it: in Japanese without its full stop."""
    return sentence.removesuffix("。")


def _page(text: str, say: Say) -> str:
    visible = cleandoc(text).partition("\f")[0].rstrip()
    return "\n\n".join(_paragraph(one, say) for one in re.split(r"\n\n+", visible))


def _paragraph(text: str, say: Say) -> str:
    if text.startswith(_KEPT):
        return _KEPT + "\n".join(_line(one, say) for one in text.removeprefix(_KEPT).split("\n"))
    joined = " ".join(text.split())
    if joined.startswith(_EXAMPLE):
        head, typed = say(_EXAMPLE), joined.removeprefix(_EXAMPLE)
        return head + (typed.lstrip() if head.endswith(FULL_COLON) else typed)
    return say(joined)


def _line(text: str, say: Say) -> str:
    words_of_it = text.lstrip()
    return text[: len(text) - len(words_of_it)] + (say(words_of_it) if words_of_it else "")


def _first_sentence(page: str) -> str | None:
    """What a list of commands says of one; None leaves it to click, which knows where an English sentence ends."""
    sentence, end, _ = page.partition("\n\n")[0].partition("。")
    return sentence if end else None


def _parameter(original: click.Parameter, context: click.Context, say: Say) -> click.Parameter:
    shown = copy(original)
    if isinstance(shown, click.Option):
        if shown.help:
            shown.help = say(" ".join(shown.help.split()))
            if isinstance(original.type, StateChoice):
                shown.help += f"（{original.type.named()}）"
        if shown.is_flag or shown.count:
            return shown
    has_words = not isinstance(original.type, click.Choice)
    if original.metavar or has_words:
        shown.metavar = _metavariables(original.make_metavar(context), say)
    if has_words:
        shown.type = copy(original.type)
        shown.type.name = say(original.type.name)  # "… is not a valid integer range."
    return shown


def _metavariables(text: str, say: Say) -> str:
    return _METAVARIABLE.sub(lambda found: say(found[0]), text)
