"""One conversation with one client: aiosmtpd's command loop with our own MAIL, RCPT and DATA (RFC 5321, RFC 2033).

Before: `listener.py` accepted the connection. After: the Intake has committed the mail, or it was refused. The session
knows no product rule. What the Intake can tell at once is asked on the loop; what may block (a token, a look at the
disk) on a worker thread, so that nobody stalls the others.

What a stranger hears is one of a few fixed sentences. An exception is ours to look into and theirs to try again
(451): aiosmtpd itself would say 500 and print the exception. A mail being committed is committed to the end even if
its client has gone; it then comes again, and the Intake knows it.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, TLSSetupException
from aiosmtpd.smtp import Envelope as AiosmtpdEnvelope

from mailgate.errors import MailgateError
from mailgate.events import Event
from mailgate.mail import smtp_reply
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.smtp import replies
from mailgate.smtp.house import House
from mailgate.smtp.paths import mail_problem, read_path
from mailgate.smtp.reading import Text

_log = structlog.get_logger(__name__)
_T = TypeVar("_T")

_MAX_RECIPIENTS = 100
_COMMAND_OCTETS = 2000
_IDLE_SECONDS = 300.0
_LINE_BUFFER_OCTETS = 2**17
_ALL = 2**31
_NOT_VISIBLE = re.compile(r"[^!-~]+")


class Transaction(AiosmtpdEnvelope):
    """What MAIL and RCPT said so far; aiosmtpd makes a fresh one after DATA, RSET, EHLO and STARTTLS."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = False
        self.reverse_path: Address | None = None
        self.forward_paths: dict[str, Address] = {}
        self.accepted_count = 0
        """RCPT commands that heard 250, doubles counted: LMTP owes each of them a reply."""


