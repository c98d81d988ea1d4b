"""The wiring: from the settings to a running service, in this process and with real sockets."""

from __future__ import annotations

import logging
import os
import re
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from free_port import free_port
from structlog.testing import capture_logs

from mailgate import loops
from mailgate.config import Config, load
from mailgate.desk.people import Plan
from mailgate.desk.register_rows import teacher_entry
from mailgate.edges import signer_of
from mailgate.errors import BadKeys, Refused
from mailgate.flow import pressure, register
from mailgate.flow.context import Office
from mailgate.installation import dkim_key, install, write_config
from mailgate.mail.dkim_key import Algorithm, new_key
from mailgate.office import open_office, verifier_of
from mailgate.service import PARTS, Service
from mailgate.store import cases, outbox, room, spool
from mailgate.watch.log import configure_log

TEACHER = "kondo@school.example.org"
DESK = "soudan@desk.example.jp"
QUICK = 10.0  # seconds that nothing here should need


def until(ready: Callable[[], Any], seconds: float = QUICK) -> Any:
    """What `ready` gives once it gives something."""
    give_up = time.monotonic() + seconds
    while not (found := ready()):
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.02)
    return found


def letter(text: str = "相談です。\n") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = TEACHER, DESK, "相談"
    mail["Date"] = datetime.now(UTC)
    mail.set_content(text)
    return mail.as_bytes()


@pytest.fixture
def configured(tmp_path: Path) -> Callable[..., Config]:
    """A fresh installation on any free port, with keys of the configuration changed."""

    def configure(**changes: dict[str, Any]) -> Config:
        write_config(tmp_path / "mailgate.toml")
        config = load(tmp_path / "mailgate.toml")
        install(config)
        changes["listener"] = {"port": 0} | changes.get("listener", {})
        updated = {name: getattr(config, name).model_copy(update=keys) for name, keys in changes.items()}
        return config.model_copy(update=updated)

    return configure


@contextmanager
def running(config: Config, *parts: str) -> Iterator[tuple[Service, Office]]:
    office = open_office(config)
    with office.write() as ctx:
        entry = teacher_entry({"name": "近藤 律", "addresses": TEACHER, "plan": Plan.TRIAL.value}, [])
        register.add_teacher(ctx, entry, lambda *_: None)
    service = Service(config, office, parts or PARTS)
    service.start()
    try:
        yield service, office
    finally:
        service.stop()
        office.database.close()


def states(office: Office) -> list[str]:
    with office.read() as ctx:
        return [str(one.state) for one in spool.entries(ctx.tx, [])]


def queue(office: Office) -> list[str]:
    with office.read() as ctx:
        return [str(one.state) for one in cases.listing(ctx.tx, [], "")]


def outgoing(office: Office) -> list[outbox.OutboxEntry]:
    with office.read() as ctx:
        return outbox.entries(ctx.tx, [])


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desk.example.jp")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(built.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    for file in files:
        file.chmod(0o600)
    return files


class Sink:
    """A relay of our own: keeps what it takes, or refuses every recipient with the address in its words."""

    def __init__(self, reply: str = "250 OK") -> None:
        self.reply = reply
        self.taken: list[tuple[str, str, bytes]] = []

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        if not self.reply.startswith("250"):
            return self.reply.format(address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.taken += [(envelope.mail_from, one, envelope.content) for one in envelope.rcpt_tos]
        return self.reply.format(",".join(envelope.rcpt_tos))


@contextmanager
def listening(sink: Sink, port: int = 0, **settings: Any) -> Iterator[int]:
    controller = Controller(sink, hostname="127.0.0.1", port=port or free_port(), **settings)
    controller.start()
    try:
        yield int(controller.port)
    finally:
        controller.stop()


def send(port: int, raw: bytes, recipient: str = DESK) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=QUICK) as client:
        client.sendmail(TEACHER, [recipient], raw)


def test_a_mail_goes_all_the_way_through_the_whole_service(configured: Callable[..., Config]) -> None:
    config = configured()
    with running(config) as (service, office):
        assert service.port
        send(service.port, letter())
        until(lambda: queue(office) == ["new"])
        (file,) = until(lambda: list((config.delivery.maildir / "new").glob("*")))
    mail = message_from_bytes(file.read_bytes())
    assert mail["To"].endswith(f"{TEACHER}>") or mail["To"] == TEACHER
    assert mail["Auto-Submitted"] == "auto-replied"


