"""What `mailgate init` lays down: a configuration to start from, the keys, the folders. Never overwrites anything."""

from __future__ import annotations

import os
import re
from pathlib import Path

from mailgate.config import Config
from mailgate.errors import BadConfiguration
from mailgate.resources import folder
from mailgate.service import database_is_empty, keys_of, open_office
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
