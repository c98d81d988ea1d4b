"""Whether each text of a letter is, word for word, what an operator approved for its reader, as the store has it now,
and each file beside it, octet for octet, what an operator released.

Before: `flow/gate.py` has seen that the mail says exactly this letter. A text that was approved anew since, in other
words, is no longer the approved one, and a file that is withheld by now no released one: their mails are stopped too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mailgate.desk.lifecycle import CommentState
from mailgate.flow.context import Context
from mailgate.flow.letters import Answer, CommentReceived, ConsentRequest, Invitation, Letter, Reminder
from mailgate.mail.enclosing import Enclosed
from mailgate.store import attachments, comments, invitations, rounds
from mailgate.store.digest import digest_of
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


def are_released(ctx: Context, mail: OutboxEntry, letter: Letter | None, files: Sequence[Enclosed]) -> bool:
    """Whether `files` are the ones that the letter names, in its order, and each is released for its reader's side."""
    if not files and not _names_of_files(letter):
        return True
    if mail.case is None or tuple(one.name for one in files) != _names_of_files(letter):
        return False
    digests = attachments.released_digests(ctx.tx, mail.case, to_members=mail.invitation is not None)
    return all(digest_of(one.octets) in digests for one in files)


def _names_of_files(letter: Letter | None) -> tuple[str, ...]:
    match letter:
        case Invitation(files=names):
            return names
        case Answer():
            return tuple(name for one in letter.comments for name in one.files)
        case _:
            return ()


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
