"""What operators do with a case beside inviting and answering: question, assignee, note, tags, and the plain moves."""

from __future__ import annotations

from collections.abc import Callable
from gettext import gettext as _
from pathlib import Path

import click

from mailgate.cli.common import (
    NUMBER,
    Desk,
    confirm,
    confirm_at_terminal,
    never_asks_option,
    pass_desk,
    read_text,
    say,
    text_file_option,
    yes_option,
)
from mailgate.cli.value_words import word
from mailgate.desk.lifecycle import CaseState
from mailgate.flow import merge, triage
from mailgate.flow.context import Context
from mailgate.store import cases

_Act = Callable[[Context, int], None]


@click.command("clarify")
@click.argument("number", type=NUMBER)
@click.option("--text", help="The question.")
@text_file_option
@yes_option
@pass_desk
def clarify_case(desk: Desk, number: int, text: str | None, text_file: Path | None, yes: bool) -> None:
    """Ask the teacher a question; the answer joins the case.

    Example: mailgate case clarify 12 --text "何年生のクラスでしょうか。"
    """
    question = _text(text, text_file)
    with desk.office.read(desk.actor) as ctx:
        triage.expect_clarify(ctx, number, question)
    confirm_at_terminal(_("Send this question to the teacher of case {number}?").format(number=number), yes)
    with desk.office.write(desk.actor) as ctx:
        triage.clarify(ctx, number, question)
    say(_("Asked the teacher of case {number}.").format(number=number))


@click.command("assign")
@click.argument("number", type=NUMBER)
@click.argument("operator", required=False)
@never_asks_option
@pass_desk
def assign_case(desk: Desk, number: int, operator: str | None) -> None:
    """Give a case to an operator; to yourself when none is named.

    Example: mailgate case assign 12 tanaka
    """
    with desk.office.write(desk.actor) as ctx:
        triage.assign(ctx, number, operator or desk.operator)
    text = _("Case {number} is assigned to {operator}.")
    say(text.format(number=number, operator=operator or desk.operator))


@click.command("note")
@click.argument("number", type=NUMBER)
@click.argument("text")
@never_asks_option
@pass_desk
def note_on_case(desk: Desk, number: int, text: str) -> None:
    """Add a remark that only operators see.

    Example: mailgate case note 12 "電話で確認ずみ"
    """
    with desk.office.write(desk.actor) as ctx:
        triage.note(ctx, number, text)
    say(_("Noted at case {number}.").format(number=number))


@click.command("tag")
@click.argument("number", type=NUMBER)
@click.argument("tags", nargs=-1)
@click.option("--remove", multiple=True, metavar="TAG", help="Take a tag away.")
@never_asks_option
@pass_desk
def tag_case(desk: Desk, number: int, tags: tuple[str, ...], remove: tuple[str, ...]) -> None:
    """Add or remove tags; topics among them find the fitting members.

    Example: mailgate case tag 12 保護者対応
    """
    if not any(word.strip() for word in (*tags, *remove)):
        raise click.UsageError(_("name a tag, or say --remove TAG"))
    with desk.office.write(desk.actor) as ctx:
        triage.tag(ctx, number, tags, remove)
    say(_("Tagged case {number}.").format(number=number))


def _mover(name: str, act: _Act, text: str, *, expect: _Act | None = None, tells_nobody: bool = False) -> click.Command:
    """One command for one move that needs nothing but the number; with `expect`, which raises what the move would, it
    asks before what cannot be undone. With `tells_nobody` it says where a teacher goes on waiting for an answer."""

    @click.command(name, help=f"{text}\n\nExample: mailgate case {name} 12")
    @click.argument("number", type=NUMBER)
    @yes_option
    @pass_desk
    def command(desk: Desk, number: int, yes: bool) -> None:
        if expect is not None:
            with desk.office.read(desk.actor) as ctx:
                expect(ctx, number)
            confirm(_("Withdraw case {number} for good?").format(number=number), yes)
        with desk.office.write(desk.actor) as ctx:
            before = cases.get(ctx.tx, number)
            act(ctx, number)
            state = cases.get(ctx.tx, number).state
        say(_("Case {number} is {state}.").format(number=number, state=word(CaseState, state)))
        if tells_nobody and before.state in (CaseState.NEW, CaseState.OPEN) and before.teacher_id is not None:
            note = _(
                "note: the teacher waits for an answer and is not told; to write to them first: "
                "mailgate case reopen {number}, then mailgate case clarify {number}"
            )
            say(note.format(number=number), error=True)

    return command


@click.command("merge")
@click.argument("number", type=NUMBER)
@click.argument("other", metavar="NEW", type=NUMBER)
@yes_option
@pass_desk
def merge_cases(desk: Desk, number: int, other: int, yes: bool) -> None:
    """Let a new case, named last, become part of an earlier one of the same teacher; the new one is closed, and the
    teacher is told.

    Example: mailgate case merge 12 15
    """
    with desk.office.read(desk.actor) as ctx:
        merge.expect_merge(ctx, number, other)
    question = _("Let case {other} become part of case {number}? Case {other} is closed, and the teacher is told.")
    confirm(question.format(other=other, number=number), yes)
    with desk.office.write(desk.actor) as ctx:
        round_number = merge.merge(ctx, number, other)
    text = _("Case {other} is part of case {number} now, in round {round}.")
    say(text.format(other=other, number=number, round=round_number))


def _text(text: str | None, text_file: Path | None) -> str:
    if (text is None) == (text_file is None):
        raise click.UsageError(_("give either --text or --text-file"))
    return text if text is not None else read_text(text_file) if text_file else ""


COMMANDS = (
    clarify_case,
    assign_case,
    note_on_case,
    tag_case,
    merge_cases,
    _mover("release", triage.release, "Let a held case into the queue."),
    _mover("reject", triage.reject, "Set a case apart as spam; nobody is told."),
    _mover("close", triage.close, "Close a case; the teacher's reply reopens it.", tells_nobody=True),
    _mover("reopen", triage.reopen, "Put a closed case back into the queue."),
    _mover(
        "withdraw",
        triage.withdraw_for_teacher,
        "Withdraw a case for its teacher; the members are told.",
        expect=triage.expect_withdraw,
    ),
)
