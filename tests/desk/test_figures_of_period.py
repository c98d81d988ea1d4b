"""The figures of a report, from plain rows; and periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailgate.desk import period as periods
from mailgate.desk.contract_use import SchoolUse, use_in
from mailgate.desk.figures import Asked, CaseFacts, Cell, Duration, Figures, Graded, KindRow, Rules
from mailgate.desk.lifecycle import CaseState, InvitationState
from mailgate.desk.people import Contract, MemberKind, School
from mailgate.desk.period import Period
from mailgate.desk.reckoning import compute
from mailgate.desk.targets import Targets
from mailgate.errors import BadInput

TOKYO = ZoneInfo("Asia/Tokyo")
PERIOD = Period(date(2026, 4, 1), date(2026, 6, 30))
NOW = datetime(2026, 7, 31, tzinfo=UTC)
ARRIVED = datetime(2026, 4, 6, 0, 0, tzinfo=UTC)
RULES = Rules(5, 10, Targets(), TOKYO, "")


def _case(number: int, comment: float | None = 24.0, answer: float | None = 48.0, **more: Any) -> CaseFacts:
    facts = CaseFacts(number, CaseState.ANSWERED, ARRIVED, ARRIVED, None, _after(comment), _after(answer))
    return replace(facts, **more)


def _after(hours: float | None) -> datetime | None:
    return None if hours is None else ARRIVED + timedelta(hours=hours)


def _compute(
    cases: Sequence[CaseFacts] = (),
    tags: Sequence[tuple[int, str]] = (),
    asked: Sequence[Asked] = (),
    graded: Sequence[Graded] = (),
    used: Sequence[SchoolUse] = (),
    k: int = 5,
) -> Figures:
    return compute(PERIOD, NOW, replace(RULES, k=k), cases, tags, asked, graded, used)


def test_without_a_case_there_is_nothing_to_judge() -> None:
    figures = _compute()
    assert (figures.cases, figures.comments_per_case, figures.other_topics) == (0, None, 0)
    assert figures.answer == Duration(0, None, None, 10, None, None)
    assert [one.count for one in figures.states] == [0] * len(CaseState)


def test_median_and_nine_in_ten_in_hours() -> None:
    hours = [10, 20, 30, 40, 50, 60, 70, 80, 90, 400]
    took = _compute([_case(number, comment=one) for number, one in enumerate(hours)]).first_comment
    assert (took.cases, took.median_hours, took.p90_hours) == (10, 55.0, 90.0)


def test_a_target_is_kept_until_the_end_of_its_day() -> None:
    """Arrived on the 6th at nine in Tokyo: the third day is the 9th."""
    last = datetime(2026, 4, 9, 14, 59, 59, tzinfo=UTC)
    on_time = [_case(number, first_comment_at=last) for number in range(5)]
    late = [_case(number, first_comment_at=last + timedelta(seconds=1)) for number in range(5, 10)]
    assert _compute(on_time).first_comment.kept_percent == 100.0
    assert _compute(on_time + late).first_comment.kept_percent == 50.0


@pytest.mark.parametrize(
    ("state", "counts_as_late"),
    [(CaseState.OPEN, True), (CaseState.CLOSED, True), (CaseState.HELD, False), (CaseState.SPAM, False)],
)
def test_a_case_that_never_got_an_answer_counts_against_the_target(state: CaseState, counts_as_late: bool) -> None:
    answered = [_case(number) for number in range(10)]
    silent = [_case(number, None, None, state=state) for number in range(10, 20)]
    took = _compute(answered + silent).answer
    assert (took.kept_percent, took.reached) == ((50.0, False) if counts_as_late else (100.0, True))


def test_a_case_whose_target_day_is_to_come_is_not_judged_yet() -> None:
    answered = [_case(number) for number in range(10)]
    young = [_case(number, None, None, state=CaseState.OPEN, received_at=NOW) for number in range(10, 20)]
    assert _compute(answered + young).answer.kept_percent == 100.0


def test_a_share_that_points_at_few_is_not_told_but_whether_it_is_enough() -> None:
    took = _compute([_case(number) for number in range(19)] + [_case(20, answer=900)]).answer
    assert (took.kept_percent, took.reached) == (None, True)


def test_times_of_few_cases_are_not_told() -> None:
    took = _compute([_case(number) for number in range(4)]).answer
    assert took == Duration(None, None, None, 10, None, None)
    assert _compute([_case(number) for number in range(5)]).answer.median_hours == 48.0


def test_a_rare_topic_is_not_even_named() -> None:
    cases = [_case(number) for number in range(30)]
    tags = [(number, "保護者対応") for number in range(12)]
    tags += [(number, "学級経営") for number in range(12, 20)] + [(20, "珍しい出来事"), (21, "珍しい出来事")]
    figures = _compute(cases, tags)
    assert figures.topics == (Cell("保護者対応", 12),)
    assert figures.other_topics == 18
    assert "珍しい出来事" in str(_compute(cases, tags, k=1))  # the positive control


def test_months_are_those_of_the_desk() -> None:
    """The last evening of March in London is April in Tokyo."""
    moment = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
    figures = _compute([_case(number, received_at=moment) for number in range(5)])
    assert figures.months == (Cell("2026-04", 5), Cell("2026-05", 0), Cell("2026-06", 0))


def _asked(kind: MemberKind, members: Sequence[int], state: InvitationState) -> list[Asked]:
    return [Asked(1, member, kind, state) for member in members]


def test_answer_rate_by_kind_of_what_has_ended() -> None:
    lawyers = _asked(MemberKind.LAWYER, range(6), InvitationState.COMMENTED)
    lawyers += _asked(MemberKind.LAWYER, range(2), InvitationState.EXPIRED)
    teachers = _asked(MemberKind.TEACHER, range(10, 16), InvitationState.DECLINED)
    open_ones = _asked(MemberKind.TEACHER, range(20, 30), InvitationState.INVITED)
    taken_back = _asked(MemberKind.TEACHER, range(30, 40), InvitationState.REVOKED)
    rate = _compute(asked=lawyers + teachers + open_ones + taken_back).answer_rate
    kinds = {row.kind: row for row in rate.kinds}
    assert kinds[MemberKind.LAWYER] == KindRow(MemberKind.LAWYER, 6, 8, 6, 75.0)
    assert kinds[MemberKind.TEACHER] == KindRow(MemberKind.TEACHER, 6, 6, 0, 0.0)
    assert (rate.members, rate.asked, rate.answered, rate.rate_percent, rate.reached) == (12, 14, 6, 42.9, False)


def test_many_invitations_of_one_member_are_one_person() -> None:
    one_lawyer = _asked(MemberKind.LAWYER, [1] * 50, InvitationState.COMMENTED)
    teachers = _asked(MemberKind.TEACHER, range(10, 20), InvitationState.DECLINED)
    retired = _asked(MemberKind.FORMER_TEACHER, range(20, 40), InvitationState.DECLINED)
    kinds = {row.kind: row for row in _compute(asked=one_lawyer + teachers + retired).answer_rate.kinds}
    assert kinds[MemberKind.LAWYER] == KindRow(MemberKind.LAWYER, None, None, None, None)
    assert kinds[MemberKind.TEACHER].asked is None  # else the lawyer's were what is missing
    assert kinds[MemberKind.FORMER_TEACHER].asked == 20


def test_satisfaction_is_the_mean_of_the_digits() -> None:
    graded = [Graded(1, digit) for digit in [5] * 6 + [3] * 6] + [Graded(2, None)] * 8
    satisfaction = _compute(graded=graded).satisfaction
    assert (satisfaction.answers, satisfaction.mean, satisfaction.reached) == (12, 4.0, True)
    assert [one.count for one in satisfaction.digits] == [0, 0, 6, 0, 6]


def test_with_a_rare_digit_no_digit_is_told_since_the_mean_gives_them_away() -> None:
    satisfaction = _compute(graded=[Graded(1, digit) for digit in [5] * 9 + [4] * 9 + [1]]).satisfaction
    assert satisfaction.mean == 4.3
    assert [one.count for one in satisfaction.digits] == [None] * 5


def test_use_of_contracts_and_the_rest_are_one_table() -> None:
    used = [
        SchoolUse(f"S-{name}", name, PERIOD.first, PERIOD.last, count)
        for name, count in [("A", 9), ("B", 3), ("C", 20)]
    ]
    figures = _compute([_case(number) for number in range(40)], used=used)
    assert [one.cases for one in figures.contracts] == [9, None, 20]
    assert figures.without_contract is None  # 8 of them: with these the 3 could be computed


def test_contracts_of_a_period_with_the_consultations_in_their_days() -> None:
    year, next_year = (
        Contract(date(2025, 4, 1), date(2026, 3, 31)),
        Contract(date(2026, 5, 1), date(2027, 3, 31)),
    )
    gone = Contract(date(2020, 4, 1), date(2021, 3, 31))
    school = School(1, "S-AAAA", "南小", (), "", (), (gone, year, next_year))
    days = {1: [date(2026, 4, 5), date(2026, 5, 5), date(2026, 5, 6)]}
    assert [(one.starts_on, one.cases) for one in use_in(PERIOD, [school], days, 30)] == [
        (date(2025, 4, 1), 1),
        (date(2026, 5, 1), 2),
    ]


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (periods.of_month(date(2026, 12, 15)), date(2026, 12, 1), date(2026, 12, 31)),
        (periods.of_month(date(2028, 2, 1)), date(2028, 2, 1), date(2028, 2, 29)),
        (periods.of_fiscal_year(2026), date(2026, 4, 1), date(2027, 3, 31)),
        (periods.this_fiscal_year(date(2026, 3, 31)), date(2025, 4, 1), date(2026, 3, 31)),
        (periods.this_fiscal_year(date(2026, 4, 1)), date(2026, 4, 1), date(2026, 4, 1)),
    ],
)
def test_periods_that_operators_name(period: Period, first: date, last: date) -> None:
    assert (period.first, period.last) == (first, last)


def test_a_period_begins_and_ends_at_midnight_of_the_desk() -> None:
    april = periods.of_month(date(2026, 4, 1))
    assert april.begins(TOKYO) == datetime(2026, 3, 31, 15, tzinfo=UTC)
    assert april.ends(TOKYO) == datetime(2026, 4, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(("first", "last"), [(date(2026, 5, 1), date(2026, 4, 30)), (date(1, 1, 1), date(2026, 1, 1))])
def test_a_period_without_a_day_is_refused(first: date, last: date) -> None:
    with pytest.raises(BadInput):
        Period(first, last)
