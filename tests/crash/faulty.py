"""mailgate with a fault built in from outside: `python faulty.py POINT N LEASE_SECONDS ARGUMENT…`.

Dies by SIGKILL at the N-th time that it comes to a named point of the path ("none" never dies), with leases that are
short enough for a test. Its clock is wrong by as many seconds as the file CRASH_CLOCK says. Nothing of this is in the
program itself: a fault point is a function that is wrapped here.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from mailgate import __main__ as program
from mailgate.flow import context, process
from mailgate.sandbox.reader import ChildReader
from mailgate.smtp import maildir
from mailgate.store import intake, rounds, sending, spool


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Counter:
    """Counts down to the fault."""

    def __init__(self, times: int) -> None:
        self.left = times

    def passed(self) -> None:
        self.left -= 1
        if self.left == 0:
            die()


def before(owner: Any, name: str) -> Callable[[Counter], None]:
    """Dies when `owner.name` is about to be called."""

    def build(counter: Counter) -> None:
        real = getattr(owner, name)

        def faulty(*given: Any, **named: Any) -> Any:
            counter.passed()
            return real(*given, **named)

        setattr(owner, name, faulty)

    return build


def after(owner: Any, name: str) -> Callable[[Counter], None]:
    """Dies when `owner.name` has returned and its caller knows nothing of it yet."""

    def build(counter: Counter) -> None:
        real = getattr(owner, name)

        def faulty(*given: Any, **named: Any) -> Any:
            result = real(*given, **named)
            counter.passed()
            return result

        setattr(owner, name, faulty)

    return build


POINTS: dict[str, Callable[[Counter], None]] = {
    "none": lambda counter: None,
    "before the spool commits": before(intake.Writer, "write"),
    "committed, 250 not said": after(intake.Writer, "write"),
    "mails claimed": before(process, "look_at"),
    "mail parsed": after(ChildReader, "_read"),
    "case made, not committed": before(spool, "finish"),
    "handled, not committed": after(spool, "finish"),
    "handled and committed": after(process, "_commit"),
    "letter claimed": before(maildir.MaildirRelay, "deliver"),
    "letter delivered, not marked": after(maildir.MaildirRelay, "deliver"),
    "letter marked, not committed": after(sending, "mark_sent"),
    "text approved, not committed": after(rounds, "approve"),
}


class WrongClock(datetime):
    """What `flow/context.py` asks for the time: wrong by what the file says at that moment."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a plain datetime, as all have it
        seconds = Path(os.environ["CRASH_CLOCK"]).read_text(encoding="ascii")
        return datetime.now(tz) + timedelta(seconds=float(seconds))


def main(arguments: list[str]) -> None:
    point, times, lease_seconds, *rest = arguments
    POINTS[point](Counter(int(times)))
    if "CRASH_CLOCK" in os.environ:
        context.datetime = WrongClock  # type: ignore[misc]  # a class put in the place of another
    for work in (*spool._WORK.values(), sending._WORK):
        work._lease = timedelta(seconds=float(lease_seconds))
    sys.argv = ["mailgate", *rest]
    program.main()


if __name__ == "__main__":
    main(sys.argv[1:])
