"""What is laid down for an installation: by `mailgate init` a configuration to start from, the keys and the folders, by
`mailgate key dkim` a key to sign with. Never overwrites anything.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from mailgate.config import Config
from mailgate.edges import signer_with
from mailgate.errors import BadConfiguration, BadKeys
from mailgate.mail.dkim_key import Algorithm, new_key
from mailgate.mail.signing import Signer
from mailgate.office import database_is_empty, keys_of, open_office
from mailgate.resources import folder
from mailgate.secret_file import write_secret
from mailgate.store.sealing import create_keys

_TRY_OUT = """# This copy is for trying out on this machine: it believes every sender.
# Set "enforce" before strangers can reach it.
policy = "off"
"""


def write_config(path: Path) -> bool:
    """Writes the reference configuration to `path`, set for trying out; says whether there was none."""
    if path.exists():
        return False
    reference = (folder("config") / "mailgate.toml").read_text(encoding="utf-8")
    text, changed = re.subn(r'^policy = "enforce"\n', _TRY_OUT, reference, flags=re.MULTILINE)
    assert changed == 1, "the reference sets the policy once"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise BadConfiguration([f"{path} cannot be written: {error.strerror}"]) from None
    return True


def install(config: Config) -> list[str]:
    """Makes the keys and the database, where missing; gives a line for each thing made.

    Raises BadKeys when a database has data but the keys that sealed them are gone: new ones would hide the loss.
    """
    directory = config.keys.directory
    if not database_is_empty(config):
        keys_of(config)
    made = [f"Made keys in {directory}."] if create_keys(directory) else []
    open_office(config).database.close()
    return made


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A key to sign with, and whether it was made just now."""

    signer: Signer
    file: Path
    is_new: bool


def dkim_key(config: Config, selector: str, algorithm: Algorithm) -> DkimKey:
    """The key of a selector, made (0600) if there is none; one that is there stays, of whatever algorithm it is.

    Raises BadKeys when it cannot be written, or what is there cannot be used.
    """
    file = config.dkim_key(selector)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_new = not file.exists() and write_secret(file, new_key(algorithm))
    except OSError as error:
        raise BadKeys(f"{file} cannot be written: {error.strerror}") from None
    return DkimKey(signer_with(config, selector), file, is_new)
