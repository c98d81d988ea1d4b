"""`mailgate scan`: the anonymity check on texts, without a case. A table for a person, a line of JSON for a program.

Where a configuration is found, whom the register knows is searched too; without one only the rules are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailgate.cli.common import Desk, dumped, pass_desk, read_octets, show, told
from mailgate.cli.shapes import scanned_document
from mailgate.cli.tables import table
from mailgate.cli.value_words import of
from mailgate.screening.finding import Label

if TYPE_CHECKING:
    from mailgate.screening.known import KnownIdentity

_WORDS = {"label": of(Label), "reason": told}


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--no-register", is_flag=True, help="Search by the rules alone, even where a configuration is found.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@pass_desk
def scan(desk: Desk, files: tuple[Path, ...], no_register: bool, as_json: bool) -> None:
    """Find what may identify somebody in texts (UTF-8), changing nothing.

    Where a configuration is found (--config, MAILGATE_CONFIG, ./var or /etc/mailgate), the names, addresses and
    schools of the register are searched too, as "known".

    Example: mailgate scan letter.txt
    """
    from mailgate.screening.check import check

    known = () if no_register else _register(desk)

    def scanned(file: Path) -> dict[str, Any]:
        text = read_octets(file).decode("utf-8", "replace")
        found = [scanned_document(position, one) for position, one in enumerate(check(text, known), start=1)]
        return {"file": click.format_filename(file), "findings": found}

    if not as_json:
        show(False, {}, lambda: _page(map(scanned, files)))
        return
    for file in files:
        click.echo(dumped(scanned(file)))


def _page(documents: Iterable[dict[str, Any]]) -> Iterator[str]:
    for one in documents:
        yield f"== {one['file']}"
        yield from table(one["findings"], ("id", "label", "text", "reason"), _("Nothing was found."), _WORDS)
        yield ""
    yield _("Read the text yourself: no tool finds all.")


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
