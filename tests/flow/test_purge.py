"""What was kept for long enough goes, exactly then or later, once, and never by a clock that is behind."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, func, select, text
from structlog.testing import capture_logs

from mailgate.desk.lifecycle import CaseState, InvitationState, SpoolState
from mailgate.errors import NotFound, Refused, StoreUnavailable
from mailgate.events import Event
from mailgate.flow import chain_audit, destroy, disclosures, purge, spooled, triage
from mailgate.flow.accept import Acceptance
from mailgate.flow.deliver import deliver_next
from mailgate.flow.purge import Housekeeping, Purged
from mailgate.mail.address import parse_address
from mailgate.mail.outcome import Sent
from mailgate.store import cases, custody, destruction, integrity, outbox, spool
from mailgate.store.cases import KEY_DESTROYED
from mailgate.store.columns import Base
from mailgate.store.tables import AuditRow, RawMailRow, SpoolRow

RELAYED: list[bytes] = []


class Relay:
    """Takes everything."""

    def deliver(self, reverse_path: object, recipient: object, octets: bytes) -> Sent:
        del reverse_path, recipient
        RELAYED.append(octets)
        return Sent("250 2.0.0 taken")


def send(desk: Any) -> None:
    while deliver_next(desk.office, Relay(), bytes):
        pass


def settled(desk: Any) -> Purged:
    """The run of the day of a service, to its end."""
    housekeeping = Housekeeping(desk.office)
    while (done := housekeeping.look()) is None:
        assert housekeeping.goes_on
    return done


def kept(desk: Any, mail_id: str) -> bool:
    with desk.office.read() as ctx:
        return bool(spool.raw(ctx.tx, mail_id))


def problems(desk: Any) -> list[str]:
    database = desk.office.database
    return [one.what for one in integrity.problems(database.engine, database.keys)]


def closed_case(desk: Any) -> int:
    number, _ = desk.answered_case()
    send(desk)
    desk.run(triage.close, number)
    return int(number)


# --- received mails -------------------------------------------------------------------------------------------------


def test_a_received_mail_goes_after_its_days_and_not_a_second_before(desk: Any) -> None:
    mail = desk.write()
    desk.clock.now = mail.received_at + timedelta(days=7, seconds=-1)
    assert purge.run(desk.office) == Purged()
    assert kept(desk, mail.id)
    desk.clock.now = mail.received_at + timedelta(days=7)
    assert purge.run(desk.office) == Purged(received_mails=1)
    assert not kept(desk, mail.id)
    assert purge.run(desk.office) == Purged()
    assert problems(desk) == []


def test_a_missed_month_is_caught_up(desk: Any) -> None:
    ids = [desk.write(body=f"相談その{number}。").id for number in range(3)]
    desk.clock.advance(days=47)
    assert purge.run(desk.office).received_mails == 3
    assert [one for one in ids if kept(desk, one)] == []


def test_an_approved_text_needs_its_mail_no_more(desk: Any) -> None:
    mail, other = desk.write(), desk.write(body="もう一つの相談です。")
    desk.approve(mail.case)
    assert purge.run(desk.office).received_mails == 1
    assert (kept(desk, mail.id), kept(desk, other.id)) == (False, True)


def test_a_mail_whose_attachment_waits_stays_until_its_days_are_over(quick_desk: Any) -> None:
    desk = quick_desk
    mail = desk.write()
    desk.approve(mail.case)
    with desk.office.write() as ctx:
        ctx.tx.session.execute(text("UPDATE entries SET attachments = 1"))
    assert purge.run(desk.office).received_mails == 0
    with desk.office.write() as ctx:
        ctx.tx.session.execute(
            text(
                "INSERT INTO attachments (case_id, spool_id, position, state, media_type, pages, octets, octets_digest,"
                " decided_by) SELECT case_id, spool_id, 1, 'withheld', '', 0, :none, '', '' FROM entries"
            ),
            {"none": b""},
        )
    assert purge.run(desk.office).received_mails == 1


def test_the_rows_of_a_purged_mail_still_find_the_same_mail(desk: Any) -> None:
    raw = desk.mail(message_id="<once@client.example>")
    first = desk.receive(raw)
    desk.clock.advance(days=8)
    purge.run(desk.office)
    again = desk.receive(raw)
    assert (again.reason, again.case) == ("the same mail came before", first.case)


def test_a_purged_mail_says_nothing_of_its_sender(desk: Any) -> None:
    mail = desk.write()
    desk.clock.advance(days=8)
    purge.run(desk.office)
    with desk.office.read() as ctx:
        raw = ctx.tx.session.get_one(RawMailRow, mail.id)
        row = ctx.tx.session.get_one(SpoolRow, mail.id)
    assert {raw.octets, raw.reverse_path, raw.peer, raw.helo, row.forward_path, row.sender_hash} == {b"", None}
    assert row.whole_hash is not None


@pytest.mark.parametrize("state", [SpoolState.HELD, SpoolState.QUARANTINED, SpoolState.WAITING, SpoolState.RECEIVED])
def test_what_nobody_has_decided_about_is_never_purged(desk: Any, state: SpoolState) -> None:
    mail = desk.write()
    with desk.office.write() as ctx:
        spool.set_state(ctx.tx, mail.id, state, "a test")
    desk.clock.advance(days=5000)
    purge.run(desk.office)
    assert kept(desk, mail.id)


def test_the_mails_of_a_held_case_and_of_a_held_comment_are_never_purged(desk: Any) -> None:
    stranger = desk.write("nobody@else.example", "はじめまして。")
    (invited,) = desk.invite(desk.open_case())
    held = desk.write("private@else.example", "私の意見です。", to=desk.reply_address(invited.invitation))
    desk.clock.advance(days=60)
    purge.run(desk.office)
    assert (kept(desk, stranger.id), kept(desk, held.id)) == (True, True)
    desk.run(triage.reject, stranger.case)
    assert purge.run(desk.office).received_mails == 1
    assert not kept(desk, stranger.id)


def test_a_discarded_mail_that_is_purged_cannot_be_taken_up_again(quick_desk: Any) -> None:
    mail = quick_desk.write()
    with quick_desk.office.write() as ctx:
        spool.set_state(ctx.tx, mail.id, SpoolState.DISCARDED, "discarded")
    quick_desk.clock.advance(days=8)
    assert purge.run(quick_desk.office).received_mails == 1
    with pytest.raises(NotFound, match=r"not kept any more \(retention.raw_days\)"):
        quick_desk.run(spooled.retry, mail.id)


# --- composed mails -------------------------------------------------------------------------------------------------


def bodies(desk: Any) -> dict[str, bool]:
    """Whether the body of each composed mail is there, by its kind."""
    with desk.office.read() as ctx:
        return {one.kind: outbox.is_kept(ctx.tx, one.id) for one in outbox.entries(ctx.tx, [])}


def test_the_body_of_a_sent_mail_goes_but_for_the_last_one_of_a_living_thread(desk: Any) -> None:
    number = desk.open_case()
    send(desk)
    desk.run(triage.clarify, number, "何年生ですか。")
    send(desk)
    desk.clock.advance(days=14, minutes=1)
    assert purge.run(desk.office).sent_mails == 1
    assert bodies(desk) == {"acknowledgement": False, "clarification": True}
    desk.run(triage.close, number)
    assert purge.run(desk.office).sent_mails == 1
    assert bodies(desk) == {"acknowledgement": False, "clarification": False}
    assert problems(desk) == []


def test_a_mail_that_waits_is_never_purged(desk: Any) -> None:
    desk.run(triage.close, desk.open_case())
    desk.clock.advance(days=30)
    assert purge.run(desk.office).sent_mails == 0
    send(desk)
    assert purge.run(desk.office).sent_mails == 0


def test_a_reply_that_quotes_a_purged_mail_is_read_all_the_same(desk: Any) -> None:
    number = closed_case(desk)
    desk.clock.advance(days=15)
    assert purge.run(desk.office).sent_mails > 0
    assert desk.write(body="続けて伺います。\n\n> 引用です", to=desk.reply_address(case=number)).case == number
    assert desk.case(number).state is CaseState.NEW


def test_a_purged_mail_that_failed_cannot_be_sent_again(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (mail,) = quick_desk.outbox("acknowledgement")
    with quick_desk.office.write() as ctx:
        outbox.mark_failed(ctx.tx, mail.id, "550 5.1.1")
    quick_desk.run(triage.close, number)
    quick_desk.clock.advance(days=15)
    assert purge.run(quick_desk.office).sent_mails == 1
    with pytest.raises(Refused, match=r"not kept any more \(retention.sent_days\)"), quick_desk.office.write() as ctx:
        outbox.retry(ctx.tx, mail.id, ctx.now)


# --- cases ----------------------------------------------------------------------------------------------------------


def test_a_closed_case_is_destroyed_after_its_days_and_not_a_second_before(desk: Any) -> None:
    number = closed_case(desk)
    since = desk.case(number).changed_at
    desk.clock.now = since + timedelta(days=90, seconds=-1)
    assert purge.run(desk.office).cases == 0
    desk.clock.now = since + timedelta(days=90)
    done = purge.run(desk.office)
    assert (done.cases, done.keys) == (1, 1)
    assert purge.run(desk.office) == Purged()
    assert problems(desk) == []


@pytest.mark.parametrize("days", [90, 130, 4000])
@pytest.mark.parametrize("ending", [triage.close, triage.reject, triage.withdraw_for_teacher])
def test_every_ended_case_is_destroyed_however_late(desk: Any, ending: Any, days: int) -> None:
    number = desk.open_case()
    desk.run(ending, number)
    desk.clock.advance(days=days, minutes=1)
    assert purge.run(desk.office).cases == 1
    assert desk.case(number).destroyed_at is not None


def test_a_case_that_has_not_ended_is_never_destroyed(desk: Any) -> None:
    desk.answered_case()
    desk.open_case()
    desk.write("nobody@else.example", "はじめまして。")
    desk.clock.advance(days=5000)
    assert purge.run(desk.office).cases == 0


def test_a_case_with_a_mail_to_decide_about_waits_for_that(desk: Any) -> None:
    number = desk.open_case()
    desk.run(triage.withdraw_for_teacher, number)
    held = desk.write(body="やはりお願いします。", to=desk.reply_address(case=number))
    assert held.state is SpoolState.HELD
    desk.clock.advance(days=200)
    assert purge.run(desk.office).cases == 0
    desk.run(spooled.discard, held.id)
    assert purge.run(desk.office).cases == 1
    assert not kept(desk, held.id)


def sealed_and_hashed(desk: Any, number: int) -> list[str]:
    """The columns that still have something sealed or hashed in rows of a case."""
    found = []
    with desk.office.read() as ctx:
        for table in Base.metadata.sorted_tables:
            if table.name == "audit" or not {"case_id", "id"} & set(table.c.keys()):
                continue
            if table.name != "cases" and "case_id" not in table.c:
                continue
            case = table.c.id if table.name == "cases" else table.c.case_id
            for column in table.columns:
                if isinstance(column.type, LargeBinary) or column.name.endswith(("_hash", "_digest")):
                    query = select(func.count()).where(case == number, func.length(column) > 0)
                    if ctx.tx.session.scalar(query):
                        found.append(f"{table.name}.{column.name}")
    return sorted(found)


def test_of_a_destroyed_case_only_numbers_are_left(desk: Any) -> None:
    number = closed_case(desk)
    desk.run(triage.note, number, "覚書です。")
    desk.run(triage.tag, number, ["保護者対応"], [])
    assert len(sealed_and_hashed(desk, number)) > 10
    desk.clock.advance(days=91)
    purge.run(desk.office)
    assert sealed_and_hashed(desk, number) == []
    case = desk.case(number)
    assert (case.teacher_id, case.sender, case.subject, case.state) == (None, None, "", CaseState.CLOSED)
    assert desk.invitation(1).state is InvitationState.COMMENTED
    with desk.office.read() as ctx:
        assert cases.tags(ctx.tx, number) == ("保護者対応",)


def test_nothing_can_be_done_with_a_destroyed_case(desk: Any) -> None:
    number = closed_case(desk)
    address = desk.reply_address(case=number)
    alive = [Acceptance(desk.office, lambda: None).recipient(one) for one in [parse_address(address)] if one]
    desk.clock.advance(days=91)
    purge.run(desk.office)
    for act, more in (
        (triage.reopen, ()),
        (triage.note, ("覚書",)),
        (triage.tag, (["x"], [])),
        (triage.assign, ("ken",)),
    ):
        with pytest.raises(Refused, match=f"case {number} was destroyed: "):
            desk.run(act, number, *more)
    answer_to = parse_address(address)
    assert answer_to is not None
    assert alive == [True]
    assert Acceptance(desk.office, lambda: None).recipient(answer_to) is False  # 550 5.1.1, as for a forged one


def test_the_key_is_destroyed_after_the_content_and_again_until_it_is_done(desk: Any) -> None:
    number = closed_case(desk)
    told: list[tuple[int, bool]] = []

    def away(case: int) -> None:
        told.append((case, desk.case(case).destroyed_at is not None))
        if len(told) == 1:
            raise StoreUnavailable("the key store is away")

    office = desk.with_policy().office
    office = type(office)(office.database, office.policy, clock=office.clock, destroy_key=away)
    desk.clock.advance(days=91)
    assert (purge.run(office).cases, told) == (1, [(number, True)])
    assert purge.run(office) == Purged(keys=1)
    assert purge.run(office) == Purged()
    assert told == [(number, True)] * 2


def test_an_open_case_destroyed_at_once_tells_its_members_and_nothing_more(desk: Any) -> None:
    number = desk.open_case()
    desk.invite(number)
    desk.send_out()
    with pytest.raises(Refused, match="is open: only a case that is closed, withdrawn, spam"):
        desk.run(lambda ctx: destroy.check(ctx, number, at_once=False))
    desk.run(lambda ctx: destroy.check(ctx, number, at_once=True))
    desk.run(destroy.destroy, number, "a test")
    assert desk.kinds() == ["invitation-withdrawn"]
    RELAYED.clear()
    send(desk)
    assert len(RELAYED) == 1
    assert problems(desk) == []
    purge.run(desk.office)
    assert desk.outbox() == []
    assert sealed_and_hashed(desk, number) == []


def test_what_left_to_whom_is_known_after_the_case_is_destroyed(desk: Any) -> None:
    number = closed_case(desk)
    with desk.office.read() as ctx:
        before = disclosures.of_case(ctx, number)
        assert disclosures.not_written_down(ctx, number) == []
    assert [(one.kind, one.what, one.to) for one in before] == [
        ("invitation", "round 1", desk.members[0].handle),
        ("answer", "comment 1 version 1", desk.teacher.handle),
    ]
    desk.clock.advance(days=91)
    purge.run(desk.office)
    with desk.office.read() as ctx:
        assert disclosures.of_case(ctx, number) == before


def test_a_mail_that_left_before_there_were_lines_gets_them_when_it_goes(quick_desk: Any) -> None:
    number, _ = quick_desk.answered_case()
    with quick_desk.office.write() as ctx:
        ctx.tx.session.execute(text("UPDATE outbox SET state = 'sent', sent_at = created_at"))
    with quick_desk.office.read() as ctx:
        told = disclosures.not_written_down(ctx, number)
        assert (len(told), disclosures.of_case(ctx, number)) == (2, [])
    quick_desk.run(triage.close, number)
    quick_desk.clock.advance(days=91)
    purge.run(quick_desk.office)
    with quick_desk.office.read() as ctx:
        after = disclosures.of_case(ctx, number)
    assert sorted((one.mail, one.digest, one.what) for one in after) == sorted(
        (one.mail, one.digest, one.what) for one in told
    )


# --- when -----------------------------------------------------------------------------------------------------------


def test_the_service_purges_once_a_day_on_whatever_node(desk: Any) -> None:
    one, other = Housekeeping(desk.office), Housekeeping(desk.office)
    assert one.look() == Purged()
    desk.clock.advance(hours=23)
    assert (one.look(), other.look()) == (None, None)
    desk.clock.advance(hours=1)
    assert other.look() == Purged()
    assert one.look() is None


def test_a_long_run_is_done_in_pieces(quick_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the watchdog would take the loop for a hanging one."""
    monkeypatch.setattr(purge, "_AT_A_TIME", 2)
    for number in range(5):
        quick_desk.write(body=f"相談その{number}。")
    quick_desk.clock.advance(days=8)
    housekeeping = Housekeeping(quick_desk.office)
    looks = [(housekeeping.look(), housekeeping.goes_on) for _ in range(4)]
    assert [(done and done.received_mails, goes_on) for done, goes_on in looks] == [(None, True)] * 3 + [(5, False)]
    assert housekeeping.look() is None


