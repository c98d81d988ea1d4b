"""A desk as `serve` has it, under `enforce`, with a name server on loopback that it asks; and mails to be sent to it.

Haruka of minami.example is registered; her domain signs, names one host in SPF, and asks to reject what does not pass.
Toda of law.example is an invited member; that domain publishes nothing. evil.example has everything right for itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from custody import open_keys, write_keys
from loopback_dns import LoopbackDns, key_record, signed

from mailgate.config import load
from mailgate.desk.entries import MemberEntry, PersonEntry, SchoolEntry, TeacherEntry
from mailgate.desk.lifecycle import CaseState, CommentState
from mailgate.desk.people import Contract, MemberKind, MemberStatus, Plan
from mailgate.flow import invite, review, screen
from mailgate.flow.accept import Acceptance
from mailgate.flow.context import Office
from mailgate.flow.process import process_next
from mailgate.flow.review import Decisions
from mailgate.flow.round_text import text_of_round
from mailgate.mail.address import parse_address
from mailgate.mail.envelope import Envelope
from mailgate.office import open_office
from mailgate.store import cases, comments, invitations, members, outbox, reply_tokens, schools, spool, teachers

DESK = "soudan@desk.example.jp"
HARUKA = "haruka@minami.example"
GOOD_HOST, EVIL_HOST, OTHER_HOST = "192.0.2.1", "198.51.100.66", "203.0.113.7"
_SETTINGS = """
[database]
url = "sqlite:///mailgate.db"
[authentication]
policy = "enforce"
[dns]
nameservers = ["{host}:{port}"]
"""


def zone(dns: LoopbackDns) -> None:
    dns.add("minami.example", "TXT", f"v=spf1 ip4:{GOOD_HOST} -all")
    dns.add("_dmarc.minami.example", "TXT", "v=DMARC1; p=reject")
    dns.add("k1._domainkey.minami.example", "TXT", key_record())
    dns.add("law.example", "A", OTHER_HOST)
    for name in ("evil.example", "minami.example-evil.example", "xn--mnami-tva.example", "list.example"):
        dns.add(name, "TXT", f"v=spf1 ip4:{EVIL_HOST} -all")
        dns.add(f"_dmarc.{name}", "TXT", "v=DMARC1; p=reject")
        dns.add(f"k1._domainkey.{name}", "TXT", key_record(1))


@dataclass
class Outcome:
    entry: spool.SpoolEntry
    queue: int
    """Cases that came into the queue by this mail."""
    taken: int
    """Comments that were taken as somebody's, or cases that changed."""
    answered: int

    @property
    def harm(self) -> tuple[int, int, int]:
        return self.queue, self.taken, self.answered


