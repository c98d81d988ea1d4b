"""A small desk for the tests of the flows and of what stands above them: a register of invented people, a clock to
turn, and mails to write.

`desk` runs on both databases; `quick_desk` on SQLite alone, for rules that no database decides. Nothing here opens a
socket: a mail is accepted and handled by calls, a mail that went out is read in the outbox.
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from custody import KEYS
from emptied import lay, make_empty, rows_of
from sqlalchemy import select

from mailgate.desk.desks import DeskPolicy, Desks
from mailgate.desk.entries import MemberEntry, PersonEntry, SchoolEntry, TeacherEntry
from mailgate.desk.lifecycle import CommentState
from mailgate.desk.people import Contract, Member, MemberKind, MemberStatus, Plan, Teacher
from mailgate.desk.policy import Policy
from mailgate.desk.trust import AuthenticationPolicy
from mailgate.flow import compilation, invite, review, screen
from mailgate.flow.accept import Acceptance
from mailgate.flow.context import Office
from mailgate.flow.process import process_next, process_waiting
from mailgate.flow.release_comment import release_comment
from mailgate.flow.render import Renderers
from mailgate.flow.review import Decisions
from mailgate.mail.address import Address, parse_address
from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Message
from mailgate.mail.parse import parse
from mailgate.mail.reply_address import MAIN_DESK, OwnAddresses
from mailgate.store import (
    cases,
    comments,
    invitations,
    members,
    outbox,
    reply_tokens,
    schools,
    sending,
    spool,
    teachers,
)
from mailgate.store.database import Database
from mailgate.store.intake_seal import IntakeSeals
from mailgate.store.tables import AuditRow

START = datetime(2026, 2, 2, 0, 30, tzinfo=UTC)
DOMAIN = "mado.example"
TEACHER = "haruka@minami.example"
POLICY = Policy(
    desks=Desks(DeskPolicy(MAIN_DESK, "先生の窓口", "ja", invitation_days=7, reminder_days=2, answer_days=10)),
    timezone=ZoneInfo("Asia/Tokyo"),
    addresses=OwnAddresses(DOMAIN),
    authentication=AuthenticationPolicy.OFF,
    trusted_authserv_ids=frozenset({"mx.mado.example"}),
    quiet_days=30,
    retention_days=365,
    k_anonymity=1,
    retry_hours=96,
)


@dataclass
class Clock:
    """Stands still but for one microsecond at each look, so that what came later is later."""

    now: datetime = START

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Desk:
    """An office with one school, one teacher of it, and three members of other places."""

    office: Office
    clock: Clock
    teacher: Teacher
    members: list[Member]
    _count: int = field(default=0)

    # What comes in

    def mail(
        self,
        sender: str = TEACHER,
        body: str = "相談いたします。",
        *,
        subject: str = "ご相談",
        message_id: str = "",
        answers: str = "",
        headers: Sequence[str] = (),
    ) -> bytes:
        """One mail as it comes from outside; `answers` is the Message-ID of ours that it replies to."""
        self._count += 1
        lines = [
            f"From: {sender}",
            f"To: soudan@{DOMAIN}",
            f"Subject: =?utf-8?b?{base64.b64encode(subject.encode()).decode()}?=",
            f"Date: {format_datetime(self.clock.now)}",
            f"Message-ID: {message_id or f'<{self._count}@client.example>'}",
            *([f"In-Reply-To: {answers}"] if answers else []),
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            *headers,
        ]
        return "\r\n".join([*lines, "", *body.split("\n"), ""]).encode()

    def accept(self, raw: bytes, to: str = f"soudan@{DOMAIN}", reverse_path: str | None = TEACHER) -> str:
        """The queue id, as after the 250."""
        envelope = Envelope(_address(reverse_path) if reverse_path else None, tuple(map(_address, to.split())))
        return Acceptance(self.office, lambda: None).accept(envelope, raw)

    def process(self) -> int:
        """Handles everything that is due; how many mails that was."""
        count = 0
        while process_next(self.office) or process_waiting(self.office):
            count += 1
        return count

    def receive(self, raw: bytes, to: str = f"soudan@{DOMAIN}", reverse_path: str | None = TEACHER) -> spool.SpoolEntry:
        """A mail that is accepted and handled; what became of it."""
        queue_id = self.accept(raw, to, reverse_path)
        self.process()
        return self.spooled(queue_id)

    def write(
        self, sender: str = TEACHER, body: str = "相談いたします。", *, to: str = "", **more: Any
    ) -> spool.SpoolEntry:
        """Somebody writes to the desk or to a reply address."""
        return self.receive(self.mail(sender, body, **more), to or f"soudan@{DOMAIN}", sender)

    # What operators do

    def run(self, flow: Callable[..., Any], *given: Any, by: str = "operator:yui") -> Any:
        """One flow in a transaction of its own."""
        with self.office.write(by) as ctx:
            return flow(ctx, *given)

    def held_comment(self, invited: invite.Invited, words: str = "私用から送ります") -> int:
        """The id of a comment that came for an invitation from an address that is not the member's."""
        self.write("private@other.example", words, to=self.reply_address(invited.invitation))
        with self.office.read() as ctx:
            return comments.listing(ctx.tx, [CommentState.HELD])[-1].id

    def release_comment(self, comment_id: int, by: str = "operator:yui") -> int:
        return release_comment(self.office, comment_id, by)

    def open_case(self, body: str = "保護者対応で困っています。") -> int:
        entry = self.write(body=body)
        assert entry.case is not None
        return entry.case

    def approve(self, number: int) -> None:
        screen.screen_case(self.office, number)
        self.run(review.check_round, number, Decisions(redact_rest=True, keep=frozenset()))

    def invite(self, number: int, *which: int) -> list[invite.Invited]:
        """Approves the text and invites the members at these places of `members` (the first without any)."""
        self.approve(number)
        handles = [self.members[place].handle for place in which or (0,)]
        return list(self.run(invite.invite, number, handles))

    def comment(
        self, invited: invite.Invited, body: str = "まずは記録を残してください。", **more: Any
    ) -> spool.SpoolEntry:
        """The invited member answers by Reply."""
        return self.write(self.address_of(invited.handle), body, to=self.reply_address(invited.invitation), **more)

    def approve_comments(self, number: int) -> list[int]:
        screen.screen_case(self.office, number)
        pending = [one.id for one in self.comments(number) if one.state is CommentState.PENDING]
        for one in pending:
            self.run(review.check_comment, one, Decisions(redact_rest=True))
            self.run(review.approve_comment, one)
        return pending

    def answered_case(self, body: str = "保護者対応で困っています。") -> tuple[int, invite.Invited]:
        """A case that has gone all the way to its answer."""
        number = self.open_case(body)
        (invited,) = self.invite(number)
        self.comment(invited)
        self.approve_comments(number)
        self.run(compilation.answer, number, self.case(number).version)
        return number, invited

    # What is there

    def case(self, number: int) -> cases.Case:
        with self.office.read() as ctx:
            return cases.get(ctx.tx, number)

    def cases(self) -> list[cases.Case]:
        with self.office.read() as ctx:
            return cases.listing(ctx.tx, [])

    def comments(self, number: int) -> list[comments.Comment]:
        with self.office.read() as ctx:
            return comments.of_case(ctx.tx, number)

    def invitation(self, invitation: int) -> invitations.Invitation:
        with self.office.read() as ctx:
            return invitations.get(ctx.tx, invitation)

    def spooled(self, queue_id: str) -> spool.SpoolEntry:
        with self.office.read() as ctx:
            return spool.entry(ctx.tx, queue_id)

    def outbox(self, kind: str = "") -> list[outbox.OutboxEntry]:
        """The composed mails, oldest first; all, or those of one kind."""
        with self.office.read() as ctx:
            found = outbox.entries(ctx.tx, [])
        return [one for one in reversed(found) if kind in ("", one.kind)]

    def kinds(self) -> list[str]:
        """The kinds of all composed mails, in alphabetical order."""
        return sorted(one.kind for one in self.outbox())

    def letter(self, kind: str) -> Message:
        """The one composed mail of this kind."""
        (one,) = self.outbox(kind)
        return self.read(one.id)

    def read(self, outbox_id: str) -> Message:
        with self.office.read() as ctx:
            return parse(outbox.octets_of(ctx.tx, outbox_id))

    def send_out(self) -> None:
        """Everything that waits to be sent was taken by the relay."""
        with self.office.write() as ctx:
            for one in outbox.entries(ctx.tx, outbox.WAITING):
                sending.mark_sent(ctx.tx, one.id, ctx.now, "250")

    def reply_address(self, invitation: int | None = None, case: int = 0) -> str:
        """Where the answer to a mail of ours goes: of an invitation, or of the teacher of a case."""
        with self.office.write() as ctx:
            case = case or invitations.get(ctx.tx, invitation or 0).case
            token = reply_tokens.give(ctx.tx, case, invitation, ctx.random_bytes)
        return str(self.office.policy.addresses.reply_address(token))

    def address_of(self, handle: str) -> str:
        return next(str(one.person.addresses[0]) for one in self.members if one.handle == handle)

    def audit(self) -> list[tuple[str, str]]:
        """(actor, action) of every line of the log."""
        with self.office.read() as ctx:
            return [(row.actor, row.action) for row in ctx.tx.session.scalars(select(AuditRow).order_by(AuditRow.id))]

    def with_policy(self, **changes: Any) -> Desk:
        """The same desk under other settings; those that each desk has for itself are of the main one."""
        policy = self.office.policy
        own = {key: changes.pop(key) for key in [*changes] if key in {field.name for field in fields(DeskPolicy)}}
        desks = changes.pop("desks", replace(policy.desks, main=replace(policy.desks.main, **own)))
        return replace(self, office=replace(self.office, policy=replace(policy, desks=desks, **changes)))


