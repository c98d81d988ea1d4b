"""The page of a mail that did not go its way, coming or leaving, and of an application. What is decided about them here
cannot be undone; who an applicant is stands behind `--reveal`, and so is approved by the command."""

from __future__ import annotations

from gettext import gettext as _

from mailgate.cli.common import told
from mailgate.cli.next_step import by_hand, next_step_of_stopped
from mailgate.cli.program import typed_here
from mailgate.cli.triage import acts
from mailgate.cli.triage.page import Body, Key, Look, Page
from mailgate.cli.triage.titles import title_of
from mailgate.cli.value_words import LETTER, RECIPIENT, word
from mailgate.desk.lifecycle import OutboxState, SpoolState
from mailgate.desk.trust import Trust
from mailgate.flow import spooled
from mailgate.flow.context import Office
from mailgate.flow.waiting import Waiting
from mailgate.mail.message import Kind
from mailgate.mail.parse import parse
from mailgate.phrase import in_one_line
from mailgate.store import outbox, spool


def outgoing_page(office: Office, actor: str, item: Waiting) -> Page:
    """A mail of ours that the gate stopped, or that could not be delivered."""
    with office.read(actor) as ctx:
        mail = outbox.entry(ctx.tx, item.id)
        octets = outbox.octets_of(ctx.tx, item.id)
    body = Body()
    to = word(RECIPIENT, mail.handle)
    body.add(_("{kind} to {handle}").format(kind=word(LETTER, mail.kind), handle=to) + "\n", Look.HEAD)
    body.add(_state(mail.state, mail.reason) + "\n\n", Look.NOTE)
    if mail.state is OutboxState.STOPPED:
        body.add(by_hand(next_step_of_stopped(mail.id, mail.reason)) + "\n\n")
    read = parse(octets)
    body.headed(read.subject if octets else _("The mail"), read.body if octets else _not_kept())
    keys = (Key("y", _("try again"), acts.send_again(mail.id)), Key("c", _("cancel"), acts.cancel(mail.id)))
    return Page(item, 0, title_of(item), body.text, keys, tuple(body.marks))


def received_page(office: Office, actor: str, item: Waiting) -> Page:
    """A received mail that is held, or that no handler could take; read as the service reads it."""
    with office.read(actor) as ctx:
        mail = spool.entry(ctx.tx, item.id)
        following = spooled.next_step(ctx, item.id)
        raw = spool.raw(ctx.tx, item.id)
    message = office.read_mail(raw)
    body = Body()
    body.add((message.subject if raw else _("The mail")) + "\n", Look.HEAD)
    body.add(_state(mail.state, mail.reason) + "\n", Look.NOTE)
    body.add(f"{_believed(mail.authentication or '')}\n")
    body.add(by_hand(told(following)) + "\n\n")
    body.headed(_("{kind}").format(kind=word(Kind, message.kind)), message.body if raw else _not_kept())
    keys = (
        Key("y", _("try again"), acts.handle_again(mail.id))
        if mail.state is SpoolState.QUARANTINED
        else Key("l", _("release: I vouch for the sender"), acts.vouch(mail.id)),
        Key("d", _("discard"), acts.discard(mail.id)),
    )
    return Page(item, 0, title_of(item), body.text, keys, tuple(body.marks))


def application_page(office: Office, actor: str, item: Waiting) -> Page:
    """That somebody has applied, and how an operator looks at it."""
    del office, actor
    look = typed_here(f"mailgate application show {item.id} --reveal REASON")
    body = Body()
    body.headed(
        _("Somebody wants to be in the register"),
        _("Who it is stands behind a reason:\n\n  {look}\n\nthen\n\n  {approve}\n  {reject}").format(
            look=look,
            approve=typed_here(f"mailgate application approve {item.id}"),
            reject=typed_here(f"mailgate application reject {item.id}"),
        ),
    )
    return Page(item, 0, title_of(item), body.text, (), tuple(body.marks))


def _state(state: OutboxState | SpoolState, reason: str) -> str:
    return _("{state}: {reason}").format(state=word(type(state), state), reason=told(reason))


def _believed(authentication: str) -> str:
    """How far the sender is believed, and why: a line each, as it is kept."""
    trust, *reasons = authentication.splitlines() or [""]
    return told(in_one_line([word(Trust, trust), *map(told, reasons)]))


def _not_kept() -> str:
    return _("(what it said is not kept any more)")
