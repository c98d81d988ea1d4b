"""`mailgate key init, check, rotate, destroy, backup`: the keys that seal the database, and their store."""

from __future__ import annotations

from datetime import UTC, datetime
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailgate.cli.click_words import WholeNumber
from mailgate.cli.common import Desk, confirm, json_option, never_asks_option, pass_desk, say, show, told, yes_option
from mailgate.errors import Refused

if TYPE_CHECKING:
    from mailgate.config import Config
    from mailgate.flow.custody import Report
    from mailgate.store.key_store import Purpose


@click.command()
@never_asks_option
@pass_desk
def init(desk: Desk) -> None:
    """Make key files, key store, desk key and day keys where they are missing; nothing is ever overwritten.

    As `mailgate init` does; for an installation of a version that had no key store.

    Example: mailgate key init
    """
    from mailgate.installation import install

    for line in install(desk.config) or [_("Everything is there already.")]:
        say(told(line))


@click.command()
@json_option
@pass_desk
def check(desk: Desk, as_json: bool) -> None:
    """Look whether every key file is its owner's alone, every key opens, and every case has its key; change nothing.

    A line for each problem says what to do. Exit status 1 when there is any.

    Example: mailgate key check
    """
    from mailgate.flow import custody

    # with these nothing can be opened
    if problems := list(custody.problems_of_files(desk.config.keys.directory, _lost(desk.config))):
        show(as_json, {"ok": False, "problems": problems}, lambda: _said(problems))
        raise _bad(problems)
    report = custody.check(desk.office)
    show(as_json, _document(desk, report), lambda: [*_told(desk, report), *_said([*report.notes, *report.problems])])
    if report.problems:
        raise _bad(report.problems)


def _lost(config: Config) -> list[str]:
    """The key files that are not there, of a database in use; none where everything may be made anew."""
    from mailgate.office import database_is_empty
    from mailgate.store.sealing import lacking

    names = lacking(config.keys.directory, config.key_store_url())
    return names if names and not database_is_empty(config) else []


def _bad(problems: list[str]) -> Refused:
    if len(problems) == 1:
        return Refused("the keys have 1 problem")
    return Refused("the keys have {count} problems", count=len(problems))


def _said(lines: list[str]) -> list[str]:
    return [told(one) for one in lines]


def _document(desk: Desk, report: Report) -> dict[str, Any]:
    found = report.custody
    return {
        "ok": not report.problems,
        "problems": report.problems,
        "notes": report.notes,
        "store": desk.office.database.keys.ring.store.place,
        "root_in_use": report.root_in_use,
        "roots": [{"root": root, "keys": found.by_root.get(root, 0)} for root in report.roots],
        "keys": {purpose.value: count for purpose, count in found.by_purpose.items()},
        "unused": found.unused,
        "cases_without_key": found.cases_without_key,
    }


def _told(desk: Desk, report: Report) -> list[str]:
    found = report.custody
    by_purpose = _(", ").join(_counted(purpose, f"{count:,}") for purpose, count in sorted(found.by_purpose.items()))
    of_root = _("{root} ({count} keys)")
    roots = _(", ").join(of_root.format(root=root, count=f"{found.by_root.get(root, 0):,}") for root in report.roots)
    return [
        _("Key store {place}: {keys}.").format(place=desk.office.database.keys.ring.store.place, keys=by_purpose),
        _("Root keys in {directory}: {roots}; in use is {root}.").format(
            directory=desk.config.keys.directory, roots=roots, root=report.root_in_use
        ),
    ]


def _counted(purpose: Purpose, count: str) -> str:
    """So many keys of the store for this purpose."""
    from mailgate.store.key_store import Purpose

    match purpose:
        case Purpose.DESK:
            return _("{count} desk").format(count=count)
        case Purpose.CASE:
            return _("{count} case").format(count=count)
        case Purpose.INTAKE:
            return _("{count} intake").format(count=count)
        case Purpose.AUDIT:
            return _("{count} audit").format(count=count)


