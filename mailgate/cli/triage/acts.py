"""What the keys do: each calls the flow that the command of the same name calls, for the operator, on what they saw.

Most go by `flow/undo.py`: the mails wait, and the decision can be undone. What concerns a mail and no case (`mail
retry`, `outbox cancel`, …), and the release of a held comment, cannot: a worker may be at it already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mailgate.cli.triage.page import At, Run
from mailgate.errors import Refused
from mailgate.flow import compilation, consent, invite, outgoing, review, spooled, triage
from mailgate.flow.context import Context, Office
from mailgate.flow.release_comment import release_comment
from mailgate.flow.review import Decisions
from mailgate.flow.undo import Done, decide, require_unchanged
from mailgate.phrase import Phrase
from mailgate.store import cases
from mailgate.store.findings import Judged


def _undoably(words: Phrase, number: int, saw: int, act: Callable[[Context, At], object]) -> Run:
    return lambda office, actor, at: decide(office, actor, number, saw, words, lambda ctx: act(ctx, at))


def _for_good(words: Phrase, act: Callable[[Context], object]) -> Run:
    """A decision that cannot be undone, about a mail."""

    def run(office: Office, actor: str, _at: At) -> Done:
        with office.write(actor) as ctx:
            act(ctx)
        return _done_for_good(words)

    return run


def _done_for_good(words: Phrase) -> Done:
    return Done(words, case=0, saw=0, made=0, difference=None, mails=0, leave_at=None)


# --- a case ---------------------------------------------------------------------------------------------------------


def release(number: int, saw: int) -> Run:
    return _undoably(Phrase("release"), number, saw, lambda ctx, _: triage.release(ctx, number))


def reject(number: int, saw: int) -> Run:
    return _undoably(Phrase("reject"), number, saw, lambda ctx, _: triage.reject(ctx, number))


def take(office: Office, actor: str, number: int, saw: int) -> tuple[str, int]:
    """Takes a case for the operator, whoever has it, or gives their own back; gives who has it now, and its version."""
    name = actor.removeprefix("operator:")
    with office.write(actor) as ctx:
        case = require_unchanged(ctx, number, saw)
        now = "" if case.assignee == name else name
        triage.assign(ctx, number, now)
        return now, cases.get(ctx.tx, number).version


def approve_text(number: int, saw: int) -> Run:
    """What is open is redacted, what was kept stays, and the text that results is approved."""

    def act(ctx: Context, _at: At) -> None:
        judged = review.check_round(ctx, number, Decisions())
        review.check_round(ctx, number, Decisions(redact=_undecided(judged), as_decided=True))

    return _undoably(Phrase("approve text"), number, saw, act)


def rewrite_text(number: int, saw: int) -> Run:
    return _undoably(
        Phrase("rewrite text"), number, saw, lambda ctx, at: review.check_round(ctx, number, Decisions(text=at.text))
    )


def ask_consent(number: int, saw: int) -> Run:
    return _undoably(Phrase("ask consent"), number, saw, lambda ctx, _: consent.ask(ctx, number))


def invite_ticked(number: int, saw: int) -> Run:
    def act(ctx: Context, at: At) -> None:
        if not at.ticked:
            raise Refused("nobody is ticked: space ticks the member under the cursor")
        invite.invite(ctx, number, at.ticked)

    return _undoably(Phrase("invite"), number, saw, act)


def send_answer(number: int, saw: int) -> Run:
    # The version is compared by `decide`; taking the case has made a new one since.
    return _undoably(
        Phrase("answer"),
        number,
        saw,
        lambda ctx, _: compilation.answer(ctx, number, cases.get_for_change(ctx.tx, number).version),
    )


# --- findings, of the text or of a comment --------------------------------------------------------------------------


def decide_finding(number: int, saw: int, *, keep: bool) -> Run:
    """Keeps or redacts the finding under the cursor; the last one of a text approves that."""

    def act(ctx: Context, at: At) -> None:
        if at.spot is None:
            raise Refused("there is no finding under the cursor: n goes to the next one")
        these = frozenset({at.spot.finding})
        decisions = Decisions(keep=these) if keep else Decisions(redact=these)
        if at.spot.comment is None:
            review.check_round(ctx, number, decisions)
        else:
            review.check_comment(ctx, at.spot.comment, decisions)

    return _undoably(Phrase("keep finding") if keep else Phrase("redact finding"), number, saw, act)


# --- comments -------------------------------------------------------------------------------------------------------


def approve_comments(number: int, saw: int, ids: tuple[int, ...]) -> Run:
    """All of them, each with what is open in it redacted; or none."""

    def act(ctx: Context, _at: At) -> None:
        for comment in ids:
            _approve_comment(ctx, comment)

    return _undoably(_approve(ids), number, saw, act)


def approve_this_comment(number: int, saw: int) -> Run:
    return _of_this_comment(Phrase("approve comment"), number, saw, _approve_comment)


def reject_this_comment(number: int, saw: int) -> Run:
    return _of_this_comment(Phrase("reject comment"), number, saw, review.reject_comment)


def reject_comment(number: int, saw: int, comment: int) -> Run:
    words = Phrase("reject comment {id}", id=comment)
    return _undoably(words, number, saw, lambda ctx, _: review.reject_comment(ctx, comment))


def release_held_comment(number: int, saw: int, comment: int) -> Run:
    """Reads the mail again before the transaction begins: it cannot be undone."""

    def run(office: Office, actor: str, _at: At) -> Done:
        with office.read(actor) as ctx:
            require_unchanged(ctx, number, saw)
        release_comment(office, comment, actor)
        return _done_for_good(Phrase("release comment {id}", id=comment))

    return run


def rewrite_comment(number: int, saw: int) -> Run:
    def act(ctx: Context, at: At) -> None:
        if at.comment is not None:
            review.check_comment(ctx, at.comment, Decisions(text=at.text))

    return _undoably(Phrase("rewrite comment"), number, saw, act)


def _of_this_comment(words: Phrase, number: int, saw: int, act: Callable[[Context, int], object]) -> Run:
    def on_it(ctx: Context, at: At) -> None:
        if at.comment is None:
            raise Refused("there is no comment under the cursor")
        act(ctx, at.comment)

    return _undoably(words, number, saw, on_it)


def _approve_comment(ctx: Context, comment: int) -> None:
    undecided = _undecided(review.check_comment(ctx, comment, Decisions()))
    if undecided:
        review.check_comment(ctx, comment, Decisions(redact=undecided))
    review.approve_comment(ctx, comment)


def _undecided(judged: Iterable[Judged]) -> frozenset[int]:
    return frozenset(one.id for one in judged if one.decision is None)


def _approve(ids: tuple[int, ...]) -> Phrase:
    if len(ids) == 1:
        return Phrase("approve comment {id}", id=ids[0])
    return Phrase("approve comments {ids}", ids=[*map(str, ids)])


# --- mails ----------------------------------------------------------------------------------------------------------


def send_again(mail_id: str) -> Run:
    return _for_good(Phrase("send mail {id} again", id=mail_id), lambda ctx: outgoing.retry(ctx, mail_id))


def cancel(mail_id: str) -> Run:
    return _for_good(Phrase("cancel mail {id}", id=mail_id), lambda ctx: outgoing.cancel(ctx, mail_id))


def handle_again(mail_id: str) -> Run:
    return _for_good(Phrase("handle mail {id} again", id=mail_id), lambda ctx: spooled.retry(ctx, mail_id))


def vouch(mail_id: str) -> Run:
    return _for_good(Phrase("release mail {id}", id=mail_id), lambda ctx: spooled.release(ctx, mail_id))


def discard(mail_id: str) -> Run:
    return _for_good(Phrase("discard mail {id}", id=mail_id), lambda ctx: spooled.discard(ctx, mail_id))
