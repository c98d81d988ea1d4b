"""The schema's version: an empty database is brought up by itself, an older one by `db upgrade`, a newer one refused.

The revisions are in `migrations/` (Alembic).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from mailgate.errors import BadConfiguration, WrongDatabase
from mailgate.resources import folder
from mailgate.store.engine import translated
from mailgate.store.tables import CaseRow

_LOCK = 5_040_2025  # any fixed number: two nodes that start at once upgrade one after the other


def upgrade(engine: Engine) -> None:
    """Brings the schema to this version; does nothing when it is there. Raises WrongDatabase for a newer one."""
    with translated(), engine.execution_options(mailgate_writes=True).begin() as connection:
        upgrade_on(connection)


def upgrade_on(connection: Connection) -> None:
    """The same within a transaction of the caller's."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = _config()
    _check(connection, config)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def prepare(engine: Engine) -> None:
    """Gives an empty database its tables. Raises WrongDatabase for an older, newer or foreign one, StoreUnavailable."""
    config = _config()
    with translated(), _reachable(), engine.connect() as connection:
        current = _check(connection, config)
    head = _head(config)
    if current is None:
        upgrade(engine)
    elif current != head:
        raise WrongDatabase(f"the database is at version {current}, this mailgate needs {head}: mailgate db upgrade")


def is_empty(engine: Engine) -> bool:
    """Whether there is nothing in the database yet. Raises StoreUnavailable."""
    with translated(), _reachable(), engine.connect() as connection:
        return not inspect(connection).get_table_names()


def is_behind(engine: Engine) -> bool:
    """Whether `upgrade` would change tables that are there. Raises WrongDatabase, StoreUnavailable."""
    config = _config()
    with translated(), _reachable(), engine.connect() as connection:
        return _check(connection, config) not in (None, _head(config))


def difference(connection: Connection) -> str:
    """In what the tables are not those of this mailgate, as a line with what to do; "" when they are."""
    config = _config()
    try:
        current = _check(connection, config)
    except WrongDatabase as error:
        return error.reason
    head = _head(config)
    if current is None:
        return "the database is empty: 'mailgate init' makes its tables"
    if current != head:
        return f"the database is at version {current}, this mailgate needs {head}: mailgate db upgrade"
    if compare_metadata(MigrationContext.configure(connection), CaseRow.metadata):
        return f"tables, columns or indexes are not those of version {current}: undo it, or restore a backup"
    return ""


@contextmanager
def _reachable() -> Iterator[None]:
    """What goes wrong at the first touch is a fault of the address, not of ours."""
    try:
        yield
    except ProgrammingError as error:  # psycopg's for an option of the URL that it does not know
        reason = str(error.orig).splitlines()[0]
        raise BadConfiguration([f"database.url: {reason}"]) from None


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder("migrations")))
    return config


def _head(config: Config) -> str | None:
    return ScriptDirectory.from_config(config).get_current_head()


def _check(connection: Connection, config: Config) -> str | None:
    """The version of the schema; None for an empty database. Raises WrongDatabase for one that is not ours."""
    current = MigrationContext.configure(connection).get_current_revision()
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise WrongDatabase(f"the database is of a newer mailgate (version {current}): install that one")
    if current is None and set(inspect(connection).get_table_names()) - {"alembic_version"}:
        raise WrongDatabase("the database holds tables of something else: give mailgate one of its own")
    return current