def test_a_clock_that_is_behind_destroys_nothing(desk: Any) -> None:
    purge.run(desk.office)
    number = closed_case(desk)
    desk.clock.advance(days=100)
    settled(desk)
    assert desk.case(number).destroyed_at is not None
    desk.clock.advance(days=-50)
    mail = desk.write()
    desk.clock.advance(days=20)
    with capture_logs() as logs:
        assert Housekeeping(desk.office).look() is None
        with pytest.raises(Refused, match=r"the clock is behind the last purge \(2026-05-"):
            purge.run(desk.office)
    assert [one["event"] for one in logs] == [Event.CLOCK_BEHIND] * 2
    assert kept(desk, mail.id)
    assert purge.run(desk.office, clock_is_right=True).received_mails == 1
    assert purge.run(desk.office) == Purged()


def test_a_moment_that_was_typed_is_no_run_of_the_day(desk: Any) -> None:
    mail = desk.write()
    desk.clock.advance(days=400)
    assert purge.run(desk.office, by_the_clock=False).received_mails == 1
    desk.clock.advance(days=-400)
    assert settled(desk) == Purged()
    assert not kept(desk, mail.id)


def test_only_counts_are_logged_and_each_object_is_in_the_audit_log(desk: Any) -> None:
    number = closed_case(desk)
    desk.clock.advance(days=91)
    with capture_logs() as logs:
        done = settled(desk)
    (line,) = [one for one in logs if one["event"] == Event.PURGED]
    assert {key: value for key, value in line.items() if key not in ("event", "log_level")} == {
        "received_mails": done.received_mails,
        "sent_mails": done.sent_mails,
        "cases": 1,
        "keys": done.keys,
        "members": 0,
        "applications": 0,
        "audit_lines": 0,
    }
    with desk.office.read() as ctx:
        lines = ctx.tx.session.scalars(select(AuditRow).where(AuditRow.action == "destroy case")).all()
    assert [(one.case_id, one.actor, one.detail) for one in lines] == [(number, "system", "retention, closed")]
    assert chain_audit.verify(desk.office).broken is None


