"""A CSV file as octets, read into lines of cells, and written so (RFC 4180; UTF-8, CP932, or Excel's Unicode text).

`desk/table_file.py` gives the cells their names. No cell that is written can start a formula in a spreadsheet: an
apostrophe goes before it, which reading takes away again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from mailgate.desk.sheets import MOST_COLUMNS, MOST_ROWS, Line, Sheet, too_many_columns, too_many_rows
from mailgate.errors import BadInput
from mailgate.phrase import Phrase

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Excel in Japanese takes the wide ones for the narrow ones."""
_TEXT_MARK = "'"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def csv_sheet(octets: bytes) -> Sheet:
    """The lines of a file whose cells are separated by commas, or by tabs where the first line has more of these.

    Raises BadInput where encoding or quotes cannot be read.
    """
    text = _decoded(octets)
    first, _, _ = text.partition("\n")
    tabs = first.count("\t") > first.count(",")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter="\t" if tabs else ",")
    lines: list[Line] = []
    try:
        for number, cells in enumerate(reader, start=1):
            if len(lines) > MOST_ROWS:
                raise BadInput([too_many_rows()])
            if len(cells) > MOST_COLUMNS:
                raise BadInput([too_many_columns(number)])
            if cells:
                lines.append(Line(number, tuple(cells)))
    except csv.Error as error:
        what = Phrase("line {line} of the file cannot be read as CSV: {error}", line=reader.line_num, error=str(error))
        raise BadInput([what]) from None
    return Sheet("", tuple(lines), is_ragged=False)


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """The file that reads so."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([marked(row[column]) for column in columns] for row in rows)
    return out.getvalue()


def marked(cell: str) -> str:
    """`cell` as text for a spreadsheet: what would start a formula (or look marked already) gets an apostrophe."""
    return f"{_TEXT_MARK}{cell}" if cell.lstrip(_TEXT_MARK).startswith(_FORMULA) else cell


def unmarked(cell: str) -> str:
    """What `marked` was given."""
    if not cell.startswith(_TEXT_MARK):
        return cell
    return cell[1:] if cell.lstrip(_TEXT_MARK).startswith(_FORMULA) else cell


def _decoded(octets: bytes) -> str:
    for encoding in ("utf-16",) if octets.startswith(_UTF_16) else ("utf-8-sig", "cp932"):
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput([Phrase("the file is neither UTF-8 nor UTF-16 nor CP932 (Shift_JIS) text")])
