"""`mailgate case show`: one case, as a page or as JSON."""

from __future__ import annotations

from gettext import gettext as _
from typing import Any

import click

from mailgate.cli import case_record, shapes
from mailgate.cli.case_page import page_of
from mailgate.cli.common import NUMBER, Desk, json_option, pass_desk, show
from mailgate.cli.reveal import looking, reveal_option
from mailgate.errors import Refused
from mailgate.flow import screen
from mailgate.flow.context import Context
from mailgate.store import cases, teachers


@click.command("show")
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
        opens = destroyed is not None or ctx.tx.has_key(number)
    if not opens:
        raise Refused(
            "nothing of case {number} opens, its key is not in the key store: if the case was destroyed after the "
            "backup that was restored, mailgate case destroy {number} --now takes it away again; if not, restore the "
            "newest backup of the key store",
            number=number,
        )
    if destroyed is not None:
        gone = _("Case {number} was destroyed at {at}.").format(number=number, at=destroyed["destroyed_at"])
        show(as_json, destroyed, lambda: [gone])
        return
    screen.screen_case(desk.office, number)
    with looking(desk, "case show", f"case {number}", reveal, number) as ctx:
        document = shapes.case_document(ctx, number)
        if reveal is not None:
            document |= _identity(cases.get(ctx.tx, number), ctx)
    show(as_json, document, lambda: page_of(document))


def _identity(found: cases.Case, ctx: Context) -> dict[str, Any]:
    if found.teacher_id is None:
        return {"name": None, "addresses": [str(found.sender)] if found.sender else []}
    person = teachers.teacher(ctx.tx, found.teacher_id).person
    return {"name": person.name, "addresses": [str(one) for one in person.addresses]}


COMMANDS = (show_case,)
"""Joined to the group in `cli/case.py`."""
