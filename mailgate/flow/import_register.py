"""A CSV file into the register: first a plan that says what every row would do, then the same plan carried out.

A school is found by its name, a person by any address, so that a file can be imported again: what is there is updated,
what is not in the file, be it a row or a column, stays. The plan is made anew inside the transaction that writes; if it
is no longer the one that was shown, nothing is written. Rows and columns: `desk/csv_file.py`, `desk/register_rows.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from mailgate.desk.cells import Cells
from mailgate.desk.csv_file import Column, CsvRow, read_csv
from mailgate.desk.entries import (
    PersonEntry,
    entry_of_person,
    entry_of_school,
    entry_of_teacher,
    merged_person,
    merged_school,
)
from mailgate.desk.people import Person, School
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
from mailgate.desk.school_names import written
from mailgate.errors import BadInput, ChangedMeanwhile, Refused
from mailgate.flow.context import Context
from mailgate.flow.register import (
    OnTeacher,
    known_school,
    nobody_waits,
    refuse_taken_names,
    write_member,
    write_school,
    write_teacher,
)
from mailgate.store.members import member_of_person, written_entry
from mailgate.store.persons import known_person
from mailgate.store.schools import all_schools
from mailgate.store.teachers import teacher_of_person


class Register(StrEnum):
    SCHOOL = "school"
    TEACHER = "teacher"
    MEMBER = "member"


class Effect(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


COLUMNS: Mapping[Register, tuple[Column, ...]] = {
    Register.SCHOOL: SCHOOL_COLUMNS,
    Register.TEACHER: TEACHER_COLUMNS,
    Register.MEMBER: MEMBER_COLUMNS,
}
_TWICE = {
    Register.SCHOOL: "the same school, or one with such a name or alias,",
    Register.TEACHER: "the same teacher or address",
    Register.MEMBER: "the same member or address",
}


@dataclass(frozen=True, slots=True)
class RowPlan:
    row: int
    """As a spreadsheet counts: the head line is 1."""
    effect: Effect
    handle: str
    """Empty for a new one."""
    fields: tuple[str, ...]
    """The columns that would change."""
    keys: frozenset[str] = field(repr=False)
    """What may stand in a file only once: a name, each address, the person."""
    write: Callable[[Context, OnTeacher], object] = field(repr=False, compare=False)
    remarks: tuple[str, ...] = ()
    """What the operator should know, though nothing is wrong."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    rows: tuple[RowPlan, ...]
    problems: tuple[str, ...]
    """One line for each thing wrong: "row 4, years: 'abc' is not a whole number"."""

    @property
    def remarks(self) -> tuple[str, ...]:
        return tuple(f"row {row.row}, {remark}" for row in self.rows for remark in row.remarks)

    def count(self, effect: Effect) -> int:
        return sum(row.effect is effect for row in self.rows)


def plan_import(ctx: Context, register: Register, octets: bytes) -> ImportPlan:
    """What importing the file would do; writes nothing. Raises BadInput when the file as a whole cannot be read."""
    file = read_csv(octets, COLUMNS[register])
    schools = all_schools(ctx.tx)
    plans: list[RowPlan] = []
    problems = list(file.problems)
    seen: dict[str, int] = {}
    for row in file.rows:
        try:
            plan = _plan_row(ctx, register, row, schools)
        except BadInput as error:
            problems += [f"row {row.number}, {problem}" for problem in error.problems]
        except Refused as error:
            problems.append(f"row {row.number}: {error.reason}")
        else:
            earlier = sorted({seen[key] for key in plan.keys if key in seen})
            if earlier:
                problems.append(f"row {row.number}: {_TWICE[register]} stands in row {earlier[0]} already")
                continue
            seen |= dict.fromkeys(plan.keys, row.number)
            plans.append(plan)
    return ImportPlan(tuple(plans), tuple(problems))


def carry_out(
    ctx: Context,
    register: Register,
    octets: bytes,
    shown: ImportPlan,
    *,
    skip_bad: bool,
    on_teacher: OnTeacher = nobody_waits,
) -> ImportPlan:
    """Writes what `shown` promised: all rows, or with `skip_bad` the good ones.

    Raises BadInput when a row is bad and none may be skipped, ChangedMeanwhile when the register is no longer as shown.
    """
    plan = plan_import(ctx, register, octets)
    if plan.problems and not skip_bad:
        raise BadInput(plan.problems)
    if plan != shown:
        raise ChangedMeanwhile("the register changed since this was shown: look again, then repeat")
    for row in plan.rows:
        if row.effect is not Effect.UNCHANGED:
            row.write(ctx, on_teacher)
    return plan