def _address(text: str) -> Address:
    address = parse_address(text)
    assert address is not None
    return address


def _furnish(database: Database) -> None:
    """The people of the desk, all invented."""
    with database.write() as tx:
        year = Contract(date(2025, 4, 1), date(2026, 3, 31))
        school = schools.save_school(tx, None, SchoolEntry("森野市立南小学校", ("南小",), "森野市", (), (year,)))
        haruka = PersonEntry("水原 遥香", "みずはら はるか", (_address(TEACHER), _address("haruka@home.example")))
        teachers.save_teacher(tx, None, TeacherEntry(haruka, school.id, "教諭", 12, "小学校", Plan.SCHOOL))
        people = (
            ("戸田 文也", "toda@law.example", MemberKind.LAWYER, None, ("保護者対応",)),
            ("蔵本 千尋", "kuramoto@former.example", MemberKind.FORMER_TEACHER, 30, ("学級経営",)),
            ("沢渡 理央", "sawatari@heart.example", MemberKind.PSYCHOLOGIST, None, ()),
        )
        for name, address, kind, years, topics in people:
            person = PersonEntry(name, "", (_address(address),))
            member = members.save_member(tx, None, MemberEntry(person, kind, years, "", (), topics, None))
            members.set_member_status(tx, member.id, MemberStatus.ACTIVE)


