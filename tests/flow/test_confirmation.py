"""Once a year: is what the register holds still right? Who is asked, how often, and what each answer does."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailgate.desk.entries import MemberEntry, PersonEntry
from mailgate.desk.lifecycle import ApplicationState, ConfirmationState, OutboxState, SpoolState
from mailgate.desk.people import MemberKind, MemberStatus
from mailgate.desk.quiet_hours import QuietHours
from mailgate.flow import ask_confirmation, erase, gate, privacy
from mailgate.flow.approve_application import approve, reject
from mailgate.flow.confirm import confirm_for
from mailgate.flow.due import run_due
from mailgate.mail.address import Address
from mailgate.store import applications, confirmations, members, outbox, sending, teachers
from mailgate.store.persons import save_person

JOIN = "join@mado.example"
HARUKA = "haruka@minami.example"
ASKED, REMINDED = "register-confirmation", "confirmation-reminder"
_S = ConfirmationState


@pytest.fixture
def yearly(desk: Any) -> Any:
    return _yearly(desk)


@pytest.fixture
def quick(quick_desk: Any) -> Any:
    return _yearly(quick_desk)


def _yearly(desk: Any, **more: Any) -> Any:
    """A desk that asks every year, and has seen its people just now."""
    desk = desk.with_policy(confirmation_months=12, confirmation_days=14, confirmations_per_day=50, **more)
    assert ask_confirmation.run(desk.office) == 0
    return desk


def _asked(desk: Any) -> Any:
    desk.clock.advance(days=366)
    assert ask_confirmation.run(desk.office) == 4
    return desk


def _to(desk: Any, handle: str, kind: str = ASKED) -> Any:
    (one,) = [one for one in desk.outbox(kind) if one.handle == handle]
    return desk.read(one.id)


def _state(desk: Any, person: Any) -> ConfirmationState:
    with desk.office.read() as ctx:
        known = confirmations.of_person(ctx.tx, person.id)
    assert known is not None
    return known.state


def _answer(desk: Any, body: str, sender: str = HARUKA, *, quoting: bool = True) -> Any:
    ours = next(one for one in desk.outbox(ASKED) if one.handle == desk.teacher.handle)
    quoted = "".join(f"> {line}\n" for line in desk.read(ours.id).body.splitlines()) if quoting else ""
    return desk.write(sender, f"{body}\n\n{quoted}", to=JOIN, answers=ours.message_id)


def test_everybody_is_asked_a_year_after_they_were_first_seen_and_once(yearly: Any) -> None:
    yearly.clock.advance(days=364)
    assert ask_confirmation.run(yearly.office) == 0
    yearly.clock.advance(days=2)
    assert [ask_confirmation.run(yearly.office) for _ in range(3)] == [4, 0, 0]
    people = [yearly.teacher, *yearly.members]
    assert sorted(one.handle for one in yearly.outbox(ASKED)) == sorted(one.handle for one in people)


def test_the_mail_has_what_the_register_holds_in_the_lines_of_the_form(yearly: Any) -> None:
    letter = _to(_asked(yearly), yearly.teacher.handle)
    assert letter.to == (HARUKA,)
    assert "氏名：水原 遥香\n学校名：森野市立南小学校\n学校のある市区町村：森野市\n" in letter.body
    assert "職種：教諭\n教職歴：12年\n" in letter.body
    assert "メンバーの区分：弁護士\n" in _to(yearly, yearly.members[0].handle).body


def test_no_more_than_the_days_share_is_mailed_and_nobody_is_forgotten(quick: Any) -> None:
    desk = quick.with_policy(confirmation_months=12, confirmations_per_day=3)
    desk.clock.advance(days=500)
    assert [ask_confirmation.run(desk.office) for _ in range(3)] == [3, 0, 0]
    desk.clock.advance(days=1)
    assert [ask_confirmation.run(desk.office) for _ in range(2)] == [1, 0]
    assert len({one.handle for one in desk.outbox(ASKED)}) == 4


def test_another_node_asks_nobody_again(yearly: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the act another scheduler has written to the same."""
    original = ask_confirmation.each

    def late(office: Any, act: Any, ids: list[int]) -> int:
        original(office, act, ids)
        return original(office, act, ids)

    monkeypatch.setattr(ask_confirmation, "each", late)
    yearly.clock.advance(days=366)
    ask_confirmation.run(yearly.office)
    assert len(yearly.outbox(ASKED)) == 4


