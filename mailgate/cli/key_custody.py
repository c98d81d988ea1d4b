"""`mailgate key init, check, rotate, destroy, backup`: the keys that seal the database, and their store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailgate.cli.common import Desk, confirm, json_option, never_asks_option, pass_desk, say, show, yes_option
from mailgate.errors import Refused

if TYPE_CHECKING:
    from mailgate.flow.custody import Report


@click.command()
@never_asks_option
@pass_desk
def init(desk: Desk) -> None:
    """Make key files, key store, desk key and day keys where they are missing; nothing is ever overwritten.

    As `mailgate init` does; for an installation of a version that had no key store.

    Example: mailgate key init
    """
    from mailgate.installation import install

    for line in install(desk.config) or ["Everything is there already."]:
        say(line)


@click.command()
@json_option
@pass_desk
def check(desk: Desk, as_json: bool) -> None:
    """Look whether every key file is its owner's alone, every key opens, and every case has its key; change nothing.

    A line for each problem says what to do. Exit status 1 when there is any.

    Example: mailgate key check
    """
    from mailgate.flow import custody

    if problems := list(custody.problems_of_files(desk.config.keys.directory)):  # with these nothing can be opened
        show(as_json, {"ok": False, "problems": problems}, lambda: problems)
        raise _bad(problems)
    report = custody.check(desk.office)
    show(as_json, _document(desk, report), lambda: [*_told(desk, report), *report.notes, *report.problems])
    if report.problems:
        raise _bad(report.problems)


def _bad(problems: list[str]) -> Refused:
    return Refused(f"the keys have {len(problems)} problem{'s' if len(problems) > 1 else ''}")


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
    by_purpose = ", ".join(f"{count:,} {purpose}" for purpose, count in sorted(found.by_purpose.items()))
    roots = ", ".join(f"{root} ({found.by_root.get(root, 0):,} keys)" for root in report.roots)
    return [
        f"Key store {desk.office.database.keys.ring.store.place}: {by_purpose}.",
        f"Root keys in {desk.config.keys.directory}: {roots}; in use is {report.root_in_use}.",
    ]


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
        say(f"{desk.config.keys.directory / name} is there. Copy it to every node, then: mailgate key rotate")
        return
    confirm("Change the root key, and seal anew what is under old keys?", yes)
    with bar("Sealing anew") as progress:
        done = custody.rotate(desk.office, desk.actor, progress)
    name = root_file(done.root)
    how = f"Finished what was not under {name} yet" if done.resumed else f"Changed the root key to {name}"
    say(f"{how}: {done.keys:,} keys wrapped anew, {done.rows:,} rows sealed anew.")
    if done.resumed:
        say("Run it again to change the root key.")
    else:
        say("Back up the key files and the key store now. Then, for each old root key: mailgate key destroy NUMBER")
    if done.closed:
        raise Refused(f"{done.closed:,} rows do not open and were left as they are: mailgate db check names them")


@click.command()
@click.argument("root", type=click.IntRange(1, 999_999), required=False)
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
        raise click.UsageError("give the number of a root key, or --unused")
    if root is None:
        confirm("Destroy the keys that nobody names and that are older than a day?", yes)
        say(f"Destroyed {custody.destroy_unused(desk.office, desk.actor):,} keys.")
        return
    file = custody.refuse_if_needed(desk.office, root)
    confirm(f"Delete {file} for good?", yes)
    say(
        f"Deleted {custody.destroy_root(desk.office, desk.actor, root)}. Delete its copies in backups of the keys, too."
    )


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
            f"Wrote {file.absolute()} ({size_bytes:,} bytes, for its owner alone), and read it back.",
            "Delete it after 7 days at the latest: until then a destroyed case can be brought back with it.",
        ],
    )


COMMANDS = (init, check, rotate, destroy, back_up)
