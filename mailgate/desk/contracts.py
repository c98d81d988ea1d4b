"""Contract periods of a school: which one covers a day, which are about to end, which cannot stand together.

Used by `desk/eligibility.py` for one teacher, by `flow/contracts.py` for the list of renewals. After the last day of a
contract the school may still consult for some grace days (`desk.grace_days`): a renewal is often signed late.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum

from mailgate.desk.people import Contract


class Standing(StrEnum):
    """How a contract stands on some day."""

    COMING = "coming"
    RUNNING = "running"
    GRACE = "grace"
    ENDED = "ended"


def standing(contract: Contract, on: date, grace_days: int) -> Standing:
    """How `contract` stands on that day; its first and its last day belong to it."""
    if on < contract.starts_on:
        return Standing.COMING
    if on <= contract.ends_on:
        return Standing.RUNNING
    return Standing.GRACE if (on - contract.ends_on).days <= grace_days else Standing.ENDED


def best_standing(contracts: Iterable[Contract], on: date, grace_days: int) -> Standing | None:
    """RUNNING where any contract covers the day, else GRACE where one does so by its grace days, else None."""
    found = {standing(one, on, grace_days) for one in contracts}
    return next((one for one in (Standing.RUNNING, Standing.GRACE) if one in found), None)


def overlap(contracts: Sequence[Contract], known: Iterable[Contract] = ()) -> tuple[Contract, Contract] | None:
    """Two contracts that have a day in common, the earlier first; None where there are none.

    Two that the register has already (`known`) stay as they are: it must not be locked by what it has from before.
    """
    kept = frozenset(known)
    ordered = sorted(contracts, key=lambda one: (one.starts_on, one.ends_on))
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if other.starts_on <= one.ends_on and not (one in kept and other in kept):
                return one, other
    return None


def joined(contracts: Iterable[Contract]) -> tuple[Contract, ...]:
    """Periods that cover the same days, where two that have a day in common become one; earliest first."""
    periods: list[Contract] = []
    for one in sorted(contracts, key=lambda one: one.starts_on):
        if periods and one.starts_on <= periods[-1].ends_on:
            periods[-1] = Contract(periods[-1].starts_on, max(periods[-1].ends_on, one.ends_on))
        else:
            periods.append(one)
    return tuple(periods)


def last_grace_day(contract: Contract, grace_days: int) -> date:
    """The last day on which somebody may still consult under this contract."""
    return contract.ends_on + timedelta(days=min(grace_days, (date.max - contract.ends_on).days))
