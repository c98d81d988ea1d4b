"""Chosen input never costs more than its size deserves: calls are counted, at a size and at four times that size.

Counting is the same on a busy machine. What happens inside one call of a regular expression or a library does not
count here: `tests/bench/reading.py` prints seconds for the same shapes up to 10 MB.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from shapes import SHAPES

from mailgate.mail.parse import parse
from mailgate.mail.quoting import newly_written

_OCTETS = 2_000
_START = 500  # calls that every mail costs


def _calls(work: Callable[[], object]) -> int:
    """How many functions are called, ours and the libraries', those in C too."""
    count = 0

    def counted(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    previous = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(previous)
    return count


@pytest.mark.parametrize("name", SHAPES)
def test_work_grows_no_faster_than_the_mail(name: str) -> None:
    small, large = SHAPES[name](_OCTETS), SHAPES[name](4 * _OCTETS)
    parse(small), parse(large)  # tables that are filled at first use
    assert _calls(lambda: parse(large)) < 5 * _calls(lambda: parse(small)) + _START


@pytest.mark.parametrize(
    "line", ["> 引用です。\n", "短い\n", "On 2025/03/01 10:05, a wrote:\n", "よろしくお願いします。\n"]
)
def test_work_grows_no_faster_than_the_mail_and_what_we_sent(line: str) -> None:
    def compared(times: int) -> object:
        return newly_written(line * times, is_reply=True, sent="短い言葉でお願いします。\n" * times)

    assert _calls(lambda: compared(400)) < 5 * _calls(lambda: compared(100)) + _START
