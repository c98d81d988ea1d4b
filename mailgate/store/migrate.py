"""The schema's version: an empty database is brought up by itself, an older one by `db upgrade`, a newer one refused.

The revisions are in `migrations/` (Alembic), a file each, named by number. Every command asks for the version, few
change it: Alembic itself, which takes as long to import as a short command to run, is needed by those alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from mailgate.errors import BadConfiguration, WrongDatabase
from mailgate.phrase import Phrase
from mailgate.resources import folder
from mailgate.store.engine import translated
from mailgate.store.tables import CaseRow

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = 5_040_2025  # any fixed number: two nodes that start at once upgrade one after the other


def upgrade(engine: Engine) -> None:
    """Brings the schema to this version; does nothing when it is there. Raises WrongDatabase for a newer one."""
    with translated(), engine.execution_options(mailgate_writes=True).begin() as connection:
        upgrade_on(connection)


def upgrade_on(connection: Connection) -> None:
    """The same within a transaction of the caller's."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    _check(connection)
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def head() -> str:
    """The version that this mailgate needs."""
    return _revisions()[-1]


def prepare(engine: Engine) -> None:
    """Gives an empty database its tables. Raises WrongDatabase for an older, newer or foreign one, StoreUnavailable."""
    with translated(), _reachable(), engine.connect() as connection:
        current = _check(connection)
    if current is None:
        upgrade(engine)
    elif current != head():
        raise _behind(current)


def is_empty(engine: Engine) -> bool:
    """Whether there is nothing in the database yet. Raises StoreUnavailable."""
    with translated(), _reachable(), engine.connect() as connection:
        return not inspect(connection).get_table_names()


def is_behind(engine: Engine) -> bool:
    """Whether `upgrade` would change tables that are there. Raises WrongDatabase, StoreUnavailable."""
    with translated(), _reachable(), engine.connect() as connection:
        return _check(connection) not in (None, head())


def difference(connection: Connection) -> str:
    """In what the tables are not those of this mailgate, as a line with what to do; "" when they are."""
    try:
        current = _check(connection)
    except WrongDatabase as error:
        return error.reason
    if current is None:
        return Phrase("the database is empty: 'mailgate init' makes its tables")
    if current != head():
        return _behind(current).reason
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    if compare_metadata(MigrationContext.configure(connection), CaseRow.metadata):
        return Phrase(
            "tables, columns or indexes are not those of version {version}: undo it, or restore a backup",
            version=current,
        )
    return ""


@contextmanager
def _reachable() -> Iterator[None]:
    """What goes wrong at the first touch is a fault of the address, not of ours."""
    try:
        yield
    except ProgrammingError as error:  # psycopg's for an option of the URL that it does not know
        reason = str(error.orig).splitlines()[0]
        raise BadConfiguration([Phrase("database.url: {reason}", reason=reason)]) from None


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder("migrations")))
    return config


def _behind(current: str) -> WrongDatabase:
    return WrongDatabase(
        "the database is at version {current}, this mailgate needs {needed}: mailgate db upgrade",
        current=current,
        needed=head(),
    )


def _revisions() -> list[str]:
    return sorted(file.name.partition("_")[0] for file in (folder("migrations") / "versions").glob("[0-9]*.py"))


def _check(connection: Connection) -> str | None:
    """The version of the schema; None for an empty database. Raises WrongDatabase for one that is not ours."""
    tables = set(inspect(connection).get_table_names())
    current = (
        connection.scalar(text("SELECT version_num FROM alembic_version")) if "alembic_version" in tables else None
    )
    if current is not None and current not in _revisions():
        raise WrongDatabase(
            "the database is of a newer mailgate (version {current}): install that one", current=current
        )
    if current is None and tables - {"alembic_version"}:
        raise WrongDatabase("the database holds tables of something else: give mailgate one of its own")
    return None if current is None else str(current)
