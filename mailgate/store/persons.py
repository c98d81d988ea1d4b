"""People: one row for a human being, found by any of the registered addresses, whether teacher, member or both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, exists, select
from sqlalchemy.orm import InstrumentedAttribute

from mailgate.desk.entries import PersonEntry
from mailgate.desk.people import Person
from mailgate.errors import Refused
from mailgate.mail.address import Address, parse_address
from mailgate.phrase import Phrase
from mailgate.store.tables import PersonAddressRow, PersonRow
from mailgate.store.transaction import VALUES, Transaction

_PERSONS = select(PersonRow.__table__).where(PersonRow.id.in_(VALUES))
_ADDRESSES = (
    select(PersonAddressRow.id, PersonAddressRow.person_id, PersonAddressRow.address)
    .where(PersonAddressRow.person_id.in_(VALUES))
    .order_by(PersonAddressRow.position)
)
ERASED = select(PersonRow.id).where(PersonRow.erased_at.is_not(None))
"""Those of whom a tombstone is left: nobody finds them any more. All of them: see `is_erased`."""
_OWNER = select(PersonAddressRow.person_id).where(PersonAddressRow.address_hash == bindparam("address_hash"))

_OWNERS = select(PersonAddressRow.address_hash, PersonAddressRow.person_id).where(
    PersonAddressRow.address_hash.in_(VALUES)
)

_WHOSE = Phrase(
    "'mailgate teacher list --reveal REASON' and 'mailgate member list --reveal REASON' show whose they are"
)


def is_erased(person: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """For a statement: whether the person with this id was erased. Looked up for each row by its key, where `NOT IN`
    of all the erased would read the whole register for each mail."""
    return exists().where(PersonRow.id == person, PersonRow.erased_at.is_not(None))


def find_person_by_address(tx: Transaction, address: Address) -> Person | None:
    """The person who has registered this address, in whatever spelling."""
    person_id = _owner(tx, address)
    return None if person_id is None else persons_by_id(tx, [person_id])[person_id]


def owners(tx: Transaction, addresses: Iterable[Address]) -> frozenset[int]:
    """The ids of all persons who have one of these addresses."""
    return frozenset(owner for address in addresses if (owner := _owner(tx, address)) is not None)


def owner_of_each(tx: Transaction, addresses: Iterable[Address]) -> dict[str, int]:
    """The ids of the persons who have these addresses, by `Address.key`: for many addresses at once."""
    keys = {tx.keys.address_hash(address): address.key for address in addresses}
    return {keys[row.address_hash]: row.person_id for row in tx.rows_in(_OWNERS, sorted(keys))}


def known_person(tx: Transaction, addresses: Iterable[Address]) -> Person | None:
    """The registered person who has one of these addresses; raises Refused when they belong to two."""
    found = the_one(owners(tx, addresses))
    return None if found is None else persons_by_id(tx, [found])[found]


def the_one(found: Collection[int]) -> int | None:
    """The only one of these persons, who were found by the addresses of one; raises Refused when there are two."""
    if len(found) > 1:
        raise Refused("the addresses belong to two different people in the register: {whose}", whose=_WHOSE)
    return next(iter(found), None)


def persons_by_id(tx: Transaction, ids: Iterable[int]) -> dict[int, Person]:
    """The persons with these ids, by id."""
    wanted = sorted(ids)
    addresses = _addresses(tx, wanted)
    return {row.id: _person(tx, row, tuple(addresses[row.id])) for row in tx.rows_in(_PERSONS, wanted)}


def save_person(tx: Transaction, person_id: int | None, entry: PersonEntry) -> int:
    """Writes a new person (None), or the known one anew, and gives the id.

    Raises Refused when an address belongs to somebody else; the reason does not repeat the address.
    """
    if owners(tx, entry.addresses) - {person_id}:
        raise Refused("one of the addresses is already registered for somebody else: {whose}", whose=_WHOSE)
    row = PersonRow() if person_id is None else tx.session.get_one(PersonRow, person_id)
    row.age_band, row.gender = entry.age_band, entry.gender
    tx.seal(row, name=entry.name, kana=entry.kana)
    _save_addresses(tx, row.id, entry.addresses)
    return row.id


def add_persons(tx: Transaction, entries: Sequence[PersonEntry]) -> list[int]:
    """Writes many new persons, none of whose addresses is registered, and gives their ids in the same order."""
    rows = [({"name": one.name, "kana": one.kana}, {"age_band": one.age_band, "gender": one.gender}) for one in entries]
    ids = tx.add_many(PersonRow, rows)
    addresses = [
        (
            {"address": address.wire},
            {"person_id": person_id, "position": position, "address_hash": tx.keys.address_hash(address)},
        )
        for person_id, one in zip(ids, entries, strict=True)
        for position, address in enumerate(one.addresses)
    ]
    tx.add_many(PersonAddressRow, addresses)
    return ids


def mark_undeliverable(tx: Transaction, address: Address, now: datetime) -> None:
    """Notes that mail to this address bounced for good; does nothing for an address that nobody registered."""
    query = select(PersonAddressRow).where(PersonAddressRow.address_hash == tx.keys.address_hash(address))
    row = tx.session.scalar(query)
    if row is not None and row.undeliverable_at is None:
        row.undeliverable_at = now


def undeliverable_persons(tx: Transaction) -> frozenset[int]:
    """The ids of those whose first address, where mail goes, bounced for good."""
    query = select(PersonAddressRow.person_id).where(
        PersonAddressRow.position == 0, PersonAddressRow.undeliverable_at.is_not(None)
    )
    return frozenset(tx.session.scalars(query))


def _owner(tx: Transaction, address: Address) -> int | None:
    owner: int | None = tx.rows(_OWNER, address_hash=tx.keys.address_hash(address)).first()
    return owner


def _addresses(tx: Transaction, ids: list[int]) -> dict[int, list[Address]]:
    found: dict[int, list[Address]] = defaultdict(list)
    for row in tx.rows_in(_ADDRESSES, ids):
        address = parse_address(tx.opened(PersonAddressRow, row, "address"))
        assert address is not None, "only readable addresses are stored"
        found[row.person_id].append(address)
    return found


def _person(tx: Transaction, row: Any, addresses: tuple[Address, ...]) -> Person:
    name, kana = (tx.opened(PersonRow, row, column) for column in ("name", "kana"))
    return Person(row.id, name, kana, addresses, row.age_band, row.gender)


def _save_addresses(tx: Transaction, person_id: int, addresses: tuple[Address, ...]) -> None:
    """Rows that stay keep the mark of a bounce; an address that left and comes back starts afresh."""
    wanted = {tx.keys.address_hash(address): address for address in addresses}
    gone = delete(PersonAddressRow).where(
        PersonAddressRow.person_id == person_id, PersonAddressRow.address_hash.not_in(wanted)
    )
    tx.session.execute(gone)
    known = tx.session.scalars(select(PersonAddressRow).where(PersonAddressRow.person_id == person_id))
    rows = {row.address_hash: row for row in known}
    for position, (address_hash, address) in enumerate(wanted.items()):
        row = rows.get(address_hash) or PersonAddressRow(person_id=person_id, address_hash=address_hash)
        row.position = position
        tx.seal(row, address=address.wire)
