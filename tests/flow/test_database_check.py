"""`db check`: every rule finds the fault that was planted for it and says what to do; a healthy desk has none.

The faults are planted past mailgate, in SQL and with the foreign keys off, on both databases. What is compared is the
whole report. That the rules never speak of a healthy desk is shown by the scenarios too: each ends with this check.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import snapshots
from custody import open_keys, write_keys
from sqlalchemy import LargeBinary, func, select, text

from mailgate.errors import StoreUnavailable
from mailgate.flow import screen, triage
from mailgate.flow.letters import Answer
from mailgate.mail.drawing import Drawing
from mailgate.store import (
    attachments,
    custody,
    destruction,
    integrity,
    integrity_cases,
    integrity_forgotten,
    integrity_mail,
    integrity_matches,
    migrate,
    rounds,
)
from mailgate.store.columns import Base
from mailgate.store.integrity_rows import UNTOUCHED
from mailgate.store.key_files import RootKeys
from mailgate.store.key_ring import KeyRing
from mailgate.store.sealing import Keys

HEAD = migrate.head()

NOBODYS = "0" * 64


@dataclass(frozen=True)
class Fault:
    sql: str
    report: tuple[str, ...]
    """`{m0}`, `{mail1}`, … stand for what is different in each run."""


def fault(sql: str, *report: str) -> Fault:
    return Fault(sql, report)


PLANTED = {
    "teacher-without-address": fault(
        "UPDATE person_addresses SET position = position + 1 WHERE person_id = (SELECT person_id FROM teachers)",
        "teacher {teacher}: has no mail address: mailgate teacher edit {teacher} --address ADDRESS",
    ),
    "member-without-address": fault(
        "DELETE FROM person_addresses WHERE person_id = (SELECT person_id FROM members WHERE id = 1)",
        "member {m0}: has no mail address: mailgate member edit {m0} --address ADDRESS",
    ),
    "level-unknown": fault(
        "UPDATE levels SET level = 9 WHERE side = 'member'",
        f"levels 2: what is in force in 2026Q1 for members is no level from 1 to 8; {UNTOUCHED}",
    ),
    "relation-of-nothing": fault(
        "INSERT INTO relations (member_id) VALUES (1)",
        f"relations 1: of {{m0}}, and not with exactly one teacher or school; {UNTOUCHED}",
    ),
    "contract-backwards": fault(
        "UPDATE contracts SET ends_on = '2025-03-31'",
        "school {school}: a contract ends before it begins: "
        "mailgate school contract {school} --from 2025-04-01 --to DAY",
    ),
    "case-without-round": fault(
        "UPDATE cases SET round = 2 WHERE id = 1", f"case 1: has no round 2, in which it is; {UNTOUCHED}"
    ),
    "round-ahead-of-case": fault(
        "UPDATE cases SET round = 0 WHERE id = 1",
        f"case 1: has no round 0, in which it is; {UNTOUCHED}",
        f"case 1: is in round 0 and has a round 1; {UNTOUCHED}",
    ),
    "rounds-with-gap": fault(
        "UPDATE rounds SET number = 2 WHERE case_id = 1;"
        "UPDATE cases SET round = 2 WHERE id = 1; UPDATE entries SET round = 2 WHERE case_id = 1;"
        "UPDATE comments SET round = 2 WHERE case_id = 1; UPDATE invitations SET round = 2 WHERE case_id = 1",
        f"case 1: its rounds have a gap; {UNTOUCHED}",
    ),
    "round-without-text": fault(
        "UPDATE entries SET case_id = 2 WHERE id = 1",
        f"case 1: has nothing that the teacher wrote in round 1; {UNTOUCHED}",
    ),
    "text-without-round": fault(
        "UPDATE entries SET round = 2 WHERE id = 1",
        f"case 1: has nothing that the teacher wrote in round 1; {UNTOUCHED}",
        f"case 1: a text of the teacher is of round 2, which it does not have; {UNTOUCHED}",
    ),
    "case-without-teacher": fault(
        "UPDATE cases SET teacher_id = NULL WHERE id = 1",
        "case 1: is answered, and has no teacher: mailgate case withdraw 1",
    ),
    "held-without-reason": fault(
        "UPDATE cases SET state = 'held' WHERE id = 3",
        "case 3: is held and does not say why: mailgate case release 3 or reject it",
    ),
    "approved-round-without-text": fault(
        "UPDATE rounds SET approved = :empty WHERE case_id = 1",
        "case 1: round 1 is approved without an approved text: mailgate case check 1",
    ),
    "open-without-invitation": fault(
        "UPDATE cases SET state = 'open' WHERE id = 3",
        "case 3: is open, and nobody is invited in round 1: mailgate case invite 3",
    ),
    "invited-without-open-case": fault(
        "UPDATE cases SET state = 'closed' WHERE id = 2",
        "case 2: {m1} is still invited in round 1, and the case is closed in round 1; 'run-due' ends it when it is due",
    ),
    "invitation-without-round": fault(
        "UPDATE invitations SET round = 2 WHERE id = 1",
        f"case 1: {{m0}} is invited in round 2, which it does not have; {UNTOUCHED}",
        f"comment 1: is of case 1, round 1, and its invitation is not; {UNTOUCHED}",
    ),
    "invitation-without-address": fault(
        "DELETE FROM reply_tokens WHERE invitation_id = 3",
        "case 2: the invitation of {m1} has no reply address: mailgate case revoke 2 {m1}",
    ),
    "address-alive-after-withdrawal": fault(
        "UPDATE cases SET state = 'withdrawn' WHERE id = 1",
        f"case 1: is withdrawn, and the reply address of {{m0}} is still alive; {UNTOUCHED}",
    ),
    "address-of-another-case": fault(
        "UPDATE reply_tokens SET case_id = 1 WHERE id = 5",
        f"reply_tokens 5: is of case 1, and its invitation is of another; {UNTOUCHED}",
    ),
    "commented-without-comment": fault(
        "UPDATE invitations SET state = 'commented' WHERE id = 3",
        "case 2: {m1} has commented, and no comment is there: mailgate mail list, then mail retry",
    ),
    "comment-without-text": fault(
        "UPDATE comment_versions SET comment_id = 2, number = 2 WHERE id = 1",
        f"comment 1: has no version, so no text; {UNTOUCHED}",
    ),
    "versions-with-gap": fault(
        "UPDATE comment_versions SET number = 2 WHERE id = 1", f"comment 1: its versions have a gap; {UNTOUCHED}"
    ),
    "comment-of-another-round": fault(
        "UPDATE comments SET case_id = 3 WHERE id = 1",
        f"comment 1: is of case 3, round 1, and its invitation is not; {UNTOUCHED}",
    ),
    "two-comments-at-once": fault(
        "UPDATE comments SET answered_at = NULL, invitation_id = 2, case_id = 2 WHERE id = 1",
        "case 1: {m0} has commented, and no comment is there: mailgate mail list, then mail retry",
        "case 2: {m0} has 2 comments where one counts: mailgate comment list --case 2, and reject the others",
    ),
    "approved-comment-without-text": fault(
        "UPDATE comments SET approved = :empty WHERE id = 1",
        "comment 1: is approved, and has no approved text: mailgate comment approve 1",
    ),
    "finding-of-nothing": fault(
        "UPDATE findings SET round_id = NULL WHERE id = 1", f"findings 1: is not of exactly one text; {UNTOUCHED}"
    ),
    "answered-without-round": fault(
        "UPDATE rounds SET answered_at = NULL WHERE case_id = 1",
        "case 1: is answered, and its round 1 is not: mailgate case close 1, then reopen it",
    ),
    "answered-without-mail": fault(
        "DELETE FROM outbox WHERE kind = 'answer'",
        "case 1: a round is answered, and no answer is in the outbox: look at it with mailgate case show 1, "
        "close and reopen it, and answer again",
    ),
    "mail-for-nobody": fault(
        "INSERT INTO raw_mails (id, received_at, reverse_path, peer, helo, size_bytes, octets)"
        " SELECT 'lost', received_at, :empty, :empty, :empty, 0, :empty FROM raw_mails WHERE id = '{mail1}'",
        f"mail lost: was accepted, and is in nobody's spool; {UNTOUCHED}",
    ),
    "done-without-text": fault(
        "UPDATE entries SET spool_id = '{mail3}' WHERE id = 1",
        f"mail {{mail1}}: is done (new case), and its text is in no case; {UNTOUCHED}",
    ),
    "sent-without-time": fault(
        "UPDATE outbox SET state = 'sent' WHERE kind = 'answer'",
        "outgoing mail {answer}: was sent, and nobody knows when: mailgate outbox show {answer}",
    ),
    "mail-of-another-case": fault(
        "UPDATE outbox SET invitation_id = 3 WHERE kind = 'answer'",
        f"outgoing mail {{answer}}: is of case 1, and its invitation is of another; {UNTOUCHED}",
    ),
}
GENERAL = {
    "orphan teachers.school_id": fault(
        "UPDATE teachers SET school_id = 99",
        f"teachers 1: refers to schools 99, which is not there; {UNTOUCHED}",
    ),
    "word members.status": fault(
        "UPDATE members SET status = 'retird' WHERE id = 2",
        f"members 2: its status is no word that mailgate knows; {UNTOUCHED}",
    ),
}
SEALED = {
    "sealed entries.text": fault(
        "UPDATE entries SET text = body WHERE id = 1",
        "entries 1: text does not open: are these its keys? If so, restore a backup",
    ),
    "address-hash": fault(
        f"UPDATE person_addresses SET address_hash = '{NOBODYS}' WHERE id = 1",
        "person_addresses 1: nobody is found by it: enter the address again with mailgate teacher edit or member edit",
    ),
    "application-hash": fault(
        f"UPDATE applications SET address_hash = '{NOBODYS}' WHERE id = 1",
        f"applications 1: a further mail of the applicant will not find it; {UNTOUCHED}",
    ),
    "case-sender-hash": fault(
        f"UPDATE cases SET sender_hash = '{NOBODYS}' WHERE id = 1",
        f"cases 1: its sender is not the one it is found by; {UNTOUCHED}",
    ),
    "approved-digest": fault(
        f"UPDATE rounds SET approved_digest = '{NOBODYS}' WHERE case_id = 2",
        "rounds 2: the approved text is not the one that was approved: mailgate case check 2",
    ),
    "drawing-digest": fault(
        f"UPDATE attachments SET octets_digest = '{NOBODYS}'",
        "attachments 1: the drawing is not the one that was looked at: withhold the attachment, "
        "it is drawn anew when it is shown",
    ),
    "token-hash": fault(
        f"UPDATE reply_tokens SET token_hash = '{NOBODYS}' WHERE id = 1",
        f"reply_tokens 1: the reply address that was sent out is not the one that is taken; {UNTOUCHED}",
    ),
    "size": fault(
        "UPDATE raw_mails SET size_bytes = 7 WHERE id = '{mail1}'",
        f"raw_mails {{mail1}}: the mail is not as long as it was; {UNTOUCHED}",
    ),
    "spool-sender-hash": fault(
        f"UPDATE spool SET sender_hash = '{NOBODYS}' WHERE id = '{{mail1}}'",
        f"raw_mails {{mail1}}: its sender is not the one that its order goes by; {UNTOUCHED}",
    ),
    "recipient-hash": fault(
        f"UPDATE outbox SET recipient_hash = '{NOBODYS}' WHERE kind = 'answer'",
        f"outbox {{answer}}: its recipient is not the one it is found by; {UNTOUCHED}",
    ),
    "domain-hash": fault(
        f"UPDATE outbox SET domain_hash = '{NOBODYS}' WHERE kind = 'answer'",
        f"outbox {{answer}}: its domain is not the one it is counted by; {UNTOUCHED}",
    ),
    "bounce-hash": fault(
        f"UPDATE outbox SET bounce_hash = '{NOBODYS}' WHERE kind = 'answer'",
        f"outbox {{answer}}: a report that comes back will not find it; {UNTOUCHED}",
    ),
}


def _get_busy(desk: Any) -> None:
    """Case 1 is answered; case 2 is open, one of two members has commented; case 3 is new and looked through. Somebody
    has applied for the register."""
    desk.answered_case()
    desk.write("aoi@home.example", "氏名：青井 凛\n学校名：南小", to="join@mado.example")
    number = desk.open_case("二つ目の相談です。")
    first, _ = desk.invite(number, 0, 1)
    desk.comment(first)
    screen.screen_case(desk.office, desk.open_case("森野市立南小学校の水原遥香です。"))
    with desk.office.write() as ctx:  # somebody has looked at an attachment of case 2
        (entry,) = rounds.entries(ctx.tx, number)
        place = attachments.Place(number, None, entry.spool_id, 1)
        attachments.keep_drawing(ctx.tx, place, Drawing("image/png", b"pixels", 1), "operator:yui", ctx.now)


@pytest.fixture
def busy_desk(desk: Any) -> Any:
    return snapshots.after(_get_busy, desk)


@pytest.fixture
def tables_are_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """For faults in the rows alone. To compare the tables takes longer than all that is asked of what stands in them;
    the other tests do so.
    """
    monkeypatch.setattr(migrate, "difference", lambda connection: "")


def _report(desk: Any, *, quick: bool = False, keys: Keys | None = None) -> list[str]:
    database = desk.office.database
    found = integrity.problems(database.engine, None if quick else keys or database.keys)
    return [one.what for one in found]


def _names(desk: Any) -> dict[str, str]:
    with desk.office.read() as ctx:
        mails = ctx.tx.session.execute(text("SELECT case_id, spool_id FROM entries")).all()
    (answer,) = desk.outbox("answer")
    members = {f"m{place}": member.handle for place, member in enumerate(desk.members)}
    return (
        members
        | {f"mail{case}": mail for case, mail in mails}
        | {
            "answer": answer.id,
            "teacher": desk.teacher.handle,
            "school": desk.teacher.school.handle,
        }
    )


def _plant(desk: Any, sql: str) -> None:
    engine = desk.office.database.engine
    off, on = (
        ("PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys=ON")
        if engine.dialect.name == "sqlite"
        else ("SET session_replication_role = replica", "SET session_replication_role = origin")
    )
    with engine.connect() as connection:
        connection.connection.driver_connection.execute(off)
        for statement in sql.split(";"):
            connection.execute(text(statement), {"empty": b""} if ":empty" in statement else {})
        connection.commit()
        connection.connection.driver_connection.execute(on)
        connection.commit()


def _planted_report(desk: Any, planted: Fault, *, quick: bool = False) -> tuple[list[str], list[str]]:
    names = _names(desk)
    _plant(desk, planted.sql.format_map(names))
    return _report(desk, quick=quick), [line.format_map(names) for line in planted.report]


def test_every_rule_has_its_fault() -> None:
    rules = integrity_cases.CHECKS + integrity_mail.CHECKS + integrity_forgotten.CHECKS
    assert {one.name for one in rules} == PLANTED.keys() | FORGOTTEN.keys()
    assert {one.name for one in integrity_matches.MATCHES} == SEALED.keys() - {"sealed entries.text"}
    names = [one.name for one in integrity.CHECKS]
    assert GENERAL.keys() <= set(names)
    assert len(set(names)) == len(names)


@pytest.mark.usefixtures("tables_are_ours")
@pytest.mark.parametrize("name", [*PLANTED, *GENERAL])
def test_a_planted_fault_is_told_with_what_to_do(busy_desk: Any, name: str) -> None:
    found, expected = _planted_report(busy_desk, (PLANTED | GENERAL)[name], quick=True)
    assert found == expected


FORGOTTEN = {
    "destroyed-case-with-names": "UPDATE cases SET sender_hash = '0' WHERE id = 1",
    "destroyed-case-with-mails": "UPDATE spool SET whole_hash = '0' WHERE case_id = 1",
    "destroyed-case-with-approved-texts": "UPDATE rounds SET approved = octets FROM raw_mails "
    "WHERE case_id = 1 AND length(octets) > 0",
    "destroyed-case-with-texts": "UPDATE entries SET case_id = 1 WHERE case_id = 2",
    "destroyed-case-with-comments": "UPDATE comments SET case_id = 1, round = 1",
    "destroyed-case-with-notes": "INSERT INTO notes (case_id, author, written_at, text) "
    "SELECT 1, 'x', received_at, octets FROM raw_mails",
    "destroyed-case-with-consents": "INSERT INTO consents (case_id, round, digest, state, operator, reason) "
    "VALUES (1, 1, '', 'waived', 'x', :empty)",
    "destroyed-case-with-drafts": "INSERT INTO drafts (case_id, round, operator, text, of_digest, saved_at) "
    "SELECT 1, 1, 'x', :empty, '', received_at FROM raw_mails",
    "destroyed-case-with-attachments": "INSERT INTO attachments (case_id, spool_id, position, state, media_type, "
    "pages, octets, octets_digest, decided_by) SELECT 1, id, 9, 'withheld', '', 0, :empty, '', '' FROM spool",
    "destroyed-case-with-addresses": "UPDATE reply_tokens SET case_id = 1, invitation_id = NULL "
    "WHERE id = (SELECT max(id) FROM reply_tokens)",
    "destroyed-case-with-letters": "UPDATE outbox SET case_id = 1, invitation_id = NULL",
    "erased-person-with-data": "UPDATE persons SET erased_at = (SELECT max(at) FROM audit) WHERE id = 2",
}


@pytest.mark.usefixtures("tables_are_ours")
@pytest.mark.parametrize("name", FORGOTTEN)
def test_what_is_left_of_the_forgotten_is_told(busy_desk: Any, name: str) -> None:
    with busy_desk.office.write() as ctx:
        destruction.destroy(ctx.tx, 1, ctx.now)
    assert _report(busy_desk, quick=True) == []
    _plant(busy_desk, FORGOTTEN[name])
    found = {one.check: one.what for one in _problems(busy_desk)}
    assert name in found
    assert found[name].endswith("are left: report this, and delete them by hand") or name == "erased-person-with-data"


def _problems(desk: Any) -> list[Any]:
    return list(integrity.problems(desk.office.database.engine, None))


@pytest.mark.usefixtures("tables_are_ours")
@pytest.mark.parametrize("name", SEALED)
def test_what_was_sealed_is_compared_unless_it_is_to_be_quick(busy_desk: Any, name: str) -> None:
    found, expected = _planted_report(busy_desk, SEALED[name])
    assert found == expected
    assert _report(busy_desk, quick=True) == []


def test_a_desk_in_all_states_has_no_problem(busy_desk: Any) -> None:
    desk = busy_desk
    desk.write(body="もう一つ伺います。", to=desk.reply_address(case=1))  # round 2
    desk.invite(1, 1, 2)
    desk.write(desk.members[1].person.addresses[0].wire, "辞退", to=desk.reply_address(4))
    desk.write("stranger@else.example", "私の意見です。", to=desk.reply_address(5))  # held
    desk.write("nobody@else.example", "はじめまして。")  # a held case
    desk.run(triage.close, 2)
    desk.run(triage.reopen, 2)
    desk.write(body="取り下げ", to=desk.reply_address(case=3))
    desk.run(triage.reject, 4)
    assert {one.state.value for one in desk.cases()} == {"open", "new", "withdrawn", "spam"}
    assert _report(desk) == []


def test_the_words_that_the_rules_go_by_are_those_of_the_flows(busy_desk: Any) -> None:
    """The kind of an answer, and what the spool says of mails whose text was kept."""
    assert Answer.template == integrity_mail.ANSWER
    desk = busy_desk
    desk.write("stranger@else.example", "私の意見です。", to=desk.reply_address(3))
    desk.write("nobody@else.example", "はじめまして。")
    desk.write(body="追伸です。", to=desk.reply_address(case=2))
    desk.comment(desk.invite(3, 2)[0])
    desk.write(desk.members[0].person.addresses[0].wire, "追伸です。", to=desk.reply_address(2))
    desk.write(desk.members[0].person.addresses[0].wire, "遅れました。", to=desk.reply_address(1))
    words = integrity_mail.KEPT_AS_ENTRY + integrity_mail.KEPT_AS_COMMENT
    like = " OR ".join(f"reason LIKE '{one}'" for one in words)
    with desk.office.read() as ctx:
        told = ctx.tx.session.scalar(text(f"SELECT count(*) FROM spool WHERE state = 'done' AND ({like})"))
        kept = "SELECT spool_id FROM entries UNION ALL SELECT spool_id FROM comment_versions"
        texts = ctx.tx.session.scalar(text(f"SELECT count(*) FROM ({kept}) AS kept"))
        done = text("SELECT reason FROM spool WHERE state = 'done' AND reason NOT LIKE 'application %'")
        reasons = set(ctx.tx.session.scalars(done))
    assert told == texts
    assert {one.split(" %")[0].removesuffix(":") for one in words} == {
        next(word.split(" %")[0].removesuffix(":") for word in words if reason.startswith(word.split("%")[0]))
        for reason in sorted(reasons)
    }


def _count_sealed(desk: Any) -> int:
    with desk.office.read() as ctx:
        return sum(
            ctx.tx.session.scalar(select(func.count()).where(func.length(column) > 0)) or 0
            for table in Base.metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, LargeBinary)
        )


def test_a_key_of_something_else_is_one_line(busy_desk: Any, tmp_path: Path) -> None:
    own = busy_desk.office.database.keys
    sealed = _count_sealed(busy_desk)
    assert sealed > 50
    other_root = Keys(own.index, KeyRing(RootKeys(write_keys(tmp_path / "keys", b"x")), own.ring.store))
    assert _report(busy_desk, keys=other_root) == [
        f"seal.key does not fit: {sealed} of {sealed} sealed values do not open with it; "
        "restore the keys from their backup"
    ]
    addresses, tokens = (
        _report(busy_desk, keys=Keys(replace(own.index, **{name: b"x" * 32}), own.ring))
        for name in ("address_key", "token_key")
    )
    assert [re.sub(r"\d+", "N", line) for line in addresses + tokens] == [
        f"{name} does not fit: N of N hashes are not of this key; restore the keys from their backup"
        for name in ("address.key", "token.key")
    ]


def test_a_root_key_that_is_not_there_is_one_line(busy_desk: Any, tmp_path: Path) -> None:
    """A copy of the key store from before the root key was changed, beside the new root key alone."""
    own = busy_desk.office.database.keys
    folder = write_keys(tmp_path / "keys")
    RootKeys(folder).make()
    (folder / "seal.key").unlink()
    count = sum(own.ring.store.count_by_root().values())
    assert _report(busy_desk, keys=Keys(own.index, KeyRing(RootKeys(folder), own.ring.store))) == [
        f"seal.key is missing, and {count:,} keys of the key store are wrapped under it: restore it, or copy it from "
        "the node that has it; if key destroy deleted it, this key store is a copy from before: restore a newer one"
    ]


def test_a_lost_key_is_one_line_for_its_case(busy_desk: Any) -> None:
    custody.destroy_case_key(busy_desk.office.database, 1)
    (line,) = _report(busy_desk)
    assert re.sub(r"\(\d+", "(N", line) == (
        "case 1: its key is not in the key store (N sealed values): if the case was destroyed after this backup, "
        "mailgate case destroy 1 --now; if not, the key store is older than the database: restore its newest backup"
    )


def test_a_store_of_something_else_is_one_line_for_each_key(busy_desk: Any, tmp_path: Path) -> None:
    other = open_keys(write_keys(tmp_path / "keys"))
    lines = _report(busy_desk, keys=other)
    assert [re.sub(r"\(\d+", "(N", re.sub("[0-9a-f]{32}", "K", line)).split(" is not")[0] for line in lines] == [
        *["key K, of no case,"] * 2,
        *(f"case {number}: its key" for number in (1, 2, 3)),
    ]


def test_fifty_of_each_kind_are_told(busy_desk: Any) -> None:
    unsealed = "INSERT INTO notes (case_id, author, written_at, text) SELECT 1, 'x', received_at, :wrong FROM cases"
    with busy_desk.office.write() as ctx:
        for _ in range(17):  # for each of the three cases
            ctx.tx.session.execute(text(unsealed), {"wrong": b"\x01 not sealed at all, and long enough"})
    assert _count_sealed(busy_desk) > 2 * 51  # most do open: it is not the key
    notes = [one for one in _report(busy_desk) if "notes" in one]
    assert len(notes) == 51
    assert notes[-1] == "more than 50 of the same (sealed notes.text): mend these, look again"


def test_the_tables_of_another_version_are_told_and_nothing_else_is_asked(busy_desk: Any) -> None:
    _plant(busy_desk, "UPDATE cases SET round = 9; UPDATE alembic_version SET version_num = '9999'")
    try:
        assert _report(busy_desk) == ["the database is of a newer mailgate (version 9999): install that one"]
    finally:
        _plant(busy_desk, f"UPDATE alembic_version SET version_num = '{HEAD}'")


def test_a_lost_index_is_told(own_desk: Any) -> None:
    _plant(own_desk, "DROP INDEX ix_spool_text")
    assert _report(own_desk) == [
        f"tables, columns or indexes are not those of version {HEAD}: undo it, or restore a backup"
    ]


def test_a_damaged_file_is_told(own_desk: Any) -> None:
    own_desk.open_case("保護者対応で困っています。" * 2000)  # the last pages are a text, and not the tables' own
    engine = own_desk.office.database.engine
    with engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    own_desk.office.database.engine.dispose()
    file = Path(engine.url.database or "")
    [(page,), (page_size,)] = _typed(
        own_desk,
        "SELECT rootpage FROM sqlite_master WHERE name = 'entries' UNION ALL SELECT page_size FROM pragma_page_size",
    )
    octets = bytearray(file.read_bytes())
    octets[(page - 1) * page_size : page * page_size] = b"\xff" * page_size
    file.write_bytes(octets)
    found = _report(own_desk)
    assert found
    assert {one.split(":")[0] for one in found} == {"the file is damaged, restore a backup"}
    assert [one for one in found if "\n" in one or "***" in one] == []


def _typed(desk: Any, *statements: str) -> list[Any]:
    """In a connection of its own, as sqlite3's shell would."""
    with closing(sqlite3.connect(desk.office.database.engine.url.database, isolation_level=None)) as connection:
        return [connection.execute(one).fetchall() for one in statements][-1]


