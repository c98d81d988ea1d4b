"""When things are due, and when a try is repeated. Pure: the time is handed in, in UTC unless said otherwise."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailgate.desk.business_days import next_business_day

_END_OF_DAY = time(23, 59, 59)
_RETRY_MINUTES = (1, 5, 15, 30, 60, 120, 240)
_SPREAD = 0.25
_LEAST_TRIES = 3
_SHORTEST_SILENCE, _LONGEST_SILENCE = timedelta(seconds=10), timedelta(minutes=15)
_PATIENCE_WITH_THE_DNS = timedelta(hours=1)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last second of `day` as people in `zone` count it, with that zone's offset."""
    return datetime.combine(day, _END_OF_DAY, zone)


def due_in(now: datetime, days: int, zone: ZoneInfo, country: str = "") -> datetime:
    """The end of the day that is `days` days after today, or of the next day on which people of `country` work."""
    return end_of_day(next_business_day(now.astimezone(zone).date() + timedelta(days=days), country), zone)


def handle_again(now: datetime, tries: int) -> datetime:
    """When to handle an accepted mail again whose handler raised: soon, since nobody outside is waited for."""
    return now + timedelta(seconds=5**tries)


def ask_again(received: datetime, now: datetime) -> datetime:
    """When to ask the silent DNS again about a mail: it waits as long again as it has waited already."""
    return now + min(max(now - received, _SHORTEST_SILENCE), _LONGEST_SILENCE)


def asks_on(received: datetime, now: datetime) -> bool:
    """Whether a mail still waits for the DNS to speak."""
    return now - received < _PATIENCE_WITH_THE_DNS


def next_try(now: datetime, tries: int, chance: float) -> datetime:
    """When to send again after `tries` tries: delays grow from one minute to four hours.

    `chance` (from 0 to below 1) takes up to a quarter off, so that what failed together does not come back together.
    """
    longest = timedelta(minutes=_RETRY_MINUTES[min(tries, len(_RETRY_MINUTES)) - 1])
    return now + longest * (1 - _SPREAD * chance)


def gives_up(created: datetime, now: datetime, retry_hours: int, tries: int) -> bool:
    """Whether a mail has been tried for long enough (RFC 5321 4.5.4.1 asks for 4 to 5 days), and often enough: after
    a relay that was away for days a mail has not had its chance yet."""
    return now - created >= timedelta(hours=retry_hours) and tries >= _LEAST_TRIES
