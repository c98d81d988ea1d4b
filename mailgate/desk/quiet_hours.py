"""When mailgate writes to people by itself: not at night. Pure.

Before: the scheduler has a reminder or a digest to send. After: `flow/post.py` dates the mail so, and the outbox keeps
it until then, or until the morning after when it could not leave by day (the relay or the whole service was away).
What answers a mail, and what an operator does, goes at once at any hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from mailgate.desk.slots import next_slot


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begins` to before `ends`, local times; over midnight where `ends` is the earlier one."""

    begins: time
    ends: time

    def contain(self, moment: datetime, zone: ZoneInfo) -> bool:
        local = moment.astimezone(zone).time()
        if self.begins <= self.ends:
            return self.begins <= local < self.ends
        return local >= self.begins or local < self.ends


def leaves_at(now: datetime, quiet: QuietHours | None, zone: ZoneInfo) -> datetime:
    """`now`, or the end of the quiet hours that it is in; in UTC."""
    if quiet is None or not quiet.contain(now, zone):
        return now
    return next_slot(now, (quiet.ends,), zone)


def waits_until(dated: datetime, now: datetime, quiet: QuietHours | None, zone: ZoneInfo) -> datetime | None:
    """When a mail may leave that `leaves_at` has dated and that was held up since; None: now. What is dated within
    quiet hours was not written by mailgate itself, and goes at any hour."""
    if quiet is None or quiet.contain(dated, zone) or not quiet.contain(now, zone):
        return None
    return leaves_at(now, quiet, zone)
