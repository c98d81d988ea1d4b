"""Unwrapped keys in memory: which root opens them, for how long they live, and how a case comes to its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from custody import open_ring, write_keys

from mailgate.errors import BadKeys, LostKey
from mailgate.store.key_files import RootKeys, load_index_keys, load_root_keys
from mailgate.store.key_ring import LIFE_SECONDS, SPARE_SECONDS, KeyRing
from mailgate.store.key_store import KeyStore, Purpose
from mailgate.store.seals import header, opened, parts_of, sealed


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ring(tmp_path: Path, clock: Clock) -> Iterator[KeyRing]:
    found = open_ring(write_keys(tmp_path / "keys"), clock=clock)
    yield found
    found.close()


def another(ring: KeyRing) -> KeyRing:
    """As another process has it."""
    return KeyRing(RootKeys(ring.roots.directory), ring.store)


def counted(ring: KeyRing, purpose: Purpose = Purpose.CASE) -> int:
    return len([one for one in ring.store.all() if one.purpose is purpose])


def test_two_processes_open_the_same_keys(ring: KeyRing) -> None:
    key = ring.spare()
    seal = sealed(header(key), ring.cipher(key), "notes.text.1", b"secret")
    assert opened(parts_of(seal), another(ring).cipher(key), "notes.text.1") == b"secret"
    assert another(ring).desk() == ring.desk()


@pytest.mark.parametrize(
    "change",
    [
        lambda one, _: replace(one, purpose=Purpose.DESK),
        lambda one, other: replace(one, wrapped=other.wrapped),
        lambda one, _: replace(one, wrapped=one.wrapped[:-1]),
        lambda one, _: replace(one, wrapped=bytes([one.wrapped[0] ^ 1]) + one.wrapped[1:]),
        lambda one, _: replace(one, wrapped=one.wrapped[:20] + bytes([one.wrapped[20] ^ 1]) + one.wrapped[21:]),
        lambda one, _: replace(one, wrapped=b""),
    ],
    ids=["purpose", "swapped", "cut", "nonce", "flipped", "empty"],
)
def test_a_wrapped_key_that_was_changed_does_not_open(ring: KeyRing, change: object) -> None:
    one, other = (ring.store.get(ring.make(Purpose.CASE, [b"k" * 32])[0]) for _ in range(2))
    assert one is not None
    assert ring.opens(one)
    changed = change(one, other)  # type: ignore[operator]  # the table above
    assert not ring.opens(changed)


def test_a_key_under_another_root_does_not_open_and_the_line_names_the_file(ring: KeyRing, tmp_path: Path) -> None:
    key = ring.spare()
    other = KeyRing(RootKeys(write_keys(tmp_path / "other", b"x")), ring.store)
    with pytest.raises(BadKeys, match=r"does not open with seal\.key: was that file, or the key store, replaced\?"):
        other.cipher(key)


def test_a_destroyed_key_leaves_a_running_process_within_its_life(ring: KeyRing, clock: Clock) -> None:
    key = ring.spare()
    ring.cipher(key)
    another(ring).store.destroy([key])
    assert ring.cipher(key)
    clock.now += LIFE_SECONDS
    with pytest.raises(LostKey, match="was destroyed, or the key store is older than the database"):
        ring.cipher(key)


def test_a_spare_key_is_at_hand_without_a_question_to_the_store_and_is_the_one_that_lies_there(ring: KeyRing) -> None:
    key, gone = ring.spare(), ring.spare()
    seal = sealed(header(key), ring.cipher(key), "notes.text.1", b"secret")
    assert opened(parts_of(seal), another(ring).cipher(key), "notes.text.1") == b"secret"
    another(ring).store.destroy([gone])
    assert ring.cipher(gone)


def test_a_new_desk_key_comes_into_a_running_process_within_its_life(ring: KeyRing, clock: Clock) -> None:
    before = ring.desk()
    after = another(ring).make_desk_key(1)
    assert ring.desk() == before
    clock.now += LIFE_SECONDS
    assert ring.desk() == after


def test_a_new_root_key_is_used_once_a_desk_key_is_under_it_and_needs_no_restart(ring: KeyRing) -> None:
    ring.cipher(ring.spare())
    assert ring.roots.make() == 2
    assert ring.root_in_use() == 1
    another(ring).make_desk_key(2)
    (key,) = ring.make(Purpose.CASE, [b"k" * 32])
    found = ring.store.get(key)
    assert found is not None
    assert (found.root, ring.root_in_use()) == (2, 2)
    assert ring.cipher(key)


def test_a_rewrapped_key_is_the_same_key(ring: KeyRing) -> None:
    key = ring.spare()
    seal = sealed(header(key), ring.cipher(key), "notes.text.1", b"secret")
    ring.roots.make()
    found = ring.store.get(key)
    assert found is not None
    with ring.store.write() as connection:
        ring.store.rewrap(connection, [ring.rewrapped(found, 2)])
    (ring.roots.directory / "seal.key").unlink()
    assert opened(parts_of(seal), another(ring).cipher(key), "notes.text.1") == b"secret"


def test_spare_keys_are_made_few_at_first_and_each_is_given_out_once(ring: KeyRing) -> None:
    taken, made = [], []
    for _ in range(70):
        taken.append(ring.spare())
        made.append(counted(ring))
    assert len(set(taken)) == 70
    assert sorted(set(made)) == [1, 3, 7, 15, 31, 63, 95]


def test_a_pool_forgets_its_spare_keys_after_an_hour(ring: KeyRing, clock: Clock) -> None:
    ring.spare(), ring.spare()
    before = {one.id for one in ring.store.all()}
    clock.now += SPARE_SECONDS
    assert ring.spare() not in before


def test_threads_never_share_a_spare_key(ring: KeyRing) -> None:
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda _: ring.spare(), range(100)))
    assert len(set(taken)) == 100


def test_what_is_in_memory_is_bounded(ring: KeyRing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailgate.store.key_ring._KEPT", 4)
    keys = ring.make(Purpose.CASE, [bytes([number]) * 32 for number in range(10)])
    assert all(ring.cipher(key) for key in keys)
    assert len(ring._ciphers) == 4


def test_many_keys_are_fetched_at_once_and_a_lost_one_is_told_when_it_is_needed(
    ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ring.make(Purpose.CASE, [bytes([number]) * 32 for number in range(10)])
    lost = keys.pop()
    ring.store.destroy([lost])
    ring.fetch([*keys, lost])
    with pytest.raises(LostKey):
        ring.cipher(lost)
    monkeypatch.setattr(KeyStore, "get", lambda *_: pytest.fail("asked for one key"))
    monkeypatch.setattr(KeyStore, "some", lambda *_: pytest.fail("asked again"))
    ring.fetch(keys)
    assert all(ring.cipher(key) for key in keys)


def test_many_threads_may_open_at_once(ring: KeyRing) -> None:
    keys = ring.make(Purpose.CASE, [bytes([number]) * 32 for number in range(20)])
    start, wrong = threading.Barrier(4), []

    def work() -> None:
        start.wait()
        for key in keys * 5:
            if ring.cipher(key).decrypt(b"n" * 12, ring.cipher(key).encrypt(b"n" * 12, b"x", b""), b"") != b"x":
                wrong.append(key)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert wrong == []


def test_a_store_without_a_desk_key_says_what_to_do(ring: KeyRing) -> None:
    ring.store.destroy([ring.desk()])
    with pytest.raises(BadKeys, match="no key for the desk yet: mailgate key init"):
        another(ring).desk()


def test_the_keys_of_the_hashes_are_no_root_keys(ring: KeyRing) -> None:
    folder = ring.roots.directory
    (folder / "seal-2.key").write_text((folder / "address.key").read_text())
    (folder / "seal-2.key").chmod(0o600)
    with pytest.raises(BadKeys, match="are the same"):
        load_root_keys(folder, load_index_keys(folder))


@pytest.mark.parametrize("name", ["seal-1.key", "seal-0.key", "seal-02.key", "seal-x.key", "seal-3.key.bak", "seal-3"])
def test_other_files_are_no_root_keys(ring: KeyRing, name: str) -> None:
    (ring.roots.directory / name).write_text("x")
    assert ring.roots.numbers() == [1]
