"""What a mail is, said as one value: (recipient, kind, sender, thread, trust) -> Route. Pure, one table, tested as one.

Before it: `mail/parse.py` read the mail, `flow/vouch.py` judged the author, the store said what the address or the
thread belongs to. After it: `flow/process.py` calls the one handler for the route. A new kind of mail adds a route
here and a handler there; nothing else moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mailgate.desk.confirmation import confirms
from mailgate.desk.consent_words import consents
from mailgate.desk.declining import declines
from mailgate.desk.pause_words import Wish, pause_wish
from mailgate.desk.trust import Right, Trust, may
from mailgate.desk.wording import Command, Grade, command, grade
from mailgate.mail.message import Kind
from mailgate.mail.reply_address import MAIN_DESK, Recipient, ToBounce, ToDesk, ToJoin, ToReply
from mailgate.phrase import Phrase


class HeldReason(StrEnum):
    """Why a case waits for a decision. The first two end by themselves when the register changes."""

    UNKNOWN_SENDER = Phrase("unknown sender")
    NO_CONTRACT = Phrase("no valid contract")
    NOT_AUTHENTICATED = Phrase("the sender is not authenticated")
    FORGED = Phrase("the domain of the sender disowns the mail")
    NO_SINGLE_AUTHOR = Phrase("the mail names no single author")


NOTHING_WRITTEN = Phrase("nothing was newly written")


@dataclass(frozen=True, slots=True)
class Thread:
    """What a living reply address says, or a Message-ID of ours that the same person answers."""

    case: int
    invitation: int | None
    """None: it is the teacher's."""
    fits: bool
    """Whether the sender is the one it was given to, or one whom an operator confirmed for it."""
    graded: bool
    """Whether a lone digit is the grade of our answer: the mail replies to it, or the case waits for nothing."""
    approved: bool = False
    """Whether an operator confirmed this sender for the very reply address that the mail came to."""
    asked: bool = False
    """Whether the mail may answer the newest question for the teacher's consent."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the register says of the sender."""

    registered: bool
    covered: bool
    """Whether a contract or a trial covers the date of the mail."""
    names: frozenset[str] = frozenset()
    """How they may greet and sign, as `desk/compact.py` writes it, where they are asked for a yes."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Everything that decides where a mail goes."""

    recipient: Recipient
    kind: Kind
    has_author: bool
    """Whether the From field names exactly one address."""
    from_ourselves: bool
    """Whether that address is one of the desk's own."""
    written: str
    """The newly written part; a mail that has none says nothing, unless an operator takes its whole text for it."""
    thread: Thread | None
    standing: Standing
    trust: Trust


@dataclass(frozen=True, slots=True)
class Record:
    """An automatic mail: kept, changes nothing, is never answered."""

    case: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery report for one mail of ours."""

    token: str


@dataclass(frozen=True, slots=True)
class HoldMail:
    """Kept for an operator, who may `mail release` it."""

    case: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Apply:
    """Somebody wants to be in the register."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Somebody, a member perhaps, wants to be asked no more for a while, or again."""

    wish: Wish


@dataclass(frozen=True, slots=True)
class Confirm:
    """はい, to join@: what the register holds of the sender is right, if they were asked."""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A consultation that goes into the queue."""

    desk: str = MAIN_DESK
    """The id of the desk that was written to."""


@dataclass(frozen=True, slots=True)
class OpenHeldCase:
    """A consultation for which something must be decided first."""

    reason: HeldReason
    explain: bool
    """Whether the sender may be told how to register."""
    desk: str = MAIN_DESK


@dataclass(frozen=True, slots=True)
class FollowUp:
    case: int
    grade: Grade | None = None
    """Of the answer before, where the mail has one above its question."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    case: int


@dataclass(frozen=True, slots=True)
class Rate:
    """The digit that answers the question of the answer mail, perhaps with a word of thanks."""

    case: int
    grade: Grade


@dataclass(frozen=True, slots=True)
class Agree:
    """A yes and nothing else, in answer to the text that members will see."""

    case: int


@dataclass(frozen=True, slots=True)
class TakeComment:
    invitation: int


@dataclass(frozen=True, slots=True)
class Decline:
    invitation: int


@dataclass(frozen=True, slots=True)
class HoldComment:
    invitation: int
    reason: str


