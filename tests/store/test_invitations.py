from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailgate.desk.lifecycle import InvitationState
from mailgate.errors import NotFound
from mailgate.store import invitations, members
from mailgate.store.invitations import Invitation
from mailgate.store.transaction import Transaction

NOW = datetime(2026, 2, 2, tzinfo=UTC)
DUE = NOW + timedelta(days=7)


def test_an_invitation_comes_back_as_it_was_made(
    tx: Transaction, invitation: int, case: int, member_ids: list[int]
) -> None:
    handle = members.member(tx, member_ids[0]).handle
    expected = Invitation(invitation, case, 1, member_ids[0], handle, InvitationState.INVITED, NOW, DUE, None)
    assert invitations.get(tx, invitation) == expected
    assert invitations.of_case(tx, case) == [expected]
    assert invitations.of_case(tx, case, 1) == [expected]
    assert invitations.of_case(tx, case, 2) == []
    assert invitations.states([expected]) == [InvitationState.INVITED]


@pytest.mark.parametrize(
    ("state", "due_before", "reminded", "found"),
    [
        (InvitationState.INVITED, DUE + timedelta(seconds=1), None, True),
        (InvitationState.INVITED, DUE, None, False),
        (InvitationState.COMMENTED, DUE + timedelta(days=1), None, False),
        (InvitationState.INVITED, DUE + timedelta(days=1), False, True),
    ],
)
def test_unanswered_invitations_wait_until_their_due_date(
    tx: Transaction, invitation: int, state: InvitationState, due_before: datetime, reminded: bool | None, found: bool
) -> None:
    invitations.set_state(tx, invitation, state)
    tx.session.flush()
    assert bool(invitations.waiting(tx, due_before=due_before, reminded=reminded)) is found


def test_a_reminded_invitation_is_not_found_for_reminding(tx: Transaction, invitation: int) -> None:
    invitations.set_reminded(tx, invitation, NOW)
    tx.session.flush()
    late = DUE + timedelta(days=1)
    assert invitations.waiting(tx, due_before=late, reminded=False) == []
    assert len(invitations.waiting(tx, due_before=late)) == 1


def test_asking_again_starts_the_same_invitation_afresh(tx: Transaction, invitation: int) -> None:
    invitations.set_state(tx, invitation, InvitationState.DECLINED)
    invitations.set_reminded(tx, invitation, NOW)
    later = NOW + timedelta(days=3)
    invitations.reopen(tx, invitation, later + timedelta(days=7), later)
    found = invitations.get(tx, invitation)
    assert (found.state, found.invited_at, found.due_at, found.reminded_at) == (
        InvitationState.INVITED,
        later,
        later + timedelta(days=7),
        None,
    )


def test_how_often_and_when_each_member_was_asked(
    tx: Transaction, invitation: int, case: int, member_ids: list[int]
) -> None:
    later = NOW + timedelta(days=40)
    invitations.add(tx, case, 2, member_ids[0], later, later)
    invitations.add(tx, case, 2, member_ids[1], later, later)
    assert invitations.counts_since(tx, NOW) == {member_ids[0]: 2, member_ids[1]: 1}
    assert invitations.counts_since(tx, later) == {member_ids[0]: 1, member_ids[1]: 1}
    assert invitations.last_invited(tx) == {member_ids[0]: later, member_ids[1]: later}


def test_nobody_is_invited_twice_in_one_round(
    tx: Transaction, invitation: int, case: int, member_ids: list[int]
) -> None:
    with pytest.raises(Exception, match=r"(?i)unique"), tx.session.begin_nested():
        invitations.add(tx, case, 1, member_ids[0], DUE, NOW)


def test_an_unknown_invitation_is_not_found(tx: Transaction) -> None:
    with pytest.raises(NotFound, match="no invitation 99"):
        invitations.get(tx, 99)
