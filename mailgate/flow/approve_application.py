"""An operator decides about an application: whoever is approved is in the register, and hears of it.

A teacher's consultation that was held until then goes on by itself. Somebody who is registered already is written
anew with what they filled in, and keeps the rest; a member's status stays with the operators where it has moved on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mailgate.desk.application import judge, schools_meant
from mailgate.desk.application_form import Wish
from mailgate.desk.cells import column_and_what
from mailgate.desk.contracts import best_standing
from mailgate.desk.eligibility import MemberMove, activation_problem
from mailgate.desk.entries import PersonEntry, entry_of_person, merged_person
from mailgate.desk.lifecycle import ApplicationState, ConfirmationState
from mailgate.desk.people import MemberStatus, Person, Plan, School, Teacher
from mailgate.desk.register_rows import cells_of_teacher, member_cells, member_entry, teacher_entry
from mailgate.desk.school_names import choice
from mailgate.errors import BadInput, Refused
from mailgate.flow import post, same_person
from mailgate.flow.context import Context
from mailgate.flow.held import release_registered
from mailgate.flow.letters import Registered
from mailgate.flow.membership import move_members
from mailgate.flow.register import write_member, write_teacher
from mailgate.phrase import in_one_line, in_turn
from mailgate.store import applications, audit, cases, confirmations
from mailgate.store.applications import OPEN, Application
from mailgate.store.cases import Case
from mailgate.store.members import member_of_person, written_entry
from mailgate.store.persons import known_person
from mailgate.store.schools import all_schools, school_called
from mailgate.store.teachers import teacher_of_person

FILLED_IN = ("name", "role", "kind", "years", "credential")
"""The columns that an operator may fill in for the applicant."""
_NOTHING: Mapping[str, str] = {}
_OF_TEACHERS = frozenset({"school", "role", "years"})


@dataclass(frozen=True, slots=True)
class Approved:
    handle: str
    is_new: bool
    problem: str
    """Why a member is not active yet; else empty."""
    went_on: tuple[int, ...] = ()
    """The cases of the applicant that were held, and are in the queue now."""
    held: tuple[Case, ...] = ()
    """Those that still are."""
    uncovered: str = ""
    """The handle of the school of a teacher whom no contract covers today; else empty."""


def approve(
    ctx: Context,
    number: int,
    school: str = "",
    trial: bool = False,
    given: Mapping[str, str] = _NOTHING,
    sure: bool = False,
) -> Approved:
    """Takes the applicant into the register; `school` says which one, `trial` that it is an individual trial, `given`
    what the operator knows beside the form, or better than it (cells by column), `sure` that who has the address or
    the name of a registered person is that person, or is not (`flow/same_person.py`).

    Raises Refused, in one line with what to type, when the form does not say enough or something is not clear.
    """
    application = _undecided(ctx, number)
    application = replace(application, cells=application.cells | dict(given))
    held = cases.held_of(ctx.tx, [application.address])
    match application.wish:
        case Wish.TEACHER:
            approved = _teacher(ctx, application, school, trial, sure=sure)
        case Wish.MEMBER:
            approved = _member(ctx, application, sure=sure)
            if _is_about_the_teacher_too(ctx, application):
                _teacher(ctx, application, school, trial, sure=True)
    _settle(ctx, application)
    applications.decide(ctx.tx, number, ApplicationState.APPROVED, ctx.actor, ctx.now, approved.handle)
    audit.record(ctx.tx, ctx.now, ctx.actor, "approve application", subject=approved.handle)
    own = ctx.policy.addresses
    is_member, desk, join = application.wish is Wish.MEMBER, str(own.desk_address()), str(own.join_address())
    still_held = cases.held_of(ctx.tx, [application.address])
    taken_up = not still_held and not approved.uncovered
    letter = Registered(is_member, desk, join, approved.is_new, taken_up)
    post.to_applicant(ctx, letter, application.address, handle=approved.handle)
    return replace(
        approved,
        went_on=tuple(one for one in held if one not in still_held),
        held=tuple(cases.get(ctx.tx, one) for one in still_held),
    )


def reject(ctx: Context, number: int) -> None:
    """Ends an application without a word to the applicant. Raises Refused when it is decided."""
    _undecided(ctx, number)
    _settle(ctx, applications.get(ctx.tx, number))
    applications.decide(ctx.tx, number, ApplicationState.REJECTED, ctx.actor, ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, "reject application", subject=f"application {number}")


def _settle(ctx: Context, application: Application) -> None:
    """Whoever was asked whether what is held of them is right has answered by this, however it was decided."""
    person = known_person(ctx.tx, [application.address])
    known = confirmations.of_person(ctx.tx, person.id) if person else None
    if person is not None and known is not None and known.state is not ConfirmationState.CURRENT:
        confirmations.set_state(ctx.tx, person.id, ConfirmationState.CURRENT, ctx.now)


def _is_about_the_teacher_too(ctx: Context, application: Application) -> bool:
    """Of one who is a teacher and a member, and says something that a teacher's registration has."""
    person = known_person(ctx.tx, [application.address])
    is_teacher = person is not None and teacher_of_person(ctx.tx, person.id) is not None
    return is_teacher and not _OF_TEACHERS.isdisjoint(application.cells)


def school_of(application: Application, schools: Sequence[School]) -> School | None:
    """The one registered school that a teacher's application means, if that is clear."""
    found = schools_meant(application.cells, application.address, schools)
    return found[0] if len(found) == 1 else None


