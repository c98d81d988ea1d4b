"""Everybody whom a case might go to, read for the ranking: few statements over whole tables, and nothing opened that
does not decide about a conflict of interest.

Of the sealed columns these are the name, the affiliations and (where the teacher's school has a domain) the addresses;
kana and credential stay sealed, so they are empty here. Whoever is chosen is read anew with `store/members.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from mailgate.desk.people import Affiliation, Member, Person, Relation
from mailgate.mail.address import Address, parse_address
from mailgate.store.members import RELATIONS, TEACHING_AT, names
from mailgate.store.tables import AffiliationRow, MemberRow, PersonAddressRow, SchoolRow, TeacherRow
from mailgate.store.transaction import Transaction

_MEMBERS = select(MemberRow.__table__).order_by(MemberRow.id)
_AFFILIATIONS = (
    select(AffiliationRow.__table__, SchoolRow.municipality)
    .join(SchoolRow, SchoolRow.id == AffiliationRow.school_id, isouter=True)
    .order_by(AffiliationRow.id)
)
_TEACHING_AT = TEACHING_AT.join(MemberRow, MemberRow.person_id == TeacherRow.person_id)
_ADDRESSES = (
    select(PersonAddressRow.id, PersonAddressRow.person_id, PersonAddressRow.address)
    .join(MemberRow, MemberRow.person_id == PersonAddressRow.person_id)
    .order_by(PersonAddressRow.position)
)


def members_to_rank(tx: Transaction, *, with_addresses: bool) -> list[Member]:
    """All members of any status, with what the rules of `desk/conflict.py` look at."""
    called = names(tx)
    affiliations = _affiliations(tx)
    relations: dict[int, list[Relation]] = defaultdict(list)
    for row in tx.rows(RELATIONS):
        relations[row.member_id].append(Relation(row.teacher_id, row.school_id, row.handle))
    teaching_at: dict[int, list[Affiliation]] = defaultdict(list)
    for row in tx.rows(_TEACHING_AT):
        teaching_at[row.person_id].append(Affiliation(row.name, row.id, None, None, row.municipality))
    addresses = _addresses(tx) if with_addresses else {}
    return [
        _member(
            row,
            Person(row.person_id, called[row.person_id], "", tuple(addresses.get(row.person_id, ())), "", ""),
            (*affiliations.get(row.id, ()), *teaching_at.get(row.person_id, ())),
            tuple(relations.get(row.id, ())),
        )
        for row in tx.rows(_MEMBERS)
    ]


def _member(row: Any, person: Person, affiliations: tuple[Affiliation, ...], relations: tuple[Relation, ...]) -> Member:
    return Member(
        row.id,
        row.handle,
        person,
        row.kind,
        row.years,
        "",
        affiliations,
        tuple(row.topics.split("\n")) if row.topics else (),
        row.monthly_limit,
        row.status,
        row.paused_until,
        relations,
    )


def _affiliations(tx: Transaction) -> Mapping[int, Sequence[Affiliation]]:
    found: dict[int, list[Affiliation]] = defaultdict(list)
    for row in tx.rows(_AFFILIATIONS):
        name, town = tx.opened(AffiliationRow, row, "name"), row.municipality or ""
        found[row.member_id].append(Affiliation(name, row.school_id, row.from_year, row.to_year, town))
    return found


def _addresses(tx: Transaction) -> Mapping[int, Sequence[Address]]:
    found: dict[int, list[Address]] = defaultdict(list)
    for row in tx.rows(_ADDRESSES):
        address = parse_address(tx.opened(PersonAddressRow, row, "address"))
        assert address is not None, "only readable addresses are stored"
        found[row.person_id].append(address)
    return found
