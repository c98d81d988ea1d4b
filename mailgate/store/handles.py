"""Handles: `M-7F3K` stands for a person or a school wherever no name may stand. Random, so they say nothing."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from mailgate.desk.handles import read_handle
from mailgate.store.transaction import Transaction

__all__ = ("new_handle", "read_handle")

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base32: no I, L, O, U
_LENGTH = 4
_TRIES_PER_LENGTH = 5


def new_handle(tx: Transaction, column: InstrumentedAttribute[str], prefix: str) -> str:
    """A handle with `prefix` ("M") that `column` does not hold yet; a crowded register gets longer ones."""
    tries = 0
    while True:
        handle = _random(prefix, _LENGTH + tries // _TRIES_PER_LENGTH)
        if tx.session.scalar(select(column).where(column == handle)) is None:
            return handle
        tries += 1


def new_handles(tx: Transaction, column: InstrumentedAttribute[str], prefix: str, count: int) -> list[str]:
    """So many handles at once, all different."""
    taken = set(tx.session.scalars(select(column)))
    found: list[str] = []
    tries = 0
    while len(found) < count:
        handle = _random(prefix, _LENGTH + tries // _TRIES_PER_LENGTH)
        if handle in taken:
            tries += 1
            continue
        taken.add(handle)
        found.append(handle)
    return found


def _random(prefix: str, length: int) -> str:
    return f"{prefix}-{''.join(secrets.choice(_ALPHABET) for _ in range(length))}"
