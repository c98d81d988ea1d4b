"""SQLite's log of all writes (WAL) made empty: it has what was deleted until it is written over, whatever
`secure_delete` says of the pages of the file itself.

Called after something was destroyed. On PostgreSQL there is nothing to do that a client could do: old row versions go
with VACUUM, and the keys of destroyed cases are what makes them unreadable at once.
"""

from __future__ import annotations

import time
from contextlib import closing

from mailgate.store.database import Database
from mailgate.store.engine import translated

_TRIES = 5
_PATIENCE_MS = 200
"""For each try: meanwhile nobody writes."""


def truncate(database: Database) -> bool:
    """Whether the log is empty now (or there is none); False while a reader still needs it. Raises StoreUnavailable."""
    if database.engine.dialect.name != "sqlite":
        return True
    return any(_truncated(database, pause) for pause in (0.0, *(_PATIENCE_MS / 1000 for _ in range(_TRIES - 1))))


def _truncated(database: Database, pause_seconds: float) -> bool:
    time.sleep(pause_seconds)
    with translated(), closing(database.connection()) as pooled, database.turn():
        cursor = pooled.cursor()
        (usual,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        try:
            cursor.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
            # https://www.sqlite.org/pragma.html#pragma_wal_checkpoint: busy, pages in the log, pages written back
            (busy, _, _) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout={usual}")
        return not busy
