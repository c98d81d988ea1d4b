"""What is counted for a client, and for how long it is waited; the sockets are in `test_listener.py`."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network

import pytest

from mailgate.smtp.limits import Clients, Limits, Patience

LIMITS = Limits(idle_seconds=60, session_seconds=600, text_bytes_per_second=500)


@pytest.mark.parametrize(
    ("does", "now", "is_over"),
    [
        (lambda patience: None, 60, False),
        (lambda patience: None, 61, True),
        (lambda patience: patience.command(50), 110, False),
        (lambda patience: patience.command(50), 111, True),
        (lambda patience: patience.command(590), 600, False),
        (lambda patience: patience.command(590), 601, True),
        (lambda patience: patience.answered(590, taken=True), 650, False),
        (lambda patience: patience.answered(590, taken=False), 650, True),
    ],
)
def test_between_commands(does: Callable[[Patience], None], now: float, is_over: bool) -> None:
    patience = Patience(LIMITS, 0)
    does(patience)
    assert patience.is_over(now) is is_over


@pytest.mark.parametrize(
    ("octets", "now", "is_over"), [(0, 60, False), (0, 61, True), (50_000, 100, False), (50_000, 101, True)]
)
def test_in_a_text_the_average_counts(octets: int, now: float, is_over: bool) -> None:
    patience = Patience(LIMITS, 0)
    patience.text_begins(0)
    patience.text_came(octets)
    assert patience.is_over(now) is is_over


def test_a_large_text_may_take_longer_than_a_session() -> None:
    patience = Patience(LIMITS, 0)
    patience.text_begins(0)
    patience.text_came(10_000_000)
    assert not patience.is_over(3600)


def test_our_own_work_is_never_the_clients_fault() -> None:
    patience = Patience(LIMITS, 0)
    patience.text_begins(0)
    patience.text_ended()
    assert not patience.is_over(10**6)


def test_a_mail_begins_the_counts_anew() -> None:
    patience = Patience(Limits(commands=3, errors=2), 0)
    seen = [patience.replied(reply) for reply in ("250 a", "550 b", "250 c", "250 d")]
    patience.answered(0, taken=True)
    seen += [patience.replied(reply) for reply in ("550 a", "450 b", "550 c")]
    assert seen == [True, True, True, False, True, True, False]


def test_connections_are_counted_for_each_address() -> None:
    clients = Clients(Limits(connections=2, trusted=(ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"))))
    assert [clients.came("203.0.113.1") for _ in range(3)] == [True, True, False]
    assert clients.came("203.0.113.2")
    clients.left("203.0.113.1")
    assert [clients.came("203.0.113.1") for _ in range(2)] == [True, False]
    assert all(clients.came(peer) for peer in ("192.0.2.7", "2001:db8::7", "") for _ in range(9))


def test_guesses_are_forgotten_after_an_hour() -> None:
    clients = Clients(Limits(guesses=3))
    for _ in range(3):
        assert clients.may_ask("203.0.113.1", 0)
        clients.guessed("203.0.113.1", 0)
    assert [clients.may_ask("203.0.113.1", now) for now in (1, 3599, 3600)] == [False, False, True]
    assert clients.may_ask("203.0.113.2", 1)


def test_each_guess_is_answered_later_up_to_five_seconds() -> None:
    clients = Clients(Limits())
    waits = [clients.guessed("203.0.113.1", 0) for _ in range(20)]
    assert waits == [0, 0, 0, 0, 0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, *[5.0] * 6]


def test_what_is_remembered_of_strangers_is_bounded() -> None:
    clients = Clients(Limits(guesses=1))
    for number in range(20_000):
        clients.guessed(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 0)
    assert len(clients._guesses._counts) == 10_000


def test_mails_are_counted_for_a_sender_at_an_address_and_for_an_hour() -> None:
    clients = Clients(Limits(mails_per_sender=2, trusted=(ip_network("192.0.2.0/24"),)))
    for now in (0, 1):
        clients.sent("203.0.113.1", "yuki@school.example.jp", now)
        clients.sent("192.0.2.1", "yuki@school.example.jp", now)
    may = [
        clients.may_send(peer, sender, now)
        for peer, sender, now in (
            ("203.0.113.1", "yuki@school.example.jp", 3599),
            ("203.0.113.1", "haru@school.example.jp", 3599),
            ("203.0.113.2", "yuki@school.example.jp", 3599),
            ("192.0.2.1", "yuki@school.example.jp", 3599),
            ("203.0.113.1", "yuki@school.example.jp", 3600),
        )
    ]
    assert may == [False, True, True, True, True]
