"""What a finished letter says to whoever gets it, read from its octets alone, just before they leave (RFC 5322, 2045).

Before: the outbox hands out octets that `mail/compose.py` once made. After: `flow/gate.py` compares what is read here
with what should have been written. Only the form that our letters have is read: these fields, each once, and one text,
alone or with files as `mail/enclosing.py` writes them. Anything else raises BadLetter, with the names of what is wrong
and never a value. Which files may leave is not known here.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from mailgate.errors import BadLetter
from mailgate.mail.address import Address, parse_address
from mailgate.mail.compose import AUTOMATIC
from mailgate.mail.enclosing import (
    Enclosed,
    base64_lines,
    boundary_of,
    content_type,
    enclosed,
    is_fit,
    taken_apart,
)

_NEEDED = ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type")
_ALLOWED = frozenset(
    (*_NEEDED, "Reply-To", "In-Reply-To", "References", "Content-Transfer-Encoding", "X-Auto-Response-Suppress")
)
_TEXT_TYPE = "text/plain; charset=utf-8"
_FIXED = {
    "MIME-Version": "1.0",
    "Content-Transfer-Encoding": "base64",
    "X-Auto-Response-Suppress": "All",
}


@dataclass(frozen=True, slots=True)
class Leaving:
    """One letter as its reader gets it. Texts are decoded; `body` has `\\n` line ends."""

    sender_name: str
    sender: Address
    reply_to: Address | None
    to: Address
    subject: str
    message_id: str
    ancestors: tuple[str, ...]
    """The Message-IDs that In-Reply-To and References name, each once."""
    body: str
    files: tuple[Enclosed, ...]


def read_leaving(octets: bytes) -> Leaving:
    """The letter that `octets` (CRLF, not signed) are. Raises BadLetter for anything that is no letter of ours."""
    message = message_from_bytes(octets, policy=policy.compat32)
    problems = ", ".join(_problems(message))
    if problems:
        raise BadLetter("the mail has a form that no letter of ours has: {problems}", problems=problems)
    try:
        return _read(message, octets)
    except (HeaderParseError, LookupError, TypeError, ValueError, binascii.Error):
        raise BadLetter("the mail has a form that no letter of ours has: it cannot be decoded") from None


def _problems(message: Message) -> Iterator[str]:
    names = list(message.keys())
    if not _ALLOWED.issuperset(names):
        yield "a field that we never write"
    if len({name.lower() for name in names}) < len(names):
        yield "a field twice"
    if missing := [name for name in _NEEDED if name not in message]:
        yield f"no {', '.join(missing)}"
    if message.preamble or message.epilogue or message.defects:
        yield "something around its parts"
    if message.is_multipart() == ("Content-Transfer-Encoding" in message):
        yield "neither one text in base64 nor parts"
    if _text(message, "Content-Type") != _content_type(message):
        yield "Content-Type"
    yield from (name for name, value in _FIXED.items() if name in message and _text(message, name) != value)
    if "Auto-Submitted" in message and _text(message, "Auto-Submitted") not in AUTOMATIC:
        yield "Auto-Submitted"


def _content_type(message: Message) -> str:
    """The one that the letter must have."""
    return content_type(boundary_of(_text(message, "Message-ID"))) if message.is_multipart() else _TEXT_TYPE


def _read(message: Message, octets: bytes) -> Leaving:
    sender_name, sender = _mailbox(message, "From")
    if parsedate_to_datetime(_text(message, "Date")).utcoffset() is None:
        raise ValueError("no time zone")
    body, files = _parts(message, octets) if message.is_multipart() else (_body(message), ())
    ids = f"{_text(message, 'In-Reply-To')} {_text(message, 'References')}".split()
    return Leaving(
        sender_name=sender_name,
        sender=sender,
        reply_to=_mailbox(message, "Reply-To")[1] if "Reply-To" in message else None,
        to=_mailbox(message, "To")[1],
        subject=_decoded(_text(message, "Subject")),
        message_id=_text(message, "Message-ID"),
        ancestors=tuple(dict.fromkeys(ids)),
        body=body.decode("utf-8").replace("\r\n", "\n"),
        files=files,
    )


def _body(message: Message) -> bytes:
    """The text in base64, with nothing beside the alphabet and the line ends."""
    encoded = message.get_payload()
    if not isinstance(encoded, str):
        raise TypeError("no text")
    return base64.b64decode("".join(encoded.split("\r\n")).encode("ascii"), validate=True)


def _parts(message: Message, octets: bytes) -> tuple[bytes, tuple[Enclosed, ...]]:
    """The text and the files, which written once more are these very octets: so nothing else is among the parts."""
    content = octets.partition(b"\r\n\r\n")[2].decode("ascii")
    text, files = taken_apart(message)
    names = {one.name for one in files}
    if not files or not all(map(is_fit, files)) or len(names) < len(files):
        raise ValueError("a file that we never enclose")
    if content != enclosed(boundary_of(_text(message, "Message-ID")), _TEXT_TYPE, base64_lines(text), files):
        raise ValueError("other parts")
    return text, files


def _text(message: Message, name: str) -> str:
    """The value of a field as the text of its octets; compat32 hands out 8-bit octets as surrogates."""
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            return str(value).encode("ascii", "surrogateescape").decode("utf-8")
    return ""


def _mailbox(message: Message, name: str) -> tuple[str, Address]:
    """Decoded display name and address of the one mailbox that the field names."""
    ((shown, address),) = getaddresses([_text(message, name)])
    read = parse_address(address)
    if read is None:
        raise ValueError("no address")
    return _decoded(shown), read


def _decoded(value: str) -> str:
    return str(make_header(decode_header(value)))
