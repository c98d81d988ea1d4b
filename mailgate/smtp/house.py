"""What all sessions of one listener share, and what they ask of those who decide about mail.

`listener.py` makes it once; `session.py` works with it. `Intake` and `Room` are met by `flow/accept.py` and
`flow/pressure.py`; a test brings its own.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from mailgate.flow.pressure import Trouble
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.smtp.commits import Commits
from mailgate.smtp.fronts import NO_FRONTS, XCLIENT_OFFER, Fronts
from mailgate.smtp.limits import Clients, Limits
from mailgate.smtp.reading import Budget

if TYPE_CHECKING:  # it is made of what is here
    from mailgate.smtp.guest import Guest


class Room(Protocol):
    """Whether there is room for more mail."""

    @property
    def trouble(self) -> Trouble | None:
        """As far as is known; None when all is well."""

    def is_due(self) -> bool:
        """Whether the caller shall `look` now: what is known is old."""

    def look(self) -> None:
        """Finds out anew; on a worker thread, may block."""


class Intake(Protocol):
    """Who decides about mail. Any exception means "try later"."""

    @property
    def pressure(self) -> Room:
        """Asked before a mail begins."""

    def knows(self, address: Address) -> bool | None:
        """Whether this forward-path is ours, at once; None when `recipient` must tell."""

    def recipient(self, address: Address) -> bool:
        """Whether this forward-path is ours and its token alive; on a worker thread, may block."""

    def submit(self, envelope: Envelope, raw: bytes) -> Future[str]:
        """Hands in envelope and bytes, at once; the client hears 250 when the queue id is there."""

    def commit(self) -> None:
        """Has what was handed in written durably; does not wait for anybody."""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    hostname: str
    max_size_bytes: int
    tls_context: ssl.SSLContext | None
    limits: Limits
    fronts: Fronts = NO_FRONTS
    requires_tls: bool = False
    """MAIL is refused until TLS has begun."""


@dataclass(frozen=True, slots=True)
class House:
    """What all sessions of a listener share."""

    settings: SessionSettings
    intake: Intake
    commits: Commits
    budget: Budget
    clients: Clients
    greeter: Greeter
    pool: Executor
    """For what may block."""
    on_close: Callable[[Any], None]
    """Told the session that has ended."""


class Greeter:
    """The handler that aiosmtpd asks at EHLO: what we offer, and nothing of aiosmtpd's own list (it has AUTH in it)."""

    def __init__(self, settings: SessionSettings) -> None:
        self._settings = settings

    async def handle_EHLO(
        self, server: Guest, session: Any, _envelope: Any, hostname: str, _responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        size = f"SIZE {self._settings.max_size_bytes}"
        offers = [self._settings.hostname, "PIPELINING", size, "8BITMIME", "ENHANCEDSTATUSCODES"]
        if self._settings.tls_context is not None and session.ssl is None:
            offers.append("STARTTLS")
        if server.may_tell:
            offers.append(XCLIENT_OFFER)
        return ["\r\n".join([*(f"250-{offer}" for offer in offers), "250 SMTPUTF8"])]  # in one packet

    def __dir__(self) -> list[str]:
        """For each connection aiosmtpd looks at each of our names to find its hooks: this is the one that it needs."""
        return ["handle_EHLO"]
