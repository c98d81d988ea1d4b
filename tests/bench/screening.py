"""How fast texts are checked for what identifies: milliseconds for 1,000 characters, the start, memory, hostile shapes.

The texts are the held-out ones of tests/screening, which hold a name in every line: more than a letter does. Prints CPU
times, each the least of several runs. Exit status 1 when a target is missed on an otherwise idle machine.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "shared")]

import held_out  # noqa: E402  # found by the line above

from mailgate.screening.check import check  # noqa: E402
from mailgate.screening.words import read_lines  # noqa: E402

THOUSAND_MILLISECONDS, START_SECONDS, MEGABYTE_SECONDS = 5.0, 0.5, 15.0
HOSTILE_CHARACTERS = (20_000, 80_000)
SLOPE = 6.0  # four times the text may take six times as long: a little cache is lost, nothing is quadratic
_REPEATS = 15
_HOSTILE = (
    "あ", "翔、", "おおた歯科", "の丘", "田中（たなか）", "LINE ", "1-", "A ", "・ア", "か\u3099", "\r", "三小の",
    "株式会社",
    "センター", "と", "@a.", "佐藤", "はると", "港町小学校",
)  # fmt: skip
_STARTED = """
import time; start = time.perf_counter()
from mailgate.screening.check import check
check('高木です。'); print(time.perf_counter() - start)
"""


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def cpu_seconds(work: Callable[[], object], repeats: int = _REPEATS) -> float:
    """The least of several runs: what the work costs on a machine that does nothing else."""
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def pieces(texts: list[str]) -> list[str]:
    """The texts one after the other, in pieces of 1,000 characters."""
    whole = "\n".join(texts)
    return [whole[at : at + 1000] for at in range(0, len(whole) - 999, 1000)]


def thousand() -> bool:
    """Milliseconds for 1,000 characters, beside what the tokenizer alone takes of them."""
    good = True
    for name in held_out.SETS:
        chunks = pieces([text for half in ("tuning", "untouched") for text, _ in held_out.texts(half, name)])
        whole = statistics.median(cpu_seconds(lambda chunk=chunk: check(chunk)) for chunk in chunks) * 1000
        words = statistics.median(cpu_seconds(lambda chunk=chunk: list(read_lines(chunk))) for chunk in chunks) * 1000
        say(f"{name}: {whole:.1f} ms for 1,000 characters, of which {words:.1f} are the words")
        good &= whole < THOUSAND_MILLISECONDS
    return good


def start() -> bool:
    """Seconds from nothing to the first answer in a new process."""
    ran = [
        float(subprocess.run([sys.executable, "-c", _STARTED], cwd=ROOT, capture_output=True, check=True).stdout)
        for _ in range(3)
    ]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"start: {min(ran):.2f} s; at most {memory:.0f} MB resident, nearly all of it the mapped dictionary")
    return min(ran) < START_SECONDS


def megabyte() -> bool:
    """CPU seconds for a text of a million characters."""
    text = "\n".join(text for name in held_out.SETS for text, _ in held_out.texts("tuning", name)) + "\n"
    long = (text * (1_000_000 // len(text) + 1))[:1_000_000]
    seconds = cpu_seconds(lambda: check(long), 1)
    say(f"a million characters: {seconds:.1f} s")
    return seconds < MEGABYTE_SECONDS


def hostile() -> bool:
    """How the time grows when a repetition is four times as long."""
    worst, shape = 0.0, ""
    for piece in _HOSTILE:
        short, long = (cpu_seconds(lambda text=(piece * size)[:size]: check(text), 2) for size in HOSTILE_CHARACTERS)
        if long > 0.2 and long / short > worst:
            worst, shape = long / short, piece
    say(f"hostile repetitions, four times as long: at worst {worst:.1f} times the time ({shape!r})")
    return worst < SLOPE


def main() -> int:
    check("高木です。")
    done = [thousand(), start(), megabyte(), hostile()]
    say("targets met" if all(done) else "a target was missed (is the machine idle?)")
    return 0 if all(done) else 1


if __name__ == "__main__":
    sys.exit(main())
