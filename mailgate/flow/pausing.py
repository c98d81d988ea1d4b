"""お休み and 再開: a member says by mail to join@ that they are not to be asked for a while, or again.

What a member set so, they may change and end so. What an operator set, and what a person must read, stays for an
operator: such a mail is held. Whoever is no member gets what anybody gets who writes there without a form, so that
nobody learns by the answer who is one. Before: `flow/handle.py`, for senders who are believed. An end that comes needs
nobody: `desk/eligibility.py` reads the day. Invitations that are out stay: declining them is another word.
"""

from __future__ import annotations

from datetime import timedelta

from mailgate.desk.eligibility import status_on
from mailgate.desk.lifecycle import SpoolState
from mailgate.desk.pause_words import PauseWish, ResumeWish, Wish
from mailgate.desk.people import Member, MemberStatus
from mailgate.errors import Refused
from mailgate.flow import membership, post, registration
from mailgate.flow.context import Context
from mailgate.flow.incoming import Handled, Incoming, done
from mailgate.flow.letters import Paused, PauseUnclear, Resumed
from mailgate.store import outbox
from mailgate.store.members import member_of_person
from mailgate.store.persons import find_person_by_address

_ASKED_LATELY = timedelta(days=30)
_SAID_LATELY = timedelta(days=1)
_HELD = "a member's word about a pause"


def pause(ctx: Context, mail: Incoming, wish: Wish) -> Handled:
    """Does what the member wishes and tells them, asks once until when, or leaves it to an operator."""
    member = _member(ctx, mail)
    if member is None:
        return registration.apply(ctx, mail)
    ctx.tx.alone(f"pause of {member.handle}")  # two mails at once are answered one after the other
    if (reason := _for_a_person(ctx, member, wish)) is not None:
        return _held(reason)
    match wish:
        case PauseWish():
            return _pause(ctx, mail, member, wish)
        case ResumeWish():
            return _resume(ctx, mail, member)


def _member(ctx: Context, mail: Incoming) -> Member | None:
    assert mail.sender is not None, "only an author who is clear is heard"
    person = find_person_by_address(ctx.tx, mail.sender)
    return member_of_person(ctx.tx, person.id) if person else None


def _for_a_person(ctx: Context, member: Member, wish: Wish) -> str | None:
    """Why an operator must read it; None when nobody need."""
    status = status_on(member, ctx.now.astimezone(ctx.policy.timezone).date())
    if wish.says_more:
        return "with more to read"
    if status not in (MemberStatus.ACTIVE, MemberStatus.PAUSED):
        return f"who is {status}"
    if status is MemberStatus.PAUSED and not membership.is_paused_by_themselves(ctx, member):
        return "whom an operator paused"
    return None


def _pause(ctx: Context, mail: Incoming, member: Member, wish: PauseWish) -> Handled:
    zone = ctx.policy.timezone
    until = wish.last_day(mail.mail_date.astimezone(zone).date()) if wish.end else None
    if wish.end and (until is None or until < ctx.now.astimezone(zone).date()):
        return _ask(ctx, mail, member)
    if (member.status, member.paused_until) != (MemberStatus.PAUSED, until):
        membership.pause_themselves(ctx, member, until)
    elif _was_written(ctx, mail, Paused.template, _SAID_LATELY):
        return done("a pause: nothing new")
    _answer(ctx, mail, member, Paused(until))
    return done(f"{member.handle} pauses" + (f" until {until}" if until else ""))


def _resume(ctx: Context, mail: Incoming, member: Member) -> Handled:
    if status_on(member, ctx.now.astimezone(ctx.policy.timezone).date()) is MemberStatus.PAUSED:
        try:
            membership.resume_themselves(ctx, member)
        except Refused:
            return _held("who cannot be activated")
    elif _was_written(ctx, mail, Resumed.template, _SAID_LATELY):
        return done("the end of a pause: nothing new")
    _answer(ctx, mail, member, Resumed())
    return done(f"{member.handle} is asked again")


def _ask(ctx: Context, mail: Incoming, member: Member) -> Handled:
    if _was_written(ctx, mail, PauseUnclear.template, _ASKED_LATELY):
        return _held("until when is not clear")
    _answer(ctx, mail, member, PauseUnclear())
    return done(f"asked {member.handle} until when they pause")


def _answer(ctx: Context, mail: Incoming, member: Member, letter: Paused | PauseUnclear | Resumed) -> None:
    """To the registered address that the member wrote from."""
    if not mail.may_be_answered or mail.sender is None:
        return
    registered = {address.key: address for address in member.person.addresses}
    to = registered.get(mail.sender.key, member.person.addresses[0])
    post.to_applicant(ctx, letter, to, mail.message.message_id, handle=member.handle)


def _was_written(ctx: Context, mail: Incoming, kind: str, lately: timedelta) -> bool:
    last = outbox.last_written_to(ctx.tx, mail.sender, kind) if mail.sender else None
    return last is not None and ctx.now - last < lately


def _held(reason: str) -> Handled:
    return Handled(SpoolState.HELD, f"{_HELD}, {reason}")
