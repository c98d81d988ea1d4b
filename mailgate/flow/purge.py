"""What was kept for long enough goes: received mails, bodies of sent ones, ended cases, retired members, old lines of
the audit log. Once a day, by whichever node comes first; an operator may ask for it at any time (`run-due`).

Everything no younger than its cutoff (`desk/retention.py`) is due, so a missed month is caught up; each mail and case
is taken in a transaction of its own which looks again, so nothing is done twice and a crash leaves the rest for the
next run. What a person must still decide about stays, however old it is. Told and logged are counts alone; the audit
log has a line for each object. A clock that shows a time before the last run destroys nothing.

After it SQLite's log of writes is emptied; while a reader keeps that from happening it is tried again at each look.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

import structlog

from mailgate.desk.retention import Cutoffs, Turn, asked_turn, cutoffs, daily_turn
from mailgate.errors import Later, Refused
from mailgate.events import Event
from mailgate.flow import chain_audit, destroy, disclosures, erase
from mailgate.flow.context import Context, Office
from mailgate.flow.each import each
from mailgate.store import (
    applications,
    audit,
    audit_chain,
    cases,
    custody,
    day_keys,
    destruction,
    last_runs,
    mail_purge,
    outbox,
)

_WORK = "purge"
_AT_A_TIME = 500
_T = TypeVar("_T")
_Id = TypeVar("_Id", int, str)
_Steps = Generator[None, None, _T]
_log = structlog.get_logger("purge")


@dataclass(frozen=True, slots=True)
class Purged:
    """How many of each are gone."""

    received_mails: int = 0
    sent_mails: int = 0
    cases: int = 0
    keys: int = 0
    members: int = 0
    applications: int = 0
    audit_lines: int = 0

    @property
    def any(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))


class Housekeeping:
    """The purges of one process: `look` whenever there is time, and it happens once a day, in pieces."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._steps: _Steps[Purged] | None = None
        self._log_is_full = False

    @property
    def goes_on(self) -> bool:
        """Whether a run is not done: look again at once."""
        return self._steps is not None

    def look(self) -> Purged | None:
        """Does a piece of the run of the day. What was done in all, when that was the last one; else None."""
        if self._steps is None and self._is_our_turn():
            self._steps = _purge(self._office)
        done = self._step(self._steps) if self._steps is not None else None
        if self._log_is_full or (done is not None and done.any):
            self._log_is_full = not destroy.empty_log(self._office)
        return done

    def _step(self, steps: _Steps[Purged]) -> Purged | None:
        try:
            next(steps)
        except StopIteration as end:
            done: Purged = end.value
        except BaseException:
            self._steps = None  # what is left is due tomorrow, or by run-due
            raise
        else:
            return None
        self._steps = None
        _log.info(Event.PURGED, **asdict(done))
        return done

    def _is_our_turn(self) -> bool:
        with self._office.write() as ctx:
            turn = daily_turn(ctx.now, last_runs.last(ctx.tx, _WORK))
            if turn is Turn.RUN:
                last_runs.begin(ctx.tx, _WORK, ctx.now)
        if turn is Turn.CLOCK_BEHIND:
            _tell_of_clock(self._office)
        return turn is Turn.RUN


def run(office: Office, *, by_the_clock: bool = True, clock_is_right: bool = False) -> Purged:
    """Purges now, and raises Refused by a clock that is behind, unless somebody says that it is right: then the one of
    the last run was wrong. With `by_the_clock` False the office's clock shows what somebody typed: that is no run of
    the day, and says nothing about clocks."""
    if by_the_clock:
        with office.write() as ctx:
            last = last_runs.last(ctx.tx, _WORK)
            turn = Turn.RUN if clock_is_right else asked_turn(ctx.now, last)
            if turn is Turn.RUN:
                last_runs.begin(ctx.tx, _WORK, ctx.now)
        if turn is Turn.CLOCK_BEHIND:
            _tell_of_clock(office)
            assert last is not None, "there is a run to be behind of"
            raise Refused(
                "nothing is purged: the clock is behind the last purge ({last:%Y-%m-%d %H:%M} UTC); if it is right "
                "now: mailgate run-due --clock-is-right",
                last=last,
            )
    done = _to_the_end(_purge(office))
    if done.any:
        destroy.empty_log(office)
    return done


