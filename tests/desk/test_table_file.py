from __future__ import annotations

import codecs

import pytest

from mailgate.desk.csv_file import marked, unmarked, write_csv
from mailgate.desk.register_columns import MEMBER_COLUMNS, SCHOOL_COLUMNS, TEACHER_COLUMNS
from mailgate.desk.sheets import MOST_COLUMNS, MOST_ROWS
from mailgate.desk.table_file import BadRow, Column, TableFile, TableRow, read_table
from mailgate.errors import BadInput

COLUMNS = (Column("name", "氏名", "髙橋", needed=True, also="名前 full-name"), Column("note", "備考", "一,二"))
NAMES = ["name", "note"]
KNOWN = "the columns are name (氏名, needed), note (備考)"
GOOD = (TableRow(2, {"name": "髙橋", "note": "一,二"}),)


@pytest.mark.parametrize(
    "octets",
    [
        'name,note\n髙橋,"一,二"\n'.encode(),
        '\ufeffname,note\r\n髙橋,"一,二"'.encode(),
        'name,note\r\n髙橋,"一,二"\r\n'.encode("cp932"),
        ' name , note \n髙橋,"一,二"\n\n,\n'.encode(),
        '氏名,備考\n髙橋,"一,二"\n'.encode("cp932"),
        'ＮＡＭＥ,備　考\n髙橋,"一,二"\n'.encode(),
        codecs.BOM_UTF16_LE + "name\tnote\r\n髙橋\t一,二\r\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "名　前\t備考\r\n髙橋\t一,二\r\n".encode("utf-16-be"),
        "Full Name\tnote\n髙橋\t一,二\n".encode(),
        'お名前（必須）,備考\n髙橋,"一,二"\n'.replace("お", "").encode(),
        '※氏名,備考：\n髙橋,"一,二",\n'.encode(),
    ],
    ids=[
        "utf-8",
        "utf-8 with mark",
        "cp932",
        "blanks",
        "japanese",
        "mixed and wide",
        "unicode text of Excel",
        "the same the other way round",
        "tabs",
        "marked as needed",
        "with signs, and an empty cell behind",
    ],
)
def test_every_usual_encoding_heading_and_line_end_is_read(octets: bytes) -> None:
    file = read_table(octets, COLUMNS)
    assert (file.rows, file.bad) == (GOOD, ())


@pytest.mark.parametrize(
    ("columns", "heading", "name"),
    [
        (TEACHER_COLUMNS, "お名前", "name"),
        (TEACHER_COLUMNS, "氏名（カナ）", "kana"),
        (TEACHER_COLUMNS, "Ｅ－ｍａｉｌ", "addresses"),
        (TEACHER_COLUMNS, "勤務校", "school"),
        (TEACHER_COLUMNS, "教職歴", "years"),
        (MEMBER_COLUMNS, "免許・資格", "credential"),
        (MEMBER_COLUMNS, "専門分野", "topics"),
        (MEMBER_COLUMNS, "Monthly Limit", "monthly_limit"),
        (SCHOOL_COLUMNS, "契約 満了日", "contract_to"),
        (SCHOOL_COLUMNS, "略称", "aliases"),
    ],
)
def test_headings_of_real_lists_are_known(columns: tuple[Column, ...], heading: str, name: str) -> None:
    others = [one.name for one in columns if one.needed and one.name != name]
    file = read_table(f"{','.join([heading, *others])}\n{','.join(['x'] * (len(others) + 1))}\n".encode(), columns)
    assert (name, heading) in file.headings


@pytest.mark.parametrize("columns", [SCHOOL_COLUMNS, TEACHER_COLUMNS, MEMBER_COLUMNS])
def test_no_heading_means_two_columns_of_one_register(columns: tuple[Column, ...]) -> None:
    headings = [word for one in columns for word in (*one.also.split(), one.japanese, one.name)]
    folded = [word.lower().replace("・", "").replace("_", "").replace("-", "") for word in headings]
    assert sorted(set(folded)) == sorted(folded)


def test_columns_may_stand_in_any_order_and_rows_count_like_a_spreadsheet() -> None:
    file = read_table(b"note,name\n1,a\n,\n2,b\n", COLUMNS)
    assert file.rows == (TableRow(2, {"note": "1", "name": "a"}), TableRow(4, {"note": "2", "name": "b"}))


def test_a_cell_of_several_lines_is_one_row() -> None:
    file = read_table(b'name,note\n"a\nb",1\nc,2\n', COLUMNS)
    assert [row.number for row in file.rows] == [2, 3]


