"""A migrated database for each test: a copy of one that was migrated once, or (PostgreSQL) the same one emptied.

`database_url` of the root conftest stays the empty one, for the tests of the migrations themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from mailgate.desk.entries import MemberEntry, PersonEntry
from mailgate.desk.lifecycle import CaseState
from mailgate.desk.people import MemberKind
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.store import cases, invitations, members, spool
from mailgate.store.database import Database
from mailgate.store.transaction import Transaction

NOW = datetime(2026, 2, 2, tzinfo=UTC)


@pytest.fixture
def database(empty_database: Database) -> Database:
    """A database that has the tables and no rows."""
    return empty_database


@pytest.fixture
def tx(database: Database) -> Iterator[Transaction]:
    """One write transaction for a whole test."""
    with database.write() as tx:
        yield tx


# What other rows refer to


@pytest.fixture
def spool_id(tx: Transaction) -> str:
    """A mail that texts may come from."""
    spool.put(tx, "mail1", Envelope(None, (Address("soudan", "mado.example"),)), b"", NOW)
    return "mail1"


@pytest.fixture
def case(tx: Transaction) -> int:
    sender = Address("haruka", "minami.example")
    return cases.open_case(tx, cases.NewCase(CaseState.NEW, "", None, sender, "ご相談", NOW, NOW, None))


@pytest.fixture
def member_ids(tx: Transaction) -> list[int]:
    """Three members."""
    people = [PersonEntry(f"会員{number}", "", (Address(f"m{number}", "members.example"),)) for number in range(3)]
    entries = [MemberEntry(person, MemberKind.LAWYER, None, "", (), (), None) for person in people]
    return [members.save_member(tx, None, entry).id for entry in entries]


@pytest.fixture
def invitation(tx: Transaction, case: int, member_ids: list[int]) -> int:
    """Of the first member, due in a week."""
    return invitations.add(tx, case, 1, member_ids[0], NOW + timedelta(days=7), NOW)
