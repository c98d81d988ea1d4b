"""Kill the service at random moments under load: `python kills.py KILLS [--url URL]`.

Each round starts it, lets four clients send as fast as they can, kills it with SIGKILL, and starts it again. Prints
what was acknowledged, lost and doubled. `make crash` runs 200 rounds on each database.
"""

from __future__ import annotations

import random
import sys
import tempfile
import threading
from itertools import count
from pathlib import Path

from crash_site import CrashSite

_CLIENTS = 4
_MAILS_A_CLIENT = 8
"""In one round: all that is accepted has to be handled before the end, at some hundred a second."""


def rounds(site: CrashSite, kills: int, random_source: random.Random, first: int = 1) -> list[str]:
    """`kills` rounds on `site` with mails from number `first` on, then a quiet end; gives the problems."""
    numbers = count(first)
    sent: set[int] = set()

    def client(port: int) -> None:
        def fresh() -> int:
            number = next(numbers)
            sent.add(number)
            return number

        site.send(port, (fresh() for _ in range(_MAILS_A_CLIENT)))

    for _ in range(kills):
        port = site.start()
        clients = [threading.Thread(target=client, args=(port,)) for _ in range(_CLIENTS)]
        for one in clients:
            one.start()
        threading.Event().wait(random_source.uniform(0.05, 1.0))
        site.kill()
        for one in clients:
            one.join()
    port = site.start()
    site.send(port, sorted(sent - site.acknowledged))  # as every client would: nobody told them that it was taken
    site.settle()
    problems = site.problems()
    site.stop()
    return problems


def main(arguments: list[str]) -> None:
    kills = int(arguments[0])
    url = arguments[arguments.index("--url") + 1] if "--url" in arguments else None
    with tempfile.TemporaryDirectory() as folder:
        site = CrashSite(Path(folder) / "var", url)
        problems = rounds(site, kills, random.Random())
        acknowledged = len(site.acknowledged)
    sys.stdout.write(f"{kills} kills, {acknowledged} mails acknowledged, {len(problems)} problems\n")
    sys.stdout.writelines(f"  {problem}\n" for problem in problems)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
