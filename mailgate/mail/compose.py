"""A letter of ours, from a Draft to bytes (RFC 5322, 2045, 2047), read back by a second reader before it is returned.

Before: a handler has filled a template. After: `mail/signing.py` signs the bytes and the outbox keeps them.

The lines are put together here and not by `email.generator`: its folding of addresses turned a display name into a
second recipient on several Pythons. Only the words of RFC 2047 come from the library (`email.header.Header`). It
never repairs a value: what does not fit into a header raises BadLetter, and the mail is not queued.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from email import policy
from email.errors import HeaderParseError
from email.header import Header, decode_header, make_header
from email.message import Message as Compat32
from email.parser import BytesHeaderParser, BytesParser
from email.utils import format_datetime, getaddresses, parsedate_to_datetime
from functools import lru_cache

import idna

from mailgate.errors import BadLetter
from mailgate.mail.address import Address, parse_address
from mailgate.mail.enclosing import (
    Enclosed,
    Part,
    as_meant,
    base64_lines,
    boundary_of,
    content_type,
    enclosed,
    is_fit,
    read_back,
)

_CRLF = "\r\n"
_LINE_OCTETS = 998
_WORD_WIDTH = 76
_PLAIN_SUBJECT = re.compile(r"[!-~]([ -~]{0,58}[!-~])?")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+){0,9}")
_UNSAFE_IN_NAME = frozenset('"<>()[]:;@\\,=')
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_OWN_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.+_-]{1,64}@[A-Za-z0-9.-]{1,180}>")
_AUTOMATIC = frozenset({"no", "auto-generated", "auto-replied", "auto-notified"})
_CONTENT_TYPE = "text/plain; charset=utf-8"
_MESSAGE_ID_BYTES = 15
_ADDRESSES_AT_HAND = 8
"""Those of one letter, a few times over."""
_READER = BytesParser(policy=policy.compat32)
_READER_OF_ONE_PART = BytesHeaderParser(policy=policy.compat32)  # there are no others to look for: half the time


@dataclass(frozen=True, slots=True)
class Draft:
    """One letter to one person. `body` has `\\n` line ends; `date` is aware, in the service's time zone."""

    from_name: str
    """The fixed name of the service; never a stranger's text."""
    from_address: Address
    to: Address
    subject: str
    body: str
    message_id: str
    """Of our own making: see `new_message_id`."""
    date: datetime
    reply_to: Address | None = None
    in_reply_to: str = ""
    """A Message-ID that `is_message_id` accepts, or empty."""
    references: tuple[str, ...] = ()
    """Message-IDs that `is_message_id` accepts, the oldest first."""
    automatic: str = "auto-generated"
    """The value of Auto-Submitted (RFC 3834): no, auto-generated, auto-replied or auto-notified."""
    files: tuple[Enclosed, ...] = ()
    """Attachments that an operator released, drawn afresh."""


def new_message_id(domain: str, random_bytes: Callable[[int], bytes]) -> str:
    """A fresh "<random@domain>" that tells neither host, time nor process (120 bits of `random_bytes`)."""
    token = base64.b32encode(random_bytes(_MESSAGE_ID_BYTES)).decode("ascii").lower()
    return f"<{token}@{_ascii_domain(domain)}>"


def is_message_id(text: str) -> bool:
    """Whether a Message-ID from outside may stand in In-Reply-To or References of our letters."""
    return _MESSAGE_ID.fullmatch(text) is not None


@lru_cache(maxsize=_ADDRESSES_AT_HAND)
def wire_address(address: Address) -> str:
    """The address for SMTP and headers: local part quoted where needed, domain in A-labels (RFC 5891).

    Raises BadLetter for an address that holds a control character, or that cannot be written so that it reads back.
    """
    wire = Address(address.local, _ascii_domain(address.domain)).wire
    if not wire.isprintable() or parse_address(address.wire) != address:
        raise BadLetter("an address cannot be written on the wire")
    return wire