def test_an_unknown_recipient_is_refused_in_the_dialogue(configured: Callable[..., Config]) -> None:
    with running(configured(), "listener") as (service, office):
        for address in ("nobody@desk.example.jp", "reply+" + "a" * 24 + "@desk.example.jp", "soudan@example.org"):
            with smtplib.SMTP("127.0.0.1", service.port or 0, timeout=QUICK) as client:
                client.ehlo("client.example.org")
                client.mail(TEACHER)
                assert client.rcpt(address) == (550, b"5.1.1 No such address here")
        assert states(office) == []


def test_starttls_is_offered_when_a_certificate_is_configured(
    configured: Callable[..., Config], tmp_path: Path
) -> None:
    pem, key = certificate(tmp_path)
    with running(configured(listener={"tls_certificate": pem, "tls_key": key}), "listener") as (service, office):
        context = ssl.create_default_context(cafile=str(pem))
        with smtplib.SMTP("localhost", service.port or 0, timeout=QUICK) as client:
            client.starttls(context=context)
            client.sendmail(TEACHER, [DESK], letter())
        assert states(office) == ["received"]


@pytest.mark.parametrize(
    ("tls", "offered", "reply"), [("off", False, 250), ("offer", True, 250), ("require", True, 530)]
)
def test_tls_can_be_switched_off_and_be_made_a_condition(
    configured: Callable[..., Config], tmp_path: Path, tls: str, offered: bool, reply: int
) -> None:
    pem, key = certificate(tmp_path)
    config = configured(listener={"tls_certificate": pem, "tls_key": key, "tls": tls})
    with (
        running(config, "listener") as (service, _),
        smtplib.SMTP("localhost", service.port or 0, timeout=QUICK) as client,
    ):
        client.ehlo("client.example.org")
        assert ("starttls" in client.esmtp_features, client.mail(TEACHER)[0]) == (offered, reply)


def test_starttls_is_not_offered_without_one(configured: Callable[..., Config]) -> None:
    with running(configured(), "listener") as (service, _), smtplib.SMTP("127.0.0.1", service.port or 0) as client:
        client.ehlo("client.example.org")
        assert {"size", "8bitmime", "smtputf8"} <= client.esmtp_features.keys()
        assert "starttls" not in client.esmtp_features


def test_a_certificate_that_cannot_be_used_stops_the_start(configured: Callable[..., Config], tmp_path: Path) -> None:
    pem, key = certificate(tmp_path)
    config = configured(listener={"tls_certificate": key, "tls_key": pem})
    office = open_office(config)
    with pytest.raises(BadKeys, match="TLS certificate"):
        Service(config, office)
    office.database.close()


def test_lmtp_answers_once_for_each_recipient(configured: Callable[..., Config]) -> None:
    with running(configured(listener={"protocol": "lmtp"}), "listener") as (service, office):
        with smtplib.LMTP("127.0.0.1", service.port or 0, timeout=QUICK) as client:
            client.ehlo("client.example.org")
            assert client.mail(TEACHER)[0] == 250
            assert client.rcpt(DESK)[0] == 250
            assert client.rcpt("nobody@desk.example.jp")[0] == 550
            assert client.rcpt("join@desk.example.jp")[0] == 250
            first = client.data(letter())
            assert first[0] == 250
            assert client.getreply()[0] == 250
        assert states(office) == ["received", "received"]


def test_the_listener_is_bound_to_its_size(configured: Callable[..., Config]) -> None:
    with running(configured(listener={"max_size_bytes": 65_536}), "listener") as (service, office):
        with (
            smtplib.SMTP("127.0.0.1", service.port or 0, timeout=QUICK) as client,
            pytest.raises(smtplib.SMTPSenderRefused) as refused,
        ):
            client.sendmail(TEACHER, [DESK], letter("x" * 100_000))
        assert refused.value.smtp_code == 552
        assert states(office) == []


