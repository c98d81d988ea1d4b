"""Once a year everybody in the register is mailed what is held of them, and says whether it is right.

    current -- desk.confirmation_months --> asked -- desk.confirmation_days --> reminded -- the same --> unanswered

Made by `flow/due.py`; safe to repeat: each person is taken in a transaction of their own, which looks again. At most
`desk.confirmations_per_day` mails are written in a day, those first who have waited longest, so that a missed month is
caught up without a flood. The mail has personal data in it: it goes to the first address that the register has now
(the gate asks again when it leaves), never to one that came back, and nothing of any case is in it. Answers:
`flow/confirm.py` (はい), `flow/correction.py` (anything else).

Known weakness: an address that has passed to somebody else gets what is held of the one who had it before.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from mailgate.desk import schedule
from mailgate.desk.confirmation import Held
from mailgate.desk.lifecycle import ConfirmationState
from mailgate.desk.months import months_later
from mailgate.desk.people import Person
from mailgate.desk.quiet_hours import leaves_at
from mailgate.flow import post
from mailgate.flow.context import Context, Office
from mailgate.flow.each import each
from mailgate.flow.letters import ConfirmationReminder, RegisterConfirmation
from mailgate.store import audit, confirmations
from mailgate.store.members import member_of_person, written_entry
from mailgate.store.persons import persons_by_id, undeliverable_persons
from mailgate.store.teachers import teacher_of_person

_TO_ASK = (ConfirmationState.CURRENT, ConfirmationState.UNANSWERED)
_TO_REMIND = (ConfirmationState.ASKED,)
_SILENT = (ConfirmationState.REMINDED,)
_AT_A_TIME = 1000


def run(office: Office) -> int:
    """Does what is due; how many mails were written."""
    if not office.policy.confirmation_months:
        return 0
    with office.read() as ctx:
        unseen = confirmations.has_unseen(ctx.tx)
        room = _room(ctx)
        silent = confirmations.due(ctx.tx, _SILENT, _answered_by(ctx), _AT_A_TIME)
        remind = confirmations.due(ctx.tx, _TO_REMIND, _answered_by(ctx), room)
        ask = confirmations.due(ctx.tx, _TO_ASK, _year_ago(ctx), room)
    if unseen:
        with office.write() as ctx:
            ctx.tx.alone("confirmations")
            confirmations.see_everybody(ctx.tx, ctx.now)
    each(office, _give_up, silent)
    return each(office, _remind, remind) + each(office, _ask, ask)


def held(ctx: Context, person: Person) -> Held:
    """What the register has of somebody; only as what they are asked about."""
    member = member_of_person(ctx.tx, person.id)
    return Held(teacher_of_person(ctx.tx, person.id), written_entry(ctx.tx, member) if member else None)


def handle_of(ctx: Context, person: Person) -> str:
    """By which operators know them: of the teacher, where they are both."""
    found = teacher_of_person(ctx.tx, person.id) or member_of_person(ctx.tx, person.id)
    assert found is not None, "whoever is asked is registered"
    return found.handle


def _ask(ctx: Context, person_id: int) -> bool:
    if not _may_be_mailed(ctx, person_id, _TO_ASK, _year_ago(ctx)):
        return False
    person = persons_by_id(ctx.tx, [person_id])[person_id]
    if person_id in undeliverable_persons(ctx.tx):
        confirmations.set_state(ctx.tx, person_id, ConfirmationState.UNREACHED, ctx.now)
        return False
    known = held(ctx, person)
    lines = known.lines(ctx.policy.desks.main.language)
    _write(ctx, person, RegisterConfirmation(lines, _answer_by(ctx), known.known_as), ConfirmationState.ASKED)
    return True


def _remind(ctx: Context, person_id: int) -> bool:
    if not _may_be_mailed(ctx, person_id, _TO_REMIND, _answered_by(ctx)):
        return False
    person = persons_by_id(ctx.tx, [person_id])[person_id]
    _write(ctx, person, ConfirmationReminder(_answer_by(ctx)), ConfirmationState.REMINDED)
    return True


def _give_up(ctx: Context, person_id: int) -> bool:
    ctx.tx.alone("confirmations")
    if not confirmations.is_due(ctx.tx, person_id, _SILENT, _answered_by(ctx)):
        return False
    confirmations.set_state(ctx.tx, person_id, ConfirmationState.UNANSWERED, ctx.now)
    return True


def _may_be_mailed(ctx: Context, person_id: int, states: tuple[ConfirmationState, ...], before: datetime) -> bool:
    ctx.tx.alone("confirmations")
    return confirmations.is_due(ctx.tx, person_id, states, before) and _room(ctx) > 0


def _write(
    ctx: Context, person: Person, letter: RegisterConfirmation | ConfirmationReminder, state: ConfirmationState
) -> None:
    at, handle = leaves_at(ctx.now, ctx.policy.quiet_hours, ctx.policy.timezone), handle_of(ctx, person)
    post.to_applicant(ctx, letter, person.addresses[0], handle=handle, at=at)
    confirmations.set_state(ctx.tx, person.id, state, ctx.now, mailed=True)
    audit.record(ctx.tx, ctx.now, ctx.actor, "ask to confirm", subject=handle, detail=state)


def _room(ctx: Context) -> int:
    """How many mails may still be written today."""
    today = ctx.now.astimezone(ctx.policy.timezone).date()
    midnight = datetime.combine(today, time(), ctx.policy.timezone)
    return ctx.policy.confirmations_per_day - confirmations.mailed_since(ctx.tx, midnight)


def _year_ago(ctx: Context) -> datetime:
    return months_later(ctx.now, -ctx.policy.confirmation_months)


def _answered_by(ctx: Context) -> datetime:
    return ctx.now - timedelta(days=ctx.policy.confirmation_days)


def _answer_by(ctx: Context) -> date:
    policy = ctx.policy
    return schedule.due_in(ctx.now, policy.confirmation_days, policy.timezone, policy.calendar).date()
