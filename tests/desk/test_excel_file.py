from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from mailgate.desk.csv_file import write_csv
from mailgate.desk.excel_file import write_excel
from mailgate.desk.sheets import LARGEST_BYTES, MOST_COLUMNS
from mailgate.desk.table_file import BadRow, Column, TableRow, read_table
from mailgate.errors import BadInput

COLUMNS = (Column("name", "氏名", "髙橋", needed=True), Column("day", "日付", ""), Column("years", "年数", ""))


def _book(*rows: list[Any], change: Callable[[Any, Any], None] = lambda book, sheet: None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    change(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _packed(octets: bytes, **parts: bytes) -> bytes:
    """The same workbook with other parts in it, or parts exchanged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(octets)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.pop(name, None) or old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def test_cells_become_what_they_show() -> None:
    octets = _book(
        ["氏名", "日付", "年数"],
        ["髙橋", date(2025, 2, 1), 12.0],
        ["石田", datetime(2025, 2, 1, 10, 30), 12],  # noqa: DTZ001 - as a sheet has it
        ["090-1234-5678", 45689, "０１２"],
        ["森田", None, 0.5],
    )
    assert read_table(octets, COLUMNS).rows == (
        TableRow(2, {"name": "髙橋", "day": "2025-02-01", "years": "12"}),
        TableRow(3, {"name": "石田", "day": "2025-02-01 10:30:00", "years": "12"}),
        TableRow(4, {"name": "090-1234-5678", "day": "45689", "years": "０１２"}),
        TableRow(5, {"name": "森田", "day": "", "years": "0.5"}),
    )


def test_a_heading_over_merged_cells_is_left_out_and_a_value_merged_downwards_counts_for_each_row() -> None:
    def merge(_: Any, sheet: Any) -> None:
        sheet.merge_cells("A2:C2")
        sheet.merge_cells("B3:B4")

    octets = _book(
        ["name", "day", "years"], ["第一班"], ["a", "2025-02-01", 1], ["b", None, 2], ["c", None, None], change=merge
    )
    assert read_table(octets, COLUMNS).rows == (
        TableRow(3, {"name": "a", "day": "2025-02-01", "years": "1"}),
        TableRow(4, {"name": "b", "day": "2025-02-01", "years": "2"}),
        TableRow(5, {"name": "c", "day": "", "years": ""}),
    )


def test_blank_rows_are_left_out_and_totals_are_told() -> None:
    octets = _book(["name", "years"], [], ["a", 1], [None, None], ["合計", 1])
    file = read_table(octets, COLUMNS)
    assert [row.number for row in file.rows] == [3]
    assert file.bad == (BadRow(5, "'合計' looks like a line of totals: take it out of the file"),)


def test_the_sheet_with_the_columns_is_read_and_the_others_are_told() -> None:
    def more(book: Any, sheet: Any) -> None:
        sheet.title = "説明"
        book.create_sheet("会員").append(["氏名"])
        book["会員"].append(["髙橋"])
        book.create_sheet("空")
        hidden = book.create_sheet("隠し")
        hidden.append(["氏名"])
        hidden.sheet_state = "hidden"

    file = read_table(_book(["この表の使い方"], change=more), COLUMNS)
    assert (file.rows, file.remarks) == (
        (TableRow(2, {"name": "髙橋"}),),
        ("the sheet '会員' is read, and not '説明'",),
    )


def test_what_the_sheet_says_of_its_own_size_is_not_believed() -> None:
    octets = _book(["name"], ["a"])
    with zipfile.ZipFile(io.BytesIO(octets)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    assert b'ref="A1:A2"' in sheet
    lying = _packed(octets, **{"xl/worksheets/sheet1.xml": sheet.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')})
    assert read_table(lying, COLUMNS).rows == (TableRow(2, {"name": "a"}),)


_GOOD = _book(["name"], ["a"])
_BOMB = b"\0" * (LARGEST_BYTES + 1)
_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (c, (b"&%c;" % (c - 1)) * 50) for c in range(ord("b"), ord("m")))
    + b']><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>&l;</t></is></c></row></sheetData></worksheet>'
)
_UNREADABLE = "the workbook cannot be read ({}): save it anew as .xlsx"


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        (
            _packed(_GOOD, **{"xl/media/zeros": _BOMB}),
            f"the workbook is packed more than {LARGEST_BYTES // 2**20} MiB deep: it is not unpacked",
        ),
        (
            _packed(_GOOD, **{"xl/worksheets/sheet1.xml": _LAUGHS}),
            _UNREADABLE.format("EntitiesForbidden"),
        ),  # of defusedxml
        (_packed(_GOOD, **{"xl/worksheets/sheet1.xml": b"<worksheet"}), _UNREADABLE.format("ParseError")),
        (_packed(_GOOD, **{"xl/workbook.xml": b"nothing"}), _UNREADABLE.format("XMLSyntaxError")),
        (b"PK\x03\x04...", "the file begins as a workbook (.xlsx) does, and is damaged"),
        (_GOOD[:-30], "the file begins as a workbook (.xlsx) does, and is damaged"),
        (_book(["name"], ["a"] * (MOST_COLUMNS + 1)), f"row 2: has more than {MOST_COLUMNS} columns"),
    ],
    ids=["zip bomb", "a billion laughs", "cut XML", "no XML", "no zip", "cut zip", "wide"],
)
def test_a_hostile_or_damaged_workbook_is_refused_in_one_line(octets: bytes, problem: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_table(octets, COLUMNS)
    assert caught.value.problems == (problem,)


def test_a_zip_file_that_is_no_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("letter.txt", "hello")
    with pytest.raises(BadInput, match="no Excel workbook"):
        read_table(out.getvalue(), COLUMNS)


def test_a_row_far_below_costs_little_and_one_too_far_is_refused() -> None:
    far = _book(["name"], ["a"], change=lambda _, sheet: sheet.cell(1_000_000, 1, "b"))
    with pytest.raises(BadInput, match="more than 100000 rows"):
        read_table(far, COLUMNS)
    near = _book(["name"], ["a"], change=lambda _, sheet: sheet.cell(5000, 1, "b"))
    assert [row.number for row in read_table(near, COLUMNS).rows] == [2, 5000]


@pytest.mark.parametrize("cell", ["=1+1", "+81", "-a@example.jp", "@a", "'=1", "12", "2025-02-01", "髙橋;a"])
def test_a_written_workbook_has_text_alone_and_comes_back(cell: str) -> None:
    octets = write_excel(["name"], [{"name": cell}], "members")
    (written,) = openpyxl.load_workbook(io.BytesIO(octets)).active["A2:A2"][0]
    assert (written.data_type, written.value.startswith(("=", "+", "-", "@"))) == ("s", False)
    (row,) = read_table(octets, COLUMNS).rows
    assert row.cells == {"name": cell}
    (same,) = read_table(write_csv(["name"], [{"name": cell}]).encode(), COLUMNS).rows
    assert same == row
