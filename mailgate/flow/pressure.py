"""Whether there is room for more mail: checked before the disk is full and the line too long, not when it hurts.

Asked by the listener at each MAIL, by the health page, and by a loop (`loops.py`), so that the log tells of trouble
when it comes and not when the next client does. Looks at most once a second, and counts the line so seldom that
counting takes no more than a hundredth of the time; in between it knows what it saw. Trouble that is over is over at
the next look: nothing needs a restart.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import structlog

from mailgate.errors import Later
from mailgate.events import Event
from mailgate.flow.context import Office
from mailgate.store import room

_SECONDS_BETWEEN_LOOKS = 1.0
_COUNTING_SHARE = 100
_log = structlog.get_logger("listener")


class Trouble(Enum):
    """Why no mail is taken just now."""

    DATABASE_AWAY = "the database does not answer"
    DISK_LOW = "the disk of the database is nearly full (spool.min_free_bytes)"
    BACKLOG = "too many mails wait to be handled (spool.max_backlog)"


@dataclass(frozen=True, slots=True)
class SpoolLimits:
    min_free_bytes: int = 0
    """Less free space than this where the SQLite file lies is trouble."""
    max_backlog: int | None = None
    """So many mails that wait for a worker are trouble; None: any number is welcome."""


class Pressure:
    """What is known of the room; safe to ask from many threads, `look` blocks."""

    def __init__(self, office: Office, limits: SpoolLimits, now: Callable[[], float] = time.monotonic) -> None:
        self._office = office
        self._limits = limits
        self._now = now
        self._guard = threading.Lock()
        self._next_look = self._next_count = now()
        self._count = 0
        self.trouble: Trouble | None = None

    def is_due(self) -> bool:
        """True for one caller a second: it shall `look`, the others go by what is known."""
        with self._guard:
            if self._now() < self._next_look:
                return False
            self._next_look = self._now() + _SECONDS_BETWEEN_LOOKS
            return True

    def look(self) -> None:
        """Sees anew whether there is trouble."""
        found = self._found()
        if found is not self.trouble:
            _log.warning(Event.DOOR_SHUT if found else Event.DOOR_OPEN, why=found and found.value)
        self.trouble = found

    def keep_up(self) -> None:
        """Looks, unless somebody has done so just now."""
        if self.is_due():
            self.look()

    def _found(self) -> Trouble | None:
        try:
            free = room.free_bytes(self._office.database)
            if free is not None and free < self._limits.min_free_bytes:
                return Trouble.DISK_LOW
            self._count_the_line()
        except Later:
            return Trouble.DATABASE_AWAY
        if self._limits.max_backlog is not None and self._count >= self._limits.max_backlog:
            return Trouble.BACKLOG
        return None

    def _count_the_line(self) -> None:
        """Asks the database even where no limit is set: it shows whether it is there."""
        begun = self._now()
        if begun < self._next_count and self.trouble is not Trouble.DATABASE_AWAY:
            return
        with self._office.read() as ctx:
            self._count = room.backlog(ctx.tx, self._limits.max_backlog or 1)
        self._next_count = begun + (self._now() - begun) * _COUNTING_SHARE
