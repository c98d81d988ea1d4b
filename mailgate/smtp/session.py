"""One conversation with one client: aiosmtpd's command loop with commands of our own (RFC 5321, RFC 2033).

Before: `listener.py` accepted the connection. After: `taking.py` takes the text. The session knows no product rule.
What the Intake can tell at once is asked on the loop; what may block (a token, a look at the disk) on a worker thread,
so that nobody stalls the others. `limits.py` says when a client has used up our patience.

What a stranger hears is one of a few fixed sentences. An exception is ours to look into and theirs to try again
(451): aiosmtpd itself would say 500 and print the exception.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import TLSSetupException

from mailgate.events import Event
from mailgate.mail import smtp_reply
from mailgate.mail.address import Address
from mailgate.smtp import replies
from mailgate.smtp.house import House
from mailgate.smtp.paths import mail_problem, read_path
from mailgate.smtp.taking import MailTaker, Transaction

_log = structlog.get_logger("listener")
_T = TypeVar("_T")

_COMMAND_OCTETS = 2000
_LINE_BUFFER_OCTETS = 2**17
_WITHOUT_END = 10.0**9
_GOODBYE_SECONDS = 1.0


class SmtpSession(MailTaker):
    """RFC 5321."""

    line_length_limit = _LINE_BUFFER_OCTETS
    _protocol_name = "ESMTP"

    def __init__(self, house: House) -> None:
        settings = house.settings
        super().__init__(
            house.greeter,
            data_size_limit=settings.max_size_bytes,
            enable_SMTPUTF8=True,
            hostname=settings.hostname,
            ident=self._protocol_name,
            tls_context=settings.tls_context,
            timeout=_WITHOUT_END,  # `look` keeps the time
            loop=asyncio.get_running_loop(),
        )
        # The class shares one table between all sessions and each EHLO makes it grow.
        self.command_size_limits = defaultdict(lambda: _COMMAND_OCTETS)
        self._intake = house.intake
        self._limits = settings.limits
        self._requires_tls = settings.requires_tls
        self._prepare(house)

    def __dir__(self) -> list[str]:
        """For each connection aiosmtpd looks twice at each name here to find its commands: these are all it needs."""
        return _names_of_commands(type(self))  # type: ignore[arg-type]  # a class is hashable

    # Commands

    async def smtp_MAIL(self, arg: str | None) -> None:
        if self._requires_tls and not self._is_over_tls():
            await self.push(replies.TLS_FIRST)
            return
        transaction = self._transaction()
        if self.greeted_as() is None or transaction.begun:
            await self.push(replies.BAD_SEQUENCE)
            return
        path = read_path(arg or "", "FROM:")
        if path.address is None and not path.is_null:
            await self.push(replies.BAD_SENDER)
            return
        if not self._house.clients.may_ask(self.peer, self.loop.time()):
            await self.push(replies.TOO_MANY_GUESSES)
            return
        if path.address and not self._house.clients.may_send(self.peer, path.address.key, self.loop.time()):
            await self.push(replies.TOO_MANY_MAILS)
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
        if transaction.accepted_count >= self._limits.recipients:
            await self.push(replies.TOO_MANY_RECIPIENTS)
            return
        path = read_path(arg or "", "TO:")
        if path.address is None or not await self._is_ours(path.address):
            await asyncio.sleep(self._house.clients.guessed(self.peer, self.loop.time()))
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
        await self.take(transaction)

    async def smtp_STARTTLS(self, arg: str | None) -> None:
        """A second one inside TLS is refused (RFC 3207 4.2); aiosmtpd would nest a second handshake."""
        if self._is_over_tls():
            await self.push(replies.BAD_SEQUENCE)
            return
        await super().smtp_STARTTLS(arg or "")
        if self._tls_protocol is not None and not self._is_over_tls():  # we dismissed the client in the handshake
            raise TLSSetupException

    async def smtp_XCLIENT(self, arg: str | None) -> None:
        await self.take_word(arg or "", in_mail=self._transaction().begun)

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

    async def _on_worker(self, call: Callable[..., _T], *arguments: Any) -> _T:
        """`call` on a worker thread. Not undone when aiosmtpd cancels this session because the client has gone."""
        return await asyncio.shield(self.loop.run_in_executor(self._house.pool, call, *arguments))

    # What aiosmtpd is told to do otherwise

    async def push(self, status: str | bytes) -> None:
        text = replies.reworded(status if isinstance(status, str) else status.decode("ascii", "replace"))
        if text[0] in "45":
            _log.info(Event.REFUSED, outcome=replies.code_of(text))
        self._writer.write(text.encode("utf-8") + b"\r\n")
        if not self._patience.replied(text):
            _log.info(Event.REFUSED, outcome=replies.code_of(replies.OUT_OF_PATIENCE))
            self.dismiss(replies.OUT_OF_PATIENCE)
            raise asyncio.CancelledError  # what the client sent ahead is not looked at any more
        await self._writer.drain()

    def _reset_timeout(self, duration: float | None = None) -> None:
        """aiosmtpd calls this at each command that it knows, and once before."""
        if self._timeout_handle is None:
            super()._reset_timeout(duration)
        self._patience.command(self.loop.time())

    # Its life

    def look(self, now: float) -> None:
        """Called every few seconds: closes what has taken too long, at once when it does not even take the 421."""
        if self.transport is None or not self._patience.is_over(now):
            return
        if self._writer.is_closing():
            cast("asyncio.Transport", self.transport).abort()
        else:
            self.dismiss(replies.OUT_OF_PATIENCE)

    def dismiss(self, reply: str = replies.CLOSING) -> None:
        """Says 421 and closes, and soon breaks off if the client does not: one that reads nothing, or that never ends
        its TLS, would hold up the stop and keep its place. For a session that is not `in_data`, or has been too long.
        """
        if self.transport is not None and not self._writer.is_closing():
            self._writer.write(reply.encode("ascii") + b"\r\n")
            self._writer.close()
            self.loop.call_later(_GOODBYE_SECONDS, self._writer.transport.abort)

    def _is_over_tls(self) -> bool:
        return self.session is not None and self.session.ssl is not None

    def _transaction(self) -> Transaction:
        assert self.envelope is not None  # made before the first command is read
        return self.envelope


@cache
def _names_of_commands(session: type) -> list[str]:
    return sorted({name for one in session.__mro__ for name in vars(one) if name.startswith("smtp_")})


class LmtpSession(SmtpSession, LMTP):
    """RFC 2033: LHLO for EHLO, and after the final dot one reply for each RCPT that was accepted, in their order."""

    _protocol_name = "LMTP"
    _replies_to_each = True
