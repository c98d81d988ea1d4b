"""What operators do with the register: add, edit, contracts. The moves of a member's status: `flow/membership.py`.

Each change writes its line in the audit log with the handle and the names of the fields, never their contents.
`on_teacher` is told of every teacher who may now consult, so that what they wrote before goes on by itself.
Files come in through `flow/import_register.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from mailgate.desk.contracts import joined, overlap
from mailgate.desk.entries import (
    MemberEntry,
    SchoolEntry,
    TeacherEntry,
    entry_of_person,
    entry_of_school,
    merged_person,
    merged_school,
)
from mailgate.desk.people import Contract, Member, School, Teacher
from mailgate.desk.school_names import is_same_school, near, taken_names, written
from mailgate.errors import Refused
from mailgate.flow.context import Context
from mailgate.phrase import Phrase
from mailgate.store import audit
from mailgate.store.members import member_of_person, save_member
from mailgate.store.persons import known_person
from mailgate.store.schools import all_schools, move_to_school, save_school, school_called
from mailgate.store.teachers import save_teacher, teacher_of_person, teachers_of_school

OnTeacher = Callable[[Context, Teacher], None]


def nobody_waits(ctx: Context, teacher: Teacher) -> None:
    """The `on_teacher` for a register without a desk behind it."""


# --- schools --------------------------------------------------------------------------------------------------------


def known_school(entry: SchoolEntry, schools: Sequence[School]) -> School | None:
    """The school among `schools` that the entry means, however its official name is spelled."""
    some = near(entry.name, schools)
    return next((school for school in some if is_same_school(entry.name, entry.municipality, school)), None)


def add_school(ctx: Context, entry: SchoolEntry) -> School:
    """A new school; raises Refused when it is registered already, or another school has one of its names."""
    others = all_schools(ctx.tx)
    if known := known_school(entry, others):
        raise Refused(
            "{name} is registered already: 'mailgate school edit {handle}'", name=entry.name, handle=known.handle
        )
    refuse_taken_names(entry, None, others)
    return write_school(ctx, None, entry, "school add", nobody_waits)


def edit_school(ctx: Context, school: School, entry: SchoolEntry, on_teacher: OnTeacher = nobody_waits) -> School:
    """`school` with exactly what `entry` says; raises Refused when another school has one of its new names."""
    others = [other for other in all_schools(ctx.tx) if other.id != school.id]
    if known := known_school(entry, others):
        raise Refused(
            "another school has the name {name}: 'mailgate school show {handle}'", name=entry.name, handle=known.handle
        )
    refuse_taken_names(entry, school, others)
    refuse_overlap(entry, school)
    return write_school(ctx, school.id, with_old_name(entry, school), "school edit", on_teacher)


def with_old_name(entry: SchoolEntry, school: School) -> SchoolEntry:
    """`entry`, which also answers to what `school` was called: who writes the old name means the same school."""
    if written(school.name) in map(written, (entry.name, *entry.aliases)):
        return entry
    return replace(entry, aliases=(*entry.aliases, school.name))


def refuse_overlap(entry: SchoolEntry, known: School | None) -> None:
    """Raises Refused when a new contract of `entry` has a day in common with another one."""
    if found := overlap(entry.contracts, known.contracts if known else ()):
        one, other = found
        raise Refused(
            "the contract from {starts_on} to {ends_on} overlaps the one from {other_start} to {other_end}: let it "
            "begin later",
            starts_on=other.starts_on,
            ends_on=other.ends_on,
            other_start=one.starts_on,
            other_end=one.ends_on,
        )


def refuse_taken_names(entry: SchoolEntry, known: School | None, schools: Sequence[School]) -> None:
    """Raises Refused when one of the other `schools` has a name or alias of `entry` already.

    What `known` is called so far stays: a register from before this rule must not be locked by it.
    """
    so_far = {written(name) for name in (known.name, *known.aliases)} if known else set()
    new = [name for name in (entry.name, *entry.aliases) if written(name) not in so_far]
    if taken := taken_names(new, schools, known):
        whose = [
            Phrase("'{name}' is a name of {handle} ({other}) already", name=name, handle=other.handle, other=other.name)
            for name, other in taken
        ]
        raise Refused(
            "{whose}: leave it out here, or take it from there ('mailgate school edit {handle}')",
            whose=whose,
            handle=taken[0][1].handle,
        )


def add_contract(ctx: Context, called: str, contract: Contract, on_teacher: OnTeacher = nobody_waits) -> School:
    """A contract for the school called so; one that starts on the same day is replaced. Raises Refused, NotFound."""
    if contract.ends_on < contract.starts_on:
        raise Refused(
            "a contract cannot end ({ends_on}) before it starts ({starts_on})",
            ends_on=contract.ends_on,
            starts_on=contract.starts_on,
        )
    school = school_called(ctx.tx, called)
    entry = merged_school(entry_of_school(school), replace(entry_of_school(school), contracts=(contract,)))
    refuse_overlap(entry, school)
    return write_school(ctx, school.id, entry, "school contract", on_teacher)


def write_school(
    ctx: Context, school_id: int | None, entry: SchoolEntry, action: str, on_teacher: OnTeacher, detail: str = ""
) -> School:
    """Saves, logs as `action`, and tells `on_teacher` of the school's teachers: a contract may have begun."""
    school = save_school(ctx.tx, school_id, entry)
    audit.record(ctx.tx, ctx.now, ctx.actor, action, subject=school.handle, detail=detail)
    for teacher in teachers_of_school(ctx.tx, school.id):
        on_teacher(ctx, teacher)
    return school


