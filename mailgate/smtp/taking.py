"""DATA in one session: from the 354 to the reply to the final dot, in front of aiosmtpd's command loop.

Before: `session.py` has a reverse-path and recipients. After: the Intake has committed the mail, or it was refused.
aiosmtpd's own DATA goes line by line; here the blocks that the net brings go straight into a `reading.Text`. A mail
being committed is committed to the end even if its client has gone; it then comes again, and the Intake knows it.
"""

from __future__ import annotations

import asyncio

import structlog
from aiosmtpd.smtp import Envelope as AiosmtpdEnvelope
from aiosmtpd.smtp import TLSSetupException

from mailgate.errors import MailgateError
from mailgate.events import Event
from mailgate.mail import smtp_reply
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.smtp import replies
from mailgate.smtp.guest import Guest
from mailgate.smtp.house import House
from mailgate.smtp.limits import Patience
from mailgate.smtp.reading import Text

_log = structlog.get_logger("listener")

_ALL = 2**31


class Transaction(AiosmtpdEnvelope):
    """What MAIL and RCPT said so far; aiosmtpd makes a fresh one after DATA, RSET, EHLO and STARTTLS."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = False
        self.reverse_path: Address | None = None
        self.forward_paths: dict[str, Address] = {}
        self.accepted_count = 0
        """RCPT commands that heard 250, doubles counted: LMTP owes each of them a reply."""


class MailTaker(Guest):
    """`in_data` is true from DATA to its reply: the listener waits for that when it stops."""

    _replies_to_each = False
    envelope: Transaction | None

    def _prepare(self, house: House) -> None:
        self._receive(house)
        self.in_data = False
        self._max_size_bytes = house.settings.max_size_bytes
        self._patience = Patience(house.settings.limits, self.loop.time())
        self._text: Text | None = None
        self._text_ended: asyncio.Future[None] = self.loop.create_future()

    async def take(self, transaction: Transaction) -> None:
        """The whole of DATA, with its replies."""
        text = Text(self._max_size_bytes, self._house.budget)
        reply = replies.TOO_BIG
        self.in_data = True
        try:
            await self._begin(text)
            await self.push(replies.START_TEXT)
            await self._text_ended
            self._patience.text_ended()
            self.envelope = self._create_envelope()
            reply = replies.TOO_BIG if text.is_much_too_big else await self._taken(transaction, text)
            await self._push_result(reply, transaction)
            if text.is_much_too_big:
                self._writer.close()
        finally:
            self.in_data = False
            self._patience.answered(self.loop.time(), reply.startswith("250"))
            text.release()

    async def _begin(self, text: Text) -> None:
        """From now on `data_received` feeds `text`; what the client sent ahead of the 354 comes first."""
        self._patience.text_begins(self.loop.time())
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
        self._patience.text_came(len(data))
        rest = self._text.feed(data)
        if rest is None and not self._text.is_much_too_big:
            return
        if not self._text_ended.done():
            self._text_ended.set_result(None)
        if rest is not None:
            self._text = None
            if rest:
                self._read_on_with(rest)

    def _read_on_with(self, commands: bytes) -> None:
        """What came behind the text; the reader takes no more from the net once the client has closed its half."""
        if self._reader.at_eof():
            self._reader._buffer.extend(commands)  # type: ignore[attr-defined]
        else:
            super().data_received(commands)

    async def _taken(self, transaction: Transaction, text: Text) -> str:
        """The reply to the final dot; 250 is said only after the commit."""
        if text.is_too_big:
            return replies.TOO_BIG
        if text.has_stray_line_ends:
            return replies.STRAY_LINE_ENDS
        if not text.has_room:
            return replies.NO_ROOM
        envelope = Envelope(
            reverse_path=transaction.reverse_path,
            forward_paths=tuple(transaction.forward_paths.values()),
            peer=self.peer,
            helo=self.greeted_as() or "",
        )
        raw, release = text.take()
        try:
            # Not undone when aiosmtpd cancels this session because the client has gone.
            reply = smtp_reply.queued(await self._house.commits.begin(envelope, raw, release))
        except Exception as error:  # noqa: BLE001  # whatever went wrong here, the mail must come again
            return await self.handle_exception(error)
        if envelope.reverse_path is not None:  # delivery reports have no sender, and all of them are wanted
            self._house.clients.sent(self.peer, envelope.reverse_path.key, self.loop.time())
        return reply

    async def _push_result(self, reply: str, transaction: Transaction) -> None:
        """The reply to the final dot: once in SMTP, once for each accepted RCPT in LMTP (RFC 2033 4.2)."""
        for _ in range(transaction.accepted_count if self._replies_to_each else 1):
            await self.push(reply)

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

    def _create_envelope(self) -> Transaction:
        return Transaction()
