"""How sealed octets look: three formats that all say by themselves which key opens them. Pure; knows no key.

    01 | nonce 12 | AES-256-GCM                                       under root key 1 itself; only ever opened now
    02 | key id 16 | nonce 12 | AES-256-GCM                           under a key of the key store: desk, or one case
    03 | day key id 16 | HPKE 80 | nonce 12 | AES-256-GCM             under a data key that only the day key opens

The associated data are all octets before the nonce, then the place ("table.column.row"): nothing opens at another
place, and no octet before the nonce can be changed. Nonces are random. `key_ring.py` finds the key.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mailgate.errors import BadKeys

ID_BYTES = 16
KEY_BYTES = 32
DATA_KEY_BYTES = 80
"""A data key wrapped by HPKE (RFC 9180): 32 of the encapsulation, 32 of the key, 16 of its tag."""
_NONCE_BYTES = 12
_TAG_BYTES = 16


class Form(IntEnum):
    """The first octet."""

    ROOT = 1
    KEY = 2
    INTAKE = 3


_HEADER_BYTES = {Form.ROOT: 1, Form.KEY: 1 + ID_BYTES, Form.INTAKE: 1 + ID_BYTES + DATA_KEY_BYTES}


@dataclass(frozen=True, slots=True)
class Seal:
    """Sealed octets, taken apart."""

    form: Form
    key_id: str
    """32 hexadecimal digits; "" where the form names none."""
    data_key: bytes
    """Wrapped; empty but for intake."""
    header: bytes
    body: bytes
    """Nonce and ciphertext."""


def header(key_id: str, data_key: bytes = b"") -> bytes:
    """What stands before the nonce of what is sealed under this key, or (with a wrapped data key) at intake."""
    return bytes([Form.INTAKE if data_key else Form.KEY]) + bytes.fromhex(key_id) + data_key


def sealed(head: bytes, cipher: AESGCM, place: str, plain: bytes) -> bytes:
    """`plain` sealed for `place`; 28 octets longer than it and the header."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return head + nonce + cipher.encrypt(nonce, plain, head + place.encode())


def parts_of(octets: bytes) -> Seal:
    """Raises BadKeys for what cannot be a seal."""
    try:
        form = Form(octets[0])
    except (IndexError, ValueError):
        raise BadKeys("these octets were not sealed by this mailgate, or are damaged") from None
    length = _HEADER_BYTES[form]
    if len(octets) < length + _NONCE_BYTES + _TAG_BYTES:
        raise BadKeys("sealed octets are cut short")
    head = octets[:length]
    return Seal(form, head[1 : 1 + ID_BYTES].hex(), head[1 + ID_BYTES :], head, octets[length:])


def opened(seal: Seal, cipher: AESGCM, place: str) -> bytes:
    """What was sealed for exactly this place. Raises BadKeys when key, place or octets do not fit."""
    nonce, body = seal.body[:_NONCE_BYTES], seal.body[_NONCE_BYTES:]
    try:
        return cipher.decrypt(nonce, body, seal.header + place.encode())
    except (InvalidTag, ValueError) as error:
        raise BadKeys("{place} does not open with the keys in use: were they replaced?", place=place) from error
