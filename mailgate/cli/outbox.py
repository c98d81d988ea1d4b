"""`mailgate outbox …`: what is being sent, what could not be sent."""

from __future__ import annotations

import click

from mailgate.cli import shapes
from mailgate.cli.common import (
    Desk,
    confirm,
    json_option,
    never_asks_option,
    pass_desk,
    say,
    show,
    table,
    yes_option,
)
from mailgate.cli.reading import message_document
from mailgate.desk.lifecycle import OutboxState
from mailgate.flow import outgoing
from mailgate.mail.parse import parse
from mailgate.store import outbox as store

_id = click.argument("mail_id")


@click.group()
def outbox() -> None:
    """What is being sent."""


@outbox.command("list")
@click.option("--state", type=click.Choice([state.value for state in OutboxState]), help="Only mails in this state.")
@json_option
@pass_desk
def list_outbox(desk: Desk, state: str | None, as_json: bool) -> None:
    """List outgoing mails, newest first.

    Example: mailgate outbox list --state failed
    """
    with desk.office.read(desk.actor) as ctx:
        found = store.entries(ctx.tx, [OutboxState(state)] if state else [])
        rows = [shapes.outbox_document(one, ctx.policy.timezone) for one in found]
    columns = ("id", "kind", "to", "case", "state", "tries", "next_try_at", "reason")
    show(as_json, {"mails": rows}, lambda: table(rows, columns, "No mails."))


@outbox.command("show")
@_id
@json_option
@pass_desk
def show_outgoing(desk: Desk, mail_id: str, as_json: bool) -> None:
    """Show the subject and text of one outgoing mail.

    Example: mailgate outbox show k3v9xq2mhd5a
    """
    with desk.office.read(desk.actor) as ctx:
        row = shapes.outbox_document(store.entry(ctx.tx, mail_id), ctx.policy.timezone)
        read = message_document("", parse(store.octets_of(ctx.tx, mail_id)))
    document = row | {"subject": read["subject"], "body": read["body"]}
    show(
        as_json,
        document,
        lambda: [f"{row['kind']} to {row['to']}, {row['state']}", document["subject"], "", document["body"]],
    )


@outbox.command("retry")
@_id
@never_asks_option
@pass_desk
def retry_outgoing(desk: Desk, mail_id: str) -> None:
    """Send a deferred, failed or cancelled mail now.

    Example: mailgate outbox retry k3v9xq2mhd5a
    """
    with desk.office.write(desk.actor) as ctx:
        outgoing.retry(ctx, mail_id)
    say(f"Mail {mail_id} is sent again.")


@outbox.command("cancel")
@_id
@yes_option
@pass_desk
def cancel_outgoing(desk: Desk, mail_id: str, yes: bool) -> None:
    """Take a waiting mail out of the outbox.

    Example: mailgate outbox cancel k3v9xq2mhd5a
    """
    confirm(f"Cancel mail {mail_id}?", yes)
    with desk.office.write(desk.actor) as ctx:
        outgoing.cancel(ctx, mail_id)
    say(f"Mail {mail_id} is cancelled.")
