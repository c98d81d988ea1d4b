from __future__ import annotations

import secrets
from datetime import UTC, datetime

from sqlalchemy import func, select

from mailgate.mail.address import Address
from mailgate.store import reply_tokens
from mailgate.store.tables import ReplyTokenRow
from mailgate.store.transaction import Transaction

NOW = datetime(2026, 2, 2, tzinfo=UTC)
OTHER = Address("private", "home.example")


def _give(tx: Transaction, case: int, invitation: int | None) -> str:
    return reply_tokens.give(tx, case, invitation, secrets.token_bytes)


def test_one_token_for_the_teacher_and_one_for_each_invitation(tx: Transaction, case: int, invitation: int) -> None:
    of_teacher, of_member = _give(tx, case, None), _give(tx, case, invitation)
    assert of_teacher != of_member
    assert (_give(tx, case, None), _give(tx, case, invitation)) == (of_teacher, of_member)
    assert tx.session.scalar(select(func.count()).select_from(ReplyTokenRow)) == 2


def test_a_token_says_whose_it_is(tx: Transaction, case: int, invitation: int) -> None:
    of_teacher = reply_tokens.find(tx, _give(tx, case, None))
    of_member = reply_tokens.find(tx, _give(tx, case, invitation))
    assert of_teacher is not None
    assert of_member is not None
    assert (of_teacher.case, of_teacher.invitation) == (case, None)
    assert (of_member.case, of_member.invitation) == (case, invitation)
    assert reply_tokens.of_invitation(tx, invitation) == of_member


def test_a_token_does_not_stand_in_its_table(tx: Transaction, case: int) -> None:
    token = _give(tx, case, None)
    row = tx.session.scalars(select(ReplyTokenRow)).one()
    assert token not in row.token_hash
    assert token.encode() not in row.token


def test_an_unknown_token_is_nobodys(tx: Transaction, case: int) -> None:
    token = _give(tx, case, None)
    assert [reply_tokens.find(tx, one) for one in ("", "a" * 24, token[:-1], token.upper())] == [None] * 4


def test_a_revoked_token_is_dead(tx: Transaction, case: int, invitation: int) -> None:
    token = _give(tx, case, invitation)
    reply_tokens.revoke(tx, invitation, NOW)
    tx.session.flush()
    assert reply_tokens.find(tx, token) is None
    assert reply_tokens.of_invitation(tx, invitation) is None


def test_revoking_the_members_of_a_case_leaves_the_teachers_token(tx: Transaction, case: int, invitation: int) -> None:
    of_teacher, of_member = _give(tx, case, None), _give(tx, case, invitation)
    reply_tokens.revoke_members_of(tx, case, NOW)
    tx.session.flush()
    assert reply_tokens.find(tx, of_teacher) is not None
    assert reply_tokens.find(tx, of_member) is None


def test_revoking_what_has_no_token_does_nothing(tx: Transaction, invitation: int) -> None:
    reply_tokens.revoke(tx, invitation, NOW)
    assert reply_tokens.of_invitation(tx, invitation) is None


def test_a_confirmed_sender_is_right_for_this_address_only(tx: Transaction, case: int, invitation: int) -> None:
    mine, theirs = reply_tokens.find(tx, _give(tx, case, invitation)), reply_tokens.find(tx, _give(tx, case, None))
    assert mine is not None
    assert theirs is not None
    assert not reply_tokens.is_confirmed(tx, mine, OTHER)
    for _ in range(2):
        reply_tokens.confirm_sender(tx, mine, OTHER, "operator:yui")
        tx.session.flush()
    assert reply_tokens.is_confirmed(tx, mine, Address("PRIVATE", "home.example"))
    assert not reply_tokens.is_confirmed(tx, theirs, OTHER)
