"""How fast mail is accepted durably: our listener beside a bare aiosmtpd sink, in one run on one machine.

    python accept.py [--quick] [--only WORD]

Prints each figure as a ratio to the sink of the same minute (median of interleaved repetitions) beside what it shall
reach, with the range that it was seen in. `--only` runs the lines whose name has WORD in it. Absolute figures say
nothing on another machine and are not printed. Exit status 1 when a figure is missed.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import secrets
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import structlog
from mails import small_mails

from mailgate.config import load
from mailgate.flow.group_commit import GroupCommit
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.office import open_office

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SECONDS_TO_START = 60
BIG_BYTES = 10_000_000
MANY_CASES = 1_000_000


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    name: str
    reach: float
    ratios: list[float]
    at_most: bool = False
    """The ratio shall stay below `reach`, not above."""

    @property
    def is_reached(self) -> bool:
        seen = median(self.ratios)
        return seen <= self.reach if self.at_most else seen >= self.reach

    def line(self) -> str:
        sign, verdict = ("<" if self.at_most else ">"), ("ok" if self.is_reached else "MISSED")
        low, high = min(self.ratios), max(self.ratios)
        return (
            f"{self.name:<52} {median(self.ratios):5.2f}  ({low:.2f} to {high:.2f})   {sign} {self.reach:<5} {verdict}"
        )


@dataclass(frozen=True)
class Effort:
    """How much is sent, and how often."""

    repetitions: int
    share: float

    def mails(self, full: int) -> int:
        return max(200, int(full * self.share))


# Servers


@contextmanager
def process(command: list[str], environment: dict[str, str], says: str) -> Iterator[int]:
    """A running process, and the port that it says on its first line."""
    running = subprocess.Popen(
        [sys.executable, *command],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "MAILGATE_LANG": "en"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert running.stdout is not None
        line = running.stdout.readline()
        found = re.search(says, line)
        if found is None:
            raise SystemExit(f"a server did not start: {line!r}")
        yield int(found[1])
    finally:
        running.terminate()
        running.communicate()


def sink() -> Any:
    return process([str(HERE / "sink.py")], {}, r"port (\d+)")


def site(stack: ExitStack, url: str = "") -> Path:
    """A fresh installation: its configuration file."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailgate-bench-")))
    path = folder / "mailgate.toml"
    chosen = {"MAILGATE_DATABASE__URL": url} if url else {}
    command = [sys.executable, "-m", "mailgate", "--config", str(path), "init"]
    subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)} | chosen, check=True, stdout=subprocess.DEVNULL)
    return path


def ours(path: Path, port: int = 0, url: str = "") -> Any:
    chosen = {
        "MAILGATE_LISTENER__PORT": str(port),
        "MAILGATE_LISTENER__REUSE_PORT": "true",
        "MAILGATE_LISTENER__MAX_CONNECTIONS": "500",
        "MAILGATE_SPOOL__MAX_BACKLOG": "100000000",
    } | ({"MAILGATE_DATABASE__URL": url} if url else {})
    command = ["-m", "mailgate", "--config", str(path), "serve", "--only", "listener"]
    return process(command, chosen, r" on 127\.0\.0\.1:(\d+)")


# Load


