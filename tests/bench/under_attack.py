"""How a teacher's mail fares while strangers attack: the time to its 250, the memory of the service, the CPU of a mail.

    python under_attack.py [SECONDS]

First every hostile mail of the black-box tests is sent alone, and the CPU is told that all processes of the service
spent until it was handled. Then all the attacks are made again and again, by several processes at a time, while an
ordinary mail comes ten times a second. Exit status 1 when a figure is worse than it shall be.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).parents[1] / "shared"))

from attacks import ATTACKS, BEGIN, MAILS
from besieged import Site, besieged, loopback_names

ATTACKERS = 3
_EVERY_SECONDS = 0.1
_P95_SECONDS, _WORST_SECONDS, _GROWTH_MB, _CPU_SECONDS = 0.1, 1.0, 64, 6.0
_TICKS = os.sysconf("SC_CLK_TCK")


def hostile_mails() -> dict[str, bytes]:
    """What is said to bring each hostile mail, by its name."""
    mails = chain.from_iterable(group.items() for group in MAILS.values())
    return {name: BEGIN + raw.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n" for name, raw in mails}


def attack_for_ever(site: Site, said: list[bytes], first: int) -> None:
    """One attacker: everything there is, in turn, each from another address."""
    os.setsid()
    for number in range(first, sys.maxsize):
        try:
            site.say(said[number % len(said)], f"203.0.{number // 250 % 250}.{1 + number % 250}")
        except OSError:  # no room: so much the better for the attacker
            time.sleep(0.01)


def cpu_seconds(process: int) -> float:
    """What a process and those it started have spent, also the ones that have ended."""
    spent = 0.0
    for one in [process, *children(process)]:
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        spent += sum(map(int, fields[11:15])) / _TICKS
    return spent


def children(process: int) -> list[int]:
    found = [int(one) for task in Path(f"/proc/{process}/task").glob("*/children") for one in task.read_text().split()]
    return found + [grandchild for child in found for grandchild in children(child)]


def dearest_mail(site: Site) -> tuple[float, str]:
    """The CPU seconds of the hostile mail that cost most, and its name."""
    spent = []
    for name, said in hostile_mails().items():
        before = cpu_seconds(site.process.pid)
        site.say(said)
        site.settle()
        spent.append((cpu_seconds(site.process.pid) - before, name))
    print(f"CPU of a hostile mail: median {median(one for one, _ in spent) * 1000:.0f} ms", flush=True)  # noqa: T201 - the result
    return max(spent)


def siege(site: Site, seconds: float) -> list[float]:
    """The seconds that ordinary mails took from connecting to being taken, under attack."""
    said = [one.said for group in ATTACKS.values() for one in group.values()] + list(hostile_mails().values())
    fork = multiprocessing.get_context("fork")
    attackers = [
        fork.Process(target=attack_for_ever, args=(site, said, number * 7919), daemon=True)
        for number in range(ATTACKERS)
    ]
    for one in attackers:
        one.start()
    taken = []
    end = time.monotonic() + seconds
    try:
        while (begun := time.monotonic()) < end:
            site.ordinary_mail("a siege")
            taken.append(time.monotonic() - begun)
            time.sleep(max(0.0, _EVERY_SECONDS - taken[-1]))
    finally:
        for one in attackers:
            one.terminate()
    return taken


def line(what: str, seen: float, unit: str, most: float) -> bool:
    print(f"{what:58}{seen:9.3f} {unit:3} < {most:g}  {'ok' if seen < most else 'MISSED'}")  # noqa: T201
    return seen < most


def main(seconds: float) -> bool:
    with tempfile.TemporaryDirectory() as folder, loopback_names() as names, besieged(Path(folder), names) as site:
        site.ordinary_mail("nothing yet")
        dearest, name = dearest_mail(site)
        before = site.memory()
        taken = siege(site, seconds)
        hits = site.rows("SELECT count(*) FROM spool WHERE state != 'received'")[0][0]
        grown = (site.memory() - before) / 2**20
        print(f"{len(taken)} ordinary mails in {seconds:.0f} s; {hits} mails handled; {ATTACKERS} attackers at a time")  # noqa: T201
        results = [
            line("ordinary mail under attack, 95 of 100 within", quantiles(taken, n=20)[-1], "s", _P95_SECONDS),
            line("ordinary mail under attack, slowest", max(taken), "s", _WORST_SECONDS),
            line("memory of the service, growth in the siege", grown, "MB", _GROWTH_MB),
            line(f"CPU of the dearest mail ({name})", dearest, "s", _CPU_SECONDS),
        ]
        return all(results)


if __name__ == "__main__":
    sys.exit(not main(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0))
