from __future__ import annotations

import pytest

from mailgate.flow.delivery_breaker import Attempt, Breaker


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(first_seconds=1.0, longest_seconds=60.0, clock=clock)


def _begun(breaker: Breaker) -> Attempt:
    attempt = breaker.begin()
    assert attempt is not None
    return attempt


def _fault(breaker: Breaker) -> float | None:
    attempt = _begun(breaker)
    pause = attempt.faulted()
    attempt.end()
    return pause


def test_pauses_double_up_to_a_minute(breaker: Breaker, clock: Clock) -> None:
    pauses = []
    for _ in range(9):
        pause = _fault(breaker)
        assert pause is not None
        pauses.append(pause)
        clock.seconds += pause
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_nobody_tries_before_the_pause_is_over_and_then_one_alone(breaker: Breaker, clock: Clock) -> None:
    _fault(breaker)
    clock.seconds = 0.99
    assert breaker.begin() is None
    clock.seconds = 1.0
    probe = _begun(breaker)
    assert breaker.begin() is None
    probe.end()  # nothing was due: the next one may try
    _begun(breaker).end()


def test_an_answer_opens_the_way_for_all_and_the_next_pause_is_short_again(breaker: Breaker, clock: Clock) -> None:
    for _ in range(3):
        _fault(breaker)
        clock.seconds += 60
    probe = _begun(breaker)
    probe.answered()
    attempts = [_begun(breaker) for _ in range(4)]
    assert attempts[0].faulted() == 1.0


def test_tries_that_ran_at_the_same_time_tell_of_one_fault(breaker: Breaker) -> None:
    attempts = [_begun(breaker) for _ in range(4)]
    assert [one.faulted() for one in attempts] == [1.0, None, None, None]


def test_an_answer_from_before_the_fault_does_not_end_the_pause(breaker: Breaker) -> None:
    slow, quick = _begun(breaker), _begun(breaker)
    quick.faulted()
    slow.answered()
    assert breaker.begin() is None
