from __future__ import annotations

import gc
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from register_policy import POLICY
from sqlalchemy import func, select

from mailgate.desk.conflict import SAME_PERSON, SAME_SCHOOL, conflict
from mailgate.desk.csv_file import write_csv
from mailgate.desk.eligibility import MemberMove
from mailgate.desk.entries import SchoolEntry
from mailgate.desk.people import Affiliation, Contract, MemberKind, MemberStatus, Plan, Teacher
from mailgate.errors import BadInput, ChangedMeanwhile
from mailgate.flow import membership
from mailgate.flow.context import Context, Office
from mailgate.flow.import_register import COLUMNS, ImportPlan, Register, carry_out, plan_import
from mailgate.flow.import_rows import Effect
from mailgate.mail.address import Address
from mailgate.store import members, schools, teachers
from mailgate.store.database import Database
from mailgate.store.tables import AuditRow

SAMPLES = Path(__file__).parents[2] / "mailgate" / "demo" / "samples"
NOW = datetime(2026, 2, 10, 9, tzinfo=UTC)


@pytest.fixture
def office(empty_database: Database) -> Office:
    return Office(empty_database, POLICY, clock=lambda: NOW)


def _import(office: Office, kind: Register, octets: bytes, *, skip_bad: bool = False) -> ImportPlan:
    with office.read() as ctx:
        plan = plan_import(ctx, kind, octets)
    with office.write() as ctx:
        return carry_out(ctx, kind, plan, skip_bad=skip_bad)


def _plan(office: Office, kind: Register, octets: bytes) -> ImportPlan:
    with office.read() as ctx:
        return plan_import(ctx, kind, octets)


def _csv(kind: Register, *rows: dict[str, str]) -> bytes:
    names = [column.name for column in COLUMNS[kind]]
    return write_csv(names, [dict.fromkeys(names, "") | row for row in rows]).encode()


def _narrow(*rows: dict[str, str]) -> bytes:
    """A file that has only the columns of its first row."""
    return write_csv(list(rows[0]), rows).encode()


def _effects(plan: ImportPlan) -> list[tuple[int, Effect, tuple[str, ...]]]:
    return [(row.row, row.effect, row.fields) for row in plan.rows]


def _import_samples(office: Office) -> None:
    for kind, file in ((Register.SCHOOL, "schools"), (Register.TEACHER, "teachers"), (Register.MEMBER, "members")):
        _import(office, kind, (SAMPLES / f"{file}.csv").read_bytes())


MORITA = {"name": "森田 梓", "addresses": "morita@members.example.org", "kind": "元教員", "years": "31"}
ISHIDA = {"name": "石田 岳", "addresses": "ishida@nishi.example.jp", "plan": "trial", "years": "9"}
WEST = {"name": "森野市立西小学校", "municipality": "森野市", "aliases": "西小"}


def test_the_samples_become_the_register_that_they_describe(office: Office) -> None:
    _import_samples(office)
    with office.read() as ctx:
        hill, private, third = schools.all_schools(ctx.tx)
        assert (hill.name, hill.aliases, hill.municipality, hill.domains, hill.contracts) == (
            "岡里市立みどり台小学校",
            ("みどり台小", "緑台小"),
            "岡里市",
            ("midoridai-es.example.jp",),
            (Contract(date(2025, 2, 1), date(2026, 3, 31)),),
        )
        assert (private.name, third.domains) == ("私立青葉学園中学校", ())
        assert [
            (one.person.name, one.school.name if one.school else None, one.years, one.plan)
            for one in teachers.all_teachers(ctx.tx)
        ] == [
            ("佐々木 恵", hill.name, 12, Plan.SCHOOL),
            ("中村 翔太", None, 8, Plan.TRIAL),
            ("山口 由紀", private.name, 4, Plan.SCHOOL),
            ("古田 誠", third.name, 25, Plan.SCHOOL),
        ]
        found = members.all_members(ctx.tx)
        assert [(one.person.name, one.kind, one.years, one.status) for one in found] == [
            ("田中 花子", MemberKind.FORMER_TEACHER, 31, MemberStatus.APPLIED),
            ("緑川 一郎", MemberKind.LAWYER, None, MemberStatus.APPLIED),
            ("小川 みどり", MemberKind.PSYCHOLOGIST, None, MemberStatus.APPLIED),
            ("鈴木 健", MemberKind.EDUCATION, 15, MemberStatus.APPLIED),
            ("佐藤 光", MemberKind.TEACHER, 14, MemberStatus.APPLIED),
            ("高木 茂", MemberKind.FORMER_TEACHER, 28, MemberStatus.APPLIED),
            ("新井 蓮", MemberKind.TEACHER, 3, MemberStatus.APPLIED),
            ("中村 翔太", MemberKind.TEACHER, 8, MemberStatus.APPLIED),
        ]
        assert found[5].affiliations == (
            Affiliation("浜北町立第三小学校", third.id, 1990, 2005),
            Affiliation("岡里市立西小学校", None, 2005, 2018),
        )
        assert found[5].topics == ("部活動", "保護者対応")


