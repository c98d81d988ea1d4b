"""The teacher writes again: to the case address, or in answer to a mail of ours. Also the digit, and 取り下げ."""

from __future__ import annotations

from datetime import timedelta

from mailgate.desk.eligibility import may_consult
from mailgate.desk.lifecycle import CaseState, Move, SpoolState, moved
from mailgate.desk.people import Teacher
from mailgate.desk.routing import HeldReason, OpenHeldCase
from mailgate.desk.wording import Grade
from mailgate.flow import brakes, consent, post
from mailgate.flow.context import Context
from mailgate.flow.incoming import Handled, Incoming, done
from mailgate.flow.letters import FollowUpReceived
from mailgate.flow.open_case import answer_due, open_case, open_held_case
from mailgate.flow.withdraw import withdraw_case
from mailgate.store import audit, cases, rounds, teachers
from mailgate.store.cases import Case

_WAITING_FOR_US = (CaseState.HELD, CaseState.NEW, CaseState.OPEN)


def follow_up(ctx: Context, mail: Incoming, number: int, given: Grade | None) -> Handled:
    """Joins the round while it is unanswered; after the answer opens the next one, back in the queue."""
    case = cases.get_for_change(ctx.tx, number)
    teacher = teachers.teacher(ctx.tx, case.teacher_id) if case.teacher_id is not None else None
    if case.state in (CaseState.WITHDRAWN, CaseState.SPAM):
        return Handled(SpoolState.HELD, f"follow-up to a case that is {case.state}", number)
    if teacher is not None and _is_forgotten(ctx, case):
        sent_on = mail.mail_date.astimezone(ctx.policy.timezone).date()
        if not may_consult(teacher, sent_on, ctx.policy.grace_days):
            return open_held_case(
                ctx, mail, teacher, OpenHeldCase(HeldReason.NO_CONTRACT, explain=True, desk=case.desk)
            )
        return open_case(ctx, mail, teacher, case.desk)
    due = answer_due(ctx, ctx.desk_of(case))
    round_number = case.round
    if case.state not in _WAITING_FOR_US:
        moved(number, case.state, Move.FOLLOW_UP)
        round_number = cases.start_round(ctx.tx, number, due, ctx.now)
    if given is not None:
        rounds.set_satisfaction(ctx.tx, number, given.digit)
    said_before = rounds.last_text(ctx.tx, number)
    rounds.add_entry(ctx.tx, _entry(mail, number, round_number))
    cases.touch(ctx.tx, number, ctx.now)
    consent.take_correction(ctx, number)
    if teacher is not None and mail.may_be_answered:
        answer_by = (case.due_at if round_number == case.round and case.due_at else due).astimezone(ctx.policy.timezone)
        letter = FollowUpReceived(number, answer_by.date(), len(mail.message.attachments))
        _tell(ctx, letter, teacher, mail, said_before)
    audit.record(ctx.tx, ctx.now, "teacher", "follow-up", case=number, detail=f"round {round_number}")
    return done(f"follow-up in round {round_number}", number)


def _tell(ctx: Context, letter: FollowUpReceived, teacher: Teacher, mail: Incoming, said_before: str) -> None:
    number = letter.case_number
    brake = brakes.repeated(said_before, mail.message.written) or brakes.answered_lately(ctx, number)
    if brake is not None:
        brakes.not_answered(ctx, number, teacher.handle, brake)
        return
    post.to_teacher(ctx, letter, number, teacher, mail.message.message_id)


def withdraw(ctx: Context, mail: Incoming, number: int) -> Handled:
    """取り下げ: the case ends here, whoever was asked is told."""
    case = cases.get_for_change(ctx.tx, number)
    if case.state is CaseState.WITHDRAWN:
        return done("withdrawn already", number)
    if case.state is CaseState.SPAM:
        return Handled(SpoolState.HELD, f"withdrawal of a case that is {case.state}", number)
    withdraw_case(ctx, case, "teacher", mail.message.message_id if mail.may_be_answered else "")
    return done("withdrawn", number)


def rate(ctx: Context, number: int, given: Grade) -> Handled:
    """Keeps the digit, and what stands below it as a note; nothing else changes and nobody writes back."""
    rounds.set_satisfaction(ctx.tx, number, given.digit)
    if given.remark:
        cases.add_note(ctx.tx, number, "teacher", given.remark, ctx.now)
    audit.record(ctx.tx, ctx.now, "teacher", "rate", case=number)
    return done("satisfaction", number)


def _is_forgotten(ctx: Context, case: Case) -> bool:
    """Whether a closed case is past the time in which a reply reopens it."""
    return case.state is CaseState.CLOSED and ctx.now - case.changed_at > timedelta(days=ctx.policy.retention_days)


def _entry(mail: Incoming, number: int, round_number: int) -> rounds.NewEntry:
    return rounds.NewEntry(
        case=number,
        round=round_number,
        spool_id=mail.spool_id,
        received_at=mail.received_at,
        text=mail.message.written,
        signature="",
        body=mail.message.body,
        attachments=len(mail.message.attachments),
    )
