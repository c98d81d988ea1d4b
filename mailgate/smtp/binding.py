"""The address that the listener listens on, taken before anything else is done: a port below 1024 is root's to give.

Before: `serve` starts, perhaps as root. After: it is root no more, and `listener.py` listens on these sockets. A socket
that is bound and does not listen yet has no clients.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator

from mailgate.errors import Refused
from mailgate.system_words import system_words_of


def bind(host: str, port: int, *, reuse_port: bool) -> list[socket.socket]:
    """A socket for each address that `host` has on this machine; port 0 takes any free one. Raises Refused."""
    sockets: list[socket.socket] = []
    missing: OSError | None = None
    try:
        for family, address in _addresses(host, port):
            try:
                sockets.append(_bound(family, address, reuse_port))
            except OSError as error:
                if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                    raise
                missing = error  # such as localhost without IPv6: the other address is enough
        if missing is not None and not sockets:
            raise missing
    except OSError as error:
        close(sockets)
        raise refusal(error, host, port) from None
    return sockets


def close(sockets: list[socket.socket]) -> None:
    for one in sockets:
        one.close()


def refusal(error: OSError, host: str, port: int) -> Refused:
    """Why nobody can listen there, in words."""
    address = f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        return Refused(
            "the address {address} is already in use: is another serve running? Stop it, or give another listener.port",
            address=address,
        )
    # A name that does not resolve has a negative number of its own.
    if error.errno == errno.EADDRNOTAVAIL or not error.errno or error.errno < 0:
        return Refused("cannot listen on {address}: no such address on this machine", address=address)
    return Refused("cannot listen on {address}: {why}", address=address, why=system_words_of(error.errno))


def _addresses(host: str, port: int) -> Iterator[tuple[int, tuple[str, int]]]:
    """Family and address; raises OSError for a name that is none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except UnicodeError:  # a label that is too long or empty
        raise socket.gaierror(socket.EAI_NONAME, "not a name") from None
    for family, _, _, _, address in found:
        yield family, address  # type: ignore[misc]  # of four parts with IPv6


def _bound(family: int, address: tuple[str, int], reuse_port: bool) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a serve that has just ended holds nobody up
        if reuse_port:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made
