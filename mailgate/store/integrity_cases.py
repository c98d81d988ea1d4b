"""States of people, cases and invitations that cannot be together, as a table: a new one is one entry more.

Each is one query over whole tables, in joins that both databases do in one pass. What may follow what is said by
`desk/lifecycle.py` and done by `flow/`; what is never true after a commit of theirs stands here.
"""

from __future__ import annotations

from sqlalchemy import String, and_, func, or_, select, type_coerce

from mailgate.desk.lifecycle import CaseState, InvitationState
from mailgate.phrase import Phrase
from mailgate.store.integrity_rows import DESTROYED, Check, gaps, without
from mailgate.store.tables import (
    CaseRow,
    ContractRow,
    EntryRow,
    InvitationRow,
    LevelRow,
    MemberRow,
    PersonAddressRow,
    PersonRow,
    RelationRow,
    ReplyTokenRow,
    RoundRow,
    SchoolRow,
    TeacherRow,
)

_WITH_TEACHER = (CaseState.NEW, CaseState.OPEN, CaseState.ANSWERED, CaseState.CLOSED)

_first = and_(PersonAddressRow.person_id == PersonRow.id, PersonAddressRow.position == 0)
_OF_THE_REGISTER = (
    Check(
        "teacher-without-address",
        Phrase("teacher {handle}: has no mail address: mailgate teacher edit {handle} --address ADDRESS"),
        without(
            select(TeacherRow.handle).join(PersonRow, TeacherRow.person_id == PersonRow.id),
            PersonAddressRow,
            _first,
        )
        .where(PersonRow.erased_at.is_(None))
        .order_by(TeacherRow.id),
    ),
    Check(
        "member-without-address",
        Phrase("member {handle}: has no mail address: mailgate member edit {handle} --address ADDRESS"),
        without(
            select(MemberRow.handle).join(PersonRow, MemberRow.person_id == PersonRow.id),
            PersonAddressRow,
            _first,
        )
        .where(PersonRow.erased_at.is_(None))
        .order_by(MemberRow.id),
    ),
)

_OF_THE_QUARTERS = (
    Check(
        "level-unknown",
        Phrase("levels {id}: what is in force in {quarter} for {side}s is no level from 1 to 8; {untouched}"),
        select(LevelRow.id, LevelRow.quarter, LevelRow.side)
        .where(or_(LevelRow.level < 1, LevelRow.level > 8))
        .order_by(LevelRow.id),
    ),
)

_RELATION_OF_NOTHING = Check(
    "relation-of-nothing",
    Phrase("relations {id}: of {handle}, and not with exactly one teacher or school; {untouched}"),
    select(RelationRow.id, MemberRow.handle)
    .join(MemberRow, RelationRow.member_id == MemberRow.id)
    .where(RelationRow.teacher_id.is_(None) == RelationRow.school_id.is_(None))
    .order_by(RelationRow.id),
)
_CONTRACT_BACKWARDS = Check(
    "contract-backwards",
    Phrase(
        "school {handle}: a contract ends before it begins: mailgate school contract {handle} --from "
        "{starts_on} --to DAY"
    ),
    select(SchoolRow.handle, ContractRow.starts_on)
    .join(SchoolRow, ContractRow.school_id == SchoolRow.id)
    .where(ContractRow.ends_on < ContractRow.starts_on)
    .order_by(ContractRow.id),
)

_case = CaseRow.id.label("case")
_OF_THE_CASE = (
    Check(
        "case-without-round",
        Phrase("case {case}: has no round {round}, in which it is; {untouched}"),
        without(
            select(_case, CaseRow.round),
            RoundRow,
            and_(RoundRow.case_id == CaseRow.id, RoundRow.number == CaseRow.round),
        ).order_by(CaseRow.id),
    ),
    Check(
        "round-ahead-of-case",
        Phrase("case {case}: is in round {round} and has a round {number}; {untouched}"),
        select(_case, CaseRow.round, RoundRow.number)
        .join(RoundRow, RoundRow.case_id == CaseRow.id)
        .where(RoundRow.number > CaseRow.round)
        .order_by(CaseRow.id, RoundRow.number),
    ),
    Check(
        "rounds-with-gap",
        Phrase("case {case}: its rounds have a gap; {untouched}"),
        gaps(RoundRow.case_id, RoundRow.number, "case"),
    ),
    Check(
        "round-without-text",
        Phrase("case {case}: has nothing that the teacher wrote in round {number}; {untouched}"),
        without(
            select(RoundRow.case_id.label("case"), RoundRow.number),
            EntryRow,
            and_(EntryRow.case_id == RoundRow.case_id, EntryRow.round == RoundRow.number),
        )
        .where(RoundRow.case_id.not_in(DESTROYED))
        .order_by(RoundRow.id),
    ),
    Check(
        "text-without-round",
        Phrase("case {case}: a text of the teacher is of round {round}, which it does not have; {untouched}"),
        without(
            select(EntryRow.case_id.label("case"), EntryRow.round),
            RoundRow,
            and_(RoundRow.case_id == EntryRow.case_id, RoundRow.number == EntryRow.round),
        ).order_by(EntryRow.id),
    ),
    Check(
        "case-without-teacher",
        Phrase("case {case}: is {state}, and has no teacher: mailgate case withdraw {case}"),
        select(_case, CaseRow.state)
        .where(CaseRow.state.in_(_WITH_TEACHER), CaseRow.teacher_id.is_(None), CaseRow.destroyed_at.is_(None))
        .order_by(CaseRow.id),
    ),
    Check(
        "held-without-reason",
        Phrase("case {case}: is held and does not say why: mailgate case release {case} or reject it"),
        select(_case).where(CaseRow.state == CaseState.HELD, CaseRow.held_reason == "").order_by(CaseRow.id),
    ),
    Check(
        "approved-round-without-text",
        Phrase("case {case}: round {number} is approved without an approved text: mailgate case check {case}"),
        select(RoundRow.case_id.label("case"), RoundRow.number)
        .where(
            RoundRow.approved_at.is_not(None),
            or_(func.length(RoundRow.approved) == 0, RoundRow.approved_digest == "", RoundRow.approved_by == ""),
        )
        .order_by(RoundRow.id),
    ),
)

