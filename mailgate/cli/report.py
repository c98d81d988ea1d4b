"""`mailgate report …`: figures of the service. So far: how coarsely people are told of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from mailgate.cli import shapes
from mailgate.cli.common import Desk, json_option, pass_desk, show, table
from mailgate.flow import shown

_ALL = "role, years, age, gender, kind of school"
_TOLD = {
    "L1": _ALL,
    "L2": "role, years, age",
    "L3": "role, years",
    "L4": "role, years in two bands",
    "L5": "group of roles, years",
    "L6": "group of roles, years in two bands",
    "L7": "group of roles",
    "L8": "nothing: one word for everybody",
}


@click.group()
def report() -> None:
    """Figures of the service.

    Example: mailgate report attributes
    """


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
    yield f"{one['side']}s ({one['people']} people), {one['quarter']}: {one['level']}, {one['tells']}"
    frozen = f"frozen {one['frozen_at']}" if one["frozen_at"] else "as it would be frozen now: no case needed it yet"
    yield f"  {frozen}; this level is in force since {one['since']}"
    yield f"  why: at most 5 % may stand in groups of fewer than {one['k']}; at each level so many do"
    rows = [
        {"level": level, "tells": _TOLD[level], "in small groups": f"{share:.0%}"}
        for level, share in one["in_small_groups"].items()
    ]
    yield from (f"  {line}" for line in table(rows, ("level", "in small groups", "tells"), ""))
    if one["people"] == "0 to 19":
        yield "  fewer than 20 people: L7 or L8 whatever the groups are"
    yield ""
