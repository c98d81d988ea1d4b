"""`mailgate case list`: the queue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from gettext import gettext as _

import click

from mailgate.cli.click_words import WholeNumber
from mailgate.cli.common import Desk, in_their_words, pass_desk, say
from mailgate.cli.listing import Form, list_options, show_list
from mailgate.cli.shapes import case_summaries
from mailgate.cli.value_words import StateChoice, of
from mailgate.desk.lifecycle import CaseState
from mailgate.store import cases, comments, rounds

_COLUMNS = (
    *("state", "round", "received_at", "due_at", "teacher", "assignee"),
    *("findings_open", "to_review", "subject"),
)
_WORDS = {"state": of(CaseState), "subject": in_their_words}
_AT_ONCE = 10_000


@click.command("list")
@click.option("--state", type=StateChoice(CaseState), multiple=True, help="Only these.")
@click.option("--mine", is_flag=True, help="Only what is assigned to you.")
@click.option("--late", is_flag=True, help="Only what is past its target date.")
@click.option("--ready", is_flag=True, help="Only where nobody is waited for: review what came, and answer.")
@click.option("--desk", "desk_id", metavar="ID", help="Only what this desk looks after.")
@click.option(
    "--limit",
    type=WholeNumber(min=0),
    default=1000,
    show_default=True,
    metavar="COUNT",
    help="At most so many: those that have waited longest, then the newest of those that are over.",
)
@click.option("--all", "everything", is_flag=True, help="However many there are.")
@list_options
@pass_desk
def list_cases(
    desk: Desk,
    state: tuple[str, ...],
    mine: bool,
    late: bool,
    ready: bool,
    desk_id: str | None,
    limit: int,
    everything: bool,
    form: Form,
) -> None:
    """Show the queue, oldest first.

    Example: mailgate case list --state new
    """
    desks = desk.office.policy.desks
    charge = desks.charge_of(desks.named(desk_id).id) if desk_id is not None else None
    _screen_waiting(desk)
    with desk.office.read(desk.actor) as ctx:
        states, assignee = [CaseState(one) for one in state], desk.operator if mine else ""
        most = None if everything or late or ready else limit
        found = cases.listing(ctx.tx, states, assignee, most, charge)
        left_out = cases.count(ctx.tx, states, assignee, charge) - len(found) if len(found) == most else 0
        rows = [row for some in _batched(found) for row in case_summaries(ctx, some)]
    rows = [row for row in rows if (row["late"] or not late) and (row["ready"] or not ready)]
    which = ("desk",) if len(desks.ids) > 1 else ()
    columns = ("number", *which, *_COLUMNS)
    head = {"left_out": left_out} if left_out else None
    title, empty = _("Cases, oldest first"), _("No cases.")
    show_list(form, "cases", rows, columns, title=title, empty=empty, words=_WORDS, head=head)
    if left_out and not form.as_json:
        text = _("Left out: {count} cases (--all shows them, --limit COUNT more).")
        say(text.format(count=left_out), error=True)


def _batched(found: Sequence[cases.Case]) -> Iterator[Sequence[cases.Case]]:
    """As many at a time as a database takes in one question."""
    return (found[start : start + _AT_ONCE] for start in range(0, len(found), _AT_ONCE))


def _screen_waiting(desk: Desk) -> None:
    """The check looks first through what no worker has looked through yet; mostly there is nothing."""
    with desk.office.read() as ctx:
        waits = rounds.unscreened(ctx.tx) is not None or comments.unscreened(ctx.tx) is not None
    if not waits:
        return
    from mailgate.flow.screen import screen_next

    while screen_next(desk.office):
        pass
