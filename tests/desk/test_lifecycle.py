from __future__ import annotations

import itertools

import pytest

from mailgate.desk.lifecycle import CaseState, InvitationState, Move, has_run_dry, is_ready, moved
from mailgate.errors import Refused

HELD, NEW, OPEN = CaseState.HELD, CaseState.NEW, CaseState.OPEN
ANSWERED, CLOSED, WITHDRAWN, SPAM = CaseState.ANSWERED, CaseState.CLOSED, CaseState.WITHDRAWN, CaseState.SPAM

MOVES = {
    (HELD, Move.RELEASE): NEW,
    (SPAM, Move.RELEASE): NEW,
    (HELD, Move.REJECT): SPAM,
    (NEW, Move.REJECT): SPAM,
    (NEW, Move.INVITE): OPEN,
    (OPEN, Move.INVITE): OPEN,
    (OPEN, Move.RUN_DRY): NEW,
    (OPEN, Move.ANSWER): ANSWERED,
    (ANSWERED, Move.ANSWER): ANSWERED,
    (ANSWERED, Move.TAKE_BACK): OPEN,
    (ANSWERED, Move.FOLLOW_UP): NEW,
    (CLOSED, Move.FOLLOW_UP): NEW,
    (NEW, Move.CLOSE): CLOSED,
    (OPEN, Move.CLOSE): CLOSED,
    (ANSWERED, Move.CLOSE): CLOSED,
    (CLOSED, Move.REOPEN): NEW,
    (HELD, Move.WITHDRAW): WITHDRAWN,
    (NEW, Move.WITHDRAW): WITHDRAWN,
    (OPEN, Move.WITHDRAW): WITHDRAWN,
    (ANSWERED, Move.WITHDRAW): WITHDRAWN,
    (CLOSED, Move.WITHDRAW): WITHDRAWN,
}


def test_the_moves_of_a_case_are_these_and_no_others() -> None:
    found = {}
    for state, move in itertools.product(CaseState, Move):
        try:
            found[state, move] = moved(1, state, move)
        except Refused:
            continue
    assert found == MOVES


def test_nothing_leads_out_of_withdrawn() -> None:
    assert not [move for state, move in MOVES if state is WITHDRAWN]


@pytest.mark.parametrize(
    ("state", "move", "reason"),
    [
        (HELD, Move.INVITE, "case 12 is held: 'invite' needs a case that is new or open"),
        (NEW, Move.ANSWER, "case 12 is new: 'answer' needs a case that is answered or open"),
        (NEW, Move.FOLLOW_UP, "case 12 is new: 'follow-up' needs a case that is answered or closed"),
    ],
)
def test_a_refusal_names_the_states_that_would_do(state: CaseState, move: Move, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        moved(12, state, move)
    assert refused.value.reason == reason


I = InvitationState  # noqa: E741 - the table below is read by columns
READY = [
    ([I.COMMENTED], 0, 1, True),
    ([I.COMMENTED], 1, 0, True),
    ([I.COMMENTED, I.DECLINED, I.EXPIRED, I.REVOKED, I.BOUNCED], 1, 1, True),
    ([I.COMMENTED, I.INVITED], 0, 1, False),
    ([I.DECLINED], 0, 0, False),
    ([], 0, 0, False),
]


@pytest.mark.parametrize(("invitations", "pending", "approved", "ready"), READY)
def test_a_case_is_ready_when_nobody_is_expected_and_something_is_there(
    invitations: list[I], pending: int, approved: int, ready: bool
) -> None:
    assert is_ready(invitations, pending, approved) is ready


DRY = [
    ([I.DECLINED, I.EXPIRED, I.REVOKED, I.BOUNCED], 0, True),
    ([I.DECLINED], 0, True),
    ([I.DECLINED], 1, False),
    ([I.DECLINED, I.INVITED], 0, False),
    ([I.EXPIRED, I.COMMENTED], 0, False),
    ([], 0, False),
]


@pytest.mark.parametrize(("invitations", "comments", "dry"), DRY)
def test_a_case_runs_dry_when_everybody_dropped_out_without_a_word(
    invitations: list[I], comments: int, dry: bool
) -> None:
    assert has_run_dry(invitations, comments) is dry
