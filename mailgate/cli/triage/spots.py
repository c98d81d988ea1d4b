"""The findings on a page of the walk: where they are marked, what stands in the line below, which keys decide them."""

from __future__ import annotations

from collections.abc import Sequence
from gettext import gettext as _

from mailgate.cli.common import told
from mailgate.cli.from_register import warning
from mailgate.cli.triage import acts
from mailgate.cli.triage.page import Key, Look, Mark, Spot
from mailgate.cli.value_words import DECISION, word
from mailgate.screening.finding import Label, Tier
from mailgate.store.findings import Judged

_LOOKS = {None: Look.OPEN, "redact": Look.REDACTED, "keep": Look.KEPT}


def finding_keys(number: int, saw: int) -> tuple[Key, ...]:
    return (
        Key("x", _("redact"), acts.decide_finding(number, saw, keep=False)),
        Key("k", _("keep"), acts.decide_finding(number, saw, keep=True), lambda at: at.spot.warning if at.spot else ""),
    )


def kept(known: Sequence[Judged]) -> list[Judged]:
    return [one for one in known if one.decision == "keep"]


def marked(
    at: int, judged: Sequence[Judged], comment: int | None, known: Sequence[Judged]
) -> tuple[list[Mark], list[Spot]]:
    """Where the findings of a text stand in a body that has it from `at` on; the register knows those of `known`."""
    marks, spots = [], []
    warnings = {one.id: warning([one]) for one in known}
    for one in judged:
        found = one.finding
        mark = Mark(at + found.start, at + found.end, _LOOKS[one.decision])
        standing = word(DECISION, one.decision) if one.decision else word(Tier, found.tier)
        about = _("{id} {label} ({standing}): {reason}")
        line = about.format(
            id=f"f{one.id}", label=word(Label, found.label), standing=standing, reason=told(found.reason)
        )
        marks.append(mark)
        spots.append(Spot(mark, one.id, line, comment, warnings.get(one.id, "")))
    return marks, spots
