"""`mailgate triage` without a terminal: an operator's keys in, the lines of the screen out, in the language spoken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from mailgate.cli.triage.screen import Triage
from mailgate.cli.triage.walk import Walk
from mailgate.flow import screen

SIZE = (80, 24)


class Screen:
    """What a person at the terminal can do and see."""

    def __init__(self, app: Triage, pilot: Any) -> None:
        self.app, self.pilot = app, pilot
        self.pressed = 0

    async def press(self, *keys: str) -> None:
        self.pressed += len(keys)
        await self.pilot.press(*keys)
        await self.pilot.pause()

    @property
    def lines(self) -> list[str]:
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def walk(
    desk: Any,
    play: Callable[[Screen], Any],
    by: str = "operator:yui",
    editor: Any = None,
    size: tuple[int, int] = SIZE,
) -> None:
    """Plays an operator in front of the screen; what is not looked through is, as the command does it."""
    while screen.screen_next(desk.office):
        pass

    async def run() -> None:
        app = Triage(Walk(desk.office, by), editor or (lambda text: None))
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await play(Screen(app, pilot))
        if app.broken is not None:
            raise app.broken

    asyncio.run(run())
