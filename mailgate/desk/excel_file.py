"""An Excel workbook (.xlsx) as octets, read into sheets of lines of text, and written so: openpyxl behind one door.

`desk/table_file.py` comes here for what begins as a zip file, and gives the cells their names. A workbook may be
hostile: how much is packed into it is seen before anything is unpacked, entities are never followed (defusedxml), rows
and columns are counted. What a cell shows counts, so dates become 2026-04-01 and formulas the value that they had when
the workbook was saved.

Known weakness: a formula that no spreadsheet has worked out yet has no value, and reads as an empty cell.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl  # type: ignore[import-untyped]  # it has no types
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]  # the same
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # type: ignore[import-untyped]  # the same
from openpyxl.utils import column_index_from_string  # type: ignore[import-untyped]  # the same
from openpyxl.worksheet._read_only import ReadOnlyWorksheet  # type: ignore[import-untyped]  # the same

from mailgate.desk.csv_file import marked
from mailgate.desk.sheets import (
    LARGEST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    Line,
    Sheet,
    too_many_columns,
    too_many_rows,
)
from mailgate.errors import BadInput
from mailgate.phrase import Phrase

# A sheet whose file does not say how large it is, as those that are written here, would be read once more as a whole to
# find out; `_sheet` counts rows and columns itself, and believes no file that does say it.
ReadOnlyWorksheet._get_size = lambda _sheet: None
_MOST_PARTS = 2000
_BOOK = "xl/workbook.xml"
_MOST_SHEETS = 50
_MERGED = re.compile(rb'<(?:\w{1,20}:)?mergeCell [^<>]{0,200}?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


@dataclass(frozen=True, slots=True)
class _Merged:
    """A range of cells that show the value of the first."""

    row: int
    last_row: int
    column: int
    last_column: int


def excel_sheets(octets: bytes) -> list[Sheet]:
    """The visible sheets that have anything in them. Raises BadInput in one line, whatever is wrong with the file."""
    _refuse_too_much(octets)
    try:
        with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(octets)) as parts:
            warnings.simplefilter("ignore")  # what it thinks of styles and dates is nothing for an operator
            book = openpyxl.load_workbook(io.BytesIO(octets), read_only=True, data_only=True, keep_links=False)
            found = [
                _sheet(sheet, _merged(parts, sheet))
                for sheet in book.worksheets[:_MOST_SHEETS]
                if sheet.sheet_state == "visible"
            ]
        return [sheet for sheet in found if sheet.lines]
    except BadInput:
        raise
    except MemoryError:
        raise BadInput([Phrase("the workbook is too large to be read")]) from None
    except Exception as error:  # noqa: BLE001 - a stranger's file: what the library raises then has no common ancestor
        raise BadInput(
            [Phrase("the workbook cannot be read ({kind}): save it anew as .xlsx", kind=type(error).__name__)]
        ) from None


def write_excel(columns: Sequence[str], rows: Iterable[Mapping[str, str]], title: str) -> bytes:
    """A workbook of one sheet that reads so. Every cell is text, and none can start a formula, in this file or in a
    CSV file that is made of it."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append([_text_cell(sheet, column) for column in columns])
    for row in rows:
        sheet.append([_text_cell(sheet, row[column]) for column in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value="")
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", marked(text))
    cell.data_type = "s"
    cell.number_format = "@"  # so that Excel keeps what somebody types there as they typed it
    return cell


def _refuse_too_much(octets: bytes) -> None:
    """What is packed, by what the file itself says: no more than that is ever unpacked of a part."""
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as parts:
            listed = parts.infolist()
            names = set(parts.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise BadInput([Phrase("the file begins as a workbook (.xlsx) does, and is damaged")]) from None
    if len(listed) > _MOST_PARTS or sum(one.file_size for one in listed) > LARGEST_BYTES:
        raise BadInput(
            [Phrase("the workbook is packed more than {mib} MiB deep: it is not unpacked", mib=LARGEST_BYTES // 2**20)]
        )
    if _BOOK not in names:
        raise BadInput([Phrase("the file is packed (zip), and no Excel workbook (.xlsx)")])


def _sheet(sheet: Any, merged: Sequence[_Merged]) -> Sheet:
    lines: list[Line] = []
    shown = {(one.row, one.column): one for one in merged if one.column == one.last_column}
    headings = {one.row for one in merged if one.last_column > one.column}
    above: dict[int, tuple[int, str]] = {}
    sheet.reset_dimensions()  # what the file says of its own size may be wrong
    rows = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS + 1, values_only=True)
    for number, values in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise BadInput([too_many_rows()])
        width = next((at for at in range(len(values), 0, -1) if values[at - 1] is not None), 0)
        cells = [_text(value) for value in values[:width]]
        if len(cells) > MOST_COLUMNS:
            raise BadInput([too_many_columns(number)])
        filled = sum(bool(cell) for cell in cells)
        _show_from_above(number, cells, shown, above)
        if cells:
            lines.append(Line(number, tuple(cells), is_heading=filled == 1 and number in headings))
    return Sheet(sheet.title, tuple(lines), is_ragged=True)


def _show_from_above(
    number: int, cells: list[str], shown: Mapping[tuple[int, int], _Merged], above: dict[int, tuple[int, str]]
) -> None:
    """A cell that is merged down a column shows its value in each of the rows."""
    for column, (last_row, text) in list(above.items()):
        if number > last_row:
            del above[column]
            continue
        cells.extend([""] * (column - len(cells)))
        cells[column - 1] = text
    for column, text in enumerate(cells, start=1):
        if text and (merge := shown.get((number, column))):
            above[column] = (merge.last_row, text)


def _merged(parts: zipfile.ZipFile, sheet: Any) -> list[_Merged]:
    """The merged ranges, which openpyxl does not tell when it only reads; they stand behind the rows."""
    tail = parts.read(sheet._worksheet_path.lstrip("/")).rpartition(b"sheetData>")[2]
    found = []
    for first, row, last, last_row in _MERGED.findall(tail):
        columns = [column_index_from_string(name.decode()) for name in (first, last)]
        if columns[0] <= MOST_COLUMNS:
            found.append(_Merged(int(row), int(last_row), columns[0], columns[1]))
    return found


def _text(value: object) -> str:
    """What a cell shows, in the one form in which `desk/cells.py` reads it."""
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        case date() | time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case timedelta():
            return str(value)
        case str():
            return value if value.strip() else ""
    return str(value)
