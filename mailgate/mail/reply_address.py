"""Our own addresses: which of them a forward-path names, and how to write one. One installation may have several desks;
join, reply and bounce addresses are common to them.

Tokens are 24 characters of lower-case base32 (120 random bits): mail clients change case, some servers cut local
parts at 64 octets. Whether a token is alive is asked of the store, by keyed hash.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass

from mailgate.mail.address import Address

_TOKEN = re.compile(r"[a-z2-7]{24}")
_TOKEN_BYTES = 15

MAIN_DESK = "main"
"""The id of the desk that `[service]`, `[addresses]` and `[desk]` describe."""


def new_token(random_bytes: Callable[[int], bytes]) -> str:
    """A fresh token from `random_bytes` (secrets.token_bytes in the service)."""
    return base64.b32encode(random_bytes(_TOKEN_BYTES)).decode("ascii").lower()


@dataclass(frozen=True, slots=True)
class ToDesk:
    """A consultation: the address that teachers write to."""

    desk: str = MAIN_DESK
    """The id of the desk whose address it is."""


@dataclass(frozen=True, slots=True)
class ToJoin:
    """An application for the register."""


@dataclass(frozen=True, slots=True)
class ToReply:
    """An answer to a mail of ours; the token says to which case and whose."""

    token: str


@dataclass(frozen=True, slots=True)
class ToBounce:
    """A delivery report; the token (VERP) says of exactly which outgoing mail."""

    token: str


Recipient = ToDesk | ToJoin | ToReply | ToBounce


@dataclass(frozen=True, slots=True)
class OwnAddresses:
    """The local parts (lower case), from `[addresses]`, `[[desks]]` and `[service] domain`."""

    domain: str
    desk: tuple[str, ...] = ("soudan",)
    """Of the main desk."""
    join: str = "join"
    reply: str = "reply"
    bounce: str = "bounce"
    separator: str = "+"
    further: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Id and local parts of each further desk."""

    def recipient(self, address: Address) -> Recipient | None:
        """Which of our addresses this is, judged by its form alone; None when it is none of ours."""
        local = address.local.lower()
        if address.domain != self.domain:
            return None
        for desk, locals_of_desk in self._desks():
            if local in locals_of_desk:
                return ToDesk(desk)
        if local == self.join:
            return ToJoin()
        name, _, token = local.rpartition(self.separator)
        if not _TOKEN.fullmatch(token):
            return None
        return ToReply(token) if name == self.reply else ToBounce(token) if name == self.bounce else None

    def desk_address(self, desk: str = MAIN_DESK) -> Address:
        """The first address of the desk with this id, which its mails are from; there must be one."""
        return Address(dict(self._desks())[desk][0], self.domain)

    def join_address(self) -> Address:
        return Address(self.join, self.domain)

    def reply_address(self, token: str) -> Address:
        return Address(f"{self.reply}{self.separator}{token}", self.domain)

    def bounce_address(self, token: str) -> Address:
        return Address(f"{self.bounce}{self.separator}{token}", self.domain)

    def _desks(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return (MAIN_DESK, self.desk), *self.further