def test_the_audit_log_is_purged_by_whole_years(desk: Any) -> None:
    closed_case(desk)
    desk.clock.advance(days=3 * 366)
    assert purge.run(desk.office).audit_lines > 5
    assert chain_audit.verify(desk.office).broken is None


# --- SQLite's log of writes -----------------------------------------------------------------------------------------


def _sealed_text(desk: Any) -> bytes:
    with desk.office.read() as ctx:
        found: bytes = ctx.tx.session.scalar(text("SELECT body FROM entries"))
    return found


def _files(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in path.glob("mailgate.db*"))


def test_after_a_purge_no_file_of_sqlite_has_what_was_destroyed(own_desk: Any, tmp_path: Path) -> None:
    number = closed_case(own_desk)
    sealed = _sealed_text(own_desk)
    assert sealed in _files(tmp_path)
    own_desk.clock.advance(days=91)
    assert purge.run(own_desk.office).cases == 1
    assert (tmp_path / "mailgate.db-wal").stat().st_size == 0
    assert sealed not in _files(tmp_path)
    assert own_desk.case(number).destroyed_at is not None


def test_an_open_reader_is_an_alarm_and_the_log_is_emptied_when_it_has_gone(own_desk: Any, tmp_path: Path) -> None:
    closed_case(own_desk)
    sealed = _sealed_text(own_desk)
    own_desk.clock.advance(days=91)
    housekeeping = Housekeeping(own_desk.office)
    with closing(own_desk.office.database.connection()) as reader:
        cursor = reader.cursor()
        cursor.execute("BEGIN")
        cursor.execute("SELECT count(*) FROM cases").fetchall()
        with capture_logs() as logs:
            while housekeeping.look() is None:
                pass
        assert [one["event"] for one in logs if one["log_level"] == "error"] == [Event.LOG_IN_USE]
        assert sealed in _files(tmp_path)
        cursor.execute("ROLLBACK")
    assert housekeeping.look() is None
    assert (tmp_path / "mailgate.db-wal").stat().st_size == 0
    assert sealed not in _files(tmp_path)


