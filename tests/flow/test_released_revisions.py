"""A database of every released revision, with a desk's work in it, comes up to this one and goes on.

Of the newest revision the rows are made here by the flows themselves. Of each older one they stand in `released/`, as
the flows of that time made them: a portable dump with its key store, under the root key of the tests. Before a new
revision is added:

    RECORD_REVISION=1 .venv/bin/python -m pytest tests/flow/test_released_revisions.py

writes `released/REVISION.json` for the one that is the newest until then.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, DateTime, Integer, LargeBinary, MetaData, select, text

from mailgate.flow import triage
from mailgate.store import integrity, migrate
from mailgate.store.database import Database
from mailgate.store.key_store import KeyStore, Purpose, WrappedKey
from mailgate.store.tables import CaseRow

RELEASED = Path(__file__).parent / "released"
SCRIPTS = ScriptDirectory.from_config(migrate._config())
HEAD = migrate.head()
NEVER_ALONE = frozenset({"0004", "0005", "0006", "0007", "0008", "0010", "0011"})
"""Released together with 0009 or with 0012: no desk ever worked at one of them."""
REVISIONS = sorted(one.revision for one in SCRIPTS.walk_revisions() if one.revision not in NEVER_ALONE)

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def made_now(quick_desk: Any) -> dict[str, Any]:
    """The rows of a desk with work in it, and what some of them say when they are opened."""
    desk = quick_desk
    desk.answered_case()
    number = desk.open_case("二つ目の相談です。090-0000-0000")
    first, _ = desk.invite(number, 0, 1)
    desk.comment(first)
    desk.write("stranger@else.example", "私の意見です。", to=desk.reply_address(3))
    desk.write("nobody@else.example", "はじめまして。")
    desk.run(triage.note, number, "急ぎではない。")
    database = desk.office.database
    with database.engine.connect() as connection:
        rows = {
            table.name: [dict(row) for row in connection.execute(select(table).order_by(table.c.id)).mappings()]
            for table in CaseRow.metadata.sorted_tables
        }
    opened = {
        f"{table}.{column}.{row['id']}": database.keys.unseal(f"{table}.{column}.{row['id']}", row[column]).decode()
        for table, column in (("entries", "text"), ("comment_versions", "written"), ("notes", "text"))
        for row in rows[table]
    }
    keys = [asdict(one) for one in database.keys.ring.store.all()]
    made: dict[str, Any] = json.loads(json.dumps({"rows": rows, "opened": opened, "keys": keys}, default=_portable))
    if os.environ.get("RECORD_REVISION"):
        RELEASED.mkdir(exist_ok=True)
        (RELEASED / f"{HEAD}.json").write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return made


@pytest.fixture
def empty(database_url: str, quick_desk: Any) -> Iterator[Database]:
    database = Database(database_url, quick_desk.office.database.keys)
    yield database
    database.close()


def _portable(value: object) -> str:
    match value:
        case bytes():
            return value.hex()
        case datetime() | date():
            return value.isoformat()
        case StrEnum():
            return value.value
    raise TypeError(type(value))


def _load(connection: Connection, rows: Rows) -> None:
    """Puts a dump into the tables as they were at its revision, which no class of today may know."""
    tables = MetaData()
    tables.reflect(connection)
    for table in tables.sorted_tables:
        if values := [_values(connection, table, row) for row in rows.get(table.name, [])]:
            connection.execute(table.insert(), values)
            if connection.dialect.name == "postgresql" and isinstance(table.c.id.type, Integer):
                counter = f"pg_get_serial_sequence('{table.name}', 'id')"
                connection.execute(text(f"SELECT setval({counter}, (SELECT max(id) FROM {table.name}))"))


def _values(connection: Connection, table: Any, row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(connection, table.c[name].type, value) for name, value in row.items()}


def _value(connection: Connection, kind: Any, value: Any) -> Any:
    if isinstance(kind, LargeBinary):
        return bytes.fromhex(value)
    if isinstance(value, str) and isinstance(kind, DateTime):
        moment = datetime.fromisoformat(value).astimezone(UTC)
        return moment.replace(tzinfo=None) if connection.dialect.name == "sqlite" else moment
    if isinstance(value, str) and kind.python_type is date:
        return date.fromisoformat(value)
    return value


def _put_keys(store: KeyStore, keys: list[dict[str, Any]]) -> None:
    """The keys that the rows of a dump are sealed with, wrapped under the root key of the tests."""
    new = [
        WrappedKey(
            one["id"],
            Purpose(one["purpose"]),
            one["root"],
            bytes.fromhex(one["wrapped"]),
            datetime.fromisoformat(one["created_at"]),
        )
        for one in keys
        if store.get(one["id"]) is None
    ]
    if new:
        with store.write() as connection:
            store.add(connection, new)


def _populated(database: Database, revision: str, rows: Rows) -> None:
    """The database as a mailgate of that revision left it."""
    with database.engine.execution_options(mailgate_writes=True).begin() as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        _load(connection, rows)


def test_the_version_that_is_needed_is_the_last_of_the_scripts() -> None:
    assert SCRIPTS.get_heads() == [HEAD]


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_populated_database_of_each_revision_comes_up_and_goes_on(
    revision: str, request: pytest.FixtureRequest, empty: Database, quick_desk: Any
) -> None:
    if revision == HEAD:
        made = request.getfixturevalue("made_now")
    else:
        made = json.loads((RELEASED / f"{revision}.json").read_text(encoding="utf-8"))
    _put_keys(empty.keys.ring.store, made.get("keys", []))
    _populated(empty, revision, made["rows"])
    assert migrate.is_behind(empty.engine) == (revision != HEAD)
    for _ in range(2):
        migrate.upgrade(empty.engine)
        assert not migrate.is_behind(empty.engine)
        assert integrity.problems(empty.engine, empty.keys) == []
    with empty.read() as tx:
        for place, plain in made["opened"].items():
            table, column, row_id = place.split(".")
            sealed = tx.session.scalar(text(f"SELECT {column} FROM {table} WHERE id = :id"), {"id": int(row_id)})
            assert empty.keys.unseal(place, bytes(sealed)).decode() == plain
    desk = replace(quick_desk, office=replace(quick_desk.office, database=empty))
    before = len(desk.cases())
    desk.write(message_id="<after-the-upgrade@client.example>", body="新しい相談です。")
    assert len(desk.cases()) == before + 1
    assert integrity.problems(empty.engine, empty.keys) == []


def test_the_rows_of_every_older_revision_are_kept() -> None:
    kept = {file.stem for file in RELEASED.glob("*.json")}
    missing = sorted(set(REVISIONS) - {HEAD} - kept)
    assert missing == [], "at the commit where it was the newest one: RECORD_REVISION=1 pytest with this file"


def test_upgrading_an_empty_database_is_no_step_behind(empty: Database) -> None:
    assert not migrate.is_behind(empty.engine)
    migrate.upgrade(empty.engine)
    assert not migrate.is_behind(empty.engine)
