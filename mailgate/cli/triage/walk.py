"""Where the walk of one operator stands: what waits, what they passed by, what they can still undo. No screen here.

Each step reads the list anew, so that what another operator has done or taken is seen at the next page at the latest;
before that the version of the case tells, at the write.
"""

from __future__ import annotations

from collections.abc import Callable
from gettext import gettext as _
from typing import TypeVar

from mailgate.cli.common import told
from mailgate.cli.triage import acts
from mailgate.cli.triage.page import At, Editable, Page, Run
from mailgate.cli.triage.pages import page_of
from mailgate.cli.triage.titles import title_of
from mailgate.errors import MailgateError
from mailgate.flow import drafts
from mailgate.flow.context import Office
from mailgate.flow.undo import Done, rebased, undo
from mailgate.flow.waiting import Waiting, waiting
from mailgate.store.drafts import Draft

_Given = TypeVar("_Given")


class Walk:
    """One operator's way through the list. What goes wrong on it is said in `told`; only bugs are raised."""

    def __init__(self, office: Office, actor: str) -> None:
        self.office, self.actor = office, actor
        self.items: list[Waiting] = []
        self.page: Page | None = None
        """What is shown; None when nothing is left."""
        self.told = ""
        """What became of the last key."""
        self.done: list[Done] = []
        self._passed: set[tuple[object, ...]] = set()
        self._warned: object = None
        """Of which key, and where, the operator was told what it does."""
        self.look()

    @property
    def operator(self) -> str:
        return self.actor.removeprefix("operator:")

    @property
    def left(self) -> int:
        """How many things wait that were not passed by."""
        return sum(one.place not in self._passed for one in self.items)

    def look(self, case: int | None = None) -> None:
        """Shows what comes next: of this case, if something of it waits; else the first thing that waits."""
        items = self._tried(self._list)
        if items is None:  # the database is away: w looks again
            self.page = None
            return
        self.items = items
        left = [one for one in self.items if one.place not in self._passed]
        item = next((one for one in left if case is not None and one.case == case), next(iter(left), None))
        self.page = None if item is None else self._page_of(item)

    def skip(self) -> None:
        """Passes by what is shown; `again` comes back to it."""
        if self.page is not None:
            self._passed.add(self.page.item.place)
        self.told = ""
        self.look()

    def again(self) -> None:
        """From the top, with what was passed by."""
        self._passed.clear()
        self.told = ""
        self.look()

    def press(self, key: str, at: At) -> bool:
        """Does what a key of the page stands for, or warns of it first; False where it stands for nothing."""
        page = self.page
        found = next((one for one in page.keys if one.key == key), None) if page else None
        if page is None or found is None:
            return False
        pressed = (key, page.item.place, page.version, at.spot, at.comment)
        if (warning := found.warns(at)) and self._warned != pressed:
            self._warned = pressed
            self.told = _("{warning} To leave it in, press {key} once more.").format(warning=warning, key=key)
            return True
        self._warned = None
        self.decide(found.run, at)
        return True

    def decide(self, run: Run, at: At) -> bool:
        """Lets a decision be made, and goes on; False where it was refused, and nothing is changed."""
        case = self.page.item.case if self.page else None
        done = self._tried(lambda: run(self.office, self.actor, at))
        if done is not None:
            self.done.append(done)
            self.told = _words_of(done, self.office)
        self.look(case)
        return done is not None

    def undo(self) -> None:
        """Takes the last decision back, if that can be done still."""
        if not self.done:
            self.told = _("nothing was decided here yet")
            return
        last = self.done.pop()
        version = self._tried(lambda: undo(self.office, self.actor, last))
        if version is not None:
            self.done = rebased(self.done, last.case, last.saw, version)
            self.told = _("undone: {words} (case {number})").format(words=told(last.words), number=last.case)
        self.look(last.case)

    def take(self) -> None:
        """Takes the case of the page, or gives it back."""
        page = self.page
        number = page.item.case if page else None
        if page is None or number is None or not page.version:
            self.told = _("only a case can be taken")
            return
        taken = self._tried(lambda: acts.take(self.office, self.actor, number, page.version))
        if taken is not None:
            now, version = taken
            self.done = rebased(self.done, number, page.version, version)
            whose = _("case {number} is yours") if now else _("case {number} is nobody's")
            self.told = whose.format(number=number)
        self.look(number)

    # What is being rewritten

    def draft_of(self, text: Editable) -> Draft | None:
        return self._tried(lambda: drafts.find(self.office, self.actor, text.place, text.source))

    def keep_draft(self, text: Editable, written: str) -> bool:
        """Keeps what is typed; False where that failed, and `told` says why."""

        def keep() -> bool:
            drafts.keep(self.office, self.actor, text.place, written, text.source)
            return True

        return self._tried(keep) or False

    def throw_draft_away(self, text: Editable) -> None:
        self._tried(lambda: drafts.throw_away(self.office, self.actor, text.place))

    def _tried(self, act: Callable[[], _Given]) -> _Given | None:
        try:
            return act()
        except MailgateError as error:
            self.told = told(error.reason)
            return None

    def _list(self) -> list[Waiting]:
        with self.office.read(self.actor) as ctx:
            return waiting(ctx, self.operator)

    def _page_of(self, item: Waiting) -> Page:
        try:
            return page_of(self.office, self.actor, item)
        except MailgateError as error:  # a text that was altered, a preview that is refused: others can still be seen
            return Page(item, 0, title_of(item), told(error.reason), ())


def _words_of(done: Done, office: Office) -> str:
    what = told(done.words)
    if done.case:
        what = _("{words} (case {number})").format(words=what, number=done.case)
    if done.difference is None:
        return _("done, and cannot be undone: {words}").format(words=what)
    if not done.mails or done.leave_at is None:
        return _("done: {words}").format(words=what)
    at = done.leave_at.astimezone(office.policy.timezone)
    with_mails = _("done: {words}; mails: {count}, leaving at {time}")
    return with_mails.format(words=what, count=done.mails, time=f"{at:%H:%M:%S}")
