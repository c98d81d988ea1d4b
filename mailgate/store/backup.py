"""A copy of the database as it is at one moment, taken while the service runs; verified before it gets its name.

SQLite by `VACUUM INTO`, PostgreSQL by `pg_dump.py`. The copy is written under another name beside its place, looked
through, synced, and only then renamed: what has the name of a backup is one. Nothing is overwritten. The keys are not
in it, and belong to another place. Restoring is no command: the README has the steps.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from mailgate.errors import Refused, StoreUnavailable
from mailgate.phrase import Phrase
from mailgate.store import pg_dump
from mailgate.store.engine import sqlite_file
from mailgate.store.progress import Progress, silent
from mailgate.system_words import system_words

_BUSY_SECONDS = 10.0
_STEPS_BETWEEN_LOOKS = 200_000
"""Of SQLite's machine: some milliseconds."""


@dataclass(frozen=True, slots=True)
class Contents:
    """By what a copy is known to be one."""

    versions: str
    """The table of the schema's version, and its column."""
    version: str
    counted: tuple[str, ...]
    """Tables whose rows are counted: how full each is in the copy is known from before and after."""


DATABASE = Contents(
    "alembic_version",
    "version_num",
    ("persons", "cases", "entries", "comments", "raw_mails", "spool", "outbox", "audit"),
)
KEY_STORE = Contents("key_store", "version", ("keys", "words"))

Counts = dict[str, int]


def default_file(engine: Engine, folder: Path, now: datetime) -> Path:
    """A dated name in `backup/` beside the SQLite file, or (PostgreSQL) in `folder`."""
    file = sqlite_file(engine)
    stamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    if file is None:
        return folder / "backup" / f"mailgate-{stamp}.dump"
    return file.parent / "backup" / f"{file.stem}-{stamp}.db"


def make_dated_backup(engine: Engine, folder: Path, now: datetime, progress: Progress = silent) -> Path:
    """`make_backup` of the database to `default_file`, whose folder is made where it is missing; gives the file."""
    file = default_file(engine, folder, now)
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise Refused("{parent} cannot be made: {why}", parent=file.parent, why=system_words(error)) from None
    make_backup(engine, file, DATABASE, progress)
    return file


def make_backup(engine: Engine, file: Path, contents: Contents = DATABASE, progress: Progress = silent) -> int:
    """Writes a copy of the database, or of the key store, to `file` (mode 0600), which must not be there yet; gives its
    size in octets. `progress` hears how many octets of SQLite are written; of PostgreSQL nobody knows.

    Its folder must be there: one that is made where a disk should be mounted would hold the backup in the wrong place.
    Raises Refused when `file` cannot be written or a program is missing, StoreUnavailable when the database does not
    answer or the copy is not what it should be; then nothing is left.
    """
    file = file.absolute()
    source = sqlite_file(engine)
    with _written_whole(file) as part:
        if source is not None:
            _copy_sqlite(source, part, contents, progress)
        else:
            pg_dump.dump(engine, part, contents.versions)
    return file.stat().st_size


@contextmanager
def _written_whole(file: Path) -> Iterator[Path]:
    """An empty file beside `file`; when the block ends it is synced and becomes `file`, when it raises it is gone."""
    part = file.with_name(f".backup-{secrets.token_hex(4)}.part")
    try:
        if os.path.lexists(file):
            raise Refused("{file} is there already, and a backup overwrites nothing: name another file", file=file)
        if not file.parent.is_dir():
            raise Refused("there is no folder {parent}: make it, or mount the disk that it is on", parent=file.parent)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            yield part
            _sync(part)
            _rename_to_new(part, file)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise Refused("{file} cannot be written: {why}", file=file, why=system_words(error)) from None


def _rename_to_new(part: Path, file: Path) -> None:
    """Renames without ever replacing what somebody else put there. (A hard link would do, but not on every disk.)"""
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    part.replace(file)
    _sync(file.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_sqlite(source: Path, part: Path, contents: Contents, progress: Progress) -> None:
    """Writers go on meanwhile: the copy is what was committed when it began."""
    if not source.is_file():
        raise Refused("there is no database {source}: 'mailgate init' makes one", source=source)
    try:
        with closing(_open(source, "mode=rw")) as connection:
            before = _counts(connection, contents)
            connection.set_progress_handler(partial(_tell, source, part, progress), _STEPS_BETWEEN_LOOKS)
            connection.execute("VACUUM INTO ?", (str(part),))
            connection.set_progress_handler(None, 0)
            after = _counts(connection, contents)
        with closing(_open(part, "mode=ro&immutable=1")) as copy:
            _verify(copy, contents, before, after)
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise KeyboardInterrupt from None  # it came while `_tell` looked, and sqlite3 keeps no exception of ours
        raise StoreUnavailable("the database cannot be copied: {error}", error=str(error)) from None


def _tell(source: Path, part: Path, progress: Progress) -> int:
    """How much is written, of about as much as the database has. Called by SQLite every now and then, which is also
    when Ctrl-C is heard."""
    progress(part.stat().st_size, source.stat().st_size)
    return 0


def _open(file: Path, how: str) -> sqlite3.Connection:
    """Without the engine of `database.py`, which would make the copy a WAL file and write into it."""
    return sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True, isolation_level=None, timeout=_BUSY_SECONDS)


def _verify(copy: sqlite3.Connection, contents: Contents, before: Counts, after: Counts) -> None:
    told = [row[0] for row in copy.execute("PRAGMA integrity_check(1)")]
    if told != ["ok"]:
        raise StoreUnavailable(
            "the copy is damaged, and so may be the database: mailgate db check ({told})",
            told=" ".join(told[0].split()),
        )
    found = _counts(copy, contents)
    wrong = [name for name in before if not _between(before[name], found.get(name, -1), after[name])]
    if wrong or found.keys() != before.keys():
        lost = ", ".join(wrong) or Phrase("whole tables")
        raise StoreUnavailable("the copy lacks rows ({lost}): try again", lost=lost)


def _between(one: int, count: int, other: int) -> bool:
    return min(one, other) <= count <= max(one, other)


def _counts(connection: sqlite3.Connection, contents: Contents) -> Counts:
    """How many rows each table that counts has, and the revision of the schema. Raises Refused for a foreign file."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if contents.versions not in tables:
        raise Refused("the database has no tables of mailgate: there is nothing to back up")
    versions = f"SELECT {contents.version} FROM {contents.versions}"  # noqa: S608 (names of ours)
    revisions = {f"revision {name}": 1 for (name,) in connection.execute(versions)}
    counted = [name for name in contents.counted if name in tables]
    return revisions | {
        name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 (a name of ours)
        for name in counted
    }
