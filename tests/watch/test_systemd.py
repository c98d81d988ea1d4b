"""What systemd hears, on a real datagram socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailgate.watch import systemd


@pytest.fixture(params=["a file", "an abstract name"])
def heard(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    name = str(tmp_path / "notify") if request.param == "a file" else f"@mailgate-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(name.replace("@", "\0", 1))
        ear.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        yield ear


def test_a_word_arrives(heard: socket.socket) -> None:
    systemd.notify(systemd.READY)
    assert heard.recv(100) == b"READY=1"


@pytest.mark.parametrize("path", ["", "/nowhere/notify"])
def test_nobody_there_is_no_trouble(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", path)
    assert systemd.notify(systemd.WELL) is None  # type: ignore[func-returns-value]  # it did not raise


@pytest.mark.parametrize(
    ("microseconds", "process", "seconds"),
    [
        ("60000000", "", 30.0),
        ("60000000", "ours", 30.0),
        ("60000000", "1", None),
        ("", "", None),
        ("0", "", None),
        ("soon", "", None),
    ],
)
def test_how_often_systemd_wants_to_hear(
    microseconds: str, process: str, seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", microseconds)
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()) if process == "ours" else process)
    assert systemd.seconds_between_words() == seconds
