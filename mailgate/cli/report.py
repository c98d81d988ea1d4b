"""`mailgate report`: figures of the service for a period; and `report attributes`, how coarsely people are told of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from gettext import gettext as _
from pathlib import Path
from typing import Any

import click

from mailgate.cli import shapes
from mailgate.cli.click_words import WholeNumber
from mailgate.cli.common import Desk, csv_octets, json_option, pass_desk, say, show, told
from mailgate.cli.days import DAY, MONTH
from mailgate.cli.new_file import refuse_existing, write_new
from mailgate.cli.tables import table
from mailgate.cli.words import language as spoken
from mailgate.desk import period as periods
from mailgate.desk.figures import Figures
from mailgate.desk.period import Period
from mailgate.flow import report as flow
from mailgate.flow import shown
from mailgate.phrase import Phrase

_TOLD = {
    "L1": Phrase("role, years, age, gender, kind of school"),
    "L2": Phrase("role, years, age"),
    "L3": Phrase("role, years"),
    "L4": Phrase("role, years in two bands"),
    "L5": Phrase("group of roles, years"),
    "L6": Phrase("group of roles, years in two bands"),
    "L7": Phrase("group of roles"),
    "L8": Phrase("nothing: one word for everybody"),
}


@click.group(invoke_without_command=True)
@click.option("--from", "first", type=DAY, help="The first day, as 2026-04-01.")
@click.option("--to", "last", type=DAY, help="The last day; today without it.")
@click.option("--month", type=MONTH, help="A whole month, as 2026-10.")
@click.option("--year", type=WholeNumber(1970, 9000), help="A fiscal year: 2026 is from April 2026 to March 2027.")
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A new file with the figures and charts as a page, for its owner alone.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Print the figures as CSV.")
@json_option
@click.pass_context
def report(
    context: click.Context,
    first: date | None,
    last: date | None,
    month: date | None,
    year: int | None,
    page: Path | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Figures of the service for a period: this fiscal year (from April) unless another one is named.

    Counts that are so small that somebody could be recognised are not shown (desk.k_anonymity).

    Example: mailgate report --month 2026-10 --html 2026-10.html
    """
    desk = context.find_object(Desk)
    assert desk is not None, "made by the group above"
    if context.invoked_subcommand is not None:
        if any((first, last, month, year, page, as_csv, as_json)):
            raise click.UsageError(_("options of the figures do not go with another report"))
        return
    if sum(map(bool, (first or last, month, year))) > 1:
        raise click.UsageError(_("name one period: --from and --to, or --month, or --year"))
    if last and not first:
        raise click.UsageError(_("--to goes with --from"))
    if sum(map(bool, (page, as_csv, as_json))) > 1:
        raise click.UsageError(_("either --html, --csv or --json"))
    refuse_existing(page)
    with desk.office.read(desk.actor) as ctx:
        today = ctx.now.astimezone(ctx.policy.timezone).date()
        figures = flow.figures(ctx, _period(first, last, month, year, today))
    _print(desk, figures, page, as_csv=as_csv, as_json=as_json, is_usual=not (first or month or year))


def _period(first: date | None, last: date | None, month: date | None, year: int | None, today: date) -> Period:
    if month:
        return periods.of_month(month)
    if year:
        return periods.of_fiscal_year(year)
    if first:
        return Period(first, last or today)
    return periods.this_fiscal_year(today)


def _print(desk: Desk, figures: Figures, page: Path | None, *, as_csv: bool, as_json: bool, is_usual: bool) -> None:
    from mailgate.cli import report_document, report_sections, report_text
    from mailgate.cli.report_words import words_in

    zone = desk.office.policy.timezone
    document = report_document.document_of(figures, zone)
    if as_csv:
        click.echo(csv_octets(report_document.COLUMNS, report_document.csv_rows(document)), nl=False)
        return
    words = words_in(desk.language or (desk.office.policy.desks.main.language if page else spoken()))
    opening = report_sections.opening_of(figures, words, zone)
    sections = report_sections.sections_of(figures, words)
    if page is None:
        if is_usual:
            opening.append(words.this_year)
        show(as_json, document, lambda: report_text.lines_of(words.title, opening, sections))
        return
    from mailgate.cli.report_page import page_of  # charts and templates, for whoever wants a page

    write_new(page, page_of(desk.office.policy.desks.main.name, words, opening, sections).encode())
    say(_("{file} has the report; nobody but you can read it").format(file=click.format_filename(page)))


@report.command("attributes")
@json_option
@pass_desk
def report_attributes(desk: Desk, as_json: bool) -> None:
    """Show how coarsely teachers and members are told of in this quarter, and why.

    Example: mailgate report attributes --json
    """
    with desk.office.read(desk.actor) as ctx:
        found = [_document(one, shapes.moment(one.frozen_at, ctx.policy.timezone)) for one in shown.in_force(ctx)]
    show(as_json, {"attributes": found}, lambda: (line for one in found for line in _lines(one)))


def _document(one: shown.InForce, frozen_at: str | None) -> dict[str, Any]:
    return {
        "side": one.snapshot.side.value,
        "quarter": one.snapshot.quarter,
        "level": one.snapshot.level.name,
        "tells": _TOLD[one.snapshot.level.name],
        "since": one.since.isoformat(),
        "frozen_at": frozen_at,
        "k": one.snapshot.k,
        "people": one.people,
        "in_small_groups": {level.name: round(share, 3) for level, share in one.shares.items()},
    }


def _lines(one: dict[str, Any]) -> Iterable[str]:
    side = (
        _("teachers ({people} people), {quarter}: {level}, {tells}")
        if one["side"] == "teacher"
        else _("members ({people} people), {quarter}: {level}, {tells}")
    )
    yield side.format(
        people=_people(one["people"]), quarter=one["quarter"], level=one["level"], tells=told(one["tells"])
    )
    frozen = (
        _("  frozen {moment}; this level is in force since {day}")
        if one["frozen_at"]
        else _("  as it would be frozen now: no case needed it yet; this level is in force since {day}")
    )
    yield frozen.format(moment=one["frozen_at"], day=one["since"])
    why = _("  why: at most 5 % may stand in groups of fewer than {k}; at each level so many do")
    yield why.format(k=one["k"])
    rows = [
        {"level": level, "tells": _TOLD[level], "in small groups": f"{share:.0%}"}
        for level, share in one["in_small_groups"].items()
    ]
    lines = table(rows, ("level", "in small groups", "tells"), "", {"tells": told})
    yield from (f"  {line}" for line in lines)
    if one["people"] == "0 to 19":
        yield _("  fewer than 20 people: L7 or L8 whatever the groups are")
    yield ""


def _people(band: str) -> str:
    """ "20 to 49" or "500 or more", as `desk/levels.py` has it."""
    low, _or, more = band.partition(" or more")
    if _or:
        return _("{low} or more").format(low=low + more)
    low, _to, high = band.partition(" to ")
    return _("{low} to {high}").format(low=low, high=high)
