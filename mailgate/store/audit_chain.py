"""The chain through the audit log: each line gets a place (`sequence`) and a keyed hash (`mac`) of itself and of the
mac before it. Who changes, takes out or moves a line without the key breaks the chain there.

Before: `audit.py` adds lines, each in the transaction of its change, where a chain would make writers of PostgreSQL
wait for one another. After: `flow/chain_audit.py` gives them their places a moment later. A lower id may be committed
after a higher one: lines are taken as they are found, in the order of their ids, and `sequence` is the truth.

Known weaknesses: what is taken away before it was chained is missed by nobody, and a line that somebody puts in is
chained like any other: the chain is about what stood there when it came by. Whoever has the keys can write another.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import bindparam, delete, func, insert, select, update

from mailgate.store.columns import table_of
from mailgate.store.sealing import Keys
from mailgate.store.tables import AuditMarkRow, AuditRow
from mailgate.store.transaction import Transaction

HEAD, ANCHOR = "head", "anchor"
_LINES_AT_A_TIME = 1000

_lines = table_of(AuditRow)
_marks = table_of(AuditMarkRow)
_UNCHAINED = select(_lines).where(_lines.c.sequence.is_(None)).order_by(_lines.c.id).limit(bindparam("at_most"))
_ANY_UNCHAINED = select(_lines.c.id).where(_lines.c.sequence.is_(None)).limit(1)
_SET = (
    update(_lines)
    .where(_lines.c.id == bindparam("b_id"))
    .values(sequence=bindparam("new_sequence"), mac=bindparam("new_mac"))
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the chain: a line and its mac. `START` is the one before the first line."""

    sequence: int
    mac: str


START = Mark(0, "")


class HeadKeeper(Protocol):
    """Where the head is kept a second time, by other means than the database."""

    def kept(self) -> Mark | None:
        """What was told last; None when nothing was."""

    def keep(self, head: Mark) -> None:
        """Durable when it returns; an older one than is kept changes nothing."""

    def take(self, head: Mark) -> None:
        """The same, also of an older one."""


@dataclass(frozen=True, slots=True)
class Break:
    """The first link that does not hold."""

    sequence: int
    what: str
    """ "changed", "missing", "reordered", "cut off at the end", or "forged" for a mark that is not ours."""


@dataclass(frozen=True, slots=True)
class Verdict:
    lines: int
    """How many were looked at."""
    head: Mark
    broken: Break | None


def is_behind(tx: Transaction) -> bool:
    """Whether there are lines without a place."""
    return tx.session.scalar(_ANY_UNCHAINED) is not None


def extend(tx: Transaction, at_most: int = _LINES_AT_A_TIME) -> tuple[int, Mark]:
    """Gives the next lines their places: how many those were, and the head after that. One process at a time."""
    tx.alone("audit chain")
    head = mark(tx, HEAD) or mark(tx, ANCHOR) or START
    key = _chain_key(tx.keys)
    changes = []
    for row in tx.connection.execute(_UNCHAINED, {"at_most": at_most}):
        head = Mark(head.sequence + 1, _mac(key, head.mac, row))
        changes.append({"b_id": row.id, "new_sequence": head.sequence, "new_mac": head.mac})
    if changes:
        tx.connection.execute(_SET, changes)
        _set_mark(tx, HEAD, head)
    return len(changes), head


def mark(tx: Transaction, name: str) -> Mark | None:
    """The mark of this name; None when there is none, or one that mailgate has not written (`verify` tells that)."""
    row = _mark_row(tx, name)
    return Mark(row.sequence, row.mac) if row is not None and _is_ours(tx.keys, row) else None


def verify(tx: Transaction, kept_outside: Mark | None) -> Verdict:
    """Looks at every link, from the anchor to the head. `kept_outside` is a head that was kept in another place."""
    broken = _forged(tx)
    anchor = mark(tx, ANCHOR) or START
    at, lines, key = anchor, 0, _chain_key(tx.keys)
    ends = {one.sequence: one.mac for one in (mark(tx, HEAD), kept_outside) if one is not None}
    for row in _chained(tx):
        lines += 1
        if broken is None:
            broken = _problem(tx, key, at, row, ends)
            at = Mark(row.sequence, row.mac or "")
    if broken is None and max(ends, default=0) > at.sequence:
        broken = Break(at.sequence + 1, "cut off at the end")
    return Verdict(lines, at, broken)


