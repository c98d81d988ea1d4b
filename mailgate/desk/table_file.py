"""A list that somebody keeps, CSV or Excel, as rows of named cells; recognised by what is in it, not by its name.

Before: `desk/csv_file.py` or `desk/excel_file.py` made lines of text cells of the octets. After:
`desk/register_rows.py` says what the cells mean. Rows are numbered as Excel shows them. A column is known by its
English or Japanese name or by another name that such lists give it; one that nobody knows is left out and told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailgate.desk.csv_file import csv_sheet, unmarked
from mailgate.desk.sheets import LARGEST_BYTES, Line, Sheet
from mailgate.errors import BadInput
from mailgate.phrase import Phrase

_ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD_WITHIN = 10
"""A title may stand above the head line, but not a page of text."""
_REMARK = re.compile(r"\((?:必須|任意|必要|半角|全角|入力必須|needed|required|optional)\)|[*※:]")
_TOTAL = re.compile(r"(?:合計|総計|小計|総数|計|total|grandtotal|subtotal|sum)(?:[::]?\d+(?:名|人|件|校)?)?[::]?")


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    japanese: str
    example: str
    needed: bool = False
    """Whether a file without it is refused."""
    also: str = ""
    """Other headings that lists have for it, with blanks between: a heading is compared without its own."""

    def described(self) -> Phrase:
        if self.needed:
            return Phrase("{name} ({japanese}, needed)", name=self.name, japanese=self.japanese)
        return Phrase("{name} ({japanese})", name=self.name, japanese=self.japanese)

    def __str__(self) -> str:
        return str(self.described())


@dataclass(frozen=True, slots=True)
class TableRow:
    number: int
    cells: Mapping[str, str]
    """By the English names; a column that the file has not is not in it."""


@dataclass(frozen=True, slots=True)
class BadRow:
    number: int
    problem: str


@dataclass(frozen=True, slots=True)
class TableFile:
    rows: tuple[TableRow, ...]
    bad: tuple[BadRow, ...] = ()
    """Rows that cannot be one: of another width than the head line, or a line of totals. They are not in `rows`."""
    headings: tuple[tuple[str, str], ...] = ()
    """(English name, heading in the file) of each column that is read."""
    remarks: tuple[str, ...] = ()
    """What is left out: columns that nobody knows, other sheets."""


def read_table(octets: bytes, columns: Sequence[Column]) -> TableFile:
    """The rows below the head line, which names some of `columns`, all needed ones among them, in any order.

    Blank rows and headings over merged cells are left out. Raises BadInput where the file as a whole cannot be read:
    kind, size, encoding, head line, no rows.
    """
    if len(octets) > LARGEST_BYTES:
        raise BadInput([Phrase("the file is larger than {mib} MiB", mib=LARGEST_BYTES // 2**20)])
    sheets = _sheets(octets)
    headings = _headings(columns)
    sheet, head = _with_head(sheets, columns, headings)
    others = [f"'{one.name}'" for one in sheets if one is not sheet and one.lines]
    names = [_named(heading, headings) for heading in head.cells]
    _check_head(head, names, columns)
    known = {one.name for one in columns}
    read = [(place, name) for place, name in enumerate(names) if name in known]
    rows, bad = _body(sheet, head, read)
    if not rows and not bad:
        raise BadInput([Phrase("the file has no rows below its head line")])
    return TableFile(
        tuple(rows),
        tuple(bad),
        tuple((name, head.cells[place].strip()) for place, name in read),
        (
            *(
                (Phrase("the sheet '{name}' is read, and not {others}", name=sheet.name, others=others),)
                if others
                else ()
            ),
            *_left_out(sheet, head, names, known),
        ),
    )


def _sheets(octets: bytes) -> list[Sheet]:
    if octets.startswith(_ZIP):
        from mailgate.desk.excel_file import excel_sheets  # a heavy library, for whoever brings a workbook

        return excel_sheets(octets)
    if octets.startswith(_COMPOUND):
        raise BadInput(
            [Phrase("this is an old Excel workbook (.xls), or has a password: save it as .xlsx without one")]
        )
    return [csv_sheet(octets)]


def _headings(columns: Sequence[Column]) -> dict[str, str]:
    """The English name for each heading, folded."""
    return {_folded(heading): one.name for one in columns for heading in (*one.also.split(), one.japanese, one.name)}


def _with_head(sheets: Sequence[Sheet], columns: Sequence[Column], headings: Mapping[str, str]) -> tuple[Sheet, Line]:
    """The first sheet with a line that names all needed columns, and that line; else the first line there is."""
    needed = {one.name for one in columns if one.needed}
    for sheet in sheets:
        for line in sheet.lines[:_HEAD_WITHIN]:
            if needed <= {_named(heading, headings) for heading in line.cells}:
                return sheet, line
    for sheet in sheets:
        for line in sheet.lines:
            if any(cell.strip() for cell in line.cells):
                return sheet, line
    known = _known(columns)
    raise BadInput([Phrase("the file is empty or has no head line: {known}", known=known)])


def _body(sheet: Sheet, head: Line, read: Sequence[tuple[int, str]]) -> tuple[list[TableRow], list[BadRow]]:
    rows: list[TableRow] = []
    bad: list[BadRow] = []
    for line in sheet.lines:
        if line.number <= head.number or line.is_heading or not any(cell.strip() for cell in line.cells):
            continue
        if problem := _problem(line, head, sheet):
            bad.append(BadRow(line.number, problem))
            continue
        cells = {name: unmarked(line.cells[place]) if place < len(line.cells) else "" for place, name in read}
        if any(cell.strip() for cell in cells.values()):
            rows.append(TableRow(line.number, cells))
    return rows, bad


def _problem(line: Line, head: Line, sheet: Sheet) -> str | None:
    if total := _total(line):
        return Phrase("'{total}' looks like a line of totals: take it out of the file", total=total)
    width = len(head.cells)
    if sheet.is_ragged or len(line.cells) == width or (len(line.cells) > width and not any(line.cells[width:])):
        return None
    return Phrase("has {count} cells, the head line has {width}", count=len(line.cells), width=width)


def _total(line: Line) -> str:
    """The word that says that the line counts the others; empty where none does."""
    first = next(cell.strip() for cell in line.cells if cell.strip())
    return first if len(first) <= 30 and _TOTAL.fullmatch(_folded(first)) else ""


def _named(heading: str, headings: Mapping[str, str]) -> str:
    """The English name of the column under this heading; the heading itself where no column has it."""
    return headings.get(_folded(heading), heading.strip())


def _folded(heading: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", heading[:100]).split()).lower()
    return re.sub(r"[_\-‐/・.]", "", _REMARK.sub("", plain))


def _check_head(head: Line, names: Sequence[str], columns: Sequence[Column]) -> None:
    row = head.number
    problems = [
        Phrase("row {row}: the column '{name}' ({japanese}) is missing", row=row, name=one.name, japanese=one.japanese)
        for one in columns
        if one.needed and one.name not in names
    ]
    twice = [one.name for one in columns if names.count(one.name) > 1]
    problems += [Phrase("row {row}: the column '{name}' stands there twice", row=row, name=name) for name in twice]
    if problems:
        raise BadInput([*problems, Phrase("row {row}: {what}", row=row, what=_known(columns))])


def _known(columns: Sequence[Column]) -> Phrase:
    return Phrase("the columns are {columns}", columns=[one.described() for one in columns])


def _left_out(sheet: Sheet, head: Line, names: Sequence[str], known: set[str]) -> Iterator[str]:
    unknown = dict.fromkeys(name for name in names if name and name not in known)
    if unknown:
        yield Phrase(
            "row {row}: left out, since no column is called so: {names}",
            row=head.number,
            names=[*map(repr, unknown)],
        )
    unnamed = [place for place, name in enumerate(names) if not name]
    for place in unnamed:
        if any(cell.strip() for line in sheet.lines if line.number > head.number for cell in line.cells[place:][:1]):
            yield Phrase(
                "row {row}: left out, since it has no heading: column {column}", row=head.number, column=place + 1
            )