def _plan_row(ctx: Context, register: Register, row: CsvRow, schools: list[School]) -> RowPlan:
    match register:
        case Register.SCHOOL:
            return _plan_school(row, schools)
        case Register.TEACHER:
            return _plan_teacher(ctx, row, schools)
        case Register.MEMBER:
            return _plan_member(ctx, row, schools)


def _plan_school(row: CsvRow, schools: list[School]) -> RowPlan:
    entry = school_entry(row.cells)
    known = known_school(entry, schools)
    new = entry
    fields: tuple[str, ...] = ()
    if known:
        old = entry_of_school(known)
        new = merged_school(old, school_entry({**school_cells(replace(old, contracts=())), **row.cells}))
        fields = _changed(school_cells(old), school_cells(new))
        if old.contracts != new.contracts and not fields:
            fields = ("contract_to",)  # of a contract that is not the last one
    refuse_taken_names(new, known, schools)
    names = {f"name {written(name)}" for name in (new.name, *new.aliases)}
    return RowPlan(
        row.number,
        _effect(fields) if known else Effect.NEW,
        known.handle if known else "",
        fields,
        frozenset(names | ({f"school {known.id}"} if known else set())),
        lambda ctx, told: write_school(ctx, known.id if known else None, new, "school import", told, ", ".join(fields)),
    )


def _plan_teacher(ctx: Context, row: CsvRow, schools: list[School]) -> RowPlan:
    known = known_person(ctx.tx, addresses_in(row.cells))
    teacher = teacher_of_person(ctx.tx, known.id) if known else None
    entry = teacher_entry({**(cells_of_teacher(teacher) if teacher else {}), **row.cells}, schools)
    shared = known is not None and member_of_person(ctx.tx, known.id) is not None
    new = replace(entry, person=_merged(known, entry.person, shared))
    by_id = {school.id: school for school in schools}
    fields: tuple[str, ...] = ()
    if teacher:
        cells = teacher_cells(new, None if new.school_id is None else by_id[new.school_id])
        fields = _changed(teacher_cells(entry_of_teacher(teacher), teacher.school), cells)
    return RowPlan(
        row.number,
        _effect(fields) if teacher else Effect.NEW,
        teacher.handle if teacher else "",
        fields,
        _person_keys(known, entry.person),
        lambda ctx, told: write_teacher(
            ctx, known.id if known else None, new, "teacher import", told, ", ".join(fields)
        ),
    )


def _plan_member(ctx: Context, row: CsvRow, schools: list[School]) -> RowPlan:
    known = known_person(ctx.tx, addresses_in(row.cells))
    member = member_of_person(ctx.tx, known.id) if known else None
    before = member_cells(written_entry(ctx.tx, member)) if member else {}
    entry = member_entry({**before, **row.cells}, schools)
    shared = known is not None and teacher_of_person(ctx.tx, known.id) is not None
    new = replace(entry, person=_merged(known, entry.person, shared))
    fields = _changed(before, member_cells(new)) if member else ()
    return RowPlan(
        row.number,
        _effect(fields) if member else Effect.NEW,
        member.handle if member else "",
        fields,
        _person_keys(known, entry.person),
        lambda ctx, _: write_member(ctx, known.id if known else None, new, "member import", ", ".join(fields), schools),
        unclear_affiliations(new, schools),
    )


def _merged(known: Person | None, entry: PersonEntry, shared: bool) -> PersonEntry:
    return merged_person(entry_of_person(known), entry, shared) if known else entry


def _person_keys(known: Person | None, entry: PersonEntry) -> frozenset[str]:
    keys = {f"address {address.key}" for address in entry.addresses}
    return frozenset(keys | ({f"person {known.id}"} if known else set()))


def _changed(old: Cells, new: Cells) -> tuple[str, ...]:
    return tuple(column for column in new if old[column] != new[column])


def _effect(fields: tuple[str, ...]) -> Effect:
    return Effect.CHANGED if fields else Effect.UNCHANGED
