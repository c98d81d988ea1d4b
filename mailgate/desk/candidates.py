"""Whom to ask: the members ranked for one case, each with the reasons, and who is left out and why.

The order is plain enough to be checked by eye: more matching topics first, then less of the monthly limit used, then
who answers more often (few answers count for little), then who was asked longest ago. `best` mixes the kinds, so that a
teacher hears a lawyer and a psychologist too. `desk/candidate_pool.py` has everybody in order; `flow/invite.py` asks
the same `exclusion` of everybody whom an operator names.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from operator import attrgetter

from mailgate.desk.candidate_pool import MemberFacts, Pool, unavailable
from mailgate.desk.conflict import conflict, told, warning
from mailgate.desk.people import MemberKind, Teacher
from mailgate.desk.topics import Touched
from mailgate.phrase import Phrase


@dataclass(frozen=True, slots=True)
class Need:
    """What one case asks for."""

    teacher: Teacher
    tags: Collection[str] = ()
    text: str = ""
    """As it is approved."""
    kinds: frozenset[MemberKind] = frozenset()
    """Only members of these kinds, the others are not spoken of; empty: of any."""
    since_year: int | None = None
    """Affiliations that ended before this year are no conflict any more; None: all are."""


@dataclass(frozen=True, slots=True)
class Candidate:
    handle: str
    kind: MemberKind
    topics: tuple[str, ...]
    """Those of the member that the case touches."""
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Excluded:
    handle: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ranking:
    candidates: tuple[Candidate, ...]
    """Best first."""
    excluded: tuple[Excluded, ...]
    """By handle."""
    left_out: int = 0
    """How many more candidates there are, behind those that were asked for."""


def rank(need: Need, pool: Pool, limit: int | None = None, of_each_kind: int | None = None) -> Ranking:
    """The members for a case: all, the first `limit`, or the first so many of each kind with and without a topic."""
    conflicts = {
        place: told(reason)
        for place in pool.suspects(need.teacher)
        if (reason := conflict(need.teacher, pool.facts[place].member, need.since_year))
    }
    matching = _matching(pool, need)
    fitting = [place for place in _in_order(pool, matching) if place not in pool.out and place not in conflicts]
    if need.kinds:
        fitting = [place for place in fitting if pool.facts[place].member.kind in need.kinds]
    places = fitting if of_each_kind is None else _first_of_each_kind(pool, matching, fitting, of_each_kind)
    chosen = [
        _candidate(need, pool.facts[place], matching.get(place, ()), pool.today) for place in islice(places, limit)
    ]
    return Ranking(tuple(chosen), tuple(_excluded(pool, conflicts)), len(fitting) - len(chosen))


def _first_of_each_kind(
    pool: Pool, matching: Mapping[int, Sequence[str]], fitting: Iterable[int], count: int
) -> Iterator[int]:
    taken: Counter[tuple[bool, MemberKind]] = Counter()
    for place in fitting:
        group = (place in matching, pool.facts[place].member.kind)
        taken[group] += 1
        if taken[group] <= count:
            yield place
        elif all(taken[False, kind] > count for kind in MemberKind):  # those with a topic came before
            return


def _excluded(pool: Pool, conflicts: Mapping[int, str]) -> list[Excluded]:
    """By handle; a conflict is told before everything else."""
    found = [Excluded(handle, reason) for place, handle, reason in pool.out_by_handle if place not in conflicts]
    if conflicts:
        found += [Excluded(pool.facts[place].member.handle, reason) for place, reason in conflicts.items()]
        found.sort(key=attrgetter("handle"))
    return found


def exclusion(need: Need, facts: MemberFacts, today: date) -> str | None:
    """Why this member may not be asked, in words without names; a conflict is told before everything else."""
    if reason := conflict(need.teacher, facts.member, need.since_year):
        return told(reason)
    return unavailable(facts, today)


def best(candidates: Sequence[Candidate], count: int) -> tuple[Candidate, ...]:
    """Up to `count` candidates: those with a matching topic first, and among these as many kinds as possible."""
    groups: dict[tuple[bool, MemberKind], list[tuple[int, Candidate]]] = defaultdict(list)
    for place, one in reversed(list(enumerate(candidates))):
        groups[not one.topics, one.kind].append((place, one))
    chosen: list[Candidate] = []
    kinds: Counter[MemberKind] = Counter()
    while groups and len(chosen) < count:
        # The first of equals, which keeps the order.
        group = min(groups, key=lambda group: (group[0], kinds[group[1]], groups[group][-1][0]))
        chosen.append(groups[group].pop()[1])
        kinds[group[1]] += 1
        if not groups[group]:
            del groups[group]
    return tuple(chosen)


def _matching(pool: Pool, need: Need) -> dict[int, list[str]]:
    """The topics of each member that the case touches, by place; who has none is not in it."""
    case = Touched(need.tags, need.text)
    found: dict[int, list[str]] = defaultdict(list)
    for topic in pool.topics:
        if case.touches(topic):
            for place in pool.with_topic(topic):
                found[place].append(topic)
    return found


def _in_order(pool: Pool, matching: dict[int, list[str]]) -> Iterator[int]:
    """All places, those with more topics first, else in the order of the pool."""
    by_count: dict[int, list[int]] = defaultdict(list)
    for place, topics in matching.items():
        by_count[len(topics)].append(place)
    for count in sorted(by_count, reverse=True):
        yield from sorted(by_count[count])
    yield from (place for place in range(len(pool.facts)) if place not in matching)


def _candidate(need: Need, facts: MemberFacts, topics: Sequence[str], today: date) -> Candidate:
    own = tuple(topic for topic in facts.member.topics if topic in topics)
    reasons = tuple(_reasons(need, facts, own, today))
    return Candidate(facts.member.handle, facts.member.kind, own, reasons)


def _reasons(need: Need, facts: MemberFacts, topics: Sequence[str], today: date) -> Iterable[str]:
    yield Phrase("topics: {topics}", topics=topics) if topics else Phrase("no matching topic")
    yield Phrase("kind: {kind}", kind=facts.member.kind)
    invited, limit = facts.invited_this_month, facts.member.monthly_limit
    if limit is None:
        yield Phrase("invited this month: {count}", count=invited)
    else:
        yield Phrase("invited this month: {count} of {limit}", count=invited, limit=limit)
    if facts.asked:
        yield Phrase("answered {answered} of {asked}", answered=facts.answered, asked=facts.asked)
    if facts.last_invited is None:
        yield Phrase("never invited yet")
    else:
        yield Phrase("last invited {days} days ago", days=(today - facts.last_invited).days)
    if doubt := warning(need.teacher, facts.member):
        yield Phrase("please consider: {doubt}", doubt=doubt)
