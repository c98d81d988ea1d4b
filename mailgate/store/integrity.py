"""Looks for what cannot be: damage, rows that point nowhere, states that no path leads to, seals that do not open.

Only looks; the service may run meanwhile. From the ground up: a damaged file or the tables of another version say
nothing about what stands in them, so then nothing else is asked. A new rule is one entry in `integrity_cases.py`,
`integrity_mail.py` or `integrity_forgotten.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, OperationalError

from mailgate.phrase import Phrase
from mailgate.store import integrity_cases, integrity_forgotten, integrity_mail, migrate
from mailgate.store.engine import translated
from mailgate.store.integrity_rows import Problem, orphans, some_of_each, unknown_words
from mailgate.store.integrity_sealed import unsealed
from mailgate.store.progress import Progress, silent
from mailgate.store.sealing import Keys

_HEAD = "*** in database "
"""What SQLite puts above what it says of a file."""
CHECKS = (*orphans(), *unknown_words(), *integrity_cases.CHECKS, *integrity_mail.CHECKS, *integrity_forgotten.CHECKS)


def problems(engine: Engine, keys: Keys | None, progress: Progress = silent) -> list[Problem]:
    """All that is wrong, in the order of the checks; without `keys` nothing is unsealed, and much time is saved.

    `progress` hears how many rows were unsealed, and of how many. Raises StoreUnavailable.
    """
    with translated():
        with _looking(engine) as connection:
            found = list(_damage(connection) or _other_tables(connection))
            if found:
                return found
            for check in CHECKS:
                found += check.problems(connection)
        if keys is not None:
            found += unsealed(engine, keys, progress)
    return found


@contextmanager
def _looking(engine: Engine) -> Iterator[Connection]:
    """One look at everything that refuses to write."""
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect().execution_options(**({} if is_sqlite else options)) as connection:
        if not is_sqlite:
            yield connection
            return
        connection.exec_driver_sql("PRAGMA query_only=ON")
        try:
            yield connection
        finally:
            connection.exec_driver_sql("PRAGMA query_only=OFF")


def _damage(connection: Connection) -> list[Problem]:
    """What SQLite says of its file. (PostgreSQL has no such question: its `pg_amcheck` is for that.)"""
    if connection.dialect.name != "sqlite":
        return []
    try:
        told = [str(line) for line in connection.exec_driver_sql("PRAGMA integrity_check").scalars()]
    except DatabaseError as error:
        if isinstance(error, OperationalError):
            raise
        told = [str(error.orig)]  # so damaged that SQLite cannot even look
    lines = (line.strip() for answer in told for line in answer.splitlines())
    damage = (line for line in lines if line not in ("", "ok") and not line.startswith(_HEAD))
    return list(
        some_of_each(
            Problem("damage", Phrase("the file is damaged, restore a backup: {line}", line=line)) for line in damage
        )
    )


def _other_tables(connection: Connection) -> list[Problem]:
    difference = migrate.difference(connection)
    return [Problem("version", difference)] if difference else []
