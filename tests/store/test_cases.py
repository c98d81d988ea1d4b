from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailgate.desk.entries import PersonEntry, TeacherEntry
from mailgate.desk.lifecycle import CaseState
from mailgate.desk.people import Plan
from mailgate.errors import NotFound
from mailgate.mail.address import Address
from mailgate.store import cases, teachers
from mailgate.store.cases import Case, NewCase, Note
from mailgate.store.database import Database
from mailgate.store.transaction import Transaction

NOW = datetime(2026, 2, 2, tzinfo=UTC)
SENDER = Address("haruka", "minami.example")
HELD = NewCase(CaseState.HELD, "unknown sender", None, SENDER, "ご相談 ①", NOW, NOW - timedelta(days=1), None)


def test_a_case_comes_back_as_it_was_opened(database: Database) -> None:
    with database.write() as tx:
        number = cases.open_case(tx, HELD)
    with database.read() as tx:
        found = cases.get(tx, number)
    assert found == Case(
        number=1,
        version=found.version,
        state=CaseState.HELD,
        held_reason="unknown sender",
        round=1,
        teacher_id=None,
        sender=SENDER,
        subject="ご相談 ①",
        assignee="",
        received_at=NOW,
        mail_date=NOW - timedelta(days=1),
        due_at=None,
        changed_at=NOW,
    )


@pytest.mark.parametrize("sender", [None, Address("a..b.", "carrier.example"), Address("a@b", "c.example")])
def test_every_sender_comes_back(tx: Transaction, sender: Address | None) -> None:
    assert cases.get(tx, cases.open_case(tx, replace(HELD, sender=sender))).sender == sender


def test_each_change_makes_a_new_version(database: Database) -> None:
    with database.write() as tx:
        number = cases.open_case(tx, HELD)
    versions = []
    for name in ("yui", "ken", "ken"):
        with database.write() as tx:
            cases.assign(tx, number, name, NOW)
        with database.read() as tx:
            versions.append(cases.get(tx, number).version)
    assert versions[0] < versions[1]
    assert versions[1] == versions[2], "what changes nothing is no change"


def test_leaving_held_forgets_why_it_was_held(tx: Transaction) -> None:
    number = cases.open_case(tx, HELD)
    cases.set_state(tx, number, CaseState.HELD, NOW)
    assert cases.get(tx, number).held_reason == "unknown sender"
    cases.set_state(tx, number, CaseState.NEW, NOW + timedelta(hours=1))
    found = cases.get_for_change(tx, number)
    assert (found.state, found.held_reason, found.changed_at) == (CaseState.NEW, "", NOW + timedelta(hours=1))


def test_a_round_follows_the_one_before(tx: Transaction) -> None:
    number = cases.open_case(tx, replace(HELD, state=CaseState.ANSWERED))
    due = NOW + timedelta(days=10)
    assert cases.start_round(tx, number, due, NOW) == 2
    found = cases.get(tx, number)
    assert (found.round, found.state, found.due_at) == (2, CaseState.NEW, due)
    assert cases.start_round(tx, number, due, NOW) == 3


def test_a_case_gets_its_teacher_when_the_register_knows(tx: Transaction) -> None:
    entry = TeacherEntry(PersonEntry("水原 遥香", "", (SENDER,)), None, "教諭", 12, "小学校", Plan.TRIAL)
    teacher = teachers.save_teacher(tx, None, entry)
    number = cases.open_case(tx, HELD)
    cases.set_teacher(tx, number, teacher.id, NOW)
    assert (cases.get(tx, number).teacher_id, cases.get(tx, number).due_at) == (teacher.id, NOW)


def test_tags_are_a_set_in_the_order_of_their_coming(tx: Transaction) -> None:
    number = cases.open_case(tx, HELD)
    cases.tag(tx, number, ["いじめ", "いじめ"])
    cases.tag(tx, number, ["保護者", "いじめ"])
    assert cases.tags(tx, number) == ("いじめ", "保護者")
    cases.untag(tx, number, ["いじめ", "nothing"])
    assert cases.tags(tx, number) == ("保護者",)