@pytest.mark.parametrize(
    "body",
    [
        "はい",
        "はい。\n\nよろしくお願いいたします。",
        "はい、変更ありません。",
        "ＹＥＳ",
        "変更なし",
        "No changes.",
    ],
)
def test_a_yes_confirms_and_is_not_answered(quick: Any, body: str) -> None:
    desk = _asked(quick)
    entry = _answer(desk, body)
    assert (entry.state, entry.reason) == (SpoolState.DONE, f"{desk.teacher.handle} confirms what the register holds")
    with desk.office.read() as ctx:
        known = confirmations.of_person(ctx.tx, desk.teacher.person.id)
    assert known is not None
    assert (known.state, known.confirmed_at is not None) == (_S.CURRENT, True)
    assert {one.kind for one in desk.outbox()} == {ASKED}


def test_a_yes_above_an_answer_of_a_client_that_marks_no_quotes(quick: Any) -> None:
    desk = _asked(quick)
    ours = next(one for one in desk.outbox(ASKED) if one.handle == desk.teacher.handle)
    body = f"はい\n\n-----Original Message-----\n{desk.read(ours.id).body}"
    desk.write(HARUKA, body, to=JOIN, answers=ours.message_id)
    assert _state(desk, desk.teacher.person) is _S.CURRENT


def test_who_confirmed_is_asked_again_a_year_later(yearly: Any) -> None:
    desk = _asked(yearly)
    _answer(desk, "はい")
    desk.clock.advance(days=364)
    ask_confirmation.run(desk.office)
    assert len([one for one in desk.outbox(ASKED) if one.handle == desk.teacher.handle]) == 1
    desk.clock.advance(days=2)
    ask_confirmation.run(desk.office)
    assert len([one for one in desk.outbox(ASKED) if one.handle == desk.teacher.handle]) == 2


def test_a_yes_of_somebody_who_was_not_asked_is_a_mail_like_any_other(quick: Any) -> None:
    entry = quick.write(HARUKA, "はい", to=JOIN)
    assert entry.reason == "sent the form for registration"
    assert quick.write("nobody@else.example", "はい", to=JOIN).reason == "sent the form for registration"


def test_a_line_that_was_changed_becomes_an_application_and_nothing_else_of_the_mail(yearly: Any) -> None:
    desk = _asked(yearly)
    entry = _answer(desk, "職種：教頭\n教職歴：13年")
    assert entry.reason == f"application 1, to correct {desk.teacher.handle}"
    with desk.office.read() as ctx:
        application = applications.get(ctx.tx, 1)
    assert (application.cells, application.state) == ({"role": "教頭", "years": "13"}, ApplicationState.WAITING)
    assert _state(desk, desk.teacher.person) is _S.CORRECTED
    assert len(desk.outbox("registration-received")) == 1
    approved = desk.run(approve, 1)
    with desk.office.read() as ctx:
        after = teachers.teacher_by_handle(ctx.tx, desk.teacher.handle)
    assert (approved.is_new, after.role, after.years) == (False, "教頭", 13)
    assert (after.school, after.person) == (desk.teacher.school, desk.teacher.person)
    assert _state(desk, desk.teacher.person) is _S.CURRENT
    told = desk.letter("registered").body
    assert ("ご登録の内容を変更しました。" in told, "ご登録が済みました。" in told) == (True, False)


def test_a_line_corrected_within_the_quotation_is_found(quick: Any) -> None:
    desk = _asked(quick)
    ours = next(one for one in desk.outbox(ASKED) if one.handle == desk.teacher.handle)
    body = desk.read(ours.id).body.replace("職種：教諭", "職種：養護教諭")
    desk.write(HARUKA, "".join(f"> {line}\n" for line in body.splitlines()), to=JOIN, answers=ours.message_id)
    with desk.office.read() as ctx:
        assert applications.get(ctx.tx, 1).cells == {"role": "養護教諭"}


