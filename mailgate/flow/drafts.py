"""A text that an operator is rewriting and has not decided: kept as it is typed, offered when they come back.

Before: the screen of `triage` has an editor open. After: `review.py` takes the whole text, or refuses it. A draft is
sealed in the database and not a file of the operator: so it is destroyed with its case, and no other machine, backup
of a home folder or editor's swap file has it. It changes nothing of the case: who looked at that has seen it all.

What was decided stays as a draft too, for that decision may be undone.
"""

from __future__ import annotations

from mailgate.flow.context import Office
from mailgate.store import cases, drafts
from mailgate.store.drafts import Draft, Place


def keep(office: Office, actor: str, place: Place, text: str, of: str) -> None:
    """Keeps an unfinished wording of the text `of`. Raises Refused for a case that is destroyed, NotFound."""
    with office.write(actor) as ctx:
        cases.get_for_change(ctx.tx, place.case)
        drafts.save(ctx.tx, place, actor, text, of, ctx.now)


def find(office: Office, actor: str, place: Place, of: str) -> Draft | None:
    """What this operator left unfinished of a text that is `of` now."""
    with office.read(actor) as ctx:
        return drafts.find(ctx.tx, place, actor, of)


def throw_away(office: Office, actor: str, place: Place) -> None:
    """The operator wants to begin anew."""
    with office.write(actor) as ctx:
        drafts.drop(ctx.tx, place, actor)