# What a process has once is made once here too: an engine keeps the statements that it has compiled, a renderer its
# templates. Made anew for each test they would cost more than all the rest.


@pytest.fixture(scope="session")
def renderers() -> Renderers:
    return Renderers()


@pytest.fixture(scope="session")
def furnished_sqlite(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Path:
    """The file that each test gets a copy of."""
    path = tmp_path_factory.mktemp("furnished") / "mailgate.db"
    shutil.copy(migrated_file, path)
    database = Database(f"sqlite:///{path}", KEYS)
    _furnish(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    return Database(f"sqlite:///{tmp_path_factory.mktemp('quick')}/mailgate.db", KEYS)


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: Any, migrated_name: str) -> Iterator[Database]:
    database = Database(postgresql_server.url(postgresql_server.create(migrated_name)), KEYS)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest) -> Database:
    """A database that has the tables and no rows."""
    database: Database = request.getfixturevalue(f"{request.param}_database")
    database.intake = IntakeSeals()  # the day keys of the test before are gone
    if request.param == "postgresql":
        make_empty(database)
    else:
        replace_file(database, request.getfixturevalue("migrated_file").read_bytes())
    return database


def replace_file(database: Database, octets: bytes) -> None:
    """From now on the database, one of SQLite, is what its file says that has these octets."""
    database.close()
    path = Path(database.engine.url.database or "")
    for old in path.parent.glob("mailgate.db*"):
        old.unlink()
    path.write_bytes(octets)


def _desk(database: Database, renderers: Renderers) -> Desk:
    clock = Clock()
    database.intake = IntakeSeals()  # the day keys of the test before are gone
    with database.read() as tx:
        (teacher,), everybody = teachers.all_teachers(tx), members.all_members(tx)
    return Desk(Office(database, POLICY, renderers, clock=clock), clock, teacher, everybody)


@pytest.fixture
def quick_desk(furnished_sqlite: Path, sqlite_database: Database, renderers: Renderers) -> Desk:
    replace_file(sqlite_database, furnished_sqlite.read_bytes())
    return _desk(sqlite_database, renderers)


@pytest.fixture(scope="session")
def furnished_postgresql(postgresql_database: Database) -> str:
    """The rows that each test begins with."""
    make_empty(postgresql_database)
    _furnish(postgresql_database)
    return rows_of(postgresql_database)


@pytest.fixture
def postgresql_desk(postgresql_database: Database, furnished_postgresql: str, renderers: Renderers) -> Desk:
    lay(postgresql_database, furnished_postgresql)
    return _desk(postgresql_database, renderers)


@pytest.fixture
def own_desk(furnished_sqlite: Path, tmp_path: Path, renderers: Renderers) -> Iterator[Desk]:
    """On SQLite, with an engine that the test may listen to."""
    shutil.copy(furnished_sqlite, tmp_path / "mailgate.db")
    database = Database(f"sqlite:///{tmp_path}/mailgate.db", KEYS)
    yield _desk(database, renderers)
    database.close()


@pytest.fixture(params=["quick_desk", "postgresql_desk"], ids=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest) -> Desk:
    found: Desk = request.getfixturevalue(request.param)
    return found
