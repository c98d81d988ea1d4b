"""Which connections are kept, and for how long; `Wire` stands for smtplib's."""

from __future__ import annotations

import smtplib
import threading
from dataclasses import dataclass, field

import pytest

from mailgate.smtp.connections import Connections


@dataclass
class Wire:
    """A connection that remembers what was said over it."""

    heard: list[str] = field(default_factory=list)
    is_dead: bool = False
    timeout: float = 60.0
    sock: None = None

    def rset(self) -> tuple[int, bytes]:
        self.heard.append("RSET")
        if self.is_dead:
            raise smtplib.SMTPServerDisconnected("gone")
        return 250, b"Ok"

    def quit(self) -> None:
        self.heard.append("QUIT")

    def close(self) -> None:
        self.heard.append("closed")


@dataclass
class Relay:
    """Opens connections until it has `most`."""

    most: int = 100
    wires: list[Wire] = field(default_factory=list)
    refused: int = 0

    def connect(self) -> smtplib.SMTP:
        if sum("closed" not in wire.heard for wire in self.wires) >= self.most:
            self.refused += 1
            raise smtplib.SMTPConnectError(421, b"too many")
        self.wires.append(Wire())
        return self.wires[-1]  # type: ignore[return-value]  # as far as it is used


@dataclass
class Clock:
    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize(
    ("is_clean", "idle_seconds", "heard"),
    [
        (True, 0.0, []),
        (False, 0.0, ["RSET"]),
        (True, 6.0, ["RSET"]),
        (True, 31.0, ["QUIT", "closed"]),
        (False, 31.0, ["QUIT", "closed"]),
    ],
)
def test_a_kept_connection_is_asked_before_it_is_trusted(is_clean: bool, idle_seconds: float, heard: list[str]) -> None:
    relay, clock = Relay(), Clock()
    connections = Connections(relay.connect, 1, clock)
    connections.give_back(connections.take(), is_clean=is_clean)
    clock.seconds += idle_seconds
    connections.take()
    assert (relay.wires[0].heard, len(relay.wires)) == (heard, 1 + ("closed" in heard))


def test_a_kept_connection_that_does_not_answer_is_replaced() -> None:
    relay = Relay()
    connections = Connections(relay.connect, 1)
    connections.give_back(connections.take(), is_clean=False)
    relay.wires[0].is_dead = True
    assert connections.take().letters == 0
    assert relay.wires[0].heard == ["RSET", "closed"]


def test_a_connection_ends_after_a_hundred_letters() -> None:
    relay = Relay()
    connections = Connections(relay.connect, 1)
    for _ in range(201):
        connections.give_back(connections.take(), is_clean=True)
    assert [wire.heard for wire in relay.wires] == [["QUIT", "closed"], ["QUIT", "closed"], []]


def test_what_was_not_needed_for_half_a_minute_is_ended() -> None:
    relay, clock = Relay(), Clock()
    connections = Connections(relay.connect, 2, clock)
    one, other = connections.take(), connections.take()
    connections.give_back(one, is_clean=True)
    clock.seconds += 20
    connections.give_back(other, is_clean=True)
    clock.seconds += 10
    connections.close_idle()
    assert [wire.heard for wire in relay.wires] == [["QUIT", "closed"], []]
    connections.close()
    assert [wire.heard for wire in relay.wires] == [["QUIT", "closed"], ["QUIT", "closed"]]


def test_no_more_are_open_than_allowed_and_who_waits_gets_the_next_free_one() -> None:
    relay = Relay()
    connections = Connections(relay.connect, 2)
    one, _other = connections.take(), connections.take()
    got: list[object] = []
    waiting = threading.Thread(target=lambda: got.append(connections.take()))
    waiting.start()
    waiting.join(0.1)
    assert got == []
    connections.give_back(one, is_clean=True)
    waiting.join(5)
    assert got == [one]
    assert len(relay.wires) == 2


def test_a_relay_that_refuses_one_more_is_content_with_those_that_it_took() -> None:
    relay, clock = Relay(most=1), Clock()
    connections = Connections(relay.connect, 4, clock)
    one = connections.take()
    got: list[object] = []
    waiting = threading.Thread(target=lambda: got.append(connections.take()))
    waiting.start()
    waiting.join(0.1)
    assert (got, relay.refused) == ([], 1)
    connections.give_back(one, is_clean=True)
    waiting.join(5)
    assert (got, relay.refused) == ([one], 1)
    clock.seconds += 61
    relay.most = 2
    assert connections.take() is not one


def test_a_relay_that_takes_none_is_told_of() -> None:
    with pytest.raises(smtplib.SMTPConnectError):
        Connections(Relay(most=0).connect, 4).take()
