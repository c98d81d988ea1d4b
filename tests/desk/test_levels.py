"""k-anonymity, on any register: nothing is told that fits fewer than k people, and one person more changes nothing."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.desk.attributes import Bands, Level, Profile, Side, cell, words
from mailgate.desk.levels import (
    HIDDEN_SHARE,
    SMALL_POPULATION,
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

BANDS = Bands()
TOKYO = ZoneInfo("Asia/Tokyo")
TEACHING, PROFESSIONAL = "教員・元教員", "専門職・教育関係者"
FORMER = Profile(Side.MEMBER, "元教員", TEACHING, 31, 60, "女性", "")
TEACHER = Profile(Side.MEMBER, "教員", TEACHING, 31, 60, "女性", "")
LAWYER = Profile(Side.MEMBER, "弁護士", PROFESSIONAL, None, 40, "男性", "")
PSYCHOLOGIST = Profile(Side.MEMBER, "臨床心理士", PROFESSIONAL, None, 40, "男性", "")
COMMON = "協力者"

_GROUPS = {"教員": TEACHING, "元教員": TEACHING, "弁護士": PROFESSIONAL, "臨床心理士": PROFESSIONAL}
profiles = st.builds(
    lambda role, years, decade, gender: Profile(Side.MEMBER, role, _GROUPS[role], years, decade, gender, ""),
    st.sampled_from(sorted(_GROUPS)),
    st.none() | st.integers(0, 45),
    st.sampled_from((0, 30, 40, 50, 60)),
    st.sampled_from(("", "女性", "男性")),
)
populations = st.lists(profiles, min_size=1, max_size=60) | st.builds(
    lambda some, times: some * times, st.lists(profiles, min_size=1, max_size=8), st.integers(5, 12)
)
ks = st.integers(2, 8)


def frozen(population: list[Profile], k: int = 5) -> Snapshot:
    return take(Side.MEMBER, "2026Q1", population, k, BANDS)


def told(one: Profile, population: list[Profile], k: int = 5, **more: object) -> str:
    return describe(Somebody(one, **more), frozen(population, k), population, k, "ja")  # type: ignore[arg-type]  # of one field


@pytest.mark.parametrize(
    ("population", "k", "level"),
    [
        ([], 1, Level.L1),
        ([], 5, Level.L7),
        ([FORMER] * 19, 5, Level.L7),
        ([FORMER] * 5 + [LAWYER] * 3, 5, Level.L8),
        ([FORMER] * 5 + [LAWYER] * 3, 1, Level.L1),
        ([FORMER] * 20, 5, Level.L1),
        ([FORMER] * 20 + [LAWYER], 5, Level.L1),
        ([FORMER] * 18 + [LAWYER] * 2, 5, Level.L8),
        ([FORMER] * 16 + [LAWYER] * 4 + [PSYCHOLOGIST] * 4, 5, Level.L5),
    ],
)
def test_the_level_is_the_finest_that_leaves_one_in_twenty_rare(
    population: list[Profile], k: int, level: Level
) -> None:
    assert frozen(population, k).level is level


@given(populations, ks)
def test_the_level_keeps_its_promise(population: list[Profile], k: int) -> None:
    """L48, first half."""
    snapshot = frozen(population, k)
    assert share_in_small_cells(snapshot, snapshot.level) <= 0.05 or snapshot.level is Level.L8
    assert snapshot.level >= Level.L7 or len(population) >= SMALL_POPULATION


@given(populations, ks, st.data())
def test_nobody_is_told_of_in_words_that_fit_fewer_than_k(
    population: list[Profile], k: int, data: st.DataObject
) -> None:
    """L48: alone or together with others, at whatever level they were told of before, also after people have left."""
    snapshot = frozen(population, k)
    left = data.draw(st.lists(st.sampled_from(population), max_size=len(population)))
    some = [
        Somebody(one, data.draw(st.sampled_from(Level)), data.draw(st.floats(0, 0.99)))
        for one in data.draw(st.lists(st.sampled_from(population), min_size=1, max_size=5))
    ]
    alone = [describe(one, snapshot, left, k, "ja") for one in some]
    for shown in (*alone, *describe_together(some, snapshot, left, k, "ja")):
        for whole in (population, left):
            fitting = [
                one for one in whole if shown in {words(cell(one, level, BANDS), one.side, "ja") for level in Level}
            ]
            assert shown == COMMON or len(fitting) >= k


@given(populations, ks, profiles, st.sampled_from(list(Level)))
def test_one_registration_more_changes_no_words_of_the_quarter(
    population: list[Profile], k: int, newcomer: Profile, before: Level
) -> None:
    """L49: the snapshot is frozen, so two cases of one quarter cannot be compared across a registration."""
    snapshot = frozen(population, k)
    for one in {*population, newcomer}:
        somebody = Somebody(one, before)
        assert describe(somebody, snapshot, population, k, "ja") == describe(
            somebody, snapshot, [*population, newcomer], k, "ja"
        )


@given(populations, ks, st.data())
def test_a_withdrawal_only_ever_hides(population: list[Profile], k: int, data: st.DataObject) -> None:
    """L49, the other way: who is left is told of as before, or with the common word."""
    snapshot = frozen(population, k)
    gone = data.draw(st.integers(0, len(population) - 1))
    left = population[:gone] + population[gone + 1 :]
    for one in set(left):
        words_now = describe(Somebody(one), snapshot, left, k, "ja")
        assert words_now in (COMMON, describe(Somebody(one), snapshot, population, k, "ja"))


@given(populations, ks, st.sampled_from(list(Level)), st.floats(0, 0.99))
def test_the_same_person_is_told_of_alike_in_each_case_of_a_quarter(
    population: list[Profile], k: int, before: Level, lot: float
) -> None:
    """L50; and once coarsely, never more finely."""
    snapshot, one = frozen(population, k), population[0]
    again = [describe(Somebody(one, before, lot), snapshot, population, k, "ja") for _ in range(2)]
    assert again[0] == again[1]
    levels = [level for level in Level if words(cell(one, level, BANDS), one.side, "ja") == again[0]]
    assert again[0] == COMMON or max(levels) >= max(before, snapshot.level)


def test_somebody_rare_is_told_of_with_the_word_that_fits_all() -> None:
    population = [FORMER] * 20 + [LAWYER]
    assert told(LAWYER, population) == COMMON
    assert told(FORMER, population) == "元教員・教職歴20年以上・50代以上・女性"


def test_the_lot_hides_a_few_of_the_others_so_that_the_common_word_is_no_sign() -> None:
    population = [FORMER] * 30
    hidden = [told(FORMER, population, lot=number / 1000) == COMMON for number in range(1000)]
    assert hidden == [True] * int(HIDDEN_SHARE * 1000) + [False] * (1000 - int(HIDDEN_SHARE * 1000))
    assert 0.05 <= HIDDEN_SHARE <= 0.1


def test_with_k_of_one_nobody_is_hidden() -> None:
    assert told(LAWYER, [LAWYER], 1, lot=0.0, coarsest=Level.L8) == "弁護士・40代・男性"


def test_a_larger_k_counts_at_once_and_a_smaller_one_in_the_next_quarter() -> None:
    population = [FORMER] * 30
    assert describe(Somebody(FORMER), frozen(population, 5), population, 31, "ja") == COMMON
    assert describe(Somebody(LAWYER), frozen([*population, LAWYER], 5), [*population, LAWYER], 1, "ja") == COMMON


def test_of_roles_that_one_author_alone_has_only_one_is_told() -> None:
    population = [FORMER] * 8 + [TEACHER] * 8 + [LAWYER] * 8 + [PSYCHOLOGIST] * 8
    snapshot = frozen(population)

    def together(*some: Profile) -> list[str]:
        shown = describe_together([Somebody(one) for one in some], snapshot, population, 5, "ja")
        return [one.split("・教職歴")[0].split("・40代")[0] for one in shown]

    assert together(LAWYER) == ["弁護士"]
    assert together(LAWYER, FORMER, FORMER) == ["弁護士", "元教員", "元教員"]
    assert together(LAWYER, FORMER) == [PROFESSIONAL, TEACHING]
    assert together(LAWYER, PSYCHOLOGIST, FORMER, FORMER) == [PROFESSIONAL, PROFESSIONAL, "元教員", "元教員"]


def test_a_snapshot_has_counts_and_no_persons() -> None:
    population = [FORMER] * 3 + [LAWYER]
    snapshot = frozen(population)
    assert snapshot.cells[Level.L7] == Counter({TEACHING: 3, PROFESSIONAL: 1})
    assert (snapshot.people, snapshot.k, snapshot.bands) == (4, 5, BANDS)


@pytest.mark.parametrize(
    ("moment", "quarter", "first"),
    [
        (datetime(2026, 3, 31, 14, 59, tzinfo=UTC), "2026Q1", date(2026, 1, 1)),
        (datetime(2026, 3, 31, 15, 0, tzinfo=UTC), "2026Q2", date(2026, 4, 1)),
        (datetime(2026, 12, 31, 14, 0, tzinfo=UTC), "2026Q4", date(2026, 10, 1)),
        (datetime(2026, 12, 31, 15, 0, tzinfo=UTC), "2027Q1", date(2027, 1, 1)),
    ],
)
def test_quarters_are_those_of_the_desk(moment: datetime, quarter: str, first: date) -> None:
    assert quarter_of(moment, TOKYO) == quarter
    assert first_day(quarter) == first


@pytest.mark.parametrize(
    ("people", "band"),
    [(0, "0 to 19"), (19, "0 to 19"), (20, "20 to 49"), (1999, "500 to 1999"), (2000, "2000 or more")],
)
def test_a_population_is_told_in_bands(people: int, band: str) -> None:
    assert size_band(people) == band
