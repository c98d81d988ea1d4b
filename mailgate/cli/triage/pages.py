"""The page of a case for whatever it waits for: what there is to read, what is marked in it, which keys decide it.

Looks only. The anonymity check has looked through the case before (`screen.screen_case`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from gettext import gettext as _

from mailgate.cli.common import in_their_words, told
from mailgate.cli.from_register import known_to_register, left_in_round, warning
from mailgate.cli.next_step import by_hand, next_step
from mailgate.cli.program import typed_here
from mailgate.cli.shapes import case_summaries, moment
from mailgate.cli.triage import acts
from mailgate.cli.triage.choice import Choice, Row
from mailgate.cli.triage.mail_pages import application_page, outgoing_page, received_page
from mailgate.cli.triage.page import Body, Editable, Key, Look, Mark, Page, Spot
from mailgate.cli.triage.spots import finding_keys, kept, marked
from mailgate.cli.triage.titles import title_of
from mailgate.cli.value_words import word
from mailgate.desk.lifecycle import CommentState
from mailgate.desk.people import MemberKind
from mailgate.desk.routing import HeldReason
from mailgate.errors import MailgateError
from mailgate.flow import compilation, invite, review
from mailgate.flow.context import Context, Office
from mailgate.flow.review import Decisions
from mailgate.flow.round_text import text_of_round
from mailgate.flow.screen import screen_case, search_of_comment, search_of_round
from mailgate.flow.waiting import Waiting, Wants
from mailgate.phrase import in_one_line
from mailgate.screening.redact import redact
from mailgate.store import cases, comments, rounds
from mailgate.store.cases import Case
from mailgate.store.comments import Comment
from mailgate.store.drafts import Place
from mailgate.store.findings import Judged

_SHOWN_CANDIDATES = 30


def page_of(office: Office, actor: str, item: Waiting) -> Page:
    """The page of one thing that waits. Raises what the flows raise: it may have been decided meanwhile."""
    match item.wants:
        case Wants.OUTGOING:
            return outgoing_page(office, actor, item)
        case Wants.RECEIVED:
            return received_page(office, actor, item)
        case Wants.APPLICATION:
            return application_page(office, actor, item)
        case _:
            assert item.case is not None, "all others are of a case"
            screen_case(office, item.case)
            with office.read(actor) as ctx:
                return _MAKERS[item.wants](ctx, item, cases.get(ctx.tx, item.case))


def members_choice(ctx: Context, number: int, kinds: Collection[MemberKind] = ()) -> Choice:
    """The candidates of a case (of these kinds), best first, the best set ticked: for this walk, and for `case invite`
    alone."""
    best = invite.best_members(ctx, number, invite.BEST_SET, kinds)
    first = invite.rank_members(ctx, number, kinds, limit=_SHOWN_CANDIDATES).candidates
    rows = (Row(one.handle, f"{one.kind}  {_joined(one.reasons)}") for one in dict.fromkeys((*first, *best)))
    return Choice(tuple(rows), frozenset(one.handle for one in best))


def _joined(reasons: Sequence[str]) -> str:
    return told(in_one_line([told(one) for one in reasons]))


def _held_case(ctx: Context, item: Waiting, case: Case) -> Page:
    body = _begun(ctx, case)
    body.headed(_("As received"), text_of_round(ctx, case.number, case.round))
    keys = (
        Key("l", _("release"), acts.release(case.number, case.version)),
        Key("j", _("reject"), acts.reject(case.number, case.version)),
    )
    return _page(item, case, body, keys)


def _text(ctx: Context, item: Waiting, case: Case) -> Page:
    number, saw = case.number, case.version
    text, judged = text_of_round(ctx, number, case.round), review.check_round(ctx, number, Decisions())
    body = _begun(ctx, case)
    body.add(_("As received (read every word: no check finds all)") + "\n", Look.HEAD)
    known = known_to_register(search_of_round(ctx, number, case.round), ctx)
    marks, spots = marked(body.add(text), judged, None, known)
    undecided = sum(one.decision is None for one in judged)
    label = _("redact {count}, approve").format(count=undecided) if undecided else _("approve")
    left = warning(kept(known))
    keys = (
        Key("a", label, acts.approve_text(number, saw), lambda _: left),
        *(finding_keys(number, saw) if spots else ()),
        Key("j", _("reject"), acts.reject(number, saw)),
    )
    return _page(item, case, body, keys, marks, spots, (_editable_round(ctx, case, text, judged),))


def _consent(ctx: Context, item: Waiting, case: Case) -> Page:
    body = _begun(ctx, case)
    body.headed(_("To the teacher, who must agree to it first"), _approved(ctx, case))
    return _page(item, case, body, (Key("enter", _("send"), acts.ask_consent(case.number, case.version)),))


def _members(ctx: Context, item: Waiting, case: Case) -> Page:
    body = _begun(ctx, case)
    if left := warning(left_in_round(ctx, case.number, Decisions())):
        body.add(f"{left}\n\n", Look.NOTE)
    body.headed(_("The text that members get"), _approved(ctx, case))
    text, judged = text_of_round(ctx, case.number, case.round), review.check_round(ctx, case.number, Decisions())
    choice = members_choice(ctx, case.number)
    if not choice.rows:
        why = _("{command} says why").format(command=typed_here(f"mailgate case candidates {case.number}"))
        body.headed(_("Nobody can be invited"), why)
    return _page(
        item,
        case,
        body,
        (Key("enter", _("invite"), acts.invite_ticked(case.number, case.version)),),
        editable=(_editable_round(ctx, case, text, judged),),
        choice=choice,
    )


def _held_comment(ctx: Context, item: Waiting, case: Case) -> Page:
    comment = comments.get(ctx.tx, int(item.id))
    body = _begun(ctx, case)
    title = _("Comment {id} for {handle}, held: {reason}")
    body.headed(title.format(id=comment.id, handle=comment.handle, reason=told(comment.held_reason)), comment.written)
    body.headed(_("The whole mail"), comment.body)
    keys = (
        Key("l", _("release"), acts.release_held_comment(case.number, case.version, comment.id)),
        Key("j", _("reject"), acts.reject_comment(case.number, case.version, comment.id)),
    )
    return _page(item, case, body, keys)


def _comments(ctx: Context, item: Waiting, case: Case) -> Page:
    number, saw = case.number, case.version
    pending = [
        one
        for one in comments.of_case(ctx.tx, number, case.round)
        if one.state is CommentState.PENDING and one.answered_at is None
    ]
    body = _begun(ctx, case)
    marks: list[Mark] = []
    spots: list[Spot] = []
    editable = []
    undecided_in_all = 0
    left: dict[int, list[Judged]] = {}
    for one in pending:
        judged = review.check_comment(ctx, one.id, Decisions())
        undecided = sum(found.decision is None for found in judged)
        undecided_in_all += undecided
        title = (
            _("Comment {id} by {handle}, late, {count} findings open")
            if one.late
            else _("Comment {id} by {handle}, {count} findings open")
        )
        body.add(title.format(id=one.id, handle=one.handle, count=undecided) + "\n", Look.HEAD)
        known = known_to_register(search_of_comment(ctx, one.id), ctx)
        left[one.id] = kept(known)
        more_marks, more_spots = marked(body.add(one.written), judged, one.id, known)
        marks += more_marks
        spots += more_spots
        body.add("\n\n")
        if one.approved:
            body.headed(_("As it will leave"), one.approved)
        editable.append(_editable_comment(case, one, judged))
    ids = tuple(one.id for one in pending)
    what = _("redact what is open, approve") if undecided_in_all else _("approve")
    all_of_them = _("approve all {count}").format(count=len(ids))
    in_all = warning([judged for one in ids for judged in left[one]])
    keys = (
        Key("a", what, acts.approve_this_comment(number, saw), lambda at: warning(left.get(at.comment or 0, ()))),
        *(
            (Key("A", all_of_them, acts.approve_comments(number, saw, ids), lambda _at: in_all),)
            if len(ids) > 1
            else ()
        ),
        *(finding_keys(number, saw) if spots else ()),
        Key("j", _("reject"), acts.reject_this_comment(number, saw)),
    )
    return _page(item, case, body, keys, marks, spots, tuple(editable), ids)


def _answer(ctx: Context, item: Waiting, case: Case) -> Page:
    body = _begun(ctx, case)
    letter = compilation.preview(ctx, case.number)
    for one in compilation.left_out(ctx, case.number):
        left_out = _("comment {id} is left out: {reason}").format(id=one.comment, reason=told(one.reason))
        body.add(f"{left_out}\n", Look.NOTE)
    if rounds.get(ctx.tx, case.number, case.round).approval is None:
        body.add(_("The teacher added something that no member has seen.") + "\n", Look.NOTE)
    body.headed(_("To the teacher: {subject}").format(subject=letter.subject), letter.body)
    return _page(item, case, body, (Key("enter", _("send"), acts.send_answer(case.number, case.version)),))


_MAKERS: dict[Wants, Callable[[Context, Waiting, Case], Page]] = {
    Wants.HELD_CASE: _held_case,
    Wants.TEXT: _text,
    Wants.CONSENT: _consent,
    Wants.MEMBERS: _members,
    Wants.HELD_COMMENT: _held_comment,
    Wants.COMMENTS: _comments,
    Wants.ANSWER: _answer,
}


def _begun(ctx: Context, case: Case) -> Body:
    """A body that begins with what the case is."""
    (summary,) = case_summaries(ctx, [case])
    body = Body()
    body.add(f"{in_their_words(case.subject)}\n", Look.HEAD)
    received = (moment(case.received_at, ctx.policy.timezone) or "")[:16].replace("T", " ")
    about = [
        summary["teacher"] or _("no registered teacher"),
        _("received {moment}").format(moment=received),
        *summary["tags"],
    ]
    body.add(_(", ").join(about) + "\n")
    if case.held_reason:
        body.add(_("held: {reason}").format(reason=word(HeldReason, case.held_reason)) + "\n", Look.NOTE)
    body.add(by_hand(next_step(summary)) + "\n\n")
    return body


def _page(
    item: Waiting,
    case: Case,
    body: Body,
    keys: tuple[Key, ...],
    marks: Sequence[Mark] = (),
    spots: Sequence[Spot] = (),
    editable: tuple[Editable, ...] = (),
    ids: tuple[int, ...] = (),
    choice: Choice | None = None,
) -> Page:
    number, saw = case.number, case.version
    rewrite = None
    if editable:
        rewrite = acts.rewrite_comment(number, saw) if ids else acts.rewrite_text(number, saw)
    head = _("{title}  round {round}  LATE") if item.late else _("{title}  round {round}")
    return Page(
        item=item,
        version=saw,
        head=head.format(title=title_of(item), round=case.round),
        body=body.text,
        keys=keys,
        marks=(*body.marks, *marks),
        spots=tuple(spots),
        comments=ids,
        choice=choice or Choice(),
        editable=editable,
        rewrite=rewrite,
    )


def _approved(ctx: Context, case: Case) -> str:
    approval = rounds.get(ctx.tx, case.number, case.round).approval
    if approval is None:
        raise MailgateError("the text of case {number} is not approved any more", number=case.number)
    return approval.text


def _editable_round(ctx: Context, case: Case, text: str, judged: Sequence[Judged]) -> Editable:
    approval = rounds.get(ctx.tx, case.number, case.round).approval
    return Editable(Place(case.number, case.round), text, approval.text if approval else _proposed(text, judged))


def _editable_comment(case: Case, comment: Comment, judged: Sequence[Judged]) -> Editable:
    proposal = comment.approved or _proposed(comment.written, judged)
    return Editable(Place(case.number, case.round, comment.id), comment.written, proposal)


def _proposed(text: str, judged: Sequence[Judged]) -> str:
    return redact(text, [one.finding for one in judged if one.decision != "keep"])
