"""The desk's own addresses: which of them a forward-path names, and how to write one.

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


def new_token(random_bytes: Callable[[int], bytes]) -> str:
    """A fresh token from `random_bytes` (secrets.token_bytes in the service)."""
    return base64.b32encode(random_bytes(_TOKEN_BYTES)).decode("ascii").lower()


@dataclass(frozen=True, slots=True)
class ToDesk:
    """A consultation: the address that teachers write to."""


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
    """The local parts of the desk (lower case), from `[addresses]` and `[service] domain`."""

    domain: str
    desk: tuple[str, ...] = ("soudan",)
    join: str = "join"
    reply: str = "reply"
    bounce: str = "bounce"
    separator: str = "+"

    def recipient(self, address: Address) -> Recipient | None:
        """Which of our addresses this is, judged by its form alone; None when it is none of ours."""
        local = address.local.lower()
        if address.domain != self.domain:
            return None
        if local in self.desk:
            return ToDesk()
        if local == self.join:
            return ToJoin()
        name, _, token = local.rpartition(self.separator)
        if not _TOKEN.fullmatch(token):
            return None
        return ToReply(token) if name == self.reply else ToBounce(token) if name == self.bounce else None

    def desk_address(self) -> Address:
        return Address(self.desk[0], self.domain)

    def join_address(self) -> Address:
        return Address(self.join, self.domain)

    def reply_address(self, token: str) -> Address:
        return Address(f"{self.reply}{self.separator}{token}", self.domain)

    def bounce_address(self, token: str) -> Address:
        return Address(f"{self.bounce}{self.separator}{token}", self.domain)
