"""An invitation is over: what would still ask its member for a comment, and has not left, never does.

Called by whatever ends an invitation: a comment, 辞退, a bounce, the due date, the answer, or an operator. What is in a
sender's hands may be leaving at this moment; it is not tried again. Who is told of the end is up to the caller.
"""

from __future__ import annotations

from mailgate.desk.lifecycle import InvitationState
from mailgate.flow.context import Context
from mailgate.flow.letters import Invitation, Reminder
from mailgate.store import invitations, taking_out

ASKING = (Invitation.template, Reminder.template)
"""The mails that ask a member for a comment."""


def end(ctx: Context, invitation: int, state: InvitationState) -> None:
    """The invitation is `state` from now on, which is not `invited`. Whoever commented may do so once more, and is
    reminded no more."""
    invitations.set_state(ctx.tx, invitation, state)
    kinds = (Reminder.template,) if state is InvitationState.COMMENTED else ASKING
    taking_out.take_out_kinds(ctx.tx, invitation, kinds)
