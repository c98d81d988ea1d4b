"""DKIM over a finished letter (RFC 6376, RFC 8463), so that carriers and schools believe that it is ours.

Before: `mail/compose.py`. After: the outbox keeps the signed bytes and nothing changes them again.

dkimpy signs; the key is read by `cryptography`, since dkimpy takes neither every PEM form nor an Ed25519 PEM at all.
dkimpy writes the moment of signing into `t=` by itself: the one clock in this floor.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

import dkim  # type: ignore[import-untyped]  # dkimpy ships no types
import idna
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from mailgate.errors import BadKeys, BadLetter

_LEAST_RSA_BITS = 1024

# Each is signed once more than it is there (RFC 6376 5.4.2, 8.15): nobody can add a second one, or one that is missing.
_SIGNED = (
    b"from",
    b"sender",
    b"reply-to",
    b"to",
    b"cc",
    b"subject",
    b"date",
    b"message-id",
    b"in-reply-to",
    b"references",
    b"auto-submitted",
    b"mime-version",
    b"content-type",
    b"content-transfer-encoding",
)


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose signature it is: `selector`._domainkey.`domain` is where the public key stands in the DNS.

    `private_key_pem` is an unencrypted key, RSA (1024 bits and more) or Ed25519. Raises BadKeys for anything else.
    """

    domain: str
    selector: str
    private_key_pem: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _for_dkimpy(self.private_key_pem)


def sign(raw: bytes, signer: Signer) -> bytes:
    """`raw` (a whole letter, CRLF) with one DKIM-Signature on top, relaxed/relaxed, SHA-256.

    Raises BadLetter when the letter has no From field or cannot be signed for another reason.
    """
    algorithm, key = _for_dkimpy(signer.private_key_pem)
    try:
        signing = dkim.DKIM(raw, signature_algorithm=algorithm)
        present = [name.lower() for name, _ in signing.headers]
        if b"from" not in present:
            raise BadLetter("the letter cannot be signed: it has no From field")
        signature = signing.sign(
            signer.selector.encode("ascii"),
            idna.encode(signer.domain, uts46=True),
            key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name for name in _SIGNED for _ in range(present.count(name) + 1)],
        )
    except (dkim.DKIMException, idna.IDNAError, UnicodeEncodeError) as error:
        raise BadLetter(f"the letter cannot be signed ({type(error).__name__})") from None
    return bytes(signature) + raw


def _for_dkimpy(pem: bytes) -> tuple[bytes, bytes]:
    """Algorithm and key in the form that dkimpy takes: PKCS#1 PEM, or the base64 of an Ed25519 seed."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadKeys("the DKIM key is not an unencrypted private key in PEM form") from None
    if isinstance(key, Ed25519PrivateKey):
        return b"ed25519-sha256", base64.b64encode(key.private_bytes_raw())
    if isinstance(key, RSAPrivateKey) and key.key_size >= _LEAST_RSA_BITS:
        return b"rsa-sha256", key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    raise BadKeys(f"the DKIM key must be RSA of {_LEAST_RSA_BITS} bits and more, or Ed25519")
