"""Every setting: one model for each section of the file, one field for each key. Together they are `settings.Config`.

Made by `reading` and handed down by `service`. The description of a field completes "expected …" in the line that the
operator gets; defaults are those of `config/mailgate.toml` (a test compares them). Rules about two keys stand at the
later one, so that one start tells of all of them. Long, since it is one table: what a key is stands in one place.
"""

from __future__ import annotations

from datetime import time
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from mailgate.config import expected
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
from mailgate.phrase import Phrase

CLASH = "clash"
"""Type of the errors whose phrase ("text" of their context) goes to the operator as it stands."""


_UNVERIFIED = ("none", "opportunistic")


def clash(text: Phrase) -> PydanticCustomError:
    """A value that is fine alone and not beside another; the phrase is found in the context of the error."""
    return PydanticCustomError(CLASH, "{text}", {"text": text})


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_default=True)


class Letterhead(Section):
    """What a desk is called, in which language it writes, and to whom of its own."""

    name: FilledLine = Field(default="先生の窓口", description=Phrase("a name in one line"))
    language: Literal["ja", "en"] = Field(default="ja", description=expected.words("ja", "en"))
    operators: Annotated[tuple[Mailbox, ...], Strict(False)] = Field(
        default=(), description=Phrase('a list of mail addresses such as ["unei@example.jp"]')
    )
    templates: OptionalFile = Field(
        default=None, description=Phrase('a folder name, or "" for no templates of its own')
    )


class Service(Letterhead):
    domain: Domain = Field(default="desk.example.jp", description=Phrase("a domain name in ASCII"))
    timezone: Zone = Field(default=ZoneInfo("Asia/Tokyo"), description=Phrase('a time zone name such as "Asia/Tokyo"'))
    user: Line = Field(default="", description=Phrase('the name of a user of this machine, "" for whoever starts it'))


class Addresses(Section):
    desk: Annotated[tuple[LocalPart, ...], Strict(False)] = Field(
        default=("soudan",),
        min_length=1,
        description=expected.local_parts('["soudan"]'),
    )
    join: LocalPart = Field(default="join", description=expected.LOCAL_PART)
    reply: TokenPrefix = Field(default="reply", description=expected.prefix(TOKEN_PREFIX_LIMIT))
    bounce: TokenPrefix = Field(default="bounce", description=expected.prefix(TOKEN_PREFIX_LIMIT))
    separator: Literal["+", "-", "=", ".", "_"] = Field(default="+", description=Phrase("one of + - = . _"))

    @field_validator("desk", "join", "reply", "bounce")
    @classmethod
    def _differ(cls, value: str | tuple[str, ...], info: ValidationInfo) -> str | tuple[str, ...]:
        """Each name has one meaning. `info.data` holds the keys before this one, as far as they are valid."""
        own = (value,) if isinstance(value, str) else value
        taken = [*info.data.get("desk", ()), *(info.data[key] for key in ("join", "reply") if key in info.data)]
        for number, name in enumerate(own):
            if name in taken or name in own[:number]:
                raise clash(Phrase('"{name}" is used twice (expected a name for each purpose)', name=name))
        return value


