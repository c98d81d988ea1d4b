"""Two desks on one installation: each speaks in its own name, and what is of one stays with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from desk import DOMAIN, START
from sqlalchemy import update

from mailgate.desk.desks import DeskPolicy, Desks
from mailgate.desk.entries import PersonEntry, TeacherEntry
from mailgate.desk.lifecycle import CaseState, InvitationState, OutboxState, SpoolState
from mailgate.desk.people import Plan
from mailgate.flow import compilation, due, invite, register, triage
from mailgate.flow.deliver import deliver_next
from mailgate.flow.held import release_registered
from mailgate.mail.address import Address
from mailgate.mail.outcome import Failed, Outcome, Sent
from mailgate.mail.reply_address import OwnAddresses
from mailgate.store import cases, integrity, migrate, transfer
from mailgate.store.database import Database
from mailgate.store.engine import open_engine
from mailgate.store.tables import OutboxRow

TOKYO = ZoneInfo("Asia/Tokyo")
KOKORO = f"kokoro@{DOMAIN}"
BOTH = Address("unei", DOMAIN)
MAIN_ONLY, KOKORO_ONLY = Address("aoi", DOMAIN), Address("yuu", DOMAIN)
HEART = DeskPolicy("kokoro", "Heart Desk", "en", 4, 1, 5, (BOTH, KOKORO_ONLY))


def two_desks(desk: Any, heart: DeskPolicy = HEART) -> Any:
    """The desk of the tests, and beside it one that is called otherwise, writes English and is in more of a hurry."""
    main = replace(desk.office.policy.desks.main, operators=(BOTH, MAIN_ONLY))
    own = OwnAddresses(DOMAIN, further=(("kokoro", ("kokoro", "heart")),))
    return desk.with_policy(desks=Desks(main, (heart,)), addresses=own, digest_time=time(8))


def one_desk_left(desk: Any) -> Any:
    """The same installation after the second desk was taken out of the configuration."""
    return desk.with_policy(desks=Desks(desk.office.policy.desks.main), addresses=OwnAddresses(DOMAIN))


def open_cases(desk: Any) -> tuple[int, int]:
    """A case of the main desk and one of the other."""
    first, second = desk.write(body="一つ目の相談です。"), desk.write(body="二つ目の相談です。", to=KOKORO)
    return first.case, second.case


def mails_of(desk: Any, number: int) -> dict[str, Any]:
    """The composed mails of a case, by kind."""
    return {one.kind: desk.read(one.id) for one in desk.outbox() if one.case == number}


def notes(desk: Any, number: int) -> list[str]:
    with desk.office.read() as ctx:
        return [one.text for one in cases.notes(ctx.tx, number)]


class Relay:
    """Takes every mail but those to one address, and remembers the From field of each."""

    def __init__(self, refused: str = "") -> None:
        self.refused, self.senders = refused, list[str]()

    def deliver(self, _reverse_path: Address | None, forward_path: Address, raw: bytes) -> Outcome:
        self.senders.append(str(message_from_bytes(raw)["From"]))
        return Failed("550 5.1.1 nobody") if str(forward_path) == self.refused else Sent("250")


def local(moment: datetime) -> str:
    return f"{moment.astimezone(TOKYO):%m-%d}"


# --- who speaks -----------------------------------------------------------------------------------------------------


def test_every_mail_of_a_case_is_in_the_name_and_language_of_its_desk(desk: Any) -> None:
    desk = two_desks(desk)
    main, heart = open_cases(desk)
    for number in (main, heart):
        desk.run(triage.clarify, number, "何年生ですか。")
        first, second, _ = desk.invite(number, 0, 1, 2)
        desk.comment(first)
        desk.write(desk.address_of(second.handle), "辞退", to=desk.reply_address(second.invitation))
        desk.clock.advance(days=1, minutes=1)
        desk.run(invite.remind, number, [])
        desk.approve_comments(number)
        desk.run(compilation.answer, number, desk.case(number).version)
        desk.write(body="その後について教えてください。", to=desk.reply_address(case=number))
        assert desk.write(body="取り下げ", to=desk.reply_address(case=number)).reason == "withdrawn"

    japanese, english = mails_of(desk, main), mails_of(desk, heart)
    assert set(japanese) == {
        *("acknowledgement", "clarification", "invitation", "comment-received", "declined", "reminder"),
        *("answer", "thanks", "follow-up-received", "withdrawn"),
    }
    assert set(english) == set(japanese)
    # What is told of people, too: the teacher to the members, their authors to the teacher.
    told = ("invitation", "教員・教職歴10～19年・小学校", "teacher, 10 to 19 years of teaching, elementary school")
    for kind, in_japanese, in_english in (told, ("answer", "（弁護士）", "(lawyer)")):
        assert in_japanese in japanese[kind].body
        assert in_english in english[kind].body
    for mails, name, other, end in (
        (japanese, "先生の窓口", "Heart Desk", "先生の窓口　運営"),
        (english, "Heart Desk", "先生の窓口", "The operators of Heart Desk"),
    ):
        for kind, mail in mails.items():
            assert (mail.sender.name, mail.sender.address.local[:6]) == (name, "reply+"), kind
            assert (name in mail.subject, end in mail.body, other in mail.subject + mail.body) == (True, True, False), (
                kind
            )


def test_the_gate_lets_the_mails_of_both_desks_out(quick_desk: Any) -> None:
    desk = two_desks(quick_desk)
    for number in open_cases(desk):
        desk.invite(number, 0)
    desk.write("nobody@else.example", "はじめまして。", to=KOKORO)
    relay = Relay()
    while deliver_next(desk.office, relay, bytes):
        pass
    assert [one.state.value for one in desk.outbox()] == ["sent"] * 5
    assert sum(one.startswith("Heart Desk") for one in relay.senders) == 3


def test_somebody_unknown_hears_from_the_desk_that_was_written_to(desk: Any) -> None:
    desk = two_desks(desk)
    entry = desk.write("shiori@sora.example", "初めて相談します。", to=KOKORO)
    told = desk.letter("registration-needed")
    assert (str(told.sender.address), told.sender.name) == (KOKORO, "Heart Desk")
    assert (desk.case(entry.case).state, desk.case(entry.case).desk) == (CaseState.HELD, "kokoro")

    person = PersonEntry("空野 栞", "", (Address("shiori", "sora.example"),))
    desk.run(register.add_teacher, TeacherEntry(person, None, "", None, "", Plan.TRIAL), release_registered)
    case = desk.case(entry.case)
    assert (case.state, case.desk, local(case.due_at)) == (CaseState.NEW, "kokoro", "02-07")
    assert desk.letter("acknowledgement").sender.name == "Heart Desk"


@pytest.mark.parametrize("to", [KOKORO, f"Heart@{DOMAIN}"])
def test_each_local_part_of_a_desk_is_that_desk(quick_desk: Any, to: str) -> None:
    desk = two_desks(quick_desk)
    assert desk.case(desk.write(to=to).case).desk == "kokoro"
    assert desk.case(desk.write(body="別の相談です。").case).desk == "main"


def test_files_of_a_desk_go_before_the_common_templates_one_by_one(quick_desk: Any, tmp_path: Path) -> None:
    own = tmp_path / "en" / "acknowledgement"
    own.mkdir(parents=True)
    (own / "body.txt").write_text("{{ service_name }} listens. Case {{ case_number }}.\n", encoding="utf-8")
    desk = two_desks(quick_desk, replace(HEART, templates=tmp_path))
    main, heart = open_cases(desk)
    letter = mails_of(desk, heart)["acknowledgement"]
    assert letter.body == f"Heart Desk listens. Case {heart}."
    assert letter.subject == f"[Heart Desk] Your mail has arrived (case {heart})"
    assert "listens" not in mails_of(desk, main)["acknowledgement"].body


# --- when -----------------------------------------------------------------------------------------------------------


def test_due_dates_are_those_of_the_desk(desk: Any) -> None:
    desk = two_desks(desk)
    found = []
    for number in open_cases(desk):
        (invited,) = desk.invite(number, 0)
        found.append((local(desk.case(number).due_at), local(invited.due_at)))
    assert found == [("02-12", "02-09"), ("02-07", "02-06")]


def test_each_desk_reminds_and_expires_in_its_own_time(desk: Any) -> None:
    desk = two_desks(desk)
    places = [desk.invite(number, 0)[0].invitation for number in open_cases(desk)]
    seen = {}
    for day in range(2, 12):
        desk.clock.now = START.replace(day=day, hour=15, minute=1)  # just after midnight in Tokyo
        due.run_due(desk.office)
        for name, place in zip(("main", "kokoro"), places, strict=True):
            now = desk.invitation(place)
            if now.reminded_at is not None:
                seen.setdefault((name, "reminded"), local(now.reminded_at))
            if now.state is InvitationState.EXPIRED:
                seen.setdefault((name, "expired"), local(desk.clock.now))
    assert seen == {
        ("kokoro", "reminded"): "02-06",
        ("kokoro", "expired"): "02-07",
        ("main", "reminded"): "02-08",
        ("main", "expired"): "02-10",
    }
    assert sorted(one.kind for one in desk.outbox() if one.kind == "reminder") == ["reminder"] * 2


# --- which case -----------------------------------------------------------------------------------------------------


def test_one_mail_to_two_desks_is_a_case_at_each_and_both_are_told(desk: Any) -> None:
    desk = two_desks(desk)
    raw = desk.mail(body="両方の窓口にお送りします。", message_id="<both@client.example>")
    for _ in range(2):  # and a copy of it is none
        desk.receive(raw, f"soudan@{DOMAIN} {KOKORO}")
    assert [(one.number, one.desk) for one in desk.cases()] == [(1, "main"), (2, "kokoro")]
    assert [mails_of(desk, number)["acknowledgement"].sender.name for number in (1, 2)] == ["先生の窓口", "Heart Desk"]
    assert desk.kinds() == ["acknowledgement"] * 2
    assert notes(desk, 1) == ["The mail of this case was sent to the desk kokoro, too: case 2."]
    assert notes(desk, 2) == ["The mail of this case was sent to the desk main, too: case 1."]


def test_two_addresses_of_one_desk_are_still_one_case(quick_desk: Any) -> None:
    desk = two_desks(quick_desk)
    desk.receive(desk.mail(), f"{KOKORO} heart@{DOMAIN}")
    assert [(one.number, one.desk) for one in desk.cases()] == [(1, "kokoro")]
    assert notes(desk, 1) == []


def test_a_reply_address_wins_over_every_desk(quick_desk: Any) -> None:
    desk = two_desks(quick_desk)
    main, heart = open_cases(desk)
    desk.clock.advance(days=1)
    raw = desk.mail(body="追加で書きます。", message_id="<more@client.example>")
    desk.receive(raw, f"{desk.reply_address(case=heart)} soudan@{DOMAIN}")
    # At the desk it is a mail that answers nothing, so a consultation: nobody wrote it to a case of that desk.
    assert [(one.number, one.desk) for one in desk.cases()] == [(main, "main"), (heart, "kokoro"), (3, "main")]
    assert mails_of(desk, heart)["follow-up-received"].sender.name == "Heart Desk"
    assert notes(desk, 3) == [f"The mail of this case was sent to the desk kokoro, too: case {heart}."]


def test_an_answer_to_a_mail_of_ours_stays_in_its_case_whichever_desk_it_is_sent_to(desk: Any) -> None:
    desk = two_desks(desk)
    main, heart = open_cases(desk)
    desk.clock.advance(days=1)
    answers = mails_of(desk, heart)["acknowledgement"].message_id
    entry = desk.write(body="追加で書きます。", answers=answers)
    assert (entry.case, entry.reason) == (heart, "follow-up in round 1")
    assert notes(desk, heart) == [
        f"Mail {entry.id} was sent to the desk main and answers a mail of this case: it is here, not there."
    ]
    assert (len(desk.cases()), notes(desk, main)) == (2, [])
    assert mails_of(desk, heart)["follow-up-received"].sender.name == "Heart Desk"


def test_a_copy_for_another_desk_of_what_answers_a_mail_of_ours_is_told_of(quick_desk: Any) -> None:
    desk = two_desks(quick_desk)
    main, _ = open_cases(desk)
    raw = desk.mail(body="追加で書きます。", answers=mails_of(desk, main)["acknowledgement"].message_id)
    desk.receive(raw, f"{desk.reply_address(case=main)} {KOKORO}")
    (told,) = notes(desk, main)
    assert told.endswith("was sent to the desk kokoro and answers a mail of this case: it is here, not there.")
    assert len(desk.cases()) == 2


def test_a_new_mail_to_the_other_desk_is_a_new_case_there(quick_desk: Any) -> None:
    desk = two_desks(quick_desk)
    assert [desk.case(number).desk for number in open_cases(desk)] == ["main", "kokoro"]


def test_who_writes_to_a_case_long_closed_opens_one_at_the_same_desk(quick_desk: Any) -> None:
    desk = two_desks(quick_desk).with_policy(retention_days=10)
    _, heart = open_cases(desk)
    desk.run(triage.close, heart)
    desk.clock.advance(days=11)
    entry = desk.write(body="またお願いします。", to=desk.reply_address(case=heart))
    assert (entry.case, desk.case(entry.case).desk) == (3, "kokoro")


# --- the digest -----------------------------------------------------------------------------------------------------


def digests(desk: Any) -> dict[tuple[str, str], str]:
    """(operator, from whom) -> what the digests so far say."""
    due.run_due(desk.office)
    read = [desk.read(one.id) for one in desk.outbox("digest")]
    assert len({(one.to[0], one.sender.name) for one in read}) == len(read)
    return {(one.to[0].partition("@")[0], one.sender.name): one.body for one in read}


def counted(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(("・", "- "))]


def test_nothing_of_one_desk_is_in_the_digest_of_the_other(desk: Any) -> None:
    desk = two_desks(desk)
    desk.clock.now = datetime(2026, 2, 1, 7, tzinfo=TOKYO)
    for number in (1, 2, 3):
        assert desk.write(body=f"相談その{number}です。").case == number
    heart = desk.write(body="二つ目の相談です。", to=KOKORO).case
    held = desk.write("nobody@else.example", "はじめまして。", to=KOKORO).case
    # A mail that a stranger wrote to the case of the one desk, and an application, which is of no case.
    desk.write("nobody@else.example", "件の続きです。", to=desk.reply_address(case=heart))
    desk.write("nao@else.example", "種別：メンバー\n氏名：直江 尚", to=f"join@{DOMAIN}")
    desk.clock.now = datetime(2026, 2, 1, 9, tzinfo=TOKYO)
    found = digests(desk)
    assert found.keys() == {
        *(("unei", "先生の窓口"), ("aoi", "先生の窓口")),
        *(("unei", "Heart Desk"), ("yuu", "Heart Desk")),
    }
    assert found["unei", "先生の窓口"] == found["aoi", "先生の窓口"]
    assert counted(found["aoi", "先生の窓口"]) == ["・新しい案件：3件（番号 1、2、3）", "・登録の申し込み：1件"]
    assert counted(found["yuu", "Heart Desk"]) == [
        f"- New cases: 1 (number {heart})",
        f"- Held cases: 1 (number {held})",
        "- Held mails: 1",
    ]


def test_mails_that_went_wrong_are_told_to_the_desk_of_their_case(desk: Any) -> None:
    desk = two_desks(desk)
    desk.clock.now = datetime(2026, 2, 1, 7, tzinfo=TOKYO)
    main, heart = open_cases(desk)
    for number, place in ((main, 0), (heart, 1)):
        desk.invite(number, place)
    refusing = Relay(desk.address_of(desk.members[1].handle))
    while deliver_next(desk.office, refusing, bytes):
        pass
    received = (OutboxRow.kind == "acknowledgement", OutboxRow.case_id == heart)
    with desk.office.write() as ctx:
        ctx.tx.session.execute(update(OutboxRow).where(*received).values(state=OutboxState.STOPPED))
    desk.clock.now = datetime(2026, 2, 1, 9, tzinfo=TOKYO)
    found = digests(desk)
    assert found.keys() == {("unei", "Heart Desk"), ("yuu", "Heart Desk")}  # nothing waits at the main desk
    assert counted(found["yuu", "Heart Desk"])[-2:] == [
        "- Mails that were stopped before they left: 1",
        "- Mails that could not be delivered: 1",
    ]


def test_each_desk_has_one_digest_a_day(desk: Any) -> None:
    desk = two_desks(desk)
    desk.clock.now = datetime(2026, 2, 1, 9, tzinfo=TOKYO)
    open_cases(desk)
    assert len(digests(desk)) == 4
    assert due.run_due(desk.office).digests == 0
    desk.clock.advance(days=1)
    assert due.run_due(desk.office).digests == 2


def test_a_desk_is_late_by_its_own_target(quick_desk: Any) -> None:
    desk = two_desks(quick_desk)
    desk.clock.now = datetime(2026, 2, 1, 7, tzinfo=TOKYO)
    main, heart = open_cases(desk)
    desk.clock.now = datetime(2026, 2, 8, 9, tzinfo=TOKYO)
    found = digests(desk)
    assert counted(found["yuu", "Heart Desk"]) == [
        f"- New cases: 1 (number {heart})",
        f"- Cases past their target date: 1 (number {heart})",
    ]
    assert counted(found["aoi", "先生の窓口"]) == [f"・新しい案件：1件（番号 {main}）"]


def test_without_operators_a_desk_makes_no_digest_and_the_other_does(quick_desk: Any) -> None:
    desk = two_desks(quick_desk, replace(HEART, operators=()))
    desk.clock.now = datetime(2026, 2, 1, 9, tzinfo=TOKYO)
    open_cases(desk)
    assert {name for _, name in digests(desk)} == {"先生の窓口"}


# --- a desk that is there no more -----------------------------------------------------------------------------------


def test_the_cases_of_a_desk_that_was_taken_away_go_on_under_the_main_one(desk: Any) -> None:
    desk = two_desks(desk)
    desk.clock.now = datetime(2026, 2, 1, 7, tzinfo=TOKYO)
    _, heart = open_cases(desk)
    waiting = desk.accept(desk.mail(body="まだ誰も見ていません。"), KOKORO)
    desk = one_desk_left(desk)
    desk.process()
    assert desk.spooled(waiting).state is SpoolState.HELD  # said as of every address that is ours no more
    (invited,) = desk.invite(heart, 0)
    assert invited.due_at - desk.clock.now > timedelta(days=6)
    assert mails_of(desk, heart)["invitation"].sender.name == "先生の窓口"
    assert desk.write(body="追加です。", to=desk.reply_address(case=heart)).case == heart
    assert desk.case(heart).desk == "kokoro"
    desk.clock.now = datetime(2026, 2, 20, 9, tzinfo=TOKYO)
    assert f"・回答の目安の日を過ぎた案件：2件（番号 1、{heart}）" in counted(digests(desk)["aoi", "先生の窓口"])


# --- what is kept ---------------------------------------------------------------------------------------------------


def test_the_check_and_the_copy_of_the_database_know_of_desks(desk: Any, database_url: str) -> None:
    desk = two_desks(desk)
    desk.clock.now = datetime(2026, 2, 1, 9, tzinfo=TOKYO)
    open_cases(desk)
    digests(desk)
    database = desk.office.database
    assert integrity.problems(database.engine, database.keys) == []
    database.close()
    empty = open_engine(database_url)
    transfer.copy_everything(database.engine, empty)
    empty.dispose()
    copy = Database(database_url, database.keys)
    assert integrity.problems(copy.engine, copy.keys) == []
    with copy.read() as tx:
        assert [one.desk for one in cases.listing(tx, [])] == ["main", "kokoro"]
    again = replace(desk, office=replace(desk.office, database=copy))
    assert due.run_due(again.office).digests == 0
    copy.close()


def test_what_was_there_before_there_were_desks_is_of_the_main_one(database_url: str, quick_desk: Any) -> None:
    from alembic import command

    database = Database(database_url, quick_desk.office.database.keys)
    migrate.upgrade(database.engine)
    with database.engine.execution_options(mailgate_writes=True).begin() as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0009")
        connection.exec_driver_sql(
            "INSERT INTO digests (id, day, made_at) VALUES (1, '2026-02-01', '2026-02-01 00:00:00')"
        )
    migrate.upgrade(database.engine)
    assert not migrate.is_behind(database.engine)
    with database.read() as tx:
        assert [tuple(row) for row in tx.connection.exec_driver_sql("SELECT id, desk FROM digests")] == [(1, "main")]
    database.close()