class SmtpSession(SMTP):
    """RFC 5321. `in_data` is true from DATA to its reply: the listener waits for that when it stops."""

    line_length_limit = _LINE_BUFFER_OCTETS
    _protocol_name = "ESMTP"
    _replies_to_each = False
    envelope: Transaction | None

    def __init__(self, house: House) -> None:
        settings = house.settings
        super().__init__(
            house.greeter,
            data_size_limit=settings.max_size_bytes,
            enable_SMTPUTF8=True,
            hostname=settings.hostname,
            ident=self._protocol_name,
            tls_context=settings.tls_context,
            timeout=_IDLE_SECONDS,
            loop=asyncio.get_running_loop(),
        )
        # The class shares one table between all sessions and each EHLO makes it grow.
        self.command_size_limits = defaultdict(lambda: _COMMAND_OCTETS)
        self.in_data = False
        self._house = house
        self._intake = house.intake
        self._max_size_bytes = settings.max_size_bytes
        self._text: Text | None = None
        self._text_ended: asyncio.Future[None] = self.loop.create_future()

    def __dir__(self) -> list[str]:
        """For each connection aiosmtpd looks twice at each name here to find its commands: these are all it needs."""
        return _names_of_commands(type(self))  # type: ignore[arg-type]  # a class is hashable

    # Commands

    async def smtp_MAIL(self, arg: str | None) -> None:
        transaction = self._transaction()
        if self._greeted_as() is None or transaction.begun:
            await self.push(replies.BAD_SEQUENCE)
            return
        path = read_path(arg or "", "FROM:")
        if path.address is None and not path.is_null:
            await self.push(replies.BAD_SENDER)
            return
        problem = mail_problem(path.parameters, self._max_size_bytes) or await self._trouble()
        if problem is None:
            transaction.begun = True
            transaction.reverse_path = path.address
        await self.push(problem or replies.SENDER_OK)

    async def smtp_RCPT(self, arg: str | None) -> None:
        transaction = self._transaction()
        if not transaction.begun:
            await self.push(replies.BAD_SEQUENCE)
            return
        if transaction.accepted_count >= _MAX_RECIPIENTS:
            await self.push(replies.TOO_MANY_RECIPIENTS)
            return
        path = read_path(arg or "", "TO:")
        if path.address is None or not await self._is_ours(path.address):
            await self.push(smtp_reply.UNKNOWN_RECIPIENT)
            return
        if path.parameters:
            await self.push(replies.UNKNOWN_PARAMETER)
            return
        transaction.accepted_count += 1
        transaction.forward_paths.setdefault(path.address.key, path.address)
        await self.push(smtp_reply.RECIPIENT_OK)

    async def smtp_DATA(self, arg: str | None) -> None:
        transaction = self._transaction()
        if not transaction.accepted_count or arg:
            await self.push(replies.BAD_SEQUENCE)
            return
        self.in_data = True
        try:
            await self._take(transaction)
        finally:
            self.in_data = False

    async def smtp_STARTTLS(self, arg: str | None) -> None:
        """A second one inside TLS is refused (RFC 3207 4.2); aiosmtpd would nest a second handshake."""
        if self.session is not None and self.session.ssl is not None:
            await self.push(replies.BAD_SEQUENCE)
            return
        await super().smtp_STARTTLS(arg or "")

    async def smtp_VRFY(self, _arg: str | None) -> None:
        await self.push(replies.CANNOT_VERIFY)

    async def smtp_HELP(self, _arg: str | None) -> None:
        await self.push(replies.HELP)

    async def smtp_AUTH(self, _arg: str | None) -> None:
        """Nobody logs in here: this is the way in for mail to us, and never a relay."""
        await self.push(replies.NOT_KNOWN)

    # What the Intake says

    async def _is_ours(self, address: Address) -> bool:
        ours = self._intake.knows(address)
        return await self._on_worker(self._intake.recipient, address) if ours is None else ours

    async def _trouble(self) -> str | None:
        """The reply while no mail is taken. One session looks, the others go by what is known."""
        room = self._intake.pressure
        if room.is_due():
            await self._on_worker(room.look)
        return replies.of_trouble(room.trouble) if room.trouble else None

    # Taking one mail

    async def _take(self, transaction: Transaction) -> None:
        text = Text(self._max_size_bytes, self._house.budget)
        try:
            await self._begin(text)
            await self.push(replies.START_TEXT)
            await self._text_ended
            if text.is_much_too_big:
                await self._push_result(replies.TOO_BIG, transaction)
                self._writer.close()
                return
            self.envelope = self._create_envelope()
            await self._push_result(await self._taken(transaction, text), transaction)
        finally:
            text.release()

    async def _begin(self, text: Text) -> None:
        """From now on `data_received` feeds `text`; what the client sent ahead of the 354 comes first."""
        self._text_ended = self.loop.create_future()
        # Asked whether it is empty, the reader would wait; not being empty, it gives all that it has without a pause.
        ahead = await self._reader.read(_ALL) if self._reader._buffer else b""  # type: ignore[attr-defined]
        self._text = text
        if ahead:
            self.data_received(ahead)
        if self._reader.at_eof() and not self._text_ended.done():
            raise asyncio.IncompleteReadError(b"", None)

    def data_received(self, data: bytes) -> None:
        """Octets of a text go straight into it, in the blocks in which they come; all else to the reader of lines."""
        if self._text is None:
            super().data_received(data)
            return
        rest = self._text.feed(data)
        if rest is None and not self._text.is_much_too_big:
            return
        if not self._text_ended.done():
            self._text_ended.set_result(None)
        if rest is not None:
            self._text = None
            if rest:
                super().data_received(rest)

    async def _taken(self, transaction: Transaction, text: Text) -> str:
        """The reply to the final dot; 250 is said only after the commit."""
        if text.is_too_big:
            return replies.TOO_BIG
        if not text.has_room:
            return replies.NO_ROOM
        envelope = Envelope(
            reverse_path=transaction.reverse_path,
            forward_paths=tuple(transaction.forward_paths.values()),
            peer=self._peer(),
            helo=self._greeted_as() or "",
        )
        raw, release = text.take()
        try:
            # Not undone when aiosmtpd cancels this session because the client has gone.
            return smtp_reply.queued(await self._house.commits.begin(envelope, raw, release))
        except Exception as error:  # noqa: BLE001  # whatever went wrong here, the mail must come again
            return await self.handle_exception(error)

    async def _push_result(self, reply: str, transaction: Transaction) -> None:
        """The reply to the final dot: once in SMTP, once for each accepted RCPT in LMTP (RFC 2033 4.2)."""
        for _ in range(transaction.accepted_count if self._replies_to_each else 1):
            await self.push(reply)

    async def _on_worker(self, call: Callable[..., _T], *arguments: Any) -> _T:
        """`call` on a worker thread. Not undone when aiosmtpd cancels this session because the client has gone."""
        return await asyncio.shield(self.loop.run_in_executor(self._house.pool, call, *arguments))

    # What aiosmtpd is told to do otherwise

    async def push(self, status: str | bytes) -> None:
        text = replies.reworded(status if isinstance(status, str) else status.decode("ascii", "replace"))
        if text[0] in "45":
            _log.info(Event.REFUSED, outcome=replies.code_of(text))
        self._writer.write(text.encode("utf-8") + b"\r\n")
        await self._writer.drain()

    async def handle_exception(self, error: Exception) -> str:
        """Told to the log by its kind only: the text of an exception may hold an address or a piece of a mail."""
        if isinstance(error, asyncio.IncompleteReadError):
            self._writer.close()
            return replies.CLOSING
        if isinstance(error, TLSSetupException):
            _log.info(Event.TLS_FAILED)
            return replies.CLOSING
        reason = error.reason if isinstance(error, MailgateError) else ""
        _log.error(Event.NOT_TAKEN, error=type(error).__name__, reason=reason)
        return smtp_reply.TRY_LATER

    def eof_received(self) -> bool:
        """A client may close its half after the final dot and still hear the reply; aiosmtpd would cut it off here."""
        if self._text is not None and not self._text_ended.done():
            self._text_ended.set_exception(asyncio.IncompleteReadError(b"", None))
        asyncio.StreamReaderProtocol.eof_received(self)
        return self.session is not None and self.session.ssl is None

    def connection_lost(self, error: Exception | None) -> None:
        self._house.on_close(self)
        super().connection_lost(error)

    def dismiss(self) -> None:
        """Says 421 and closes; for a session that is not `in_data`, or has been for too long."""
        if self.transport is not None and not self._writer.is_closing():
            self._writer.write(replies.CLOSING.encode("ascii") + b"\r\n")
            self._writer.close()

    def _create_envelope(self) -> Transaction:
        return Transaction()

    def _transaction(self) -> Transaction:
        assert self.envelope is not None  # made before the first command is read
        return self.envelope

    def _greeted_as(self) -> str | None:
        """The name that the client gave in EHLO, visible ASCII only; None before EHLO."""
        name = self.session.host_name if self.session is not None else None
        return _NOT_VISIBLE.sub("", name)[:255] if name else None

    def _peer(self) -> str:
        peer: Any = self.session.peer if self.session is not None else None
        return str(peer[0]) if isinstance(peer, tuple) and peer else ""


@cache
def _names_of_commands(session: type) -> list[str]:
    return sorted({name for one in session.__mro__ for name in vars(one) if name.startswith("smtp_")})


class LmtpSession(SmtpSession, LMTP):
    """RFC 2033: LHLO for EHLO, and after the final dot one reply for each RCPT that was accepted, in their order."""

    _protocol_name = "LMTP"
    _replies_to_each = True
