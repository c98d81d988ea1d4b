"""What a shell may suggest while somebody types: numbers, handles and states.

Read as they stand in clear: no key is opened, so no text and no name can come out of here. Before it:
`cli/suggesting.py`, for one press of the TAB key. It makes no file: an SQLite database that is not there has nothing
to suggest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from mailgate.desk.lifecycle import ApplicationState, CaseState, CommentState, InvitationState
from mailgate.desk.people import MemberStatus
from mailgate.store.engine import open_engine, sqlite_file
from mailgate.store.tables import ApplicationRow, CaseRow, CommentRow, InvitationRow, MemberRow

_MOST = 100
"""A longer list helps nobody; a digit more makes it shorter."""
_LARGEST = 2**31 - 1
_NUMBERED: dict[str, tuple[Any, tuple[str, ...]]] = {
    "case": (CaseRow.__table__.c, (CaseState.HELD, CaseState.NEW, CaseState.OPEN, CaseState.ANSWERED)),
    "comment": (CommentRow.__table__.c, (CommentState.HELD, CommentState.PENDING)),
    "application": (ApplicationRow.__table__.c, (ApplicationState.ASKED, ApplicationState.WAITING)),
}
"""The columns of what has a number, and the states in which somebody still works on it."""

Suggestion = tuple[str, str]
"""What may be typed, and the state it is in."""


def numbers(url: str, noun: str, beginning: str) -> list[Suggestion]:
    """The newest cases (comments, applications): those in hand, or with `beginning` all whose number begins so.

    Nothing for another noun, or a beginning that is no number. Raises what the database raises.
    """
    if noun not in _NUMBERED or (beginning and not _is_number(beginning)):
        return []
    columns, in_hand = _NUMBERED[noun]
    wanted = _begins_with(columns.id, beginning) if beginning else columns.state.in_(in_hand)
    return _rows(url, select(columns.id, columns.state).where(wanted).order_by(columns.id.desc()).limit(_MOST))


def member_handles(url: str, beginning: str) -> list[Suggestion]:
    """The members that are not retired, by handle."""
    columns = MemberRow.__table__.c
    wanted = columns.handle.startswith(beginning.upper(), autoescape=True)
    query = select(columns.handle, columns.status).where(wanted, columns.status != MemberStatus.RETIRED)
    return _rows(url, query.order_by(columns.handle).limit(_MOST))


def invited_handles(url: str, case: int, beginning: str) -> list[Suggestion]:
    """The members who are asked in a case and have not answered yet."""
    member, asked = MemberRow.__table__.c, InvitationRow.__table__.c
    query = (
        select(member.handle, asked.state)
        .where(member.id == asked.member_id, asked.case_id == case, asked.state == InvitationState.INVITED)
        .where(member.handle.startswith(beginning.upper(), autoescape=True))
    )
    return _rows(url, query.order_by(member.handle).limit(_MOST))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text[:11]) <= _LARGEST


def _begins_with(column: ColumnElement[int], digits: str) -> ColumnElement[bool]:
    """As ranges, which the primary key answers: 12, 120 to 129, 1200 to 1299, …"""
    return or_(*(column.between(first, last) for first, last in _ranges(int(digits))))


def _ranges(number: int) -> Iterator[tuple[int, int]]:
    width = 1
    while number * width <= _LARGEST:
        yield number * width, min((number + 1) * width - 1, _LARGEST)
        width *= 10


def _rows(url: str, query: Select[Any]) -> list[Suggestion]:
    engine = open_engine(url)
    file = sqlite_file(engine)
    if file is not None and not file.is_file():
        return []
    try:
        with engine.connect() as connection:
            return [(str(value), str(state)) for value, state in connection.execute(query)]
    finally:
        engine.dispose()
