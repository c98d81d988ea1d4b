"""Whatever answers our mails with mails of its own: it is heard, and gets at most one automatic mail a day from us."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from desk import KEYS, POLICY, START, TEACHER, Clock, Desk

from mailgate.desk.entries import PersonEntry, TeacherEntry
from mailgate.desk.lifecycle import CommentState, SpoolState
from mailgate.desk.people import Plan
from mailgate.flow import brakes
from mailgate.flow.context import Office
from mailgate.flow.render import Renderers
from mailgate.mail.address import parse_address
from mailgate.mail.reply_address import OwnAddresses
from mailgate.store import audit, outbox, schools, spool, teachers
from mailgate.store.database import Database

_ALWAYS = ("acknowledgement", "follow-up-received", "comment-received", "declined", "closed", "registration-needed")


def automatic(desk: Desk) -> Counter[str]:
    """How many automatic mails each reader got."""
    return Counter(str(desk.read(one.id).to[0]) for one in desk.outbox() if one.kind in _ALWAYS)


def count_of_mails(desk: Desk) -> int:
    with desk.office.read() as ctx:
        return len(spool.entries(ctx.tx, [], limit=10_000))


def brakes_of(desk: Desk, number: int) -> Counter[str]:
    with desk.office.read() as ctx:
        return Counter(one.detail for one in audit.history(ctx.tx, number) if one.action == "not answered")


def vacation(number: int) -> str:
    """A note that no word or field betrays, with something of its own in each."""
    return f"山の家におります。十日には戻ります。({number}) 2026-02-{number % 28 + 1:02}"


def test_a_teacher_whose_mail_answers_everything(quick_desk: Desk) -> None:
    number = quick_desk.open_case("ほんとうの相談")
    for count in range(60):
        quick_desk.clock.advance(minutes=5)
        entry = quick_desk.write(body=vacation(count), to=quick_desk.reply_address(case=number))
        assert (entry.state, entry.case) == (SpoolState.DONE, number)
    assert automatic(quick_desk) == {TEACHER: 1}
    assert count_of_mails(quick_desk) == 61
    assert brakes_of(quick_desk, number) == {brakes.REPEATED: 59, brakes.ANSWERED_LATELY: 1}


def test_a_member_whose_mail_answers_everything(quick_desk: Desk) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    for count in range(20):
        quick_desk.clock.advance(minutes=20)
        quick_desk.comment(invited, vacation(count))
    assert automatic(quick_desk) == {TEACHER: 1, "toda@law.example": 1}
    assert len(quick_desk.comments(number)) == 20  # what our own words to them have in them is not newly written: held


def test_a_late_member_whose_mail_answers_everything(quick_desk: Desk) -> None:
    number, invited = quick_desk.answered_case()
    quick_desk.clock.advance(days=1, minutes=1)
    for count in range(20):
        quick_desk.comment(invited, vacation(count))
    assert len(quick_desk.outbox("closed")) == 1
    assert [one.late for one in quick_desk.comments(number)] == [False] + [True] * 20


def test_a_comment_that_says_the_same_again_is_taken_and_not_answered(quick_desk: Desk) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    for body in ("記録を。(1)", "記録を。(2)", "記録をつけましょう。"):
        quick_desk.comment(invited, body)
    assert [one.versions for one in quick_desk.comments(number)] == [3]
    assert len(quick_desk.outbox("comment-received")) == 2
    assert brakes_of(quick_desk, number) == {brakes.REPEATED: 1}


def test_who_declines_again_and_again_is_answered_once(quick_desk: Desk) -> None:
    (invited,) = quick_desk.invite(quick_desk.open_case())
    for _ in range(5):
        quick_desk.comment(invited, "辞退")
    assert len(quick_desk.outbox("declined")) == 1


def test_a_program_that_consults_in_the_name_of_a_teacher(quick_desk: Desk) -> None:
    for count in range(25):
        quick_desk.clock.advance(minutes=20)
        quick_desk.write(body=vacation(count))
    assert automatic(quick_desk) == {TEACHER: POLICY.answers_per_day}
    assert len(quick_desk.cases()) == 25


def test_a_storm_of_bounces(quick_desk: Desk) -> None:
    (invited,) = quick_desk.invite(quick_desk.open_case())
    before = len(quick_desk.outbox())
    (sent,) = quick_desk.outbox("invitation")
    with quick_desk.office.read() as ctx:
        token = ctx.tx.unseal(outbox.row_of(ctx.tx, sent.id), "bounce_token")
    raw = quick_desk.mail(
        "MAILER-DAEMON@relay.example", "550 5.1.1 <toda@law.example>: no such user", subject="Undelivered Mail"
    )
    to = (f"bounce+{token}@mado.example", "soudan@mado.example", quick_desk.reply_address(invited.invitation))
    for count in range(90):  # thirty to each address
        fresh = re.sub(rb"Message-ID: <", b"Message-ID: <%d." % count, raw)
        quick_desk.accept(fresh, to[count % 3], reverse_path=None)
    quick_desk.process()
    assert (len(quick_desk.outbox()), count_of_mails(quick_desk)) == (before, 91)


def test_the_null_reverse_path_is_never_answered(quick_desk: Desk) -> None:
    entry = quick_desk.receive(quick_desk.mail(), reverse_path=None)
    assert (entry.state, quick_desk.outbox()) == (SpoolState.DONE, [])


@pytest.mark.parametrize("kind", ["acknowledgement", "invitation", "comment-received"])
def test_our_own_mails_that_come_back_are_recorded(quick_desk: Desk, kind: str) -> None:
    (invited,) = quick_desk.invite(quick_desk.open_case())
    quick_desk.comment(invited)
    (ours,) = quick_desk.outbox(kind)
    with quick_desk.office.read() as ctx:
        raw = without_marks(outbox.octets_of(ctx.tx, ours.id))
    before = (len(quick_desk.outbox()), quick_desk.cases(), quick_desk.comments(1))
    addresses = ("soudan@mado.example", quick_desk.reply_address(case=1), quick_desk.reply_address(invited.invitation))
    for count, to in enumerate(addresses):
        entry = quick_desk.receive(
            raw.replace(b"Message-ID: <", b"Message-ID: <%d." % count), to, "bounce@mado.example"
        )
        assert entry.reason == "recorded: from an address of the desk itself"
    assert (len(quick_desk.outbox()), quick_desk.cases(), quick_desk.comments(1)) == before


# The hard brakes


@pytest.mark.parametrize("number_of_day", [1, 3])
def test_no_address_gets_more_automatic_mails_in_a_day(desk: Desk, number_of_day: int) -> None:
    strict = desk.with_policy(answers_per_day=number_of_day)
    texts = [
        "一つめの件です",
        "二つめの話です",
        "三つめの相談です",
        "四つめのお願いです",
        "五つめの件です",
    ]
    for text in texts:
        strict.write(body=text)
    assert automatic(strict) == {TEACHER: number_of_day}
    assert [one.number for one in strict.cases()] == [1, 2, 3, 4, 5]
    assert brakes_of(strict, 5) == {brakes.TOO_MANY_IN_A_DAY: 1}
    strict.clock.advance(days=1, minutes=1)
    strict.write(body="翌々日の相談です")
    assert automatic(strict) == {TEACHER: number_of_day + 1}


def test_no_case_brings_about_more_automatic_mails_in_an_hour(desk: Desk) -> None:
    strict = desk.with_policy(answers_per_case_hour=2)
    number = strict.open_case()
    invited = strict.invite(number, 0, 1, 2)
    for one in invited:
        strict.comment(one)
    assert automatic(strict).total() == 2
    assert brakes_of(strict, number) == {brakes.TOO_MANY_IN_AN_HOUR: 2}
    assert [one.state for one in strict.comments(number)] == [CommentState.PENDING] * 3
    strict.clock.advance(hours=1, minutes=1)
    strict.comment(invited[2], "書き足します。様子を見てください。")
    assert automatic(strict).total() == 3


def test_what_an_operator_does_is_not_braked(quick_desk: Desk) -> None:
    strict = quick_desk.with_policy(answers_per_day=1, answers_per_case_hour=1)
    number, _ = strict.answered_case()
    assert [one.case for one in strict.outbox("answer")] == [number]


def test_a_new_word_after_our_answer_is_acknowledged(quick_desk: Desk) -> None:
    number, _ = quick_desk.answered_case()
    address = quick_desk.reply_address(case=number)
    for body in ("もう一つ伺います。", "これも書き忘れました。"):
        quick_desk.write(body=body, to=address)
    assert len(quick_desk.outbox("follow-up-received")) == 1
    quick_desk.clock.advance(days=1, minutes=1)
    quick_desk.write(body="その後のことです。", to=address)
    assert len(quick_desk.outbox("follow-up-received")) == 2


# Two desks


def without_marks(raw: bytes) -> bytes:
    """As a bad gateway passes a mail on: without the fields that say that nobody wrote it."""
    return re.sub(rb"(?im)^(?:auto-submitted|x-auto-response-suppress|precedence):.*\r\n", b"", raw)


@pytest.fixture
def other_desk(furnished_sqlite: Path, tmp_path: Path, renderers: Renderers) -> Iterator[Desk]:
    """At kado.example."""
    shutil.copy(furnished_sqlite, tmp_path / "other.db")
    database = Database(f"sqlite:///{tmp_path}/other.db", KEYS)
    policy = replace(POLICY, addresses=OwnAddresses("kado.example"))
    with database.read() as tx:
        (teacher,) = teachers.all_teachers(tx)
    clock = Clock()
    yield Desk(Office(database, policy, renderers, clock=clock), clock, teacher, [])
    database.close()


def knows(desk: Desk, address: str) -> None:
    """The register has the other desk for a teacher."""
    sender = parse_address(address)
    assert sender is not None
    with desk.office.database.write() as tx:
        (school,) = schools.all_schools(tx)
        entry = PersonEntry("窓口 相互", "", (sender,))
        teachers.save_teacher(tx, None, TeacherEntry(entry, school.id, "教諭", 3, "小学校", Plan.SCHOOL))


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("registered", [True, False])
def test_two_desks_that_answer_each_other(quick_desk: Desk, other_desk: Desk, registered: bool, marked: bool) -> None:
    sides = {"mado.example": quick_desk, "kado.example": other_desk}
    if registered:
        knows(quick_desk, "soudan@kado.example")
        knows(other_desk, "soudan@mado.example")
    quick_desk.write("soudan@kado.example", "はじまりの一通です")
    carried: set[str] = set()
    for _ in range(30):
        for desk in sides.values():
            desk.clock.advance(minutes=10)
            for one in desk.outbox():
                if one.id in carried:
                    continue
                carried.add(one.id)
                with desk.office.read() as ctx:
                    to, raw = outbox.recipient_of(ctx.tx, one.id), outbox.octets_of(ctx.tx, one.id)
                there = sides[to.domain]
                there.receive(raw if marked else without_marks(raw), str(to), "bounce@" + desk_domain(desk))
    assert {count for desk in sides.values() for count in automatic(desk).values()} <= {1}
    assert quick_desk.clock.now.date() == START.date() == date(2026, 2, 2)
    assert sum(count_of_mails(desk) for desk in sides.values()) == 1 + len(carried)


def desk_domain(desk: Any) -> str:
    return str(desk.office.policy.addresses.domain)
