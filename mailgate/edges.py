"""From the settings to what stands between us and the world: the relay, the signatures, the listener with its limits,
and the user that the service becomes. Made by `service.py`; decides nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

from mailgate import privileges
from mailgate.config import Config
from mailgate.errors import BadKeys
from mailgate.flow.accept import Acceptance
from mailgate.flow.delivery_relay import LastingRelay
from mailgate.flow.pressure import SpoolLimits
from mailgate.mail.signing import Signer, read_key, sign
from mailgate.secret_file import read_secret
from mailgate.smtp.binding import bind
from mailgate.smtp.certificate import Certificate
from mailgate.smtp.fronts import Fronts
from mailgate.smtp.limits import Limits
from mailgate.smtp.listener import Listener, ListenerSettings
from mailgate.smtp.maildir import MaildirRelay
from mailgate.smtp.relay import RelaySettings, SmtpRelay
from mailgate.smtp.tls import Tls
from mailgate.store.engine import open_engine, sqlite_file


def relay_of(config: Config) -> LastingRelay:
    """Where outgoing mail is handed to. Raises BadKeys when the password file cannot be read, BadConfiguration when
    the certificates cannot."""
    delivery = config.delivery
    if delivery.mode == "maildir":
        return MaildirRelay(delivery.maildir)
    password = ""
    if delivery.password_file is not None:
        try:
            password = read_secret(delivery.password_file, "delivery.password_file").decode("utf-8").split("\n", 1)[0]
        except UnicodeDecodeError:
            raise BadKeys(
                "delivery.password_file: {password_file} is not UTF-8", password_file=delivery.password_file
            ) from None
    return SmtpRelay(
        RelaySettings(
            host=delivery.host,
            port=delivery.port,
            tls=Tls(delivery.tls),
            username=delivery.username,
            password=password,
            local_hostname=config.service.domain,
            ca_file=delivery.ca_file,
            connections=delivery.connections,
        )
    )


def signer_of(config: Config) -> Callable[[bytes], bytes]:
    """The DKIM signatures, or (without a selector) nothing. Raises BadKeys when a key cannot be used."""
    signers = [signer_with(config, selector) for selector in config.dkim.selectors]
    return lambda raw: sign(raw, signers)


def signer_with(config: Config, selector: str) -> Signer:
    """Who signs with the key of `selector`. Raises BadKeys."""
    file = config.dkim_key(selector)
    pem = read_secret(file, "dkim.selectors")
    try:
        return Signer(config.service.domain, selector, read_key(pem))
    except BadKeys as error:
        raise BadKeys("{file}: {reason}", file=file, reason=error.reason) from None


def limits_of(config: Config) -> SpoolLimits:
    """When the listener takes no more mail."""
    return SpoolLimits(config.spool.min_free_bytes, config.spool.max_backlog)


def address_of(config: Config) -> list[socket.socket]:
    """The address of the listener, taken. Raises Refused."""
    settings = config.listener
    return bind(settings.host, settings.port, reuse_port=settings.reuse_port)


def listener_of(config: Config, acceptance: Acceptance, sockets: list[socket.socket] | None = None) -> Listener:
    settings = config.listener
    certificate = None
    if settings.tls != "off" and settings.tls_certificate is not None and settings.tls_key is not None:
        certificate = Certificate(settings.tls_certificate, settings.tls_key)
    return Listener(
        ListenerSettings(
            host=settings.host,
            port=settings.port,
            lmtp=settings.protocol == "lmtp",
            hostname=config.service.domain,
            max_size_bytes=settings.max_size_bytes,
            max_connections=settings.max_connections,
            certificate=certificate,
            max_waiting_bytes=settings.max_waiting_bytes,
            limits=Limits(
                commands=settings.max_commands,
                errors=settings.max_errors,
                recipients=settings.max_recipients,
                idle_seconds=settings.idle_seconds,
                session_seconds=settings.session_seconds,
                text_bytes_per_second=settings.min_bytes_per_second,
                connections=settings.max_connections_per_client,
                guesses=settings.max_guesses,
                mails_per_sender=settings.max_mails_per_sender,
                trusted=settings.trusted_clients,
            ),
            fronts=Fronts(settings.proxy_clients, settings.xclient_clients),
            reuse_port=settings.reuse_port,
            requires_tls=settings.tls == "require",
        ),
        acceptance,
        sockets,
    )


def settle(config: Config) -> None:
    """Becomes `service.user`. Raises Refused when that cannot be, or not with these files."""
    who = privileges.account(config.service.user)
    if who is None:
        return
    database, store = (sqlite_file(open_engine(url)) for url in (config.database.url, config.key_store_url()))
    there = [file for file in (database, store) if file is not None and (file is database or file.is_file())]
    beside = [one for file in there for one in (file.parent, *file.parent.glob(f"{file.name}*"))]
    keys = config.keys.directory
    privileges.become(who, reads=[keys, *keys.glob("*")], writes=[*beside, config.delivery.maildir])
