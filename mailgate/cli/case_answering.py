"""From a case to its answer: `check`, `preview`, `answer`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from gettext import gettext as _
from gettext import ngettext
from typing import Any

import click

from mailgate.cli import shapes
from mailgate.cli.check import check_options, decisions_from, print_findings
from mailgate.cli.click_words import WholeNumber
from mailgate.cli.common import (
    NUMBER,
    Desk,
    asks,
    confirm,
    json_option,
    pass_desk,
    say,
    show,
    told,
    yes_option,
)
from mailgate.cli.from_register import expect_no_slip, left_in_round
from mailgate.cli.next_step import next_step
from mailgate.cli.program import typed_here
from mailgate.flow import compilation, invite, review, screen
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
    following = next_step(document | {"text": text})
    print_findings(as_json, judged, text, approval.text if approval else None, following)


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
        asked = invite.still_asked(ctx, case)
    silent = [{"member": one.handle, "due_at": shapes.moment(one.due_at, desk.office.policy.timezone)} for one in asked]
    if unread:
        text = _("The teacher added something that no member has seen: mailgate case show {number}")
        say(text.format(number=number), error=True)
    if silent and asks(yes):
        say(_silent(number, silent), error=True)
    confirm(_("Send the answer of case {number} to its teacher?").format(number=number), yes)
    with desk.office.write(desk.actor) as ctx:
        sent = compilation.answer(ctx, number, case.version)
        mail = outbox.newest(ctx.tx, number, None)
        assert mail is not None, "the answer"
        waits, leaves_at = mail.created_at > ctx.now, shapes.moment(mail.created_at, ctx.policy.timezone)
    later = _("The mail leaves at {at}; until then: mailgate outbox list")
    show(
        as_json,
        {"case": number, "comments": sent, "leaves_at": leaves_at, "unanswered": silent},
        lambda: [
            _("Case {number} is answered; comments sent: {count}.").format(number=number, count=len(sent)),
            *([typed_here(later.format(at=leaves_at))] if waits else []),
            *([typed_here(_silent(number, silent))] if silent else []),
        ],
    )


def _silent(number: int, silent: Sequence[Mapping[str, Any]]) -> str:
    """Who is asked no more, and what becomes of what they write all the same."""
    text = ngettext(
        "{count} invited member has not answered, and could until {day}. What comes after the answer is kept, "
        "marked late; once approved it goes to the teacher with a further mailgate case answer {number}",
        "{count} invited members have not answered, and could until {day}. What comes after the answer is kept, "
        "marked late; once approved it goes to the teacher with a further mailgate case answer {number}",
        len(silent),
    )
    day = max(str(one["due_at"])[:10] for one in silent)
    return text.format(count=len(silent), day=day, number=number)


def _say_left_out(unfit: Iterable[compilation.LeftOut]) -> None:
    for one in unfit:
        text = _("note: comment {id} is left out: {reason}")
        say(text.format(id=one.comment, reason=told(one.reason)), error=True)


COMMANDS = (check_case, preview_answer, answer_case)
