"""The same for comments, and for the mail that comes and goes: what is never true after a commit of `flow/`."""

from __future__ import annotations

from sqlalchemy import and_, except_, func, or_, select
from sqlalchemy.orm import aliased

from mailgate.desk.lifecycle import CaseState, CommentState, InvitationState, OutboxState, SpoolState
from mailgate.phrase import Phrase
from mailgate.store.integrity_rows import DESTROYED, Check, gaps, without
from mailgate.store.persons import ERASED
from mailgate.store.tables import (
    CaseRow,
    CommentRow,
    CommentVersionRow,
    EntryRow,
    FindingRow,
    InvitationRow,
    MemberRow,
    OutboxRow,
    RawMailRow,
    RoundRow,
    SpoolRow,
)

ANSWER = "answer"
"""The kind of the mail that takes the comments to the teacher (flow/letters.py)."""
KEPT_AS_ENTRY = ("new case", "held case: %", "follow-up in round %")
KEPT_AS_COMMENT = ("comment", "amendment", "late comment", "held comment: %")
"""What flow/ writes into the spool about a mail of which the text was kept."""

_COUNTS = (CommentState.PENDING, CommentState.APPROVED)
_INVITATION = InvitationRow.case_id.label("case"), MemberRow.handle
_OF_ERASED = (
    select(InvitationRow.id)
    .join(MemberRow, InvitationRow.member_id == MemberRow.id)
    .where(MemberRow.person_id.in_(ERASED))
)
_counting = aliased(CommentRow)
_comment = CommentRow.id.label("comment")
_OF_THE_COMMENTS = (
    Check(
        "commented-without-comment",
        Phrase("case {case}: {handle} has commented, and no comment is there: mailgate mail list, then mail retry"),
        without(
            select(*_INVITATION).join(MemberRow, InvitationRow.member_id == MemberRow.id),
            _counting,
            and_(
                _counting.invitation_id == InvitationRow.id,
                _counting.state != CommentState.HELD,
                _counting.merged_into.is_(None),
            ),
        )
        .where(InvitationRow.state == InvitationState.COMMENTED, InvitationRow.case_id.not_in(DESTROYED))
        .order_by(InvitationRow.id),
    ),
    Check(
        "comment-without-text",
        Phrase("comment {comment}: has no version, so no text; {untouched}"),
        without(
            select(_comment),
            CommentVersionRow,
            CommentVersionRow.comment_id == CommentRow.id,
        ).order_by(CommentRow.id),
    ),
    Check(
        "versions-with-gap",
        Phrase("comment {comment}: its versions have a gap; {untouched}"),
        gaps(CommentVersionRow.comment_id, CommentVersionRow.number, "comment"),
    ),
    Check(
        "comment-of-another-round",
        Phrase("comment {comment}: is of case {case}, round {round}, and its invitation is not; {untouched}"),
        select(_comment, CommentRow.case_id.label("case"), CommentRow.round)
        .join(InvitationRow, CommentRow.invitation_id == InvitationRow.id)
        .where(or_(CommentRow.case_id != InvitationRow.case_id, CommentRow.round != InvitationRow.round))
        .order_by(CommentRow.id),
    ),
    Check(
        "two-comments-at-once",
        Phrase(
            "case {case}: {handle} has {count} comments where one counts: mailgate comment list --case "
            "{case}, and reject the others"
        ),
        select(*_INVITATION, func.count().label("count"))
        .join(MemberRow, InvitationRow.member_id == MemberRow.id)
        .join(CommentRow, CommentRow.invitation_id == InvitationRow.id)
        .where(
            CommentRow.state.in_(_COUNTS),
            CommentRow.merged_into.is_(None),
            CommentRow.late.is_(False),
            CommentRow.answered_at.is_(None),
        )
        .group_by(InvitationRow.id, InvitationRow.case_id, MemberRow.handle)
        .having(func.count() > 1)
        .order_by(InvitationRow.id),
    ),
    Check(
        "approved-comment-without-text",
        Phrase("comment {comment}: is approved, and has no approved text: mailgate comment approve {comment}"),
        select(_comment)
        .where(CommentRow.state == CommentState.APPROVED, func.length(CommentRow.approved) == 0)
        .where(CommentRow.invitation_id.not_in(_OF_ERASED))
        .order_by(CommentRow.id),
    ),
    Check(
        "finding-of-nothing",
        Phrase("findings {id}: is not of exactly one text; {untouched}"),
        select(FindingRow.id)
        .where(FindingRow.round_id.is_(None) == FindingRow.comment_id.is_(None))
        .order_by(FindingRow.id),
    ),
)

