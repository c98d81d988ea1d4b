"""A PostgreSQL database made empty between two tests, or laid as it once was: quicker than a new one.

It is one text of many statements, which the server takes in one go; one by one they took most of the time of a test.
"""

from __future__ import annotations

from typing import Any

from psycopg import sql
from sqlalchemy import Integer, Table

from mailgate.store.columns import Base
from mailgate.store.database import Database

_TABLES = Base.metadata.sorted_tables
_COUNTED = [table.name for table in _TABLES if isinstance(table.c.id.type, Integer)]
_COUNT = "SELECT setval(pg_get_serial_sequence('{}', 'id'), {}, {});\n"
_EMPTY = "".join(
    [
        "SET LOCAL session_replication_role = replica;\n",  # the audit log only grows; and no order is needed
        *(f"DELETE FROM {table.name};\n" for table in _TABLES),
        *(_COUNT.format(name, 1, "false") for name in _COUNTED),
    ]
)


def make_empty(database: Database) -> None:
    """No rows, and counting from 1 again."""
    lay(database, "")


def lay(database: Database, rows: str) -> None:
    """These rows (of `rows_of`) and no others, and counting as it was counted then."""
    with database.engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute(_EMPTY + rows, prepare=False)


def rows_of(database: Database) -> str:
    """The statements that make the rows of the database again; values are written as text, which every column reads."""
    with database.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        return "".join([_insert(driver, table) for table in _TABLES] + [_count(driver, name) for name in _COUNTED])


def _insert(driver: Any, table: Table) -> str:
    name, columns = sql.Identifier(table.name), [sql.Identifier(column.name) for column in table.columns]
    texts = sql.SQL(", ").join(sql.SQL("{}::text").format(column) for column in columns)
    rows = driver.execute(sql.SQL("SELECT {} FROM {}").format(texts, name)).fetchall()
    if not rows:
        return ""
    values = sql.SQL(",\n").join(
        sql.SQL("({})").format(sql.SQL(", ").join(sql.Literal(value) for value in row)) for row in rows
    )
    insert = sql.SQL("INSERT INTO {} ({}) VALUES\n{};\n").format(name, sql.SQL(", ").join(columns), values)
    return str(insert.as_string(driver))


def _count(driver: Any, table: str) -> str:
    (sequence,) = driver.execute(f"SELECT pg_get_serial_sequence('{table}', 'id')").fetchone()
    last, counted = driver.execute(f"SELECT last_value, is_called FROM {sequence}").fetchone()
    return _COUNT.format(table, last, counted) if counted else ""
