"""How coarsely people are told of: one level for everybody of a side, frozen for a quarter, no cell of fewer than k.

Global recoding: how coarse somebody is shown would itself say that they are rare, so one level is in force for all.
It is the finest at which at most one in twenty stands in a cell of fewer than k people. Those few are told of with the
one word that fits all, and so is a share of the others, by lot, so that the word is no sign. A snapshot has counts and
no persons; it is taken once a quarter and used by each case from its opening on, so that one registration more changes
nothing that could be compared. Whoever leaves makes a cell smaller at once: what fits too few now is not told.

Before: `desk/attributes.py` has the words. After: `flow/shown.py` keeps snapshots and asks for somebody's words. Pure.

Known weaknesses: somebody who was told of when the register was small stays at that level while others of the same
side are told of more finely; what people say of themselves in their texts is not counted here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailgate.desk.attributes import Bands, Cell, Level, Profile, Side, cell, words

SMALL_POPULATION = 20
"""Below this only the coarsest levels are used."""
TOLERATED_SHARE = 0.05
"""How much of a population may fall into small cells."""
HIDDEN_SHARE = 0.075
"""How many of the others are told of with the common word too."""
_BETWEEN = "・"
_POPULATIONS = (20, 50, 150, 500, 2000)
Counts = Mapping[Level, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is in force for one side in one quarter."""

    side: Side
    quarter: str
    """ "2026Q1"."""
    level: Level
    k: int
    people: int
    bands: Bands
    cells: Counts
    """How many stand in each cell, at every level; the words of a cell joined."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person to be told of."""

    profile: Profile
    coarsest: Level = Level.L1
    """The coarsest level at which they were told of before."""
    lot: float = 1.0
    """From 0 to below 1, always the same for one person in one quarter."""


def quarter_of(moment: datetime, zone: ZoneInfo) -> str:
    """The calendar quarter of a moment where the desk is."""
    day = moment.astimezone(zone)
    return f"{day.year}Q{(day.month + 2) // 3}"


def first_day(quarter: str) -> date:
    year, _, number = quarter.partition("Q")
    return date(int(year), 3 * int(number) - 2, 1)


def take(side: Side, quarter: str, population: Sequence[Profile], k: int, bands: Bands) -> Snapshot:
    """The snapshot of a population: all active people of one side."""
    cells = {level: Counter(_named(cell(one, level, bands)) for one in population) for level in Level}
    return Snapshot(side, quarter, _level_in_force(cells, len(population), k), k, len(population), bands, cells)


def share_in_small_cells(snapshot: Snapshot, level: Level) -> float:
    """How much of the population stands in cells of fewer than k at a level."""
    return _share(snapshot.cells[level], snapshot.people, snapshot.k)


def size_band(people: int) -> str:
    """About how many people that are."""
    low = max((border for border in _POPULATIONS if border <= people), default=0)
    high = min((border for border in _POPULATIONS if border > people), default=None)
    return f"{low} or more" if high is None else f"{low} to {high - 1}"


def describe(one: Somebody, snapshot: Snapshot, present: Sequence[Profile], k: int, language: str) -> str:
    """Somebody in words that fit at least k people of the snapshot, and of those who are `present` now."""
    return words(_Look(snapshot, present, k).shown(one), one.profile.side, language)


def describe_together(
    some: Sequence[Somebody], snapshot: Snapshot, present: Sequence[Profile], k: int, language: str
) -> list[str]:
    """The same for people who are told of in one mail: of several roles that one of them alone has none is told, since
    together they would point at the few groups of the register that have all of these."""
    look = _Look(snapshot, present, k)
    cells = [look.shown(one) for one in some]
    told = Counter(one.profile.role for one, its in zip(some, cells, strict=True) if _tells_role(one, its))
    lone = {role for role, count in told.items() if count == 1}
    if len(lone) > 1 and look.counts:
        cells = [
            look.shown(replace(one, coarsest=max(one.coarsest, Level.L7)))
            if one.profile.role in lone and _tells_role(one, its)
            else its
            for one, its in zip(some, cells, strict=True)
        ]
    return [words(its, one.profile.side, language) for one, its in zip(some, cells, strict=True)]


class _Look:
    """A snapshot beside the population as it is now."""

    def __init__(self, snapshot: Snapshot, present: Sequence[Profile], k: int) -> None:
        self._snapshot = snapshot
        self._present = present
        self._k = max(snapshot.k, k)
        self.counts = self._k > 1
        """Whether anybody is to be hidden at all: with k of 1 everything is told."""

    def shown(self, one: Somebody) -> Cell:
        """Empty for the common word."""
        level = max(self._snapshot.level, one.coarsest) if self.counts else Level.L1
        its = cell(one.profile, level, self._snapshot.bands)
        hidden = self.counts and (one.lot < HIDDEN_SHARE or not self._fits_enough(its, level))
        return () if hidden else its

    def _fits_enough(self, its: Cell, level: Level) -> bool:
        bands = self._snapshot.bands
        now = sum(1 for other in self._present if cell(other, level, bands) == its)
        return min(now, self._snapshot.cells[level].get(_named(its), 0)) >= self._k


def _tells_role(one: Somebody, its: Cell) -> bool:
    return one.profile.role in its and one.profile.role != one.profile.group


def _named(its: Cell) -> str:
    return _BETWEEN.join(its)


def _level_in_force(cells: Counts, people: int, k: int) -> Level:
    """The finest level at which at most one in twenty stands in a cell of fewer than `k`; L1 for k of 1 or less."""
    if k <= 1:
        return Level.L1
    finest = Level.L7 if people < SMALL_POPULATION else Level.L1
    fitting = (level for level in Level if level >= finest and _share(cells[level], people, k) <= TOLERATED_SHARE)
    return next(fitting, Level.L8)


def _share(counts: Mapping[str, int], people: int, k: int) -> float:
    return sum(count for count in counts.values() if count < k) / max(people, 1)
