"""Every setting: one model for each section of the file, one field for each key. Together they are `settings.Config`.

Made by `reading` and handed down by `service`. The description of a field completes "expected …" in the line that the
operator gets; defaults are those of `config/mailgate.toml` (a test compares them). Rules about two keys stand at the
later one, so that one start tells of all of them.
"""

from __future__ import annotations

from datetime import time
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from mailgate.config.shapes import (
    TOKEN_PREFIX_LIMIT,
    Calendar,
    DatabaseUrl,
    Domain,
    FilledLine,
    Folder,
    Hours,
    Line,
    LocalPart,
    LoopbackPort,
    Mailbox,
    Nameserver,
    Networks,
    OptionalDatabaseUrl,
    OptionalFile,
    OptionalTime,
    Selector,
    Slot,
    TokenPrefix,
    Zone,
)

CLASH = "clash"
"""Type of the errors whose text goes to the operator as it stands."""


_UNVERIFIED = ("none", "opportunistic")
_SOME_BORDERS = "a list of one to six borders from 2 to 60, each at least 2 above the one before,"
_A_LOCAL_PART = "a local part: letters, digits, and . _ - between them"
_SOME_NETWORKS = 'a list of networks such as ["127.0.0.0/8", "192.0.2.25"]'
_A_PREFIX = f"{_A_LOCAL_PART}; at most {TOKEN_PREFIX_LIMIT} characters"


def clash(text: str) -> PydanticCustomError:
    """A value that is fine alone and not beside another."""
    return PydanticCustomError(CLASH, "{text}", {"text": text})


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_default=True)


class Letterhead(Section):
    """What a desk is called, in which language it writes, and to whom of its own."""

    name: FilledLine = Field(default="先生の窓口", description="a name in one line")
    language: Literal["ja", "en"] = Field(default="ja", description='"ja" or "en"')
    operators: Annotated[tuple[Mailbox, ...], Strict(False)] = Field(
        default=(), description='a list of mail addresses such as ["unei@example.jp"]'
    )
    templates: OptionalFile = Field(default=None, description='a folder name, or "" for no templates of its own')


class Service(Letterhead):
    domain: Domain = Field(default="desk.example.jp", description="a domain name in ASCII")
    timezone: Zone = Field(default=ZoneInfo("Asia/Tokyo"), description='a time zone name such as "Asia/Tokyo"')
    user: Line = Field(default="", description='the name of a user of this machine, "" for whoever starts it')


class Addresses(Section):
    desk: Annotated[tuple[LocalPart, ...], Strict(False)] = Field(
        default=("soudan",),
        min_length=1,
        description='a list of one or more local parts such as ["soudan"]: letters, digits, and . _ - between them',
    )
    join: LocalPart = Field(default="join", description=_A_LOCAL_PART)
    reply: TokenPrefix = Field(default="reply", description=_A_PREFIX)
    bounce: TokenPrefix = Field(default="bounce", description=_A_PREFIX)
    separator: Literal["+", "-", "=", ".", "_"] = Field(default="+", description="one of + - = . _")

    @field_validator("desk", "join", "reply", "bounce")
    @classmethod
    def _differ(cls, value: str | tuple[str, ...], info: ValidationInfo) -> str | tuple[str, ...]:
        """Each name has one meaning. `info.data` holds the keys before this one, as far as they are valid."""
        own = (value,) if isinstance(value, str) else value
        taken = [*info.data.get("desk", ()), *(info.data[key] for key in ("join", "reply") if key in info.data)]
        for number, name in enumerate(own):
            if name in taken or name in own[:number]:
                raise clash(f'"{name}" is used twice (expected a name for each purpose)')
        return value


