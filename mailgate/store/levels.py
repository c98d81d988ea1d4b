"""The snapshots of `desk/levels.py`, one for each side and quarter; and when somebody was told of before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from mailgate.desk.attributes import Bands, Level, Side
from mailgate.desk.levels import Snapshot
from mailgate.store.columns import table_of
from mailgate.store.tables import CaseRow, CommentRow, InvitationRow, LevelRow
from mailgate.store.transaction import Transaction

_rows = table_of(LevelRow)
_ALL = select(_rows).where(_rows.c.side == bindparam("side")).order_by(_rows.c.quarter.desc())
_ONE = _ALL.where(_rows.c.quarter == bindparam("quarter"))
_SHOWN_TEACHER = (
    select(CaseRow.received_at)
    .join(InvitationRow, InvitationRow.case_id == CaseRow.id)
    .where(CaseRow.teacher_id == bindparam("person"), CaseRow.id != bindparam("b_case"))
    .distinct()
)
_SHOWN_MEMBER = (
    select(CaseRow.received_at)
    .join(InvitationRow, InvitationRow.case_id == CaseRow.id)
    .join(CommentRow, CommentRow.invitation_id == InvitationRow.id)
    .where(
        InvitationRow.member_id == bindparam("person"),
        CommentRow.answered_at.is_not(None),
        CaseRow.id != bindparam("b_case"),
    )
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Frozen:
    snapshot: Snapshot
    at: datetime


def find(tx: Transaction, side: Side, quarter: str) -> Snapshot | None:
    """The snapshot of a quarter; None while nobody has needed it."""
    row = tx.rows(_ONE, side=side, quarter=quarter).only()
    return _snapshot(row) if row else None


def all_of(tx: Transaction, side: Side) -> list[Frozen]:
    """Every snapshot of a side, the newest quarter first."""
    return [Frozen(_snapshot(row), row.frozen_at) for row in tx.rows(_ALL, side=side)]


def freeze(tx: Transaction, new: Snapshot, now: datetime) -> None:
    """Keeps a snapshot, unless one of this side and quarter is kept already."""
    tx.alone(f"levels {new.side} {new.quarter}")
    if find(tx, new.side, new.quarter) is not None:
        return
    content = {
        "years": new.bands.years,
        "years_coarse": new.bands.years_coarse,
        "oldest": new.bands.oldest,
        "cells": new.cells,
    }
    tx.add(
        LevelRow,
        {},
        side=new.side,
        quarter=new.quarter,
        level=new.level.value,
        k=new.k,
        people=new.people,
        content=json.dumps(content, ensure_ascii=False),
        frozen_at=now,
    )


def told_of_in(tx: Transaction, side: Side, person: int, other_than: int) -> Sequence[datetime]:
    """When the cases came in in which the other side was told of a teacher or member (by id); without one case."""
    query = _SHOWN_TEACHER if side is Side.TEACHER else _SHOWN_MEMBER
    return tx.rows(query, person=person, b_case=other_than).firsts()


def _snapshot(row: Any) -> Snapshot:
    content = json.loads(row.content)
    bands = Bands(tuple(content["years"]), content["years_coarse"], content["oldest"])
    cells = {Level(int(level)): counts for level, counts in content["cells"].items()}
    return Snapshot(row.side, row.quarter, Level(row.level), row.k, row.people, bands, cells)
