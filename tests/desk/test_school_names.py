from __future__ import annotations

import pytest

from mailgate.desk.people import School
from mailgate.desk.school_names import called, choice, find_schools, is_handle, is_named, is_same_school, taken_names

HILL = School(1, "S-1111", "森野市立ひばり台小学校", ("ひばり台小", "雲雀小"), "森野市", (), ())
THIRD = School(2, "S-2222", "海辺町立第三小学校", ("三小",), "海辺町", (), ())
OTHER_THIRD = School(3, "S-3333", "森野市立第三小学校", ("三小",), "森野市", (), ())
PRIVATE = School(4, "S-4444", "私立白樺学園中学校", ("白樺中", "白樺学園"), "森野市", (), ())
ALL = (HILL, THIRD, OTHER_THIRD, PRIVATE)


@pytest.mark.parametrize(
    "text",
    [
        "森野市立ひばり台小学校",
        "市立ひばり台小学校",
        "ひばり台小学校",
        "ひばり台小",
        "ヒバリ台小",
        "森野市立 ひばり台小学校",
        "森野市ひばり台小学校",
        "森野ひばり台小",
        "長崎県森野市立ひばり台小学校",
        "旧森野町立ひばり台小学校",
        "元森野市立ひばり台小学校教諭",
        "ひばり台小 教頭",
        "森野市立ひばり台小学校(2001年まで)",
        "海辺町立東小学校、森野市立ひばり台小学校",
        "雲雀小",
        "ﾋﾊﾞﾘ台小",
        "市立ひばり台小",
        "森野市立　ひばり台　小学校",
        "もりの県森野市立ひばり台小学校",
        "森野市立雲雀小学校",
        "現 森野市立ひばり台小学校",
        "森野市立ひばり台小学校（分校）",
    ],
)
def test_a_school_is_known_by_all_ways_to_write_it(text: str) -> None:
    assert is_named(HILL, text)


@pytest.mark.parametrize(
    "text",
    ["", "小学校", "森野市", "森野市立ひばり台中学校", "山里市立ひばり台小学校", "ひばり", "雲雀法律事務所", "台小"],
)
def test_another_school_or_another_town_is_not_meant(text: str) -> None:
    assert not is_named(HILL, text)


@pytest.mark.parametrize(
    "text", ["私立白樺学園中学校", "市立白樺学園中学校", "学校法人白樺学園", "白樺学園中学校・高等学校"]
)
def test_a_private_school_is_known_too(text: str) -> None:
    assert is_named(PRIVATE, text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("三小", [THIRD, OTHER_THIRD]),
        ("第三小学校", [THIRD, OTHER_THIRD]),
        ("海辺町立第三小", [THIRD]),
        ("森野市立第三小学校", [OTHER_THIRD]),
        ("白樺中", [PRIVATE]),
        ("西小", []),
        ("S-3333", [OTHER_THIRD]),
        ("s-3333", [OTHER_THIRD]),
        ("Ｓ-３３３３", [OTHER_THIRD]),
        ("S-9999", []),
    ],
)
def test_a_name_finds_every_school_that_it_may_mean(text: str, found: list[School]) -> None:
    assert find_schools(text, ALL) == found


def test_a_name_as_it_is_registered_means_that_school_alone() -> None:
    """Whatever others it might be short for."""
    other = School(5, "S-5555", "海辺町立ひばり台小学校", (), "海辺町", (), ())
    assert find_schools("ヒバリ台小", [*ALL, other]) == [HILL]
    assert find_schools("ひばり台小学校", [*ALL, other]) == [HILL, other]
    assert find_schools("ひばり台小 教諭", [*ALL, other]) == [HILL, other]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("s-1111", [HILL]),
        ("雲雀小学校", [HILL]),
        ("海辺町立 第三小", [THIRD]),
        ("三小", [THIRD, OTHER_THIRD]),
        ("第三小学校", []),
        ("市立ひばり台小学校", []),
        ("森野市立ひばり台小学校 教諭", []),
    ],
)
def test_a_school_is_called_by_handle_name_or_alias_alone(text: str, found: list[School]) -> None:
    assert called(text, ALL) == found


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("ひばり台小学校", [HILL]),
        ("ヒバリ台小", [HILL]),
        ("三小", [THIRD, OTHER_THIRD]),
        ("海辺町立第三小", [THIRD]),
        ("第三小", []),
        ("山里市立第三小学校", []),
        ("広島県府中市立第一小学校", []),
    ],
)
def test_a_name_is_taken_when_a_school_has_it_in_any_spelling(name: str, taken: list[School]) -> None:
    tokyo = School(6, "S-6666", "東京都府中市立第一小学校", (), "東京都府中市", (), ())
    assert taken_names([name, "別の小"], [*ALL, tokyo]) == [(name, school) for school in taken]


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("S-7F3K", True),
        ("s-7f3k", True),
        ("Ｓ-７Ｆ３Ｋ", True),
        ("S-7F3", False),
        ("西小", False),
        ("S学園", False),
        ("", False),
    ],
)
def test_a_handle_is_no_name(text: str, handle: bool) -> None:
    assert is_handle(text) is handle


def test_a_choice_names_handles_and_schools() -> None:
    assert choice([HILL, THIRD]) == "S-1111 (森野市立ひばり台小学校) or S-2222 (海辺町立第三小学校)"


@pytest.mark.parametrize(
    ("name", "municipality", "same"),
    [
        ("海辺町立第三小学校", "海辺町", True),
        ("海辺町立第三小学校", "", True),
        ("第三小学校", "海辺町", True),
        ("第三小学校", "森野市", False),
        ("森野市立第三小学校", "森野市", False),
        ("三小", "海辺町", False),
    ],
)
def test_only_the_official_name_makes_an_entry_the_same_school(name: str, municipality: str, same: bool) -> None:
    assert is_same_school(name, municipality, THIRD) is same


def test_a_very_long_name_is_compared_quickly() -> None:
    assert not is_named(HILL, "市立" * 100_000 + "小学校" * 100_000)
