"""A finished letter read back by a second reader, field by field, beside what was meant.

Before: `compose.py` has put the bytes together. After: they are returned; or BadLetter, and the mail is not queued.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message as Compat32
from email.parser import BytesHeaderParser, BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from functools import lru_cache

from mailgate.errors import BadLetter
from mailgate.mail.enclosing import Part, read_back

_CRLF = "\r\n"
_LINE_OCTETS = 998
"""RFC 5322 2.1.1, without the line end."""
_FIELDS_AT_HAND = 8
"""Those of one letter, a few times over."""
_READER = BytesParser(policy=policy.compat32)
_READER_OF_ONE_PART = BytesHeaderParser(policy=policy.compat32)  # there are no others to look for: half the time


@dataclass(frozen=True, slots=True)
class Facts:
    """What somebody who gets the letter reads in it."""

    fields: tuple[str, ...]
    date: datetime | None
    sender: tuple[tuple[str, str], ...]
    reply_to: tuple[tuple[str, str], ...]
    to: tuple[tuple[str, str], ...]
    subject: str
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    automatic: str
    form: tuple[str, ...]
    parts: tuple[Part, ...]
    """Of a letter with files: the text and each file."""
    body: str


def compare(raw: bytes, meant: Facts) -> None:
    """`raw` is the letter with CRLF line ends. Raises BadLetter with the names (never the values) of what reads back
    differently."""
    lines = raw.split(b"\r\n")
    line_ends = {raw.count(b"\r"), raw.count(b"\n")}
    if max(map(len, lines)) > _LINE_OCTETS or line_ends != {len(lines) - 1}:
        raise BadLetter("the letter has a line that is too long or broken")
    try:
        read = _facts((_READER if meant.parts else _READER_OF_ONE_PART).parsebytes(raw))
    except (HeaderParseError, LookupError, TypeError, ValueError):
        raise BadLetter("the letter does not read back") from None
    wrong = [f.name for f in fields(Facts) if getattr(read, f.name) != getattr(meant, f.name)]
    if wrong:
        raise BadLetter("the letter does not read back as it was meant: {wrong}", wrong=wrong)


def _facts(message: Compat32) -> Facts:
    values = {name: _text(value) for name, value in message.raw_items()}
    parts = read_back(message)
    octets = parts[0][1] if parts else message.get_payload(decode=True)
    form = ("MIME-Version", "Content-Type", "Content-Transfer-Encoding")
    return Facts(
        fields=tuple(message.keys()),
        date=parsedate_to_datetime(values.get("Date", "")),
        sender=_mailboxes(values.get("From", "")),
        reply_to=_mailboxes(values.get("Reply-To", "")),
        to=_mailboxes(values.get("To", "")),
        subject=_decoded(values.get("Subject", "")),
        message_id=values.get("Message-ID", ""),
        in_reply_to=values.get("In-Reply-To", ""),
        references=tuple(values.get("References", "").split()),
        automatic=values.get("Auto-Submitted", ""),
        form=tuple(values.get(name, "") for name in form),
        parts=parts,
        body=octets.decode("utf-8").replace(_CRLF, "\n") if isinstance(octets, bytes) else "",
    )


def _text(value: object) -> str:
    """The value of a field as the text of its octets; compat32 hands out 8-bit octets as surrogates."""
    return str(value).encode("ascii", "surrogateescape").decode("utf-8")


@lru_cache(maxsize=_FIELDS_AT_HAND)
def _mailboxes(value: str) -> tuple[tuple[str, str], ...]:
    """Decoded display name and address of each mailbox that a field names. Most letters of a desk have the same From
    and Reply-To, and reading them takes longer than all the rest."""
    return tuple((_decoded(shown), address) for shown, address in getaddresses([value])) if value else ()


def _decoded(value: str) -> str:
    return str(make_header(decode_header(value)))
