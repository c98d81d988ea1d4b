"""Mails that came before: the very same one has no second effect, and what only looks the same gets a note.

Clients, gateways and `mail ingest` deliver a mail twice; some clients use a Message-ID for two mails. The same
Message-ID with the same content is a copy. The same Message-ID with other content is a mail of its own, as is the
same text under another Message-ID: both are handled like any other, and their case says so.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from mailgate.flow.context import SYSTEM, Context
from mailgate.mail.message import Kind, Message
from mailgate.store import cases, spool
from mailgate.store.spool import Marks, Spooled

_TWICE_WITHIN = timedelta(hours=1)


def marks_of(ctx: Context, message: Message) -> Marks:
    """By what a mail is known again, as keyed hashes; whatever way it came."""
    files = [f"{one.filename} {one.size_bytes}" for one in message.attachments]
    text = (str(message.sender.address), message.subject, message.body, *files)
    return Marks(
        whole=_hash(ctx, "whole", message.message_id, str(message.date), *text),
        message_id=message_id_mark(ctx, message.message_id) if message.message_id else None,
        text=_hash(ctx, "text", *text),
    )


def message_id_mark(ctx: Context, message_id: str) -> str:
    """By which a Message-ID is found in the spool."""
    return _hash(ctx, "message-id", message_id)


def note_twins(ctx: Context, spooled: Spooled, message: Message, marks: Marks, case: int) -> None:
    """Tells the operators of `case` of an earlier mail with the same Message-ID, or with the same text just before."""
    if message.kind is not Kind.PERSON:
        return
    twins = spool.twins(ctx.tx, spooled.id, marks, spooled.received_at - _TWICE_WITHIN)
    for other in twins:
        what = "the same Message-ID and another text" if other.same_id else "the same text and another Message-ID"
        place = f" (case {other.case})" if other.case not in (None, case) else ""
        cases.add_note(ctx.tx, case, SYSTEM, f"Mail {spooled.id} has {what} as mail {other.id}{place}.", ctx.now)


def _hash(ctx: Context, *parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        octets = part.encode("utf-8", "surrogatepass")
        digest.update(len(octets).to_bytes(8, "big") + octets)
    return ctx.tx.keys.token_hash(digest.hexdigest())
