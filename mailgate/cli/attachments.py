"""Attachments of a case or of a comment: list them, look at one as it would leave, release it, withhold it.

The same commands for both nouns; `case.py` and `comment.py` add them to their groups.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailgate.cli import shapes
from mailgate.cli.common import NUMBER, Desk, json_option, never_asks_option, pass_desk, say, show, told
from mailgate.cli.next_step import next_line
from mailgate.cli.program import typed_here
from mailgate.cli.tables import table
from mailgate.cli.value_words import of
from mailgate.desk.attachment_words import why_withheld
from mailgate.desk.lifecycle import AttachmentState
from mailgate.errors import BadInput
from mailgate.flow import attachments, consent
from mailgate.flow.attachments import Listed, Listing, OfCase, OfComment, Source
from mailgate.mail.content import Content
from mailgate.mail.drawing import SUFFIXES, Drawing
from mailgate.phrase import Phrase
from mailgate.sandbox.artist import ChildArtist
from mailgate.system_words import system_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_attachment = click.argument("attachment", type=NUMBER)
_WORDS = {"kind": of(Content), "decision": of(AttachmentState)}


def commands_for(noun: str, source_of: Callable[[int], Source]) -> tuple[click.Command, ...]:
    """The four commands for `noun` ("case", "comment"); help names it."""
    number = click.argument("number", type=NUMBER)

    @click.command(
        "attachments", help=_help(noun, "attachments", "List attachments: what each is, and what may leave.")
    )
    @number
    @json_option
    @pass_desk
    def listed(desk: Desk, number: int, as_json: bool) -> None:
        found = attachments.listing(desk.office, source_of(number), ChildArtist())
        rows = [_document(one, desk.office.policy.timezone) for one in found.attachments]
        document = {"attachments": rows, "passwords": list(found.passwords)}
        show(as_json, document, lambda: _page(noun, number, rows, found))

    @click.command(
        "show-attachment",
        help=_help(
            noun, "show-attachment", "Draw an attachment afresh and write the drawing to a file: what would leave.", 2
        ),
    )
    @number
    @_attachment
    @click.option(
        "--output",
        type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
        help="Where to write it; - is standard output. A file that is there is not overwritten.",
    )
    @json_option
    @never_asks_option
    @pass_desk
    def shown(desk: Desk, number: int, attachment: int, output: Path | None, as_json: bool) -> None:
        drawing = attachments.show(desk.office, source_of(number), attachment, ChildArtist(), desk.actor)
        file = output or Path(f"{noun}-{number}-attachment-{attachment}.{SUFFIXES[drawing.media_type]}")
        _write(file, drawing)
        if str(file) == "-":
            return
        document = {"file": str(file), "media_type": drawing.media_type, "pages": drawing.pages}
        document["size_bytes"] = len(drawing.octets)
        show(as_json, document, lambda: _looking(noun, number, attachment, file, SUFFIXES[drawing.media_type]))

    @click.command(
        "release-attachment", help=_help(noun, "release-attachment", "Let the drawing leave that was shown.", 2)
    )
    @number
    @_attachment
    @never_asks_option
    @pass_desk
    def released(desk: Desk, number: int, attachment: int) -> None:
        with desk.office.write(desk.actor) as ctx:
            attachments.release(ctx, source_of(number), attachment)
            unagreed = noun == "case" and consent.is_missing(ctx, number)
        say(_released(noun).format(attachment=attachment, number=number))
        if unagreed:
            text = _("The teacher has not agreed that members get it: mailgate case consent {number}")
            say(text.format(number=number))

    @click.command("withhold-attachment", help=_help(noun, "withhold-attachment", "Keep an attachment back.", 2))
    @number
    @_attachment
    @never_asks_option
    @pass_desk
    def withheld(desk: Desk, number: int, attachment: int) -> None:
        with desk.office.write(desk.actor) as ctx:
            attachments.withhold(ctx, source_of(number), attachment)
        say(_withheld(noun).format(attachment=attachment, number=number))

    return listed, shown, released, withheld


def _released(noun: str) -> str:
    if noun == "case":
        return _(
            "Attachment {attachment} of case {number} goes with the invitations from now on, exactly as it was shown."
        )
    return _("Attachment {attachment} of comment {number} goes with the answer, exactly as it was shown.")


def _withheld(noun: str) -> str:
    if noun == "case":
        return _("Attachment {attachment} of case {number} is withheld.")
    return _("Attachment {attachment} of comment {number} is withheld.")


@click.command("attachment-text")
@click.argument("number", type=NUMBER)
@_attachment
@pass_desk
def attachment_text(desk: Desk, number: int, attachment: int) -> None:
    """Print a text that may be sent to the teacher: that an attachment is not passed on, and what would help.

    Example: mailgate case attachment-text 12 1 | mailgate case clarify 12 --text-file -
    """
    show(False, {}, lambda: [attachments.words(desk.office, number, attachment, ChildArtist())])


def _help(noun: str, verb: str, text: str, attachment: int | None = None) -> str:
    example = {"case": "12", "comment": "4"}[noun] + (f" {attachment}" if attachment else "")
    return f"{text}\n\nExample: mailgate {noun} {verb} {example}"


def _document(one: Listed, zone: ZoneInfo) -> dict[str, Any]:
    look, decision = one.look, one.decision
    obstacle = look.obstacle if look else None
    return {
        "id": one.id,
        "round": one.round,
        "received_at": shapes.moment(one.received_at, zone),
        "kind": look.content.value if look else None,
        "size_bytes": look.size_bytes if look else None,
        "decision": decision.state.value if decision else None,
        "released": one.released,
        "what_happens": _what_happens(one),
        "obstacle": obstacle.value if obstacle else None,
        "decided_by": decision.by if decision else None,
        "decided_at": shapes.moment(decision.at, zone) if decision else None,
        "sha256": decision.digest or None if decision else None,
    }


def _what_happens(one: Listed) -> str:
    if one.released:
        return Phrase("goes out, drawn afresh")
    if one.look is None:
        return Phrase("withheld: the mail is not kept any more, or cannot be read")
    if one.look.obstacle is not None:
        return Phrase("withheld: {why}", why=why_withheld(one.look.content, one.look.obstacle))
    return Phrase("withheld, unless it is released")


def _page(noun: str, number: int, rows: list[dict[str, Any]], found: Listing) -> Iterable[str]:
    yield from table(rows, ("id", "round", "kind", "size_bytes", "decision"), _("No attachments."), _WORDS)
    for row in rows:
        yield _("{number}: {what}").format(number=row["id"], what=told(row["what_happens"]))
    for case in found.passwords:
        yield _(
            "Case {case} has a mail that seems to bring the password of a locked file: "
            "nothing here opens such a file, and the password must not reach members."
        ).format(case=case)
    refused = [row["id"] for row in rows if row["obstacle"]]
    if refused and noun == "case":
        by_mail = _("A text for the teacher: mailgate case attachment-text {number} {attachment}")
        yield typed_here(by_mail.format(number=number, attachment=_one_of(refused)))
    undecided = [row["id"] for row in rows if not row["obstacle"] and not row["released"] and row["kind"]]
    if undecided:
        yield next_line(f"mailgate {noun} show-attachment {number} {_one_of(undecided)}")


def _one_of(attachments: Sequence[int]) -> str:
    """What to type for one of them: the only one, else the name that the help has for it."""
    return str(attachments[0]) if len(attachments) == 1 else _("ATTACHMENT")


def _looking(noun: str, number: int, attachment: int, file: Path, suffix: str) -> Iterable[str]:
    if file.suffix.lower() == f".{suffix}":
        written = _("Written to {file}. Look at it: faces, name tags, crests and handwriting identify.")
    else:
        written = _(
            "Written to {file}, which is a {kind} file. Look at it: faces, name tags, crests and handwriting identify."
        )
    yield written.format(file=click.format_filename(file), kind=suffix.upper())
    then = _("Then {step} (or withhold-attachment); remove the file.")
    yield typed_here(then.format(step=f"mailgate {noun} release-attachment {number} {attachment}"))


def _write(file: Path, drawing: Drawing) -> None:
    if str(file) == "-":
        sys.stdout.buffer.write(drawing.octets)
        return
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(drawing.octets)
    except OSError as error:
        named = click.format_filename(file)
        raise BadInput([Phrase("{file} cannot be written: {why}", file=named, why=system_words(error))]) from None


CASE_COMMANDS = (*commands_for("case", OfCase), attachment_text)
COMMENT_COMMANDS = commands_for("comment", OfComment)
