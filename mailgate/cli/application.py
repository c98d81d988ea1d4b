"""`mailgate application …`: who wants to be in the register, as they filled in the form that came to join@."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from gettext import gettext as _
from gettext import ngettext
from typing import TYPE_CHECKING, Any

import click

from mailgate.cli.columns import MeasuredCommand
from mailgate.cli.common import (
    NUMBER,
    Desk,
    before_value,
    in_cell,
    json_option,
    never_asks_option,
    pass_desk,
    say,
    show,
    told,
)
from mailgate.cli.listing import Form, list_options, show_list
from mailgate.cli.next_step import next_line, next_step_of_held
from mailgate.cli.program import typed_here
from mailgate.cli.register_options import column_options, given_cells, told_by_option
from mailgate.cli.reveal import looking, reveal_option
from mailgate.cli.shapes import moment
from mailgate.cli.value_words import label, of, word
from mailgate.desk.application import FORM, judge
from mailgate.desk.application_form import Wish
from mailgate.desk.form_words import label_of
from mailgate.desk.lifecycle import ApplicationState
from mailgate.desk.routing import HeldReason
from mailgate.flow.approve_application import (
    approve,
    registered_as,
    reject,
    school_of,
    school_without_contract,
)
from mailgate.store import applications
from mailgate.store.schools import all_schools

if TYPE_CHECKING:
    from mailgate.desk.people import School
    from mailgate.flow.context import Context
    from mailgate.store.applications import Application

_number = click.argument("number", type=NUMBER)
_WORDS = {"wish": of(Wish), "state": of(ApplicationState), "missing": label}


@click.group()
def application() -> None:
    """Who wants to be in the register."""


@application.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that are decided.")
@list_options
@pass_desk
def list_applications(desk: Desk, everything: bool, form: Form) -> None:
    """List the applications that wait, oldest first.

    Example: mailgate application list
    """
    with desk.office.read(desk.actor) as ctx:
        found = applications.listing(ctx.tx, () if everything else applications.OPEN)
        schools = all_schools(ctx.tx)
        rows = [_document(ctx, one, schools) for one in found]
    columns = ("id", "wish", "state", "school", "received_at", "missing", "registered_as", "became")
    show_list(
        form,
        "applications",
        rows,
        columns,
        title=_("Applications, oldest first"),
        empty=_("No applications."),
        words=_WORDS,
    )


@application.command("show")
@_number
@reveal_option
@json_option
@pass_desk
def show_application(desk: Desk, number: int, reveal: str | None, as_json: bool) -> None:
    """Show one application: what is there, what is missing, which school is meant; what was filled in with a reason.

    Example: mailgate application show 3 --reveal "to approve it"
    """
    with looking(desk, "application show", f"application {number}", reveal) as ctx:
        found = applications.get(ctx.tx, number)
        document = _document(ctx, found, all_schools(ctx.tx))
        if reveal is not None:
            document |= {"addresses": [str(found.address)], "cells": dict(found.cells)}
    show(as_json, document, lambda: _page(document, desk.office.policy.desks.main.language))


@application.command("approve", cls=MeasuredCommand)
@_number
@click.option("--school", metavar="NAME", default="", help="The school of a teacher: handle, name or alias.")
@click.option("--trial", is_flag=True, help="A teacher without a school: individual trial.")
@click.option("--sure", is_flag=True, help="It is the same person under a new name, or another one of the same name.")
@column_options(
    ("name", "What the form does not say, or says wrong: the name, …"),
    ("role", "… a teacher's occupation, …"),
    ("kind", "… a member's kind (教員, 元教員, 弁護士, 臨床心理士 or 教育関係), …"),
    ("years", "… years of experience, …"),
    ("credential", "… or a member's qualification."),
)
@never_asks_option
@pass_desk
def approve_application(desk: Desk, /, number: int, school: str, trial: bool, sure: bool, **given: Any) -> None:
    """Take an applicant into the register, and tell them; what they wrote to the desk before goes on by itself.

    It says that you have made sure who they are: a member is active at once, where experience or credential suffice. Of
    somebody who is registered already the form changes what it says, and no more.

    Example: mailgate application approve 3
    """
    if school and trial:
        raise click.UsageError(_("--school or --trial, not both"))
    with told_by_option(), desk.office.write(desk.actor) as ctx:
        approved = approve(ctx, number, school, trial, given_cells(given), sure)
    registered = _("{handle} is registered.")
    changed = _("{handle} was registered already: what the form says is changed.")
    say((registered if approved.is_new else changed).format(handle=approved.handle))
    if approved.uncovered:
        say(_no_contract(approved.uncovered))
    if came := approved.went_on:
        text = ngettext(
            "Case {numbers}: held until now, in the queue now.",
            "Cases {numbers}: held until now, in the queue now.",
            len(came),
        )
        say(text.format(numbers=_(", ").join(map(str, came))))
    for case in approved.held:
        text = _("Case {number}: still held: {reason}.")
        say(text.format(number=case.number, reason=word(HeldReason, case.held_reason)))
        say(next_line(next_step_of_held(case.number, case.held_reason)))
    if approved.problem:
        text = _("Not active yet: {problem}: mailgate member edit {handle}, then member activate.")
        say(text.format(problem=told(approved.problem), handle=approved.handle))


def _no_contract(school: str) -> str:
    """What is said before and after the approval of a teacher whose school has none."""
    text = _(
        "No contract covers {school} today: consultations of its teachers stay held. "
        "To add one: mailgate school contract {school} --from DAY --to DAY"
    )
    return typed_here(text.format(school=school))


@application.command("reject")
@_number
@never_asks_option
@pass_desk
def reject_application(desk: Desk, number: int) -> None:
    """End an application; the applicant hears nothing.

    Example: mailgate application reject 3
    """
    with desk.office.write(desk.actor) as ctx:
        reject(ctx, number)
    say(_("Application {number} is rejected.").format(number=number))


def _document(ctx: Context, found: Application, schools: Sequence[School]) -> dict[str, Any]:
    judged, known = judge(found.wish, found.cells), registered_as(ctx, found)
    school = school_of(found, schools) if found.cells.get("school") else None
    return {
        "id": found.id,
        "wish": found.wish.value,
        "state": found.state.value,
        "mail": found.spool_id,
        "received_at": moment(found.received_at, ctx.policy.timezone),
        "filled_in": [column for column in FORM[found.wish] if found.cells.get(column)],
        "missing": [] if known else [*judged.missing],  # what a known one leaves out stays as it is
        "unclear": [*judged.unclear],
        "school": school.handle if school else None,
        "registered_as": known or None,
        "without_contract": school_without_contract(ctx, found) or None if found.state in applications.OPEN else None,
        "decided_by": found.decided_by or None,
        "decided_at": moment(found.decided_at, ctx.policy.timezone),
        "became": found.handle or None,
    }


def _page(document: dict[str, Any], language: str) -> Iterable[str]:
    wish, state = word(Wish, document["wish"]), word(ApplicationState, document["state"])
    yield _("Application {id}  {state}  for a {wish}").format(id=document["id"], state=state, wish=wish)
    for key in (
        "received_at",
        "mail",
        "filled_in",
        "missing",
        "unclear",
        "school",
        "registered_as",
        "decided_by",
        "became",
        "addresses",
    ):
        if value := document.get(key):
            say_one = label if key in ("filled_in", "missing", "unclear") else str
            yield f"  {before_value(key)} {in_cell(value, say_one)}"
    if cells := document.get("cells"):
        yield ""
        for column, value in cells.items():
            yield f"  {label_of(column, Wish(document['wish']), language)}: {value}"
    if document["without_contract"]:
        yield from ("", _no_contract(document["without_contract"]))
    yield from ("", next_line(_next_step(document)))


def _next_step(document: dict[str, Any]) -> str:
    number = document["id"]
    if document["became"]:
        return _("nothing: it became {handle}").format(handle=document["became"])
    if document["state"] == "rejected":
        return _("nothing: it was rejected")
    if "cells" in document:
        text = _("mailgate application approve {number}, or mailgate application reject {number}")
    else:
        text = _(
            "mailgate application show {number} --reveal REASON; "
            "then mailgate application approve {number}, or mailgate application reject {number}"
        )
    return text.format(number=number)
