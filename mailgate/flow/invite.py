"""An operator asks members for comments: who may be asked, then invitation row, reply address and mail in one go.

The rules that no command can go round stand here: an approved text, active members only, nobody from the teacher's
school, never the teacher.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailgate.desk import candidates, schedule
from mailgate.desk.candidate_pool import MemberFacts, Pool
from mailgate.desk.candidates import Candidate, Need, Ranking
from mailgate.desk.conflict import warning
from mailgate.desk.lifecycle import CaseState, InvitationState, Move, moved
from mailgate.desk.people import Member, MemberKind, Teacher
from mailgate.errors import Refused
from mailgate.flow import conflicts, consent, post, shown
from mailgate.flow.context import Context
from mailgate.flow.enclosures import of_case as enclosures_of_case
from mailgate.flow.letters import Invitation, Reminder
from mailgate.phrase import Phrase
from mailgate.store import audit, cases, findings, invitations, members, outbox, persons, reply_tokens, rounds, teachers
from mailgate.store.cases import Case
from mailgate.store.handles import read_handle
from mailgate.store.ranking import members_to_rank
from mailgate.store.rounds import Approval

BEST_SET = 3
"""So many members are proposed where nobody says how many to invite: of several kinds, where there are."""
_ONE_REMINDER_PER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Invited:
    invitation: int
    handle: str
    due_at: datetime
    warning: str | None = None
    """What the operator should think of; nothing that forbids it."""


def rank_members(ctx: Context, number: int, kinds: Collection[MemberKind] = (), limit: int | None = None) -> Ranking:
    """Who could be asked for this case, best first with reasons, and who not, with the reason.

    `kinds`: only members of these; `limit`: no more candidates than that.
    """
    case = cases.get(ctx.tx, number)
    teacher = _teacher(ctx, case)
    approval = rounds.get(ctx.tx, number, case.round).approval
    need = _need(ctx, case, teacher, approval.text if approval else "", kinds)
    return candidates.rank(need, _pool(ctx, case, teacher), limit)


def best_members(ctx: Context, number: int, count: int, kinds: Collection[MemberKind] = ()) -> tuple[Candidate, ...]:
    """Whom `invite` would ask of these kinds when it is told to ask the `count` best."""
    case = cases.get(ctx.tx, number)
    approval = rounds.get(ctx.tx, number, case.round).approval
    need = _need(ctx, case, _teacher(ctx, case), approval.text if approval else "", kinds)
    return _best(ctx, case, need, count)


def require_ready(ctx: Context, number: int) -> None:
    """Raises Refused, as `invite` would, for a case for which nobody can be invited now, whoever it is; before anybody
    is chosen. Not for want of the teacher's consent, which `invite` may be told to do without."""
    _ready(ctx, cases.get(ctx.tx, number))


def invite(
    ctx: Context,
    number: int,
    handles: Sequence[str],
    best: int = 0,
    due: date | None = None,
    without_consent: str = "",
    kinds: Collection[MemberKind] = (),
) -> list[Invited]:
    """Invites the named members, or the best `best` candidates (of these `kinds`); all of them or (Refused) none.

    `without_consent` is why the operator does without the teacher's word, where the desk asks for it.
    """
    case = cases.get_for_change(ctx.tx, number)
    state, teacher, approval = _ready(ctx, case)
    consent.require(ctx, case, approval.text, without_consent)
    members = _chosen(ctx, case, _need(ctx, case, teacher, approval.text, kinds), handles, best)
    due_at = _due_at(ctx, case, due)
    shown.freeze(ctx, case)
    invited = [_invite_one(ctx, case, teacher, approval, member, due_at) for member in members]
    cases.set_state(ctx.tx, number, state, ctx.now)
    return invited


@dataclass(frozen=True, slots=True)
class Proposed:
    """Somebody who would be invited."""

    handle: str
    warning: str | None


def proposed(
    ctx: Context,
    number: int,
    handles: Sequence[str],
    best: int = 0,
    without_consent: str = "",
    kinds: Collection[MemberKind] = (),
) -> list[Proposed]:
    """Whom `invite` would invite with these, and what the operator should think of; raises what it would."""
    case = cases.get(ctx.tx, number)
    _, teacher, approval = _ready(ctx, case)
    if not without_consent.strip():
        consent.require(ctx, case, approval.text, "")
    found = _chosen(ctx, case, _need(ctx, case, teacher, approval.text, kinds), handles, best)
    return [Proposed(member.handle, warning(teacher, member)) for member in found]


