"""`mailgate case list`: the queue."""

from __future__ import annotations

from gettext import gettext as _

import click

from mailgate.cli.common import Desk, pass_desk
from mailgate.cli.listing import Form, list_options, show_list
from mailgate.cli.shapes import case_summaries
from mailgate.cli.value_words import StateChoice, of
from mailgate.desk.lifecycle import CaseState
from mailgate.store import cases, comments, rounds

_COLUMNS = (
    *("state", "round", "received_at", "due_at", "teacher", "assignee"),
    *("findings_open", "to_review", "subject"),
)


@click.command("list")
@click.option("--state", type=StateChoice(CaseState), multiple=True, help="Only these.")
@click.option("--mine", is_flag=True, help="Only what is assigned to you.")
@click.option("--late", is_flag=True, help="Only what is past its target date.")
@click.option("--ready", is_flag=True, help="Only where nobody is waited for: review what came, and answer.")
@click.option("--desk", "desk_id", metavar="ID", help="Only what this desk looks after.")
@list_options
@pass_desk
def list_cases(
    desk: Desk, state: tuple[str, ...], mine: bool, late: bool, ready: bool, desk_id: str | None, form: Form
) -> None:
    """Show the queue, oldest first.

    Example: mailgate case list --state new
    """
    desks = desk.office.policy.desks
    charge = desks.charge_of(desks.named(desk_id).id) if desk_id is not None else None
    _screen_waiting(desk)
    with desk.office.read(desk.actor) as ctx:
        found = cases.listing(ctx.tx, [CaseState(one) for one in state], desk.operator if mine else "", charge=charge)
        rows = case_summaries(ctx, found)
    rows = [row for row in rows if (row["late"] or not late) and (row["ready"] or not ready)]
    which = ("desk",) if len(desks.ids) > 1 else ()
    columns = ("number", *which, *_COLUMNS)
    title, empty = _("Cases, oldest first"), _("No cases.")
    show_list(form, "cases", rows, columns, title=title, empty=empty, words={"state": of(CaseState)})


def _screen_waiting(desk: Desk) -> None:
    """The check looks first through what no worker has looked through yet; mostly there is nothing."""
    with desk.office.read() as ctx:
        waits = rounds.unscreened(ctx.tx) is not None or comments.unscreened(ctx.tx) is not None
    if not waits:
        return
    from mailgate.flow.screen import screen_next

    while screen_next(desk.office):
        pass
