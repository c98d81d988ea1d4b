"""The real listener before the real door: refused for now, and taken again without a restart."""

from __future__ import annotations

import shutil
import smtplib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mailgate.flow import pressure
from mailgate.flow.accept import Acceptance
from mailgate.flow.pressure import Pressure, SpoolLimits, Trouble
from mailgate.flow.process import process_next
from mailgate.smtp.listener import Listener, ListenerSettings
from mailgate.store import room

LIMITS = SpoolLimits(min_free_bytes=1000, max_backlog=2)
MAIL = b"From: haruka@minami.example\r\nSubject: x\r\n\r\ntext\r\n"


class Usage(NamedTuple):
    free: int


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What is free on the disk: the one number in the list."""
    free = [10**9]
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: Usage(free[0]))
    return free


@pytest.fixture
def port(own_desk: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(pressure, "_SECONDS_BETWEEN_LOOKS", 0.0)
    monkeypatch.setattr(pressure, "_COUNTING_SHARE", 0)
    settings = ListenerSettings("127.0.0.1", 0, False, "mado.example", 10_000, 5, None)
    listener = Listener(settings, Acceptance(own_desk.office, lambda: None, LIMITS))
    listener.start()
    yield listener.port
    listener.stop()


def send(port: int) -> tuple[int, bytes]:
    """The reply that ends it: at MAIL, or after the final dot."""
    with smtplib.SMTP("127.0.0.1", port, "client.example", timeout=20) as client:
        client.ehlo()
        code, words = client.mail("haruka@minami.example")
        if code != 250:
            return code, words
        assert client.rcpt("soudan@mado.example")[0] == 250
        code, words = client.data(MAIL)
        return code, words[:6] if code == 250 else words


TAKEN = (250, b"2.0.0 ")


def test_nothing_is_taken_while_the_disk_is_low(port: int, disk: list[int]) -> None:
    assert send(port) == TAKEN
    disk[0] = 999
    assert send(port) == (452, b"4.3.1 Not enough room, please try again later")
    disk[0] = 1000
    assert send(port) == TAKEN


def test_nothing_is_taken_while_too_many_wait(own_desk: Any, port: int) -> None:
    assert [send(port), send(port)] == [TAKEN] * 2
    assert send(port) == (451, b"4.3.1 Too many mails wait here, please try again later")
    process_next(own_desk.office)
    assert send(port) == TAKEN


def test_nothing_is_taken_while_the_database_is_away(own_desk: Any, port: int) -> None:
    engine = own_desk.office.database.engine
    here = Path(engine.url.database or "").parent
    away = here.with_name(here.name + "-away")
    engine.dispose()
    shutil.move(here, away)
    assert send(port) == (451, b"4.3.0 Temporary local problem, please try again later")
    shutil.move(away, here)
    assert send(port) == TAKEN


def test_one_look_a_second(own_desk: Any) -> None:
    now = [100.0]
    of_desk = Pressure(own_desk.office, LIMITS, lambda: now[0])
    assert [of_desk.is_due() for _ in range(3)] == [True, False, False]
    now[0] += 1.0
    assert [of_desk.is_due() for _ in range(3)] == [True, False, False]


def test_counting_takes_a_hundredth_of_the_time(own_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now, counted = [100.0], []

    def slow(*_: object) -> int:
        counted.append(now[0])
        now[0] += 0.5
        return 0

    monkeypatch.setattr(room, "backlog", slow)
    of_desk = Pressure(own_desk.office, LIMITS, lambda: now[0])
    for _ in range(120):
        of_desk.look()
        now[0] += 1.0
    assert counted == [100.0, 150.5, 201.0]
    assert of_desk.trouble is None


def test_without_limits_only_a_database_that_is_away_is_trouble(desk: Any, disk: list[int]) -> None:
    disk[0] = 0
    for _ in range(3):
        desk.accept(MAIL)
    of_desk = Pressure(desk.office, SpoolLimits())
    of_desk.look()
    assert of_desk.trouble is None


def test_the_line_at_its_limit_is_trouble_until_it_is_shorter(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressure, "_COUNTING_SHARE", 0)
    of_desk = Pressure(desk.office, SpoolLimits(max_backlog=2))
    seen = []
    for _ in range(3):
        of_desk.look()
        seen.append(of_desk.trouble)
        desk.accept(MAIL)
    process_next(desk.office, 16)
    of_desk.look()
    assert [*seen, of_desk.trouble] == [None, None, Trouble.BACKLOG, None]
