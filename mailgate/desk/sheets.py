"""What a CSV file and a workbook have in common once they are opened: sheets of lines of text cells, and how much.

`desk/csv_file.py` and `desk/excel_file.py` make them, `desk/table_file.py` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailgate.phrase import Phrase

LARGEST_BYTES = 64 * 2**20
"""Of a file, and of all that is packed into a workbook: room for far more rows than are taken."""
MOST_ROWS = 100_000
MOST_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    """As Excel shows it, from 1."""
    cells: tuple[str, ...]
    is_heading: bool = False
    """Whether all it has is one cell merged over several columns: a heading between the rows."""


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    """Empty for a CSV file."""
    lines: tuple[Line, ...]
    is_ragged: bool
    """Whether lines end with their last filled cell, so that a short one is nothing to wonder at."""


def too_many_rows() -> Phrase:
    return Phrase("the file has more than {most} rows: cut it into several", most=MOST_ROWS)


def too_many_columns(row: int) -> Phrase:
    return Phrase("row {row}: has more than {most} columns", row=row, most=MOST_COLUMNS)
