"""Keys for a bench: made once in a folder that its worker processes share, since they inherit the environment."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from mailgate.store.key_files import create_keys, load_index_keys, load_root_keys
from mailgate.store.key_ring import KeyRing
from mailgate.store.key_store import KeyStore
from mailgate.store.sealing import Keys, load_keys

_FOLDER = "BENCH_KEYS"


def bench_keys() -> Keys:
    """As the service loads them."""
    if _FOLDER not in os.environ:
        folder = tempfile.mkdtemp(prefix="bench-keys-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ[_FOLDER] = folder
    directory = Path(os.environ[_FOLDER])
    url = f"sqlite:///{directory}/store.db"
    if create_keys(directory):
        store = KeyStore(url)
        store.create()
        KeyRing(load_root_keys(directory, load_index_keys(directory)), store).make_desk_key(1)
        store.close()
    return load_keys(directory, url)
