"""`mailgate outbox …`: what is being sent, what could not be sent."""

from __future__ import annotations

from collections.abc import Iterable
from gettext import gettext as _

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
    told,
    yes_option,
)
from mailgate.cli.listing import Form, list_options, show_list
from mailgate.cli.next_step import next_line, next_step_of_stopped
from mailgate.cli.reading import message_document
from mailgate.cli.value_words import LETTER, RECIPIENT, StateChoice, of, word
from mailgate.desk.lifecycle import OutboxState
from mailgate.flow import outgoing, stopped
from mailgate.mail.parse import parse
from mailgate.store import outbox as store
from mailgate.store import overrides

_id = click.argument("mail_id")


@click.group()
def outbox() -> None:
    """What is being sent."""


@outbox.command("list")
@click.option("--state", type=StateChoice(OutboxState), help="Only mails in this state.")
@list_options
@pass_desk
def list_outbox(desk: Desk, state: str | None, form: Form) -> None:
    """List outgoing mails, newest first.

    Example: mailgate outbox list --state failed
    """
    with desk.office.read(desk.actor) as ctx:
        found = store.entries(ctx.tx, [OutboxState(state)] if state else [])
        rows = [shapes.outbox_document(one, ctx.policy.timezone) for one in found]
    columns = ("id", "kind", "to", "case", "state", "tries", "next_try_at", "reason")
    title, empty = _("Outgoing mails, newest first"), _("No mails.")
    words = {"kind": of(LETTER), "to": of(RECIPIENT), "state": of(OutboxState), "reason": told}
    show_list(form, "mails", rows, columns, title=title, empty=empty, words=words)


@outbox.command("show")
@_id
@json_option
@pass_desk
def show_outgoing(desk: Desk, mail_id: str, as_json: bool) -> None:
    """Show the subject and text of one outgoing mail.

    Example: mailgate outbox show k3v9xq2mhd5a
    """
    with desk.office.read(desk.actor) as ctx:
        zone = ctx.policy.timezone
        row = shapes.outbox_document(store.entry(ctx.tx, mail_id), zone)
        words = [shapes.override_document(one, zone) for one in overrides.of_mail(ctx.tx, mail_id)]
        octets = store.octets_of(ctx.tx, mail_id)
    read = message_document("", parse(octets))
    kept = {"kept": bool(octets), "subject": read["subject"], "body": read["body"]}
    document = row | kept | {"overrides": words}

    def text() -> Iterable[str]:
        head, state = _("{kind} to {to}, {state}"), word(OutboxState, row["state"])
        yield head.format(kind=word(LETTER, row["kind"]), to=word(RECIPIENT, row["to"]), state=state)
        if row["state"] == OutboxState.STOPPED:
            yield _("The gate stopped it: it {reason}").format(reason=told(row["reason"]))
            yield next_line(next_step_of_stopped(mail_id, row["reason"]))
        yield from (_("Let go by {operator}, {at}: {reason}").format_map(one) for one in words)
        if octets:
            yield from (document["subject"], "", document["body"])
        else:
            yield _("What it said is not kept any more (retention.sent_days).")

    show(as_json, document, text)


@outbox.command("override")
@_id
@click.option("--reason", metavar="REASON", required=True, help="Why this mail may leave; other operators read it.")
@never_asks_option
@pass_desk
def override_stop(desk: Desk, mail_id: str, reason: str) -> None:
    """Let a mail go that names somebody: one operator asks, another one confirms in the same way.

    Example: mailgate outbox override k3v9xq2mhd5a --reason "同姓の別人です"
    """
    with desk.office.write(desk.actor) as ctx:
        let_go = stopped.override(ctx, mail_id, reason)
    again = _("A second operator must confirm: mailgate --as NAME outbox override {id} --reason REASON")
    say((_("Mail {id} is sent.") if let_go else again).format(id=mail_id))


@outbox.command("retry")
@_id
@never_asks_option
@pass_desk
def retry_outgoing(desk: Desk, mail_id: str) -> None:
    """Send a deferred, failed or cancelled mail now; show a stopped one to the gate once more.

    Example: mailgate outbox retry k3v9xq2mhd5a
    """
    with desk.office.write(desk.actor) as ctx:
        outgoing.retry(ctx, mail_id)
    say(_("Mail {id} is sent again.").format(id=mail_id))


@outbox.command("cancel")
@_id
@yes_option
@pass_desk
def cancel_outgoing(desk: Desk, mail_id: str, yes: bool) -> None:
    """Take a waiting or stopped mail out of the outbox, or set a failed one aside.

    Example: mailgate outbox cancel k3v9xq2mhd5a
    """
    with desk.office.read(desk.actor) as ctx:
        outgoing.expect_cancel(ctx, mail_id)
    confirm(_("Cancel mail {id}?").format(id=mail_id), yes)
    with desk.office.write(desk.actor) as ctx:
        outgoing.cancel(ctx, mail_id)
    say(_("Mail {id} is cancelled.").format(id=mail_id))
