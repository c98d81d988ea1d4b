"""An operator decides about an attachment: looks at it, drawn afresh, then lets exactly that drawing leave, or nothing.

Withheld is what nobody decided about. The teacher's attachments go to members with the invitation, a member's to the
teacher with the answer (`flow/enclosures.py`). Drawing takes seconds and happens outside any transaction, by an
`Artist` that is handed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailgate.desk.attachment_words import tells_a_password, why_withheld, words_for_teacher
from mailgate.desk.lifecycle import AttachmentState, CaseState
from mailgate.errors import NotFound, Refused
from mailgate.flow.comment import held_because
from mailgate.flow.context import Context, Office
from mailgate.mail.content import LOCKED, Content
from mailgate.mail.drawing import Artist, Drawing, Look, Obstacle
from mailgate.store import attachments, audit, cases, comments, rounds, spool
from mailgate.store.attachments import Decision, Place

MOST_OCTETS = 8 * 2**20
"""Of all files that go with one mail: many mailboxes take no more than 10 MB, and base64 adds a third."""
_PASSWORD_WITHIN = timedelta(days=3)
_UNDECIDED = (CaseState.HELD, CaseState.NEW, CaseState.OPEN)


@dataclass(frozen=True, slots=True)
class OfCase:
    """What the teacher of a case sent."""

    number: int


@dataclass(frozen=True, slots=True)
class OfComment:
    id: int


Source = OfCase | OfComment


@dataclass(frozen=True, slots=True)
class Listed:
    """One attachment as an operator sees it: never by the name that its sender gave it."""

    id: int
    """Its number within the case, or within the newest mail of the comment."""
    round: int
    received_at: datetime
    look: Look | None
    """None when the mail is not kept any more, or cannot be read."""
    decision: Decision | None

    @property
    def released(self) -> bool:
        return self.decision is not None and self.decision.state is AttachmentState.RELEASED


@dataclass(frozen=True, slots=True)
class Listing:
    attachments: tuple[Listed, ...]
    passwords: tuple[int, ...]
    """Cases with a mail of the same sender that seems to bring the password of a locked one; may be the case itself."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """An attachment before anybody has looked at it."""

    place: Place
    round: int
    received_at: datetime


def listing(office: Office, source: Source, artist: Artist) -> Listing:
    """All attachments with what they are, what was decided, and what stands in the way. Raises NotFound."""
    with office.read() as ctx:
        spots = _spots(ctx, source)
        raws = {one.place.spool_id: _raw(ctx, one.place.spool_id) for one in spots}
        decided = attachments.decisions(ctx.tx, list(raws))
    looks = {spool_id: artist.look(raw) for spool_id, raw in raws.items() if raw}
    listed = tuple(
        Listed(number, one.round, one.received_at, _look_at(looks, one.place), decided.get(_key(one.place)))
        for number, one in enumerate(spots, start=1)
    )
    locked = any(one.look is not None and _is_locked(one.look) for one in listed)
    with office.read() as ctx:
        return Listing(listed, _passwords(ctx, source) if locked else ())


def show(office: Office, source: Source, number: int, artist: Artist, actor: str) -> Drawing:
    """The attachment drawn afresh, which is kept: the drawing that was looked at is the one that may be released.

    Raises Refused, with why, when it cannot be drawn.
    """
    with office.read() as ctx:
        place = _spot(ctx, source, number).place
        kept = attachments.drawing(ctx.tx, place)
        raw = _raw(ctx, place.spool_id)
    if kept is not None:
        return kept
    drawing = _drawn(raw, place, number, artist)
    with office.write(actor) as ctx:
        cases.get_for_change(ctx.tx, place.case)
        kept = attachments.drawing(ctx.tx, place)  # another operator may have been quicker
        if kept is None:
            attachments.keep_drawing(ctx.tx, place, drawing, ctx.actor, ctx.now)
            _record(ctx, "draw attachment", place, number)
    return kept or drawing


def release(ctx: Context, source: Source, number: int) -> None:
    """Lets the drawing leave that was looked at. Raises Refused before that, and when the files get too large."""
    spot = _changeable(ctx, source, number)
    drawing = attachments.drawing(ctx.tx, spot.place)
    if drawing is None:
        look = _command(source, "show", number)
        raise Refused(
            "nobody has looked at attachment {number} as it would leave: {look} (or says why it never can)",
            number=number,
            look=look,
        )
    others = [
        one.drawing
        for one in attachments.released(ctx.tx, _mails_together(ctx, source))
        if (one.spool_id, one.position) != _key(spot.place)
    ]
    if sum(len(one.octets) for one in (drawing, *others)) > MOST_OCTETS:
        raise Refused("the released attachments would have more than {mib} MiB together", mib=MOST_OCTETS // 2**20)
    attachments.release(ctx.tx, spot.place, ctx.actor, ctx.now)
    cases.touch(ctx.tx, spot.place.case, ctx.now)
    _record(ctx, "release attachment", spot.place, number)


def withhold(ctx: Context, source: Source, number: int) -> None:
    """Keeps the attachment back, from mails that are still to be written; the gate stops those that still wait."""
    spot = _changeable(ctx, source, number)
    attachments.withhold(ctx.tx, spot.place, ctx.actor, ctx.now)
    cases.touch(ctx.tx, spot.place.case, ctx.now)
    _record(ctx, "withhold attachment", spot.place, number)


def words(office: Office, number: int, attachment: int, artist: Artist) -> str:
    """What the teacher of a case may be told about an attachment that is not passed on. Raises Refused if it is."""
    found = {one.id: one for one in listing(office, OfCase(number), artist).attachments}
    one = found.get(attachment)
    if one is None:
        raise _missing(OfCase(number), attachment)
    if one.released:
        raise Refused("attachment {attachment} of case {number} is released", attachment=attachment, number=number)
    look = one.look or Look(Content.UNKNOWN, 0, Obstacle.KIND)
    with office.read() as ctx:
        language = ctx.desk_of(number).language
    return words_for_teacher(attachment, look.content, look.obstacle, language)


def _spots(ctx: Context, source: Source) -> list[_Spot]:
    match source:
        case OfCase(number):
            cases.get(ctx.tx, number)
            return [
                _Spot(Place(number, None, entry.spool_id, position), entry.round, entry.received_at)
                for entry in rounds.entries(ctx.tx, number)
                for position in range(1, entry.attachments + 1)
            ]
        case OfComment(comment_id):
            comment = comments.get(ctx.tx, comment_id)
            return [
                _Spot(Place(comment.case, comment_id, comment.spool_id, position), comment.round, comment.received_at)
                for position in range(1, comment.attachments + 1)
            ]


def _spot(ctx: Context, source: Source, number: int) -> _Spot:
    spots = _spots(ctx, source)
    if not 1 <= number <= len(spots):
        raise _missing(source, number)
    return spots[number - 1]


def _changeable(ctx: Context, source: Source, number: int) -> _Spot:
    """The attachment, locked with its case, while a decision about it can still have an effect."""
    spot = _spot(ctx, source, number)
    case = cases.get_for_change(ctx.tx, spot.place.case)
    match source:
        case OfCase(_):
            if case.state not in _UNDECIDED:
                raise Refused(
                    "case {number} is {state}: its attachments are decided", number=case.number, state=case.state
                )
        case OfComment(comment_id):
            comment = comments.get(ctx.tx, comment_id)
            if comment.answered_at is not None:
                raise Refused("comment {comment_id} was sent to the teacher already", comment_id=comment_id)
            if comment.held_reason:
                raise Refused(
                    "comment {comment_id} is held ({held_reason}): mailgate comment release {comment_id}",
                    comment_id=comment_id,
                    held_reason=held_because(comment.held_reason),
                )
    return spot


def _mails_together(ctx: Context, source: Source) -> list[str]:
    """The mails whose attachments may go with one and the same letter."""
    match source:
        case OfCase(number):
            return [entry.spool_id for entry in rounds.entries(ctx.tx, number)]
        case OfComment(comment_id):
            comment = comments.get(ctx.tx, comment_id)
            return [one.spool_id for one in comments.of_case(ctx.tx, comment.case, comment.round)]


def _drawn(raw: bytes, place: Place, number: int, artist: Artist) -> Drawing:
    if not raw:
        raise Refused("the mail of attachment {number} is not kept any more", number=number)
    drawing = artist.draw(raw, place.position)
    if isinstance(drawing, Obstacle):
        looks = artist.look(raw)
        content = looks[place.position - 1].content if len(looks) >= place.position else Content.UNKNOWN
        raise Refused(
            "attachment {number} ({content}) cannot be released: {why}",
            number=number,
            content=content,
            why=why_withheld(content, drawing),
        )
    return drawing


def _raw(ctx: Context, spool_id: str) -> bytes:
    """The mail as it came; empty when it is not kept any more."""
    return spool.raw(ctx.tx, spool_id)


def _look_at(looks: dict[str, list[Look]], place: Place) -> Look | None:
    found = looks.get(place.spool_id, [])
    return found[place.position - 1] if place.position <= len(found) else None


def _is_locked(look: Look) -> bool:
    return look.content in LOCKED or look.obstacle is Obstacle.ENCRYPTED


def _passwords(ctx: Context, source: Source) -> tuple[int, ...]:
    number = source.number if isinstance(source, OfCase) else comments.get(ctx.tx, source.id).case
    case = cases.get(ctx.tx, number)
    found = {number}
    if isinstance(source, OfCase) and case.sender is not None:
        found |= set(cases.written_by(ctx.tx, case.sender, case.received_at, case.received_at + _PASSWORD_WITHIN))
    return tuple(one for one in sorted(found) if _brings_a_password(ctx, one))


def _brings_a_password(ctx: Context, number: int) -> bool:
    return any(tells_a_password(entry.body) for entry in rounds.entries(ctx.tx, number))


def _key(place: Place) -> tuple[str, int]:
    return place.spool_id, place.position


def _record(ctx: Context, action: str, place: Place, number: int) -> None:
    subject = f"comment {place.comment}" if place.comment is not None else ""
    audit.record(ctx.tx, ctx.now, ctx.actor, action, case=place.case, subject=subject, detail=f"attachment {number}")


def _command(source: Source, verb: str, number: int) -> str:
    match source:
        case OfCase(case):
            return f"mailgate case {verb}-attachment {case} {number}"
        case OfComment(comment_id):
            return f"mailgate comment {verb}-attachment {comment_id} {number}"


def _missing(source: Source, number: int) -> NotFound:
    match source:
        case OfCase(case):
            return NotFound(
                "case {case} has no attachment {number}: 'mailgate case attachments {case}' shows them",
                case=case,
                number=number,
            )
        case OfComment(comment_id):
            command = f"mailgate comment attachments {comment_id}"
            return NotFound(
                "comment {comment_id} has no attachment {number}: '{command}' shows them",
                comment_id=comment_id,
                number=number,
                command=command,
            )