def test_notes_stand_in_their_order(tx: Transaction) -> None:
    number = cases.open_case(tx, HELD)
    cases.add_note(tx, number, "operator:yui", "電話で確認", NOW)
    cases.add_note(tx, number, "operator:ken", "了解", NOW)
    assert cases.notes(tx, number) == [Note("operator:yui", NOW, "電話で確認"), Note("operator:ken", NOW, "了解")]


def test_the_list_is_narrowed_by_state_and_assignee(tx: Transaction) -> None:
    held = cases.open_case(tx, HELD)
    new = cases.open_case(tx, replace(HELD, state=CaseState.NEW, due_at=NOW))
    closed = cases.open_case(tx, replace(HELD, state=CaseState.CLOSED, due_at=NOW + timedelta(days=1)))
    cases.assign(tx, closed, "yui", NOW)
    tx.session.flush()

    def numbers(*given: object, **more: object) -> list[int]:
        return [one.number for one in cases.listing(tx, *given, **more)]  # type: ignore[arg-type]  # as in the calls below

    assert numbers([]) == [held, new, closed]
    assert numbers([CaseState.NEW, CaseState.CLOSED]) == [new, closed]
    assert numbers([], "yui") == [closed]
    assert numbers([], charge=None) == [held, new, closed]


def test_a_limit_leaves_out_what_is_over_and_never_what_waits_longest(tx: Transaction) -> None:
    states = ("closed", "held", "withdrawn", "new", "open", "spam", "answered")
    opened = {state: cases.open_case(tx, replace(HELD, state=CaseState(state), due_at=NOW)) for state in states}
    waiting = [opened[state] for state in ("held", "new", "open", "answered")]

    def numbers(limit: int | None, *asked: CaseState) -> list[int]:
        return [one.number for one in cases.listing(tx, asked, limit=limit)]

    assert numbers(None) == list(opened.values())
    assert [numbers(limit) for limit in (0, 1, 3, 4)] == [[], waiting[:1], waiting[:3], waiting]
    assert numbers(5) == sorted((*waiting, opened["spam"])), "the newest of those that are over"
    assert numbers(1, CaseState.CLOSED, CaseState.SPAM) == [opened["spam"]]
    assert (cases.count(tx, []), cases.count(tx, [CaseState.CLOSED]), cases.count(tx, [], "yui")) == (7, 1, 0)


def test_held_cases_are_found_by_any_spelling_of_the_address(tx: Transaction) -> None:
    held = cases.open_case(tx, HELD)
    cases.open_case(tx, replace(HELD, state=CaseState.NEW))
    cases.open_case(tx, replace(HELD, sender=Address("other", "minami.example")))
    cases.open_case(tx, replace(HELD, sender=None))
    assert cases.held_of(tx, [Address("x", "y.example"), Address("HARUKA", "minami.example")]) == [held]
    assert cases.held_of(tx, []) == []


def test_quiet_cases_are_those_without_a_change_since(tx: Transaction) -> None:
    old = cases.open_case(tx, replace(HELD, state=CaseState.ANSWERED))
    cases.open_case(tx, replace(HELD, state=CaseState.ANSWERED, received_at=NOW + timedelta(days=2)))
    cases.open_case(tx, HELD)
    assert cases.quiet_since(tx, CaseState.ANSWERED, NOW + timedelta(days=1)) == [old]


def test_an_unknown_case_is_not_found(tx: Transaction) -> None:
    for look in (cases.get, cases.get_for_change):
        with pytest.raises(NotFound, match="no case 99"):
            look(tx, 99)
    with pytest.raises(NotFound):
        cases.add_note(tx, 99, "operator:yui", "?", NOW)
