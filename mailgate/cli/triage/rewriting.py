"""A text is written anew, in the editor here or in the operator's own: what to begin with, and what becomes of it.

Before: `screen.py` has a page with such a text. After: the draft is kept, then the page's own `rewrite` takes the text,
for exactly the version that the page showed when the editor was opened, or refuses it.

Known weakness: what is typed in $EDITOR is a draft only when that has saved it and ended; until then its own swap file
has it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from gettext import gettext as _
from typing import Any

from textual.app import App, SuspendNotSupported

from mailgate.cli.common import without_steering
from mailgate.cli.triage.editing import Editing
from mailgate.cli.triage.page import At, Editable, Page
from mailgate.cli.triage.walk import Walk

Editor = Callable[[str], str | None]


class Rewriting:
    """One editor that is opened on one page."""

    def __init__(self, app: App[Any], walk: Walk, page: Page, at: At) -> None:
        self._app, self._walk, self._page, self._at = app, walk, page, at
        self._text = _under_the_cursor(page, at)

    def here(self, then: Callable[[None], None]) -> None:
        """In the editor of the walk; `then` is called when it is closed."""
        begun, notice = self._begun()
        proposal = without_steering(self._text.proposal)
        self._app.push_screen(Editing(begun, proposal, notice, self._keep, self._take), then)

    def outside(self, editor: Editor) -> None:
        """In the operator's own one, which has the terminal meanwhile."""
        begun = self._begun()[0]
        try:
            with self._app.suspend():
                written = editor(begun)
        except SuspendNotSupported:  # no real terminal: a test
            written = editor(begun)
        if written is None:
            self._walk.told = _("nothing was saved in the editor, nothing is changed")
        elif not self._keep(written):
            self._take(written)

    def _begun(self) -> tuple[str, str]:
        """What to begin with, and what is to be said of it."""
        draft = self._walk.draft_of(self._text)
        if draft is None:
            return without_steering(self._text.proposal), ""
        saved = draft.saved_at.astimezone(self._walk.office.policy.timezone)
        notice = (
            _("Your draft of {saved}.")
            if draft.is_of_this_text
            else _("Your draft of {saved}. THE TEXT HAS CHANGED SINCE: something is missing in it (^R begins anew).")
        )
        return draft.text, notice.format(saved=f"{saved:%m-%d %H:%M}")

    def _keep(self, typed: str) -> str:
        """Keeps a draft; gives what went wrong, "" for nothing."""
        return "" if self._walk.keep_draft(self._text, typed) else self._walk.told

    def _take(self, typed: str) -> str:
        """Takes the text; gives why it is refused."""
        assert self._page.rewrite is not None, "a page with a text to write has it"
        taken = self._walk.decide(self._page.rewrite, replace(self._at, text=typed))
        return "" if taken else self._walk.told


def _under_the_cursor(page: Page, at: At) -> Editable:
    of = at.comment if page.comments else None
    return next((one for one in page.editable if one.place.comment == of), page.editable[0])