def merge_schools(ctx: Context, kept: School, gone: School, on_teacher: OnTeacher = nobody_waits) -> School:
    """`kept` takes over the names, domains, contracts, teachers and affiliations of `gone`, which is no more.

    Contracts that have a day in common become one. Raises Refused when both are the same.
    """
    expect_merge(kept, gone)
    names: dict[str, str] = {}
    for name in (kept.name, *kept.aliases, gone.name, *gone.aliases):
        names.setdefault(written(name), name)
    entry = SchoolEntry(
        kept.name,
        tuple(names.values())[1:],
        kept.municipality or gone.municipality,
        tuple(dict.fromkeys((*kept.domains, *gone.domains))),
        joined((*kept.contracts, *gone.contracts)),
    )
    move_to_school(ctx.tx, gone.id, kept.id)
    return write_school(ctx, kept.id, entry, "school merge", on_teacher, gone.handle)


def expect_merge(kept: School, gone: School) -> None:
    """Raises what `merge_schools` would, before anybody is asked."""
    if kept.id == gone.id:
        raise Refused("{handle} cannot be merged with itself", handle=kept.handle)


# --- teachers and members -------------------------------------------------------------------------------------------


def add_teacher(ctx: Context, entry: TeacherEntry, on_teacher: OnTeacher = nobody_waits) -> Teacher:
    """A new teacher, who may be a member already; raises Refused when they are a teacher, or an address is taken."""
    known = known_person(ctx.tx, entry.person.addresses)
    if known and (teacher := teacher_of_person(ctx.tx, known.id)):
        raise Refused(
            "a teacher with this address is registered already: 'mailgate teacher edit {handle}'", handle=teacher.handle
        )
    person = merged_person(entry_of_person(known), entry.person, shared=True) if known else entry.person
    return write_teacher(ctx, known.id if known else None, replace(entry, person=person), "teacher add", on_teacher)


def edit_teacher(ctx: Context, teacher: Teacher, entry: TeacherEntry, on_teacher: OnTeacher = nobody_waits) -> Teacher:
    """`teacher` with exactly what `entry` says; raises Refused when an address belongs to somebody else."""
    return write_teacher(ctx, teacher.person.id, entry, "teacher edit", on_teacher)


def write_teacher(
    ctx: Context, person_id: int | None, entry: TeacherEntry, action: str, on_teacher: OnTeacher, detail: str = ""
) -> Teacher:
    """Saves, logs as `action`, and tells `on_teacher`."""
    teacher = save_teacher(ctx.tx, person_id, entry)
    audit.record(ctx.tx, ctx.now, ctx.actor, action, subject=teacher.handle, detail=detail)
    on_teacher(ctx, teacher)
    return teacher


def add_member(ctx: Context, entry: MemberEntry) -> Member:
    """A new member with status `applied`, who may be a teacher already; raises Refused like `add_teacher`."""
    known = known_person(ctx.tx, entry.person.addresses)
    if known and (member := member_of_person(ctx.tx, known.id)):
        raise Refused(
            "a member with this address is registered already: 'mailgate member edit {handle}'", handle=member.handle
        )
    person = merged_person(entry_of_person(known), entry.person, shared=True) if known else entry.person
    return write_member(ctx, known.id if known else None, replace(entry, person=person), "member add")


def edit_member(ctx: Context, member: Member, entry: MemberEntry) -> Member:
    """`member` with exactly what `entry` says; raises Refused when an address belongs to somebody else."""
    return write_member(ctx, member.person.id, entry, "member edit")


def write_member(
    ctx: Context,
    person_id: int | None,
    entry: MemberEntry,
    action: str,
    detail: str = "",
    schools: Sequence[School] | None = None,
) -> Member:
    """Saves, and logs as `action`; `schools` as for `save_member`."""
    member = save_member(ctx.tx, person_id, entry, schools)
    audit.record(ctx.tx, ctx.now, ctx.actor, action, subject=member.handle, detail=detail)
    return member


def record_reveal(ctx: Context, action: str, subject: str, reason: str, case: int | None = None) -> None:
    """Notes that an operator saw names and addresses, and why; raises Refused without a reason."""
    plain = " ".join(reason.split())
    if not plain:
        raise Refused("--reveal needs a reason: it goes into the audit log")
    detail = f"revealed: {plain[:200]}"
    audit.record(ctx.tx, ctx.now, ctx.actor, action, case=case, subject=subject, detail=detail)
