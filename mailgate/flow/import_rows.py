"""What one row of an imported file would do to the register: nothing is written here.

Before: `desk/table_file.py` read the row, `Known` was asked once for the whole file. After: `flow/import_register.py`
carries out what was planned. A school is known by its name, a person by any address. Somebody with the same name at the
same school but another address is never taken for the one that is registered: that is a question to the operator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
from mailgate.desk.people import Affiliation, Person
from mailgate.desk.register_rows import (
    cells_of_teacher,
    member_cells,
    read_member,
    read_school,
    read_teacher,
    school_cells,
    teacher_cells,
    unclear_affiliations,
)
from mailgate.desk.school_names import written
from mailgate.desk.table_file import TableRow
from mailgate.errors import BadInput, Refused
from mailgate.flow.import_known import Known, folded
from mailgate.flow.register import known_school, refuse_overlap, refuse_taken_names
from mailgate.phrase import Phrase, any_of


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


class BadCells(BadInput):
    """What is wrong with one row; `keys` are those of `RowPlan`, as far as it can be read."""

    def __init__(self, problems: Sequence[str], keys: frozenset[str]) -> None:
        super().__init__(problems)
        self.keys = keys


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


def plan_school(row: TableRow, known: Known) -> RowPlan:
    """Raises BadCells with all that is wrong with the row: its cells, and what other schools have against it."""
    new, reader = read_school(row.cells)
    school = known_school(new, known.schools) if new.name else None
    changes: tuple[Change, ...] = ()
    if school:
        old = entry_of_school(school)
        read, reader = read_school({**school_cells(replace(old, contracts=())), **row.cells})
        new = merged_school(old, read)
        changes = _changes(school_cells(old), school_cells(new))
        if old.contracts != new.contracts and not changes:
            changes = (Change("contract_to", "", ""),)  # of a contract that is not the last one
    refused = _refused(lambda: refuse_taken_names(new, school, known.schools)) if new.name else []
    names = frozenset(f"name {written(name)}" for name in (new.name, *new.aliases) if name)
    _expect_none([*reader.problems, *refused, *_refused(lambda: refuse_overlap(new, school))], names)
    return RowPlan(
        row.number,
        _effect(changes) if school else Effect.NEW,
        school.handle if school else "",
        changes,
        new,
        school.id if school else None,
        names | ({f"school {school.id}"} if school else set()),
    )


def plan_teacher(row: TableRow, known: Known, *, as_new: bool) -> RowPlan:
    """Raises BadCells like `plan_school`."""
    person, refused = _person_of(row, known)
    teacher = known.teachers.get(person.id) if person else None
    entry, reader = read_teacher({**(cells_of_teacher(teacher) if teacher else {}), **row.cells}, known.schools)
    asks = person is None and not refused and not as_new
    like = _asked_about(_teachers_like(entry, known)) if asks else []
    _expect_none([*reader.problems, *refused, *like], _person_keys(person, entry.person))
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
        "" if new.school_id is None else f"{folded(new.person.name)} at {new.school_id}",
        tuple(_other_name(person, entry.person)),
    )


def plan_member(row: TableRow, known: Known, *, as_new: bool) -> RowPlan:
    """Raises BadCells like `plan_school`."""
    person, refused = _person_of(row, known)
    member = known.members.get(person.id) if person else None
    before = member_cells(known.written[member.id]) if member else {}
    entry, reader = read_member({**before, **row.cells}, known.schools)
    asks = person is None and not refused and not as_new
    like = _asked_about(_members_like(entry, known)) if asks else []
    _expect_none([*reader.problems, *refused, *like], _person_keys(person, entry.person))
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
        f"{folded(new.person.name)} at {places[0]}" if places else "",
        (*_other_name(person, entry.person), *unclear_affiliations(new, known.schools)),
    )


def _teachers_like(entry: TeacherEntry, known: Known) -> list[str]:
    """The handles of the registered teachers with this name at this school."""
    namesakes = known.teachers_called.get(folded(entry.person.name), ())
    return [one.handle for one in namesakes if entry.school_id is not None and one.school_id == entry.school_id]


def _members_like(entry: MemberEntry, known: Known) -> list[str]:
    """The handles of the registered members with this name and an affiliation in common."""
    namesakes = known.members_called.get(folded(entry.person.name), ())
    return [one.handle for one in namesakes if _places(one.affiliations) & _places(entry.affiliations)]


def _asked_about(handles: Sequence[str]) -> list[str]:
    if not handles:
        return []
    what = Phrase(
        "may be the same as {handles} (same name and place, another address): if so, write the old address behind "
        "the new one, else import with --as-new",
        handles=any_of(handles),
    )
    return [cell_problem("addresses", what)]


def _person_of(row: TableRow, known: Known) -> tuple[Person | None, list[str]]:
    """Whom the row means, and what speaks against that."""
    try:
        return known.person_of(row), []
    except Refused as error:
        return None, [error.reason]


def _refused(check: Callable[[], None]) -> list[str]:
    try:
        check()
    except Refused as error:
        return [error.reason]
    return []


def _expect_none(problems: Sequence[str], keys: frozenset[str]) -> None:
    if problems:
        raise BadCells(list(dict.fromkeys(problems)), keys)


def _places(affiliations: Iterable[Affiliation]) -> set[str]:
    return {written(one.name) for one in affiliations}


def _other_name(known: Person | None, entry: PersonEntry) -> Iterable[str]:
    if known is not None and folded(known.name) != folded(entry.name):
        yield cell_problem(
            "name", Phrase("the address is of somebody who has another name so far: is it the same person?")
        )


def _merged(known: Person | None, entry: PersonEntry, *, shared: bool) -> PersonEntry:
    return merged_person(entry_of_person(known), entry, shared) if known else entry


def _person_keys(known: Person | None, entry: PersonEntry) -> frozenset[str]:
    keys = {f"address {address.key}" for address in entry.addresses}
    return frozenset(keys | ({f"person {known.id}"} if known else set()))


def _changes(old: Cells, new: Cells) -> tuple[Change, ...]:
    return tuple(Change(column, old[column], new[column]) for column in new if old[column] != new[column])


def _effect(changes: Sequence[Change]) -> Effect:
    return Effect.CHANGED if changes else Effect.UNCHANGED
