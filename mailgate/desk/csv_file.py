"""A CSV file as bytes, read into rows of named cells, and written back (RFC 4180; UTF-8, or CP932 as Excel saves it).

Rows are numbered as a spreadsheet shows them: the head line is row 1. What a cell means is read in
`desk/register_rows.py`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mailgate.errors import BadInput

_FORMULA = ("=", "+", "-", "@")
_TEXT_MARK = "'"
_WORKBOOK = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class CsvRow:
    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CsvFile:
    rows: tuple[CsvRow, ...]
    problems: tuple[str, ...]
    """One line for each row that has not as many cells as the head line; such a row is not in `rows`."""


def read_csv(octets: bytes, columns: Sequence[str]) -> CsvFile:
    """The rows of a file whose head line names exactly `columns`, in any order; blank rows are left out.

    Raises BadInput where the file as a whole cannot be read: encoding, head line, quotes, no rows.
    """
    head, *body = _lines(_decoded(octets)) or [[]]
    names = [name.strip() for name in head]
    _check_head(names, columns)
    rows: list[CsvRow] = []
    problems: list[str] = []
    for number, line in enumerate(body, start=2):
        if not any(cell.strip() for cell in line):
            continue
        if len(line) != len(names):
            problems.append(f"row {number}: has {len(line)} cells, the head line has {len(names)}")
            continue
        rows.append(CsvRow(number, dict(zip(names, map(_plain, line), strict=True))))
    if not rows and not problems:
        raise BadInput(["the file has no rows below its head line"])
    return CsvFile(tuple(rows), tuple(problems))


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """The file that `read_csv` reads so. No cell can start a formula in a spreadsheet: an apostrophe goes before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_harmless(row[column]) for column in columns] for row in rows)
    return out.getvalue()


def _decoded(octets: bytes) -> str:
    if octets.startswith(_WORKBOOK):
        raise BadInput(["this is an Excel workbook: save it as 'CSV UTF-8' first"])
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(["the file is neither UTF-8 nor CP932 (Shift_JIS) text"])


def _lines(text: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise BadInput([f"line {reader.line_num} of the file cannot be read as CSV: {error}"]) from None


def _check_head(names: Sequence[str], columns: Sequence[str]) -> None:
    if not any(names):
        raise BadInput([f"the file is empty or has no head line: it starts with the columns {','.join(columns)}"])
    problems = [f"row 1: the column '{name}' is missing" for name in columns if name not in names]
    problems += [f"row 1: the column '{name}' is not known" for name in dict.fromkeys(names) if name not in columns]
    problems += [f"row 1: the column '{name}' stands there twice" for name in columns if names.count(name) > 1]
    if problems:
        raise BadInput(problems)


def _plain(cell: str) -> str:
    return cell.removeprefix(_TEXT_MARK) if cell[1:2] in _FORMULA else cell


def _harmless(cell: str) -> str:
    return f"{_TEXT_MARK}{cell}" if cell.startswith(_FORMULA) else cell
