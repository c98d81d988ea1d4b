"""How single settings are written, and the values that they become.

Used by `sections` as pydantic annotations. A text that does not fit raises ValueError without words: what is expected
is the description of the key, said by `reading`. Nothing here looks at two keys at once.
"""

from __future__ import annotations

import ipaddress
import re
from datetime import time
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, InstanceOf, Strict, StringConstraints

from mailgate.desk.business_days import is_country
from mailgate.mail.address import Address, parse_address

LOCAL_PART_LIMIT = 64  # octets, RFC 5321 4.5.3.1.1
TOKEN_PREFIX_LIMIT = LOCAL_PART_LIMIT - 1 - 24  # separator and token of mail/reply_address.py

_LOCAL_PART = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_BRACKETED = re.compile(r"\[([^\[\]]{1,45})\](?::([0-9]{1,5}))?")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SELECTOR_LIMIT = 63
_SELECTOR = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,4}}")
_DNS_PORT = "53"
_PORT = re.compile(r"[0-9]{1,5}")
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")


def _local_part(text: str) -> str:
    text = text.lower()
    if not _LOCAL_PART.fullmatch(text):
        raise ValueError
    return text


def _domain(text: str) -> str:
    """ASCII only: a U-label in every address of ours would ask SMTPUTF8 of every recipient."""
    address = parse_address(f"x@{text}")
    if address is None or not address.domain.isascii():
        raise ValueError
    return address.domain


def _mailbox(value: object) -> object:
    return (parse_address(value) or value) if isinstance(value, str) else value


def _zone(value: object) -> object:
    try:
        return ZoneInfo(value) if isinstance(value, str) else value
    except (KeyError, OSError) as error:  # no such zone; the name of a folder of zones, such as "Asia"
        raise ValueError from error


def _optional_file(value: object) -> object:
    """TOML has no null: an empty text says that there is no such file."""
    return (Path(value) if value else None) if isinstance(value, str) else value


def _folder(value: object) -> object:
    return Path(value) if isinstance(value, str) and value else value


def _slot(value: object) -> object:
    """Reads "07:30" as a time of day."""
    if not isinstance(value, str):
        return value
    if not _CLOCK.fullmatch(value):
        raise ValueError
    hour, minute = value.split(":")
    return time(int(hour), int(minute))


def _optional_time(value: object) -> object:
    return None if value == "" else _slot(value)


def _hours(value: object) -> object:
    """Reads "21:00-07:00" as two times of day, "" as none."""
    if not isinstance(value, str):
        return value
    if not value:
        return None
    begins, hyphen, ends = value.partition("-")
    if not hyphen or begins == ends:
        raise ValueError
    return (_slot(begins), _slot(ends))


def _calendar(text: str) -> str:
    # That there is one of Japan is known; to ask takes a third of a second, which no command should wait for.
    if text not in ("", "JP") and not is_country(text):
        raise ValueError
    return text


def _nameserver(value: object) -> object:
    """Reads "192.0.2.1", "192.0.2.1:5353", "2001:db8::1" and "[2001:db8::1]:5353" as (host, port)."""
    if not isinstance(value, str):
        return value
    host, port = value, _DNS_PORT
    if bracketed := _BRACKETED.fullmatch(value):
        host, port = bracketed[1], bracketed[2] or _DNS_PORT
    elif value.count(":") == 1:
        host, _, port = value.partition(":")
    return str(ipaddress.ip_address(host)), int(port)


def _network(value: object) -> object:
    """Reads "192.0.2.0/24" and "192.0.2.25", the network of one address."""
    return ipaddress.ip_network(value) if isinstance(value, str) else value


def _loopback_port(value: object) -> object:
    """Reads "127.0.0.1:9410" and "[::1]:9410" as (host, port), and "" as none; port 0 takes any free one."""
    if not isinstance(value, str):
        return value
    if value == "":
        return None
    bracketed = _BRACKETED.fullmatch(value)
    host, port = (bracketed[1], bracketed[2]) if bracketed else value.split(":")
    address = ipaddress.ip_address(host)
    if not address.is_loopback or not port or not _PORT.fullmatch(port) or int(port) > 65_535:
        raise ValueError
    return str(address), int(port)


def _nameserver_port(server: tuple[str, int]) -> tuple[str, int]:
    if not 0 < server[1] < 65_536:
        raise ValueError
    return server


def _database_url(url: str) -> str:
    """A SQLite file or a PostgreSQL database. Not in memory: what was acknowledged must outlive the process."""
    parts = urlsplit(url)
    path = url.removeprefix("sqlite:///")
    sqlite = path not in ("", url) and not path.startswith((":", "file:")) and "?" not in path
    postgresql = parts.scheme == "postgresql+psycopg" and parts.path.strip("/") != ""
    if not sqlite and not postgresql:
        raise ValueError
    return url


def _optional_database_url(url: str) -> str:
    return _database_url(url) if url else ""


def is_selector(text: str) -> bool:
    """Labels of the DNS (RFC 6376 3.1), in lower case since they name a file, too."""
    return len(text) <= _SELECTOR_LIMIT and _SELECTOR.fullmatch(text) is not None


def _selector(text: str) -> str:
    if not is_selector(text.lower()):
        raise ValueError
    return text.lower()


LocalPart = Annotated[str, StringConstraints(max_length=LOCAL_PART_LIMIT), AfterValidator(_local_part)]
TokenPrefix = Annotated[str, StringConstraints(max_length=TOKEN_PREFIX_LIMIT), AfterValidator(_local_part)]
Domain = Annotated[str, AfterValidator(_domain)]
Mailbox = Annotated[InstanceOf[Address], BeforeValidator(_mailbox)]
Slot = Annotated[InstanceOf[time], BeforeValidator(_slot)]
OptionalTime = Annotated[InstanceOf[time] | None, BeforeValidator(_optional_time)]
Hours = Annotated[tuple[time, time] | None, Strict(False), BeforeValidator(_hours)]
Calendar = Annotated[str, AfterValidator(_calendar)]
Zone = Annotated[InstanceOf[ZoneInfo], BeforeValidator(_zone)]
OptionalFile = Annotated[InstanceOf[Path] | None, BeforeValidator(_optional_file)]
Selector = Annotated[str, AfterValidator(_selector)]
Folder = Annotated[InstanceOf[Path], BeforeValidator(_folder)]
Nameserver = Annotated[tuple[str, int], BeforeValidator(_nameserver), AfterValidator(_nameserver_port)]
Network = Annotated[InstanceOf[ipaddress.IPv4Network] | InstanceOf[ipaddress.IPv6Network], BeforeValidator(_network)]
Networks = Annotated[tuple[Network, ...], Strict(False)]
LoopbackPort = Annotated[tuple[str, int] | None, BeforeValidator(_loopback_port)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
OptionalDatabaseUrl = Annotated[str, AfterValidator(_optional_database_url)]
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$")]
"""Text that may stand in a header or a log: no line end can hide in it."""
FilledLine = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$")]
