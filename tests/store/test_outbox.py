from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailgate.desk.lifecycle import CaseState, OutboxState
from mailgate.errors import NotFound, Refused
from mailgate.mail.address import Address
from mailgate.store import cases, outbox, sending
from mailgate.store.outbox import NewMail
from mailgate.store.sending import LEASE, InHand
from mailgate.store.transaction import Transaction

NOW = datetime(2026, 2, 2, tzinfo=UTC)
TODA, OTHER = Address("toda", "law.example"), Address("other", "law.example")
MAIL = NewMail("one", "thanks", None, None, "M-7F3K", TODA, b"any\x00octets\r\n", "<one@mado.example>", "token1")


def _another(name: str, **changes: object) -> NewMail:
    return replace(MAIL, id=name, message_id=f"<{name}@mado.example>", bounce_token=name, **changes)  # type: ignore[arg-type]  # as NewMail


def _claim(tx: Transaction, now: datetime = NOW) -> InHand:
    claimed = sending.claim(tx, now)
    assert claimed is not None
    return claimed


def _state(tx: Transaction, mail_id: str = "one") -> tuple[OutboxState, int, str]:
    tx.session.flush()
    tx.session.expire_all()
    found = outbox.entry(tx, mail_id)
    return found.state, found.tries, found.reason


def test_octets_and_message_id_are_the_same_at_every_try(tx: Transaction) -> None:
    outbox.put(tx, MAIL, NOW)
    seen = set()
    for number in range(1, 4):
        at = NOW + number * timedelta(hours=1)
        claimed = sending.claim(tx, at)
        assert claimed is not None
        assert claimed.tries == number
        mail = sending.load(tx, claimed.id)
        seen.add((mail.octets, mail.recipient, mail.bounce_token, outbox.entry(tx, "one").message_id))
        sending.defer(tx, claimed, at, "later")
    assert seen == {(MAIL.octets, TODA, "token1", "<one@mado.example>")}


@pytest.mark.parametrize(
    "recipient",
    [TODA, Address("a..b.", "carrier.example"), Address("a@b", "c.example"), Address("太郎", "例え.example")],
)
def test_every_recipient_comes_back(tx: Transaction, recipient: Address) -> None:
    outbox.put(tx, _another("x", recipient=recipient), NOW)
    assert outbox.recipient_of(tx, "x") == recipient
    claimed = sending.claim(tx, NOW)
    assert claimed is not None
    assert sending.load(tx, claimed.id).recipient == recipient


def test_a_claimed_mail_is_due_again_after_its_lease(tx: Transaction) -> None:
    outbox.put(tx, MAIL, NOW)
    assert sending.claim(tx, NOW) is not None
    assert sending.claim(tx, NOW) is None
    assert sending.claim(tx, NOW + LEASE) is not None


def test_marks_say_what_became_of_a_mail(tx: Transaction) -> None:
    in_hand = {}
    for name in ("sent", "deferred", "failed", "bounced"):
        outbox.put(tx, _another(name), NOW)
        in_hand[name] = _claim(tx)
    sending.mark_sent(tx, "sent", NOW, "250 2.0.0 Ok")
    sending.defer(tx, in_hand["deferred"], NOW + timedelta(minutes=1), "421 busy")
    assert sending.give_up(tx, in_hand["failed"], "550 5.1.1")
    outbox.mark_failed(tx, "bounced", "bounced 5.1.1")
    assert _state(tx, "sent") == (OutboxState.SENT, 1, "250 2.0.0 Ok")
    assert _state(tx, "deferred") == (OutboxState.DEFERRED, 1, "421 busy")
    assert _state(tx, "failed") == (OutboxState.FAILED, 1, "550 5.1.1")
    assert _state(tx, "bounced") == (OutboxState.FAILED, 1, "bounced 5.1.1")
    assert outbox.entry(tx, "deferred").next_try_at == NOW + timedelta(minutes=1)
    assert outbox.entry(tx, "sent").next_try_at is None
    assert [one.id for one in outbox.entries(tx, [OutboxState.SENT])] == ["sent"]


def test_a_mail_that_is_given_back_is_due_before_the_younger_ones_and_was_not_tried(tx: Transaction) -> None:
    outbox.put(tx, _another("old"), NOW)
    outbox.put(tx, _another("young"), NOW + timedelta(minutes=1))
    later = NOW + timedelta(hours=1)
    sending.give_back(tx, _claim(tx, later), "nobody there")
    assert _state(tx, "old") == (OutboxState.QUEUED, 0, "nobody there")
    assert [(_claim(tx, later).id, one) for one in (1, 2)] == [("old", 1), ("young", 2)]


def test_what_goes_to_the_busy_is_left_and_the_others_go_on(tx: Transaction) -> None:
    for name, recipient in (("a", TODA), ("b", OTHER), ("c", Address("abe", "school.example"))):
        outbox.put(tx, _another(name, recipient=recipient), NOW)
    first = _claim(tx)
    others = sending.claim(tx, NOW, busy_domains=[first.domain])
    assert (first.id, others.id if others else None) == ("a", "c")
    assert sending.claim(tx, NOW, busy_domains=[first.domain]) is None
    outbox.put(tx, _another("d", recipient=TODA), NOW)
    same_domain = sending.claim(tx, NOW, busy_recipients=[first.recipient])
    assert same_domain is not None
    assert same_domain.id == "b"
    assert sending.claim(tx, NOW, busy_recipients=[first.recipient]) is None


