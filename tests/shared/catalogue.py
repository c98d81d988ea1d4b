"""The catalogue of the command line's words: what must be in it, what is; as a program (`make words`) it brings it up
to date.

What must be there is found by the walk that shows the help (`help_words.reworded`), with a `say` that writes down
what it is asked, and in click's own source. Translations are written by hand, into the .po.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages import Catalog
from babel.messages import Message as BabelMessage
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from mailgate import errors
from mailgate.cli import cli, value_words, words
from mailgate.cli.help_words import reworded
from mailgate.cli.lazy import LazyGroup
from mailgate.errors import MailgateError

PO = words.FOLDER / "ja" / "LC_MESSAGES" / f"{words.DOMAIN}.po"
MO = PO.with_suffix(".mo")
Message = str | tuple[str, ...]
"""A text; or those for one and for many. One that is a word only in some context has that before it."""
CONTEXT = "\4"
"""Between the context and the text, as in the .mo."""

_REASONS = [name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, MailgateError)]
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "Phrase": None} | dict.fromkeys(_REASONS)
_NEVER_SHOWN = {"_winconsole.py", "shell_completion.py"}
"""Of click: Windows alone, and an old bash."""


def needed() -> dict[Message, str]:
    """Each text that the command line shows, and where it was seen first; in a stable order."""
    found: dict[Message, str] = {}
    for place, message in (
        *_of_commands(cli, "mailgate"),
        *_of_source(words.FOLDER.parent),
        *_of_values(),
        *_of_click(),
    ):
        found.setdefault(message, place)
    return found


def written() -> Catalog:
    """The .po as it stands."""
    with PO.open("rb") as file:
        return read_po(file, locale="ja", domain=words.DOMAIN)


def compiled() -> dict[Message, Message]:
    """What the .mo says, but its head."""
    with MO.open("rb") as file:
        return strings(read_mo(file))


def strings(catalogue: Catalog) -> dict[Message, Message]:
    """message -> translation, but the head."""
    return {_named(one): _message(one.string) for one in catalogue if one.id}


def update() -> list[Message]:
    """Writes .po and .mo; returns what still has no translation. What nobody asks for any more is left out."""
    catalogue = written()
    fresh = Catalog(locale="ja", domain=words.DOMAIN)
    for message, place in needed().items():
        context, between, text = message.rpartition(CONTEXT) if isinstance(message, str) else ("", "", message)
        fresh.add(text, auto_comments=[place], context=context if between else None)
    made = catalogue.creation_date
    catalogue.update(fresh, no_fuzzy_matching=True)
    catalogue.creation_date = made  # nothing changes where no word did
    catalogue.obsolete.clear()
    with PO.open("wb") as file:
        write_po(file, catalogue, width=120, omit_header=False, sort_output=False, ignore_obsolete=True)
    compact = io.BytesIO()
    write_mo(compact, catalogue)
    MO.write_bytes(compact.getvalue())
    return [_named(one) for one in catalogue if one.id and not is_translated(_message(one.string))]


def is_translated(string: Message) -> bool:
    """Whether each form has a text."""
    return bool(string) and all(string)


def _named(one: BabelMessage) -> Message:
    text = _message(one.id)
    return f"{one.context}{CONTEXT}{text}" if one.context and isinstance(text, str) else text


def _message(given: object) -> Message:
    return tuple(given) if isinstance(given, (list, tuple)) else str(given or "")


def _of_commands(group: click.Group, path: str) -> Iterator[tuple[str, str]]:
    yield from _said(group, path)
    if isinstance(group, LazyGroup):
        for name, summary in group.summaries.items():
            yield f"{path} {name}", summary
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _of_commands(command, f"{path} {name}")
        elif command is not None:
            yield from _said(command, f"{path} {name}")


def _said(command: click.Command, path: str) -> list[tuple[str, str]]:
    asked: list[str] = []

    def note(text: str) -> str:
        asked.append(text)
        return text

    reworded(command, note)
    return [(path, text) for text in asked]


def _of_source(folder: Path) -> Iterator[tuple[str, Message]]:
    for name, _, message, _, _ in extract_from_dir(folder, [("**.py", "python")], keywords=_KEYWORDS):
        yield f"mailgate/{name}", message


def _of_values() -> Iterator[tuple[str, Message]]:
    for context, text in value_words.known():
        yield "mailgate/cli/value_words.py", f"{context}{CONTEXT}{text}"


def _of_click() -> Iterator[tuple[str, Message]]:
    for name, _, message, _, _ in extract_from_dir(
        Path(click.__file__).parent, [("**.py", "python")], keywords=_KEYWORDS
    ):
        if name not in _NEVER_SHOWN:
            yield f"click/{name}", message


if __name__ == "__main__":
    for missing in update():
        click.echo(f"no Japanese yet: {missing!r}")
