from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from mailgate.desk.eligibility import (
    Coverage,
    MemberMove,
    activation_problem,
    coverage,
    may_consult,
    status_after,
    status_on,
)
from mailgate.desk.people import Contract, Member, MemberKind, MemberStatus, Person, Plan, School, Teacher
from mailgate.errors import Refused
from mailgate.mail.address import Address

TODAY = date(2026, 2, 10)
PERSON = Person(1, "森田 梓", "", (Address("morita", "members.example.org"),), "", "")
YEAR = Contract(date(2025, 4, 1), date(2026, 3, 31))
SCHOOL = School(
    1, "S-1111", "森野市立西小学校", (), "森野市", (), (YEAR, Contract(date(2027, 4, 1), date(2028, 3, 31)))
)
TEACHER = Teacher(1, "T-1111", PERSON, SCHOOL, "教員", 3, "", Plan.SCHOOL)
MEMBER = Member(1, "M-1111", PERSON, MemberKind.TEACHER, 5, "", (), (), None, MemberStatus.APPLIED)


@pytest.mark.parametrize(
    ("day", "may"),
    [
        (date(2025, 3, 31), False),
        (date(2025, 4, 1), True),
        (date(2026, 3, 31), True),
        (date(2026, 4, 1), False),
        (date(2027, 12, 1), True),
    ],
)
def test_a_contract_covers_its_first_and_its_last_day(day: date, may: bool) -> None:
    assert may_consult(TEACHER, day, 0) is may


@pytest.mark.parametrize(
    ("day", "by"),
    [
        (date(2025, 3, 31), Coverage.NONE),
        (date(2026, 3, 31), Coverage.CONTRACT),
        (date(2026, 4, 1), Coverage.GRACE),
        (date(2026, 4, 30), Coverage.GRACE),
        (date(2026, 5, 1), Coverage.NONE),
        (date(2027, 4, 1), Coverage.CONTRACT),
    ],
)
def test_a_school_may_consult_for_some_days_after_its_contract_and_it_is_told(day: date, by: Coverage) -> None:
    assert coverage(TEACHER, day, 30) is by


def test_trial_needs_no_contract_and_the_school_plan_needs_a_school() -> None:
    assert may_consult(replace(TEACHER, plan=Plan.TRIAL, school=None), date(2030, 1, 1), 0)
    assert not may_consult(replace(TEACHER, school=None), date(2025, 5, 1), 0)


@pytest.mark.parametrize(
    ("kind", "years", "credential", "eligible"),
    [
        (MemberKind.TEACHER, 5, "", True),
        (MemberKind.TEACHER, 4, "", False),
        (MemberKind.TEACHER, None, "", False),
        (MemberKind.TEACHER, None, "  ", False),
        (MemberKind.TEACHER, 1, "公認心理師", True),
        (MemberKind.FORMER_TEACHER, 4, "", False),
        (MemberKind.FORMER_TEACHER, 30, "", True),
        (MemberKind.LAWYER, None, "", True),
        (MemberKind.PSYCHOLOGIST, None, "臨床心理士", True),
        (MemberKind.EDUCATION, None, "", True),
    ],
)
def test_teachers_need_five_years_or_a_credential(
    kind: MemberKind, years: int | None, credential: str, eligible: bool
) -> None:
    problem = activation_problem(replace(MEMBER, kind=kind, years=years, credential=credential))
    assert (
        problem is None
        if eligible
        else problem == f"a {kind} needs 5 years of teaching or a credential, and has neither"
    )


A, V, ACTIVE, P, R = MemberStatus
ALLOWED = {
    MemberMove.VERIFY: {A: V, R: V},
    MemberMove.ACTIVATE: {A: ACTIVE, V: ACTIVE, P: ACTIVE},
    MemberMove.PAUSE: {ACTIVE: P},
    MemberMove.RESUME: {P: ACTIVE},
    MemberMove.RETIRE: {A: R, V: R, ACTIVE: R, P: R},
}


