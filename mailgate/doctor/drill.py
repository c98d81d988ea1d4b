"""The loop drill: a desk in a throw-away folder is fed what answering machines answer with, and must be silent.

The real flows on a real database: its own mails come back, a vacation note with and without the fields that betray it,
the same words again and again, bounces. At most one automatic mail a day may follow to one address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from mailgate.config import load
from mailgate.desk.entries import PersonEntry, TeacherEntry
from mailgate.desk.people import Plan
from mailgate.desk.policy import Policy
from mailgate.desk.trust import AuthenticationPolicy
from mailgate.doctor.finding import Finding, ok, problem
from mailgate.flow.accept import Acceptance
from mailgate.flow.context import Office
from mailgate.flow.process import process_next
from mailgate.installation import install
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.office import open_office
from mailgate.phrase import Phrase
from mailgate.store import outbox, teachers

_TEACHER = Address("drill", "teacher.example")
_TIMES = 5


@dataclass
class _Clock:
    now: datetime

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def look_at_loops(policy: Policy) -> Iterator[Finding]:
    """One finding: how many mails followed from how many that nobody should answer."""
    with TemporaryDirectory(prefix="mailgate-drill-") as folder:
        office = _office(Path(folder), policy)
        try:
            fed, followed = _drill(office)
        finally:
            office.database.close()
    if followed:
        what = Phrase(
            "{followed} automatic mails followed from {fed} that must not be answered", followed=followed, fed=fed
        )
        yield problem("loops", what, Phrase("stop the service, and report this: it is a fault of mailgate"))
    else:
        yield ok("loops", Phrase("{fed} of its own mails, vacation notes and bounces brought no mail", fed=fed))


def _office(folder: Path, policy: Policy) -> Office:
    file = folder / "mailgate.toml"
    file.write_text(f'[service]\ndomain = "{policy.addresses.domain}"\n', encoding="utf-8")
    config = load(file)
    install(config)
    open_to_all = replace(policy, authentication=AuthenticationPolicy.OFF)
    office = replace(open_office(config), policy=open_to_all, clock=_Clock(datetime.now(UTC)))
    with office.write() as ctx:
        person = PersonEntry("訓練 用", "", (_TEACHER,))
        teachers.save_teacher(ctx.tx, None, TeacherEntry(person, None, "", None, "", Plan.TRIAL))
    return office


def _drill(office: Office) -> tuple[int, int]:
    """How many mails were fed after the first, and how many went out for them."""
    desk = office.policy.addresses.desk_address()
    _feed(office, desk, _TEACHER, _mail(_TEACHER, desk, 0, "訓練です。"))
    with office.read() as ctx:
        (first,) = outbox.entries(ctx.tx, ())
        own, token = outbox.octets_of(ctx.tx, first.id), outbox.bounce_token_of(ctx.tx, first.id)
        reply = _reply_address(own, office)
    back = office.policy.addresses.bounce_address(token)
    fed = 0
    for to, reverse_path, raw in _answers(own, desk, reply, back):
        _feed(office, to, reverse_path, raw)
        fed += 1
    with office.read() as ctx:
        return fed, len(outbox.entries(ctx.tx, ())) - 1


def _answers(
    own: bytes, desk: Address, reply: Address, back: Address
) -> Iterator[tuple[Address, Address | None, bytes]]:
    marked = "Auto-Submitted: auto-replied\r\n"
    for number in range(1, _TIMES + 1):
        yield desk, desk, own.replace(b"Message-ID: <", b"Message-ID: <%d." % number)
        yield reply, _TEACHER, own.replace(b"Message-ID: <", b"Message-ID: <r%d." % number)
        yield reply, _TEACHER, _mail(_TEACHER, reply, number, "ただいま休暇中です。", marked)
        yield reply, _TEACHER, _mail(_TEACHER, reply, 100 + number, f"留守にしております。({number})")
        yield back, None, _mail(Address("mailer-daemon", "relay.example"), back, number, "550 5.1.1 no such user")
        yield desk, None, _mail(Address("mailer-daemon", "relay.example"), desk, 200 + number, "Undelivered")


def _feed(office: Office, to: Address, reverse_path: Address | None, raw: bytes) -> None:
    Acceptance(office, lambda: None).accept(Envelope(reverse_path, (to,)), raw)
    while process_next(office):
        pass


def _reply_address(own: bytes, office: Office) -> Address:
    sender = office.read_mail(own).sender.address
    assert sender is not None, "our own mails name their sender"
    return sender


def _mail(sender: Address, to: Address, number: int, body: str, fields: str = "") -> bytes:
    date = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: drill {number}\r\nDate: {date}\r\n"
        f"Message-ID: <{number}.{to.local}@{sender.domain}>\r\n{fields}"
        f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    ).encode()
