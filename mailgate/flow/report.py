"""The figures of the service for a period: rows in, one frozen value out. Only looks, and opens no text and no name.

Before: `store/report_rows.py`. Computed in `desk/reckoning.py`; shown by `cli/report.py`. Held mails and spam are no
use of a contract, as in `flow/contracts.py`. All desks are one here, since figures of each beside those of all would
give away what is suppressed in one of them; the target date of an answer is the main desk's.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from mailgate.desk.contract_use import use_in
from mailgate.desk.figures import Figures, Rules
from mailgate.desk.lifecycle import CaseState
from mailgate.desk.period import Period
from mailgate.desk.reckoning import compute
from mailgate.flow.context import Context
from mailgate.store import report_rows
from mailgate.store.schools import all_schools

_NO_USE = (CaseState.HELD, CaseState.SPAM)


def figures(ctx: Context, period: Period) -> Figures:
    """What came in the period, and what became of it until now."""
    policy, zone = ctx.policy, ctx.policy.timezone
    rows = report_rows.of_period(ctx.tx, period.begins(zone), period.ends(zone))
    days: dict[int, list[date]] = defaultdict(list)
    for one in rows.cases:
        if one.school is not None and one.state not in _NO_USE:
            days[one.school].append(one.mail_date.astimezone(zone).date())
    used = use_in(period, all_schools(ctx.tx), days, policy.grace_days)
    rules = Rules(policy.k_anonymity, policy.desks.main.answer_days, policy.targets, zone, policy.calendar)
    return compute(period, ctx.now, rules, rows.cases, rows.tags, rows.asked, rows.graded, used)