@pytest.mark.parametrize("move", MemberMove)
@pytest.mark.parametrize("status", MemberStatus)
def test_a_member_moves_only_as_the_table_says(status: MemberStatus, move: MemberMove) -> None:
    member = replace(MEMBER, status=status)
    if (after := ALLOWED[move].get(status)) is not None:
        assert status_after(member, move, TODAY) is after
        return
    with pytest.raises(Refused, match=f"M-1111 is {status}"):
        status_after(member, move, TODAY)


@pytest.mark.parametrize(
    ("move", "status", "told"),
    [
        (
            MemberMove.ACTIVATE,
            R,
            "retired: first 'mailgate member verify M-1111', then 'mailgate member activate M-1111'",
        ),
        (MemberMove.ACTIVATE, ACTIVE, "active already"),
        (MemberMove.PAUSE, A, "applied: first 'mailgate member activate M-1111', then 'mailgate member pause M-1111'"),
        (MemberMove.PAUSE, P, "paused already"),
        (MemberMove.RESUME, V, "verified: 'mailgate member activate M-1111' does it"),
        (
            MemberMove.RESUME,
            R,
            "retired: first 'mailgate member verify M-1111', then 'mailgate member activate M-1111'",
        ),
        (MemberMove.VERIFY, ACTIVE, "active, so there is nothing left to verify"),
        (MemberMove.VERIFY, V, "verified already"),
        (MemberMove.RETIRE, R, "retired already"),
    ],
)
def test_a_move_that_is_refused_names_the_commands_that_lead_there(
    move: MemberMove, status: MemberStatus, told: str
) -> None:
    with pytest.raises(Refused) as caught:
        status_after(replace(MEMBER, status=status), move, TODAY)
    assert caught.value.reason == f"M-1111 is {told}"


def test_the_commands_that_a_refusal_names_can_be_typed_one_after_the_other() -> None:
    for status, move in ((one, other) for one in MemberStatus for other in MemberMove if one not in ALLOWED[other]):
        member = replace(MEMBER, status=status)
        with pytest.raises(Refused) as caught:
            status_after(member, move, TODAY)
        for verb in re.findall(r"'mailgate member (\w+) M-1111'", caught.value.reason):
            member = replace(member, status=status_after(member, MemberMove(verb), TODAY))
        if member.status is not status:
            assert member.status in ALLOWED[move].values()


@pytest.mark.parametrize(
    ("move", "status"), [(MemberMove.ACTIVATE, V), (MemberMove.ACTIVATE, P), (MemberMove.RESUME, P)]
)
def test_nobody_becomes_active_without_years_or_credential(move: MemberMove, status: MemberStatus) -> None:
    with pytest.raises(Refused, match=r"M-1111 cannot be activated: .* 'mailgate member edit M-1111 --years N'"):
        status_after(replace(MEMBER, years=2, status=status), move, TODAY)


@pytest.mark.parametrize(
    ("status", "until", "counts_as"),
    [
        (MemberStatus.PAUSED, None, MemberStatus.PAUSED),
        (MemberStatus.PAUSED, TODAY, MemberStatus.PAUSED),
        (MemberStatus.PAUSED, date(2026, 2, 9), MemberStatus.ACTIVE),
        (MemberStatus.RETIRED, date(2026, 2, 9), MemberStatus.RETIRED),
    ],
)
def test_a_pause_ends_by_itself_with_its_last_day(
    status: MemberStatus, until: date | None, counts_as: MemberStatus
) -> None:
    assert status_on(replace(MEMBER, status=status, paused_until=until), TODAY) is counts_as


def test_who_is_back_from_a_pause_may_pause_again_and_needs_no_resume() -> None:
    back = replace(MEMBER, status=MemberStatus.PAUSED, paused_until=date(2026, 2, 9))
    assert status_after(back, MemberMove.PAUSE, TODAY) is MemberStatus.PAUSED
    with pytest.raises(Refused, match="is active already"):
        status_after(back, MemberMove.RESUME, TODAY)
