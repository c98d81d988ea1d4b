"""In which words a person is told of to the other side: by the snapshot of the quarter in which the case came in.

Before: `invite.py` writes to members, `compilation.py` to the teacher. The snapshot is kept by the first who needs it;
whoever only looks (`case preview`) sees what would be kept. Nothing here is on the path of a mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile

from mailgate.desk.attributes import Level, Profile, Side, member_profile, teacher_profile
from mailgate.desk.eligibility import status_on
from mailgate.desk.levels import (
    Snapshot,
    Somebody,
    describe,
    describe_together,
    first_day,
    quarter_of,
    share_in_small_cells,
    size_band,
    take,
)
from mailgate.desk.people import Member, MemberStatus, Teacher
from mailgate.flow.context import Context
from mailgate.store import levels, members, teachers
from mailgate.store.cases import Case

_LOT_DIGITS = 8


def freeze(ctx: Context, case: Case) -> None:
    """Keeps what is in force for this case, for both sides; in a transaction that writes."""
    for side in Side:
        levels.freeze(ctx.tx, _snapshot(ctx, side, _quarter(ctx, case)), ctx.now)


def words_of_teacher(ctx: Context, case: Case, teacher: Teacher) -> str:
    """What the members of a case are told of its teacher."""
    snapshot = _snapshot(ctx, Side.TEACHER, _quarter(ctx, case))
    one = _somebody(ctx, case, snapshot, teacher_profile(teacher), teacher.id, teacher.person.id)
    return describe(one, snapshot, population(ctx, Side.TEACHER), ctx.policy.k_anonymity, ctx.desk_of(case).language)


def words_of_authors(ctx: Context, case: Case, authors: Sequence[Member]) -> list[str]:
    """What the teacher is told of each author of the comments in one answer."""
    snapshot = _snapshot(ctx, Side.MEMBER, _quarter(ctx, case))
    some = [_somebody(ctx, case, snapshot, member_profile(one), one.id, one.person.id) for one in authors]
    present = population(ctx, Side.MEMBER)
    return describe_together(some, snapshot, present, ctx.policy.k_anonymity, ctx.desk_of(case).language)


def population(ctx: Context, side: Side) -> list[Profile]:
    """All active people of a side, as they are now."""
    if side is Side.TEACHER:
        return [teacher_profile(one) for one in teachers.all_teachers(ctx.tx)]
    today = ctx.now.astimezone(ctx.policy.timezone).date()
    active = (one for one in members.all_members(ctx.tx) if status_on(one, today) is MemberStatus.ACTIVE)
    return [member_profile(one) for one in active]


def fresh(ctx: Context, side: Side, quarter: str) -> Snapshot:
    """The snapshot that would be taken now."""
    return take(side, quarter, population(ctx, side), ctx.policy.k_anonymity, ctx.policy.bands)


def _snapshot(ctx: Context, side: Side, quarter: str) -> Snapshot:
    return levels.find(ctx.tx, side, quarter) or fresh(ctx, side, quarter)


def _quarter(ctx: Context, case: Case) -> str:
    return quarter_of(case.received_at, ctx.policy.timezone)


def _somebody(ctx: Context, case: Case, snapshot: Snapshot, profile: Profile, side_id: int, person_id: int) -> Somebody:
    return Somebody(profile, _coarsest(ctx, case, snapshot.side, side_id), _lot(ctx, person_id, snapshot.quarter))


def _coarsest(ctx: Context, case: Case, side: Side, side_id: int) -> Level:
    """Of the levels at which this person was told of in other cases."""
    received = levels.told_of_in(ctx.tx, side, side_id, case.number)
    quarters = {quarter_of(moment, ctx.policy.timezone) for moment in received}
    known = (levels.find(ctx.tx, side, quarter) for quarter in sorted(quarters))
    return max((one.level for one in known if one is not None), default=Level.L1)


def _lot(ctx: Context, person_id: int, quarter: str) -> float:
    """Drawn once for a person and a quarter: only the holder of the keys could foresee it."""
    drawn = int(ctx.tx.keys.token_hash(f"lot {person_id} {quarter}")[:_LOT_DIGITS], 16)
    return drawn / float(16**_LOT_DIGITS)


@dataclass(frozen=True, slots=True)
class InForce:
    """What the operators are told of one side."""

    snapshot: Snapshot
    frozen_at: datetime | None
    """None while no case of this quarter has needed it: then it is as it would be now."""
    since: date
    """The first day of the quarters in a row that have this level."""
    people: str
    """About how many."""
    shares: dict[Level, float]
    """How many of them stand in small cells, at this level and at each finer one."""


def in_force(ctx: Context) -> list[InForce]:
    """What holds for cases that come in now, for each side."""
    return [_in_force(ctx, side, quarter_of(ctx.now, ctx.policy.timezone)) for side in Side]


def _in_force(ctx: Context, side: Side, quarter: str) -> InForce:
    kept = [one for one in levels.all_of(ctx.tx, side) if one.snapshot.quarter <= quarter]
    frozen = kept[0] if kept and kept[0].snapshot.quarter == quarter else None
    snapshot = frozen.snapshot if frozen else fresh(ctx, side, quarter)
    alike = takewhile(lambda one: one.snapshot.level is snapshot.level, kept)
    since = min((first_day(one.snapshot.quarter) for one in alike), default=first_day(quarter))
    # Of L8, which tells nothing, there is nothing to say.
    told: list[Level] = [level for level in Level if level <= snapshot.level and level is not Level.L8]
    shares = {level: share_in_small_cells(snapshot, level) for level in told}
    return InForce(snapshot, frozen.at if frozen else None, since, size_band(snapshot.people), shares)
