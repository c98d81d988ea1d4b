"""What stands beside a sealed column and follows from it: hashes, digests and sizes, as a table.

`integrity_sealed.py` opens the columns and asks; a new rule is one entry more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from mailgate.mail.address import Address, parse_address
from mailgate.phrase import Phrase
from mailgate.store.columns import Base
from mailgate.store.digest import digest_of
from mailgate.store.key_files import ADDRESS_KEY, TOKEN_KEY
from mailgate.store.sealing import Keys
from mailgate.store.tables import (
    ApplicationRow,
    AttachmentRow,
    CaseRow,
    CommentRow,
    OutboxRow,
    PersonAddressRow,
    RawMailRow,
    ReplyTokenRow,
    RoundRow,
)


@dataclass(frozen=True, slots=True)
class Match:
    """Something that stands beside a sealed column and follows from it."""

    name: str
    table: type[Base]
    sealed: str
    """The column that it follows from; nothing is compared where that is empty."""
    sentence: Phrase
    fits: Callable[[Keys, bytes, Row[Any]], bool]
    key: str = ""
    """The file of the key that it is made with, if any."""


def _address_hash(keys: Keys, wire: bytes) -> str | None:
    address = _address(wire)
    return keys.address_hash(address) if address else None


def _address(wire: bytes) -> Address | None:
    return parse_address(wire.decode("utf-8", "replace"))


def _domain_hash(keys: Keys, wire: bytes) -> str | None:
    address = _address(wire)
    return keys.token_hash(address.domain) if address else None


def _token_hash(keys: Keys, token: bytes) -> str:
    return keys.token_hash(token.decode("utf-8", "replace"))


MATCHES = (
    Match(
        "address-hash",
        PersonAddressRow,
        "address",
        Phrase("nobody is found by it: enter the address again with mailgate teacher edit or member edit"),
        lambda keys, plain, row: row.address_hash == _address_hash(keys, plain),
        ADDRESS_KEY,
    ),
    Match(
        "application-hash",
        ApplicationRow,
        "address",
        Phrase("a further mail of the applicant will not find it; {untouched}"),
        lambda keys, plain, row: row.address_hash == _address_hash(keys, plain),
        ADDRESS_KEY,
    ),
    Match(
        "case-sender-hash",
        CaseRow,
        "sender",
        Phrase("its sender is not the one it is found by; {untouched}"),
        lambda keys, plain, row: row.sender_hash == (_address_hash(keys, plain) if plain else ""),
        ADDRESS_KEY,
    ),
    Match(
        "approved-digest",
        RoundRow,
        "approved",
        Phrase("the approved text is not the one that was approved: mailgate case check {case_id}"),
        lambda _keys, plain, row: row.approved_digest == digest_of(plain),
    ),
    Match(
        "approved-digest",
        CommentRow,
        "approved",
        Phrase("the approved text is not the one that was approved: mailgate comment check {id}"),
        # Of a comment that was approved before there were digests there is none; it is approved anew before it leaves.
        lambda _keys, plain, row: row.approved_digest in (None, digest_of(plain)),
    ),
    Match(
        "drawing-digest",
        AttachmentRow,
        "octets",
        Phrase(
            "the drawing is not the one that was looked at: withhold the attachment, it is drawn anew when it is shown"
        ),
        lambda _keys, plain, row: row.octets_digest == digest_of(plain),
    ),
    Match(
        "token-hash",
        ReplyTokenRow,
        "token",
        Phrase("the reply address that was sent out is not the one that is taken; {untouched}"),
        lambda keys, plain, row: row.token_hash == _token_hash(keys, plain),
        TOKEN_KEY,
    ),
    Match(
        "size",
        RawMailRow,
        "octets",
        Phrase("the mail is not as long as it was; {untouched}"),
        lambda _keys, plain, row: row.size_bytes == len(plain),
    ),
    Match(
        "spool-sender-hash",
        RawMailRow,
        "reverse_path",
        Phrase("its sender is not the one that its order goes by; {untouched}"),
        lambda keys, plain, row: {row.lowest, row.highest} == {_address_hash(keys, plain) if plain else None},
        ADDRESS_KEY,
    ),
    Match(
        "recipient-hash",
        OutboxRow,
        "recipient",
        Phrase("its recipient is not the one it is found by; {untouched}"),
        lambda keys, plain, row: row.recipient_hash == _address_hash(keys, plain),
        ADDRESS_KEY,
    ),
    Match(
        "domain-hash",
        OutboxRow,
        "recipient",
        Phrase("its domain is not the one it is counted by; {untouched}"),
        lambda keys, plain, row: row.domain_hash == _domain_hash(keys, plain),
        TOKEN_KEY,
    ),
    Match(
        "bounce-hash",
        OutboxRow,
        "bounce_token",
        Phrase("a report that comes back will not find it; {untouched}"),
        lambda keys, plain, row: row.bounce_hash == _token_hash(keys, plain),
        TOKEN_KEY,
    ),
)