def school_without_contract(ctx: Context, application: Application) -> str:
    """The handle of the school that the applicant would be of, if no contract covers it today; else ""."""
    if application.wish is not Wish.TEACHER:
        return ""
    person = known_person(ctx.tx, [application.address])
    known = teacher_of_person(ctx.tx, person.id) if person else None
    if known is not None and not application.cells.get("school"):
        return _uncovered(ctx, known.plan, known.school)
    return _uncovered(ctx, Plan.SCHOOL, school_of(application, all_schools(ctx.tx)))


def _uncovered(ctx: Context, plan: Plan, school: School | None) -> str:
    if plan is Plan.TRIAL or school is None:
        return ""
    today = ctx.now.astimezone(ctx.policy.timezone).date()
    return "" if best_standing(school.contracts, today, ctx.policy.grace_days) else school.handle


def _undecided(ctx: Context, number: int) -> Application:
    application = applications.get(ctx.tx, number)
    if application.state not in OPEN:
        raise Refused("application {number} is {state}", number=number, state=application.state)
    return application


def _teacher(ctx: Context, application: Application, school: str, trial: bool, *, sure: bool) -> Approved:
    schools = all_schools(ctx.tx)
    person = known_person(ctx.tx, [application.address])
    known = teacher_of_person(ctx.tx, person.id) if person else None
    at, plan = _place(ctx, application, known, school, trial)
    if not sure:
        same_person.check(ctx, application, person, at.id if at else None)
    before = cells_of_teacher(known) if known else {}
    cells = before | _cells(application) | {"school": at.handle if at else "", "plan": plan.value}
    try:
        entry = teacher_entry(cells, schools)
    except BadInput as problem:
        raise _not_enough(application, problem) from None
    if person is not None:
        entry = replace(entry, person=_with_their_addresses(person, entry.person))
    action = "teacher edit" if known else "teacher add"
    teacher = write_teacher(ctx, person.id if person else None, entry, action, release_registered)
    return Approved(teacher.handle, known is None, "", uncovered=_uncovered(ctx, teacher.plan, teacher.school))


def _place(
    ctx: Context, application: Application, known: Teacher | None, school: str, trial: bool
) -> tuple[School | None, Plan]:
    """Where the teacher is to be: a form that says nothing of a school leaves a known one where they are."""
    if trial:
        return None, Plan.TRIAL
    if school:
        return school_called(ctx.tx, school), Plan.SCHOOL
    if known is not None and not application.cells.get("school"):
        return known.school, known.plan
    return _the_school(application, all_schools(ctx.tx)), Plan.SCHOOL


def _the_school(application: Application, schools: Sequence[School]) -> School:
    found = schools_meant(application.cells, application.address, schools)
    if len(found) == 1:
        return found[0]
    number, named = application.id, application.cells.get("school", "")
    say = f"mailgate application approve {number} --school NAME"
    if found:
        raise Refused("'{named}' may be {choice}: {say}", named=named, choice=choice(found), say=say)
    raise Refused(
        "no registered school is meant by '{named}': mailgate school add, then {say}; or --trial", named=named, say=say
    )


def _member(ctx: Context, application: Application, *, sure: bool) -> Approved:
    person = known_person(ctx.tx, [application.address])
    known = member_of_person(ctx.tx, person.id) if person else None
    if not sure:
        same_person.check(ctx, application, person, None)
    before = written_entry(ctx.tx, known) if known else None
    cells = (member_cells(before) if before else {}) | _cells(application)
    try:
        entry = member_entry(cells, all_schools(ctx.tx))
    except BadInput as problem:
        raise _not_enough(application, problem) from None
    if person is not None:
        entry = replace(entry, person=_with_their_addresses(person, entry.person))
    if before is not None:  # no affiliation is ever lost by a form: conflicts hang on them
        named = {one.name for one in entry.affiliations}
        kept = (one for one in before.affiliations if one.name not in named)
        entry = replace(entry, affiliations=(*entry.affiliations, *kept))
    member = write_member(ctx, person.id if person else None, entry, "member edit" if known else "member add")
    lacks = activation_problem(member) if member.status is MemberStatus.APPLIED else None
    if known is None and lacks is None:
        move_members(ctx, MemberMove.ACTIVATE, [member.handle])
    return Approved(member.handle, known is None, lacks or "")


def registered_as(ctx: Context, application: Application) -> str:
    """The handle under which the applicant is registered already; "" when they are not."""
    person = known_person(ctx.tx, [application.address])
    if person is None:
        return ""
    teacher, member = teacher_of_person(ctx.tx, person.id), member_of_person(ctx.tx, person.id)
    found = teacher if application.wish is Wish.TEACHER else member
    return found.handle if found is not None else ""


def _with_their_addresses(person: Person, filled_in: PersonEntry) -> PersonEntry:
    """What the form says of somebody known; mail goes on to the address that it went to, whichever they wrote from."""
    merged = merged_person(entry_of_person(person), filled_in, shared=True)
    return replace(merged, addresses=person.addresses)


def _cells(application: Application) -> dict[str, str]:
    cells = judge(application.wish, application.cells).cells
    return {column: value for column, value in cells.items() if column != "municipality"} | {
        "addresses": str(application.address)
    }


def _not_enough(application: Application, problem: BadInput) -> Refused:
    columns = dict.fromkeys(column_and_what(one)[0].replace("_", "-") for one in problem.problems)
    options = " ".join(f"--{column} …" for column in columns if column in FILLED_IN)
    say = f"mailgate application approve {application.id} {options}" if options else _by_hand(application)
    what = in_one_line(problem.problems)
    return Refused("application {id}: {what}: {say}", id=application.id, what=what, say=say)


def _by_hand(application: Application) -> str:
    return in_turn([f"mailgate {application.wish} add", f"mailgate application reject {application.id}"])
