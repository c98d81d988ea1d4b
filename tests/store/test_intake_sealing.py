"""Day keys: who takes mail can seal and open nothing; keys are made ahead, and destroyed when no mail needs them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from custody import KEYS, write_keys
from sqlalchemy import select, update

from mailgate.errors import BadKeys, LostKey, StoreUnavailable
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.store import day_keys, spool
from mailgate.store.database import Database
from mailgate.store.intake import Writer
from mailgate.store.intake_keys import new_pair, open_data_key, wrap_data_key
from mailgate.store.intake_seal import DayKey, IntakeSeals
from mailgate.store.sealing import Keys, load_keys_of_listener
from mailgate.store.seals import parts_of
from mailgate.store.tables import IntakeKeyRow, RawMailRow, SpoolRow

NOW = datetime(2026, 2, 2, 12, tzinfo=UTC)
ENVELOPE = Envelope(Address("haruka", "minami.example"), (Address("soudan", "mado.example"),), "192.0.2.7", "client")


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def listener(database: Database, tmp_path: Path) -> Iterator[Database]:
    """The same database in a process that has two key files, and no key store."""
    folder = write_keys(tmp_path / "listener")
    (folder / "seal.key").unlink()
    url = database.engine.url.render_as_string(hide_password=False)
    found = Database(url, load_keys_of_listener(folder))
    yield found
    found.close()


def take(database: Database, queue_id: str, now: datetime = NOW) -> None:
    writer = Writer(database)
    writer.write([writer.seal(queue_id, ENVELOPE, b"octets of " + queue_id.encode(), now, [None])])
    writer.close()


def days(database: Database) -> list[date]:
    with database.read() as tx:
        return list(tx.connection.scalars(select(IntakeKeyRow.starts_on).order_by(IntakeKeyRow.starts_on)))


def day_key_of(database: Database, queue_id: str) -> date | None:
    with database.read() as tx:
        octets = tx.connection.scalar(select(RawMailRow.octets).where(RawMailRow.id == queue_id))
        assert octets is not None
        key = parts_of(bytes(octets)).key_id
        return tx.connection.scalar(select(IntakeKeyRow.starts_on).where(IntakeKeyRow.id == key))


def empty_mail(database: Database, queue_id: str) -> None:
    """As a purge leaves it."""
    with database.write() as tx:
        none = {"reverse_path": b"", "peer": b"", "helo": b"", "octets": b""}
        tx.connection.execute(update(RawMailRow).where(RawMailRow.id == queue_id).values(none))
        tx.connection.execute(update(SpoolRow).where(SpoolRow.raw_id == queue_id).values(forward_path=b""))


def test_a_data_key_opens_for_its_day_key_alone() -> None:
    (private, public), (other, _) = new_pair(), new_pair()
    wrapped = wrap_data_key(b"d" * 32, public)
    assert open_data_key(wrapped, X25519PrivateKey.from_private_bytes(private)) == b"d" * 32
    for wrong in (wrapped[:-1], wrapped[:-1] + bytes([wrapped[-1] ^ 1]), bytes(80)):
        with pytest.raises(BadKeys):
            open_data_key(wrong, X25519PrivateKey.from_private_bytes(private))
    with pytest.raises(BadKeys):
        open_data_key(wrapped, X25519PrivateKey.from_private_bytes(other))


def test_what_a_listener_took_opens_for_a_worker_and_nothing_opens_for_it(
    database: Database, listener: Database
) -> None:
    """L64: with the database and all that the listener may read there is nothing to be read."""
    day_keys.make_ahead(database, NOW)
    take(listener, "one")
    with database.read() as tx:
        mail = spool.load(tx, "one")
    assert (mail.raw, mail.envelope) == (b"octets of one", ENVELOPE)
    assert not listener.keys.can_open
    with listener.read() as tx, pytest.raises(BadKeys, match="has no keys that open anything"):
        spool.load(tx, "one")


def test_a_listener_seals_nothing_but_mail(listener: Database) -> None:
    with pytest.raises(BadKeys, match="takes mail only"):
        listener.keys.seal("notes.text.1", b"x")


def test_without_any_day_key_a_listener_says_later(listener: Database) -> None:
    with pytest.raises(StoreUnavailable, match="no day key to seal mail with: start a worker"):
        take(listener, "one")


def test_who_may_open_makes_the_first_day_keys_by_itself(database: Database) -> None:
    take(database, "one")
    assert days(database) == [date(2026, 2, 2) + timedelta(days=ahead) for ahead in range(4)]
    assert day_key_of(database, "one") == date(2026, 2, 2)


def test_day_keys_are_made_ahead_once(database: Database) -> None:
    assert [day_keys.make_ahead(database, NOW) for _ in range(2)] == [4, 0]
    assert day_keys.make_ahead(database, NOW + timedelta(days=2)) == 2


@pytest.mark.parametrize(
    ("now", "taken"),
    [
        (NOW, date(2026, 2, 2)),
        (NOW + timedelta(hours=12), date(2026, 2, 3)),
        (NOW + timedelta(days=40), date(2026, 2, 5)),
        (NOW - timedelta(days=40), date(2026, 2, 2)),
    ],
    ids=["of today", "of the next day", "the newest there is", "a clock that is behind"],
)
def test_the_newest_that_has_begun_is_taken(database: Database, listener: Database, now: datetime, taken: date) -> None:
    day_keys.make_ahead(database, NOW)
    take(listener, "one", now)
    assert day_key_of(database, "one") == taken


def test_one_data_key_is_for_a_minute_or_a_thousand_mails() -> None:
    clock = Clock()
    seals = IntakeSeals(clock)
    seals.take(DayKey("0" * 32, new_pair()[1]))
    first = seals.for_mail()
    assert {id(seals.for_mail()) for _ in range(999)} == {id(first)}
    second = seals.for_mail()
    clock.now += 59
    assert second is seals.for_mail() is not first
    clock.now += 1
    assert seals.for_mail() is not second


def test_a_new_day_key_is_used_at_once() -> None:
    seals = IntakeSeals(Clock())
    seals.take(DayKey("0" * 32, new_pair()[1]))
    first = seals.for_mail()
    seals.take(DayKey("1" * 32, new_pair()[1]))
    assert parts_of(seals.for_mail().seal("a.b.c", b"")).key_id == "1" * 32 != parts_of(first.seal("a", b"")).key_id


def test_the_day_key_is_looked_up_once_a_minute_and_never_older_than_an_hour() -> None:
    clock = Clock()
    seals = IntakeSeals(clock)
    assert (seals.wants_look(), seals.needs_look()) == (True, True)
    seals.take(DayKey("0" * 32, new_pair()[1]))
    for seconds, wants, needs in ((59, False, False), (1, True, False), (3539, True, False), (1, True, True)):
        clock.now += seconds
        assert (seals.wants_look(), seals.needs_look()) == (wants, needs)


def test_two_mails_of_one_minute_do_not_open_at_each_others_place(database: Database) -> None:
    take(database, "one")
    take(database, "two")
    with database.write() as tx:
        theirs = tx.connection.scalar(select(SpoolRow.forward_path).where(SpoolRow.id == "two"))
        tx.connection.execute(update(SpoolRow).where(SpoolRow.id == "one").values(forward_path=theirs))
    with database.read() as tx, pytest.raises(BadKeys, match=r"spool\.forward_path\.one"):
        spool.load(tx, "one")


# Destroying


@pytest.mark.parametrize(
    ("days_later", "destroyed"), [(0, 0), (7, 0), (8, 1), (9, 2), (40, 3)], ids=lambda one: str(one)
)
def test_day_keys_go_when_their_day_is_long_over(database: Database, days_later: int, destroyed: int) -> None:
    """Made for 2 to 5 February. The newest that has begun stays: nobody can have taken its successor yet."""
    day_keys.make_ahead(database, NOW)
    later = NOW + timedelta(days=days_later)
    assert [day_keys.destroy_unneeded_intake_keys(database, later, 7) for _ in range(2)] == [destroyed, 0]
    assert len(days(database)) == 4 - destroyed


def test_a_day_key_that_a_mail_needs_stays(database: Database) -> None:
    take(database, "one")
    later = NOW + timedelta(days=40)
    assert day_keys.destroy_unneeded_intake_keys(database, later, 7) == 2
    assert date(2026, 2, 2) in days(database)
    with database.read() as tx:
        assert spool.load(tx, "one").raw == b"octets of one"
    empty_mail(database, "one")
    assert day_keys.destroy_unneeded_intake_keys(database, later, 7) == 1
    assert days(database) == [date(2026, 2, 5)]


def test_after_its_day_key_a_mail_in_an_old_backup_does_not_open(database: Database) -> None:
    take(database, "one")
    with database.read() as tx:
        kept = tx.connection.scalar(select(RawMailRow.octets))
    assert KEYS.unseal("raw_mails.octets.one", kept) == b"octets of one"
    empty_mail(database, "one")
    day_keys.destroy_unneeded_intake_keys(database, NOW + timedelta(days=40), 7)
    KEYS.ring.forget()
    with pytest.raises(LostKey):
        KEYS.unseal("raw_mails.octets.one", kept)


def test_a_listener_with_all_key_files_at_hand_still_has_no_ring(tmp_path: Path) -> None:
    keys: Keys = load_keys_of_listener(write_keys(tmp_path / "keys"))
    assert not keys.can_open