def test_a_title_may_stand_above_the_head_line() -> None:
    file = read_table("会員名簿,\n2026年度,\n氏名,備考\na,1\n".encode(), COLUMNS)
    assert file.rows == (TableRow(4, {"name": "a", "note": "1"}),)


def test_a_row_of_another_width_is_a_problem_of_that_row() -> None:
    file = read_table(b"name,note\na\nb,1\nc,2,3\n", COLUMNS)
    assert (file.rows, file.bad) == (
        (TableRow(3, {"name": "b", "note": "1"}),),
        (BadRow(2, "has 1 cells, the head line has 2"), BadRow(4, "has 3 cells, the head line has 2")),
    )


@pytest.mark.parametrize("word", ["合計", "計 2名", "総計：", "Total", "小　計"])
def test_a_line_of_totals_is_a_problem_of_that_row(word: str) -> None:
    file = read_table(f"name,note\na,1\n{word},2\n".encode(), COLUMNS)
    assert file.bad == (BadRow(3, f"'{word}' looks like a line of totals: take it out of the file"),)


@pytest.mark.parametrize("name", ["計 太郎", "合計 花子", "総計小学校"])
def test_a_name_that_begins_like_a_total_is_a_name(name: str) -> None:
    assert read_table(f"name,note\n{name},1\n".encode(), COLUMNS).bad == ()


def test_a_column_that_is_not_needed_may_be_missing() -> None:
    assert read_table(b"name\na\n", COLUMNS) == TableFile((TableRow(2, {"name": "a"}),), headings=(("name", "name"),))


def test_columns_that_nobody_knows_are_left_out_and_told() -> None:
    file = read_table(b"No.,name,,age\n1,a,x,\n2,b,,9\n", COLUMNS)
    assert [row.cells for row in file.rows] == [{"name": "a"}, {"name": "b"}]
    assert file.remarks == (
        "row 1: left out, since no column is called so: 'No.', 'age'",
        "row 1: left out, since it has no heading: column 3",
    )


_EMPTY = f"the file is empty or has no head line: {KNOWN}"


@pytest.mark.parametrize(
    ("octets", "problems"),
    [
        (b"", (_EMPTY,)),
        (b"\n", (_EMPTY,)),
        (b"name,note\n", ("the file has no rows below its head line",)),
        (b"note\na\n", ("row 1: the column 'name' (氏名) is missing", f"row 1: {KNOWN}")),
        (b"name,note,name\na,b,c\n", ("row 1: the column 'name' stands there twice", f"row 1: {KNOWN}")),
        ("name,氏名\na,b\n".encode(), ("row 1: the column 'name' stands there twice", f"row 1: {KNOWN}")),
        (b"\x80\x81\xff\xff", ("the file is neither UTF-8 nor UTF-16 nor CP932 (Shift_JIS) text",)),
        (b"\xff\xfea", ("the file is neither UTF-8 nor UTF-16 nor CP932 (Shift_JIS) text",)),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...",
            ("this is an old Excel workbook (.xls), or has a password: save it as .xlsx without one",),
        ),
        (b'name,note\n"a,b\n', ("line 2 of the file cannot be read as CSV: unexpected end of data",)),
        (b"name\n" + b"a\n" * (MOST_ROWS + 1), (f"the file has more than {MOST_ROWS} rows: cut it into several",)),
        (b"name\n" + b"," * MOST_COLUMNS, (f"row 2: has more than {MOST_COLUMNS} columns",)),
    ],
)
def test_a_file_that_cannot_be_read_says_why(octets: bytes, problems: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as caught:
        read_table(octets, COLUMNS)
    assert caught.value.problems == problems


def test_no_cell_becomes_a_formula_and_all_come_back() -> None:
    rows = [{"name": "=1+1", "note": "-a@example.jp"}, {"name": "'quoted'", "note": "+81"}]
    text = write_csv(NAMES, rows)
    assert text == "name,note\r\n'=1+1,'-a@example.jp\r\n'quoted','+81\r\n"
    assert [row.cells for row in read_table(text.encode(), COLUMNS).rows] == rows


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\tx", "\rx", "＝1", "'=1", "''@a"])
def test_what_may_start_a_formula_is_marked_as_text_and_comes_back(cell: str) -> None:
    assert marked(cell) == f"'{cell}"
    assert unmarked(marked(cell)) == cell


@pytest.mark.parametrize("cell", ["", "'", "'a", "a=1", "''", "090-0000"])
def test_every_other_cell_is_written_as_it_is(cell: str) -> None:
    assert (marked(cell), unmarked(cell)) == (cell, cell)
