"""Everything that waits for an operator, as one list: what it is, of which case, since when, and who has it.

`triage` walks through it. The order is stable: first what is late or broken, then the oldest; what another operator has
taken comes last. Of the steps that follow one another in a case (text, consent, members) only the first stands here.

Looks only, and opens no text but those that a list of comments opens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from mailgate.desk.lifecycle import CaseState, CommentState, ConsentState, OutboxState, SpoolState
from mailgate.flow.context import Context
from mailgate.flow.standing import can_be_answered, is_late
from mailgate.store import applications, cases, comments, consents, findings, invitations, outbox, rounds, spool
from mailgate.store.cases import Case
from mailgate.store.comments import Comment
from mailgate.store.invitations import Invitation

_IN_WORK = (CaseState.HELD, CaseState.NEW, CaseState.OPEN, CaseState.ANSWERED)
_BROKEN = (OutboxState.STOPPED, OutboxState.FAILED)
_FOR_A_PERSON = (SpoolState.HELD, SpoolState.QUARANTINED)


class Wants(StrEnum):
    """What somebody must decide."""

    HELD_CASE = "held case"
    TEXT = "text to check"
    CONSENT = "consent to ask for"
    MEMBERS = "members to invite"
    HELD_COMMENT = "held comment"
    COMMENTS = "comments to review"
    ANSWER = "answer to send"
    OUTGOING = "outgoing mail"
    """One that the gate stopped, or that could not be delivered."""
    RECEIVED = "received mail"
    """One that is held, or that no handler could take."""
    APPLICATION = "application"


class Urgency(IntEnum):
    FIRST = 0
    """Late, or broken: nobody else sees to it."""
    USUAL = 1
    LAST = 2
    """Another operator has it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to decide."""

    wants: Wants
    case: int | None
    id: str
    """Of the comment, mail or application; "" where the case says it."""
    since: datetime
    assignee: str
    late: bool
    urgency: Urgency

    @property
    def place(self) -> tuple[Wants, int | None, str]:
        """The same for the same thing in the next list."""
        return self.wants, self.case, self.id


def waiting(ctx: Context, operator: str) -> list[Waiting]:
    """All that waits, for this operator (the name without "operator:")."""
    found = cases.listing(ctx.tx, list(_IN_WORK))
    by_number = {case.number: case for case in found}
    items = [
        *_of_cases(ctx, found, operator),
        *_of_mails(ctx, by_number, operator),
        *_of_applications(ctx),
    ]
    return sorted(items, key=lambda one: (one.urgency, one.since, one.case or 0, one.wants, one.id))


def _of_cases(ctx: Context, found: Sequence[Case], operator: str) -> Iterator[Waiting]:
    numbers = [case.number for case in found]
    asked, written = invitations.of_cases(ctx.tx, numbers), comments.of_cases(ctx.tx, numbers)
    undecided, approved = findings.counts_open(ctx.tx, numbers), rounds.approved(ctx.tx, numbers)
    agreed, questioned = consents.states(ctx.tx, numbers), consents.asked_in(ctx.tx, numbers)
    for case in found:
        this = (case.number, case.round)
        digest = None if undecided.get(this) else approved.get(this)
        consent = agreed.get((case.number, digest)) if digest is not None else None
        consent_wanted = ctx.policy.teacher_consent or this in questioned
        of_round = [one for one in written[case.number] if one.round == case.round]
        steps = (
            _next_before_the_comments(case, digest, consent, consent_wanted),
            _next_with_the_comments(case, asked[case.number], of_round),
        )
        for wants in filter(None, steps):
            yield _item(ctx, wants, case, operator)
        for one in of_round:
            if one.state is CommentState.HELD:
                yield _item(ctx, Wants.HELD_COMMENT, case, operator, str(one.id), one.received_at)


def _next_before_the_comments(
    case: Case, digest: str | None, consent: ConsentState | None, consent_wanted: bool
) -> Wants | None:
    """`digest` is that of the approved text, None while there is none."""
    if case.state is CaseState.HELD:
        return Wants.HELD_CASE
    if case.state in (CaseState.NEW, CaseState.OPEN) and digest is None:
        return Wants.TEXT
    if case.state is not CaseState.NEW:
        return None
    if consent_wanted and consent not in consents.GIVEN:
        return None if consent is ConsentState.ASKED else Wants.CONSENT
    return Wants.MEMBERS


def _next_with_the_comments(case: Case, asked: Sequence[Invitation], of_round: Sequence[Comment]) -> Wants | None:
    if case.state not in (CaseState.OPEN, CaseState.ANSWERED):
        return None
    unsent = [one for one in of_round if one.answered_at is None]
    if any(one.state is CommentState.PENDING for one in unsent):
        return Wants.COMMENTS
    came_late = case.state is CaseState.ANSWERED and any(one.state is CommentState.APPROVED for one in unsent)
    return Wants.ANSWER if came_late or can_be_answered(case, asked, of_round) else None


def _of_mails(ctx: Context, known: dict[int, Case], operator: str) -> Iterator[Waiting]:
    for sent in outbox.entries(ctx.tx, _BROKEN):
        if sent.case is None or sent.case in known:  # of a case that has ended nobody waits for it
            case = known.get(sent.case) if sent.case is not None else None
            yield _broken(Wants.OUTGOING, case, sent.id, sent.created_at, operator)
    for came in spool.entries(ctx.tx, _FOR_A_PERSON):
        case = known.get(came.case) if came.case is not None else None
        if came.state is SpoolState.QUARANTINED:
            yield _broken(Wants.RECEIVED, case, came.id, came.received_at, operator, came.case)
        else:
            late = case is not None and is_late(case, ctx.now)
            urgency = _urgency(case, operator, first=late)
            assignee = case.assignee if case else ""
            yield Waiting(Wants.RECEIVED, came.case, came.id, came.received_at, assignee, late, urgency)


def _of_applications(ctx: Context) -> Iterator[Waiting]:
    for one in applications.listing(ctx.tx):
        yield Waiting(Wants.APPLICATION, None, str(one.id), one.received_at, "", False, Urgency.USUAL)


def _item(
    ctx: Context, wants: Wants, case: Case, operator: str, of: str = "", since: datetime | None = None
) -> Waiting:
    late = is_late(case, ctx.now)
    urgency = _urgency(case, operator, first=late)
    return Waiting(wants, case.number, of, since or case.received_at, case.assignee, late, urgency)


def _broken(
    wants: Wants, case: Case | None, of: str, since: datetime, operator: str, number: int | None = None
) -> Waiting:
    assignee, urgency = case.assignee if case else "", _urgency(case, operator, first=True)
    return Waiting(wants, case.number if case else number, of, since, assignee, False, urgency)


def _urgency(case: Case | None, operator: str, *, first: bool) -> Urgency:
    if case is not None and case.assignee not in ("", operator):
        return Urgency.LAST
    return Urgency.FIRST if first else Urgency.USUAL
