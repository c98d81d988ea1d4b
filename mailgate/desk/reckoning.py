"""Computes the figures of a period from plain rows. Pure: the time is handed in.

Before: `flow/report.py` brings the rows together. After: one frozen value (`desk/figures.py`), in which small counts
are hidden (`desk/suppression.py`). All figures are of the cases that came in the period, and of what became of them
until now, also after its end. The rules, which the README tells:

- Times run from the arrival of the first mail to the first comment that counts, and to the first answer, day and
  night. Percentiles are of the cases in which it came. Whether a target was kept is judged of these, and of those
  where the target day is past without it; not of held, spam and withdrawn cases that never came so far.
- An invitation counts for the answer rate once it has ended, or brought a comment.
- Members are counted as people: five invitations of one lawyer are not five lawyers.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from statistics import fmean, median
from zoneinfo import ZoneInfo

from mailgate.desk.contract_use import SchoolUse
from mailgate.desk.figures import (
    AnswerRate,
    Asked,
    CaseFacts,
    Cell,
    Duration,
    Figures,
    Graded,
    KindRow,
    Rules,
    Satisfaction,
)
from mailgate.desk.lifecycle import CaseState, InvitationState
from mailgate.desk.people import MemberKind
from mailgate.desk.period import Period
from mailgate.desk.schedule import due_in
from mailgate.desk.suppression import is_small, shown

_NEVER_CAME_SO_FAR = (CaseState.HELD, CaseState.SPAM, CaseState.WITHDRAWN)
_ENDED = frozenset(InvitationState) - {InvitationState.INVITED, InvitationState.REVOKED}
"""Whoever was called off did not fail to answer."""
_DIGITS = (1, 2, 3, 4, 5)
_HOUR_SECONDS = 3600


def compute(
    period: Period,
    now: datetime,
    rules: Rules,
    cases: Sequence[CaseFacts],
    tags: Iterable[tuple[int, str]],
    asked: Sequence[Asked],
    graded: Sequence[Graded],
    used: Sequence[SchoolUse],
) -> Figures:
    """All figures; `used` has the true number of cases for each contract, hidden from here on where it is small."""
    k = rules.k
    topics, other_topics = _topics(cases, tags, k)
    contracts, without = _contracts(len(cases), used, k)
    return Figures(
        period=period,
        until=now,
        k=k,
        targets=rules.targets,
        cases=shown([len(cases)], k).total,
        states=_cells(tuple(CaseState), Counter(one.state for one in cases), k),
        months=_cells(
            period.months(), Counter(one.received_at.astimezone(rules.zone).strftime("%Y-%m") for one in cases), k
        ),
        topics=topics,
        other_topics=other_topics,
        first_comment=_duration(
            [(one, one.first_comment_at) for one in cases], rules.targets.first_comment_days, now, rules
        ),
        answer=_duration([(one, one.answered_at) for one in cases], rules.answer_days, now, rules),
        comments_per_case=_comments_per_case(cases, asked, k),
        answer_rate=_answer_rate(asked, rules),
        satisfaction=_satisfaction(graded, rules),
        contracts=contracts,
        without_contract=without,
    )


def _cells(names: Sequence[str], counts: Counter[str], k: int) -> tuple[Cell, ...]:
    readable = shown([counts[name] for name in names], k).counts
    return tuple(Cell(str(name), count) for name, count in zip(names, readable, strict=True))


def _topics(cases: Sequence[CaseFacts], tags: Iterable[tuple[int, str]], k: int) -> tuple[tuple[Cell, ...], int | None]:
    """A rare tag is not even named: its words may be about one case alone."""
    listed = list(tags)
    uses = Counter(tag for _, tag in listed)
    untagged = len(cases) - len({case for case, _ in listed})
    ordered = sorted(uses.items(), key=lambda one: (-one[1], one[0]))
    readable = shown([*(count for _, count in ordered), untagged], k)
    named = tuple(
        Cell(tag, count) for (tag, count), seen in zip(ordered, readable.counts, strict=False) if seen is not None
    )
    if readable.total is None:
        return (), None
    return named, readable.total - sum(one.count or 0 for one in named)


def _contracts(cases: int, used: Sequence[SchoolUse], k: int) -> tuple[tuple[SchoolUse, ...], int | None]:
    """The cases that no contract paid for belong to the table: with them it comes to the total, which is known."""
    true = [one.cases or 0 for one in used]
    *readable, without = shown([*true, max(cases - sum(true), 0)], k).counts
    return tuple(one.with_cases(seen) for one, seen in zip(used, readable, strict=True)), without


def _duration(
    ends: Sequence[tuple[CaseFacts, datetime | None]], target_days: int, now: datetime, rules: Rules
) -> Duration:
    took = [(end - one.received_at).total_seconds() / _HOUR_SECONDS for one, end in ends if end is not None]
    kept = [verdict for one, end in ends if (verdict := _kept(one, end, target_days, now, rules)) is not None]
    few = not took or is_small(len(took), rules.k)
    judged = shown([sum(kept), len(kept) - sum(kept)], rules.k)
    percent = 100 * sum(kept) / len(kept) if kept else None
    return Duration(
        cases=shown([len(took), len(ends) - len(took)], rules.k).counts[0],
        median_hours=None if few else round(median(took), 1),
        p90_hours=None if few else round(_nearest_rank(took, 0.9), 1),
        target_days=target_days,
        kept_percent=None if percent is None or judged.hides else round(percent, 1),
        reached=None if percent is None or judged.total is None else percent >= rules.targets.share_percent,
    )


def _kept(one: CaseFacts, end: datetime | None, days: int, now: datetime, rules: Rules) -> bool | None:
    """Whether a case kept to its target day; None while nobody can say, or where it is not asked."""
    due = _due(one.received_at.astimezone(rules.zone).date(), days, rules.zone, rules.calendar)
    if end is not None:
        return end <= due
    return False if now > due and one.state not in _NEVER_CAME_SO_FAR else None


@lru_cache(maxsize=10_000)
def _due(day: date, days: int, zone: ZoneInfo, calendar: str) -> datetime:
    """Of all cases that came on one day."""
    return due_in(datetime.combine(day, time(), zone), days, zone, calendar)


def _nearest_rank(values: Sequence[float], share: float) -> float:
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


def _comments_per_case(cases: Sequence[CaseFacts], asked: Sequence[Asked], k: int) -> float | None:
    answered = {one.number for one in cases if one.answered_at is not None}
    if not answered or is_small(len(answered), k):
        return None
    came = sum(1 for one in asked if one.case in answered and one.state is InvitationState.COMMENTED)
    return round(came / len(answered), 1)


def _answer_rate(asked: Sequence[Asked], rules: Rules) -> AnswerRate:
    ended: dict[MemberKind, list[Asked]] = defaultdict(list)
    for one in asked:
        if one.state in _ENDED:
            ended[one.kind].append(one)
    people = shown([len({one.member for one in ended[kind]}) for kind in MemberKind], rules.k)
    rows = tuple(
        _kind(kind, ended[kind]) if count is not None else KindRow(kind, None, None, None, None)
        for kind, count in zip(MemberKind, people.counts, strict=True)
    )
    if people.total is None:
        return AnswerRate(rows, None, None, None, None, None)
    everybody = [one for some in ended.values() for one in some]
    answered, rate = _came(everybody), _rate(everybody)
    reached = None if rate is None else rate >= rules.targets.answer_rate_percent
    return AnswerRate(rows, people.total, len(everybody), answered, rate, reached)


def _kind(kind: MemberKind, ended: Sequence[Asked]) -> KindRow:
    return KindRow(kind, len({one.member for one in ended}), len(ended), _came(ended), _rate(ended))


def _came(ended: Iterable[Asked]) -> int:
    return sum(1 for one in ended if one.state is InvitationState.COMMENTED)


def _rate(ended: Sequence[Asked]) -> float | None:
    return round(100 * _came(ended) / len(ended), 1) if ended else None


def _satisfaction(graded: Sequence[Graded], rules: Rules) -> Satisfaction:
    digits = [one.digit for one in graded if one.digit is not None]
    readable = shown([digits.count(digit) for digit in _DIGITS], rules.k)
    few = not digits or readable.total is None
    mean = None if few else fmean(digits)
    return Satisfaction(
        answers=shown([len(digits), len(graded) - len(digits)], rules.k).counts[0],
        mean=None if mean is None else round(mean, 1),
        digits=tuple(
            Cell(str(digit), None if readable.hides else count)
            for digit, count in zip(_DIGITS, readable.counts, strict=True)
        ),
        reached=None if mean is None else mean >= rules.targets.satisfaction,
    )
