from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from mailgate.desk.lifecycle import CaseState, SpoolState
from mailgate.errors import NotFound
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.store import cases, spool
from mailgate.store.spool import Marks, SpoolEntry
from mailgate.store.tables import RawMailRow, SpoolRow
from mailgate.store.transaction import Transaction

NOW = datetime(2026, 2, 2, tzinfo=UTC)
SENDER, DESK, JOIN = (
    Address("haruka", "minami.example"),
    Address("soudan", "mado.example"),
    Address("join", "mado.example"),
)
REPLY = Address("reply+abcdefghijklmnopqrst2345", "mado.example")
RAW = b"Subject: \xff\x00\r\n\r\nany octets at all\n"


def _put(tx: Transaction, queue_id: str = "one", *to: Address) -> None:
    spool.put(tx, queue_id, Envelope(SENDER, to or (DESK,), "192.0.2.1", "client.example"), RAW, NOW)


def _case(tx: Transaction) -> int:
    return cases.open_case(tx, cases.NewCase(CaseState.NEW, "", None, SENDER, "", NOW, NOW, None))


def _finish(tx: Transaction, queue_id: str, *given: Any) -> None:
    (claimed,) = (one for one in spool.claim(tx, NOW, 99) if one.id == queue_id)
    spool.finish(tx, claimed, *given)


def _open_case_done(tx: Transaction, queue_id: str, marks: Marks, state: SpoolState = SpoolState.DONE) -> int:
    number = _case(tx)
    _put(tx, queue_id)
    _finish(tx, queue_id, state, "", number, marks)
    tx.session.flush()
    return number


def test_a_mail_for_three_recipients_is_kept_once_and_handled_three_times(tx: Transaction) -> None:
    _put(tx, "one", DESK, JOIN, REPLY)
    assert tx.session.scalar(select(func.count()).select_from(RawMailRow)) == 1
    assert [spool.load(tx, one).envelope.forward_paths for one in ("one", "one.2", "one.3")] == [
        (DESK,),
        (JOIN,),
        (REPLY,),
    ]
    assert tx.session.scalar(select(func.count()).select_from(SpoolRow)) == 3


def test_octets_and_envelope_come_back_as_they_came(tx: Transaction) -> None:
    _put(tx)
    assert spool.load(tx, "one") == spool.Spooled(
        "one", Envelope(SENDER, (DESK,), "192.0.2.1", "client.example"), RAW, NOW, ""
    )


@pytest.mark.parametrize(
    "reverse_path",
    [None, SENDER, Address("a..b.", "carrier.example"), Address("a@b", "c.example"), Address("太郎", "例え.example")],
)
def test_every_reverse_path_comes_back(tx: Transaction, reverse_path: Address | None) -> None:
    spool.put(tx, "one", Envelope(reverse_path, (DESK,)), RAW, NOW)
    assert spool.load(tx, "one").envelope.reverse_path == reverse_path


def test_a_huge_helo_is_cut(tx: Transaction) -> None:
    spool.put(tx, "one", Envelope(None, (DESK,), "192.0.2.1", "h" * 1000), RAW, NOW)
    assert spool.load(tx, "one").envelope.helo == "h" * 255


def test_a_finished_mail_says_what_became_of_it(tx: Transaction) -> None:
    _put(tx)
    number = _case(tx)
    _finish(tx, "one", SpoolState.DONE, "new case", number)
    assert spool.entry(tx, "one") == SpoolEntry("one", NOW, SpoolState.DONE, "new case", number, 1, len(RAW))


def test_setting_a_mail_aside_keeps_the_case_it_belongs_to(tx: Transaction) -> None:
    number = _open_case_done(tx, "one", Marks("f" * 64, None, "t"))
    spool.set_state(tx, "one", SpoolState.DISCARDED, "discarded")
    assert spool.entry(tx, "one").case == number


@pytest.mark.parametrize(("counts", "tries"), [(True, 1), (False, 0)])
def test_a_mail_given_back_is_due_later_and_may_take_its_try_back(tx: Transaction, counts: bool, tries: int) -> None:
    _put(tx)
    (claimed,) = spool.claim(tx, NOW)
    at = NOW + timedelta(seconds=30)
    spool.try_again(tx, claimed, at, "OperationalError in database.py:1", counts=counts)
    tx.session.flush()
    assert spool.entry(tx, "one").tries == tries
    assert spool.claim(tx, at - timedelta(seconds=1)) == []
    assert [one.id for one in spool.claim(tx, at)] == ["one"]


def test_a_restarted_mail_is_as_if_it_had_just_come(tx: Transaction) -> None:
    _put(tx)
    _finish(tx, "one", SpoolState.QUARANTINED, "ValueError in parse.py:3")
    spool.restart(tx, "one", NOW)
    tx.session.flush()
    assert spool.entry(tx, "one") == SpoolEntry("one", NOW, SpoolState.RECEIVED, "", None, 0, len(RAW))
    assert [one.id for one in spool.claim(tx, NOW)] == ["one"]


def test_who_vouched_for_a_mail_stays_with_it(tx: Transaction) -> None:
    _put(tx)
    spool.restart(tx, "one", NOW, confirmed_by="operator:yui")
    spool.restart(tx, "one", NOW)
    assert spool.load(tx, "one").confirmed_by == "operator:yui"


def test_only_mails_that_had_their_effect_count_as_the_same(tx: Transaction) -> None:
    same, other = Marks("a" * 64, None, "t"), Marks("b" * 64, None, "t")
    first = _open_case_done(tx, "one", same)
    _open_case_done(tx, "held", same, SpoolState.HELD)
    _open_case_done(tx, "other", other)
    _put(tx, "nocase")
    _finish(tx, "nocase", SpoolState.DONE, "recorded", None, same)
    tx.session.flush()
    assert spool.cases_of(tx, same) == {first}
    assert spool.cases_of(tx, Marks("c" * 64, None, "t")) == set()


def test_the_list_has_the_newest_first_and_can_be_narrowed(tx: Transaction) -> None:
    for minute, one in enumerate(("a", "b", "c")):
        spool.put(tx, one, Envelope(None, (DESK,)), RAW, NOW + timedelta(minutes=minute))
    spool.set_state(tx, "b", SpoolState.HELD, "application")
    tx.session.flush()
    assert [one.id for one in spool.entries(tx, [])] == ["c", "b", "a"]
    assert [one.id for one in spool.entries(tx, [SpoolState.HELD])] == ["b"]
    assert [one.id for one in spool.entries(tx, [], limit=1)] == ["c"]
    assert spool.entries(tx, [], case=1) == []


def test_an_unknown_mail_is_not_found(tx: Transaction) -> None:
    for look in (spool.entry, spool.load):
        with pytest.raises(NotFound, match="no mail zzz"):
            look(tx, "zzz")
