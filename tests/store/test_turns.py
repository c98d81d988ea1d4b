"""`store/turns.py`: one at a time, in the order of coming."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from mailgate.errors import StoreUnavailable
from mailgate.store.turns import Turns


def test_turns_come_in_the_order_of_asking() -> None:
    turns, order, threads = Turns(), [], []

    def take(number: int) -> None:
        with turns.turn(10):
            order.append(number)

    with turns.turn(1):
        for number in range(5):
            thread = threading.Thread(target=take, args=(number,))
            thread.start()
            while len(turns._waiting) <= number:
                time.sleep(0.001)
            threads.append(thread)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_who_waits_too_long_gives_up_and_blocks_nobody() -> None:
    turns = Turns()
    with turns.turn(1), pytest.raises(TimeoutError), turns.turn(0.01):
        pass
    with turns.turn(0.01):
        pass


def test_processes_take_turns_too(tmp_path: Path) -> None:
    """Two `Turns` on one file are what two processes have."""
    mine, theirs = Turns(tmp_path / "turn"), Turns(tmp_path / "turn")
    with mine.turn(1), pytest.raises(TimeoutError), theirs.turn(0.01):
        pass
    with theirs.turn(0.01):
        pass
    mine.close()
    theirs.close()


def test_a_turn_that_raises_is_given_back() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="inside"), turns.turn(1):
        raise ValueError("inside")
    with turns.turn(0.01):
        pass


def test_a_file_that_cannot_be_opened_is_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(StoreUnavailable, match=f"{tmp_path}/loop cannot be opened: "):
        Turns(tmp_path / "loop")