def compose(draft: Draft) -> bytes:
    """The finished letter with CRLF line ends: one text/plain part, UTF-8 in base64; with files, the first of several.

    Raises BadLetter when a value is not fit for a header, or when the bytes do not read back as the draft. ASCII
    throughout, but for an address whose local part is not (RFC 6532: the relay must offer SMTPUTF8).
    """
    _check(draft)
    header = list(_header(draft))
    lines = [f"{name}: {value}" for name, value in header]
    raw = _CRLF.join([*lines, "", _content(draft)]).encode("utf-8")
    _compare(raw, _meant(draft, tuple(name for name, _ in header)))
    return raw


# What may stand in a letter


def _check(draft: Draft) -> None:
    """Raises BadLetter with everything that is wrong with the draft."""
    problems = ", ".join(_problems(draft))
    if problems:
        raise BadLetter("the letter cannot be composed: {problems}", problems=problems)


def _problems(draft: Draft) -> Iterable[str]:
    if not _is_text(draft.from_name) or _UNSAFE_IN_NAME & set(draft.from_name):
        yield "From has an unsafe name"
    if not _is_text(draft.subject):
        yield "Subject is empty or has a control character or line break"
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in set(draft.body) - {"\n", "\t"}):
        yield "the body has a control character"
    if not _OWN_MESSAGE_ID.fullmatch(draft.message_id):
        yield "Message-ID is not one of ours"
    ids = (draft.in_reply_to, *draft.references) if draft.in_reply_to else draft.references
    if not all(map(is_message_id, ids)):
        yield "In-Reply-To or References has something else than Message-IDs"
    if draft.automatic not in _AUTOMATIC:
        yield "Auto-Submitted is unknown"
    if draft.date.utcoffset() is None:
        yield "Date has no time zone"
    if not all(map(is_fit, draft.files)) or len({one.name for one in draft.files}) < len(draft.files):
        yield "a file has a kind or a name that no file may have"


def _is_text(value: str) -> bool:
    """One line of text: something in it, no blanks around it, nothing that breaks a line anywhere (U+2028 too)."""
    if not value or value != value.strip():
        return False
    return not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in value)


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise BadLetter("a domain cannot be written in A-labels") from None


# Writing


def _header(draft: Draft) -> Iterable[tuple[str, str]]:
    """Name and folded value of each field; this order and these names, nothing else."""
    yield "Date", format_datetime(draft.date)
    yield "From", _from(draft)
    if draft.reply_to is not None:
        yield "Reply-To", wire_address(draft.reply_to)
    yield "To", wire_address(draft.to)
    yield "Subject", draft.subject if _is_plain(draft.subject) else _words("Subject", draft.subject)
    yield "Message-ID", draft.message_id
    if draft.in_reply_to:
        yield "In-Reply-To", draft.in_reply_to
    if draft.references:
        yield "References", f"{_CRLF} ".join(draft.references)
    yield "Auto-Submitted", draft.automatic
    yield "MIME-Version", "1.0"
    if draft.files:
        yield "Content-Type", content_type(boundary_of(draft.message_id))
    else:
        yield "Content-Type", _CONTENT_TYPE
        yield "Content-Transfer-Encoding", "base64"


def _from(draft: Draft) -> str:
    """Letters and blanks stand as they are, every other name in encoded words: no name is ever in quotes."""
    name = _name(draft.from_name)
    address = f" <{wire_address(draft.from_address)}>"
    fits = len(f"From: {name.rpartition(_CRLF)[2]}{address}") <= _WORD_WIDTH
    return name + ("" if fits else _CRLF) + address


@lru_cache(maxsize=8)
def _name(name: str) -> str:
    """Once for a service: all its letters have the same one."""
    return name if _PLAIN_NAME.fullmatch(name) else _words("From", name)


def _is_plain(subject: str) -> bool:
    """Short ASCII that no reader could take for an encoded word."""
    return _PLAIN_SUBJECT.fullmatch(subject) is not None and "=?" not in subject


