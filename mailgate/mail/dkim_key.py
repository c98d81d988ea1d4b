"""Keys that our mails are signed with, and how each is told to the world (RFC 6376 3.6.1, RFC 8463 4).

Before: an operator asks for a key (`mailgate key dkim`). After: `signing.py` signs with it, and whoever gets a mail
reads the public half in the DNS.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from mailgate.mail.signing import Signer

_RSA_BITS = 2048
"""More does not fit into what some providers of DNS let one enter, and not into one UDP answer with other records."""
_STRING_OCTETS = 255
_TTL_SECONDS = 3600


class Algorithm(StrEnum):
    RSA = "rsa"
    """Every receiver knows it."""
    ED25519 = "ed25519"
    """Short and quick; not every receiver knows it yet, so it never stands alone."""


@dataclass(frozen=True, slots=True)
class TxtRecord:
    """What to put into the DNS."""

    name: str
    """In full, without a dot at its end."""
    value: str
    """ASCII, in one piece; may be longer than one string of a TXT record."""

    @property
    def strings(self) -> tuple[str, ...]:
        """The value in pieces of at most 255 octets, as the DNS keeps it; who reads it joins them."""
        return tuple(self.value[at : at + _STRING_OCTETS] for at in range(0, len(self.value), _STRING_OCTETS))

    @property
    def zone_line(self) -> str:
        """The line of a zone file (RFC 1035 5.1). The value has no quote and no backslash in it."""
        strings = " ".join(f'"{one}"' for one in self.strings)
        return f"{self.name}. {_TTL_SECONDS} IN TXT ( {strings} )"


def new_key(algorithm: Algorithm) -> bytes:
    """A fresh private key as PEM (PKCS#8), not encrypted."""
    key = (
        Ed25519PrivateKey.generate()
        if algorithm is Algorithm.ED25519
        else generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
    )
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def algorithm_of(signer: Signer) -> Algorithm:
    return Algorithm.ED25519 if isinstance(signer.key, Ed25519PrivateKey) else Algorithm.RSA


def record_of(signer: Signer) -> TxtRecord:
    """The public half of the signer's key."""
    public = signer.key.public_key()
    octets = (
        public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        if algorithm_of(signer) is Algorithm.ED25519
        else public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    value = f"v=DKIM1; k={algorithm_of(signer)}; p={base64.b64encode(octets).decode('ascii')}"
    return TxtRecord(f"{signer.selector}._domainkey.{signer.domain}", value)
