"""The desks as they are configured: where each is written to, who hears of its cases, and templates of its own."""

from __future__ import annotations

from collections.abc import Iterator

from mailgate.config import Config
from mailgate.desk.desks import DeskPolicy
from mailgate.doctor.finding import Finding, ok, problem, warning
from mailgate.flow.render import Renderers
from mailgate.mail.reply_address import MAIN_DESK
from mailgate.office import desks_of


def look_at_desks(config: Config) -> Iterator[Finding]:
    own, renderers = config.own_addresses(), Renderers()
    local_parts = {MAIN_DESK: own.desk, **dict(own.further)}
    for desk in desks_of(config):
        addresses = ", ".join(f"{one}@{own.domain}" for one in local_parts[desk.id])
        yield ok(f"desk {desk.id}", f"{addresses} is {desk.name} ({desk.language})")
        yield from _operators(desk)
        for wrong in renderers.of(desk).problems():
            yield problem(f"desk {desk.id}", f"templates: {wrong}", "mend it: that mail goes out in the common words")


def _operators(desk: DeskPolicy) -> Iterator[Finding]:
    if not desk.operators:
        place = "service.operators" if desk.id == MAIN_DESK else "operators in its table [[desks]]"
        yield warning(f"desk {desk.id}", "nobody gets its daily digest", f"set {place}")
