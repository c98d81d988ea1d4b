"""The way in: listens, greets, and runs one `SmtpSession` for each client on an event loop in a thread of its own.

Before: the service hands in settings and an Intake. After: `session.py` speaks, the Intake commits. This folder's
session and this file are the only async code of mailgate; everything that blocks runs in the listener's own pool.

BUGS: a few clients with huge mails can use up the memory that is set apart for all; put Postfix in front where
strangers connect. With `reuse_port` a client that the kernel has given to a process which is just stopping is
disconnected, and comes again.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

import aiosmtpd.smtp

from mailgate.smtp.binding import bind, refusal
from mailgate.smtp.certificate import Certificate
from mailgate.smtp.commits import Commits
from mailgate.smtp.fronts import NO_FRONTS, Fronts
from mailgate.smtp.guest import turn_away
from mailgate.smtp.house import Greeter, House, Intake, SessionSettings
from mailgate.smtp.limits import DEFAULT_LIMITS, Clients, Limits
from mailgate.smtp.reading import Budget
from mailgate.smtp.session import LmtpSession, SmtpSession

try:
    from uvloop import new_event_loop
except ImportError:  # no Windows, no PyPy: slower there
    from asyncio import new_event_loop  # type: ignore[assignment]  # what it gives is used as any loop

__all__ = ["Intake", "Listener", "ListenerSettings"]

_WORKERS = 16
_GRACE_SECONDS = 5.0
_BACKLOG = 512
_TICK_SECONDS = 0.05
_BEAT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ListenerSettings:
    host: str
    port: int
    """0 takes any free port: see `Listener.port`."""
    lmtp: bool
    hostname: str
    """The name in the greeting."""
    max_size_bytes: int
    max_connections: int
    certificate: Certificate | None
    """Offers STARTTLS when given."""
    max_waiting_bytes: int = 2**27
    """What all mails together may hold in memory, from their first octet to their commit."""
    limits: Limits = DEFAULT_LIMITS
    """What one client may ask, and how long it is waited for."""
    fronts: Fronts = NO_FRONTS
    """Who tells for whom it speaks."""
    reuse_port: bool = False
    """Shares the port with other processes of this machine that say so too; the kernel spreads the clients."""
    requires_tls: bool = False
    """Takes mail over TLS only; asks for a certificate."""


class Listener:
    """Listens from `start()` to `stop()`; one use each."""

    def __init__(self, settings: ListenerSettings, intake: Intake, sockets: list[socket.socket] | None = None) -> None:
        """`sockets` are bound already (`binding.bind`); None: `start` binds them."""
        self._settings = settings
        self._sockets = sockets
        self._intake = intake
        self._session_class = LmtpSession if settings.lmtp else SmtpSession
        self._sessions: set[SmtpSession] = set()
        self._pool = ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="intake")
        self._listening: Future[int] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="listener")
        self._turned_at = time.monotonic()

    @property
    def port(self) -> int:
        """The port it listens on; waits for `start()`."""
        return self._listening.result()

    @property
    def name(self) -> str:
        return self._thread.name

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def seconds_in_hand(self) -> float:
        """How long its loop has not come round."""
        return time.monotonic() - self._turned_at

    def start(self) -> None:
        """Returns when clients can connect. Raises Refused when the address cannot be listened on."""
        _silence_aiosmtpd()
        s = self._settings
        if self._sockets is None:
            self._sockets = bind(s.host, s.port, reuse_port=s.reuse_port)
        self._thread.start()
        try:
            self._listening.result()
        except OSError as error:
            raise refusal(error, s.host, s.port) from None

    def stop(self) -> None:
        """Takes no new client, lets mails on their way in finish (5 seconds), waits for every commit in hand."""
        if self._loop is not None and self._thread.is_alive():
            with suppress(RuntimeError):  # its loop is just ending: it could not listen
                self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_ignore_lost_connections)
        settings = self._settings
        session_settings = SessionSettings(
            settings.hostname,
            settings.max_size_bytes,
            settings.certificate.context if settings.certificate else None,
            settings.limits,
            settings.fronts,
            settings.requires_tls,
        )
        house = House(
            session_settings,
            self._intake,
            Commits(self._intake.submit, self._intake.commit, lambda: len(self._sessions) > 1),
            Budget(settings.max_waiting_bytes),
            Clients(settings.limits),
            Greeter(session_settings),
            self._pool,
            self._sessions.discard,
        )
        try:
            servers = [
                await self._loop.create_server(lambda: self._session(house), sock=one, backlog=_BACKLOG)
                for one in self._sockets or ()
            ]
        except Exception as error:  # noqa: BLE001  # `start` raises it, where the caller is
            self._listening.set_exception(error)
            return
        self._listening.set_result(servers[0].sockets[0].getsockname()[1])
        self._beat(self._loop)
        await self._stopping.wait()
        for server in servers:
            server.close()
        await self._finish()
        # While the loop still runs: a commit that ends has somewhere to tell it.
        await house.commits.all_settled()
        await self._loop.run_in_executor(None, self._pool.shutdown)

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        self._turned_at = time.monotonic()
        for session in tuple(self._sessions):
            session.look(loop.time())
        if self._settings.certificate is not None:
            self._settings.certificate.look()
        loop.call_later(_BEAT_SECONDS, self._beat, loop)

    def _session(self, house: House) -> asyncio.Protocol:
        if len(self._sessions) >= self._settings.max_connections:
            return _Full()
        session = self._session_class(house)
        self._sessions.add(session)
        return session

    async def _finish(self) -> None:
        """Dismisses who is idle at once, and who is in DATA when done or out of time."""
        ticks = int(_GRACE_SECONDS / _TICK_SECONDS)
        for tick in range(ticks + 1):
            for session in tuple(self._sessions):
                if tick == ticks or not session.in_data:
                    session.dismiss()
            if not self._sessions:
                return
            await asyncio.sleep(_TICK_SECONDS)


class _Full(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        turn_away(transport)


def _silence_aiosmtpd() -> None:
    """Its logger prints addresses at INFO and whole bodies at DEBUG; and before it looks whether anybody listens, it
    searches each line for passwords."""
    aiosmtpd.smtp.sanitized_log = lambda *_arguments, **_options: None
    log = logging.getLogger("mail.log")
    log.setLevel(logging.CRITICAL + 1)
    log.propagate = False


def _ignore_lost_connections(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """aiosmtpd lets ConnectionResetError end its task unread; that is a client's business and no error of ours."""
    if not isinstance(context.get("exception"), ConnectionError):
        loop.default_exception_handler(context)
