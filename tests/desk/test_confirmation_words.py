from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailgate.desk.confirmation import confirms
from mailgate.desk.months import months_later

YES = [
    "はい",
    "はい。",
    "　はい　",
    "「はい」",
    "お世話になっております。\nはい",
    "水原です。\nはい、変更ありません。\nよろしくお願いいたします。",
    "変更はありません。",
    "特に変更ございません",
    "変更なし",
    "間違いありません。",
    "この内容で間違いありません",
    "はい、相違ありません",
    "yes",
    "Yes.\n\nThank you",
    "ＹＥＳ",
    "No changes",
    "Everything is correct.",
]
NOT_YES = [
    "",
    "いいえ",
    "はい？",
    "変更があります",
    "はい\n来年は異動です",
    "はい、ただし電話番号が変わりました",
    "変更ありませんか",
    "職種：教頭",
    "お世話になっております。",
    "yes, but I moved",
]


@pytest.mark.parametrize("written", YES)
def test_a_yes_and_nothing_else_confirms(written: str) -> None:
    assert confirms(written)


@pytest.mark.parametrize("written", NOT_YES)
def test_anything_more_does_not(written: str) -> None:
    assert not confirms(written)


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-11-21", 12, "2025-11-21"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2028-02-29", 12, "2027-02-28"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-05-31", 15, "2025-02-28"),
    ],
)
def test_months_are_those_of_the_calendar(day: str, months: int, before: str) -> None:
    moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
    assert months_later(moment, -months).date().isoformat() == before
