"""People: one row for a human being, found by any of the registered addresses, whether teacher, member or both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select

from mailgate.desk.entries import PersonEntry
from mailgate.desk.people import Person
from mailgate.errors import Refused
from mailgate.mail.address import Address, parse_address
from mailgate.store.database import Transaction
from mailgate.store.tables import PersonAddressRow, PersonRow


def find_person_by_address(tx: Transaction, address: Address) -> Person | None:
    """The person who has registered this address, in whatever spelling."""
    person_id = _owner(tx, address)
    return None if person_id is None else persons_by_id(tx, [person_id])[person_id]


def owners(tx: Transaction, addresses: Iterable[Address]) -> frozenset[int]:
    """The ids of all persons who have one of these addresses."""
    return frozenset(owner for address in addresses if (owner := _owner(tx, address)) is not None)


def known_person(tx: Transaction, entry: PersonEntry) -> Person | None:
    """The registered person whom the entry means, by any of its addresses; raises Refused when it means two."""
    found = owners(tx, entry.addresses)
    if len(found) > 1:
        raise Refused("the addresses belong to two different people in the register")
    return next(iter(persons_by_id(tx, found).values()), None)


def persons_by_id(tx: Transaction, ids: Iterable[int]) -> dict[int, Person]:
    """The persons with these ids, by id."""
    wanted = list(ids)
    rows = tx.session.scalars(select(PersonRow).where(PersonRow.id.in_(wanted)))
    addresses = _addresses(tx, wanted)
    return {row.id: _person(tx, row, tuple(addresses[row.id])) for row in rows}


def save_person(tx: Transaction, person_id: int | None, entry: PersonEntry) -> int:
    """Writes a new person (None), or the known one anew, and gives the id.

    Raises Refused when an address belongs to somebody else; the reason does not repeat the address.
    """
    if owners(tx, entry.addresses) - {person_id}:
        raise Refused("one of the addresses is already registered for somebody else")
    row = PersonRow() if person_id is None else tx.session.get_one(PersonRow, person_id)
    row.age_band, row.gender = entry.age_band, entry.gender
    tx.seal(row, name=entry.name, kana=entry.kana)
    _save_addresses(tx, row.id, entry.addresses)
    return row.id


def mark_undeliverable(tx: Transaction, address: Address, now: datetime) -> None:
    """Notes that mail to this address bounced for good; does nothing for an address that nobody registered."""
    row = _address_row(tx, address)
    if row is not None and row.undeliverable_at is None:
        row.undeliverable_at = now


def undeliverable_persons(tx: Transaction) -> frozenset[int]:
    """The ids of those whose first address, where mail goes, bounced for good."""
    query = select(PersonAddressRow.person_id).where(
        PersonAddressRow.position == 0, PersonAddressRow.undeliverable_at.is_not(None)
    )
    return frozenset(tx.session.scalars(query))


def _owner(tx: Transaction, address: Address) -> int | None:
    row = _address_row(tx, address)
    return None if row is None else row.person_id


def _address_row(tx: Transaction, address: Address) -> PersonAddressRow | None:
    query = select(PersonAddressRow).where(PersonAddressRow.address_hash == tx.keys.address_hash(address))
    return tx.session.scalar(query)


def _addresses(tx: Transaction, ids: list[int]) -> dict[int, list[Address]]:
    query = select(PersonAddressRow).where(PersonAddressRow.person_id.in_(ids)).order_by(PersonAddressRow.position)
    found: dict[int, list[Address]] = defaultdict(list)
    for row in tx.session.scalars(query):
        address = parse_address(tx.unseal(row, "address"))
        assert address is not None, "only readable addresses are stored"
        found[row.person_id].append(address)
    return found


def _person(tx: Transaction, row: PersonRow, addresses: tuple[Address, ...]) -> Person:
    return Person(row.id, tx.unseal(row, "name"), tx.unseal(row, "kana"), addresses, row.age_band, row.gender)


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