def test_a_rejected_correction_is_an_answer_too(quick: Any) -> None:
    desk = _asked(quick)
    _answer(desk, "職種：教頭")
    desk.run(reject, 1)
    assert _state(desk, desk.teacher.person) is _S.CURRENT


def test_an_answer_with_other_words_and_no_change_is_an_operators_to_read(quick: Any) -> None:
    desk = _asked(quick)
    entry = _answer(desk, "はい。ただし四月に異動します。")
    assert (entry.state, entry.reason) == (
        SpoolState.HELD,
        "about what the register holds of its sender, without a change",
    )
    assert _state(desk, desk.teacher.person) is _S.ASKED


def test_no_answer_brings_one_reminder_and_then_an_operator(yearly: Any) -> None:
    desk = _asked(yearly)
    _answer(desk, "はい")
    desk.clock.advance(days=13)
    assert ask_confirmation.run(desk.office) == 0
    desk.clock.advance(days=2)
    assert [ask_confirmation.run(desk.office) for _ in range(2)] == [3, 0]
    assert "氏名" not in _to(desk, desk.members[0].handle, REMINDED).body
    desk.clock.advance(days=15)
    assert [ask_confirmation.run(desk.office) for _ in range(2)] == [0, 0]
    assert [_state(desk, one.person) for one in desk.members] == [_S.UNANSWERED] * 3
    with desk.office.read() as ctx:
        assert confirmations.count(ctx.tx, (_S.UNANSWERED,)) == 3
    desk.run(confirm_for, [desk.members[0].handle])
    assert _state(desk, desk.members[0].person) is _S.CURRENT
    desk.clock.advance(days=367)
    assert ask_confirmation.run(desk.office) == 4


def test_the_digest_counts_who_did_not_answer(quick: Any) -> None:
    desk = _asked(quick.with_policy(operators=(Address("unei", "mado.example"),), digest_time=time(8)))
    for _ in range(2):
        desk.clock.advance(days=15)
        ask_confirmation.run(desk.office)
    desk.clock.now = desk.clock.now.replace(hour=3)
    run_due(desk.office)
    assert "・登録内容の確認に返信のない方、届かない方：4名" in desk.letter("digest").body.splitlines()


@pytest.mark.parametrize("kind", [ASKED, REMINDED])
def test_a_mail_that_came_back_ends_the_waiting(quick: Any, kind: str) -> None:
    desk = _asked(quick)
    if kind == REMINDED:
        desk.clock.advance(days=15)
        ask_confirmation.run(desk.office)
    mail = next(one for one in desk.outbox(kind) if one.handle == desk.members[0].handle)
    with desk.office.read() as ctx:
        token = outbox.bounce_token_of(ctx.tx, mail.id)
    report = (
        b"From: mailer-daemon@law.example\r\nSubject: failed\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nfailed\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mx.law.example\r\n\r\nFinal-Recipient: rfc822; toda@law.example\r\nAction: failed\r\n"
        b"Status: 5.1.1\r\n\r\n--b--\r\n"
    )
    desk.receive(report, str(desk.office.policy.addresses.bounce_address(token)), None)
    assert _state(desk, desk.members[0].person) is _S.UNREACHED
    desk.clock.advance(days=800)
    ask_confirmation.run(desk.office)
    assert len([one for one in desk.outbox(ASKED) if one.handle == desk.members[0].handle]) == 1


def test_one_human_being_gets_one_mail_and_one_correction_changes_both_registrations(yearly: Any) -> None:
    with yearly.office.write() as ctx:
        person = PersonEntry("水原 遥香", "", yearly.teacher.person.addresses)
        entry = MemberEntry(person, MemberKind.TEACHER, 12, "", (), ("学級経営",), None)
        member = members.save_member(ctx.tx, yearly.teacher.person.id, entry)
        members.set_member_status(ctx.tx, member.id, MemberStatus.ACTIVE)
    desk = _asked(yearly)
    letter = _to(desk, desk.teacher.handle)
    assert [letter.body.count(line) for line in ("氏名：", "教職歴：", "得意分野：学級経営\n")] == [1, 1, 1]
    _answer(desk, "職種：教頭\n教職歴：13年\n得意分野：学級経営、進路指導")
    desk.run(approve, 1)
    with desk.office.read() as ctx:
        after, of_member = (
            teachers.teacher_by_handle(ctx.tx, desk.teacher.handle),
            members.member_by_handle(ctx.tx, member.handle),
        )
    assert (after.role, after.years, of_member.years, of_member.topics) == ("教頭", 13, 13, ("学級経営", "進路指導"))
    assert after.school == desk.teacher.school


