"""A CSV file as bytes, read into rows of named cells, and written back (RFC 4180; UTF-8, or CP932 as Excel saves it).

Rows are numbered as a spreadsheet shows them: the head line is row 1. A column has an English and a Japanese name, and
either may head it. Which columns there are stands in `desk/register_columns.py`, what a cell means in
`desk/register_rows.py`.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mailgate.errors import BadInput

_FORMULA = ("=", "+", "-", "@")
_TEXT_MARK = "'"
_WORKBOOK = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    japanese: str
    example: str
    needed: bool = False
    """Whether a file without it is refused."""

    def __str__(self) -> str:
        return f"{self.name} ({self.japanese}{', needed' if self.needed else ''})"


@dataclass(frozen=True, slots=True)
class CsvRow:
    number: int
    cells: Mapping[str, str]
    """By the English names; a column that the file has not is not in it."""


@dataclass(frozen=True, slots=True)
class CsvFile:
    rows: tuple[CsvRow, ...]
    problems: tuple[str, ...]
    """One line for each row that has not as many cells as the head line; such a row is not in `rows`."""


def read_csv(octets: bytes, columns: Sequence[Column]) -> CsvFile:
    """The rows of a file whose head line names some of `columns`, all needed ones among them, in any order; blank rows
    are left out.

    Raises BadInput where the file as a whole cannot be read: encoding, head line, quotes, no rows.
    """
    head, *body = _lines(_decoded(octets)) or [[]]
    names = [_named(heading, columns) for heading in head]
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


def _named(heading: str, columns: Sequence[Column]) -> str:
    """The English name of the column under this heading; the heading itself where no column has it."""
    plain = _folded(heading)
    return next((one.name for one in columns if plain in (one.name, _folded(one.japanese))), heading.strip())


def _folded(heading: str) -> str:
    return "".join(unicodedata.normalize("NFKC", heading).split()).lower()


def _check_head(names: Sequence[str], columns: Sequence[Column]) -> None:
    known = f"the columns are {', '.join(map(str, columns))}"
    if not any(names):
        raise BadInput([f"the file is empty or has no head line: {known}"])
    problems = [
        f"row 1: the column '{one.name}' ({one.japanese}) is missing"
        for one in columns
        if one.needed and one.name not in names
    ]
    by_name = {one.name for one in columns}
    problems += [f"row 1: the column '{name}' is not known" for name in dict.fromkeys(names) if name not in by_name]
    problems += [
        f"row 1: the column '{one}' stands there twice" for one in dict.fromkeys(names) if names.count(one) > 1
    ]
    if problems:
        raise BadInput([*problems, f"row 1: {known}"])


def _plain(cell: str) -> str:
    return cell.removeprefix(_TEXT_MARK) if cell[1:2] in _FORMULA else cell


def _harmless(cell: str) -> str:
    return f"{_TEXT_MARK}{cell}" if cell.startswith(_FORMULA) else cell
