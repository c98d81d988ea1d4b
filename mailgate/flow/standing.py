"""How a case stands: whether it can be answered now, whether it is late. For the queue, and for the digest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from mailgate.desk.lifecycle import CaseState, CommentState, is_ready
from mailgate.store.cases import Case
from mailgate.store.comments import Comment
from mailgate.store.invitations import Invitation, states


def can_be_answered(case: Case, asked: Iterable[Invitation], written: Iterable[Comment]) -> bool:
    """Whether nobody of this round is still expected, and something of it is there."""
    current = [one for one in asked if one.round == case.round]
    found = [one.state for one in written if one.round == case.round]
    pending, approved = found.count(CommentState.PENDING), found.count(CommentState.APPROVED)
    return case.state is CaseState.OPEN and is_ready(states(current), pending, approved)


def is_late(case: Case, now: datetime) -> bool:
    """Whether the target date passed while the desk has the case in hand."""
    in_hand = case.state in (CaseState.NEW, CaseState.OPEN)
    return in_hand and case.due_at is not None and case.due_at < now
