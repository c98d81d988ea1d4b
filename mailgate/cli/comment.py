"""`mailgate comment …`: what members wrote, looked at before it goes to the teacher."""

from __future__ import annotations

from collections.abc import Iterable
from gettext import gettext as _
from gettext import ngettext
from typing import Any

import click

from mailgate.cli import attachments, shapes
from mailgate.cli.check import check_options, decisions_from, print_findings
from mailgate.cli.common import (
    NUMBER,
    Desk,
    before_value,
    in_cell,
    json_option,
    listed,
    never_asks_option,
    pass_desk,
    say,
    show,
    told,
    yes_option,
)
from mailgate.cli.from_register import expect_no_slip, left_in_comment
from mailgate.cli.listing import Form, list_options, show_list
from mailgate.cli.next_step import next_line, next_step_of_comment
from mailgate.cli.reveal import looking, reveal_option, revealed_sender
from mailgate.cli.value_words import of
from mailgate.desk.lifecycle import CommentState
from mailgate.desk.trust import Trust
from mailgate.flow import review, screen
from mailgate.flow.release_comment import release_comment
from mailgate.store import comments, findings, spool

_WORDS = {"state": of(CommentState), "late": of(bool), "held_reason": told, "trust": of(Trust)}
_ids = click.argument("ids", type=NUMBER, nargs=-1, required=True)


@click.group()
def comment() -> None:
    """What members wrote: review it."""


@comment.command("list")
@click.option("--held", is_flag=True, help="Only those whose sender did not fit the address.")
@click.option("--case", "number", type=NUMBER, help="Only those of one case.")
@list_options
@pass_desk
def list_comments(desk: Desk, held: bool, number: int | None, form: Form) -> None:
    """List the comments, oldest first.

    Example: mailgate comment list --held
    """
    with desk.office.read(desk.actor) as ctx:
        found = comments.listing(ctx.tx, [CommentState.HELD] if held else [])
        rows = [shapes.comment_document(one, ctx.policy.timezone) for one in found if number in (None, one.case)]
    columns = ("id", "case", "round", "member", "state", "late", "received_at", "held_reason")
    show_list(form, "comments", rows, columns, title=_("Comments, oldest first"), empty=_("No comments."), words=_WORDS)


@comment.command("show")
@click.argument("comment_id", type=NUMBER)
@reveal_option
@json_option
@pass_desk
def show_comment(desk: Desk, comment_id: int, reveal: str | None, as_json: bool) -> None:
    """Show one comment: what was taken from the mail, the whole mail, and what to do next; its sender only with a
    reason.

    Example: mailgate comment show 4
    """
    with desk.office.read(desk.actor) as ctx:
        number = comments.get(ctx.tx, comment_id).case
    screen.screen_case(desk.office, number)
    with looking(desk, "comment show", f"comment {comment_id}", reveal, number) as ctx:
        found = comments.get(ctx.tx, comment_id)
        document = shapes.comment_document(found, ctx.policy.timezone) | shapes.comment_mail(ctx, found)
        undecided = _has_open(findings.listing(ctx.tx, findings.OfComment(comment_id)))
        raw = spool.raw(ctx.tx, found.spool_id) if reveal is not None else None
    if raw is not None:
        document |= revealed_sender(desk.office.read_mail(raw).sender)
    show(as_json, document, lambda: _page(document, next_step_of_comment(document, undecided)))


@comment.command("check")
@click.argument("comment_id", type=NUMBER)
@check_options
@json_option
@pass_desk
def check_comment(desk: Desk, /, comment_id: int, as_json: bool, **given: Any) -> None:
    """Show what may identify somebody in a comment, and decide it.

    Example: mailgate comment check 4 --redact-all
    """
    with desk.office.read(desk.actor) as ctx:
        found = comments.get(ctx.tx, comment_id)
    screen.screen_case(desk.office, found.case)
    with desk.office.read(desk.actor) as ctx:
        judged = review.check_comment(ctx, comment_id, review.Decisions())
    decisions = decisions_from(judged, found.written, **given)
    with desk.office.read(desk.actor) as ctx:
        left = left_in_comment(ctx, comment_id, decisions)
    expect_no_slip(left, given["yes"] or not decisions.any)
    if decisions.any:
        with desk.office.write(desk.actor) as ctx:
            judged = review.check_comment(ctx, comment_id, decisions)
    with desk.office.read(desk.actor) as ctx:
        found = comments.get(ctx.tx, comment_id)
        document = shapes.comment_document(found, ctx.policy.timezone)
    following = next_step_of_comment(document, _has_open(judged))
    print_findings(as_json, judged, found.written, found.approved or None, following)