def purge(tx: Transaction, cutoff: datetime) -> int:
    """Takes the lines away from the beginning that are no younger than `cutoff`, as far as all are; how many.

    The anchor is moved behind them first: the triggers of the table let nothing else go.
    """
    tx.alone("audit chain")
    first_kept = tx.session.scalar(select(func.min(_lines.c.sequence)).where(_lines.c.at > cutoff))
    upto = select(_lines.c.sequence, _lines.c.mac).where(_lines.c.sequence.is_not(None), _lines.c.at <= cutoff)
    if first_kept is not None:
        upto = upto.where(_lines.c.sequence < first_kept)
    last = tx.session.execute(upto.order_by(_lines.c.sequence.desc()).limit(1)).one_or_none()
    if last is None:
        return 0
    _set_mark(tx, ANCHOR, Mark(last.sequence, last.mac))
    return tx.rows(_PURGE, upto=last.sequence).changed


_PURGE = delete(_lines).where(_lines.c.sequence <= bindparam("upto"))


def _problem(tx: Transaction, key: bytes, before: Mark, row: Any, ends: dict[int, str]) -> Break | None:
    if row.sequence != before.sequence + 1:
        return Break(before.sequence + 1, "missing")
    if row.mac != _mac(key, before.mac, row):
        return Break(row.sequence, "reordered" if _fits_elsewhere(tx, key, row) else "changed")
    if row.sequence in ends and not hmac.compare_digest(ends[row.sequence], row.mac):
        return Break(row.sequence, "changed")
    return None


def _fits_elsewhere(tx: Transaction, key: bytes, row: Any) -> bool:
    """Whether the line and its mac are real, behind another one than that which it stands behind now."""
    others = [START.mac, *tx.session.scalars(select(_lines.c.mac).where(_lines.c.mac.is_not(None)))]
    return any(row.mac == _mac(key, mac, row) for mac in others if mac is not None)


def _forged(tx: Transaction) -> Break | None:
    rows = [row for name in (ANCHOR, HEAD) if (row := _mark_row(tx, name)) is not None]
    return next((Break(row.sequence, "forged") for row in rows if not _is_ours(tx.keys, row)), None)


def _chained(tx: Transaction) -> Iterator[Any]:
    query = select(_lines).where(_lines.c.sequence.is_not(None)).order_by(_lines.c.sequence)
    yield from tx.connection.execute(query.execution_options(yield_per=_LINES_AT_A_TIME))


def _mark_row(tx: Transaction, name: str) -> Any:
    return tx.connection.execute(select(_marks).where(_marks.c.id == name)).one_or_none()


def _set_mark(tx: Transaction, name: str, new: Mark) -> None:
    values = {"sequence": new.sequence, "mac": new.mac, "proof": _proof(tx.keys, name, new.sequence, new.mac)}
    if tx.connection.execute(update(_marks).where(_marks.c.id == name).values(values)).rowcount == 0:
        tx.connection.execute(insert(_marks).values(id=name, **values))


def _is_ours(keys: Keys, row: Any) -> bool:
    return hmac.compare_digest(row.proof, _proof(keys, row.id, row.sequence, row.mac))


def _proof(keys: Keys, name: str, sequence: int, mac: str) -> str:
    return _hmac(_chain_key(keys), ["mark", name, sequence, mac])


def _mac(key: bytes, before: str, row: Any) -> str:
    at = row.at.isoformat(timespec="microseconds")
    return _hmac(key, [before, row.id, at, row.actor, row.action, row.case_id, row.subject, row.detail])


def _hmac(key: bytes, what: Sequence[str | int | None]) -> str:
    """JSON says without doubt where one value ends and the next begins."""
    text = json.dumps(what, ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()


def _chain_key(keys: Keys) -> bytes:
    return keys.ring.audit_key()
