"""What an operator does with the keys: look whether all is well, change the root key, destroy what is not needed.

The steps stand in `store/rotation.py` and `store/custody.py`; here is their order, what is refused, and what goes into
the audit log. Nothing here needs the service to stop.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailgate.errors import BadKeys, NotFound, Refused
from mailgate.flow.context import Office
from mailgate.phrase import Phrase
from mailgate.store import audit, custody, day_keys, rotation
from mailgate.store.custody import Custody
from mailgate.store.database import Database
from mailgate.store.key_files import (
    INDEX_KEY_FILES,
    RootKeys,
    check_owned,
    keys_are_lost,
    load_key,
    remove_root_file,
    root_file,
    root_is_missing,
)
from mailgate.store.key_ring import KeyRing
from mailgate.store.key_store import Purpose
from mailgate.store.progress import Progress


@dataclass(frozen=True, slots=True)
class Report:
    """What `key check` tells."""

    custody: Custody
    roots: list[int]
    """Whose files are there."""
    root_in_use: int
    problems: list[str]
    """One line each: what is wrong, and what to do."""
    notes: list[str]
    """What is not wrong, and should be known."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What `key rotate` did."""

    root: int
    resumed: bool
    """The root key stayed: something was not under the keys in use yet, since a change was stopped or the database is
    of a version that had none."""
    keys: int
    """How many were wrapped anew."""
    rows: int
    """How many were sealed anew."""
    closed: int
    """How many rows do not open, and were left as they are."""


def check(office: Office) -> Report:
    """Looks at files, keys and who names them; changes nothing."""
    ring = office.database.keys.ring
    found = custody.look(office.database, office.clock())
    return Report(
        custody=found,
        roots=ring.roots.numbers(),
        root_in_use=ring.root_in_use(),
        problems=list(_problems_of_keys(ring, found)),
        notes=list(_notes(office.database, found)),
    )


def problems_of_files(directory: Path, lost: Sequence[str] = ()) -> Iterator[str]:
    """What is wrong with the key files, one line each; opens nothing else. `lost` are the names of those that a
    database in use needs and that are not there: for these no new ones can be made."""
    if directory.is_dir() and directory.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Phrase("{directory} can be entered by others: chmod 700 {directory}", directory=directory)
    if lost:
        yield keys_are_lost(directory, lost)
    names = [*INDEX_KEY_FILES, *map(root_file, RootKeys(directory).numbers() or ([] if lost else [1]))]
    for name in (one for one in names if one not in lost):
        try:
            load_key(directory / name)
        except BadKeys as error:
            yield error.reason


def is_local_store_of_many(database: Database) -> bool:
    """Whether nodes of other machines could use the database, and not its key store."""
    return database.engine.dialect.name != "sqlite" and database.keys.ring.store.file is not None


def make_root_ahead(office: Office, actor: str) -> int:
    """A root key file that nothing uses yet, to be copied to every node; gives its number. One that is there stays."""
    number = rotation.next_root(office.database.keys.ring)
    _record(office, actor, "key rotate", f"made root {number}")
    return number


def rotate(office: Office, actor: str, progress: Progress) -> Rotated:
    """Changes the root key and the desk key, or goes on with a change that was stopped. Raises BadKeys, Later."""
    database, ring = office.database, office.database.keys.ring
    resumed = rotation.is_unfinished(database)
    root = ring.root_in_use()
    if not resumed:
        root = rotation.next_root(ring)
        ring.make_desk_key(root)
    _record(office, actor, "key rotate", f"root {root}: {'goes on' if resumed else 'begins'}")
    keys = rotation.rewrap(ring, root)
    sealed = rotation.reseal(database, office.clock(), progress)
    _record(office, actor, "key rotate", f"root {root}: {keys} keys, {sealed.rows} rows")
    return Rotated(root, resumed, keys, sealed.rows, sealed.closed)


