"""The same for what is to be forgotten: something is left of a destroyed case or of an erased person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select, union_all

from mailgate.phrase import Phrase
from mailgate.store.destruction import NOTICE
from mailgate.store.integrity_rows import DESTROYED, Check
from mailgate.store.persons import ERASED
from mailgate.store.tables import (
    AttachmentRow,
    CaseRow,
    CommentRow,
    ConsentRow,
    DraftRow,
    EntryRow,
    MemberRow,
    NoteRow,
    OutboxRow,
    PersonAddressRow,
    PersonRow,
    RawMailRow,
    ReplyTokenRow,
    RoundRow,
    SpoolRow,
)

_TELL = Phrase("case {case}: it is destroyed, and {what} of it are left: report this, and delete them by hand")


def _left(what: Phrase, table: Any, *conditions: Any) -> Check:
    query = select(table.case_id.label("case")).where(table.case_id.in_(DESTROYED), *conditions)
    return Check(f"destroyed-case-with-{what}", _TELL, query.distinct().order_by("case"), {"what": what})


_raw_left = (
    select(SpoolRow.case_id.label("case"))
    .join(RawMailRow, SpoolRow.raw_id == RawMailRow.id)
    .where(
        SpoolRow.case_id.in_(DESTROYED),
        or_(func.length(RawMailRow.octets) > 0, SpoolRow.whole_hash.is_not(None), SpoolRow.sender_hash.is_not(None)),
    )
)
_people_left = union_all(
    select(PersonRow.id.label("person")).where(PersonRow.id.in_(ERASED), func.length(PersonRow.name) > 0),
    select(PersonAddressRow.person_id).where(PersonAddressRow.person_id.in_(ERASED)),
    select(MemberRow.person_id).where(MemberRow.person_id.in_(ERASED), func.length(MemberRow.credential) > 0),
).subquery()

CHECKS = (
    Check(
        "destroyed-case-with-names",
        _TELL,
        select(CaseRow.id.label("case"))
        .where(
            CaseRow.destroyed_at.is_not(None),
            or_(
                func.length(CaseRow.sender) > 0,
                func.length(CaseRow.subject) > 0,
                CaseRow.sender_hash != "",
                CaseRow.teacher_id.is_not(None),
            ),
        )
        .order_by(CaseRow.id),
        {"what": Phrase("names")},
    ),
    Check(
        "destroyed-case-with-mails",
        _TELL,
        _raw_left.distinct().order_by("case"),
        {"what": Phrase("mails")},
    ),
    _left(Phrase("approved-texts"), RoundRow, func.length(RoundRow.approved) > 0),
    _left(Phrase("texts"), EntryRow),
    _left(Phrase("comments"), CommentRow),
    _left(Phrase("notes"), NoteRow),
    _left(Phrase("consents"), ConsentRow),
    _left(Phrase("drafts"), DraftRow),
    _left(Phrase("attachments"), AttachmentRow),
    _left(Phrase("addresses"), ReplyTokenRow),
    _left(Phrase("letters"), OutboxRow, OutboxRow.kind != NOTICE),
    Check(
        "erased-person-with-data",
        Phrase("person {person}: is erased, and something of them is left: report this, and delete it by hand"),
        select(_people_left.c.person).distinct().order_by(_people_left.c.person),
    ),
)
