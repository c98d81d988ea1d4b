"""What must hold at every moment of the simulated year, asked of the tables alone, or of the mails that left.

Nothing here uses the code that it judges: what is due, late or ready is worked out anew.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select

from mailgate.store.tables import (
    ApplicationRow,
    AuditRow,
    CaseRow,
    CommentRow,
    ConfirmationRow,
    InvitationRow,
    OutboxRow,
    SpoolRow,
)

BY_ITSELF = frozenset({"reminder", "digest", "register-confirmation", "confirmation-reminder"})
"""What mailgate writes by itself: never at night."""
NIGHT = (time(21), time(7))
_LINES = {
    "new": "新しい案件",
    "held": "保留中の案件",
    "ready": "回答できる案件",
    "late": "回答の目安の日を過ぎた案件",
    "dropped": "辞退や不達があった案件",
    "applications": "登録の申し込み",
    "held_mails": "保留中のメール",
    "quarantined": "処理できなかったメール",
    "stopped": "送信前に止めたメール",
    "failed": "届かなかったメール",
    "unconfirmed": "登録内容の確認に返信のない方、届かない方",
}


def is_night(moment: datetime, zone: Any) -> bool:
    local = moment.astimezone(zone).time()
    return local >= NIGHT[0] or local < NIGHT[1]


def after_run(session: Any, now: datetime, policy: Any) -> list[str]:
    """What a run at `now` has forgotten."""
    found = []
    soon = timedelta(days=policy.desks.main.reminder_days)
    for one in session.scalars(select(InvitationRow).where(InvitationRow.state == "invited")):
        if one.due_at < now:
            found.append(f"invitation {one.id} was due at {one.due_at} and waits still")
        elif one.due_at - now <= soon < one.due_at - one.invited_at and one.reminded_at is None:
            found.append(f"invitation {one.id} is due at {one.due_at} and was not reminded")
    quiet = now - timedelta(days=policy.quiet_days)
    for case in session.scalars(select(CaseRow).where(CaseRow.state == "answered", CaseRow.changed_at < quiet)):
        found.append(f"case {case.id} is answered and quiet since {case.changed_at}, and not closed")
    waiting = select(ConfirmationRow).where(ConfirmationRow.state.in_(("reminded",)))
    for one in session.scalars(waiting):
        if now - one.since >= timedelta(days=policy.confirmation_days):
            found.append(f"person {one.person_id} was reminded at {one.since} and is not listed as unanswered")
    return found


def truth(session: Any, now: datetime, since: datetime, confirming: bool) -> dict[str, int]:
    """The counts that a digest made at `now` must have; `since` is the one before."""
    cases = list(session.scalars(select(CaseRow).where(CaseRow.state.in_(("held", "new", "open")))))
    asked = [(one.case_id, one.round, one.state.value) for one in session.scalars(select(InvitationRow))]
    written = [(one.case_id, one.round, one.state.value) for one in session.scalars(select(CommentRow))]
    current = {one.id: one.round for one in cases if one.state == "open"}
    waits = {case for case, round_, state in asked if state == "invited" and current.get(case) == round_}
    has = {case for case, round_, state in written if state in ("pending", "approved") and current.get(case) == round_}
    actions = list(session.execute(select(AuditRow.action, AuditRow.case_id, AuditRow.at)))
    dropped = {one.case_id for one in actions if one.action in ("decline", "bounce") and one.at >= since}
    open_ones = select(func.count()).select_from(ApplicationRow).where(ApplicationRow.state.in_(("asked", "waiting")))
    unconfirmed = select(func.count()).select_from(ConfirmationRow)
    counts = {
        "new": sum(one.state == "new" for one in cases),
        "held": sum(one.state == "held" for one in cases),
        "ready": len(has - waits),
        "late": sum(one.state != "held" and one.due_at is not None and one.due_at < now for one in cases),
        "dropped": len(dropped & waits),
        "applications": session.scalar(open_ones),
        "held_mails": _count(session, SpoolRow, "held"),
        "quarantined": _count(session, SpoolRow, "quarantined"),
        "stopped": _count(session, OutboxRow, "stopped"),
        "failed": sum(one.action == "delivery failed" and one.at >= since for one in actions),
        "unconfirmed": session.scalar(unconfirmed.where(ConfirmationRow.state.in_(("unanswered", "unreached"))))
        if confirming
        else 0,
    }
    return {name: count for name, count in counts.items() if count}


def told(body: str) -> dict[str, int]:
    """The counts that a digest tells."""
    found = {}
    for name, words in _LINES.items():
        if line := re.search(rf"^・{re.escape(words)}(?:（(\d+)件）)?(?:：(\d+))?", body, re.MULTILINE):
            found[name] = int(line[1] or line[2])
    return found


def twice(what: Iterable[Any]) -> list[Any]:
    return sorted(one for one, count in Counter(what).items() if count > 1)


def _count(session: Any, table: Any, state: str) -> int:
    return session.scalar(select(func.count()).select_from(table).where(table.state == state)) or 0
