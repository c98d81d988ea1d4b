"""Deciding findings at the prompt: the same options and the same picture for `case check` and `comment check`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from gettext import gettext as _
from pathlib import Path
from typing import Any, TypeVar

import click

from mailgate.cli.common import read_text, show, text_file_option, told
from mailgate.cli.next_step import next_line
from mailgate.cli.shapes import finding_document
from mailgate.cli.tables import table
from mailgate.cli.value_words import DECISION, of
from mailgate.errors import Refused
from mailgate.flow.review import Decisions
from mailgate.screening.difference import differences
from mailgate.screening.finding import Label, Tier
from mailgate.screening.redact import redact
from mailgate.store.findings import Judged

Command = TypeVar("Command", bound=Callable[..., Any])

_WORDS = {"label": of(Label), "tier": of(Tier), "decision": of(DECISION), "reason": told}
_OPTIONS = (
    click.option("--redact-all", is_flag=True, help="Redact every finding that --keep does not name."),
    click.option("--redact", multiple=True, metavar="ID", help="Redact one finding; may be repeated."),
    click.option("--keep", multiple=True, metavar="ID", help="Leave one finding as it is; may be repeated."),
    click.option("--as-decided", is_flag=True, help="Take the text with the decisions that stand already."),
    click.option("--edit", is_flag=True, help="Write the text in $EDITOR, beginning with everything redacted."),
    text_file_option,
    click.option("--yes", is_flag=True, help="Do not ask, and replace a text that was written by hand."),
)


def check_options(command: Command) -> Command:
    """Adds the options that decide findings."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def decisions_from(
    judged: Sequence[Judged],
    text: str,
    *,
    redact_all: bool,
    redact: tuple[str, ...],
    keep: tuple[str, ...],
    as_decided: bool,
    edit: bool,
    text_file: Path | None,
    yes: bool,
) -> Decisions:
    """What the options say; `--edit` opens the editor here."""
    if edit and text_file:
        raise click.UsageError(_("give either --edit or --text-file"))
    whole = read_text(text_file) if text_file else _edited(judged, text) if edit else None
    return Decisions(frozenset(map(_id, redact)), frozenset(map(_id, keep)), redact_all, as_decided, whole, yes)


def print_findings(as_json: bool, judged: Sequence[Judged], text: str, decided: str | None, following: str) -> None:
    """The text with its findings marked, their list, what the decisions changed, what they made, and the next step."""
    documents = [finding_document(one) for one in judged]

    def lines() -> Iterable[str]:
        yield from (_marked(text, judged), "")
        yield from table(
            documents, ("id", "label", "tier", "decision", "text", "reason"), _("Nothing was found."), _WORDS
        )
        undecided = sum(one.decision is None for one in judged)
        counted = _("{open} of {all} findings are open. Read the text yourself: no tool finds all.")
        yield from ("", counted.format(open=undecided, all=len(judged)))
        if decided is not None:
            yield from ("", _("What changes (- as it came, + as it will leave):"), *_difference(text, decided))
            yield from ("", _("The text that will leave:"), decided, "")
        yield next_line(following)

    show(as_json, {"findings": documents, "approved_text": decided}, lines)


def _difference(text: str, decided: str) -> Iterator[str]:
    """The changed lines, each with its sign."""
    changes = differences(text, decided)
    for change in changes:
        yield from (f"- {line}" for line in change.before)
        yield from (f"+ {line}" for line in change.after)
    if not changes:
        yield _("nothing: it will leave as it came")


def _id(given: str) -> int:
    digits = given.removeprefix("f")
    if not digits.isdecimal():
        raise click.BadParameter(_("'{given}' is no finding: they are called f1, f2, …").format(given=given))
    return int(digits)


def _edited(judged: Sequence[Judged], text: str) -> str:
    draft = redact(text, [one.finding for one in judged if one.decision != "keep"])
    written = click.edit(draft)
    if written is None:
        raise Refused("nothing was saved in the editor, nothing is changed")
    return written


def _marked(text: str, judged: Sequence[Judged]) -> str:
    """`text` with ⟦…⟧ around what may identify; inner ones of two that overlap are left out."""
    pieces, position = [], 0
    for one in judged:
        if one.finding.start >= position:
            pieces += [text[position : one.finding.start], f"⟦{one.finding.text}⟧"]
            position = one.finding.end
    return "".join([*pieces, text[position:]])
