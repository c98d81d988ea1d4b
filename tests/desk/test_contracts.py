from __future__ import annotations

from datetime import date

import pytest

from mailgate.desk.contracts import Standing, best_standing, joined, last_grace_day, overlap, standing
from mailgate.desk.people import Contract

YEAR = Contract(date(2025, 4, 1), date(2026, 3, 31))
NEXT = Contract(date(2026, 4, 1), date(2027, 3, 31))
WITHIN = Contract(date(2025, 9, 1), date(2025, 9, 30))
ACROSS = Contract(date(2026, 3, 31), date(2026, 5, 31))


@pytest.mark.parametrize(
    ("day", "is_then"),
    [
        (date(2025, 3, 31), Standing.COMING),
        (date(2025, 4, 1), Standing.RUNNING),
        (date(2026, 3, 31), Standing.RUNNING),
        (date(2026, 4, 1), Standing.GRACE),
        (date(2026, 4, 30), Standing.GRACE),
        (date(2026, 5, 1), Standing.ENDED),
    ],
)
def test_a_contract_comes_runs_is_in_grace_and_ends(day: date, is_then: Standing) -> None:
    assert standing(YEAR, day, 30) is is_then


def test_without_grace_days_a_contract_ends_on_its_last_day() -> None:
    assert standing(YEAR, date(2026, 4, 1), 0) is Standing.ENDED


def test_a_running_contract_counts_before_the_grace_of_another() -> None:
    assert best_standing([YEAR, NEXT], date(2026, 4, 2), 30) is Standing.RUNNING
    assert best_standing([YEAR], date(2026, 4, 2), 30) is Standing.GRACE
    assert best_standing([YEAR], date(2027, 4, 2), 30) is None


@pytest.mark.parametrize(
    ("contracts", "found"),
    [
        ((YEAR, NEXT), None),
        ((NEXT, YEAR), None),
        ((YEAR, WITHIN), (YEAR, WITHIN)),
        ((ACROSS, YEAR), (YEAR, ACROSS)),
        ((YEAR, NEXT, ACROSS), (YEAR, ACROSS)),
        ((), None),
    ],
)
def test_contracts_with_a_day_in_common_are_found(
    contracts: tuple[Contract, ...], found: tuple[Contract, Contract] | None
) -> None:
    assert overlap(contracts) == found
    assert overlap(contracts, contracts) is None


def test_a_new_contract_is_compared_with_the_known_ones() -> None:
    assert overlap((YEAR, WITHIN, ACROSS), (YEAR, WITHIN)) == (YEAR, ACROSS)


def test_joined_periods_cover_the_same_days() -> None:
    assert joined([NEXT, WITHIN, YEAR]) == (YEAR, NEXT)
    assert joined([ACROSS, YEAR]) == (Contract(YEAR.starts_on, ACROSS.ends_on),)
    assert joined([YEAR, YEAR]) == (YEAR,)


def test_grace_never_leaves_the_calendar() -> None:
    assert last_grace_day(YEAR, 30) == date(2026, 4, 30)
    assert last_grace_day(Contract(date(2025, 4, 1), date.max), 30) == date.max
