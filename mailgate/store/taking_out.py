"""Taking a mail out of the outbox before it leaves, and knowing for sure that it did not.

Each is one statement that looks and takes at once: a sender that claims the same mail comes before it or after it. What
is in a sender's hands may be leaving at this moment. Before: `flow/outgoing.py`, `flow/withdraw.py`,
`flow/no_longer_open.py`. After: `flow/take_back.py` undoes what the mail told of.

Known weakness: a mail whose sender died with it counts as never sent once its lease has run out (`sending.LEASE`),
although the relay may have taken it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Update, bindparam, or_, update

from mailgate.desk.lifecycle import OutboxState
from mailgate.store.columns import Instant, table_of
from mailgate.store.outbox import UNSENT
from mailgate.store.tables import OutboxRow
from mailgate.store.transaction import Transaction

TAKEN_BACK = "taken back: what it told of is undone"
"""The reason of a mail that is never sent after all."""

_rows = table_of(OutboxRow)
_FREE = or_(_rows.c.lease.is_(None), _rows.c.next_try_at <= bindparam("b_now", type_=Instant))
_OUT = update(_rows).where(_rows.c.state.in_(UNSENT)).values(state=OutboxState.CANCELLED)
_ONE = _OUT.where(_rows.c.id == bindparam("b_id"), _FREE)
_ABOUT = _OUT.where(_rows.c.invitation_id == bindparam("b_invitation"))
_ABOUT_FREE = _ABOUT.where(_rows.c.kind == bindparam("b_kind"), _FREE)
_ABOUT_KINDS = _ABOUT.where(_rows.c.kind.in_(bindparam("b_kinds", expanding=True))).values(reason=TAKEN_BACK)
_MARK = update(_rows).where(_rows.c.id == bindparam("b_id")).values(reason=TAKEN_BACK)


def take_out(tx: Transaction, mail_id: str, now: datetime) -> bool:
    """Cancels a mail that has not left; False, and nothing is done, when it has, or is in hand."""
    return _run(tx, _ONE, b_id=mail_id, b_now=now)


def take_out_kind(tx: Transaction, invitation: int, kind: str, now: datetime) -> bool:
    """The same with what waits about an invitation and is of one kind; whether that was anything."""
    return _run(tx, _ABOUT_FREE, b_invitation=invitation, b_kind=kind, b_now=now)


def take_out_all(tx: Transaction, invitation: int) -> None:
    """Whatever still waits to be sent about an invitation; what is in hand is not tried again."""
    _run(tx, _ABOUT, b_invitation=invitation)


def take_out_kinds(tx: Transaction, invitation: int, kinds: Collection[str]) -> None:
    """The same with some kinds of mail alone, which are never sent after all."""
    _run(tx, _ABOUT_KINDS, b_invitation=invitation, b_kinds=list(kinds))


def mark_taken_back(tx: Transaction, mail_id: str) -> None:
    """A mail that was taken out is never sent after all (`outbox.retry` refuses)."""
    _run(tx, _MARK, b_id=mail_id)


def _run(tx: Transaction, statement: Update, **values: object) -> bool:
    changed = tx.rows(statement, **values).changed > 0
    tx.session.expire_all()  # the statement went past the objects of the session
    return changed
