"""A desk as it was at a moment, for tests that each need the same long story behind them: told once, then laid again.

What is kept is the whole database, the clock and how many mails were written; the keys are those of the process
(custody.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from desk import Desk, replace_file
from emptied import make_empty
from sqlalchemy import Integer, select, text

from mailgate.store import members, teachers
from mailgate.store.columns import Base
from mailgate.store.database import Database

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""By table."""


@dataclass(frozen=True, slots=True)
class _Snapshot:
    kept: bytes | Rows
    """The file of SQLite, or the rows of PostgreSQL."""
    now: datetime
    mails: int


_TOLD: dict[tuple[Callable[[Desk], object], str], _Snapshot] = {}


def after(story: Callable[[Desk], object], desk: Desk) -> Desk:
    """The fresh `desk` as `story` leaves it; it is played for the first test of this process that asks for it."""
    database = desk.office.database
    is_file = database.engine.dialect.name == "sqlite"
    key = story, database.engine.dialect.name
    if key not in _TOLD:
        story(desk)
        _TOLD[key] = _Snapshot(_file(database) if is_file else _rows(database), desk.clock.now, desk._count)
    elif isinstance(kept := _TOLD[key].kept, bytes):
        replace_file(database, kept)
    else:
        _lay(database, kept)
    desk.clock.now, desk._count = _TOLD[key].now, _TOLD[key].mails
    with database.read() as tx:  # their handles are drawn by lot
        (desk.teacher,), desk.members = teachers.all_teachers(tx), members.all_members(tx)
    return desk


def _file(database: Database) -> bytes:
    database.close()  # what stood beside the file is in it then
    return Path(database.engine.url.database or "").read_bytes()


def _rows(database: Database) -> Rows:
    with database.engine.connect() as connection:
        tables = Base.metadata.sorted_tables
        return {table.name: list(connection.execute(select(table)).mappings()) for table in tables}


def _lay(database: Database, rows: Rows) -> None:
    make_empty(database)
    with database.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # no order is needed
        for table in Base.metadata.sorted_tables:
            if not rows[table.name]:
                continue
            connection.execute(table.insert(), [dict(one) for one in rows[table.name]])
            if isinstance(table.c.id.type, Integer):
                last = max(one["id"] for one in rows[table.name])
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {last})"))
