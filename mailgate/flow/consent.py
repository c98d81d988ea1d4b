"""The teacher sees the anonymised text before any member does, and says はい; where the desk asks for it
(`desk.teacher_consent`).

The consent holds for exactly that text, and for the attachments that were released by then: a text that is approved in
other words is asked about again, and so is the same one with a further attachment. Whatever the
teacher answers but a plain yes is a follow-up like any other, voids the approval, and is read by an operator.

Who asked in a round waits in that round, also where the desk need not ask: the mail promised it.
"""

from __future__ import annotations

from datetime import timedelta

from mailgate.desk.compact import compact
from mailgate.desk.identifiers import forms_of_person, forms_of_school
from mailgate.desk.lifecycle import CaseState, ConsentState, SpoolState
from mailgate.desk.people import Teacher
from mailgate.errors import Refused
from mailgate.flow import enclosures, post
from mailgate.flow.context import Context
from mailgate.flow.incoming import Handled, done
from mailgate.flow.letters import ConsentRequest
from mailgate.store import audit, cases, consents, findings, outbox, rounds, teachers
from mailgate.store.cases import Case

_ONE_QUESTION_PER = timedelta(days=1)


def ask(ctx: Context, number: int) -> None:
    """Sends the approved text to the teacher. Raises Refused while nothing is approved, when the teacher has agreed to
    it, and when they were asked within the last day."""
    case = cases.get_for_change(ctx.tx, number)
    teacher, text = _asked(ctx, case)
    thread = outbox.last_message_id(ctx.tx, number, None)
    letter = ConsentRequest(number, text, len(enclosures.of_case(ctx, case).files))
    post.to_teacher(ctx, letter, number, teacher, thread)
    mail_id = outbox.last_mail_id(ctx.tx, number, None)
    assert mail_id is not None, "it was queued above"
    consents.add_question(ctx.tx, number, case.round, text, mail_id, ctx.actor, ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, "ask consent", case=number, detail=f"round {case.round}")


def expect_ask(ctx: Context, number: int) -> None:
    """Raises what `ask` would, before anybody is asked."""
    _asked(ctx, cases.get(ctx.tx, number))


def _asked(ctx: Context, case: Case) -> tuple[Teacher, str]:
    """Whom, and about what."""
    number = case.number
    if case.state not in (CaseState.NEW, CaseState.OPEN) or case.teacher_id is None:
        raise Refused(
            "case {number} is {state}: a question to the teacher needs a case that is new or open",
            number=number,
            state=case.state,
        )
    approval = rounds.get(ctx.tx, number, case.round).approval
    if approval is None or findings.count_open(ctx.tx, number, case.round):
        raise Refused(
            "the text of case {number} is not approved: mailgate case check {number} --redact-all", number=number
        )
    known = consents.about(ctx.tx, number, approval.text)
    if known is not None and known.state in consents.GIVEN:
        raise Refused("case {number} needs no consent any more: its text is {state}", number=number, state=known.state)
    waits_since = known.asked_at if known is not None and known.state is ConsentState.ASKED else None
    if waits_since is not None and ctx.now - waits_since < _ONE_QUESTION_PER:
        raise Refused(
            "the teacher of case {number} was asked about this text within the last day already", number=number
        )
    return teachers.teacher(ctx.tx, case.teacher_id), approval.text


def is_missing(ctx: Context, number: int) -> bool:
    """Whether the teacher must agree, perhaps once more, before the approved text goes to a member."""
    case = cases.get(ctx.tx, number)
    approval = rounds.get(ctx.tx, number, case.round).approval
    if case.state not in (CaseState.NEW, CaseState.OPEN) or approval is None or not _is_wanted(ctx, case):
        return False
    known = consents.about(ctx.tx, number, approval.text)
    return known is None or known.state not in consents.GIVEN


def agree(ctx: Context, number: int) -> Handled:
    """The teacher said yes to the text that they were asked about last."""
    case = cases.get_for_change(ctx.tx, number)
    asked = consents.newest_question(ctx.tx, number)
    if asked is not None and asked.state is ConsentState.AGREED:
        return done("consent was given already", number)
    if asked is None or asked.state is not ConsentState.ASKED or case.state not in (CaseState.NEW, CaseState.OPEN):
        return Handled(SpoolState.HELD, "consent to a text that is not asked about any more", number)
    consents.decide(ctx.tx, asked.id, ConsentState.AGREED, ctx.now)
    cases.touch(ctx.tx, number, ctx.now)
    audit.record(ctx.tx, ctx.now, "teacher", "consent", case=number, detail=f"round {asked.round}")
    return done("consent", number)


def names_around_a_yes(ctx: Context, teacher: Teacher) -> frozenset[str]:
    """What may stand in the greeting or under the yes of this teacher and says nothing: what they, their school and our
    desks are called."""
    forms = forms_of_person(teacher.person) | (forms_of_school(teacher.school) if teacher.school else frozenset())
    return frozenset({one.text for one in forms} | {compact(desk.name).text for desk in ctx.policy.desks})


def take_correction(ctx: Context, number: int) -> None:
    """The teacher wrote something else, or something more, while they were asked: the text is not agreed to."""
    asked = consents.newest_question(ctx.tx, number)
    if asked is not None and asked.state is ConsentState.ASKED:
        consents.decide(ctx.tx, asked.id, ConsentState.CORRECTED, ctx.now)
        audit.record(ctx.tx, ctx.now, "teacher", "no consent", case=number, detail=f"round {asked.round}")


def require(ctx: Context, case: Case, text: str, without: str) -> None:
    """Raises Refused while the teacher's word for `text` is missing; `without` is why an operator does without it."""
    known = consents.about(ctx.tx, case.number, text)
    if known is not None and known.state in consents.GIVEN:
        return
    if without.strip():
        consents.add_waiver(ctx.tx, case.number, case.round, text, ctx.actor, without.strip(), ctx.now)
        action, detail = "invite without consent", f"round {case.round}"
        audit.record(ctx.tx, ctx.now, ctx.actor, action, case=case.number, detail=detail)
    elif _is_wanted(ctx, case):
        if known is not None and known.state is ConsentState.ASKED:
            raise Refused(
                "case {number} waits for its teacher's consent to the text (or --without-consent REASON)",
                number=case.number,
            )
        raise Refused(
            "the teacher of case {number} has not agreed to its text: mailgate case consent {number} (or "
            "--without-consent REASON)",
            number=case.number,
        )


def _is_wanted(ctx: Context, case: Case) -> bool:
    """Whether the teacher's word counts: the desk asks every teacher, or asked this one in this round."""
    return ctx.policy.teacher_consent or (case.number, case.round) in consents.asked_in(ctx.tx, [case.number])
