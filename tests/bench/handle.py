"""From an accepted mail to its case: how many mails a second all cores parse, vouch, route and acknowledge.

    python handle.py [MAILS] [--signed] [--url URL]

Fills the spool of a fresh database with mails of 200 teachers, lets one worker process for each core handle them
(SPF and DMARC asked of a name server on loopback and enforced, with `--signed` DKIM too; without the anonymity check,
which is a step of its own), and prints the rate as a ratio to the bare aiosmtpd sink of the same run (50 connections),
and the CPU time of one mail. `--worker` is what the processes are started with.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

sys.path.insert(0, str(Path(__file__).parents[1] / "shared"))

from bench_keys import bench_keys
from loopback_dns import LoopbackDns, key_record, signed
from mails import small_mails

from mailgate.authentication.resolver import Resolver
from mailgate.authentication.verifier import DnsVerifier
from mailgate.desk.desks import DeskPolicy, Desks
from mailgate.desk.entries import PersonEntry, SchoolEntry, TeacherEntry
from mailgate.desk.lifecycle import CaseState
from mailgate.desk.people import Contract, Plan
from mailgate.desk.policy import Policy
from mailgate.desk.trust import AuthenticationPolicy
from mailgate.flow.context import Office
from mailgate.flow.process import process_next, threads_that_look
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.mail.reply_address import MAIN_DESK, OwnAddresses
from mailgate.store import cases, migrate, schools, spool, teachers
from mailgate.store.database import Database

HERE = Path(__file__).parent
DOMAIN = "desk.example.jp"
TEACHERS = 200
MAILS_AT_A_TIME = 16
WARM_UP = 2
"""Times that many mails, for each worker: the letters' library and the list of public suffixes are read once."""
PEER = "192.0.2.25"
TARGET = 0.15


def office(url: str, names: str = "") -> Office:
    """An office on that database, as the service makes it; `names` is HOST:PORT of the name server, if one is asked."""
    policy = Policy(
        desks=Desks(DeskPolicy(MAIN_DESK, "先生の窓口", "ja", invitation_days=7, reminder_days=2, answer_days=10)),
        timezone=ZoneInfo("Asia/Tokyo"),
        addresses=OwnAddresses(DOMAIN),
        authentication=AuthenticationPolicy.ENFORCE,
        trusted_authserv_ids=frozenset(),
        quiet_days=14,
        retention_days=90,
        k_anonymity=5,
        retry_hours=120,
    )
    host, _, port = names.rpartition(":")
    verifier = DnsVerifier(Resolver([(host, int(port))])) if names else None
    return Office(Database(url, bench_keys()), policy, verifier=verifier)


def fill(desk: Office, mails: int, *, is_signed: bool = False) -> None:
    """The register, and `mails` accepted mails that are all different."""
    migrate.upgrade(desk.database.engine)
    desk_address = desk.policy.addresses.desk_address()
    authors = [Address(f"kondo{number}", "school.example.org") for number in range(TEACHERS)]
    with desk.database.write() as tx:
        year = Contract(date(2020, 4, 1), date(2099, 3, 31))
        school = schools.save_school(tx, None, SchoolEntry("港野市立東小学校", ("東小",), "港野市", (), (year,)))
        for number, author in enumerate(authors):
            person = PersonEntry(f"近藤 {number}", "", (author,))
            teachers.save_teacher(tx, None, TeacherEntry(person, school.id, "教諭", 12, "小学校", Plan.SCHOOL))
    texts, now = small_mails(), datetime.now(UTC)
    for first in range(0, mails, 500):
        with desk.database.write() as tx:
            for number in range(first, min(first + 500, mails)):
                author = authors[number % TEACHERS]
                raw = own_mail(texts, number, author)
                raw = signed(raw, author.domain) if is_signed else raw
                spool.put(tx, f"q{number}", Envelope(author, (desk_address,), PEER, "mail.example.org"), raw, now)


