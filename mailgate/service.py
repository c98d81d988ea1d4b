"""Wiring: from the settings to an open office, and from the office to the running service. Decides nothing."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import cached_property

import structlog

from mailgate import privileges
from mailgate.config import Config
from mailgate.desk.policy import Policy
from mailgate.desk.trust import AuthenticationPolicy
from mailgate.errors import BadKeys
from mailgate.events import Event
from mailgate.flow.accept import Acceptance
from mailgate.flow.context import Office
from mailgate.flow.deliver import deliver_next
from mailgate.flow.delivery_breaker import Breaker
from mailgate.flow.delivery_relay import LastingRelay
from mailgate.flow.delivery_traffic import Traffic
from mailgate.flow.due import run_due
from mailgate.flow.pressure import SpoolLimits
from mailgate.flow.process import process_next, process_waiting
from mailgate.flow.render import Renderer
from mailgate.flow.screen import screen_next
from mailgate.flow.verifier import Verifier
from mailgate.mail.authentication import Verdict
from mailgate.mail.limits import ReadingLimits
from mailgate.mail.reply_address import OwnAddresses
from mailgate.mail.signing import Signer, read_key, sign
from mailgate.sandbox.limits import ChildLimits
from mailgate.sandbox.reader import ChildReader
from mailgate.secret_file import read_secret
from mailgate.smtp.binding import bind
from mailgate.smtp.certificate import Certificate
from mailgate.smtp.fronts import Fronts
from mailgate.smtp.limits import Limits
from mailgate.smtp.listener import Listener, ListenerSettings
from mailgate.smtp.maildir import MaildirRelay
from mailgate.smtp.relay import RelaySettings, SmtpRelay
from mailgate.smtp.tls import Tls
from mailgate.store import migrate
from mailgate.store.backup import sqlite_file
from mailgate.store.database import Database
from mailgate.store.engine import open_engine
from mailgate.store.sealing import Keys, load_keys, missing_keys
from mailgate.watch import systemd
from mailgate.watch.health import ill_parts, trouble_around
from mailgate.watch.log import configure_log
from mailgate.watch.metrics import registry_of
from mailgate.watch.page import Page
from mailgate.worker import Loop

_log = structlog.get_logger("service")

PARTS = ("listener", "worker", "delivery", "scheduler")
_SCHEDULER_SECONDS = 60.0
_MAILS_AT_A_TIME = 16


def open_office(config: Config) -> Office:
    """The office on the configured database; an empty one gets its tables. Raises BadKeys, WrongDatabase, Later."""
    database = Database(config.database.url, keys_of(config))
    migrate.prepare(database.engine)
    policy = policy_of(config)
    return Office(database, policy, Renderer(policy.language, policy.service_name), verifier=verifier_of(config))


def database_is_empty(config: Config) -> bool:
    """Whether the configured database is not there, or has nothing in it yet; needs no keys and makes no file."""
    engine = open_engine(config.database.url)
    file = sqlite_file(engine)
    return (file is not None and not file.is_file()) or migrate.is_empty(engine)


def keys_of(config: Config) -> Keys:
    """The configured keys. Raises BadKeys; where a database was sealed with those that are missing, only their backup
    helps, and that is what it says."""
    directory = config.keys.directory
    missing = missing_keys(directory)
    if missing and not database_is_empty(config):
        raise BadKeys(f"{directory} lacks {', '.join(missing)} of a database in use: restore the backup of the keys")
    return load_keys(directory)


def upgrade_database(config: Config) -> None:
    """Brings the tables to this version. Raises WrongDatabase for a newer database."""
    migrate.upgrade(open_engine(config.database.url))


def policy_of(config: Config) -> Policy:
    """The settings as the floors below know them."""
    own = config.addresses
    return Policy(
        service_name=config.service.name,
        language=config.service.language,
        timezone=config.service.timezone,
        addresses=OwnAddresses(config.service.domain, own.desk, own.join, own.reply, own.bounce, own.separator),
        authentication=AuthenticationPolicy(config.authentication.policy),
        trusted_authserv_ids=frozenset(name.lower() for name in config.authentication.trusted_authserv_ids),
        invitation_days=config.desk.invitation_days,
        reminder_days=config.desk.reminder_days,
        answer_days=config.desk.answer_days,
        quiet_days=config.desk.quiet_days,
        retention_days=config.desk.retention_days,
        k_anonymity=config.desk.k_anonymity,
        retry_hours=config.delivery.retry_hours,
        answers_per_day=config.desk.answers_per_day,
        answers_per_case_hour=config.desk.answers_per_case_hour,
        teacher_consent=config.desk.teacher_consent,
    )


def verifier_of(config: Config) -> Verifier | None:
    """Who looks at SPF, DKIM and DMARC; None where nobody is asked, or a mail server before us has done it."""
    authentication = config.authentication
    if authentication.policy == "off" or authentication.trusted_authserv_ids:
        return None
    listener = config.listener
    sees_peers = listener.protocol == "smtp" or bool(listener.proxy_clients or listener.xclient_clients)
    return _LateVerifier(config.dns.nameservers, sees_peers)


class _LateVerifier:
    """Loads the libraries when the first mail is looked at: most commands look at none, and open the office too."""

    def __init__(self, nameservers: Sequence[tuple[str, int]], sees_peers: bool) -> None:
        self._nameservers, self._sees_peers = nameservers, sees_peers

    @cached_property
    def verify(self) -> Callable[..., Verdict]:
        from mailgate.authentication.resolver import Resolver
        from mailgate.authentication.verifier import DnsVerifier

        return DnsVerifier(Resolver(self._nameservers), self._sees_peers).verify


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
            raise BadKeys(f"delivery.password_file: {delivery.password_file} is not UTF-8") from None
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
        raise BadKeys(f"{file}: {error.reason}") from None


def limits_of(config: Config) -> SpoolLimits:
    """When the listener takes no more mail."""
    return SpoolLimits(config.spool.min_free_bytes, config.spool.max_backlog)


def child_limits_of(config: Config) -> ChildLimits:
    """What reading one received mail may cost."""
    reading = config.reading
    return ChildLimits(
        cpu_seconds=reading.cpu_seconds,
        wall_seconds=reading.wall_seconds,
        memory_bytes=reading.memory_bytes,
        reading=ReadingLimits(
            fields=reading.max_fields,
            field_octets=reading.max_field_bytes,
            section_octets=reading.max_header_bytes,
            parts=reading.max_parts,
            depth=reading.max_depth,
        ),
    )


def address_of(config: Config) -> list[socket.socket]:
    """The address of the listener, taken. Raises Refused."""
    settings = config.listener
    return bind(settings.host, settings.port, reuse_port=settings.reuse_port)


def listener_of(config: Config, acceptance: Acceptance, sockets: list[socket.socket] | None) -> Listener:
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
    database = sqlite_file(open_engine(config.database.url))
    beside = [database.parent, *database.parent.glob(f"{database.name}*")] if database is not None else []
    keys = config.keys.directory
    privileges.become(who, reads=[keys, *keys.glob("*")], writes=[*beside, config.delivery.maildir])


class Service:
    """The running parts of one process. `start`, then `stop`; each once."""

    def __init__(
        self,
        config: Config,
        office: Office,
        parts: Collection[str] = PARTS,
        sockets: list[socket.socket] | None = None,
    ) -> None:
        """`sockets` are those of `address_of`; None: the listener takes its address when it starts."""
        relay, signer = relay_of(config), signer_of(config)
        self._relay = relay
        self._reader = ChildReader(child_limits_of(config))
        office = replace(office, read_mail=self._reader)
        traffic = Traffic(config.delivery.connections_per_domain, Breaker())

        def deliver() -> bool:
            busy = deliver_next(office, relay, signer, traffic)
            if not busy:
                relay.close_idle()
            return busy

        deliveries = [Loop(f"delivery {number}", deliver) for number in range(1, config.delivery.connections + 1)]

        def wake_delivery() -> None:
            for loop in deliveries:
                loop.wake()

        screening = Loop("screening", lambda: screen_next(office))

        def handle(some: Callable[[Office, int], int]) -> bool:
            busy = some(office, _MAILS_AT_A_TIME) > 0
            if busy:
                screening.wake()
                wake_delivery()
            return busy

        worker = Loop("worker", lambda: handle(process_next))
        waiting = Loop("waiting", lambda: handle(process_waiting))

        def tick() -> bool:
            run_due(office)
            wake_delivery()
            return False

        scheduler = Loop("scheduler", tick, idle_seconds=_SCHEDULER_SECONDS)
        loops = {"worker": [worker, waiting, screening], "delivery": deliveries, "scheduler": [scheduler]}
        self._loops = [loop for part, of_part in loops.items() if part in parts for loop in of_part]
        self._acceptance = Acceptance(office, worker.wake, limits_of(config))
        self.listener = listener_of(config, self._acceptance, sockets) if "listener" in parts else None
        self._door = self._acceptance.pressure if self.listener is not None else None
        self._office = office
        self.page: Page | None = None
        if config.watch.address is not None:
            self.page = Page(*config.watch.address, registry_of(office), self.problems)

    @property
    def port(self) -> int | None:
        """Where the listener listens; None when this process has none."""
        return self.listener.port if self.listener is not None else None

    def ill_parts(self) -> list[str]:
        """What only a restart of this process can help, a line each."""
        return ill_parts([*self._loops, *([self.listener] if self.listener is not None else [])])

    def problems(self) -> list[str]:
        """What keeps this process from its work, a line each; none when all is well."""
        return [*self.ill_parts(), *trouble_around(self._office, self._door)]

    def start(self) -> None:
        """Raises Refused when the listener's address is taken; then nothing has been started."""
        if self.listener is not None:
            self.listener.start()
        for loop in self._loops:
            loop.start()
        if self.page is not None:
            self.page.start()

    def stop(self) -> None:
        """No new mail, then each loop finishes what it has in hand."""
        if self.listener is not None:
            self.listener.stop()
        self._acceptance.close()
        for loop in self._loops:
            loop.stop()
        self._relay.close()
        self._reader.close()
        if self.page is not None:
            self.page.stop()


def serve(config: Config, parts: Collection[str], ready: Callable[[Service], None]) -> None:
    """Runs until SIGTERM or SIGINT; `ready` is called when everything runs.

    Started as root it takes its address and is root no more, before it opens anything: see `settle`.
    """
    configure_log(logging.INFO)
    sockets = None
    if "listener" in parts:
        privileges.refuse_root(config.service.user, config.listener.host)
        sockets = address_of(config)
    settle(config)
    office = open_office(config)
    service = Service(config, office, parts, sockets)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    service.start()
    if privileges.is_root():
        _log.warning(Event.AS_ROOT)
    ready(service)
    systemd.notify(systemd.READY)
    while not stopping.wait(systemd.seconds_between_words()):
        if not service.ill_parts():
            systemd.notify(systemd.WELL)
    systemd.notify(systemd.STOPPING)
    service.stop()
    office.database.close()
