"""Files that only the service may read: private keys and passwords, of which a readable one is no secret.

Used by whoever opens such a file, and by `serve` before it takes any mail. The keys that seal the database are read by
`store/sealing.py`, which is stricter: mailgate makes those itself.
"""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path

from mailgate.errors import BadKeys
from mailgate.system_words import system_words

_OTHERS = stat.S_IRWXO | stat.S_IRWXG
_OTHERS_OF_ROOT = stat.S_IRWXO | stat.S_IWGRP | stat.S_IXGRP
"""A file of root's may be read by a group (root:ssl-cert on Debian), as PostgreSQL has it."""


def read_secret(file: Path, key: str) -> bytes:
    """What is in `file`, which the setting `key` names. Raises BadKeys, in one line that says what to do."""
    check_secret(file, key)
    try:
        return file.read_bytes()
    except OSError as error:
        raise _unreadable(file, key, error) from None


def check_secret(file: Path, key: str) -> None:
    """Raises BadKeys when `file` is not there, or others than its owner can read it."""
    try:
        status = file.stat()
    except OSError as error:
        raise _unreadable(file, key, error) from None
    if status.st_mode & (_OTHERS if status.st_uid != 0 else _OTHERS_OF_ROOT):
        raise BadKeys(
            "{key}: {file} can be read by others: chmod 600 {quoted}", key=key, file=file, quoted=shlex.quote(str(file))
        )


def write_secret(file: Path, octets: bytes) -> bool:
    """Makes `file` (0600) with `octets`, synced to disk; False when there is one: it is never overwritten.

    Raises OSError.
    """
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "wb") as made:
        made.write(octets)
        made.flush()
        os.fsync(made.fileno())
    return True


def _unreadable(file: Path, key: str, error: OSError) -> BadKeys:
    return BadKeys("{key}: {file} cannot be read: {why}", key=key, file=file, why=system_words(error))
