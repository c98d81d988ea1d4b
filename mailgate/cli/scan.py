"""`mailgate scan`: the anonymity check on texts, without a case.

Where a configuration is found, whom the register knows is searched too; without one only the rules are.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailgate.cli.common import Desk, dumped, pass_desk, read_octets
from mailgate.cli.shapes import scanned_document

if TYPE_CHECKING:
    from mailgate.screening.known import KnownIdentity


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--no-register", is_flag=True, help="Search by the rules alone, even where a configuration is found.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line (the default).")
@pass_desk
def scan(desk: Desk, files: tuple[Path, ...], no_register: bool, as_json: bool) -> None:
    """Find what may identify somebody in texts (UTF-8), changing nothing.

    Where a configuration is found (--config, MAILGATE_CONFIG, ./var or /etc/mailgate), the names, addresses and
    schools of the register are searched too, as "known".

    Example: mailgate scan --json letter.txt
    """
    from mailgate.screening.check import check

    del as_json  # there is one form, and the flag names it
    known = () if no_register else _register(desk)
    for file in files:
        text = read_octets(file).decode("utf-8", "replace")
        found = [scanned_document(position, one) for position, one in enumerate(check(text, known), start=1)]
        click.echo(dumped({"file": click.format_filename(file), "findings": found}))


def _register(desk: Desk) -> tuple[KnownIdentity, ...]:
    """Everybody and every school in the register; nobody without a configuration or with an empty database."""
    import os

    from mailgate.config import find_config
    from mailgate.errors import BadConfiguration

    try:
        find_config(desk.config_option, os.environ)
    except BadConfiguration:  # none was named and none is in its place
        return ()
    from mailgate.office import database_is_empty

    if database_is_empty(desk.config):
        return ()
    from mailgate.flow.screen import whole_register

    with desk.office.read() as ctx:
        return whole_register(ctx)
