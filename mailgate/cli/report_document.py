"""The figures of a report for scripts: one JSON document, and the same as rows for a spreadsheet. Hidden is null, or an
empty cell. English keys that stay as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from mailgate.cli.shapes import moment
from mailgate.desk.figures import Cell, Duration, Figures

COLUMNS = ("section", "row", "figure", "value")


def document_of(figures: Figures, zone: ZoneInfo) -> dict[str, Any]:
    """What `mailgate report --json` prints."""
    rate, satisfaction = figures.answer_rate, figures.satisfaction
    return {
        "from": figures.period.first.isoformat(),
        "to": figures.period.last.isoformat(),
        "as_of": moment(figures.until, zone),
        "k": figures.k,
        "cases": figures.cases,
        "states": _counts(figures.states),
        "months": _counts(figures.months),
        "topics": [{"topic": one.name, "cases": one.count} for one in figures.topics],
        "other_topics": figures.other_topics,
        "first_comment": _duration(figures.first_comment),
        "answer": _duration(figures.answer),
        "comments_per_case": figures.comments_per_case,
        "answer_rate": {
            "members": rate.members,
            "asked": rate.asked,
            "answered": rate.answered,
            "rate_percent": rate.rate_percent,
            "reached": rate.reached,
            "kinds": [asdict(one) | {"kind": one.kind.value} for one in rate.kinds],
        },
        "satisfaction": {
            "answers": satisfaction.answers,
            "mean": satisfaction.mean,
            "reached": satisfaction.reached,
            "digits": _counts(satisfaction.digits),
        },
        "contracts": [
            {
                "school": one.school,
                "name": one.name,
                "from": one.starts_on.isoformat(),
                "to": one.ends_on.isoformat(),
                "cases": one.cases,
            }
            for one in figures.contracts
        ],
        "without_contract": figures.without_contract,
        "targets": asdict(figures.targets) | {"answer_days": figures.answer.target_days},
    }


def csv_rows(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row for each figure of the document."""
    return [dict(zip(COLUMNS, row, strict=True)) for row in _flat(document)]


def _flat(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    for section, value in document.items():
        if isinstance(value, list):
            yield from (row for one in value for row in _row(section, one))
        elif isinstance(value, dict):
            for figure, inner in value.items():
                if isinstance(inner, list):
                    yield from (row for one in inner for row in _row(section, one))
                elif isinstance(inner, dict):
                    yield from ((section, name, figure, _cell(one)) for name, one in inner.items())
                else:
                    yield section, "", figure, _cell(inner)
        else:
            yield section, "", section, _cell(value)


def _row(section: str, one: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    name = str(one.get("topic") or one.get("kind") or f"{one.get('school')} {one.get('from')}")
    yield from (
        (section, name, figure, _cell(value)) for figure, value in one.items() if figure not in ("topic", "kind")
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _counts(cells: tuple[Cell, ...]) -> dict[str, int | None]:
    return {one.name: one.count for one in cells}


def _duration(duration: Duration) -> dict[str, Any]:
    return asdict(duration)
