"""How fast composed mail leaves: outbox rows of 5 kB to a relay on loopback that throws them away.

    python delivery.py [MAILS] [--url URL]

Fills the outbox, delivers it in one process the way the service does (claim, open, hand over, write down), and prints
ratios to the first line: a new connection for each mail, one thread. `relay alone` is the same without a database:
what the connections themselves give. The last column is against a client that sends the same way without waiting for
any database (load.py), with as many connections. Medians of interleaved repetitions; absolute figures say nothing on
another machine and are not printed.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

sys.path.append(str(Path(__file__).parents[1] / "shared"))

import structlog
from accept import rate, sink
from handle import office
from letters import letter_to
from mails import small_mails

from mailgate.flow.context import Office
from mailgate.flow.deliver import deliver_next
from mailgate.flow.delivery_breaker import Breaker
from mailgate.flow.delivery_traffic import Traffic
from mailgate.mail.address import Address
from mailgate.smtp import connections
from mailgate.smtp.relay import RelaySettings, SmtpRelay, Tls
from mailgate.store import migrate, outbox, sending
from mailgate.store.outbox import NewMail

REPETITIONS = 3
DOMAINS = 50
RECIPIENTS = 1000
TEXT = "担任している学級のことでご相談します。\n" * 60
"""About 5 kB in base64."""


@dataclass(frozen=True)
class Way:
    """How the mails are sent."""

    name: str
    threads: int
    letters_a_connection: int
    with_database: bool = True


WAYS = (
    Way("a connection for each mail, 1 at a time", 1, 1),
    Way("kept connections, 1", 1, 100),
    Way("kept connections, 4", 4, 100),
    Way("relay alone: a connection for each mail, 1 at a time", 1, 1, with_database=False),
    Way("relay alone: kept connections, 1", 1, 100, with_database=False),
    Way("relay alone: kept connections, 4", 4, 100, with_database=False),
)


def recipient(number: int) -> Address:
    return Address(f"kondo{number % RECIPIENTS}", f"school{number % DOMAINS}.example.org")


def fill(desk: Office, mails: int, turn: int) -> None:
    now = datetime.now(UTC)
    for first in range(0, mails, 500):
        with desk.database.write() as tx:
            for number in range(first, min(first + 500, mails)):
                name = f"{turn}-{number}"
                to, message_id = recipient(number), f"<{name}@desk.example.jp>"
                octets = letter_to(to, message_id, "desk.example.jp", TEXT)
                mail = NewMail(name, "thanks", None, None, "M-1", to, octets, message_id, name)
                outbox.put(tx, mail, now)


def delivered(desk: Office, port: int, mails: int, way: Way) -> float:
    """Mails a second."""
    relay = SmtpRelay(
        RelaySettings("127.0.0.1", port, Tls.NONE, "desk.example.jp", connections=way.threads, timeout_seconds=30)
    )
    left, traffic, texts = iter(range(mails)), Traffic(way.threads, Breaker()), small_mails()

    def deliver() -> None:
        while deliver_next(desk, relay, bytes, traffic):
            pass

    def relay_alone() -> None:
        for number in left:
            relay.deliver(Address("bounce", "desk.example.jp"), recipient(number), texts[number % len(texts)])

    threads = [threading.Thread(target=deliver if way.with_database else relay_alone) for _ in range(way.threads)]
    with letters_a_connection(way.letters_a_connection):
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - begun
    relay.close()
    with desk.database.read() as tx:
        if sending.claim(tx, datetime.now(UTC)) is not None:
            raise SystemExit("not every mail was sent")
    return mails / seconds


@contextmanager
def letters_a_connection(most: int) -> Iterator[None]:
    kept, connections._MOST_LETTERS = connections._MOST_LETTERS, most
    yield
    connections._MOST_LETTERS = kept


def main(arguments: list[str]) -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    url = arguments[arguments.index("--url") + 1] if "--url" in arguments else ""
    mails = int(arguments[0]) if arguments and arguments[0].isdecimal() else 2000
    found: dict[Way, list[float]] = {way: [] for way in WAYS}
    bare: dict[Way, list[float]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory(prefix="mailgate-bench-") as folder, sink() as port:
        desk = office(url or f"sqlite:///{folder}/mailgate.db")
        migrate.upgrade(desk.database.engine)
        for turn in range(REPETITIONS):
            for number, way in enumerate(WAYS):
                if way.with_database:
                    fill(desk, mails, turn * len(WAYS) + number)
                found[way].append(delivered(desk, port, mails, way))
                bare[way].append(rate(port, way.threads, mails, way.letters_a_connection))
        desk.database.close()
    first = median(found[WAYS[0]])
    for way in WAYS:
        ours = median(found[way])
        print(f"{way.name:<55} {ours / first:5.2f}   {ours / median(bare[way]):5.2f}")  # noqa: T201 - the result
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
