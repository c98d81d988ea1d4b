"""How fast mails are read: a mail of 5 kB of each Japanese client, mails of 10 MB, hostile shapes, many files at once.

Prints CPU times. For hostile input it prints seconds at n and 4 n and the exponent in between: 1 is linear, 2 is
quadratic; a test that asserts this would fail on a busy machine. Exit status 1 when a target is missed.
"""

from __future__ import annotations

import base64
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "mail"), str(ROOT / "tests" / "fuzz")]

from client_mails import mail  # noqa: E402  # found by the line above
from client_matrix import cells, fits  # noqa: E402
from clients import TEXTS, Text  # noqa: E402
from shapes import SHAPES  # noqa: E402

from mailgate.mail.parse import parse  # noqa: E402

SMALL_OCTETS, BIG_OCTETS = 5_000, 10_000_000
SMALL_SECONDS, BIG_SECONDS, SLOPE = 0.002, 0.3, 1.2
HOSTILE_OCTETS, HOSTILE_SECONDS = (200_000, 800_000, 10_000_000), 3.0
FILES = 1_000
_REPEATS, _NOISE = 7, 0.002
_ATTRIBUTION = "2025年3月1日(土) 10:05 先生の窓口 <soudan@desk.example.jp>:"


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def cpu_seconds(work: Callable[[], object], repeats: int = _REPEATS) -> float:
    """The least of several runs: what the work costs on a machine that does nothing else."""
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def small_mails() -> dict[str, bytes]:
    """For each client a reply with a quote below, in its first cell without attachments, of about 5 kB."""
    chosen = {cell.client.name: cell for cell in reversed(list(cells())) if fits(cell, TEXTS[0])}
    return {name: _of_size(cell) for name, cell in sorted(chosen.items())}


def _of_size(cell) -> bytes:  # type: ignore[no-untyped-def]  # it comes from a test's folder
    plain = TEXTS[0]
    octets = b""
    lines = 4
    while len(octets) < SMALL_OCTETS:
        new = "\n".join(plain.body.split("\n")[line % 3] for line in range(lines))
        quoted = "\n".join(f"> {line}" for line in new.split("\n"))
        body = f"{new}\n\n佐伯みなみ\n\n{_ATTRIBUTION}\n{quoted}"
        octets, _ = mail(cell, Text("Re: " + plain.subject, plain.name, body, plain.files))
        lines += 2
    return octets


_HEAD = b"From: a@school.example.jp\r\nSubject: x\r\nDate: Mon, 3 Mar 2025 08:30:00 +0900\r\nMIME-Version: 1.0\r\n"


def big_mails() -> dict[str, bytes]:
    """Of 10 MB each: a picture, a long text in each charset, one HTML page."""
    sentence = "学級のことでご相談します。保護者の方から長いお電話がありました。\r\n"
    octets = bytes(range(256)) * (BIG_OCTETS * 3 // 4 // 256)
    picture = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        + sentence.encode()
        + b"--b\r\nContent-Type: image/jpeg; name=a.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(octets).replace(b"\n", b"\r\n")
        + b"--b--\r\n"
    )
    times = BIG_OCTETS // len(sentence.encode("cp932"))
    texts = {
        label: f"Content-Type: text/plain; charset={label}\r\n\r\n".encode() + (sentence * times).encode(codec)
        for label, codec in (("utf-8", "utf-8"), ("shift_jis", "cp932"), ("iso-2022-jp", "iso2022_jp"))
    }
    html = b"Content-Type: text/html; charset=utf-8\r\n\r\n" + f"<p>{sentence}</p>".encode() * (BIG_OCTETS // 110)
    return {name: _HEAD + body for name, body in {"picture": picture, **texts, "html": html}.items()}


def many_files() -> float:
    """Mails a second that one call of `mail parse --json` reads, by the clock and with its start."""
    mails = list(small_mails().values())
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{number}.eml") for number in range(FILES)]
        for number, file in enumerate(files):
            file.write_bytes(mails[number % len(mails)])
        command = [sys.executable, "-m", "mailgate", "mail", "parse", "--json", *map(str, files)]
        begin = time.perf_counter()
        run = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        seconds = time.perf_counter() - begin
    assert [json.loads(line)["file"] for line in run.stdout.splitlines()] == [str(file) for file in files]
    return FILES / seconds


def main() -> int:
    missed = 0
    for octets in small_mails().values():
        parse(octets)  # so that tables which are filled at first use are there
    say(f"A mail of 5 kB (target {1000 * SMALL_SECONDS:.1f} ms of CPU each)")
    for name, octets in small_mails().items():
        seconds = cpu_seconds(lambda octets=octets: parse(octets), 5 * _REPEATS)  # type: ignore[misc]
        missed += seconds > SMALL_SECONDS
        say(f"  {name:24} {len(octets):6} octets {1000 * seconds:7.2f} ms")
    say(f"A mail of 10 MB (target {1000 * BIG_SECONDS:.0f} ms)")
    for name, octets in big_mails().items():
        seconds = cpu_seconds(lambda octets=octets: parse(octets), 3)  # type: ignore[misc]
        missed += seconds > BIG_SECONDS
        say(f"  {name:24} {len(octets) / 1e6:6.1f} MB     {1000 * seconds:7.0f} ms")
    say("Hostile shapes: seconds for 0.2 MB, 0.8 MB, 10 MB; the exponent between the first two")
    for name, build in SHAPES.items():
        mails = [build(size) for size in HOSTILE_OCTETS]
        times = [
            cpu_seconds(lambda octets=octets: parse(octets), runs)
            for octets, runs in zip(mails, (3, 2, 1), strict=True)
        ]  # type: ignore[misc]
        slope = math.log((times[1] + _NOISE) / (times[0] + _NOISE), len(mails[1]) / len(mails[0]))
        missed += slope > SLOPE or times[2] > HOSTILE_SECONDS
        say(f"  {name:32} {times[0]:7.3f} {times[1]:7.3f} {times[2]:7.3f}   n^{slope:.2f}")
    say(f"mail parse --json over {FILES} files of 5 kB: {many_files():.0f} mails a second")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
