"""A mail as it was read: frozen values, made by `mail/parse.py` from raw bytes, used by everything above.

Texts are str with `\\n` line ends, without NUL, lone surrogates or other control characters but tab.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailgate.mail.address import Address


class Kind(StrEnum):
    """Who speaks: only a PERSON is ever answered."""

    PERSON = "person"
    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"
    RECEIPT = "receipt"
    LIST = "list"
    BULK = "bulk"


@dataclass(frozen=True, slots=True)
class Sender:
    """The author that the From field names; `address` is None when it names none, or more than one."""

    name: str
    address: Address | None


@dataclass(frozen=True, slots=True)
class Attachment:
    filename: str
    """As the sender named it, for showing only; "attachment-2" (by position) where it has no name."""
    content_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class FailedRecipient:
    """One recipient of a delivery report (RFC 3464)."""

    address: str
    status: str
    """Enhanced status code "5.1.1" (RFC 3463); empty when the report has none."""
    permanent: bool
    given_up: bool = True
    """Whether the sender of the report has stopped trying; a temporary failure of days ends so too."""


@dataclass(frozen=True, slots=True)
class Message:
    message_id: str
    """With angle brackets as in the header, empty when there is none."""
    subject: str
    sender: Sender
    to: tuple[str, ...]
    date: datetime | None
    """The Date field with its offset; None when missing or unreadable."""
    references: tuple[str, ...]
    """Message-IDs of In-Reply-To and References with angle brackets, nearest ancestor first, each once."""
    body: str
    """The whole readable text."""
    written: str
    """What the sender newly wrote: no quotes, attribution lines or signature."""
    signature: str
    """The signature block that `written` lacks, as it stands in `body`; empty when there is none."""
    kind: Kind
    failed: tuple[FailedRecipient, ...]
    """For a BOUNCE: the recipients it names."""
    attachments: tuple[Attachment, ...]
    authentication_results: tuple[str, ...]
    """Values of Authentication-Results fields (RFC 8601), topmost first; who may be believed is decided above."""
    defects: tuple[str, ...]
    """What was wrong with the bytes, in words for the operator."""
