from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from register_policy import POLICY
from sqlalchemy import select

from mailgate.desk.eligibility import MemberMove
from mailgate.desk.entries import MemberEntry, PersonEntry, SchoolEntry, TeacherEntry, entry_of_school, entry_of_teacher
from mailgate.desk.people import Affiliation, Contract, MemberKind, MemberStatus, Plan, Teacher
from mailgate.errors import NotFound, Refused
from mailgate.flow import membership, register
from mailgate.flow.context import Context, Office
from mailgate.mail.address import Address
from mailgate.store import members, schools
from mailgate.store.database import Database
from mailgate.store.tables import AuditRow

NOW = datetime(2026, 2, 10, 9, tzinfo=UTC)
WEST = SchoolEntry("森野市立西小学校", ("西小",), "森野市")
ISHIDA = PersonEntry("石田 岳", "いしだ がく", (Address("ishida", "nishi.example.jp"),), "30代", "男性")
MORITA = PersonEntry("森田 梓", "もりた あずさ", (Address("morita", "members.example.org"),))
TEACHER = TeacherEntry(ISHIDA, None, "教員", 9, "小学校", Plan.TRIAL)
MEMBER = MemberEntry(MORITA, MemberKind.FORMER_TEACHER, 31, "", (), (), 4)


@pytest.fixture
def office(empty_database: Database) -> Office:
    return Office(empty_database, POLICY, clock=lambda: NOW)


@pytest.fixture
def ctx(office: Office) -> Iterator[Context]:
    with office.write("operator:test") as ctx:
        yield ctx


def _audit(ctx: Context) -> list[tuple[str, str, str]]:
    ctx.tx.session.flush()
    return [(row.action, row.subject, row.detail) for row in ctx.tx.session.scalars(select(AuditRow).order_by("id"))]


def test_every_addition_stands_in_the_audit_log_by_handle_alone(ctx: Context) -> None:
    school = register.add_school(ctx, WEST)
    teacher = register.add_teacher(ctx, TEACHER)
    member = register.add_member(ctx, MEMBER)
    assert _audit(ctx) == [
        ("school add", school.handle, ""),
        ("teacher add", teacher.handle, ""),
        ("member add", member.handle, ""),
    ]


def test_a_school_is_registered_once_however_it_is_spelled(ctx: Context) -> None:
    school = register.add_school(ctx, WEST)
    with pytest.raises(Refused, match=f"森野市立西小 is registered already: 'mailgate school edit {school.handle}'"):
        register.add_school(ctx, SchoolEntry("森野市立西小", (), "森野市"))
    other = register.add_school(ctx, SchoolEntry("山里市立西小学校", (), "山里市"))
    with pytest.raises(Refused, match=f"another school has the name .*: 'mailgate school show {school.handle}'"):
        register.edit_school(ctx, other, WEST)
    assert register.edit_school(ctx, school, replace(WEST, aliases=())).aliases == ()


@pytest.mark.parametrize("alias", ["西小", "西小学校", "ﾆｼ小", "森野市立西小"])
def test_a_name_of_another_school_is_refused_with_its_handle(ctx: Context, alias: str) -> None:
    school = register.add_school(ctx, replace(WEST, aliases=("西小", "ニシ小")))
    reason = (
        f"'{alias}' is a name of {school.handle} (森野市立西小学校) already: leave it out here, "
        f"or take it from there ('mailgate school edit {school.handle}')"
    )
    entry = SchoolEntry("山里市立西小学校", ("山里西小",), "山里市")
    with pytest.raises(Refused) as caught:
        register.add_school(ctx, replace(entry, aliases=("山里西小", alias)))
    assert caught.value.reason == reason
    other = register.add_school(ctx, entry)
    with pytest.raises(Refused) as caught:
        register.edit_school(ctx, other, replace(entry, aliases=(alias,)))
    assert caught.value.reason == reason
    assert schools.school(ctx.tx, other.id).aliases == ("山里西小",)


def test_an_alias_of_another_school_is_no_official_name(ctx: Context) -> None:
    school = register.add_school(ctx, replace(WEST, aliases=("森野学園",)))
    with pytest.raises(Refused, match=f"'森野学園' is a name of {school.handle}"):
        register.add_school(ctx, SchoolEntry("森野学園"))


