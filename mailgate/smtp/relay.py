"""The way out: hands one letter to the relay (the smarthost) over SMTP and says what became of it (RFC 5321, RFC 3207).

Before: the delivery loop took a letter from the outbox and booked the attempt. After: it writes the answer down.
`connections` keeps the connections, `letter` speaks MAIL, RCPT and DATA, and only what the relay says there is about
the letter; whatever stands between us and the relay (TCP, TLS, EHLO, AUTH) is a fault of ours or of the net. TLS that
was asked for (`tls`) is never given up for clear text, and credentials go over verified TLS only.

BUGS: when the relay takes the letter and its last reply is lost, the letter is sent again, byte for byte the same.
"""

from __future__ import annotations

import smtplib
from dataclasses import dataclass, field
from pathlib import Path

from mailgate.errors import BadConfiguration, BadLetter
from mailgate.flow.delivery_relay import Broken, Unreached
from mailgate.mail.address import Address
from mailgate.mail.outcome import Failed, Outcome, Sent
from mailgate.phrase import Phrase
from mailgate.smtp.connections import Connections
from mailgate.smtp.letter import Letter
from mailgate.smtp.relay_words import told, trouble
from mailgate.smtp.tls import Tls, client_context


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
    ca_file: Path | None = None
    """PEM; None: the authorities that the machine trusts."""
    connections: int = 1
    """So many at once at most."""
    timeout_seconds: float = 60.0
    final_timeout_seconds: float = 600.0
    """For the reply to the text of a letter (RFC 5321 4.5.3.2.6)."""


class SmtpRelay:
    """`deliver` may be called from several threads: each has a connection for itself meanwhile."""

    def __init__(self, settings: RelaySettings) -> None:
        """Raises BadConfiguration for credentials without verified TLS and for a `ca_file` that cannot be used."""
        if settings.username and not settings.tls.is_verified:
            raise BadConfiguration(
                [Phrase("delivery.username: credentials are sent over verified TLS only, set delivery.tls")]
            )
        self._settings = settings
        try:
            self._tls_context = client_context(settings.tls, settings.ca_file)
        except OSError as error:  # an ssl.SSLError is one, too
            kind = type(error).__name__
            raise BadConfiguration(
                [Phrase("delivery.ca_file: no certificates in PEM form ({kind})", kind=kind)]
            ) from None
        self._connections = Connections(self._connect, settings.connections)

    def deliver(self, reverse_path: Address | None, forward_path: Address, raw: bytes) -> Outcome | Unreached | Broken:
        """Hands `raw` (CRLF) over for one recipient; `reverse_path` None is the null reverse-path. Never raises."""
        try:
            letter = Letter.of(reverse_path, forward_path, raw)
        except BadLetter as error:
            return Failed(error.reason)
        try:
            return self._hand_over(letter)
        except smtplib.SMTPResponseException as error:
            return Unreached(told(error.smtp_code, error.smtp_error, forward_path))
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            return Unreached(trouble(error))

    def greet(self) -> str:
        """Connects as for a letter, with TLS and login, and says no more; gives what went wrong, or ""."""
        try:
            self._connections.give_back(self._connections.take(), is_clean=True)
        except smtplib.SMTPResponseException as error:
            return told(error.smtp_code, error.smtp_error, Address("nobody", "invalid"))
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            return trouble(error)
        return ""

    def close_idle(self) -> None:
        """Ends connections that no letter has needed for a while."""
        self._connections.close_idle()

    def close(self) -> None:
        """Ends all connections; nobody delivers any more."""
        self._connections.close()

    def _hand_over(self, letter: Letter) -> Outcome | Broken:
        """One letter over one connection. One that was kept and proves to be dead before it carried any of the text
        is replaced by a new one, once. Raises what smtplib raises when there is no way to the relay."""
        connection = self._connections.take()
        try:
            answer = letter.offer(connection.smtp)
            if isinstance(answer, Broken) and connection.letters:
                self._connections.drop(connection)
                self._connections.drop_idle()
                connection = self._connections.take()
                answer = letter.offer(connection.smtp)
            if answer is None:
                answer = letter.send_text(connection.smtp, self._settings.final_timeout_seconds)
        except BaseException:
            self._connections.drop(connection)
            raise
        if isinstance(answer, Broken):
            self._connections.drop(connection)
        else:
            self._connections.give_back(connection, is_clean=isinstance(answer, Sent))
        return answer

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
            if s.tls is Tls.STARTTLS or (s.tls is Tls.OPPORTUNISTIC and _offers_starttls(connection)):
                connection.starttls(context=self._tls_context)
            connection.ehlo_or_helo_if_needed()
            if s.username:
                connection.login(s.username, s.password)
        except BaseException:
            connection.close()
            raise
        return connection


def _offers_starttls(connection: smtplib.SMTP) -> bool:
    """A relay that offers it and then fails is no relay without TLS: the letter waits."""
    connection.ehlo_or_helo_if_needed()
    return connection.has_extn("starttls")
