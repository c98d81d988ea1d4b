"""What one row of an imported file would do to the register: nothing is written here.

Before: `desk/table_file.py` read the row, `Known` was asked once for the whole file. After: `flow/import_register.py`
carries out what was planned. A school is known by its name, a person by any address. Somebody with the same name at the
same school but another address is never taken for the one that is registered: that is a question to the operator.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from mailgate.desk.cells import Cells, cell_problem
from mailgate.desk.entries import (
    MemberEntry,
    PersonEntry,
    SchoolEntry,
    TeacherEntry,
    entry_of_person,
    entry_of_school,
    entry_of_teacher,
    merged_person,
    merged_school,
)
from mailgate.desk.people import Affiliation, Member, Person, Teacher
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
from mailgate.desk.school_names import SchoolBook, written
from mailgate.desk.table_file import TableRow
from mailgate.errors import BadInput
from mailgate.flow.context import Context
from mailgate.flow.register import known_school, refuse_overlap, refuse_taken_names
from mailgate.phrase import Phrase, any_of
from mailgate.store import members, teachers
from mailgate.store.persons import owner_of_each, persons_by_id, the_one
from mailgate.store.schools import all_schools
from mailgate.store.teachers import TeacherName


class Effect(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that would be another one."""

    column: str
    old: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RowPlan:
    row: int
    """As a spreadsheet counts, from 1."""
    effect: Effect
    handle: str
    """Empty for a new one."""
    changes: tuple[Change, ...]
    entry: SchoolEntry | TeacherEntry | MemberEntry = field(repr=False)
    """What would be written."""
    known_id: int | None
    """Of the school, or of the person, where the register has them."""
    keys: frozenset[str] = field(repr=False)
    """What may stand in a file only once: a name, each address, the person."""
    looks_like: str = field(repr=False, default="")
    """Equal for two rows that may be the same person under two addresses; empty where that cannot be said."""
    remarks: tuple[str, ...] = ()
    """What the operator should know, though nothing is wrong."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that would change."""
        return tuple(one.column for one in self.changes)


@dataclass(frozen=True, slots=True)
class Known:
    """What the register says of everybody in one file, asked in a few statements however many rows there are."""

    schools: SchoolBook
    of_rows: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """The persons who have the addresses of each row."""
    persons: Mapping[int, Person] = field(default_factory=dict)
    teachers: Mapping[int, Teacher] = field(default_factory=dict)
    """By person, as all below."""
    members: Mapping[int, Member] = field(default_factory=dict)
    written: Mapping[int, MemberEntry] = field(default_factory=dict)
    """By member."""
    teachers_called: Mapping[str, Sequence[TeacherName]] = field(default_factory=dict)
    members_called: Mapping[str, Sequence[Member]] = field(default_factory=dict)
    """Of the names in the file whose addresses nobody has; by folded name."""

    def person_of(self, row: TableRow) -> Person | None:
        """The registered person who has an address of this row; raises Refused when they are of two people."""
        found = the_one(self.of_rows[row.number])
        return None if found is None else self.persons[found]


def schools_known(ctx: Context) -> Known:
    """What a file of schools is compared with."""
    return Known(SchoolBook(all_schools(ctx.tx)))


def people_known(ctx: Context, rows: Sequence[TableRow]) -> Known:
    """What a file of teachers or members is compared with."""
    tx = ctx.tx
    keys = {row.number: addresses_in(row.cells) for row in rows}
    owners = owner_of_each(tx, (address for addresses in keys.values() for address in addresses))
    ids = frozenset(owners.values())
    of_rows = {
        number: frozenset(owners[one.key] for one in addresses if one.key in owners)
        for number, addresses in keys.items()
    }
    strangers = {_folded(row.cells.get("name", "")) for row in rows if not of_rows[row.number]}
    asked = members.members_of_persons(tx, ids)
    called: dict[str, list[TeacherName]] = defaultdict(list)
    for one in teachers.names(tx) if strangers else ():
        if _folded(one.name) in strangers:
            called[_folded(one.name)].append(one)
    namesakes = {who for who, name in (members.names(tx) if strangers else {}).items() if _folded(name) in strangers}
    members_called: dict[str, list[Member]] = defaultdict(list)
    for member in members.members_of_persons(tx, namesakes).values():
        members_called[_folded(member.person.name)].append(member)
    return Known(
        SchoolBook(all_schools(tx)),
        of_rows,
        persons_by_id(tx, ids),
        teachers.teachers_of_persons(tx, ids),
        asked,
        members.written_entries(tx, list(asked.values())),
        called,
        members_called,
    )


