"""A whole desk in processes of its own: `serve` on loopback, commands, a relay of ours that keeps everything.

Nothing here looks into mailgate but to lay down the register and to wait: what is swept is what was written or said.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from free_port import free_port

from mailgate.config import load
from mailgate.desk.lifecycle import OutboxState, SpoolState
from mailgate.flow.context import Office
from mailgate.installation import install
from mailgate.office import open_office
from mailgate.store import outbox, spool

CHECKOUT = Path(__file__).resolve().parents[3]
DOMAIN, DESK = "desk.example.jp", "soudan@desk.example.jp"
PATIENCE_SECONDS = 90.0
_SETTINGS = """
[service]
domain = "{domain}"
[listener]
port = 0
max_size_bytes = 5000000
[database]
url = "{url}"
[delivery]
mode = "smtp"
host = "127.0.0.1"
port = {relay}
[authentication]
policy = "off"
[watch]
address = "127.0.0.1:0"
"""


@dataclass(frozen=True)
class Sent:
    """One mail as the relay got it."""

    ehlo: str
    reverse_path: str
    to: tuple[str, ...]
    octets: bytes

    def field(self, name: str) -> str:
        return str(message_from_bytes(self.octets)[name] or "")

    @property
    def reply_to(self) -> str:
        return self.field("Reply-To").strip("<>")

    @property
    def everything(self) -> bytes:
        return "\n".join((self.ehlo, self.reverse_path, *self.to)).encode() + b"\n\n" + self.octets


@dataclass
class Relay:
    """Takes mail, or answers a recipient with words that repeat the address, as relays do."""

    answers: dict[str, str] = field(default_factory=dict)
    taken: list[Sent] = field(default_factory=list)

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.answers:
            return self.answers[address].format(address, *address.split("@"))
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        mail = Sent(session.host_name, envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content)
        self.taken.append(mail)
        return f"250 2.0.0 {' '.join(envelope.rcpt_tos)} queued"

    def to(self, address: str) -> list[Sent]:
        return [one for one in self.taken if address in one.to]


@dataclass
class Said:
    """What one command said."""

    command: str
    exit: int
    out: bytes
    err: bytes


@dataclass
class Stage:
    folder: Path
    office: Office
    relay: Relay
    operator: str
    url: str
    port: int = 0
    page: str = ""
    process: subprocess.Popen[bytes] | None = None
    commands: subprocess.Popen[bytes] | None = None
    said: list[Said] = field(default_factory=list)
    titles: set[bytes] = field(default_factory=set)
    """Command lines and names of all our processes, as any user of the machine can see them."""

    @property
    def temp(self) -> Path:
        return self.folder / "temp"

    @property
    def log(self) -> Path:
        return self.folder / "serve.err"

    # --- processes ---

    def _start(self, *words: str, **more: Any) -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join((str(CHECKOUT), str(CHECKOUT / "tests" / "leaks"))),
            "PYTHONUNBUFFERED": "1",
            "TMPDIR": str(self.temp),
            "MAILGATE_OPERATOR": self.operator,
            "MAILGATE_CONFIG": str(self.folder / "mailgate.toml"),
        }
        return subprocess.Popen([sys.executable, *words], env=environment, cwd=self.folder, **more)

    def serve(self, *options: str) -> None:
        out = self.folder / "serve.out"
        with out.open("wb") as stdout, self.log.open("wb") as stderr:
            self.process = self._start("-m", "leak_stage.program", *options, "serve", stdout=stdout, stderr=stderr)
        found = until(lambda: re.search(r" on 127\.0\.0\.1:(\d+)", out.read_text()) or self.process.poll() is not None)
        assert found is not True, self.log.read_text()
        self.port = int(found[1])
        page = until(lambda: re.search(r"\S+/metrics", out.read_text()))
        self.page = page[0]

    def run(self, command: str, exit: int = 0) -> bytes:
        """A command of the program, with its words apart; what it printed."""
        if self.commands is None:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            self.commands = self._start("-m", "leak_stage.commands", **pipes)
        assert self.commands.stdin is not None
        assert self.commands.stdout is not None
        self.commands.stdin.write(json.dumps(command.split()).encode() + b"\n")
        self.commands.stdin.flush()
        status = int(self.commands.stdout.readline())
        out, err = ((self.folder / name).read_bytes() for name in ("said.out", "said.err"))
        self.said.append(Said(command, status, out, err))
        assert status == exit, (command, err.decode())
        return out

    def document(self, command: str) -> Any:
        return json.loads(self.run(f"{command} --json"))

    def look_at_titles(self) -> None:
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if str(self.folder).encode() in (folder / "environ").read_bytes():
                    self.titles |= {(folder / "cmdline").read_bytes(), (folder / "comm").read_bytes()}

    def figures(self) -> bytes:
        """What the service shows to Prometheus and to whoever asks for its health."""
        pages = (self.page, self.page.replace("/metrics", "/healthz"))
        return b"".join(urlopen(page, timeout=20).read() for page in pages)

    def kill(self) -> None:
        """As a power cut: nothing is put away before it ends."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    # --- mails ---

    def send(self, raw: bytes, sender: str, *to: str, ehlo: str = "client.example.net") -> list[str]:
        """By SMTP; the replies to each recipient and to the text."""
        with smtplib.SMTP("127.0.0.1", self.port, local_hostname=ehlo, timeout=30) as client:
            client.ehlo()
            client.docmd("MAIL", f"FROM:<{sender}>")
            replies = [client.docmd("RCPT", f"TO:<{one}>") for one in to]
            if any(code < 400 for code, _ in replies):
                replies.append(client.data(raw))
        return [f"{code} {text.decode()}" for code, text in replies]

    def settle(self) -> None:
        """Waits until every mail that came was handled, and every one that may leave has left."""
        until(self._nothing_waits)
        self.look_at_titles()

    def _nothing_waits(self) -> bool:
        with self.office.read() as ctx:
            coming = spool.entries(ctx.tx, [SpoolState.RECEIVED, SpoolState.WAITING])
            leaving = outbox.entries(ctx.tx, [OutboxState.QUEUED])
        return not coming and not leaving

    # --- what is swept ---

    def database(self) -> Iterator[tuple[str, bytes]]:
        """All that the database has written: its files, or each table as PostgreSQL gives it out."""
        if self.url.startswith("sqlite"):
            for file in sorted(self.folder.glob("mailgate.db*")):
                yield file.name, file.read_bytes()
            return
        with psycopg.connect(self.url.replace("+psycopg", "")) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            for (table,) in tables:
                with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as rows:
                    yield table, b"".join(map(bytes, rows))

    def temporary(self) -> Iterator[tuple[str, bytes]]:
        for file in sorted(self.temp.rglob("*")):
            yield file.name, file.name.encode() + (b"\n" + file.read_bytes() if file.is_file() else b"")


def until(ready: Callable[[], Any]) -> Any:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not (found := ready()):
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.05)
    return found


@contextlib.contextmanager
def stage(folder: Path, url: str, operator: str) -> Iterator[Stage]:
    """A desk that is laid down and not started; whatever was started is gone afterwards."""
    relay = Relay()
    port = free_port()
    controller = Controller(relay, hostname="127.0.0.1", port=port)
    (folder / "temp").mkdir(parents=True)
    (folder / "mailgate.toml").write_text(_SETTINGS.format(url=url, relay=port, domain=DOMAIN), encoding="utf-8")
    config = load(folder / "mailgate.toml")
    install(config)
    office = open_office(config)
    made = Stage(folder, office, relay, operator, config.database.url)
    controller.start()
    try:
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.kill()
        if made.commands is not None:
            made.commands.communicate()  # no more of them
        controller.stop()
        office.database.close()
