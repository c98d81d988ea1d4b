"""The case queue: open, find, change, list. What may follow what is asked of `desk/lifecycle.py` by the flows above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, select

from mailgate.desk.desks import Charge
from mailgate.desk.lifecycle import CaseState
from mailgate.desk.people import Plan
from mailgate.errors import NotFound, Refused
from mailgate.mail.address import Address, parse_address
from mailgate.mail.reply_address import MAIN_DESK
from mailgate.phrase import Phrase
from mailgate.store.desks import is_in
from mailgate.store.tables import CaseRow, NoteRow, SchoolRow, TagRow, TeacherRow
from mailgate.store.transaction import VALUES, Transaction

_HELD = select(CaseRow.id).where(CaseRow.state == CaseState.HELD, CaseRow.sender_hash.in_(VALUES))
_OVER = (CaseState.CLOSED, CaseState.WITHDRAWN, CaseState.SPAM)
_CASE = select(CaseRow.__table__).where(CaseRow.id == bindparam("number"))


@dataclass(frozen=True, slots=True)
class NewCase:
    state: CaseState
    held_reason: str
    teacher_id: int | None
    sender: Address | None
    """Who wrote; None when the mail names no single author."""
    subject: str
    received_at: datetime
    mail_date: datetime
    """The day that decides about the contract."""
    due_at: datetime | None
    desk: str = MAIN_DESK
    """The id of the desk that was written to."""


@dataclass(frozen=True, slots=True)
class Case:
    number: int
    version: int
    """Counts the changes: whoever decides on what they saw, says which version that was."""
    state: CaseState
    held_reason: str
    round: int
    teacher_id: int | None
    sender: Address | None
    subject: str
    assignee: str
    received_at: datetime
    mail_date: datetime
    due_at: datetime | None
    changed_at: datetime
    destroyed_at: datetime | None = None
    """Since then only numbers are left of it, and nothing changes any more."""
    desk: str = MAIN_DESK
    """The id of its desk, for ever; who looks after it: `Desks.in_charge`."""


@dataclass(frozen=True, slots=True)
class Note:
    author: str
    written_at: datetime
    text: str


def open_case(tx: Transaction, new: NewCase) -> int:
    """Adds a case in its first round and gives its number."""
    number: int = tx.add(
        CaseRow,
        {"sender": new.sender.wire if new.sender else "", "subject": new.subject},
        version=1,
        state=new.state,
        held_reason=new.held_reason,
        desk=new.desk,
        teacher_id=new.teacher_id,
        sender_hash=tx.keys.address_hash(new.sender) if new.sender else "",
        received_at=new.received_at,
        mail_date=new.mail_date,
        due_at=new.due_at,
        changed_at=new.received_at,
    )
    return number


def get(tx: Transaction, number: int) -> Case:
    """The case; raises NotFound."""
    return _case(tx, _found(tx, number))


def _found(tx: Transaction, number: int) -> Any:
    row = tx.rows(_CASE, number=number).only()
    if row is None:
        raise _missing(number)
    return row


def get_for_change(tx: Transaction, number: int) -> Case:
    """The case, locked until the transaction ends, so that two mails or operators change it one after the other.
    Raises NotFound, and Refused for a destroyed one."""
    query = select(CaseRow).where(CaseRow.id == number).with_for_update().execution_options(populate_existing=True)
    row = tx.session.scalar(query)
    if row is None:
        raise _missing(number)
    tx.kept.append(row)
    _refuse_destroyed(row)
    return _case(tx, row)


def set_state(tx: Transaction, number: int, state: CaseState, now: datetime) -> None:
    row = _row(tx, number)
    row.state, row.changed_at = state, now
    if state is not CaseState.HELD:
        row.held_reason = ""


def set_held_reason(tx: Transaction, number: int, reason: str, teacher_id: int, now: datetime) -> None:
    """Why a held case waits from now on, and whose it is. Nothing happens where that is so already."""
    row = _row(tx, number)
    if (row.held_reason, row.teacher_id) != (reason, teacher_id):
        row.held_reason, row.teacher_id, row.changed_at = reason, teacher_id, now


def touch(tx: Transaction, number: int, now: datetime) -> None:
    """Something that belongs to the case changed: who looked before has not seen it."""
    _row(tx, number).changed_at = now


def start_round(tx: Transaction, number: int, due_at: datetime, now: datetime) -> int:
    """The next round of the same case, back in the queue; gives its number."""
    row = _row(tx, number)
    row.round, row.state, row.due_at, row.changed_at = row.round + 1, CaseState.NEW, due_at, now
    return row.round


def set_teacher(tx: Transaction, number: int, teacher_id: int, due_at: datetime) -> None:
    """Says whose case it is, once the register knows."""
    row = _row(tx, number)
    row.teacher_id, row.due_at = teacher_id, due_at


def assign(tx: Transaction, number: int, assignee: str, now: datetime) -> None:
    row = _row(tx, number)
    row.assignee, row.changed_at = assignee, now


def add_note(tx: Transaction, number: int, author: str, text: str, now: datetime) -> None:
    """Raises NotFound, and Refused for a destroyed case."""
    _refuse_destroyed(_found(tx, number))
    tx.add(NoteRow, {"text": text}, case_id=number, author=author, written_at=now)


def notes(tx: Transaction, number: int) -> list[Note]:
    rows = tx.session.scalars(select(NoteRow).where(NoteRow.case_id == number).order_by(NoteRow.id))
    return [Note(row.author, row.written_at, tx.unseal(row, "text")) for row in rows]


def tags(tx: Transaction, number: int) -> tuple[str, ...]:
    """The topics of a case, in the order in which they were given."""
    return tuple(tx.session.scalars(select(TagRow.tag).where(TagRow.case_id == number).order_by(TagRow.id)))


def tags_of(tx: Transaction, numbers: Collection[int]) -> dict[int, list[str]]:
    """The topics of some cases, by case."""
    found: dict[int, list[str]] = {number: [] for number in numbers}
    query = select(TagRow.case_id, TagRow.tag).where(TagRow.case_id.in_(numbers)).order_by(TagRow.id)
    for row in tx.session.execute(query):
        found[row.case_id].append(row.tag)
    return found


def tag(tx: Transaction, number: int, words: Collection[str]) -> None:
    """Adds what is not there yet."""
    for word in sorted(set(words) - set(tags(tx, _row(tx, number).id))):
        tx.session.add(TagRow(case_id=number, tag=word))


def untag(tx: Transaction, number: int, words: Collection[str]) -> None:
    tx.session.execute(delete(TagRow).where(TagRow.case_id == number, TagRow.tag.in_(words)))


def listing(
    tx: Transaction,
    states: Sequence[CaseState],
    assignee: str = "",
    limit: int | None = None,
    charge: Charge | None = None,
) -> list[Case]:
    """The cases, oldest first; in any state when `states` is empty, of any desk without a `charge`.

    With a `limit` these are the oldest of those that may still wait for somebody, and where there are fewer the newest
    of those that are over: who waits longest is never left out.
    """
    if limit is None:
        asked = select(CaseRow).where(*_asked_for(states, assignee, charge))
        rows = list(tx.session.scalars(asked.order_by(CaseRow.id)))
    else:
        wanted, others = states or list(CaseState), _asked_for((), assignee, charge)
        rows = _some(tx, [one for one in wanted if one not in _OVER], others, limit, newest=False)
        rows += _some(tx, [one for one in wanted if one in _OVER], others, limit - len(rows), newest=True)
    tx.keys.fetch(row.subject for row in rows)
    return [_case(tx, row) for row in sorted(rows, key=lambda row: row.id)]


def _some(
    tx: Transaction, states: Sequence[CaseState], others: Sequence[ColumnElement[bool]], limit: int, *, newest: bool
) -> list[CaseRow]:
    """The oldest or newest in these states. A question for each state: an index has its numbers in order, so no more
    than `limit` are looked at, however many there are."""
    query = select(CaseRow).where(*others).order_by(CaseRow.id.desc() if newest else CaseRow.id).limit(limit)
    found = [row for state in states for row in tx.session.scalars(query.where(CaseRow.state == state))]
    return sorted(found, key=lambda row: row.id, reverse=newest)[:limit]


def count(tx: Transaction, states: Sequence[CaseState], assignee: str = "", charge: Charge | None = None) -> int:
    """How many cases `listing` has without a limit."""
    query = select(func.count()).select_from(CaseRow).where(*_asked_for(states, assignee, charge))
    return tx.session.scalar(query) or 0


def _asked_for(states: Sequence[CaseState], assignee: str, charge: Charge | None) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = [CaseRow.state.in_(states)] if states else []
    if assignee:
        asked.append(CaseRow.assignee == assignee)
    return asked if charge is None else [*asked, is_in(charge)]


def held_of(tx: Transaction, addresses: Collection[Address]) -> list[int]:
    """The held cases that one of these addresses has written."""
    return sorted(row.id for row in tx.rows_in(_HELD, (tx.keys.address_hash(address) for address in addresses)))


def unfinished_of(tx: Transaction, teacher_id: int) -> list[int]:
    """The cases of a teacher that are not over."""
    query = select(CaseRow.id).where(CaseRow.teacher_id == teacher_id, CaseRow.state.not_in(_OVER))
    return list(tx.session.scalars(query.order_by(CaseRow.id)))


def written_by(tx: Transaction, address: Address, since: datetime, until: datetime) -> list[int]:
    """The cases that this address has opened between two moments."""
    query = select(CaseRow.id).where(
        CaseRow.sender_hash == tx.keys.address_hash(address), CaseRow.received_at.between(since, until)
    )
    return list(tx.session.scalars(query.order_by(CaseRow.id)))


def dates_by_school(tx: Transaction) -> dict[int, list[datetime]]:
    """When the consultations were written that each school's contract paid for, by school; opens nothing of a case.

    Counted are those that came into the queue, of the teachers whom the school has now.
    """
    query = (
        select(SchoolRow.id, CaseRow.mail_date)
        .join(TeacherRow, CaseRow.teacher_id == TeacherRow.id)
        .join(SchoolRow, TeacherRow.school_id == SchoolRow.id)
        .where(TeacherRow.plan == Plan.SCHOOL, CaseRow.state.not_in((CaseState.HELD, CaseState.SPAM)))
    )
    found: dict[int, list[datetime]] = defaultdict(list)
    for row in tx.session.execute(query):
        found[row[0]].append(row[1])
    return found


def quiet_since(tx: Transaction, state: CaseState, before: datetime) -> list[int]:
    """The cases in `state` that nothing has happened to since `before`."""
    query = select(CaseRow.id).where(CaseRow.state == state, CaseRow.changed_at < before)
    return list(tx.session.scalars(query.order_by(CaseRow.id)))


def _row(tx: Transaction, number: int) -> CaseRow:
    row = tx.session.get(CaseRow, number)
    if row is None:
        raise _missing(number)
    tx.kept.append(row)
    _refuse_destroyed(row)
    return row


def _refuse_destroyed(row: Any) -> None:
    if row.destroyed_at is not None:
        raise Refused(
            "case {number} was destroyed: nothing can be done with it; mailgate case show {number} says when",
            number=row.id,
        )


def _missing(number: int) -> NotFound:
    return NotFound("there is no case {number}: 'mailgate case list' shows them", number=number)


KEY_DESTROYED = Phrase("(its key was destroyed: mailgate case destroy NUMBER --now finishes that)")
"""What stands for the subject of a case that came back with a restored database."""


def _case(tx: Transaction, row: Any) -> Case:
    """`row` is one that `Transaction.rows` gave, or an object."""
    return Case(
        number=row.id,
        version=row.version,
        state=row.state,
        held_reason=row.held_reason,
        round=row.round,
        teacher_id=row.teacher_id,
        sender=parse_address(tx.opened_or(CaseRow, row, "sender", "")),
        subject=tx.opened_or(CaseRow, row, "subject", KEY_DESTROYED),
        assignee=row.assignee,
        received_at=row.received_at,
        mail_date=row.mail_date,
        due_at=row.due_at,
        changed_at=row.changed_at,
        destroyed_at=row.destroyed_at,
        desk=row.desk,
    )