_answers = (
    select(OutboxRow.case_id, func.count().label("mails"), func.max(OutboxRow.created_at).label("newest"))
    .where(OutboxRow.kind == ANSWER)
    .group_by(OutboxRow.case_id)
    .subquery()
)
_answered = (
    select(RoundRow.case_id, func.count().label("rounds"), func.max(RoundRow.answered_at).label("newest"))
    .where(RoundRow.answered_at.is_not(None), RoundRow.case_id.not_in(DESTROYED))
    .group_by(RoundRow.case_id)
    .subquery()
)
_text_lost = except_(  # not a join: PostgreSQL takes what LIKE finds for a few rows, and looks at every text for each
    select(SpoolRow.id).where(
        SpoolRow.state == SpoolState.DONE,
        or_(SpoolRow.case_id.is_(None), SpoolRow.case_id.not_in(DESTROYED)),
        or_(*(SpoolRow.reason.like(words) for words in KEPT_AS_ENTRY + KEPT_AS_COMMENT)),
    ),
    select(EntryRow.spool_id),
    select(CommentVersionRow.spool_id),
)
_OF_THE_MAIL = (
    Check(
        "answered-without-round",
        Phrase("case {case}: is answered, and its round {round} is not: mailgate case close {case}, then reopen it"),
        select(CaseRow.id.label("case"), CaseRow.round)
        .join(RoundRow, and_(RoundRow.case_id == CaseRow.id, RoundRow.number == CaseRow.round))
        .where(CaseRow.state == CaseState.ANSWERED, RoundRow.answered_at.is_(None))
        .order_by(CaseRow.id),
    ),
    Check(
        "answered-without-mail",
        Phrase(
            "case {case}: a round is answered, and no answer is in the outbox: look at it with mailgate "
            "case show {case}, close and reopen it, and answer again"
        ),
        select(_answered.c.case_id.label("case"))
        .outerjoin(_answers, _answers.c.case_id == _answered.c.case_id)
        .where(
            or_(
                _answers.c.mails.is_(None),
                _answers.c.mails < _answered.c.rounds,
                _answers.c.newest < _answered.c.newest,
            )
        )
        .order_by(_answered.c.case_id),
    ),
    Check(
        "mail-for-nobody",
        Phrase("mail {id}: was accepted, and is in nobody's spool; {untouched}"),
        without(
            select(RawMailRow.id),
            SpoolRow,
            SpoolRow.raw_id == RawMailRow.id,
        ).order_by(RawMailRow.id),
    ),
    Check(
        "done-without-text",
        Phrase("mail {id}: is done ({reason}), and its text is in no case; {untouched}"),
        select(SpoolRow.id, SpoolRow.reason).where(SpoolRow.id.in_(_text_lost)).order_by(SpoolRow.id),
    ),
    Check(
        "sent-without-time",
        Phrase("outgoing mail {id}: was sent, and nobody knows when: mailgate outbox show {id}"),
        select(OutboxRow.id)
        .where(OutboxRow.state == OutboxState.SENT, OutboxRow.sent_at.is_(None))
        .order_by(OutboxRow.id),
    ),
    Check(
        "mail-of-another-case",
        Phrase("outgoing mail {id}: is of case {case}, and its invitation is of another; {untouched}"),
        select(OutboxRow.id, OutboxRow.case_id.label("case"))
        .join(InvitationRow, OutboxRow.invitation_id == InvitationRow.id)
        .where(OutboxRow.case_id.is_distinct_from(InvitationRow.case_id))
        .order_by(OutboxRow.id),
    ),
)

CHECKS = _OF_THE_COMMENTS + _OF_THE_MAIL
