"""A word to systemd: that the service is ready, well, or stopping (sd_notify(3)).

One datagram to the socket that systemd names in NOTIFY_SOCKET; without it nobody asks, and nothing happens.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress

READY, STOPPING, WELL = "READY=1", "STOPPING=1", "WATCHDOG=1"


def notify(state: str) -> None:
    """Tells `state`, such as READY. Never raises: systemd's own limit of time notices what it did not hear."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if not path:
        return
    address = f"\0{path[1:]}" if path.startswith("@") else path  # an abstract socket
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
        out.sendto(state.encode(), address)


def seconds_between_words() -> float | None:
    """How often WELL shall be said: half of WatchdogSec; None when systemd does not ask this process for it."""
    watched = os.environ.get("WATCHDOG_PID", "")
    if watched and watched != str(os.getpid()):
        return None
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 2_000_000 if microseconds.isdecimal() and int(microseconds) > 0 else None
