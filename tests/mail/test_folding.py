"""How a display breaks the lines of a mail."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.folding import columns_of, folded, folds

CASES = [
    ("", 10, [""]),
    ("\n", 10, ["", ""]),
    ("あいうえおかきくけこ", 10, ["あいうえお", "かきくけこ"]),
    ("あいうえ。おかきく", 8, ["あいう", "え。おか", "きく"]),  # no 。 at the head of a line
    ("あいう「えお」か", 8, ["あいう", "「えお」", "か"]),  # no 「 at the end of one
    ("きょうは、がっこう", 6, ["きょう", "は、", "がっこ", "う"]),
    ("ハンカチーフ", 8, ["ハンカ", "チーフ"]),
    ("one two three", 8, ["one two", "three"]),
    ("one  two", 5, ["one", "two"]),
    ("https://desk.example.jp/a", 10, ["https://de", "sk.example", ".jp/a"]),
    ("返信はreply@desk.example.jpへ", 20, ["返信は", "reply@desk.example.j", "pへ"]),
    ("A君とB先生", 6, ["A君とB", "先生"]),
    ("一行目\n\n二行目です", 6, ["一行目", "", "二行目", "です"]),
    ("「「「「「「", 4, ["「「", "「「", "「「"]),  # nothing else is possible
    ("、、、、、", 4, ["、、", "、、", "、"]),
    ("か\u3099き\u3099く\u3099", 4, ["か\u3099き\u3099", "く\u3099"]),  # as a Mac writes が ぎ ぐ
]


@pytest.mark.parametrize(("text", "columns", "lines"), CASES)
def test_where_lines_break(text: str, columns: int, lines: list[str]) -> None:
    assert folded(text, columns) == lines


@pytest.mark.parametrize(("character", "columns"), [("a", 1), ("あ", 2), ("ｱ", 1), ("\u3099", 0), ("　", 2), ("⟦", 1)])
def test_columns(character: str, columns: int) -> None:
    assert columns_of(character) == columns


@given(st.text(alphabet="あ、。「」aB 1ー\n漢（）", max_size=60), st.integers(2, 12))
def test_nothing_but_spaces_and_line_ends_is_lost_and_no_line_is_too_long(text: str, columns: int) -> None:
    lines = folded(text, columns)
    assert "".join(lines).replace(" ", "") == text.replace("\n", "").replace(" ", "")
    assert all(sum(map(columns_of, line)) <= columns or line.endswith(" ") for line in lines)
    assert [text[start:end] for start, end in folds(text, columns)] == lines


def test_a_hostile_text_is_read_in_linear_work(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0

    def counting(character: str) -> str:
        nonlocal looked
        looked += 1
        return "Na"

    monkeypatch.setattr(unicodedata, "east_asian_width", counting)
    for text in ("あ" * 5_000, "a" * 5_000, "、" * 5_000, "「" * 5_000, "a " * 2_500, " " * 5_000):
        looked = 0
        folded(text, 40)
        assert looked <= 10 * len(text), text[:2]