def _purge(office: Office) -> _Steps[Purged]:
    with office.read() as ctx:
        upto = cutoffs(ctx.now, ctx.policy.retention)
        ended = destruction.due(ctx.tx, upto.case)
    destroyed = yield from _pieces(office, partial(_destroy_case, upto), ended)
    with office.read() as ctx:
        raw = mail_purge.due_raw(ctx.tx, upto.raw, upto.bounce)
        sent = mail_purge.due_sent(ctx.tx, upto.sent)
    with office.write() as ctx:
        destruction.delete_notices(ctx.tx)
    return Purged(
        received_mails=(yield from _pieces(office, partial(_empty_raw, upto), raw)),
        sent_mails=(yield from _pieces(office, partial(_empty_sent, upto), sent)),
        cases=destroyed,
        members=erase.erase_retired(office, upto.person),
        applications=_delete_applications(office, upto),
        keys=destroy.destroy_keys(office) + _destroy_idle_keys(office),
        audit_lines=_purge_audit(office, upto),
    )


def _pieces(office: Office, act: Callable[[Context, _Id], bool], ids: Sequence[_Id]) -> _Steps[int]:
    """`each`, with a pause after so many: a loop that takes hours for one piece of work is taken for a hanging one."""
    count = 0
    for start in range(0, len(ids), _AT_A_TIME):
        count += each(office, act, ids[start : start + _AT_A_TIME])
        yield
    return count


def _to_the_end(steps: _Steps[Purged]) -> Purged:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            done: Purged = end.value
            return done


def _destroy_case(upto: Cutoffs, ctx: Context, number: int) -> bool:
    case = cases.get_for_change(ctx.tx, number)
    if not destruction.is_due(ctx.tx, number, upto.case):
        return False
    destroy.destroy(ctx, number, f"retention, {case.state}")
    return True


def _empty_raw(upto: Cutoffs, ctx: Context, raw_id: str) -> bool:
    emptied = mail_purge.empty_raw(ctx.tx, raw_id, upto.raw, upto.bounce)
    if emptied:
        audit.record(ctx.tx, ctx.now, ctx.actor, "purge mail", subject=f"mail {raw_id}")
    return emptied


def _empty_sent(upto: Cutoffs, ctx: Context, mail_id: str) -> bool:
    due = mail_purge.is_due_sent(ctx.tx, mail_id, upto.sent)
    if due:
        disclosures.record_missing(ctx, mail_id)
        mail_purge.forget_sent(ctx.tx, [mail_id])
        case = outbox.entry(ctx.tx, mail_id).case
        audit.record(ctx.tx, ctx.now, ctx.actor, "purge outgoing", case=case, subject=f"mail {mail_id}")
    return due


def _delete_applications(office: Office, upto: Cutoffs) -> int:
    """Decided ones, as long after that as a member is kept who retired."""
    with office.write() as ctx:
        count = applications.delete_decided(ctx.tx, upto.person)
        if count:
            audit.record(ctx.tx, ctx.now, ctx.actor, "purge applications", detail=f"{count} applications")
    return count


def _destroy_idle_keys(office: Office) -> int:
    """Day keys whose mails are all gone, spare keys that no case took, keys of the desk from before a rotation."""
    days = office.policy.retention.raw_days
    # Never by a moment that somebody typed: the mails of today are sealed under the key of today.
    now = min(office.clock(), datetime.now(UTC))
    try:
        gone = day_keys.destroy_unneeded_intake_keys(office.database, now, days)
        return gone + custody.destroy_unused(office.database)
    except Later as error:  # the key store is away, or its log could not be emptied: tomorrow is another day
        _log.error(Event.NOT_DONE, work="destroy keys", id=0, error=type(error).__name__)
        return 0


def _purge_audit(office: Office, upto: Cutoffs) -> int:
    chain_audit.chain(office)
    with office.write() as ctx:
        count = audit_chain.purge(ctx.tx, upto.audit)
        if count:
            audit.record(ctx.tx, ctx.now, ctx.actor, "purge audit", detail=f"{count} lines")
    return count


def _tell_of_clock(office: Office) -> None:
    with office.read() as ctx:
        last = last_runs.last(ctx.tx, _WORK)
    _log.error(Event.CLOCK_BEHIND, last=last.isoformat(timespec="seconds") if last else None)