def test_what_sqlite_says_in_several_lines_is_several_problems(own_desk: Any) -> None:
    """Its first answer is a head line and what follows, all in one text; pages that nobody refers to are enough."""
    own_desk.open_case()
    own_desk.office.database.engine.dispose()
    for statement in ("CREATE TABLE spare (octets BLOB)", "INSERT INTO spare VALUES (zeroblob(100000))"):
        _typed(own_desk, statement)
    _typed(own_desk, "PRAGMA writable_schema=ON", "DELETE FROM sqlite_master WHERE name = 'spare'")
    told = [row[0] for row in _typed(own_desk, "PRAGMA integrity_check")]
    lines = "\n".join(told).splitlines()
    assert lines[0] == "*** in database main ***"
    assert len(lines) > 2
    assert _report(own_desk) == [f"the file is damaged, restore a backup: {line}" for line in lines[1:]]


def test_what_is_no_database_is_one_refusal(own_desk: Any) -> None:
    own_desk.office.database.engine.dispose()
    file = Path(own_desk.office.database.engine.url.database or "")
    for one in file.parent.glob("mailgate.db*"):
        one.unlink()
    file.write_bytes(b"no database at all, but a text" * 100)
    with pytest.raises(StoreUnavailable, match="not a database"):
        _report(own_desk)


def test_the_check_changes_nothing(own_desk: Any) -> None:
    own_desk.answered_case()
    with own_desk.office.read() as ctx:
        before = ctx.tx.session.connection().exec_driver_sql("PRAGMA data_version").scalar()
        assert _report(own_desk) == []
        assert ctx.tx.session.connection().exec_driver_sql("PRAGMA data_version").scalar() == before