def still_asked(ctx: Context, case: Case) -> list[invitations.Invitation]:
    """The invitations of the current round that nobody has answered."""
    current = invitations.of_case(ctx.tx, case.number, case.round)
    return [one for one in current if one.state is InvitationState.INVITED]


def remind(ctx: Context, number: int, handles: Sequence[str]) -> list[str]:
    """Reminds the members of the current round who have not answered, or the named ones; gives their handles.

    Nobody twice within a day; raises Refused when that leaves nobody.
    """
    due = _remindable(ctx, cases.get_for_change(ctx.tx, number), handles)
    for invitation in due:
        remind_one(ctx, invitation)
    return [one.handle for one in due]


def expect_remind(ctx: Context, number: int, handles: Sequence[str]) -> None:
    """Raises what `remind` would, before anybody is asked."""
    _remindable(ctx, cases.get(ctx.tx, number), handles)


def _remindable(ctx: Context, case: Case, handles: Sequence[str]) -> list[invitations.Invitation]:
    wanted = set(map(read_handle, handles))
    waiting = [one for one in still_asked(ctx, case) if not wanted or one.handle in wanted]
    missing = wanted - {one.handle for one in waiting}
    if missing:
        raise Refused("case {number} waits for no answer of {members}", number=case.number, members=sorted(missing))
    if not waiting:
        raise Refused("case {number} waits for no answer of anybody", number=case.number)
    due = [one for one in waiting if one.reminded_at is None or ctx.now - one.reminded_at >= _ONE_REMINDER_PER]
    if not due:
        raise Refused("{members}: reminded within the last day already", members=[one.handle for one in waiting])
    return due


def remind_one(ctx: Context, invitation: invitations.Invitation, at: datetime | None = None) -> None:
    """The reminder of one invitation, with the text once more; `at` is when it leaves, None: now."""
    text = rounds.get(ctx.tx, invitation.case, invitation.round).released_text
    letter = Reminder(invitation.case, text, _day(ctx, invitation.due_at))
    asked_in = outbox.last_message_id(ctx.tx, invitation.case, invitation.id)
    member = members.member(ctx.tx, invitation.member_id)
    post.to_member(ctx, letter, invitation.case, invitation.id, member, asked_in, at=at)
    invitations.set_reminded(ctx.tx, invitation.id, ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, "remind", case=invitation.case, subject=invitation.handle)


def _ready(ctx: Context, case: Case) -> tuple[CaseState, Teacher, Approval]:
    """What the case becomes, whose it is and what members see of it; raises Refused where nobody can be invited."""
    return moved(case.number, case.state, Move.INVITE), _teacher(ctx, case), _approval(ctx, case)


def _teacher(ctx: Context, case: Case) -> Teacher:
    if case.teacher_id is None:
        if not case.held_reason:
            raise Refused("case {number} has no registered teacher: release it first", number=case.number)
        reason = Phrase(case.held_reason)
        raise Refused("case {number} has no registered teacher: {reason}", number=case.number, reason=reason)
    return teachers.teacher(ctx.tx, case.teacher_id)


def _approval(ctx: Context, case: Case) -> Approval:
    this = rounds.get(ctx.tx, case.number, case.round)
    undecided = findings.count_open(ctx.tx, case.number, case.round)
    if undecided:
        raise Refused(
            "case {number} has {undecided} undecided findings: mailgate case check {number}",
            number=case.number,
            undecided=undecided,
        )
    if this.approval is None:
        raise Refused(
            "the text of case {number} is not approved: mailgate case check {number} --redact-all", number=case.number
        )
    return this.approval


def _need(ctx: Context, case: Case, teacher: Teacher, text: str, kinds: Collection[MemberKind]) -> Need:
    return Need(teacher, cases.tags(ctx.tx, case.number), text, frozenset(kinds), conflicts.since_year(ctx))