def _words(field: str, text: str) -> str:
    """`text` in encoded words (RFC 2047), cut between characters and folded."""
    return Header(text, "utf-8", maxlinelen=_WORD_WIDTH, header_name=field).encode(linesep=_CRLF)


def _content(draft: Draft) -> str:
    """base64 over CRLF line ends (RFC 2045 6.8): no line is too long and no relay has a reason to change it."""
    text = base64_lines(draft.body.replace("\n", _CRLF).encode("utf-8"))
    return enclosed(boundary_of(draft.message_id), _CONTENT_TYPE, text, draft.files) if draft.files else text


# Reading back


@dataclass(frozen=True, slots=True)
class _Facts:
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


def _compare(raw: bytes, meant: _Facts) -> None:
    """Raises BadLetter with the names (never the values) of what reads back differently."""
    lines = raw.split(b"\r\n")
    if any(len(line) > _LINE_OCTETS or b"\r" in line or b"\n" in line for line in lines):
        raise BadLetter("the letter has a line that is too long or broken")
    try:
        read = _facts((_READER if meant.parts else _READER_OF_ONE_PART).parsebytes(raw))
    except (HeaderParseError, LookupError, TypeError, ValueError):
        raise BadLetter("the letter does not read back") from None
    wrong = [f.name for f in fields(_Facts) if getattr(read, f.name) != getattr(meant, f.name)]
    if wrong:
        raise BadLetter("the letter does not read back as it was meant: {wrong}", wrong=wrong)


def _meant(draft: Draft, names: tuple[str, ...]) -> _Facts:
    reply_to = (("", wire_address(draft.reply_to)),) if draft.reply_to is not None else ()
    return _Facts(
        fields=names,
        date=draft.date.replace(microsecond=0),
        sender=((draft.from_name, wire_address(draft.from_address)),),
        reply_to=reply_to,
        to=(("", wire_address(draft.to)),),
        subject=draft.subject,
        message_id=draft.message_id,
        in_reply_to=draft.in_reply_to,
        references=draft.references,
        automatic=draft.automatic,
        form=("1.0", content_type(boundary_of(draft.message_id)), "")
        if draft.files
        else ("1.0", _CONTENT_TYPE, "base64"),
        parts=as_meant(_CONTENT_TYPE, draft.body.replace("\n", _CRLF).encode("utf-8"), draft.files),
        body=draft.body,
    )


def _facts(message: Compat32) -> _Facts:
    parts = read_back(message)
    octets = parts[0][1] if parts else message.get_payload(decode=True)
    form = ("MIME-Version", "Content-Type", "Content-Transfer-Encoding")
    return _Facts(
        fields=tuple(message.keys()),
        date=parsedate_to_datetime(_value(message, "Date")),
        sender=_mailboxes(_value(message, "From")),
        reply_to=_mailboxes(_value(message, "Reply-To")),
        to=_mailboxes(_value(message, "To")),
        subject=_decoded(_value(message, "Subject")),
        message_id=_value(message, "Message-ID"),
        in_reply_to=_value(message, "In-Reply-To"),
        references=tuple(_value(message, "References").split()),
        automatic=_value(message, "Auto-Submitted"),
        form=tuple(_value(message, name) for name in form),
        parts=parts,
        body=octets.decode("utf-8").replace(_CRLF, "\n") if isinstance(octets, bytes) else "",
    )


def _value(message: Compat32, name: str) -> str:
    """The value of a field as the text of its octets; compat32 hands out 8-bit octets as surrogates."""
    for key, value in message.raw_items():
        if key == name:
            return str(value).encode("ascii", "surrogateescape").decode("utf-8")
    return ""


@lru_cache(maxsize=_ADDRESSES_AT_HAND)
def _mailboxes(value: str) -> tuple[tuple[str, str], ...]:
    """Decoded display name and address of each mailbox that a field names. Most letters of a desk have the same From
    and Reply-To, and reading them takes longer than all the rest."""
    return tuple((_decoded(shown), address) for shown, address in getaddresses([value])) if value else ()


def _decoded(value: str) -> str:
    return str(make_header(decode_header(value)))