class Listener(Section):
    host: FilledLine = Field(default="127.0.0.1", description=Phrase("an IP address or host name to listen on"))
    port: int = Field(default=8025, ge=0, le=65_535, description=Phrase("a port number, 0 to 65535 (0: any free one)"))
    protocol: Literal["smtp", "lmtp"] = Field(default="smtp", description=expected.words("smtp", "lmtp"))
    max_size_bytes: int = Field(
        default=20_971_520, ge=65_536, le=1_073_741_824, description=expected.octets("64 KiB", "1 GiB")
    )
    max_waiting_bytes: int = Field(
        default=134_217_728, ge=65_536, le=1_099_511_627_776, description=expected.octets("64 KiB", "1 TiB")
    )
    max_connections: int = Field(default=100, ge=1, le=10_000, description=expected.number(1, 10_000))
    max_connections_per_client: int = Field(default=20, ge=1, le=10_000, description=expected.number(1, 10_000))
    trusted_clients: Networks = Field(
        default=(ip_network("127.0.0.0/8"), ip_network("::1")), description=expected.NETWORKS
    )
    proxy_clients: Networks = Field(default=(), description=expected.NETWORKS)
    xclient_clients: Networks = Field(default=(), description=expected.NETWORKS)
    max_recipients: int = Field(default=100, ge=100, le=10_000, description=expected.number(100, 10_000))
    max_commands: int = Field(default=250, ge=120, le=1_000_000, description=expected.number(120, 1_000_000))
    max_errors: int = Field(default=20, ge=1, le=10_000, description=expected.number(1, 10_000))
    max_guesses: int = Field(default=100, ge=1, le=1_000_000, description=expected.number(1, 1_000_000))
    max_mails_per_sender: int = Field(default=60, ge=1, le=1_000_000, description=expected.number(1, 1_000_000))
    idle_seconds: int = Field(default=60, ge=5, le=3600, description=expected.seconds(5, 3600))
    session_seconds: int = Field(default=600, ge=10, le=86_400, description=expected.seconds(10, 86_400))
    min_bytes_per_second: int = Field(default=500, ge=1, le=1_000_000, description=expected.octets("1", "1000000"))
    reuse_port: bool = Field(default=False, description=expected.SWITCH)
    tls_certificate: OptionalFile = Field(default=None, description=expected.file(Phrase("no TLS")))
    tls_key: OptionalFile = Field(default=None, description=expected.file(Phrase("no TLS")))
    tls: Literal["off", "offer", "require"] = Field(
        default="offer", description=expected.words("off", "offer", "require")
    )

    @field_validator("max_waiting_bytes")
    @classmethod
    def _room_for_one(cls, value: int, info: ValidationInfo) -> int:
        if value < info.data.get("max_size_bytes", 0):
            least = info.data["max_size_bytes"]
            raise clash(
                Phrase("{value} (expected no less than max_size_bytes, which is {least})", value=value, least=least)
            )
        return value

    @field_validator("tls_key")
    @classmethod
    def _both_halves(cls, value: object, info: ValidationInfo) -> object:
        return _both_or_none(value, info, "tls_certificate")

    @field_validator("tls")
    @classmethod
    def _something_to_show(cls, value: str, info: ValidationInfo) -> str:
        if value == "require" and "tls_key" in info.data and not info.data["tls_key"]:
            raise clash(Phrase('"require" without a certificate (expected tls_certificate and tls_key, too)'))
        return value


class Spool(Section):
    min_free_bytes: int = Field(
        default=268_435_456, ge=0, le=1_099_511_627_776, description=expected.octets("0", "1 TiB")
    )
    max_backlog: int = Field(default=200_000, ge=1, le=100_000_000, description=expected.number(1, 100_000_000))


class Reading(Section):
    max_header_bytes: int = Field(
        default=262_144, ge=16_384, le=4_194_304, description=expected.octets("16 KiB", "4 MiB")
    )
    max_field_bytes: int = Field(default=8192, ge=1024, le=65_536, description=expected.octets("1 KiB", "64 KiB"))
    max_fields: int = Field(default=1000, ge=50, le=10_000, description=expected.number(50, 10_000))
    max_parts: int = Field(default=200, ge=5, le=1000, description=expected.number(5, 1000))
    max_depth: int = Field(default=20, ge=2, le=20, description=expected.number(2, 20))
    cpu_seconds: int = Field(default=5, ge=1, le=60, description=expected.seconds(1, 60))
    wall_seconds: int = Field(default=10, ge=2, le=300, description=expected.seconds(2, 300))
    memory_bytes: int = Field(
        default=805_306_368, ge=268_435_456, le=17_179_869_184, description=expected.octets("256 MiB", "16 GiB")
    )


class Database(Section):
    url: DatabaseUrl = Field(
        default="sqlite:///mailgate.db",
        repr=False,  # may hold a password
        description=Phrase('"sqlite:///FILE" or "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"'),
    )


