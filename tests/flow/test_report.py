"""The report reads the right rows, on both databases, and loses none of them when cases are destroyed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from reported import Past, record_past

from mailgate.desk.figures import Figures
from mailgate.desk.lifecycle import CaseState
from mailgate.desk.period import Period
from mailgate.flow import destroy, report, triage


def _figures(desk: Any, period: Period) -> Figures:
    with desk.office.read() as ctx:
        return report.figures(ctx, period)


def test_what_the_flows_leave_behind_is_counted(desk: Any) -> None:
    number, _ = desk.answered_case()
    desk.run(triage.tag, number, ["保護者対応"], [])
    desk.write(body="5", to=desk.reply_address(case=number))
    today = desk.clock.now.astimezone(desk.office.policy.timezone).date()
    figures = _figures(desk, Period(today, today))
    assert (figures.cases, figures.comments_per_case, figures.satisfaction.mean) == (1, 1.0, 5.0)
    assert [(one.name, one.count) for one in figures.topics] == [("保護者対応", 1)]
    assert (figures.first_comment.cases, figures.answer.cases) == (1, 1)
    assert [(one.name, one.cases) for one in figures.contracts] == [("森野市立南小学校", 1)]
    assert figures.without_contract == 0


def test_destroying_a_case_changes_nothing_but_whose_contract_it_was(desk: Any) -> None:
    number, _ = desk.answered_case()
    today = desk.clock.now.astimezone(desk.office.policy.timezone).date()
    before = _figures(desk, Period(today, today))
    desk.run(triage.close, number)
    closed = _figures(desk, Period(today, today))
    with desk.office.write() as ctx:
        destroy.destroy(ctx, number, "by an operator")
    after = _figures(desk, Period(today, today))
    assert before.contracts[0].cases == 1
    forgotten = replace(closed, until=after.until, contracts=after.contracts, without_contract=1)
    assert after == forgotten
    assert after.contracts[0].cases == 0


def test_a_case_belongs_to_the_period_in_which_it_came(desk: Any) -> None:
    period = Period(date(2026, 4, 1), date(2026, 4, 30))
    zone = desk.office.policy.timezone
    moments = [
        period.begins(zone) - timedelta(seconds=1),
        period.begins(zone),
        period.ends(zone) - timedelta(seconds=1),
        period.ends(zone),
    ]
    record_past(desk.office, [Past(moment) for moment in moments])
    assert _figures(desk, period).cases == 2


def test_few_are_hidden_by_the_k_of_the_settings(desk: Any) -> None:
    period = Period(date(2026, 4, 1), date(2026, 4, 30))
    moment = period.begins(desk.office.policy.timezone)
    record_past(
        desk.office, [Past(moment)] * 9 + [Past(moment, CaseState.SPAM)] * 2 + [Past(moment, CaseState.CLOSED)] * 20
    )
    strict = desk.with_policy(k_anonymity=5)
    assert {one.name: one.count for one in _figures(strict, period).states}["spam"] is None
    assert {one.name: one.count for one in _figures(desk, period).states}["spam"] == 2
