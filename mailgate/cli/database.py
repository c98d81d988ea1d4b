"""`mailgate db …`: the tables, a copy of them, and a look for what cannot be."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from gettext import gettext as _
from pathlib import Path
from typing import Any

import click

from mailgate.cli.common import Desk, json_option, never_asks_option, pass_desk, say, show, told
from mailgate.cli.program import typed_here
from mailgate.errors import BadKeys, Refused


@click.group()
def db() -> None:
    """The database."""


@db.command()
@click.option("--no-backup", is_flag=True, help="Do not copy an SQLite database first.")
@never_asks_option
@pass_desk
def upgrade(desk: Desk, no_backup: bool) -> None:
    """Bring the tables to the version of this mailgate; an SQLite database that is older is copied first.

    A version that had no key store gets one beside its key files.

    Example: mailgate db upgrade
    """
    from mailgate.installation import install_keys
    from mailgate.office import upgrade_database
    from mailgate.store import backup, migrate
    from mailgate.store.engine import sqlite_file
    from mailgate.store.key_files import missing_keys

    with _engine(desk) as engine:
        if not no_backup and sqlite_file(engine) is not None and migrate.is_behind(engine):
            file = backup.make_dated_backup(engine, _folder(desk), datetime.now(UTC))
            say(_("The database as it was is in {file}.").format(file=file))
    upgrade_database(desk.config)
    if not missing_keys(desk.config.keys.directory):  # without keys the tables alone can be brought up
        for line in install_keys(desk.config):
            say(told(line))
    say(_("The database is up to date."))


@db.command("backup")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@never_asks_option
@json_option
@pass_desk
def back_up(desk: Desk, file: Path | None, as_json: bool) -> None:
    """Copy the database to a new file in a folder that is there, while the service runs; without FILE to a dated one
    in backup/.

    The keys are not in it: without them it cannot be read, and they belong to another place. Copy the key store after
    it, with key backup: what is younger than the copy of the keys cannot be read.

    Example: mailgate db backup /mnt/safe/mailgate-2026-02-01.db
    """
    from mailgate.cli.progress import bar
    from mailgate.store import backup

    keys = desk.config.keys.directory
    beside = _(
        "Not in it: the key files in {keys} and the key store. Without both it cannot be read: keep a copy of the "
        "files in another place, and copy the key store now, with mailgate key backup."
    )
    with _engine(desk) as engine:
        with bar(_("Copying")) as progress:
            if file is None:
                file = backup.make_dated_backup(engine, _folder(desk), datetime.now(UTC), progress=progress)
            else:
                backup.make_backup(engine, file, progress=progress)
        size_bytes = file.stat().st_size
    show(
        as_json,
        {"file": str(file.absolute()), "size_bytes": size_bytes, "keys_directory": str(keys)},
        lambda: [
            _("Wrote {file} ({size} bytes), and read it back.").format(file=file, size=f"{size_bytes:,}"),
            typed_here(beside).format(keys=keys),
        ],
    )


@db.command("copy")
@click.argument("new_config", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@never_asks_option
@pass_desk
def copy_to(desk: Desk, new_config: Path) -> None:
    """Copy everything into the empty database that another configuration file names: from SQLite to PostgreSQL.

    Stop the service first, on every machine: while any process of mailgate has one of the databases open, this is
    refused. The key files must be the same; where the new configuration names another key store, the keys are copied
    into it, too. The old database and key store are left as they are.

    Example: mailgate db copy /etc/mailgate/postgresql.toml
    """
    from mailgate.cli.progress import bar
    from mailgate.config import load
    from mailgate.office import keys_of
    from mailgate.store.engine import open_engine
    from mailgate.store.key_files import all_keys, missing_keys
    from mailgate.store.key_store import KeyStore
    from mailgate.store.transfer import copy_everything, copy_keys

    new = load(new_config)
    keys = keys_of(desk.config)
    old_folder, new_folder = desk.config.keys.directory, new.keys.directory
    if missing := missing_keys(new_folder):
        raise BadKeys(
            "{folder} lacks {files}: copy the keys from {other}",
            folder=str(new_folder),
            files=missing,
            other=str(old_folder),
        )
    if all_keys(new_folder) != all_keys(old_folder):
        raise Refused(
            "the keys in {folder} are others than those in {other}", folder=str(new_folder), other=str(old_folder)
        )
    target, new_store = open_engine(new.database.url), KeyStore(new.key_store_url())
    try:
        with _engine(desk) as source:
            # Before the rows, so that none is ever without its key; and again, now that nobody can have made another.
            copy_keys(keys.ring.store, new_store)
            with bar(_("Copying rows")) as progress:
                rows = copy_everything(source, target, progress)
            copy_keys(keys.ring.store, new_store)
    finally:
        target.dispose()
        new_store.close()
    look = f"mailgate --config {shlex.quote(str(new_config))} db check"
    copied = _("Copied {rows} rows. From now on start mailgate with {config}; look first: {command}")
    say(copied.format(rows=f"{rows:,}", config=new_config, command=look))


@db.command()
@click.option("--quick", is_flag=True, help="Do not open what is sealed; needs no keys.")
@json_option
@pass_desk
def check(desk: Desk, quick: bool, as_json: bool) -> None:
    """Look for damage, rows that point nowhere, states that cannot be, and seals that do not open; change nothing.

    A line for each problem says what to do. Exit status 1 when there is any.

    Example: mailgate db check
    """
    from mailgate.cli.progress import bar
    from mailgate.office import keys_of
    from mailgate.store import integrity

    keys = None if quick else keys_of(desk.config)
    with _engine(desk) as engine, bar(_("Opening seals")) as progress:
        found = integrity.problems(engine, keys, progress)
    clean = (
        _("Nothing is wrong: {checks} checks, seals not opened.")
        if quick
        else _("Nothing is wrong: {checks} checks, every seal opened.")
    )
    show(
        as_json,
        {"clean": not found, "problems": [{"check": one.check, "problem": one.what} for one in found]},
        lambda: [told(one.what) for one in found] or [clean.format(checks=len(integrity.CHECKS))],
    )
    if found:
        if len(found) == 1:
            raise Refused("the database has 1 problem")
        raise Refused("the database has {count} problems", count=len(found))


def _folder(desk: Desk) -> Path:
    """That of the configuration, where a database has none of its own."""
    from mailgate.config import find_config

    return find_config(desk.config_option, os.environ).absolute().parent


@contextmanager
def _engine(desk: Desk) -> Iterator[Any]:  # an Engine, which only `store/` knows by name
    """The configured database as it is: nothing is made or upgraded. Raises Refused when there is no file."""
    from mailgate.store.engine import open_engine, sqlite_file

    engine = open_engine(desk.config.database.url)
    file = sqlite_file(engine)
    if file is not None and not file.is_file():
        raise Refused("there is no database {file}: 'mailgate init' makes one", file=str(file))
    try:
        yield engine
    finally:
        engine.dispose()