@comment.command("approve")
@_ids
@yes_option
@pass_desk
def approve_comments(desk: Desk, ids: tuple[int, ...], yes: bool) -> None:
    """Let comments through to the teacher; all that are named, or none.

    Example: mailgate comment approve 4 5
    """
    for number in _cases_of(desk, ids):
        screen.screen_case(desk.office, number)
    with desk.office.read(desk.actor) as ctx:
        left = [one for comment_id in ids for one in left_in_comment(ctx, comment_id, review.Decisions())]
    expect_no_slip(left, yes)
    with desk.office.write(desk.actor) as ctx:
        for comment_id in ids:
            review.approve_comment(ctx, comment_id)
    text = ngettext("Approved comment {numbers}.", "Approved comments {numbers}.", len(ids))
    say(text.format(numbers=_(", ").join(map(str, ids))))


@comment.command("reject")
@_ids
@never_asks_option
@pass_desk
def reject_comments(desk: Desk, ids: tuple[int, ...]) -> None:
    """Keep comments out of the answer; all that are named, or none.

    Example: mailgate comment reject 4
    """
    with desk.office.write(desk.actor) as ctx:
        for comment_id in ids:
            review.reject_comment(ctx, comment_id)
    text = ngettext("Rejected comment {numbers}.", "Rejected comments {numbers}.", len(ids))
    say(text.format(numbers=_(", ").join(map(str, ids))))


@comment.command("release")
@click.argument("comment_id", type=NUMBER)
@never_asks_option
@pass_desk
def release_held(desk: Desk, comment_id: int) -> None:
    """Take a held comment as the invited member's own, and its sender as right from now on.

    Example: mailgate comment release 4
    """
    stands_as = release_comment(desk.office, comment_id, desk.actor)
    with desk.office.read(desk.actor) as ctx:
        declined = comments.get(ctx.tx, stands_as).state is CommentState.REJECTED
    if declined:
        text = _("Comment {id} declines: the invitation has ended, and what the member wrote before is taken back.")
    elif stands_as == comment_id:
        text = _("Comment {id} waits for review.")
    else:
        text = _("Comment {id} waits for review as comment {other}.")
    say(text.format(id=comment_id, other=stands_as))


def _has_open(judged: Iterable[findings.Judged]) -> bool:
    return any(one.decision is None for one in judged)


for _command in attachments.COMMENT_COMMANDS:
    comment.add_command(_command)


def _cases_of(desk: Desk, ids: tuple[int, ...]) -> list[int]:
    with desk.office.read(desk.actor) as ctx:
        return sorted({comments.get(ctx.tx, comment_id).case for comment_id in ids})


def _page(document: dict[str, Any], following: str) -> Iterable[str]:
    head = (
        "case",
        "round",
        "member",
        "name",
        "addresses",
        "state",
        "held_reason",
        "merged_into",
        "late",
        "received_at",
        "versions",
        "mail",
        "trust",
        "reasons",
        "attachments",
    )
    yield _("Comment {id}").format(id=document["id"])
    for key in head:
        if value := document.get(key):
            in_words = listed(value) if key == "reasons" else in_cell(value, _WORDS.get(key, str))
            yield f"  {before_value(key)} {in_words}"
    yield from ("", _("Newly written:"), document["written"])
    if document["approved_text"]:
        yield from ("", _("Approved:"), document["approved_text"])
    yield from ("", _("The whole mail:"), document["body"], "", next_line(following))
