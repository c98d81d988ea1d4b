"""`mailgate scan`: the anonymity check on texts, without a case and without the register."""

from __future__ import annotations

import json
from typing import TextIO

import click

from mailgate.cli.shapes import scanned_document


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.File(encoding="utf-8", errors="replace"))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line (the default).")
def scan(files: tuple[TextIO, ...], as_json: bool) -> None:
    """Find what may identify somebody in texts, changing nothing.

    Example: mailgate scan --json letter.txt
    """
    from mailgate.screening.check import check

    del as_json  # there is one form, and the flag names it
    for file in files:
        found = [scanned_document(position, one) for position, one in enumerate(check(file.read()), start=1)]
        click.echo(json.dumps({"file": file.name, "findings": found}, ensure_ascii=False))
