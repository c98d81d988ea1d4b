"""The text after DATA: where it ends, what is taken off, what it may cost."""

from __future__ import annotations

import random

import pytest

from mailgate.smtp.reading import Budget, Text

BUFFER_OCTETS = 16
END = b"\r\n.\r\n"


class CutOff(Exception):
    """The net ended before the text."""


class MuchTooBig(Exception):
    """The session would close the connection."""


def read(wire: bytes, max_size_bytes: int = 10_000, cuts: tuple[int, ...] = (), room: int = 10**6) -> bytes | None:
    """What is read when `wire` arrives in pieces, cut at `cuts`; None when it is too big."""
    budget = Budget(room)
    text = Text(max_size_bytes, budget)
    rest = None
    for start, end in zip((0, *cuts), (*cuts, len(wire)), strict=True):
        rest = text.feed(wire[start:end]) if rest is None else rest + wire[start:end]
        if text.is_much_too_big:
            raise MuchTooBig
    if rest is None:
        raise CutOff
    return None if text.is_too_big else text.take()[0]


LONG = b"x" * 5000
NEAR = b"".join(b"x" * length + b".\r\n" for length in range(BUFFER_OCTETS - 3, BUFFER_OCTETS + 3))

TEXTS = [
    (b".\r\n", b""),
    (b"one" + END, b"one\r\n"),
    (b"one\r\n\r\ntwo" + END, b"one\r\n\r\ntwo\r\n"),
    (b"..one\r\n...two\r\n.three" + END, b".one\r\n..two\r\nthree\r\n"),
    (LONG + END, LONG + b"\r\n"),
    (b"." + LONG + END, LONG + b"\r\n"),
    (LONG + b".\r\nmore" + END, LONG + b".\r\nmore\r\n"),
    (NEAR + b".\r\n", NEAR),
    # A bare LF is meant as a line end.
    (b"a\nb\n\nc." + END, b"a\r\nb\r\n\r\nc.\r\n"),
    (b"\na.\nb\n.c\n..d" + END, b"\r\na.\r\nb\r\n.c\r\n..d\r\n"),
    (b"a\n\r\nb" + END, b"a\r\n\r\nb\r\n"),
    (b"a\0b\x85\xff\x0b\x0c" + END, b"a\0b\x85\xff\x0b\x0c\r\n"),
]
STRAY = [
    b"a\n.\nb",
    b"a\n.\r\nb",
    b"a\r\n.\nb",
    b"\n.\r\nb",
    b"a\n.",
    b"a\rb",
    b"a\r.\rb",
    b"a\r\n.\rb",
    b"a\r\n.\r\r\nb",
    b"a\r\r\nb",
    b"a\r",
    b"\r",
]
"""Ends for some other server, or lines that nobody can tell apart."""


@pytest.mark.parametrize(("wire", "text"), TEXTS)
def test_text_is_read_to_the_dot(wire: bytes, text: bytes) -> None:
    assert read(wire) == text


@pytest.mark.parametrize(("wire", "text"), TEXTS)
def test_text_is_the_same_however_the_net_cuts_it(wire: bytes, text: bytes) -> None:
    chance = random.Random(1)
    for _ in range(40):
        count = min(len(wire) - 1, chance.randint(1, 8))
        assert read(wire, cuts=tuple(sorted(chance.sample(range(1, len(wire)), count)))) == text


@pytest.mark.parametrize("wire", STRAY)
def test_stray_line_ends_are_seen_however_the_net_cuts_them(wire: bytes) -> None:
    whole = wire + END
    for cut in range(len(whole)):
        text = Text(10_000, Budget(10_000))
        rest = text.feed(whole[:cut])
        rest = text.feed(whole[cut:]) if rest is None else rest + whole[cut:]
        assert (rest, text.has_stray_line_ends) == (b"", True), cut


@pytest.mark.parametrize(("wire", "_text"), TEXTS)
def test_an_honest_text_has_none(wire: bytes, _text: bytes) -> None:
    text = Text(10_000, Budget(10_000))
    text.feed(wire)
    assert not text.has_stray_line_ends


@pytest.mark.parametrize(("size_bytes", "taken"), [(98, True), (99, False), (150, False)])
def test_size_is_counted_with_line_ends(size_bytes: int, taken: bool) -> None:
    text = b"x" * size_bytes + b"\r\n"
    assert read(text + b".\r\n", max_size_bytes=100) == (text if taken else None)


def test_end_of_a_text_that_is_too_big_is_still_found() -> None:
    assert read(b"y" * 60 + b"\r\n" + b"z" * 60 + END + b"QUIT\r\n", max_size_bytes=100) is None


@pytest.mark.parametrize("wire", [b"x" * 100_000, b"x\r\n" * 30_000])
def test_twice_the_size_is_not_waited_for(wire: bytes) -> None:
    with pytest.raises(MuchTooBig):
        read(wire, max_size_bytes=100)


@pytest.mark.parametrize("wire", [b"", b"half a li", b"one\r\n", b"one\r\n.", b"one\r\n.\r", LONG])
def test_text_without_an_end_is_no_text(wire: bytes) -> None:
    with pytest.raises(CutOff):
        read(wire)


# What all texts together may hold


def test_a_text_without_room_is_read_to_its_end_and_holds_nothing() -> None:
    budget = Budget(100)
    first, second = Text(90, budget), Text(90, budget)
    assert first.feed(b"x" * 80) is None
    assert second.feed(b"y" * 50) is None
    assert not second.has_room
    assert second.feed(b"y" * 30 + END + b"NOOP\r\n") == b"NOOP\r\n"
    assert not second.is_too_big
    assert first.feed(b"x" * 8 + END) == b""
    assert (first.has_room, first.take()[0]) == (True, b"x" * 88 + b"\r\n")


def test_room_comes_back_when_the_octets_are_done_with() -> None:
    budget = Budget(100)
    text = Text(90, budget)
    text.feed(b"x" * 80 + END)
    _, done = text.take()
    text.release()
    assert not budget.take(30)
    done()
    assert budget.take(100)


def test_room_comes_back_from_a_text_that_is_given_up_or_too_big() -> None:
    budget = Budget(100)
    given_up, too_big = Text(90, budget), Text(20, budget)
    given_up.feed(b"x" * 60)
    given_up.release()
    given_up.release()
    too_big.feed(b"y" * 15)
    too_big.feed(b"y" * 15)
    assert (too_big.is_too_big, too_big.has_room) == (True, True)
    assert budget.take(100)
