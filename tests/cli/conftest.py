"""A whole installation for each test of the command line, driven as a checker would: arguments in, status and text out.

The slow part (init, the sample register, the case on its way) is made once for a run and copied for each test.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mailgate.__main__ import main
from mailgate.cli import words
from mailgate.config import load
from mailgate.edges import relay_of
from mailgate.flow.context import Office
from mailgate.flow.deliver import deliver_next
from mailgate.flow.process import process_next
from mailgate.flow.screen import screen_next
from mailgate.mail.address import parse_address
from mailgate.office import open_office
from mailgate.store import members, outbox, teachers

TEACHER = "sasaki.megumi@midoridai-es.example.jp"
CONSULTATION = (
    "はじめまして。\n\n学級通信を毎週出していますが、読まれている気がしません。\n続けるこつを教えてください。\n"
)
COMMENT = "続けることに意味があります。\n\n短くして、写真を一枚だけ入れてみてはいかがでしょうか。\n"
INVITED = ("hanako.tanaka@members.example.org", "ogawa@counsel.example.org")


class _Stdin(io.BytesIO):
    name = "<stdin>"
    terminal = False

    def isatty(self) -> bool:
        return self.terminal


class _Program:
    """What CliRunner runs: the real entry, which makes statuses and lines on stderr out of failures."""

    name = "mailgate"

    def __init__(self, stdin: bytes, terminal: bool) -> None:
        self._stdin = _Stdin(stdin)
        self._stdin.terminal = terminal

    def main(self, args: list[str], prog_name: str) -> None:
        kept_argv, kept_stdin, kept_umask = sys.argv, sys.stdin, os.umask(0o022)
        sys.argv, sys.stdin = ["mailgate", *args], io.TextIOWrapper(self._stdin, encoding="utf-8")
        try:
            main()
        finally:
            sys.argv, sys.stdin = kept_argv, kept_stdin
            os.umask(kept_umask)


@dataclass(frozen=True, slots=True)
class Ran:
    """What is to be seen of one run from outside."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        assert (self.status, self.stderr) == (0, ""), self
        return json.loads(self.stdout)

    @property
    def line(self) -> str:
        """The one line on stderr of a run that was refused and printed nothing else."""
        assert (self.status, self.stdout) == (1, ""), self
        assert re.fullmatch(r"mailgate: [^\n]+\n", self.stderr), self
        return self.stderr.removeprefix("mailgate: ").rstrip("\n")


def run_mailgate(
    *argv: str | int | Path, stdin: bytes = b"", typed: str | None = None, env: Mapping[str, str] | None = None
) -> Ran:
    """One run of the program in this process; a traceback fails the test.

    With `typed` standard input is a terminal where somebody types that.
    """
    program = _Program(stdin, typed is not None)
    result = CliRunner().invoke(program, list(map(str, argv)), input=typed, env=env)  # type: ignore[arg-type]
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise AssertionError(f"a traceback: {type(result.exception).__name__}") from result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


