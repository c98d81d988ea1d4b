"""A desk lives through a year in which people answer, decline, are silent, pause, and are away; and so is the service.

The same seed gives the same year. Time jumps from one moment of the day to the next; at each of them mails arrive,
operators decide, what is due is done (sometimes by two nodes at once, sometimes not for a week), mails leave through
the gate, and `rules.py` looks at what became of it. `problems` has everything that should not have been.
"""

from __future__ import annotations

import heapq
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import rules
from custody import KEYS
from desk import POLICY, Clock, Desk
from sqlalchemy import select
from town import Manner, Somebody, Town, furnish

from mailgate.desk.desks import Desks
from mailgate.desk.lifecycle import CaseState, InvitationState
from mailgate.desk.quiet_hours import QuietHours
from mailgate.errors import Refused
from mailgate.flow import compilation, invite, purge
from mailgate.flow.approve_application import approve, reject
from mailgate.flow.confirm import confirm_for
from mailgate.flow.context import Office
from mailgate.flow.deliver import deliver_next
from mailgate.flow.due import run_due
from mailgate.flow.render import Renderers
from mailgate.flow.standing import can_be_answered
from mailgate.mail.address import Address
from mailgate.mail.message import Message
from mailgate.mail.outcome import Sent
from mailgate.mail.parse import parse
from mailgate.mail.reply_address import MAIN_DESK
from mailgate.store import applications, cases, comments, digests, integrity, invitations, migrate
from mailgate.store.database import Database
from mailgate.store.tables import InvitationRow, OutboxRow

ZONE = ZoneInfo("Asia/Tokyo")
OPERATOR = Address("unei", "mado.example")
JOIN = "join@mado.example"
MOMENTS = (time(3, 10), time(8, 5), time(13), time(21, 30))
WORK = time(13)
PROMISE = replace(
    POLICY,
    desks=Desks(replace(POLICY.desks.main, operators=(OPERATOR,))),
    digest_time=time(8),
    quiet_hours=QuietHours(*rules.NIGHT),
    calendar="JP",
    quiet_days=14,
    confirmation_months=2,
    confirmation_days=10,
    confirmations_per_day=3,
)


@dataclass(frozen=True)
class Plan:
    """How long and how lively the year is."""

    days: int = 365
    cases_a_week: float = 1.5
    seed: int = 20260401
    nights_away: int = 3
    """How many times the service is away for more than a week."""
    looks_a_day: int = 4
    """At how many moments of a day anything is done, that of the operators among them."""
    start: date = date(2026, 4, 1)