@dataclass
class Desk:
    office: Office
    case: int
    invitation: int
    count: int = 0

    def text(self, *fields: str, body: str = "相談いたします。", author: str = f"From: {HARUKA}") -> bytes:
        """A mail with a Message-ID of its own; `author` is one or more lines, or "" for none."""
        self.count += 1
        lines = [
            *([author] if author else []),
            f"To: {DESK}",
            f"Subject: Soudan {self.count}",
            "Date: Mon, 02 Feb 2026 09:00:00 +0900",
            f"Message-ID: <{self.count}@client.example>",
            "Content-Type: text/plain; charset=utf-8",
            *fields,
        ]
        return "\r\n".join([*lines, "", f"{body} ({self.count})", ""]).encode("utf-8", "surrogateescape")

    def arrive(
        self,
        raw: bytes,
        peer: str,
        helo: str = "mail.evil.example",
        path: str | None = "x@evil.example",
        to: str = DESK,
    ) -> Outcome:
        """What a mail brings about."""
        before = self._state()
        recipient = parse_address(to)
        assert recipient is not None
        envelope = Envelope(parse_address(path) if path else None, (recipient,), peer, helo)
        queue_id = Acceptance(self.office, lambda: None).accept(envelope, raw)
        while process_next(self.office):
            pass
        after = self._state()
        with self.office.read() as ctx:
            entry = spool.entry(ctx.tx, queue_id)
        return Outcome(entry, after[0] - before[0], int(after[1] != before[1]), after[2] - before[2])

    def text_of(self, number: int) -> str:
        with self.office.read() as ctx:
            return text_of_round(ctx, number, 1)

    def state(self, number: int) -> cases.Case:
        with self.office.read() as ctx:
            return cases.get(ctx.tx, number)

    def reply_address(self, of_member: bool) -> str:
        with self.office.write() as ctx:
            invitation = self.invitation if of_member else None
            token = reply_tokens.give(ctx.tx, self.case, invitation, ctx.random_bytes)
        return str(self.office.policy.addresses.reply_address(token))

    def comments(self) -> list[comments.Comment]:
        with self.office.read() as ctx:
            return comments.of_case(ctx.tx, self.case)

    def _state(self) -> tuple[int, object, int]:
        with self.office.read() as ctx:
            in_queue = sum(one.state is not CaseState.HELD for one in cases.listing(ctx.tx, []))
            taken = [one.id for one in comments.of_case(ctx.tx, self.case) if one.state is not CommentState.HELD]
            case = cases.get(ctx.tx, self.case)
            mine = (case.state, case.round, invitations.get(ctx.tx, self.invitation).state, taken)
            return in_queue, mine, len(outbox.entries(ctx.tx, []))


@pytest.fixture(scope="module")
def dns() -> Iterator[LoopbackDns]:
    server = LoopbackDns()
    zone(server)
    yield server
    server.close()


@pytest.fixture(scope="module")
def desk(dns: LoopbackDns, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    office = _office(tmp_path_factory.mktemp("hostile"), dns)
    _register(office)
    desk = Desk(office, 0, 0)
    honest = signed(desk.text(), "minami.example")
    recipient = parse_address(DESK)
    assert recipient is not None
    Acceptance(office, lambda: None).accept(Envelope(parse_address(HARUKA), (recipient,), OTHER_HOST, "x"), honest)
    while process_next(office):
        pass
    with office.read() as ctx:
        (case,) = cases.listing(ctx.tx, [CaseState.NEW])
        (member,) = members.all_members(ctx.tx)
    desk.case = case.number
    screen.screen_case(office, case.number)
    with office.write("operator:yui") as ctx:
        review.check_round(ctx, case.number, Decisions(redact_rest=True, keep=frozenset()))
        (invited,) = invite.invite(ctx, case.number, [member.handle])
    desk.invitation = invited.invitation
    yield desk
    office.database.close()


def _office(folder: Path, dns: LoopbackDns) -> Office:
    open_keys(write_keys(folder / "keys")).close()
    host, port = dns.nameserver
    (folder / "mailgate.toml").write_text(_SETTINGS.format(host=host, port=port))
    return open_office(load(folder / "mailgate.toml"))


def _register(office: Office) -> None:
    haruka, toda = parse_address(HARUKA), parse_address("toda@law.example")
    assert haruka is not None
    assert toda is not None
    with office.database.write() as tx:
        contract = Contract(date(2020, 4, 1), date(2099, 3, 31))
        school = schools.save_school(tx, None, SchoolEntry("森野市立南小学校", ("南小",), "森野市", (), (contract,)))
        teacher = PersonEntry("水原 遥香", "", (haruka,))
        teachers.save_teacher(tx, None, TeacherEntry(teacher, school.id, "教諭", 12, "小学校", Plan.SCHOOL))
        lawyer = PersonEntry("戸田 文也", "", (toda,))
        member = members.save_member(tx, None, MemberEntry(lawyer, MemberKind.LAWYER, None, "", (), (), None))
        members.set_member_status(tx, member.id, MemberStatus.ACTIVE)
