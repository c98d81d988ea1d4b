"""What is hidden cannot be computed: tried by somebody who knows the rule, the total and all other counts."""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations, product

import pytest

from mailgate.desk.suppression import Shown, is_small, shown

_HIGHEST = 9


@pytest.mark.parametrize(
    ("counts", "k", "readable", "total"),
    [
        ((), 5, (), 0),
        ((0, 0), 5, (0, 0), 0),
        ((7, 12), 5, (7, 12), 19),
        ((7, 12, 0), 5, (7, 12, 0), 19),
        ((4, 7, 12), 5, (None, None, 12), 23),
        ((4, 7, 7, 12), 5, (None, None, None, 12), 30),  # of two of one size neither is preferred
        ((4, 0, 12), 5, (None, 0, None), 16),
        ((3, 4, 0), 5, (None, None, None), 7),
        ((1, 2), 5, (None, None), None),
        ((4,), 5, (None,), None),
        ((4, 7), 1, (4, 7), 11),
        ((2, 7, 9), 2, (None, None, 9), 18),  # 2 counts as 3
    ],
)
def test_small_counts_and_what_gives_them_away_are_hidden(
    counts: tuple[int, ...], k: int, readable: tuple[int | None, ...], total: int | None
) -> None:
    assert shown(counts, k) == Shown(readable, total)


def _everything_that_looks_alike(cells: int, k: int) -> dict[Shown, list[tuple[int, ...]]]:
    found: dict[Shown, list[tuple[int, ...]]] = defaultdict(list)
    for counts in product(range(_HIGHEST + 1), repeat=cells):
        found[shown(counts, k)].append(counts)
    return found


@pytest.mark.parametrize("k", [2, 3, 4, 5])
@pytest.mark.parametrize("cells", [1, 2, 3, 4])
def test_whoever_tries_all_tables_finds_more_than_one_value_for_each_hidden_cell(cells: int, k: int) -> None:
    computed = [
        (seen, place)
        for seen, tables in _everything_that_looks_alike(cells, k).items()
        for place, readable in enumerate(seen.counts)
        if readable is None and len({table[place] for table in tables}) < 2
    ]
    assert computed == []


def test_the_attack_succeeds_where_the_small_cell_alone_is_hidden() -> None:
    """Positive control: so the attack is one."""
    alike: dict[tuple[tuple[int | None, ...], int], set[int]] = defaultdict(set)
    for counts in product(range(_HIGHEST + 1), repeat=3):
        naive = tuple(None if is_small(count, 5) else count for count in counts)
        alike[naive, sum(counts)].add(counts[0])
    assert alike[(None, 7, 9), 20] == {4}


def test_what_is_hidden_may_be_exchanged() -> None:
    """The reason why it works: which of the hidden counts is which says nothing."""
    hidden = (2, 7, 4, 7)
    assert len({shown((*order, 8, 0), 5) for order in permutations(hidden)}) == 1


@pytest.mark.parametrize("k", [3, 5])
def test_what_is_hidden_together_is_not_small_itself(k: int) -> None:
    for counts in product(range(_HIGHEST), repeat=3):
        seen = shown(counts, k)
        together = sum(count for count, readable in zip(counts, seen.counts, strict=True) if readable is None)
        assert not is_small(together, k) or seen.total is None