def test_mail_goes_out_through_a_relay(configured: Callable[..., Config]) -> None:
    sink = Sink()
    with listening(sink) as port:
        config = configured(delivery={"mode": "smtp", "host": "127.0.0.1", "port": port})
        with running(config) as (service, office):
            send(service.port or 0, letter())
            until(lambda: [str(one.state) for one in outgoing(office)] == ["sent"])
            (entry,) = outgoing(office)
    ((reverse_path, forward_path, raw),) = sink.taken
    assert forward_path == TEACHER
    assert reverse_path.startswith("bounce+")
    assert message_from_bytes(raw)["Message-ID"] == entry.message_id
    assert not config.delivery.maildir.exists()


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        ("550 5.1.1 <{}>: Recipient address rejected: User unknown", "failed"),
        ("450 4.2.0 <{0}>: Greylisted, see http://x.example/?r={0}", "deferred"),
        ("250 2.0.0 <{}> queued", "sent"),
    ],
)
def test_the_words_of_a_relay_are_kept_without_the_address(
    configured: Callable[..., Config], reply: str, state: str
) -> None:
    with listening(Sink(reply)) as port:
        config = configured(delivery={"mode": "smtp", "host": "127.0.0.1", "port": port})
        with running(config) as (service, office):
            send(service.port or 0, letter())
            until(lambda: [str(one.state) for one in outgoing(office)] == [state])
            (entry,) = outgoing(office)
    assert entry.reason.startswith(reply[:3])
    assert "kondo" not in entry.reason


def test_a_relay_that_is_away_is_waited_for(configured: Callable[..., Config]) -> None:
    """The mail goes out when it is back, and only that is a try."""
    sink, port = Sink(), free_port()
    config = configured(delivery={"mode": "smtp", "host": "127.0.0.1", "port": port})
    with running(config) as (service, office):
        send(service.port or 0, letter())
        away = ("queued", 0, "no connection to the relay: Connection refused")  # in between it is in hand: 1
        until(lambda: [(str(one.state), one.tries, one.reason) for one in outgoing(office)] == [away])
        with listening(sink, port):
            until(lambda: [str(one.state) for one in outgoing(office)] == ["sent"])
        assert (outgoing(office)[0].tries, len(sink.taken)) == (1, 1)


def test_mails_go_out_on_connections_that_are_kept_and_closed_at_the_end(configured: Callable[..., Config]) -> None:
    sink = Sink()
    with listening(sink) as port:
        config = configured(delivery={"mode": "smtp", "host": "127.0.0.1", "port": port})
        with running(config) as (service, office):
            for number in range(5):
                send(service.port or 0, letter(f"{number}つ目。\n"))
            until(lambda: [str(one.state) for one in outgoing(office)] == ["sent"] * 5)
        assert service._relay._connections._open == 0  # type: ignore[attr-defined]  # as the relay it is
    assert len(sink.taken) == 5


def test_one_failing_recipient_stops_nobody(configured: Callable[..., Config]) -> None:
    """The mails behind a deferred one go out meanwhile."""
    sink = Sink("450 4.2.0 later")
    with listening(sink) as port:
        config = configured(delivery={"mode": "smtp", "host": "127.0.0.1", "port": port})
        with running(config) as (service, office):
            send(service.port or 0, letter("一つ目。\n"))
            until(lambda: [str(one.state) for one in outgoing(office)] == ["deferred"])
            sink.reply = "250 OK"
            send(service.port or 0, letter("二つ目。\n"))
            until(lambda: sorted(str(one.state) for one in outgoing(office)) == ["deferred", "sent"])


def test_outgoing_mail_is_signed_with_each_selector(configured: Callable[..., Config]) -> None:
    config = configured(dkim={"selectors": ("one", "two")})
    for selector, algorithm in (("one", Algorithm.RSA), ("two", Algorithm.ED25519)):
        dkim_key(config, selector, algorithm)
    with running(config) as (service, _):
        send(service.port or 0, letter())
        (sent,) = until(lambda: list((config.delivery.maildir / "new").glob("*")))
    signatures = message_from_bytes(sent.read_bytes()).get_all("DKIM-Signature", [])
    assert [re.findall(r"\b[ads]=[^;]+", one) for one in signatures] == [
        ["a=rsa-sha256", "d=desk.example.jp", "s=one"],
        ["a=ed25519-sha256", "d=desk.example.jp", "s=two"],
    ]


