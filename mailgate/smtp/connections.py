"""The connections to the relay: kept for the next letter, never more than so many, for several threads.

`relay` opens them and speaks with them. What was not used for a while, or carried many letters, is ended with QUIT: a
relay that moves, or is one of several behind a name, is found again.
"""

from __future__ import annotations

import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

_MOST_LETTERS = 100
_IDLE_SECONDS = 30.0
"""Less than relays wait for the next command (RFC 5321 4.5.3.2.7: 5 minutes, and many have less patience)."""
_FRESH_SECONDS = 5.0
_PATIENCE_SECONDS = 5.0
"""For the replies to RSET and QUIT."""
_MODEST_SECONDS = 60.0


@dataclass(slots=True, eq=False)
class Connection:
    """One connection, in use by one thread at a time."""

    smtp: smtplib.SMTP
    letters: int = 0
    """How many it has carried; a new one has carried none."""
    idle_since: float = 0.0
    is_clean: bool = True
    """The last letter was taken: the relay waits for the next MAIL."""
    is_open: bool = True


class Connections:
    """Opened with `connect`, at most `most` at once."""

    def __init__(
        self, connect: Callable[[], smtplib.SMTP], most: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` gives seconds and never goes back."""
        self._connect, self._most, self._clock = connect, most, clock
        self._changed = threading.Condition()
        self._idle: list[Connection] = []
        self._open = 0
        self._modest, self._modest_until = most, 0.0

    def take(self) -> Connection:
        """A kept one that still answers, or a new one; waits while all are in use. Raises what `connect` raises.

        A relay that takes some connections and refuses one more is asked for no more than those for a minute.
        """
        while True:
            kept = self._kept_or_room()
            if kept is not None:
                if self._still_answers(kept):
                    return kept
                self.drop(kept)
                continue
            try:
                return Connection(self._connect())
            except BaseException:
                if not self._make_do():
                    raise

    def give_back(self, connection: Connection, *, is_clean: bool) -> None:
        """For the next letter; `is_clean` False: RSET comes first."""
        connection.letters += 1
        connection.is_clean, connection.idle_since = is_clean, self._clock()
        if connection.letters >= _MOST_LETTERS:
            _quit(connection.smtp)
            self.drop(connection)
            return
        with self._changed:
            self._idle.append(connection)
            self._changed.notify()

    def drop(self, connection: Connection) -> None:
        """It is of no more use. Does nothing the second time."""
        connection.smtp.close()
        with self._changed:
            self._open -= connection.is_open
            connection.is_open = False
            self._changed.notify()

    def drop_idle(self) -> None:
        """The relay went away: what was kept from before is dead too."""
        for one in self._taken_out(lambda _: True):
            self.drop(one)

    def close_idle(self) -> None:
        """Ends what was not used for half a minute."""
        now = self._clock()
        for one in self._taken_out(lambda kept: now - kept.idle_since >= _IDLE_SECONDS):
            _quit(one.smtp)
            self.drop(one)

    def close(self) -> None:
        """Ends all that is not in use."""
        for one in self._taken_out(lambda _: True):
            _quit(one.smtp)
            self.drop(one)

    def _kept_or_room(self) -> Connection | None:
        """The one used last; None when one may be opened (it is counted already)."""
        with self._changed:
            while True:
                if self._idle:
                    return self._idle.pop()
                most = self._modest if self._clock() < self._modest_until else self._most
                if self._open < most:
                    self._open += 1
                    return None
                self._changed.wait()

    def _make_do(self) -> bool:
        """After a connection could not be opened: whether there are others to wait for."""
        with self._changed:
            self._open -= 1
            self._changed.notify()
            if not self._open:
                return False
            self._modest, self._modest_until = self._open, self._clock() + _MODEST_SECONDS
            return True

    def _still_answers(self, kept: Connection) -> bool:
        """RSET, where it is needed or the relay may have hung up meanwhile."""
        idle_seconds = self._clock() - kept.idle_since
        if idle_seconds >= _IDLE_SECONDS:
            _quit(kept.smtp)
            return False
        if kept.is_clean and idle_seconds < _FRESH_SECONDS:
            return True
        try:
            with patience(kept.smtp, min(_PATIENCE_SECONDS, kept.smtp.timeout)):
                return kept.smtp.rset()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def _taken_out(self, which: Callable[[Connection], bool]) -> list[Connection]:
        with self._changed:
            out = [one for one in self._idle if which(one)]
            self._idle = [one for one in self._idle if one not in out]
            return out


def _quit(smtp: smtplib.SMTP) -> None:
    """Says QUIT; what comes of that changes nothing any more."""
    with suppress(smtplib.SMTPException, OSError), patience(smtp, min(_PATIENCE_SECONDS, smtp.timeout)):
        smtp.quit()


@contextmanager
def patience(smtp: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """In the block the relay has so long for each reply."""
    _wait_for(smtp, seconds)
    try:
        yield
    finally:
        _wait_for(smtp, smtp.timeout)


def _wait_for(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)
