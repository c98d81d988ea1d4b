"""From the settings to an open office: database, keys, policy, who looks at senders. What every command needs, and no
more: the edges to the world are `edges.py`, the running loops `service.py`. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial

from mailgate.config import Config
from mailgate.config.sections import DueDates, Letterhead
from mailgate.desk.attributes import Bands
from mailgate.desk.desks import DeskPolicy, Desks
from mailgate.desk.policy import Policy
from mailgate.desk.quiet_hours import QuietHours
from mailgate.desk.retention import Retention
from mailgate.desk.targets import Targets
from mailgate.desk.trust import AuthenticationPolicy
from mailgate.errors import BadKeys
from mailgate.flow.context import Office
from mailgate.flow.verifier import Verifier
from mailgate.mail.authentication import Verdict
from mailgate.mail.limits import ReadingLimits
from mailgate.mail.reply_address import MAIN_DESK
from mailgate.sandbox.limits import ChildLimits
from mailgate.store import migrate
from mailgate.store.audit_head import StoreHeadKeeper
from mailgate.store.custody import destroy_case_key
from mailgate.store.database import Database
from mailgate.store.engine import open_engine, sqlite_file
from mailgate.store.key_files import INDEX_KEY_FILES, keys_are_lost, missing_keys
from mailgate.store.sealing import Keys, lacking, load_keys, load_keys_of_listener


def open_office(config: Config, *, takes_only: bool = False) -> Office:
    """The office on the configured database; an empty one gets its tables. `takes_only` for a process that takes mail
    and must be able to open nothing. Raises BadConfiguration, BadKeys, WrongDatabase, Later."""
    policy = policy_of(config)
    database = Database(config.database.url, keys_of(config, takes_only=takes_only))
    migrate.prepare(database.engine)
    keys = database.keys
    return Office(
        database,
        policy,
        verifier=verifier_of(config),
        head_keeper=StoreHeadKeeper(keys.ring.store) if keys.can_open else None,
        destroy_key=partial(destroy_case_key, database),
    )


def database_is_empty(config: Config) -> bool:
    """Whether the configured database is not there, or has nothing in it yet; needs no keys and makes no file."""
    engine = open_engine(config.database.url)
    file = sqlite_file(engine)
    return (file is not None and not file.is_file()) or migrate.is_empty(engine)


def keys_of(config: Config, *, takes_only: bool = False) -> Keys:
    """The configured keys; see `open_office`. Raises BadKeys; where a database was sealed with those that are missing,
    only their backup helps, and that is what it says."""
    directory = config.keys.directory
    if takes_only:  # looks for nothing else: it may have neither root key nor key store
        missing = [name for name in missing_keys(directory) if name in INDEX_KEY_FILES]
    else:
        missing = lacking(directory, config.key_store_url())
    if missing and not database_is_empty(config):
        raise BadKeys(keys_are_lost(directory, missing))
    return load_keys_of_listener(directory) if takes_only else load_keys(directory, config.key_store_url())


def upgrade_database(config: Config) -> None:
    """Brings the tables to this version. Raises WrongDatabase for a newer database."""
    migrate.upgrade(open_engine(config.database.url))


def policy_of(config: Config) -> Policy:
    """The settings as the floors below know them."""
    return Policy(
        desks=desks_of(config),
        timezone=config.service.timezone,
        addresses=config.own_addresses(),
        authentication=AuthenticationPolicy(config.authentication.policy),
        trusted_authserv_ids=frozenset(name.lower() for name in config.authentication.trusted_authserv_ids),
        quiet_days=config.desk.quiet_days,
        retention_days=config.desk.retention_days,
        k_anonymity=config.desk.k_anonymity,
        retry_hours=config.delivery.retry_hours,
        undo_seconds=config.desk.undo_seconds,
        answers_per_day=config.desk.answers_per_day,
        answers_per_case_hour=config.desk.answers_per_case_hour,
        calendar=config.desk.calendar,
        quiet_hours=QuietHours(*config.desk.quiet_hours) if config.desk.quiet_hours else None,
        confirmation_months=config.desk.confirmation_months,
        confirmations_per_day=config.desk.confirmations_per_day,
        confirmation_days=config.desk.confirmation_days,
        digest_time=config.desk.digest_time,
        teacher_consent=config.desk.teacher_consent,
        retention=Retention(**config.retention.model_dump()),
        bands=Bands(config.attributes.years, config.attributes.years_coarse, config.attributes.oldest_age),
        answer_slots=tuple(sorted(config.desk.answer_slots)),
        grace_days=config.desk.grace_days,
        conflict_years=config.desk.conflict_years,
        targets=Targets(**config.targets.model_dump()),
    )


def desks_of(config: Config) -> Desks:
    """All desks, the main one first."""
    further = tuple(_desk(one.id, one, one) for one in config.desks)
    return Desks(_desk(MAIN_DESK, config.service, config.desk), further)


def _desk(desk_id: str, head: Letterhead, days: DueDates) -> DeskPolicy:
    return DeskPolicy(
        desk_id,
        head.name,
        head.language,
        days.invitation_days,
        days.reminder_days,
        days.answer_days,
        head.operators,
        head.templates,
    )


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
