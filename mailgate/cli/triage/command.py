"""`mailgate triage`: looks through what nobody has looked through yet, then opens the screen."""

from __future__ import annotations

import click

from mailgate.cli.common import Desk, at_a_terminal, forget_typed_ahead, pass_desk, say
from mailgate.errors import Refused
from mailgate.flow.screen import screen_next


@click.command("triage")
@pass_desk
def triage(desk: Desk) -> None:
    """Walk through everything that waits for an operator, one key for each decision; what is sent can be undone.

    Example: mailgate triage
    """
    if not at_a_terminal():
        raise Refused("triage needs a terminal; mailgate case list shows what waits")
    from mailgate.cli.triage.screen import Triage
    from mailgate.cli.triage.walk import Walk

    while screen_next(desk.office):
        pass
    walk = Walk(desk.office, desk.actor)
    forget_typed_ahead()
    screen = Triage(walk, click.edit)
    screen.run()
    if screen.broken is not None:
        raise screen.broken
    if walk.told:
        say(walk.told)
