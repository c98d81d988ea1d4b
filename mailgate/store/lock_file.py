"""The files beside an SQLite database that are only there to be locked, with flock(2)."""

from __future__ import annotations

import os
from pathlib import Path

from mailgate.errors import StoreUnavailable
from mailgate.system_words import system_words


def open_lock_file(path: Path) -> int:
    """The descriptor of `path`, made when it is not there; for the caller to close. Raises StoreUnavailable."""
    try:
        return os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreUnavailable("{path} cannot be opened: {why}", path=path, why=system_words(error)) from None
