"""`mailgate mail …`: take mail in, explain how it is read, and look after what could not be handled."""

from __future__ import annotations

from collections.abc import Iterable
from gettext import gettext as _
from itertools import chain
from pathlib import Path
from typing import Any

import click

from mailgate.cli.common import (
    Desk,
    before_value,
    confirm,
    in_cell,
    json_option,
    listed,
    never_asks_option,
    pass_desk,
    read_octets,
    say,
    show,
    told,
    yes_option,
)
from mailgate.cli.listing import Form, list_options, show_list
from mailgate.cli.reveal import looking, reveal_option, revealed_sender
from mailgate.cli.value_words import StateChoice, of, word
from mailgate.desk.lifecycle import SpoolState
from mailgate.desk.trust import Trust
from mailgate.mail.message import Kind

_WORDS = {"state": of(SpoolState), "reason": told}
_id = click.argument("mail_id")


@click.group()
def mail() -> None:
    """What was received."""


@mail.command("ingest")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--envelope-from", metavar="ADDRESS", help="The reverse-path, <> for the null one; left out: the author.")
@click.option("--envelope-to", multiple=True, metavar="ADDRESS", help="A forward-path; left out: those of To and Cc.")
@json_option
@pass_desk
def ingest(
    desk: Desk, files: tuple[Path, ...], envelope_from: str | None, envelope_to: tuple[str, ...], as_json: bool
) -> None:
    """Take raw mails from files or standard input: exit 0 means that all are on the disk, else none was taken.

    Example: mailgate mail ingest --envelope-from a@example.org letter.eml
    """
    from mailgate.cli.progress import bar
    from mailgate.flow import ingest as flow

    given = files or (Path("-"),)
    mails = [(click.format_filename(file), read_octets(file)) for file in given]
    with bar(_("Reading mails")) as progress:
        ids = flow.ingest(desk.office, mails, envelope_from, envelope_to, progress)
    taken = [{"file": name, "id": mail_id} for (name, _), mail_id in zip(mails, ids, strict=True)]
    show(as_json, {"mails": taken}, lambda: [_("{file}: queued as {id}").format_map(one) for one in taken])


@mail.command("parse")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def parse_files(files: tuple[Path, ...], as_json: bool) -> None:
    """Explain how raw mails are read, changing nothing.

    Example: mailgate mail parse letter.eml
    """
    from mailgate.cli.reading import lines_of, page_of

    if not as_json:
        show(False, {}, lambda: chain.from_iterable(map(page_of, files)))
        return
    for line in lines_of(files):
        click.echo(line)


@mail.command("list")
@click.option("--quarantined", is_flag=True, help="Only what no handler could take.")
@click.option("--state", type=StateChoice(SpoolState), help="Only mails in this state.")
@list_options
@pass_desk
def list_mails(desk: Desk, quarantined: bool, state: str | None, form: Form) -> None:
    """List received mails, newest first.

    Example: mailgate mail list --quarantined
    """
    from mailgate.cli import shapes
    from mailgate.store import spool

    wanted = [SpoolState.QUARANTINED] if quarantined else [SpoolState(state)] if state else []
    with desk.office.read(desk.actor) as ctx:
        rows = [shapes.mail_document(one, ctx.policy.timezone) for one in spool.entries(ctx.tx, wanted)]
    columns = ("id", "received_at", "state", "case", "tries", "size_bytes", "reason")
    title, empty = _("Received mails, newest first"), _("No mails.")
    show_list(form, "mails", rows, columns, title=title, empty=empty, words=_WORDS)


@mail.command("show")
@_id
@reveal_option
@json_option
@pass_desk
def show_mail(desk: Desk, mail_id: str, reveal: str | None, as_json: bool) -> None:
    """Show one received mail as it is read, its sender only with a reason.

    Example: mailgate mail show k3v9xq2mhd5a
    """
    from mailgate.cli import shapes
    from mailgate.flow import spooled
    from mailgate.store import spool

    with looking(desk, "mail show", f"mail {mail_id}", reveal) as ctx:
        row = shapes.mail_document(spool.entry(ctx.tx, mail_id), ctx.policy.timezone)
        following = spooled.next_step(ctx, mail_id)
        raw = spool.raw(ctx.tx, mail_id)
    message = desk.office.read_mail(raw)
    document = row | {
        "kept": bool(raw),
        "subject": message.subject,
        "kind": message.kind.value,
        "body": message.body,
        "written": message.written,
        "defects": list(message.defects),
    }
    if reveal is not None:
        document |= revealed_sender(message.sender)
    show(as_json, document, lambda: _page(document | {"next": following}))


@mail.command("retry")
@_id
@never_asks_option
@pass_desk
def retry_mail(desk: Desk, mail_id: str) -> None:
    """Handle a quarantined mail once more, or a waiting one at once.

    Example: mailgate mail retry k3v9xq2mhd5a
    """
    from mailgate.flow import spooled

    with desk.office.write(desk.actor) as ctx:
        spooled.retry(ctx, mail_id)
    say(_("Mail {id} is handled again.").format(id=mail_id))


@mail.command("release")
@_id
@yes_option
@pass_desk
def release_mail(desk: Desk, mail_id: str, yes: bool) -> None:
    """Handle a held or waiting mail as if its sender fitted; you vouch for them.

    Example: mailgate mail release k3v9xq2mhd5a
    """
    from mailgate.flow import spooled

    with desk.office.read(desk.actor) as ctx:
        spooled.expect(ctx, mail_id, "release")
    confirm(_("Vouch for the sender of mail {id}?").format(id=mail_id), yes)
    with desk.office.write(desk.actor) as ctx:
        spooled.release(ctx, mail_id)
    say(_("Mail {id} is handled again, its sender is vouched for.").format(id=mail_id))


@mail.command("discard")
@_id
@yes_option
@pass_desk
def discard_mail(desk: Desk, mail_id: str, yes: bool) -> None:
    """Set a waiting, quarantined or held mail aside; it stays in the record, and `mail retry` brings it back.

    Example: mailgate mail discard k3v9xq2mhd5a
    """
    from mailgate.flow import spooled

    with desk.office.read(desk.actor) as ctx:
        spooled.expect(ctx, mail_id, "discard")
    confirm(_("Discard mail {id}?").format(id=mail_id), yes)
    with desk.office.write(desk.actor) as ctx:
        spooled.discard(ctx, mail_id)
    say(_("Mail {id} is discarded.").format(id=mail_id))


def _page(document: dict[str, Any]) -> Iterable[str]:
    for key in (
        "id",
        "received_at",
        "state",
        "reason",
        "case",
        "trust",
        "reasons",
        "kind",
        "name",
        "addresses",
        "subject",
        "defects",
        "next",
    ):
        if value := document.get(key):
            yield f"{before_value(key)} {_in_words(key, value)}"
    yield from (
        "",
        document["body"] if document["kept"] else _("What it said is not kept any more (retention.raw_days)."),
    )


def _in_words(key: str, value: Any) -> str:
    match key:
        case "reasons" | "defects":
            return listed(value)
        case "next":
            return told(value)
        case "trust":
            return word(Trust, value)
        case "kind":
            return word(Kind, value)
        case _:
            return in_cell(value, _WORDS.get(key, str))
