"""What the worker promises whatever a mail or a handler does; the handlers themselves have files of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from mailgate.desk.lifecycle import CaseState, SpoolState
from mailgate.errors import StoreUnavailable
from mailgate.flow import open_case, post, process
from mailgate.flow.process import MAX_TRIES, process_next
from mailgate.mail.parse import parse
from mailgate.store import cases, outbox, rounds, sending, spool
from mailgate.store.claim import LEASE
from mailgate.store.tables import RawMailRow

CANARY = "カナリア田中7f3k"


def _raising(error: Exception) -> Callable[..., Any]:
    def handler(*_: object) -> Any:
        raise error

    return handler


def _until_quiet(desk: Any) -> None:
    for _ in range(MAX_TRIES + 2):
        desk.process()
        desk.clock.advance(minutes=1)


# A handler that raises


def test_a_mail_whose_handler_raises_is_tried_again_and_then_set_aside(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_case, "open_case", _raising(ValueError("a bug")))
    queue_id = desk.accept(desk.mail())
    seen = []
    for _ in range(MAX_TRIES + 1):
        seen.append((desk.process(), desk.spooled(queue_id).state, desk.spooled(queue_id).tries))
        desk.clock.advance(minutes=1)
    assert seen == [
        (1, SpoolState.RECEIVED, 1),
        (1, SpoolState.RECEIVED, 2),
        (1, SpoolState.QUARANTINED, 3),
        (0, SpoolState.QUARANTINED, 3),
    ]
    assert desk.cases() == []
    assert desk.outbox() == []


def test_the_mails_behind_a_broken_one_go_on(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    original = open_case.open_case

    def handler(ctx: Any, mail: Any, *more: Any) -> Any:
        if "壊れた" in mail.message.body:
            raise ValueError("a bug")
        return original(ctx, mail, *more)

    monkeypatch.setattr(open_case, "open_case", handler)
    broken, good = desk.accept(desk.mail(body="壊れた")), desk.accept(desk.mail(body="よい"))
    desk.process()
    assert (desk.spooled(broken).state, desk.spooled(good).state) == (SpoolState.RECEIVED, SpoolState.DONE)
    _until_quiet(desk)
    assert (desk.spooled(broken).state, len(desk.cases())) == (SpoolState.QUARANTINED, 1)


def test_a_mail_that_was_set_aside_is_handled_after_the_repair(
    quick_desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(open_case, "open_case", _raising(ValueError("a bug")))
        queue_id = quick_desk.accept(quick_desk.mail())
        _until_quiet(quick_desk)
    quick_desk.run(lambda ctx: spool.restart(ctx.tx, queue_id, ctx.now))
    quick_desk.process()
    assert (quick_desk.spooled(queue_id).state, len(quick_desk.cases())) == (SpoolState.DONE, 1)


def test_what_may_pass_by_itself_does_not_count_as_a_try(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(open_case, "open_case", _raising(StoreUnavailable("the database is away")))
        queue_id = desk.accept(desk.mail())
        for _ in range(3 * MAX_TRIES):
            assert desk.process() == 1
            assert (desk.spooled(queue_id).state, desk.spooled(queue_id).tries) == (SpoolState.RECEIVED, 0)
            desk.clock.advance(minutes=1)
    desk.process()
    assert (desk.spooled(queue_id).state, len(desk.cases())) == (SpoolState.DONE, 1)


def test_no_word_of_a_mail_gets_into_the_reason_or_the_log(quick_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_case, "open_case", _raising(ValueError(f"cannot read {CANARY}")))
    with capture_logs() as logs:
        queue_id = quick_desk.accept(quick_desk.mail(body=CANARY, subject=CANARY))
        _until_quiet(quick_desk)
    reason = quick_desk.spooled(queue_id).reason
    assert reason.startswith("ValueError in handle.py:")
    assert [entry["event"] for entry in logs] == ["accepted", *["not handled"] * MAX_TRIES]
    assert {entry["queue_id"] for entry in logs} == {queue_id}
    assert CANARY not in reason + str(logs)


def test_no_word_of_a_mail_gets_into_the_log_of_success(quick_desk: Any) -> None:
    with capture_logs() as logs:
        quick_desk.write(body=CANARY, subject=CANARY)
        quick_desk.write("stranger@other.example", CANARY)
        quick_desk.write(body=CANARY, headers=["Auto-Submitted: auto-replied", f"X-Auto-Reason: {CANARY}"])
    assert [entry["event"] for entry in logs] == ["accepted", "handled"] * 3
    assert not [word for word in (CANARY, "minami.example", "other.example", "haruka") if word in str(logs)]


def test_a_sealed_mail_that_does_not_open_stops_nobody_behind_it(desk: Any) -> None:
    """A row that was damaged on the disk must not stand before all others for ever."""
    damaged = desk.accept(desk.mail())
    desk.clock.advance(seconds=1)
    good = desk.accept(desk.mail())
    with desk.office.write() as ctx:
        ctx.tx.session.execute(update(RawMailRow).where(RawMailRow.id == damaged).values(octets=b"rubbish"))
    for _ in range(5):
        try:
            desk.process()
        except Exception:  # noqa: BLE001 - as the loop of the worker does; what counts stands below
            continue
    assert desk.spooled(good).state is SpoolState.DONE


# Several mails in one commit


def _commits(monkeypatch: pytest.MonkeyPatch, seconds: float) -> list[int]:
    """How many mails each commit from now on handles, if commits may take so long."""
    handled: list[int] = []
    honest = process._commit

    def commit(*given: Any) -> Any:
        done = honest(*given)
        handled.append(len(done))
        return done

    monkeypatch.setattr(process, "_commit", commit)
    monkeypatch.setattr(process, "_LOOKS_SECONDS", 30)
    monkeypatch.setattr(process, "_TOGETHER_SECONDS", seconds)
    return handled


@pytest.mark.parametrize(("seconds", "commits"), [(30, [3]), (0, [1, 1, 1])])
def test_what_lies_ready_shares_a_commit_as_long_as_the_time_goes(
    desk: Any, monkeypatch: pytest.MonkeyPatch, seconds: float, commits: list[int]
) -> None:
    handled = _commits(monkeypatch, seconds)
    ids = [desk.accept(desk.mail(f"{name}@other.example", name)) for name in ("一", "二", "三")]
    with capture_logs() as logs:
        assert process_next(desk.office, 16) == 3
    assert handled == commits
    assert [(desk.spooled(one).state, desk.spooled(one).case) for one in ids] == [
        (SpoolState.DONE, number) for number in (1, 2, 3)
    ]
    assert [(entry["event"], entry["queue_id"], entry["case"]) for entry in logs] == [
        ("handled", one, number) for number, one in enumerate(ids, 1)
    ]


def test_one_that_raises_takes_none_with_it_and_nothing_is_done_twice(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled = _commits(monkeypatch, 30)
    honest = spool.finish

    def finish(tx: Any, claimed: Any, state: SpoolState, reason: str, case: int | None, *more: Any) -> None:
        if claimed.id == ids[1]:
            raise ValueError("a bug")
        honest(tx, claimed, state, reason, case, *more)

    ids = [desk.accept(desk.mail(body=body)) for body in ("一つ目", "二つ目", "三つ目")]
    with monkeypatch.context() as patched:
        patched.setattr(spool, "finish", finish)
        assert process_next(desk.office, 16) == 3
    assert handled == [1, 1]
    states = [desk.spooled(one).state for one in ids]
    assert states == [SpoolState.DONE, SpoolState.RECEIVED, SpoolState.DONE]
    # On SQLite the third mail's case has the number that the second's had in what was undone; its key is its own.
    with desk.office.read() as ctx:
        texts = [rounds.entries(ctx.tx, desk.spooled(ids[at]).case)[0].text.strip() for at in (0, 2)]
    assert (texts, desk.kinds()) == (["一つ目", "三つ目"], ["acknowledgement"] * 2)


def test_a_slow_look_leaves_the_mails_behind_it_to_whoever_is_free(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_LOOKS_SECONDS", 0.01)
    begun: list[str] = []
    goes_on = threading.Event()

    def slow(raw: bytes) -> Any:
        message = parse(raw)
        begun.append(message.body.strip())
        if begun == ["一"]:
            desk.clock.advance(seconds=LEASE.total_seconds())
        else:
            assert goes_on.wait(30)
        return message

    office = replace(desk.office, read_mail=slow)
    ids = []
    for name in ("一", "二", "三"):
        desk.clock.advance(seconds=1)
        ids.append(desk.accept(desk.mail(f"{name}@other.example", name)))
    with ThreadPoolExecutor(1) as threads:
        assert process_next(office, 16, threads) == 3
        left = [(desk.spooled(one).state, desk.spooled(one).tries) for one in ids]
        goes_on.set()
        assert process_next(office, 16, threads) == 2  # the same threads are there for the next mails
    assert left == [(SpoolState.DONE, 1), (SpoolState.RECEIVED, 0), (SpoolState.RECEIVED, 0)]
    assert begun == ["一", "二", "二", "三"]
    assert [desk.spooled(one).case for one in ids] == [1, 2, 3]


# One commit, or nothing


def test_a_failure_while_the_mails_are_composed_leaves_no_case(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, name in ((post, "compose"), (outbox, "put")):
        with monkeypatch.context() as patched:
            patched.setattr(place, name, _raising(ValueError("a bug")))
            queue_id = desk.accept(desk.mail())
            desk.process()
        assert (desk.cases(), desk.outbox(), desk.audit()) == ([], [], [])
        assert desk.spooled(queue_id).state is SpoolState.RECEIVED
    desk.clock.advance(minutes=1)
    assert desk.process() == 2
    assert (len(desk.cases()), desk.kinds()) == (2, ["acknowledgement"] * 2)


def test_a_failure_of_the_last_write_leaves_nothing(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(spool, "finish", _raising(ValueError("a bug")))
        desk.accept(desk.mail())
        desk.process()
    assert (desk.cases(), desk.outbox(), desk.audit()) == ([], [], [])


def test_a_worker_that_dies_with_a_mail_in_hand_makes_one_case_after_the_lease(desk: Any) -> None:
    queue_id = desk.accept(desk.mail())
    with desk.office.write() as ctx:
        assert len(spool.claim(ctx.tx, ctx.now)) == 1
    assert desk.process() == 0
    desk.clock.advance(seconds=LEASE.total_seconds())
    assert desk.process() == 1
    assert (len(desk.cases()), desk.kinds(), desk.spooled(queue_id).tries) == (1, ["acknowledgement"], 2)


def test_a_mail_that_kills_its_worker_each_time_is_set_aside_unread(
    quick_desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_id = quick_desk.accept(quick_desk.mail())
    for _ in range(MAX_TRIES):
        with quick_desk.office.write() as ctx:
            assert len(spool.claim(ctx.tx, ctx.now)) == 1
        quick_desk.clock.advance(seconds=LEASE.total_seconds())
    quick_desk.office = replace(quick_desk.office, read_mail=_raising(AssertionError("not even read")))
    assert quick_desk.process() == 1
    assert quick_desk.spooled(queue_id).state is SpoolState.QUARANTINED


# The same mail twice


def test_the_same_mail_twice_is_one_case(desk: Any) -> None:
    raw = desk.mail(message_id="<same@client.example>")
    first, second = desk.receive(raw), desk.receive(raw)
    assert (first.case, second.case, second.reason) == (1, 1, "the same mail came before")
    assert (len(desk.cases()), desk.kinds()) == (1, ["acknowledgement"])


def test_the_same_mail_by_another_way_is_the_same(quick_desk: Any) -> None:
    raw = quick_desk.mail(message_id="<same@client.example>")
    quick_desk.receive(raw)
    quick_desk.receive(b"Received: from elsewhere by mx.mado.example\r\nX-Spam: no\r\n" + raw)
    assert len(quick_desk.cases()) == 1


def test_two_nodes_with_two_copies_make_one_case(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = desk.mail(message_id="<same@client.example>")
    ids = [desk.accept(raw, reverse_path=way) for way in ("a@way.example", "b@way.example")]
    together = threading.Barrier(2)

    def read(octets: bytes) -> Any:
        together.wait(10)  # both have claimed, neither has looked whether the mail came before
        return parse(octets)

    desk.office = replace(desk.office, read_mail=read)
    nodes = [threading.Thread(target=desk.process) for _ in ids]
    for node in nodes:
        node.start()
    for node in nodes:
        node.join()
    assert {desk.spooled(one).state for one in ids} == {SpoolState.DONE}
    assert sorted(desk.spooled(one).reason for one in ids) == ["new case", "the same mail came before"]
    assert (len(desk.cases()), desk.kinds()) == (1, ["acknowledgement"])


def _notes(desk: Any, number: int) -> list[str]:
    with desk.office.read() as ctx:
        return [one.text for one in cases.notes(ctx.tx, number)]


def test_the_same_message_id_with_another_text_is_a_mail_of_its_own_with_a_note(desk: Any) -> None:
    first = desk.write(body="一つ目の相談です。", message_id="<same@client.example>")
    second = desk.write(body="二つ目の相談です。", message_id="<same@client.example>")
    assert (first.case, second.case) == (1, 2)
    assert _notes(desk, 1) == []
    assert _notes(desk, 2) == [
        f"Mail {second.id} has the same Message-ID and another text as mail {first.id} (case 1)."
    ]


def test_the_same_text_within_the_hour_is_noted_as_sent_twice_perhaps(desk: Any) -> None:
    first, second = (desk.write(body="同じ相談です。") for _ in range(2))
    desk.clock.advance(hours=2)
    third = desk.write(body="同じ相談です。")
    assert (first.case, second.case, third.case) == (1, 2, 3)
    assert _notes(desk, 2) == [
        f"Mail {second.id} has the same text and another Message-ID as mail {first.id} (case 1)."
    ]
    assert _notes(desk, 3) == []


def test_the_same_words_of_somebody_else_are_no_twin(desk: Any) -> None:
    desk.write(body="同じ相談です。")
    other = desk.write("stranger@other.example", "同じ相談です。")
    assert (other.case, _notes(desk, 2)) == (2, [])


def test_the_same_mail_to_two_addresses_of_the_desk_is_one_case(quick_desk: Any) -> None:
    quick_desk.accept(quick_desk.mail(), "soudan@mado.example soudan@mado.example")
    quick_desk.process()
    assert len(quick_desk.cases()) == 1


@pytest.mark.parametrize("change", ["body", "subject", "message_id", "sender"])
def test_another_mail_is_another_case(quick_desk: Any, change: str) -> None:
    same = {
        "body": "相談です",
        "subject": "ご相談",
        "message_id": "<same@client.example>",
        "sender": "haruka@minami.example",
    }
    other = {"body": "別の相談", "subject": "別", "message_id": "<b@client.example>", "sender": "haruka@home.example"}
    quick_desk.receive(quick_desk.mail(**same))
    quick_desk.receive(quick_desk.mail(**{**same, change: other[change]}))
    assert len(quick_desk.cases()) == 2


def test_the_same_comment_twice_is_one_version(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    for _ in range(2):
        quick_desk.comment(invited, message_id="<same@client.example>")
    (comment,) = quick_desk.comments(number)
    assert comment.versions == 1
    assert len(quick_desk.outbox("comment-received")) == 1


def test_a_copy_of_a_mail_that_was_only_held_is_not_taken_for_done(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    raw = quick_desk.mail("other@other.example", "私からもお願いします")
    to = quick_desk.reply_address(case=number)
    for _ in range(2):
        assert quick_desk.receive(raw, to, "other@other.example").state is SpoolState.HELD


# Where a mail may be for


def test_a_mail_for_an_address_that_is_ours_no_more_is_held(quick_desk: Any) -> None:
    queue_id = quick_desk.accept(quick_desk.mail(), "soudan@mado.example")
    addresses = type(quick_desk.office.policy.addresses)("mado.example", desk=("madoguchi",))
    process_next(quick_desk.with_policy(addresses=addresses).office)
    assert quick_desk.spooled(queue_id).state is SpoolState.HELD


def test_one_mail_to_desk_and_join_has_both_effects(quick_desk: Any) -> None:
    queue_id = quick_desk.accept(quick_desk.mail(), "soudan@mado.example join@mado.example")
    quick_desk.process()
    assert [quick_desk.spooled(one).state for one in (queue_id, f"{queue_id}.2")] == [SpoolState.DONE, SpoolState.DONE]
    assert quick_desk.kinds() == ["acknowledgement", "registration-form"]


@pytest.mark.parametrize(
    "raw", [b"x", b"\x00" * 500, b"From: \xff\xfe\r\n\r\n", b"\r\n\r\n", bytes(range(256)) * 30, b"From: a@b\r\n" * 900]
)
def test_octets_that_are_no_mail_become_something_an_operator_sees(quick_desk: Any, raw: bytes) -> None:
    entry = quick_desk.receive(raw)
    assert entry.state is SpoolState.DONE
    assert entry.case is not None
    assert quick_desk.case(entry.case).state is CaseState.HELD


def test_a_sender_whose_local_part_has_an_at_sign_stops_no_other_mail(desk: Any) -> None:
    """`"a@b"@c.example` is a valid mailbox (RFC 5321 4.1.2)."""
    strange = desk.receive(desk.mail('"a@b"@other.example'), reverse_path="x@other.example")
    desk.clock.advance(seconds=1)
    desk.open_case()
    claimed = []
    with desk.office.write() as ctx:
        while (mail := sending.claim(ctx.tx, ctx.now)) is not None:
            claimed.append(str(sending.load(ctx.tx, mail.id).recipient))
    assert strange.state is SpoolState.DONE
    assert claimed[-1] == "haruka@minami.example"
