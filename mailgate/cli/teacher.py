"""`mailgate teacher …`: the teachers in the register, by handle; names only with --reveal."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import Any

import click

from mailgate.cli.columns import MeasuredCommand
from mailgate.cli.common import Desk, json_option, pass_desk, say, show
from mailgate.cli.listing import Form, list_options, show_list
from mailgate.cli.new_file import refuse_existing
from mailgate.cli.register_confirmation import Standing, add_confirm, unconfirmed_option
from mailgate.cli.register_history import show_changes
from mailgate.cli.register_options import (
    column_options,
    export_options,
    field_lines,
    file_argument,
    given_cells,
    import_file,
    import_help,
    people_import_options,
    told_by_option,
    write_register,
)
from mailgate.cli.reveal import looking, reveal_option, revealed
from mailgate.cli.value_words import of, word
from mailgate.desk.entries import entry_of_teacher
from mailgate.desk.lifecycle import ConfirmationState
from mailgate.desk.people import Plan, Teacher
from mailgate.desk.register_rows import cells_of_teacher, teacher_cells, teacher_entry
from mailgate.flow import register
from mailgate.flow.held import release_registered
from mailgate.flow.import_register import Register
from mailgate.store import schools, teachers

_WORDS = {"plan": of(Plan), "confirmation": of(ConfirmationState)}
_options = column_options(
    ("name", "The real name."),
    ("kana", "The name in kana."),
    ("address", "A mail address; may be repeated, mail goes to the first."),
    ("school", "The handle, name or alias of a registered school."),
    ("role", "教員, 教頭, …"),
    ("years", "Years of teaching."),
    ("age_band", "30代, …"),
    ("gender", "男性, 女性, …"),
    ("school_type", "小学校, 中学校, …"),
    ("plan", "school (usual with --school) or trial (usual without)."),
)


@click.group()
def teacher() -> None:
    """Teachers who may consult.

    Example: mailgate teacher list
    """


@teacher.command("list")
@unconfirmed_option
@list_options
@reveal_option
@pass_desk
def list_teachers(desk: Desk, unconfirmed: bool, form: Form, reveal: str | None) -> None:
    """List the teachers by handle.

    Example: mailgate teacher list --reveal "called about case 12"
    """
    with looking(desk, "teacher list", "all", reveal) as ctx:
        standing = Standing(ctx)
        found = standing.wanted(teachers.all_teachers(ctx.tx), unconfirmed_only=unconfirmed)
        rows = [_row(one, reveal) | standing.cells(one.person.id) for one in found]
    more = (*(("confirmation",) if unconfirmed else ()), *(("name", "addresses") if reveal else ()))
    columns = ("handle", "school", "plan", "role", "years", "school_type", *more)
    empty = _("nobody") if unconfirmed else _("no teachers yet")
    show_list(form, "teachers", rows, columns, title=_("Teachers"), empty=empty, words=_WORDS)


@teacher.command("show")
@click.argument("handle")
@json_option
@reveal_option
@pass_desk
def show_teacher(desk: Desk, handle: str, as_json: bool, reveal: str | None) -> None:
    """Show one teacher.

    Example: mailgate teacher show T-7F3K
    """
    with looking(desk, "teacher show", handle, reveal) as ctx:
        row = _row(teachers.teacher_by_handle(ctx.tx, handle), reveal)
    show(as_json, row, lambda: field_lines(row, _WORDS, "teachers"))


@teacher.command("add", cls=MeasuredCommand)
@_options
@pass_desk
def add_teacher(desk: Desk, /, **given: Any) -> None:
    """Register a teacher; consultations that waited for it go on.

    Example: mailgate teacher add --name '石田 岳' --address ishida@example.jp --plan trial
    """
    with told_by_option(), desk.office.write(desk.actor) as ctx:
        entry = teacher_entry(given_cells(given), schools.all_schools(ctx.tx))
        added = register.add_teacher(ctx, entry, release_registered)
    say(_("{handle} added, plan {plan}").format(handle=added.handle, plan=word(Plan, added.plan)))


@teacher.command("edit")
@click.argument("handle")
@_options
@pass_desk
def edit_teacher(desk: Desk, /, handle: str, **given: Any) -> None:
    """Change a teacher: only the options that are given; a repeated option replaces the whole list.

    Example: mailgate teacher edit T-7F3K --school 西小 --plan school
    """
    with told_by_option(), desk.office.write(desk.actor) as ctx:
        known = teachers.teacher_by_handle(ctx.tx, handle)
        cells = cells_of_teacher(known) | given_cells(given)
        entry = teacher_entry(cells, schools.all_schools(ctx.tx))
        register.edit_teacher(ctx, known, entry, release_registered)
    say(_("{handle} changed").format(handle=known.handle))


add_confirm(teacher, "T-7F3K T-2QX9")


@teacher.command("history")
@click.argument("handle")
@list_options
@pass_desk
def teacher_history(desk: Desk, handle: str, form: Form) -> None:
    """Show what was done with a teacher's registration, by whom and when.

    Example: mailgate teacher history T-7F3K
    """
    with desk.office.read(desk.actor) as ctx:
        known = teachers.teacher_by_handle(ctx.tx, handle)
    show_changes(desk, known.handle, form)


@teacher.command("export")
@click.option("--reveal", metavar="REASON", required=True, help="Why; goes into the audit log.")
@export_options
@pass_desk
def export_teachers(desk: Desk, reveal: str, form: str | None, output: Path | None) -> None:
    """Write all teachers with names and addresses as a CSV or Excel file, as 'import' reads it.

    Example: mailgate teacher export --reveal "yearly check" --format xlsx --output teachers.xlsx
    """
    refuse_existing(output)
    with looking(desk, "teacher export", "all", reveal) as ctx:
        rows = [teacher_cells(entry_of_teacher(one), one.school) for one in teachers.all_teachers(ctx.tx)]
    write_register(Register.TEACHER, rows, form, output)


@teacher.command("import", help=import_help(Register.TEACHER, "an address"))
@file_argument
@people_import_options
@pass_desk
def import_teachers(desk: Desk, /, file: Path, **given: Any) -> None:
    import_file(desk, Register.TEACHER, file, **given)


def _row(one: Teacher, reveal: str | None) -> dict[str, Any]:
    row = {
        "handle": one.handle,
        "school": one.school.handle if one.school else None,
        "plan": one.plan.value,
        "role": one.role,
        "years": one.years,
        "age_band": one.person.age_band,
        "gender": one.person.gender,
        "school_type": one.school_type,
    }
    return row | (revealed(one.person) if reveal else {})
