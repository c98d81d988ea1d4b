"""Whether each text of a letter is, word for word, what an operator approved for its reader, as the store has it now.

Before: `flow/gate.py` has seen that the mail says exactly this letter. A text that was approved anew since, in other
words, is no longer the approved one: its mail is stopped too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mailgate.desk.lifecycle import CommentState
from mailgate.flow.context import Context
from mailgate.flow.letters import Answer, CommentReceived, ConsentRequest, Invitation, Letter, Reminder
from mailgate.store import comments, invitations, rounds
from mailgate.store.outbox import OutboxEntry

APPROVED_KINDS = frozenset(
    letter.template for letter in (Invitation, Reminder, Answer, ConsentRequest, CommentReceived)
)
"""The mails that carry words of a teacher or a member."""


def is_approved(ctx: Context, mail: OutboxEntry, letter: Letter) -> bool:
    """Raises BadKeys (Altered) when the store does not have a text as it was approved."""
    match letter:
        case Invitation(text=text, earlier=earlier):
            return _is_of_this_round(ctx, mail, text) and _are_of_earlier_rounds(ctx, mail, earlier)
        case Reminder(text=text):
            return _is_of_this_round(ctx, mail, text)
        case ConsentRequest(text=text):
            return mail.case is not None and any(one.released_text == text for one in rounds.all_of(ctx.tx, mail.case))
        case Answer():
            return _are_approved_comments(ctx, mail, [one.text for one in letter.comments])
        case CommentReceived(written=written):
            return mail.invitation is not None and comments.was_written(ctx.tx, mail.invitation, written)
        case _:
            return True


def _is_of_this_round(ctx: Context, mail: OutboxEntry, text: str) -> bool:
    if mail.invitation is None:
        return False
    invitation = invitations.get(ctx.tx, mail.invitation)
    return rounds.get(ctx.tx, invitation.case, invitation.round).released_text == text != ""


def _are_of_earlier_rounds(ctx: Context, mail: OutboxEntry, earlier: Sequence[str]) -> bool:
    if not earlier or mail.case is None:
        return not earlier
    released = iter([one.released_text for one in rounds.all_of(ctx.tx, mail.case)])
    return all(text and text in released for text in earlier)  # each one behind the one before


def _are_approved_comments(ctx: Context, mail: OutboxEntry, texts: Sequence[str]) -> bool:
    if mail.case is None:
        return False
    approved = Counter(
        one.approved
        for one in comments.of_case(ctx.tx, mail.case)
        if one.state is CommentState.APPROVED and one.intact and one.answered_at is not None
    )
    return bool(texts) and all(texts) and Counter(texts) <= approved