def refuse_if_needed(office: Office, root: int) -> Path:
    """The file of a root key that may be destroyed. Raises NotFound, or Refused with what still needs it."""
    ring = office.database.keys.ring
    if root not in ring.roots.numbers():
        raise NotFound(
            "there is no {file} in {directory} (there are: {files})",
            file=root_file(root),
            directory=ring.roots.directory,
            files=[root_file(one) for one in ring.roots.numbers()],
        )
    if root == ring.root_in_use():
        raise Refused("{file} is in use: mailgate key rotate makes another one first", file=root_file(root))
    if wrapped := ring.store.count_by_root().get(root, 0):
        raise Refused(
            "{wrapped:,} keys are wrapped under {file}: mailgate key rotate ends that",
            wrapped=wrapped,
            file=root_file(root),
        )
    if root == 1:
        with office.read() as ctx:
            sealed = custody.count_under_first_root(ctx.tx)
        if sealed:
            raise Refused(
                "{sealed:,} values are sealed under {file} itself: mailgate key rotate ends that",
                sealed=sealed,
                file=root_file(1),
            )
    return ring.roots.directory / root_file(root)


def destroy_root(office: Office, actor: str, root: int) -> Path:
    """Removes the file of a root key that nothing needs; what is still in backups of the key store stays closed then.

    Raises NotFound, Refused, BadKeys.
    """
    file = refuse_if_needed(office, root)
    _record(office, actor, "key destroy", f"root {root}")
    remove_root_file(file)
    return file


def destroy_unused(office: Office, actor: str) -> int:
    """Destroys the keys that nobody names and that are older than a day; how many."""
    count = custody.destroy_unused(office.database)
    _record(office, actor, "key destroy", f"{count} unused")
    return count


def keep_day_keys(office: Office) -> None:
    """So that mail can be sealed in the days to come. For the service, now and then."""
    day_keys.make_ahead(office.database, office.clock())


def _record(office: Office, actor: str, action: str, detail: str) -> None:
    with office.write(actor) as ctx:
        audit.record(ctx.tx, ctx.now, ctx.actor, action, detail=detail)


def _problems_of_keys(ring: KeyRing, found: Custody) -> Iterator[str]:
    if (file := ring.store.file) is not None:
        try:
            check_owned(file, file.stat())
        except BadKeys as error:
            yield error.reason
    there = ring.roots.numbers()
    for root, count in found.by_root.items():
        if root not in there:
            yield root_is_missing(root, count)
        elif closed := sum(one.root == root for one in found.closed):
            yield Phrase(
                "{closed:,} of {count:,} keys do not open with {file}: restore it or the key store",
                closed=closed,
                count=count,
                file=root_file(root),
            )
    if not found.by_purpose.get(Purpose.DESK):
        yield Phrase("the key store has no key for the desk: mailgate key init")
    for number in found.lost_cases:
        yield Phrase(
            "case {number}: its key is not in the key store: restore it, or finish destroying the case: "
            "mailgate case destroy {number} --now",
            number=number,
        )
    if found.lost_day_keys:
        yield Phrase(
            "{count} day keys are not in the key store: mails sealed with them do not open; restore it",
            count=found.lost_day_keys,
        )


def _notes(database: Database, found: Custody) -> Iterator[str]:
    if found.unused:
        yield Phrase(
            "{count:,} keys are named by nobody, which is normal: spares for cases to come, made ahead, and those "
            "that a stopped process left. serve destroys them once they are a day old, as mailgate key destroy "
            "--unused does",
            count=found.unused,
        )
    if found.cases_without_key:
        yield Phrase(
            "{count:,} cases have no key of their own yet: mailgate key rotate gives them one",
            count=found.cases_without_key,
        )
    if not found.has_day_key:
        yield Phrase(
            "there is no day key for today: mail is sealed with the newest there is; serve makes them each day"
        )
    if is_local_store_of_many(database):
        yield Phrase(
            "the database is PostgreSQL, the key store a file of this machine: other machines cannot open anything"
        )
