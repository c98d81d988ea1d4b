"""Schools in the register, with their other names, mail domains and contracts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Date, Text, cast, delete, null, select, union_all, update

from mailgate.desk.entries import SchoolEntry
from mailgate.desk.people import Contract, School
from mailgate.desk.school_names import called, choice, find_schools
from mailgate.errors import NotFound
from mailgate.store import revisions
from mailgate.store.handles import new_handle, new_handles
from mailgate.store.tables import (
    AffiliationRow,
    ContractRow,
    RelationRow,
    SchoolAliasRow,
    SchoolDomainRow,
    SchoolRow,
    TeacherRow,
)
from mailgate.store.transaction import VALUES, Transaction

_ALL = select(SchoolRow.__table__).order_by(SchoolRow.id)
_SCHOOLS = _ALL.where(SchoolRow.id.in_(VALUES))
_NO_TEXT, _NO_DATE = cast(null(), Text), cast(null(), Date)
_DETAILS = union_all(  # one question instead of three: each mail asks it
    select(
        SchoolAliasRow.id,
        SchoolAliasRow.school_id,
        SchoolAliasRow.alias,
        _NO_TEXT.label("domain"),
        _NO_DATE.label("starts_on"),
        _NO_DATE.label("ends_on"),
    ).where(SchoolAliasRow.school_id.in_(VALUES)),
    select(SchoolDomainRow.id, SchoolDomainRow.school_id, _NO_TEXT, SchoolDomainRow.domain, _NO_DATE, _NO_DATE).where(
        SchoolDomainRow.school_id.in_(VALUES)
    ),
    select(ContractRow.id, ContractRow.school_id, _NO_TEXT, _NO_TEXT, ContractRow.starts_on, ContractRow.ends_on).where(
        ContractRow.school_id.in_(VALUES)
    ),
).order_by("starts_on", "id")


def all_schools(tx: Transaction) -> list[School]:
    """Every registered school, in the order of registration."""
    return _schools(tx, tx.rows(_ALL))


def school(tx: Transaction, school_id: int) -> School:
    """The school with this id; raises NotFound."""
    return _one(_schools(tx, tx.rows_in(_SCHOOLS, [school_id])), str(school_id))


def school_called(tx: Transaction, text: str) -> School:
    """The school with this handle ("S-7F3K", any case), name or alias; raises NotFound, with those that it may mean."""
    known = all_schools(tx)
    found = called(text, known)
    if len(found) == 1:
        return found[0]
    if near := found or find_schools(text, known):
        raise NotFound("'{text}' may be {choice}: write the handle", text=text, choice=choice(near))
    return _one([], text)


def schools_by_id(tx: Transaction, ids: Iterable[int]) -> dict[int, School]:
    """The schools with these ids, by id."""
    return {school.id: school for school in _schools(tx, tx.rows_in(_SCHOOLS, sorted(ids)))}


def save_school(tx: Transaction, school_id: int | None, entry: SchoolEntry) -> School:
    """Writes a new school (None), or the known one anew: names, domains and contracts are exactly those of `entry`."""
    row = SchoolRow(handle=new_handle(tx, SchoolRow.handle, "S")) if school_id is None else None
    row = row or tx.session.get_one(SchoolRow, school_id)
    row.name, row.municipality = entry.name, entry.municipality
    tx.session.add(row)
    tx.session.flush()
    for table in (SchoolAliasRow, SchoolDomainRow, ContractRow):
        tx.session.execute(delete(table).where(table.school_id == row.id))
    tx.session.add_all(SchoolAliasRow(school_id=row.id, alias=alias) for alias in entry.aliases)
    tx.session.add_all(SchoolDomainRow(school_id=row.id, domain=domain) for domain in entry.domains)
    tx.session.add_all(
        ContractRow(school_id=row.id, starts_on=one.starts_on, ends_on=one.ends_on) for one in entry.contracts
    )
    tx.session.flush()
    revisions.changed(tx, revisions.SCHOOLS)
    return school(tx, row.id)


def add_schools(tx: Transaction, entries: Sequence[SchoolEntry]) -> list[str]:
    """Writes many new schools, none of whose names is registered; gives their handles in the same order."""
    handles = new_handles(tx, SchoolRow.handle, "S", len(entries))
    ids = tx.add_many(
        SchoolRow,
        [
            ({}, {"handle": handle, "name": one.name, "municipality": one.municipality})
            for handle, one in zip(handles, entries, strict=True)
        ],
    )
    of_each = list(zip(ids, entries, strict=True))
    tx.add_many(SchoolAliasRow, [({}, {"school_id": at, "alias": name}) for at, one in of_each for name in one.aliases])
    tx.add_many(
        SchoolDomainRow, [({}, {"school_id": at, "domain": name}) for at, one in of_each for name in one.domains]
    )
    tx.add_many(
        ContractRow,
        [
            ({}, {"school_id": at, "starts_on": period.starts_on, "ends_on": period.ends_on})
            for at, one in of_each
            for period in one.contracts
        ],
    )
    revisions.changed(tx, revisions.SCHOOLS)
    return handles


def move_to_school(tx: Transaction, gone: int, kept: int) -> None:
    """Gives all that refers to the school `gone` to `kept`, and deletes it; what it was called is the caller's."""
    known = select(RelationRow.member_id).where(RelationRow.school_id == kept)
    twice = delete(RelationRow).where(RelationRow.school_id == gone, RelationRow.member_id.in_(known))
    tx.session.execute(twice, execution_options={"synchronize_session": False})
    for table in (TeacherRow, AffiliationRow, RelationRow):
        tx.session.execute(update(table).where(table.school_id == gone).values(school_id=kept))
    for own in (SchoolAliasRow, SchoolDomainRow, ContractRow):
        tx.session.execute(delete(own).where(own.school_id == gone))
    tx.session.execute(delete(SchoolRow).where(SchoolRow.id == gone))
    revisions.changed(tx, revisions.SCHOOLS)


def _schools(tx: Transaction, found: Iterable[Any]) -> list[School]:
    rows = list(found)
    ids = [row.id for row in rows]
    aliases: dict[int, list[str]] = defaultdict(list)
    domains: dict[int, list[str]] = defaultdict(list)
    contracts: dict[int, list[Contract]] = defaultdict(list)
    for one in tx.rows_in(_DETAILS, ids):
        if one.alias is not None:
            aliases[one.school_id].append(one.alias)
        elif one.domain is not None:
            domains[one.school_id].append(one.domain)
        else:
            contracts[one.school_id].append(Contract(one.starts_on, one.ends_on))
    return [
        School(
            row.id,
            row.handle,
            row.name,
            tuple(aliases[row.id]),
            row.municipality,
            tuple(domains[row.id]),
            tuple(contracts[row.id]),
        )
        for row in rows
    ]


def _one(found: Sequence[School], name: str) -> School:
    if not found:
        raise NotFound("there is no school {name}: 'mailgate school list' shows them", name=name)
    return found[0]
