"""A letter of ours, from a Draft to bytes (RFC 5322, 2045, 2047), read back by a second reader before it is returned.

Before: a handler has filled a template. After: `mail/signing.py` signs the bytes and the outbox keeps them.

The lines are put together here and not by `email.generator`: its folding of addresses turned a display name into a
second recipient on several Pythons. Only the words of RFC 2047 come from the library (`email.header.Header`). It
never repairs a value: what does not fit into a header raises BadLetter, and the mail is not queued.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache

import idna

from mailgate.errors import BadLetter
from mailgate.mail.address import Address, parse_address
from mailgate.mail.enclosing import (
    Enclosed,
    as_meant,
    base64_lines,
    boundary_of,
    content_type,
    enclosed,
    is_fit,
)
from mailgate.mail.reading_back import Facts, compare

_CRLF = "\r\n"
_WORD_WIDTH = 76
_PLAIN_SUBJECT = re.compile(r"[!-~]([ -~]{0,58}[!-~])?")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+){0,9}")
_BREAKS_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNFIT_FOR_BODY = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What Unicode calls controls, and surrogates; but for line ends and tabs."""
_UNSAFE_IN_NAME = frozenset('"<>()[]:;@\\,=')
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_OWN_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.+_-]{1,64}@[A-Za-z0-9.-]{1,180}>")
AUTOMATIC = frozenset({"no", "auto-generated", "auto-replied", "auto-notified"})
"""What Auto-Submitted may say in a letter of ours (RFC 3834, 5436)."""
_CONTENT_TYPE = "text/plain; charset=utf-8"
_MESSAGE_ID_BYTES = 15
_ADDRESSES_AT_HAND = 8
"""Those of one letter, a few times over."""


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
    compare(raw, _meant(draft, tuple(name for name, _ in header)))
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
    if _UNFIT_FOR_BODY.search(draft.body):
        yield "the body has a control character"
    if not _OWN_MESSAGE_ID.fullmatch(draft.message_id):
        yield "Message-ID is not one of ours"
    ids = (draft.in_reply_to, *draft.references) if draft.in_reply_to else draft.references
    if not all(map(is_message_id, ids)):
        yield "In-Reply-To or References has something else than Message-IDs"
    if draft.automatic not in AUTOMATIC:
        yield "Auto-Submitted is unknown"
    if draft.date.utcoffset() is None:
        yield "Date has no time zone"
    if not all(map(is_fit, draft.files)) or len({one.name for one in draft.files}) < len(draft.files):
        yield "a file has a kind or a name that no file may have"


def _is_text(value: str) -> bool:
    """One line of text: something in it, no blanks around it, nothing that breaks a line anywhere (U+2028 too)."""
    return value != "" and value == value.strip() and not _BREAKS_A_LINE.search(value)


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


# What was meant


def _meant(draft: Draft, names: tuple[str, ...]) -> Facts:
    reply_to = (("", wire_address(draft.reply_to)),) if draft.reply_to is not None else ()
    return Facts(
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
