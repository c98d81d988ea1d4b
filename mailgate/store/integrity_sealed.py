"""Opens every sealed column of every row, and compares what was sealed with the hash, digest or size beside it.

The only check that needs the keys and looks at one row after the other. Rows are read page by page, each page in a
transaction of its own: the service goes on meanwhile. No text leaves this module. Where most of what hangs on one key
file does not fit it, the key is told as the one problem that it is; so is each key that the key store lacks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, Table, func, select

from mailgate.errors import BadKeys, LostKey
from mailgate.phrase import Phrase
from mailgate.store.columns import table_of
from mailgate.store.custody import sealed_columns
from mailgate.store.integrity_matches import MATCHES
from mailgate.store.integrity_rows import Problem, Query, about, all_tables, some_of_each
from mailgate.store.key_files import (
    FIRST_ROOT,
    INDEX_KEY_FILES,
    first_root_is_missing,
    root_file,
    root_is_missing,
)
from mailgate.store.progress import Progress
from mailgate.store.sealing import Keys
from mailgate.store.seals import Form, parts_of
from mailgate.store.tables import (
    CaseRow,
    RawMailRow,
    SpoolRow,
)

_PAGE = 500
_PAGE_OF_MAILS = 20
"""Mails may be large, and a page is in memory as a whole."""
_ROOT = "root"
"""Stands for every root key that is there: under which one a value is in the end, only the key store knows."""
_SEALED = "sealed "
"""How the names of the checks begin that tell what does not open."""


@dataclass(slots=True)
class _Tally:
    """How many of the values that hang on one key file fit it."""

    right: int = 0
    wrong: int = 0

    def count(self, *, fits: bool) -> None:
        self.right, self.wrong = self.right + fits, self.wrong + (not fits)


class _Tallies(dict[str, _Tally]):
    """By key file; and how many values there are for each key that the store lacks. `closed` are the ids of the keys
    whose root key is not there: that is one problem, whatever hangs on them. So is `seal.key`, if that is not there
    (`first_is_gone`), for what is sealed under it itself."""

    def __init__(self, closed: Collection[str], *, first_is_gone: bool) -> None:
        super().__init__({name: _Tally() for name in (_ROOT, *INDEX_KEY_FILES)})
        self.lost: Counter[str] = Counter()
        self.closed = closed
        self.first_is_gone = first_is_gone
        self.under_first = 0

    def explain(self, sealed: bytes) -> bool:
        """Whether it does not open for the want of a root key, which is told as such."""
        try:
            seal = parts_of(sealed)
        except BadKeys:
            return False
        missed = seal.form is Form.ROOT and self.first_is_gone
        self.under_first += missed
        return missed or seal.key_id in self.closed


def unsealed(engine: Engine, keys: Keys, progress: Progress) -> list[Problem]:
    """What does not open, or does not fit what stands beside it; `progress` hears how many rows are done, of all."""
    there = keys.ring.roots.numbers()
    closed = {one.id: one.root for one in keys.ring.store.all() if one.root not in there}
    tallies = _Tallies(closed, first_is_gone=1 not in there)
    found = list(some_of_each(_one_by_one(engine, keys, progress, tallies)))
    misfits = {name: one for name, one in tallies.items() if one.wrong > one.right}
    lost = some_of_each(_lost(engine, tallies.lost))
    root = root_file(keys.ring.root_in_use())
    return [
        *(
            Problem(f"key {root_file(one)}", root_is_missing(one, n))
            for one, n in sorted(Counter(closed.values()).items())
        ),
        *([Problem(f"key {FIRST_ROOT}", first_root_is_missing(n))] if (n := tallies.under_first) else []),
        *(_misfit(root if name == _ROOT else name, one, is_root=name == _ROOT) for name, one in misfits.items()),
        *lost,
        *(one for one in found if _key_of(one.check) not in misfits),
    ]


def _lost(engine: Engine, lost: Counter[str]) -> Iterator[Problem]:
    """A line for each key that the store lacks, with whose it is."""
    with engine.connect() as connection:
        owners = {row.key_id: row.id for row in connection.execute(select(CaseRow.key_id, CaseRow.id))}
    for key_id, count in sorted(lost.items(), key=lambda one: (owners.get(one[0], 0), one[0])):
        if key_id in owners:
            what = Phrase(
                "case {number}: its key is not in the key store ({count:,} sealed values): if the case was destroyed "
                "after this backup, mailgate case destroy {number} --now; if not, the key store is older than the "
                "database: restore its newest backup",
                number=owners[key_id],
                count=count,
            )
        else:
            what = Phrase(
                "key {key}, of no case, is not in the key store ({count:,} sealed values): it was destroyed, or the "
                "key store is older than the database; restore the newest backup of the key store, if it was not meant",
                key=key_id,
                count=count,
            )
        yield Problem("lost key", what)


def _key_of(check: str) -> str:
    return _ROOT if check.startswith(_SEALED) else next((one.key for one in MATCHES if one.name == check), "")


def _misfit(name: str, tally: _Tally, *, is_root: bool) -> Problem:
    wrong, of_all = tally.wrong, tally.wrong + tally.right
    if is_root:
        what = Phrase(
            "{name} does not fit: {wrong:,} of {of_all:,} sealed values do not open with it; restore the keys from "
            "their backup",
            name=name,
            wrong=wrong,
            of_all=of_all,
        )
    else:
        what = Phrase(
            "{name} does not fit: {wrong:,} of {of_all:,} hashes are not of this key; restore the keys from their "
            "backup",
            name=name,
            wrong=wrong,
            of_all=of_all,
        )
    return Problem(f"key {name}", what)


def _one_by_one(engine: Engine, keys: Keys, progress: Progress, tallies: _Tallies) -> Iterator[Problem]:
    tables = [table for table in all_tables() if sealed_columns(table)]
    with engine.connect() as connection:
        total = sum(connection.scalar(select(func.count()).select_from(one)) or 0 for one in tables)
    done = 0
    for table in tables:
        query = _query(table)
        page_size = _PAGE_OF_MAILS if "octets" in table.c else _PAGE
        after: object = None
        while True:
            page = query if after is None else query.where(table.c.id > after)
            with engine.connect() as connection:
                rows = connection.execute(page.limit(page_size)).all()
            if not rows:
                break
            for row in rows:
                yield from _problems(table, row, keys, tallies)
            done += len(rows)
            progress(min(done, total), total)
            after = rows[-1].id


def _query(table: Table) -> Query:
    """The rows in the order of their ids; only what is compared, since a word that is unknown cannot be read."""
    wanted = ("id", "case_id", "size_bytes", *sealed_columns(table))
    columns = [one for one in table.columns if one.name in wanted or one.name.endswith(("_hash", "_digest"))]
    query: Query = select(*columns).order_by(table.c.id)
    return _with_spool(query) if table is table_of(RawMailRow) else query


def _with_spool(mails: Query) -> Query:
    """The hashes of the sender at the recipients of a mail; all the same, since a mail has one sender."""
    of_this = SpoolRow.raw_id == RawMailRow.id
    return mails.add_columns(
        select(func.min(SpoolRow.sender_hash)).where(of_this).correlate(RawMailRow).scalar_subquery().label("lowest"),
        select(func.max(SpoolRow.sender_hash)).where(of_this).correlate(RawMailRow).scalar_subquery().label("highest"),
    )


def _problems(table: Table, row: Row[Any], keys: Keys, tallies: _Tallies) -> Iterator[Problem]:
    plain: dict[str, bytes] = {}
    for column in sealed_columns(table):
        sealed = getattr(row, column)
        try:
            plain[column] = keys.unseal(f"{table.name}.{column}.{row.id}", sealed) if sealed else b""
            if sealed:
                tallies[_ROOT].count(fits=True)
        except LostKey as error:
            tallies.lost[error.key_id] += 1
        except BadKeys:
            if tallies.explain(sealed):
                continue
            tallies[_ROOT].count(fits=False)
            what = Phrase(
                "{table} {id}: {column} does not open: are these its keys? If so, restore a backup",
                table=table.name,
                id=row.id,
                column=column,
            )
            yield Problem(f"{_SEALED}{table.name}.{column}", what)
    for match in MATCHES:
        is_asked = table_of(match.table) is table and getattr(row, match.sealed) and match.sealed in plain
        if not is_asked:
            continue
        fits = match.fits(keys, plain[match.sealed], row)
        if match.key:
            tallies[match.key].count(fits=fits)
        if not fits:
            named = {name: row._mapping[name] for name in ("id", "case_id") if name in row._mapping}
            what = about(match.sentence, named)
            yield Problem(match.name, Phrase("{table} {id}: {what}", table=table.name, id=row.id, what=what))
