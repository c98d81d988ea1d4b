"""The reply addresses that are out in the world: found by keyed hash, kept as a sealed copy for later mails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from mailgate.mail.address import Address
from mailgate.mail.reply_address import new_token
from mailgate.store.tables import ConfirmedSenderRow, InvitationRow, ReplyTokenRow
from mailgate.store.transaction import Transaction

# Of the whole case, which has few: SQLite would look for the teacher's among all tokens that are of no invitation.
_OF_CASE = select(ReplyTokenRow.id, ReplyTokenRow.invitation_id, ReplyTokenRow.token).where(
    ReplyTokenRow.case_id == bindparam("case")
)


@dataclass(frozen=True, slots=True)
class Token:
    """A living reply address: of the teacher of a case, or of one invitation in it."""

    id: int
    case: int
    invitation: int | None


def give(tx: Transaction, case: int, invitation: int | None, random_bytes: Callable[[int], bytes]) -> str:
    """The token for the teacher of the case (`invitation` None) or of an invitation; made at the first call."""
    for row in tx.rows(_OF_CASE, case=case):
        if row.invitation_id == invitation:
            return tx.opened(ReplyTokenRow, row, "token")
    token = new_token(random_bytes)
    found_by = tx.keys.token_hash(token)
    tx.add(ReplyTokenRow, {"token": token}, token_hash=found_by, case_id=case, invitation_id=invitation)
    return token


def find(tx: Transaction, token: str) -> Token | None:
    """What a token stands for; None for an unknown, forged or revoked one."""
    row = tx.session.scalar(select(ReplyTokenRow).where(ReplyTokenRow.token_hash == tx.keys.token_hash(token)))
    return Token(row.id, row.case_id, row.invitation_id) if row is not None and row.revoked_at is None else None


def of_invitation(tx: Transaction, invitation: int) -> Token | None:
    """The living token of an invitation."""
    row = tx.session.scalar(select(ReplyTokenRow).where(ReplyTokenRow.invitation_id == invitation))
    return Token(row.id, row.case_id, row.invitation_id) if row is not None and row.revoked_at is None else None


def revoke(tx: Transaction, invitation: int, now: datetime) -> None:
    """From now on the address of this invitation is refused at RCPT."""
    row = tx.session.scalar(select(ReplyTokenRow).where(ReplyTokenRow.invitation_id == invitation))
    if row is not None and row.revoked_at is None:
        row.revoked_at = now


def revive(tx: Transaction, invitation: int) -> None:
    """The address of an invitation that is given again takes mail again."""
    row = tx.session.scalar(select(ReplyTokenRow).where(ReplyTokenRow.invitation_id == invitation))
    if row is not None:
        row.revoked_at = None


def revoke_members_of(tx: Transaction, case: int, now: datetime) -> None:
    """Revokes the addresses of all invitations of a case; the teacher's stays."""
    for invitation in tx.session.scalars(select(InvitationRow.id).where(InvitationRow.case_id == case)):
        revoke(tx, invitation, now)


def confirm_sender(tx: Transaction, token: Token, sender: Address, by: str) -> None:
    """Takes `sender` as a right one for this reply address from now on."""
    if not is_confirmed(tx, token, sender):
        tx.session.add(
            ConfirmedSenderRow(reply_token_id=token.id, address_hash=tx.keys.address_hash(sender), confirmed_by=by)
        )


def is_confirmed(tx: Transaction, token: Token, sender: Address) -> bool:
    query = select(ConfirmedSenderRow.id).where(
        ConfirmedSenderRow.reply_token_id == token.id,
        ConfirmedSenderRow.address_hash == tx.keys.address_hash(sender),
    )
    return tx.session.scalar(query) is not None
