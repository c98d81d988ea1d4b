"""Text in the columns of a terminal: widths, places to break, two columns that align."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.cli.columns import FullWidthFormatter, wrapped
from mailgate.mail.folding import width

TEXTS = st.text(alphabet="あ漢ー、。（）「」 abc-ｱ…", max_size=120)


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("abc", 3), ("案件", 4), ("ｱﾝｹﾝ", 4), ("（1）", 5), ("…", 1), ("１", 2)]
)
def test_a_full_width_character_takes_two_columns(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("案件の一覧", 6, ["案件の", "一覧"]),
        ("案件の一覧", 7, ["案件の", "一覧"]),
        ("案件の、一覧", 6, ["案件", "の、一", "覧"]),
        ("案件「一覧」", 6, ["案件", "「一", "覧」"]),
        ("サーバー", 6, ["サー", "バー"]),
        ("省くと --json が", 12, ["省くと", "--json が"]),
        ("a-very-long-word 案件", 6, ["a-very-long-word", "案件"]),
        ("2 巡目  [必須]", 20, ["2 巡目  [必須]"]),
        ("", 10, [""]),
    ],
)
def test_lines_break_at_spaces_and_where_japanese_may(text: str, columns: int, lines: list[str]) -> None:
    assert wrapped(text, columns) == lines


def test_lines_stand_after_their_indents() -> None:
    assert wrapped("案件の一覧を表示", 10, first="例：", rest="  ") == ["例：案件の", "  一覧を表", "  示"]


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("あ" * 21 + "。", ["あ" * 19, "あ" * 2 + "。"]),  # 20 would fit, and leave two characters
        ("あ" * 23, ["あ" * 20, "あ" * 3]),
        ("あ" * 40 + "い", ["あ" * 19, "あ" * 19, "あ" * 2 + "い"]),
        ("x" * 38 + " いい", ["x" * 38, "いい"]),  # nowhere else to break
    ],
)
def test_the_last_line_is_no_scrap_where_that_can_be(words: str, lines: list[str]) -> None:
    assert wrapped(words, 40) == lines


@given(text=TEXTS, columns=st.integers(1, 40))
def test_nothing_is_lost_and_no_line_is_longer_than_its_words_make_it(text: str, columns: int) -> None:
    lines = wrapped(text, columns)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= columns or len(wrapped(line, 1)) == 1 for line in lines)
    if " " not in text:  # after a space anything may begin a line
        assert not any(line[:1] in set("、。）」ー") for line in lines[1:])


def test_two_columns_align_by_width() -> None:
    formatter = FullWidthFormatter(width=30)
    with formatter.section("オプション"):
        formatter.write_dl([("--as 名前", "操作する人の名前"), ("-h", "説明"), ("--x", "")])

    assert formatter.getvalue() == (
        "オプション：\n  --as 名前  操作する人の名\n             前\n  -h         説明\n  --x\n"
    )


def test_a_first_column_that_is_too_wide_stands_alone() -> None:
    formatter = FullWidthFormatter(width=60)
    formatter.write_dl([("--区分 [教員|元教員|弁護士|臨床心理士]", "この区分だけ"), ("-h", "説明")])

    assert formatter.getvalue() == (
        "--区分 [教員|元教員|弁護士|臨床心理士]\n" + " " * 32 + "この区分だけ\n" + "-h" + " " * 30 + "説明\n"
    )


def test_paragraphs_and_lines_that_stay() -> None:
    formatter = FullWidthFormatter(width=10)
    formatter.write_text("一段落目です。\n\n\b\nこの行は分けません\n  字下げ\n\n終わり")

    assert formatter.getvalue() == "一段落目で\nす。\n\nこの行は分けません\n  字下げ\n\n終わり\n"