def test_the_conflicts_of_the_samples_are_seen(office: Office) -> None:
    _import_samples(office)
    with office.read() as ctx:
        reasons = {
            (teacher.person.name, member.person.name): reason
            for teacher in teachers.all_teachers(ctx.tx)
            for member in members.all_members(ctx.tx)
            if (reason := conflict(teacher, member))
        }
    assert reasons == {
        ("佐々木 恵", "佐藤 光"): SAME_SCHOOL,
        ("中村 翔太", "中村 翔太"): SAME_PERSON,
        ("古田 誠", "高木 茂"): SAME_SCHOOL,
    }


@pytest.mark.parametrize(
    ("kind", "file"), [(Register.SCHOOL, "schools"), (Register.TEACHER, "teachers"), (Register.MEMBER, "members")]
)
def test_a_file_that_is_imported_again_changes_nothing(office: Office, kind: Register, file: str) -> None:
    _import_samples(office)
    octets = (SAMPLES / f"{file}.csv").read_bytes()
    assert {row.effect for row in _plan(office, kind, octets).rows} == {Effect.UNCHANGED}
    with office.read() as ctx:
        before = ctx.tx.session.scalar(select(func.count(AuditRow.id)))
    _import(office, kind, octets)
    with office.read() as ctx:
        assert ctx.tx.session.scalar(select(func.count(AuditRow.id))) == before


def test_an_import_updates_what_it_finds_by_address_or_name(office: Office) -> None:
    _import(office, Register.MEMBER, _csv(Register.MEMBER, MORITA))
    changed = _csv(
        Register.MEMBER, MORITA | {"years": "32", "addresses": "new@members.example.org;" + MORITA["addresses"]}
    )
    assert _effects(_import(office, Register.MEMBER, changed)) == [(2, Effect.CHANGED, ("addresses", "years"))]
    _import(office, Register.SCHOOL, _csv(Register.SCHOOL, WEST))
    spelled = _csv(Register.SCHOOL, WEST | {"name": "森野市立 西小学校", "aliases": "西小;西"})
    assert _effects(_import(office, Register.SCHOOL, spelled)) == [(2, Effect.CHANGED, ("name", "aliases"))]
    with office.read() as ctx:
        (member,) = members.all_members(ctx.tx)
        assert (member.years, member.person.addresses) == (
            32,
            (Address("new", "members.example.org"), Address("morita", "members.example.org")),
        )
        assert [one.aliases for one in schools.all_schools(ctx.tx)] == [("西小", "西")]


def test_a_new_contract_joins_the_old_ones(office: Office) -> None:
    first = WEST | {"contract_from": "2025-04-01", "contract_to": "2026-03-31"}
    second = WEST | {"contract_from": "2026-04-01", "contract_to": "2027-03-31"}
    longer = WEST | {"contract_from": "2025-04-01", "contract_to": "2026-03-30"}
    for row in (first, second):
        _import(office, Register.SCHOOL, _csv(Register.SCHOOL, row))
    plan = _import(office, Register.SCHOOL, _csv(Register.SCHOOL, longer))
    assert _effects(plan) == [(2, Effect.CHANGED, ("contract_to",))]
    with office.read() as ctx:
        (school,) = schools.all_schools(ctx.tx)
    assert school.contracts == (
        Contract(date(2025, 4, 1), date(2026, 3, 30)),
        Contract(date(2026, 4, 1), date(2027, 3, 31)),
    )


