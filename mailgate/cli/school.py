"""`mailgate school …`: the schools in the register and their contracts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from gettext import gettext as _
from pathlib import Path
from typing import Any

import click

from mailgate.cli.click_words import WholeNumber
from mailgate.cli.columns import MeasuredCommand
from mailgate.cli.common import Desk, confirm, json_option, pass_desk, say, show, yes_option
from mailgate.cli.days import DAY
from mailgate.cli.listing import Form, list_options, show_list
from mailgate.cli.new_file import refuse_existing
from mailgate.cli.register_history import show_changes
from mailgate.cli.register_options import (
    column_options,
    export_options,
    field_lines,
    file_argument,
    given_cells,
    import_file,
    import_help,
    import_options,
    told_by_option,
    write_register,
)
from mailgate.cli.reveal import reveal_option
from mailgate.cli.value_words import of
from mailgate.desk.contracts import Standing
from mailgate.desk.entries import entry_of_school
from mailgate.desk.people import Contract, School
from mailgate.desk.register_rows import school_cells, school_entry
from mailgate.flow import contracts, register
from mailgate.flow.held import release_registered
from mailgate.flow.import_register import Register
from mailgate.phrase import Phrase
from mailgate.store import schools

_PERIOD = Phrase("{from} to {to}")
_options = column_options(
    ("name", "The official name."),
    ("alias", "Another name, such as 三小; may be repeated."),
    ("municipality", "The city, town or village."),
    ("domain", "A mail domain of the school; may be repeated."),
)
_contract_options = column_options(
    ("contract_from", "The first day of a contract, as 2026-04-01."),
    ("contract_to", "Its last day."),
)
school_argument = click.argument("school", metavar="SCHOOL")
"""By handle, name or alias."""


@click.group()
def school() -> None:
    """Schools and their contracts.

    Example: mailgate school list
    """


@school.command("list")
@list_options
@reveal_option
@pass_desk
def list_schools(desk: Desk, form: Form, reveal: str | None) -> None:
    """List the schools; their names are no secret, --reveal adds nothing to them.

    Example: mailgate school list --json
    """
    del reveal
    with desk.office.read(desk.actor) as ctx:
        rows = [_row(one) for one in schools.all_schools(ctx.tx)]
    columns = ("handle", "name", "municipality", "aliases", "contracts")
    lines = [_line(row, _PERIOD if form.as_csv else _(_PERIOD)) for row in rows]  # scripts read the CSV
    show_list(form, "schools", rows, columns, title=_("Schools"), empty=_("no schools yet"), lines=lines)


@school.command("show")
@school_argument
@json_option
@pass_desk
def show_school(desk: Desk, school: str, as_json: bool) -> None:
    """Show one school, called by handle, name or alias.

    Example: mailgate school show S-7F3K
    """
    with desk.office.read(desk.actor) as ctx:
        row = _row(schools.school_called(ctx.tx, school))
    show(as_json, row, lambda: field_lines(_line(row, _(_PERIOD)), {}, "schools"))


@school.command("add", cls=MeasuredCommand)
@_options
@_contract_options
@pass_desk
def add_school(desk: Desk, /, **given: Any) -> None:
    """Register a school.

    Example: mailgate school add --name 岡里市立西小学校 --municipality 岡里市 --alias 西小
    """
    with told_by_option():
        entry = school_entry(given_cells(given))
    with desk.office.write(desk.actor) as ctx:
        added = register.add_school(ctx, entry)
    say(_("{handle} added").format(handle=added.handle))


@school.command("edit")
@school_argument
@_options
@pass_desk
def edit_school(desk: Desk, /, school: str, **given: Any) -> None:
    """Change a school: only the options that are given; a repeated option replaces the whole list.

    A school with a new name keeps the old one as an alias.

    Example: mailgate school edit S-7F3K --alias 西小 --alias 西小学校
    """
    with told_by_option(), desk.office.write(desk.actor) as ctx:
        known = schools.school_called(ctx.tx, school)
        old = entry_of_school(known)
        new = school_entry(school_cells(replace(old, contracts=())) | given_cells(given))
        register.edit_school(ctx, known, replace(new, contracts=old.contracts), release_registered)
    say(_("{handle} changed").format(handle=known.handle))


@school.command("contract")
@school_argument
@click.option(
    "--from", "first_day", type=DAY, metavar="DAY", required=True, help="The first day, as 2026-04-01 or 令和8年4月1日."
)
@click.option("--to", "last_day", type=DAY, metavar="DAY", required=True, help="The last day.")
@pass_desk
def contract(desk: Desk, school: str, first_day: date, last_day: date) -> None:
    """Add a contract that covers all teachers of a school; one from the same day is replaced.

    Example: mailgate school contract S-7F3K --from 2026-04-01 --to 2027-03-31
    """
    period = Contract(first_day, last_day)
    with desk.office.write(desk.actor) as ctx:
        covered = register.add_contract(ctx, school, period, release_registered)
    text = _("{handle} has a contract from {first} to {last}")
    say(text.format(handle=covered.handle, first=period.starts_on, last=period.ends_on))


@school.command("contracts")
@click.option("--ending-within", type=WholeNumber(0, 3650), metavar="DAYS", help="Only those to be renewed by then.")
@list_options
@pass_desk
def list_contracts(desk: Desk, ending_within: int | None, form: Form) -> None:
    """List the contracts, those that end first at the top, with the cases that each was used for.

    Example: mailgate school contracts --ending-within 60
    """
    with desk.office.read(desk.actor) as ctx:
        rows = [_contract(one) for one in contracts.contracts_in_use(ctx, ending_within)]
    columns = ("school", "name", "from", "to", "state", "days_left", "renewed", "cases")
    title, empty = _("Contracts, those that end first at the top"), _("no such contract")
    words = {"state": of(Standing), "renewed": of(bool)}
    show_list(form, "contracts", rows, columns, title=title, empty=empty, words=words)


@school.command("merge")
@click.argument("kept", metavar="SCHOOL")
@click.argument("gone", metavar="GONE")
@yes_option
@pass_desk
def merge(desk: Desk, kept: str, gone: str, yes: bool) -> None:
    """Let a school take over all of another one, which is no more: names, domains, contracts, teachers, affiliations.

    Example: mailgate school merge S-7F3K S-2Q9X
    """
    with desk.office.read(desk.actor) as ctx:
        one, other = schools.school_called(ctx.tx, kept), schools.school_called(ctx.tx, gone)
    register.expect_merge(one, other)
    question = _("Merge {gone} ({gone_name}) into {kept} ({kept_name})? This cannot be undone.")
    names = {"gone": other.handle, "gone_name": other.name, "kept": one.handle, "kept_name": one.name}
    confirm(question.format_map(names), yes)
    with desk.office.write(desk.actor) as ctx:
        one, other = schools.school_called(ctx.tx, one.handle), schools.school_called(ctx.tx, other.handle)
        register.merge_schools(ctx, one, other, release_registered)
    say(_("{gone} is {kept} now").format(gone=other.handle, kept=one.handle))


@school.command("history")
@school_argument
@list_options
@pass_desk
def school_history(desk: Desk, school: str, form: Form) -> None:
    """Show what was done with a school's registration, by whom and when.

    Example: mailgate school history S-7F3K
    """
    with desk.office.read(desk.actor) as ctx:
        known = schools.school_called(ctx.tx, school)
    show_changes(desk, known.handle, form)


@school.command("export")
@export_options
@pass_desk
def export_schools(desk: Desk, form: str | None, output: Path | None) -> None:
    """Write all schools as a CSV or Excel file, as 'import' reads it; of several contracts the last.

    Example: mailgate school export --format xlsx --output schools.xlsx
    """
    refuse_existing(output)
    with desk.office.read(desk.actor) as ctx:
        rows = [school_cells(entry_of_school(one)) for one in schools.all_schools(ctx.tx)]
    write_register(Register.SCHOOL, rows, form, output)


@school.command("import", help=import_help(Register.SCHOOL, "name"))
@file_argument
@import_options
@pass_desk
def import_schools(desk: Desk, file: Path, dry_run: bool, skip_bad: bool, yes: bool, as_json: bool) -> None:
    import_file(desk, Register.SCHOOL, file, dry_run=dry_run, skip_bad=skip_bad, yes=yes, as_json=as_json)


def _contract(one: contracts.ContractUse) -> dict[str, Any]:
    return {
        "school": one.school.handle,
        "name": one.school.name,
        "from": str(one.contract.starts_on),
        "to": str(one.contract.ends_on),
        "state": one.standing.value,
        "days_left": one.days_left,
        "grace_until": str(one.grace_until),
        "renewed": one.renewed,
        "cases": one.cases,
    }


def _row(one: School) -> dict[str, Any]:
    return {
        "handle": one.handle,
        "name": one.name,
        "aliases": list(one.aliases),
        "municipality": one.municipality,
        "domains": list(one.domains),
        "contracts": [{"from": str(period.starts_on), "to": str(period.ends_on)} for period in one.contracts],
    }


def _line(row: dict[str, Any], period: str) -> dict[str, Any]:
    return row | {"contracts": [period.format_map(one) for one in row["contracts"]]}
