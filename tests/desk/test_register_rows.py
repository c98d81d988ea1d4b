from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mailgate.desk.entries import MemberEntry, PersonEntry, SchoolEntry, TeacherEntry
from mailgate.desk.people import Affiliation, Contract, MemberKind, Person, Plan, School, Teacher
from mailgate.desk.register_columns import MEMBER_COLUMNS, SCHOOL_COLUMNS, TEACHER_COLUMNS
from mailgate.desk.register_rows import (
    addresses_in,
    cells_of_teacher,
    member_cells,
    member_entry,
    school_cells,
    school_entry,
    teacher_cells,
    teacher_entry,
    unclear_affiliations,
)
from mailgate.desk.table_file import Column
from mailgate.errors import BadInput
from mailgate.mail.address import Address

SCHOOLS = (
    School(4, "S-4444", "森野市立西小学校", ("西小",), "森野市", (), ()),
    School(5, "S-5555", "海辺町立第三小学校", ("三小",), "海辺町", (), ()),
    School(6, "S-6666", "森野市立第三小学校", ("三小",), "森野市", (), ()),
)
SCHOOL_ROW = {
    "name": "森野市立西小学校",
    "aliases": "西小;森野西小",
    "municipality": "森野市",
    "domains": "nishi.example.jp",
    "contract_from": "2025-04-01",
    "contract_to": "2026-03-31",
}
TEACHER_ROW = {
    "name": "石田 岳",
    "kana": "いしだ がく",
    "addresses": "ishida@nishi.example.jp;gaku..i.@carrier.example.jp",
    "school": "森野市立西小学校",
    "role": "教員",
    "years": "9",
    "age_band": "30代",
    "gender": "男性",
    "school_type": "小学校",
    "plan": "school",
}
MEMBER_ROW = {
    "name": "森田 梓",
    "kana": "もりた あずさ",
    "addresses": "morita@members.example.org",
    "kind": "元教員",
    "years": "31",
    "credential": "",
    "affiliations": "森野市立東小学校:1985-2016;山里市立西小学校:2019-;山里大学",
    "age_band": "60代",
    "gender": "女性",
    "topics": "保護者対応;学級経営",
    "monthly_limit": "4",
}
TEACHER = PersonEntry(
    "石田 岳",
    "いしだ がく",
    (Address("ishida", "nishi.example.jp"), Address("gaku..i.", "carrier.example.jp")),
    "30代",
    "男性",
)
MEMBER = PersonEntry("森田 梓", "もりた あずさ", (Address("morita", "members.example.org"),), "60代", "女性")


def test_a_row_is_read_as_it_is_written_back() -> None:
    school = SchoolEntry(
        "森野市立西小学校",
        ("西小", "森野西小"),
        "森野市",
        ("nishi.example.jp",),
        (Contract(date(2025, 4, 1), date(2026, 3, 31)),),
    )
    assert (school_entry(SCHOOL_ROW), school_cells(school)) == (school, SCHOOL_ROW)
    teacher = TeacherEntry(TEACHER, 4, "教員", 9, "小学校", Plan.SCHOOL)
    assert (teacher_entry(TEACHER_ROW, SCHOOLS), teacher_cells(teacher, SCHOOLS[0])) == (teacher, TEACHER_ROW)
    member = MemberEntry(
        MEMBER,
        MemberKind.FORMER_TEACHER,
        31,
        "",
        (
            Affiliation("森野市立東小学校", None, 1985, 2016),
            Affiliation("山里市立西小学校", None, 2019, None),
            Affiliation("山里大学", None, None, None),
        ),
        ("保護者対応", "学級経営"),
        4,
    )
    assert (member_entry(MEMBER_ROW, SCHOOLS), member_cells(member)) == (member, MEMBER_ROW)


def test_spreadsheet_habits_are_understood() -> None:
    odd = SCHOOL_ROW | {"contract_from": "2025/4/1", "contract_to": "2026/3/31", "aliases": " 西小 ；森野西小;;西小"}
    assert school_entry(odd) == school_entry(SCHOOL_ROW)
    wide = MEMBER_ROW | {
        "name": "森田　梓",
        "years": "３１",
        "age_band": "60s",
        "affiliations": "森野市立東小学校：1985〜2016;山里市立西小学校: 2019 -; 山里大学",
        "addresses": "morita@members.example.org;MORITA@members.example.org",
    }
    assert member_entry(wide, SCHOOLS) == member_entry(MEMBER_ROW, SCHOOLS)


