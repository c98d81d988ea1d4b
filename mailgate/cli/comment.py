"""`mailgate comment …`: what members wrote, looked at before it goes to the teacher."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from mailgate.cli import attachments, shapes
from mailgate.cli.check import check_options, decisions_from, print_findings
from mailgate.cli.common import NUMBER, Desk, json_option, never_asks_option, pass_desk, say, show, table
from mailgate.cli.reveal import looking, reveal_option, revealed_sender
from mailgate.desk.lifecycle import CommentState
from mailgate.flow import review, screen
from mailgate.mail.parse import parse
from mailgate.store import comments, spool

_ids = click.argument("ids", type=NUMBER, nargs=-1, required=True)


@click.group()
def comment() -> None:
    """What members wrote: review it."""


@comment.command("list")
@click.option("--held", is_flag=True, help="Only those whose sender did not fit the address.")
@click.option("--case", "number", type=NUMBER, help="Only those of one case.")
@json_option
@pass_desk
def list_comments(desk: Desk, held: bool, number: int | None, as_json: bool) -> None:
    """List the comments, oldest first.

    Example: mailgate comment list --held
    """
    with desk.office.read(desk.actor) as ctx:
        found = comments.listing(ctx.tx, [CommentState.HELD] if held else [])
        rows = [shapes.comment_document(one, ctx.policy.timezone) for one in found if number in (None, one.case)]
    columns = ("id", "case", "round", "member", "state", "late", "received_at", "held_reason")
    show(as_json, {"comments": rows}, lambda: table(rows, columns, "No comments."))


@comment.command("show")
@click.argument("comment_id", type=NUMBER)
@reveal_option
@json_option
@pass_desk
def show_comment(desk: Desk, comment_id: int, reveal: str | None, as_json: bool) -> None:
    """Show one comment: what was taken from the mail, and the whole mail; its sender only with a reason.

    Example: mailgate comment show 4
    """
    with looking(desk, "comment show", f"comment {comment_id}", reveal) as ctx:
        found = comments.get(ctx.tx, comment_id)
        document = shapes.comment_document(found, ctx.policy.timezone) | {"body": found.body}
        if reveal is not None:
            document |= revealed_sender(parse(spool.load(ctx.tx, found.spool_id).raw).sender)
    show(as_json, document, lambda: _page(document))


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
    if decisions.any:
        with desk.office.write(desk.actor) as ctx:
            judged = review.check_comment(ctx, comment_id, decisions)
    with desk.office.read(desk.actor) as ctx:
        found = comments.get(ctx.tx, comment_id)
    undecided = any(one.decision is None for one in judged)
    following = f"mailgate comment check {comment_id} --redact-all" if undecided else _next_step(found)
    print_findings(as_json, judged, found.written, found.approved or None, following)


@comment.command("approve")
@_ids
@never_asks_option
@pass_desk
def approve_comments(desk: Desk, ids: tuple[int, ...]) -> None:
    """Let comments through to the teacher; all that are named, or none.

    Example: mailgate comment approve 4 5
    """
    for number in _cases_of(desk, ids):
        screen.screen_case(desk.office, number)
    with desk.office.write(desk.actor) as ctx:
        for comment_id in ids:
            review.approve_comment(ctx, comment_id)
    say(f"Approved {_named(ids)}.")


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
    say(f"Rejected {_named(ids)}.")


@comment.command("release")
@click.argument("comment_id", type=NUMBER)
@never_asks_option
@pass_desk
def release_comment(desk: Desk, comment_id: int) -> None:
    """Take a held comment as the invited member's own, and its sender as right from now on.

    Example: mailgate comment release 4
    """
    with desk.office.write(desk.actor) as ctx:
        stands_as = review.release_comment(ctx, comment_id)
    say(f"Comment {comment_id} waits for review" + (f" as comment {stands_as}." if stands_as != comment_id else "."))


for _command in attachments.COMMENT_COMMANDS:
    comment.add_command(_command)


def _next_step(comment: comments.Comment) -> str:
    if comment.answered_at is not None:
        return "nothing: it was sent to the teacher"
    match comment.state:
        case CommentState.HELD:
            return f"mailgate comment release {comment.id}, or mailgate comment reject {comment.id}"
        case CommentState.APPROVED:
            return f"mailgate case preview {comment.case}, then mailgate case answer {comment.case}"
        case _:
            return f"mailgate comment approve {comment.id}, or mailgate comment reject {comment.id}"


def _cases_of(desk: Desk, ids: tuple[int, ...]) -> list[int]:
    with desk.office.read(desk.actor) as ctx:
        return sorted({comments.get(ctx.tx, comment_id).case for comment_id in ids})


def _named(ids: tuple[int, ...]) -> str:
    return f"comment{'s' if len(ids) > 1 else ''} {', '.join(map(str, ids))}"


def _page(document: dict[str, Any]) -> Iterable[str]:
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
        "attachments",
    )
    yield f"Comment {document['id']}"
    yield from (f"  {key:12} {document[key]}" for key in head if document.get(key))
    yield from ("", "Newly written:", document["written"])
    if document["approved_text"]:
        yield from ("", "Approved:", document["approved_text"])
    yield from ("", "The whole mail:", document["body"])
