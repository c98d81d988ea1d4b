"""The audit log only grows, and whoever goes round that is told of: on both databases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from mailgate.errors import Refused
from mailgate.flow import chain_audit
from mailgate.flow.context import Office
from mailgate.store import audit, audit_chain
from mailgate.store.audit_chain import Break, Mark
from mailgate.store.audit_head import StoreHeadKeeper
from mailgate.store.key_ring import KeyRing


@dataclass
class Keeper:
    """A head in memory."""

    head: Mark | None = None

    def kept(self) -> Mark | None:
        return self.head

    def keep(self, head: Mark) -> None:
        self.head = head


def _write(office: Office, *actions: str) -> None:
    with office.write("operator:yui") as ctx:
        for action in actions:
            audit.record(ctx.tx, ctx.now, ctx.actor, action, subject="M-7F3K", detail='かな, "quoted"')


@pytest.fixture
def chained(desk: Any) -> Office:
    """Five lines with their places."""
    office: Office = desk.office
    _write(office, "one", "two", "three")
    assert chain_audit.chain(office) == 3
    _write(office, "four", "five")
    assert chain_audit.chain(office) == 2
    return office


def _tamper(office: Office, *statements: str) -> None:
    """As somebody who owns the database and takes the triggers away."""
    with office.database.write() as tx:
        if tx.connection.dialect.name == "postgresql":
            tx.session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            kept = tx.session.execute(
                text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
            ).all()
            for name, _ in kept:
                tx.session.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            tx.session.execute(text(statement))


def _broken(office: Office) -> Break | None:
    return chain_audit.verify(office).broken


def test_every_line_has_its_place_and_the_chain_holds(chained: Office) -> None:
    with chained.read() as ctx:
        assert [one.sequence for one in audit.listing(ctx.tx)] == [1, 2, 3, 4, 5]
    verdict = chain_audit.verify(chained)
    assert (verdict.lines, verdict.head.sequence, verdict.broken) == (5, 5, None)
    assert chain_audit.chain(chained) == 0


CHANGES = {
    "at": "UPDATE audit SET at = (SELECT max(at) FROM audit) WHERE sequence = 3",
    "actor": "UPDATE audit SET actor = 'system' WHERE sequence = 3",
    "action": "UPDATE audit SET action = 'other' WHERE sequence = 3",
    "subject": "UPDATE audit SET subject = 'M-XXXX' WHERE sequence = 3",
    "detail": "UPDATE audit SET detail = '' WHERE sequence = 3",
    "id": "UPDATE audit SET id = 999 WHERE sequence = 3",
    "mac": "UPDATE audit SET mac = (SELECT mac FROM audit_marks WHERE id = 'head') WHERE sequence = 3",
}


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_line_is_the_first_broken_link(chained: Office, column: str) -> None:
    _tamper(chained, CHANGES[column])
    assert _broken(chained) == Break(3, "changed")


@pytest.mark.parametrize(
    ("statements", "broken"),
    [
        (["DELETE FROM audit WHERE sequence = 2"], Break(2, "missing")),
        (["DELETE FROM audit WHERE sequence = 1"], Break(1, "missing")),
        (["DELETE FROM audit WHERE sequence = 5"], Break(5, "cut off at the end")),
        (["DELETE FROM audit WHERE sequence > 2"], Break(3, "cut off at the end")),
        (["DELETE FROM audit"], Break(1, "cut off at the end")),
        (
            [
                "UPDATE audit SET sequence = 99 WHERE sequence = 3",
                "UPDATE audit SET sequence = 3 WHERE sequence = 4",
                "UPDATE audit SET sequence = 4 WHERE sequence = 99",
            ],
            Break(3, "reordered"),
        ),
        (["UPDATE audit_marks SET sequence = 4"], Break(4, "forged")),
        (
            [
                "DELETE FROM audit WHERE sequence = 5",
                "UPDATE audit_marks SET sequence = 4, mac = (SELECT mac FROM audit WHERE sequence = 4)",
            ],
            Break(4, "forged"),
        ),
    ],
)
def test_what_is_taken_out_or_moved_is_named(chained: Office, statements: list[str], broken: Break) -> None:
    _tamper(chained, *statements)
    assert _broken(chained) == broken


def test_a_log_cut_off_together_with_its_head_shows_outside(desk: Any) -> None:
    office = replace(desk.office, head_keeper=Keeper())
    _write(office, "one", "two")
    chain_audit.chain(office)
    with office.read() as ctx:
        before = ctx.tx.session.execute(text("SELECT sequence, mac, proof FROM audit_marks")).one()
    _write(office, "three")
    chain_audit.chain(office)
    assert _broken(office) is None
    old = f"sequence = {before.sequence}, mac = '{before.mac}', proof = '{before.proof}'"
    _tamper(office, "DELETE FROM audit WHERE sequence = 3", f"UPDATE audit_marks SET {old}")
    assert _broken(replace(office, head_keeper=None)) is None
    assert _broken(office) == Break(3, "cut off at the end")


def test_a_keeper_that_missed_the_last_word_is_no_break(desk: Any) -> None:
    keeper = Keeper()
    office = replace(desk.office, head_keeper=keeper)
    _write(office, "one")
    chain_audit.chain(office)
    first = keeper.head
    _write(office, "two")
    chain_audit.chain(office)
    keeper.head = first
    assert _broken(office) is None


def test_a_line_with_a_lower_id_that_is_committed_later_comes_later(chained: Office) -> None:
    """As two writers of PostgreSQL may do it."""
    _tamper(
        chained,
        "INSERT INTO audit (id, at, actor, action, subject, detail) "
        "SELECT -1, at, actor, action, subject, detail FROM audit WHERE id = 1",
    )
    with chained.read() as ctx:
        assert audit_chain.is_behind(ctx.tx)
    assert chain_audit.verify(chained).lines == 6
    assert _broken(chained) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET detail = ''",
        "UPDATE audit SET sequence = NULL, mac = NULL WHERE sequence = 5",
        "UPDATE audit SET mac = 'x' WHERE sequence = 5",
        "DELETE FROM audit WHERE sequence = 5",
        "DELETE FROM audit",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(chained: Office, statement: str) -> None:
    with pytest.raises(DatabaseError, match="the audit log only grows"), chained.database.write() as tx:
        tx.session.execute(text(statement))
    assert _broken(chained) is None


def test_a_line_without_a_place_cannot_be_changed_or_taken_away_either(desk: Any) -> None:
    _write(desk.office, "one")
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
        with pytest.raises(DatabaseError, match="the audit log only grows"), desk.office.database.write() as tx:
            tx.session.execute(text(statement))


def _purge(office: Office, days: int) -> int:
    with office.write() as ctx:
        return audit_chain.purge(ctx.tx, ctx.now - timedelta(days=days))


def test_old_lines_go_and_what_is_left_still_verifies(desk: Any) -> None:
    office = desk.office
    _write(office, "one", "two")
    desk.clock.advance(days=10)
    _write(office, "three")
    chain_audit.chain(office)
    assert _purge(office, 11) == 0
    assert _purge(office, 10) == 2
    assert _purge(office, 10) == 0
    verdict = chain_audit.verify(office)
    assert (verdict.lines, verdict.head.sequence, verdict.broken) == (1, 3, None)
    _tamper(office, "DELETE FROM audit_marks WHERE id = 'anchor'")
    assert _broken(office) == Break(1, "missing")


def test_a_log_that_was_purged_to_its_end_goes_on(desk: Any) -> None:
    office = desk.office
    _write(office, "one")
    chain_audit.chain(office)
    desk.clock.advance(days=10)
    assert _purge(office, 1) == 1
    assert chain_audit.verify(office).broken is None
    _write(office, "two")
    verdict = chain_audit.verify(office)
    assert (verdict.lines, verdict.head.sequence, verdict.broken) == (1, 2, None)


def test_an_old_line_behind_a_young_one_waits_for_it(desk: Any) -> None:
    """A clock that was set back: only what is a beginning may go."""
    office = desk.office
    _write(office, "one")
    desk.clock.advance(days=-10)
    _write(office, "two")
    chain_audit.chain(office)
    desk.clock.advance(days=15)
    assert _purge(office, 6) == 0


@pytest.mark.parametrize("tamper", [True, False])
def test_another_key_opens_nothing(chained: Office, tamper: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if tamper:
        monkeypatch.setattr(KeyRing, "audit_key", lambda _: b"x" * 32)
    with chained.read() as ctx:
        assert (audit_chain.verify(ctx.tx, None).broken is None) == (not tamper)


def test_what_was_cut_off_is_told_until_an_operator_says_why(desk: Any) -> None:
    keeper = StoreHeadKeeper(desk.office.database.keys.ring.store)
    keeper.take(Mark(0, ""))
    office = replace(desk.office, head_keeper=keeper)
    desk.open_case()
    chain_audit.chain(office)
    here = keeper.kept()
    assert here is not None
    keeper.take(Mark(here.sequence + 10, "0" * 64))  # the log had ten lines more before the restore
    for _ in range(2):
        desk.open_case()
        broken = chain_audit.verify(office).broken
        assert broken is not None
    assert broken.what == "cut off at the end"
    with pytest.raises(Refused, match="--after-restore REASON"):
        chain_audit.accept_restore(office, "operator:yui", " ")
    chain_audit.accept_restore(office, "operator:yui", "the disk of node 2 died")
    assert chain_audit.verify(office).broken is None
    assert ("operator:yui", "audit after restore") in desk.audit()
