"""What became of one try to hand one mail to the relay: a value, from the wire to the outbox row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    reply: str
    """The relay's last line, or what was done instead."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """4yz, a timeout, a lost connection: try again later."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """5yz: this mail will not be taken, trying again is of no use."""

    reason: str


Outcome = Sent | Deferred | Failed
