"""DKIM over a finished letter (RFC 6376, RFC 8463), so that carriers and schools believe that it is ours.

Before: `mail/compose.py`. After: the outbox keeps the signed bytes and nothing changes them again. `dkim_key.py` makes
the keys.

dkimpy signs. `cryptography` reads the keys and does the arithmetic of RSA: dkimpy takes neither every PEM form nor an
Ed25519 PEM at all, and its RSA is Python's own, several times slower. dkimpy writes the moment of signing into `t=` by
itself: the one clock in this floor.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import dkim  # type: ignore[import-untyped]  # dkimpy ships no types
import idna
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from mailgate.errors import BadKeys, BadLetter

_LEAST_RSA_BITS = 1024
_RSA, _ED25519 = b"rsa-sha256", b"ed25519-sha256"

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

SigningKey = RSAPrivateKey | Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose signature it is: `selector`._domainkey.`domain` is where the public key stands in the DNS."""

    domain: str
    selector: str
    key: SigningKey = field(repr=False)


def read_key(pem: bytes) -> SigningKey:
    """An unencrypted private key, RSA of 1024 bits and more or Ed25519. Raises BadKeys for anything else."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadKeys("the DKIM key is not an unencrypted private key in PEM form") from None
    if isinstance(key, Ed25519PrivateKey) or (isinstance(key, RSAPrivateKey) and key.key_size >= _LEAST_RSA_BITS):
        return key
    raise BadKeys(
        "the DKIM key must be RSA of {least_rsa_bits} bits and more, or Ed25519", least_rsa_bits=_LEAST_RSA_BITS
    )


def sign(raw: bytes, signers: Sequence[Signer]) -> bytes:
    """`raw` (a whole letter, CRLF) with one DKIM-Signature of each signer on top, the first one's topmost; all are
    relaxed/relaxed, SHA-256, and none knows of another.

    Raises BadLetter when the letter has no From field or cannot be signed for another reason.
    """
    try:
        return b"".join(_signature(raw, signer) for signer in signers) + raw
    except (dkim.DKIMException, idna.IDNAError, UnicodeEncodeError) as error:
        raise BadLetter("the letter cannot be signed ({kind})", kind=type(error).__name__) from None


def _signature(raw: bytes, signer: Signer) -> bytes:
    """The whole field. Raises BadLetter, and what dkimpy and idna raise."""
    algorithm, key = _for_dkimpy(signer.key)
    signing = _Signing(signer.key, raw, signature_algorithm=algorithm)
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
    return bytes(signature)


class _Signing(dkim.DKIM):  # type: ignore[misc]  # the class has no types either
    """dkimpy's way of signing, with an RSA key that does its arithmetic itself."""

    def __init__(self, key: SigningKey, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._key = key

    def gen_header(
        self, fields: Any, include_headers: Any, canon_policy: Any, header_name: Any, pk: Any, standardize: bool = False
    ) -> bytes:
        """The last step of `sign`. By now `fields` has a=rsa-sha256 and the hash is chosen: all that is left of the
        algorithm is whether dkimpy calculates, or asks the key as it does with Ed25519."""
        if isinstance(self._key, RSAPrivateKey):
            self.signature_algorithm, pk = _ED25519, _AskedForRsa(self._key)
        made: bytes = super().gen_header(fields, include_headers, canon_policy, header_name, pk, standardize)
        return made


@dataclass(frozen=True, slots=True)
class _AskedForRsa:
    """An RSA key with the manners of PyNaCl's: `sign(digest).signature`."""

    key: RSAPrivateKey

    def sign(self, digest: bytes) -> _Signed:
        return _Signed(self.key.sign(digest, PKCS1v15(), Prehashed(SHA256())))


@dataclass(frozen=True, slots=True)
class _Signed:
    signature: bytes


def _for_dkimpy(key: SigningKey) -> tuple[bytes, bytes]:
    """Algorithm and key in the form that dkimpy takes: PKCS#1 PEM, or the base64 of an Ed25519 seed."""
    if isinstance(key, Ed25519PrivateKey):
        return _ED25519, base64.b64encode(key.private_bytes_raw())
    return _RSA, key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
