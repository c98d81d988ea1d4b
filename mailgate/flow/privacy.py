"""What is held of one person, as one document: what the register says, what they wrote, what was written to them.

Never anything of the other side but what they already got: of a teacher's case no comment but as it was mailed to
them, of a member's invitation no consultation but as it was mailed to them; no handle of anybody else, no note of the
operators. `cli/privacy.py` writes it into a file; the look is in the audit log before that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailgate.desk.people import Member, Person, Teacher
from mailgate.errors import NotFound
from mailgate.flow.context import Context
from mailgate.mail.parse import parse
from mailgate.store import (
    applications,
    cases,
    comments,
    confirmations,
    erasure,
    holdings,
    invitations,
    members,
    outbox,
    rounds,
    teachers,
)
from mailgate.store.handles import read_handle

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom it is about: one human being, who may be teacher and member."""

    person: Person
    teacher: Teacher | None
    member: Member | None

    @property
    def id(self) -> int:
        return self.person.id

    @property
    def handles(self) -> tuple[str, ...]:
        return tuple(one.handle for one in (self.teacher, self.member) if one is not None)

    @property
    def handle(self) -> str:
        return " and ".join(self.handles)


def subject(ctx: Context, handle: str) -> Subject:
    """The person with this handle ("T-7F3K" or "M-…"); raises NotFound, also for one who was erased."""
    read = read_handle(handle)
    found: Teacher | Member
    if read.startswith("T-"):
        found = teachers.teacher_by_handle(ctx.tx, read)
    elif read.startswith("M-"):
        found = members.member_by_handle(ctx.tx, read)
    else:
        raise NotFound("{handle} is no handle of a person such as T-7F3K or M-2Q9X", handle=handle)
    teacher = teachers.teacher_of_person(ctx.tx, found.person.id)
    return Subject(found.person, teacher, members.member_of_person(ctx.tx, found.person.id))


def export(ctx: Context, person: Subject) -> Document:
    """Everything that is held of them, with ISO 8601 times in the desk's zone."""
    return {
        "handles": list(person.handles),
        "as_of": _moment(ctx, ctx.now),
        "register": _register(person),
        "confirmed_at": _confirmed_at(ctx, person),
        "applications": [
            {"received_at": _moment(ctx, one.received_at), "state": one.state.value, "filled_in": dict(one.cells)}
            for one in applications.of_addresses(ctx.tx, person.person.addresses)
        ],
        "consultations": [_consultation(ctx, number) for number in erasure.cases_written(ctx.tx, person.id)],
        "invitations": _invitations(ctx, person),
        "mails_sent_to_them": [_mail(ctx, mail_id) for mail_id in holdings.sent_to(ctx.tx, person.id)],
    }


def _confirmed_at(ctx: Context, person: Subject) -> str | None:
    """When they last said that what is held of them is right."""
    known = confirmations.of_person(ctx.tx, person.id)
    return _moment(ctx, known.confirmed_at) if known else None


def _register(person: Subject) -> Document:
    human = person.person
    document: Document = {
        "name": human.name,
        "kana": human.kana,
        "addresses": [str(one) for one in human.addresses],
        "age_band": human.age_band,
        "gender": human.gender,
        "teacher": None,
        "member": None,
    }
    if (teacher := person.teacher) is not None:
        document["teacher"] = {
            "handle": teacher.handle,
            "school": teacher.school.name if teacher.school else None,
            "role": teacher.role,
            "years": teacher.years,
            "school_type": teacher.school_type,
            "plan": teacher.plan.value,
        }
    if (member := person.member) is not None:
        document["member"] = {
            "handle": member.handle,
            "kind": member.kind.value,
            "years": member.years,
            "credential": member.credential,
            "affiliations": [
                {"name": one.name, "from_year": one.from_year, "to_year": one.to_year} for one in member.affiliations
            ],
            "topics": list(member.topics),
            "monthly_limit": member.monthly_limit,
            "status": member.status.value,
        }
    return document


def _consultation(ctx: Context, number: int) -> Document:
    case = cases.get(ctx.tx, number)
    texts = rounds.entries(ctx.tx, number)
    return {
        "case": number,
        "desk": case.desk,
        "state": case.state.value,
        "subject": case.subject,
        "received_at": _moment(ctx, case.received_at),
        "rounds": [
            {
                "round": one.number,
                "texts": [
                    {"received_at": _moment(ctx, text.received_at), "text": text.body}
                    for text in texts
                    if text.round == one.number
                ],
                "shown_to_members": one.released_text or None,
                "answered_at": _moment(ctx, one.answered_at),
                "satisfaction": one.satisfaction,
            }
            for one in rounds.all_of(ctx.tx, number)
        ],
    }


def _invitations(ctx: Context, person: Subject) -> list[Document]:
    if person.member is None:
        return []
    asked = [invitations.get(ctx.tx, one) for one in holdings.invitations_of(ctx.tx, person.member.id)]
    return [
        {
            "case": one.case,
            "state": one.state.value,
            "invited_at": _moment(ctx, one.invited_at),
            "comments": [
                {
                    "state": comment.state.value,
                    "sent_to_the_teacher_at": _moment(ctx, comment.answered_at),
                    "as_approved": comment.approved or None,
                    "versions": [
                        {"received_at": _moment(ctx, at), "written": written, "whole_mail": body}
                        for at, written, body in holdings.versions_of(ctx.tx, comment.id)
                    ],
                }
                for comment in comments.of_case(ctx.tx, one.case)
                # What came from another address to theirs is not known to be theirs.
                if comment.invitation == one.id and not comment.held_reason
            ],
        }
        for one in asked
    ]


def _mail(ctx: Context, mail_id: str) -> Document:
    entry, octets = outbox.entry(ctx.tx, mail_id), outbox.octets_of(ctx.tx, mail_id)
    message = parse(octets)
    return {
        "kind": entry.kind,
        "case": entry.case,
        "sent_at": _moment(ctx, entry.sent_at),
        "subject": message.subject if octets else None,
        "text": message.body if octets else None,
    }


def _moment(ctx: Context, at: datetime | None) -> str | None:
    return at.astimezone(ctx.policy.timezone).isoformat(timespec="seconds") if at is not None else None