@dataclass
class Year:
    plan: Plan
    url: str
    problems: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.plan.seed)
        self.clock = Clock(datetime.combine(self.plan.start, time(9), ZONE).astimezone(UTC))
        self.renderers = Renderers()
        database = Database(self.url, KEYS)
        migrate.upgrade(database.engine)
        self.town: Town = furnish(database)
        database.close()
        self.office, self.second_node = self._open(), self._open()
        self.to_come: list[tuple[datetime, int, Callable[[], None]]] = []
        self.sequence = 0
        self.reminded: list[tuple[int, datetime]] = []
        self.digest_days: list[date] = []
        self.asked: list[tuple[str, datetime]] = []
        self.last_digest: datetime | None = None

    # --- the frame --------------------------------------------------------------------------------------------------

    def live(self, tell: Callable[[date], None] = lambda today: None) -> None:
        """The whole year; then a last look at everything. `tell` hears of each day that begins."""
        away = self._days_away()
        for day in range(self.plan.days):
            today = self.plan.start + timedelta(days=day + 1)
            tell(today)
            self._plan_the_day(today)
            for moment in self._moments_of_today():
                self.clock.now = max(self.clock.now, datetime.combine(today, moment, ZONE).astimezone(UTC))
                if day not in away:
                    self._moment(moment, today)
        self._look_back()
        for one in (self.office, self.second_node):
            one.database.close()

    def _moments_of_today(self) -> list[time]:
        others = [one for one in MOMENTS if one != WORK]
        return sorted([WORK, *self.chance.sample(others, self.plan.looks_a_day - 1)])

    def _moment(self, moment: time, today: date) -> None:
        self._arrive()
        if moment == WORK and today.weekday() < 5:
            self._operate()
        if self.chance.random() < 0.015:
            self.counts["restarts"] += 1
            self.office.database.close()
            self.office = self._open()
        before = self.clock.now
        self._do_what_is_due()
        self._judge_run(before)
        if moment == WORK and today.day % 7 == 0:
            purge.run(self.office)
        self._send()

    def _open(self) -> Office:
        return Office(Database(self.url, KEYS), PROMISE, self.renderers, clock=self.clock)

    def _days_away(self) -> set[int]:
        weeks = [self.chance.randrange(20, max(self.plan.days, 21)) for _ in range(self.plan.nights_away)]
        return {first + day for first in weeks for day in range(self.chance.randint(7, 9))}

    def _do_what_is_due(self) -> None:
        if self.chance.random() >= 0.15:
            self.counts["runs"] += 1
            run_due(self.office)
            return
        self.counts["runs of two at once"] += 1
        both = [threading.Thread(target=run_due, args=(one,)) for one in (self.office, self.second_node)]
        for one in both:
            one.start()
        for one in both:
            one.join()

    # --- what people do ---------------------------------------------------------------------------------------------

    def _later(self, days: float, act: Callable[[], None]) -> None:
        self.sequence += 1
        heapq.heappush(self.to_come, (self.clock.now + timedelta(days=days), self.sequence, act))

    def _arrive(self) -> None:
        while self.to_come and self.to_come[0][0] <= self.clock.now:
            heapq.heappop(self.to_come)[2]()
        while self._desk.process():
            pass

    def _plan_the_day(self, today: date) -> None:
        if self.chance.random() < self.plan.cases_a_week / 7:
            teacher = self.chance.choice(self.town.teachers)
            self._later(self.chance.random(), lambda: self._consult(teacher, today))
        if self.chance.random() < 0.05:
            self._later(self.chance.random(), lambda: self._pause(self.chance.choice(self.town.members[:-2])))
        if self.chance.random() < 0.02:
            form = f"氏名：新人 {today:%m%d}\n学校名：第1小\n職種：教諭\n教職歴：三年\n"
            self._later(self.chance.random(), lambda: self._write(f"n{today:%m%d}@school.example", form, JOIN))

    def _consult(self, teacher: Somebody, today: date) -> None:
        self.counts["consultations"] += 1
        self._write(teacher.address, f"{today:%m月%d日}のことです。学級のことで相談します。", "")

    def _pause(self, member: Somebody) -> None:
        today = self.clock.now.astimezone(ZONE).date()
        if member.paused and (member.paused_until is None or today <= member.paused_until):
            self._write(member.address, "再開", JOIN)
            member.paused, member.paused_until = False, None
            return
        until = today + timedelta(days=self.chance.randint(3, 40)) if self.chance.random() < 0.7 else None
        self._write(member.address, f"お休み：{until:%Y年%m月%d日}まで" if until else "お休み", JOIN)
        member.paused, member.paused_until = True, until
        self.counts["pauses"] += 1

    def _write(self, sender: str, body: str, to: str, **more: Any) -> None:
        entry = self._desk.write(sender, body, to=to, **more)
        if entry.state == "quarantined":
            self.problems.append(f"a mail of {sender} could not be handled: {entry.reason}")

    @property
    def _desk(self) -> Desk:
        if getattr(self, "_made", None) is None or self._made.office is not self.office:
            count = self._made._count if getattr(self, "_made", None) is not None else 0
            self._made = Desk(self.office, self.clock, None, [], count)  # type: ignore[arg-type]  # people of its own
        return self._made

    # --- what operators do ------------------------------------------------------------------------------------------

    def _operate(self) -> None:
        for number, state in self._cases():
            if state is CaseState.NEW:
                self._invite(number)
            elif state is CaseState.OPEN:
                self._answer(number)
        with self.office.read() as ctx:
            waiting = [one.id for one in applications.listing(ctx.tx)]
        for number in waiting:
            if self.chance.random() < 0.5:
                self._desk.run(approve if self.chance.random() < 0.8 else reject, number)
        for somebody in (*self.town.teachers, *self.town.members):
            if self.chance.random() < 0.005:
                self._desk.run(confirm_for, [somebody.handle])

    def _cases(self) -> list[tuple[int, CaseState]]:
        with self.office.read() as ctx:
            return [(one.number, one.state) for one in cases.listing(ctx.tx, [CaseState.NEW, CaseState.OPEN])]

    def _invite(self, number: int) -> None:
        self._desk.approve(number)
        with self.office.read() as ctx:
            ranking = invite.rank_members(ctx, number)
            case = cases.get(ctx.tx, number)
        teacher = next((one for one in self.town.teachers if case.sender and one.address == str(case.sender)), None)
        school = teacher.school if teacher else 1
        fit = sorted((self.town.member(one.handle) for one in ranking.candidates), key=lambda one: one.number)
        self._judge_candidates(number, fit, school)
        self._try_the_forbidden(number, school)
        if fit:
            chosen = self.chance.sample(fit, min(len(fit), self.chance.randint(2, 3)))
            self._desk.run(invite.invite, number, [one.handle for one in chosen])
            self.counts["invitations"] += len(chosen)

    def _judge_candidates(self, number: int, fit: list[Somebody], school: int | None) -> None:
        today = self.clock.now.astimezone(ZONE).date()
        for one in fit:
            if one.school == school:
                self.problems.append(f"case {number}: {one.handle} of the same school is a candidate")
            if one.paused and (one.paused_until is None or today <= one.paused_until):
                self.problems.append(f"case {number}: {one.handle} pauses until {one.paused_until} and is a candidate")

    def _try_the_forbidden(self, number: int, school: int | None) -> None:
        same = [one for one in self.town.members if one.school == school]
        try:
            self._desk.run(invite.invite, number, [self.chance.choice(same).handle])
        except Refused:
            self.counts["refused invitations"] += 1
        else:
            self.problems.append(f"case {number}: a member of the same school was invited")

    def _answer(self, number: int) -> None:
        with self.office.read() as ctx:
            case = cases.get(ctx.tx, number)
            asked, written = invitations.of_cases(ctx.tx, [number]), comments.of_cases(ctx.tx, [number])
            ready = can_be_answered(case, asked[number], written[number])
        if ready:
            self._desk.approve_comments(number)
            self._desk.run(compilation.answer, number, self._desk.case(number).version)
            self.counts["answers"] += 1

    # --- what leaves ------------------------------------------------------------------------------------------------

    def _send(self) -> None:
        while deliver_next(self.office, self, bytes):
            pass

    def deliver(self, reverse_path: Address | None, forward_path: Address, raw: bytes) -> Sent:
        """The relay: everybody gets their mail, and does something or nothing about it."""
        message = parse(raw)
        with self.office.read() as ctx:
            query = select(OutboxRow.kind, OutboxRow.invitation_id).where(OutboxRow.message_id == message.message_id)
            kind, invitation = ctx.tx.session.execute(query).one()
        self.counts[kind] += 1
        self._judge_mail(kind, invitation, message)
        reader = self.town.by_address(str(forward_path))
        if reader is not None:
            self._react(reader, kind, message, str(reverse_path))
        return Sent("250 2.0.0 Ok")

    def _react(self, reader: Somebody, kind: str, message: Message, bounce: str) -> None:
        answer_to, day = str(message.sender.address), self.chance.random()
        match kind:
            case "invitation":
                self._react_to_invitation(reader, answer_to, message, bounce)
            case "reminder" if reader.manner is Manner.SLOW:
                self._later(
                    day, lambda: self._reply(reader, "遅くなりました。記録を残してください。", answer_to, message)
                )
            case "answer" if self.chance.random() < 0.5:
                words = "4" if self.chance.random() < 0.5 else "もう一つ教えてください。席替えはどうですか。"
                self._later(1 + 3 * day, lambda: self._reply(reader, words, answer_to, message))
            case "register-confirmation" | "confirmation-reminder":
                self._react_to_question(reader, answer_to, message, bounce)
            case _:
                pass

    def _react_to_invitation(self, reader: Somebody, to: str, message: Message, bounce: str) -> None:
        words, day = f"{reader.number}番の意見です。まず話を聞いてください。", self.chance.random()
        match reader.manner:
            case Manner.PROMPT | Manner.AMENDS:
                self._later(1 + day, lambda: self._reply(reader, words, to, message))
                if reader.manner is Manner.AMENDS:
                    self._later(2 + day, lambda: self._reply(reader, f"補足です。{words}", to, message))
            case Manner.DECLINES:
                self._later(day, lambda: self._reply(reader, "辞退します。", to, message))
            case Manner.LATE:
                self._later(20 + day, lambda: self._reply(reader, words, to, message))
            case Manner.BOUNCES if not reader.has_bounced:
                reader.has_bounced = True
                self._later(0.01, lambda: self._bounce(reader, bounce))
            case Manner.BOUNCES | Manner.SLOW | Manner.SILENT:
                pass

    def _react_to_question(self, reader: Somebody, to: str, message: Message, bounce: str) -> None:
        chance, day = self.chance.random(), 4 * self.chance.random()
        if chance < 0.5:
            self._later(day, lambda: self._reply(reader, "はい", to, message))
        elif chance < 0.65:
            self._later(day, lambda: self._reply(reader, f"教職歴：{self.chance.randint(6, 30)}年", to, message))
        elif chance < 0.75:
            self._later(0.01, lambda: self._bounce(reader, bounce))

    def _reply(self, reader: Somebody, words: str, to: str, message: Message) -> None:
        quoted = "".join(f"> {line}\n" for line in message.body.splitlines())
        try:
            self._write(reader.address, f"{words}\n\n{quoted}", to, answers=message.message_id)
        except Refused:  # the address is dead: 550 at RCPT
            self.counts["refused at RCPT"] += 1

    def _bounce(self, reader: Somebody, to: str) -> None:
        report = (
            "From: mailer-daemon@mx.example\r\nSubject: failed\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report;"
            " report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nfailed\r\n--b\r\n"
            "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
            f"Final-Recipient: rfc822; {reader.address}\r\nAction: failed\r\nStatus: 4.2.2\r\n\r\n--b--\r\n"
        )
        self.counts["bounces"] += 1
        self._desk.receive(report.encode(), to, None)

    # --- what must hold ---------------------------------------------------------------------------------------------

    def _judge_mail(self, kind: str, invitation: int | None, message: Message) -> None:
        now = self.clock.now
        at_night = message.date is None or rules.is_night(now, ZONE) or rules.is_night(message.date, ZONE)
        if kind in rules.BY_ITSELF and at_night:
            self.problems.append(f"{kind} left at {now.astimezone(ZONE)} with the date {message.date}")
        if message.date is not None and message.date > now + timedelta(seconds=1):
            self.problems.append(f"{kind} left at {now} with a date to come: {message.date}")
        if kind == "reminder" and invitation is not None:
            one = self._desk.invitation(invitation)
            self.reminded.append((invitation, one.invited_at))  # whoever let it expire may be asked once more
            if one.state is not InvitationState.INVITED:
                self.problems.append(f"invitation {invitation} was reminded at {now} when it was {one.state}")
        if kind == "register-confirmation":
            self.asked.append((str(message.to[0]), now))

    def _judge_run(self, before: datetime) -> None:
        now = self.clock.now
        with self.office.read() as ctx:
            session = ctx.tx.session
            self.problems += [f"{now}: {one}" for one in rules.after_run(session, before, PROMISE)]
            last = digests.last(ctx.tx, MAIN_DESK)
            if last is None or last.made_at == self.last_digest:
                return
            week = last.made_at - timedelta(days=7)
            since = max(self.last_digest, week) if self.last_digest else last.made_at - timedelta(days=1)
            self.digest_days.append(last.day)
            self.last_digest = last.made_at
            truth = rules.truth(session, last.made_at, since, confirming=True)
            mails = session.scalars(
                select(OutboxRow.id).where(OutboxRow.kind == "digest", OutboxRow.created_at >= before)
            ).all()
        told = [rules.told(self._desk.read(one).body) for one in mails]
        if told != ([truth] if truth else []):
            self.problems.append(f"the digest of {last.day} says {told}, and true is {truth}")

    def _look_back(self) -> None:
        self.problems += [f"invitation {one} of {at} was reminded twice" for one, at in rules.twice(self.reminded)]
        self.problems += [f"there were two digests on {one}" for one in rules.twice(self.digest_days)]
        months = timedelta(days=28 * PROMISE.confirmation_months)
        for number, (address, at) in enumerate(self.asked):
            if any(one == address and at - months < then < at for one, then in self.asked[:number]):
                self.problems.append(f"somebody was asked twice within a few months, at {at}")
        per_day = Counter(at.astimezone(ZONE).date() for _, at in self.asked)
        most = 2 * PROMISE.confirmations_per_day  # what was written at night leaves with what is written that day
        self.problems += [f"{count} people were asked on {day}" for day, count in per_day.items() if count > most]
        with self.office.read() as ctx:
            for one in ctx.tx.session.scalars(select(InvitationRow)):
                self.counts[f"in the end {one.state.value}"] += 1
        found = integrity.problems(self.office.database.engine, KEYS)
        self.problems += [f"db check: {one.check}: {one.what}" for one in found]