def test_a_name_that_two_schools_have_from_before_locks_neither(ctx: Context) -> None:
    first = schools.save_school(ctx.tx, None, WEST)
    second = schools.save_school(ctx.tx, None, SchoolEntry("山里市立西小学校", ("西小",), "山里市"))
    changed = register.edit_school(ctx, second, replace(entry_of_school(second), domains=("nishi.example.jp",)))
    assert (changed.aliases, changed.domains) == (("西小",), ("nishi.example.jp",))
    assert register.edit_school(ctx, first, replace(WEST, aliases=())).aliases == ()
    with pytest.raises(Refused, match=f"'西小' is a name of {second.handle}"):
        register.edit_school(ctx, schools.school(ctx.tx, first.id), WEST)


@pytest.mark.parametrize("called", ["森野市立西小学校", "西小"])
def test_a_contract_is_for_the_school_that_is_called_so(ctx: Context, called: str) -> None:
    school = register.add_school(ctx, WEST)
    year = Contract(date(2026, 4, 1), date(2027, 3, 31))
    assert register.add_contract(ctx, called, year).contracts == (year,)
    assert register.add_contract(ctx, school.handle.lower(), year).contracts == (year,)


def test_nobody_is_a_teacher_or_a_member_twice(ctx: Context) -> None:
    teacher, member = register.add_teacher(ctx, TEACHER), register.add_member(ctx, MEMBER)
    with pytest.raises(Refused, match=f"registered already: 'mailgate teacher edit {teacher.handle}'"):
        register.add_teacher(ctx, TEACHER)
    with pytest.raises(Refused, match=f"registered already: 'mailgate member edit {member.handle}'"):
        register.add_member(ctx, MEMBER)


def test_one_person_may_be_teacher_and_member(ctx: Context) -> None:
    teacher = register.add_teacher(ctx, TEACHER)
    home = Address("gaku", "carrier.example.jp")
    person = PersonEntry("石田 岳", "", (home, *ISHIDA.addresses))
    member = register.add_member(ctx, replace(MEMBER, person=person))
    assert member.person.id == teacher.person.id
    assert (member.person.addresses, member.person.kana) == ((home, *ISHIDA.addresses), "いしだ がく")


def test_a_registered_teacher_is_announced(ctx: Context) -> None:
    told: list[Teacher] = []
    teacher = register.add_teacher(ctx, TEACHER, lambda _, one: told.append(one))
    edited = register.edit_teacher(
        ctx, teacher, replace(entry_of_teacher(teacher), years=10), lambda _, one: told.append(one)
    )
    assert told == [teacher, edited]


def test_a_contract_announces_all_teachers_of_the_school(ctx: Context) -> None:
    school = register.add_school(ctx, WEST)
    register.add_teacher(ctx, replace(TEACHER, school_id=school.id, plan=Plan.SCHOOL))
    told: list[tuple[Contract, ...]] = []
    year = Contract(date(2026, 4, 1), date(2027, 3, 31))

    def on_teacher(_: Context, teacher: Teacher) -> None:
        assert teacher.school is not None
        told.append(teacher.school.contracts)

    register.add_contract(ctx, school.handle, year, on_teacher)
    longer = replace(year, ends_on=date(2028, 3, 31))
    earlier = Contract(date(2025, 4, 1), date(2026, 3, 31))
    register.add_contract(ctx, school.handle, longer, on_teacher)
    register.add_contract(ctx, school.handle, earlier, on_teacher)
    assert told == [(year,), (longer,), (earlier, longer)]


def test_a_contract_that_ends_before_it_starts_is_refused(ctx: Context) -> None:
    school = register.add_school(ctx, WEST)
    with pytest.raises(Refused, match="cannot end"):
        register.add_contract(ctx, school.handle, Contract(date(2026, 4, 1), date(2026, 3, 31)))
    assert schools.school(ctx.tx, school.id).contracts == ()


def test_overlapping_contracts_are_refused_in_one_line(ctx: Context) -> None:
    school = register.add_school(ctx, replace(WEST, contracts=(Contract(date(2025, 4, 1), date(2026, 3, 31)),)))
    with pytest.raises(Refused) as caught:
        register.add_contract(ctx, school.handle, Contract(date(2026, 3, 1), date(2027, 3, 31)))
    assert caught.value.reason == (
        "the contract from 2026-03-01 to 2027-03-31 overlaps the one from 2025-04-01 to 2026-03-31: let it begin later"
    )
    longer = Contract(date(2025, 4, 1), date(2026, 4, 30))
    assert register.add_contract(ctx, school.handle, longer).contracts == (longer,)