@click.command()
@click.option("--ahead", is_flag=True, help="Only make the file of the next root key, to be copied to every node.")
@yes_option
@pass_desk
def rotate(desk: Desk, ahead: bool, yes: bool) -> None:
    """Change the root key and the key of the desk while the service runs: all keys are wrapped anew under the new one.

    Can be stopped and run again: then, and after an upgrade, it first finishes what is not under the keys in use, and
    the root key stays. With several nodes make the file --ahead, copy it into the folder of
    the keys of each, then rotate. What is sealed under old keys is sealed anew; cases without a key of their own get
    one. The old root key stays until key destroy.

    Example: mailgate key rotate --yes
    """
    from mailgate.cli.progress import bar
    from mailgate.flow import custody
    from mailgate.store.key_files import root_file

    if ahead:
        name = root_file(custody.make_root_ahead(desk.office, desk.actor))
        made = _("{file} is there. Copy it to every node, then: {command}")
        say(made.format(file=desk.config.keys.directory / name, command="mailgate key rotate"))
        return
    confirm(_("Change the root key, and seal anew what is under old keys?"), yes)
    with bar(_("Sealing anew")) as progress:
        done = custody.rotate(desk.office, desk.actor, progress)
    name = root_file(done.root)
    changed = (
        _("Finished what was not under {name} yet: {keys} keys wrapped anew, {rows} rows sealed anew.")
        if done.resumed
        else _("Changed the root key to {name}: {keys} keys wrapped anew, {rows} rows sealed anew.")
    )
    say(changed.format(name=name, keys=f"{done.keys:,}", rows=f"{done.rows:,}"))
    if done.resumed:
        say(_("Run it again to change the root key."))
    else:
        next_step = _(
            "Back up the key files and the key store now: no copy of the key store from before opens without the old "
            "root key. Then, for each old root key: {command}"
        )
        say(next_step.format(command="mailgate key destroy " + _("NUMBER")))
    if done.closed:
        raise Refused(
            "{count} rows do not open and were left as they are: mailgate db check names them", count=f"{done.closed:,}"
        )


@click.command()
@click.argument("root", type=WholeNumber(1, 999_999), required=False)
@click.option("--unused", is_flag=True, help="Destroy the keys of the store that nobody names, older than a day.")
@yes_option
@pass_desk
def destroy(desk: Desk, root: int | None, unused: bool, yes: bool) -> None:
    """Delete the file of root key ROOT for good; refused while anything is wrapped or sealed under it.

    Backups of the key store from before the change of the root key cannot be read without it.

    Example: mailgate key destroy 1
    """
    from mailgate.flow import custody

    if unused == (root is not None):
        raise click.UsageError(_("give the number of a root key, or --unused"))
    if root is None:
        confirm(_("Destroy the keys that nobody names and that are older than a day?"), yes)
        say(_("Destroyed {count} keys.").format(count=f"{custody.destroy_unused(desk.office, desk.actor):,}"))
        return
    file = custody.refuse_if_needed(desk.office, root)
    confirm(_("Delete {file} for good?").format(file=file), yes)
    deleted = custody.destroy_root(desk.office, desk.actor, root)
    say(_("Deleted {file}. Delete its copies in backups of the keys, too.").format(file=deleted))


@click.command("backup")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@never_asks_option
@json_option
@pass_desk
def back_up(desk: Desk, file: Path | None, as_json: bool) -> None:
    """Copy the key store to a new file while the service runs; without FILE to a dated one in the current directory.

    The file is for its owner alone. Keep it apart from the keys, apart from the backups of the database,
    and 7 days at most: so long a destroyed case can be brought back.

    Example: mailgate key backup /mnt/keys/store-2026-02-01.db
    """
    from mailgate.office import keys_of
    from mailgate.store import backup

    store = keys_of(desk.config).ring.store
    try:
        file = file or Path(backup.default_file(store.engine, Path(), datetime.now(UTC)).name)
        backup.make_backup(store.engine, file, backup.KEY_STORE)
    finally:
        store.close()
    size_bytes = file.stat().st_size
    show(
        as_json,
        {"file": str(file.absolute()), "size_bytes": size_bytes},
        lambda: [
            _("Wrote {file} ({size} bytes, for its owner alone), and read it back.").format(
                file=file.absolute(), size=f"{size_bytes:,}"
            ),
            _("Delete it after 7 days at the latest: until then a destroyed case can be brought back with it."),
        ],
    )


COMMANDS = (init, check, rotate, destroy, back_up)
