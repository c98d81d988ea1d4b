"""Mails that came before: the very same one has no second effect, and what only looks the same gets a note.

Clients, gateways and `mail ingest` deliver a mail twice; some clients use a Message-ID for two mails. The same
Message-ID with the same content is a copy. The same Message-ID with other content is a mail of its own, as is the
same text under another Message-ID: both are handled like any other, and their case says so. So do the cases of a mail
that went to several desks: it is a consultation at each of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import timedelta

from mailgate.flow.context import SYSTEM, Context
from mailgate.mail.message import Message
from mailgate.store import cases, spool
from mailgate.store.sealing import Keys
from mailgate.store.spool import Marks, Spooled

_TWICE_WITHIN = timedelta(hours=1)


def marks_of(keys: Keys, message: Message) -> Marks:
    """By what a mail is known again, as keyed hashes; whatever way it came."""
    files = [f"{one.filename} {one.size_bytes}" for one in message.attachments]
    text = (str(message.sender.address), message.subject, message.body, *files)
    return Marks(
        whole=_hash(keys, "whole", message.message_id, str(message.date), *text),
        message_id=message_id_mark(keys, message.message_id) if message.message_id else None,
        text=_hash(keys, "text", *text),
    )


def message_id_mark(keys: Keys, message_id: str) -> str:
    """By which a Message-ID is found in the spool."""
    return _hash(keys, "message-id", message_id)


def note_twins(ctx: Context, spooled: Spooled, marks: Marks, case: int) -> None:
    """Tells the operators of `case` of an earlier mail with the same Message-ID, or with the same text just before."""
    twins = spool.twins(ctx.tx, spooled.id, marks, spooled.received_at - _TWICE_WITHIN)
    for other in twins:
        what = "the same Message-ID and another text" if other.same_id else "the same text and another Message-ID"
        place = f" (case {other.case})" if other.case not in (None, case) else ""
        cases.add_note(ctx.tx, case, SYSTEM, f"Mail {spooled.id} has {what} as mail {other.id}{place}.", ctx.now)


def note_other_desk(ctx: Context, spooled: Spooled, desk_id: str, case: int) -> None:
    """Tells the operators of `case` when its mail was sent to another desk: whoever answers a mail of ours stays in its
    case, and that desk has not heard of it."""
    if ctx.desk_of(case).id != desk_id:
        text = (
            f"Mail {spooled.id} was sent to the desk {desk_id} and answers a mail of this case: it is here, not there."
        )
        cases.add_note(ctx.tx, case, SYSTEM, text, ctx.now)


def note_both(ctx: Context, case: int, earlier: Collection[int]) -> None:
    """Tells the operators of `case` and of those that the same mail opened at other desks of each other."""
    for other in sorted(set(earlier) - {case}):
        for here, there in ((case, other), (other, case)):
            text = f"The mail of this case was sent to the desk {ctx.desk_of(there).id}, too: case {there}."
            cases.add_note(ctx.tx, here, SYSTEM, text, ctx.now)


def _hash(keys: Keys, *parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        octets = part.encode("utf-8", "surrogatepass")
        digest.update(len(octets).to_bytes(8, "big") + octets)
    return keys.token_hash(digest.hexdigest())
