"""A mail to join@: a form that is read, asked about once where something is missing, and kept for an operator.

What the applicant hears depends on the form alone, never on whom the register has. Before: `flow/handle.py`, for
senders who are believed. After: an operator approves (`flow/approve_application.py`).
"""

from __future__ import annotations

from datetime import timedelta

from mailgate.desk.application import FORM, Judged, judge
from mailgate.desk.application_form import Cells, Wish, read_form, wish_of
from mailgate.desk.form_words import label_of, line_of
from mailgate.desk.lifecycle import ApplicationState, SpoolState
from mailgate.flow import correction, post
from mailgate.flow.context import Context
from mailgate.flow.incoming import Handled, Incoming, done
from mailgate.flow.letters import (
    ConfirmationReminder,
    Paused,
    PauseUnclear,
    RegisterConfirmation,
    Registered,
    RegistrationForm,
    RegistrationIncomplete,
    RegistrationReceived,
    Resumed,
)
from mailgate.mail.address import Address
from mailgate.store import applications, audit, outbox
from mailgate.store.applications import Application

_LETTERS = (
    *(RegistrationForm, RegistrationIncomplete, RegistrationReceived, Registered),
    *(Paused, PauseUnclear, Resumed, RegisterConfirmation, ConfirmationReminder),
)
_IN_TALK = timedelta(days=30)


def apply(ctx: Context, mail: Incoming) -> Handled:
    """Takes what is filled in; asks for the rest when that was not done before, or sends the form."""
    assert mail.sender is not None, "only an author who is clear applies"
    ctx.tx.alone(f"application of {ctx.tx.keys.address_hash(mail.sender)}")  # two mails at once are one application
    cells = read_form(mail.message.written, mail.message.body)
    if (person := correction.asked(ctx, mail.sender)) is not None:
        return correction.correct(ctx, mail, mail.sender, person, cells)
    known = applications.open_of(ctx.tx, mail.sender)
    if not cells:
        return _without_a_form(ctx, mail, mail.sender)
    if known is not None and known.state is not ApplicationState.ASKED and known.cells | cells == known.cells:
        return done(f"application {known.id}: nothing new")
    number, judged = _kept(ctx, mail, mail.sender, known, cells)
    _answer(ctx, mail, mail.sender, number, judged, was_asked=known is not None)
    return done(f"application {number}")


def _without_a_form(ctx: Context, mail: Incoming, sender: Address) -> Handled:
    """The form for whoever has not had one; who is in talk with us wrote something that a person must read."""
    written = (outbox.last_written_to(ctx.tx, sender, letter.template) for letter in _LETTERS)
    if any(last is not None and ctx.now - last < _IN_TALK for last in written):
        return Handled(SpoolState.HELD, "to the address for registration, without a form")
    if mail.may_be_answered:
        language = ctx.policy.desks.main.language
        lines = {wish: tuple(line_of(column, wish, language) for column in FORM[wish]) for wish in Wish}
        letter = RegistrationForm(lines[Wish.TEACHER], lines[Wish.MEMBER])
        post.to_applicant(ctx, letter, sender, mail.message.message_id)
    return done("sent the form for registration")


def _kept(ctx: Context, mail: Incoming, sender: Address, known: Application | None, cells: Cells) -> tuple[int, Judged]:
    every = (known.cells if known else {}) | cells
    judged = judge(wish_of(every), every)
    if known is None:
        number = applications.add(ctx.tx, judged.wish, sender, every, mail.spool_id, ctx.now)
    else:
        number = known.id
        applications.change(ctx.tx, number, judged.wish, every, mail.spool_id, ctx.now)
        applications.set_state(ctx.tx, number, ApplicationState.WAITING, ctx.now)
    audit.record(ctx.tx, ctx.now, "stranger", "apply", subject=f"application {number}", detail=judged.wish)
    return number, judged


def _answer(ctx: Context, mail: Incoming, sender: Address, number: int, judged: Judged, *, was_asked: bool) -> None:
    """One question at most: what is missing after that, an operator knows or finds out."""
    if not mail.may_be_answered:
        return
    if judged.complete or was_asked:
        post.to_applicant(ctx, RegistrationReceived(judged.wish), sender, mail.message.message_id)
        return
    applications.set_state(ctx.tx, number, ApplicationState.ASKED, ctx.now)
    wish, language = judged.wish, ctx.policy.desks.main.language
    letter = RegistrationIncomplete(
        tuple(label_of(column, wish, language) for column in judged.missing),
        tuple(label_of(column, wish, language) for column in judged.unclear),
        tuple(
            line_of(column, wish, language, "" if column in judged.unclear else judged.cells.get(column, ""))
            for column in FORM[wish]
        ),
    )
    post.to_applicant(ctx, letter, sender, mail.message.message_id)
