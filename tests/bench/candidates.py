"""Ranking a hundred thousand members for one case: the pure function, and everything around it.

    python candidates.py [MEMBERS] [--pure]

`rank`: on facts that are loaded and in order (the pool). `pool`: putting them in order. `whole`: `flow/invite.py` with
a database, as `case candidates` runs it, on SQLite; `--pure` leaves that out. The time of the processor is told too: it
is the same on a busy machine.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import register  # the bench beside this one: its settings
from sqlalchemy import update

sys.path.insert(0, str(Path(__file__).parents[1] / "shared"))

from custody import KEYS

from mailgate.desk.candidate_pool import MemberFacts, Pool
from mailgate.desk.candidates import Need, best, rank
from mailgate.desk.entries import MemberEntry, PersonEntry, SchoolEntry, TeacherEntry
from mailgate.desk.lifecycle import CaseState
from mailgate.desk.people import Affiliation, Member, MemberKind, MemberStatus, Person, Plan, School, Teacher
from mailgate.flow import invite
from mailgate.flow.context import Office
from mailgate.mail.address import Address
from mailgate.store import cases, members, migrate, schools, teachers
from mailgate.store.columns import table_of
from mailgate.store.database import Database
from mailgate.store.tables import MemberRow, RoundRow

MEMBERS = 100_000
TARGET_SECONDS = 0.2
TODAY = date(2026, 2, 10)
NOW = datetime(2026, 2, 10, 3, tzinfo=UTC)
TOPICS = tuple(f"話題{number}の対応" for number in range(40))
TEXT = "話題3への対応と、話題17の対応に困っています。" * 20
SCHOOL = School(7, "S-7777", "第7市立7台小学校", ("7台小",), "第7市", ("s7.example.jp",), ())
TEACHER = Teacher(
    1, "T-1111", Person(0, "先生", "", (Address("t", "s7.example.jp"),), "", ""), SCHOOL, "", 9, "", Plan.SCHOOL
)


def _affiliations(number: int) -> tuple[Affiliation, ...]:
    return (
        Affiliation(f"第{number % 97}市立{number % 900}台小学校", None, 1985, 2016),
        Affiliation(f"{number % 3000}台中 教諭", None, 2016, None),
    )


def _facts(count: int) -> list[MemberFacts]:
    chance = random.Random(4)
    return [
        MemberFacts(
            Member(
                number,
                f"M-{number:05}",
                Person(number, f"会員 {number}", "", (Address(f"m{number}", "members.example.org"),), "", ""),
                chance.choice(list(MemberKind)),
                9,
                "",
                _affiliations(number),
                tuple(chance.sample(TOPICS, 3)),
                4,
                MemberStatus.ACTIVE if number % 10 else MemberStatus.PAUSED,
            ),
            number % 5,
            TODAY - timedelta(days=number % 300),
            False,
            False,
            number % 20,
            number % 20 // 2,
        )
        for number in range(1, count + 1)
    ]


def _timed(what: str, do: Callable[[], Any], times: int = 1) -> tuple[Any, float]:
    """What `do` gives, and the seconds on the clock: the middle one of so many times."""
    seconds, busy = [], []
    for _ in range(times):
        began, worked = time.perf_counter(), time.process_time()
        found = do()
        seconds.append(time.perf_counter() - began)
        busy.append(time.process_time() - worked)
    clock, processor = statistics.median(seconds), statistics.median(busy)
    sys.stdout.write(f"{what}: {clock * 1000:,.0f} ms ({processor * 1000:,.0f} ms of the processor)\n")
    return found, clock


def _fill(office: Office, count: int) -> int:
    with office.write() as ctx:
        places = [(f"第{number % 97}市立{number}台小学校", f"第{number % 97}市", number) for number in range(300)]
        entries_of_schools = [SchoolEntry(name, (), town, (f"s{number}.example.jp",)) for name, town, number in places]
        schools.add_schools(ctx.tx, entries_of_schools)
        person = PersonEntry("先生", "", (Address("t", "s7.example.jp"),))
        school = schools.all_schools(ctx.tx)[7]
        teacher = teachers.save_teacher(ctx.tx, None, TeacherEntry(person, school.id, "", 9, "", Plan.SCHOOL))
        members.add_members(ctx.tx, [_entry(one.member) for one in _facts(count)], [])
        ctx.tx.connection.execute(update(table_of(MemberRow)).values(status=MemberStatus.ACTIVE))
        new = cases.NewCase(CaseState.NEW, "", teacher.id, person.addresses[0], "", NOW, NOW, NOW)
        number = cases.open_case(ctx.tx, new)
        ctx.tx.add(RoundRow, {"approved": ""}, case_id=number, number=1)
    return number


def _entry(member: Member) -> MemberEntry:
    person = PersonEntry(member.person.name, "", member.person.addresses)
    return MemberEntry(person, member.kind, 9, "", member.affiliations, member.topics, 4)


def main(arguments: list[str]) -> None:
    count = int(arguments[0]) if arguments[:1] and arguments[0].isdigit() else MEMBERS
    facts = _facts(count)
    pool, _ = _timed("pool", lambda: Pool(facts, TODAY))
    need = Need(TEACHER, ("話題5の対応",), TEXT)
    ranking, seconds = _timed(f"rank {count:,} members, the first 1,000", lambda: rank(need, pool, 1000), 9)
    _, each = _timed("rank and choose the best 5", lambda: best(rank(need, pool, of_each_kind=5).candidates, 5), 9)
    sys.stdout.write(f"  {len(ranking.excluded):,} excluded; {max(seconds, each):.3f} s (reach {TARGET_SECONDS} s)\n")
    _timed("rank all", lambda: rank(need, pool))
    if "--pure" in arguments:
        return
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/bench.db", KEYS)
        migrate.upgrade(database.engine)
        office = Office(database, register.POLICY, clock=lambda: NOW)
        number, _ = _timed("(fill the database)", lambda: _fill(office, count))

        def look() -> None:
            with office.read() as ctx:
                invite.rank_members(ctx, number, limit=1000)

        _timed("whole: read, put in order, rank", look)
        database.close()


if __name__ == "__main__":
    main(sys.argv[1:])
