"""Community members in the register, with the affiliations that decide about conflicts.

A member who is also a registered teacher is affiliated with the school of that registration, whatever was written for
the member: readers add it, so that the rule of the same school cannot be missed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select

from mailgate.desk.entries import MemberEntry, entry_of_member
from mailgate.desk.people import Affiliation, Member, MemberStatus, Relation, School
from mailgate.desk.school_names import find_schools
from mailgate.errors import NotFound
from mailgate.store.handles import new_handle, new_handles, read_handle
from mailgate.store.persons import add_persons, is_erased, persons_by_id, save_person
from mailgate.store.schools import all_schools
from mailgate.store.tables import (
    AffiliationRow,
    InvitationRow,
    MemberRow,
    PersonRow,
    RelationRow,
    SchoolRow,
    TeacherRow,
)
from mailgate.store.transaction import VALUES, Transaction

_ALL = select(MemberRow.__table__).where(~is_erased(MemberRow.person_id)).order_by(MemberRow.id)
_BY_ID = _ALL.where(MemberRow.id == bindparam("member_id"))
_BY_HANDLE = _ALL.where(MemberRow.handle == bindparam("handle"))
_BY_PERSON = _ALL.where(MemberRow.person_id == bindparam("person_id"))
_BY_PERSONS = _ALL.where(MemberRow.person_id.in_(VALUES))
_NAMES = select(PersonRow.id, PersonRow.name).join(MemberRow, MemberRow.person_id == PersonRow.id)
_INVITED = _ALL.where(
    MemberRow.id.in_(select(InvitationRow.member_id).where(InvitationRow.case_id == bindparam("case")))
)
_AFFILIATIONS = (
    select(AffiliationRow.__table__, SchoolRow.municipality)
    .join(SchoolRow, SchoolRow.id == AffiliationRow.school_id, isouter=True)
    .where(AffiliationRow.member_id.in_(VALUES))
    .order_by(AffiliationRow.id)
)
RELATIONS = (
    select(
        RelationRow.member_id,
        RelationRow.teacher_id,
        RelationRow.school_id,
        func.coalesce(TeacherRow.handle, SchoolRow.handle).label("handle"),
    )
    .join(TeacherRow, TeacherRow.id == RelationRow.teacher_id, isouter=True)
    .join(SchoolRow, SchoolRow.id == RelationRow.school_id, isouter=True)
    .order_by(RelationRow.id)
)
"""Of everybody; used for the ranking too."""
_RELATIONS_OF = RELATIONS.where(RelationRow.member_id.in_(VALUES))
TEACHING_AT = select(TeacherRow.person_id, SchoolRow.id, SchoolRow.name, SchoolRow.municipality).join(
    SchoolRow, SchoolRow.id == TeacherRow.school_id
)
_TEACHING_AT_OF = TEACHING_AT.where(TeacherRow.person_id.in_(VALUES))


def all_members(tx: Transaction) -> list[Member]:
    """Every registered member of any status, in the order of registration."""
    return _members(tx, tx.rows(_ALL))


def invited_members(tx: Transaction, case: int) -> list[Member]:
    """Everybody who was ever invited in a case, whatever became of it."""
    return _members(tx, tx.rows(_INVITED, case=case))


def member(tx: Transaction, member_id: int) -> Member:
    """The member with this id; raises NotFound."""
    return _one(_members(tx, tx.rows(_BY_ID, member_id=member_id)), str(member_id))


def member_by_handle(tx: Transaction, handle: str) -> Member:
    """The member that `handle` ("M-7F3K", any case) names; raises NotFound."""
    return _one(_members(tx, tx.rows(_BY_HANDLE, handle=read_handle(handle))), handle)


def member_of_person(tx: Transaction, person_id: int) -> Member | None:
    """The person as a member, where they are one."""
    return next(iter(_members(tx, tx.rows(_BY_PERSON, person_id=person_id))), None)


def members_of_persons(tx: Transaction, person_ids: Iterable[int]) -> dict[int, Member]:
    """Those of these persons who are members, by person."""
    return {one.person.id: one for one in _members(tx, tx.rows_in(_BY_PERSONS, sorted(person_ids)))}


def names(tx: Transaction) -> dict[int, str]:
    """What all members are called, by person; opens nothing but the names."""
    return {row.id: tx.opened(PersonRow, row, "name") for row in tx.rows(_NAMES)}


def written_entries(tx: Transaction, members: Sequence[Member]) -> dict[int, MemberEntry]:
    """`written_entry` of many members, by member."""
    affiliations = _affiliations(tx, [one.id for one in members])
    return {one.id: replace(entry_of_member(one), affiliations=_plain(affiliations[one.id])) for one in members}


def written_entry(tx: Transaction, member: Member) -> MemberEntry:
    """What was written for this member: without the affiliation that only a teacher's registration adds."""
    return written_entries(tx, [member])[member.id]


