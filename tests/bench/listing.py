"""The queue at a thousand and at a million cases: the first page, as `case list` asks the library for it.

    python listing.py [CASES] [--url URL]

Prints the ratio of the medians, for the whole queue and for the cases that wait.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench_keys import bench_keys
from sqlalchemy import insert

from mailgate.desk.lifecycle import CaseState
from mailgate.store import cases, migrate
from mailgate.store.columns import table_of
from mailgate.store.database import Database
from mailgate.store.tables import CaseRow

FEW, MANY = 1000, 1_000_000
TARGET = 1.5
_WARM_UP, LOOKS = 5, 51
PAGE = 50
_AT_A_TIME = 10_000
_STATES = (CaseState.CLOSED,) * 7 + (CaseState.ANSWERED, CaseState.NEW, CaseState.OPEN)


def fill(database: Database, first: int, last: int) -> None:
    """Cases with these numbers: most closed, some answered, new and open."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for low in range(first, last, _AT_A_TIME):
        rows = [
            {
                "id": number,
                "version": 1,
                "state": _STATES[number % len(_STATES)],
                "sender_hash": f"{number % 5000:064x}",
                "received_at": start + timedelta(seconds=number),
                "mail_date": start + timedelta(seconds=number),
                "changed_at": start + timedelta(seconds=number),
            }
            for number in range(low, min(low + _AT_A_TIME, last))
        ]
        with database.write() as tx:
            tx.session.connection().execute(insert(table_of(CaseRow)), rows)


def median_seconds(look: Callable[[], object]) -> float:
    times = []
    for _ in range(_WARM_UP):
        look()
    for _ in range(LOOKS):
        began = time.perf_counter()
        look()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main(arguments: list[str]) -> None:
    many = int(arguments[0]) if arguments[:1] and arguments[0].isdigit() else MANY
    looks = {"all": [], "waiting": [CaseState.NEW, CaseState.OPEN]}
    with tempfile.TemporaryDirectory() as folder:
        url = arguments[arguments.index("--url") + 1] if "--url" in arguments else f"sqlite:///{folder}/bench.db"
        database = Database(url, bench_keys())
        migrate.upgrade(database.engine)
        seconds: dict[str, list[float]] = {name: [] for name in looks}
        done = 1
        for count in (FEW, many):
            fill(database, done, count + 1)
            done = count + 1
            for name, states in looks.items():
                with database.read() as tx:
                    seconds[name].append(median_seconds(lambda: cases.listing(tx, states, limit=PAGE)))  # noqa: B023
        database.close()
    for name, (few, lots) in seconds.items():
        sys.stdout.write(f"first page, {name}: {lots / few:.2f} times as long with {many:,} cases (reach {TARGET})\n")


if __name__ == "__main__":
    main(sys.argv[1:])
