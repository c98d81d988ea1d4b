"""`mailgate init`, `serve`, `run-due`: the installation and its running parts."""

from __future__ import annotations

import os
import shlex
import sys
from datetime import datetime
from gettext import gettext as _
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from mailgate.cli import words
from mailgate.cli.common import (
    Desk,
    confirm_at_terminal,
    json_option,
    pass_desk,
    say,
    show,
    told,
    warn_on_stderr,
    yes_option,
)
from mailgate.cli.program import program
from mailgate.cli.value_words import label

_PARTS = ("listener", "worker", "delivery", "scheduler")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option("--no-hint", is_flag=True, help="Do not say how to start the service: you start it now.")
@pass_desk
def init(desk: Desk, directory: Path | None, no_hint: bool) -> None:
    """Create config, keys and database where missing; nothing is ever overwritten.

    The configuration is DIRECTORY/mailgate.toml; without DIRECTORY that of --config, or of MAILGATE_CONFIG, or
    var/mailgate.toml.

    Example: mailgate init var
    """
    from mailgate.config import load, plain
    from mailgate.installation import install, write_config

    path = plain(_where_to_init(desk, directory))
    written = write_config(path)
    words.speak(words.choose(desk.language, str(path), os.environ))  # as whatever runs with it from now on
    made = [_("Wrote {file}.").format(file=path)] if written else []
    made += map(told, install(load(path)))
    start = shlex.join([*program(), "--config", str(path), "serve"])
    hint = [] if no_hint else [_("Ready: {command}").format(command=start)]
    show(False, {}, lambda: [*made, *hint])


def _where_to_init(desk: Desk, directory: Path | None) -> Path:
    """What was typed now comes before what the environment says."""
    if directory is not None and desk.config_option is not None:
        if desk.config_option.absolute().parent != directory.absolute():
            raise click.UsageError(_("--config is not in DIRECTORY: give one of them, each says where to init"))
        return desk.config_option
    if directory is not None:
        return directory / "mailgate.toml"
    named = desk.config_option or os.environ.get("MAILGATE_CONFIG")
    return Path(named) if named else Path("var") / "mailgate.toml"


@click.command()
@click.option("--only", metavar="PART,…", help=f"Run only these of {', '.join(_PARTS)}.")
@pass_desk
def serve(desk: Desk, only: str | None) -> None:
    """Run the service until SIGTERM; then it finishes what is in hand.

    Example: mailgate serve --only listener,worker
    """
    import os

    from mailgate import service
    from mailgate.config import find_config, passwords_in_file
    from mailgate.secret_file import check_secret

    parts = tuple(only.split(",")) if only else _PARTS
    unknown = sorted(set(parts) - set(_PARTS))
    if unknown:
        text = _("--only takes {parts}, not {unknown}")
        raise click.UsageError(text.format(parts=_(", ").join(_PARTS), unknown=_(", ").join(unknown)))
    for key in passwords_in_file(desk.config, os.environ):
        check_secret(find_config(desk.config_option, os.environ), key)
    service.serve(
        desk.config,
        parts,
        lambda running: say_ready(desk, running.port, running.page.address if running.page else None),
    )


@click.command("run-due")
@click.option("--as-of", metavar="TIME", help="Act as if it were then (ISO 8601; without an offset the desk's time).")
@click.option("--clock-is-right", is_flag=True, help="Purge although the clock was ahead at the last purge.")
@yes_option
@json_option
@pass_desk
def run_due(desk: Desk, as_of: str | None, clock_is_right: bool, yes: bool, as_json: bool) -> None:
    """Do all time-driven work that is due, once: reminders, due dates, quiet cases, and what was kept for long enough.

    What a moment to come would purge is destroyed now, for good: rehearse with --as-of on a copy of the database.

    Example: mailgate run-due
    """
    from dataclasses import asdict, replace

    from mailgate.flow import due, purge

    warn_on_stderr()
    office = desk.office
    purges = True
    if as_of is not None:
        moment = _moment(as_of, office.policy.timezone)
        if moment > office.clock():
            confirm_at_terminal(_("Do what is due then, and destroy for good what may be kept until then?"), yes)
            purges = yes or sys.stdin.isatty()
        elif not as_json:
            say(_("note: {as_of} is past: only what was due by then is done.").format(as_of=as_of), error=True)
        office = replace(office, clock=lambda: moment)
    done = asdict(due.run_due(office))
    if purges:
        purged = purge.run(office, by_the_clock=as_of is None, clock_is_right=clock_is_right)
    else:
        purged = purge.Purged()
        say(_("Nothing was destroyed: a moment to come does that only with --yes."), error=True)
    document = done | {"purged": asdict(purged)}
    lines = done | {f"purged {key.replace('_', ' ')}": count for key, count in asdict(purged).items()}
    line = _("{what}: {count}")
    show(as_json, document, lambda: [line.format(what=label(key), count=count) for key, count in lines.items()])


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    # Years far off have no neighbours to count days to.
    if moment is None or not 2000 <= moment.year <= 2100:
        problem = _("'{value}' is no moment such as 2026-02-01T10:05+09:00").format(value=text)
        raise click.BadParameter(problem, param_hint="--as-of")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def say_ready(desk: Desk, port: int | None, page: str | None = None) -> None:
    """Prints that the service runs, and what to try next, as it has to be typed here."""
    config = desk.config
    named = desk.config_option or os.environ.get("MAILGATE_CONFIG")
    mailgate = shlex.join([*program(), *(("--config", str(named)) if named else ())])
    protocol, listens = config.listener.protocol.upper(), f"{config.listener.host}:{port}"
    runs = _runs(listening=port is not None, writing=config.delivery.mode == "maildir")
    address = f"{config.addresses.desk[0]}@{config.service.domain}"
    for line in (
        runs.format(protocol=protocol, address=listens, folder=config.delivery.maildir, relay=config.delivery.host),
        *([_("Its figures are at {page}/metrics, its health at {page}/healthz.").format(page=page)] if page else []),
        _("In a second terminal:"),
        f"  {mailgate} school add --help",
        _("      enters a school; then teacher add, member add (or school import, … from CSV)"),
        _("  send a mail to {address} at {listener}").format(address=address, listener=listens)
        if port is not None
        else f"  {mailgate} mail ingest FILE",
        f"  {mailgate} case list",
        _("      shows the queue; case show 1 tells what to do next"),
    ):
        say(line)


def _runs(*, listening: bool, writing: bool) -> str:
    match listening, writing:
        case True, True:
            return _(
                "mailgate runs: {protocol} on {address}; outgoing mail is written to {folder}. Stop it with Ctrl-C."
            )
        case True, False:
            return _("mailgate runs: {protocol} on {address}; outgoing mail is sent by {relay}. Stop it with Ctrl-C.")
        case False, True:
            return _("mailgate runs: no listener; outgoing mail is written to {folder}. Stop it with Ctrl-C.")
        case _:
            return _("mailgate runs: no listener; outgoing mail is sent by {relay}. Stop it with Ctrl-C.")