def compose(text: str, sender: str = TEACHER, to: str = "soudan@desk.example.jp", **fields: str) -> bytes:
    """A mail that a person's program would write; `fields` as In_Reply_To="<…>"."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, to
    usual = {"Subject": "学級通信について", "Date": "Tue, 10 Feb 2026 18:30:00 +0900"}
    for name, value in (usual | fields).items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


class Installation:
    """A folder as `mailgate init` makes it, and the ways in from outside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "mailgate.toml"
        self.compose = compose

    def run(self, *argv: str | int | Path, **given: Any) -> Ran:
        return run_mailgate("--config", self.config, "--as", "tester", *argv, **given)

    @contextmanager
    def office(self) -> Iterator[Office]:
        office = open_office(load(self.config))
        yield office
        office.database.close()

    def work(self) -> None:
        """All that the worker of a running service would do now."""
        with self.office() as office:
            while process_next(office) or screen_next(office):
                pass

    def send_out(self) -> None:
        """All that the delivery of a running service would do now."""
        with self.office() as office:
            while deliver_next(office, relay_of(load(self.config)), bytes):
                pass

    def take(self, raw: bytes, to: str = "soudan@desk.example.jp") -> str:
        """The mail comes and is handled; gives its queue id."""
        sender = parse_address(str(message_from_bytes(raw)["From"]))
        envelope = ("--envelope-to", to, "--envelope-from", sender or "")
        taken = self.run("mail", "ingest", "--json", *envelope, stdin=raw).json["mails"]
        self.work()
        return str(taken[0]["id"])

    def case(self, number: int = 1) -> dict[str, Any]:
        return dict(self.run("case", "show", number, "--json").json)

    def handle(self, address: str) -> str:
        """The handle of the member, or else the teacher, with this address, found without leaving a trace."""
        wanted = parse_address(address)
        with self.office() as office, office.read() as ctx:
            people = [*members.all_members(ctx.tx), *teachers.all_teachers(ctx.tx)]
            return next(one.handle for one in people if wanted in one.person.addresses)

    def reply_address(self, recipient: str) -> str:
        """The From of the newest mail that was sent to `recipient`."""
        with self.office() as office, office.read() as ctx:
            wanted = parse_address(recipient)
            for entry in outbox.entries(ctx.tx, []):
                octets = outbox.octets_of(ctx.tx, entry.id)
                if f"To: <{wanted}>".encode() in octets or f"To: {wanted}".encode() in octets:
                    found = re.search(rb"reply\+[a-z0-9]+@[a-z.]+", octets)
                    assert found is not None
                    return found[0].decode()
        raise AssertionError(recipient)

    def comment(self, member: str = INVITED[0], text: str = COMMENT) -> str:
        """An invited member answers; gives the queue id."""
        address = self.reply_address(member)
        return self.take(compose(text, member, address, Subject="Re: コメントのお願い"), address)

    def fingerprint(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table: what a refused command must leave as it was."""
        connection = sqlite3.connect(self.folder / "mailgate.db")
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}
        connection.close()
        return rows


Make = Callable[[], Installation]


def _copy(installation: Installation, folder: Path) -> Installation:
    return Installation(Path(shutil.copytree(installation.folder, folder)))


@pytest.fixture(scope="session")
def _registered(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Installation:
    folder = tmp_path_factory.mktemp("registered") / "var"
    made = Installation(folder)
    assert made.run("init").status == 0
    for noun in ("school", "teacher", "member"):
        assert made.run(noun, "import", samples / f"{noun}s.csv", "--yes").status == 0
    rows = made.run("member", "list", "--json").json["members"]
    experienced = [row["handle"] for row in rows if row["kind"] != "教員" or row["years"] >= 5]
    assert made.run("member", "verify", *experienced).status == 0
    assert made.run("member", "activate", *experienced).status == 0
    return made


@pytest.fixture(scope="session")
def _new(_registered: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = _copy(_registered, tmp_path_factory.mktemp("new") / "var")
    made.take(compose(CONSULTATION, Message_ID="<c1@midoridai-es.example.jp>"))
    return made


@pytest.fixture(scope="session")
def _open(_new: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = _copy(_new, tmp_path_factory.mktemp("open") / "var")
    assert made.run("case", "check", 1, "--redact-all").status == 0
    assert made.run("case", "invite", 1, *map(made.handle, INVITED)).status == 0
    return made


@pytest.fixture(scope="session")
def _answered(_open: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = _copy(_open, tmp_path_factory.mktemp("answered") / "var")
    made.comment()
    assert made.run("comment", "check", 1, "--redact-all").status == 0
    assert made.run("comment", "approve", 1).status == 0
    assert made.run("case", "answer", 1, "--yes").status == 0
    return made


@pytest.fixture
def program() -> Callable[..., Ran]:
    """The program without an installation."""
    return run_mailgate


@pytest.fixture
def registered(_registered: Installation, tmp_path: Path) -> Installation:
    """The sample register; members who may be active are."""
    return _copy(_registered, tmp_path / "var")


@pytest.fixture
def new(_new: Installation, tmp_path: Path) -> Installation:
    """Case 1 is new: a consultation without any name."""
    return _copy(_new, tmp_path / "var")


@pytest.fixture
def opened(_open: Installation, tmp_path: Path) -> Installation:
    """Case 1 is open: two members are invited."""
    return _copy(_open, tmp_path / "var")


@pytest.fixture
def answered(_answered: Installation, tmp_path: Path) -> Installation:
    """Case 1 is answered with one comment."""
    return _copy(_answered, tmp_path / "var")


@pytest.fixture(scope="session")
def secrets_of_register(samples: Path) -> tuple[str, ...]:
    """Every name and address of the teachers and members: what no output shows without --reveal."""
    found: list[str] = []
    for noun in ("teacher", "member"):
        with (samples / f"{noun}s.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                surname, given = row["name"].split()
                found += [row["name"], surname + given, row["kana"], surname, *row["addresses"].split(";")]
    return tuple(found)


@pytest.fixture
def no_language_chosen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing outside says which language is spoken; and what this test speaks ends with it."""
    for name in ("MAILGATE_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    yield
    words.speak(words.ENGLISH)
    os.environ.pop("LANGUAGE", None)
