"""A real `serve` that is to be attacked, with one teacher and a DNS of its own, and what can be done to it
from outside: for the black-box tests and for the benchmark beside them.

A front speaks PROXY to it, so that every attack has an address of its own and is counted and judged by it.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from attacks import HELLO, TO
from certificates import made_in
from loopback_dns import LoopbackDns

from mailgate.config import load
from mailgate.desk.entries import PersonEntry, SchoolEntry, TeacherEntry
from mailgate.desk.people import Contract, Plan
from mailgate.installation import install
from mailgate.mail.address import parse_address
from mailgate.office import open_office
from mailgate.store import schools, teachers

CHECKOUT = Path(__file__).resolve().parents[2]
HARUKA, GOOD_HOST = "haruka@minami.example", "192.0.2.1"
PATIENCE_SECONDS = 60.0
_SETTINGS = """
[listener]
port = 0
max_size_bytes = 1000000
max_waiting_bytes = 20000000
trusted_clients = []
max_mails_per_sender = 100000
proxy_clients = ["127.0.0.0/8"]
tls_certificate = "chain.pem"
tls_key = "key.pem"
[authentication]
policy = "enforce"
[dns]
nameservers = ["{host}:{port}"]
"""
_STRANGERS = count(1)


@dataclass
class Site:
    """The running service."""

    folder: Path
    process: subprocess.Popen[bytes]
    port: int
    number: int = 0
    ordinary: dict[str, str] = field(default_factory=dict)
    """Queue ids of ordinary mails, and the attack that each came after."""
    hostile: dict[str, str] = field(default_factory=dict)
    slowest: float = 0.0

    def connect(self, peer: str) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        client.sendall(f"PROXY TCP4 {peer} 192.0.2.9 40000 25\r\n".encode())
        return client

    def say(self, said: bytes, peer: str = "") -> list[bytes]:
        """All replies to what is said in one go by a stranger who then says no more."""
        client = self.connect(peer or stranger())
        replies = b""
        with contextlib.closing(client), contextlib.suppress(ConnectionError):
            with contextlib.suppress(ConnectionError):  # it may be cut off before it has said all
                client.sendall(said)
                client.shutdown(socket.SHUT_WR)
            while block := client.recv(65_536):
                replies += block
        return replies.split(b"\r\n")[:-1]

    def ordinary_mail(self, after: str) -> None:
        """Haruka consults; the mail must be taken."""
        self.number += 1
        raw = (
            f"From: {HARUKA}\r\nTo: soudan@desk.example.jp\r\nSubject: Soudan {self.number}\r\n"
            f"Date: Mon, 02 Feb 2026 09:00:00 +0900\r\nMessage-ID: <{self.number}@minami.example>\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\n{self.number} 番目の相談です。\r\n.\r\n"
        )
        said = HELLO + f"MAIL FROM:<{HARUKA}>\r\n".encode() + TO + b"DATA\r\n" + raw.encode() + b"QUIT\r\n"
        begun = time.monotonic()
        replies = self.say(said, GOOD_HOST)
        self.slowest = max(self.slowest, time.monotonic() - begun)
        taken = queue_ids(replies)
        assert len(taken) == 1, f"after {after}: {replies}"
        self.ordinary[taken[0]] = after

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.folder / "mailgate.db", timeout=30)) as connection:
            return connection.execute(query).fetchall()

    def settle(self) -> dict[str, tuple[str, str, int | None]]:
        """Waits until every mail was handled: its state, reason and case."""
        until(lambda: not self.rows("SELECT 1 FROM spool WHERE state = 'received' LIMIT 1"))
        return {row[0]: row[1:] for row in self.rows("SELECT id, state, reason, case_id FROM spool")}

    def memory(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"RssAnon:\s+(\d+) kB", status)
        assert found
        return int(found[1]) * 1024


def stranger() -> str:
    number = next(_STRANGERS)
    return f"198.51.{100 + number // 250 % 100}.{1 + number % 250}"


def queue_ids(replies: list[bytes]) -> list[str]:
    return [reply.rsplit(b" ", 1)[1].decode() for reply in replies if b"queued as" in reply]


def until(ready: Callable[[], Any]) -> Any:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not (found := ready()):
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.02)
    return found


@contextlib.contextmanager
def loopback_names() -> Iterator[LoopbackDns]:
    server = LoopbackDns()
    server.add("minami.example", "TXT", f"v=spf1 ip4:{GOOD_HOST} -all")
    server.add("_dmarc.minami.example", "TXT", "v=DMARC1; p=reject")
    server.add("evil.example", "TXT", "v=spf1 ip4:198.51.0.0/16 exp=%{l}.evil.example -all")
    server.add("many.example", "TXT", "v=spf1 " + " ".join(f"include:{n}.many.example" for n in range(20)) + " -all")
    for number in range(20):
        server.add(f"{number}.many.example", "TXT", "v=spf1 include:many.example mx ptr exists:%{i}.many.example -all")
    try:
        yield server
    finally:
        server.close()


@contextlib.contextmanager
def besieged(folder: Path, names: LoopbackDns) -> Iterator[Site]:
    """The service in `folder`; it must end orderly and without a traceback."""
    made_in(folder)
    host, port = names.nameserver
    (folder / "mailgate.toml").write_text(_SETTINGS.format(host=host, port=port))
    _register(folder)
    command = [sys.executable, "-m", "mailgate", "--config", str(folder / "mailgate.toml"), "serve"]
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1", "MAILGATE_LANG": "en"}
    out, err = folder / "out", folder / "err"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(command, env=environment, stdout=stdout, stderr=stderr, start_new_session=True)
    try:
        found = until(lambda: re.search(r" on 127\.0\.0\.1:(\d+)", out.read_text()) or process.poll() is not None)
        assert found is not True, err.read_text()
        yield Site(folder, process, int(found[1]))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        assert "Traceback" not in err.read_text()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _register(folder: Path) -> None:
    config = load(folder / "mailgate.toml")
    install(config)
    office = open_office(config)
    haruka = parse_address(HARUKA)
    assert haruka is not None
    with office.database.write() as tx:
        contract = Contract(date(2020, 4, 1), date(2099, 3, 31))
        school = schools.save_school(tx, None, SchoolEntry("森野市立南小学校", ("南小",), "森野市", (), (contract,)))
        teacher = PersonEntry("水原 遥香", "", (haruka,))
        teachers.save_teacher(tx, None, TeacherEntry(teacher, school.id, "教諭", 12, "小学校", Plan.SCHOOL))
    office.database.close()