def save_member(
    tx: Transaction, person_id: int | None, entry: MemberEntry, schools: Sequence[School] | None = None
) -> Member:
    """Writes `entry` for a new person (None) or for a known one, who becomes a member or is written anew.

    A new member has the status `applied`; a known one keeps theirs. `schools` are all registered ones, for whoever
    has them at hand. Raises Refused when an address belongs to somebody else.
    """
    person_id = save_person(tx, person_id, entry.person)
    row = tx.session.scalar(select(MemberRow).where(MemberRow.person_id == person_id))
    if row is None:
        handle = new_handle(tx, MemberRow.handle, "M")
        row = MemberRow(handle=handle, person_id=person_id, status=MemberStatus.APPLIED)
    row.kind, row.years, row.monthly_limit = entry.kind, entry.years, entry.monthly_limit
    row.topics = "\n".join(entry.topics)
    tx.seal(row, credential=entry.credential)
    _save_affiliations(tx, row.id, entry.affiliations, all_schools(tx) if schools is None else schools)
    return member(tx, row.id)


def add_members(tx: Transaction, entries: Sequence[MemberEntry], schools: Sequence[School]) -> list[str]:
    """Writes many new members, none of whose addresses is registered; gives their handles in the same order."""
    person_ids = add_persons(tx, [one.person for one in entries])
    handles = new_handles(tx, MemberRow.handle, "M", len(entries))
    rows = [
        (
            {"credential": one.credential},
            {
                "handle": handle,
                "person_id": person_id,
                "kind": one.kind,
                "years": one.years,
                "topics": "\n".join(one.topics),
                "monthly_limit": one.monthly_limit,
                "status": MemberStatus.APPLIED,
            },
        )
        for handle, person_id, one in zip(handles, person_ids, entries, strict=True)
    ]
    ids = tx.add_many(MemberRow, rows)
    _add_affiliations(tx, {member: one.affiliations for member, one in zip(ids, entries, strict=True)}, schools)
    return handles


def set_member_status(
    tx: Transaction,
    member_id: int,
    status: MemberStatus,
    now: datetime | None = None,
    paused_until: date | None = None,
) -> None:
    """Writes the status, of a retired one since when, of a paused one until when; whether the move is allowed was
    decided before (`desk/eligibility.py`)."""
    row = tx.session.get_one(MemberRow, member_id)
    row.status, row.paused_until = status, paused_until
    row.retired_at = now if status is MemberStatus.RETIRED else None


def _members(tx: Transaction, found: Iterable[Any]) -> list[Member]:
    rows = list(found)
    persons = persons_by_id(tx, [row.person_id for row in rows])
    affiliations = _affiliations(tx, [row.id for row in rows])
    relations = _relations(tx, [row.id for row in rows])
    teaching_at = _schools_of_teachers(tx, [row.person_id for row in rows])
    return [
        Member(
            row.id,
            row.handle,
            persons[row.person_id],
            row.kind,
            row.years,
            tx.opened(MemberRow, row, "credential"),
            (*affiliations[row.id], *teaching_at[row.person_id]),
            tuple(row.topics.split("\n")) if row.topics else (),
            row.monthly_limit,
            row.status,
            row.paused_until,
            tuple(relations[row.id]),
        )
        for row in rows
    ]


def _affiliations(tx: Transaction, ids: list[int]) -> dict[int, list[Affiliation]]:
    found: dict[int, list[Affiliation]] = defaultdict(list)
    for row in tx.rows_in(_AFFILIATIONS, ids):
        name, town = tx.opened(AffiliationRow, row, "name"), row.municipality or ""
        found[row.member_id].append(Affiliation(name, row.school_id, row.from_year, row.to_year, town))
    return found


def _schools_of_teachers(tx: Transaction, person_ids: list[int]) -> dict[int, list[Affiliation]]:
    found: dict[int, list[Affiliation]] = defaultdict(list)
    for row in tx.rows_in(_TEACHING_AT_OF, person_ids):
        found[row.person_id].append(Affiliation(row.name, row.id, None, None, row.municipality))
    return found


def _relations(tx: Transaction, ids: list[int]) -> dict[int, list[Relation]]:
    found: dict[int, list[Relation]] = defaultdict(list)
    for row in tx.rows_in(_RELATIONS_OF, ids):
        found[row.member_id].append(Relation(row.teacher_id, row.school_id, row.handle))
    return found


def _plain(affiliations: Iterable[Affiliation]) -> tuple[Affiliation, ...]:
    return tuple(replace(one, school_id=None) for one in affiliations)


def _save_affiliations(
    tx: Transaction, member_id: int, affiliations: Sequence[Affiliation], schools: Sequence[School]
) -> None:
    tx.session.execute(delete(AffiliationRow).where(AffiliationRow.member_id == member_id))
    _add_affiliations(tx, {member_id: affiliations}, schools)


def _add_affiliations(
    tx: Transaction, of_members: Mapping[int, Sequence[Affiliation]], schools: Sequence[School]
) -> None:
    rows = [
        (
            {"name": one.name},
            {
                "member_id": member_id,
                "school_id": one.school_id or _meant(one.name, schools),
                "from_year": one.from_year,
                "to_year": one.to_year,
            },
        )
        for member_id, affiliations in of_members.items()
        for one in affiliations
    ]
    tx.add_many(AffiliationRow, rows)


def _meant(name: str, schools: Sequence[School]) -> int | None:
    """Of several that a name may mean none is picked: the rule of the same school compares names too."""
    meant = find_schools(name, schools)
    return meant[0].id if len(meant) == 1 else None


def _one(found: Sequence[Member], name: str) -> Member:
    if not found:
        raise NotFound("there is no member {name}: 'mailgate member list' shows them", name=name)
    return found[0]
