"""The schema's version: an empty database is brought up by itself, an older one by `db upgrade`, a newer one refused.

The revisions are in `migrations/` (Alembic).
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from mailgate.errors import WrongDatabase
from mailgate.resources import folder
from mailgate.store.database import Database

_LOCK = 5_040_2025  # any fixed number: two nodes that start at once upgrade one after the other


def upgrade(engine: Engine) -> None:
    """Brings the schema to this version; does nothing when it is there. Raises WrongDatabase for a newer one."""
    with engine.execution_options(mailgate_writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config = _config()
        _check_not_newer(MigrationContext.configure(connection).get_current_revision(), config)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def prepare(database: Database) -> None:
    """Gives an empty database its tables. Raises WrongDatabase for an older or newer one, StoreUnavailable."""
    config = _config()
    with database.read() as tx:
        current = MigrationContext.configure(tx.session.connection()).get_current_revision()
    if current is None:
        upgrade(database.engine)
        return
    _check_not_newer(current, config)
    head = ScriptDirectory.from_config(config).get_current_head()
    if current != head:
        raise WrongDatabase(f"the database is at version {current}, this mailgate needs {head}: mailgate db upgrade")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder("migrations")))
    return config


def _check_not_newer(current: str | None, config: Config) -> None:
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise WrongDatabase(f"the database is of a newer mailgate (version {current}): install that one")
