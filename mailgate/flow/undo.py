"""A decision of an operator that can be taken back: as long as its mails wait in the outbox, and nobody has done
anything else with the case since.

`decide` is the one way in which `triage` changes a case: it compares what the operator saw with what is there, takes a
case that nobody has, lets the usual flow act, and keeps what that changed. `undo` puts all of it back in one
transaction, or says why not. Commands do not come by here: what they send leaves at once.

What is kept is in the memory of the screen alone: when that ends, the mails leave and the decision stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailgate.errors import ChangedMeanwhile, Refused
from mailgate.flow import triage
from mailgate.flow.context import Context, Office
from mailgate.phrase import Phrase
from mailgate.store import audit, cases, undoing
from mailgate.store.undoing import Difference


@dataclass(frozen=True, slots=True)
class Done:
    """A decision that was made. Its `words` are fixed ones of ours, for the audit log and the screen."""

    words: str
    case: int
    saw: int
    """The version of the case on which it was decided …"""
    made: int
    """… and the one that it made."""
    difference: Difference | None
    """None: it cannot be undone."""
    mails: int
    """How many mails it put into the outbox …"""
    leave_at: datetime | None
    """… and when they leave at the earliest; None without any."""


def decide(office: Office, actor: str, number: int, saw: int, words: str, act: Callable[[Context], object]) -> Done:
    """Lets `act` change a case that is still of the version `saw`, for the operator `actor` ("operator:NAME").

    What it writes to people waits for `desk.undo_seconds`. A case that nobody has is the operator's from now on.
    Raises ChangedMeanwhile, and what `act` raises; then nothing is changed.
    """
    delay = timedelta(seconds=office.policy.undo_seconds)
    with office.write(actor, delay) as ctx:
        case = require_unchanged(ctx, number, saw)
        if not case.assignee:
            triage.assign(ctx, number, actor.removeprefix("operator:"))
        before = undoing.image(ctx.tx, number)
        act(ctx)
        difference = undoing.difference(before, undoing.image(ctx.tx, number))
        mails = len(difference.mails) if difference else 0
        return Done(
            words, number, saw, cases.get(ctx.tx, number).version, difference, mails, ctx.now + delay if mails else None
        )


def require_unchanged(ctx: Context, number: int, saw: int) -> cases.Case:
    """The case, locked; raises ChangedMeanwhile when it is not any more what the operator saw."""
    case = cases.get_for_change(ctx.tx, number)
    if case.version != saw:
        if not case.assignee:
            raise ChangedMeanwhile(
                "case {number} was changed meanwhile: nothing was done, look at it again", number=number
            )
        raise ChangedMeanwhile(
            "case {number} was changed meanwhile (it is with {assignee}): nothing was done, look at it again",
            number=number,
            assignee=case.assignee,
        )
    return case


def undo(office: Office, actor: str, done: Done) -> int:
    """Puts a case back to what it was before a decision, and its mails out of the outbox; gives the new version.

    Raises Refused when it cannot be undone, when a mail has left or is leaving, and when the case went on since; then
    nothing is changed.
    """
    if done.difference is None:
        raise Refused("'{words}' cannot be undone", words=Phrase(done.words))
    with office.write(actor) as ctx:
        stayed = undoing.have_all_stayed(ctx.tx, done.difference.mails)
        case = cases.get_for_change(ctx.tx, done.case)
        if not stayed:
            raise Refused(
                "the mail has left: '{words}' of case {case} stands", words=Phrase(done.words), case=done.case
            )
        if case.version != done.made or not undoing.put_back(ctx.tx, done.case, done.difference, ctx.now):
            raise Refused("case {case} went on since: '{words}' stands", case=done.case, words=Phrase(done.words))
        detail = f"{done.words}, {done.mails} mails" if done.mails else done.words
        audit.record(ctx.tx, ctx.now, ctx.actor, "undo", case=done.case, detail=detail)
        return case.version + 1


def rebased(earlier: Sequence[Done], case: int, was: int, now: int) -> list[Done]:
    """These decisions, of which those that led to version `was` of a case can still be undone: it is at version `now`,
    and is what it was then but for its assignee."""
    return [replace(one, made=now) if (one.case, one.made) == (case, was) else one for one in earlier]
