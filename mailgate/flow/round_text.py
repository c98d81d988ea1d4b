"""What a teacher wrote in one round of a case, for whoever shows it or looks through it."""

from __future__ import annotations

from mailgate.flow.context import Context
from mailgate.store import rounds


def text_of_round(ctx: Context, number: int, round_number: int) -> str:
    """What the teacher wrote in a round, as received: its mails one after the other, a blank line between them."""
    return "\n\n".join(entry.text for entry in rounds.entries(ctx.tx, number, round_number))
