"""`mailgate doctor`: the report on an installation, a line each."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from gettext import gettext as _
from typing import Any

import click

from mailgate.cli.common import Desk, dumped, harmless, json_option, pass_desk, show, told

_MARKS = {"ok": ("ok      ", "green"), "warning": ("warning ", "yellow"), "problem": ("problem ", "red")}
"""The three words stay in every language: monitors look for them."""


@click.command()
@click.option("--records", is_flag=True, help="Only print the DNS records to enter.")
@json_option
@pass_desk
def doctor(desk: Desk, records: bool, as_json: bool) -> None:
    """Look at configuration, keys, database, DNS, delivery and queues; say what is not well and what to do.

    Exit status 1 when there is a problem; warnings alone are 0. Nothing is changed.

    Example: mailgate doctor
    """
    from mailgate.config import find_config
    from mailgate.doctor.examination import examine
    from mailgate.watch.log import configure_log

    if records:
        _print_records(desk, as_json)
        return
    configure_log(logging.ERROR)  # the loop drill plays a whole desk
    found = []
    for one in examine(desk.config, find_config(desk.config_option, os.environ), datetime.now(UTC)):
        found.append(one)
        if not as_json:
            mark, colour = _MARKS[one.health.word]
            line = _("{subject}: {what}; {todo}") if one.todo else _("{subject}: {what}")
            what = line.format(subject=_subject(one.subject), what=told(one.what), todo=told(one.todo))
            click.echo(click.style(mark, fg=colour) + harmless(what))
    worst = max(one.health for one in found)
    if as_json:
        rows = [
            {"subject": one.subject, "health": one.health.word, "what": one.what, "todo": one.todo} for one in found
        ]
        click.echo(dumped({"health": worst.word, "findings": rows}))
    if worst.word == "problem":
        click.get_current_context().exit(1)


def _subject(name: str) -> str:
    """What was looked at, as the findings name it; the name itself where there is no other."""
    if name.startswith("desk "):
        return _("desk {id}").format(id=name.removeprefix("desk "))
    names = {
        "authentication": _("authentication"),
        "backup": _("backup"),
        "clock": _("clock"),
        "config": _("config"),
        "database": _("database"),
        "delivery": _("delivery"),
        "desks": _("desks"),
        "disk": _("disk"),
        "dkim": _("dkim"),
        "dns": _("dns"),
        "dns dmarc": _("dns dmarc"),
        "dns mx": _("dns mx"),
        "dns spf": _("dns spf"),
        "keys": _("keys"),
        "loops": _("loops"),
        "queue": _("queue"),
        "service": _("service"),
        "tls": _("tls"),
    }
    return names.get(name, name)


def _print_records(desk: Desk, as_json: bool) -> None:
    from mailgate.doctor.names import records_to_enter

    lines = [one if isinstance(one, str) else one.zone_line for one in records_to_enter(desk.config)]

    def text() -> Iterable[str]:
        yield _(
            "; Lines of a zone file. Put the name of your own mail server for mail.…; SPF must name every machine\n"
            "; that sends for the domain."
        )
        yield from lines

    document: dict[str, Any] = {"records": lines}
    show(as_json, document, text)
