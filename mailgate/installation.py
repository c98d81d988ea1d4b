"""What is laid down for an installation: by `mailgate init` a configuration to start from, the keys and the folders, by
`mailgate key init` and `db upgrade` what of the keys an older version had not, by `mailgate key dkim` a key to sign
with. Never overwrites anything.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from mailgate.config import Config
from mailgate.edges import signer_with
from mailgate.errors import BadConfiguration, BadKeys
from mailgate.flow.custody import keep_day_keys
from mailgate.mail.dkim_key import Algorithm, new_key
from mailgate.mail.signing import Signer
from mailgate.office import database_is_empty, open_office
from mailgate.phrase import Phrase
from mailgate.resources import folder
from mailgate.secret_file import write_secret
from mailgate.store.custody import is_unsealed
from mailgate.store.engine import open_engine
from mailgate.store.key_files import create_keys, keys_are_lost, load_index_keys, load_root_keys
from mailgate.store.key_ring import KeyRing
from mailgate.store.key_store import KeyStore, Purpose, missing
from mailgate.store.sealing import lacking
from mailgate.system_words import system_words

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
        raise BadConfiguration(
            [Phrase("{path} cannot be written: {why}", path=path, why=system_words(error))]
        ) from None
    return True


def install(config: Config) -> list[str]:
    """Makes the keys and the database, where missing; gives a line for each thing made.

    Raises BadKeys when a database has data but the keys that sealed them are gone: new ones would hide the loss.
    """
    made = install_keys(config)
    office = open_office(config)
    try:
        keep_day_keys(office)
    finally:
        office.database.close()
    return made


def install_keys(config: Config) -> list[str]:
    """Makes key files, key store and desk key, where missing, also for a database of a version that had no key store;
    gives a line for each thing made. Raises BadKeys as `install` does."""
    directory = config.keys.directory
    is_empty = database_is_empty(config)
    if not is_empty and (lost := lacking(directory, config.key_store_url())):
        raise BadKeys(keys_are_lost(directory, lost))
    made: list[str] = [Phrase("Made keys in {directory}.", directory=directory)] if create_keys(directory) else []
    store = KeyStore(config.key_store_url())
    try:
        if not store.is_there():
            if not is_empty and not is_unsealed(open_engine(config.database.url)):
                raise missing(store)
            store.create()
            made.append(Phrase("Made the key store {place}.", place=store.place))
        ring = KeyRing(load_root_keys(directory, load_index_keys(directory)), store)
        if store.newest(Purpose.DESK) is None:
            ring.make_desk_key(ring.root_in_use())
    finally:
        store.close()
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
        raise BadKeys("{file} cannot be written: {why}", file=file, why=system_words(error)) from None
    return DkimKey(signer_with(config, selector), file, is_new)
