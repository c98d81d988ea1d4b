"""What lasts shows a bar on standard error in a terminal, and nothing elsewhere; Ctrl-C leaves nothing half done."""

from __future__ import annotations

import os
import pty
import select
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailgate.cli import progress
from mailgate.flow import erase, import_register, ingest, privacy
from mailgate.flow.import_register import Register
from mailgate.store import backup
from mailgate.store.database import Database

REPOSITORY = Path(__file__).resolve().parents[2]
SCHOOLS = "name,municipality\n" + "".join(f"第{number}小学校,架空市\n" for number in range(30))


class Stopped:
    """A progress during which somebody types Ctrl-C."""

    def __init__(self, at: int) -> None:
        self._at, self.heard = at, 0

    def __call__(self, _done: int, _of_all: int) -> None:
        self.heard += 1
        if self.heard == self._at:
            raise KeyboardInterrupt


def _import(desk: Any, stopped: Stopped) -> None:
    with desk.office.write("operator:yui") as ctx:
        plan = import_register.plan_import(ctx, Register.SCHOOL, SCHOOLS.encode())
        import_register.carry_out(ctx, Register.SCHOOL, plan, skip_bad=False, progress=stopped)


def _ingest(desk: Any, stopped: Stopped) -> None:
    mails = [(f"{number}.eml", desk.mail(body=f"相談 {number}")) for number in range(10)]
    ingest.ingest(desk.office, mails, None, [], stopped)


def _erase(desk: Any, stopped: Stopped) -> None:
    with desk.office.write("operator:yui") as ctx:
        erase.erase(ctx, privacy.subject(ctx, desk.teacher.handle), "a test", stopped)


@pytest.mark.parametrize("act", [_import, _ingest, _erase], ids=["import", "ingest", "erase"])
def test_ctrl_c_in_the_middle_changes_nothing(desk: Any, act: Callable[[Any, Stopped], None]) -> None:
    for number in range(3):
        desk.open_case(f"相談です。{number}")
    before = _everything(desk.office.database)
    stopped = Stopped(at=2)
    with pytest.raises(KeyboardInterrupt):
        act(desk, stopped)
    assert stopped.heard == 2
    assert _everything(desk.office.database) == before
    act(desk, Stopped(at=0))  # and it can be done again
    assert _everything(desk.office.database) != before


def _everything(database: Database) -> dict[str, list[Any]]:
    names = ("schools", "cases", "spool", "raw_mails", "persons", "audit", "outbox", "entries")
    with database.read() as tx:
        return {name: list(tx.connection.exec_driver_sql(f"SELECT * FROM {name} ORDER BY id")) for name in names}


def test_ctrl_c_in_a_backup_leaves_no_file(own_desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is heard while SQLite copies, which takes no notice of it by itself: raised here as the signal raises it."""
    monkeypatch.setattr(backup, "_STEPS_BETWEEN_LOOKS", 100)
    own_desk.open_case()
    safe = tmp_path / "safe"
    safe.mkdir()
    heard: list[tuple[int, int]] = []

    def interrupt(done: int, of_all: int) -> None:
        heard.append((done, of_all))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup.make_backup(own_desk.office.database.engine, safe / "copy.db", progress=interrupt)
    assert heard
    assert list(safe.iterdir()) == []


def test_a_backup_tells_how_much_is_written(own_desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "_STEPS_BETWEEN_LOOKS", 100)
    heard: list[tuple[int, int]] = []
    copy = tmp_path / "copy.db"
    backup.make_backup(own_desk.office.database.engine, copy, progress=lambda *far: heard.append(far))
    assert {of_all for _, of_all in heard} == {(tmp_path / "mailgate.db").stat().st_size}
    assert sqlite3.connect(copy).execute("SELECT count(*) FROM schools").fetchone() == (1,)


def _both(installation: Any, *words: str | Path) -> tuple[str, str]:
    """What comes on standard output, a file, and on standard error, a terminal that is read all the while."""
    main, side = pty.openpty()
    out = installation.folder / "out"
    with out.open("wb") as stdout:
        process = subprocess.Popen(
            [sys.executable, "-m", "mailgate", "--config", str(installation.config), *map(str, words)],
            cwd=REPOSITORY,
            env=os.environ | {"TERM": "xterm", "PYTHONPATH": str(REPOSITORY)},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=side,
        )
    os.close(side)
    seen = b""
    while select.select([main], [], [], 60)[0]:
        try:
            octets = os.read(main, 65536)
        except OSError:  # the other side is closed
            break
        if not octets:
            break
        seen += octets
    os.close(main)
    assert process.wait(60) == 0, seen
    return out.read_text(encoding="utf-8"), seen.decode()


@pytest.mark.parametrize(
    ("words", "label"),
    [
        (("school", "import", "FILE", "--yes"), "Writing schools"),
        (("mail", "ingest", "MAIL", "MAIL"), "Reading mails"),
        (("db", "check"), "Opening seals"),
    ],
    ids=lambda words: words[0] if isinstance(words, tuple) else "",
)
def test_a_bar_stands_on_standard_error_of_a_terminal_alone(
    new: Any, tmp_path: Path, words: tuple[str, ...], label: str
) -> None:
    (tmp_path / "FILE").write_text(SCHOOLS, encoding="utf-8")
    (tmp_path / "MAIL").write_bytes(new.compose("もう一つ相談です。\n"))
    typed = [tmp_path / word if word.isupper() else word for word in words]
    out, seen = _both(new, *typed)
    assert label in seen
    assert "100%" in seen
    assert seen.rfind("\x1b[?25h") > seen.rfind("\x1b[?25l"), "the cursor is there again"
    assert label not in out
    ran = new.run(*typed[:-1], "--yes") if typed[-1] == "--yes" else new.run(*typed)
    assert label not in ran.stderr


def test_a_bar_that_is_broken_off_leaves_the_terminal_as_it_was(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with pytest.raises(KeyboardInterrupt), progress.bar("Lasting") as told:
        told(0, 0)
        told(3, 10)
        told(1, 10)  # another round
        raise KeyboardInterrupt
    err = capsys.readouterr().err
    assert err.rfind("\x1b[?25h") > err.rfind("\x1b[?25l") > 0
    assert err.endswith("\n")


def test_without_a_terminal_there_is_nothing_to_see(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.bar("Lasting") as told:
        told(3, 10)
    assert capsys.readouterr() == ("", "")
