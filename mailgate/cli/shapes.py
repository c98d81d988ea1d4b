"""The JSON of cases, comments and mails, as scripts rely on it: English keys, ISO 8601 times with the desk's offset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mailgate.desk.eligibility import coverage
from mailgate.desk.lifecycle import CommentState, ConsentState
from mailgate.flow.context import Context
from mailgate.flow.round_text import text_of_round
from mailgate.flow.standing import can_be_answered, is_late
from mailgate.screening.finding import Finding
from mailgate.store import (
    attachments,
    audit,
    cases,
    comments,
    consents,
    findings,
    invitations,
    outbox,
    overrides,
    rounds,
    spool,
    teachers,
)
from mailgate.store.findings import Judged

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around some cases in other tables; one statement for each, however many cases they are."""

    asked: dict[int, list[invitations.Invitation]]
    written: dict[int, list[comments.Comment]]
    tags: dict[int, list[str]]
    teachers: dict[int, str]
    findings_open: dict[tuple[int, int], int]
    approved: dict[tuple[int, int], str]
    consents: dict[tuple[int, str], ConsentState]
    asked_consent: set[tuple[int, int]]
    stopped: dict[int, list[outbox.OutboxEntry]]


def case_summaries(ctx: Context, found: Sequence[cases.Case]) -> list[Document]:
    """Cases as `case list` has them: no name, no address."""
    numbers = [case.number for case in found]
    around = _Around(
        asked=invitations.of_cases(ctx.tx, numbers),
        written=comments.of_cases(ctx.tx, numbers),
        tags=cases.tags_of(ctx.tx, numbers),
        teachers=teachers.handles(ctx.tx, {case.teacher_id for case in found if case.teacher_id is not None}),
        findings_open=findings.counts_open(ctx.tx, numbers),
        approved=rounds.approved(ctx.tx, numbers),
        consents=consents.states(ctx.tx, numbers),
        asked_consent=consents.asked_in(ctx.tx, numbers),
        stopped=outbox.stopped(ctx.tx, numbers),
    )
    return [_summary(ctx, case, around) for case in found]


def _summary(ctx: Context, case: cases.Case, around: _Around) -> Document:
    zone, this_round = ctx.policy.timezone, (case.number, case.round)
    asked, written = around.asked[case.number], around.written[case.number]
    return {
        "number": case.number,
        "state": case.state.value,
        "held_reason": case.held_reason,
        "round": case.round,
        "desk": case.desk,
        "subject": case.subject,
        "received_at": moment(case.received_at, zone),
        "due_at": moment(case.due_at, zone),
        "teacher": around.teachers[case.teacher_id] if case.teacher_id is not None else None,
        "assignee": case.assignee or None,
        "tags": around.tags[case.number],
        "findings_open": around.findings_open.get(this_round, 0),
        "approved": this_round in around.approved,
        "consent": _consent(ctx, case, around),
        "ready": can_be_answered(case, asked, written),
        "to_review": sum(1 for one in written if one.state is CommentState.PENDING and one.round == case.round),
        "late": is_late(case, ctx.now),
        "destroyed_at": moment(case.destroyed_at, zone),
        "stopped": [{"id": one.id, "kind": one.kind, "reason": one.reason} for one in around.stopped[case.number]],
        "invitations": [_invitation(one, zone) for one in asked],
        "comments": [comment_document(one, zone) for one in written],
    }


def case_document(ctx: Context, number: int) -> Document:
    """A case as `case show` has it: everything that an operator may see without a reason."""
    case, zone = cases.get(ctx.tx, number), ctx.policy.timezone
    approval = rounds.get(ctx.tx, number, case.round).approval
    (summary,) = case_summaries(ctx, [case])
    mail_date, said = _dates_of_mail(ctx, case)
    sent, mails = rounds.entries(ctx.tx, number), outbox.entries(ctx.tx, (), number)
    return summary | {
        "mail_date": moment(mail_date, zone),
        "mail_date_said": moment(said, zone),
        "coverage": _coverage(ctx, case),
        "other_cases": _other_cases(ctx, case),
        "attachments": sum(one.attachments for one in sent),
        "attachments_released": len(attachments.released(ctx.tx, [one.spool_id for one in sent])),
        "text": text_of_round(ctx, number, case.round),
        "approved_text": approval.text if approval else None,
        "rounds": [
            {
                "round": one.number,
                "text": text_of_round(ctx, number, one.number),
                "approved_text": one.approval.text if one.approval else None,
                "answered_at": moment(one.answered_at, zone),
                "satisfaction": one.satisfaction,
            }
            for one in rounds.all_of(ctx.tx, number)
        ],
        "consents": [
            {
                "round": one.round,
                "state": one.state.value,
                "operator": one.operator,
                "asked_at": moment(one.asked_at, zone),
                "decided_at": moment(one.decided_at, zone),
                "reason": one.reason or None,
            }
            for one in consents.of_case(ctx.tx, number)
        ],
        "notes": [
            {"author": one.author, "written_at": moment(one.written_at, zone), "text": one.text}
            for one in cases.notes(ctx.tx, number)
        ],
        "mails": [mail_document(one, zone) for one in spool.entries(ctx.tx, (), number)],
        "outbox": [outbox_document(one, zone) for one in mails],
        "unsent": [_unsent_document(one, zone) for one in mails if one.state in outbox.WAITING],
        "history": [audit_document(one, zone) for one in audit.history(ctx.tx, number)],
    }


