"""How people are told of in real mails: frozen for the quarter in which the case came in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from mailgate.desk.attributes import Level, Side
from mailgate.desk.entries import MemberEntry, PersonEntry
from mailgate.desk.people import Member, MemberKind, MemberStatus
from mailgate.flow import compilation, shown
from mailgate.mail.address import Address
from mailgate.store import cases, levels, members
from mailgate.store.tables import LevelRow

LAWYER, COMMON = "弁護士", "協力者"
IN_DECEMBER = datetime(2025, 12, 20, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_the_last_quarter_of_the_year(request: pytest.FixtureRequest) -> None:
    """The contract of the desk's school ends in March: so two quarters lie in it."""
    name = "desk" if "desk" in request.fixturenames else "quick_desk"
    request.getfixturevalue(name).clock.now = IN_DECEMBER


@pytest.fixture
def crowd(quick_desk: Any) -> Any:
    """A desk that hides whoever is one of fewer than two; 24 lawyers and former teachers beside its three members."""
    desk = quick_desk.with_policy(k_anonymity=2)
    for number in range(24):
        join(desk, number, MemberKind.LAWYER if number % 2 else MemberKind.FORMER_TEACHER)
    return desk


def join(desk: Any, number: int, kind: MemberKind = MemberKind.LAWYER) -> Member:
    years = 30 if kind is MemberKind.FORMER_TEACHER else None
    person = PersonEntry(f"会員 第{number}", "", (Address(f"m{number}", "crowd.example"),))
    with desk.office.write() as ctx:
        member = members.save_member(ctx.tx, None, MemberEntry(person, kind, years, "", (), (), None))
        members.set_member_status(ctx.tx, member.id, MemberStatus.ACTIVE)
    return member


def retire(desk: Any, member: Member) -> None:
    with desk.office.write() as ctx:
        members.set_member_status(ctx.tx, member.id, MemberStatus.RETIRED)


def told(desk: Any, number: int, *authors: Member) -> list[str]:
    with desk.office.read() as ctx:
        found: list[str] = shown.words_of_authors(ctx, cases.get(ctx.tx, number), authors or [lucky(desk)])
        return found


def lucky(desk: Any) -> Member:
    """A lawyer whom the lot of no near quarter hides."""
    quarters = ("2025Q4", "2026Q1", "2026Q2")
    with desk.office.read() as ctx:
        return next(
            one
            for one in members.all_members(ctx.tx)
            if one.kind is MemberKind.LAWYER and min(shown._lot(ctx, one.person.id, each) for each in quarters) > 0.1
        )


def count(desk: Any) -> int:
    with desk.office.read() as ctx:
        return int(ctx.tx.session.scalar(select(func.count()).select_from(LevelRow)) or 0)


def test_the_snapshots_are_kept_once_by_the_first_invitation(desk: Any) -> None:
    first = desk.open_case()
    assert count(desk) == 0  # not on the path of a mail
    desk.invite(first)
    assert count(desk) == 2
    second = desk.open_case()
    desk.invite(second)
    assert count(desk) == 2
    desk.clock.advance(days=40)
    desk.invite(desk.open_case())
    assert count(desk) == 4


def test_who_looks_at_the_answer_keeps_nothing_and_sees_what_will_be_kept(crowd: Any) -> None:
    number = crowd.open_case()
    before = told(crowd, number)
    assert count(crowd) == 0
    crowd.invite(number)
    assert told(crowd, number) == before == [LAWYER]


def test_a_registration_changes_nothing_for_cases_of_the_quarter(crowd: Any) -> None:
    """Thirteen lawyers are too few; those who join make them enough from the next quarter on."""
    desk = crowd.with_policy(k_anonymity=14)
    number = desk.open_case()
    desk.invite(number)
    before = told(desk, number)
    for place in range(100, 120):
        join(desk, place, MemberKind.LAWYER if place % 2 else MemberKind.FORMER_TEACHER)
    assert told(desk, number) == before == told(desk, desk.open_case())
    desk.clock.advance(days=40)
    assert told(desk, desk.open_case()) != before


def test_a_case_keeps_the_quarter_in_which_it_came_in(crowd: Any) -> None:
    number = crowd.open_case()
    crowd.invite(number)
    crowd.clock.advance(days=40)
    with crowd.office.read() as ctx:
        assert shown._quarter(ctx, cases.get(ctx.tx, number)) == "2025Q4"
    assert told(crowd, number) == [LAWYER]


