"""What goes beside the text of an invitation or an answer: the released drawings under names of ours, and how many
attachments stay back.

Used by `flow/invite.py` and `flow/compilation.py`. The octets come from `store/attachments.py`, which opens them only
as what was released; nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailgate.flow.context import Context
from mailgate.mail.drawing import SUFFIXES
from mailgate.mail.enclosing import Enclosed
from mailgate.store import attachments, rounds
from mailgate.store.attachments import Released
from mailgate.store.cases import Case
from mailgate.store.comments import Comment

_NAMES = {"ja": "添付{number}.{suffix}", "en": "attachment-{number}.{suffix}"}


@dataclass(frozen=True, slots=True)
class Enclosures:
    files: tuple[Enclosed, ...]
    withheld: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.files)


def of_case(ctx: Context, case: Case) -> Enclosures:
    """The teacher's attachments of all rounds, for a member who is invited now."""
    entries = rounds.entries(ctx.tx, case.number)
    released = attachments.released(ctx.tx, [one.spool_id for one in entries])
    return Enclosures(_named(ctx, case, released, 1), sum(one.attachments for one in entries) - len(released))


def of_comments(ctx: Context, case: Case, used: Sequence[Comment]) -> list[Enclosures]:
    """The attachments of each comment, numbered through as they stand in the answer."""
    found: list[Enclosures] = []
    number = 1
    for comment in used:
        released = attachments.released(ctx.tx, [comment.spool_id])
        found.append(Enclosures(_named(ctx, case, released, number), comment.attachments - len(released)))
        number += len(released)
    return found


def _named(ctx: Context, case: Case, released: Sequence[Released], first: int) -> tuple[Enclosed, ...]:
    pattern = _NAMES[ctx.desk_of(case).language]
    return tuple(
        Enclosed(
            pattern.format(number=number, suffix=SUFFIXES[one.drawing.media_type]),
            one.drawing.media_type,
            one.drawing.octets,
        )
        for number, one in enumerate(released, start=first)
    )