class Listener(Section):
    host: FilledLine = Field(default="127.0.0.1", description="an IP address or host name to listen on")
    port: int = Field(default=8025, ge=0, le=65_535, description="a port number, 0 to 65535 (0: any free one)")
    protocol: Literal["smtp", "lmtp"] = Field(default="smtp", description='"smtp" or "lmtp"')
    max_size_bytes: int = Field(
        default=20_971_520, ge=65_536, le=1_073_741_824, description="a number of bytes, 64 KiB to 1 GiB"
    )
    max_waiting_bytes: int = Field(
        default=134_217_728, ge=65_536, le=1_099_511_627_776, description="a number of bytes, 64 KiB to 1 TiB"
    )
    max_connections: int = Field(default=100, ge=1, le=10_000, description="a number from 1 to 10000")
    max_connections_per_client: int = Field(default=20, ge=1, le=10_000, description="a number from 1 to 10000")
    trusted_clients: Networks = Field(
        default=(ip_network("127.0.0.0/8"), ip_network("::1")), description=_SOME_NETWORKS
    )
    proxy_clients: Networks = Field(default=(), description=_SOME_NETWORKS)
    xclient_clients: Networks = Field(default=(), description=_SOME_NETWORKS)
    max_recipients: int = Field(default=100, ge=100, le=10_000, description="a number from 100 to 10000")
    max_commands: int = Field(default=250, ge=120, le=1_000_000, description="a number from 120 to 1000000")
    max_errors: int = Field(default=20, ge=1, le=10_000, description="a number from 1 to 10000")
    max_guesses: int = Field(default=100, ge=1, le=1_000_000, description="a number from 1 to 1000000")
    max_mails_per_sender: int = Field(default=60, ge=1, le=1_000_000, description="a number from 1 to 1000000")
    idle_seconds: int = Field(default=60, ge=5, le=3600, description="a number of seconds, 5 to 3600")
    session_seconds: int = Field(default=600, ge=10, le=86_400, description="a number of seconds, 10 to 86400")
    min_bytes_per_second: int = Field(default=500, ge=1, le=1_000_000, description="a number of bytes, 1 to 1000000")
    reuse_port: bool = Field(default=False, description="true or false")
    tls_certificate: OptionalFile = Field(default=None, description='a file name, or "" for no TLS')
    tls_key: OptionalFile = Field(default=None, description='a file name, or "" for no TLS')
    tls: Literal["off", "offer", "require"] = Field(default="offer", description='"off", "offer" or "require"')

    @field_validator("max_waiting_bytes")
    @classmethod
    def _room_for_one(cls, value: int, info: ValidationInfo) -> int:
        if value < info.data.get("max_size_bytes", 0):
            raise clash(f"{value} (expected no less than max_size_bytes, which is {info.data['max_size_bytes']})")
        return value

    @field_validator("tls_key")
    @classmethod
    def _both_halves(cls, value: object, info: ValidationInfo) -> object:
        return _both_or_none(value, info, "tls_certificate")

    @field_validator("tls")
    @classmethod
    def _something_to_show(cls, value: str, info: ValidationInfo) -> str:
        if value == "require" and "tls_key" in info.data and not info.data["tls_key"]:
            raise clash('"require" without a certificate (expected tls_certificate and tls_key, too)')
        return value


class Spool(Section):
    min_free_bytes: int = Field(
        default=268_435_456, ge=0, le=1_099_511_627_776, description="a number of bytes, 0 to 1 TiB"
    )
    max_backlog: int = Field(default=200_000, ge=1, le=100_000_000, description="a number from 1 to 100000000")


class Reading(Section):
    max_header_bytes: int = Field(
        default=262_144, ge=16_384, le=4_194_304, description="a number of bytes, 16 KiB to 4 MiB"
    )
    max_field_bytes: int = Field(default=8192, ge=1024, le=65_536, description="a number of bytes, 1 KiB to 64 KiB")
    max_fields: int = Field(default=1000, ge=50, le=10_000, description="a number from 50 to 10000")
    max_parts: int = Field(default=200, ge=5, le=1000, description="a number from 5 to 1000")
    max_depth: int = Field(default=20, ge=2, le=20, description="a number from 2 to 20")
    cpu_seconds: int = Field(default=5, ge=1, le=60, description="a number of seconds, 1 to 60")
    wall_seconds: int = Field(default=10, ge=2, le=300, description="a number of seconds, 2 to 300")
    memory_bytes: int = Field(
        default=805_306_368, ge=268_435_456, le=17_179_869_184, description="a number of bytes, 256 MiB to 16 GiB"
    )


class Database(Section):
    url: DatabaseUrl = Field(
        default="sqlite:///mailgate.db",
        repr=False,  # may hold a password
        description='"sqlite:///FILE" or "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"',
    )


