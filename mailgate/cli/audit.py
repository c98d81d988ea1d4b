"""`mailgate audit …`: who did what and when, and whether somebody tampered with that."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from gettext import gettext as _
from typing import TYPE_CHECKING

import click

from mailgate.cli.common import NUMBER, Desk, json_option, never_asks_option, pass_desk, show
from mailgate.cli.days import DAY
from mailgate.cli.listing import Form, list_options, show_list
from mailgate.errors import Refused
from mailgate.phrase import Phrase

if TYPE_CHECKING:
    from mailgate.flow.context import Office
    from mailgate.store.audit_chain import Break

_BREAKS = {
    str(one): one
    for one in (
        *(Phrase("changed"), Phrase("missing"), Phrase("reordered")),
        *(Phrase("cut off at the end"), Phrase("forged")),
    )
}
"""What a link of the chain can be instead of whole (`store/audit_chain.py`)."""


@click.group()
def audit() -> None:
    """The audit log: every change with its actor and its time."""


@audit.command("list")
@click.option("--case", "number", type=NUMBER, help="Only what is about this case.")
@click.option("--since", type=DAY, metavar="DATE", help="Only from the beginning of this day on.")
@click.option("--actor", metavar="TEXT", help='Only of this actor: "system", "teacher", "operator:NAME" or NAME.')
@list_options
@pass_desk
def list_lines(desk: Desk, number: int | None, since: date | None, actor: str | None, form: Form) -> None:
    """List the lines of the log, oldest first.

    Example: mailgate audit list --case 12
    """
    from mailgate.cli.shapes import audit_document
    from mailgate.store import audit as store

    with desk.office.read(desk.actor) as ctx:
        zone = ctx.policy.timezone
        start = datetime.combine(since, time(), zone) if since else None
        actors = (actor, f"operator:{actor}") if actor else ()
        rows = [audit_document(one, zone) for one in store.listing(ctx.tx, case=number, since=start, actors=actors)]
    columns = ("sequence", "at", "actor", "action", "case", "subject", "detail")
    show_list(form, "lines", rows, columns, title=_("The audit log, oldest first"), empty=_("No lines."))


@audit.command()
@click.option(
    "--after-restore",
    metavar="REASON",
    help="The end of the log went with a backup that was restored: what is there counts from here on, and says so.",
)
@never_asks_option
@json_option
@pass_desk
def verify(desk: Desk, after_restore: str | None, as_json: bool) -> None:
    """Look at every link of the chain that holds the log together, and name the first one that is broken.

    Exit status 1 when there is one.

    Example: mailgate audit verify
    """
    from mailgate.flow import chain_audit

    if after_restore is not None:
        chain_audit.accept_restore(desk.office, desk.actor, after_restore)
    verdict = chain_audit.verify(desk.office)
    broken = verdict.broken
    document = {
        "intact": broken is None,
        "lines": verdict.lines,
        "sequence": verdict.head.sequence,
        "broken": {"sequence": broken.sequence, "what": broken.what} if broken else None,
    }
    intact = _("Nothing was tampered with: {count} lines.")
    show(as_json, document, lambda: [] if broken else [intact.format(count=verdict.lines)])
    if broken:
        raise _refused(desk.office, broken)


def _refused(office: Office, broken: Break) -> Refused:
    """What is broken; and what to do where the log only lacks the head that is kept outside, as after a restore."""
    from mailgate.flow import chain_audit

    what = _BREAKS.get(broken.what, broken.what)
    if chain_audit.verify(replace(office, head_keeper=None)).broken is None:
        return Refused(
            "the audit log is not as it was written: line {sequence} is {what}; if a backup of the database was "
            "restored just now, that is why: mailgate audit verify --after-restore REASON makes what is there count",
            sequence=broken.sequence,
            what=what,
        )
    return Refused(
        "the audit log is not as it was written: line {sequence} is {what}", sequence=broken.sequence, what=what
    )
