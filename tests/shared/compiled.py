"""One cache of compiled statements for all engines of this process.

Every command opens an engine of its own, as it must: a command is a process. In the tests hundreds of commands are run
by one process, and each would compile again what the one before it compiled, for a third of its time. What is compiled
depends on the kind of database alone, not on the engine.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.util import LRUCache

_KEPT = 5000


class _OfAllEngines(LRUCache[Any, Any]):
    """As an engine's own cache, whose keys begin with its dialect; here with what that dialect is like."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_alike(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_alike(key), value)


def _alike(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *rest = key
    return (type(dialect), dialect.paramstyle, dialect.server_version_info, *rest)


_CACHE = _OfAllEngines(_KEPT)


@event.listens_for(Engine, "engine_connect")
def _share(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_CACHE)