def test_a_signing_key_that_cannot_be_used_stops_the_start(configured: Callable[..., Config]) -> None:
    config = configured(dkim={"selectors": ("s",)})
    for content, mode in ((None, 0o600), (b"no key", 0o600), (new_key(Algorithm.RSA), 0o604)):
        if content is not None:
            config.dkim_key("s").write_bytes(content)
            config.dkim_key("s").chmod(mode)
        with pytest.raises(BadKeys, match=r"dkim-s\.pem"):
            signer_of(config)


def test_a_password_file_that_cannot_be_read_stops_the_start(configured: Callable[..., Config], tmp_path: Path) -> None:
    login = {"tls": "starttls", "username": "desk", "password_file": tmp_path / "missing"}
    config = configured(delivery={"mode": "smtp"} | login)
    office = open_office(config)
    with pytest.raises(BadKeys, match="password_file"):
        Service(config, office)
    office.database.close()


def test_an_address_in_use_is_refused_before_anything_runs(configured: Callable[..., Config]) -> None:
    with running(configured(), "listener") as (service, office):
        second = Service(configured(listener={"port": service.port}), office)
        with pytest.raises(Refused, match="already in use"):
            second.start()


@pytest.mark.parametrize(
    ("parts", "handled", "delivered"),
    [(("listener",), False, False), (("listener", "worker"), True, False), (("listener", "delivery"), False, False)],
)
def test_only_the_named_parts_run(
    configured: Callable[..., Config], parts: tuple[str, ...], handled: bool, delivered: bool
) -> None:
    config = configured()
    with running(config, *parts) as (service, office):
        send(service.port or 0, letter())
        if handled:
            until(lambda: queue(office) == ["new"])
        time.sleep(0.3)
        assert (queue(office) == ["new"], (config.delivery.maildir / "new").exists()) == (handled, delivered)


def test_the_log_says_that_no_mail_is_taken_before_a_client_hears_it(
    configured: Callable[..., Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "_ROOM_SECONDS", 0.02)
    monkeypatch.setattr(pressure, "_SECONDS_BETWEEN_LOOKS", 0.0)
    usual = room.shutil.disk_usage
    with capture_logs() as logs, running(configured(), "listener"):
        monkeypatch.setattr(room.shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
        until(lambda: logs)
        monkeypatch.setattr(room.shutil, "disk_usage", usual)
        until(lambda: logs[1:])
    low = "the disk of the database is nearly full (spool.min_free_bytes)"
    assert [(one["event"], one["why"]) for one in logs] == [("no mail is taken", low), ("mail is taken again", None)]


def test_a_process_without_a_listener_says_nothing_of_the_door(
    configured: Callable[..., Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "_ROOM_SECONDS", 0.02)
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    with capture_logs() as logs, running(configured(), "worker"):
        time.sleep(0.2)
    assert logs == []


def test_what_is_written_is_for_its_owner_alone(configured: Callable[..., Config]) -> None:
    kept = os.umask(0o077)
    try:
        config = configured()
        with running(config) as (service, _):
            send(service.port or 0, letter())
            (file,) = until(lambda: list((config.delivery.maildir / "new").glob("*")))
    finally:
        os.umask(kept)
    modes = {path.stat().st_mode & 0o077 for path in [file, *file.parents[:2], *config.keys.directory.iterdir()]}
    assert modes == {0}


def test_the_log_names_nobody(configured: Callable[..., Config], capfd: pytest.CaptureFixture[str]) -> None:
    configure_log(logging.DEBUG)
    try:
        with running(configured()) as (service, office):
            send(service.port or 0, letter("近藤の相談です。\n"))
            until(lambda: [str(one.state) for one in outgoing(office)] == ["sent"])
    finally:
        structlog.reset_defaults()
    log = capfd.readouterr()
    assert "handled" in log.err
    assert [word for word in ("kondo", "近藤", "相談", "example.org") if word in log.err + log.out] == []


@pytest.mark.parametrize(
    ("authentication", "looks"),
    [
        ({"policy": "off"}, False),
        ({"policy": "enforce"}, True),
        ({"policy": "observe"}, True),
        ({"policy": "enforce", "trusted_authserv_ids": ("mx.desk.example.jp",)}, False),
    ],
)
def test_the_dns_is_asked_unless_nobody_is_or_a_mail_server_before_us_did(
    configured: Callable[..., Config], authentication: dict[str, Any], looks: bool
) -> None:
    assert (verifier_of(configured(authentication=authentication)) is not None) is looks
