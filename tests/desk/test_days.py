from __future__ import annotations

from datetime import date

import pytest

from mailgate.desk.days import read_day, read_month

FIRST = date(2025, 2, 1)


@pytest.mark.parametrize(
    "text",
    [
        "2025/2/1",
        "2025-02-01",
        "2025.2.1",
        "2025年2月1日",
        "２０２５年２月１日",
        "2025年 2月 1日（土）",
        "2025/02/01 (土曜日)",
        "20250201",
        "令和7年2月1日",
        "令和７年２月１日",
        "令和 7年 2月 1日",
        "㋿7年2月1日",
        "R7.2.1",
        "r7/2/1",
        "Ｒ７－２－１",
        "R.7.2.1",
        "2025-02-01 00:00:00",
        "2025-02-01T00:00:00",
        "2025/2/1 0:00",
        "45689",
        "45689.0",
    ],
)
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert read_day(text) == FIRST


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("平成31年4月30日", date(2019, 4, 30)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R1.5.1", date(2019, 5, 1)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("S64.1.7", date(1989, 1, 7)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("大正15年12月25日", date(1926, 12, 25)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("明治45年7月30日", date(1912, 7, 30)),
        ("2024年2月29日", date(2024, 2, 29)),
    ],
)
def test_eras_begin_and_end_on_their_day(text: str, day: date) -> None:
    assert read_day(text) == day


_NO_DAY = "is not a day such as 2026-04-01"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("令和元年4月30日", f"{_NO_DAY}: 令和 began on 2019-05-01"),
        ("平成31年5月1日", f"{_NO_DAY}: 平成 ended on 2019-04-30"),
        ("H32.3.31", f"{_NO_DAY}: 平成 ended on 2019-04-30"),
        ("2025-02-31", f"{_NO_DAY}: no calendar has it"),
        ("2025年13月1日", f"{_NO_DAY}: no calendar has it"),
        ("令和0年5月1日", f"{_NO_DAY}: no calendar has it"),
        ("20250230", f"{_NO_DAY}: no calendar has it"),
        ("31 Feb", _NO_DAY),
        ("25/2/1", _NO_DAY),
        ("2/1/2025", _NO_DAY),
        ("2025-2-1 10:00", _NO_DAY),
        ("2025-2-110:00", _NO_DAY),
        ("春", _NO_DAY),
        ("9", _NO_DAY),
        ("99999", _NO_DAY),
        ("090-1234-5678", _NO_DAY),
    ],
)
def test_a_day_that_never_was_is_told(text: str, words: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the words are compared below
        read_day(text)
    assert str(caught.value) == words


@pytest.mark.parametrize(
    "text", ["2026-04", "2026/4", "2026.04", "2026年4月", "令和8年4月", "R8.4", "ｒ８.４", " 2026 年 4 月 "]
)
def test_a_month_is_read_as_a_day_is(text: str) -> None:
    assert read_month(text) == date(2026, 4, 1)


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-00", "0000-04", "October", "4/2026", "2026-04-01", "26/4"])
def test_what_is_no_month_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is not a month such as 2026-10 or 2026年10月"):
        read_month(text)
