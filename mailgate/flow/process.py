"""The next accepted mails: claimed, looked at, handled; all that follows from each is committed with it.

    received   looked at side by side, with little patience for the DNS: no stranger's silence holds up the others
    waiting    those whose DNS was silent, by another worker: asked again with growing pauses, with more patience

Those that lie ready share a commit, which takes as long as half the handling of a mail. When it fails it has changed
nothing, and each of them gets one of its own. A handler that raises changes nothing: its mail is tried again later and
after a few tries set aside, where an operator sees it (`mail list --quarantined`). The mails behind it go on meanwhile.
"""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path

import structlog

import mailgate
from mailgate.desk import schedule
from mailgate.desk.lifecycle import SpoolState
from mailgate.errors import ChangedMeanwhile, DnsTrouble, Later
from mailgate.events import Event
from mailgate.flow.context import Context, Office
from mailgate.flow.handle import handle
from mailgate.flow.incoming import Handled
from mailgate.flow.looking import Looked, look_at
from mailgate.store import spool
from mailgate.store.claim import LEASE, Claimed

MAX_TRIES = 3
_SIDE_BY_SIDE = 16
_LOOKS_SECONDS = 0.1
"""So long a mail that was looked at waits for those behind it. Threads that look would slow down the one that writes,
and with it everybody who waits for the database."""
_TOGETHER_SECONDS = 0.02
"""A commit ends with the mail that passes this: on SQLite nobody else can write meanwhile, the listener neither."""
_OURS = Path(mailgate.__file__).parent
_log = structlog.get_logger("process")

_Look = Callable[[], Looked]


@dataclass(frozen=True, slots=True)
class _InHand:
    """A mail that is being looked at."""

    claimed: Claimed
    look: Future[Looked]

    @property
    def is_ready(self) -> bool:
        return self.claimed.tries <= MAX_TRIES and self.look.done() and self.look.exception() is None


def threads_that_look() -> Executor:
    """For a worker that handles some mails again and again: starting threads for each batch takes longer than most of
    them look. Those of one line are not lent to another, whose mails may wait long for the DNS."""
    return ThreadPoolExecutor(_SIDE_BY_SIDE, "look")


def process_next(office: Office, at_most: int = 1, threads: Executor | None = None) -> int:
    """Handles the next received mails; how many, 0 when none is due. They are looked at by `threads`, or by some that
    end with the call.

    Raises only what the database raises.
    """
    return _process_line(office, SpoolState.RECEIVED, at_most, threads)


def process_waiting(office: Office, at_most: int = 1, threads: Executor | None = None) -> int:
    """As `process_next`, for the mails that wait for the DNS of their senders."""
    return _process_line(office, SpoolState.WAITING, at_most, threads)


def _process_line(office: Office, line: SpoolState, at_most: int, threads: Executor | None) -> int:
    with office.write() as ctx:
        claimed, lent_until = spool.claim(ctx.tx, ctx.now, at_most, line), ctx.now + LEASE / 2
    look = partial(look_at, office, patient=line is SpoolState.WAITING)
    if len(claimed) < 2:  # nothing to gain from threads
        for one in claimed:
            _process(office, one, partial(look, one.id))
        return len(claimed)
    with nullcontext(threads) if threads else threads_that_look() as looking:
        in_hand = deque(_InHand(one, looking.submit(look, one.id)) for one in claimed)
        while in_hand:
            _process_first(office, in_hand)
            if in_hand and office.clock() > lent_until:  # that was slow: the rest is left to whoever is free
                for left in in_hand:
                    left.look.cancel()
                _give_back(office, [left.claimed for left in in_hand])
                break
    return len(claimed)


def _process_first(office: Office, in_hand: deque[_InHand]) -> None:
    """Handles the first, and in the same commit those right behind it that were looked at already; they leave the
    line."""
    wait([one.look for one in in_hand], _LOOKS_SECONDS)
    wait([in_hand[0].look])
    ready = list(takewhile(lambda one: one.is_ready, in_hand))
    try:
        handled = _commit(office, [(one.claimed, one.look.result()) for one in ready]) if len(ready) > 1 else []
    except Exception:  # noqa: BLE001 - one of them is to blame, or the database: each is tried, and told, by itself
        handled = []
    for outcome in handled:
        _tell(in_hand.popleft().claimed, outcome)
    for one in [] if handled else ready or [in_hand[0]]:
        in_hand.popleft()
        _process(office, one.claimed, one.look.result)


def _process(office: Office, claimed: Claimed, look: _Look) -> None:
    try:
        if claimed.tries > MAX_TRIES:  # its workers died with it in hand
            raise RuntimeError("the worker did not survive this mail")
        (handled,) = _commit(office, [(claimed, look())])
    except DnsTrouble as error:
        _put_with_the_waiting(office, claimed, error)
    except Exception as error:  # noqa: BLE001 - whatever it is, the mail is kept and the next one goes on
        _set_aside(office, claimed, error)
    else:
        _tell(claimed, handled)


def _tell(claimed: Claimed, handled: Handled) -> None:
    _log.info(Event.HANDLED, queue_id=claimed.id, outcome=handled.state.value, result=handled.reason, case=handled.case)


def _commit(office: Office, mails: Sequence[tuple[Claimed, Looked]]) -> list[Handled]:
    """Handles the first of them and those behind it, as far as the time goes; what became of each."""
    handled: list[Handled] = []
    with office.write() as ctx:
        _alone(ctx, (looked for _, looked in mails))
        enough = time.monotonic() + _TOGETHER_SECONDS
        for claimed, looked in mails:
            outcome, words = handle(ctx, looked)
            spool.finish(ctx.tx, claimed, outcome.state, outcome.reason, outcome.case, looked.marks, words)
            ctx.tx.forget()
            handled.append(outcome)
            if time.monotonic() > enough:
                break
    return handled


def _alone(ctx: Context, mails: Iterable[Looked]) -> None:
    """Two nodes with two copies of a mail: the second sees what the first did. Asked for in the same order by all, so
    that no two wait for each other."""
    for mark in sorted({one.marks.whole for one in mails}):
        ctx.tx.alone(f"mail {mark}")


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
