"""A teacher wrote twice about one matter: what the second case says joins the first one, as a follow-up would, and the
second one is closed with a note that says where it went.

Called by `case merge`. The texts are copied: each case keeps what it is sealed with, so either can be destroyed without
the other. The teacher is told with the mail that answers a follow-up, and from then on hears of one case.

Known weaknesses: the received mails stay with the second case, and with them attachments that are not drawn yet, until
their time is over. Who answers a mail of the second case reopens it: it can be merged once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from mailgate.desk.lifecycle import CaseState, Move, moved
from mailgate.errors import Refused
from mailgate.flow import consent, post
from mailgate.flow.context import Context
from mailgate.flow.letters import FollowUpReceived
from mailgate.flow.open_case import answer_due
from mailgate.phrase import Phrase
from mailgate.store import attachments, audit, cases, invitations, outbox, rounds, teachers
from mailgate.store.cases import Case
from mailgate.store.rounds import Entry, NewEntry

_WAITING_FOR_US = (CaseState.NEW, CaseState.OPEN)
_TAKES_MORE = (*_WAITING_FOR_US, CaseState.ANSWERED, CaseState.CLOSED)


def expect_merge(ctx: Context, kept: int, gone: int) -> None:
    """What `merge` would raise, before anybody is asked: Refused, NotFound."""
    _refuse_unfit(ctx, cases.get(ctx.tx, kept), cases.get(ctx.tx, gone))


def merge(ctx: Context, kept: int, gone: int) -> int:
    """Lets what case `gone` says in its round join case `kept`; gives the round of `kept` in which it is now.

    Raises Refused unless both are of one teacher and desk, `gone` is new and nobody is asked for it, and `kept` is a
    case that a follow-up could join.
    """
    locked = {number: cases.get_for_change(ctx.tx, number) for number in sorted({kept, gone})}
    first, second = locked[kept], locked[gone]
    _refuse_unfit(ctx, first, second)
    entries = rounds.entries(ctx.tx, gone, second.round)
    round_number, due = _joined(ctx, first, second, entries)
    cases.tag(ctx.tx, kept, cases.tags(ctx.tx, gone))
    attachments.forget(ctx.tx, gone)
    cases.set_state(ctx.tx, gone, moved(gone, second.state, Move.CLOSE), ctx.now)
    _tell(ctx, first, due, sum(one.attachments for one in entries))
    for number, note, action, other in (
        (kept, f"What case {gone} says is part of this case, in round {round_number}.", "merge", gone),
        (gone, f"What this case says is part of case {kept} now.", "merge into", kept),
    ):
        cases.add_note(ctx.tx, number, ctx.actor, note, ctx.now)
        audit.record(ctx.tx, ctx.now, ctx.actor, action, case=number, detail=f"case {other}")
    return round_number


def _joined(ctx: Context, first: Case, second: Case, entries: Sequence[Entry]) -> tuple[int, datetime]:
    """Adds the texts to the round that waits, or to the next one; gives that round and until when it is answered: the
    teacher was promised a day for either case, the earlier one counts."""
    promised = [day for day in (second.due_at, first.due_at) if day is not None]
    round_number, due = first.round, min(promised, default=answer_due(ctx, ctx.desk_of(first)))
    if first.state not in _WAITING_FOR_US:
        moved(first.number, first.state, Move.FOLLOW_UP)
        due = second.due_at or answer_due(ctx, ctx.desk_of(first))
        round_number = cases.start_round(ctx.tx, first.number, due, ctx.now)
    for one in entries:
        rounds.add_entry(ctx.tx, _copied(one, first.number, round_number))
    cases.touch(ctx.tx, first.number, ctx.now)
    consent.take_correction(ctx, first.number)
    return round_number, due


def _copied(entry: Entry, case: int, round_number: int) -> NewEntry:
    return NewEntry(
        case=case,
        round=round_number,
        spool_id=entry.spool_id,
        received_at=entry.received_at,
        text=entry.text,
        signature=entry.signature,
        body=entry.body,
        attachments=entry.attachments,
    )


def _tell(ctx: Context, case: Case, due: datetime, count: int) -> None:
    assert case.teacher_id is not None, "both are of one teacher"
    letter = FollowUpReceived(case.number, due.astimezone(ctx.policy.timezone).date(), count)
    thread = outbox.last_message_id(ctx.tx, case.number, None)
    post.to_teacher(ctx, letter, case.number, teachers.teacher(ctx.tx, case.teacher_id), thread)


def _refuse_unfit(ctx: Context, first: Case, second: Case) -> None:
    problem = _problem(ctx, first, second)
    if problem is None:
        return
    if first.number > second.number and _problem(ctx, second, first) is None:
        raise Refused(
            "{problem}; the new case comes last: mailgate case merge {earlier} {later}",
            problem=problem,
            earlier=second.number,
            later=first.number,
        )
    raise Refused(problem)


def _problem(ctx: Context, first: Case, second: Case) -> Phrase | None:
    """Why `second` cannot become part of `first`."""
    one, other = first.number, second.number
    if one == other:
        return Phrase("case {case} cannot be merged with itself", case=one)
    if first.teacher_id is None or first.teacher_id != second.teacher_id:
        return Phrase("cases {one} and {other} are not of the same registered teacher", one=one, other=other)
    if first.desk != second.desk:
        return Phrase("cases {one} and {other} are of two desks", one=one, other=other)
    if second.state is not CaseState.NEW:
        return Phrase(
            "case {case} is {state}: only a new one can become part of another", case=other, state=second.state
        )
    if any(invited.round == second.round for invited in invitations.of_case(ctx.tx, other)):
        return Phrase("members were asked for case {case} already: it cannot become part of another one", case=other)
    if first.state not in _TAKES_MORE:
        return Phrase("case {case} is {state}: nothing can be added to it", case=one, state=first.state)
    if first.state is CaseState.CLOSED and ctx.now - first.changed_at > timedelta(days=ctx.policy.retention_days):
        return Phrase("case {case} was closed too long ago: nothing can be added to it", case=one)
    return None
