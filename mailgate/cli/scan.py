"""`mailgate scan`: the anonymity check on texts, without a case and without the register."""

from __future__ import annotations

from pathlib import Path

import click

from mailgate.cli.common import dumped, read_octets
from mailgate.cli.shapes import scanned_document


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line (the default).")
def scan(files: tuple[Path, ...], as_json: bool) -> None:
    """Find what may identify somebody in texts (UTF-8), changing nothing.

    Example: mailgate scan --json letter.txt
    """
    from mailgate.screening.check import check

    del as_json  # there is one form, and the flag names it
    for file in files:
        text = read_octets(file).decode("utf-8", "replace")
        found = [scanned_document(position, one) for position, one in enumerate(check(text), start=1)]
        click.echo(dumped({"file": click.format_filename(file), "findings": found}))
