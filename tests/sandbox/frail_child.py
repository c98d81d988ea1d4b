"""The child of `test_reader.py`: the real one, but its parser does to it what the subject of a mail says."""

from __future__ import annotations

import os
import signal
import sys
import time

from mailgate.mail.limits import ReadingLimits
from mailgate.mail.message import Message
from mailgate.mail.parse import parse as real_parse
from mailgate.mail.parse import unreadable
from mailgate.sandbox import __main__ as child
from mailgate.sandbox.limits import loaded_limits

LIMITS = loaded_limits(sys.argv[1])


def frail(raw: bytes, limits: ReadingLimits) -> Message:
    message = real_parse(raw, limits)
    match message.subject:
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            sys.exit(0)
        case "spin":
            while True:
                pass
        case "eat":
            bytearray(LIMITS.memory_bytes)
        case "eat politely":
            try:
                bytearray(LIMITS.memory_bytes)
            except MemoryError:
                return unreadable(raw, "too much")
        case "nonsense":
            os.write(1, (100).to_bytes(8) + b"!" * 100)
        case "write":
            with open("/tmp/mailgate-frail", "w") as file:  # noqa: PTH123  # must not come to be
                file.write("x" * 100_000)
        case "hang":
            time.sleep(60)
    return message


child.parse = frail  # type: ignore[attr-defined]  # what the module imported
child.main(LIMITS)
