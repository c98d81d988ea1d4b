"""What the whole service holds in memory after many mails, beside what it held after a few.

    python memory.py [MAILS]

Feeds one `serve` (all parts, SQLite, outgoing mail into a Maildir) with 5 kB mails of many teachers over SMTP, never
faster than it handles them, and prints its resident memory after a hundredth of the mails and after all of them: as
it is, and without the pages of the dictionary that the anonymity check has mapped. 100,000 mails take about an hour
on two cores. Exit status 1 when the growth or the size is more than it shall be.
"""

from __future__ import annotations

import os
import re
import smtplib
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from handle import own_mail
from mails import small_mails
from sqlalchemy import create_engine, text

from mailgate.mail.address import Address

ROOT = Path(__file__).parents[2]
DESK = "soudan@desk.example.jp"
LONGEST_LINE = 300
"""Mails that may wait for the worker: enough that it never waits for us."""
MAILS_A_CONNECTION = 100
LETTERS_A_TEACHER = 15
"""Fewer than the automatic answers that one address may get in a day."""
GROWTH, LARGEST_MB = 1.1, 250


def site(folder: Path, teachers: int) -> dict[str, str]:
    """A fresh installation with its register; gives the environment to run it in."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "MAILGATE_LANG": "en",
        "MAILGATE_CONFIG": str(folder / "mailgate.toml"),
        "MAILGATE_LISTENER__PORT": "0",
        "MAILGATE_AUTHENTICATION__POLICY": "off",
    }
    rows = "".join(f"近藤 {number},kondo{number}@school.example.org,trial\n" for number in range(teachers))
    register = folder / "teachers.csv"
    register.write_text(f"name,addresses,plan\n{rows}", encoding="utf-8")
    for arguments in (["init", str(folder)], ["teacher", "import", str(register), "--yes"]):
        command = [sys.executable, "-m", "mailgate", *arguments]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return environment


def resident_mb(process: int) -> tuple[float, float]:
    """The resident memory of a process in MB, whole and without mapped dictionaries."""
    whole = dictionary = 0
    mapped = ""
    for line in Path(f"/proc/{process}/smaps").read_text(encoding="utf-8").splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            mapped = line
        elif line.startswith("Rss:"):
            kilobytes = int(line.split()[1])
            whole += kilobytes
            dictionary += kilobytes if mapped.endswith(".dic") else 0
    return whole / 1000, (whole - dictionary) / 1000


def feed(port: int, folder: Path, teachers: int, first: int, last: int) -> None:
    """Sends the mails from `first` to before `last`, and returns when all that follows from them is done."""
    engine = create_engine(f"sqlite:///{folder}/mailgate.db")
    waits = text(
        "SELECT (SELECT count(*) FROM spool WHERE state = 'received')"
        " + (SELECT count(*) FROM outbox WHERE state IN ('queued', 'deferred'))"
        " + (SELECT count(*) FROM rounds WHERE screened_at IS NULL)"
    )

    def wait(at_most: int) -> None:
        while True:
            with engine.connect() as connection:
                if connection.execute(waits).scalar_one() <= at_most:
                    return
            threading.Event().wait(0.2)

    texts = small_mails()
    for begin in range(first, last, MAILS_A_CONNECTION):
        wait(LONGEST_LINE)  # between two connections: the listener has no patience with idle ones
        with smtplib.SMTP("127.0.0.1", port) as client:
            for number in range(begin, min(begin + MAILS_A_CONNECTION, last)):
                author = Address(f"kondo{number % teachers}", "school.example.org")
                client.sendmail(str(author), [DESK], own_mail(texts, number, author))
    wait(0)
    engine.dispose()


def main(arguments: list[str]) -> int:
    mails = int(arguments[0]) if arguments else 100_000
    teachers = mails // LETTERS_A_TEACHER + 1
    with tempfile.TemporaryDirectory(prefix="mailgate-memory-") as name:
        folder = Path(name)
        environment = site(folder, teachers)
        command = [sys.executable, "-m", "mailgate", "serve"]
        with (folder / "log").open("w") as log:
            serving = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        assert serving.stdout is not None
        try:
            port = int(serving.stdout.readline().split(" on 127.0.0.1:")[1].split(";")[0])
            feed(port, folder, teachers, 0, mails // 100)
            _, begun = resident_mb(serving.pid)
            sys.stdout.write(f"after {mails // 100} mails: {begun:.0f} MB without the dictionary\n")
            feed(port, folder, teachers, mails // 100, mails)
            whole, ended = resident_mb(serving.pid)
        finally:
            serving.terminate()
            serving.communicate()
    is_reached = ended <= begun * GROWTH and ended < LARGEST_MB
    sys.stdout.write(
        f"after {mails} mails: {ended:.0f} MB without the dictionary, {whole:.0f} MB with it; "
        f"growth {ended / begun:.2f} (reach {GROWTH}) {'ok' if is_reached else 'MISSED'}\n"
    )
    return 0 if is_reached else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