def sent(port: int, connections: int, mails: int, per_connection: int = 0, big_mails: int = 0) -> dict[str, float]:
    """What `load.py` measured."""
    arguments = map(str, (port, connections, mails, per_connection, BIG_BYTES if big_mails else 0, big_mails))
    done = subprocess.run(
        [sys.executable, str(HERE / "load.py"), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"the load was refused: {done.stderr.strip().splitlines()[-1]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def rate(port: int, connections: int, mails: int, per_connection: int = 0) -> float:
    return mails / sent(port, connections, mails, per_connection)["seconds"]


def interleaved(effort: Effort, one: Callable[[], float], other: Callable[[], float]) -> list[float]:
    """`one` / `other`, measured side by side; the first turn of each only warms up. Each goes first in turn."""
    one(), other()
    found = []
    for number in range(effort.repetitions):
        if number % 2:
            below, above = other(), one()
        else:
            above, below = one(), other()
        found.append(above / below)
    return found


# Figures


def many_mails(effort: Effort) -> Iterator[Figure]:
    with ExitStack() as stack:
        port, bare = stack.enter_context(ours(site(stack))), stack.enter_context(sink())
        for connections, reach in ((1, 0.80), (10, 1.15), (50, 1.30), (100, 1.30)):
            mails = effort.mails(1500 if connections == 1 else 4000)
            ratios = interleaved(
                effort, partial(rate, port, connections, mails), partial(rate, bare, connections, mails)
            )
            yield Figure(f"many mails on each of {connections} connections", reach, ratios)
        for connections, reach in ((10, 0.90), (50, 0.95), (100, 0.95)):
            mails = effort.mails(2000)
            ratios = interleaved(
                effort, partial(rate, port, connections, mails, 1), partial(rate, bare, connections, mails, 1)
            )
            yield Figure(f"one mail a connection, {connections} at a time", reach, ratios)


def two_processes(effort: Effort) -> Iterator[Figure]:
    with ExitStack() as stack:
        path, bare = site(stack), stack.enter_context(sink())
        port = stack.enter_context(ours(path))
        stack.enter_context(ours(path, port))
        mails = effort.mails(5000)
        ratios = interleaved(effort, lambda: rate(port, 50, mails), lambda: rate(bare, 50, mails))
        yield Figure("two processes, 50 connections", 1.6, ratios)


def postgresql(effort: Effort) -> Iterator[Figure]:
    sys.path.insert(0, str(ROOT / "tests"))
    import conftest  # the private server of the tests, made to be safe after a crash here

    programs = conftest._postgresql_programs()
    if programs is None:
        say("PostgreSQL: skipped, no programs on this machine")
        return
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        conftest._SETTINGS[name] = "on"
    with ExitStack() as stack:
        server = conftest._Server(programs)
        stack.callback(server.stop)
        url = server.url(server.create())
        port, bare = stack.enter_context(ours(site(stack, url), url=url)), stack.enter_context(sink())
        mails = effort.mails(4000)
        ratios = interleaved(effort, lambda: rate(port, 50, mails), lambda: rate(bare, 50, mails))
        yield Figure("PostgreSQL, 50 connections", 1.2, ratios)


def commit_wait(effort: Effort) -> Iterator[Figure]:
    """One mail alone from `submit` to its queue id, against sqlite3 by itself: one row of the same octets, or exactly
    the rows that we write, into the same tables.
    """
    with ExitStack() as stack:
        path = site(stack)
        office = open_office(load(path))
        stack.callback(office.database.close)
        group = GroupCommit(office, lambda: None)
        envelope = Envelope(Address("kondo", "school.example.org"), (Address("soudan", "desk.example.jp"),))
        raw = small_mails()[0]
        count = effort.mails(400)
        one_row = _bare_one_row(path.parent / "bare.db", raw)
        same_rows = _bare_same_rows(path.parent / "mailgate.db", group, envelope, raw)
        waits = (lambda: _accepted(group, envelope, raw), one_row, same_rows)
        medians: list[list[float]] = [[], [], []]
        for _ in range(effort.repetitions + 1):
            for kind, wait in enumerate(waits):
                medians[kind].append(median(_seconds(wait) for _ in range(count)))
        wait, row, rows = (one[1:] for one in medians)
        same = [a / b for a, b in zip(wait, rows, strict=True)]
        yield Figure("commit wait, 1 connection: to a bare commit (same rows)", 1.5, same, at_most=True)
        bare = [a / b for a, b in zip(wait, row, strict=True)]
        yield Figure("commit wait, 1 connection: to a bare commit (one row)", 1.5, bare, at_most=True)


def big_among_small(effort: Effort) -> Iterator[Figure]:
    """The p99 of small mails over 10 connections while somebody sends 10 MB, against without."""
    with ExitStack() as stack:
        port = stack.enter_context(ours(site(stack)))
        mails = 4000  # never fewer: one big mail among a few hundred is more than a hundredth of them
        for name, big_mails, reach in (
            ("p99 of small mails, one of 10 MB among 4000", 1, 3.0),
            ("p99 of small mails, one of 10 MB after another", mails, float("inf")),
        ):
            ratios = interleaved(
                effort,
                lambda count=big_mails: sent(port, 10, mails, 0, count)["p99"],
                lambda: sent(port, 10, mails)["p99"],
            )
            yield Figure(name, reach, ratios, at_most=True)


def million_cases(effort: Effort) -> Iterator[Figure]:
    with ExitStack() as stack:
        full, empty = site(stack), site(stack)
        _add_cases(full.parent / "mailgate.db", MANY_CASES)
        one, other = stack.enter_context(ours(full)), stack.enter_context(ours(empty))
        mails = effort.mails(4000)
        ratios = interleaved(effort, lambda: rate(one, 50, mails), lambda: rate(other, 50, mails))
        yield Figure("10^6 cases in the database against none, 50 connections", 0.95, ratios)


def _accepted(group: GroupCommit, envelope: Envelope, raw: bytes) -> str:
    told = group.submit(envelope, raw)
    group.commit()
    return told.result()


def _seconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def _durable(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _bare_one_row(path: Path, raw: bytes) -> Callable[[], object]:
    connection = _durable(path)
    connection.execute("CREATE TABLE mails (id TEXT PRIMARY KEY, octets BLOB)")

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO mails VALUES (?, ?)", (secrets.token_hex(8), raw))
        connection.execute("COMMIT")

    return commit


def _bare_same_rows(path: Path, group: GroupCommit, envelope: Envelope, raw: bytes) -> Callable[[], object]:
    """The rows of accepted mails, copied under new ids by SQLite itself."""
    connection = _durable(path)
    first = _accepted(group, envelope, raw)
    columns = {
        table: [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
        for table in ("raw_mails", "spool")
    }
    rows = {
        table: dict(
            zip(names, connection.execute(f"SELECT * FROM {table} WHERE id = ?", (first,)).fetchone(), strict=True)
        )
        for table, names in columns.items()
    }
    inserts = {
        table: f"INSERT INTO {table} VALUES ({', '.join(f':{name}' for name in names)})"
        for table, names in columns.items()
    }

    def commit() -> None:
        new = first[:8] + secrets.token_hex(4)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(inserts["raw_mails"], rows["raw_mails"] | {"id": new})
        connection.execute(inserts["spool"], rows["spool"] | {"id": new, "raw_id": new})
        connection.execute("COMMIT")

    return commit


def _add_cases(path: Path, count: int) -> None:
    """`count` closed cases with nothing in them, straight into the table."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys=OFF")
    info = connection.execute("PRAGMA table_info(cases)").fetchall()
    wanted = {name: kind for _, name, kind, not_null, default, key in info if not_null and not key and default is None}
    values = [_filler(name, kind) for name, kind in wanted.items()]
    places = ", ".join("?" for _ in values)
    statement = f"INSERT INTO cases ({', '.join(wanted)}) VALUES ({places})"
    connection.executemany(statement, (values for _ in range(count)))
    connection.commit()
    connection.close()


def _filler(name: str, kind: str) -> object:
    if name == "state":
        return "closed"
    if "INT" in kind:
        return 1
    if "DATE" in kind:
        return "2026-01-01 00:00:00.000000"
    return b"" if "BLOB" in kind else ""


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description="Durable accept beside a bare aiosmtpd sink.")
    parser.add_argument("--quick", action="store_true", help="a fifth of the mails, three repetitions instead of five")
    parser.add_argument("--only", default="", help="the groups with this word in their name")
    given = parser.parse_args()
    effort = Effort(3, 0.1) if given.quick else Effort(5, 0.5)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # ours; servers have theirs
    groups = (many_mails, two_processes, postgresql, commit_wait, big_among_small, million_cases)
    say(f"{'5 kB mails; ratio to the sink where nothing else is said':<52} {'seen':>5}  (range)          reach")
    missed = 0
    for group in groups:
        if given.only in group.__name__:
            for figure in group(effort):
                say(figure.line())
                missed += not figure.is_reached
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
