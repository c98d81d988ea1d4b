"""From the sessions of one loop to the commit of their mails, and back.

A session begins a commit here and awaits its result. The mails that have ended in one round of the loop or in the next
are committed together: where many send at once a second look at the sockets, which takes microseconds, finds the ends
of more of them. What several commits have to tell arrives in one wake-up of the loop. A commit is seen to its end even
if its session is gone: `all_settled` waits for them when the listener stops.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from mailgate.mail.envelope import Envelope

Submit = Callable[[Envelope, bytes], "Future[str]"]


class Commits:
    """Made and used on the loop; only `_arrived` runs on other threads, too."""

    def __init__(self, submit: Submit, commit: Callable[[], None], has_others: Callable[[], bool]) -> None:
        """`has_others`: whether more than one client is connected; one alone is not waited for."""
        self._submit = submit
        self._commit = commit
        self._has_others = has_others
        self._commit_planned = False
        self._loop = asyncio.get_running_loop()
        self._open = 0
        self._none_open = asyncio.Event()
        self._none_open.set()
        self._results: deque[tuple[asyncio.Future[str], Future[str], Callable[[], None]]] = deque()
        self._woken = False

    def begin(self, envelope: Envelope, raw: bytes, settled: Callable[[], None]) -> asyncio.Future[str]:
        """The queue id, once the mail is on the disk. `settled` is called on the loop when `raw` is not needed any
        more, whatever became of it and of the session. Raises what the Intake raises.
        """
        waiter: asyncio.Future[str] = self._loop.create_future()
        try:
            told = self._submit(envelope, raw)
        except BaseException:
            settled()
            raise
        self._open += 1
        self._none_open.clear()
        told.add_done_callback(lambda told: self._arrived(waiter, told, settled))
        if not self._commit_planned:
            self._commit_planned = True
            self._loop.call_soon(self._look_once_more if self._has_others() else self._commit_all)
        return waiter

    async def all_settled(self) -> None:
        await self._none_open.wait()

    def _look_once_more(self) -> None:
        self._loop.call_soon(self._commit_all)

    def _commit_all(self) -> None:
        self._commit_planned = False
        self._woken = True  # whatever is told meanwhile, here or by a thread, is passed on right behind
        try:
            self._commit()
        finally:
            self._tell()

    def _arrived(self, waiter: asyncio.Future[str], told: Future[str], settled: Callable[[], None]) -> None:
        self._results.append((waiter, told, settled))
        if not self._woken:
            self._woken = True
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        self._woken = False  # first: whoever appends from now on wakes the loop again
        while self._results:
            waiter, told, settled = self._results.popleft()
            settled()
            self._open -= 1
            if waiter.cancelled():  # its session is gone
                continue
            if (error := told.exception()) is not None:
                waiter.set_exception(error)
            else:
                waiter.set_result(told.result())
        if not self._open:
            self._none_open.set()
