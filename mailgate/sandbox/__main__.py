"""The child: reads one mail after the other from standard input until the worker has gone.

Each mail has a few seconds of CPU time, all together so much memory; no file can grow, no core is left. Who breaks a
limit dies, and only the mail in hand suffers.
"""

from __future__ import annotations

import resource
import signal
import sys

from mailgate.mail.parse import parse
from mailgate.sandbox.exchange import dumped, framed, received

CPU_SECONDS = 5
MEMORY_BYTES = 768 * 2**20
_FILES = 16


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for the worker, which closes our input when it is done
        signal.signal(number, signal.SIG_IGN)
    parse(b"")  # whatever is loaded at the first mail is loaded before the limits
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _FILES),
    ):
        resource.setrlimit(kind, (limit, limit))
    _say(b"")  # ready
    while (raw := received(sys.stdin.buffer)) is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
        _say(dumped(parse(raw)))


def _say(octets: bytes) -> None:
    sys.stdout.buffer.write(framed(octets))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
