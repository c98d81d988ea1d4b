"""What the commands of schools, teachers and members share: options that are columns, and the import of a CSV file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from mailgate.cli.common import Desk, confirm, json_option, read_octets, say, show, table, yes_option
from mailgate.desk.csv_file import Column, write_csv
from mailgate.errors import BadInput
from mailgate.flow.held import release_registered
from mailgate.flow.import_register import COLUMNS, Effect, ImportPlan, Register, carry_out, plan_import

_F = TypeVar("_F", bound=Callable[..., Any])
_MANY = {
    "address": "addresses",
    "alias": "aliases",
    "domain": "domains",
    "affiliation": "affiliations",
    "topic": "topics",
}
"""The options that may be repeated, and the column that they fill."""
Given = Mapping[str, str | tuple[str, ...] | None]

file_argument = click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))


def import_help(register: Register, known_by: str) -> str:
    """The help of an import: what it does, and the columns of the file with an example of each cell."""
    columns = "\n".join(f"  {one}: {one.example}" for one in COLUMNS[register])
    return (
        f"Read {register}s from a CSV file ('-': standard input); those known by {known_by} are updated.\n\n"
        "\b\nThe head line names the columns, in English or Japanese; only the needed ones must be there:\n"
        f"{columns}\n\n"
        "Several values in one cell are separated by semicolons. What a file does not name stays as it is.\n\n"
        f"Example: mailgate {register} import {register}s.csv --dry-run"
    )


def import_options(command: _F) -> _F:
    """--dry-run, --skip-bad, --yes and --json."""
    skip = click.option("--skip-bad", is_flag=True, help="Leave bad rows out and write the others.")
    dry = click.option("--dry-run", is_flag=True, help="Only show what would change.")
    return dry(skip(yes_option(json_option(command))))


def column_options(*options: tuple[str, str]) -> Callable[[_F], _F]:
    """One option for each (name, help); those that fill a list may be repeated."""

    def add(command: _F) -> _F:
        for name, text in reversed(options):
            repeated = name in _MANY
            command = click.option(f"--{name.replace('_', '-')}", name, multiple=repeated, help=text)(command)
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


def print_csv(columns: Sequence[Column], rows: Iterable[Mapping[str, str]]) -> None:
    """A CSV file on standard output, in UTF-8 with the mark that Excel looks for."""
    click.echo(write_csv([one.name for one in columns], rows).encode("utf-8-sig"), nl=False)


def field_lines(row: Mapping[str, Any]) -> list[str]:
    """One thing with its fields below each other."""
    return table([{"field": key, "value": value} for key, value in row.items()], ("field", "value"), "")


def import_file(
    desk: Desk,
    register: Register,
    file: Path,
    *,
    dry_run: bool,
    skip_bad: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Shows what the file would change, asks, writes; raises BadInput with every bad row, unless they are skipped."""
    octets = read_octets(file)
    with desk.office.read(desk.actor) as ctx:
        plan = plan_import(ctx, register, octets)
    changes = len(plan.rows) - plan.count(Effect.UNCHANGED)
    writes = not dry_run and changes > 0 and (skip_bad or not plan.problems)
    if not as_json:
        show(False, {}, lambda: _lines(plan))
    if writes:
        confirm(f"Write {plan.count(Effect.NEW)} new and {plan.count(Effect.CHANGED)} changed {register}s?", yes)
        with desk.office.write(desk.actor) as ctx:
            carry_out(ctx, register, octets, plan, skip_bad=skip_bad, on_teacher=release_registered)
    for remark in plan.remarks if not as_json else ():
        say(f"note: {remark}", error=True)
    if as_json:
        show(True, _document(plan, written=writes), list)
    elif writes:
        say(f"written: {plan.count(Effect.NEW)} new, {plan.count(Effect.CHANGED)} changed")
    if plan.problems and not skip_bad:
        raise BadInput(plan.problems)
    for problem in plan.problems:
        say(f"left out: {problem}", error=True)


def _rows(plan: ImportPlan) -> list[dict[str, Any]]:
    return [
        {"row": one.row, "change": one.effect.value, "handle": one.handle or None, "columns": list(one.fields)}
        for one in plan.rows
    ]


def _lines(plan: ImportPlan) -> list[str]:
    counts = ", ".join(f"{plan.count(effect)} {effect}" for effect in Effect)
    lines = table(_rows(plan), ("row", "change", "handle", "columns"), "no row can be imported")
    return [*lines, f"{counts}, {len(plan.problems)} problems"]


def _document(plan: ImportPlan, *, written: bool) -> dict[str, Any]:
    return {"changes": _rows(plan), "problems": list(plan.problems), "notes": list(plan.remarks), "written": written}