def plan_school(row: TableRow, known: Known) -> RowPlan:
    """Raises BadInput, Refused."""
    entry = school_entry(row.cells)
    school = known_school(entry, known.schools)
    new = entry
    changes: tuple[Change, ...] = ()
    if school:
        old = entry_of_school(school)
        new = merged_school(old, school_entry({**school_cells(replace(old, contracts=())), **row.cells}))
        changes = _changes(school_cells(old), school_cells(new))
        if old.contracts != new.contracts and not changes:
            changes = (Change("contract_to", "", ""),)  # of a contract that is not the last one
    refuse_taken_names(new, school, known.schools)
    refuse_overlap(new, school)
    names = {f"name {written(name)}" for name in (new.name, *new.aliases)}
    return RowPlan(
        row.number,
        _effect(changes) if school else Effect.NEW,
        school.handle if school else "",
        changes,
        new,
        school.id if school else None,
        frozenset(names | ({f"school {school.id}"} if school else set())),
    )


def plan_teacher(row: TableRow, known: Known, *, as_new: bool) -> RowPlan:
    """Raises BadInput, Refused."""
    person = known.person_of(row)
    teacher = known.teachers.get(person.id) if person else None
    entry = teacher_entry({**(cells_of_teacher(teacher) if teacher else {}), **row.cells}, known.schools)
    if person is None and not as_new:
        _ask_about(_teachers_like(entry, known))
    shared = person is not None and person.id in known.members
    new = replace(entry, person=_merged(person, entry.person, shared=shared))
    changes: tuple[Change, ...] = ()
    if teacher:
        cells = teacher_cells(new, known.schools.by_id.get(new.school_id))
        changes = _changes(teacher_cells(entry_of_teacher(teacher), teacher.school), cells)
    return RowPlan(
        row.number,
        _effect(changes) if teacher else Effect.NEW,
        teacher.handle if teacher else "",
        changes,
        new,
        person.id if person else None,
        _person_keys(person, entry.person),
        "" if new.school_id is None else f"{_folded(new.person.name)} at {new.school_id}",
        tuple(_other_name(person, entry.person)),
    )


def plan_member(row: TableRow, known: Known, *, as_new: bool) -> RowPlan:
    """Raises BadInput, Refused."""
    person = known.person_of(row)
    member = known.members.get(person.id) if person else None
    before = member_cells(known.written[member.id]) if member else {}
    entry = member_entry({**before, **row.cells}, known.schools)
    if person is None and not as_new:
        _ask_about(_members_like(entry, known))
    shared = person is not None and person.id in known.teachers
    new = replace(entry, person=_merged(person, entry.person, shared=shared))
    changes = _changes(before, member_cells(new)) if member else ()
    places = sorted(_places(new.affiliations))
    return RowPlan(
        row.number,
        _effect(changes) if member else Effect.NEW,
        member.handle if member else "",
        changes,
        new,
        person.id if person else None,
        _person_keys(person, entry.person),
        f"{_folded(new.person.name)} at {places[0]}" if places else "",
        (*_other_name(person, entry.person), *unclear_affiliations(new, known.schools)),
    )


def _teachers_like(entry: TeacherEntry, known: Known) -> list[str]:
    """The handles of the registered teachers with this name at this school."""
    namesakes = known.teachers_called.get(_folded(entry.person.name), ())
    return [one.handle for one in namesakes if entry.school_id is not None and one.school_id == entry.school_id]


def _members_like(entry: MemberEntry, known: Known) -> list[str]:
    """The handles of the registered members with this name and an affiliation in common."""
    namesakes = known.members_called.get(_folded(entry.person.name), ())
    return [one.handle for one in namesakes if _places(one.affiliations) & _places(entry.affiliations)]


def _ask_about(handles: Sequence[str]) -> None:
    if handles:
        what = Phrase(
            "may be the same as {handles} (same name and place, another address): if so, write the old address behind "
            "the new one, else import with --as-new",
            handles=any_of(handles),
        )
        raise BadInput([cell_problem("addresses", what)])


def _places(affiliations: Iterable[Affiliation]) -> set[str]:
    return {written(one.name) for one in affiliations}


def _other_name(known: Person | None, entry: PersonEntry) -> Iterable[str]:
    if known is not None and _folded(known.name) != _folded(entry.name):
        yield cell_problem(
            "name", Phrase("the address is of somebody who has another name so far: is it the same person?")
        )


def _merged(known: Person | None, entry: PersonEntry, *, shared: bool) -> PersonEntry:
    return merged_person(entry_of_person(known), entry, shared) if known else entry


def _person_keys(known: Person | None, entry: PersonEntry) -> frozenset[str]:
    keys = {f"address {address.key}" for address in entry.addresses}
    return frozenset(keys | ({f"person {known.id}"} if known else set()))


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).lower()


def _changes(old: Cells, new: Cells) -> tuple[Change, ...]:
    return tuple(Change(column, old[column], new[column]) for column in new if old[column] != new[column])


def _effect(changes: Sequence[Change]) -> Effect:
    return Effect.CHANGED if changes else Effect.UNCHANGED
