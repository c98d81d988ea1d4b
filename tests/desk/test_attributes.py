from __future__ import annotations

from dataclasses import replace

import pytest

from mailgate.desk.attributes import (
    Level,
    Profile,
    Side,
    describe,
    level_in_force,
    member_profile,
    teacher_profile,
)
from mailgate.desk.people import Member, MemberKind, MemberStatus, Person, Plan, Teacher
from mailgate.mail.address import Address

PERSON = Person(1, "森田 梓", "もりた あずさ", (Address("morita", "members.example.org"),), "60代", "女性")
MEMBER = Member(1, "M-1111", PERSON, MemberKind.FORMER_TEACHER, 31, "", (), (), None, MemberStatus.ACTIVE)
TEACHER = Teacher(1, "T-1111", replace(PERSON, age_band="30代"), None, "教諭", 12, "小学校", Plan.TRIAL)
FORMER = member_profile(MEMBER)
LAWYER = member_profile(replace(MEMBER, kind=MemberKind.LAWYER, years=None))


@pytest.mark.parametrize(
    ("level", "japanese", "english"),
    [
        (
            Level.L1,
            "元教員・教職歴20年以上・50代以上・女性",
            "former teacher, 20 or more years of teaching, 50s or older, female",
        ),
        (Level.L2, "元教員・教職歴20年以上・50代以上", "former teacher, 20 or more years of teaching, 50s or older"),
        (Level.L3, "元教員・教職歴20年以上", "former teacher, 20 or more years of teaching"),
        (Level.L4, "元教員・教職歴10年以上", "former teacher, 10 or more years of teaching"),
        (Level.L5, "教員・元教員・教職歴20年以上", "teacher or former teacher, 20 or more years of teaching"),
        (Level.L6, "教員・元教員・教職歴10年以上", "teacher or former teacher, 10 or more years of teaching"),
        (Level.L7, "教員・元教員", "teacher or former teacher"),
        (Level.L8, "協力者", "a community member"),
    ],
)
def test_each_level_says_less_than_the_one_before(level: Level, japanese: str, english: str) -> None:
    alike = [FORMER] * 5
    assert describe(FORMER, level, alike, 5, "ja") == japanese
    assert describe(FORMER, level, alike, 5, "en") == english


def test_a_teacher_is_told_with_the_kind_of_school() -> None:
    profile = teacher_profile(TEACHER)
    assert describe(profile, Level.L1, [], 1, "ja") == "教員・教職歴10〜19年・30代・女性・小学校"
    assert (
        describe(profile, Level.L1, [], 1, "en")
        == "teacher, 10 to 19 years of teaching, 30s, female, elementary school"
    )
    assert describe(profile, Level.L8, [profile] * 9, 5, "ja") == "先生"


@pytest.mark.parametrize(
    ("years", "words"),
    [
        (0, "教職歴0〜4年"),
        (4, "教職歴0〜4年"),
        (5, "教職歴5〜9年"),
        (9, "教職歴5〜9年"),
        (10, "教職歴10〜19年"),
        (19, "教職歴10〜19年"),
        (20, "教職歴20年以上"),
        (45, "教職歴20年以上"),
    ],
)
def test_years_come_in_four_bands(years: int, words: str) -> None:
    assert describe(replace(FORMER, years=years), Level.L3, [], 1, "ja") == f"元教員・{words}"


def test_what_is_not_known_is_not_told() -> None:
    bare = member_profile(replace(MEMBER, years=None, person=replace(PERSON, age_band="", gender="")))
    assert describe(bare, Level.L1, [], 1, "ja") == "元教員"
    assert describe(replace(LAWYER, years=7), Level.L3, [], 1, "ja") == "弁護士・経験5〜9年"


def test_free_text_of_the_register_never_leaves() -> None:
    odd = replace(
        TEACHER, role="森野市立西小学校 生徒指導", school_type="森野市立", person=replace(PERSON, gender="ひみつ")
    )
    assert describe(teacher_profile(odd), Level.L1, [], 1, "ja") == "教職員・教職歴10〜19年・50代以上"


@pytest.mark.parametrize(
    ("role", "shown"),
    [("教頭", "管理職"), ("副校長", "管理職"), ("養護教諭", "養護教諭"), ("常勤講師", "教員"), ("", "教職員")],
)
def test_roles_come_from_a_fixed_list(role: str, shown: str) -> None:
    assert teacher_profile(replace(TEACHER, role=role)).role == shown


def test_somebody_rare_is_shown_with_the_word_that_fits_all() -> None:
    population = [FORMER] * 20 + [LAWYER]
    assert describe(LAWYER, Level.L3, population, 5, "ja") == "協力者"
    assert describe(FORMER, Level.L3, population, 5, "ja") == "元教員・教職歴20年以上"


@pytest.mark.parametrize(
    ("population", "k", "level"),
    [
        ([], 1, Level.L1),
        ([], 5, Level.L7),
        ([FORMER] * 19, 5, Level.L7),
        ([FORMER] * 5 + [LAWYER] * 3, 5, Level.L8),
        ([FORMER] * 5 + [LAWYER] * 3, 1, Level.L1),
        ([FORMER] * 20, 5, Level.L1),
        ([FORMER] * 20 + [LAWYER], 5, Level.L1),
        ([FORMER] * 18 + [LAWYER] * 2, 5, Level.L8),
        ([replace(FORMER, gender=gender) for gender in ("男性", "女性")] * 4 + [FORMER] * 14, 5, Level.L2),
        ([replace(FORMER, decade=decade) for decade in (20, 30, 40)] * 3 + [FORMER] * 15, 5, Level.L3),
    ],
)
def test_the_level_is_the_finest_that_leaves_one_in_twenty_rare(
    population: list[Profile], k: int, level: Level
) -> None:
    assert level_in_force(population, k) is level


def test_nobody_is_told_apart_among_fewer_than_k() -> None:
    kinds = [replace(FORMER, role=role, years=years) for role in ("教員", "元教員") for years in range(40)] + [
        LAWYER
    ] * 4
    level = level_in_force(kinds, 5)
    shown = [describe(one, level, kinds, 5, "ja") for one in kinds]
    assert all(shown.count(words) >= 5 for words in shown if words != "協力者")
    assert {one.side for one in kinds} == {Side.MEMBER}
