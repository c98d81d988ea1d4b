"""Keys for tests: an installation's key files and key store in a folder of their own, gone with the run.

The files are always the same, so that what stands in `tests/flow/released/` opens; the keys of the store are not.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

from mailgate.store.key_files import INDEX_KEY_FILES, load_index_keys, load_root_keys, root_file
from mailgate.store.key_ring import KeyRing
from mailgate.store.key_store import KeyStore
from mailgate.store.sealing import Keys


def write_keys(folder: Path, root: bytes = b"s") -> Path:
    """Three key files in a new folder."""
    folder.mkdir(mode=0o700, parents=True)
    for name, octet in zip((root_file(1), *INDEX_KEY_FILES), (root, b"a", b"t"), strict=True):
        (folder / name).write_text((octet * 32).hex() + "\n")
        (folder / name).chmod(0o600)
    return folder


def open_keys(folder: Path, url: str = "") -> Keys:
    """What a `Database` is opened with, on the keys in a folder."""
    return Keys(load_index_keys(folder), open_ring(folder, url))


def open_ring(folder: Path, url: str = "", **given: object) -> KeyRing:
    """The ring on the keys in a folder, with a store that has a desk key."""
    store = KeyStore(url or f"sqlite:///{folder}/store.db")
    store.create()
    ring = KeyRing(load_root_keys(folder, load_index_keys(folder)), store, **given)  # type: ignore[arg-type]  # a clock
    if not [one for one in store.all() if one.purpose == "desk"]:
        ring.make_desk_key(1)
    return ring


def throw_away_folder() -> Path:
    """A folder that is gone with the process."""
    folder = Path(tempfile.mkdtemp(prefix="mailgate-keys-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


KEYS = open_keys(write_keys(throw_away_folder() / "keys"))
"""For whatever needs a database and asks nothing of its keys; of this process alone."""