def test_every_connection_overwrites_what_it_deletes(own_desk: Any) -> None:
    database = own_desk.office.database
    with closing(database.connection()) as one, closing(database.connection()) as other:
        assert [each.cursor().execute("PRAGMA secure_delete").fetchone() for each in (one, other)] == [(1,), (1,)]


def test_destruction_is_one_transaction(own_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash in the middle leaves the case as it was, and it is due again."""
    number = closed_case(own_desk)
    own_desk.clock.advance(days=91)
    with monkeypatch.context() as broken:
        broken.setattr(destruction, "_delete_letters", lambda *_: 1 / 0)
        assert purge.run(own_desk.office).cases == 0
    assert own_desk.case(number).subject == "ご相談"
    assert purge.run(own_desk.office).cases == 1


def test_a_case_that_came_back_with_a_restored_database_hides_no_other_and_can_be_destroyed_again(desk: Any) -> None:
    number = closed_case(desk)
    other = desk.open_case("別の相談です。")
    custody.destroy_case_key(desk.office.database, number)  # as if the rows were those of a backup from before
    desk.office.database.keys.ring.forget()
    assert {one.number: one.subject for one in desk.cases()} == {number: KEY_DESTROYED, other: "ご相談"}
    with desk.office.write("operator:yui") as ctx:
        destroy.check(ctx, number, at_once=True)
        destroy.destroy(ctx, number, "asked for")
    assert destroy.destroy_keys(desk.office) == 1
    assert desk.case(number).destroyed_at is not None
    assert integrity.problems(desk.office.database.engine, desk.office.database.keys) == []
