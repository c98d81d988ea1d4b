"""What the desk wants to reach, as `[targets]` says it; `desk/reckoning.py` compares it with what was."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Targets:
    first_comment_days: int = 3
    """From the consultation to the first comment; for the answer `desk.answer_days` says it."""
    share_percent: int = 90
    """So many of the cases keep to either of these times."""
    answer_rate_percent: int = 60
    """So many of the invitations that have ended brought a comment."""
    satisfaction: float = 4.0
    """The mean of the digits that teachers send back, 1 to 5."""
