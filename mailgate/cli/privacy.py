"""`mailgate privacy …`: what is held of one person, given to them or erased."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path

import click

from mailgate.cli.case_record import tell_what_stays
from mailgate.cli.common import Desk, confirm, dumped, never_asks_option, pass_desk, say, warn_on_stderr, yes_option
from mailgate.cli.progress import bar
from mailgate.errors import Refused
from mailgate.flow import destroy
from mailgate.flow import erase as flow
from mailgate.flow import privacy as person_data
from mailgate.flow.register import record_reveal
from mailgate.secret_file import write_secret

_person = click.argument("person")


@click.group()
def privacy() -> None:
    """What is held of one person, who is named by handle."""


@privacy.command("export")
@_person
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reveal", metavar="REASON", required=True, help="Why; goes into the audit log.")
@never_asks_option
@pass_desk
def export_person(desk: Desk, person: str, file: Path, reveal: str) -> None:
    """Write what is held of a person to a new JSON file (0600): register, consultations, comments, mails to them.

    Nothing of the other side is in it but what was mailed to them.

    Example: mailgate privacy export T-7F3K var/T-7F3K.json --reveal "asked for it on 2026-02-01"
    """
    if file.exists():
        raise Refused("{file} is there already: name a new file", file=str(file))
    with desk.office.write(desk.actor) as ctx:
        found = person_data.subject(ctx, person)
        for handle in found.handles:
            record_reveal(ctx, "privacy export", handle, reveal)
        document = person_data.export(ctx, found)
    try:
        written = write_secret(file, f"{dumped(document, indent=2)}\n".encode())
    except OSError as error:
        raise Refused("{file} cannot be written: {why}", file=str(file), why=error.strerror or "") from None
    if not written:
        raise Refused("{file} is there already: name a new file", file=str(file))
    say(_("Wrote {file}. It is readable for you alone; delete it when it was handed over.").format(file=file))


@privacy.command("erase")
@_person
@click.option("--now", "at_once", is_flag=True, help="Also while they are in an open case, which ends for them.")
@yes_option
@pass_desk
def erase_person(desk: Desk, person: str, at_once: bool, yes: bool) -> None:
    """Erase a person from the register and from all that is kept: cases of a teacher, comments of a member.

    It cannot be undone. Backups from before have it still: keep them no longer than README says.

    Example: mailgate privacy erase T-7F3K
    """
    warn_on_stderr()
    with desk.office.read(desk.actor) as ctx:
        found = person_data.subject(ctx, person)
        flow.check(ctx, found, at_once=at_once)
    confirm(_("Erase all that is kept of {handle}, for good?").format(handle=found.handle), yes)
    with bar(_("Erasing cases")) as progress, desk.office.write(desk.actor) as ctx:
        found = person_data.subject(ctx, person)
        flow.check(ctx, found, at_once=at_once)
        flow.erase(ctx, found, "by an operator", progress)
    destroy.destroy_keys(desk.office)
    say(_("{handle}: erased.").format(handle=found.handle))
    tell_what_stays(desk)
