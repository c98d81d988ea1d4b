"""How long things are kept: from days and a moment to the moments up to which things go, and whether to look at all.

Pure. Before: the settings (`[retention]`) and the clock. After: `flow/purge.py`, which takes away whatever is no
younger than a cutoff, however long nobody looked. There is no window: what was missed for a month is due still.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

_BETWEEN_RUNS = timedelta(days=1)
_CLOCKS_DIFFER = timedelta(minutes=5)
"""So far may the clocks of two machines of one service be apart without a word."""


@dataclass(frozen=True, slots=True)
class Retention:
    """The settings; README has a table of what each of them is about."""

    raw_days: int = 7
    case_days: int = 90
    sent_days: int = 14
    bounce_days: int = 7
    audit_years: int = 3
    erase_days: int = 30


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """What happened at such a moment or before is due."""

    raw: datetime
    """When a mail came."""
    bounce: datetime
    """When a delivery report came."""
    case: datetime
    """When something happened last to a case that has ended."""
    sent: datetime
    """When a mail of ours left, or was given up."""
    audit: datetime
    """When a line of the audit log was written."""
    person: datetime
    """When a member retired."""


class Turn(Enum):
    RUN = auto()
    NOT_YET = auto()
    CLOCK_BEHIND = auto()
    """The clock shows a time before the last run: it was wrong then, or is wrong now. Nothing is destroyed by it."""


def cutoffs(now: datetime, retention: Retention) -> Cutoffs:
    return Cutoffs(
        raw=now - timedelta(days=retention.raw_days),
        bounce=now - timedelta(days=retention.bounce_days),
        case=now - timedelta(days=retention.case_days),
        sent=now - timedelta(days=retention.sent_days),
        audit=_years_before(now, retention.audit_years),
        person=now - timedelta(days=retention.erase_days),
    )


def daily_turn(now: datetime, last: datetime | None) -> Turn:
    """For whoever looks every minute, on every machine: one run a day in all."""
    if last is None or now - last >= _BETWEEN_RUNS:
        return Turn.RUN
    return Turn.CLOCK_BEHIND if last - now > _CLOCKS_DIFFER else Turn.NOT_YET


def asked_turn(now: datetime, last: datetime | None) -> Turn:
    """For an operator who asks for it: always, but by a clock that is behind."""
    return Turn.CLOCK_BEHIND if last is not None and now < last else Turn.RUN


def _years_before(now: datetime, years: int) -> datetime:
    try:
        return now.replace(year=now.year - years)
    except ValueError:  # the 29th of February
        return now.replace(year=now.year - years, day=28)
