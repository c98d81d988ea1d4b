"""Canaries: for each person and each channel a word of its own, so that a find names the hole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

_SIGNS = "靄霞雫霙霰霾靂霪霹靉霆霎霏霓霖霤"


@dataclass
class Plant:
    """The canaries of one person. `channels` says where each was put: "A8 X-Mailer" -> its text."""

    who: str
    channels: dict[str, str] = field(default_factory=dict)
    crosses: set[str] = field(default_factory=set)
    """Channels whose words an operator let through on purpose: they must be found."""
    written: set[str] = field(default_factory=set)
    """Channels that operators read: subject and text."""

    def tag(self, channel: str) -> str:
        """An ASCII word that may stand anywhere: in a name, a domain, a boundary, a file name."""
        digest = hashlib.sha256(f"{self.who} {channel}".encode()).hexdigest()
        return self.word(channel, f"cx7{self.who.lower()}{digest[:9]}")

    def kanji(self, channel: str) -> str:
        """A Japanese word that nobody uses."""
        digest = hashlib.sha256(f"{self.who} {channel}".encode()).digest()
        return self.word(channel, "".join(_SIGNS[octet % 16] for octet in digest[:6]))

    def word(self, channel: str, text: str) -> str:
        """A given word."""
        assert self.channels.get(channel, text) == text, channel
        self.channels[channel] = text
        return text

    def read(self, channel: str, text: str) -> str:
        """A given word in what operators read."""
        self.written.add(channel)
        return self.word(channel, text)

    def let_through(self, channel: str, text: str) -> str:
        """A given word in what an operator lets through."""
        self.crosses.add(channel)
        return self.read(channel, text)

    def named(self) -> dict[str, str]:
        """Every canary as "WHO CHANNEL" -> text."""
        return {f"{self.who} {channel}": text for channel, text in self.channels.items()}

    def secrets(self) -> set[str]:
        """Names of the canaries that nobody but their owner may see, and operators."""
        return {f"{self.who} {channel}" for channel in self.channels if channel not in self.crosses}

    def unseen(self) -> set[str]:
        """Names of those that not even operators come across."""
        return {f"{self.who} {channel}" for channel in self.channels if channel not in self.written}
