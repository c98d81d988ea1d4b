"""`mailgate serve` as an operator and an operating system see it: real processes, signals, ports.

What can be shown inside one process is in `test_service.py`; here is only what needs a process of its own.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import smtplib
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).resolve().parent.parent
TEACHER = "kondo@school.example.org"
DESK = "soudan@desk.example.jp"
STARTS_WITHIN = 60.0  # one second on an idle machine; only a start that never comes waits so long
STOPS_WITHIN = 8.0


def until(ready: Callable[[], Any], seconds: float = STARTS_WITHIN) -> Any:
    give_up = time.monotonic() + seconds
    while not (found := ready()):
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.05)
    return found


def letter(number: int = 1) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = TEACHER, DESK, f"相談 {number}"
    mail["Date"], mail["Message-ID"] = "Tue, 10 Feb 2026 18:30:00 +0900", f"<{number}@school.example.org>"
    mail.set_content(f"相談 {number} です。\n")
    return mail.as_bytes()


class Site:
    """One installation; everything is done by processes of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[str]] = []

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "mailgate", "--config", str(self.folder / "mailgate.toml"), *arguments]

    def _environment(self, port: int | None) -> dict[str, str]:
        chosen = {"MAILGATE_LISTENER__PORT": str(port)} if port is not None else {}
        return os.environ | {"PYTHONPATH": str(CHECKOUT), "MAILGATE_OPERATOR": "tester"} | chosen

    def run(self, *arguments: str, port: int | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._command(*arguments),
            env=self._environment(port),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def json(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def serve(self, *options: str, port: int = 0) -> tuple[subprocess.Popen[str], int]:
        """A running service and its port (0 without a listener)."""
        number = len(self.started)
        out, err = (self.folder / f"serve-{number}.{name}" for name in ("out", "err"))
        with out.open("w") as stdout, err.open("w") as stderr:
            process = subprocess.Popen(
                self._command("serve", *options),
                env=self._environment(port) | {"PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                text=True,
            )
        self.started.append(process)

        def said() -> str:
            assert process.poll() is None, err.read_text()
            text = out.read_text()
            return text if "mailgate runs" in text and text.endswith("\n") else ""

        found = re.search(r" on 127\.0\.0\.1:(\d+)", until(said))
        return process, int(found[1]) if found else 0

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.folder / "mailgate.db", timeout=10)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def spooled(self) -> list[str]:
        return [state for (state,) in self.rows("SELECT state FROM spool ORDER BY received_at")]

    def delivered(self) -> list[Path]:
        return list((self.folder / "sent" / "new").glob("*"))


def send(port: int, raw: bytes) -> str:
    """Gives the reply to the end of DATA."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.ehlo("client.example.org")
        assert client.mail(TEACHER)[0] == client.rcpt(DESK)[0] == 250
        code, words = client.data(raw)
        assert code == 250
        return words.decode()


def stop(process: subprocess.Popen[str]) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(timeout=STOPS_WITHIN)


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = Site(tmp_path_factory.mktemp("site"))
    assert site.run("init").returncode == 0
    words = ("--name", "近藤 律", "--address", TEACHER, "--plan", "trial")
    assert site.run("teacher", "add", *words).returncode == 0
    return site.folder


@pytest.fixture
def site(_made: Path, tmp_path: Path) -> Iterator[Site]:
    site = Site(Path(shutil.copytree(_made, tmp_path / "var")))
    yield site
    for process in site.started:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_serve_accepts_handles_and_stops_when_asked(site: Site) -> None:
    process, port = site.serve()
    assert re.fullmatch(r"2\.0\.0 Ok: queued as [a-z0-9]+", send(port, letter()))
    assert len(until(site.delivered)) == 1
    assert stop(process) == 0
    assert [(one["state"], one["subject"]) for one in site.json("case", "list")["cases"]] == [("new", "相談 1")]
    assert [one["state"] for one in site.json("outbox", "list")["mails"]] == ["sent"]
    errors = (site.folder / "serve-0.err").read_text()
    assert "Traceback" not in errors
    assert [word for word in ("kondo", "近藤", "相談") if word in errors] == []


def test_what_was_accepted_before_the_stop_is_handled_after_the_next_start(site: Site) -> None:
    process, port = site.serve()
    for number in range(20):
        send(port, letter(number))
    assert stop(process) == 0
    again, _ = site.serve("--only", "worker")
    until(lambda: site.spooled() == ["done"] * 20)
    assert stop(again) == 0
    assert site.rows("SELECT count(*) FROM cases") == [(20,)]


def test_a_client_that_stays_does_not_hold_up_the_stop(site: Site) -> None:
    process, port = site.serve("--only", "listener")
    client = smtplib.SMTP("127.0.0.1", port, timeout=20)
    client.ehlo("client.example.org")
    assert stop(process) == 0
    client.close()


def test_a_mail_that_was_answered_with_250_survives_kill_9(site: Site) -> None:
    process, port = site.serve("--only", "listener")
    send(port, letter())
    process.kill()
    process.wait()
    assert site.spooled() == ["received"]
    worker, no_port = site.serve("--only", "worker")
    assert no_port == 0
    until(lambda: site.spooled() == ["done"])
    assert stop(worker) == 0
    assert [one["state"] for one in site.json("case", "list")["cases"]] == ["new"]
    assert site.delivered() == []
    delivery, _ = site.serve("--only", "delivery")
    until(site.delivered)
    assert stop(delivery) == 0
    assert len(site.delivered()) == 1


def test_kill_9_in_the_middle_of_everything_loses_and_doubles_nothing(site: Site) -> None:
    process, port = site.serve()
    for number in range(15):
        send(port, letter(number))
    process.kill()
    process.wait()
    # The one that was in hand has a lease; a later start finds it when the lease has run out.
    connection = sqlite3.connect(site.folder / "mailgate.db")
    connection.execute("UPDATE spool SET next_try_at = '2020-01-01 00:00:00.000000' WHERE state = 'received'")
    connection.commit()
    connection.close()
    again, _ = site.serve("--only", "worker")
    until(lambda: site.spooled() == ["done"] * 15)
    assert stop(again) == 0
    assert site.rows("SELECT count(*) FROM cases") == [(15,)]
    assert site.rows("SELECT count(*) FROM outbox") == [(15,)]


def test_a_second_serve_on_the_same_address_is_refused_with_one_line(site: Site) -> None:
    process, port = site.serve("--only", "listener")
    second = site.run("serve", port=port)
    assert (second.returncode, second.stdout) == (1, "")
    assert re.fullmatch(rf"mailgate: [^\n]*127\.0\.0\.1:{port}[^\n]*\n", second.stderr)
    send(port, letter())
    assert stop(process) == 0


def test_two_services_on_one_database_double_nothing(site: Site) -> None:
    (first, one), (second, two) = site.serve(), site.serve()
    assert one != two
    for number in range(20):
        send((one, two)[number % 2], letter(number))
    until(lambda: site.spooled() == ["done"] * 20)
    until(lambda: len(site.delivered()) == 20)
    assert [stop(first), stop(second)] == [0, 0]
    assert site.rows("SELECT count(*) FROM cases") == [(20,)]
    assert len(site.delivered()) == 20
    for number in range(2):
        assert "trouble" not in (site.folder / f"serve-{number}.err").read_text()


def test_the_command_line_works_beside_a_running_service(site: Site) -> None:
    process, port = site.serve()
    send(port, letter())
    until(lambda: site.spooled() == ["done"])
    done = site.run("case", "note", "1", "x")
    assert (done.returncode, done.stderr) == (0, "")
    ingested = subprocess.run(
        [sys.executable, "-m", "mailgate", "--config", str(site.folder / "mailgate.toml"), "mail", "ingest"],
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        input=letter(2),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert ingested.returncode == 0
    until(lambda: site.spooled() == ["done", "done"])
    assert stop(process) == 0


def test_a_database_of_a_newer_version_is_refused_with_one_line(site: Site) -> None:
    connection = sqlite3.connect(site.folder / "mailgate.db")
    connection.execute("UPDATE alembic_version SET version_num = 'from_tomorrow'")
    connection.commit()
    connection.close()
    refused = site.run("serve", port=0)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert re.fullmatch(r"mailgate: [^\n]*newer[^\n]*\n", refused.stderr)


def test_all_problems_of_the_configuration_stop_the_start_at_once(site: Site) -> None:
    text = (site.folder / "mailgate.toml").read_text()
    (site.folder / "mailgate.toml").write_text(
        text.replace("max_connections = 100", "max_connections = 0").replace('timezone = "Asia/Tokyo"', "timezon = 1")
    )
    refused = site.run("serve", port=99_999)
    assert (refused.returncode, refused.stdout) == (1, "")
    lines = refused.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("mailgate: ") for line in lines)
    for key in ("MAILGATE_LISTENER__PORT", "listener.max_connections", "service.timezon"):
        assert sum(key in line for line in lines) == 1


@pytest.mark.parametrize("parts", ["worker", "delivery", "listener,scheduler"])
def test_serve_refuses_at_once_without_the_root_key_in_use(site: Site, parts: str) -> None:
    assert site.run("key", "rotate", "--yes").returncode == 0
    lost = site.folder / "keys" / "seal-2.key"
    lost.unlink()
    refused = site.run("serve", "--only", parts, port=0)
    typed = f"{sys.executable} -m mailgate"
    assert (refused.returncode, refused.stdout, refused.stderr) == (
        1,
        "",
        f"mailgate: {lost} is missing, and keys are wrapped under it: {typed} key check says what to do\n",
    )


def test_output_to_a_closed_pipe_is_no_traceback(site: Site) -> None:
    command = f"{sys.executable} -m mailgate --config {site.folder}/mailgate.toml teacher list --json | head -c 1"
    done = subprocess.run(
        command, shell=True, env=os.environ | {"PYTHONPATH": str(CHECKOUT)}, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr


def test_a_service_that_cannot_say_that_it_runs_does_not_run_on(site: Site) -> None:
    """`serve | head -1`: its threads would have kept the process, deaf to SIGTERM."""
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.Popen(
        site._command("serve"),
        env=site._environment(0) | {"PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writing)
    site.started.append(process)
    _, told = process.communicate(timeout=STARTS_WITHIN)
    assert (process.returncode, "Traceback" in told) == (141, False)


@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.ISO-8859-1"])
def test_json_is_utf8_in_every_locale(site: Site, locale: str) -> None:
    (site.folder / "a.eml").write_bytes(letter())
    done = subprocess.run(
        [sys.executable, "-m", "mailgate", "mail", "parse", "--json", str(site.folder / "a.eml")],
        env=os.environ | {"PYTHONPATH": str(CHECKOUT), "LC_ALL": locale, "LANG": locale, "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode("utf-8"))["subject"] == "相談 1"


def test_systemd_hears_that_it_is_ready_well_and_stopping(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(site.folder / "notify"))
        ear.settimeout(STARTS_WITHIN)
        monkeypatch.setenv("NOTIFY_SOCKET", str(site.folder / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "200000")
        monkeypatch.setenv("MAILGATE_WATCH__ADDRESS", "127.0.0.1:0")
        process, _ = site.serve("--only", "worker,delivery")
        heard = [ear.recv(100) for _ in range(3)]
        health = re.search(r"http://\S+/healthz", (site.folder / "serve-0.out").read_text())
        assert health is not None
        with urlopen(health[0]) as page:
            assert (page.status, page.read()) == (200, b"ok\n")
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOPS_WITHIN) == 0
        while heard[-1] != b"STOPPING=1":
            heard.append(ear.recv(100))
    assert (heard[0], set(heard[1:-1])) == (b"READY=1", {b"WATCHDOG=1"})


def test_a_listener_needs_no_key_that_opens_anything(site: Site) -> None:
    """L64: all that its user may read is the two keys of the hashes, and the database."""
    keys, aside = site.folder / "keys", site.folder / "aside"
    aside.mkdir()
    for file in [*keys.glob("seal*.key"), *keys.glob("store.db*")]:
        file.rename(aside / file.name)
    process, port = site.serve("--only", "listener")
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        assert client.sendmail(TEACHER, [DESK], letter()) == {}
    assert sorted(file.name for file in keys.iterdir()) == ["address.key", "token.key"]
    refused = site.run("mail", "list")
    assert (refused.returncode, "lacks seal.key of a database in use" in refused.stderr) == (1, True)
    ((octets,),) = site.rows("SELECT octets FROM raw_mails")
    assert octets[0] == 3
    assert b"school.example.org" not in octets
    process.send_signal(signal.SIGTERM)
    assert process.wait(STOPS_WITHIN) == 0
    for file in aside.iterdir():
        file.rename(keys / file.name)
    site.serve("--only", "worker")
    until(lambda: site.rows("SELECT 1 FROM spool WHERE state <> 'received'"))
    assert site.run("db", "check").returncode == 0