Route = (
    Record
    | Report
    | HoldMail
    | Apply
    | Pause
    | Confirm
    | OpenCase
    | OpenHeldCase
    | FollowUp
    | Withdraw
    | Rate
    | Agree
    | TakeComment
    | Decline
    | HoldComment
)


def route(arrival: Arrival) -> Route:
    """Where this mail goes. Robots first, then who the address or the thread belongs to, then the register."""
    thread = arrival.thread
    match arrival.recipient:
        case ToBounce(token) if arrival.kind is Kind.BOUNCE:
            return Report(token)
        case ToBounce():
            return Record(None, f"{arrival.kind} at a bounce address")
        case _ if arrival.kind is not Kind.PERSON:
            return Record(thread.case if thread else None, arrival.kind)
        case _ if arrival.from_ourselves:
            return Record(thread.case if thread else None, "from an address of the desk itself")
        case ToJoin():
            return _of_applicant(arrival)
        case _ if thread is not None and not may(arrival.trust, Right.WAIT_IN_ITS_THREAD):
            return HoldMail(thread.case, _why_not(arrival))
        case _ if thread is not None and thread.invitation is not None:
            return _of_member(arrival, thread, thread.invitation)
        case _ if thread is not None:
            return _of_teacher(arrival, thread)
        case ToReply():
            return HoldMail(None, "the reply address is no longer valid")
        case ToDesk(desk):
            return _of_desk(arrival, desk)
    raise AssertionError("every recipient is matched above")


def _of_applicant(arrival: Arrival) -> Route:
    if not arrival.has_author or not may(arrival.trust, Right.BE_ANSWERED):
        return HoldMail(None, f"application for the register, and {_why_not(arrival)}")
    if (wish := pause_wish(arrival.written)) is not None:
        return Pause(wish)
    return Confirm() if confirms(arrival.written) else Apply()


def _of_member(arrival: Arrival, thread: Thread, invitation: int) -> Route:
    if not thread.fits:
        return HoldComment(invitation, Phrase("the sender is not the invited member"))
    if not may(arrival.trust, Right.WRITE):
        return HoldComment(invitation, _why_not(arrival))
    if not arrival.written.strip():
        return HoldComment(invitation, NOTHING_WRITTEN)
    if command(arrival.written) is Command.DECLINE or declines(arrival.written):
        return Decline(invitation) if may(arrival.trust, Right.CHANGE) else HoldComment(invitation, _why_not(arrival))
    return TakeComment(invitation)


def _of_teacher(arrival: Arrival, thread: Thread) -> Route:
    if not thread.fits:
        return HoldMail(thread.case, "the sender is not the teacher of the case")
    if not may(arrival.trust, Right.WRITE):
        return HoldMail(thread.case, _why_not(arrival))
    if not arrival.written.strip():
        return HoldMail(thread.case, NOTHING_WRITTEN)
    given = grade(arrival.written) if thread.graded else None
    withdraws = command(arrival.written) is Command.WITHDRAW
    agreed = thread.asked and consents(arrival.written, arrival.standing.names)
    if (withdraws or agreed or given is not None) and not may(arrival.trust, Right.CHANGE):
        return HoldMail(thread.case, _why_not(arrival))
    if withdraws:
        return Withdraw(thread.case)
    if agreed:
        return Agree(thread.case)
    if given is not None and not given.asks_more:
        return Rate(thread.case, given)
    return FollowUp(thread.case, given)


def _of_desk(arrival: Arrival, desk: str) -> Route:
    if not arrival.has_author:
        return OpenHeldCase(HeldReason.NO_SINGLE_AUTHOR, explain=False, desk=desk)
    if not may(arrival.trust, Right.OPEN_A_CASE):
        return OpenHeldCase(_why_not(arrival), explain=False, desk=desk)
    if not arrival.standing.registered:
        return OpenHeldCase(HeldReason.UNKNOWN_SENDER, explain=True, desk=desk)
    if not arrival.standing.covered:
        return OpenHeldCase(HeldReason.NO_CONTRACT, explain=True, desk=desk)
    return OpenCase(desk)


def _why_not(arrival: Arrival) -> HeldReason:
    if not arrival.has_author:
        return HeldReason.NO_SINGLE_AUTHOR
    return HeldReason.FORGED if arrival.trust is Trust.FORGED else HeldReason.NOT_AUTHENTICATED
