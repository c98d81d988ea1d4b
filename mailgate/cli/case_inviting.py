"""Whom a case is sent to: `candidates`, `consent`, `invite`, `remind`, `revoke`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from gettext import gettext as _

import click

from mailgate.cli import shapes
from mailgate.cli.click_words import WholeNumber
from mailgate.cli.columns import MeasuredCommand
from mailgate.cli.common import (
    MEMBER,
    NUMBER,
    Desk,
    asks,
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
from mailgate.desk.people import MemberKind
from mailgate.errors import Refused
from mailgate.flow import consent, invite, screen, withdraw

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


@click.command("consent")
@click.argument("number", type=NUMBER)
@yes_option
@pass_desk
def ask_for_consent(desk: Desk, number: int, yes: bool) -> None:
    """Send the approved text to the teacher, who agrees by reply before any member sees it.

    Example: mailgate case consent 12
    """
    screen.screen_case(desk.office, number)
    with desk.office.read(desk.actor) as ctx:
        consent.expect_ask(ctx, number)
    confirm_at_terminal(_("Send the approved text of case {number} to its teacher?").format(number=number), yes)
    with desk.office.write(desk.actor) as ctx:
        consent.ask(ctx, number)
    say(_("Asked the teacher of case {number} for consent to the text.").format(number=number))


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
    kinds, told_before = [MemberKind(one) for one in kind], False
    if picks:
        members = _picked(desk, number, kinds)
    elif asks(yes):
        with desk.office.read(desk.actor) as ctx:
            proposed = invite.proposed(ctx, number, members, best or 0, without_consent, kinds)
        members, told_before = tuple(one.handle for one in proposed), True  # whoever is shown is invited
        text = _("To be invited for case {number}: {members}")
        say(text.format(number=number, members=_(", ").join(members)), error=True)
        _say_warnings(proposed)
        confirm(_("Send the invitations for case {number}?").format(number=number), yes)
    with desk.office.write(desk.actor) as ctx:
        invited = invite.invite(ctx, number, members, best or 0, due, without_consent, kinds)
    zone = desk.office.policy.timezone
    rows = [{"id": one.invitation, "member": one.handle, "due_at": shapes.moment(one.due_at, zone)} for one in invited]
    if not told_before:
        _say_warnings(invited)
    done = _("Invited {member} for case {number}.")
    show(as_json, {"invitations": rows}, lambda: [done.format(member=one.handle, number=number) for one in invited])


def _say_warnings(found: Iterable[invite.Invited | invite.Proposed]) -> None:
    for one in found:
        if one.warning:
            say(_("note: {about}: {remark}").format(about=one.handle, remark=told(one.warning)), error=True)


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


COMMANDS = (candidates_for, ask_for_consent, invite_members, remind_members, revoke_invitations)