class Delivery(Section):
    mode: Literal["smtp", "maildir"] = Field(default="maildir", description='"smtp" or "maildir"')
    maildir: Folder = Field(default=Path("sent"), description="a folder name")
    host: FilledLine = Field(default="localhost", description="the host name or IP address of the relay")
    port: int = Field(default=25, ge=1, le=65_535, description="a port number, 1 to 65535")
    connections: int = Field(default=4, ge=1, le=100, description="a number from 1 to 100")
    connections_per_domain: int = Field(default=2, ge=1, le=100, description="a number from 1 to 100")
    tls: Literal["none", "opportunistic", "starttls", "tls"] = Field(
        default="none", description='"none", "opportunistic", "starttls" or "tls"'
    )
    ca_file: OptionalFile = Field(default=None, description='a file name, or "" for the authorities of the system')
    username: Line = Field(default="", description='a text in one line, "" for no login')
    password_file: OptionalFile = Field(default=None, description='a file name, or "" for no login')
    retry_hours: int = Field(default=120, ge=1, le=720, description="a number of hours, 1 to 720")

    @field_validator("ca_file")
    @classmethod
    def _something_to_verify(cls, value: object, info: ValidationInfo) -> object:
        if value and (tls := info.data.get("tls")) in _UNVERIFIED:
            raise clash(f'set although tls is "{tls}" (expected tls "starttls" or "tls")')
        return value

    @field_validator("username")
    @classmethod
    def _no_login_in_clear(cls, value: str, info: ValidationInfo) -> str:
        if value and (tls := info.data.get("tls")) in _UNVERIFIED:
            raise clash(
                f'set although tls is "{tls}" (expected tls "starttls" or "tls": a password never goes in clear)'
            )
        return value

    @field_validator("password_file")
    @classmethod
    def _whole_login(cls, value: object, info: ValidationInfo) -> object:
        return _both_or_none(value, info, "username")


class Dkim(Section):
    selectors: Annotated[tuple[Selector, ...], Strict(False)] = Field(
        default=(), description='a list of names for the DNS such as ["mail2026r", "mail2026e"]'
    )

    @field_validator("selectors")
    @classmethod
    def _once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        twice = next((one for number, one in enumerate(value) if one in value[:number]), None)
        if twice is not None:
            raise clash(f'"{twice}" is there twice (expected each selector once)')
        return value


class Authentication(Section):
    policy: Literal["enforce", "observe", "off"] = Field(default="enforce", description='"enforce", "observe" or "off"')
    trusted_authserv_ids: Annotated[tuple[FilledLine, ...], Strict(False)] = Field(
        default=(), description='a list of names such as ["mx.example.jp"]'
    )


class Dns(Section):
    nameservers: Annotated[tuple[Nameserver, ...], Strict(False)] = Field(
        default=(), description='a list of IP addresses, with or without a port, such as ["127.0.0.1:5353"]'
    )


class DueDates(Section):
    invitation_days: int = Field(default=7, ge=1, le=90, description="a number of days, 1 to 90")
    reminder_days: int = Field(default=2, ge=1, le=89, description="a number of days, 1 to 89")
    answer_days: int = Field(default=10, ge=1, le=365, description="a number of days, 1 to 365")

    @field_validator("reminder_days")
    @classmethod
    def _remind_after_the_invitation(cls, value: int, info: ValidationInfo) -> int:
        if value >= info.data.get("invitation_days", value + 1):
            raise clash(f"{value} (expected fewer days than invitation_days, which is {info.data['invitation_days']})")
        return value


