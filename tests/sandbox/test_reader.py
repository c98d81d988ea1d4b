"""A real child, and mails that break it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailgate.errors import ReaderAway
from mailgate.mail.limits import ReadingLimits
from mailgate.mail.parse import parse
from mailgate.sandbox import reader as reader_module
from mailgate.sandbox.limits import ChildLimits
from mailgate.sandbox.reader import ChildReader

MAIL = b"From: haruka@minami.example\r\nSubject: x\r\n\r\ntext\r\n"
BROKEN = ("the mail cannot be read within its limits of time and memory: shown as it came",)
HERE = Path(__file__).parent


@pytest.fixture
def reader() -> Iterator[ChildReader]:
    reader = ChildReader()
    yield reader
    reader.close()


@pytest.fixture
def frail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Children whose parser does what the subject says (`frail_child.py`)."""
    monkeypatch.setattr(reader_module, "_COMMAND", [sys.executable, str(HERE / "frail_child.py")])


def mail(subject: str) -> bytes:
    return MAIL.replace(b"Subject: x", b"Subject: " + subject.encode())


def test_mails_are_read_as_without_it(reader: ChildReader, samples: Path) -> None:
    mails = [file.read_bytes() for file in sorted(samples.glob("*.eml"))]
    mails += [b"", b"\x00\xff" * 1000, MAIL + b"x" * 3_000_000]
    assert [reader(raw) for raw in mails] == [parse(raw) for raw in mails]


@pytest.mark.usefixtures("frail")
@pytest.mark.parametrize("subject", ["die", "exit", "spin", "eat", "nonsense", "write", "hang"])
def test_a_mail_that_breaks_its_child_is_shown_as_it_came_and_the_next_is_read(subject: str) -> None:
    reader = ChildReader(ChildLimits(cpu_seconds=1, wall_seconds=3))
    broken = reader(mail(subject))
    assert (broken.defects, broken.sender.address, "text" in broken.body) == (BROKEN, None, True)
    assert reader(mail("harmless")).subject == "harmless"
    reader.close()


@pytest.mark.usefixtures("frail")
def test_a_mail_that_asks_for_too_much_memory_does_not_always_break_it(reader: ChildReader) -> None:
    assert reader(mail("eat politely")).defects == ("too much",)
    child = reader._child
    assert reader(mail("harmless")).subject == "harmless"
    assert reader._child is child


def test_the_child_reads_as_much_as_it_is_told_to() -> None:
    limits = ReadingLimits(fields=1)
    reader = ChildReader(ChildLimits(reading=limits))
    assert reader(MAIL) == parse(MAIL, limits)
    assert reader(MAIL).subject == ""
    reader.close()


def test_a_child_that_was_killed_costs_no_mail(reader: ChildReader) -> None:
    reader(MAIL)
    assert reader._child is not None
    os.kill(reader._child.pid, signal.SIGKILL)
    assert reader(MAIL) == parse(MAIL)


def test_the_child_has_none_of_our_settings(reader: ChildReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILGATE_DATABASE__URL", "postgresql+psycopg://u:geheim@h/d")
    reader(MAIL)
    assert reader._child is not None
    environment = Path(f"/proc/{reader._child.pid}/environ").read_bytes()
    assert (b"PATH=" in environment, b"geheim" in environment) == (True, False)


def test_the_child_goes_when_the_worker_is_gone() -> None:
    program = (
        "from mailgate.sandbox.reader import ChildReader; import os, signal; reader = ChildReader(); reader(b'x');"
        "print(reader._child.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    state = Path(f"/proc/{int(done.stdout)}/stat")
    give_up = time.monotonic() + 10
    while state.exists() and state.read_text().split()[2] != "Z":
        assert time.monotonic() < give_up, "it lives on"
        time.sleep(0.05)


@pytest.mark.parametrize("command", [["/no/such/program"], [sys.executable, "-c", "raise SystemExit(1)"]])
def test_a_child_that_does_not_start_is_a_later(command: list[str], monkeypatch: Any) -> None:
    monkeypatch.setattr(reader_module, "_COMMAND", command)
    with pytest.raises(ReaderAway):
        ChildReader()(MAIL)
