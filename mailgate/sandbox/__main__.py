"""The child: reads one mail after the other from standard input until the worker has gone.

Each mail has a few seconds of CPU time, all together so much memory; no file can grow, no core is left. Who breaks a
limit dies, and only the mail in hand suffers.
"""

from __future__ import annotations

import resource
import signal
import sys

from mailgate.mail.parse import parse
from mailgate.sandbox.exchange import dumped, received, say
from mailgate.sandbox.limits import ChildLimits, loaded_limits

_FILES = 16


def main(limits: ChildLimits) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for the worker, which closes our input when it is done
        signal.signal(number, signal.SIG_IGN)
    parse(b"", limits.reading)  # whatever is loaded at the first mail is loaded before the limits
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _FILES),
    ):
        resource.setrlimit(kind, (most, most))
    say(b"")  # ready
    while (raw := received(sys.stdin.buffer)) is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime) + limits.cpu_seconds
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
        say(dumped(parse(raw, limits.reading)))


if __name__ == "__main__":
    main(loaded_limits(sys.argv[1]))
