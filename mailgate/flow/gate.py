"""The gate: the last look at a mail before it is signed and handed to the relay. Nothing switches it off.

It sees exactly the octets that leave, and asks three things. Has the mail the form of our letters, from us to its
reader? Is every text in it what an operator approved, every file one that was released, and nothing else there but the
words of its template? Does it name anybody whom its reader must not know: to a member the teacher, to the teacher any
invited member, to either a school of the register that is not their own?

Before: `flow/deliver.py` has claimed a mail. After: it is handed over, or stopped with a reason for the operators, who
cancel it or (two of them, and only where it names somebody) let it go: `flow/stopped.py`. Whatever raises in here keeps
the mail waiting. What the readers wrote themselves is no secret to them: that a mail came back to its author with
their own words tells them nothing, that it did not would tell them whose names the register has.

Known weaknesses: nobody is looked for in the files, which are pictures; telephone numbers of people are not in the
register; a text that waits while the wording of its template is changed is compared by its digest only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from mailgate.desk.compact import compact
from mailgate.desk.identifiers import Form, forms_of_affiliations, forms_of_person, forms_of_school
from mailgate.desk.people import Member, Teacher
from mailgate.desk.watchlist import Watchlist, named
from mailgate.errors import BadKeys, BadLetter, NotFound
from mailgate.flow.approved import APPROVED_KINDS, are_released, is_approved
from mailgate.flow.bound import Bound, bound
from mailgate.flow.context import Context
from mailgate.flow.duplicates import message_id_mark
from mailgate.flow.letters import (
    Answer,
    Clarification,
    ConsentRequest,
    Invitation,
    Letter,
    RegisterConfirmation,
    Reminder,
)
from mailgate.flow.post import STRANGER
from mailgate.flow.privacy import subject
from mailgate.flow.render import Renderer
from mailgate.mail.address import Address
from mailgate.mail.compose import wire_address
from mailgate.mail.leaving import Leaving, read_leaving
from mailgate.mail.reply_address import ToDesk, ToJoin, ToReply
from mailgate.phrase import Phrase
from mailgate.store import ancestors, cases, invitations, members, outbox, overrides, schools, teachers
from mailgate.store.digest import digest_of
from mailgate.store.outbox import OutboxEntry
from mailgate.store.sending import ToSend


class Why(StrEnum):
    """For the log, the history of the case and `outbox list`; none of them says what was found."""

    FORM = Phrase("has not the form of a letter of ours")
    ALTERED = Phrase("is not what was approved")
    NAMES = Phrase("names somebody")


@dataclass(frozen=True, slots=True)
class Stopped:
    """The mail must not leave. `handles` are those whom it names, for the operators."""

    why: Why
    handles: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        return f"{self.why}: {', '.join(self.handles)}" if self.handles else self.why.value


@dataclass(frozen=True, slots=True)
class _Parties:
    """Who belongs to the case of a mail, seen from its reader."""

    reader: Teacher | Member | None
    """None for somebody whom the register does not know."""
    others: tuple[Teacher | Member, ...]


def examine(ctx: Context, mail_id: str, sending: ToSend) -> Stopped | None:
    """None when the mail may leave. Raises what the database raises."""
    mail = outbox.entry(ctx.tx, mail_id)
    parties = _parties(ctx, mail, sending)
    try:
        leaving = read_leaving(sending.octets)
    except BadLetter:
        return Stopped(Why.FORM)
    if not (_is_ours(ctx, mail, sending, leaving) and _is_for(ctx, mail, sending, parties.reader)):
        return Stopped(Why.FORM)
    try:
        written = bound(mail.kind, outbox.letter_of(ctx.tx, mail_id))
        approved = _is_what_was_approved(ctx, mail, sending, leaving, written)
    except BadKeys:  # a text was changed, or does not open
        return Stopped(Why.ALTERED)
    if not approved:
        return Stopped(Why.ALTERED)
    handles = _named(ctx, parties, leaving, written)
    if handles and not overrides.is_let_go(ctx.tx, mail_id, sending.octets):
        return Stopped(Why.NAMES, tuple(sorted(handles)))
    return None


def _parties(ctx: Context, mail: OutboxEntry, sending: ToSend) -> _Parties:
    everybody: list[Teacher | Member] = []
    if mail.case is not None:
        teacher_id = cases.get(ctx.tx, mail.case).teacher_id
        everybody += [teachers.teacher(ctx.tx, teacher_id)] if teacher_id is not None else []
        everybody += members.invited_members(ctx.tx, mail.case)
    found = [one for one in everybody if sending.recipient.key in {address.key for address in one.person.addresses}]
    reader = next((one for one in found if one.handle == mail.handle), found[0] if found else None)
    return _Parties(reader, tuple(one for one in everybody if reader is None or one.person.id != reader.person.id))


# --- the form -------------------------------------------------------------------------------------------------------


def _is_ours(ctx: Context, mail: OutboxEntry, sending: ToSend, leaving: Leaving) -> bool:
    own = ctx.policy.addresses.recipient(leaving.sender)
    return (
        isinstance(own, ToDesk | ToJoin | ToReply)
        and leaving.reply_to in (None, leaving.sender)
        and wire_address(leaving.to) == wire_address(sending.recipient)
        and leaving.message_id == mail.message_id
        and all(
            ancestors.is_known_to_reader(ctx.tx, mail, one, message_id_mark(ctx.tx.keys, one))
            for one in leaving.ancestors
        )
    )


def _is_for(ctx: Context, mail: OutboxEntry, sending: ToSend, reader: Teacher | Member | None) -> bool:
    """Whether the address is a registered one of whom the mail was written to; a stranger has none."""
    if mail.kind == RegisterConfirmation.template:
        return _is_first_address(ctx, mail.handle, sending.recipient)
    if mail.invitation is not None:
        return isinstance(reader, Member) and reader.id == invitations.get(ctx.tx, mail.invitation).member_id
    return mail.handle == STRANGER or mail.case is None or isinstance(reader, Teacher)


def _is_first_address(ctx: Context, handle: str, recipient: Address) -> bool:
    """Whether a mail that says what the register holds of somebody goes to where their mail goes now."""
    try:
        return subject(ctx, handle).person.addresses[0].key == recipient.key
    except NotFound:  # erased since
        return False


# --- what was approved ----------------------------------------------------------------------------------------------


def _is_what_was_approved(
    ctx: Context, mail: OutboxEntry, sending: ToSend, leaving: Leaving, written: Bound | None
) -> bool:
    if not are_released(ctx, mail, written.letter if written else None, leaving.files):
        return False
    if written is None:  # composed by a version that kept nothing: then no words of anybody else may be in it
        return mail.kind not in APPROVED_KINDS
    if written.digest != digest_of(sending.octets):
        return False
    if (renderer := _renderer(ctx, written)) is not None:
        rendered = renderer.render(written.letter)
        if (leaving.subject, leaving.body) != (rendered.subject, rendered.body):
            return False
    return is_approved(ctx, mail, written.letter)


def _renderer(ctx: Context, written: Bound) -> Renderer | None:
    """That of the desk whose words these are; None when no desk has them any more."""
    ours = (ctx.renderer_of(desk) for desk in ctx.policy.desks)
    return next((one for one in ours if one.wording(written.letter.template) == written.wording), None)


# --- who is named ---------------------------------------------------------------------------------------------------


def _named(ctx: Context, parties: _Parties, leaving: Leaving, written: Bound | None) -> frozenset[str]:
    """The handles of those whom the mail names and its reader must not know.

    What the same letter says without the words of others is no find: those are our own, and the reader's.
    """
    text = compact("\n".join((leaving.sender_name, leaving.subject, leaving.body)))
    frame = compact("")
    renderer = _renderer(ctx, written) if written is not None else None
    if written is not None and renderer is not None:
        rendered = renderer.render(_without_foreign_texts(written.letter))
        frame = compact("\n".join((leaving.sender_name, rendered.subject, rendered.body)))
    lists = (Watchlist(_forms(ctx, parties.others)), ctx.school_watch.watchlist(ctx.tx))
    found = [hit for one in lists for hit in one.hits(text)]
    expected = [hit for one in lists for hit in one.hits(frame)]
    return named(found, expected, _own_schools(ctx, parties.reader))


def _forms(ctx: Context, others: Sequence[Teacher | Member]) -> Iterator[tuple[str, Form]]:
    for one in others:
        for form in (*forms_of_person(one.person), *_forms_of_places(ctx, one)):
            yield one.handle, form


def _forms_of_places(ctx: Context, one: Teacher | Member) -> Iterator[Form]:
    if isinstance(one, Member):
        yield from forms_of_affiliations(one)
    for school in schools.schools_by_id(ctx.tx, _school_ids(one)).values():
        yield from forms_of_school(school)


def _own_schools(ctx: Context, reader: Teacher | Member | None) -> frozenset[str]:
    found = schools.schools_by_id(ctx.tx, _school_ids(reader)) if reader else {}
    return frozenset(school.handle for school in found.values())


def _school_ids(one: Teacher | Member) -> set[int]:
    if isinstance(one, Teacher):
        return {one.school.id} if one.school else set()
    return {place.school_id for place in one.affiliations if place.school_id is not None}


_NOTHING = "…"


def _without_foreign_texts(letter: Letter) -> Letter:
    """The letter with nothing in it that its reader has not written and we have not."""
    match letter:
        case Invitation():
            return replace(letter, text=_NOTHING, earlier=tuple(_NOTHING for _ in letter.earlier))
        case Reminder() | ConsentRequest():
            return replace(letter, text=_NOTHING)
        case Answer():
            return replace(letter, comments=tuple(replace(one, text=_NOTHING) for one in letter.comments))
        case Clarification():
            return replace(letter, question=_NOTHING)
        case _:
            return letter
