"""One installation for the crash tests: started with faults, fed by SMTP, killed, and looked at afterwards.

What must hold whatever happened (`problems`): each mail that heard 250 is exactly one case, no mail is two, each case
has its one acknowledgement (which may have been delivered twice, with the same Message-ID), and nothing is left over.
"""

from __future__ import annotations

import json
import os
import re
import signal
import smtplib
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterable
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from forked import Program
from sqlalchemy import create_engine, text

from mailgate.store import cases
from mailgate.store.database import Database
from mailgate.store.sealing import Keys, load_keys

CHECKOUT = Path(__file__).resolve().parent.parent.parent
TEACHERS = 1000
"""So many that nobody gets more letters than one address may get in a day."""
DESK = "soudan@desk.example.jp"
LEASE_SECONDS = 0.5
PATIENCE_SECONDS = 60.0
RUN_SECONDS = 120.0


def teacher(number: int) -> str:
    return f"kondo{number % TEACHERS}@school.example.org"


def letter(number: int) -> bytes:
    """A mail that no other is like."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = teacher(number), DESK, f"相談 {number}"
    mail["Date"], mail["Message-ID"] = "Tue, 10 Feb 2026 18:30:00 +0900", f"<{number}@school.example.org>"
    mail.set_content(f"相談 {number} です。\n" + "どうすればよいでしょうか。\n" * 30)
    return mail.as_bytes()


def until(ready: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
    give_up = time.monotonic() + seconds
    while not (found := ready()):
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.02)
    return found


class CrashSite:
    def __init__(self, folder: Path, url: str | None = None) -> None:
        """Makes the installation in `folder`, on SQLite there or on the database at `url`."""
        self.folder = folder
        self.acknowledged: set[int] = set()
        self.process: Program | None = None
        self.environment = os.environ | {
            "PYTHONPATH": f"{CHECKOUT}",
            "PYTHONUNBUFFERED": "1",
            "MAILGATE_LANG": "en",
            "MAILGATE_OPERATOR": "tester",
            "MAILGATE_LISTENER__PORT": "0",
        }
        if url is not None:
            self.environment["MAILGATE_DATABASE__URL"] = url
        self.engine = create_engine(url or f"sqlite:///{folder}/mailgate.db")
        register = "".join(f"近藤 {number},{teacher(number)},trial\n" for number in range(TEACHERS))
        folder.mkdir()
        (folder / "teachers.csv").write_text(f"name,addresses,plan\n{register}", encoding="utf-8")
        for arguments in (("init", str(folder)), ("teacher", "import", str(folder / "teachers.csv"), "--yes")):
            done = self.run(*arguments)
            assert done.returncode == 0, done.stderr

    def run(self, *arguments: str, point: str = "none") -> subprocess.CompletedProcess[str]:
        out, err = self.folder / "run.out", self.folder / "run.err"
        status = Program(self._command(point, 1, arguments), self.environment, out, err).wait(RUN_SECONDS)
        return subprocess.CompletedProcess(arguments, status, out.read_text("utf-8"), err.read_text("utf-8"))

    def json(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, point: str = "none", times: int = 1) -> int:
        """The whole service, with a fault; gives its port."""
        out = self.folder / "serve.out"
        out.write_text("")  # the port of the life before is not this one's
        command = self._command(point, times, ("serve",))
        self.process = Program(command, self.environment, out, self.folder / "serve.err", append=True)
        found = until(lambda: re.search(r" on 127\.0\.0\.1:(\d+)", out.read_text()) or self.is_dead())
        return int(found[1]) if found is not True else 0

    def is_dead(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(PATIENCE_SECONDS)

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def send(self, port: int, numbers: Iterable[int]) -> None:
        """Sends one mail after the other and notes which heard 250, until the service is gone."""
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
                for number in numbers:
                    client.sendmail(teacher(number), [DESK], letter(number))
                    self.acknowledged.add(number)
        except (smtplib.SMTPException, OSError):
            return

    def waiting(self) -> int:
        """How many mails are on their way, in or out."""
        with self.engine.connect() as connection:
            query = (
                "SELECT (SELECT count(*) FROM spool WHERE state = 'received')"
                " + (SELECT count(*) FROM outbox WHERE state IN ('queued', 'deferred'))"
            )
            return int(connection.execute(text(query)).scalar_one())

    def settle(self) -> None:
        """Waits until nothing is on its way, as long as it becomes less. A mail that was in hand at four deaths is set
        aside: an operator tries it again, as here."""
        left = self.waiting()
        while left:
            until(lambda left=left: self.waiting() != left)  # type: ignore[misc]
            left = self.waiting()
        for one in self.json("mail", "list", "--quarantined")["mails"]:
            assert self.run("mail", "retry", one["id"]).returncode == 0
        until(lambda: self.waiting() == 0)

    def problems(self) -> list[str]:
        """What is not as it must be, once everything has settled."""
        database = Database(self.engine.url.render_as_string(hide_password=False), self._keys())
        with database.read() as tx:
            subjects = Counter(one.subject for one in cases.listing(tx, [], limit=1_000_000))
        database.close()
        sent = [message_from_bytes(file.read_bytes()) for file in (self.folder / "sent" / "new").iterdir()]
        letters = {str(mail["Message-ID"]): str(mail["To"]) for mail in sent}
        lost = [number for number in sorted(self.acknowledged) if f"相談 {number}" not in subjects]
        doubled = [subject for subject, count in subjects.items() if count > 1]
        quarantined = self.json("mail", "list", "--quarantined")["mails"]
        return [
            *(f"mail {number} was acknowledged and is no case" for number in lost),
            *(f"{subject} is more than one case" for subject in doubled),
            *(f"mail {one['id']} is quarantined: {one['reason']}" for one in quarantined),
            *([] if len(letters) == subjects.total() else [f"{subjects.total()} cases, {len(letters)} letters"]),
        ]

    def _keys(self) -> Keys:
        return load_keys(self.folder / "keys", f"sqlite:///{self.folder}/keys/store.db")

    def _command(self, point: str, times: int, arguments: Iterable[str]) -> list[str]:
        config = ("--config", str(self.folder / "mailgate.toml")) if (self.folder / "mailgate.toml").exists() else ()
        return [point, str(times), str(LEASE_SECONDS), *config, *arguments]
