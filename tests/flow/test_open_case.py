from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mailgate.desk.lifecycle import CaseState, SpoolState
from mailgate.desk.trust import AuthenticationPolicy
from mailgate.store import rounds, schools


def test_a_consultation_becomes_a_new_case_with_its_whole_text(desk: Any) -> None:
    entry = desk.write(body="南小の水原です。\n困っています。\n> 引用も残ります", subject="学級のこと")
    case = desk.case(entry.case)
    assert (case.state, case.round, case.teacher_id, case.subject, str(case.sender)) == (
        CaseState.NEW,
        1,
        desk.teacher.id,
        "学級のこと",
        "haruka@minami.example",
    )
    assert case.due_at == datetime(2026, 2, 12, 14, 59, 59, tzinfo=UTC)
    with desk.office.read() as ctx:
        (text,) = rounds.entries(ctx.tx, case.number)
    assert text.text == "南小の水原です。\n困っています。\n> 引用も残ります"
    assert desk.audit() == [("teacher", "open")]


def test_the_acknowledgement_quotes_nothing_and_can_be_answered(desk: Any) -> None:
    desk.write(body="カナリアの相談", subject="カナリアの件", message_id="<theirs@client.example>")
    letter = desk.letter("acknowledgement")
    assert letter.to == ("haruka@minami.example",)
    assert letter.references == ("<theirs@client.example>",)
    assert str(letter.sender.address) == desk.reply_address(case=1)
    assert "カナリア" not in letter.subject + letter.body
    assert "2月12日" in letter.body


@pytest.mark.parametrize("sender", ["haruka@home.example", "HARUKA@Minami.example"])
def test_the_acknowledgement_goes_to_the_registered_address_they_wrote_from(quick_desk: Any, sender: str) -> None:
    quick_desk.write(sender)
    assert [one.lower() for one in quick_desk.letter("acknowledgement").to] == [sender.lower()]


def test_an_address_that_only_a_header_names_gets_nothing(quick_desk: Any) -> None:
    quick_desk.write(headers=["Reply-To: evil@other.example"])
    assert quick_desk.letter("acknowledgement").to == ("haruka@minami.example",)


def test_a_stranger_is_told_how_to_register_once_a_day(desk: Any) -> None:
    for _ in range(3):
        desk.write("stranger@other.example", "相談です")
    assert [case.held_reason for case in desk.cases()] == ["unknown sender"] * 3
    assert desk.kinds() == ["registration-needed"]
    assert desk.letter("registration-needed").to == ("stranger@other.example",)
    desk.write("another@other.example", "相談です")
    assert desk.kinds() == ["registration-needed"] * 2
    desk.clock.advance(days=1)
    desk.write("stranger@other.example", "相談です")
    assert desk.kinds() == ["registration-needed"] * 3


def test_a_teacher_without_a_contract_is_held(quick_desk: Any) -> None:
    quick_desk.clock.now = datetime(2026, 4, 1, 1, tzinfo=UTC)
    entry = quick_desk.write()
    case = quick_desk.case(entry.case)
    assert (case.state, case.held_reason, case.due_at) == (CaseState.HELD, "no valid contract", None)
    assert quick_desk.kinds() == ["registration-needed"]


@pytest.mark.parametrize(
    ("sent", "received", "state"),
    [
        ("2026-03-31T23:59:59+09:00", "2026-04-01T00:00:10+09:00", CaseState.NEW),
        ("2026-04-01T00:00:00+09:00", "2026-04-01T00:00:10+09:00", CaseState.HELD),
        ("2025-03-31T23:59:59+09:00", "2026-02-01T00:00:00+09:00", CaseState.HELD),
        ("2026-03-31T12:00:00+09:00", "2025-03-01T00:00:00+09:00", CaseState.HELD),  # a clock that is fast
    ],
)
def test_the_date_of_the_mail_decides_about_the_contract(
    quick_desk: Any, sent: str, received: str, state: CaseState
) -> None:
    quick_desk.clock.now = datetime.fromisoformat(sent)
    raw = quick_desk.mail()
    quick_desk.clock.now = datetime.fromisoformat(received)
    entry = quick_desk.receive(raw)
    assert quick_desk.case(entry.case).state is state


def test_an_unauthenticated_mail_is_held_and_nobody_is_answered(quick_desk: Any) -> None:
    strict = quick_desk.with_policy(authentication=AuthenticationPolicy.ENFORCE)
    for sender in ("haruka@minami.example", "stranger@other.example"):
        entry = strict.write(sender)
        assert strict.case(entry.case).held_reason == "the sender is not authenticated"
    assert strict.outbox() == []
    vouched = "Authentication-Results: mx.mado.example; dmarc=pass header.from=minami.example"
    entry = strict.write(headers=[vouched])
    assert (strict.case(entry.case).state, strict.kinds()) == (CaseState.NEW, ["acknowledgement"])


def test_two_authors_are_no_author(quick_desk: Any) -> None:
    entry = quick_desk.receive(quick_desk.mail("haruka@minami.example, evil@other.example"))
    case = quick_desk.case(entry.case)
    assert (case.state, case.held_reason, case.sender) == (CaseState.HELD, "the mail names no single author", None)
    assert quick_desk.outbox() == []


@pytest.mark.parametrize("sender", ["haruka@minami.example", "stranger@other.example"])
def test_a_mail_with_the_null_reverse_path_is_kept_and_not_answered(quick_desk: Any, sender: str) -> None:
    entry = quick_desk.receive(quick_desk.mail(sender), reverse_path=None)
    assert entry.case is not None
    assert quick_desk.outbox() == []


@pytest.mark.parametrize(
    "header", ["Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <list.example>", "X-Autoreply: yes"]
)
def test_automatic_mail_is_recorded_and_changes_nothing(quick_desk: Any, header: str) -> None:
    entry = quick_desk.write(headers=[header])
    assert (entry.state, entry.case) == (SpoolState.DONE, None)
    assert entry.reason.startswith("recorded: ")
    assert (quick_desk.cases(), quick_desk.outbox()) == ([], [])


def test_a_mail_from_the_desk_itself_starts_no_loop(quick_desk: Any) -> None:
    entry = quick_desk.write("soudan@mado.example")
    assert entry.reason == "recorded: from an address of the desk itself"
    assert quick_desk.outbox() == []


def test_a_school_is_known_by_contract_not_by_the_domain_of_a_mail(quick_desk: Any) -> None:
    with quick_desk.office.read() as ctx:
        assert schools.all_schools(ctx.tx)[0].name == "森野市立南小学校"
    entry = quick_desk.write("colleague@minami.example")
    assert quick_desk.case(entry.case).held_reason == "unknown sender"
