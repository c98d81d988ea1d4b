"""The anonymity check as a step of its own: look, search (outside any transaction), write what was found.

The worker does it right after the mail; a command that shows a text does it first if the worker has not.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from mailgate.desk.people import Person
from mailgate.events import Event
from mailgate.flow.context import Context, Office
from mailgate.flow.round_text import text_of_round
from mailgate.screening.check import check
from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.known import KnownIdentity
from mailgate.store import cases, comments, findings, members, rounds, teachers
from mailgate.store.findings import OfComment, OfRound

_log = structlog.get_logger("screen")


@dataclass(frozen=True, slots=True)
class Search:
    """What is to be looked through; a text may have several parts (mails of one round), each with its signature."""

    target: OfRound | OfComment
    text: str
    signatures: tuple[str, ...]
    known: tuple[KnownIdentity, ...]


def screen_next(office: Office) -> bool:
    """Looks through one text that waits; False when none does."""
    with office.read() as ctx:
        waiting_round = rounds.unscreened(ctx.tx)
        waiting_comment = comments.unscreened(ctx.tx)
    if waiting_round is not None:
        screen_round(office, *waiting_round)
    elif waiting_comment is not None:
        screen_comment(office, waiting_comment)
    return waiting_round is not None or waiting_comment is not None


def screen_case(office: Office, number: int) -> None:
    """Makes sure that the current round of a case and its comments have been looked through."""
    with office.read() as ctx:
        case = cases.get(ctx.tx, number)
        done = rounds.get(ctx.tx, number, case.round).screened
        unscreened = [comment.id for comment in comments.of_case(ctx.tx, number) if not comment.screened]
    if not done:
        screen_round(office, number, case.round)
    for comment in unscreened:
        screen_comment(office, comment)


def screen_round(office: Office, number: int, round_number: int) -> None:
    with office.read() as ctx:
        search = search_of_round(ctx, number, round_number)
    found = _found(search)
    with office.write() as ctx:
        cases.get_for_change(ctx.tx, number)
        if text_of_round(ctx, number, round_number) == search.text:  # else a mail came meanwhile: next time
            findings.replace(ctx.tx, search.target, found)
            rounds.set_screened(ctx.tx, number, round_number, ctx.now)


def screen_comment(office: Office, comment: int) -> None:
    with office.read() as ctx:
        search = search_of_comment(ctx, comment)
    found = _found(search)
    with office.write() as ctx:
        cases.get_for_change(ctx.tx, comments.get(ctx.tx, comment).case)
        if comments.get(ctx.tx, comment).written == search.text:
            findings.replace(ctx.tx, search.target, found)
            comments.set_screened(ctx.tx, comment, ctx.now)


def _found(search: Search) -> tuple[Finding, ...]:
    """What the check finds. A text that breaks it is one finding from end to end: it stops nothing behind it, and
    nothing of it passes before an operator has decided."""
    signature = next((one for one in search.signatures if one), "")
    try:
        return check(search.text, search.known, signature)
    except Exception as error:  # noqa: BLE001 - a bug of ours, which must neither let a text pass nor block the others
        _log.error(Event.NOT_SCREENED, text=str(search.target), error=type(error).__name__)
        reason = f"the check broke on this text ({type(error).__name__}): read every word of it"
        return (Finding(0, len(search.text), search.text, Label.PERSON, Tier.SURE, reason),)


def search_of_round(ctx: Context, number: int, round_number: int) -> Search:
    case = cases.get(ctx.tx, number)
    entries = rounds.entries(ctx.tx, number, round_number)
    teacher = teachers.teacher(ctx.tx, case.teacher_id) if case.teacher_id is not None else None
    known = [ctx.school_watch.identity(ctx.tx)]
    if teacher is not None:
        known.append(_person(teacher.person))
    return Search(
        target=OfRound(rounds.get(ctx.tx, number, round_number).id),
        text=text_of_round(ctx, number, round_number),
        signatures=tuple(entry.signature for entry in entries),
        known=tuple(known),
    )


def search_of_comment(ctx: Context, comment_id: int) -> Search:
    comment = comments.get(ctx.tx, comment_id)
    teacher_id = cases.get(ctx.tx, comment.case).teacher_id
    known = [ctx.school_watch.identity(ctx.tx), _person(members.member(ctx.tx, comment.member_id).person)]
    if teacher_id is not None:
        known.append(_person(teachers.teacher(ctx.tx, teacher_id).person))
    return Search(OfComment(comment_id), comment.written, (), tuple(known))


def whole_register(ctx: Context) -> tuple[KnownIdentity, ...]:
    """Everybody and every school that is registered, for a text that belongs to no case."""
    persons = {one.person.id: one.person for one in teachers.all_teachers(ctx.tx)}
    persons |= {one.person.id: one.person for one in members.all_members(ctx.tx)}
    return (ctx.school_watch.identity(ctx.tx), *map(_person, persons.values()))


def _person(person: Person) -> KnownIdentity:
    names = tuple(name for name in (person.name, person.kana) if name)
    return KnownIdentity(names, tuple(str(address) for address in person.addresses), ())