def own_mail(texts: list[bytes], number: int, author: Address) -> bytes:
    """A mail with an author, a Message-ID and a subject of its own: no twin of another, which would get a note."""
    head, _, body = texts[number % len(texts)].replace(b"\r\n..", b"\r\n.").partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"from:", b"message-id:"))]
    own = [f"From: {author}".encode(), f"Message-ID: <{number}@school.example.org>".encode()]
    head = b"\r\n".join([*own, *lines]).replace(b"\r\nSubject: ", b"\r\nSubject: %d " % number)
    return head + b"\r\n\r\n" + body


def name_server() -> LoopbackDns:
    """Knows the one domain that all teachers write from."""
    names = LoopbackDns()
    names.add("school.example.org", "TXT", "v=spf1 mx -all")
    names.add("school.example.org", "MX", "10 mail.example.org.")
    names.add("mail.example.org", "A", PEER)
    names.add("_dmarc.school.example.org", "TXT", "v=DMARC1; p=reject; adkim=s; aspf=s")
    names.add("k1._domainkey.school.example.org", "TXT", key_record())
    return names


def work(url: str, names: str) -> None:
    """One worker process, warm as after its first minute: handles some mails, waits for a line, handles all there is,
    prints how many and its CPU seconds."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    desk = office(url, names)
    threads = threads_that_look()
    for _ in range(WARM_UP):
        process_next(desk, MAILS_AT_A_TIME, threads)
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    began, handled = time.process_time(), 0
    while some := process_next(desk, MAILS_AT_A_TIME, threads):
        handled += some
    print(json.dumps({"handled": handled, "cpu_seconds": time.process_time() - began}), flush=True)  # noqa: T201


def sink_rate(mails: int) -> float:
    """Mails a second that the bare sink takes over 50 connections."""
    command = [sys.executable, str(HERE / "sink.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sink:
        assert sink.stdout is not None
        port = sink.stdout.readline().split()[1]
        load = [sys.executable, str(HERE / "load.py"), port, "50", str(mails), "0", "0"]
        took = json.loads(subprocess.run(load, check=True, capture_output=True, text=True).stdout)
        sink.kill()
    return mails / float(took["seconds"])


def handle_rate(url: str, names: str, processes: int) -> tuple[float, float]:
    """(mails a second, CPU milliseconds a mail) of so many workers on the filled database."""
    command = [sys.executable, __file__, "--worker", url, names]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(processes)
    ]
    for one in workers:
        assert one.stdout is not None
        one.stdout.readline()
    began = time.perf_counter()
    for one in workers:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    results = [json.loads(one.communicate()[0]) for one in workers]
    seconds = time.perf_counter() - began
    handled = sum(one["handled"] for one in results)
    return handled / seconds, sum(one["cpu_seconds"] for one in results) / handled * 1000


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--worker"]:
        work(arguments[1], arguments[2])
        return
    mails = int(arguments[0]) if arguments[:1] and arguments[0].isdigit() else 1000
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder:
        url = arguments[arguments.index("--url") + 1] if "--url" in arguments else f"sqlite:///{folder}/bench.db"
        server = name_server()
        names = "{}:{}".format(*server.nameserver)
        desk = office(url, names)
        warming = cores * WARM_UP * MAILS_AT_A_TIME
        fill(desk, warming + mails, is_signed="--signed" in arguments)
        sink = sink_rate(4000)
        rate, cpu_ms = handle_rate(url, names, cores)
        with desk.read() as ctx:
            opened = cases.count(ctx.tx, [CaseState.NEW])
    if opened != warming + mails:
        raise SystemExit(f"{opened} cases are open of {warming + mails}: the mails were not believed")
    ratio = f"{rate / sink:.3f} of the sink (reach {TARGET})"
    sys.stdout.write(f"mail -> case, {cores} workers: {ratio}; {cpu_ms:.1f} ms of CPU a mail\n")


if __name__ == "__main__":
    main(sys.argv[1:])
