"""Which counts of a table are not shown, so that nobody is recognised in a small one: pure, and safe against whoever
knows this rule, the other counts and the total.

Small is a count from 1 to k-1; nobody is recognised in a 0. One hidden count could be computed from the total. So the
smallest of the others go with the small ones: all that have that size, and where there is none, the zeros. Then the
hidden counts differ in size, and which of them is which cannot be told: exchanged among themselves they give the same
table. Together they are k at least. A k of 2 would leave only one size for a small count: it is taken as 3.

Used by `desk/reckoning.py`. Known weaknesses: one table is protected, not two that overlap: whoever gets the figures of
a year and those of its first eleven months can subtract one from the other. Pass on whole periods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_LEAST_K = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """Counts as they may be read; None is hidden."""

    counts: tuple[int | None, ...]
    total: int | None

    @property
    def hides(self) -> bool:
        return None in self.counts


def is_small(count: int, k: int) -> bool:
    """Whether so few could be recognised; nobody with a `k` of 1 or less."""
    return k > 1 and 0 < count < max(k, _LEAST_K)


def shown(counts: Sequence[int], k: int) -> Shown:
    """The counts of a table whose total may be known, and that total, as far as they may be read."""
    total = sum(counts)
    if is_small(total, k):
        return Shown((None,) * len(counts), None)
    hidden = {count for count in counts if is_small(count, k)}
    if hidden:
        hidden.add(min((count for count in counts if count and count not in hidden), default=0))
    return Shown(tuple(None if count in hidden else count for count in counts), total)
