"""What was held goes on: a case whose author is registered now, or one that an operator releases."""

from __future__ import annotations

from mailgate.desk.eligibility import may_consult
from mailgate.desk.lifecycle import CaseState, Move, moved
from mailgate.desk.people import Teacher
from mailgate.desk.routing import HeldReason
from mailgate.errors import Refused
from mailgate.flow.context import Context
from mailgate.flow.open_case import acknowledge, answer_due
from mailgate.store import audit, cases, rounds, teachers

_ENDED_BY_THE_REGISTER = (HeldReason.UNKNOWN_SENDER, HeldReason.NO_CONTRACT)


def release_registered(ctx: Context, teacher: Teacher) -> None:
    """Called when the register changes for a teacher: held consultations go into the queue by themselves.

    Not those whose sender was not authenticated, and not while no contract covers them: these stay for the operator.
    """
    for number in cases.held_of(ctx.tx, teacher.person.addresses):
        case = cases.get_for_change(ctx.tx, number)
        days = (moment.astimezone(ctx.policy.timezone).date() for moment in (case.mail_date, ctx.now))
        covered = any(may_consult(teacher, day, ctx.policy.grace_days) for day in days)
        if case.held_reason not in _ENDED_BY_THE_REGISTER:
            continue
        if covered:
            _into_queue(ctx, case, teacher)
        else:  # the author is known now: only the contract is missing
            cases.set_held_reason(ctx.tx, number, HeldReason.NO_CONTRACT, teacher.id, ctx.now)


def release(ctx: Context, number: int) -> None:
    """An operator takes responsibility for a held case. Raises Refused when its author is in no register:
    a result goes only to a registered address."""
    case = cases.get_for_change(ctx.tx, number)
    moved(number, case.state, Move.RELEASE)
    teacher = teachers.teacher_by_address(ctx.tx, case.sender) if case.sender else None
    if teacher is None:
        raise Refused(
            "case {number} cannot be released: its sender is no registered teacher: mailgate teacher add", number=number
        )
    _into_queue(ctx, case, teacher)


def _into_queue(ctx: Context, case: cases.Case, teacher: Teacher) -> None:
    due = answer_due(ctx, ctx.desk_of(case))
    cases.set_teacher(ctx.tx, case.number, teacher.id, due)
    cases.set_state(ctx.tx, case.number, CaseState.NEW, ctx.now)
    attachments = sum(one.attachments for one in rounds.entries(ctx.tx, case.number))
    acknowledge(ctx, case.number, teacher, due, attachments)
    audit.record(ctx.tx, ctx.now, ctx.actor, "release", case=case.number, subject=teacher.handle)