class Delivery(Section):
    mode: Literal["smtp", "maildir"] = Field(default="maildir", description=expected.words("smtp", "maildir"))
    maildir: Folder = Field(default=Path("sent"), description=expected.FOLDER)
    host: FilledLine = Field(default="localhost", description=Phrase("the host name or IP address of the relay"))
    port: int = Field(default=25, ge=1, le=65_535, description=Phrase("a port number, 1 to 65535"))
    connections: int = Field(default=4, ge=1, le=100, description=expected.number(1, 100))
    connections_per_domain: int = Field(default=2, ge=1, le=100, description=expected.number(1, 100))
    tls: Literal["none", "opportunistic", "starttls", "tls"] = Field(
        default="none", description=expected.words("none", "opportunistic", "starttls", "tls")
    )
    ca_file: OptionalFile = Field(default=None, description=expected.file(Phrase("the authorities of the system")))
    username: Line = Field(default="", description=Phrase('a text in one line, "" for no login'))
    password_file: OptionalFile = Field(default=None, description=expected.file(Phrase("no login")))
    retry_hours: int = Field(default=120, ge=1, le=720, description=expected.hours(1, 720))

    @field_validator("ca_file")
    @classmethod
    def _something_to_verify(cls, value: object, info: ValidationInfo) -> object:
        if value and (tls := info.data.get("tls")) in _UNVERIFIED:
            raise clash(Phrase('set although tls is "{tls}" (expected tls "starttls" or "tls")', tls=tls))
        return value

    @field_validator("username")
    @classmethod
    def _no_login_in_clear(cls, value: str, info: ValidationInfo) -> str:
        if value and (tls := info.data.get("tls")) in _UNVERIFIED:
            raise clash(
                Phrase(
                    'set although tls is "{tls}" (expected tls "starttls" or "tls": a password never goes in clear)',
                    tls=tls,
                )
            )
        return value

    @field_validator("password_file")
    @classmethod
    def _whole_login(cls, value: object, info: ValidationInfo) -> object:
        return _both_or_none(value, info, "username")


class Dkim(Section):
    selectors: Annotated[tuple[Selector, ...], Strict(False)] = Field(
        default=(), description=Phrase('a list of names for the DNS such as ["mail2026r", "mail2026e"]')
    )

    @field_validator("selectors")
    @classmethod
    def _once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        twice = next((one for number, one in enumerate(value) if one in value[:number]), None)
        if twice is not None:
            raise clash(Phrase('"{name}" is there twice (expected each selector once)', name=twice))
        return value


class Authentication(Section):
    policy: Literal["enforce", "observe", "off"] = Field(
        default="enforce", description=expected.words("enforce", "observe", "off")
    )
    trusted_authserv_ids: Annotated[tuple[FilledLine, ...], Strict(False)] = Field(
        default=(), description=Phrase('a list of names such as ["mx.example.jp"]')
    )


class Dns(Section):
    nameservers: Annotated[tuple[Nameserver, ...], Strict(False)] = Field(
        default=(), description=Phrase('a list of IP addresses, with or without a port, such as ["127.0.0.1:5353"]')
    )


class DueDates(Section):
    invitation_days: int = Field(default=7, ge=1, le=90, description=expected.days(1, 90))
    reminder_days: int = Field(default=2, ge=1, le=89, description=expected.days(1, 89))
    answer_days: int = Field(default=10, ge=1, le=365, description=expected.days(1, 365))

    @field_validator("reminder_days")
    @classmethod
    def _remind_after_the_invitation(cls, value: int, info: ValidationInfo) -> int:
        if value >= info.data.get("invitation_days", value + 1):
            most = info.data["invitation_days"]
            raise clash(
                Phrase("{value} (expected fewer days than invitation_days, which is {most})", value=value, most=most)
            )
        return value


