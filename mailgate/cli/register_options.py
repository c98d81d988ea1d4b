"""What the commands of schools, teachers and members share: options that are columns, import, and export."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from gettext import gettext as _
from pathlib import Path
from typing import Any, TypeVar

import click

from mailgate.cli.common import Desk, confirm, csv_octets, json_option, read_octets, say, show, told, yes_option
from mailgate.cli.new_file import write_new
from mailgate.cli.progress import bar
from mailgate.cli.reveal import looking
from mailgate.cli.tables import table
from mailgate.cli.value_words import Cells, label, word
from mailgate.desk.cells import cell_problem, column_and_what
from mailgate.desk.csv_file import write_csv
from mailgate.desk.register_columns import PERSONAL
from mailgate.errors import BadInput, Refused
from mailgate.flow.context import Context
from mailgate.flow.held import release_registered
from mailgate.flow.import_register import COLUMNS, ImportPlan, Register, carry_out, plan_import
from mailgate.flow.import_rows import Change, Effect, RowPlan
from mailgate.phrase import Phrase

_F = TypeVar("_F", bound=Callable[..., Any])
_MANY = {
    "address": "addresses",
    "alias": "aliases",
    "domain": "domains",
    "affiliation": "affiliations",
    "topic": "topics",
}
"""The options that may be repeated, and the column that they fill."""
_METAVARS = {"address": "ADDRESS", "years": "N", "monthly_limit": "N", "contract_from": "DATE", "contract_to": "DATE"}
"""What stands in the help for a value that is not any text."""
Given = Mapping[str, str | tuple[str, ...] | None]

file_argument = click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))


def import_help(register: Register, known_by: str) -> str:
    """The help of an import: what it does, and the columns of the file with an example of each cell."""
    columns = "\n".join(f"  {one}: {one.example}" for one in COLUMNS[register])
    return (
        f"Read {register}s from a CSV or Excel file ('-': standard input); those known by {known_by} are updated.\n\n"
        "\b\nThe head line names the columns, in English or Japanese;\nonly the needed ones must be there:\n"
        f"{columns}\n\n"
        "Several values in one cell are separated by semicolons. What a file does not name stays as it is.\n\n"
        f"Example: mailgate {register} import {register}s.xlsx --dry-run"
    )


def import_options(command: _F) -> _F:
    """--dry-run, --skip-bad, --yes and --json."""
    skip = click.option("--skip-bad", is_flag=True, help="Leave bad rows out and write the others.")
    dry = click.option("--dry-run", is_flag=True, help="Only show what would change.")
    return dry(skip(yes_option(json_option(command))))


def people_import_options(command: _F) -> _F:
    """The same for people, with --as-new and --reveal."""
    new = click.option("--as-new", is_flag=True, help="Who has the name and place of somebody registered is another.")
    reveal = click.option("--reveal", metavar="REASON", help="Show what changes in names too; goes into the audit log.")
    return import_options(new(reveal(command)))


def export_options(command: _F) -> _F:
    """--format, --output and --yes."""
    form = click.option(
        "--format",
        "form",
        type=click.Choice(["csv", "xlsx"]),
        help="csv, unless the name of the output ends with .xlsx.",
    )
    output = click.option(
        "--output",
        type=click.Path(path_type=Path, dir_okay=False),
        help="A new file for its owner alone, instead of standard output.",
    )
    return form(output(command))


def column_options(*options: tuple[str, str]) -> Callable[[_F], _F]:
    """One option for each (name, help); those that fill a list may be repeated."""

    def add(command: _F) -> _F:
        for name, text in reversed(options):
            option, repeated, shown = f"--{name.replace('_', '-')}", name in _MANY, _METAVARS.get(name)
            command = click.option(option, name, multiple=repeated, metavar=shown, help=text)(command)
        return command

    return add


def given_cells(given: Given) -> dict[str, str]:
    """The options that were given, as cells of a row: names as in a CSV file, lists joined by semicolons."""
    cells: dict[str, str] = {}
    for name, value in given.items():
        if isinstance(value, tuple):
            if value:
                cells[_MANY[name]] = ";".join(value)
        elif value is not None:
            cells[name] = value
    return cells


@contextmanager
def told_by_option() -> Iterator[None]:
    """What is wrong with a cell is told with the option of this command that fills it: what the operator has typed."""
    try:
        yield
    except BadInput as error:
        raise BadInput([in_options(one) for one in error.problems]) from None


def in_options(problem: str) -> str:
    """A line about a column, with the option of this command in its place, where there is one."""
    options = {_MANY.get(one.name or "", one.name): one.opts[0] for one in click.get_current_context().command.params}
    if not isinstance(problem, Phrase) or problem.values.keys() != {"column", "what"}:
        return problem
    column, what = column_and_what(problem)
    option = options.get(column, "")
    return cell_problem(option, what) if option.startswith("--") else problem


def write_register(
    register: Register, rows: Sequence[Mapping[str, str]], form: str | None, output: Path | None
) -> None:
    """The rows as a file that `import` reads: on standard output, or in a new file with the mode 0600."""
    names = [one.name for one in COLUMNS[register]]
    form = form or ("xlsx" if output is not None and output.suffix.lower() == ".xlsx" else "csv")
    if form == "xlsx":
        from mailgate.desk.excel_file import write_excel  # a heavy library, for whoever wants a workbook

        octets = write_excel(names, rows, f"{register}s")
    else:
        octets = _csv(names, rows, to_terminal=output is None and sys.stdout.isatty())
    if output is None:
        if form == "xlsx" and sys.stdout.isatty():
            raise Refused("a workbook is nothing for a terminal: add --output FILE")
        click.echo(octets, nl=False)
        return
    write_new(output, octets)
    say(_written(register).format(file=click.format_filename(output), count=len(rows)))


def _csv(names: Sequence[str], rows: Sequence[Mapping[str, str]], *, to_terminal: bool) -> bytes:
    """A file has what the register has, and the mark that Excel looks for; a terminal gets what does not steer it."""
    return csv_octets(names, rows) if to_terminal else write_csv(names, rows).encode("utf-8-sig")


def field_lines(row: Mapping[str, Any], words: Cells, of: str) -> list[str]:
    """One thing with its fields below each other; `words` and `of` as for a table of such rows."""
    lines = [
        {"field": label(key, of), "value": words[key](value) if key in words else value} for key, value in row.items()
    ]
    return table(lines, ("field", "value"), "")


def import_file(
    desk: Desk,
    register: Register,
    file: Path,
    *,
    dry_run: bool,
    skip_bad: bool,
    yes: bool,
    as_json: bool,
    as_new: bool = False,
    reveal: str | None = None,
) -> None:
    """Shows what the file would change, asks, writes; raises BadInput with every bad row, unless they are skipped."""
    octets = read_octets(file)
    with looking(desk, f"{register} import", "all", reveal) as ctx:
        plan = _planned(ctx, register, octets, as_new=as_new)
    changes = len(plan.rows) - plan.count(Effect.UNCHANGED)
    counts = {"new": plan.count(Effect.NEW), "changed": plan.count(Effect.CHANGED)}
    writes = not dry_run and changes > 0 and (skip_bad or not plan.problems)
    if not as_json:
        show(False, {}, lambda: _lines(register, plan, revealed=bool(reveal)))
        for remark in plan.remarks:
            say(_("note: {remark}").format(remark=told(remark)), error=True)
    if writes:
        confirm(_question(register).format_map(counts), yes)
        with bar(_writing(register)) as progress, desk.office.write(desk.actor) as ctx:
            carry_out(
                ctx,
                register,
                plan,
                skip_bad=skip_bad,
                as_new=as_new,
                on_teacher=release_registered,
                progress=progress,
            )
    if as_json:
        show(True, _document(register, plan, written=writes, revealed=bool(reveal)), list)
    elif writes:
        say(_("written: {new} new, {changed} changed").format_map(counts))
    if plan.problems and not skip_bad:
        raise BadInput(plan.problems)
    for problem in plan.problems:
        say(_("left out: {problem}").format(problem=told(problem)), error=True)


def _planned(ctx: Context, register: Register, octets: bytes, *, as_new: bool) -> ImportPlan:
    with bar(_reading(register)) as progress:
        return plan_import(ctx, register, octets, as_new=as_new, progress=progress)


def _lines(register: Register, plan: ImportPlan, *, revealed: bool) -> list[str]:
    """The table of changes: good rows and bad ones, in the order of the file."""
    rows = [_line(register, one, revealed=revealed) for one in plan.rows]
    bad = _("{count} problems")
    rows += [{"row": one.row, "change": _("bad"), "columns": [bad.format(count=len(one.problems))]} for one in plan.bad]
    rows.sort(key=lambda one: one["row"])
    lines = table(rows, ("row", "change", "handle", "columns"), _("no row can be imported"))
    counts = {effect.value: plan.count(effect) for effect in Effect} | {"problems": len(plan.problems)}
    return [*lines, _("{new} new, {changed} changed, {unchanged} unchanged, {problems} problems").format_map(counts)]


def _line(register: Register, row: RowPlan, *, revealed: bool) -> dict[str, Any]:
    change, empty = _("{column}: {old} -> {new}"), _("(empty)")
    cells = [
        change.format(column=label(one.column), old=one.old or empty, new=one.new or empty)
        if _is_shown(register, one, revealed=revealed)
        else label(one.column)
        for one in row.changes
    ]
    return {"row": row.row, "change": word(Effect, row.effect), "handle": row.handle or None, "columns": cells}


def _question(register: Register) -> str:
    match register:
        case Register.SCHOOL:
            return _("Write {new} new and {changed} changed schools?")
        case Register.TEACHER:
            return _("Write {new} new and {changed} changed teachers?")
        case Register.MEMBER:
            return _("Write {new} new and {changed} changed members?")


def _writing(register: Register) -> str:
    match register:
        case Register.SCHOOL:
            return _("Writing schools")
        case Register.TEACHER:
            return _("Writing teachers")
        case Register.MEMBER:
            return _("Writing members")


def _reading(register: Register) -> str:
    match register:
        case Register.SCHOOL:
            return _("Reading schools")
        case Register.TEACHER:
            return _("Reading teachers")
        case Register.MEMBER:
            return _("Reading members")


def _written(register: Register) -> str:
    match register:
        case Register.SCHOOL:
            return _("{file} has {count} schools; nobody but you can read it")
        case Register.TEACHER:
            return _("{file} has {count} teachers; nobody but you can read it")
        case Register.MEMBER:
            return _("{file} has {count} members; nobody but you can read it")


def _document(register: Register, plan: ImportPlan, *, written: bool, revealed: bool) -> dict[str, Any]:
    changes = [
        {
            "row": one.row,
            "change": one.effect.value,
            "handle": one.handle or None,
            "columns": list(one.fields),
            "values": {
                change.column: [change.old, change.new]
                for change in one.changes
                if _is_shown(register, change, revealed=revealed)
            },
        }
        for one in plan.rows
    ]
    return {"changes": changes, "problems": list(plan.problems), "notes": list(plan.remarks), "written": written}


def _is_shown(register: Register, change: Change, *, revealed: bool) -> bool:
    """Whether the values may stand on the screen: what says who somebody is only with a reason to reveal it."""
    return revealed or register is Register.SCHOOL or change.column not in PERSONAL
