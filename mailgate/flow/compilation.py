"""All approved comments of a round as one mail to the teacher: looked at with `preview`, sent with `answer`.

With `desk.answer_slots` the mail leaves, and is dated, at the next of these times, the thanks to its authors with it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from mailgate.desk.lifecycle import CaseState, CommentState, InvitationState, Move, moved
from mailgate.desk.slots import next_slot
from mailgate.errors import Altered, ChangedMeanwhile, Refused
from mailgate.flow import conflicts, no_longer_open, post, shown
from mailgate.flow.context import Context
from mailgate.flow.enclosures import Enclosures, of_comments
from mailgate.flow.letters import Answer, CompiledComment, Thanks
from mailgate.flow.render import Rendered
from mailgate.phrase import Phrase, in_one_line
from mailgate.store import answers, audit, cases, comments, invitations, members, outbox, rounds, teachers
from mailgate.store.cases import Case
from mailgate.store.comments import Comment
from mailgate.store.outbox import NOT_CANCELLED


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An approved comment that does not go to the teacher."""

    comment: int
    reason: str


def preview(ctx: Context, number: int) -> Rendered:
    """The answer as it would be sent now; raises Refused when there is nothing to send."""
    case = cases.get(ctx.tx, number)
    used, _ = _sendable(ctx, case)
    return ctx.renderer_of(ctx.desk_of(case)).render(_compiled(ctx, case, used, of_comments(ctx, case, used)))


def answer(ctx: Context, number: int, seen_version: int) -> list[int]:
    """Sends the compiled comments to the teacher and thanks their authors; gives the ids of the comments. What was
    approved after the answer goes in a further one.

    Those of members with a conflict of interest are rejected (`left_out`).

    Raises Refused while a comment waits for review, or when none is approved; ChangedMeanwhile when the case is not
    the version any more that the operator looked at.
    """
    case = cases.get_for_change(ctx.tx, number)
    if case.version != seen_version:
        raise ChangedMeanwhile(
            "case {number} was changed meanwhile: look again with 'mailgate case preview {number}'", number=number
        )
    state = moved(number, case.state, Move.ANSWER)
    assert case.teacher_id is not None, "an open case has a teacher"
    used, unfit = _sendable(ctx, case)
    _refuse_pending(ctx, case)
    teacher = teachers.teacher(ctx.tx, case.teacher_id)
    shown.freeze(ctx, case)
    thread = outbox.last_message_id(ctx.tx, number, None)
    enclosures = of_comments(ctx, case, used)
    files = tuple(file for one in enclosures for file in one.files)
    at = next_slot(ctx.now, ctx.policy.answer_slots, ctx.policy.timezone)
    post.to_teacher(ctx, _compiled(ctx, case, used, enclosures), number, teacher, thread, files, at)
    for one in unfit:
        comments.set_state(ctx.tx, one.comment, CommentState.REJECTED)
        what = f"comment {one.comment}"
        audit.record(ctx.tx, ctx.now, ctx.actor, "leave out", case=number, subject=what, detail=one.reason)
    _thank(ctx, number, used, at)
    for comment in used:
        answers.set_answered(ctx.tx, comment.id, ctx.now)
    for invitation in invitations.of_case(ctx.tx, number, case.round):
        if invitation.state is InvitationState.INVITED:
            no_longer_open.end(ctx, invitation.id, InvitationState.EXPIRED)
    rounds.set_answered(ctx.tx, number, case.round, ctx.now)
    cases.set_state(ctx.tx, number, state, ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, "answer", case=number, detail=f"round {case.round}, {len(used)} comments")
    return [comment.id for comment in used]


def _thank(ctx: Context, number: int, used: list[Comment], at: datetime | None) -> None:
    """Each author once, unless they were thanked for this before: the thanks of an answer that was taken back may have
    left."""
    written = outbox.entries(ctx.tx, NOT_CANCELLED, number)
    thanks = [(one.invitation, one.created_at) for one in written if one.kind == Thanks.template]
    newest = {one.invitation: one for one in sorted(used, key=lambda one: one.received_at)}
    for comment in newest.values():
        if any(invitation == comment.invitation and when > comment.received_at for invitation, when in thanks):
            continue
        member = members.member(ctx.tx, comment.member_id)
        asked_in = outbox.last_message_id(ctx.tx, number, comment.invitation)
        post.to_member(ctx, Thanks(number), number, comment.invitation, member, asked_in, at=at)


def left_out(ctx: Context, number: int) -> list[LeftOut]:
    """The approved comments that an answer would not have now; raises Refused when there would be no answer."""
    _, unfit = _sendable(ctx, cases.get(ctx.tx, number))
    return unfit


def _sendable(ctx: Context, case: Case) -> tuple[list[Comment], list[LeftOut]]:
    """The approved comments of the round, in an order that is stable and says nothing of who wrote first; and those
    whose authors have a conflict of interest by now: the register may have changed since the invitation."""
    written = comments.of_case(ctx.tx, case.number, case.round)
    # A case that was reopened has comments that the teacher has already.
    approved = [one for one in written if one.state is CommentState.APPROVED and one.answered_at is None]
    if not approved and case.state is CaseState.ANSWERED:
        raise Refused("case {number} is answered, and has no new comment", number=case.number)
    if not approved:
        raise Refused(
            "case {number} has no approved comment: mailgate comment list --case {number}", number=case.number
        )
    for one in approved:
        _refuse_altered(one)
    assert case.teacher_id is not None, "members are invited for a teacher's case only"
    reasons = {one.id: conflicts.in_case(ctx, case, one.member_id) for one in approved}
    unfit = [LeftOut(comment, reason) for comment, reason in reasons.items() if reason is not None]
    used = [one for one in approved if reasons[one.id] is None]
    if not used:
        told = in_one_line(
            [Phrase("comment {id} is left out ({reason})", id=one.comment, reason=one.reason) for one in unfit]
        )
        raise Refused("case {number} has no comment that can be sent: {told}", number=case.number, told=told)
    return sorted(used, key=lambda one: _shuffled(ctx, one)), unfit


def _refuse_altered(comment: Comment) -> None:
    """Raises Altered for an approved text that is not what an operator decided on."""
    if not comment.intact or not comment.approved:
        what = Phrase(
            "the text of comment {id} is not the one that was approved: mailgate comment check {id} --redact-all, then "
            "mailgate comment approve {id}",
            id=comment.id,
        )
        raise Altered(what, comment.case, f"comment {comment.id}")


def _shuffled(ctx: Context, comment: Comment) -> bytes:
    """A sort key that only the holder of the keys could foresee."""
    return hashlib.sha256(ctx.tx.keys.token_hash(f"order {comment.case} {comment.id}").encode()).digest()


def _refuse_pending(ctx: Context, case: Case) -> None:
    pending = [one.id for one in comments.of_case(ctx.tx, case.number, case.round) if one.state is CommentState.PENDING]
    if pending:
        raise Refused(
            "comments of case {number} wait for review: mailgate comment check {first}, then mailgate comment approve "
            "{ids} (or reject)",
            number=case.number,
            first=pending[0],
            ids=" ".join(map(str, pending)),
        )


def _compiled(ctx: Context, case: Case, used: list[Comment], enclosures: list[Enclosures]) -> Answer:
    authors = [members.member(ctx.tx, comment.member_id) for comment in used]
    told = shown.words_of_authors(ctx, case, authors)
    return Answer(
        case.number,
        tuple(
            CompiledComment(position, attributes, comment.approved, beside.names, beside.withheld)
            for position, (comment, attributes, beside) in enumerate(zip(used, told, enclosures, strict=True), start=1)
        ),
    )
