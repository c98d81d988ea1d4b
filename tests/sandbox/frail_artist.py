"""The drawing child of `test_artist.py`: the real one, but a picture of this width makes it do something to itself."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

from mailgate.mail.bare import bare_jpeg
from mailgate.sandbox.drawing import __main__ as child
from mailgate.sandbox.drawing import pictures

real = pictures.drawn


def reaches(what: str) -> bool:
    """Whether something can still be opened."""
    try:
        if what == "network":
            socket.socket()
        elif what == "files":
            Path("/etc/passwd").read_bytes()
        else:
            os.pipe()
    except OSError:
        return False
    return True


def frail(octets: bytes) -> bytes:
    picture = bare_jpeg(octets)
    match picture.width if picture else 0:
        case 101:
            os.kill(os.getpid(), signal.SIGKILL)
        case 102:
            sys.exit(0)
        case 103:
            while True:
                pass
        case 104:
            bytearray(child.MEMORY_BYTES)
        case 105:
            os.write(1, (100).to_bytes(8) + b"!" * 100)
            os._exit(0)
        case 106:
            signal.pause()
        case 107:
            return octets + b"more than pixels"
        case 108:
            if any(map(reaches, ("network", "files", "pipes"))):
                return b""
            os.close(0)
            os.close(2)
            return b"" if any(map(reaches, ("network", "files", "pipes"))) else real(octets)
    return real(octets)


pictures.load()
pictures.load = lambda: None  # type: ignore[assignment]
pictures.drawn = frail  # type: ignore[assignment]
child.CPU_SECONDS = 2
child.main()
