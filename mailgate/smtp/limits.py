"""What one client may ask of the listener, and how long it is waited for. Pure: told the time, does no input.

Before: `session.py` and `listener.py` tell what a client does. After: they close what is over. A client that gets mail
accepted begins anew with each one, so that a relay may keep its connection; one that does not runs out of something.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass

from mailgate.smtp.fronts import Network, is_among

_FREE_GUESSES = 5
_SLOWEST_REPLY_SECONDS = 5.0
_NAMES_REMEMBERED = 10_000
_REMEMBERED_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Limits:
    """For one client; the counts begin anew with each accepted mail."""

    commands: int = 250
    errors: int = 20
    recipients: int = 100
    """In one mail."""
    idle_seconds: float = 60.0
    """Between two commands."""
    session_seconds: float = 600.0
    """From the greeting, or the last accepted mail, to the next one."""
    text_bytes_per_second: int = 500
    """After DATA, on average; the first `idle_seconds` are free."""
    connections: int = 20
    """At once, from one address."""
    guesses: int = 100
    """Unknown recipients in an hour, from one address."""
    mails_per_sender: int = 60
    """In an hour, with one reverse-path from one address."""
    trusted: tuple[Network, ...] = ()
    """Whose addresses have no limit of connections, guesses and mails: the mail servers before ours."""


DEFAULT_LIMITS = Limits()


class Patience:
    """How much of it is left for one session."""

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._begun_at = self._heard_at = now
        self._replies = self._errors = 0
        self._text_octets: int | None = None
        self._is_our_turn = False

    def command(self, now: float) -> None:
        """A whole command came."""
        self._heard_at = now

    def replied(self, reply: str) -> bool:
        """Counts one reply. False: that was the last one."""
        self._replies += 1
        self._errors += reply[:1] in ("4", "5")
        return self._replies <= self._limits.commands and self._errors <= self._limits.errors

    def text_begins(self, now: float) -> None:
        self._heard_at, self._text_octets = now, 0

    def text_came(self, octets: int) -> None:
        self._text_octets = (self._text_octets or 0) + octets

    def text_ended(self) -> None:
        """The client waits for us now, however long that takes."""
        self._text_octets, self._is_our_turn = None, True

    def answered(self, now: float, taken: bool) -> None:
        """The reply to the text was said; `taken`: it was 250."""
        self._heard_at, self._text_octets, self._is_our_turn = now, None, False
        if taken:
            self._begun_at, self._replies, self._errors = now, 0, 0

    def is_over(self, now: float) -> bool:
        """Whether the session has taken too long for what it does."""
        if self._is_our_turn:
            return False
        limits, waited = self._limits, now - self._heard_at
        if self._text_octets is None:
            return waited > limits.idle_seconds or now - self._begun_at > limits.session_seconds
        return waited > limits.idle_seconds and self._text_octets < waited * limits.text_bytes_per_second


class Hour:
    """Counts by name, each for an hour from the first time on; knows the names that were counted last."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def count(self, name: str, now: float) -> int:
        """One more; how many that makes."""
        since, count = self._recent(name, now)
        self._counts[name] = (since, count + 1)
        self._counts.move_to_end(name)
        while len(self._counts) > _NAMES_REMEMBERED:
            self._counts.popitem(last=False)
        return count + 1

    def so_far(self, name: str, now: float) -> int:
        return self._recent(name, now)[1]

    def _recent(self, name: str, now: float) -> tuple[float, int]:
        since, count = self._counts.get(name, (now, 0))
        return (since, count) if now - since < _REMEMBERED_SECONDS else (now, 0)


class Clients:
    """What each address has open, how often it guessed, and what it sent in whose name; in this process.

    A sender is a reverse-path *and* an address: were it the first alone, anybody could use up somebody else's hour.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: Counter[str] = Counter()
        self._guesses, self._mails = Hour(), Hour()

    def came(self, peer: str) -> bool:
        """Whether one more connection from there is welcome; then it counts until it `left`."""
        if not self._is_trusted(peer) and self._open[peer] >= self._limits.connections:
            return False
        self._open[peer] += 1
        return True

    def left(self, peer: str) -> None:
        self._open[peer] -= 1
        if self._open[peer] <= 0:
            del self._open[peer]

    def guessed(self, peer: str, now: float) -> float:
        """Counts an unknown recipient; for how many seconds its reply is held back."""
        if self._is_trusted(peer):
            return 0.0
        return min(max(self._guesses.count(peer, now) - _FREE_GUESSES, 0) * 0.5, _SLOWEST_REPLY_SECONDS)

    def may_ask(self, peer: str, now: float) -> bool:
        """False: it guessed so often that it may begin no mail for now."""
        return self._is_trusted(peer) or self._guesses.so_far(peer, now) < self._limits.guesses

    def may_send(self, peer: str, sender: str, now: float) -> bool:
        """False: so many mails of this sender were taken that no more is for now."""
        if self._is_trusted(peer):
            return True
        return self._mails.so_far(f"{peer} {sender}", now) < self._limits.mails_per_sender

    def sent(self, peer: str, sender: str, now: float) -> None:
        """A mail of this sender was taken."""
        if not self._is_trusted(peer):
            self._mails.count(f"{peer} {sender}", now)

    def _is_trusted(self, peer: str) -> bool:
        return not peer or is_among(peer, self._limits.trusted)  # a socket of this machine has none
