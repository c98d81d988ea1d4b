"""Several listeners of one machine on one port, as an operator starts them: real processes."""

from __future__ import annotations

import os
import signal
import smtplib
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).resolve().parents[2]


class Site:
    """An installation and its processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[str]] = []

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "mailgate", "--config", str(self.folder / "mailgate.toml"), *arguments]

    def environment(self, port: int, shared: bool) -> dict[str, str]:
        chosen = {"MAILGATE_LISTENER__PORT": str(port), "MAILGATE_LISTENER__REUSE_PORT": str(shared).lower()}
        return os.environ | {"PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1"} | chosen

    def serve(self, port: int) -> int:
        """One more listener that shares its port; gives the port."""
        process = subprocess.Popen(
            self.command("serve", "--only", "listener"),
            env=self.environment(port, shared=True),
            stdout=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        return int(line.partition(" on 127.0.0.1:")[2].partition(";")[0])

    def spooled(self) -> int:
        connection = sqlite3.connect(self.folder / "mailgate.db", timeout=10)
        (count,) = connection.execute("SELECT count(*) FROM spool").fetchone()
        connection.close()
        return int(count)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    subprocess.run(site.command("init"), env=site.environment(0, False), check=True, stdout=subprocess.DEVNULL)
    yield site
    for process in site.started:
        process.kill()
        process.communicate()


def send(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, "client.example", timeout=20) as client:
        client.sendmail("haruka@minami.example", ["soudan@desk.example.jp"], b"Subject: x\r\n\r\nx\r\n")


def cpu_ticks(process: subprocess.Popen[str]) -> int:
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_two_listeners_share_a_port_and_a_third_that_does_not_say_so_is_refused(site: Site) -> None:
    port = site.serve(0)
    assert site.serve(port) == port
    begun = [cpu_ticks(process) for process in site.started]
    for _ in range(60):
        send(port)
    assert site.spooled() == 60
    assert all(cpu_ticks(process) > before for process, before in zip(site.started, begun, strict=True))
    third = subprocess.run(
        site.command("serve", "--only", "listener"),
        env=site.environment(port, shared=False),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (third.returncode, third.stdout) == (1, "")
    assert third.stderr.startswith("mailgate: ")
    assert third.stderr.count("\n") == 1
    assert f"127.0.0.1:{port} is already in use" in third.stderr
    site.started[0].send_signal(signal.SIGTERM)
    assert site.started[0].wait(10) == 0
    time.sleep(0.1)
    for _ in range(10):
        send(port)
    assert site.spooled() == 70
