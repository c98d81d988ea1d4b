"""What `teacher` and `member` have in common about confirming the register: `confirm`, and what the lists show."""

from __future__ import annotations

from collections.abc import Sequence
from gettext import gettext as _
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mailgate.cli.common import Desk, never_asks_option, pass_desk, say
from mailgate.cli.shapes import moment
from mailgate.desk.lifecycle import UNCONFIRMED
from mailgate.desk.people import Member, Teacher

if TYPE_CHECKING:
    from mailgate.flow.context import Context

_P = TypeVar("_P", Teacher, Member)

unconfirmed_option = click.option(
    "--unconfirmed",
    is_flag=True,
    help="Only who did not answer whether what is held of them is right, or could not be asked.",
)


def add_confirm(group: click.Group, example: str) -> None:
    """Adds `confirm` to the commands of a noun."""

    @group.command(
        "confirm",
        help="Note that what the register holds of people is right: they told you, or you have corrected it."
        f"\n\nExample: mailgate {group.name} confirm {example}",
    )
    @click.argument("handles", nargs=-1, required=True, metavar="HANDLE…")
    @never_asks_option
    @pass_desk
    def command(desk: Desk, handles: tuple[str, ...]) -> None:
        from mailgate.flow.confirm import confirm_for

        with desk.office.write(desk.actor) as ctx:
            confirmed = confirm_for(ctx, handles)
        for handle in confirmed:
            say(_("{handle} is confirmed").format(handle=handle))


class Standing:
    """How far everybody has confirmed, for the rows of a list."""

    def __init__(self, ctx: Context) -> None:
        from mailgate.store import confirmations

        self._known, self._zone = confirmations.of_everybody(ctx.tx), ctx.policy.timezone

    def wanted(self, people: Sequence[_P], *, unconfirmed_only: bool) -> list[_P]:
        """All of them, or those who did not answer or could not be asked."""
        return [one for one in people if not unconfirmed_only or self._is_unconfirmed(one.person.id)]

    def _is_unconfirmed(self, person_id: int) -> bool:
        known = self._known.get(person_id)
        return known is not None and known.state in UNCONFIRMED

    def cells(self, person_id: int) -> dict[str, Any]:
        """`confirmation` is null until the scheduler has seen the person."""
        known = self._known.get(person_id)
        if known is None:
            return {"confirmation": None, "confirmed_at": None}
        return {"confirmation": known.state.value, "confirmed_at": moment(known.confirmed_at, self._zone)}
