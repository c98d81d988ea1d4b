"""An open case whose members all dropped out without a comment goes back into the queue, to be invited for again."""

from __future__ import annotations

from mailgate.desk.lifecycle import CaseState, CommentState, Move, has_run_dry, moved
from mailgate.flow.context import Context
from mailgate.store import audit, cases, comments, invitations

_COUNT = (CommentState.PENDING, CommentState.APPROVED)


def back_to_queue_if_dry(ctx: Context, number: int) -> bool:
    """Called whenever an invitation ended; says whether the case went back to `new`."""
    case = cases.get_for_change(ctx.tx, number)
    current = invitations.of_case(ctx.tx, number, case.round)
    written = [one for one in comments.of_case(ctx.tx, number, case.round) if one.state in _COUNT]
    if case.state is not CaseState.OPEN or not has_run_dry(invitations.states(current), len(written)):
        return False
    cases.set_state(ctx.tx, number, moved(number, case.state, Move.RUN_DRY), ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, "run-dry", case=number)
    return True
