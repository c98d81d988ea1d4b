"""A port of loopback for a server that must have a number before it listens, or listen on one twice."""

from __future__ import annotations

import random
import socket

_ABOVE_SERVICES, _FIRST_GIVEN_OUT = 10_000, 32_768
"""Linux takes the numbers of connections that go out from the second on (ip_local_port_range): a test beside this one
may hold any of those a moment later. Below the first are the ports of programs, ours (8025) among them."""


def free_port() -> int:
    """A number that nobody listens on, and that the system gives to nobody by itself."""
    while True:
        port = random.SystemRandom().randrange(_ABOVE_SERVICES, _FIRST_GIVEN_OUT)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
