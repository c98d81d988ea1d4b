"""The list of `case invite N` alone: below the prompt, the best set ticked; Enter takes what is ticked, Esc nothing.

What it gives goes the way of any `case invite`: at once, on what the database has then.
"""

from __future__ import annotations

from gettext import gettext as _

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static

from mailgate.cli.triage.choice import Choice, cut
from mailgate.cli.triage.drawing import plain

_MOST_LINES = 12


class Picking(App[tuple[str, ...] | None]):
    """Gives the ticked values, or None where the operator stops."""

    ENABLE_COMMAND_PALETTE = False
    INLINE_PADDING = 0
    CSS = """
    Screen:inline { height: auto; border: none; }
    #list { height: auto; }
    #spot { height: auto; max-height: 4; }
    #keys { background: $panel; }
    """

    def __init__(self, title: str, choice: Choice) -> None:
        super().__init__()
        self._title, self._choice = title, choice

    def compose(self) -> ComposeResult:
        yield Static(plain(cut(self._title, 200)), id="head", markup=False)
        yield Static(id="list", markup=False)
        yield Static(id="spot", markup=False)
        yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        self._show()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)  # the size is the old one now

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        match event.key:
            case "up" | "down":
                self._choice = self._choice.moved(1 if event.key == "down" else -1)
            case "space":
                self._choice = self._choice.toggled()
            case "enter" if self._choice.values:
                self.exit(self._choice.values)
            case "escape" | "q" | "ctrl+c":
                self.exit(None)
        self._show()

    def _show(self) -> None:
        if not self.query("#keys"):  # it ends, and a resize came late
            return
        lines = self._choice.lines(self.size.width, _MOST_LINES)
        self.query_one("#list", Static).update(plain("\n".join(lines)))
        row = self._choice.rows[self._choice.cursor]
        self.query_one("#spot", Static).update(plain(f"> {row.value}  {row.told}"))  # in full, however long
        count = len(self._choice.values)
        keys = _("up down move   space ticks   Enter invites these {count}   Esc stops").format(count=count)
        self.query_one("#keys", Static).update(plain(keys if count else _("up down move   space ticks   Esc stops")))
