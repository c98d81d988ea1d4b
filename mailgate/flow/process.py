"""The next accepted mails: claim, parse, vouch, route, handle; one commit for all that follows from it.

A handler that raises changes nothing: its mail is tried again later and after a few tries set aside, where an operator
sees it (`mail list --quarantined`). The mails behind it go on meanwhile.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import structlog

import mailgate
from mailgate.desk import schedule
from mailgate.desk.eligibility import may_consult
from mailgate.desk.lifecycle import SpoolState
from mailgate.desk.people import Teacher
from mailgate.desk.routing import (
    Arrival,
    Decline,
    FollowUp,
    HoldComment,
    HoldMail,
    OpenCase,
    OpenHeldCase,
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
from mailgate.errors import ChangedMeanwhile, DnsTrouble, Later
from mailgate.events import Event
from mailgate.flow import bounce, comment, duplicates, follow_up, open_case
from mailgate.flow.context import Context, Office
from mailgate.flow.incoming import Handled, Incoming, done
from mailgate.flow.threads import find_thread, sent_text
from mailgate.flow.vouch import Judgement, judge, look
from mailgate.mail.authentication import Verdict
from mailgate.mail.message import Message
from mailgate.mail.quoting import newly_written
from mailgate.mail.reply_address import Recipient, ToDesk
from mailgate.store import spool, teachers
from mailgate.store.claim import LEASE, Claimed
from mailgate.store.spool import Marks, Spooled

MAX_TRIES = 3
_OURS = Path(mailgate.__file__).parent
_log = structlog.get_logger("process")


def process_next(office: Office, at_most: int = 1) -> int:
    """Handles the next mails, each in a commit of its own; how many, 0 when none is due.

    Raises only what the database raises.
    """
    with office.write() as ctx:
        claimed, lent_until = spool.claim(ctx.tx, ctx.now, at_most), ctx.now + LEASE / 2
    for position, one in enumerate(claimed):
        if position and office.clock() > lent_until:  # slow ones before: the rest is left to whoever is free
            _give_back(office, claimed[position:])
            break
        _process(office, one)
    return len(claimed)


def _process(office: Office, claimed: Claimed) -> None:
    try:
        if claimed.tries > MAX_TRIES:  # its workers died with it in hand
            raise RuntimeError("the worker did not survive this mail")
        handled = _handle(office, claimed)
    except Exception as error:  # noqa: BLE001 - whatever it is, the mail is kept and the next one goes on
        _set_aside(office, claimed, error)
    else:
        _log.info(
            Event.HANDLED, queue_id=claimed.id, outcome=handled.state.value, result=handled.reason, case=handled.case
        )


def _give_back(office: Office, claimed: Sequence[Claimed]) -> None:
    with office.write() as ctx:
        for one in claimed:
            spool.untouched(ctx.tx, one, ctx.now)


def _handle(office: Office, claimed: Claimed) -> Handled:
    with office.read() as ctx:
        spooled = spool.load(ctx.tx, claimed.id)
    message = office.read_mail(spooled.raw)
    with office.read() as ctx:
        teacher = _author(ctx, message)  # here, where nobody waits for us; whoever writes keeps all others waiting
    verdict = look(office.policy, office.verifier, spooled, message, office.clock())
    with office.write() as ctx:
        marks = duplicates.marks_of(ctx, message)
        ctx.tx.alone(f"mail {marks.whole}")  # two nodes with two copies of it: the second sees what the first did
        handled, words = _decide_and_act(ctx, spooled, message, verdict, marks, teacher)
        spool.finish(ctx.tx, claimed, handled.state, handled.reason, handled.case, marks, words)
    return handled


def _author(ctx: Context, message: Message) -> Teacher | None:
    return teachers.teacher_by_address(ctx.tx, message.sender.address) if message.sender.address else None


def _decide_and_act(
    ctx: Context, spooled: Spooled, message: Message, verdict: Verdict | None, marks: Marks, teacher: Teacher | None
) -> tuple[Handled, str | None]:
    """What became of the mail, and the words about its author that are kept with it."""
    recipient = ctx.policy.addresses.recipient(spooled.envelope.forward_paths[0])
    thread = find_thread(ctx, recipient, message, confirmed=bool(spooled.confirmed_by)) if recipient else None
    judgement = judge(ctx.policy, spooled, message, verdict, approved=thread is not None and thread.approved)
    handled = _route_and_act(ctx, spooled, message, recipient, thread, judgement, marks, teacher)
    return handled, judgement.words


def _route_and_act(
    ctx: Context,
    spooled: Spooled,
    message: Message,
    recipient: Recipient | None,
    thread: Thread | None,
    judgement: Judgement,
    marks: Marks,
    teacher: Teacher | None,
) -> Handled:
    if recipient is None:
        return Handled(SpoolState.HELD, "the address was one of ours when the mail came, and is no more")
    # A copy that nobody believes must not stop the true one: whoever saw a mail could send it on ahead.
    earlier = spool.cases_of(ctx.tx, marks, only_believed=judgement.trust is Trust.TRUSTED)
    if earlier and (thread.case in earlier if thread else isinstance(recipient, ToDesk)):
        return done("the same mail came before", min(earlier))
    if thread is not None:
        message = _trimmed_against_ours(ctx, message, thread)
    if spooled.confirmed_by and not message.written.strip():
        message = replace(message, written=message.body)
    mail = Incoming(spooled.id, message, spooled.received_at, spooled.envelope.reverse_path, judgement.trust)
    if teacher is None and thread is None:  # they may have been registered just now, and their held mails released
        teacher = _author(ctx, message)
    arrival = _arrival(ctx, recipient, mail, thread, teacher)
    chosen = route(replace(arrival, has_author=arrival.has_author and judgement.author_is_clear))
    handled = _act(ctx, mail, chosen, teacher)
    if handled.state is SpoolState.DONE and handled.case is not None:
        duplicates.note_twins(ctx, spooled, message, marks, handled.case)
    return handled


def _arrival(
    ctx: Context, recipient: Recipient, mail: Incoming, thread: Thread | None, teacher: Teacher | None
) -> Arrival:
    sent_on = mail.mail_date.astimezone(ctx.policy.timezone).date()
    return Arrival(
        recipient=recipient,
        kind=mail.message.kind,
        has_author=mail.sender is not None,
        from_ourselves=mail.sender is not None and ctx.policy.addresses.recipient(mail.sender) is not None,
        written=mail.message.written,
        thread=thread,
        standing=Standing(teacher is not None, teacher is not None and may_consult(teacher, sent_on)),
        trust=mail.trust,
    )


def _act(ctx: Context, mail: Incoming, chosen: Route, teacher: Teacher | None) -> Handled:
    """One line for each route; the handler does the rest."""
    match chosen:
        case OpenCase():
            assert teacher is not None, "OpenCase is for the registered"
            return open_case.open_case(ctx, mail, teacher)
        case OpenHeldCase():
            return open_case.open_held_case(ctx, mail, teacher, chosen)
        case FollowUp(number, grade):
            return follow_up.follow_up(ctx, mail, number, grade)
        case Withdraw(number):
            return follow_up.withdraw(ctx, mail, number)
        case Rate(number, grade):
            return follow_up.rate(ctx, number, grade)
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


def _trimmed_against_ours(ctx: Context, message: Message, thread: Thread) -> Message:
    """The newly written part once more, now that the text it may quote is known."""
    found = newly_written(message.body, is_reply=True, sent=sent_text(ctx, message, thread))
    return replace(message, written=found.text, signature=found.signature)


def _set_aside(office: Office, claimed: Claimed, error: Exception) -> None:
    """Later for what may pass by itself (the database is away) and for the first tries; else quarantine. Nothing when
    the lease ran out and another worker has the mail: then what was done here is undone."""
    reason = error.reason if isinstance(error, DnsTrouble) else f"{type(error).__name__} in {_where(error)}"
    _log.warning(Event.NOT_HANDLED, queue_id=claimed.id, tries=claimed.tries, error=reason)
    with suppress(ChangedMeanwhile), office.write() as ctx:
        if isinstance(error, DnsTrouble):
            received_at = spool.entry(ctx.tx, claimed.id).received_at
            spool.try_again(ctx.tx, claimed, schedule.ask_again(received_at, ctx.now), reason, counts=False)
        elif isinstance(error, Later):
            spool.try_again(ctx.tx, claimed, schedule.handle_again(ctx.now, 1), reason, counts=False)
        elif claimed.tries < MAX_TRIES:
            spool.try_again(ctx.tx, claimed, schedule.handle_again(ctx.now, claimed.tries), reason, counts=True)
        else:
            spool.finish(ctx.tx, claimed, SpoolState.QUARANTINED, reason)


def _where(error: BaseException) -> str:
    """File and line of ours that raised: enough to find a bug, and never a word of the mail."""
    stack = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in stack if Path(frame.filename).is_relative_to(_OURS)]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
