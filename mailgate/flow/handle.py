"""One mail that was looked at: judge, route, act; the caller commits all that follows from it at once.

Before: `flow/looking.py`. After: the handlers, one for each `Route` of `desk/routing.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mailgate.desk.eligibility import may_consult
from mailgate.desk.lifecycle import SpoolState
from mailgate.desk.people import Teacher
from mailgate.desk.routing import (
    Agree,
    Apply,
    Arrival,
    Confirm,
    Decline,
    FollowUp,
    HoldComment,
    HoldMail,
    OpenCase,
    OpenHeldCase,
    Pause,
    Rate,
    Record,
    Report,
    Route,
    Standing,
    TakeComment,
    Thread,
    Withdraw,
    route,
)
from mailgate.desk.trust import Trust
from mailgate.flow import bounce, comment, confirm, consent, duplicates, follow_up, open_case, pausing, registration
from mailgate.flow.context import Context
from mailgate.flow.incoming import Handled, Incoming, done
from mailgate.flow.looking import Looked, author_of
from mailgate.flow.threads import answered_text, find_thread, sent_text
from mailgate.flow.vouch import Judgement, judge
from mailgate.mail.message import Kind, Message
from mailgate.mail.quoting import newly_written
from mailgate.mail.reply_address import Recipient, ToDesk, ToJoin
from mailgate.store import spool


@dataclass(frozen=True, slots=True)
class _Placed:
    """A mail whose place is known: one of our addresses, perhaps a thread of a case, and how far it is believed."""

    looked: Looked
    recipient: Recipient
    thread: Thread | None
    judgement: Judgement


def handle(ctx: Context, looked: Looked) -> tuple[Handled, str | None]:
    """What became of the mail, and the words about its author that are kept with it, if anybody was asked."""
    recipient = ctx.policy.addresses.recipient(looked.spooled.envelope.forward_paths[0])
    confirmed = bool(looked.spooled.confirmed_by)
    thread = find_thread(ctx, recipient, looked.message, confirmed) if recipient else None
    approved = thread is not None and thread.approved
    judgement = judge(ctx.policy, looked.spooled, looked.message, looked.verdict, approved)
    if recipient is None:
        handled = Handled(SpoolState.HELD, "the address was one of ours when the mail came, and is no more")
    else:
        handled = _once(ctx, _Placed(looked, recipient, thread, judgement))
    return handled, judgement.words


def _once(ctx: Context, placed: _Placed) -> Handled:
    """The effect of the mail, if it has not had it yet."""
    spooled, message, marks = placed.looked.spooled, placed.looked.message, placed.looked.marks
    # A copy that nobody believes must not stop the true one: whoever saw a mail could send it on ahead.
    earlier = spool.cases_of(ctx.tx, marks, only_believed=placed.judgement.trust is Trust.TRUSTED)
    copied = _copied(ctx, placed, earlier)
    handled = done("the same mail came before", min(copied)) if copied else _route_and_act(ctx, placed)
    if message.kind is not Kind.PERSON or handled.state is not SpoolState.DONE or handled.case is None:
        return handled
    if placed.thread is not None and isinstance(placed.recipient, ToDesk):
        duplicates.note_other_desk(ctx, spooled, placed.recipient.desk, handled.case)
    if not copied:
        duplicates.note_twins(ctx, spooled, marks, handled.case)
        duplicates.note_both(ctx, handled.case, earlier if placed.thread is None else ())
    return handled


def _copied(ctx: Context, placed: _Placed, earlier: set[int]) -> set[int]:
    """Of the cases in which the same mail had its effect, those that it would have it in again: the case of its thread,
    else those of the desk it is for. Sent to two desks it is a case at each."""
    match placed:
        case _Placed(thread=Thread(case=number)):
            return earlier & {number}
        case _Placed(recipient=ToDesk(desk)):
            return {number for number in earlier if ctx.desk_of(number).id == desk}
    return set()


def _route_and_act(ctx: Context, placed: _Placed) -> Handled:
    spooled, teacher = placed.looked.spooled, placed.looked.teacher
    message = _as_it_is_taken(ctx, placed)
    mail = Incoming(spooled.id, message, spooled.received_at, spooled.envelope.reverse_path, placed.judgement.trust)
    if teacher is None and placed.thread is None:  # registered since we looked, and their held mails released
        teacher = author_of(ctx, message)
    return _act(ctx, mail, route(_arrival(ctx, placed, mail, teacher)), teacher)


def _as_it_is_taken(ctx: Context, placed: _Placed) -> Message:
    """The mail with its newly written part as the thread shows it, and as the operator saw it who released it."""
    message = placed.looked.message
    is_in_talk, sent = placed.thread is not None, None
    if placed.thread is not None:  # now the text that it may quote is known
        sent = sent_text(ctx, message, placed.thread)
    elif isinstance(placed.recipient, ToJoin):
        sent = answered_text(ctx, message)
    if is_in_talk or sent is not None:
        found = newly_written(message.body, is_reply=True, sent=sent)
        message = replace(message, written=found.text, signature=found.signature)
    if placed.looked.spooled.confirmed_by and not message.written.strip():
        message = replace(message, written=message.body)
    return message


def _arrival(ctx: Context, placed: _Placed, mail: Incoming, teacher: Teacher | None) -> Arrival:
    sent_on, grace = mail.mail_date.astimezone(ctx.policy.timezone).date(), ctx.policy.grace_days
    asked = placed.thread is not None and placed.thread.asked
    return Arrival(
        recipient=placed.recipient,
        kind=mail.message.kind,
        has_author=mail.sender is not None and placed.judgement.author_is_clear,
        from_ourselves=mail.sender is not None and ctx.policy.addresses.recipient(mail.sender) is not None,
        written=mail.message.written,
        thread=placed.thread,
        standing=Standing(
            teacher is not None,
            teacher is not None and may_consult(teacher, sent_on, grace),
            consent.names_around_a_yes(ctx, teacher) if asked and teacher is not None else frozenset(),
        ),
        trust=mail.trust,
    )


def _act(ctx: Context, mail: Incoming, chosen: Route, teacher: Teacher | None) -> Handled:
    """One line for each route; the handler does the rest."""
    match chosen:
        case OpenCase(desk):
            assert teacher is not None, "OpenCase is for the registered"
            return open_case.open_case(ctx, mail, teacher, desk)
        case Apply():
            return registration.apply(ctx, mail)
        case Pause(wish):
            return pausing.pause(ctx, mail, wish)
        case Confirm():
            return confirm.confirm(ctx, mail)
        case OpenHeldCase():
            return open_case.open_held_case(ctx, mail, teacher, chosen)
        case FollowUp(number, grade):
            return follow_up.follow_up(ctx, mail, number, grade)
        case Withdraw(number):
            return follow_up.withdraw(ctx, mail, number)
        case Rate(number, grade):
            return follow_up.rate(ctx, number, grade)
        case Agree(number):
            return consent.agree(ctx, number)
        case TakeComment(invitation):
            return comment.take_comment(ctx, mail, invitation)
        case Decline(invitation):
            return comment.decline(ctx, mail, invitation)
        case HoldComment(invitation, reason):
            return comment.hold_comment(ctx, mail, invitation, reason)
        case Report(token):
            return bounce.take_report(ctx, mail, token)
        case Record(number, reason):
            return done(f"recorded: {reason}", number)
        case HoldMail(number, reason):
            return Handled(SpoolState.HELD, reason, number)