def test_whose_lease_has_run_out_changes_nothing_but_tells_that_the_mail_went_out(tx: Transaction) -> None:
    outbox.put(tx, MAIL, NOW)
    slow, quick = _claim(tx), _claim(tx, NOW + LEASE)
    sending.defer(tx, slow, NOW, "421")
    sending.give_back(tx, slow, "nobody there")
    assert sending.give_up(tx, slow, "550") is False
    assert _state(tx) == (OutboxState.QUEUED, 2, "")
    sending.mark_sent(tx, slow.id, NOW, "250")
    sending.defer(tx, quick, NOW, "421")
    assert _state(tx) == (OutboxState.SENT, 2, "250")


def test_a_mail_that_was_sent_is_never_sent_again(tx: Transaction) -> None:
    outbox.put(tx, MAIL, NOW)
    sending.mark_sent(tx, "one", NOW, "250")
    tx.session.flush()
    assert sending.claim(tx, NOW + timedelta(days=9)) is None
    with pytest.raises(Refused, match="sent already"):
        outbox.retry(tx, "one", NOW)
    with pytest.raises(Refused, match="only a waiting, stopped or failed mail"):
        outbox.cancel(tx, "one")


@pytest.mark.parametrize("end", ["failed", "cancelled", "deferred"])
def test_a_retried_mail_is_due_now_with_all_its_tries(tx: Transaction, end: str) -> None:
    outbox.put(tx, MAIL, NOW)
    claimed = _claim(tx)
    if end == "failed":
        assert sending.give_up(tx, claimed, "550")
    elif end == "cancelled":
        outbox.cancel(tx, "one")
    else:
        sending.defer(tx, claimed, NOW + timedelta(days=1), "421")
    tx.session.flush()
    assert sending.claim(tx, NOW) is None
    outbox.retry(tx, "one", NOW)
    assert _state(tx)[:2] == (OutboxState.QUEUED, 0)
    assert sending.claim(tx, NOW) is not None


def test_a_cancelled_mail_is_not_sent(tx: Transaction) -> None:
    outbox.put(tx, MAIL, NOW)
    outbox.cancel(tx, "one")
    tx.session.flush()
    assert sending.claim(tx, NOW + timedelta(days=1)) is None


def test_the_bounce_token_finds_exactly_its_mail(tx: Transaction) -> None:
    outbox.put(tx, MAIL, NOW)
    outbox.put(tx, _another("two"), NOW)
    found = outbox.by_bounce_token(tx, "token1")
    assert found is not None
    assert found.id == "one"
    assert [outbox.by_bounce_token(tx, token) for token in ("", "TOKEN1", "token2")] == [None] * 3


def test_a_message_id_of_ours_counts_for_its_own_reader_only(tx: Transaction) -> None:
    outbox.put(tx, MAIL, NOW)
    found = outbox.sent_to(tx, "<one@mado.example>", Address("TODA", "law.example"))
    assert found is not None
    assert found.id == "one"
    assert outbox.sent_to(tx, "<one@mado.example>", OTHER) is None
    assert outbox.sent_to(tx, "<two@mado.example>", TODA) is None


def test_when_an_address_last_got_a_kind_of_mail(tx: Transaction) -> None:
    outbox.put(tx, _another("old", kind="registration-needed"), NOW)
    outbox.put(tx, _another("new", kind="registration-needed"), NOW + timedelta(hours=1))
    outbox.put(tx, _another("thanks"), NOW + timedelta(hours=2))
    assert outbox.last_written_to(tx, TODA, "registration-needed") == NOW + timedelta(hours=1)
    assert outbox.last_written_to(tx, OTHER, "registration-needed") is None


def test_the_newest_mail_of_a_thread(tx: Transaction) -> None:
    number = cases.open_case(tx, cases.NewCase(CaseState.NEW, "", None, TODA, "", NOW, NOW, None))
    assert (outbox.last_message_id(tx, number, None), outbox.last_mail_id(tx, number, None)) == ("", None)
    outbox.put(tx, _another("a", case=number), NOW)
    outbox.put(tx, _another("b", case=number), NOW + timedelta(minutes=1))
    outbox.put(tx, _another("c"), NOW + timedelta(minutes=2))
    assert (outbox.last_message_id(tx, number, None), outbox.last_mail_id(tx, number, None)) == (
        "<b@mado.example>",
        "b",
    )
    assert [one.id for one in outbox.entries(tx, [], case=number)] == ["b", "a"]
    assert [one.id for one in outbox.entries(tx, [], limit=2)] == ["c", "b"]


def test_mails_of_one_moment_keep_the_order_in_which_they_were_made(tx: Transaction) -> None:
    number = cases.open_case(tx, cases.NewCase(CaseState.NEW, "", None, TODA, "", NOW, NOW, None))
    made = ["z", "a", "y", "b"]
    for name in made:
        outbox.put(tx, _another(name, case=number), NOW)
    assert [one.id for one in outbox.entries(tx, [], case=number)] == made[::-1]
    assert outbox.last_mail_id(tx, number, None) == "b"
    assert [_claim(tx, NOW + timedelta(seconds=1)).id for _ in made] == made


def test_an_unknown_mail_is_not_found(tx: Transaction) -> None:
    with pytest.raises(NotFound, match="no outgoing mail zzz"):
        outbox.octets_of(tx, "zzz")
