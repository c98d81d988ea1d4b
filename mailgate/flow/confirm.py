"""What the register holds of somebody is right: they say so by mail (はい), or an operator says it for them.

A yes counts from whoever is asked just now, from any of their addresses; of anybody else it is a mail to join@ like
any other. Nobody is answered. Before: `flow/ask_confirmation.py` has asked. A mail that came back ends the waiting.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailgate.desk.lifecycle import ConfirmationState
from mailgate.desk.people import Person
from mailgate.flow import registration
from mailgate.flow.ask_confirmation import handle_of
from mailgate.flow.context import Context
from mailgate.flow.incoming import Handled, Incoming, done
from mailgate.flow.privacy import subject
from mailgate.store import audit, confirmations
from mailgate.store.persons import find_person_by_address

_WAITED_FOR = frozenset(ConfirmationState) - {ConfirmationState.CURRENT, ConfirmationState.CORRECTED}


def confirm(ctx: Context, mail: Incoming) -> Handled:
    """はい to join@."""
    assert mail.sender is not None, "only an author who is clear is heard"
    person = find_person_by_address(ctx.tx, mail.sender)
    known = confirmations.of_person(ctx.tx, person.id) if person else None
    if person is None or known is None or known.state not in _WAITED_FOR:
        return registration.apply(ctx, mail)
    handle = _confirmed(ctx, person, "teacher or member")
    return done(f"{handle} confirms what the register holds")


def confirm_for(ctx: Context, handles: Sequence[str]) -> list[str]:
    """An operator has asked these people in another way, or knows. Raises NotFound; then nobody is confirmed."""
    found = [subject(ctx, handle) for handle in handles]
    return [_confirmed(ctx, one.person, ctx.actor) for one in found]


def end_unreached(ctx: Context, handle: str) -> None:
    """The mail that asked, or the reminder, came back."""
    person = subject(ctx, handle).person
    known = confirmations.of_person(ctx.tx, person.id)
    if known is not None and known.state in (ConfirmationState.ASKED, ConfirmationState.REMINDED):
        confirmations.set_state(ctx.tx, person.id, ConfirmationState.UNREACHED, ctx.now)


def _confirmed(ctx: Context, person: Person, actor: str) -> str:
    handle = handle_of(ctx, person)
    confirmations.set_state(ctx.tx, person.id, ConfirmationState.CURRENT, ctx.now)
    audit.record(ctx.tx, ctx.now, actor, "confirm", subject=handle)
    return handle
