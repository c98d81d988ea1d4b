"""The way out: hands one letter to the relay (the smarthost) over SMTP and says what became of it (RFC 5321, RFC 3207).

Before: the delivery loop took a letter from the outbox and booked the attempt. After: it writes the Outcome down. One
connection for one letter. Only MAIL, RCPT and DATA can fail a letter for good; whatever stands between us and the
relay (TCP, TLS, EHLO, AUTH) is a fault of ours or of the net and defers it. TLS is verified and never given up for
clear text.

BUGS: when the relay takes the letter and its last reply is lost, the letter is sent again, byte for byte the same.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from mailgate.errors import BadConfiguration, BadLetter
from mailgate.mail.address import Address
from mailgate.mail.compose import wire_address
from mailgate.mail.outcome import Deferred, Failed, Outcome, Sent

_REASON_CHARACTERS = 200
_REPLY_CHARACTERS = 8000
_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?: |$)")
_AUTHENTICATION_REQUIRED = 530
_HIDDEN = "<…>"


class Tls(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class RelaySettings:
    host: str
    port: int
    tls: Tls
    local_hostname: str
    """What we call ourselves in EHLO: the service's domain, never the name of the machine."""
    username: str = ""
    """Empty: no AUTH."""
    password: str = field(default="", repr=False)
    timeout_seconds: float = 60.0


class SmtpRelay:
    """`deliver` may be called from several threads: each call has a connection of its own."""

    def __init__(self, settings: RelaySettings) -> None:
        """Raises BadConfiguration for credentials without TLS."""
        if settings.username and settings.tls is Tls.NONE:
            raise BadConfiguration(["delivery.username: credentials are sent over TLS only, set delivery.tls"])
        self._settings = settings
        self._tls_context = ssl.create_default_context()

    def deliver(self, reverse_path: Address | None, forward_path: Address, raw: bytes) -> Outcome:
        """Hands `raw` (CRLF) over for one recipient; `reverse_path` None is the null reverse-path. Never raises."""
        try:
            letter = _Letter.of(reverse_path, forward_path, raw)
        except BadLetter as error:
            return Failed(error.reason)
        connection: smtplib.SMTP | None = None
        try:
            connection = self._connect()
            return letter.send(connection)
        except smtplib.SMTPResponseException as error:
            return Deferred(_told(error.smtp_code, error.smtp_error, forward_path))
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            return Deferred(_trouble(error))
        finally:
            if connection is not None:
                _leave(connection)

    def _connect(self) -> smtplib.SMTP:
        """Connected, greeted, over TLS and logged in as the settings say; raises what smtplib raises."""
        s = self._settings
        connection: smtplib.SMTP
        if s.tls is Tls.TLS:
            connection = smtplib.SMTP_SSL(
                s.host, s.port, s.local_hostname, timeout=s.timeout_seconds, context=self._tls_context
            )
        else:
            connection = smtplib.SMTP(s.host, s.port, s.local_hostname, timeout=s.timeout_seconds)
        try:
            if s.tls is Tls.STARTTLS:
                connection.starttls(context=self._tls_context)
            connection.ehlo_or_helo_if_needed()
            if s.username:
                connection.login(s.username, s.password)
        except BaseException:
            connection.close()
            raise
        return connection


@dataclass(frozen=True, slots=True)
class _Letter:
    """One letter in the form that goes over the wire."""

    reverse_path: str
    forward_path: str
    recipient: Address
    raw: bytes

    @classmethod
    def of(cls, reverse_path: Address | None, forward_path: Address, raw: bytes) -> _Letter:
        """Raises BadLetter for an address that cannot be written."""
        wire = wire_address(reverse_path) if reverse_path is not None else ""
        return cls(wire, wire_address(forward_path), forward_path, raw)

    def send(self, connection: smtplib.SMTP) -> Outcome:
        """MAIL, RCPT, DATA; raises what smtplib raises when the connection breaks."""
        if self._is_international() and not connection.has_extn("smtputf8"):
            return Failed("the address needs SMTPUTF8, which the relay does not offer")
        if self._is_international():
            connection.command_encoding = "utf-8"
        for verb, argument in (
            ("MAIL", f"FROM:<{self.reverse_path}>{self._parameters(connection)}"),
            ("RCPT", f"TO:<{self.forward_path}>"),
        ):
            code, text = connection.docmd(verb, argument)
            if not 200 <= code < 300:
                return self._refused(code, text)
        try:
            code, text = connection.data(self.raw)
        except smtplib.SMTPDataError as error:
            return self._refused(error.smtp_code, error.smtp_error)
        if 200 <= code < 300:
            return Sent(_told(code, text, self.recipient))
        return self._refused(code, text)

    def _is_international(self) -> bool:
        """Whether RFC 6531 is needed: for an address, or for a header that holds one."""
        header = self.raw.partition(b"\r\n\r\n")[0]
        return not (self.reverse_path.isascii() and self.forward_path.isascii() and header.isascii())

    def _parameters(self, connection: smtplib.SMTP) -> str:
        parameters = ""
        if connection.has_extn("size"):
            parameters += f" SIZE={len(self.raw)}"
        if connection.has_extn("8bitmime") and not self.raw.isascii():
            parameters += " BODY=8BITMIME"
        if self._is_international():
            parameters += " SMTPUTF8"
        return parameters

    def _refused(self, code: int, text: bytes | str) -> Outcome:
        """530 is about us (RFC 4954 6, RFC 3207 4), every other 5yz about the letter."""
        reason = _told(code, text, self.recipient)
        return Failed(reason) if 500 <= code < 600 and code != _AUTHENTICATION_REQUIRED else Deferred(reason)


def _leave(connection: smtplib.SMTP) -> None:
    """Says QUIT; what comes of that changes nothing any more."""
    with suppress(smtplib.SMTPException, OSError):
        connection.quit()
    connection.close()


def _told(code: int, text: bytes | str, recipient: Address) -> str:
    """A reply for our outbox: code, enhanced status, 200 characters in one line, addresses hidden."""
    if code < 0:  # smtplib's number for a line that has none
        return "the relay does not speak SMTP"
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    shown = " ".join(_hidden(word, recipient) for word in _visible(words[:_REPLY_CHARACTERS]).split())
    match = _STATUS.match(shown)
    status = f" {match[1]}" if match else ""
    rest = shown[match.end() :] if match else shown
    return f"{code}{status} {rest[:_REASON_CHARACTERS]}".rstrip()


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _hidden(word: str, recipient: Address) -> str:
    """Relays repeat the address, or only what stands before the at sign."""
    is_local_part = word.strip("<>()[]\"'`.,:;").casefold() == recipient.local.casefold()
    return _HIDDEN if "@" in word or is_local_part else word


def _trouble(error: Exception) -> str:
    """Why there was no reply, in words of ours; OpenSSL's and smtplib's own can be long."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"the relay's certificate cannot be verified: {error.verify_message}"
        case ssl.SSLError():
            return "TLS with the relay failed"
        case TimeoutError():
            return "the relay did not answer in time"
        case smtplib.SMTPServerDisconnected() if isinstance(error.__context__, TimeoutError):
            return "the relay did not answer in time"
        case smtplib.SMTPServerDisconnected():
            return "the relay closed the connection"
        case smtplib.SMTPNotSupportedError():
            return "the relay does not offer STARTTLS or AUTH as the settings ask"
        case OSError() if not isinstance(error, smtplib.SMTPException):
            return f"no connection to the relay: {error.strerror or type(error).__name__}"
        case _:
            return f"no agreement with the relay ({type(error).__name__})"
