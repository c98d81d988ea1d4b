"""The rule of the same school at work: as strict as the configuration says, whenever the register may have changed.

`desk/conflict.py` decides; here it is asked about a case. Also how an operator declares a relation that no list shows.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailgate.desk.conflict import conflict
from mailgate.desk.people import Member, School, Teacher
from mailgate.errors import Refused
from mailgate.flow.context import Context
from mailgate.store import audit, members, teachers
from mailgate.store.cases import Case
from mailgate.store.handles import read_handle
from mailgate.store.members import member_by_handle
from mailgate.store.relations import add_relation, remove_relation
from mailgate.store.schools import school_called
from mailgate.store.teachers import teacher_by_handle


@dataclass(frozen=True, slots=True)
class Declared:
    member: str
    other: str
    """The handle of the teacher or school."""


def since_year(ctx: Context) -> int | None:
    """The year from which on affiliations that ended still exclude; None: all do."""
    years = ctx.policy.conflict_years
    return ctx.now.astimezone(ctx.policy.timezone).year - years if years else None


def between(ctx: Context, teacher: Teacher, member: Member) -> str | None:
    """Why `member` may not see a case of `teacher`, or the teacher what they wrote; None where they may."""
    return conflict(teacher, member, since_year(ctx))


def in_case(ctx: Context, case: Case, member_id: int) -> str | None:
    """The same for the teacher of a case, as the register is now."""
    if case.teacher_id is None:
        return None
    return between(ctx, teachers.teacher(ctx.tx, case.teacher_id), members.member(ctx.tx, member_id))


def declare(ctx: Context, handle: str, other: str, *, remove: bool) -> Declared:
    """Notes (or takes back) that a member is never to be asked about a teacher ("T-…") or a school (handle or name).

    Raises Refused when it is noted already (or not noted), NotFound.
    """
    member = member_by_handle(ctx.tx, handle)
    known = _teacher_or_school(ctx, other)
    change = remove_relation if remove else add_relation
    if not change(ctx.tx, member.id, known):
        if remove:
            raise Refused("{member} and {other}: no relation is noted", member=member.handle, other=known.handle)
        raise Refused("{member} and {other}: noted already", member=member.handle, other=known.handle)
    action = "member relation remove" if remove else "member relation add"
    audit.record(ctx.tx, ctx.now, ctx.actor, action, subject=member.handle, detail=known.handle)
    return Declared(member.handle, known.handle)


def _teacher_or_school(ctx: Context, text: str) -> Teacher | School:
    if read_handle(text).startswith("T-"):
        return teacher_by_handle(ctx.tx, text)
    return school_called(ctx.tx, text)