def test_teacher_and_member_with_one_address_are_one_person_with_all_addresses(office: Office) -> None:
    _import(office, Register.TEACHER, _csv(Register.TEACHER, ISHIDA | {"gender": "男性"}))
    as_member = MORITA | {"name": "石田 岳", "addresses": "gaku@carrier.example.jp;ishida@nishi.example.jp"}
    _import(office, Register.MEMBER, _csv(Register.MEMBER, as_member))
    again = _import(office, Register.TEACHER, _csv(Register.TEACHER, ISHIDA))
    with office.read() as ctx:
        (teacher,), (member,) = teachers.all_teachers(ctx.tx), members.all_members(ctx.tx)
    assert teacher.person == member.person
    assert (member.person.gender, len(member.person.addresses)) == ("男性", 2)
    assert _effects(again) == [(2, Effect.CHANGED, ("addresses",))]
    assert _effects(_plan(office, Register.TEACHER, _csv(Register.TEACHER, ISHIDA))) == [(2, Effect.UNCHANGED, ())]


BAD = MORITA | {"name": "新しい 人", "addresses": "b@example.org", "years": "abc", "kind": "医師"}


def test_one_bad_row_stops_the_whole_file(office: Office) -> None:
    octets = _csv(Register.MEMBER, MORITA, BAD)
    with pytest.raises(BadInput) as caught:
        _import(office, Register.MEMBER, octets)
    assert caught.value.problems == (
        "row 3, kind: '医師' is not one of 教員, 元教員, 弁護士, 臨床心理士, 教育関係",
        "row 3, years: 'abc' is not a whole number",
    )
    with office.read() as ctx:
        assert members.all_members(ctx.tx) == []


def test_bad_rows_can_be_left_out(office: Office) -> None:
    plan = _import(office, Register.MEMBER, _csv(Register.MEMBER, BAD, MORITA), skip_bad=True)
    assert (_effects(plan), len(plan.problems)) == ([(3, Effect.NEW, ())], 2)
    with office.read() as ctx:
        assert [one.person.name for one in members.all_members(ctx.tx)] == ["森田 梓"]


@pytest.mark.parametrize(
    ("kind", "first", "second", "problem"),
    [
        (
            Register.SCHOOL,
            WEST,
            WEST,
            "row 3: the same school, or one with such a name or alias, stands in row 2 already",
        ),
        (
            Register.MEMBER,
            MORITA,
            MORITA | {"addresses": "other@example.org;MORITA@members.example.org"},
            "row 3: the same member or address stands in row 2 already",
        ),
    ],
)
def test_what_stands_twice_in_a_file_is_a_problem(
    office: Office, kind: Register, first: dict[str, str], second: dict[str, str], problem: str
) -> None:
    assert _plan(office, kind, _csv(kind, first, second)).problems == (problem,)


def test_a_person_who_stands_twice_under_two_addresses_is_a_problem(office: Office) -> None:
    both = MORITA | {"addresses": "a@example.org;b@example.org"}
    _import(office, Register.MEMBER, _csv(Register.MEMBER, both))
    split = _csv(Register.MEMBER, MORITA | {"addresses": "a@example.org"}, MORITA | {"addresses": "b@example.org"})
    assert _plan(office, Register.MEMBER, split).problems == (
        "row 3: the same member or address stands in row 2 already",
    )


def test_a_row_with_the_addresses_of_two_people_is_a_problem(office: Office) -> None:
    two = _csv(Register.MEMBER, MORITA | {"addresses": "a@example.org"}, MORITA | {"addresses": "b@example.org"})
    _import(office, Register.MEMBER, two)
    mixed = _csv(Register.MEMBER, MORITA | {"addresses": "a@example.org;b@example.org"})
    assert _plan(office, Register.MEMBER, mixed).problems == (
        "row 2: the addresses belong to two different people in the register: 'mailgate teacher list --reveal REASON' "
        "and 'mailgate member list --reveal REASON' show whose they are",
    )


