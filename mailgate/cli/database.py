"""`mailgate db …`: the schema of the database."""

from __future__ import annotations

import click

from mailgate.cli.common import Desk, pass_desk


@click.group()
def db() -> None:
    """The database."""


@db.command()
@pass_desk
def upgrade(desk: Desk) -> None:
    """Bring the tables to the version of this mailgate; make a backup first.

    Example: mailgate db upgrade
    """
    from mailgate.service import upgrade_database

    upgrade_database(desk.config)
    click.echo("The database is up to date.")
