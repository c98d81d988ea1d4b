"""`mailgate case …`: the queue, from the first look to the answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import click

from mailgate.cli import shapes
from mailgate.cli.check import check_options, decisions_from, print_findings
from mailgate.cli.common import Desk, confirm, json_option, pass_desk, show, table, yes_option
from mailgate.cli.reveal import looking, reveal_option
from mailgate.desk.lifecycle import CaseState
from mailgate.flow import compilation, invite, review, screen, triage, withdraw
from mailgate.store import cases, teachers


@click.group()
def case() -> None:
    """The case queue: look, check, invite, answer."""


@case.command("list")
@click.option("--state", type=click.Choice([state.value for state in CaseState]), multiple=True, help="Only these.")
@click.option("--mine", is_flag=True, help="Only what is assigned to you.")
@click.option("--late", is_flag=True, help="Only what is past its target date.")
@click.option("--ready", is_flag=True, help="Only what can be answered now.")
@json_option
@pass_desk
def list_cases(desk: Desk, state: tuple[str, ...], mine: bool, late: bool, ready: bool, as_json: bool) -> None:
    """Show the queue, oldest first.

    Example: mailgate case list --state new
    """
    _screen_waiting(desk)
    with desk.office.read(desk.actor) as ctx:
        found = cases.listing(ctx.tx, [CaseState(one) for one in state], desk.operator if mine else "")
        rows = [shapes.case_summary(ctx, one) for one in found]
    rows = [row for row in rows if (row["late"] or not late) and (row["ready"] or not ready)]
    columns = ("number", "state", "round", "received_at", "due_at", "teacher", "assignee", "findings_open", "subject")
    show(as_json, {"cases": rows}, lambda: table(rows, columns, "No cases."))


@case.command("show")
@click.argument("number", type=int)
@reveal_option
@json_option
@pass_desk
def show_case(desk: Desk, number: int, reveal: str | None, as_json: bool) -> None:
    """Show one case with everything an operator may see.

    Example: mailgate case show 12
    """
    screen.screen_case(desk.office, number)
    with looking(desk, "case show", f"case {number}", reveal) as ctx:
        document = shapes.case_document(ctx, number)
        if reveal is not None:
            document |= _identity(cases.get(ctx.tx, number), ctx)
    show(as_json, document, lambda: _page(document))


@case.command("check")
@click.argument("number", type=int)
@check_options
@json_option
@pass_desk
def check_case(desk: Desk, /, number: int, as_json: bool, **given: Any) -> None:
    """Show what may identify somebody, and decide it; the text is approved once nothing is open.

    Example: mailgate case check 12 --redact-all --keep f4
    """
    screen.screen_case(desk.office, number)
    with desk.office.read(desk.actor) as ctx:
        text = screen.text_of_round(ctx, number, cases.get(ctx.tx, number).round)
        judged = review.check_round(ctx, number, review.Decisions())
    decisions = decisions_from(judged, text, **given)
    if decisions.any:
        with desk.office.write(desk.actor) as ctx:
            judged = review.check_round(ctx, number, decisions)
    print_findings(
        as_json,
        judged,
        text,
        while_open=f"mailgate case check {number} --redact-all",
        when_decided=f"mailgate case candidates {number}, then mailgate case invite {number} MEMBER…",
    )


@case.command("candidates")
@click.argument("number", type=int)
@json_option
@pass_desk
def candidates_for(desk: Desk, number: int, as_json: bool) -> None:
    """Rank the members for a case, and say who is excluded and why.

    Example: mailgate case candidates 12
    """
    with desk.office.read(desk.actor) as ctx:
        ranking = invite.rank_members(ctx, number)
    fitting = [
        {"member": one.handle, "kind": one.kind.value, "reasons": list(one.reasons)} for one in ranking.candidates
    ]
    excluded = [{"member": one.handle, "reason": one.reason} for one in ranking.excluded]

    def text() -> Iterable[str]:
        yield "Best first:" if fitting else "Nobody can be invited."
        yield from (f"  {one['member']}  {'; '.join(one['reasons'])}" for one in fitting)
        yield "Excluded:" if excluded else "Nobody is excluded."
        yield from (f"  {one['member']}  {one['reason']}" for one in excluded)

    show(as_json, {"candidates": fitting, "excluded": excluded}, text)


@case.command("invite")
@click.argument("number", type=int)
@click.argument("members", nargs=-1)
@click.option("--best", type=click.IntRange(1), metavar="K", help="Invite the K best candidates.")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="Until when to answer, instead of the usual time.")
@json_option
@pass_desk
def invite_members(
    desk: Desk, number: int, members: tuple[str, ...], best: int | None, due: datetime | None, as_json: bool
) -> None:
    """Invite members to comment: those named by handle, or the best candidates.

    Example: mailgate case invite 12 M-7F3K M-2Q9X
    """
    if bool(members) == bool(best):
        raise click.UsageError("name members (see 'mailgate case candidates'), or say --best K")
    screen.screen_case(desk.office, number)
    with desk.office.write(desk.actor) as ctx:
        invited = invite.invite(ctx, number, members, best or 0, due.date() if due else None)
    zone = desk.office.policy.timezone
    rows = [{"id": one.invitation, "member": one.handle, "due_at": shapes.moment(one.due_at, zone)} for one in invited]
    show(as_json, {"invitations": rows}, lambda: [f"Invited {one.handle} for case {number}." for one in invited])


@case.command("remind")
@click.argument("number", type=int)
@click.argument("members", nargs=-1)
@pass_desk
def remind_members(desk: Desk, number: int, members: tuple[str, ...]) -> None:
    """Remind the invited members who have not answered, or those named.

    Example: mailgate case remind 12
    """
    with desk.office.write(desk.actor) as ctx:
        reminded = invite.remind(ctx, number, members)
    click.echo(f"Reminded {', '.join(reminded)}.")


@case.command("revoke")
@click.argument("number", type=int)
@click.argument("members", nargs=-1)
@yes_option
@pass_desk
def revoke_invitations(desk: Desk, number: int, members: tuple[str, ...], yes: bool) -> None:
    """Take back open invitations, all or those of the named members; they are told.

    Example: mailgate case revoke 12 M-7F3K
    """
    confirm(f"Take back the open invitations of case {number}?", yes)
    with desk.office.write(desk.actor) as ctx:
        ended = withdraw.revoke(ctx, number, members)
    click.echo(f"Took back the invitations of {', '.join(ended)}.")


@case.command("preview")
@click.argument("number", type=int)
@json_option
@pass_desk
def preview_answer(desk: Desk, number: int, as_json: bool) -> None:
    """Show the compiled answer as it would be sent now.

    Example: mailgate case preview 12
    """
    with desk.office.read(desk.actor) as ctx:
        letter = compilation.preview(ctx, number)
    show(as_json, {"subject": letter.subject, "body": letter.body}, lambda: [letter.subject, "", letter.body])


@case.command("answer")
@click.argument("number", type=int)
@yes_option
@json_option
@pass_desk
def answer_case(desk: Desk, number: int, yes: bool, as_json: bool) -> None:
    """Send the approved comments to the teacher.

    Example: mailgate case answer 12
    """
    with desk.office.read(desk.actor) as ctx:
        seen = cases.get(ctx.tx, number).version
        compilation.preview(ctx, number)
    confirm(f"Send the answer of case {number} to its teacher?", yes)
    with desk.office.write(desk.actor) as ctx:
        sent = compilation.answer(ctx, number, seen)
    show(as_json, {"case": number, "comments": sent}, lambda: [f"Case {number} is answered with {len(sent)} comments."])


@case.command("clarify")
@click.argument("number", type=int)
@click.option("--text", help="The question.")
@click.option("--text-file", type=click.File(encoding="utf-8"), help="A file with the question; - is standard input.")
@pass_desk
def clarify_case(desk: Desk, number: int, text: str | None, text_file: Any) -> None:
    """Ask the teacher a question; the answer joins the case.

    Example: mailgate case clarify 12 --text "何年生のクラスでしょうか。"
    """
    with desk.office.write(desk.actor) as ctx:
        triage.clarify(ctx, number, _text(text, text_file))
    click.echo(f"Asked the teacher of case {number}.")


@case.command("assign")
@click.argument("number", type=int)
@click.argument("operator", required=False)
@pass_desk
def assign_case(desk: Desk, number: int, operator: str | None) -> None:
    """Give a case to an operator; to yourself when none is named.

    Example: mailgate case assign 12 tanaka
    """
    with desk.office.write(desk.actor) as ctx:
        triage.assign(ctx, number, operator or desk.operator)
    click.echo(f"Case {number} is assigned to {operator or desk.operator}.")


@case.command("note")
@click.argument("number", type=int)
@click.argument("text")
@pass_desk
def note_on_case(desk: Desk, number: int, text: str) -> None:
    """Add a remark that only operators see.

    Example: mailgate case note 12 "電話で確認ずみ"
    """
    with desk.office.write(desk.actor) as ctx:
        triage.note(ctx, number, text)
    click.echo(f"Noted at case {number}.")


@case.command("tag")
@click.argument("number", type=int)
@click.argument("tags", nargs=-1)
@click.option("--remove", multiple=True, metavar="TAG", help="Take a tag away.")
@pass_desk
def tag_case(desk: Desk, number: int, tags: tuple[str, ...], remove: tuple[str, ...]) -> None:
    """Add or remove tags; topics among them find the fitting members.

    Example: mailgate case tag 12 保護者対応
    """
    with desk.office.write(desk.actor) as ctx:
        triage.tag(ctx, number, tags, remove)
    click.echo(f"Tagged case {number}.")


def _mover(name: str, act: Any, text: str, example: str, question: str = "") -> None:
    """One command for one move that needs nothing but the number; `question` is asked before what cannot be undone."""

    @case.command(name, help=f"{text}\n\nExample: {example}")
    @click.argument("number", type=int)
    @yes_option
    @pass_desk
    def command(desk: Desk, number: int, yes: bool) -> None:
        if question:
            confirm(question.format(number), yes)
        with desk.office.write(desk.actor) as ctx:
            act(ctx, number)
            state = cases.get(ctx.tx, number).state
        click.echo(f"Case {number} is {state}.")


_mover("release", triage.release, "Let a held case into the queue.", "mailgate case release 12")
_mover("reject", triage.reject, "Set a case apart as spam; nobody is told.", "mailgate case reject 12")
_mover("close", triage.close, "Close a case; the teacher's reply reopens it.", "mailgate case close 12")
_mover("reopen", triage.reopen, "Put a closed case back into the queue.", "mailgate case reopen 12")
_mover(
    "withdraw",
    triage.withdraw_for_teacher,
    "Withdraw a case for its teacher; the members are told.",
    "mailgate case withdraw 12",
    "Withdraw case {} for good?",
)


def _screen_waiting(desk: Desk) -> None:
    while screen.screen_next(desk.office):
        pass


def _identity(found: cases.Case, ctx: Any) -> dict[str, Any]:
    if found.teacher_id is None:
        return {"name": None, "addresses": [str(found.sender)] if found.sender else []}
    person = teachers.teacher(ctx.tx, found.teacher_id).person
    return {"name": person.name, "addresses": [str(one) for one in person.addresses]}


def _text(text: str | None, text_file: Any) -> str:
    if (text is None) == (text_file is None):
        raise click.UsageError("give either --text or --text-file")
    return text if text is not None else str(text_file.read())


def _page(document: dict[str, Any]) -> Iterable[str]:
    """One case as a page: what it is, what was asked, who answers, what to do next."""
    yield f"Case {document['number']}  {document['state']}  round {document['round']}  {document['subject']}"
    for key in (
        "held_reason",
        "teacher",
        "name",
        "addresses",
        "assignee",
        "received_at",
        "mail_date",
        "due_at",
        "tags",
    ):
        if document.get(key):
            yield f"  {key:12} {', '.join(document[key]) if isinstance(document[key], list) else document[key]}"
    yield from ("", "As received:", document["text"], "")
    yield from ("Approved:", document["approved_text"] or f"(not yet: {document['findings_open']} findings open)", "")
    yield from table(document["invitations"], ("id", "round", "member", "state", "due_at"), "Nobody is invited.")
    yield ""
    yield from table(document["comments"], ("id", "round", "member", "state", "late", "received_at"), "No comments.")
    for one in document["comments"]:
        yield from ("", f"Comment {one['id']} ({one['member']}, {one['state']}):", one["written"])
    for one in document["notes"]:
        yield f"Note by {one['author']}, {one['written_at']}: {one['text']}"
    yield from ("", f"Next: {_next_step(document)}")


def _next_step(document: dict[str, Any]) -> str:
    number = document["number"]
    match document["state"]:
        case "held":
            return f"mailgate case release {number}, or reject {number}"
        case "new" if not document["approved"]:
            return f"mailgate case check {number}"
        case "new":
            return f"mailgate case candidates {number}, then mailgate case invite {number} MEMBER…"
        case "open" if document["ready"]:
            return f"mailgate comment list --case {number}, then mailgate case answer {number}"
        case "open":
            return "wait for comments"
        case "answered":
            return f"mailgate case close {number}, or wait: it closes by itself"
        case _:
            return "nothing"
