"""Who is on the other side of one session, and whether there is room for it: from the connection to its end.

The address is that of the socket, or for a front of ours (`fronts.py`) the one that it names. Whatever is counted or
judged by address (limits, SPF) sees only that one. A front by itself is nobody: it is counted for those it speaks for.
Before: `listener.py` accepted the connection. After: `taking.py` and `session.py` talk with the guest.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any, cast

import structlog
from aiosmtpd.proxy_protocol import get_proxy
from aiosmtpd.smtp import SMTP

from mailgate.events import Event
from mailgate.smtp import replies
from mailgate.smtp.fronts import is_among, peer_of, plain_address, read_xclient
from mailgate.smtp.house import House

_log = structlog.get_logger("listener")
_NOT_VISIBLE = re.compile(r"[^!-~]+")


class Guest(SMTP):
    """`peer` is an IP address, or empty where there is none."""

    _protocol_name: str

    def _receive(self, house: House) -> None:
        self._house = house
        self._fronts = house.settings.fronts
        self.peer = ""
        self.may_tell = False
        """Whether this client may say XCLIENT."""
        self._told_helo: str | None = None
        self._counted: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called once more when TLS begins; only the first time is somebody new there."""
        if self.transport is None:
            address: Any = transport.get_extra_info("peername")
            self.peer = plain_address(str(address[0])) if isinstance(address, tuple) and address else ""
            self._is_proxied = is_among(self.peer, self._fronts.proxy)
            if not self._is_proxied and not self._is_welcome():
                turn_away(transport)
                return
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._house.on_close(self)
        self._uncount()
        if self.transport is not None:
            super().connection_lost(error)

    async def _handle_client(self) -> None:
        """aiosmtpd's loop of commands, from the greeting on; the PROXY header stands before it."""
        if self._is_proxied and not await self._is_introduced():
            self._writer.close()
            return
        await super()._handle_client()

    async def take_word(self, argument: str, *, in_mail: bool) -> None:
        """XCLIENT: the session begins anew, as that of the client which the front names."""
        if not self.may_tell:
            await self.push(replies.NOT_PERMITTED)
            return
        word = read_xclient(argument)
        if word is None or in_mail:
            await self.push(replies.BAD_SEQUENCE if in_mail else replies.BAD_ARGUMENT)
            return
        self._told_helo = word.helo if word.helo is not None else self._told_helo
        if word.peer is not None:
            self._uncount()
            self.peer = word.peer
            if not self._count():
                turn_away(cast("asyncio.Transport", self.transport))
                raise asyncio.CancelledError  # what was sent ahead is not looked at any more
        assert self.session is not None
        self.session.host_name = ""
        self.envelope = self._create_envelope()
        await self.push(f"220 {self.hostname} {self._protocol_name}")

    def greeted_as(self) -> str | None:
        """The name that the client gave in EHLO, or a front for it; visible ASCII only; None before EHLO."""
        name = self.session.host_name if self.session is not None else None
        if not name:
            return None
        return _NOT_VISIBLE.sub("", name if self._told_helo is None else self._told_helo)[:255]

    async def _is_introduced(self) -> bool:
        """Reads the PROXY header. Nothing is said to a front whose header is wrong, or is not there."""
        try:
            peer = peer_of(await get_proxy(self._reader))
        except Exception:  # noqa: BLE001  # aiosmtpd's reader raises of its own on some wrong headers
            peer = None
        if peer is None:
            _log.warning(Event.REFUSED, outcome="no PROXY header")
            return False
        self.peer = peer
        if self._is_welcome():
            return True
        turn_away(cast("asyncio.Transport", self.transport))
        return False

    def _is_welcome(self) -> bool:
        self.may_tell = is_among(self.peer, self._fronts.xclient)
        return self.may_tell or self._count()

    def _count(self) -> bool:
        """Whether one more connection of `peer` is welcome; then it is counted."""
        if not self._house.clients.came(self.peer):
            return False
        self._counted = self.peer
        return True

    def _uncount(self) -> None:
        if self._counted is not None:
            self._house.clients.left(self._counted)
            self._counted = None


def turn_away(transport: asyncio.BaseTransport) -> None:
    """For the client that is one too many."""
    _log.info(Event.REFUSED, outcome=replies.code_of(replies.TOO_MANY_CONNECTIONS))
    stream = cast("asyncio.Transport", transport)  # uvloop's is one in all but name
    stream.write(replies.TOO_MANY_CONNECTIONS.encode("ascii") + b"\r\n")
    stream.close()
