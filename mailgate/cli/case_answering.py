"""From a case to its answer: `check`, `candidates`, `consent`, `invite`, `remind`, `revoke`, `preview`, `answer`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from gettext import gettext as _
from typing import Any

import click

from mailgate.cli import shapes
from mailgate.cli.check import check_options, decisions_from, print_findings
from mailgate.cli.click_words import WholeNumber
from mailgate.cli.columns import MeasuredCommand
from mailgate.cli.common import (
    MEMBER,
    NUMBER,
    Desk,
    at_a_terminal,
    confirm,
    confirm_at_terminal,
    forget_typed_ahead,
    json_option,
    listed,
    pass_desk,
    say,
    show,
    told,
    yes_option,
)
from mailgate.cli.days import DAY
from mailgate.cli.from_register import expect_no_slip, left_in_round
from mailgate.cli.next_step import next_step
from mailgate.cli.program import typed_here
from mailgate.desk.people import MemberKind
from mailgate.errors import Refused
from mailgate.flow import compilation, invite, review, screen, withdraw
from mailgate.flow.round_text import text_of_round
from mailgate.mail.folding import folded
from mailgate.store import cases, outbox, rounds


@click.command("check")
@click.argument("number", type=NUMBER)
@check_options
@json_option
@pass_desk
def check_case(desk: Desk, /, number: int, as_json: bool, **given: Any) -> None:
    """Show what may identify somebody, and decide it; the text is approved once nothing is open.

    Example: mailgate case check 12 --redact-all --keep f4
    """
    screen.screen_case(desk.office, number)
    with desk.office.read(desk.actor) as ctx:
        text = text_of_round(ctx, number, cases.get(ctx.tx, number).round)
        judged = review.check_round(ctx, number, review.Decisions())
        if given["edit"]:
            review.expect_check(ctx, number)
    decisions = decisions_from(judged, text, **given)
    with desk.office.read(desk.actor) as ctx:
        left = left_in_round(ctx, number, decisions)
    expect_no_slip(left, given["yes"] or not decisions.any)
    if decisions.any:
        with desk.office.write(desk.actor) as ctx:
            judged = review.check_round(ctx, number, decisions)
    with desk.office.read(desk.actor) as ctx:
        (document,) = shapes.case_summaries(ctx, [cases.get(ctx.tx, number)])
        approval = rounds.get(ctx.tx, number, document["round"]).approval
    print_findings(as_json, judged, text, approval.text if approval else None, next_step(document))


kind_option = click.option(
    "--kind",
    type=click.Choice([one.value for one in MemberKind]),
    multiple=True,
    help="Only members of this kind; may be repeated.",
)


@click.command("candidates", cls=MeasuredCommand)
@click.argument("number", type=NUMBER)
@kind_option
@click.option("--limit", type=WholeNumber(1), default=1000, show_default=True, help="No more candidates than these.")
@json_option
@pass_desk
def candidates_for(desk: Desk, number: int, kind: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Rank the members for a case, and say who is excluded and why.

    Example: mailgate case candidates 12 --kind 弁護士
    """
    with desk.office.read(desk.actor) as ctx:
        ranking = invite.rank_members(ctx, number, [MemberKind(one) for one in kind], limit)
    fitting = [
        {"member": one.handle, "kind": one.kind.value, "reasons": list(one.reasons)} for one in ranking.candidates
    ]
    excluded = [{"member": one.handle, "reason": one.reason} for one in ranking.excluded]

    def text() -> Iterable[str]:
        yield _("Best first:") if fitting else _("Nobody can be invited.")
        yield from (f"  {one.handle}  {listed(one.reasons)}" for one in ranking.candidates)
        if ranking.left_out:
            yield _("  and {count} more: --limit shows them").format(count=ranking.left_out)
        yield _("Excluded:") if excluded else _("Nobody is excluded.")
        yield from (f"  {one.handle}  {told(one.reason)}" for one in ranking.excluded)

    document = {"candidates": fitting, "excluded": excluded, "left_out": ranking.left_out}
    show(as_json, document, text)


@click.command("invite", cls=MeasuredCommand)
@click.argument("number", type=NUMBER)
@click.argument("members", nargs=-1, type=MEMBER)
@click.option("--best", type=WholeNumber(1), metavar="K", help="Invite the K best candidates.")
@kind_option
@click.option("--due", type=DAY, metavar="DATE", help="Until when to answer, instead of the usual time.")
@click.option("--without-consent", metavar="REASON", default="", help="Do without the teacher's word for the text.")
@yes_option
@json_option
@pass_desk
def invite_members(
    desk: Desk,
    number: int,
    members: tuple[str, ...],
    best: int | None,
    kind: tuple[str, ...],
    due: date | None,
    without_consent: str,
    yes: bool,
    as_json: bool,
) -> None:
    """Invite members to comment: those named by handle, or the best candidates; in a terminal, those ticked in a list.

    Example: mailgate case invite 12 M-7F3K M-2Q9X
    """
    picks = not members and not best and not yes and not as_json and at_a_terminal()
    if not picks and bool(members) == bool(best):
        raise click.UsageError(_("name members (see 'mailgate case candidates'), or say --best K"))
    if kind and not best and not picks:
        raise click.UsageError(_("--kind goes with --best: whoever is named is of one kind already"))
    screen.screen_case(desk.office, number)
    if picks:
        members = _picked(desk, number, [MemberKind(one) for one in kind])
    else:
        with desk.office.read(desk.actor) as ctx:
            invite.require_ready(ctx, number)
        confirm_at_terminal(_("Send the invitations for case {number}?").format(number=number), yes)
    with desk.office.write(desk.actor) as ctx:
        kinds = [MemberKind(one) for one in kind]
        invited = invite.invite(ctx, number, members, best or 0, due, without_consent, kinds)
    zone = desk.office.policy.timezone
    rows = [{"id": one.invitation, "member": one.handle, "due_at": shapes.moment(one.due_at, zone)} for one in invited]
    for one in invited:
        if one.warning:
            say(_("note: {about}: {remark}").format(about=one.handle, remark=told(one.warning)), error=True)
    done = _("Invited {member} for case {number}.")
    show(as_json, {"invitations": rows}, lambda: [done.format(member=one.handle, number=number) for one in invited])


