"""Applications for the register: what somebody filled in, from the first mail until an operator decides.

One open application for one address and one wish: a further mail of the same person adds to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from mailgate.desk.application_form import Cells, Wish
from mailgate.desk.lifecycle import ApplicationState
from mailgate.errors import NotFound
from mailgate.mail.address import Address, parse_address
from mailgate.store.tables import ApplicationRow
from mailgate.store.transaction import Transaction

OPEN = (ApplicationState.ASKED, ApplicationState.WAITING)


@dataclass(frozen=True, slots=True)
class Application:
    id: int
    wish: Wish
    state: ApplicationState
    address: Address
    cells: Cells
    spool_id: str
    """The newest mail of it."""
    received_at: datetime
    changed_at: datetime
    decided_at: datetime | None
    decided_by: str
    handle: str
    """Of the teacher or member that it became; else empty."""


def open_of(tx: Transaction, address: Address) -> Application | None:
    """The newest application of this address that nobody has decided."""
    query = (
        select(ApplicationRow)
        .where(ApplicationRow.address_hash == tx.keys.address_hash(address), ApplicationRow.state.in_(OPEN))
        .order_by(ApplicationRow.id.desc())
        .limit(1)
    )
    row = tx.session.scalar(query)
    return None if row is None else _application(tx, row)


def get(tx: Transaction, application_id: int) -> Application:
    return _application(tx, _row(tx, application_id))


def listing(tx: Transaction, states: tuple[ApplicationState, ...] = OPEN) -> list[Application]:
    """Those in one of the states, oldest first; all of them when none is named."""
    query = select(ApplicationRow).order_by(ApplicationRow.id)
    rows = tx.session.scalars(query.where(ApplicationRow.state.in_(states)) if states else query)
    return [_application(tx, row) for row in rows]


def of_addresses(tx: Transaction, addresses: Iterable[Address]) -> list[Application]:
    """All that came from one of these addresses, oldest first."""
    hashes = [tx.keys.address_hash(one) for one in addresses]
    rows = tx.session.scalars(
        select(ApplicationRow).where(ApplicationRow.address_hash.in_(hashes)).order_by(ApplicationRow.id)
    )
    return [_application(tx, row) for row in rows]


def add(tx: Transaction, wish: Wish, address: Address, cells: Cells, spool_id: str, now: datetime) -> int:
    """A new application, which waits; gives its id."""
    row = ApplicationRow(
        wish=wish,
        state=ApplicationState.WAITING,
        address_hash=tx.keys.address_hash(address),
        spool_id=spool_id,
        received_at=now,
        changed_at=now,
    )
    tx.seal(row, address=address.wire, cells=_written(cells))
    return row.id


def change(tx: Transaction, application_id: int, wish: Wish, cells: Cells, spool_id: str, now: datetime) -> None:
    """A further mail of the applicant: the cells as they are now."""
    row = _row(tx, application_id)
    row.wish, row.spool_id, row.changed_at = wish, spool_id, now
    tx.seal(row, cells=_written(cells))


def set_state(tx: Transaction, application_id: int, state: ApplicationState, now: datetime) -> None:
    row = _row(tx, application_id)
    row.state, row.changed_at = state, now


def decide(
    tx: Transaction, application_id: int, state: ApplicationState, by: str, now: datetime, handle: str = ""
) -> None:
    """An operator approved (with the handle of whom it became) or rejected it."""
    row = _row(tx, application_id)
    row.state, row.changed_at, row.decided_at, row.decided_by, row.handle = state, now, now, by, handle


def delete_decided(tx: Transaction, cutoff: datetime) -> int:
    """Those that were decided at `cutoff` or before; how many. What became of them stands in the register."""
    query = delete(ApplicationRow).where(ApplicationRow.decided_at <= cutoff)
    return tx.rows(query).changed


def _row(tx: Transaction, application_id: int) -> ApplicationRow:
    row = tx.session.get(ApplicationRow, application_id)
    if row is None:
        raise NotFound(
            "there is no application {application_id}: 'mailgate application list --all' shows them",
            application_id=application_id,
        )
    return row


def _written(cells: Cells) -> str:
    return json.dumps(cells, ensure_ascii=False)


def _application(tx: Transaction, row: ApplicationRow) -> Application:
    address = parse_address(tx.unseal(row, "address"))
    assert address is not None, "only readable addresses are stored"
    return Application(
        row.id,
        row.wish,
        row.state,
        address,
        json.loads(tx.unseal(row, "cells")),
        row.spool_id,
        row.received_at,
        row.changed_at,
        row.decided_at,
        row.decided_by,
        row.handle,
    )
