from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from mailgate.desk.entries import MemberEntry, PersonEntry, SchoolEntry, TeacherEntry
from mailgate.desk.people import Affiliation, Contract, MemberKind, MemberStatus, Plan
from mailgate.errors import NotFound, Refused
from mailgate.mail.address import Address
from mailgate.store import handles, members, persons, schools, teachers
from mailgate.store.database import Database
from mailgate.store.transaction import Transaction

NOW = datetime(2026, 2, 10, 9, tzinfo=UTC)
WEST = SchoolEntry(
    "森野市立西小学校",
    ("西小",),
    "森野市",
    ("nishi.example.jp",),
    (Contract(date(2025, 4, 1), date(2026, 3, 31)),),
)
WORK, HOME = Address("ishida", "nishi.example.jp"), Address("gaku..i.", "carrier.example.jp")
PERSON = PersonEntry("石田 岳", "いしだ がく", (WORK, HOME), "30代", "男性")
MEMBER = MemberEntry(
    PERSON, MemberKind.TEACHER, 9, "公認心理師", (Affiliation("山里大学", None, 2001, None),), ("法律", "部活動"), 4
)


def _teacher_entry(school_id: int | None) -> TeacherEntry:
    return TeacherEntry(PERSON, school_id, "教員", 9, "小学校", Plan.SCHOOL)


def test_a_school_comes_back_as_it_was_written(tx: Transaction) -> None:
    school = schools.save_school(tx, None, WEST)
    assert (school.name, school.aliases, school.municipality, school.domains, school.contracts) == (
        WEST.name,
        WEST.aliases,
        WEST.municipality,
        WEST.domains,
        WEST.contracts,
    )
    assert schools.all_schools(tx) == [school]
    assert schools.school(tx, school.id) == schools.school_called(tx, f" {school.handle.lower()} ") == school


@pytest.mark.parametrize("text", ["森野市立西小学校", "森野市立 西小", "西小", "西小学校"])
def test_a_school_is_found_by_its_name_or_alias(tx: Transaction, text: str) -> None:
    school = schools.save_school(tx, None, WEST)
    schools.save_school(tx, None, SchoolEntry("山里市立西小学校", (), "山里市"))
    assert schools.school_called(tx, text) == school


def test_a_name_that_may_be_several_schools_names_them_all(tx: Transaction) -> None:
    one = schools.save_school(tx, None, WEST)
    other = schools.save_school(tx, None, SchoolEntry("山里市立西小学校", ("西小",), "山里市"))
    with pytest.raises(NotFound) as caught:
        schools.school_called(tx, "西小")
    assert caught.value.reason == (
        f"'西小' may be {one.handle} (森野市立西小学校) or {other.handle} (山里市立西小学校): write the handle"
    )


def test_a_command_takes_no_school_that_is_only_nearly_called_so(tx: Transaction) -> None:
    school = schools.save_school(tx, None, WEST)
    with pytest.raises(NotFound, match=rf"'市立西小' may be {school.handle} \(森野市立西小学校\): write the handle"):
        schools.school_called(tx, "市立西小")


def test_an_affiliation_by_id_is_tied_to_that_school_whatever_its_name_may_mean(tx: Transaction) -> None:
    schools.save_school(tx, None, WEST)
    other = schools.save_school(tx, None, SchoolEntry("山里市立西小学校", ("西小",), "山里市"))
    affiliation = Affiliation("西小", other.id, 1999, 2004)
    member = members.save_member(tx, None, MemberEntry(PERSON, MemberKind.LAWYER, 9, "", (affiliation,), (), None))
    assert member.affiliations == (affiliation,)


def test_a_school_written_anew_keeps_its_handle_and_nothing_else(tx: Transaction) -> None:
    old = schools.save_school(tx, None, WEST)
    new = schools.save_school(tx, old.id, SchoolEntry("森野市立西の森小学校"))
    assert (new.id, new.handle, new.name, new.aliases, new.domains, new.contracts) == (
        old.id,
        old.handle,
        "森野市立西の森小学校",
        (),
        (),
        (),
    )


def test_a_teacher_is_found_by_every_address_in_any_spelling(tx: Transaction) -> None:
    school = schools.save_school(tx, None, WEST)
    teacher = teachers.save_teacher(tx, None, _teacher_entry(school.id))
    assert (teacher.person.addresses, teacher.school) == ((WORK, HOME), school)
    assert teachers.teacher_by_address(tx, Address("ISHIDA", "nishi.example.jp")) == teacher
    assert teachers.teacher_by_address(tx, HOME) == teacher
    assert teachers.teacher_by_address(tx, Address("other", "nishi.example.jp")) is None
    assert teachers.teacher(tx, teacher.id) == teachers.teacher_by_handle(tx, teacher.handle) == teacher
    assert teachers.teachers_of_school(tx, school.id) == teachers.all_teachers(tx) == [teacher]
    assert persons.find_person_by_address(tx, HOME) == teacher.person


def test_a_new_member_has_applied_and_comes_back_as_written(tx: Transaction) -> None:
    member = members.save_member(tx, None, MEMBER)
    assert member.status is MemberStatus.APPLIED
    assert members.written_entry(tx, member) == MEMBER
    assert members.all_members(tx) == [member]
    assert members.member(tx, member.id) == members.member_by_handle(tx, member.handle) == member


def test_a_member_written_anew_keeps_handle_and_status(tx: Transaction) -> None:
    member = members.save_member(tx, None, MEMBER)
    members.set_member_status(tx, member.id, MemberStatus.ACTIVE)
    again = members.save_member(tx, member.person.id, MEMBER)
    assert (again.handle, again.status) == (member.handle, MemberStatus.ACTIVE)


