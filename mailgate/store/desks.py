"""Which desk a case is of, and which cases a desk looks after: the queries behind `desk/desks.py`.

What stands at a case is the id of the desk that was written to. Which desks there are says the configuration alone; so
a query for the cases of one is told of all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, bindparam, case, func, select

from mailgate.desk.desks import Charge
from mailgate.desk.lifecycle import CaseState
from mailgate.errors import NotFound
from mailgate.mail.reply_address import MAIN_DESK
from mailgate.store.tables import CaseRow
from mailgate.store.transaction import VALUES, Transaction

_DESK = select(CaseRow.desk).where(CaseRow.id == bindparam("number"))
_DESKS = select(CaseRow.id, CaseRow.desk).where(CaseRow.id.in_(VALUES))


def of_case(tx: Transaction, number: int) -> str:
    """The id of the desk of a case; raises NotFound."""
    desk: str | None = tx.rows(_DESK, number=number).first()
    if desk is None:
        raise NotFound("there is no case {number}: 'mailgate case list' shows them", number=number)
    return desk


def of_cases(tx: Transaction, numbers: Collection[int]) -> dict[int, str]:
    """The ids of the desks of some cases, by case."""
    return {row.id: row.desk for row in tx.rows_in(_DESKS, numbers)}


def is_in(charge: Charge) -> ColumnElement[bool]:
    """The cases that a desk looks after, for a query; where no case is joined, what the main one looks after."""
    return case((CaseRow.desk.in_(charge.desks), CaseRow.desk), else_=MAIN_DESK) == charge.desk


def counts_of_others(tx: Transaction, states: Sequence[CaseState], desks: Collection[str]) -> dict[str, int]:
    """How many cases in some states are of desks that are not among these, by the id of their desk."""
    query = (
        select(CaseRow.desk, func.count())
        .where(CaseRow.state.in_(states), CaseRow.desk.not_in(desks))
        .group_by(CaseRow.desk)
        .order_by(CaseRow.desk)
    )
    return {row[0]: row[1] for row in tx.session.execute(query)}
