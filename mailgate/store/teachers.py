"""Teachers in the register: whose consultations are accepted, under a school's contract or on individual trial."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from mailgate.desk.entries import TeacherEntry
from mailgate.desk.people import Teacher
from mailgate.errors import NotFound
from mailgate.mail.address import Address
from mailgate.store.handles import new_handle, new_handles, read_handle
from mailgate.store.persons import add_persons, is_erased, persons_by_id, save_person
from mailgate.store.schools import schools_by_id
from mailgate.store.tables import PersonAddressRow, PersonRow, TeacherRow
from mailgate.store.transaction import VALUES, Transaction


@dataclass(frozen=True, slots=True)
class TeacherName:
    person_id: int
    handle: str
    name: str
    school_id: int | None


_ALL = select(TeacherRow.__table__).where(~is_erased(TeacherRow.person_id)).order_by(TeacherRow.id)
_BY_ID = _ALL.where(TeacherRow.id.in_(VALUES))
_HANDLES = select(TeacherRow.id, TeacherRow.handle).where(TeacherRow.id.in_(VALUES))
_BY_PERSON = _ALL.where(TeacherRow.person_id.in_(VALUES))
_BY_HANDLE = _ALL.where(TeacherRow.handle == bindparam("handle"))
_BY_ADDRESS = _ALL.join(PersonAddressRow, PersonAddressRow.person_id == TeacherRow.person_id).where(
    PersonAddressRow.address_hash == bindparam("address_hash")
)
_NAMES = select(PersonRow.id, PersonRow.name, TeacherRow.handle, TeacherRow.school_id).join(
    TeacherRow, TeacherRow.person_id == PersonRow.id
)
_BY_SCHOOL = _ALL.where(TeacherRow.school_id == bindparam("school"))


def all_teachers(tx: Transaction) -> list[Teacher]:
    """Every registered teacher, in the order of registration."""
    return _teachers(tx, tx.rows(_ALL))


def teacher(tx: Transaction, teacher_id: int) -> Teacher:
    """The teacher with this id; raises NotFound."""
    return _one(_teachers(tx, tx.rows_in(_BY_ID, [teacher_id])), str(teacher_id))


def handles(tx: Transaction, teacher_ids: Collection[int]) -> dict[int, str]:
    """The handles of the teachers with these ids; opens no name."""
    return {row.id: row.handle for row in tx.rows_in(_HANDLES, teacher_ids)}


def teacher_by_handle(tx: Transaction, handle: str) -> Teacher:
    """The teacher that `handle` ("T-7F3K", any case) names; raises NotFound."""
    return _one(_teachers(tx, tx.rows(_BY_HANDLE, handle=read_handle(handle))), handle)


def teacher_by_address(tx: Transaction, address: Address) -> Teacher | None:
    """The teacher who has registered this address, in whatever spelling."""
    return next(iter(_teachers(tx, tx.rows(_BY_ADDRESS, address_hash=tx.keys.address_hash(address)))), None)


def teacher_of_person(tx: Transaction, person_id: int) -> Teacher | None:
    """The person as a teacher, where they are one."""
    return next(iter(_teachers(tx, tx.rows_in(_BY_PERSON, [person_id]))), None)


def teachers_of_persons(tx: Transaction, person_ids: Iterable[int]) -> dict[int, Teacher]:
    """Those of these persons who are teachers, by person."""
    return {one.person.id: one for one in _teachers(tx, tx.rows_in(_BY_PERSON, sorted(person_ids)))}


def names(tx: Transaction) -> list[TeacherName]:
    """What all teachers are called, and where they teach; opens nothing but the names."""
    return [
        TeacherName(row.id, row.handle, tx.opened(PersonRow, row, "name"), row.school_id) for row in tx.rows(_NAMES)
    ]


def teachers_of_school(tx: Transaction, school_id: int) -> list[Teacher]:
    """All teachers of one school."""
    return _teachers(tx, tx.rows(_BY_SCHOOL, school=school_id))


def save_teacher(tx: Transaction, person_id: int | None, entry: TeacherEntry) -> Teacher:
    """Writes `entry` for a new person (None) or for a known one, who becomes a teacher or is written anew.

    Raises Refused when an address belongs to somebody else.
    """
    person_id = save_person(tx, person_id, entry.person)
    row = tx.session.scalar(select(TeacherRow).where(TeacherRow.person_id == person_id))
    row = row or TeacherRow(handle=new_handle(tx, TeacherRow.handle, "T"), person_id=person_id)
    row.school_id, row.plan = entry.school_id, entry.plan
    row.role, row.years, row.school_type = entry.role, entry.years, entry.school_type
    tx.session.add(row)
    tx.session.flush()
    return teacher(tx, row.id)


def add_teachers(tx: Transaction, entries: Sequence[TeacherEntry]) -> list[Teacher]:
    """Writes many new teachers, none of whose addresses is registered, and gives them in the same order."""
    person_ids = add_persons(tx, [one.person for one in entries])
    handles_of_all = new_handles(tx, TeacherRow.handle, "T", len(entries))
    rows = [
        {
            "handle": handle,
            "person_id": person_id,
            "school_id": one.school_id,
            "role": one.role,
            "years": one.years,
            "school_type": one.school_type,
            "plan": one.plan,
        }
        for handle, person_id, one in zip(handles_of_all, person_ids, entries, strict=True)
    ]
    ids = tx.add_many(TeacherRow, [({}, row) for row in rows])
    return _teachers(tx, tx.rows_in(_BY_ID, ids))


def _teachers(tx: Transaction, found: Iterable[Any]) -> list[Teacher]:
    rows = list(found)
    persons = persons_by_id(tx, [row.person_id for row in rows])
    schools = schools_by_id(tx, {row.school_id for row in rows if row.school_id is not None})
    return [
        Teacher(
            row.id,
            row.handle,
            persons[row.person_id],
            None if row.school_id is None else schools[row.school_id],
            row.role,
            row.years,
            row.school_type,
            row.plan,
        )
        for row in rows
    ]


def _one(found: Sequence[Teacher], name: str) -> Teacher:
    if not found:
        raise NotFound("there is no teacher {name}: 'mailgate teacher list' shows them", name=name)
    return found[0]
