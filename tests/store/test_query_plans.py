"""What every mail asks is found by an index that fits the question, however many mails and cases there are."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from mailgate.store import reply_tokens, spool
from mailgate.store.spool import Marks
from mailgate.store.transaction import Transaction

NOW = datetime(2026, 2, 2, tzinfo=UTC)
MARKS = Marks("w" * 64, "m" * 64, "t" * 64)


def _plans(tx: Transaction, ask: Callable[[], object]) -> list[str]:
    """How SQLite looks for the rows of each SELECT that `ask` sends."""
    driver = tx.session.connection().connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        pytest.skip("PostgreSQL decides by what is in the tables")
    asked: list[str] = []
    driver.set_trace_callback(asked.append)
    ask()
    driver.set_trace_callback(None)
    selects = [one for one in asked if one.startswith("SELECT")]
    rows = (tx.session.connection().execute(text(f"EXPLAIN QUERY PLAN {one}")).first() for one in selects)
    return [row.detail for row in rows if row is not None]


def test_copies_of_a_mail_are_found_among_those_with_its_marks(tx: Transaction) -> None:
    assert _plans(tx, lambda: spool.cases_of(tx, MARKS)) == ["SEARCH spool USING INDEX ix_spool_whole (whole_hash=?)"]
    assert _plans(tx, lambda: spool.twins(tx, "one", MARKS, NOW)) == [
        "SEARCH spool USING INDEX ix_spool_message_id (message_id_hash=?)",
        "SEARCH spool USING INDEX ix_spool_text (text_hash=?)",
    ]


def test_the_token_of_a_teacher_is_found_among_those_of_the_case(tx: Transaction, case: int) -> None:
    assert _plans(tx, lambda: reply_tokens.give(tx, case, None, secrets.token_bytes)) == [
        "SEARCH reply_tokens USING INDEX ix_reply_tokens_case_id (case_id=?)"
    ]
