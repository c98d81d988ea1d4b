"""What operators do with a case beside inviting and answering: each a few lines, each in the audit log."""

from __future__ import annotations

from collections.abc import Sequence

from mailgate.desk.lifecycle import CaseState, InvitationState, Move, moved
from mailgate.desk.people import Teacher
from mailgate.errors import Refused
from mailgate.flow import held, post, withdraw
from mailgate.flow.context import Context
from mailgate.flow.letters import Clarification
from mailgate.store import audit, cases, invitations, outbox, teachers


def assign(ctx: Context, number: int, assignee: str) -> None:
    cases.get_for_change(ctx.tx, number)
    cases.assign(ctx.tx, number, assignee, ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, "assign", case=number, detail=assignee)


def note(ctx: Context, number: int, text: str) -> None:
    """A remark for the operators; it never leaves the desk."""
    if not text.strip():
        raise Refused("the note is empty")
    cases.get(ctx.tx, number)
    cases.add_note(ctx.tx, number, ctx.actor, text.strip(), ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, "note", case=number)


def tag(ctx: Context, number: int, add: Sequence[str], remove: Sequence[str]) -> None:
    cases.get_for_change(ctx.tx, number)
    cases.tag(ctx.tx, number, add)
    cases.untag(ctx.tx, number, remove)
    audit.record(ctx.tx, ctx.now, ctx.actor, "tag", case=number)


def release(ctx: Context, number: int) -> None:
    held.release(ctx, number)


def reject(ctx: Context, number: int) -> None:
    """Not a consultation: set apart as spam; nobody is told."""
    _move(ctx, number, Move.REJECT)


def close(ctx: Context, number: int) -> None:
    """Ends a case without an answer, or after it; members who were still asked are told."""
    case = cases.get(ctx.tx, number)
    _move(ctx, number, Move.CLOSE)
    for invitation in invitations.of_case(ctx.tx, number, case.round):
        if invitation.state is InvitationState.INVITED:
            withdraw.end_invitation(ctx, invitation)


def reopen(ctx: Context, number: int) -> None:
    """Back into the queue, in the round it was in."""
    _move(ctx, number, Move.REOPEN)


def withdraw_for_teacher(ctx: Context, number: int) -> None:
    withdraw.withdraw_case(ctx, cases.get_for_change(ctx.tx, number), ctx.actor)


def expect_withdraw(ctx: Context, number: int) -> None:
    """Raises what `withdraw_for_teacher` would, before anybody is asked."""
    moved(number, cases.get(ctx.tx, number).state, Move.WITHDRAW)


def clarify(ctx: Context, number: int, question: str) -> None:
    """Asks the teacher something; the answer joins the round. Raises Refused when nobody waits for the case."""
    teacher = _asked(ctx, cases.get_for_change(ctx.tx, number), question)
    thread = outbox.last_message_id(ctx.tx, number, None)
    post.to_teacher(ctx, Clarification(number, question.strip()), number, teacher, thread)
    audit.record(ctx.tx, ctx.now, ctx.actor, "clarify", case=number)


def expect_clarify(ctx: Context, number: int, question: str) -> None:
    """Raises what `clarify` would, before anybody is asked."""
    _asked(ctx, cases.get(ctx.tx, number), question)


def _asked(ctx: Context, case: cases.Case, question: str) -> Teacher:
    if case.state not in (CaseState.NEW, CaseState.OPEN) or case.teacher_id is None:
        raise Refused(
            "case {number} is {state}: a question to the teacher needs a case that is new or open",
            number=case.number,
            state=case.state,
        )
    if not question.strip():
        raise Refused(
            "the question is empty: mailgate case clarify {number} --text TEXT, or --text-file PATH", number=case.number
        )
    return teachers.teacher(ctx.tx, case.teacher_id)


def _move(ctx: Context, number: int, move: Move) -> None:
    case = cases.get_for_change(ctx.tx, number)
    cases.set_state(ctx.tx, number, moved(number, case.state, move), ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, move.value, case=number)