def _chosen(ctx: Context, case: Case, need: Need, handles: Sequence[str], best: int) -> list[Member]:
    if not handles:
        handles = [one.handle for one in _best(ctx, case, need, best)]
        if not handles:
            raise Refused(
                "nobody can be invited for case {number}: mailgate case candidates {number}", number=case.number
            )
    named = [members.member_by_handle(ctx.tx, handle) for handle in dict.fromkeys(map(read_handle, handles))]
    for facts in _facts(ctx, case, named):
        reason = candidates.exclusion(need, facts, _today(ctx))
        if reason is not None:
            raise Refused(
                "{handle} cannot be invited for case {number}: {reason}",
                handle=facts.member.handle,
                number=case.number,
                reason=reason,
            )
    return named


def _best(ctx: Context, case: Case, need: Need, count: int) -> tuple[Candidate, ...]:
    ranking = candidates.rank(need, _pool(ctx, case, need.teacher), of_each_kind=count)
    return candidates.best(ranking.candidates, count)


def _pool(ctx: Context, case: Case, teacher: Teacher) -> Pool:
    """Everybody, as far as the rules look at them; nothing is opened beyond that."""
    has_domain = teacher.school is not None and bool(teacher.school.domains)
    return Pool(_facts(ctx, case, members_to_rank(ctx.tx, with_addresses=has_domain)), _today(ctx))


def _facts(ctx: Context, case: Case, members: Iterable[Member]) -> list[MemberFacts]:
    now = ctx.now.astimezone(ctx.policy.timezone)
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    this_month, last = invitations.counts_since(ctx.tx, month), invitations.last_invited(ctx.tx)
    current = invitations.of_case(ctx.tx, case.number, case.round)
    asked = {one.member_id for one in current if one.state in (InvitationState.INVITED, InvitationState.COMMENTED)}
    unreachable, outcomes = persons.undeliverable_persons(ctx.tx), invitations.outcomes(ctx.tx)
    return [
        MemberFacts(
            member=member,
            invited_this_month=this_month.get(member.id, 0),
            last_invited=_day(ctx, last[member.id]) if member.id in last else None,
            already_invited=member.id in asked,
            undeliverable=member.person.id in unreachable,
            asked=outcomes.get(member.id, (0, 0))[0],
            answered=outcomes.get(member.id, (0, 0))[1],
        )
        for member in members
    ]


def _invite_one(
    ctx: Context, case: Case, teacher: Teacher, approval: Approval, member: Member, due_at: datetime
) -> Invited:
    before = [one for one in invitations.of_case(ctx.tx, case.number, case.round) if one.member_id == member.id]
    if before:
        invitation = before[0].id
        invitations.reopen(ctx.tx, invitation, due_at, ctx.now)
        reply_tokens.revive(ctx.tx, invitation)
    else:
        invitation = invitations.add(ctx.tx, case.number, case.round, member.id, due_at, ctx.now)
    enclosures = enclosures_of_case(ctx, case)
    letter = Invitation(
        case_number=case.number,
        attributes=shown.words_of_teacher(ctx, case, teacher),
        text=approval.text,
        earlier=_earlier(ctx, case),
        due=_day(ctx, due_at),
        files=enclosures.names,
        withheld=enclosures.withheld,
    )
    post.to_member(ctx, letter, case.number, invitation, member, files=enclosures.files)
    audit.record(ctx.tx, ctx.now, ctx.actor, "invite", case=case.number, subject=member.handle)
    return Invited(invitation, member.handle, due_at, warning(teacher, member))


def _earlier(ctx: Context, case: Case) -> tuple[str, ...]:
    """What was approved in the rounds before this one."""
    before = [one for one in rounds.all_of(ctx.tx, case.number) if one.number < case.round]
    return tuple(one.approval.text for one in before if one.approval is not None)


def _due_at(ctx: Context, case: Case, due: date | None) -> datetime:
    if due is None:
        days = ctx.desk_of(case).invitation_days
        return schedule.due_in(ctx.now, days, ctx.policy.timezone, ctx.policy.calendar)
    if due < _today(ctx):
        raise Refused("the due date {due} is past", due=due)
    return schedule.end_of_day(due, ctx.policy.timezone)


def _today(ctx: Context) -> date:
    return _day(ctx, ctx.now)


def _day(ctx: Context, moment: datetime) -> date:
    return moment.astimezone(ctx.policy.timezone).date()
