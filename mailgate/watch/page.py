"""The page for tools on this machine: `/metrics` for Prometheus, `/healthz` for whoever restarts what is ill.

It has no login, so it is on loopback only (the configuration sees to that) and holds figures and fixed words.
"""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

from mailgate.errors import Refused
from mailgate.phrase import Phrase
from mailgate.system_words import system_words_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_TEXT = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]


class Page:
    """Serves from `start` to `stop`, on a thread of its own."""

    def __init__(
        self, host: str, port: int, registry: CollectorRegistry, problems: Callable[[], Sequence[str]]
    ) -> None:
        """`problems` says what is wrong with this process now, a line each. Raises Refused when the address cannot be
        listened on; port 0 takes any free one."""
        server_class = _Ipv6Server if ":" in host else _Server
        try:
            self._server = make_server(host, port, _application(registry, problems), server_class, _Silent)
        except OSError as error:
            in_use = error.errno == errno.EADDRINUSE
            reason = Phrase("already in use") if in_use else system_words_of(error.errno or 0)
            raise Refused(
                "watch.address {host}:{port}: {reason}; give each process of this machine its own",
                host=host,
                port=port,
                reason=reason,
            ) from None
        self._thread = threading.Thread(target=self._server.serve_forever, name="page", daemon=True)

    @property
    def address(self) -> str:
        """The beginning of its URLs: "http://127.0.0.1:9410"."""
        host, port = self._server.server_address[:2]
        return f"http://[{host!s}]:{port}" if ":" in str(host) else f"http://{host!s}:{port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()


def _application(registry: CollectorRegistry, problems: Callable[[], Sequence[str]]) -> WSGIApplication:
    metrics = make_wsgi_app(registry)

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _say(start, "405 Method Not Allowed", "GET only")
        match environ["PATH_INFO"]:
            case "/metrics":
                page: Iterable[bytes] = metrics(environ, start)
                return page
            case "/healthz":
                found = problems()
                return _say(start, "503 Service Unavailable" if found else "200 OK", "\n".join(found) or "ok")
            case _:
                return _say(start, "404 Not Found", "here are /metrics and /healthz")

    return answer


def _say(start: StartResponse, status: str, text: str) -> Iterable[bytes]:
    start(status, list(_TEXT))
    return [text.encode() + b"\n"]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    allow_reuse_address = True


class _Ipv6Server(_Server):
    address_family = socket.AF_INET6


class _Silent(WSGIRequestHandler):
    timeout = 10  # seconds for a client that says nothing

    def log_message(self, *_: object) -> None:
        """Its lines are not of our log."""
