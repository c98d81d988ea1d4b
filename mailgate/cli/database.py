"""`mailgate db …`: the schema of the database."""

from __future__ import annotations

import click

from mailgate.cli.common import Desk, never_asks_option, pass_desk, say


@click.group()
def db() -> None:
    """The database."""


@db.command()
@never_asks_option
@pass_desk
def upgrade(desk: Desk) -> None:
    """Bring the tables to the version of this mailgate; make a backup first.

    Example: mailgate db upgrade
    """
    from mailgate.service import upgrade_database

    upgrade_database(desk.config)
    say("The database is up to date.")
