"""A person is erased from the register and from all that is kept: on request, or some time after a member retired.

Of a teacher all cases are destroyed; of a member the comments are emptied, sent or not. Whoever is in an open case with
them learns no more than that no comment is needed any more, or that there is one comment less. Statistics stay.
`flow/privacy.py` finds the person and says what is held of them; `store/erasure.py` does the emptying.
"""

from __future__ import annotations

from datetime import datetime

from mailgate.errors import Refused
from mailgate.flow import destroy, disclosures
from mailgate.flow.context import Context, Office
from mailgate.flow.each import each
from mailgate.flow.privacy import Subject, subject
from mailgate.flow.run_dry import back_to_queue_if_dry
from mailgate.store import audit, cases, destruction, erasure
from mailgate.store.progress import Progress, silent


def check(ctx: Context, person: Subject, *, at_once: bool) -> None:
    """Raises Refused with what stands in the way; `at_once` also ends open cases and invitations.

    What waits for a decision, and an answer with their words that is on its way, always stands in the way.
    """
    mail_id = erasure.undecided_mail(ctx.tx, person.id)
    if mail_id is not None:
        raise Refused(
            "mail {mail_id} of {handle} waits for a decision: mailgate mail show {mail_id}",
            mail_id=mail_id,
            handle=person.handle,
        )
    mail_id = erasure.answer_on_its_way(ctx.tx, person.id)
    if mail_id is not None:
        raise Refused(
            "mail {mail_id} has words of {handle} and is still on its way: mailgate outbox list",
            mail_id=mail_id,
            handle=person.handle,
        )
    for number in erasure.cases_written(ctx.tx, person.id):
        state = cases.get(ctx.tx, number).state
        if not at_once and state not in destruction.ENDED:
            raise Refused(
                "{handle} is in case {number}, which is {state}: wait for its end, or say --now",
                handle=person.handle,
                number=number,
                state=state,
            )
        destroy.check(ctx, number, at_once=at_once)
    asked = erasure.cases_asked(ctx.tx, person.id)
    if asked and not at_once:
        raise Refused(
            "{handle} is asked for a comment in case {number}: wait for its end, or say --now",
            handle=person.handle,
            number=asked[0],
        )


def erase(ctx: Context, person: Subject, why: str, progress: Progress = silent) -> None:
    """Does it, when `check` has nothing against it; `why` goes into the audit log; `progress` hears of the cases
    that are destroyed."""
    for mail_id in erasure.letters(ctx.tx, person.id):
        disclosures.record_missing(ctx, mail_id)
    written = erasure.cases_written(ctx.tx, person.id)
    for done, number in enumerate(written, start=1):
        destroy.destroy(ctx, number, why)
        progress(done, len(written))
    asked = erasure.cases_asked(ctx.tx, person.id)
    for number in asked:
        cases.get_for_change(ctx.tx, number)
        erasure.end_invitations(ctx.tx, person.id, number)
        cases.touch(ctx.tx, number, ctx.now)
    ctx.tx.flush()
    erasure.erase(ctx.tx, person.id, ctx.now)
    ctx.tx.session.expire_all()
    for number in asked:
        back_to_queue_if_dry(ctx, number)
    for handle in person.handles:
        audit.record(ctx.tx, ctx.now, ctx.actor, "erase person", subject=handle, detail=why)


def erase_retired(office: Office, cutoff: datetime) -> int:
    """Erases the members who retired at `cutoff` or before, but for those with whom something is still going on."""

    def _erase(ctx: Context, handle: str) -> bool:
        person = subject(ctx, handle)
        try:
            check(ctx, person, at_once=False)
        except Refused:  # due again tomorrow
            return False
        erase(ctx, person, "retention")
        return True

    with office.write() as ctx:
        handles = erasure.retired(ctx.tx, cutoff, ctx.now)
    return each(office, _erase, handles)
