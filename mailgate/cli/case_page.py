"""`mailgate case show`: one case as a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from mailgate.cli import case_record, shapes
from mailgate.cli.common import NUMBER, Desk, json_option, pass_desk, show, table
from mailgate.cli.next_step import next_step
from mailgate.cli.reveal import looking, reveal_option
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
    if destroyed is not None:
        show(as_json, destroyed, lambda: [f"Case {number} was destroyed at {destroyed['destroyed_at']}."])
        return
    screen.screen_case(desk.office, number)
    with looking(desk, "case show", f"case {number}", reveal, number) as ctx:
        document = shapes.case_document(ctx, number)
        if reveal is not None:
            document |= _identity(cases.get(ctx.tx, number), ctx)
    show(as_json, document, lambda: _page(document))


def _identity(found: cases.Case, ctx: Context) -> dict[str, Any]:
    if found.teacher_id is None:
        return {"name": None, "addresses": [str(found.sender)] if found.sender else []}
    person = teachers.teacher(ctx.tx, found.teacher_id).person
    return {"name": person.name, "addresses": [str(one) for one in person.addresses]}


def _not_approved(document: dict[str, Any]) -> str:
    undecided = document["findings_open"]
    return f"(not yet: {undecided} findings open)" if undecided else "(not yet: nobody has read it through)"


def _moments(consent: dict[str, Any]) -> str:
    asked = f", asked {consent['asked_at']}" if consent["asked_at"] else ""
    return asked + (f", decided {consent['decided_at']}" if consent["decided_at"] else "")


def _page(document: dict[str, Any]) -> Iterable[str]:
    """One case as a page: what it is, what was asked, who answers, what to do next."""
    yield f"Case {document['number']}  {document['state']}  round {document['round']}  {document['subject']}"
    for key in (
        "held_reason",
        "desk",
        "teacher",
        "name",
        "addresses",
        "assignee",
        "received_at",
        "mail_date",
        "due_at",
        "tags",
    ):
        if document.get(key):
            yield f"  {key:12} {', '.join(document[key]) if isinstance(document[key], list) else document[key]}"
        elif key == "mail_date":
            yield f"  {key:12} none: the mail has no Date field, the day of its arrival counts"
    if document["coverage"] == "grace":
        yield f"  {'coverage':12} grace: the contract has ended, its grace days have not: mailgate school contracts"
    for one in document["mails"]:
        if one["trust"]:
            yield f"  mail {one['id']}: {one['trust']} ({'; '.join(one['reasons'])})"
    if document["attachments"]:
        released = document["attachments_released"]
        yield (
            f"  {'attachments':12} {document['attachments']}, {released or 'none'} of them released: "
            f"mailgate case attachments {document['number']}"
        )
    yield from ("", "As received:", document["text"], "")
    yield from ("Approved:", document["approved_text"] or _not_approved(document), "")
    for one in document["consents"]:
        yield f"Consent to the text, round {one['round']}: {one['state']}{_moments(one)} by {one['operator']}"
        if one["reason"]:
            yield f"  {one['reason']}"
    yield from table(document["invitations"], ("id", "round", "member", "state", "due_at"), "Nobody is invited.")
    yield ""
    yield from table(document["comments"], ("id", "round", "member", "state", "late", "received_at"), "No comments.")
    for one in document["comments"]:
        yield from _comment(one)
    for one in document["notes"]:
        yield f"Note by {one['author']}, {one['written_at']}: {one['text']}"
    yield from ("", f"Next: {next_step(document)}")


def _comment(comment: dict[str, Any]) -> Iterable[str]:
    """A comment as received and, once an operator decided about it, as the teacher reads it."""
    decided, as_decided = comment["approved_text"], "as it leaves" if comment["state"] == "approved" else "as decided"
    same = f", {as_decided}" if decided == comment["written"] else ""
    yield from ("", f"Comment {comment['id']} ({comment['member']}, {comment['state']}{same}):", comment["written"])
    if decided and not same:
        yield from ("", f"Comment {comment['id']}, {as_decided}:", decided)


COMMANDS = (show_case,)
"""Joined to the group in `cli/case.py`."""
