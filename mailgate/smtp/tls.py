"""TLS at both edges, in one place: 1.2 and newer (RFC 8996, RFC 8997), the rest as OpenSSL and Python have it today.

Python's own choice for servers and clients is forward secrecy with authenticated or SHA-2 ciphers, and no compression.
Before: `certificate.py` and `relay.py` ask for a context. After: they add a certificate, or shake hands.
"""

from __future__ import annotations

import ssl
from enum import StrEnum
from pathlib import Path


class Tls(StrEnum):
    """How the relay is spoken to."""

    NONE = "none"
    OPPORTUNISTIC = "opportunistic"
    """STARTTLS where the relay offers it, whoever it is (RFC 7435): against who only listens."""
    STARTTLS = "starttls"
    """STARTTLS, and the certificate must be the relay's; else nothing is said."""
    TLS = "tls"
    """The same from the first byte."""

    @property
    def is_verified(self) -> bool:
        return self in (Tls.STARTTLS, Tls.TLS)


def server_context() -> ssl.SSLContext:
    """For the listener, without a certificate yet."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION  # a client could have the handshake done over and over
    return context


def client_context(tls: Tls, ca_file: Path | None) -> ssl.SSLContext:
    """For the relay: name and certificate are verified, but for `OPPORTUNISTIC`. Raises OSError for a `ca_file` (PEM)
    without certificates; None: the authorities that the machine trusts."""
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not tls.is_verified:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