def _picked(desk: Desk, number: int, kinds: Sequence[MemberKind]) -> tuple[str, ...]:
    """What the operator ticks in a list of the candidates; raises Refused where they stop, or nobody can be asked."""
    from mailgate.cli.triage.pages import members_choice
    from mailgate.cli.triage.picking import Picking

    with desk.office.read(desk.actor) as ctx:
        invite.require_ready(ctx, number)
        choice = members_choice(ctx, number, kinds)
    if not choice.rows:
        raise Refused("nobody can be invited for case {number}: mailgate case candidates {number}", number=number)
    forget_typed_ahead()
    picked = Picking(_("Whom to invite for case {number}?").format(number=number), choice).run(inline=True)
    if picked is None:
        raise Refused("nothing was done")
    return picked


@click.command("remind")
@click.argument("number", type=NUMBER)
@click.argument("members", nargs=-1, type=MEMBER)
@yes_option
@pass_desk
def remind_members(desk: Desk, number: int, members: tuple[str, ...], yes: bool) -> None:
    """Remind the invited members who have not answered, or those named.

    Example: mailgate case remind 12
    """
    with desk.office.read(desk.actor) as ctx:
        invite.expect_remind(ctx, number, members)
    confirm_at_terminal(_("Send reminders for case {number}?").format(number=number), yes)
    with desk.office.write(desk.actor) as ctx:
        reminded = invite.remind(ctx, number, members)
    say(_("Reminded {members}.").format(members=_(", ").join(reminded)))


@click.command("revoke")
@click.argument("number", type=NUMBER)
@click.argument("members", nargs=-1, type=MEMBER)
@yes_option
@pass_desk
def revoke_invitations(desk: Desk, number: int, members: tuple[str, ...], yes: bool) -> None:
    """Take back open invitations, all or those of the named members; they are told.

    Example: mailgate case revoke 12 M-7F3K
    """
    with desk.office.read(desk.actor) as ctx:
        ending = _(", ").join(withdraw.revocable(ctx, number, members))
    question = _("Take back the invitations of {members} for case {number}? Whoever has one is told.")
    confirm(question.format(members=ending, number=number), yes)
    with desk.office.write(desk.actor) as ctx:
        ended = withdraw.revoke(ctx, number, members)
    say(_("Took back the invitations of {members}.").format(members=_(", ").join(ended)))


@click.command("preview")
@click.argument("number", type=NUMBER)
@click.option(
    "--width",
    type=WholeNumber(10, 200),
    metavar="COLUMNS",
    help="Break the lines as a display of so many columns does: 40 are a phone; a full-width character takes 2.",
)
@json_option
@pass_desk
def preview_answer(desk: Desk, number: int, width: int | None, as_json: bool) -> None:
    """Show the compiled answer as it would be sent now, or as a phone would break its lines.

    Example: mailgate case preview 12 --width 40
    """
    with desk.office.read(desk.actor) as ctx:
        letter = compilation.preview(ctx, number)
        _say_left_out(compilation.left_out(ctx, number))
    body = letter.body if width is None else "\n".join(folded(letter.body, width))
    show(as_json, {"subject": letter.subject, "body": body}, lambda: [letter.subject, "", body])


@click.command("answer")
@click.argument("number", type=NUMBER)
@yes_option
@json_option
@pass_desk
def answer_case(desk: Desk, number: int, yes: bool, as_json: bool) -> None:
    """Send the approved comments to the teacher.

    Example: mailgate case answer 12
    """
    with desk.office.read(desk.actor) as ctx:
        case = cases.get(ctx.tx, number)
        compilation.preview(ctx, number)
        _say_left_out(compilation.left_out(ctx, number))
        unread = rounds.get(ctx.tx, number, case.round).approval is None
    if unread:
        text = _("The teacher added something that no member has seen: mailgate case show {number}")
        say(text.format(number=number), error=True)
    confirm(_("Send the answer of case {number} to its teacher?").format(number=number), yes)
    with desk.office.write(desk.actor) as ctx:
        sent = compilation.answer(ctx, number, case.version)
        mail = outbox.newest(ctx.tx, number, None)
        assert mail is not None, "the answer"
        waits, leaves_at = mail.created_at > ctx.now, shapes.moment(mail.created_at, ctx.policy.timezone)
    later = _("The mail leaves at {at}; until then: mailgate outbox list")
    show(
        as_json,
        {"case": number, "comments": sent, "leaves_at": leaves_at},
        lambda: [
            _("Case {number} is answered; comments sent: {count}.").format(number=number, count=len(sent)),
            *([typed_here(later.format(at=leaves_at))] if waits else []),
        ],
    )


def _say_left_out(unfit: Iterable[compilation.LeftOut]) -> None:
    for one in unfit:
        text = _("note: comment {id} is left out: {reason}")
        say(text.format(id=one.comment, reason=told(one.reason)), error=True)


COMMANDS = (
    check_case,
    candidates_for,
    invite_members,
    remind_members,
    revoke_invitations,
    preview_answer,
    answer_case,
)
