"""The desks as they are configured: where each is written to, who hears of its cases, and templates of its own."""

from __future__ import annotations

from collections.abc import Iterator

from mailgate.config import Config
from mailgate.desk.desks import DeskPolicy
from mailgate.doctor.finding import Finding, ok, problem, warning
from mailgate.flow.render import Renderers
from mailgate.mail.reply_address import MAIN_DESK
from mailgate.office import desks_of
from mailgate.phrase import Phrase


def look_at_desks(config: Config) -> Iterator[Finding]:
    own, renderers = config.own_addresses(), Renderers()
    local_parts = {MAIN_DESK: own.desk, **dict(own.further)}
    for desk in desks_of(config):
        addresses = [f"{one}@{own.domain}" for one in local_parts[desk.id]]
        yield ok(
            f"desk {desk.id}",
            Phrase("{addresses} is {name} ({language})", addresses=addresses, name=desk.name, language=desk.language),
        )
        yield from _operators(desk)
        for wrong in renderers.of(desk).problems():
            yield problem(
                f"desk {desk.id}",
                Phrase("templates: {wrong}", wrong=wrong),
                Phrase("mend it: that mail goes out in the common words"),
            )


def _operators(desk: DeskPolicy) -> Iterator[Finding]:
    if not desk.operators:
        if desk.id == MAIN_DESK:
            todo = Phrase("set service.operators")
        else:
            todo = Phrase("set operators in its table [[desks]]")
        yield warning(f"desk {desk.id}", Phrase("nobody gets its daily digest"), todo)
