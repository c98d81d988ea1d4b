"""The editor for one text: what is typed is kept as a draft at once, so that a broken line or a closed lid loses
nothing. What comes of it decides `review.py`: a text that still names somebody is refused, and stays open here."""

from __future__ import annotations

from collections.abc import Callable
from gettext import gettext as _
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static, TextArea

from mailgate.cli.common import harmless

_PAUSE_SECONDS = 0.5
"""After the last key: then what is typed is kept."""


class Editing(Screen[None]):
    """Hands every wording to `keep`; `done` takes the last one and says what is wrong with it, "" for nothing."""

    DEFAULT_CSS = """
    Editing TextArea, Editing TextArea:focus { height: 1fr; border: none; padding: 0; }
    Editing #notice { color: $text-warning; }
    Editing #keys { background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "done", "done", priority=True),
        Binding("escape", "leave", "leave", priority=True),
        Binding("ctrl+r", "anew", "anew", priority=True),
    ]

    def __init__(
        self, text: str, anew: str, notice: str, keep: Callable[[str], str], done: Callable[[str], str]
    ) -> None:
        """`text` is what to begin with, `anew` what ctrl+r begins with; both are clean. `keep` says what went wrong."""
        super().__init__()
        self._text, self._anew, self._notice, self._keep, self._done = text, anew, notice, keep, done
        self._kept = text
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="notice", markup=False)
        yield TextArea(self._text, soft_wrap=True, show_line_numbers=False, tab_behavior="focus")
        yield Static(Content(_("^S done   Esc leave, the draft is kept   ^R begin anew")), id="keys")

    def on_mount(self) -> None:
        self._say(self._notice or _("Write the text as it may leave."))
        self.query_one(TextArea).focus()

    def on_text_area_changed(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_PAUSE_SECONDS, self.keep)

    def keep(self) -> None:
        """Keeps what is typed, if it is not kept already."""
        text = self.query_one(TextArea).text
        if text != self._kept:
            problem = self._keep(text)
            if problem:
                self._say(_("the draft is not kept: {problem}").format(problem=problem))
            else:
                self._kept = text

    def action_done(self) -> None:
        self.keep()
        problem = self._done(self.query_one(TextArea).text)
        if problem:
            self._say(problem)
        else:
            self.dismiss()

    def action_leave(self) -> None:
        self.keep()
        self.dismiss()

    def action_anew(self) -> None:
        self.query_one(TextArea).text = self._anew

    def on_unmount(self) -> None:
        """Also when the terminal goes away."""
        if self._timer is not None:
            self._timer.stop()

    def _say(self, words: str) -> None:
        self.query_one("#notice", Static).update(Content(harmless(words)))
