"""`mailgate member …`: the community members in the register, by handle; names only with --reveal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from gettext import gettext as _
from pathlib import Path
from typing import Any

import click

from mailgate.cli.columns import MeasuredCommand
from mailgate.cli.common import MEMBER, Desk, json_option, pass_desk, say, show, told
from mailgate.cli.days import DAY
from mailgate.cli.listing import Form, list_options, show_list
from mailgate.cli.new_file import refuse_existing
from mailgate.cli.register_confirmation import Standing, add_confirm, unconfirmed_option
from mailgate.cli.register_history import change_document
from mailgate.cli.register_options import (
    column_options,
    export_options,
    field_lines,
    file_argument,
    given_cells,
    import_file,
    import_help,
    in_options,
    people_import_options,
    told_by_option,
    write_register,
)
from mailgate.cli.reveal import looking, reveal_option, revealed
from mailgate.cli.shapes import moment
from mailgate.cli.tables import table
from mailgate.cli.value_words import of, word
from mailgate.desk.eligibility import MemberMove, status_on
from mailgate.desk.entries import MemberEntry
from mailgate.desk.lifecycle import ConfirmationState, InvitationState
from mailgate.desk.people import Member, MemberStatus, School
from mailgate.desk.register_rows import affiliation_cell, member_cells, member_entry, unclear_affiliations
from mailgate.flow import conflicts, membership, register
from mailgate.flow.import_register import Register
from mailgate.store import members, schools

_WORDS = {"status": of(MemberStatus), "confirmation": of(ConfirmationState)}
_options = column_options(
    ("name", "The real name."),
    ("kana", "The name in kana."),
    ("address", "A mail address; may be repeated, mail goes to the first."),
    ("kind", "教員, 元教員, 弁護士, 臨床心理士 or 教育関係."),
    ("years", "Years of experience."),
    ("credential", "A qualification, such as 臨床心理士."),
    ("affiliation", "A workplace, past or present, as 東小学校:1985-2016 or S-7F3K:2019-; may be repeated."),
    ("age_band", "30代, …"),
    ("gender", "男性, 女性, …"),
    ("topic", "A topic, such as 学級経営; may be repeated."),
    ("monthly_limit", "The most invitations in one month."),
)


@click.group()
def member() -> None:
    """Community members who are asked for comments.

    Example: mailgate member list
    """


@member.command("list")
@unconfirmed_option
@list_options
@reveal_option
@pass_desk
def list_members(desk: Desk, unconfirmed: bool, form: Form, reveal: str | None) -> None:
    """List the members by handle.

    Example: mailgate member list --json
    """
    with looking(desk, "member list", "all", reveal) as ctx:
        standing = Standing(ctx)
        found = standing.wanted(members.all_members(ctx.tx), unconfirmed_only=unconfirmed)
        rows = [_row(one, reveal, _today(desk)) | standing.cells(one.person.id) for one in found]
    more = (*(("confirmation",) if unconfirmed else ()), *(("name", "addresses") if reveal else ()))
    columns = ("handle", "status", "paused_until", "kind", "years", "topics", "monthly_limit", *more)
    empty = _("nobody") if unconfirmed else _("no members yet")
    show_list(form, "members", rows, columns, title=_("Members"), empty=empty, words=_WORDS)


@member.command("show")
@click.argument("handle", type=MEMBER)
@json_option
@reveal_option
@pass_desk
def show_member(desk: Desk, handle: str, as_json: bool, reveal: str | None) -> None:
    """Show one member.

    Example: mailgate member show M-7F3K --reveal "asked for by telephone"
    """
    with looking(desk, "member show", handle, reveal) as ctx:
        row = _row(members.member_by_handle(ctx.tx, handle), reveal, _today(desk))
        verified_at = membership.verified_at(ctx, row["handle"])
        row |= {"verified_at": moment(verified_at, ctx.policy.timezone)}
    show(as_json, row, lambda: field_lines(row, _WORDS, "members"))


@member.command("add", cls=MeasuredCommand)
@_options
@pass_desk
def add_member(desk: Desk, /, **given: Any) -> None:
    """Register a member, who is then to be verified and activated.

    Example: mailgate member add --name '森田 梓' --address morita@example.org --kind 元教員 --years 30
    """
    with told_by_option(), desk.office.write(desk.actor) as ctx:
        known_schools = schools.all_schools(ctx.tx)
        entry = member_entry(given_cells(given), known_schools)
        added = register.add_member(ctx, entry)
    _say_unclear(entry, known_schools)
    say(_("{handle} added, {status}").format(handle=added.handle, status=word(MemberStatus, added.status)))


@member.command("edit")
@click.argument("handle", type=MEMBER)
@_options
@pass_desk
def edit_member(desk: Desk, /, handle: str, **given: Any) -> None:
    """Change a member: only the options that are given; a repeated option replaces the whole list.

    Example: mailgate member edit M-7F3K --monthly-limit 2
    """
    with told_by_option(), desk.office.write(desk.actor) as ctx:
        known = members.member_by_handle(ctx.tx, handle)
        known_schools = schools.all_schools(ctx.tx)
        cells = member_cells(members.written_entry(ctx.tx, known)) | given_cells(given)
        entry = member_entry(cells, known_schools)
        register.edit_member(ctx, known, entry)
    _say_unclear(entry, known_schools)
    say(_("{handle} changed").format(handle=known.handle))


@member.command("relation")
@click.argument("handle", type=MEMBER)
@click.argument("other", metavar="TEACHER|SCHOOL")
@click.option("--add", is_flag=True, help="Note the relation; usual.")
@click.option("--remove", is_flag=True, help="Take the note back.")
@pass_desk
def relate(desk: Desk, handle: str, other: str, add: bool, remove: bool) -> None:
    """Note that a member is never to be asked about one teacher, or one school, whatever the lists say.

    Example: mailgate member relation M-7F3K T-2Q9X --add
    """
    if add and remove:
        raise click.UsageError(_("--add or --remove, not both"))
    with desk.office.write(desk.actor) as ctx:
        noted = conflicts.declare(ctx, handle, other, remove=remove)
    text = _("{member} may be asked again about {other}") if remove else _("{member} is never asked about {other}")
    say(text.format(member=noted.member, other=noted.other))


@member.command("export")
@click.option("--reveal", metavar="REASON", required=True, help="Why; goes into the audit log.")
@export_options
@pass_desk
def export_members(desk: Desk, reveal: str, form: str | None, output: Path | None) -> None:
    """Write all members with names and addresses as a CSV or Excel file, as 'import' reads it.

    Example: mailgate member export --reveal "yearly check" --format xlsx --output members.xlsx
    """
    refuse_existing(output)
    with looking(desk, "member export", "all", reveal) as ctx:
        entries = members.written_entries(ctx.tx, members.all_members(ctx.tx))
        rows = [member_cells(one) for one in entries.values()]
    write_register(Register.MEMBER, rows, form, output)


@member.command("import", help=import_help(Register.MEMBER, "an address"))
@file_argument
@people_import_options
@pass_desk
def import_members(desk: Desk, /, file: Path, **given: Any) -> None:
    import_file(desk, Register.MEMBER, file, **given)


@member.command("history")
@click.argument("handle", type=MEMBER)
@json_option
@pass_desk
def member_history(desk: Desk, handle: str, as_json: bool) -> None:
    """Show what a member was asked and how often they answered, and what was done with their registration.

    Example: mailgate member history M-7F3K
    """
    with desk.office.read(desk.actor) as ctx:
        found = membership.history(ctx, handle)
        zone, today = ctx.policy.timezone, _today(desk)
    document = {
        "handle": found.member.handle,
        "status": status_on(found.member, today).value,
        "asked": found.asked,
        "answered": found.answered,
        "answer_rate": round(found.answered / found.asked, 2) if found.asked else None,
        "invitations": [
            {
                "case": one.case,
                "round": one.round,
                "state": one.state.value,
                "invited_at": moment(one.invited_at, zone),
                "due_at": moment(one.due_at, zone),
            }
            for one in found.invitations
        ],
        "changes": [change_document(one, zone) for one in found.changes],
    }
    show(as_json, document, lambda: _history(document))


def _history(document: dict[str, Any]) -> Iterable[str]:
    head = _("{handle} is {status}; answered {answered} of {asked}")
    yield head.format_map(document | {"status": word(MemberStatus, document["status"])})
    columns, words = ("case", "round", "state", "invited_at", "due_at"), {"state": of(InvitationState)}
    yield from table(document["invitations"], columns, _("never invited yet"), words)
    yield ""
    yield from table(document["changes"], ("at", "actor", "action", "detail"), _("no changes"))


add_confirm(member, "M-7F3K M-2QX9")


def _moving(move: MemberMove, text: str) -> None:
    @member.command(move.value, help=f"{text}\n\nExample: mailgate member {move} M-7F3K M-2QX9")
    @click.argument("handles", nargs=-1, required=True, type=MEMBER, metavar="HANDLE…")
    @pass_desk
    def command(desk: Desk, handles: tuple[str, ...]) -> None:
        _move(desk, move, handles)


_moving(MemberMove.VERIFY, "Note that the identity and credentials of members were checked.")
_moving(MemberMove.ACTIVATE, "Let members be invited; refused without 5 years of teaching or a credential.")
_moving(MemberMove.RESUME, "Invite paused members again.")
_moving(
    MemberMove.RETIRE,
    "Do not invite members any more, and take back what they were asked; 'verify' and 'activate' bring them back.",
)


@member.command("pause", cls=MeasuredCommand)
@click.argument("handles", nargs=-1, required=True, type=MEMBER, metavar="HANDLE…")
@click.option(
    "--until", type=DAY, metavar="DATE", help="The last day, as 2026-12-31 or 令和8年12月31日; they come back after it."
)
@pass_desk
def pause_members(desk: Desk, handles: tuple[str, ...], until: date | None) -> None:
    """Do not invite members for a while, or until a day.

    Example: mailgate member pause M-7F3K --until 2026-12-31
    """
    _move(desk, MemberMove.PAUSE, handles, until)


def _move(desk: Desk, move: MemberMove, handles: tuple[str, ...], until: date | None = None) -> None:
    with desk.office.write(desk.actor) as ctx:
        moved = membership.move_members(ctx, move, handles, until)
    for one in moved:
        handle, status = one.member.handle, word(MemberStatus, one.member.status)
        text = _("{handle} is {status} until {until}") if until else _("{handle} is {status}")
        say(text.format(handle=handle, status=status, until=until))
        if one.unverified:
            text = _("note: nobody has verified {handle}: make sure who they are before you invite them")
            say(text.format(handle=handle), error=True)
        for number in one.cases:
            text = _("the invitation for case {number} is taken back; {handle} is told if it has left")
            say(text.format(number=number, handle=handle))


def _today(desk: Desk) -> date:
    return desk.office.clock().astimezone(desk.office.policy.timezone).date()


def _say_unclear(entry: MemberEntry, known_schools: Sequence[School]) -> None:
    for remark in unclear_affiliations(entry, known_schools):
        say(_("note: {remark}").format(remark=told(in_options(remark))), error=True)


def _row(one: Member, reveal: str | None, today: date) -> dict[str, Any]:
    status = status_on(one, today)
    row = {
        "handle": one.handle,
        "status": status.value,
        "paused_until": str(one.paused_until) if one.paused_until and status is MemberStatus.PAUSED else None,
        "kind": one.kind.value,
        "years": one.years,
        "topics": list(one.topics),
        "relations": [relation.handle for relation in one.relations],
        "monthly_limit": one.monthly_limit,
        "age_band": one.person.age_band,
        "gender": one.person.gender,
    }
    if not reveal:
        return row
    affiliations = [affiliation_cell(affiliation) for affiliation in one.affiliations]
    return row | revealed(one.person) | {"credential": one.credential, "affiliations": affiliations}