@pytest.mark.parametrize("status", [MemberStatus.RETIRED, MemberStatus.APPLIED])
def test_who_is_not_in_the_register_any_more_or_not_yet_is_not_asked(quick: Any, status: MemberStatus) -> None:
    with quick.office.write() as ctx:
        members.set_member_status(ctx.tx, quick.members[0].id, status)
    quick.clock.advance(days=366)
    assert ask_confirmation.run(quick.office) == 3


def test_switched_off_nobody_is_asked(quick_desk: Any) -> None:
    quick_desk.clock.advance(days=4000)
    assert ask_confirmation.run(quick_desk.office) == 0
    assert run_due(quick_desk.office).confirmations == 0


def test_at_night_it_waits_for_the_morning(quick: Any) -> None:
    desk = quick.with_policy(quiet_hours=QuietHours(time(21), time(7)))
    desk.clock.now = datetime(2027, 3, 1, 17, tzinfo=UTC)
    assert ask_confirmation.run(desk.office) == 4
    morning = datetime(2027, 3, 2, 7, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert {one.next_try_at for one in desk.outbox(ASKED)} == {morning}


def test_what_is_held_goes_to_the_first_address_of_the_moment_when_it_leaves(yearly: Any) -> None:
    desk = _asked(yearly)
    mail = next(one for one in desk.outbox(ASKED) if one.handle == desk.teacher.handle)
    with desk.office.read() as ctx:
        assert gate.examine(ctx, mail.id, sending.load(ctx.tx, mail.id)) is None
    with desk.office.write() as ctx:
        new = (Address("new", "home.example"), *desk.teacher.person.addresses)
        save_person(ctx.tx, desk.teacher.person.id, PersonEntry("水原 遥香", "", new))
    with desk.office.read() as ctx:
        stopped = gate.examine(ctx, mail.id, sending.load(ctx.tx, mail.id))
    assert stopped is not None
    assert stopped.why is gate.Why.FORM


def test_nothing_of_a_case_is_in_the_mail(quick: Any) -> None:
    number = quick.open_case("給食のことで相談します。")
    quick.invite(number, 0)
    desk = _asked(quick)
    texts = [desk.read(one.id).body for one in desk.outbox(ASKED)]
    assert [text for text in texts if "給食" in text or "案件" in text] == []
    assert any("水原" in text for text in texts)


def test_an_erased_person_is_forgotten_here_too_and_it_is_in_the_export(yearly: Any) -> None:
    desk = _asked(yearly)
    _answer(desk, "はい")
    handle = desk.teacher.handle
    with desk.office.read() as ctx:
        assert privacy.export(ctx, privacy.subject(ctx, handle))["confirmed_at"] is not None
    with desk.office.write("operator:yui") as ctx:
        erase.erase(ctx, privacy.subject(ctx, handle), "asked for")
    with desk.office.read() as ctx:
        assert confirmations.of_person(ctx.tx, desk.teacher.person.id) is None
    ask_confirmation.run(desk.office)
    with desk.office.read() as ctx:
        assert confirmations.of_person(ctx.tx, desk.teacher.person.id) is None


def test_the_mail_of_somebody_erased_before_it_left_is_cancelled(quick: Any) -> None:
    desk = _asked(quick)
    with desk.office.write("operator:yui") as ctx:
        erase.erase(ctx, privacy.subject(ctx, desk.teacher.handle), "asked for")
    (mail,) = [one for one in desk.outbox(ASKED) if one.handle == desk.teacher.handle]
    assert mail.state is OutboxState.CANCELLED
