"""Sealing that the sealer cannot open: HPKE (RFC 9180) with X25519, HKDF-SHA256 and AES-256-GCM. Pure.

A pair of keys for each day: the public half is for whoever takes mail, the private half for whoever holds a root key.
The mails themselves are sealed under a data key, which alone is wrapped with the public half: `intake_seal.py`.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from mailgate.errors import BadKeys

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO = b"mailgate intake data key 1"
"""Purpose and version."""


def new_pair() -> tuple[bytes, bytes]:
    """(private, public), 32 octets each."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def wrap_data_key(data_key: bytes, public: bytes) -> bytes:
    """`data_key` (32 octets) for the holder of the private half; 80 octets."""
    return _SUITE.encrypt(data_key, X25519PublicKey.from_public_bytes(public), info=_INFO)


def open_data_key(wrapped: bytes, private: X25519PrivateKey) -> bytes:
    """Raises BadKeys when it was not wrapped for this key, or is damaged."""
    try:
        return _SUITE.decrypt(wrapped, private, info=_INFO)
    except (InvalidTag, ValueError):
        raise BadKeys("a mail was not sealed for the day key that it names, or is damaged") from None
