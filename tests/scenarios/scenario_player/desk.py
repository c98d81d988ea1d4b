"""A whole desk for one story: settings, keys, listener, handlers, command line and Maildir, at a time of its own.

Nothing runs by itself but the listener: `work` does in the caller's thread what the loops of `serve` would do. The
keys are fixed, since the order of the comments in an answer comes from them.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import smtplib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailgate import __main__ as program
from mailgate import edges, office
from mailgate.config import load
from mailgate.flow.accept import Acceptance
from mailgate.flow.context import Office
from mailgate.flow.deliver import deliver_next
from mailgate.flow.process import process_next, process_waiting
from mailgate.flow.screen import screen_next
from mailgate.installation import install
from mailgate.mail.address import Address
from mailgate.mail.outcome import Deferred, Failed, Outcome
from mailgate.smtp.maildir import MaildirRelay
from scenario_player.letter import Letter

ZONE = ZoneInfo("Asia/Tokyo")
_CONFIG = """
[listener]
port = 0
[database]
url = "{url}"
"""
_BELIEVE_EVERYBODY = """
[authentication]
policy = "off"
"""
_MOST_WORK = 200


class Clock:
    """Stands still but for a millisecond at each look, so that what comes later is later."""

    def __init__(self) -> None:
        self._now = datetime(2025, 2, 3, 21, 15, tzinfo=ZONE)

    def __call__(self) -> datetime:
        self._now += timedelta(milliseconds=1)
        return self._now

    def set(self, to: datetime) -> None:
        assert to > self._now, "the clock never goes back"
        self._now = to


class TroubledRelay:
    """The Maildir, with a list of recipients whose mail it will not take today; it keeps what it was handed."""

    def __init__(self, maildir: MaildirRelay) -> None:
        self._maildir = maildir
        self.handed: list[tuple[str, bytes]] = []
        self.trouble: dict[str, Outcome] = {}

    def deliver(self, reverse_path: Address | None, forward_path: Address, raw: bytes) -> Outcome:
        self.handed.append((str(forward_path).lower(), raw))
        outcome = self.trouble.get(str(forward_path).lower()) or self.trouble.get("everybody")
        return outcome or self._maildir.deliver(reverse_path, forward_path, raw)

    def defer(self, who: str) -> None:
        self.trouble[who] = Deferred("451 4.3.0 not now")

    def refuse(self, who: str) -> None:
        self.trouble[who] = Failed("550 5.1.1 nobody of that name")


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of the program."""

    exit: int
    out: str
    err: str


class Desk:
    """A context manager: the listener listens inside."""

    def __init__(self, folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, settings: str = "") -> None:
        """`settings` are TOML sections beside [listener] and [database]; left out, every sender is believed."""
        self._monkeypatch = monkeypatch
        self._config_file = folder / "mailgate.toml"
        (folder / "keys").mkdir(parents=True)
        text = _CONFIG.format(url=database_url) + (settings or _BELIEVE_EVERYBODY)
        self._config_file.write_text(text, encoding="utf-8")
        for name in ("seal.key", "address.key", "token.key"):
            key = folder / "keys" / name
            key.touch(mode=0o600)
            key.write_text(hashlib.sha256(name.encode()).hexdigest())
        for key in ("CALENDAR", "QUIET_HOURS"):  # the days and hours of a story are those that it counts
            monkeypatch.setenv(f"MAILGATE_DESK__{key}", "")
        config = load(self._config_file)
        install(config)
        self.clock = Clock()
        self.office: Office = replace(office.open_office(config), clock=self.clock)
        # A command opens the office by itself, at the time of the machine: it is given this one instead.
        monkeypatch.setattr(office, "open_office", lambda _config: self.office)
        self.relay = TroubledRelay(MaildirRelay(config.delivery.maildir))
        self._sent = config.delivery.maildir / "new"
        self._listener = edges.listener_of(config, Acceptance(self.office, lambda: None))
        self._signer = edges.signer_of(config)
        self._collected: set[str] = set()
        self.letters: list[Letter] = []
        self.working = True

    def __enter__(self) -> Desk:
        self._listener.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._listener.stop()
        self.office.database.close()

    def send(self, raw: bytes, reverse_path: str, forward_path: str) -> str:
        """One mail by SMTP; gives the first reply that is a refusal, or the one to the final dot."""
        with smtplib.SMTP("127.0.0.1", self._listener.port, local_hostname="client.example.net", timeout=20) as client:
            client.ehlo()
            for command, argument in (("MAIL", f"FROM:<{reverse_path}>"), ("RCPT", f"TO:<{forward_path}>")):
                code, text = client.docmd(command, argument)
                if code >= 400:
                    return f"{code} {text.decode()}"
            code, text = client.data(raw)
            return f"{code} {text.decode()}"

    def work(self) -> list[Letter]:
        """Does all that is due now; gives the mails that went out, oldest first."""
        for _ in range(_MOST_WORK):
            # Every hand does one piece of work in each turn, as the loops of the service do at the same time.
            if not (
                process_next(self.office) | process_waiting(self.office) | screen_next(self.office) | self._deliver()
            ):
                break
        else:
            raise AssertionError("the work never ends")
        return self._collect()

    def run(self, *arguments: str) -> Ran:
        """The program with these arguments, in this process."""
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        command = ["mailgate", "--config", str(self._config_file), "--as", "kato", *arguments]
        status: object = 0
        with _as_it_was_before(), self._monkeypatch.context() as patch:
            patch.setattr(sys, "argv", command)
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                try:
                    program.main()
                except SystemExit as end:
                    status = end.code or 0
        texts = [stream.buffer.getvalue().decode() for stream in (out, err)]
        return Ran(status if isinstance(status, int) else 1, *texts)

    def document(self, *arguments: str) -> Any:
        """What a command says with --json."""
        ran = self.run(*arguments, "--json")
        assert (ran.exit, ran.err) == (0, ""), ran
        return json.loads(ran.out)

    def _deliver(self) -> bool:
        return deliver_next(self.office, self.relay, self._signer)

    def _collect(self) -> list[Letter]:
        names = {file.name for file in self._sent.iterdir()} if self._sent.exists() else set()
        new = sorted(names - self._collected, key=lambda name: int(name.rpartition(".")[2]))
        self._collected |= names
        raws = [(self._sent / name).read_bytes() for name in new]
        known = {one["message_id"]: one for one in self.document("outbox", "list")["mails"]} if raws else {}
        letters = []
        for raw in raws:
            entry = known[Letter("", None, raw).message_id]
            letters.append(Letter(entry["kind"], entry["case"], raw))
        self.letters += letters
        return letters


@contextlib.contextmanager
def _as_it_was_before() -> Iterator[None]:
    """The program sets the umask of its process, which is that of the tests."""
    umask = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(umask)
