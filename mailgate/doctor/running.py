"""Whether the service answers on this machine: whether anything takes connections where the listener should.

Says what was looked at and no more: the listener may run on another machine, and the other parts show only in the
queues (`stores.py`). It connects, says nothing, and goes.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator

from mailgate.config import Config
from mailgate.doctor.finding import Finding, ok, warning
from mailgate.phrase import Phrase

_PATIENCE_SECONDS = 2.0
_ANY_HOST = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - only compared: nothing is bound here
"""Where a listener on all addresses is reached from its own machine."""


def look_at_service(config: Config) -> Iterator[Finding]:
    """One line; never a problem, since the parts of a service may run on other machines."""
    host, port = config.listener.host, config.listener.port
    where = f"{host}:{port}"
    if port == 0:
        yield ok("service", Phrase("listener.port is 0, any free one: not looked at"))
        return
    try:
        socket.create_connection((_ANY_HOST.get(host, host), port), _PATIENCE_SECONDS).close()
    except OSError:
        yield warning(
            "service",
            Phrase("on this machine nothing answers at {where}, where the listener takes mail", where=where),
            Phrase("if the listener belongs here, start the service: mailgate help outage; if not, ask on its machine"),
        )
    else:
        yield ok("service", Phrase("on this machine {where} takes connections", where=where))
