"""Whether a process does its work: asked by `/healthz` and before each word to systemd's watchdog."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from mailgate.errors import Later
from mailgate.flow.context import Office
from mailgate.flow.pressure import Pressure
from mailgate.store import room

_LONGEST_PIECE_SECONDS = 900.0
"""Ten times the longest honest one, a mail for a relay that uses up its time limits."""


class Part(Protocol):
    """One loop of the process."""

    @property
    def name(self) -> str: ...

    @property
    def is_alive(self) -> bool: ...

    @property
    def seconds_in_hand(self) -> float:
        """How long ago it began with what it does now."""


def ill_parts(parts: Iterable[Part]) -> list[str]:
    """Parts that only a restart can help, a line each."""
    return [
        f"{part.name} has ended"
        if not part.is_alive
        else f"{part.name} hangs: {part.seconds_in_hand:.0f} s in one piece"
        for part in parts
        if not part.is_alive or part.seconds_in_hand > _LONGEST_PIECE_SECONDS
    ]


def trouble_around(office: Office, door: Pressure | None) -> Sequence[str]:
    """What keeps this process from its work and will pass without a restart: the database, the disk, the backlog."""
    if door is not None:
        door.keep_up()
        return [door.trouble.value] if door.trouble else []
    try:
        with office.read() as ctx:
            room.backlog(ctx.tx, 1)
    except Later as error:
        return [error.reason]
    return []
