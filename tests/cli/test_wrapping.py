"""Lines are cut as they are read: by columns, by words, and never before a full stop."""

from __future__ import annotations

import pytest

from mailgate.cli import wrapping
from mailgate.cli.pager import width_of
from mailgate.cli.wrapping import fold


@pytest.mark.parametrize(
    ("line", "columns", "folded"),
    [
        ("", 10, [""]),
        ("短い行", 10, ["短い行"]),
        ("あいうえおかきくけこ", 10, ["あいうえお", "かきくけこ"]),
        ("あいうえお。かきくけこ", 10, ["あいうえお。", "かきくけこ"]),
        ("あいうえ（かきくけこ）", 10, ["あいうえ", "（かきくけ", "こ）"]),
        ("one two three", 8, ["one two", "three"]),
        ("案件 mailgate case show 12 を見る", 20, ["案件 mailgate case", "show 12 を見る"]),
        ("a" * 25, 10, ["a" * 10, "a" * 10, "a" * 5]),
        ("  indented stays indented", 12, ["  indented", "stays", "indented"]),
        ("𠮷野家の𠮷", 6, ["𠮷野家", "の𠮷"]),
    ],
)
def test_a_line_is_cut_where_a_reader_would(line: str, columns: int, folded: list[str]) -> None:
    assert fold(line, columns) == folded


@pytest.mark.parametrize("columns", [20, 33, 80])
def test_nothing_is_lost_and_nothing_is_wider_but_for_a_last_sign(columns: int) -> None:
    text = "学級通信を毎週出していますが（もう3年になります）、読まれている気がしません。Reply to the mail 123。" * 9
    folded = fold(text, columns)
    assert "".join(folded).replace(" ", "") == text.replace(" ", "")
    assert max(map(width_of, folded)) <= columns + 2


def test_a_long_line_takes_linear_time() -> None:
    assert len(fold("あ（" * 50_000, 80)) > 1000


def test_without_a_terminal_no_line_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrapping, "in_terminal", lambda: False)
    assert list(wrapping.wrapped(["あ" * 200 + "\nい"], "  ")) == ["  " + "あ" * 200, "  い"]
    monkeypatch.setattr(wrapping, "in_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    assert [len(line) for line in wrapping.wrapped(["あ" * 38], "  ")] == [21, 21]
