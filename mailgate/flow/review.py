"""An operator decides what may cross: each finding is redacted or kept, then the text stands as approved.

The same for the text of a round (which `invite` needs) and for a comment (which `answer` needs). Approved is what an
operator has decided on, never what a machine proposed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailgate.desk.compact import has_words
from mailgate.desk.lifecycle import CaseState, CommentState
from mailgate.errors import ChangedMeanwhile, NotFound, Refused
from mailgate.flow.comment import held_because
from mailgate.flow.context import Context
from mailgate.flow.screen import Search, search_of_comment, search_of_round
from mailgate.screening.check import check
from mailgate.screening.finding import Label, Tier
from mailgate.screening.redact import is_same_but_for_letters, letters_in, redact
from mailgate.store import audit, cases, comments, findings, rounds
from mailgate.store.findings import Judged, OfComment, OfRound


@dataclass(frozen=True, slots=True)
class Decisions:
    """What an operator said about the findings of one text."""

    redact: frozenset[int] = frozenset()
    keep: frozenset[int] = frozenset()
    redact_rest: bool = False
    as_decided: bool = False
    """Take the text as the decisions that stand make it."""
    text: str | None = None
    """The approved text as a whole, in the operator's own redaction."""
    replaces_text: bool = False
    """Whether a text that an operator wrote whole may be replaced by one made of decisions."""

    @property
    def any(self) -> bool:
        return bool(self.redact or self.keep or self.redact_rest or self.as_decided or self.text is not None)


def expect_check(ctx: Context, number: int) -> None:
    """What `check_round` would raise of the case itself, before anybody writes a text for it: Refused, NotFound."""
    _refuse_decided(cases.get(ctx.tx, number))


def _refuse_decided(case: cases.Case) -> None:
    if case.state not in (CaseState.HELD, CaseState.NEW, CaseState.OPEN):
        raise Refused("case {number} is {state}: its text is decided", number=case.number, state=case.state)


def check_round(ctx: Context, number: int, decisions: Decisions) -> list[Judged]:
    """Decides about the current text, which is approved once nothing is open; gives the findings as they are."""
    case = cases.get_for_change(ctx.tx, number)
    if decisions.any:
        _refuse_decided(case)
        this = rounds.get(ctx.tx, number, case.round)
        if not this.screened:
            raise ChangedMeanwhile(
                "the teacher added something to case {number}: mailgate case check {number}", number=number
            )
        standing = this.approval.text if this.approval else ""
        approved = _decided(ctx, search_of_round(ctx, number, case.round), decisions, standing)
        if approved is not None and not has_words(approved):
            raise Refused(
                "nothing is left to read in the text of case {number}: mailgate case clarify {number}", number=number
            )
        if approved is not None:
            rounds.approve(ctx.tx, number, case.round, approved, ctx.actor, ctx.now)
            audit.record(ctx.tx, ctx.now, ctx.actor, "approve text", case=number, detail=f"round {case.round}")
        else:
            rounds.void_approval(ctx.tx, number, case.round)
        cases.touch(ctx.tx, number, ctx.now)
    return findings.listing(ctx.tx, OfRound(rounds.get(ctx.tx, number, case.round).id))


def check_comment(ctx: Context, comment_id: int, decisions: Decisions) -> list[Judged]:
    """The same for a comment; `approve_comment` then lets it through."""
    comment = _reviewable(ctx, comment_id) if decisions.any else comments.get(ctx.tx, comment_id)
    if decisions.any:
        taken = _letters_beside(ctx, comment)
        redacted = _decided(ctx, search_of_comment(ctx, comment.id), decisions, comment.approved, taken)
        if redacted is not None:
            _refuse_empty(comment.id, redacted)
            comments.set_redacted(ctx.tx, comment.id, redacted)
            cases.touch(ctx.tx, comment.case, ctx.now)
            audit.record(
                ctx.tx, ctx.now, ctx.actor, "check comment", case=comment.case, subject=f"comment {comment.id}"
            )
    return findings.listing(ctx.tx, OfComment(comment.id))


def approve_comment(ctx: Context, comment_id: int) -> None:
    """Lets a comment through to the teacher. Raises Refused while findings are open."""
    comment = _reviewable(ctx, comment_id)
    judged = findings.listing(ctx.tx, OfComment(comment.id))
    undecided = [one for one in judged if one.decision is None]
    if undecided:
        raise Refused(
            "comment {comment_id} has {count} undecided findings: mailgate comment check {comment_id}",
            comment_id=comment_id,
            count=len(undecided),
        )
    approved = comment.approved or _redacted(comment.written, judged, _letters_beside(ctx, comment))
    _refuse_empty(comment.id, approved)
    comments.approve(ctx.tx, comment.id, approved)
    cases.touch(ctx.tx, comment.case, ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, "approve comment", case=comment.case, subject=f"comment {comment.id}")


