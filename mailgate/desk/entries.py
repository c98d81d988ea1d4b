"""What somebody writes into the register, as values: from a command, a form mail or a row of a CSV file.

`desk/register_rows.py` reads them from text cells, `store/` keeps them; what comes back out is in `desk/people.py`.
An entry has no id and no handle: whose it is, is found by name (schools) or by address (people).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mailgate.desk.people import Affiliation, Contract, Member, MemberKind, Person, Plan, School, Teacher
from mailgate.mail.address import Address


@dataclass(frozen=True, slots=True)
class SchoolEntry:
    name: str
    aliases: tuple[str, ...] = ()
    municipality: str = ""
    domains: tuple[str, ...] = ()
    contracts: tuple[Contract, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonEntry:
    name: str
    kana: str
    addresses: tuple[Address, ...]
    """The first is where mail goes; never empty."""
    age_band: str = ""
    gender: str = ""


@dataclass(frozen=True, slots=True)
class TeacherEntry:
    person: PersonEntry
    school_id: int | None
    role: str
    years: int | None
    school_type: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class MemberEntry:
    person: PersonEntry
    kind: MemberKind
    years: int | None
    credential: str
    affiliations: tuple[Affiliation, ...]
    """With the id of the school where a handle said which; else the name is looked up when the entry is saved."""
    topics: tuple[str, ...]
    monthly_limit: int | None


def entry_of_school(school: School) -> SchoolEntry:
    """What would have to be written to get this school."""
    return SchoolEntry(school.name, school.aliases, school.municipality, school.domains, school.contracts)


def entry_of_person(person: Person) -> PersonEntry:
    return PersonEntry(person.name, person.kana, person.addresses, person.age_band, person.gender)


def entry_of_teacher(teacher: Teacher) -> TeacherEntry:
    """What would have to be written to get this teacher."""
    school_id = teacher.school.id if teacher.school else None
    person = entry_of_person(teacher.person)
    return TeacherEntry(person, school_id, teacher.role, teacher.years, teacher.school_type, teacher.plan)


def entry_of_member(member: Member) -> MemberEntry:
    """What would have to be written to get this member; which schools the affiliations mean is found anew."""
    return MemberEntry(
        entry_of_person(member.person),
        member.kind,
        member.years,
        member.credential,
        tuple(replace(one, school_id=None) for one in member.affiliations),
        member.topics,
        member.monthly_limit,
    )


def merged_school(old: SchoolEntry, new: SchoolEntry) -> SchoolEntry:
    """`new`, with the contracts of both: one that starts on the same day replaces the old one."""
    contracts = {contract.starts_on: contract for contract in (*old.contracts, *new.contracts)}
    return replace(new, contracts=tuple(contracts[day] for day in sorted(contracts)))


def merged_person(old: PersonEntry, new: PersonEntry, shared: bool) -> PersonEntry:
    """`new`, where a blank keeps what was known; somebody who is teacher and member (`shared`) keeps all addresses."""
    known = {address.key for address in new.addresses}
    kept = tuple(address for address in old.addresses if address.key not in known) if shared else ()
    return PersonEntry(
        new.name,
        new.kana or old.kana,
        new.addresses + kept,
        new.age_band or old.age_band,
        new.gender or old.gender,
    )
