from __future__ import annotations

from dataclasses import replace

import pytest

from mailgate.desk.attributes import Bands, Level, Profile, cell, member_profile, teacher_profile, words
from mailgate.desk.people import Member, MemberKind, MemberStatus, Person, Plan, Teacher
from mailgate.mail.address import Address

PERSON = Person(1, "森田 梓", "もりた あずさ", (Address("morita", "members.example.org"),), "60代", "女性")
MEMBER = Member(1, "M-1111", PERSON, MemberKind.FORMER_TEACHER, 31, "", (), (), None, MemberStatus.ACTIVE)
TEACHER = Teacher(1, "T-1111", replace(PERSON, age_band="30代"), None, "教諭", 12, "小学校", Plan.TRIAL)
FORMER = member_profile(MEMBER)
BANDS = Bands()
LAWYER = member_profile(replace(MEMBER, kind=MemberKind.LAWYER, years=None))


def told(profile: Profile, level: Level, language: str = "ja", bands: Bands = BANDS) -> str:
    return words(cell(profile, level, bands), profile.side, language)


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
    assert told(FORMER, level) == japanese
    assert told(FORMER, level, "en") == english


def test_a_teacher_is_told_with_the_kind_of_school() -> None:
    profile = teacher_profile(TEACHER)
    assert told(profile, Level.L1) == "教員・教職歴10〜19年・30代・女性・小学校"
    assert told(profile, Level.L1, "en") == "teacher, 10 to 19 years of teaching, 30s, female, elementary school"
    assert told(profile, Level.L8) == "先生"


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
    assert told(replace(FORMER, years=years), Level.L3) == f"元教員・{words}"


def test_what_is_not_known_is_not_told() -> None:
    bare = member_profile(replace(MEMBER, years=None, person=replace(PERSON, age_band="", gender="")))
    assert told(bare, Level.L1) == "元教員"
    assert told(replace(LAWYER, years=7), Level.L3) == "弁護士・経験5〜9年"


def test_free_text_of_the_register_never_leaves() -> None:
    odd = replace(
        TEACHER, role="森野市立西小学校 生徒指導", school_type="森野市立", person=replace(PERSON, gender="ひみつ")
    )
    assert told(teacher_profile(odd), Level.L1) == "教職員・教職歴10〜19年・50代以上"


@pytest.mark.parametrize(
    ("role", "shown"),
    [("教頭", "管理職"), ("副校長", "管理職"), ("養護教諭", "養護教諭"), ("常勤講師", "教員"), ("", "教職員")],
)
def test_roles_come_from_a_fixed_list(role: str, shown: str) -> None:
    assert teacher_profile(replace(TEACHER, role=role)).role == shown


@pytest.mark.parametrize(
    ("years", "japanese", "english"),
    [
        (2, "元教員・教職歴0〜2年", "former teacher, 0 to 2 years of teaching"),
        (3, "元教員・教職歴3〜29年", "former teacher, 3 to 29 years of teaching"),
        (30, "元教員・教職歴30年以上", "former teacher, 30 or more years of teaching"),
    ],
)
def test_bands_of_years_are_those_of_the_desk(years: int, japanese: str, english: str) -> None:
    bands = Bands((3, 30), 30, 60)
    profile = replace(FORMER, years=years)
    assert (told(profile, Level.L3, "ja", bands), told(profile, Level.L3, "en", bands)) == (japanese, english)
    assert told(profile, Level.L4, "ja", bands).endswith("30年以上" if years == 30 else "29年まで")


@pytest.mark.parametrize(("decade", "oldest", "shown"), [(50, 60, "50代"), (60, 60, "60代以上"), (70, 60, "60代以上")])
def test_the_oldest_are_of_one_band(decade: int, oldest: int, shown: str) -> None:
    assert told(replace(FORMER, decade=decade), Level.L2, "ja", Bands(oldest=oldest)).endswith(shown)
