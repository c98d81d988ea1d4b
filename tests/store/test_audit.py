from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mailgate.store import audit
from mailgate.store.audit import AuditEntry
from mailgate.store.transaction import Transaction

NOW = datetime(2026, 2, 2, tzinfo=UTC)


def test_the_history_of_a_case_is_its_lines_oldest_first(tx: Transaction, case: int) -> None:
    audit.record(tx, NOW + timedelta(hours=1), "teacher", "open", case=case, subject="T-7F3K")
    audit.record(tx, NOW, "system", "test")
    audit.record(tx, NOW, "operator:yui", "assign", case=case, detail="ken")
    tx.session.flush()
    assert list(audit.history(tx, case)) == [
        AuditEntry(NOW + timedelta(hours=1), "teacher", "open", "T-7F3K", "", case),
        AuditEntry(NOW, "operator:yui", "assign", "", "ken", case),
    ]


def test_the_log_can_only_grow() -> None:
    public = {name for name, value in vars(audit).items() if callable(value) and value.__module__ == audit.__name__}
    assert public == {"AuditEntry", "record"} | {
        *("is_recorded", "history", "listing", "newest", "count_of", "of_register", "cases_with"),
    }
