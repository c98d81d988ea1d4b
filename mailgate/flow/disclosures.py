"""Which text left to whom: for each mail with words of one side to the other, lines in the audit log.

Written when the mail has left (`flow/deliver.py`), so they outlive mail and case; a mail that left before there were
such lines gets them when its body goes. A line names the text by its digest and its place, never by a word of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from mailgate.errors import BadKeys, NotFound
from mailgate.flow.bound import bound
from mailgate.flow.context import Context
from mailgate.flow.letters import Answer, ConsentRequest, Invitation, Letter, Reminder
from mailgate.store import audit, comments, outbox, rounds
from mailgate.store.digest import digest_of
from mailgate.store.outbox import OutboxEntry

ACTION = "disclose"
_KINDS = frozenset(letter.template for letter in (Invitation, Reminder, Answer, ConsentRequest))
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Disclosure:
    at: datetime
    """When the mail had left."""
    to: str
    """The handle of its reader."""
    kind: str
    mail: str
    what: str
    """"round 2", "comment 7 version 2"."""
    digest: str
    """SHA-256 of the text; "unknown" where an earlier version kept nothing to tell it by."""


def record(ctx: Context, mail_id: str) -> None:
    """The mail has just left. Nothing is known of one whose case was destroyed while the relay had it."""
    with suppress(NotFound):
        _record(ctx, outbox.entry(ctx.tx, mail_id), ctx.now)


def record_missing(ctx: Context, mail_id: str) -> None:
    """Before its body goes: of a mail that left when nobody wrote that down."""
    mail = outbox.entry(ctx.tx, mail_id)
    if mail.sent_at is None or mail.case is None or any(one.mail == mail_id for one in of_case(ctx, mail.case)):
        return
    _record(ctx, mail, mail.sent_at)


def of_case(ctx: Context, number: int) -> list[Disclosure]:
    """What left for a case, oldest first; also when it is destroyed."""
    return [_read(one) for one in audit.listing(ctx.tx, case=number, action=ACTION)]


def not_written_down(ctx: Context, number: int) -> list[Disclosure]:
    """The same of mails that are still there and left before there were lines about that."""
    told = {one.mail for one in of_case(ctx, number)}
    sent = [one for one in outbox.entries(ctx.tx, (), number) if one.id not in told]
    return [
        Disclosure(mail.sent_at, mail.handle, mail.kind, mail.id, what, digest)
        for mail in sent
        if mail.sent_at is not None
        for what, digest in _texts(ctx, mail)
    ]


def _record(ctx: Context, mail: OutboxEntry, left_at: datetime) -> None:
    for what, digest in _texts(ctx, mail):
        left = left_at.astimezone(UTC).isoformat(timespec="seconds")
        detail = "; ".join((mail.kind, f"mail {mail.id}", what, f"sha256 {digest}", f"left {left}"))
        audit.record(ctx.tx, ctx.now, ctx.actor, ACTION, case=mail.case, subject=mail.handle, detail=detail)


def _read(line: audit.AuditEntry) -> Disclosure:
    kind, mail, what, digest, left = line.detail.split("; ")
    at = datetime.fromisoformat(left.removeprefix("left "))
    return Disclosure(at, line.subject, kind, mail.removeprefix("mail "), what, digest.removeprefix("sha256 "))


def _texts(ctx: Context, mail: OutboxEntry) -> Iterator[tuple[str, str]]:
    """What it is and its digest, for each text in the mail that somebody else wrote."""
    if mail.kind not in _KINDS or mail.case is None:
        return
    try:
        written = bound(mail.kind, outbox.letter_of(ctx.tx, mail.id))
    except BadKeys:  # it has left all the same
        written = None
    if written is None:
        yield "text", _UNKNOWN
        return
    places = _places(ctx, mail.case)
    for text in _texts_of(written.letter):
        digest = digest_of(text)
        yield places.get(digest, "text"), digest


def _texts_of(letter: Letter) -> tuple[str, ...]:
    match letter:
        case Invitation(text=text, earlier=earlier):
            return (*earlier, text)
        case Reminder(text=text) | ConsentRequest(text=text):
            return (text,)
        case Answer():
            return tuple(one.text for one in letter.comments)
        case _:
            return ()


def _places(ctx: Context, number: int) -> dict[str, str]:
    """Where each approved text of a case stands, by its digest; texts that do not open any more are left out."""
    try:
        found = {digest_of(one.released_text): f"round {one.number}" for one in rounds.all_of(ctx.tx, number)}
        found |= {
            digest_of(one.approved): f"comment {one.id} version {one.versions}"
            for one in comments.of_case(ctx.tx, number)
        }
    except BadKeys:
        return {}
    return found
