"""A report as one HTML page for the board: everything in it, nothing loaded, nothing executed; prints on A4.

Every word is escaped by Jinja; the charts alone come as markup, from a library that escapes them. The page forbids
itself whatever else a browser could be talked into (Content-Security-Policy): its own style by its digest, and no more.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from mailgate.cli.common import harmless
from mailgate.cli.report_chart import chart_of
from mailgate.cli.report_sections import Section
from mailgate.cli.report_words import Words

_FOLDER = Path(__file__).parent / "pages"


def page_of(service_name: str, words: Words, opening: Sequence[str], sections: Sequence[Section]) -> str:
    """The whole page."""
    style = (_FOLDER / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("report.html").render(
        service_name=service_name,
        words=words,
        opening=opening,
        sections=[(one, _chart(one)) for one in sections],
        style=Markup(style),  # noqa: S704 (a file of ours)
        style_digest=f"sha256-{digest}",
    )
    return harmless(page)


def _chart(section: Section) -> Markup | None:
    """What is hidden has its place in the chart, and no bar."""
    if not section.has_chart:
        return None
    drawn = [(row[0], length or 0, row[-1]) for row, length in zip(section.rows, section.bars, strict=True)]
    return Markup(chart_of(drawn, section.heading))  # noqa: S704 (what a tag says is text of the SVG)