def comment_document(comment: comments.Comment, zone: ZoneInfo) -> Document:
    return {
        "id": comment.id,
        "case": comment.case,
        "round": comment.round,
        "member": comment.handle,
        "invitation": comment.invitation,
        "state": comment.state.value,
        "late": comment.late,
        "held_reason": comment.held_reason or None,
        "versions": comment.versions,
        "attachments": comment.attachments,
        "written": comment.written,
        "approved_text": comment.approved or None,
        "received_at": moment(comment.received_at, zone),
        "answered_at": moment(comment.answered_at, zone),
        "merged_into": comment.merged_into,
    }


def comment_mail(ctx: Context, comment: comments.Comment) -> Document:
    """The mail that the newest version came in, as `comment show` has it: its text, and how far it is believed."""
    mail = mail_document(spool.entry(ctx.tx, comment.spool_id), ctx.policy.timezone)
    return {"mail": mail["id"], "trust": mail["trust"], "reasons": mail["reasons"], "body": comment.body}


def mail_document(entry: spool.SpoolEntry, zone: ZoneInfo) -> Document:
    trust, *reasons = (entry.authentication or "").split("\n")
    return {
        "id": entry.id,
        "received_at": moment(entry.received_at, zone),
        "state": entry.state.value,
        "reason": entry.reason,
        "case": entry.case,
        "tries": entry.tries,
        "size_bytes": entry.size_bytes,
        "trust": trust or None,
        "reasons": reasons,
    }


def outbox_document(entry: outbox.OutboxEntry, zone: ZoneInfo) -> Document:
    return {
        "id": entry.id,
        "kind": entry.kind,
        "to": entry.handle,
        "case": entry.case,
        "state": entry.state.value,
        "tries": entry.tries,
        "next_try_at": moment(entry.next_try_at, zone),
        "message_id": entry.message_id,
        "reason": entry.reason,
        "created_at": moment(entry.created_at, zone),
    }


def _unsent_document(entry: outbox.OutboxEntry, zone: ZoneInfo) -> Document:
    """A mail that waits still: when it leaves at the earliest, None while a sender has it in hand."""
    return {
        "id": entry.id,
        "kind": entry.kind,
        "to": entry.handle,
        "leaves_at": None if entry.in_hand else moment(entry.next_try_at, zone),
    }


def override_document(override: overrides.Override, zone: ZoneInfo) -> Document:
    return {"operator": override.operator, "at": moment(override.at, zone), "reason": override.reason}


def audit_document(entry: audit.AuditEntry, zone: ZoneInfo) -> Document:
    return {
        "sequence": entry.sequence,
        "at": moment(entry.at, zone),
        "actor": entry.actor,
        "action": entry.action,
        "case": entry.case,
        "subject": entry.subject,
        "detail": entry.detail,
    }


def finding_document(judged: Judged) -> Document:
    return {"id": f"f{judged.id}", **_passage(judged.finding), "decision": judged.decision}


def scanned_document(position: int, finding: Finding) -> Document:
    return {"id": f"f{position}", **_passage(finding)}


def moment(at: datetime | None, zone: ZoneInfo) -> str | None:
    """ISO 8601 to the second with the offset of `zone`."""
    return at.astimezone(zone).isoformat(timespec="seconds") if at is not None else None


def _passage(finding: Finding) -> Document:
    return {
        "start": finding.start,
        "end": finding.end,
        "text": finding.text,
        "label": finding.label.value,
        "tier": finding.tier.value,
        "reason": finding.reason,
    }


def _invitation(invitation: invitations.Invitation, zone: ZoneInfo) -> Document:
    return {
        "id": invitation.id,
        "round": invitation.round,
        "member": invitation.handle,
        "state": invitation.state.value,
        "due_at": moment(invitation.due_at, zone),
    }


def _consent(ctx: Context, case: cases.Case, around: _Around) -> str | None:
    """What the teacher says to the approved text; "needed" where the desk asks, or did in this round, and has not about
    this text yet, None else."""
    digest = around.approved.get((case.number, case.round))
    if digest is None:
        return None
    known = around.consents.get((case.number, digest))
    if known is not None:
        return known.value
    return "needed" if ctx.policy.teacher_consent or (case.number, case.round) in around.asked_consent else None


def _dates_of_mail(ctx: Context, case: cases.Case) -> tuple[datetime | None, datetime | None]:
    """The day by which the case goes, from the Date field of the mail that began it: None where it has none, and the
    arrival counts. Then what the field says where that cannot be, since it lies after the arrival, which counts instead
    (a contract of next year must not cover a mail of today)."""
    if case.mail_date != case.received_at:
        return case.mail_date, None
    first = rounds.entries(ctx.tx, case.number)[0]
    raw = spool.raw(ctx.tx, first.spool_id)
    if not raw:  # of a mail that is not kept any more nobody can tell
        return case.mail_date, None
    from mailgate.mail.parse import parse  # the queue reads no mail

    said = parse(raw).date
    if said is None:
        return None, None
    return case.mail_date, said if said > case.received_at else None


def _other_cases(ctx: Context, case: cases.Case) -> list[int]:
    """The numbers of the other cases of the same teacher that are not over."""
    if case.teacher_id is None:
        return []
    return [one for one in cases.unfinished_of(ctx.tx, case.teacher_id) if one != case.number]


def _coverage(ctx: Context, case: cases.Case) -> str | None:
    """By what the teacher may consult, on the day of the mail: contract, grace, trial, none; None for a stranger."""
    if case.teacher_id is None:
        return None
    teacher = teachers.teacher(ctx.tx, case.teacher_id)
    return coverage(teacher, case.mail_date.astimezone(ctx.policy.timezone).date(), ctx.policy.grace_days).value
