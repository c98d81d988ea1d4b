from __future__ import annotations

from dataclasses import replace

import pytest

from mailgate.desk.conflict import (
    DECLARED,
    SAME_NAME,
    SAME_PERSON,
    SAME_SCHOOL,
    SAME_SCHOOL_ADDRESS,
    SAME_TOWN,
    conflict,
    warning,
)
from mailgate.desk.people import (
    Affiliation,
    Member,
    MemberKind,
    MemberStatus,
    Person,
    Plan,
    Relation,
    School,
    Teacher,
)
from mailgate.mail.address import Address

SCHOOL = School(7, "S-7777", "森野市立ひばり台小学校", ("雲雀小",), "森野市", ("hibari.example.jp",), ())
TEACHER = Teacher(
    1,
    "T-1111",
    Person(1, "石田 岳", "", (Address("ishida", "hibari.example.jp"),), "30代", "男性"),
    SCHOOL,
    "教員",
    9,
    "小学校",
    Plan.SCHOOL,
)
MEMBER = Member(
    1,
    "M-1111",
    Person(2, "森田 梓", "", (Address("morita", "members.example.org"),), "50代", "女性"),
    MemberKind.FORMER_TEACHER,
    30,
    "",
    (),
    (),
    None,
    MemberStatus.ACTIVE,
)


def _worked_at(*affiliations: Affiliation) -> Member:
    return replace(MEMBER, affiliations=affiliations)


@pytest.mark.parametrize(
    "affiliation",
    [
        Affiliation("森野市立ひばり台小学校", 7, 2019, None),
        Affiliation("森野市立ひばり台小学校", None, 1971, 1975),
        Affiliation("市立ひばり台小", None, None, None),
        Affiliation("雲雀小 教諭", None, None, 1999),
        Affiliation("以前の勤務校", 7, None, None),
    ],
)
def test_an_affiliation_with_the_school_counts_however_old_and_however_written(affiliation: Affiliation) -> None:
    assert conflict(TEACHER, _worked_at(Affiliation("山里大学", None, None, None), affiliation)) == SAME_SCHOOL


@pytest.mark.parametrize("name", ["山里市立ひばり台小学校", "森野市立西小学校", "森野市教育委員会"])
def test_other_affiliations_are_no_conflict(name: str) -> None:
    assert conflict(TEACHER, _worked_at(Affiliation(name, None, 2001, None))) is None


def test_the_teacher_is_never_asked_about_their_own_case() -> None:
    assert conflict(TEACHER, replace(MEMBER, person=TEACHER.person)) == SAME_PERSON


def test_a_shared_address_is_the_same_person() -> None:
    shared = replace(MEMBER.person, addresses=(*MEMBER.person.addresses, Address("Ishida", "hibari.example.jp")))
    assert conflict(TEACHER, replace(MEMBER, person=shared)) == SAME_PERSON


def test_the_same_name_under_another_address_is_not_risked() -> None:
    assert conflict(TEACHER, replace(MEMBER, person=replace(MEMBER.person, name="石田　岳"))) == SAME_NAME


@pytest.mark.parametrize("domain", ["hibari.example.jp", "staff.hibari.example.jp"])
def test_an_address_at_the_domain_of_the_school_is_a_conflict(domain: str) -> None:
    person = replace(MEMBER.person, addresses=(Address("morita", domain),))
    assert conflict(TEACHER, replace(MEMBER, person=person)) == SAME_SCHOOL_ADDRESS


def test_a_domain_that_only_ends_alike_is_no_conflict() -> None:
    person = replace(MEMBER.person, addresses=(Address("morita", "nohibari.example.jp"),))
    assert conflict(TEACHER, replace(MEMBER, person=person)) is None


def test_a_teacher_on_trial_has_no_school_to_compare() -> None:
    trial = replace(TEACHER, school=None, plan=Plan.TRIAL)
    assert conflict(trial, _worked_at(Affiliation("森野市立ひばり台小学校", 7, None, None))) is None


@pytest.mark.parametrize("reason", [DECLARED, SAME_NAME, SAME_PERSON, SAME_SCHOOL, SAME_SCHOOL_ADDRESS, SAME_TOWN])
def test_no_reason_names_anybody(reason: str) -> None:
    assert not any(name in reason for name in ("石田", "森田", "ひばり", "hibari"))


@pytest.mark.parametrize(
    ("affiliation", "since", "reason"),
    [
        (Affiliation("市立ひばり台小", None, 1990, 2019), None, SAME_SCHOOL),
        (Affiliation("市立ひばり台小", None, 1990, 2019), 2019, SAME_SCHOOL),
        (Affiliation("市立ひばり台小", None, 1990, 2019), 2020, None),
        (Affiliation("以前の勤務校", 7, 1990, 2019), 2020, None),
        (Affiliation("市立ひばり台小", None, 1990, None), 2020, SAME_SCHOOL),
        (Affiliation("市立ひばり台小", None, None, None), 2020, SAME_SCHOOL),
    ],
)
def test_an_affiliation_may_be_forgiven_after_some_years_but_never_while_it_lasts(
    affiliation: Affiliation, since: int | None, reason: str | None
) -> None:
    assert conflict(TEACHER, _worked_at(affiliation), since) == reason


@pytest.mark.parametrize(
    ("relation", "reason"),
    [
        (Relation(1, None, "T-1111"), DECLARED),
        (Relation(None, 7, "S-7777"), DECLARED),
        (Relation(2, None, "T-2222"), None),
        (Relation(None, 8, "S-8888"), None),
    ],
)
def test_a_declared_relation_is_a_conflict(relation: Relation, reason: str | None) -> None:
    assert conflict(TEACHER, replace(MEMBER, relations=(relation,))) == reason


def test_a_relation_with_a_teacher_holds_without_a_school() -> None:
    trial = replace(TEACHER, school=None, plan=Plan.TRIAL)
    assert conflict(trial, replace(MEMBER, relations=(Relation(1, None, "T-1111"),))) == DECLARED


@pytest.mark.parametrize(
    ("affiliation", "told"),
    [
        (Affiliation("森野市教育委員会", None, 2019, None), True),
        (Affiliation("森野市立西小学校", None, 2019, None), True),
        (Affiliation("西小", 3, 2019, None, "森野市"), True),
        (Affiliation("森野市立西小学校", None, 2010, 2019), False),
        (Affiliation("山里市教育委員会", None, 2019, None), False),
        (Affiliation("森野法律事務所", None, 2019, None), False),
        (Affiliation("教育委員会", None, 2019, None), False),
    ],
)
def test_the_same_town_is_a_warning_and_no_conflict(affiliation: Affiliation, told: bool) -> None:
    member = _worked_at(affiliation)
    assert (warning(TEACHER, member), conflict(TEACHER, member)) == (SAME_TOWN if told else None, None)


def test_a_teacher_on_trial_brings_no_warning() -> None:
    trial = replace(TEACHER, school=None, plan=Plan.TRIAL)
    assert warning(trial, _worked_at(Affiliation("森野市教育委員会", None, 2019, None))) is None