@pytest.mark.parametrize(
    ("cell", "affiliation"),
    [
        ("東小学校:2001", Affiliation("東小学校", None, 2001, 2001)),
        ("東小学校:-2001", Affiliation("東小学校", None, None, 2001)),
        ("東小学校:-", Affiliation("東小学校", None, None, None)),
    ],
)
def test_half_known_periods_are_kept(cell: str, affiliation: Affiliation) -> None:
    assert member_entry(MEMBER_ROW | {"affiliations": cell}, SCHOOLS).affiliations == (affiliation,)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": " "}, "name: must not be empty"),
        ({"name": "森" * 101}, "name: is longer than 100 characters"),
        ({"name": "森田\x1b[31m"}, "name: has control characters"),
        ({"addresses": ""}, "addresses: must not be empty"),
        ({"addresses": "morita"}, "addresses: 'morita' is not a mail address"),
        ({"kind": "医師"}, "kind: '医師' is not one of 教員, 元教員, 弁護士, 臨床心理士, 教育関係"),
        ({"years": "abc"}, "years: 'abc' is not a whole number"),
        ({"years": "-1"}, "years: '-1' is not a whole number"),
        ({"years": "310"}, "years: 310 is not between 0 and 80"),
        ({"monthly_limit": "0"}, "monthly_limit: 0 is not between 1 and 99"),
        ({"age_band": "若手"}, "age_band: '若手' is not an age band such as 30代"),
        (
            {"affiliations": "東小学校:昭和"},
            "affiliations: '東小学校:昭和' is not an affiliation such as 東小学校:1985-2016 or 西小学校:2019-",
        ),
        (
            {"affiliations": "東小学校:2016-1985"},
            "affiliations: '東小学校:2016-1985' is not an affiliation such as 東小学校:1985-2016 or 西小学校:2019-",
        ),
    ],
)
def test_a_bad_member_cell_is_told_with_its_column(change: dict[str, str], problem: str) -> None:
    with pytest.raises(BadInput) as caught:
        member_entry(MEMBER_ROW | change, SCHOOLS)
    assert caught.value.problems == (problem,)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"school": "東小"}, "school: '東小' is not registered: add the school first ('mailgate school add')"),
        (
            {"school": "三小"},
            "school: '三小' may be S-5555 (海辺町立第三小学校) or S-6666 (森野市立第三小学校): write the handle",
        ),
        ({"school": "S-9999"}, "school: there is no school S-9999: 'mailgate school list' shows them"),
        ({"school": ""}, "school: must not be empty, unless the plan is trial"),
        ({"plan": "free"}, "plan: 'free' is not one of school, trial"),
    ],
)
def test_a_bad_teacher_cell_is_told_with_its_column(change: dict[str, str], problem: str) -> None:
    with pytest.raises(BadInput) as caught:
        teacher_entry(TEACHER_ROW | change, SCHOOLS)
    assert caught.value.problems == (problem,)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": "S-4444"}, "name: 'S-4444' is no name: it has the form of a handle"),
        ({"aliases": "西小;ｓ-4444"}, "aliases: 'ｓ-4444' is no name: it has the form of a handle"),
        ({"domains": "nishi example"}, "domains: 'nishi example' is not a mail domain"),
        (
            {"contract_from": "2025-02-30"},
            "contract_from: '2025-02-30' is not a day such as 2026-04-01: no calendar has it",
        ),
        ({"contract_from": "春"}, "contract_from: '春' is not a day such as 2026-04-01"),
        ({"contract_to": ""}, "contract_to: must not be empty: a contract has a first and a last day"),
        ({"contract_to": "2025-03-31"}, "contract_to: 2025-03-31 is before 2025-04-01"),
    ],
)
def test_a_bad_school_cell_is_told_with_its_column(change: dict[str, str], problem: str) -> None:
    with pytest.raises(BadInput) as caught:
        school_entry(SCHOOL_ROW | change)
    assert caught.value.problems == (problem,)


def test_all_problems_of_a_row_are_told_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        teacher_entry({}, SCHOOLS)
    assert caught.value.problems == (
        "addresses: must not be empty",
        "name: must not be empty",
    )


