"""What the register knows and an operator leaves in a text: said, and asked once more, before it is approved.

The gate (`flow/gate.py`) stops a mail that names somebody whom its reader must not know, but only after the text was
approved and the invitations or the answer were sent. Before this stand the decisions about a text, from options or a
key; nothing is decided here. Weakness: who will read the mail is not asked, so a teacher's own name in a comment to
that teacher is asked about too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from gettext import gettext as _

from mailgate.cli.common import confirm_at_terminal, say
from mailgate.flow.context import Context
from mailgate.flow.review import Decisions
from mailgate.flow.screen import Search, search_of_comment, search_of_round
from mailgate.screening.finding import KnownReason, Tier
from mailgate.screening.known import find_known
from mailgate.store import cases, findings
from mailgate.store.findings import Judged


def left_in_round(ctx: Context, number: int, decisions: Decisions) -> list[Judged]:
    """The findings of the current text of a case that the register knows, and that `decisions` leave as they are."""
    return known_to_register(search_of_round(ctx, number, cases.get(ctx.tx, number).round), ctx, decisions)


def left_in_comment(ctx: Context, comment_id: int, decisions: Decisions) -> list[Judged]:
    """The same of a comment."""
    return known_to_register(search_of_comment(ctx, comment_id), ctx, decisions)


def known_to_register(search: Search, ctx: Context, decisions: Decisions | None = None) -> list[Judged]:
    """The findings that name a person or a school of the register, or their address: of a text of a case its own
    people, and all schools. With `decisions` those alone that are left as they are."""
    judged = findings.listing(ctx.tx, search.target)
    if decisions is not None:
        judged = [one for one in judged if _stays(one, decisions)]
    if not judged:
        return []
    known = [one for one in find_known(search.text, search.known) if one.reason != KnownReason.PLACE]
    ends = [one.end for one in known]  # they do not overlap: as sorted as their starts

    def names(one: Judged) -> bool:
        following = bisect_right(ends, one.finding.start)
        return following < len(known) and known[following].start < one.finding.end

    return [one for one in judged if names(one)]


def warning(left: Sequence[Judged]) -> str:
    """One sentence about findings that stay; "" for none."""
    if not left:
        return ""
    named = _(", ").join(f"f{one.id} {' '.join(one.finding.text.split())}" for one in left)
    text = _("{named}: the register knows this, and the gate stops a mail that tells it to whom it must not reach.")
    return text.format(named=named)


def expect_no_slip(left: Sequence[Judged], yes: bool) -> None:
    """Says what stays, and asks in a terminal; raises Refused after a no."""
    if left:
        say(_("note: {remark}").format(remark=warning(left)), error=True)
        confirm_at_terminal(_("Leave it in the text?"), yes)


def _stays(one: Judged, decisions: Decisions) -> bool:
    """As `flow/review.py` takes the decisions: what they say comes before what was decided earlier."""
    if decisions.text is not None and one.finding.text not in decisions.text:
        return False
    if one.id in decisions.keep:
        return True
    if one.id in decisions.redact or decisions.redact_rest:
        return False
    unsaid = one.decision is None and decisions.text is not None and one.finding.tier is Tier.UNSURE
    return one.decision == "keep" or unsaid
