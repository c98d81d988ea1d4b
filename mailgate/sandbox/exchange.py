"""What goes through the pipes between worker and child: a length of 8 octets, then so many octets.

Towards the child they are a mail, and back a Message as JSON. Not pickle: a child that was taken over must have no way
into the worker but a Message that says something wrong, as any mail may.
"""

from __future__ import annotations

import json
import sys
from dataclasses import fields
from datetime import datetime
from typing import Any, BinaryIO

from mailgate.mail.address import Address
from mailgate.mail.defect_words import known_again
from mailgate.mail.message import Attachment, FailedRecipient, Kind, Message, Sender

LENGTH_OCTETS = 8


def framed(octets: bytes) -> bytes:
    return len(octets).to_bytes(LENGTH_OCTETS) + octets


def say(octets: bytes) -> None:
    """The child's word to whoever started it, sent at once."""
    sys.stdout.buffer.write(framed(octets))
    sys.stdout.buffer.flush()


def received(stream: BinaryIO) -> bytes | None:
    """The next octets; None when the other side has gone."""
    head = stream.read(LENGTH_OCTETS)
    if len(head) < LENGTH_OCTETS:
        return None
    octets = stream.read(int.from_bytes(head))
    return octets if len(octets) == int.from_bytes(head) else None


def dumped(message: Message) -> bytes:
    """`message` as JSON."""
    plain = {one.name: getattr(message, one.name) for one in fields(message)}
    address = message.sender.address
    plain["sender"] = [message.sender.name, [address.local, address.domain] if address else None]
    plain["date"] = message.date.isoformat() if message.date else None
    plain["failed"] = [[one.address, one.status, one.permanent, one.given_up] for one in message.failed]
    plain["attachments"] = [[one.filename, one.content_type, one.size_bytes] for one in message.attachments]
    return json.dumps(plain, ensure_ascii=False).encode()


def loaded(octets: bytes) -> Message:
    """The Message that `dumped` made. Raises ValueError, KeyError or TypeError for anything else."""
    plain = json.loads(octets)
    name, address = plain["sender"]
    return Message(
        message_id=_text(plain["message_id"]),
        subject=_text(plain["subject"]),
        sender=Sender(_text(name), Address(*map(_text, address)) if address else None),
        to=_texts(plain["to"]),
        date=datetime.fromisoformat(plain["date"]) if plain["date"] else None,
        references=_texts(plain["references"]),
        body=_text(plain["body"]),
        written=_text(plain["written"]),
        signature=_text(plain["signature"]),
        kind=Kind(plain["kind"]),
        failed=tuple(
            FailedRecipient(_text(to), _text(status), bool(permanent), bool(given_up))
            for to, status, permanent, given_up in plain["failed"]
        ),
        attachments=tuple(Attachment(_text(file), _text(kind), int(size)) for file, kind, size in plain["attachments"]),
        authentication_results=_texts(plain["authentication_results"]),
        defects=tuple(map(known_again, _texts(plain["defects"]))),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(map(_text, values))
