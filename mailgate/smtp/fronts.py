"""The servers before ours that say for whom they speak: by the PROXY protocol, or by Postfix's command XCLIENT.

Without it the address of such a front would be judged instead of the stranger's: by SPF, and by every limit that counts
addresses. Only fronts that the settings name are heard. Pure: reads what they said, `guest.py` acts on it. The formats:
haproxy's proxy-protocol.txt (aiosmtpd reads it), Postfix's XCLIENT_README, and xtext of RFC 3461 section 4.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache

from aiosmtpd.proxy_protocol import ProxyData

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

XCLIENT_OFFER = "XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT"
_ATTRIBUTES = frozenset(XCLIENT_OFFER.split()[1:])
_NOT_KNOWN = ("[UNAVAILABLE]", "[TEMPUNAVAIL]")
_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-Fa-f]{2})*")
_HEX = re.compile(r"\+([0-9A-Fa-f]{2})")
_PEERS_REMEMBERED = 1000
"""Each command of a client asks about it, and an address takes long to read."""


@dataclass(frozen=True, slots=True)
class Fronts:
    """Whose word is taken."""

    proxy: tuple[Network, ...] = ()
    """Each of their connections begins with the PROXY header, version 1 or 2; one without it is closed."""
    xclient: tuple[Network, ...] = ()
    """These may say XCLIENT."""


NO_FRONTS = Fronts()


@dataclass(frozen=True, slots=True)
class Word:
    """What an XCLIENT said; None where it said nothing of it."""

    peer: str | None = None
    """An IP address, or "" where the front does not know one."""
    helo: str | None = None


def plain_address(text: str) -> str:
    """The IP address in `text` as it is compared and kept: no zone, IPv4 never as IPv6; "" when it is none."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


@lru_cache(maxsize=_PEERS_REMEMBERED)
def is_among(peer: str, networks: tuple[Network, ...]) -> bool:
    """Whether the address `peer` is in one of `networks`; "" is in none."""
    return bool(networks) and peer != "" and any(ipaddress.ip_address(peer) in network for network in networks)


def peer_of(header: ProxyData) -> str | None:
    """The client that a PROXY header names: "" where it names none (LOCAL, UNKNOWN), None where it is not valid."""
    if not header.valid:
        return None
    return plain_address(str(header.src_addr)) if header.src_addr else ""


def read_xclient(argument: str) -> Word | None:
    """What the argument of XCLIENT says ("ADDR=192.0.2.7 HELO=mail.example"); None when it cannot be read."""
    found: dict[str, str] = {}
    for pair in argument.split():
        name, equals, value = pair.partition("=")
        name = name.upper()
        if not equals or name not in _ATTRIBUTES or not _XTEXT.fullmatch(value):
            return None
        found[name] = _HEX.sub(lambda octet: chr(int(octet[1], 16)), value)
    if not found:
        return None
    peer = found.get("ADDR")
    if peer is not None:
        unknown = peer.upper() in _NOT_KNOWN
        peer = "" if unknown else plain_address(re.sub(r"\AIPV6:", "", peer, flags=re.IGNORECASE))
        if not peer and not unknown:
            return None
    helo = found.get("HELO")
    return Word(peer, "" if helo is not None and helo.upper() in _NOT_KNOWN else helo)