def test_a_school_with_a_new_name_answers_to_the_old_one_too(ctx: Context) -> None:
    school = register.add_school(ctx, WEST)
    renamed = register.edit_school(ctx, school, replace(WEST, name="森野市立西の杜小学校"))
    assert (renamed.name, renamed.aliases) == ("森野市立西の杜小学校", ("西小", "森野市立西小学校"))
    assert schools.school_called(ctx.tx, "森野市立西小").id == school.id
    spelled = register.edit_school(ctx, renamed, replace(entry_of_school(renamed), name="森野市立西の杜小"))
    assert spelled.aliases == renamed.aliases


def test_a_merged_school_takes_over_everything(ctx: Context) -> None:
    first, second = Contract(date(2025, 4, 1), date(2026, 3, 31)), Contract(date(2026, 1, 1), date(2027, 3, 31))
    kept = register.add_school(ctx, replace(WEST, domains=("nishi.example.jp",), contracts=(first,)))
    gone = register.add_school(
        ctx, SchoolEntry("森野市立北小学校", ("北小",), "森野市", ("kita.example.jp", "nishi.example.jp"), (second,))
    )
    teacher = register.add_teacher(ctx, replace(TEACHER, school_id=gone.id, plan=Plan.SCHOOL))
    entry = replace(MEMBER, affiliations=(Affiliation("北小", None, 1990, 1999),))
    member = register.add_member(ctx, entry)
    told: list[Teacher] = []
    merged = register.merge_schools(ctx, kept, gone, lambda _, one: told.append(one))
    assert merged == replace(
        kept,
        aliases=("西小", "森野市立北小学校", "北小"),
        domains=("nishi.example.jp", "kita.example.jp"),
        contracts=(Contract(date(2025, 4, 1), date(2027, 3, 31)),),
    )
    assert [(one.id, one.school) for one in told] == [(teacher.id, merged)]
    assert members.member(ctx.tx, member.id).affiliations == (Affiliation("北小", kept.id, 1990, 1999),)
    assert schools.all_schools(ctx.tx) == [merged]
    assert _audit(ctx)[-1] == ("school merge", kept.handle, gone.handle)
    with pytest.raises(NotFound):
        schools.school_called(ctx.tx, gone.handle)
    with pytest.raises(Refused, match="cannot be merged with itself"):
        register.merge_schools(ctx, merged, merged)


def test_a_move_is_written_with_where_it_came_from(ctx: Context) -> None:
    member = register.add_member(ctx, MEMBER)
    (moved,) = membership.move_members(ctx, MemberMove.ACTIVATE, [member.handle, member.handle.lower()])
    assert (moved.member.status, members.member(ctx.tx, member.id).status) == (MemberStatus.ACTIVE, MemberStatus.ACTIVE)
    assert _audit(ctx)[-1] == ("member activate", member.handle, "applied to active")


def test_several_members_move_together_or_not_at_all(office: Office) -> None:
    with office.write() as ctx:
        good = register.add_member(ctx, MEMBER)
        novice = register.add_member(ctx, replace(MEMBER, person=ISHIDA, years=2))
    others = r".*\(nothing was done with the other 1\)$"
    with pytest.raises(Refused, match=f"{novice.handle} cannot be activated{others}"), office.write() as ctx:
        membership.move_members(ctx, MemberMove.ACTIVATE, [good.handle, novice.handle])
    with pytest.raises(NotFound), office.write() as ctx:
        membership.move_members(ctx, MemberMove.ACTIVATE, [good.handle, "M-0000"])
    with office.read() as ctx:
        assert [one.status for one in members.all_members(ctx.tx)] == [MemberStatus.APPLIED] * 2


def test_every_refusal_is_told_at_once(ctx: Context) -> None:
    one, two = register.add_member(ctx, MEMBER), register.add_member(ctx, replace(MEMBER, person=ISHIDA))
    with pytest.raises(Refused) as caught:
        membership.move_members(ctx, MemberMove.PAUSE, [one.handle, two.handle])
    assert caught.value.reason == "; ".join(
        f"{member.handle} is applied: first 'mailgate member activate {member.handle}', "
        f"then 'mailgate member pause {member.handle}'"
        for member in (one, two)
    )


def test_a_look_at_names_is_written_down_with_its_reason(ctx: Context) -> None:
    register.record_reveal(ctx, "member list", "all", " asked  by telephone\n")
    assert _audit(ctx) == [("member list", "all", "revealed: asked by telephone")]
    with pytest.raises(Refused, match="needs a reason"):
        register.record_reveal(ctx, "member list", "all", " ")
