"""Accepted mail: put before the sender hears 250, claimed by a worker, finished in the commit of its effects.

    received --- handled -------------------> done          (or held, for a person)
       |  \\---- raised a few times ---------> quarantined --- mail retry ---> received
       |                                                  \\-- mail discard -> discarded
       +-------- the DNS is silent ---------> waiting       then as from received

The octets are kept unchanged in `raw_mails`, sealed; each forward-path has a row of its own in `spool`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, exists, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from mailgate.desk.lifecycle import SpoolState
from mailgate.desk.trust import Trust
from mailgate.errors import NotFound
from mailgate.mail.address import Address, parse_address
from mailgate.mail.envelope import Envelope
from mailgate.store.claim import NOW, Claimed, WorkList
from mailgate.store.columns import Instant
from mailgate.store.intake import put as put  # the way in, beside those out
from mailgate.store.tables import RawMailRow, SpoolRow
from mailgate.store.transaction import Transaction

_LINES = (SpoolState.RECEIVED, SpoolState.WAITING)
"""The states in which a mail waits for a worker. Each has workers of its own: who waits long stands before nobody."""


def _behind(lane: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Whether a worker has an earlier mail of the same lane in hand."""
    earlier = aliased(SpoolRow)
    return exists().where(
        earlier.state.in_(_LINES),
        earlier.lease.is_not(None),
        earlier.next_try_at > NOW,
        getattr(earlier, lane.key) == lane,
        earlier.received_at <= SpoolRow.received_at,
        earlier.id != SpoolRow.id,
    )


_IN_ORDER = (~_behind(SpoolRow.sender_hash), ~_behind(SpoolRow.case_id))
_WORK = {line: WorkList(SpoolRow, [line], _IN_ORDER) for line in _LINES}
_WHOLE = (
    select(RawMailRow.__table__, SpoolRow.forward_path, SpoolRow.confirmed_by)
    .join(SpoolRow, SpoolRow.raw_id == RawMailRow.id)
    .where(SpoolRow.id == bindparam("spool_id"))
)
# Said the other way round: nearly every mail is done, and SQLite would take the index of states for it.
_IS_DONE = SpoolRow.state.not_in([state for state in SpoolState if state is not SpoolState.DONE])
_CASES_OF = select(SpoolRow.case_id).where(
    SpoolRow.whole_hash == bindparam("whole"), _IS_DONE, SpoolRow.case_id.is_not(None)
)

_CASES_OF_BELIEVED = _CASES_OF.where(
    SpoolRow.authentication.is_(None)
    | ~(SpoolRow.authentication.startswith(Trust.DOUBTFUL) | SpoolRow.authentication.startswith(Trust.FORGED))
)

_DONE = select(SpoolRow.id, SpoolRow.case_id, SpoolRow.text_hash).where(
    _IS_DONE, SpoolRow.id != bindparam("spool_id"), SpoolRow.whole_hash != bindparam("whole")
)
_SAME_ID = _DONE.where(SpoolRow.message_id_hash == bindparam("message_id")).order_by(SpoolRow.received_at).limit(3)
_SAME_TEXT = (
    _DONE.where(SpoolRow.text_hash == bindparam("text"), SpoolRow.received_at >= bindparam("since", type_=Instant))
    .where(SpoolRow.message_id_hash.is_distinct_from(bindparam("message_id", type_=String)))
    .order_by(SpoolRow.received_at)
    .limit(3)
)


@dataclass(frozen=True, slots=True)
class Marks:
    """By what a mail is known again; keyed hashes."""

    whole: str
    """Of Message-ID, date and content."""
    message_id: str | None
    """None for a mail that has none."""
    text: str
    """Of author, subject, text and the names and sizes of attachments."""


