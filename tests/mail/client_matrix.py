"""All cells of clients, charsets, structures and habits, and whether each field of each reads exactly.

`test_client_matrix` asks for every cell once. `python tests/mail/client_matrix.py` reads all texts in all cells and
prints the share that is exact for each field, and what is not.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator

import click
import wire_octets as wire
from client_mails import Cell, Reading, mail
from clients import CLIENTS, LABELS, TEXTS, Text

from mailgate.mail.parse import parse


def cells() -> Iterator[Cell]:
    for client in CLIENTS:
        for label in client.labels:
            for encoding in client.encodings:
                if encoding == "7bit" and LABELS[label] not in (wire.jis, wire.utf7):
                    continue  # it would be no seven bits
                for structure in client.structures:
                    for name in client.file_names if structure not in ("plain", "flowed", "html") else ("",):
                        yield Cell(client, label, encoding, structure, name)


def fits(cell: Cell, text: Text) -> bool:
    """Whether these characters can be written in that cell at all."""
    if LABELS[cell.label] is wire.gb:
        return text is not TEXTS[2]
    return not (cell.label == "utf-7" and cell.encoding == "8bit")


def certain(cell: Cell, text: Text) -> bool:
    """Whether there is one way to read it: two half-width kana without a label are also one kanji or two."""
    return not (cell.file_name == "raw" and text is TEXTS[2])


# What a person would count as the same

_STRUCTURES_OF_LINES = frozenset({"html", "blank-plain"})


def same_body(cell: Cell, wanted: str, found: str) -> bool:
    """Exact but for line ends at the end; HTML has its own idea of blank lines and indents."""
    if cell.structure in _STRUCTURES_OF_LINES:
        return _lines(wanted) == _lines(found)
    return found.rstrip("\n") == wanted.rstrip("\n")


def _lines(text: str) -> list[str]:
    return [re.sub(r"\s+", " ", line.strip()) for line in text.split("\n") if line.strip()]


def wrong_fields(cell: Cell, wanted: Reading, found: Reading) -> tuple[str, ...]:
    """The names of the fields that do not read as they should."""
    wrong = [name for name in ("subject", "name", "address", "files") if getattr(wanted, name) != getattr(found, name)]
    return (*wrong, *([] if same_body(cell, wanted.body, found.body) else ["body"]))


def read(raw: bytes) -> Reading:
    """The mail as mailgate reads it."""
    message = parse(raw)
    address = str(message.sender.address) if message.sender.address else ""
    names = tuple(one.filename for one in message.attachments)
    return Reading(message.subject, message.sender.name, address, message.body, names)


def main() -> None:
    """Prints the share of each field that is exact, and the readings that are not."""
    most = int((sys.argv[1:] or ["40"])[0])
    wrong: Counter[str] = Counter()
    total = 0
    for cell in cells():
        for text in TEXTS:
            if fits(cell, text):
                total += 1
                raw, wanted = mail(cell, text)
                found = read(raw)
                for name in wrong_fields(cell, wanted, found):
                    wrong[name] += 1
                    if wrong[name] <= most:
                        click.echo(f"{cell} {name}: {getattr(wanted, name)!r} read as {getattr(found, name)!r}")
    click.echo(f"{total} mails in {sum(1 for _ in cells())} cells")
    for name in ("subject", "name", "address", "body", "files"):
        click.echo(f"{name:8} {100 * (1 - wrong[name] / total):6.2f} % exact")


if __name__ == "__main__":
    main()
