"""How the C library under Python hands out memory to the threads of a service that runs for months."""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8
"""Of glibc's <malloc.h>, see mallopt(3)."""


def keep_one_arena() -> bool:
    """Has all threads of this process take their memory from one pool; says whether this C library has such pools.

    glibc gives up to eight pools for each core, and a block that one thread frees is not there for another thread: a
    service of some ten threads held 175 MB after 9,000 mails, and with one pool 158 MB (149 after 1,000, 161 after
    50,000 and after 72,000). What it costs is a wait for the pool, which threads that share Python's own
    lock seldom need. Pools that are there already stay, so this comes before the first thread. Other C libraries
    (musl, macOS) are left as they are.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    mallopt.argtypes, mallopt.restype = (ctypes.c_int, ctypes.c_int), ctypes.c_int
    return bool(mallopt(_M_ARENA_MAX, 1))