@pytest.mark.parametrize("name", ["森野市立西小学校", "西小 教諭", "市立西小"])
def test_an_affiliation_is_tied_to_the_registered_school_it_names(tx: Transaction, name: str) -> None:
    school = schools.save_school(tx, None, WEST)
    member = members.save_member(
        tx,
        None,
        MemberEntry(PERSON, MemberKind.TEACHER, 9, "", (Affiliation(name, None, 1999, 2004),), (), None),
    )
    assert member.affiliations == (Affiliation(name, school.id, 1999, 2004),)


def test_an_affiliation_that_may_be_two_schools_is_tied_to_none(tx: Transaction) -> None:
    schools.save_school(tx, None, WEST)
    schools.save_school(tx, None, SchoolEntry("山里市立西小学校", (), "山里市"))
    entry = MemberEntry(PERSON, MemberKind.TEACHER, 9, "", (Affiliation("西小学校", None, None, None),), (), None)
    assert members.save_member(tx, None, entry).affiliations == entry.affiliations


def test_a_member_who_teaches_is_affiliated_with_that_school(tx: Transaction) -> None:
    school = schools.save_school(tx, None, WEST)
    teacher = teachers.save_teacher(tx, None, _teacher_entry(school.id))
    member = members.save_member(tx, teacher.person.id, MEMBER)
    assert member.person == teacher.person
    assert member.affiliations == (*MEMBER.affiliations, Affiliation("森野市立西小学校", school.id, None, None))
    assert members.written_entry(tx, member) == MEMBER
    assert members.member_of_person(tx, teacher.person.id) == member
    assert teachers.teacher_of_person(tx, member.person.id) == teacher


def test_an_address_belongs_to_one_person(tx: Transaction) -> None:
    members.save_member(tx, None, MEMBER)
    other = PersonEntry("森田 梓", "", (Address("morita", "members.example.org"), HOME))
    with pytest.raises(Refused, match="one of the addresses is already registered for somebody else"):
        persons.save_person(tx, None, other)


def test_an_entry_with_addresses_of_two_people_means_nobody(tx: Transaction) -> None:
    persons.save_person(tx, None, PERSON)
    other = Address("morita", "members.example.org")
    persons.save_person(tx, None, PersonEntry("森田 梓", "", (other,)))
    with pytest.raises(Refused, match="two different people"):
        persons.known_person(tx, (other, WORK))


def test_addresses_are_replaced_in_their_new_order(tx: Transaction) -> None:
    person_id = persons.save_person(tx, None, PERSON)
    new = Address("new", "carrier.example.jp")
    persons.save_person(tx, person_id, PersonEntry("石田 岳", "", (new, WORK)))
    found = persons.find_person_by_address(tx, WORK)
    assert found is not None
    assert (found.id, found.addresses) == (person_id, (new, WORK))
    assert persons.find_person_by_address(tx, HOME) is None


def test_undeliverable_is_who_has_a_bouncing_first_address(tx: Transaction) -> None:
    person_id = persons.save_person(tx, None, PERSON)
    persons.mark_undeliverable(tx, HOME, NOW)
    persons.mark_undeliverable(tx, Address("nobody", "example.org"), NOW)
    assert persons.undeliverable_persons(tx) == frozenset()
    persons.mark_undeliverable(tx, WORK, NOW)
    assert persons.undeliverable_persons(tx) == {person_id}
    persons.save_person(tx, person_id, PersonEntry("石田 岳", "", (WORK,)))
    assert persons.undeliverable_persons(tx) == {person_id}
    persons.save_person(tx, person_id, PersonEntry("石田 岳", "", (Address("new", "example.org"),)))
    assert persons.undeliverable_persons(tx) == frozenset()


def test_an_unknown_handle_is_answered_with_what_to_do(tx: Transaction) -> None:
    with pytest.raises(NotFound, match="there is no school S-0000: 'mailgate school list' shows them"):
        schools.school_called(tx, "S-0000")
    with pytest.raises(NotFound, match="there is no teacher T-0000: 'mailgate teacher list' shows them"):
        teachers.teacher_by_handle(tx, "T-0000")
    with pytest.raises(NotFound, match="there is no member M-0000: 'mailgate member list' shows them"):
        members.member_by_handle(tx, "M-0000")


@pytest.mark.parametrize(
    ("typed", "handle"), [("m-o1l2", "M-0112"), ("Ｍ－０１１２", "M-0112"), (" S-7F3K ", "S-7F3K"), ("", "")]
)
def test_handles_are_read_as_people_type_them(typed: str, handle: str) -> None:
    assert handles.read_handle(typed) == handle


def test_a_crowded_register_gets_longer_handles(tx: Transaction, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handles.secrets, "choice", lambda alphabet: alphabet[0])
    first = schools.save_school(tx, None, SchoolEntry("一"))
    second = schools.save_school(tx, None, SchoolEntry("二"))
    assert (first.handle, second.handle) == ("S-0000", "S-00000")


def test_names_and_addresses_are_not_readable_in_the_database(database: Database) -> None:
    with database.write() as tx:
        members.save_member(tx, None, MEMBER)
    stored = ""
    with database.engine.connect() as connection:
        for table in ("persons", "person_addresses", "members", "affiliations"):
            for row in connection.execute(text(f"SELECT * FROM {table}")):
                stored += " ".join(
                    bytes(value).decode("utf-8", "replace") if isinstance(value, (bytes, memoryview)) else str(value)
                    for value in row
                )
    assert "法律" in stored
    for secret in ("石田", "いしだ", "ishida", "gaku", "山里大学", "公認心理師"):
        assert secret not in stored
