"""The states that things are in, and the only moves between them; the README prints the same tables.

Pure: a move is asked here first, then written by `store/`. What a mail or a command means is decided in
`desk/routing.py` and in `flow/`; here stands only what may follow what.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from mailgate.errors import Refused
from mailgate.phrase import any_of


class CaseState(StrEnum):
    HELD = "held"
    NEW = "new"
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    SPAM = "spam"


class InvitationState(StrEnum):
    INVITED = "invited"
    COMMENTED = "commented"
    DECLINED = "declined"
    EXPIRED = "expired"
    REVOKED = "revoked"
    BOUNCED = "bounced"


class CommentState(StrEnum):
    HELD = "held"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class ConsentState(StrEnum):
    """What the teacher says to the anonymised text, where the desk asks (`desk.teacher_consent`)."""

    ASKED = "asked"
    AGREED = "agreed"
    CORRECTED = "corrected"
    WAIVED = "waived"


class ApplicationState(StrEnum):
    """Of an application for the register."""

    ASKED = "asked"
    """The applicant was told what is missing."""
    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"


class ConfirmationState(StrEnum):
    """Of what the register holds of one person: whether they say that it is right."""

    CURRENT = "current"
    """Newly registered, or confirmed; the time until they are asked runs."""
    ASKED = "asked"
    REMINDED = "reminded"
    CORRECTED = "corrected"
    """They sent another form, about which an operator decides."""
    UNANSWERED = "unanswered"
    """Asked and reminded in vain; an operator sees it, and they are asked again in a year."""
    UNREACHED = "unreached"
    """The mail came back; an operator sees it."""


UNCONFIRMED = (ConfirmationState.UNANSWERED, ConfirmationState.UNREACHED)
"""An operator has to look."""


class AttachmentState(StrEnum):
    """What an operator did with an attachment. Before that, and but for the last, it is withheld."""

    DRAWN = "drawn"
    """Somebody looked at the drawing and has not decided."""
    WITHHELD = "withheld"
    RELEASED = "released"


class SpoolState(StrEnum):
    """A mail that we said 250 to."""

    RECEIVED = "received"
    WAITING = "waiting"
    """For the DNS of its sender."""
    DONE = "done"
    HELD = "held"
    QUARANTINED = "quarantined"
    DISCARDED = "discarded"


class OutboxState(StrEnum):
    """A mail that we composed."""

    QUEUED = "queued"
    DEFERRED = "deferred"
    SENT = "sent"
    FAILED = "failed"
    STOPPED = "stopped"
    """By the gate (flow/gate.py): it waits for operators."""
    CANCELLED = "cancelled"


class Move(StrEnum):
    """What can happen to a case; the value is the word of the command or the log."""

    RELEASE = "release"
    REJECT = "reject"
    INVITE = "invite"
    RUN_DRY = "run-dry"
    TAKE_BACK = "take-back"
    ANSWER = "answer"
    FOLLOW_UP = "follow-up"
    CLOSE = "close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


_S = CaseState
_MOVES: dict[Move, tuple[frozenset[CaseState], CaseState]] = {
    Move.RELEASE: (frozenset({_S.HELD, _S.SPAM}), _S.NEW),
    Move.REJECT: (frozenset({_S.HELD, _S.NEW}), _S.SPAM),
    Move.INVITE: (frozenset({_S.NEW, _S.OPEN}), _S.OPEN),
    Move.RUN_DRY: (frozenset({_S.OPEN}), _S.NEW),
    Move.TAKE_BACK: (frozenset({_S.ANSWERED}), _S.OPEN),
    Move.ANSWER: (frozenset({_S.OPEN, _S.ANSWERED}), _S.ANSWERED),
    Move.FOLLOW_UP: (frozenset({_S.ANSWERED, _S.CLOSED}), _S.NEW),
    Move.CLOSE: (frozenset({_S.NEW, _S.OPEN, _S.ANSWERED}), _S.CLOSED),
    Move.REOPEN: (frozenset({_S.CLOSED}), _S.NEW),
    Move.WITHDRAW: (frozenset({_S.HELD, _S.NEW, _S.OPEN, _S.ANSWERED, _S.CLOSED}), _S.WITHDRAWN),
}


def moved(number: int, state: CaseState, move: Move) -> CaseState:
    """The state of case `number` after `move`; raises Refused, with the states that would allow it."""
    allowed, after = _MOVES[move]
    if state not in allowed:
        fitting = any_of(sorted(allowed))
        raise Refused(
            "case {number} is {state}: '{move}' needs a case that is {fitting}",
            number=number,
            state=state,
            move=move,
            fitting=fitting,
        )
    return after


INVITATION_ALIVE = frozenset({InvitationState.INVITED, InvitationState.COMMENTED})


def is_ready(invitations: Collection[InvitationState], pending_comments: int, approved_comments: int) -> bool:
    """Whether an open case waits for its operator alone, to review what came and to answer: nobody is still expected,
    and something is there."""
    return InvitationState.INVITED not in invitations and pending_comments + approved_comments > 0


def has_run_dry(invitations: Collection[InvitationState], comments: int) -> bool:
    """Whether everybody who was asked dropped out without a word, so that the case needs new members."""
    return bool(invitations) and comments == 0 and not INVITATION_ALIVE.intersection(invitations)
