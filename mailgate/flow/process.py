"""The next accepted mails: claimed, looked at, handled; one commit for all that follows from each.

    received   looked at side by side, with little patience for the DNS: no stranger's silence holds up the others
    waiting    those whose DNS was silent, by another worker: asked again with growing pauses, with more patience

A handler that raises changes nothing: its mail is tried again later and after a few tries set aside, where an operator
sees it (`mail list --quarantined`). The mails behind it go on meanwhile.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

import structlog

import mailgate
from mailgate.desk import schedule
from mailgate.desk.lifecycle import SpoolState
from mailgate.errors import ChangedMeanwhile, DnsTrouble, Later
from mailgate.events import Event
from mailgate.flow import duplicates
from mailgate.flow.context import Office
from mailgate.flow.handle import handle
from mailgate.flow.incoming import Handled
from mailgate.flow.looking import Looked, look_at
from mailgate.store import spool
from mailgate.store.claim import LEASE, Claimed

MAX_TRIES = 3
_SIDE_BY_SIDE = 16
_OURS = Path(mailgate.__file__).parent
_log = structlog.get_logger("process")

_Look = Callable[[], Looked]


def process_next(office: Office, at_most: int = 1) -> int:
    """Handles the next received mails, each in a commit of its own; how many, 0 when none is due.

    Raises only what the database raises.
    """
    return _process_line(office, SpoolState.RECEIVED, at_most)


def process_waiting(office: Office, at_most: int = 1) -> int:
    """As `process_next`, for the mails that wait for the DNS of their senders."""
    return _process_line(office, SpoolState.WAITING, at_most)


def _process_line(office: Office, line: SpoolState, at_most: int) -> int:
    with office.write() as ctx:
        claimed, lent_until = spool.claim(ctx.tx, ctx.now, at_most, line), ctx.now + LEASE / 2
    look = partial(look_at, office, patient=line is SpoolState.WAITING)
    if len(claimed) < 2:  # nothing to gain from threads
        for one in claimed:
            _process(office, one, partial(look, one.id))
        return len(claimed)
    with ThreadPoolExecutor(_SIDE_BY_SIDE, "look") as threads:
        looks = [threads.submit(look, one.id) for one in claimed]
        for position, (one, looked) in enumerate(zip(claimed, looks, strict=True)):
            if position and office.clock() > lent_until:  # slow ones before: the rest is left to whoever is free
                threads.shutdown(wait=False, cancel_futures=True)
                _give_back(office, claimed[position:])
                break
            _process(office, one, looked.result)
    return len(claimed)


def _process(office: Office, claimed: Claimed, look: _Look) -> None:
    try:
        if claimed.tries > MAX_TRIES:  # its workers died with it in hand
            raise RuntimeError("the worker did not survive this mail")
        handled = _commit(office, claimed, look())
    except DnsTrouble as error:
        _put_with_the_waiting(office, claimed, error)
    except Exception as error:  # noqa: BLE001 - whatever it is, the mail is kept and the next one goes on
        _set_aside(office, claimed, error)
    else:
        _log.info(
            Event.HANDLED, queue_id=claimed.id, outcome=handled.state.value, result=handled.reason, case=handled.case
        )


def _commit(office: Office, claimed: Claimed, looked: Looked) -> Handled:
    with office.write() as ctx:
        marks = duplicates.marks_of(ctx, looked.message)
        ctx.tx.alone(f"mail {marks.whole}")  # two nodes with two copies of it: the second sees what the first did
        handled, words = handle(ctx, looked, marks)
        spool.finish(ctx.tx, claimed, handled.state, handled.reason, handled.case, marks, words)
    return handled


def _give_back(office: Office, claimed: Sequence[Claimed]) -> None:
    with office.write() as ctx:
        for one in claimed:
            spool.untouched(ctx.tx, one, ctx.now)


def _put_with_the_waiting(office: Office, claimed: Claimed, error: DnsTrouble) -> None:
    """Nothing when an operator decided about the mail meanwhile, or another worker has it."""
    with suppress(ChangedMeanwhile), office.write() as ctx:
        at = schedule.ask_again(spool.entry(ctx.tx, claimed.id).received_at, ctx.now)
        spool.wait(ctx.tx, claimed, at, error.reason)
        _log.info(Event.DNS_SILENT, queue_id=claimed.id, asked_again=at.isoformat(timespec="seconds"))


def _set_aside(office: Office, claimed: Claimed, error: Exception) -> None:
    """Later for what may pass by itself (the database is away) and for the first tries; else quarantine. Nothing when
    the lease ran out and another worker has the mail: then what was done here is undone."""
    reason = f"{type(error).__name__} in {_where(error)}"
    _log.warning(Event.NOT_HANDLED, queue_id=claimed.id, tries=claimed.tries, error=reason)
    with suppress(ChangedMeanwhile), office.write() as ctx:
        if isinstance(error, Later):
            spool.try_again(ctx.tx, claimed, schedule.handle_again(ctx.now, 1), reason, counts=False)
        elif claimed.tries < MAX_TRIES:
            spool.try_again(ctx.tx, claimed, schedule.handle_again(ctx.now, claimed.tries), reason, counts=True)
        else:
            spool.finish(ctx.tx, claimed, SpoolState.QUARANTINED, reason)


def _where(error: BaseException) -> str:
    """File and line of ours that raised: enough to find a bug, and never a word of the mail."""
    stack = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in stack if Path(frame.filename).is_relative_to(_OURS)]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
