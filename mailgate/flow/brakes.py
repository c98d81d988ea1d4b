"""Against storms: what must not be answered although nothing in its header says so.

A vacation note without a mark, another desk behind a gateway that strips marks, a script: whatever answers our answers
must not get another one. Two soft brakes look at the conversation:

    repeated          the mail says again, but for its digits, what the one before it said
    answered lately   the teacher heard "received" less than a day ago, and nothing but such words from us since then

Two hard ones only count, and hold whatever was overlooked: automatic mails to one address in a day, and about one case
in an hour. They count rows of the outbox, so that all nodes count together. The mail itself is always kept and handled;
that it was not answered, and why, stands in the audit log of its case. Before: the handlers. After: `post.py`.
"""

from __future__ import annotations

import re
from datetime import timedelta

from mailgate.flow.context import SYSTEM, Context
from mailgate.flow.letters import (
    Acknowledgement,
    Closed,
    CommentReceived,
    Declined,
    FollowUpReceived,
    Letter,
    Paused,
    PauseUnclear,
    RegistrationForm,
    RegistrationIncomplete,
    RegistrationNeeded,
    RegistrationReceived,
    Resumed,
    Withdrawn,
)
from mailgate.mail.address import Address
from mailgate.store import audit, outbox

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REPEATED = "the same text as the mail before"
ANSWERED_LATELY = "answered less than a day ago"
TOO_MANY_IN_A_DAY = "too many to this address in a day"
TOO_MANY_IN_AN_HOUR = "too many about this case in an hour"

_ANSWERS = frozenset(
    letter.template
    for letter in (
        Acknowledgement,
        FollowUpReceived,
        CommentReceived,
        Declined,
        Closed,
        RegistrationNeeded,
        RegistrationForm,
        RegistrationIncomplete,
        RegistrationReceived,
        Paused,
        PauseUnclear,
        Resumed,
        Withdrawn,
    )
)
_CHANGES_BY_ITSELF = re.compile(r"[\s\d]+")
"""Layout, dates and ticket numbers, which a robot may put into each of its mails."""


def is_answer(ctx: Context, letter: Letter) -> bool:
    """Whether this letter answers the mail at hand by itself, with nobody of the desk in between."""
    return letter.template in _ANSWERS and ctx.actor == SYSTEM


def hard(ctx: Context, letter: Letter, to: Address, case: int | None) -> str | None:
    """Why this letter may not be written now; None when it may. What an operator does is never braked."""
    if not is_answer(ctx, letter):
        return None
    ctx.tx.alone(f"answers to {ctx.tx.keys.address_hash(to)}")  # two nodes at once would both count too few
    if outbox.count_to(ctx.tx, to, _ANSWERS, ctx.now - DAY) >= ctx.policy.answers_per_day:
        return TOO_MANY_IN_A_DAY
    if (
        case is not None
        and outbox.count_about(ctx.tx, case, _ANSWERS, ctx.now - HOUR) >= ctx.policy.answers_per_case_hour
    ):
        return TOO_MANY_IN_AN_HOUR
    return None


def repeated(before: str | None, now: str) -> str | None:
    """Why a mail with the text `now` is not answered when the one before it said `before`; None when it may be."""
    return REPEATED if before is not None and _bare(before) == _bare(now) else None


def answered_lately(ctx: Context, case: int) -> str | None:
    """Why the teacher of `case` need not hear again that a mail came in; None when they may."""
    last = outbox.newest(ctx.tx, case, None)
    lately = last is not None and last.kind in _ANSWERS and ctx.now - last.created_at < DAY
    return ANSWERED_LATELY if lately else None


def not_answered(ctx: Context, case: int | None, handle: str, reason: str) -> None:
    """Notes it where operators see it: `case show`."""
    audit.record(ctx.tx, ctx.now, ctx.actor, "not answered", case=case, subject=handle, detail=reason)


def _bare(text: str) -> str:
    return _CHANGES_BY_ITSELF.sub("", text) or text