def test_nothing_is_written_when_the_register_is_no_longer_as_shown(office: Office) -> None:
    octets = _csv(Register.MEMBER, MORITA)
    shown = _plan(office, Register.MEMBER, octets)
    _import(office, Register.MEMBER, _csv(Register.MEMBER, MORITA | {"years": "3"}))
    with pytest.raises(ChangedMeanwhile), office.write() as ctx:
        carry_out(ctx, Register.MEMBER, shown, skip_bad=False)
    with office.read() as ctx:
        assert [one.years for one in members.all_members(ctx.tx)] == [3]


def test_what_is_the_same_as_when_it_was_shown_is_not_compared_once_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = _plan(office, Register.MEMBER, _csv(Register.MEMBER, MORITA))

    def compared(*_: object, **__: object) -> None:
        raise AssertionError("the plan of the same rows and the same register is the same")

    monkeypatch.setattr("mailgate.flow.import_register._plan_row", compared)
    with office.write() as ctx:
        assert carry_out(ctx, Register.MEMBER, shown, skip_bad=False) == shown
    with pytest.raises(AssertionError, match="the plan of the same rows"), office.write() as ctx:
        carry_out(ctx, Register.MEMBER, shown, skip_bad=False)  # they are there now


@pytest.mark.parametrize("as_new", [False, True])
def test_what_changed_elsewhere_in_the_register_stops_nobody(office: Office, as_new: bool) -> None:
    octets = _csv(Register.MEMBER, MORITA)
    shown = _plan(office, Register.MEMBER, octets)
    _import(office, Register.SCHOOL, _csv(Register.SCHOOL, WEST))
    with office.write() as ctx:
        carry_out(ctx, Register.MEMBER, shown, skip_bad=False, as_new=as_new)
    with office.read() as ctx:
        assert len(members.all_members(ctx.tx)) == 1


def test_python_looks_for_rubbish_as_usual_after_an_import(office: Office) -> None:
    usual = gc.get_threshold()
    with pytest.raises(BadInput), office.read() as ctx:
        plan_import(ctx, Register.MEMBER, b"")
    _import(office, Register.MEMBER, _csv(Register.MEMBER, MORITA))
    assert gc.get_threshold() == usual


def test_new_and_changed_teachers_are_announced(office: Office) -> None:
    told: list[str] = []

    def on_teacher(_: Context, teacher: Teacher) -> None:
        told.append(teacher.person.name)

    octets = _csv(Register.TEACHER, ISHIDA, ISHIDA | {"name": "大野 周", "addresses": "ono@example.jp"})
    changed = _csv(
        Register.TEACHER, ISHIDA | {"years": "10"}, ISHIDA | {"name": "大野 周", "addresses": "ono@example.jp"}
    )
    for file in (octets, octets, changed):
        plan = _plan(office, Register.TEACHER, file)
        with office.write() as ctx:
            carry_out(ctx, Register.TEACHER, plan, skip_bad=False, on_teacher=on_teacher)
    assert told == ["石田 岳", "大野 周", "石田 岳"]


def test_the_audit_log_names_columns_and_nobody(office: Office) -> None:
    _import(office, Register.MEMBER, _csv(Register.MEMBER, MORITA))
    _import(office, Register.MEMBER, _csv(Register.MEMBER, MORITA | {"years": "32"}))
    with office.read() as ctx:
        (member,) = members.all_members(ctx.tx)
        lines = [
            (row.action, row.subject, row.detail) for row in ctx.tx.session.scalars(select(AuditRow).order_by("id"))
        ]
    assert lines == [("member import", member.handle, ""), ("member import", member.handle, "years")]


def test_a_teacher_of_a_school_that_is_not_registered_is_a_problem(office: Office) -> None:
    row = ISHIDA | {"plan": "school", "school": "西小"}
    assert _plan(office, Register.TEACHER, _csv(Register.TEACHER, row)).problems == (
        "row 2, school: '西小' is not registered: add the school first ('mailgate school add')",
    )
    _import(office, Register.SCHOOL, _csv(Register.SCHOOL, WEST))
    assert _effects(_plan(office, Register.TEACHER, _csv(Register.TEACHER, row))) == [(2, Effect.NEW, ())]