@dataclass(frozen=True, slots=True)
class Twin:
    """An earlier mail that looks like another one."""

    id: str
    case: int | None
    same_id: bool
    """It has the same Message-ID; else it has the same text."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """One accepted mail for one recipient, ready to be handled."""

    id: str
    envelope: Envelope
    """With exactly one forward-path."""
    raw: bytes
    received_at: datetime
    confirmed_by: str


@dataclass(frozen=True, slots=True)
class SpoolEntry:
    """A line of `mail list`: no text, no address."""

    id: str
    received_at: datetime
    state: SpoolState
    reason: str
    case: int | None
    tries: int
    size_bytes: int
    authentication: str | None = None
    """How far its author is believed, and why, one a line; None while nothing was looked at."""


def claim(tx: Transaction, now: datetime, at_most: int = 1, line: SpoolState = SpoolState.RECEIVED) -> list[Claimed]:
    """The next mails to handle of those received, or of those waiting; leased, and not opened yet: one that does not
    open must not stop those behind it.

    What one author sent, or what came for one case, is never in two hands at once: order is kept within it. A mail
    that waits for another try holds nobody up.
    """
    return _WORK[line].claim(tx, now, at_most)


def finish(
    tx: Transaction,
    claimed: Claimed,
    state: SpoolState,
    reason: str,
    case: int | None = None,
    marks: Marks | None = None,
    authentication: str | None = None,
) -> None:
    """Writes what became of a claimed mail, in the same transaction as its effects. Raises ChangedMeanwhile when the
    lease has run out and another worker has it."""
    known: dict[str, Any] = {"case_id": case} if case is not None else {}
    if authentication is not None:
        known["authentication"] = authentication
    if marks is not None:
        known |= {"whole_hash": marks.whole, "message_id_hash": marks.message_id, "text_hash": marks.text}
    _finish(tx, claimed, state=state, reason=reason, **known)


def try_again(tx: Transaction, claimed: Claimed, at: datetime, reason: str, *, counts: bool) -> None:
    """Gives a claimed mail back, due again at `at`; `counts` False takes the try back. Raises ChangedMeanwhile."""
    tries = claimed.tries - (0 if counts else 1)
    _finish(tx, claimed, next_try_at=at, reason=reason, tries=tries)


def wait(tx: Transaction, claimed: Claimed, until: datetime, reason: str) -> None:
    """Puts a claimed mail with those that wait; that was no try. Raises ChangedMeanwhile."""
    _finish(tx, claimed, state=SpoolState.WAITING, next_try_at=until, reason=reason, tries=claimed.tries - 1)


def _finish(tx: Transaction, claimed: Claimed, **values: Any) -> None:
    _WORK[SpoolState.RECEIVED].finish(tx, claimed, **values)


def untouched(tx: Transaction, claimed: Claimed, now: datetime) -> None:
    """Gives a claimed mail back with which nothing was done."""
    _WORK[SpoolState.RECEIVED].give_back(tx, claimed, now)


def unstick(tx: Transaction, now: datetime) -> int:
    """Makes due what a clock that was ahead has put off; how many mails that were."""
    return sum(work.unstick(tx, now) for work in _WORK.values())


def set_state(tx: Transaction, spool_id: str, state: SpoolState, reason: str) -> None:
    """What an operator decided about a mail; a worker that has it in hand finds its work undone. Raises NotFound."""
    row = _row(tx, spool_id)
    row.state, row.reason, row.lease = state, reason, None


def restart(tx: Transaction, spool_id: str, now: datetime, confirmed_by: str = "") -> None:
    """Makes a set-aside mail due again, as if it had just come; `confirmed_by` vouches for its sender. Raises NotFound
    when it is not kept any more."""
    row = _row(tx, spool_id)
    if not tx.session.get_one(RawMailRow, row.raw_id).octets:
        raise _not_kept(spool_id)
    row.state, row.tries, row.next_try_at, row.lease, row.reason = SpoolState.RECEIVED, 0, now, None, ""
    row.confirmed_by = confirmed_by or row.confirmed_by


def cases_of(tx: Transaction, marks: Marks, *, only_believed: bool = False) -> set[int]:
    """The cases in which the same mail has already had its effect, or (if not `only_believed`) waits since nobody
    believes that copy."""
    return set(tx.rows(_CASES_OF_BELIEVED if only_believed else _CASES_OF, whole=marks.whole).firsts())


def twins(tx: Transaction, spool_id: str, marks: Marks, since: datetime) -> list[Twin]:
    """Earlier mails that had their effect and share the Message-ID or (since a moment) the text, but not both."""
    known = {"spool_id": spool_id, "whole": marks.whole}
    same_id = tx.rows(_SAME_ID, message_id=marks.message_id, **known) if marks.message_id else []
    same_text = tx.rows(_SAME_TEXT, text=marks.text, message_id=marks.message_id, since=since, **known)
    return [Twin(row.id, row.case_id, True) for row in same_id if row.text_hash != marks.text] + [
        Twin(row.id, row.case_id, False) for row in same_text
    ]


def load(tx: Transaction, spool_id: str) -> Spooled:
    """One mail with its octets; raises NotFound when there is none, or what it said is not kept any more."""
    row = tx.rows(_WHOLE, spool_id=spool_id).only()
    if row is None:
        raise _missing(spool_id)
    if not row.octets:
        raise _not_kept(spool_id)
    forward_path = tx.keys.unseal(f"spool.forward_path.{spool_id}", row.forward_path).decode()
    envelope = Envelope(
        reverse_path=parse_address(tx.opened(RawMailRow, row, "reverse_path")),
        forward_paths=(_address(forward_path),),
        peer=tx.opened(RawMailRow, row, "peer"),
        helo=tx.opened(RawMailRow, row, "helo"),
    )
    raw = tx.opened_bytes(RawMailRow, row, "octets")
    return Spooled(spool_id, envelope, raw, row.received_at, row.confirmed_by)


def raw(tx: Transaction, spool_id: str) -> bytes:
    """The octets of one mail; empty when they are not kept any more. Raises NotFound."""
    row = _row(tx, spool_id)
    return tx.unseal_bytes(tx.session.get_one(RawMailRow, row.raw_id), "octets")


def entry(tx: Transaction, spool_id: str) -> SpoolEntry:
    """One mail as `mail list` shows it; raises NotFound."""
    row = _row(tx, spool_id)
    return _entry(row, tx.session.get_one(RawMailRow, row.raw_id).size_bytes)


def entries(
    tx: Transaction, states: Sequence[SpoolState], case: int | None = None, limit: int = 1000
) -> list[SpoolEntry]:
    """The newest mails, newest first; in any state when `states` is empty."""
    query = select(SpoolRow, RawMailRow.size_bytes).join(RawMailRow, SpoolRow.raw_id == RawMailRow.id)
    if states:
        query = query.where(SpoolRow.state.in_(states))
    if case is not None:
        query = query.where(SpoolRow.case_id == case)
    rows = tx.session.execute(query.order_by(SpoolRow.received_at.desc(), SpoolRow.id.desc()).limit(limit))
    return [_entry(row, size_bytes) for row, size_bytes in rows]


def _row(tx: Transaction, spool_id: str) -> SpoolRow:
    row = tx.session.get(SpoolRow, spool_id)
    if row is None:
        raise _missing(spool_id)
    return row


def _missing(spool_id: str) -> NotFound:
    return NotFound("there is no mail {spool_id}: 'mailgate mail list' shows them", spool_id=spool_id)


def _not_kept(spool_id: str) -> NotFound:
    return NotFound("what mail {spool_id} said is not kept any more (retention.raw_days)", spool_id=spool_id)


def _entry(row: SpoolRow, size_bytes: int) -> SpoolEntry:
    return SpoolEntry(
        row.id, row.received_at, row.state, row.reason, row.case_id, row.tries, size_bytes, row.authentication
    )


def _address(text: str) -> Address:
    address = parse_address(text)
    assert address is not None, "a forward-path was an Address when it was stored"
    return address
