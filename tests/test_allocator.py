"""One pool of memory for all threads, counted by the C library itself (malloc_info(3))."""

import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

_POOLS_OF_FOUR_THREADS = """
import ctypes, sys, threading
from mailgate.allocator import keep_one_arena

if sys.argv[2] == "one":
    assert keep_one_arena() is True
together = threading.Barrier(4)

def hold():
    block = bytearray(100_000)  # more than Python's own allocator takes, less than is mapped by itself
    together.wait()

threads = [threading.Thread(target=hold) for _ in range(4)]
for one in threads: one.start()
for one in threads: one.join()
library = ctypes.CDLL(None)
library.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(library.fopen(sys.argv[1].encode(), b"w"))
library.malloc_info(0, file)
library.fclose(file)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="pools are glibc's")
@pytest.mark.parametrize(("asked", "is_one"), [("one", True), ("as it is", False)])
def test_threads_share_one_pool(tmp_path: Path, asked: str, is_one: bool) -> None:
    told = tmp_path / "pools.xml"
    subprocess.run([sys.executable, "-c", _POOLS_OF_FOUR_THREADS, str(told), asked], check=True, timeout=60)
    assert (len(re.findall("<heap nr=", told.read_text())) == 1) is is_one
