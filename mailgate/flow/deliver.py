"""The next composed mail: claim, open, show to the gate, sign, hand to the relay, write down what became of it.

For several threads. A mail that the gate stops, or at which the gate breaks, is neither signed nor handed over.

The relay is handed in. A mail that cannot be opened or signed waits and is given up like one that is not taken; it
stops nobody. A relay that is not there is left alone for a while (`delivery_breaker`): its mails stay as they are.
Between the relay's 250 and our mark a crash sends the same octets once more.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog

from mailgate.desk import schedule
from mailgate.desk.quiet_hours import waits_until
from mailgate.errors import Later
from mailgate.events import Event
from mailgate.flow import disclosures, letters
from mailgate.flow.bounce import end_unreached
from mailgate.flow.context import Context, Office
from mailgate.flow.delivery_breaker import Attempt, Breaker
from mailgate.flow.delivery_relay import Broken, Relay, Unreached
from mailgate.flow.delivery_traffic import Traffic
from mailgate.flow.gate import Stopped, examine
from mailgate.mail.outcome import Deferred, Failed, Outcome, Sent
from mailgate.store import audit, outbox, sending
from mailgate.store.sending import InHand

_BY_ITSELF = frozenset(
    letter.template
    for letter in (letters.Reminder, letters.Digest, letters.RegisterConfirmation, letters.ConfirmationReminder)
)
_CODE_AND_STATUS = re.compile(r"[2-5]\d\d(?: [245]\.\d{1,3}\.\d{1,3})?(?= |$)")
_log = structlog.get_logger("deliver")

Answer = Outcome | Unreached | Broken | Stopped
Sign = Callable[[bytes], bytes]


def deliver_next(office: Office, relay: Relay, sign: Sign, traffic: Traffic | None = None) -> bool:
    """Sends one mail; False when there is nothing to do now: none is due, or the relay is being left alone.

    `traffic` is shared by all threads that use this relay; without it this is the only one. Raises only what the
    database raises.
    """
    traffic = traffic or Traffic(1, Breaker())
    traffic.catch_up()
    attempt = traffic.breaker.begin()
    if attempt is None:
        return False
    try:
        with traffic.in_hand(partial(_claim, office)) as mail:
            return mail is not None and _deliver(office, relay, sign, traffic, mail, attempt)
    finally:
        attempt.end()


def _claim(office: Office, busy_domains: list[str], busy_recipients: list[str]) -> InHand | None:
    with office.write() as ctx:
        while mail := sending.claim(ctx.tx, ctx.now, busy_domains, busy_recipients):
            until = _until_morning(ctx, mail)
            if until is None:
                return mail
            sending.put_off(ctx.tx, mail, until)
    return None


def _until_morning(ctx: Context, mail: InHand) -> datetime | None:
    """None: it may leave now. What mailgate writes by itself was dated outside the quiet hours; held up since, it must
    not leave in the middle of a night."""
    if mail.kind not in _BY_ITSELF:
        return None
    return waits_until(mail.created_at, ctx.now, ctx.policy.quiet_hours, ctx.policy.timezone)


def _deliver(office: Office, relay: Relay, sign: Sign, traffic: Traffic, mail: InHand, attempt: Attempt) -> bool:
    """Whether it makes sense to go on with the next one."""
    try:
        answer = _handed_over(office, relay, sign, mail)
    except Later as error:  # the database is away, and the mail was not handed over: it goes back when it can
        traffic.write_down_later(partial(_write_down, office, mail, Unreached(error.reason)))
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the mail is kept and the next one goes on
        answer = Deferred(type(error).__name__)
    else:
        _tell(attempt, answer)
    traffic.write_down(partial(_write_down, office, mail, answer))
    return not isinstance(answer, Unreached)


def _handed_over(office: Office, relay: Relay, sign: Sign, mail: InHand) -> Answer:
    with office.read() as ctx:
        letter = sending.load(ctx.tx, mail.id)
        stopped = examine(ctx, mail.id, letter)
    if stopped is not None:
        return stopped
    reverse_path = office.policy.addresses.bounce_address(letter.bounce_token)
    return relay.deliver(reverse_path, letter.recipient, sign(letter.octets))


def _tell(attempt: Attempt, answer: Answer) -> None:
    match answer:
        case Unreached(reason) | Broken(reason):
            pause_seconds = attempt.faulted()
            if pause_seconds is not None:
                _log.warning(Event.RELAY_AWAY, reason=reason, seconds=pause_seconds)
        case Sent() | Deferred() | Failed():
            attempt.answered()
        case Stopped():
            pass  # the relay was not asked


def _write_down(office: Office, mail: InHand, answer: Answer) -> None:
    with office.write() as ctx:
        match answer:
            case Sent(reply):
                sending.mark_sent(ctx.tx, mail.id, ctx.now, reply)
                disclosures.record(ctx, mail.id)
            case Unreached(reason):
                sending.give_back(ctx.tx, mail, reason)
            case Stopped():
                _stop(ctx, mail, answer)
            case Failed(reason):
                _fail(ctx, mail, reason, _code_and_status(reason))
            case Deferred(reason) | Broken(reason):
                _defer_or_give_up(ctx, mail, reason)
    outcome = type(answer).__name__.lower()
    _log.info(Event.DELIVERY, outbox_id=mail.id, outcome=outcome, tries=mail.tries, case=mail.case)


def _defer_or_give_up(ctx: Context, mail: InHand, reason: str) -> None:
    hours = ctx.policy.retry_hours
    if schedule.gives_up(mail.created_at, ctx.now, hours, mail.tries):
        _fail(ctx, mail, reason, f"given up after {hours} hours {_code_and_status(reason)}".rstrip())
        return
    chance = int.from_bytes(ctx.random_bytes(2)) / 65_536
    sending.defer(ctx.tx, mail, schedule.next_try(ctx.now, mail.tries, chance), reason)


def _stop(ctx: Context, mail: InHand, stopped: Stopped) -> None:
    """A task for the operators: `outbox list`, and the next step of the case."""
    if sending.stop(ctx.tx, mail, stopped.reason):
        audit.record(
            ctx.tx,
            ctx.now,
            ctx.actor,
            "stop outgoing",
            case=mail.case,
            subject=f"mail {mail.id}",
            detail=stopped.reason,
        )
        _log.warning(Event.STOPPED, outbox_id=mail.id, outcome=stopped.why.value, case=mail.case)


def _fail(ctx: Context, mail: InHand, reason: str, detail: str) -> None:
    """The operators see it in `outbox list` with the reason, and in the history of the case without the words of the
    relay: those may name somebody."""
    if sending.give_up(ctx.tx, mail, reason):
        audit.record(
            ctx.tx, ctx.now, ctx.actor, "delivery failed", case=mail.case, subject=f"mail {mail.id}", detail=detail
        )
        end_unreached(ctx, outbox.entry(ctx.tx, mail.id))


def _code_and_status(reason: str) -> str:
    """ "550 5.1.1" of what a relay said; empty when it said nothing."""
    found = _CODE_AND_STATUS.match(reason)
    return found[0] if found else ""
