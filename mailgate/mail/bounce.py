"""Which recipients a delivery report names: RFC 3464 blocks first, then X-Failed-Recipients, then flufl.bounce.

`parse` asks for a mail of kind BOUNCE; `flow` marks the addresses. Nothing here says which of our mails bounced:
the VERP token of the forward-path does. flufl.bounce knows the free texts of mail systems; its exceptions and what is
no address are thrown away, and it sees only a short copy.
"""

from __future__ import annotations

import email
import logging
import re
from collections.abc import Iterator, Sequence

from flufl.bounce import all_failures

from mailgate.mail import charset
from mailgate.mail.address import Address, parse_address
from mailgate.mail.fields import Section, decode_words, raw_text, split_mail
from mailgate.mail.message import FailedRecipient

# flufl.bounce logs each of its failures with a traceback that can hold a stranger's text.
logging.getLogger("flufl.bounce").addHandler(logging.NullHandler())
logging.getLogger("flufl.bounce").propagate = False

_MOST_RECIPIENTS = 100
_MOST_STATUS_OCTETS = 128 * 1024
_MOST_FLUFL_OCTETS = 32 * 1024
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n\s*")
_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_XTEXT = re.compile(r"\+(2B|3D)")


def failed_recipients(
    section: Section, body: bytes, statuses: Sequence[bytes], text: str
) -> tuple[FailedRecipient, ...]:
    """The recipients that were not reached, each once.

    `section` and `body` are the report as it came, `statuses` the octets of its delivery-status parts, `text` its part
    for people: where no block has a status code, the one of `text` is taken when there is only one recipient.
    """
    found = [recipient for status in statuses for recipient in _from_blocks(status[:_MOST_STATUS_OCTETS])]
    if not found and not statuses:
        found = _in_words(_from_field(section) or _from_flufl(section, body), text)
    unique = {recipient.address.lower(): recipient for recipient in reversed(found)}
    return tuple(reversed(unique.values()))[:_MOST_RECIPIENTS]


def _from_blocks(status: bytes) -> Iterator[FailedRecipient]:
    """Per-recipient blocks (RFC 3464 2.3) with an action that is bad news."""
    for block in _BLANK_LINE.split(status.strip()):
        fields, _ = split_mail(block)
        action = raw_text(fields.first("action")).split(" ")[0].lower()
        address = _typed(fields.first("original-recipient")) or _typed(fields.first("final-recipient"))
        if address is None or action in ("delivered", "relayed", "expanded"):
            continue
        code = _code(raw_text(fields.first("status"))) or _code(raw_text(fields.first("diagnostic-code")))
        permanent = action == "failed" or code.startswith("5")
        yield FailedRecipient(str(address), code, permanent)


def _typed(octets: bytes) -> Address | None:
    """The address of "rfc822; a@b" (RFC 3464 2.3.1); `+` and `=` may be written as xtext (RFC 3461 4)."""
    text = raw_text(octets)
    kind, semicolon, address = text.partition(";")
    if not semicolon:
        address = kind
    address = _XTEXT.sub(lambda match: chr(int(match[1], 16)), address)
    return parse_address(address) if charset.clean(address) == address else None


def _code(text: str) -> str:
    match = _CODE.search(text)
    return match[1] if match else ""


def _from_field(section: Section) -> list[tuple[Address, bool]]:
    """X-Failed-Recipients: Exim and Gmail write it for failures that are final."""
    texts = [
        part for octets in section.all("x-failed-recipients") for part in decode_words(raw_text(octets)).text.split(",")
    ]
    return [(address, True) for address in map(parse_address, texts[:_MOST_RECIPIENTS]) if address]


def _from_flufl(section: Section, body: bytes) -> list[tuple[Address, bool]]:
    head = b"\n".join(b"%s:%s" % (field.name.encode("ascii"), field.octets) for field in section.fields)
    try:
        message = email.message_from_bytes(head[:_MOST_FLUFL_OCTETS] + b"\n\n" + body[:_MOST_FLUFL_OCTETS])
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001  # detectors for 17 mail systems, some raise on odd bytes: then it found nothing
        return []
    marked = [(octets, True) for octets in permanent] + [(octets, False) for octets in temporary - permanent]
    read = [(parse_address(octets.decode("utf-8", "replace")), final) for octets, final in sorted(marked)]
    return [(address, final) for address, final in read if address and "." in address.domain]


def _in_words(found: list[tuple[Address, bool]], text: str) -> list[FailedRecipient]:
    code = _code(text) if len(found) == 1 else ""
    return [FailedRecipient(str(address), code, final or code.startswith("5")) for address, final in found]