def test_a_cell_that_gets_too_small_is_hidden_at_once(crowd: Any) -> None:
    number = crowd.open_case()
    crowd.invite(number)
    kept = lucky(crowd)
    with crowd.office.read() as ctx:
        others = [one for one in members.all_members(ctx.tx) if one.kind is MemberKind.LAWYER and one.id != kept.id]
    assert told(crowd, number, kept) == [LAWYER]
    for one in others:
        retire(crowd, one)
    assert told(crowd, number, kept) == [COMMON]


def test_who_was_told_of_coarsely_is_never_told_of_more_finely(crowd: Any) -> None:
    """In a small register only the group is told; the register grows, and the next quarter tells the others' roles."""
    desk = crowd
    with desk.office.write() as ctx:
        grown = [one for one in members.all_members(ctx.tx) if one.person.addresses[0].domain == "crowd.example"]
        for one in grown[4:]:
            members.set_member_status(ctx.tx, one.id, MemberStatus.PAUSED)
    desk.members[0] = lucky(desk)
    desk.answered_case()
    with desk.office.write() as ctx:
        for one in grown:
            members.set_member_status(ctx.tx, one.id, MemberStatus.ACTIVE)
    desk.clock.advance(days=40)
    later = desk.open_case()
    desk.invite(later, 1)
    with desk.office.read() as ctx:
        kept = [one.snapshot.level for one in levels.all_of(ctx.tx, Side.MEMBER)]
    assert kept == [Level.L1, Level.L7]
    newcomer = next(one for one in grown[4:] if one.kind is MemberKind.LAWYER and told(desk, later, one) != [COMMON])
    assert told(desk, later, newcomer) == [LAWYER]
    assert told(desk, later, desk.members[0]) == ["専門職・教育関係者"]


def test_the_lot_of_a_person_is_the_same_all_quarter_and_another_in_the_next(quick_desk: Any) -> None:
    with quick_desk.office.read() as ctx:
        lots = [
            [shown._lot(ctx, person, quarter) for person in range(500)] for quarter in ("2025Q4", "2025Q4", "2026Q1")
        ]
    assert lots[0] == lots[1]
    assert lots[0] != lots[2]
    assert 0.03 < sum(one < 0.075 for one in lots[0]) / 500 < 0.12


def test_nothing_of_anybody_stands_in_a_snapshot(desk: Any) -> None:
    desk.answered_case()
    with desk.office.read() as ctx:
        written = " ".join(str(vars(row)) for row in ctx.tx.session.scalars(select(LevelRow)))
    assert "弁護士" in written
    handles = [one.handle for one in desk.members]
    assert [word for word in ("水原", "戸田", "haruka", "toda", "南小", *handles) if word in written] == []


def test_what_is_reported_is_what_is_in_force(quick_desk: Any) -> None:
    desk = quick_desk.with_policy(k_anonymity=2)
    with desk.office.read() as ctx:
        before = shown.in_force(ctx)
    assert [(one.snapshot.side, one.frozen_at, one.people) for one in before] == [
        (Side.TEACHER, None, "0 to 19"),
        (Side.MEMBER, None, "0 to 19"),
    ]
    desk.invite(desk.open_case())
    with desk.office.read() as ctx:
        after = shown.in_force(ctx)
    assert [one.snapshot for one in after] == [one.snapshot for one in before]
    assert all(one.frozen_at is not None for one in after)
    assert [list(one.shares) for one in after] == [list(Level)[:7]] * 2


def test_since_when_a_level_is_in_force(quick_desk: Any) -> None:
    desk = quick_desk.with_policy(k_anonymity=2)
    desk.invite(desk.open_case())
    desk.clock.advance(days=40)
    desk.invite(desk.open_case())
    with desk.office.read() as ctx:
        assert {one.since.isoformat() for one in shown.in_force(ctx)} == {"2025-10-01"}
        assert {one.snapshot.quarter for one in shown.in_force(ctx)} == {"2026Q1"}


def test_the_answer_tells_of_its_authors_as_the_preview_did(crowd: Any) -> None:
    number = crowd.open_case()
    for invited in crowd.invite(number, 0, 1):
        crowd.comment(invited)
    crowd.approve_comments(number)
    seen = crowd.run(compilation.preview, number)
    crowd.run(compilation.answer, number, crowd.case(number).version)
    assert crowd.letter("answer").body.strip() == seen.body.strip()
