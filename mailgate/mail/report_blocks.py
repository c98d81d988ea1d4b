"""The per-recipient blocks of delivery reports (RFC 3464 2.3): whom they name, and with which news.

`bounce` hands in the octets of delivery-status parts, or of a body whose structure is broken, in which the blocks stand
as text. Of the addresses of one block the original one is taken: it is the one that we sent to, the final one may be
where somebody had it forwarded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailgate.mail import charset
from mailgate.mail.address import Address, parse_address
from mailgate.mail.fields import raw_text, split_mail

_MOST_OCTETS = 128 * 1024
_MOST_BLOCKS = 500
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n\s*")
_BLOCK_IN_TEXT = re.compile(rb"^[ \t]{0,8}(?:final|original)-recipient[ \t]*:", re.I | re.M)
_XTEXT = re.compile(r"\+(2B|3D)")
_GOOD_NEWS = ("delivered", "relayed", "expanded", "transmitted")


@dataclass(frozen=True, slots=True)
class Block:
    """What one block says of one recipient that was not reached, or not yet."""

    address: Address | None
    """None when it names none that is a mail address (X.400, a pipe, nothing)."""
    status: str
    diagnostic: str
    delayed: bool


def blocks(status: bytes) -> Iterator[Block]:
    """The blocks with bad news in the octets of a delivery-status part."""
    for block in _BLANK_LINE.split(status[:_MOST_OCTETS].strip())[:_MOST_BLOCKS]:
        fields, _ = split_mail(block)
        if not (fields.has("final-recipient") or fields.has("original-recipient") or fields.has("action")):
            continue
        action = raw_text(fields.first("action")).split(" ")[0].lower()
        state = raw_text(fields.first("status"))
        if action.startswith(_GOOD_NEWS) or state.startswith("2."):
            continue
        names = ("original-recipient", "final-recipient", "x-actual-recipient")
        address = next(filter(None, (_typed(fields.first(name)) for name in names)), None)
        diagnostic = raw_text(fields.first("diagnostic-code"))
        yield Block(address, state, diagnostic, action.startswith(("delay", "defer")))


def blocks_in_text(body: bytes) -> Iterator[Block]:
    """The same where the blocks stand in a text, or in a multipart that is broken; other paragraphs are passed over."""
    for paragraph in _BLANK_LINE.split(body[:_MOST_OCTETS]):
        start = _BLOCK_IN_TEXT.search(paragraph)
        if start:
            yield from blocks(b"\n".join(line.strip(b"\r") for line in paragraph[start.start() :].split(b"\n")))


def _typed(octets: bytes) -> Address | None:
    """The address of "rfc822; a@b" (RFC 3464 2.3.1); `+` and `=` may be written as xtext (RFC 3461 4)."""
    address = raw_text(octets).rpartition(";")[2].partition(" (")[0]
    address = _XTEXT.sub(lambda match: chr(int(match[1], 16)), address)
    return parse_address(address) if charset.clean(address) == address else None
