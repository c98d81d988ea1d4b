"""What lies in files of this machine: the configuration, the keys, the certificate."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from mailgate.config import Config, passwords_in_file
from mailgate.doctor.finding import Finding, in_file, ok, out_of_order, problem, warning
from mailgate.edges import signer_of
from mailgate.errors import BadKeys, StoreUnavailable
from mailgate.office import keys_of
from mailgate.phrase import Phrase
from mailgate.secret_file import check_secret
from mailgate.smtp.certificate import Certificate
from mailgate.store import room
from mailgate.system_words import system_words

_SOON = timedelta(days=21)
"""Whoever renews certificates by machine does it a month before the end."""


def look_at_settings(config: Config, file: Path) -> Iterator[Finding]:
    yield ok("config", Phrase("{file} can be read", file=file))
    for key in passwords_in_file(config, os.environ):
        try:
            check_secret(file, key)
        except BadKeys as error:
            yield problem(
                "config",
                Phrase("it has a password, and {reason}", reason=error.reason),
                Phrase("or name the URL in the environment"),
            )
    if config.authentication.policy != "enforce":
        policy = config.authentication.policy
        what = Phrase('authentication.policy is "{policy}": senders are believed unseen', policy=policy)
        todo = Phrase('set it to "enforce" before strangers can reach the listener')
        yield (warning if _is_loopback(config.listener.host) else problem)("authentication", what, todo)
    else:
        yield ok("authentication", Phrase("senders are believed only as far as SPF, DKIM and DMARC vouch for them"))


def look_at_keys(config: Config) -> Iterator[Finding]:
    try:
        room.try_to_write_keys(keys_of(config).ring.store)  # each case has a key made, and destroyed
    except StoreUnavailable as error:
        yield out_of_order("keys", in_file(config.key_store_url(), error.reason))
    except BadKeys as error:
        yield problem("keys", error.reason, Phrase("restore the keys from their backup, or mend what the line says"))
    else:
        yield ok("keys", Phrase("{directory} has them, readable by their owner alone", directory=config.keys.directory))
    if not config.dkim.selectors:
        yield warning("dkim", Phrase("outgoing mail is not signed"), Phrase("make its keys: mailgate key dkim"))
        return
    try:
        signer_of(config)
    except BadKeys as error:
        yield problem("dkim", error.reason, Phrase("mailgate key dkim prints what there is"))
    else:
        yield ok("dkim", Phrase("signs as {selectors}", selectors=config.dkim.selectors))


def look_at_certificate(config: Config, now: datetime) -> Iterator[Finding]:
    settings = config.listener
    if settings.tls == "off" or settings.tls_certificate is None or settings.tls_key is None:
        if not _is_loopback(settings.host):
            yield warning(
                "tls", Phrase("the listener offers no TLS: mails come in clear"), Phrase("set listener.tls_certificate")
            )
        return
    try:
        Certificate(settings.tls_certificate, settings.tls_key)
        chain = x509.load_pem_x509_certificates(settings.tls_certificate.read_bytes())
    except (BadKeys, OSError, ValueError) as error:
        yield problem(
            "tls",
            Phrase("the certificate cannot be used: {why}", why=_why(error)),
            Phrase("renew it, and look at its two files"),
        )
        return
    ends = min(one.not_valid_after_utc for one in chain)
    if ends <= now:
        yield problem(
            "tls",
            Phrase("the certificate ended on {ends:%Y-%m-%d}", ends=ends),
            Phrase("renew it: senders may refuse to deliver"),
        )
    elif ends - now < _SOON:
        yield warning(
            "tls",
            Phrase("the certificate ends on {ends:%Y-%m-%d}", ends=ends),
            Phrase("renew it; serve reads the new one by itself"),
        )
    else:
        yield ok("tls", Phrase("the certificate is good until {ends:%Y-%m-%d}", ends=ends.astimezone(UTC)))


def _why(error: BadKeys | OSError | ValueError) -> str:
    if isinstance(error, BadKeys):
        return error.reason
    return system_words(error) if isinstance(error, OSError) else str(error)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