@pytest.mark.parametrize("cell", ["S-6666", " s-6666 ", "Ｓ－６６６６", "森野市立第三小", "森野市立第三小学校"])
def test_a_school_is_named_by_handle_or_name(cell: str) -> None:
    assert teacher_entry(TEACHER_ROW | {"school": cell}, SCHOOLS).school_id == 6
    member = member_entry(MEMBER_ROW | {"affiliations": f"{cell}:2019-"}, SCHOOLS)
    assert unclear_affiliations(member, SCHOOLS) == ()


def test_an_affiliation_by_handle_gets_the_name_and_the_id_of_the_school() -> None:
    cells = MEMBER_ROW | {"affiliations": "s-6666:1999-2004;三小"}
    entry = member_entry(cells, SCHOOLS)
    assert entry.affiliations == (
        Affiliation("森野市立第三小学校", 6, 1999, 2004),
        Affiliation("三小", None, None, None),
    )
    assert unclear_affiliations(entry, SCHOOLS) == (
        "affiliations: '三小' may be S-5555 (海辺町立第三小学校) or S-6666 (森野市立第三小学校): "
        "the member counts as of each; a handle says which",
    )
    assert member_cells(entry)["affiliations"] == "森野市立第三小学校:1999-2004;三小"


def test_an_affiliation_with_the_handle_of_no_school_is_a_problem() -> None:
    with pytest.raises(BadInput) as caught:
        member_entry(MEMBER_ROW | {"affiliations": "S-9999:1999-"}, SCHOOLS)
    assert caught.value.problems == ("affiliations: there is no school S-9999: 'mailgate school list' shows them",)


@pytest.mark.parametrize(
    ("change", "plan"),
    [
        ({"plan": ""}, Plan.SCHOOL),
        ({"plan": "", "school": ""}, Plan.TRIAL),
        ({"plan": "trial"}, Plan.TRIAL),
    ],
)
def test_an_empty_plan_is_the_one_that_fits(change: dict[str, str], plan: Plan) -> None:
    assert teacher_entry(TEACHER_ROW | change, SCHOOLS).plan is plan


def test_columns_that_are_missing_are_empty() -> None:
    assert teacher_entry({"name": "石田 岳", "addresses": "ishida@nishi.example.jp"}, []).plan is Plan.TRIAL
    assert school_entry({"name": "森野市立西小学校"}) == SchoolEntry("森野市立西小学校")
    row = {"name": "森田 梓", "addresses": "morita@members.example.org", "kind": "弁護士"}
    assert (member_entry(row, []).years, member_entry(row, []).affiliations) == (None, ())


def test_a_known_teacher_as_a_row_names_the_school_by_handle() -> None:
    person = Person(1, TEACHER.name, TEACHER.kana, TEACHER.addresses, TEACHER.age_band, TEACHER.gender)
    teacher = Teacher(1, "T-1111", person, SCHOOLS[1], "教員", 9, "小学校", Plan.TRIAL)
    assert cells_of_teacher(teacher) == TEACHER_ROW | {"school": "S-5555", "plan": "trial"}
    assert cells_of_teacher(replace(teacher, school=None))["school"] == ""


@pytest.mark.parametrize(
    ("columns", "row"),
    [(SCHOOL_COLUMNS, SCHOOL_ROW), (TEACHER_COLUMNS, TEACHER_ROW), (MEMBER_COLUMNS, MEMBER_ROW)],
)
def test_every_column_of_a_file_is_one_that_is_written_and_read(
    columns: tuple[Column, ...], row: dict[str, str]
) -> None:
    assert {one.name for one in columns} == row.keys()


def test_the_examples_of_the_columns_are_good_rows() -> None:
    school, teacher, member = (
        {one.name: one.example for one in columns} for columns in (SCHOOL_COLUMNS, TEACHER_COLUMNS, MEMBER_COLUMNS)
    )
    assert len(school_entry(school).contracts) == 1
    assert teacher_entry(teacher, SCHOOLS).school_id == 4
    assert len(member_entry(member, SCHOOLS).affiliations) == 2


def test_the_addresses_of_a_row_are_found_whatever_else_is_wrong() -> None:
    assert addresses_in({"addresses": "ishida;ishida@nishi.example.jp"}) == (Address("ishida", "nishi.example.jp"),)
    assert addresses_in({}) == ()


def test_trial_needs_no_school_and_an_alias_finds_one() -> None:
    assert teacher_entry(TEACHER_ROW | {"school": "", "plan": "trial"}, SCHOOLS).school_id is None
    assert teacher_entry(TEACHER_ROW | {"school": "西小"}, SCHOOLS).school_id == 4
