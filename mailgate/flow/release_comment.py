"""A held comment is taken as the invited member's own, because an operator says that its sender is right.

What was held goes back on the way that `flow/comment.py` would have taken it: it stands by itself, amends the one that
is there, or declines. Its mail is read again for who sent it, before the transaction begins: that may take as long as
reading a mail may, and nobody waits for the database meanwhile.
"""

from __future__ import annotations

from mailgate.desk.lifecycle import CommentState, InvitationState
from mailgate.desk.wording import Command, command
from mailgate.errors import Refused
from mailgate.flow import conflicts, no_longer_open
from mailgate.flow.comment import end_by_decline, is_late
from mailgate.flow.context import Context, Office
from mailgate.mail.message import Message
from mailgate.store import audit, cases, comments, invitations, reply_tokens, spool
from mailgate.store.comments import Comment, NewVersion


def release_comment(office: Office, comment_id: int, actor: str) -> int:
    """Takes a held comment as the invited member's own, and its sender as right from now on.

    Gives the id under which it stands: its own, or that of the comment which it amends. Raises Refused, NotFound.
    """
    with office.read(actor) as ctx:
        raw = spool.load(ctx.tx, _held(ctx, comment_id).spool_id).raw
    message = office.read_mail(raw)
    with office.write(actor) as ctx:
        return _release(ctx, _held(ctx, comment_id), message)


def _held(ctx: Context, comment_id: int) -> Comment:
    held = comments.get(ctx.tx, comment_id)
    if not held.held_reason or held.merged_into is not None:
        raise Refused(
            "comment {comment_id} is {state}: only a held one can be released", comment_id=comment_id, state=held.state
        )
    return held


def _release(ctx: Context, held: Comment, message: Message) -> int:
    case = cases.get_for_change(ctx.tx, held.case)
    invitation = invitations.get(ctx.tx, held.invitation)
    if reason := conflicts.in_case(ctx, case, invitation.member_id):
        raise Refused(
            "comment {id} cannot be released ({reason}): mailgate comment reject {id}", id=held.id, reason=reason
        )
    token = reply_tokens.of_invitation(ctx.tx, invitation.id)
    if token is not None and message.sender.address is not None:
        reply_tokens.confirm_sender(ctx.tx, token, message.sender.address, ctx.actor)
    audit.record(ctx.tx, ctx.now, ctx.actor, "release comment", case=case.number, subject=f"comment {held.id}")
    late = is_late(case, invitation)
    if not late and command(held.written) is Command.DECLINE:
        comments.set_state(ctx.tx, held.id, CommentState.REJECTED)
        end_by_decline(ctx, case, invitation)
        return held.id
    if not late:
        no_longer_open.end(ctx, invitation.id, InvitationState.COMMENTED)
    current = comments.current_of(ctx.tx, invitation.id)
    if late or current is None:
        comments.set_late(ctx.tx, held.id, late)
        comments.set_state(ctx.tx, held.id, CommentState.PENDING)
        return held.id
    version = NewVersion(held.spool_id, held.received_at, held.written, message.signature, held.body, held.attachments)
    comments.amend(ctx.tx, current.id, version)
    comments.merge(ctx.tx, held.id, current.id)
    return current.id
