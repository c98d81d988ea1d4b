"""What the register holds of somebody is not right any more: their answer becomes an application, as any form does.

Only what differs from the lines that they were mailed is kept: the answer quotes all of them. A mail in which nothing
differs, and which is no plain yes (`flow/confirm.py`), is for a person to read. Before: `flow/registration.py`, for a
sender who was asked. After: an operator approves (`flow/approve_application.py`).
"""

from __future__ import annotations

from mailgate.desk.application_form import Cells
from mailgate.desk.lifecycle import ApplicationState, ConfirmationState, SpoolState
from mailgate.desk.people import Person
from mailgate.flow import post
from mailgate.flow.ask_confirmation import handle_of, held
from mailgate.flow.context import Context
from mailgate.flow.incoming import Handled, Incoming, done
from mailgate.flow.letters import RegistrationReceived
from mailgate.mail.address import Address
from mailgate.store import applications, audit, confirmations
from mailgate.store.persons import find_person_by_address

_ASKED = frozenset(ConfirmationState) - {ConfirmationState.CURRENT}


def asked(ctx: Context, sender: Address) -> Person | None:
    """Whose address it is, if what is held of them is in question."""
    person = find_person_by_address(ctx.tx, sender)
    known = confirmations.of_person(ctx.tx, person.id) if person else None
    return person if known is not None and known.state in _ASKED else None


def correct(ctx: Context, mail: Incoming, sender: Address, person: Person, cells: Cells) -> Handled:
    """Keeps what the mail says otherwise; says that it came in."""
    before = held(ctx, person)
    changed = before.changed(cells, ctx.policy.desks.main.language)
    if not changed:
        return Handled(SpoolState.HELD, "about what the register holds of its sender, without a change")
    known = applications.open_of(ctx.tx, sender)
    if known is None:
        number = applications.add(ctx.tx, before.wish, sender, changed, mail.spool_id, ctx.now)
    else:
        number = known.id
        applications.change(ctx.tx, number, before.wish, known.cells | changed, mail.spool_id, ctx.now)
        applications.set_state(ctx.tx, number, ApplicationState.WAITING, ctx.now)
    confirmations.set_state(ctx.tx, person.id, ConfirmationState.CORRECTED, ctx.now)
    handle = handle_of(ctx, person)
    audit.record(ctx.tx, ctx.now, "teacher or member", "correct", subject=handle, detail=f"application {number}")
    if mail.may_be_answered:
        post.to_applicant(ctx, RegistrationReceived(None), sender, mail.message.message_id, handle=handle)
    return done(f"application {number}, to correct {handle}")