_INVITATION = InvitationRow.case_id.label("case"), MemberRow.handle
_OF_THE_INVITATIONS = (
    Check(
        "open-without-invitation",
        Phrase("case {case}: is open, and nobody is invited in round {round}: mailgate case invite {case}"),
        without(
            select(_case, CaseRow.round),
            InvitationRow,
            and_(InvitationRow.case_id == CaseRow.id, InvitationRow.round == CaseRow.round),
        )
        .where(CaseRow.state == CaseState.OPEN)
        .order_by(CaseRow.id),
    ),
    Check(
        "invited-without-open-case",
        Phrase(
            "case {case}: {handle} is still invited in round {round}, and the case is {state} in round "
            "{now}; 'run-due' ends it when it is due"
        ),
        select(
            *_INVITATION,
            InvitationRow.round,
            type_coerce(CaseRow.state, String).label("state"),
            CaseRow.round.label("now"),
        )
        .join(CaseRow, InvitationRow.case_id == CaseRow.id)
        .join(MemberRow, InvitationRow.member_id == MemberRow.id)
        .where(
            InvitationRow.state == InvitationState.INVITED,
            or_(CaseRow.state != CaseState.OPEN, CaseRow.round != InvitationRow.round),
        )
        .order_by(InvitationRow.id),
    ),
    Check(
        "invitation-without-round",
        Phrase("case {case}: {handle} is invited in round {round}, which it does not have; {untouched}"),
        without(
            select(*_INVITATION, InvitationRow.round).join(MemberRow, InvitationRow.member_id == MemberRow.id),
            RoundRow,
            and_(RoundRow.case_id == InvitationRow.case_id, RoundRow.number == InvitationRow.round),
        ).order_by(InvitationRow.id),
    ),
    Check(
        "invitation-without-address",
        Phrase("case {case}: the invitation of {handle} has no reply address: mailgate case revoke {case} {handle}"),
        without(
            select(*_INVITATION).join(MemberRow, InvitationRow.member_id == MemberRow.id),
            ReplyTokenRow,
            ReplyTokenRow.invitation_id == InvitationRow.id,
        )
        .where(InvitationRow.case_id.not_in(DESTROYED))
        .order_by(InvitationRow.id),
    ),
    Check(
        "address-alive-after-withdrawal",
        Phrase("case {case}: is withdrawn, and the reply address of {handle} is still alive; {untouched}"),
        select(*_INVITATION)
        .join(ReplyTokenRow, ReplyTokenRow.invitation_id == InvitationRow.id)
        .join(CaseRow, ReplyTokenRow.case_id == CaseRow.id)
        .join(MemberRow, InvitationRow.member_id == MemberRow.id)
        .where(CaseRow.state == CaseState.WITHDRAWN, ReplyTokenRow.revoked_at.is_(None))
        .order_by(InvitationRow.id),
    ),
    Check(
        "address-of-another-case",
        Phrase("reply_tokens {id}: is of case {case}, and its invitation is of another; {untouched}"),
        select(ReplyTokenRow.id, ReplyTokenRow.case_id.label("case"))
        .join(InvitationRow, ReplyTokenRow.invitation_id == InvitationRow.id)
        .where(InvitationRow.case_id != ReplyTokenRow.case_id)
        .order_by(ReplyTokenRow.id),
    ),
)

CHECKS = (
    *_OF_THE_REGISTER,
    _RELATION_OF_NOTHING,
    _CONTRACT_BACKWARDS,
    *_OF_THE_QUARTERS,
    *_OF_THE_CASE,
    *_OF_THE_INVITATIONS,
)