def reject_comment(ctx: Context, comment_id: int) -> None:
    """Keeps a comment out of the answer."""
    comment = comments.get(ctx.tx, comment_id)
    if comment.answered_at is not None:
        raise Refused("comment {comment_id} was sent to the teacher already", comment_id=comment_id)
    comments.set_state(ctx.tx, comment.id, CommentState.REJECTED)
    cases.touch(ctx.tx, comment.case, ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, "reject comment", case=comment.case, subject=f"comment {comment.id}")


def _refuse_empty(comment_id: int, text: str) -> None:
    if not has_words(text):
        raise Refused(
            "nothing is left to read in comment {comment_id}: mailgate comment reject {comment_id}",
            comment_id=comment_id,
        )


def _reviewable(ctx: Context, comment_id: int) -> comments.Comment:
    comment = comments.get(ctx.tx, comment_id)
    cases.get_for_change(ctx.tx, comment.case)
    if comment.held_reason:
        raise Refused(
            "comment {comment_id} is held ({held_reason}): mailgate comment release {comment_id}",
            comment_id=comment_id,
            held_reason=held_because(comment.held_reason),
        )
    if comment.answered_at is not None:
        raise Refused("comment {comment_id} was sent to the teacher already", comment_id=comment_id)
    if not comment.screened:
        raise ChangedMeanwhile(
            "comment {comment_id} was amended meanwhile: mailgate comment check {comment_id}", comment_id=comment_id
        )
    return comment


def _letters_beside(ctx: Context, comment: comments.Comment) -> frozenset[str]:
    """The letters of what the teacher reads beside this comment: in one answer A must not be two people.

    Weakness: a comment that comes later may bring a letter in its own words that is given here already.
    """
    others = [
        one.approved or one.written
        for one in comments.of_case(ctx.tx, comment.case, comment.round)
        if one.id != comment.id and one.state is not CommentState.REJECTED
    ]
    approval = rounds.get(ctx.tx, comment.case, comment.round).approval
    return frozenset[str]().union(*map(letters_in, [*others, approval.text if approval else ""]))


def _decided(
    ctx: Context, search: Search, decisions: Decisions, standing: str, taken: frozenset[str] = frozenset()
) -> str | None:
    """Writes the decisions; gives the text that results when none is missing, else None.

    `standing` is the text that was approved (or made) before, "" when there is none; `taken` are letters that stand for
    others already.
    """
    judged = findings.listing(ctx.tx, search.target)
    _check_ids(judged, decisions)
    if decisions.text is not None:
        return _own_words(ctx, search, judged, decisions, decisions.text.strip())
    by_hand = standing and not is_same_but_for_letters(standing, _redacted(search.text, judged, taken))
    if by_hand and not decisions.replaces_text:
        raise Refused("the text was written by hand (--edit or --text-file): --yes replaces it by what is decided")
    rest = {one.id for one in judged} - decisions.keep if decisions.redact_rest else frozenset()
    findings.decide(ctx.tx, sorted(decisions.redact | rest), "redact", ctx.actor)
    findings.decide(ctx.tx, sorted(decisions.keep), "keep", ctx.actor)
    judged = findings.listing(ctx.tx, search.target)
    return None if any(one.decision is None for one in judged) else _redacted(search.text, judged, taken)


def _redacted(text: str, judged: Sequence[Judged], taken: frozenset[str]) -> str:
    return redact(text, [one.finding for one in judged if one.decision == "redact"], taken).strip()


def _check_ids(judged: Sequence[Judged], decisions: Decisions) -> None:
    unknown = (decisions.redact | decisions.keep) - {one.id for one in judged}
    if unknown:
        raise NotFound("there is no finding {ids} in this text", ids=[f"f{one}" for one in sorted(unknown)])
    both = decisions.redact & decisions.keep
    if both:
        raise Refused("finding {ids}: redact or keep, not both", ids=[f"f{one}" for one in sorted(both)])


def _own_words(ctx: Context, search: Search, judged: Sequence[Judged], decisions: Decisions, text: str) -> str:
    """An operator's own text: an unsure finding that still stands in it is kept, one that is gone is redacted.

    Raises Refused when it still has a sure finding, or one that was decided to be redacted, unless that is named as
    kept; and when it names anybody or any school of the register.
    """
    if not text:
        raise Refused("the text is empty")
    left = [one for one in judged if one.finding.text in text]
    kept = {one.id for one in left if _may_stay(one, decisions)}
    left_in = [f"f{one.id} {one.finding.text}" for one in left if one.id not in kept]
    if left_in:
        raise Refused("the text still has {left_in}: take it out, or say --keep with the id", left_in=left_in)
    known = {one.text for one in check(text, search.known) if one.label is Label.KNOWN}
    named = sorted(known - {one.finding.text for one in left})
    if named:
        raise Refused("the text still has what the register knows: {named}", named=named)
    findings.decide(ctx.tx, [one.id for one in judged if one.id not in kept], "redact", ctx.actor)
    findings.decide(ctx.tx, sorted(kept), "keep", ctx.actor)
    return text


def _may_stay(one: Judged, decisions: Decisions) -> bool:
    if one.id in decisions.keep:
        return True
    if one.id in decisions.redact or decisions.redact_rest or one.decision == "redact":
        return False
    return one.decision == "keep" or one.finding.tier is Tier.UNSURE
