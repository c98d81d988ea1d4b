from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, delete, func, select, update

from mailgate.desk.lifecycle import CaseState
from mailgate.store.columns import Instant, table_of
from mailgate.store.tables import CaseRow
from mailgate.store.transaction import VALUES, Transaction

NOW = datetime(2026, 2, 2, 9, 30, 15, 123456, tzinfo=UTC)
_cases = table_of(CaseRow)
_STATE = select(_cases.c.id, _cases.c.state, _cases.c.received_at).where(_cases.c.id == bindparam("number"))
_AMONG = select(_cases.c.id).where(_cases.c.id.in_(VALUES)).order_by(_cases.c.id)
_NEW = select(func.count()).where(_cases.c.state.in_([CaseState.NEW, CaseState.OPEN]))
_SINCE = select(_cases.c.id).where(_cases.c.received_at >= bindparam("since", type_=Instant)).limit(bindparam("most"))
_CLOSE = update(_cases).where(_cases.c.id.in_(VALUES)).values(state=bindparam("to"))
_DELETE = delete(_cases).where(_cases.c.id == bindparam("number"))


@pytest.fixture
def numbers(tx: Transaction) -> list[int]:
    """Three new cases."""
    plain = {"version": 1, "state": CaseState.NEW, "sender_hash": "", "mail_date": NOW, "changed_at": NOW}
    return [tx.add(CaseRow, {"subject": f"第{one}件 50%"}, received_at=NOW, **plain) for one in range(3)]


def test_a_row_has_names_and_the_values_of_python(tx: Transaction, numbers: list[int]) -> None:
    row = tx.rows(_STATE, number=numbers[1]).only()
    assert (row.id, row.state, row.received_at) == (numbers[1], CaseState.NEW, NOW)
    assert row.state is CaseState.NEW
    assert tuple(row) == (numbers[1], CaseState.NEW, NOW)


def test_what_is_not_there_is_none(tx: Transaction, numbers: list[int]) -> None:
    nobody = tx.rows(_STATE, number=max(numbers) + 1)
    assert (nobody.only(), nobody.first(), nobody.firsts(), list(nobody)) == (None, None, [], [])


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_list_is_as_long_as_it_is(tx: Transaction, numbers: list[int], count: int) -> None:
    assert tx.rows(_AMONG, values=numbers[:count]).firsts() == numbers[:count]
    assert [row.id for row in tx.rows_in(_AMONG, numbers[:count])] == numbers[:count]


def test_what_stands_in_the_statement_itself_needs_no_value(tx: Transaction, numbers: list[int]) -> None:
    assert tx.rows(_NEW).first() == len(numbers)


def test_an_instant_is_compared_as_one(tx: Transaction, numbers: list[int]) -> None:
    assert tx.rows(_SINCE, since=NOW, most=2).firsts() == numbers[:2]
    assert tx.rows(_SINCE, since=NOW.replace(year=2027), most=2).firsts() == []


def test_a_change_says_how_many_rows_it_changed(tx: Transaction, numbers: list[int]) -> None:
    assert tx.rows(_CLOSE, values=numbers[:2], to=CaseState.CLOSED).changed == 2
    assert [tx.rows(_STATE, number=one).only().state for one in numbers] == ["closed", "closed", "new"]
    assert [tx.rows(_DELETE, number=numbers[0]).changed for _ in range(2)] == [1, 0]


def test_a_missing_value_is_a_bug_that_shows(tx: Transaction) -> None:
    with pytest.raises(KeyError, match="number"):
        tx.rows(_STATE)


def test_an_added_row_has_the_defaults_of_its_table(tx: Transaction, numbers: list[int]) -> None:
    row = tx.session.get_one(CaseRow, numbers[0])
    assert (row.round, row.held_reason, row.assignee, row.due_at) == (1, "", "", None)
    assert tx.unseal(row, "subject") == "第0件 50%"


def test_what_the_session_holds_is_written_before_a_statement_looks(tx: Transaction, numbers: list[int]) -> None:
    tx.session.get_one(CaseRow, numbers[0]).state = CaseState.SPAM
    assert tx.rows(_NEW).first() == len(numbers) - 1
