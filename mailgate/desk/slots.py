"""When a compiled answer leaves: at the next of some fixed times of day, so that its hour says nothing. Pure.

Before: an operator has said `case answer`. After: `flow/post.py` dates the mail so, and the outbox keeps it until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def next_slot(now: datetime, slots: Sequence[time], zone: ZoneInfo) -> datetime:
    """The first of the local times in `slots` that is not past, in UTC; `now` itself without any.

    A time that the clocks of `zone` leave out is taken as much later as they jump; of one that comes twice the first.
    """
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=number) for number in range(3)]
    coming = [datetime.combine(day, slot, zone).astimezone(UTC) for day in days for slot in slots]
    return min((moment for moment in coming if moment >= now), default=now)
