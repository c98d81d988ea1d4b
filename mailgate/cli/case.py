"""`mailgate case …`: the queue and one case as a page; the other commands of the group stand in files beside."""

from __future__ import annotations

from typing import Any

import click

from mailgate.cli import attachments, case_answering, case_record, case_triage, shapes
from mailgate.cli.case_page import page_of
from mailgate.cli.common import NUMBER, Desk, json_option, pass_desk, show
from mailgate.cli.listing import Form, list_options, show_list
from mailgate.cli.reveal import looking, reveal_option
from mailgate.desk.lifecycle import CaseState
from mailgate.flow import screen
from mailgate.flow.context import Context
from mailgate.store import cases, teachers

_COLUMNS = (
    *("number", "state", "round", "received_at", "due_at", "teacher", "assignee"),
    *("findings_open", "to_review", "subject"),
)


@click.group()
def case() -> None:
    """The case queue: look, check, invite, answer."""


for _command in (*case_answering.COMMANDS, *case_triage.COMMANDS, *case_record.COMMANDS, *attachments.CASE_COMMANDS):
    case.add_command(_command)


@case.command("list")
@click.option("--state", type=click.Choice([state.value for state in CaseState]), multiple=True, help="Only these.")
@click.option("--mine", is_flag=True, help="Only what is assigned to you.")
@click.option("--late", is_flag=True, help="Only what is past its target date.")
@click.option("--ready", is_flag=True, help="Only where nobody is waited for: review what came, and answer.")
@list_options
@pass_desk
def list_cases(desk: Desk, state: tuple[str, ...], mine: bool, late: bool, ready: bool, form: Form) -> None:
    """Show the queue, oldest first.

    Example: mailgate case list --state new
    """
    _screen_waiting(desk)
    with desk.office.read(desk.actor) as ctx:
        found = cases.listing(ctx.tx, [CaseState(one) for one in state], desk.operator if mine else "")
        rows = shapes.case_summaries(ctx, found)
    rows = [row for row in rows if (row["late"] or not late) and (row["ready"] or not ready)]
    show_list(form, "cases", rows, _COLUMNS, title="Cases, oldest first", empty="No cases.")


@case.command("show")
@click.argument("number", type=NUMBER)
@reveal_option
@json_option
@pass_desk
def show_case(desk: Desk, number: int, reveal: str | None, as_json: bool) -> None:
    """Show one case with everything an operator may see.

    Example: mailgate case show 12
    """
    with desk.office.read(desk.actor) as ctx:
        destroyed = case_record.destroyed_document(ctx, cases.get(ctx.tx, number))
    if destroyed is not None:
        show(as_json, destroyed, lambda: [f"Case {number} was destroyed at {destroyed['destroyed_at']}."])
        return
    screen.screen_case(desk.office, number)
    with looking(desk, "case show", f"case {number}", reveal, number) as ctx:
        document = shapes.case_document(ctx, number)
        if reveal is not None:
            document |= _identity(cases.get(ctx.tx, number), ctx)
    show(as_json, document, lambda: page_of(document))


def _screen_waiting(desk: Desk) -> None:
    while screen.screen_next(desk.office):
        pass


def _identity(found: cases.Case, ctx: Context) -> dict[str, Any]:
    if found.teacher_id is None:
        return {"name": None, "addresses": [str(found.sender)] if found.sender else []}
    person = teachers.teacher(ctx.tx, found.teacher_id).person
    return {"name": person.name, "addresses": [str(one) for one in person.addresses]}