def test_a_known_member_keeps_the_status(office: Office) -> None:
    _import(office, Register.MEMBER, _csv(Register.MEMBER, MORITA))
    with office.write() as ctx:
        (member,) = members.all_members(ctx.tx)
        membership.move_members(ctx, MemberMove.ACTIVATE, [member.handle])
    _import(office, Register.MEMBER, _csv(Register.MEMBER, MORITA | {"years": "32"}))
    with office.read() as ctx:
        assert members.member(ctx.tx, member.id).status is MemberStatus.ACTIVE


def test_a_name_of_another_school_is_a_problem_of_the_row(office: Office) -> None:
    _import(office, Register.SCHOOL, _csv(Register.SCHOOL, WEST))
    hill = {"name": "山里市立西小学校", "municipality": "山里市", "aliases": "山里西小;西小学校"}
    with office.read() as ctx:
        (west,) = schools.all_schools(ctx.tx)
    assert _plan(office, Register.SCHOOL, _csv(Register.SCHOOL, hill)).problems == (
        f"row 2: '西小学校' is a name of {west.handle} (森野市立西小学校) already: leave it out here, "
        f"or take it from there ('mailgate school edit {west.handle}')",
    )


def test_a_row_is_told_with_all_that_is_wrong_with_it(office: Office) -> None:
    _import(office, Register.SCHOOL, _csv(Register.SCHOOL, WEST))
    _import(office, Register.TEACHER, _csv(Register.TEACHER, ISHIDA | {"school": "西小", "plan": "school"}))
    two = _csv(Register.MEMBER, MORITA | {"addresses": "a@example.org"}, MORITA | {"addresses": "b@example.org"})
    _import(office, Register.MEMBER, two)
    with office.read() as ctx:
        (west,), (ishida,) = schools.all_schools(ctx.tx), teachers.all_teachers(ctx.tx)
    days = {"contract_from": "2026-02-30", "contract_to": "2027-03-31"}
    hill = {"name": "山里市立西小学校", "municipality": "山里市", "aliases": "西小学校"} | days
    east = {"name": "東小学校", "aliases": "山里東小"}
    namesake = ISHIDA | {"addresses": "gaku@nishi.example.jp", "school": "西小", "plan": "school", "years": "long"}
    between = MORITA | {"addresses": "a@example.org;b@example.org", "years": "long"}
    assert _plan(office, Register.SCHOOL, _csv(Register.SCHOOL, hill)).problems == (
        "row 2, contract_from: '2026-02-30' is not a day such as 2026-04-01: no calendar has it",
        f"row 2: '西小学校' is a name of {west.handle} (森野市立西小学校) already: leave it out here, "
        f"or take it from there ('mailgate school edit {west.handle}')",
    )
    assert _plan(office, Register.SCHOOL, _csv(Register.SCHOOL, east, east | days)).problems == (
        "row 3, contract_from: '2026-02-30' is not a day such as 2026-04-01: no calendar has it",
        "row 3: the same school, or one with such a name or alias, stands in row 2 already",
    )
    assert _plan(office, Register.TEACHER, _csv(Register.TEACHER, namesake)).problems == (
        "row 2, years: 'long' is not a whole number",
        f"row 2, addresses: may be the same as {ishida.handle} (same name and place, another address): if so, write "
        "the old address behind the new one, else import with --as-new",
    )
    assert _plan(office, Register.MEMBER, _csv(Register.MEMBER, between)).problems == (
        "row 2, years: 'long' is not a whole number",
        "row 2: the addresses belong to two different people in the register: 'mailgate teacher list --reveal REASON' "
        "and 'mailgate member list --reveal REASON' show whose they are",
    )


def test_one_name_for_two_schools_of_a_file_is_a_problem(office: Office) -> None:
    hill = {"name": "山里市立西小学校", "municipality": "山里市", "aliases": "西小学校"}
    assert _plan(office, Register.SCHOOL, _csv(Register.SCHOOL, WEST, hill)).problems == (
        "row 3: the same school, or one with such a name or alias, stands in row 2 already",
    )


