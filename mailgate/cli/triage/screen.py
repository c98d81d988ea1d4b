"""The screen of the walk: shows a page, hands each key to the `Walk`. It decides nothing and asks no database itself.

Works in 80 columns and 24 lines, over SSH and in tmux, and without colour. All texts come by `drawing.py`. Known
weakness: the screen stands still while the database works, as all is done in one thread.
"""

from __future__ import annotations

import math
import time
import unicodedata
from collections.abc import Callable
from gettext import gettext as _

from textual import events
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from mailgate.cli.common import told
from mailgate.cli.triage.choice import Choice, cut
from mailgate.cli.triage.drawing import drawn, packed, plain, too_small
from mailgate.cli.triage.editing import Editing
from mailgate.cli.triage.help_page import help_page, without_a_page
from mailgate.cli.triage.page import At, Page, Spot
from mailgate.cli.triage.rewriting import Editor, Rewriting
from mailgate.cli.triage.walk import Walk

_LIST_LINES = 8
_DECIDING = frozenset({"u", "t"})
"""Of the keys that are the same everywhere."""
_NAMES = {"enter": "Enter"}


class Triage(App[None]):
    """The application; `editor` opens the operator's own editor and gives what they saved, None for nothing."""

    TITLE = "mailgate triage"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #head { background: $primary; color: $text; height: 1; }
    #told { height: auto; max-height: 3; color: $text-warning; }
    #text { height: 1fr; scrollbar-size-vertical: 1; }
    #list { height: auto; border-top: ascii $primary; }
    #spot { height: auto; max-height: 2; }
    #keys { height: auto; background: $panel; }
    """

    def __init__(self, walk: Walk, editor: Editor) -> None:
        super().__init__()
        self._walk, self._editor = walk, editor
        self._spot = self._comment = 0
        self._choice = Choice()
        self._helps = False
        self._place: object = None
        """Of what is shown."""
        self._seen_since = math.inf
        self.broken: Exception | None = None
        """What ended it that should not have."""
        self._ways: dict[str, Callable[[], None]] = {
            "q": self.exit,
            "ctrl+c": self.exit,
            "question_mark": self._help,
            "s": lambda: self._go(walk.skip),
            "w": lambda: self._go(walk.again),
            "u": lambda: self._go(walk.undo),
            "t": lambda: self._go(walk.take),
            "n": lambda: self._step(1),
            "p": lambda: self._step(-1),
            "tab": self._next_comment,
            "e": lambda: self._rewrite(outside=False),
            "E": lambda: self._rewrite(outside=True),
            "down": lambda: self._move(1),
            "up": lambda: self._move(-1),
            "space": self._tick,
            "pagedown": lambda: self._scroll(1),
            "pageup": lambda: self._scroll(-1),
        }

    def compose(self) -> ComposeResult:
        yield Static(id="head", markup=False)
        yield Static(id="told", markup=False)
        with VerticalScroll(id="text", can_focus=False):
            yield Static(id="body", markup=False)
        yield Static(id="list", markup=False)
        yield Static(id="spot", markup=False)
        yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        self._begin_page()
        self.set_interval(1, lambda: self._still(self._show_keys))

    def on_resize(self) -> None:
        self.call_after_refresh(lambda: self._still(self._show))  # the size is the old one now

    def on_key(self, event: events.Key) -> None:
        if isinstance(self.screen, Editing):
            return
        event.stop()
        event.prevent_default()
        try:
            self.hear(_key_of(event), event.time)
        except Exception as error:  # noqa: BLE001 - a bug: Textual would print it with all texts that are in memory
            self.broken = error
            self.exit()

    def action_help_quit(self) -> None:
        """ctrl+c, where Textual would only tell how to leave."""
        self.exit()

    async def action_quit(self) -> None:
        """ctrl+q, which Textual has everywhere: from the editor it leads back, and the draft is kept."""
        if isinstance(self.screen, Editing):
            self.screen.action_leave()
        else:
            self.exit()

    def hear(self, key: str, pressed_at: float) -> None:
        """One key of the operator: of the page first, then of those that are the same everywhere.

        What was pressed (in seconds of the monotonic clock) before the page could be seen was meant for another one.
        """
        of_the_page = self._page is not None and any(one.key == key for one in self._page.keys)
        if self._helps:
            self._help()
        elif (of_the_page or key in _DECIDING) and pressed_at <= self._seen_since:
            pass
        elif of_the_page:
            self._go(lambda: self._walk.press(key, self._at()))
        elif way := self._ways.get(key):
            way()

    # Where the operator is

    @property
    def _page(self) -> Page | None:
        return self._walk.page

    def _at(self, text: str = "") -> At:
        spot = self._here()
        comment = self._page.comments[self._comment] if self._page and self._page.comments else None
        return At(spot, spot.comment if spot else comment, self._choice.values, text)

    def _here(self) -> Spot | None:
        """The finding under the cursor, in the comment that is looked at."""
        spots = self._spots()
        return spots[min(self._spot, len(spots) - 1)] if spots else None

    def _spots(self) -> list[Spot]:
        page = self._page
        if page is None:
            return []
        of = page.comments[self._comment] if page.comments else None
        return [one for one in page.spots if one.comment == of]

    def _go(self, act: Callable[[], object]) -> None:
        act()
        self._begin_page()

    def _step(self, by: int) -> None:
        count = len(self._spots())
        if count:
            self._spot = (self._spot + by) % count
        self._show(follows=True)

    def _next_comment(self) -> None:
        if self._page is not None and self._page.comments:
            self._comment, self._spot = (self._comment + 1) % len(self._page.comments), 0
        self._show(follows=True)

    def _move(self, by: int) -> None:
        if self._choice.rows:
            self._choice = self._choice.moved(by)
            self._show()
        else:
            self.query_one("#text").scroll_relative(y=by, animate=False)

    def _tick(self) -> None:
        if self._choice.rows:
            self._choice = self._choice.toggled()
            self._show()
        else:
            self._scroll(1)

    def _scroll(self, pages: int) -> None:
        text = self.query_one("#text")
        text.scroll_relative(y=pages * max(1, text.size.height - 2), animate=False)

    def _help(self) -> None:
        self._helps = not self._helps
        self._show()

    def _rewrite(self, *, outside: bool) -> None:
        """Opens the text under the cursor in an editor; what comes of it is for the page as it is now."""
        page = self._page
        if page is not None and page.editable:
            rewriting = Rewriting(self, self._walk, page, self._at())
            if outside:
                rewriting.outside(self._editor)
                self._begin_page()
            else:
                rewriting.here(lambda _: self._begin_page())

    # What is shown

    def _still(self, show: Callable[[], None]) -> None:
        """For what comes by itself, later: at the end the widgets are gone before the timers are."""
        if self.query("#keys"):
            show()

    def _begin_page(self) -> None:
        """Shows the page of the walk; where it is the same thing as before, the cursor stays where it was."""
        page = self._page
        place = page.item.place if page else None
        if place != self._place:
            self._spot = self._comment = 0
            self._choice = page.choice if page else Choice()
            self.query_one("#text").scroll_home(animate=False)
        self._place = place
        self._comment = min(self._comment, max(0, len(page.comments) - 1)) if page else 0
        self._show()
        self._seen_since = math.inf
        self.call_after_refresh(self._is_seen)

    def _is_seen(self) -> None:
        self._seen_since = time.monotonic()

    def _show(self, *, follows: bool = False) -> None:
        page, walk, columns = self._page, self._walk, self.size.width
        head = page.head if page else "mailgate triage"
        if page and page.item.assignee not in ("", walk.operator):
            head = _("{head}  with {operator}").format(head=head, operator=page.item.assignee)
        self._put("#head", cut(_("{head}   waiting: {count}").format(head=head, count=walk.left), columns))
        self._put("#told", walk.told or too_small(*self.size))
        here = self._here()
        body, marks = (page.body, page.marks) if page else (without_a_page(something_waits=bool(walk.left)), ())
        if self._helps:
            body, marks, here = help_page(), (), None
        content, line = drawn(body, marks, here.mark if here else None, max(10, columns - 1))
        self.query_one("#body", Static).update(content)
        rows = self._choice.lines(columns, _LIST_LINES)
        self._put("#list", "\n".join(rows), shown=bool(self._choice.rows) and not self._helps)
        spot = self._spot_line(here)
        self._put("#spot", spot, shown=bool(spot) and not self._helps)
        self._show_keys()
        if follows:
            self.query_one("#text").scroll_to(y=max(0, line - 2), animate=False)

    def _spot_line(self, here: Spot | None) -> str:
        """What stands under the cursor, in full."""
        page = self._page
        if self._choice.rows:
            row = self._choice.rows[self._choice.cursor]
            return f"> {row.value}  {row.told}"
        of = [_("comment {id}").format(id=page.comments[self._comment])] if page and page.comments else []
        parts = [*of, here.told] if here else of
        return f"> {'  '.join(parts)}" if parts else ""

    def _show_keys(self) -> None:
        """The keys of the page, and what `u` would undo; once a second, as that has an end."""
        page = self._page
        own = [f"{_NAMES.get(one.key, one.key)} {one.label}" for one in page.keys] if page else []
        own += [_("e edit")] if page and page.editable else []
        own += [_("t take")] if page and page.version else []
        rest = [_("s skip"), _("? help"), _("q leave"), self._undo_words()]
        self._put("#keys", "\n".join(packed(filter(None, [*own, *rest]), self.size.width)))

    def _undo_words(self) -> str:
        if not self._walk.done:
            return ""
        last = self._walk.done[-1]
        if last.difference is None:
            return _("(the last cannot be undone)")
        words = told(last.words)
        if last.leave_at is None:
            return _("u undo {words}").format(words=words)
        seconds = int((last.leave_at - self._walk.office.clock()).total_seconds())
        if seconds <= 0:
            return _("(the last has left)")
        return _("u undo {words} ({seconds} s)").format(words=words, seconds=seconds)

    def _put(self, where: str, text: str, *, shown: bool = True) -> None:
        widget = self.query_one(where, Static)
        widget.update(plain(text))
        widget.display = shown


def _key_of(event: events.Key) -> str:
    """The key, also where an input method made a full-width letter of it."""
    typed = unicodedata.normalize("NFKC", event.character or "")
    return typed if typed.isascii() and typed.isalpha() else event.key.removeprefix("fullwidth_")
