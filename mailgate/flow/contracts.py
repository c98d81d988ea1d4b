"""All contracts at a glance, those that end soon, and how much each was used: what an operator renews by.

Only looks. The use is counted by dates alone; no case is opened, no person is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mailgate.desk.contract_use import pays
from mailgate.desk.contracts import Standing, last_grace_day, standing
from mailgate.desk.people import Contract, School
from mailgate.flow.context import Context
from mailgate.store import cases
from mailgate.store.schools import all_schools


@dataclass(frozen=True, slots=True)
class ContractUse:
    school: School
    contract: Contract
    standing: Standing
    days_left: int
    """Until its last day; below 0 once it is past."""
    grace_until: date
    cases: int
    """Consultations written in its period, grace days and all, as long as no later contract covers the day."""
    renewed: bool
    """Whether the school has a contract that ends later."""


def contracts_in_use(ctx: Context, ending_within: int | None = None) -> list[ContractUse]:
    """All contracts of all schools, those that end first at the top.

    `ending_within`: only those that end within so many days from today, or are in their grace days, and have no
    successor: the ones to renew.
    """
    zone, today, grace = ctx.policy.timezone, ctx.now.astimezone(ctx.policy.timezone).date(), ctx.policy.grace_days
    days = {
        school: [moment.astimezone(zone).date() for moment in moments]
        for school, moments in cases.dates_by_school(ctx.tx).items()
    }
    found = [
        ContractUse(
            school,
            one,
            standing(one, today, grace),
            (one.ends_on - today).days,
            last_grace_day(one, grace),
            sum(pays(school, one, day, grace) for day in days.get(school.id, ())),
            any(other.ends_on > one.ends_on for other in school.contracts),
        )
        for school in all_schools(ctx.tx)
        for one in school.contracts
    ]
    if ending_within is not None:
        live = (Standing.RUNNING, Standing.GRACE)
        found = [one for one in found if one.standing in live and one.days_left <= ending_within and not one.renewed]
    return sorted(found, key=lambda one: (one.contract.ends_on, one.school.id))
