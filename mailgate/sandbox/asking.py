"""One question to a child through its pipes, and its answer: our time and memory are not the child's to spend."""

from __future__ import annotations

import os
import select
import subprocess
import time

from mailgate.sandbox.exchange import LENGTH_OCTETS

_LONGEST_ANSWER_OCTETS = 2**28
_BLOCK_OCTETS = 2**20


def plain_environment() -> dict[str, str]:
    """What a child may know of ours: not the settings, which may hold passwords."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MAILGATE_")}


def answer_of(child: subprocess.Popen[bytes], question: bytes, give_up_at: float) -> bytes:
    """What the child says next. Raises OSError when it has died, TimeoutError when it takes too long."""
    assert child.stdin is not None
    assert child.stdout is not None
    to, back = child.stdin.fileno(), child.stdout.fileno()
    os.set_blocking(to, False)
    poll = select.poll()
    poll.register(back, select.POLLIN)
    if question:
        poll.register(to, select.POLLOUT)
    left, said = memoryview(question), bytearray()
    while len(said) < LENGTH_OCTETS or len(said) < LENGTH_OCTETS + int.from_bytes(said[:LENGTH_OCTETS]):
        ready = {descriptor for descriptor, _ in poll.poll(max(give_up_at - time.monotonic(), 0) * 1000)}
        if not ready:
            raise TimeoutError
        if to in ready:
            left = left[os.write(to, left[:_BLOCK_OCTETS]) :]
            if not left:
                poll.unregister(to)
        if back in ready:
            block = os.read(back, _BLOCK_OCTETS)
            if not block or len(said) > _LONGEST_ANSWER_OCTETS:
                raise BrokenPipeError
            said += block
    return bytes(said[LENGTH_OCTETS:])
