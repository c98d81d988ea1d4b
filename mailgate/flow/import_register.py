"""A CSV file or workbook into the register: first a plan that says what every row would do, then the same plan done.

A file can be imported again: what is there is updated, what is not in the file, be it a row or a column, stays. The
plan is made anew inside the transaction that writes; if it is no longer the one that was shown, nothing is written. A
crash leaves all rows or none. Rows and columns: `desk/table_file.py`; what one row does: `flow/import_rows.py`.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum

from mailgate.desk.cells import cell_problem, column_and_what
from mailgate.desk.entries import MemberEntry, SchoolEntry, TeacherEntry
from mailgate.desk.people import Teacher
from mailgate.desk.register_columns import MEMBER_COLUMNS, SCHOOL_COLUMNS, TEACHER_COLUMNS
from mailgate.desk.school_names import SchoolBook
from mailgate.desk.table_file import Column, TableFile, TableRow, read_table
from mailgate.errors import BadInput, ChangedMeanwhile
from mailgate.flow.context import Context
from mailgate.flow.import_known import Known, people_known, schools_known
from mailgate.flow.import_rows import BadCells, Effect, RowPlan, plan_member, plan_school, plan_teacher
from mailgate.flow.register import OnTeacher, nobody_waits, write_member, write_school, write_teacher
from mailgate.phrase import Phrase
from mailgate.store import audit
from mailgate.store.members import add_members
from mailgate.store.progress import Progress, silent
from mailgate.store.schools import add_schools
from mailgate.store.teachers import add_teachers


class Register(StrEnum):
    SCHOOL = "school"
    TEACHER = "teacher"
    MEMBER = "member"


COLUMNS: Mapping[Register, tuple[Column, ...]] = {
    Register.SCHOOL: SCHOOL_COLUMNS,
    Register.TEACHER: TEACHER_COLUMNS,
    Register.MEMBER: MEMBER_COLUMNS,
}
_NEW_OBJECTS = 100_000
"""After so many Python looks for rubbish while a file is worked on; else after 700."""
_TWICE = {
    Register.SCHOOL: Phrase("the same school, or one with such a name or alias,"),
    Register.TEACHER: Phrase("the same teacher or address"),
    Register.MEMBER: Phrase("the same member or address"),
}


@dataclass(frozen=True, slots=True)
class BadRow:
    row: int
    problems: tuple[str, ...]
    """Each with its row and column: "row 4, years: 'abc' is not a whole number"."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    file: TableFile = field(repr=False)
    rows: tuple[RowPlan, ...]
    bad: tuple[BadRow, ...]
    known: Known = field(repr=False, compare=False)
    """What the register said then: as long as it says the same, the same file does the same."""
    as_new: bool = field(compare=False)

    @property
    def problems(self) -> tuple[str, ...]:
        """One line for each thing wrong."""
        return tuple(problem for one in self.bad for problem in one.problems)

    @property
    def remarks(self) -> tuple[str, ...]:
        of_rows = (_of_cell(row.row, *column_and_what(remark)) for row in self.rows for remark in row.remarks)
        return (*self.file.remarks, *of_rows)

    def count(self, effect: Effect) -> int:
        return sum(row.effect is effect for row in self.rows)


