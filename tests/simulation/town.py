"""The people of the simulated year, all invented: who teaches where, and how each member answers. No mail, no desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from mailgate.desk.entries import MemberEntry, PersonEntry, SchoolEntry, TeacherEntry
from mailgate.desk.people import Affiliation, Contract, MemberKind, MemberStatus, Plan
from mailgate.mail.address import parse_address
from mailgate.store import members, schools, teachers
from mailgate.store.database import Database

SCHOOLS, TEACHERS, MEMBERS = 4, 8, 20
FIRST_DAY, LAST_DAY = date(2025, 4, 1), date(2030, 3, 31)


class Manner(StrEnum):
    """What a member does with an invitation."""

    PROMPT = "prompt"
    AMENDS = "amends"
    SLOW = "slow"
    """Answers the reminder."""
    SILENT = "silent"
    DECLINES = "declines"
    LATE = "late"
    """Answers when the period is over."""
    BOUNCES = "bounces"
    """The first mail comes back; after that the address works."""


@dataclass
class Somebody:
    """A person as the simulation knows them, whatever the register makes of it."""

    number: int
    address: str
    handle: str
    school: int | None
    """Where they teach, or have taught: the index of a school."""
    manner: Manner = Manner.PROMPT
    paused: bool = False
    paused_until: date | None = None
    has_bounced: bool = False
    asked_at: datetime | None = None
    """When they were last asked about the register."""


@dataclass
class Town:
    teachers: list[Somebody]
    members: list[Somebody]

    def member(self, handle: str) -> Somebody:
        return next(one for one in self.members if one.handle == handle)

    def by_address(self, address: str) -> Somebody | None:
        return next((one for one in (*self.teachers, *self.members) if one.address == address), None)


def furnish(database: Database) -> Town:
    """Fills an empty register. Every fourth member has taught at one of the schools, written in changing ways; the
    last two members are teachers of the desk, too."""
    with database.write() as tx:
        year = (Contract(FIRST_DAY, LAST_DAY),)
        ids = [
            schools.save_school(tx, None, SchoolEntry(f"森野市立第{one}小学校", (f"第{one}小",), "森野市", (), year)).id
            for one in range(SCHOOLS)
        ]
        taught = []
        for number in range(TEACHERS):
            entry = TeacherEntry(
                _person(f"t{number}"), ids[number % SCHOOLS], "教諭", 5 + number, "小学校", Plan.SCHOOL
            )
            handle = teachers.save_teacher(tx, None, entry).handle
            taught.append(Somebody(number, f"t{number}@school.example", handle, number % SCHOOLS))
        asked = [_member(tx, number, taught) for number in range(MEMBERS)]
    return Town(taught, asked)


def _member(tx: Any, number: int, taught: list[Somebody]) -> Somebody:
    manner = list(Manner)[number % len(Manner)]
    twin = taught[number % TEACHERS] if number >= MEMBERS - 2 else None
    school = twin.school if twin else (number // 4) % SCHOOLS if number % 4 == 0 else None
    name = (f"第{school}小", f"森野市立第{school}小学校", f"市立第{school}小学校")[number % 3]
    places = (Affiliation(name, None, 2010, None if number % 8 else 2024),) if number % 4 == 0 and not twin else ()
    person = _person(f"t{twin.number}") if twin else _person(f"m{number}")
    entry = MemberEntry(person, list(MemberKind)[number % 5], 20, "", places, ("学級経営",), None)
    person_id = teachers.teacher_by_handle(tx, twin.handle).person.id if twin else None
    made = members.save_member(tx, person_id, entry)
    members.set_member_status(tx, made.id, MemberStatus.ACTIVE)
    address = twin.address if twin else f"m{number}@member.example"
    return Somebody(number, address, made.handle, school, manner)


def _person(local: str) -> PersonEntry:
    address = parse_address(f"{local}@{'school' if local.startswith('t') else 'member'}.example")
    assert address is not None
    return PersonEntry(f"架空 {local}", "", (address,))
