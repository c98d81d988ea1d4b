from __future__ import annotations

import pytest

from mailgate.desk.csv_file import Column, CsvFile, CsvRow, read_csv, write_csv
from mailgate.errors import BadInput

COLUMNS = (Column("name", "氏名", "髙橋", needed=True), Column("note", "備考", "一,二"))
NAMES = ["name", "note"]
KNOWN = "the columns are name (氏名, needed), note (備考)"
GOOD = CsvFile((CsvRow(2, {"name": "髙橋", "note": "一,二"}),), ())


@pytest.mark.parametrize(
    "octets",
    [
        'name,note\n髙橋,"一,二"\n'.encode(),
        '\ufeffname,note\r\n髙橋,"一,二"'.encode(),
        'name,note\r\n髙橋,"一,二"\r\n'.encode("cp932"),
        ' name , note \n髙橋,"一,二"\n\n,\n'.encode(),
        '氏名,備考\n髙橋,"一,二"\n'.encode("cp932"),
        'ＮＡＭＥ,備　考\n髙橋,"一,二"\n'.encode(),
    ],
    ids=["utf-8", "utf-8 with mark", "cp932", "blanks", "japanese", "mixed and wide"],
)
def test_every_usual_encoding_and_line_end_is_read(octets: bytes) -> None:
    assert read_csv(octets, COLUMNS) == GOOD


def test_columns_may_stand_in_any_order_and_rows_count_like_a_spreadsheet() -> None:
    file = read_csv(b"note,name\n1,a\n,\n2,b\n", COLUMNS)
    assert file.rows == (CsvRow(2, {"note": "1", "name": "a"}), CsvRow(4, {"note": "2", "name": "b"}))


def test_a_row_of_another_width_is_a_problem_of_that_row() -> None:
    file = read_csv(b"name,note\na\nb,1\nc,2,3\n", COLUMNS)
    assert file == CsvFile(
        (CsvRow(3, {"name": "b", "note": "1"}),),
        ("row 2: has 1 cells, the head line has 2", "row 4: has 3 cells, the head line has 2"),
    )


def test_a_column_that_is_not_needed_may_be_missing() -> None:
    assert read_csv(b"name\na\n", COLUMNS) == CsvFile((CsvRow(2, {"name": "a"}),), ())


_EMPTY = f"the file is empty or has no head line: {KNOWN}"


@pytest.mark.parametrize(
    ("octets", "problems"),
    [
        (b"", (_EMPTY,)),
        (b"\n", (_EMPTY,)),
        (b"name,note\n", ("the file has no rows below its head line",)),
        (b"note\na\n", ("row 1: the column 'name' (氏名) is missing", f"row 1: {KNOWN}")),
        (b"name,note,age\na,b,c\n", ("row 1: the column 'age' is not known", f"row 1: {KNOWN}")),
        (b"name,note,name\na,b,c\n", ("row 1: the column 'name' stands there twice", f"row 1: {KNOWN}")),
        ("name,氏名\na,b\n".encode(), ("row 1: the column 'name' stands there twice", f"row 1: {KNOWN}")),
        (b"\x80\x81\xff\xff", ("the file is neither UTF-8 nor CP932 (Shift_JIS) text",)),
        (b"PK\x03\x04...", ("this is an Excel workbook: save it as 'CSV UTF-8' first",)),
        (b'name,note\n"a,b\n', ("line 2 of the file cannot be read as CSV: unexpected end of data",)),
    ],
)
def test_a_file_that_cannot_be_read_says_why(octets: bytes, problems: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as caught:
        read_csv(octets, COLUMNS)
    assert caught.value.problems == problems


def test_no_cell_becomes_a_formula_and_all_come_back() -> None:
    rows = [{"name": "=1+1", "note": "-a@example.jp"}, {"name": "'quoted'", "note": "+81"}]
    text = write_csv(NAMES, rows)
    assert text == "name,note\r\n'=1+1,'-a@example.jp\r\n'quoted','+81\r\n"
    assert [row.cells for row in read_csv(text.encode(), COLUMNS).rows] == rows
