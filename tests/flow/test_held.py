from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import update

from mailgate.desk.entries import PersonEntry, TeacherEntry
from mailgate.desk.lifecycle import CaseState
from mailgate.desk.people import Contract, Plan
from mailgate.desk.routing import HeldReason
from mailgate.desk.trust import AuthenticationPolicy
from mailgate.errors import Refused
from mailgate.flow import held, register
from mailgate.mail.address import Address
from mailgate.store.tables import ContractRow

NEWCOMER = TeacherEntry(
    PersonEntry("石田 岳", "", (Address("gaku", "kita.example"),)), None, "教員", 9, "小学校", Plan.TRIAL
)


def _register(desk: Any) -> None:
    desk.run(register.add_teacher, NEWCOMER, held.release_registered)


def test_a_held_consultation_goes_on_when_its_author_is_registered(desk: Any) -> None:
    number = desk.write("gaku@kita.example").case
    assert desk.case(number).state is CaseState.HELD
    desk.clock.advance(days=2)
    _register(desk)
    case = desk.case(number)
    assert (case.state, case.held_reason, case.due_at) == (
        CaseState.NEW,
        "",
        datetime(2026, 2, 14, 14, 59, 59, tzinfo=UTC),
    )
    assert desk.letter("acknowledgement").to == ("gaku@kita.example",)
    assert desk.audit()[-1] == ("operator:yui", "release")


def test_the_consultations_of_others_stay_held(quick_desk: Any) -> None:
    number = quick_desk.write("stranger@other.example").case
    _register(quick_desk)
    assert quick_desk.case(number).state is CaseState.HELD


def test_an_unauthenticated_consultation_stays_held_whoever_is_registered(quick_desk: Any) -> None:
    strict = quick_desk.with_policy(authentication=AuthenticationPolicy.ENFORCE)
    number = strict.write("gaku@kita.example").case
    _register(strict)
    assert (strict.case(number).state, strict.outbox()) == (CaseState.HELD, [])


def test_without_a_contract_a_newly_registered_teacher_waits(quick_desk: Any) -> None:
    number = quick_desk.write("gaku@kita.example").case
    entry = TeacherEntry(NEWCOMER.person, quick_desk.teacher.school.id, "教員", 9, "小学校", Plan.SCHOOL)
    with quick_desk.office.write() as ctx:
        ctx.tx.session.execute(update(ContractRow).values(ends_on=date(2025, 12, 31)))
    teacher = quick_desk.run(register.add_teacher, entry, held.release_registered)
    case = quick_desk.case(number)
    assert (case.state, case.held_reason, case.teacher_id) == (CaseState.HELD, HeldReason.NO_CONTRACT, teacher.id)
    year = Contract(date(2026, 1, 1), date(2026, 12, 31))
    quick_desk.run(register.add_contract, quick_desk.teacher.school.handle, year, held.release_registered)
    assert quick_desk.case(number).state is CaseState.NEW


def test_an_operator_releases_a_case_of_a_registered_teacher(desk: Any) -> None:
    strict = desk.with_policy(authentication=AuthenticationPolicy.ENFORCE)
    number = strict.write().case
    strict.run(held.release, number)
    assert strict.case(number).state is CaseState.NEW
    assert strict.letter("acknowledgement").to == ("haruka@minami.example",)


def test_nobody_can_release_a_case_without_a_registered_author(quick_desk: Any) -> None:
    for raw in (quick_desk.mail("stranger@other.example"), quick_desk.mail("a@b.example, c@d.example")):
        number = quick_desk.receive(raw).case
        with pytest.raises(Refused, match="no registered teacher"):
            quick_desk.run(held.release, number)
        assert quick_desk.case(number).state is CaseState.HELD


def test_what_is_not_held_cannot_be_released(quick_desk: Any) -> None:
    with pytest.raises(Refused, match="needs a case that is held or spam"):
        quick_desk.run(held.release, quick_desk.open_case())
