"""Statements for the driver itself: compiled once, the values in their places, the rows with their names.

Before: a module of `store/` builds a statement at import, with `bindparam`s. After: the driver's cursor. SQLAlchemy
knows the SQL of each database and how values look there; asked to run a statement it takes fifteen times as long as
SQLite does. Nothing here is for statements that are built anew for each question: what is compiled is kept.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import BindParameter, Dialect, LargeBinary
from sqlalchemy.dialects import registry
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import ReturnsRows
from sqlalchemy.types import TypeEngine

Statement = ReturnsRows
"""SELECT, INSERT, UPDATE or DELETE."""
Values = tuple[Any, ...]
_Change = Callable[[Any], Any]
_NO_LISTS: Mapping[str, Any] = {}
_KEPT = 2000
_DIALECTS = {"sqlite": ("sqlite.pysqlite", "qmark"), "postgresql": ("postgresql.psycopg", "format")}
"""Values in places, not by name: so nobody has to look for them in the SQL."""


class Rows(list[Any]):
    """All rows that a statement gave, with their columns as attributes."""

    changed: int = 0
    """How many rows were changed, where the statement gives none."""

    def only(self) -> Any:
        """The row, or None; there is no second one."""
        assert len(self) <= 1, "a question for one row"
        return self[0] if self else None

    def firsts(self) -> list[Any]:
        """The first column of each row."""
        return [row[0] for row in self]

    def first(self) -> Any:
        """The first column of the only row, or None."""
        found = self.only()
        return None if found is None else found[0]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as a driver takes it."""

    sql: str
    names: tuple[str, ...]
    """Of the values, in the order of their places."""
    _takes: tuple[Callable[[Mapping[str, Any]], Any], ...]
    _row: Callable[[Iterable[Any]], Any]
    _changes: tuple[_Change | None, ...]
    """From the driver's values to those of Python, for each column."""

    def values(self, given: Mapping[str, Any]) -> Values:
        """What the driver gets with `sql`. Raises KeyError when one is missing."""
        return tuple([take(given) for take in self._takes])

    def run(self, cursor: DBAPICursor, given: Mapping[str, Any]) -> Rows:
        """Raises what the driver raises."""
        cursor.execute(self.sql, self.values(given))
        rows = Rows(map(self._named, cursor.fetchall()) if self._changes else ())
        rows.changed = cursor.rowcount
        return rows

    def _named(self, row: Iterable[Any]) -> Any:
        pairs = zip(row, self._changes, strict=True)
        return self._row([one if change is None else change(one) for one, change in pairs])


def run(connection: Any, statement: Statement, values: Mapping[str, Any]) -> Rows:
    """What `statement` gives on an open Connection of SQLAlchemy; a list is for a `bindparam` that expands."""
    ready = prepared(connection.dialect, statement, values)
    with closing(connection.connection.cursor()) as cursor:
        return ready.run(cursor, values)


def prepared(dialect: Dialect, statement: Statement, values: Mapping[str, Any] = _NO_LISTS) -> Prepared:
    """`statement` for such values: only the lengths of the lists among them matter."""
    lengths = tuple((name, len(one)) for name, one in values.items() if isinstance(one, list))
    return _prepared(dialect.name, statement, lengths)


@lru_cache(maxsize=_KEPT)
def _prepared(database: str, statement: Statement, lengths: tuple[tuple[str, int], ...]) -> Prepared:
    dialect = _in_places(database)
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    asked_for = {name: None for name, bind in compiled.binds.items() if bind.required}
    state = compiled.construct_expanded_state(asked_for | {name: [None] * length for name, length in lengths})
    parts = {part: (name, at) for name, all_of in state.parameter_expansion.items() for at, part in enumerate(all_of)}
    names = tuple(state.positiontup or ())
    columns = list(statement.exported_columns)
    row = namedtuple("Row", [column.key or "" for column in columns], rename=True)  # type: ignore[misc]  # known now
    return Prepared(
        state.statement,
        names,
        tuple(_take(dialect, compiled, *parts.get(name, (name, None))) for name in names),
        row._make,
        tuple(_of_type(column.type, dialect).result_processor(dialect, None) for column in columns),
    )


@cache
def _in_places(database: str) -> Dialect:
    """The other database's is never imported: that takes as long as a short command."""
    name, paramstyle = _DIALECTS[database]
    dialect: Dialect = registry.load(name)(paramstyle=paramstyle)
    return dialect


def _take(dialect: Dialect, compiled: SQLCompiler, name: str, at: int | None) -> Callable[[Mapping[str, Any]], Any]:
    """How the value of one place is taken from those that are given: by name, and (from a list) by position."""
    bind: BindParameter[Any] = compiled.binds[name]
    # Octets go to both drivers as they are.
    octets = isinstance(bind.type, LargeBinary)
    change = None if octets else _of_type(bind.type, dialect).bind_processor(dialect)
    if not bind.required:
        values: Any = bind.effective_value
        value = values if at is None else values[at]
        constant = value if change is None else change(value)
        return lambda _: constant
    if at is not None:
        return (lambda given: given[name][at]) if change is None else (lambda given: change(given[name][at]))
    return (lambda given: given[name]) if change is None else (lambda given: change(given[name]))


def _of_type(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)
