"""Contracts at the desk: grace days, what each was used for, and that strangers learn nothing of who has one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from mailgate.cli.shapes import case_document
from mailgate.desk.contracts import Standing
from mailgate.desk.entries import entry_of_school
from mailgate.desk.lifecycle import CaseState
from mailgate.desk.people import Contract
from mailgate.flow import register
from mailgate.flow.contracts import contracts_in_use
from mailgate.flow.held import release_registered
from mailgate.store import outbox, schools


def _contracts(desk: Any, *periods: Contract) -> None:
    """The one school of the desk with exactly these contracts."""
    with desk.office.write() as ctx:
        (school,) = schools.all_schools(ctx.tx)
        schools.save_school(ctx.tx, school.id, replace(entry_of_school(school), contracts=periods))


def _today(desk: Any) -> date:
    moment: datetime = desk.office.clock()
    return moment.astimezone(desk.office.policy.timezone).date()


def _period(desk: Any, first: int, last: int) -> Contract:
    """From so many days before or after today to so many."""
    ordinal = _today(desk).toordinal()
    return Contract(date.fromordinal(ordinal + first), date.fromordinal(ordinal + last))


@pytest.mark.parametrize(("grace", "state"), [(0, CaseState.HELD), (9, CaseState.HELD), (10, CaseState.NEW)])
def test_a_school_consults_in_the_grace_days_of_its_contract(desk: Any, grace: int, state: CaseState) -> None:
    _contracts(desk, _period(desk, -300, -10))
    patient = desk.with_policy(grace_days=grace)
    entry = patient.write()
    assert patient.case(entry.case).state is state


def test_a_case_in_the_grace_days_is_shown_as_such(desk: Any) -> None:
    patient = desk.with_policy(grace_days=30)
    covered = patient.open_case()
    _contracts(desk, _period(desk, -300, -10))
    late = patient.open_case("もう一つ、別の相談です。")
    with patient.office.read() as ctx:
        assert case_document(ctx, late)["coverage"] == "grace"
        assert case_document(ctx, covered)["coverage"] == "grace"
    _contracts(desk, _period(desk, -300, 10))
    with patient.office.read() as ctx:
        assert case_document(ctx, covered)["coverage"] == "contract"


def test_contracts_are_listed_with_their_use_and_those_to_renew_alone(desk: Any) -> None:
    desk.open_case()
    desk.open_case("もう一つ、別の相談です。")
    old, running, coming = _period(desk, -300, -10), _period(desk, -9, 20), _period(desk, 21, 300)
    _contracts(desk, old, running)
    with desk.with_policy(grace_days=30).office.read() as ctx:
        found = [(one.contract, one.standing, one.cases, one.renewed) for one in contracts_in_use(ctx)]
        assert found == [(old, Standing.GRACE, 0, True), (running, Standing.RUNNING, 2, False)]
        assert [one.contract for one in contracts_in_use(ctx, 20)] == [running]
        assert contracts_in_use(ctx, 19) == []
    _contracts(desk, old, running, coming)
    with desk.office.read() as ctx:
        assert contracts_in_use(ctx, 365) == []


def test_held_cases_are_no_use_of_a_contract(desk: Any) -> None:
    _contracts(desk, _period(desk, -300, -10))
    desk.write()
    with desk.with_policy(grace_days=30).office.read() as ctx:
        assert [one.cases for one in contracts_in_use(ctx)] == [0]


_OF_ONE_MAIL = ("to:", "message-id:", "in-reply-to:", "references:", "date:")


def _explained(desk: Any, outbox_id: str) -> tuple[str, ...]:
    """The lines of a composed mail; of those that no two mails share the name alone."""
    with desk.office.read() as ctx:
        lines = outbox.octets_of(ctx.tx, outbox_id).decode("utf-8", "replace").splitlines()
    return tuple(line.split(":")[0] if line.lower().startswith(_OF_ONE_MAIL) else line for line in lines)


def test_the_answer_to_somebody_without_a_contract_tells_nothing_of_any_school(desk: Any) -> None:
    with desk.office.write() as ctx:
        (school,) = schools.all_schools(ctx.tx)
        entry = replace(entry_of_school(school), domains=("minami.example.jp",), contracts=(_period(desk, -300, -10),))
        register.edit_school(ctx, school, entry)
    body = "森野市立南小学校の者です。相談があります。"
    senders = (str(desk.teacher.person.addresses[0]), "new.teacher@minami.example.jp", "somebody@nowhere.example")
    for sender in senders:
        desk.write(sender, body)
    mails = desk.outbox("registration-needed")
    assert [case.state for case in desk.cases()] == [CaseState.HELD] * 3
    assert len(mails) == 3
    assert len({_explained(desk, mail.id) for mail in mails}) == 1
    shown = desk.read(mails[0].id).body
    assert "登録" in shown  # there is a text that could differ
    assert not any(word in shown for word in ("南小", "minami", "契約"))


def test_a_renewal_lets_what_waited_go_on(desk: Any) -> None:
    _contracts(desk, _period(desk, -300, -10))
    entry = desk.write()
    with desk.office.write() as ctx:
        (school,) = schools.all_schools(ctx.tx)
        register.add_contract(ctx, school.handle, _period(desk, 0, 300), release_registered)
    assert desk.case(entry.case).state is CaseState.NEW