@contextmanager
def _many_stay() -> Iterator[None]:
    """A file is hundreds of thousands of objects that all stay: looking for rubbish among them every few hundred would
    take a fifth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@_many_stay()
def plan_import(
    ctx: Context, register: Register, octets: bytes, *, as_new: bool = False, progress: Progress = silent
) -> ImportPlan:
    """What importing the file would do; writes nothing. Raises BadInput when the file as a whole cannot be read.

    `as_new`: who may be the same as somebody registered, but for the address, is somebody else. `progress` hears how
    many rows are looked at.
    """
    file = read_table(octets, COLUMNS[register])
    return _plan(register, file, _known(ctx, register, file), as_new=as_new, progress=progress)


def _known(ctx: Context, register: Register, file: TableFile) -> Known:
    return schools_known(ctx) if register is Register.SCHOOL else people_known(ctx, file.rows)


def _plan(register: Register, file: TableFile, known: Known, *, as_new: bool, progress: Progress) -> ImportPlan:
    """Pure: what the rows of a file do to what is known."""
    plans: list[RowPlan] = []
    bad = [BadRow(one.number, (_of_row(one.number, one.problem),)) for one in file.bad]
    seen: dict[str, int] = {}
    for done, row in enumerate(file.rows, start=1):
        progress(done, len(file.rows))
        try:
            plan = _plan_row(register, row, known, as_new=as_new)
        except BadCells as error:
            placed = (_placed(row, problem, file) for problem in error.problems)
            bad.append(BadRow(row.number, (*placed, *_twice(register, row, error.keys, seen))))
        else:
            if twice := _twice(register, row, plan.keys, seen):
                bad.append(BadRow(row.number, twice))
                continue
            plans.append(_compared(plan, seen))
    return ImportPlan(file, tuple(plans), tuple(sorted(bad, key=lambda one: one.row)), known, as_new)


@_many_stay()
def carry_out(
    ctx: Context,
    register: Register,
    shown: ImportPlan,
    *,
    skip_bad: bool,
    as_new: bool = False,
    on_teacher: OnTeacher = nobody_waits,
    progress: Progress = silent,
) -> ImportPlan:
    """Writes what `shown` promised: all rows, or with `skip_bad` the good ones.

    Raises BadInput when a row is bad and none may be skipped, ChangedMeanwhile when the register is no longer as shown.
    """
    plan, known = shown, _known(ctx, register, shown.file)
    if known != shown.known or as_new != shown.as_new:
        plan = _plan(register, shown.file, known, as_new=as_new, progress=progress)
    if plan.problems and not skip_bad:
        raise BadInput(plan.problems)
    if plan != shown:
        raise ChangedMeanwhile("the register changed since this was shown: look again, then repeat")
    strangers = [row for row in plan.rows if row.effect is Effect.NEW and row.known_id is None]
    schools = plan.known.schools  # as they are now; what was looked up for the plan is found at once
    _add(ctx, register, strangers, schools, on_teacher)
    for done, row in enumerate(plan.rows, start=1):
        progress(done, len(plan.rows))
        if row.effect is Effect.CHANGED or (row.effect is Effect.NEW and row.known_id is not None):
            _write(ctx, row, schools, on_teacher)
    return plan


def _plan_row(register: Register, row: TableRow, known: Known, *, as_new: bool) -> RowPlan:
    match register:
        case Register.SCHOOL:
            return plan_school(row, known)
        case Register.TEACHER:
            return plan_teacher(row, known, as_new=as_new)
        case Register.MEMBER:
            return plan_member(row, known, as_new=as_new)


def _placed(row: TableRow, problem: str, file: TableFile) -> str:
    """With the row, and where it is about a cell, the column as the file calls it where that is another name."""
    if not isinstance(problem, Phrase) or "column" not in problem.values:
        return _of_row(row.number, problem)
    column, what = column_and_what(problem)
    heading = dict(file.headings).get(column, column)
    return _of_cell(row.number, column if heading.lower() == column else f"{column} ({heading})", what)


def _twice(register: Register, row: TableRow, keys: frozenset[str], seen: Mapping[str, int]) -> tuple[str, ...]:
    """What is wrong where an earlier row has one of these keys."""
    earlier = min((seen[key] for key in keys if key in seen), default=None)
    if earlier is None:
        return ()
    twice = Phrase("{what} stands in row {earlier} already", what=_TWICE[register], earlier=earlier)
    return (_of_row(row.number, twice),)


def _of_row(row: int, what: str) -> Phrase:
    return Phrase("row {row}: {what}", row=row, what=what)


def _of_cell(row: int, column: str, what: str) -> Phrase:
    return Phrase("row {row}, {column}: {what}", row=row, column=column, what=what)


def _compared(plan: RowPlan, seen: dict[str, int]) -> RowPlan:
    """`plan`, which is remembered in `seen`, with a remark where an earlier row looks like it."""
    keys = {*plan.keys, *({f"looks like {plan.looks_like}"} if plan.looks_like else ())}
    like = next((seen[key] for key in keys if key in seen), None)
    seen |= dict.fromkeys(keys, plan.row)
    if like is None:
        return plan
    remark = Phrase("may be the same person as in row {row} (same name and place)", row=like)
    return replace(plan, remarks=(*plan.remarks, cell_problem("name", remark)))


def _add(ctx: Context, register: Register, rows: Sequence[RowPlan], schools: SchoolBook, told: OnTeacher) -> None:
    """Writes whom the register does not know yet: many at once."""
    teachers: Sequence[Teacher] = ()
    match register:
        case Register.SCHOOL:
            handles = add_schools(ctx.tx, [row.entry for row in rows if isinstance(row.entry, SchoolEntry)])
        case Register.TEACHER:
            teachers = add_teachers(ctx.tx, [row.entry for row in rows if isinstance(row.entry, TeacherEntry)])
            handles = [one.handle for one in teachers]
        case Register.MEMBER:
            entries = [row.entry for row in rows if isinstance(row.entry, MemberEntry)]
            handles = add_members(ctx.tx, entries, schools)
    for handle in handles:
        audit.record(ctx.tx, ctx.now, ctx.actor, f"{register} import", subject=handle)
    for teacher in teachers:
        told(ctx, teacher)


def _write(ctx: Context, row: RowPlan, schools: SchoolBook, told: OnTeacher) -> None:
    """Changes whom it knows."""
    detail = ", ".join(row.fields)
    match row.entry:
        case SchoolEntry():
            write_school(ctx, row.known_id, row.entry, "school import", told, detail)
        case TeacherEntry():
            write_teacher(ctx, row.known_id, row.entry, "teacher import", told, detail)
        case MemberEntry():
            write_member(ctx, row.known_id, row.entry, "member import", detail, schools)