class Desk(DueDates):
    k_anonymity: int = Field(default=5, ge=1, le=1000, description="a number of people, 1 to 1000")
    teacher_consent: bool = Field(default=False, description="true or false")
    answer_slots: Annotated[tuple[Slot, ...], Strict(False)] = Field(
        default=(), max_length=24, description='a list of local times such as ["07:30", "18:00"]'
    )
    calendar: Calendar = Field(default="JP", description='a country such as "JP" (ISO 3166-1), or "" for none')
    quiet_hours: Hours = Field(default=(time(21), time(7)), description='hours such as "21:00-07:00", or "" for none')
    digest_time: OptionalTime = Field(default=time(8), description='a local time such as "08:00", or "" for none')
    quiet_days: int = Field(default=14, ge=1, le=365, description="a number of days, 1 to 365")
    retention_days: int = Field(default=90, ge=1, le=3650, description="a number of days, 1 to 3650")
    grace_days: int = Field(default=0, ge=0, le=365, description="a number of days, 0 to 365")
    conflict_years: int = Field(default=0, ge=0, le=100, description="a number of years, 0 (for ever) to 100")
    undo_seconds: int = Field(default=30, ge=0, le=600, description="a number of seconds, 0 to 600")
    answers_per_day: int = Field(default=20, ge=1, le=1000, description="a number from 1 to 1000")
    answers_per_case_hour: int = Field(default=30, ge=1, le=1000, description="a number from 1 to 1000")

    confirmation_months: int = Field(default=12, ge=0, le=120, description="a number of months, 0 (never) to 120")
    confirmation_days: int = Field(default=14, ge=1, le=90, description="a number of days, 1 to 90")
    confirmations_per_day: int = Field(default=50, ge=1, le=10_000, description="a number from 1 to 10000")


class Retention(Section):
    raw_days: int = Field(default=7, ge=1, le=3650, description="a number of days, 1 to 3650")
    case_days: int = Field(default=90, ge=1, le=3650, description="a number of days, 1 to 3650")
    sent_days: int = Field(default=14, ge=1, le=3650, description="a number of days, 1 to 3650")
    bounce_days: int = Field(default=7, ge=1, le=3650, description="a number of days, 1 to 3650")
    audit_years: int = Field(default=3, ge=1, le=30, description="a number of years, 1 to 30")
    erase_days: int = Field(default=30, ge=1, le=3650, description="a number of days, 1 to 3650")


class Attributes(Section):
    years: Annotated[tuple[Annotated[int, Strict(False)], ...], Strict(False)] = Field(
        default=(5, 10, 20), min_length=1, max_length=6, description=f"{_SOME_BORDERS} such as [5, 10, 20]"
    )
    years_coarse: int = Field(default=10, ge=2, le=60, description="a number of years, 2 to 60")
    oldest_age: int = Field(default=50, ge=30, le=80, multiple_of=10, description="an age: 30, 40, 50, 60, 70 or 80")

    @field_validator("years")
    @classmethod
    def _bands(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        """No band of a single year: that would be the exact number."""
        if any(border - before < 2 for before, border in zip((0, *value), value, strict=False)) or value[-1] > 60:
            raise clash(f"{list(value)} does not fit (expected {_SOME_BORDERS} such as [5, 10, 20])")
        return value

    @field_validator("years_coarse")
    @classmethod
    def _one_of_them(cls, value: int, info: ValidationInfo) -> int:
        if value not in info.data.get("years", (value,)):
            raise clash(f"{value} (expected one of the borders in years)")
        return value


class Targets(Section):
    first_comment_days: int = Field(default=3, ge=1, le=365, description="a number of days, 1 to 365")
    share_percent: int = Field(default=90, ge=1, le=100, description="a share in percent, 1 to 100")
    answer_rate_percent: int = Field(default=60, ge=1, le=100, description="a share in percent, 1 to 100")
    satisfaction: float = Field(default=4.0, ge=1, le=5, description="a number from 1 to 5, such as 4.0")


class Keys(Section):
    directory: Folder = Field(default=Path("keys"), description="a folder name")
    store: OptionalDatabaseUrl = Field(
        default="",
        repr=False,  # may hold a password
        description='"" for store.db in keys.directory, "sqlite:///FILE" or "postgresql+psycopg://…/DATABASE"',
    )


class Watch(Section):
    address: LoopbackPort = Field(
        default=None, description='an address of this machine alone such as "127.0.0.1:9410", or "" for none'
    )


def _both_or_none(value: object, info: ValidationInfo, other: str) -> object:
    """For two keys that make sense together only; a key that is wrong in itself is told of already."""
    if other in info.data and bool(value) != bool(info.data[other]):
        state = f"set, but {other} is not" if value else f"not set, but {other} is"
        raise clash(f"{state} (expected both or none)")
    return value
