"""The end of a case: what was written and who wrote it is deleted, then its key is destroyed. It cannot be undone.

Three steps, in this order. In one transaction the content goes and the case is marked (`store/destruction.py`); the key
goes, in the key store; the mark of that is set. A crash between them leaves a destroyed case whose key is destroyed by
whoever comes by next: from the first step on nobody can read it here, from the second on in no old backup either.
"""

from __future__ import annotations

import structlog

from mailgate.desk.lifecycle import INVITATION_ALIVE, CaseState
from mailgate.errors import Refused
from mailgate.events import Event
from mailgate.flow import disclosures, post
from mailgate.flow.context import Context, Office
from mailgate.flow.letters import InvitationWithdrawn
from mailgate.flow.withdraw import never_left
from mailgate.store import audit, cases, destruction, invitations, log_file, members, outbox

_log = structlog.get_logger("destroy")


def check(ctx: Context, number: int, *, at_once: bool) -> None:
    """Raises Refused with what stands in the way of destroying a case; `at_once` waits for nothing that is ours."""
    case = cases.get_for_change(ctx.tx, number)
    mail_id = destruction.undecided_mail(ctx.tx, number)
    if mail_id is not None:
        raise Refused(
            "mail {mail_id} of case {number} waits for a decision: mailgate mail show {mail_id}",
            mail_id=mail_id,
            number=number,
        )
    if at_once:
        return
    if case.state not in destruction.ENDED:
        raise Refused(
            "case {number} is {state}: only a case that is {ended} is destroyed, or any with --now",
            number=number,
            state=case.state,
            ended=[*destruction.ENDED],
        )
    waiting = destruction.waiting_mail(ctx.tx, number)
    if waiting is not None:
        raise Refused(
            "mail {mail_id} of case {number} has not left yet: wait, or destroy both with --now",
            mail_id=waiting,
            number=number,
        )


def destroy(ctx: Context, number: int, why: str) -> None:
    """The first step, for a case that `check` has nothing against. Who is still asked for a comment is told, in words
    that say nothing, that none is needed any more. `why` goes into the audit log."""
    case = cases.get_for_change(ctx.tx, number)
    if ctx.tx.has_key(number):  # else it was destroyed before, and came back with a backup of the database
        for mail in outbox.entries(ctx.tx, (), number):
            disclosures.record_missing(ctx, mail.id)
        if case.state is CaseState.OPEN:
            _tell_members(ctx, number, case.round)
    if case.state not in destruction.ENDED:
        cases.set_state(ctx.tx, number, CaseState.WITHDRAWN, ctx.now)
    ctx.tx.flush()
    destruction.destroy(ctx.tx, number, ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, "destroy case", case=number, detail=why)


def destroy_keys(office: Office) -> int:
    """The other two steps, for every case that waits for them; how many. One that cannot be done is due again."""
    with office.read() as ctx:
        numbers = destruction.with_key(ctx.tx)
    count = 0
    for number in numbers:
        try:
            office.destroy_key(number)
            with office.write() as ctx:
                destruction.set_key_destroyed(ctx.tx, number, ctx.now)
                audit.record(ctx.tx, ctx.now, ctx.actor, "destroy key", case=number)
        except Exception as error:  # noqa: BLE001 - the key store may be away; nothing is lost by trying again
            _log.error(Event.NOT_DONE, work="destroy key", id=number, error=type(error).__name__)
        else:
            count += 1
    return count


def empty_log(office: Office) -> bool:
    """After something was deleted: SQLite's log must not have it any more. False, and an event, while it does."""
    emptied = log_file.truncate(office.database)
    if not emptied:
        _log.error(Event.LOG_IN_USE)
    return emptied


def _tell_members(ctx: Context, number: int, round_number: int) -> None:
    for invitation in invitations.of_case(ctx.tx, number, round_number):
        if invitation.state in INVITATION_ALIVE and not never_left(ctx, invitation):
            member = members.member(ctx.tx, invitation.member_id)
            # No In-Reply-To: the gate lets only such through as it finds, and this one finds nothing any more.
            post.to_member(ctx, InvitationWithdrawn(number), number, invitation.id, member)
