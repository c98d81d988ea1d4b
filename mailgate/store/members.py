"""Community members in the register, with the affiliations that decide about conflicts.

A member who is also a registered teacher is affiliated with the school of that registration, whatever was written for
the member: readers add it, so that the rule of the same school cannot be missed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select

from mailgate.desk.entries import MemberEntry, entry_of_member
from mailgate.desk.people import Affiliation, Member, MemberStatus, School
from mailgate.desk.school_names import find_schools
from mailgate.errors import NotFound
from mailgate.store.database import VALUES, Transaction
from mailgate.store.handles import new_handle, read_handle
from mailgate.store.persons import ERASED, persons_by_id, save_person
from mailgate.store.schools import all_schools
from mailgate.store.tables import AffiliationRow, InvitationRow, MemberRow, SchoolRow, TeacherRow

_ALL = select(MemberRow.__table__).where(MemberRow.person_id.not_in(ERASED)).order_by(MemberRow.id)
_BY_ID = _ALL.where(MemberRow.id == bindparam("member_id"))
_BY_HANDLE = _ALL.where(MemberRow.handle == bindparam("handle"))
_BY_PERSON = _ALL.where(MemberRow.person_id == bindparam("person_id"))
_INVITED = _ALL.where(
    MemberRow.id.in_(select(InvitationRow.member_id).where(InvitationRow.case_id == bindparam("case")))
)
_AFFILIATIONS = select(AffiliationRow.__table__).where(AffiliationRow.member_id.in_(VALUES)).order_by("id")
_TEACHING_AT = (
    select(TeacherRow.person_id, SchoolRow.id, SchoolRow.name)
    .join(SchoolRow, SchoolRow.id == TeacherRow.school_id)
    .where(TeacherRow.person_id.in_(VALUES))
)


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


def written_entry(tx: Transaction, member: Member) -> MemberEntry:
    """What was written for this member: without the affiliation that only a teacher's registration adds."""
    return replace(entry_of_member(member), affiliations=_plain(_affiliations(tx, [member.id])[member.id]))


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


def set_member_status(tx: Transaction, member_id: int, status: MemberStatus, now: datetime | None = None) -> None:
    """Writes the status, of a retired one since when; whether the move is allowed was decided before
    (`desk/eligibility.py`)."""
    row = tx.session.get_one(MemberRow, member_id)
    row.status = status
    row.retired_at = now if status is MemberStatus.RETIRED else None


def _members(tx: Transaction, found: Iterable[Any]) -> list[Member]:
    rows = list(found)
    persons = persons_by_id(tx, [row.person_id for row in rows])
    affiliations = _affiliations(tx, [row.id for row in rows])
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
        )
        for row in rows
    ]


def _affiliations(tx: Transaction, ids: list[int]) -> dict[int, list[Affiliation]]:
    found: dict[int, list[Affiliation]] = defaultdict(list)
    for row in tx.rows_in(_AFFILIATIONS, ids):
        one = Affiliation(tx.opened(AffiliationRow, row, "name"), row.school_id, row.from_year, row.to_year)
        found[row.member_id].append(one)
    return found


def _schools_of_teachers(tx: Transaction, person_ids: list[int]) -> dict[int, list[Affiliation]]:
    found: dict[int, list[Affiliation]] = defaultdict(list)
    for row in tx.rows_in(_TEACHING_AT, person_ids):
        found[row.person_id].append(Affiliation(row.name, row.id, None, None))
    return found


def _plain(affiliations: Iterable[Affiliation]) -> tuple[Affiliation, ...]:
    return tuple(replace(one, school_id=None) for one in affiliations)


def _save_affiliations(
    tx: Transaction, member_id: int, affiliations: Sequence[Affiliation], schools: Sequence[School]
) -> None:
    tx.session.execute(delete(AffiliationRow).where(AffiliationRow.member_id == member_id))
    for one in affiliations:
        school_id = one.school_id or _meant(one.name, schools)
        row = AffiliationRow(member_id=member_id, school_id=school_id, from_year=one.from_year, to_year=one.to_year)
        tx.seal(row, name=one.name)


def _meant(name: str, schools: Sequence[School]) -> int | None:
    """Of several that a name may mean none is picked: the rule of the same school compares names too."""
    meant = find_schools(name, schools)
    return meant[0].id if len(meant) == 1 else None


def _one(found: Sequence[Member], name: str) -> Member:
    if not found:
        raise NotFound(f"there is no member {name}: 'mailgate member list' shows them")
    return found[0]
