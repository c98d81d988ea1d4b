"""What is for the record of a case: `disclosures` says what left to whom, `destroy` ends it for good."""

from __future__ import annotations

from gettext import gettext as _
from typing import Any

import click

from mailgate.cli import shapes
from mailgate.cli.common import (
    NUMBER,
    Desk,
    confirm,
    pass_desk,
    say,
    warn_on_stderr,
    yes_option,
)
from mailgate.cli.listing import Form, list_options, show_list
from mailgate.cli.value_words import LETTER, label, of
from mailgate.flow import destroy, disclosures
from mailgate.flow.context import Context
from mailgate.store import cases, rounds


@click.command("disclosures")
@click.argument("number", type=NUMBER)
@list_options
@pass_desk
def show_disclosures(desk: Desk, number: int, form: Form) -> None:
    """Show which text of a case left to whom and when, by its digest; also when the case is destroyed.

    Example: mailgate case disclosures 12
    """
    with desk.office.read(desk.actor) as ctx:
        cases.get(ctx.tx, number)
        found = disclosures.of_case(ctx, number) + disclosures.not_written_down(ctx, number)
        zone = ctx.policy.timezone
    rows = [
        {
            "at": shapes.moment(one.at, zone),
            "to": one.to,
            "kind": one.kind,
            "what": one.what,
            "sha256": one.digest,
            "mail": one.mail,
        }
        for one in sorted(found, key=lambda one: one.at)
    ]
    short = [row | {"sha256": f"{str(row['sha256'])[:16]}…"} for row in rows]
    columns = ("at", "to", "kind", "what", "sha256", "mail")
    show_list(
        form,
        "disclosures",
        rows,
        columns,
        title=_("Texts that left"),
        empty=_("No text has left."),
        words={"kind": of(LETTER), "what": _what},
        lines=None if form.as_csv else short,
    )


@click.command("destroy")
@click.argument("number", type=NUMBER)
@click.option("--now", "at_once", is_flag=True, help="Whatever its state is, and with what still waits to be sent.")
@yes_option
@pass_desk
def destroy_case(desk: Desk, number: int, at_once: bool, yes: bool) -> None:
    """Destroy all texts, names and links of a case that has ended; only numbers stay. It cannot be undone.

    Example: mailgate case destroy 12
    """
    warn_on_stderr()
    with desk.office.read(desk.actor) as ctx:
        destroy.check(ctx, number, at_once=at_once)
    confirm(_("Destroy all that is kept of case {number}, for good?").format(number=number), yes)
    with desk.office.write(desk.actor) as ctx:
        destroy.check(ctx, number, at_once=at_once)
        destroy.destroy(ctx, number, "by an operator")
    destroy.destroy_keys(desk.office)
    say(_("Case {number} is destroyed.").format(number=number))
    tell_what_stays(desk)


def tell_what_stays(desk: Desk) -> None:
    """Empties SQLite's log after something was destroyed, and says where some of it still is."""
    if not destroy.empty_log(desk.office):
        say(
            _("Somebody reads the database: its -wal file may still have what is gone. Repeat: mailgate run-due"),
            error=True,
        )
    delivery = desk.config.delivery
    if delivery.mode == "maildir" and delivery.maildir.is_dir():
        remark = _("mails that were sent into the Maildir {folder} are still there: delete them yourself.")
        say(_("note: {remark}").format(remark=remark.format(folder=delivery.maildir)), error=True)


def _what(left: str) -> str:
    """`round 2`, `comment 7 version 2` or `text`, as the audit log has it."""
    match left.split():
        case ["round", number]:
            return _("round {number}").format(number=number)
        case ["comment", number, "version", version]:
            return _("comment {number} version {version}").format(number=number, version=version)
        case _:
            return label(left)


def destroyed_document(ctx: Context, case: cases.Case) -> dict[str, Any] | None:
    """What is left of a destroyed case; None of every other one."""
    if case.destroyed_at is None:
        return None
    (summary,) = shapes.case_summaries(ctx, [case])
    zone = ctx.policy.timezone
    kept = ("number", "desk", "state", "round", "received_at", "destroyed_at", "tags", "invitations")
    return {key: summary[key] for key in kept} | {
        "rounds": [
            {"round": one.number, "answered_at": shapes.moment(one.answered_at, zone), "satisfaction": one.satisfaction}
            for one in rounds.all_of(ctx.tx, case.number)
        ]
    }


COMMANDS = (show_disclosures, destroy_case)
"""Joined to the group in `cli/case.py`."""