class Desk(DueDates):
    k_anonymity: int = Field(default=5, ge=1, le=1000, description=Phrase("a number of people, 1 to 1000"))
    teacher_consent: bool = Field(default=False, description=expected.SWITCH)
    answer_slots: Annotated[tuple[Slot, ...], Strict(False)] = Field(
        default=(), max_length=24, description=Phrase('a list of local times such as ["07:30", "18:00"]')
    )
    calendar: Calendar = Field(default="JP", description=Phrase('a country such as "JP" (ISO 3166-1), or "" for none'))
    quiet_hours: Hours = Field(
        default=(time(21), time(7)), description=Phrase('hours such as "21:00-07:00", or "" for none')
    )
    digest_time: OptionalTime = Field(
        default=time(8), description=Phrase('a local time such as "08:00", or "" for none')
    )
    quiet_days: int = Field(default=14, ge=1, le=365, description=expected.days(1, 365))
    retention_days: int = Field(default=90, ge=1, le=3650, description=expected.days(1, 3650))
    grace_days: int = Field(default=0, ge=0, le=365, description=expected.days(0, 365))
    conflict_years: int = Field(default=0, ge=0, le=100, description=Phrase("a number of years, 0 (for ever) to 100"))
    undo_seconds: int = Field(default=30, ge=0, le=600, description=expected.seconds(0, 600))
    answers_per_day: int = Field(default=20, ge=1, le=1000, description=expected.number(1, 1000))
    answers_per_case_hour: int = Field(default=30, ge=1, le=1000, description=expected.number(1, 1000))

    confirmation_months: int = Field(
        default=12, ge=0, le=120, description=Phrase("a number of months, 0 (never) to 120")
    )
    confirmation_days: int = Field(default=14, ge=1, le=90, description=expected.days(1, 90))
    confirmations_per_day: int = Field(default=50, ge=1, le=10_000, description=expected.number(1, 10_000))


class Retention(Section):
    raw_days: int = Field(default=7, ge=1, le=3650, description=expected.days(1, 3650))
    case_days: int = Field(default=90, ge=1, le=3650, description=expected.days(1, 3650))
    sent_days: int = Field(default=14, ge=1, le=3650, description=expected.days(1, 3650))
    bounce_days: int = Field(default=7, ge=1, le=3650, description=expected.days(1, 3650))
    audit_years: int = Field(default=3, ge=1, le=30, description=expected.years(1, 30))
    erase_days: int = Field(default=30, ge=1, le=3650, description=expected.days(1, 3650))


class Attributes(Section):
    years: Annotated[tuple[Annotated[int, Strict(False)], ...], Strict(False)] = Field(
        default=(5, 10, 20), min_length=1, max_length=6, description=expected.BORDERS
    )
    years_coarse: int = Field(default=10, ge=2, le=60, description=expected.years(2, 60))
    oldest_age: int = Field(
        default=50, ge=30, le=80, multiple_of=10, description=Phrase("an age: 30, 40, 50, 60, 70 or 80")
    )

    @field_validator("years")
    @classmethod
    def _bands(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        """No band of a single year: that would be the exact number."""
        if any(border - before < 2 for before, border in zip((0, *value), value, strict=False)) or value[-1] > 60:
            raise clash(
                Phrase("{value} does not fit (expected {expected})", value=str([*value]), expected=expected.BORDERS)
            )
        return value

    @field_validator("years_coarse")
    @classmethod
    def _one_of_them(cls, value: int, info: ValidationInfo) -> int:
        if value not in info.data.get("years", (value,)):
            raise clash(Phrase("{value} (expected one of the borders in years)", value=value))
        return value


class Targets(Section):
    first_comment_days: int = Field(default=3, ge=1, le=365, description=expected.days(1, 365))
    share_percent: int = Field(default=90, ge=1, le=100, description=expected.percent(1, 100))
    answer_rate_percent: int = Field(default=60, ge=1, le=100, description=expected.percent(1, 100))
    satisfaction: float = Field(default=4.0, ge=1, le=5, description=Phrase("a number from 1 to 5, such as 4.0"))


class Keys(Section):
    directory: Folder = Field(default=Path("keys"), description=expected.FOLDER)
    store: OptionalDatabaseUrl = Field(
        default="",
        repr=False,  # may hold a password
        description=Phrase('"" for store.db in keys.directory, "sqlite:///FILE" or "postgresql+psycopg://…/DATABASE"'),
    )


class Watch(Section):
    address: LoopbackPort = Field(
        default=None, description=Phrase('an address of this machine alone such as "127.0.0.1:9410", or "" for none')
    )


def _both_or_none(value: object, info: ValidationInfo, other: str) -> object:
    """For two keys that make sense together only; a key that is wrong in itself is told of already."""
    if other in info.data and bool(value) != bool(info.data[other]):
        if value:
            raise clash(Phrase("set, but {other} is not (expected both or none)", other=other))
        raise clash(Phrase("not set, but {other} is (expected both or none)", other=other))
    return value
