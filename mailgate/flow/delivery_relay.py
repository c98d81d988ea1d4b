"""What delivery asks of a relay, and the two answers of it that are about the relay and not about the letter.

`smtp/` has the relays; they are handed in. `mail.outcome` has the answers that are about the letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mailgate.mail.address import Address
from mailgate.mail.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Unreached:
    """There is no way to the relay just now (TCP, TLS, greeting, login; a disk). Nothing was said of this letter."""

    reason: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The relay hung up, fell silent or would not go on in the middle of this letter; it may even have taken it."""

    reason: str


class Relay(Protocol):
    """Where we hand mail to; for several threads."""

    def deliver(self, reverse_path: Address | None, forward_path: Address, raw: bytes) -> Outcome | Unreached | Broken:
        """One try; every reply and every fault comes back as a value, none as an exception."""


class LastingRelay(Relay, Protocol):
    """One that may keep connections open between letters."""

    def close_idle(self) -> None:
        """Ends what was not needed for a while."""

    def close(self) -> None:
        """Ends the rest; nothing is being delivered any more."""
