"""How a handle such as `M-7F3K` is read, whoever typed it. `store/handles.py` makes them."""

from __future__ import annotations

import unicodedata

_MISREAD = str.maketrans("OIL", "011")


def read_handle(text: str) -> str:
    """`text` as handles are written: upper case, half width, and 0 and 1 for the letters that look like them."""
    prefix, dash, rest = unicodedata.normalize("NFKC", text).strip().upper().partition("-")
    return f"{prefix}{dash}{rest.translate(_MISREAD)}"