def test_a_name_that_may_be_two_schools_is_told_with_their_handles(office: Office) -> None:
    with office.write() as ctx:  # as a register may have them from before
        one = schools.save_school(ctx.tx, None, SchoolEntry("森野市立西小学校", ("西小",), "森野市"))
        other = schools.save_school(ctx.tx, None, SchoolEntry("山里市立西小学校", ("西小",), "山里市"))
    both = f"{one.handle} (森野市立西小学校) or {other.handle} (山里市立西小学校)"
    row = ISHIDA | {"plan": "", "school": "西小"}
    assert _plan(office, Register.TEACHER, _csv(Register.TEACHER, row)).problems == (
        f"row 2, school: '西小' may be {both}: write the handle",
    )
    plan = _plan(office, Register.MEMBER, _csv(Register.MEMBER, MORITA | {"affiliations": "西小:1999-2004"}))
    assert (plan.problems, plan.remarks) == (
        (),
        (f"row 2, affiliations: '西小' may be {both}: the member counts as of each; a handle says which",),
    )
    by_handle = {"school": other.handle.lower(), "affiliations": f"{other.handle}:1999-2004"}
    _import(office, Register.TEACHER, _csv(Register.TEACHER, row | {"school": by_handle["school"]}))
    _import(office, Register.MEMBER, _csv(Register.MEMBER, MORITA | {"affiliations": by_handle["affiliations"]}))
    with office.read() as ctx:
        (teacher,), (member,) = teachers.all_teachers(ctx.tx), members.all_members(ctx.tx)
    assert (teacher.school, teacher.plan) == (other, Plan.SCHOOL)
    assert member.affiliations == (Affiliation("山里市立西小学校", other.id, 1999, 2004),)


def test_what_a_file_has_no_column_for_stays_as_it_is(office: Office) -> None:
    west = WEST | {"domains": "nishi.example.jp", "contract_from": "2026-04-01", "contract_to": "2027-03-31"}
    _import(office, Register.SCHOOL, _csv(Register.SCHOOL, west))
    _import(office, Register.TEACHER, _csv(Register.TEACHER, ISHIDA | {"school": "西小", "role": "教頭"}))
    _import(office, Register.MEMBER, _csv(Register.MEMBER, MORITA | {"topics": "法律", "affiliations": "西小:1999-"}))
    school = _narrow({"name": "森野市立西小学校", "aliases": "西小;西"})
    assert _effects(_import(office, Register.SCHOOL, school)) == [(2, Effect.CHANGED, ("aliases",))]
    teacher = _narrow({"addresses": ISHIDA["addresses"], "name": "石田 岳", "years": "10"})
    assert _effects(_import(office, Register.TEACHER, teacher)) == [(2, Effect.CHANGED, ("years",))]
    member = _narrow({"name": "森田 梓", "addresses": MORITA["addresses"], "kind": "弁護士"})
    assert _effects(_import(office, Register.MEMBER, member)) == [(2, Effect.CHANGED, ("kind",))]
    with office.read() as ctx:
        (kept,) = schools.all_schools(ctx.tx)
        (taught,), (asked,) = teachers.all_teachers(ctx.tx), members.all_members(ctx.tx)
    assert (kept.municipality, kept.domains, len(kept.contracts)) == ("森野市", ("nishi.example.jp",), 1)
    assert (taught.school, taught.role, taught.years, taught.plan) == (kept, "教頭", 10, Plan.TRIAL)
    assert (asked.topics, asked.years, asked.affiliations) == (
        ("法律",),
        31,
        (Affiliation("西小", kept.id, 1999, None),),
    )


def test_a_file_with_japanese_headings_and_the_needed_columns_alone(office: Office) -> None:
    octets = "氏名,メールアドレス,区分\n森田 梓,morita@members.example.org,弁護士\n".encode("cp932")
    _import(office, Register.MEMBER, octets)
    octets = "氏名,メールアドレス\n石田 岳,ishida@nishi.example.jp\n".encode()
    _import(office, Register.TEACHER, octets)
    with office.read() as ctx:
        assert [one.kind for one in members.all_members(ctx.tx)] == [MemberKind.LAWYER]
        assert [one.plan for one in teachers.all_teachers(ctx.tx)] == [Plan.TRIAL]
