"""Importing a large file with three bad rows: how long it takes to name them, and to write the others.

    python register.py [ROWS] [--url URL]

Teachers (CSV), members (both), schools (Excel); each file is planned, carried out without the bad rows, planned again.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "shared"))

from custody import KEYS
from register_policy import POLICY

from mailgate.desk.csv_file import write_csv
from mailgate.desk.excel_file import write_excel
from mailgate.flow.context import Office
from mailgate.flow.held import release_registered
from mailgate.flow.import_register import COLUMNS, Register, carry_out, plan_import
from mailgate.store import migrate
from mailgate.store.database import Database

ROWS = 10_000
TARGET_SECONDS = 10.0
SCHOOLS = 300


def _schools(count: int) -> list[dict[str, str]]:
    return [
        {
            "name": f"第{number % 97}市立{number}台小学校",
            "municipality": f"第{number % 97}市",
            "aliases": f"{number}台小校",
            "domains": f"s{number}.example.jp",
            "contract_from": "令和7年4月1日",
            "contract_to": "2026/3/31",
        }
        for number in range(count)
    ]


def _teachers(count: int) -> list[dict[str, str]]:
    return [
        {
            "name": f"先生 {number}号",
            "kana": "せんせい",
            "addresses": f"t{number}@school.example.jp",
            "school": f"第{number % SCHOOLS % 97}市立{number % SCHOOLS}台小学校",
            "years": str(number % 40),
        }
        for number in range(count)
    ]


def _members(count: int, who: str = "") -> list[dict[str, str]]:
    return [
        {
            "name": f"会員 {who}{number}号",
            "kana": "かいいん",
            "addresses": f"m{who}{number}@members.example.org;n{who}{number}@home.example",
            "kind": "元教員",
            "years": str(5 + number % 40),
            "affiliations": f"{number % SCHOOLS}台小:1985-2016;第{number}大学",
            "topics": "保護者対応;学級経営",
            "monthly_limit": "4",
        }
        for number in range(count)
    ]


def _spoilt(rows: list[dict[str, str]], column: str) -> list[dict[str, str]]:
    bad = {len(rows) // 7, len(rows) // 2, len(rows) - 1} if column else set()
    return [row | {column: "いつか"} if number in bad else row for number, row in enumerate(rows)]


def _timed(what: str, do: Callable[[], Any]) -> tuple[Any, float]:
    """What `do` gives, and the seconds on the clock; the time of the processor is told too, as on an idle machine."""
    began, worked = time.perf_counter(), time.process_time()
    found = do()
    seconds = time.perf_counter() - began
    sys.stdout.write(f"  {what}: {seconds:.2f} s ({time.process_time() - worked:.2f} s of the processor)\n")
    return found, seconds


def _import(office: Office, register: Register, octets: bytes) -> float:
    def plan() -> Any:
        with office.read("operator:bench") as ctx:
            return plan_import(ctx, register, octets)

    def write() -> None:
        with office.write("operator:bench") as ctx:
            carry_out(ctx, register, shown, skip_bad=True, on_teacher=release_registered)

    shown, looking = _timed("dry run", plan)
    sys.stdout.write(f"    {'; '.join(shown.problems)}\n")
    _, writing = _timed("write", write)
    _timed("dry run of the same again", plan)
    return looking + writing


def main(arguments: list[str]) -> None:
    count = int(arguments[0]) if arguments[:1] and arguments[0].isdigit() else ROWS
    with tempfile.TemporaryDirectory() as folder:
        url = arguments[arguments.index("--url") + 1] if "--url" in arguments else f"sqlite:///{folder}/bench.db"
        database = Database(url, KEYS)
        migrate.upgrade(database.engine)
        office = Office(database, POLICY, clock=lambda: datetime(2026, 2, 10, 9, tzinfo=UTC))
        for register, rows, column, excel in (
            (Register.SCHOOL, _schools(SCHOOLS), "", False),
            (Register.TEACHER, _teachers(count), "years", False),
            (Register.MEMBER, _members(count), "years", False),
            (Register.MEMBER, _members(count, "again"), "years", True),
            (Register.SCHOOL, _schools(count), "contract_to", True),
        ):
            names = [one.name for one in COLUMNS[register]]
            full = [dict.fromkeys(names, "") | row for row in _spoilt(rows, column)]
            octets = write_excel(names, full, "bench") if excel else write_csv(names, full).encode()
            sys.stdout.write(f"{len(rows):,} {register}s, {'Excel' if excel else 'CSV'}\n")
            seconds = _import(office, register, octets)
            sys.stdout.write(f"  in all: {seconds:.2f} s (reach {TARGET_SECONDS:.0f} s)\n")
        database.close()


if __name__ == "__main__":
    main(sys.argv[1:])
