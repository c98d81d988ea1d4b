"""A member answers an invitation: a comment, an amendment, a decline, or (from a wrong sender) something to hold."""

from __future__ import annotations

from dataclasses import replace

from mailgate.desk.conflict import told
from mailgate.desk.lifecycle import CaseState, CommentState, InvitationState
from mailgate.desk.people import MemberStatus
from mailgate.flow import brakes, conflicts, no_longer_open, post
from mailgate.flow.context import Context
from mailgate.flow.incoming import Handled, Incoming, done
from mailgate.flow.letters import Closed, CommentReceived, Declined
from mailgate.flow.run_dry import back_to_queue_if_dry
from mailgate.phrase import Phrase
from mailgate.store import audit, cases, comments, invitations, members
from mailgate.store.cases import Case
from mailgate.store.comments import NewVersion
from mailgate.store.invitations import Invitation

RETIRED = Phrase("the member has retired")


def take_comment(ctx: Context, mail: Incoming, invitation_id: int) -> Handled:
    """The invited member's words: the comment, or its newest version; late ones are kept and marked so."""
    invitation = invitations.get(ctx.tx, invitation_id)
    case = cases.get_for_change(ctx.tx, invitation.case)
    if reason := _since_invited(ctx, case, invitation):
        return hold_comment(ctx, mail, invitation_id, reason)
    said_before = comments.last_words(ctx.tx, invitation.id)
    handled = keep_comment(ctx, case, invitation, version_of(mail))
    if mail.may_be_answered:
        letter = _answer_to(ctx, case, invitation, mail, handled)
        _tell(ctx, letter, invitation, mail, brakes.repeated(said_before, mail.message.written))
    return done(handled, case.number)


def keep_comment(ctx: Context, case: Case, invitation: Invitation, version: NewVersion) -> str:
    """Stores a version as comment, amendment or late comment; says which of the three it was."""
    current = comments.current_of(ctx.tx, invitation.id)
    if is_late(case, invitation):
        comment = comments.add(
            ctx.tx, case.number, invitation.round, invitation.id, version, state=CommentState.PENDING, late=True
        )
        kept = "late comment"
    elif current is not None:
        comments.amend(ctx.tx, current.id, version)
        comment, kept = current.id, "amendment"
    else:
        comment = comments.add(
            ctx.tx, case.number, invitation.round, invitation.id, version, state=CommentState.PENDING, late=False
        )
        kept = "comment"
    cases.touch(ctx.tx, case.number, ctx.now)
    if kept != "late comment":
        no_longer_open.end(ctx, invitation.id, InvitationState.COMMENTED)
    audit.record(
        ctx.tx, ctx.now, "member", kept, case=case.number, subject=invitation.handle, detail=f"comment {comment}"
    )
    return kept


def is_late(case: Case, invitation: Invitation) -> bool:
    """Whether the period of the invitation is over: by its due date, taken back, or because its round was answered."""
    ended = (InvitationState.EXPIRED, InvitationState.REVOKED)
    over = invitation.state in ended or invitation.round != case.round
    # An invitation that ran dry put the case back to `new`; the member may still change their mind.
    return over or case.state not in (CaseState.OPEN, CaseState.NEW)


def _since_invited(ctx: Context, case: Case, invitation: Invitation) -> str | None:
    """Why what this member writes is for an operator to look at first: the register changed since they were invited.

    Only operators see it. A member never learns that a case is of a school they know.
    """
    if reason := conflicts.in_case(ctx, case, invitation.member_id):
        return told(reason)
    member = members.member(ctx.tx, invitation.member_id)
    return RETIRED if member.status is MemberStatus.RETIRED else None


def _answer_to(ctx: Context, case: Case, invitation: Invitation, mail: Incoming, kept: str) -> CommentReceived | Closed:
    if kept == "late comment":
        return Closed(case.number)
    # A comment that came in time may be amended until the answer, also past its due date.
    due = max(invitation.due_at, ctx.now).astimezone(ctx.policy.timezone).date()
    return CommentReceived(case.number, mail.message.written, kept == "amendment", due, len(mail.message.attachments))


def decline(ctx: Context, mail: Incoming, invitation_id: int) -> Handled:
    """辞退: the invitation ends; a comment that was not sent yet is taken back with it. When late, nothing is left to
    decline, and the mail is kept as any other late one."""
    invitation = invitations.get(ctx.tx, invitation_id)
    case = cases.get_for_change(ctx.tx, invitation.case)
    if is_late(case, invitation):
        return take_comment(ctx, mail, invitation_id)
    brake = brakes.REPEATED if invitation.state is InvitationState.DECLINED else None
    end_by_decline(ctx, case, invitation)
    if mail.may_be_answered:
        _tell(ctx, Declined(case.number), invitation, mail, brake)
    return done("declined", case.number)


def held_because(stored: str) -> Phrase:
    """Why a comment is held, as it stands in the database, as a phrase again."""
    begins = told("")
    return told(Phrase(stored.removeprefix(begins))) if stored.startswith(begins) else Phrase(stored)


def _tell(
    ctx: Context,
    letter: CommentReceived | Closed | Declined,
    invitation: Invitation,
    mail: Incoming,
    brake: str | None,
) -> None:
    if brake is not None:
        brakes.not_answered(ctx, invitation.case, invitation.handle, brake)
        return
    member = members.member(ctx.tx, invitation.member_id)
    post.to_member(ctx, letter, invitation.case, invitation.id, member, mail.message.message_id)


def end_by_decline(ctx: Context, case: Case, invitation: Invitation) -> None:
    """The member declined in time."""
    current = comments.current_of(ctx.tx, invitation.id)
    if current is not None:
        comments.set_state(ctx.tx, current.id, CommentState.REJECTED)
    no_longer_open.end(ctx, invitation.id, InvitationState.DECLINED)
    audit.record(ctx.tx, ctx.now, "member", "decline", case=case.number, subject=invitation.handle)
    back_to_queue_if_dry(ctx, case.number)


def hold_comment(ctx: Context, mail: Incoming, invitation_id: int, reason: str) -> Handled:
    """Kept for the operator and never passed on by itself; nobody is answered."""
    invitation = invitations.get(ctx.tx, invitation_id)
    comment = comments.add(
        ctx.tx,
        invitation.case,
        invitation.round,
        invitation.id,
        replace(version_of(mail), written=mail.message.written or mail.message.body),
        state=CommentState.HELD,
        late=False,
        held_reason=reason,
    )
    audit.record(
        ctx.tx, ctx.now, "stranger", "hold comment", case=invitation.case, subject=f"comment {comment}", detail=reason
    )
    return done(f"held comment: {reason}", invitation.case)


def version_of(mail: Incoming) -> NewVersion:
    return NewVersion(
        spool_id=mail.spool_id,
        received_at=mail.received_at,
        written=mail.message.written,
        signature=mail.message.signature,
        body=mail.message.body,
        attachments=len(mail.message.attachments),
    )
