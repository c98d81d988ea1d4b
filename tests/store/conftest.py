"""A migrated database for each test: a copy of one that was migrated once, or (PostgreSQL) the same one emptied.

`database_url` of the root conftest stays the empty one, for the tests of the migrations themselves.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from custody import KEYS
from emptied import make_empty

from mailgate.desk.entries import MemberEntry, PersonEntry
from mailgate.desk.lifecycle import CaseState
from mailgate.desk.people import MemberKind
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.store import cases, invitations, members, migrate, spool
from mailgate.store.database import Database, Transaction
from mailgate.store.intake_seal import IntakeSeals

NOW = datetime(2026, 2, 2, tzinfo=UTC)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "mailgate.db"
    database = Database(f"sqlite:///{path}", KEYS)
    migrate.upgrade(database.engine)
    database.close()
    return path


# One engine for all tests: it keeps the statements that it has compiled, which cost more than all the rest.


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    return Database(f"sqlite:///{tmp_path_factory.mktemp('store')}/mailgate.db", KEYS)


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: Any) -> Iterator[Database]:
    database = Database(postgresql_server.url(postgresql_server.create()), KEYS)
    migrate.upgrade(database.engine)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A database that has the tables and no rows."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    found.intake = IntakeSeals()  # the day keys of the test before are gone
    if request.param == "postgresql":
        make_empty(found)
        return found
    found.close()
    path = Path(found.engine.url.database or "")
    for old in path.parent.glob("mailgate.db*"):
        old.unlink()
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return found


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
