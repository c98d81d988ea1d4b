"""How much the contracts of schools were used in a period: by the dates of the consultations alone. Pure.

Before: `flow/report.py` hands in schools and dates. After: `desk/reckoning.py` hides what is small.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mailgate.desk.contracts import Standing, last_grace_day, standing
from mailgate.desk.people import Contract, School
from mailgate.desk.period import Period


@dataclass(frozen=True, slots=True)
class SchoolUse:
    """One contract that covers a day of the period."""

    school: str
    """The handle."""
    name: str
    starts_on: date
    ends_on: date
    cases: int | None
    """None is hidden."""

    def with_cases(self, cases: int | None) -> SchoolUse:
        return replace(self, cases=cases)


def pays(school: School, contract: Contract, day: date, grace_days: int) -> bool:
    """Whether a consultation of that day counts for this contract: in its period, and in its grace days as long as no
    later contract covers them."""
    match standing(contract, day, grace_days):
        case Standing.RUNNING:
            return True
        case Standing.GRACE:
            return not any(other.starts_on <= day for other in school.contracts if other.starts_on > contract.ends_on)
        case _:
            return False


def use_in(
    period: Period, schools: Sequence[School], days: Mapping[int, Sequence[date]], grace_days: int
) -> list[SchoolUse]:
    """The contracts of a period, in the order of the schools, each with its cases; `days` has those of the
    consultations that came in it, by the id of the school."""
    return [
        SchoolUse(
            school.handle,
            school.name,
            one.starts_on,
            one.ends_on,
            sum(pays(school, one, day, grace_days) for day in days.get(school.id, ())),
        )
        for school in schools
        for one in school.contracts
        if one.starts_on <= period.last and last_grace_day(one, grace_days) >= period.first
    ]
