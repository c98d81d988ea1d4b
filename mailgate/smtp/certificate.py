"""The certificate of the listener, read again when its files change: who renews it needs no restart."""

from __future__ import annotations

import ssl
from pathlib import Path

import structlog

from mailgate.errors import BadKeys
from mailgate.events import Event
from mailgate.phrase import Phrase
from mailgate.secret_file import check_secret
from mailgate.smtp.tls import server_context

_log = structlog.get_logger("listener")
_Stamp = tuple[tuple[int, int, int], ...]


class Certificate:
    """`context` is good for all clients."""

    def __init__(self, chain: Path, key: Path) -> None:
        """A PEM chain and its unencrypted key; raises BadKeys when they cannot be used, or others can read the key."""
        self._files = chain, key
        self._seen = self._stamp()
        self.context = self._loaded(server_context())

    def look(self) -> None:
        """Takes what is in the files now for the clients to come; one that cannot be used leaves the old one."""
        stamp = self._stamp()
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            self._loaded(server_context())  # first where a failure spoils nothing
            self._loaded(self.context)
        except BadKeys as error:
            _log.error(Event.CERTIFICATE_BAD, reason=error.reason)
        else:
            _log.info(Event.CERTIFICATE_NEW)

    def _loaded(self, context: ssl.SSLContext) -> ssl.SSLContext:
        chain, key = self._files
        check_secret(key, "listener.tls_key")
        try:
            context.load_cert_chain(chain, key, password=_no_password)
        except (OSError, ValueError) as error:
            said = getattr(error, "strerror", None)
            reason = Phrase(said) if said else Phrase("not a PEM chain with its unencrypted key")
            raise BadKeys(
                "TLS certificate {chain} with key {key}: {reason}", chain=chain, key=key, reason=reason
            ) from None
        return context

    def _stamp(self) -> _Stamp:
        """What differs when a file was written or replaced; a missing one has none."""
        found = []
        for file in self._files:
            try:
                status = file.stat()
            except OSError:
                continue
            found.append((status.st_ino, status.st_size, status.st_mtime_ns))
        return tuple(found)


def _no_password() -> str:
    """Without this OpenSSL would ask at the terminal and the service would wait for ever."""
    return ""
