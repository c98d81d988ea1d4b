"""Who may use the desk, and who may be asked: contracts, experience, and the moves of a member's status."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import StrEnum

from mailgate.desk.contracts import Standing, best_standing
from mailgate.desk.people import Member, MemberKind, MemberStatus, Plan, Teacher
from mailgate.errors import Refused
from mailgate.phrase import Phrase, in_turn, quoted

YEARS_NEEDED = 5
_TEACHING = frozenset({MemberKind.TEACHER, MemberKind.FORMER_TEACHER})


class MemberMove(StrEnum):
    """What an operator does with a member; the value is the verb of the command."""

    VERIFY = "verify"
    ACTIVATE = "activate"
    PAUSE = "pause"
    RESUME = "resume"
    RETIRE = "retire"


_S = MemberStatus
_MOVES: dict[MemberMove, tuple[frozenset[MemberStatus], MemberStatus]] = {
    MemberMove.VERIFY: (frozenset({_S.APPLIED, _S.RETIRED}), _S.VERIFIED),
    MemberMove.ACTIVATE: (frozenset({_S.APPLIED, _S.VERIFIED, _S.PAUSED}), _S.ACTIVE),
    MemberMove.PAUSE: (frozenset({_S.ACTIVE}), _S.PAUSED),
    MemberMove.RESUME: (frozenset({_S.PAUSED}), _S.ACTIVE),
    MemberMove.RETIRE: (frozenset({_S.APPLIED, _S.VERIFIED, _S.ACTIVE, _S.PAUSED}), _S.RETIRED),
}


class Coverage(StrEnum):
    """By what a teacher may consult on some day."""

    TRIAL = "trial"
    CONTRACT = "contract"
    GRACE = "grace"
    """The contract has ended a few days ago."""
    NONE = "none"


def coverage(teacher: Teacher, on: date, grace_days: int) -> Coverage:
    """Individual trial, or a contract of the school that covers the day, if only by its grace days."""
    if teacher.plan is Plan.TRIAL:
        return Coverage.TRIAL
    match best_standing(teacher.school.contracts if teacher.school else (), on, grace_days):
        case Standing.RUNNING:
            return Coverage.CONTRACT
        case Standing.GRACE:
            return Coverage.GRACE
        case _:
            return Coverage.NONE


def may_consult(teacher: Teacher, on: date, grace_days: int) -> bool:
    """Whether `teacher` may consult on that day."""
    return coverage(teacher, on, grace_days) is not Coverage.NONE


def activation_problem(member: Member) -> str | None:
    """Why `member` may not be asked yet; None when nothing is missing. Names nobody."""
    enough = member.credential.strip() or (member.years or 0) >= YEARS_NEEDED
    if member.kind in _TEACHING and not enough:
        return Phrase(
            "a {kind} needs {years} years of teaching or a credential, and has neither",
            kind=member.kind,
            years=YEARS_NEEDED,
        )
    return None


def status_on(member: Member, day: date) -> MemberStatus:
    """How the status of `member` counts on that day: a pause ends by itself with its last day."""
    over = member.paused_until is not None and day > member.paused_until
    return MemberStatus.ACTIVE if member.status is MemberStatus.PAUSED and over else member.status


def status_after(member: Member, move: MemberMove, on: date) -> MemberStatus:
    """The status of `member` after `move` on that day; raises Refused, with the commands that help."""
    allowed, after = _MOVES[move]
    now = status_on(member, on)
    if now not in allowed:
        raise Refused(_instead(replace(member, status=now), move))
    if after is MemberStatus.ACTIVE and (problem := activation_problem(member)):
        raise Refused(
            "{handle} cannot be activated: {problem}: 'mailgate member edit {handle} --years N' or '--credential TEXT' "
            "adds it",
            handle=member.handle,
            problem=problem,
        )
    return after


def _instead(member: Member, move: MemberMove) -> Phrase:
    """Why the move does not go from where the member is, and what does."""
    after, handle, status = _MOVES[move][1], member.handle, member.status
    if status is after:
        return Phrase("{handle} is {status} already", handle=handle, status=status)
    if move is MemberMove.VERIFY:
        return Phrase("{handle} is {status}, so there is nothing left to verify", handle=handle, status=status)
    first, *then = [quoted(f"mailgate member {step} {handle}") for step in _way(status, after)]
    if not then:
        return Phrase("{handle} is {status}: {command} does it", handle=handle, status=status, command=first)
    steps = in_turn([first, *then])
    return Phrase("{handle} is {status}: first {steps}", handle=handle, status=status, steps=steps)


def _way(status: MemberStatus, goal: MemberStatus) -> list[MemberMove]:
    """The fewest moves from `status` to `goal`, without sending anybody away."""
    ways: dict[MemberStatus, list[MemberMove]] = {status: []}
    for reached in (queue := [status]):
        for move, (allowed, after) in _MOVES.items():
            if move is not MemberMove.RETIRE and reached in allowed and after not in ways:
                ways[after] = [*ways[reached], move]
                queue.append(after)
    return ways[goal]
