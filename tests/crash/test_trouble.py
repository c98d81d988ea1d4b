"""What the service stands on gives way and comes back (disk, database, relay): it goes on without a restart."""

from __future__ import annotations

import resource
import smtplib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from crash_site import DESK, CrashSite, letter, teacher, until

pytestmark = pytest.mark.slow

_ROOM_BYTES = 20_000
_DAY = 86_400
_UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@pytest.fixture
def sqlite_site(tmp_path: Path) -> Iterator[CrashSite]:
    yield from _site(tmp_path, None)


@pytest.fixture
def postgresql_site(tmp_path: Path, postgresql_server: Any) -> Iterator[CrashSite]:
    yield from _site(tmp_path, postgresql_server.url(postgresql_server.create()))


def _site(tmp_path: Path, url: str | None) -> Iterator[CrashSite]:
    site = CrashSite(tmp_path / "var", url)
    yield site
    site.kill()
    site.engine.dispose()


def _reply(port: int, number: int) -> int:
    """The code that a mail hears at last: 250, or that of the refusal."""
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        try:
            client.sendmail(teacher(number), [DESK], letter(number))
        except smtplib.SMTPRecipientsRefused as error:
            return error.recipients[DESK][0]
        except smtplib.SMTPResponseException as error:
            return error.smtp_code
    return 250


def test_a_full_disk_is_a_later_and_room_again_is_all_it_needs(sqlite_site: CrashSite) -> None:
    port = sqlite_site.start()
    sqlite_site.send(port, [1])
    sqlite_site.settle()
    assert sqlite_site.process is not None
    log_bytes = (sqlite_site.folder / "mailgate.db-wal").stat().st_size
    resource.prlimit(sqlite_site.process.pid, resource.RLIMIT_FSIZE, (log_bytes + _ROOM_BYTES, resource.RLIM_INFINITY))
    replies = []
    for number in range(2, 30):
        replies.append(_reply(port, number))
        if replies[-1] == 250:
            sqlite_site.acknowledged.add(number)
        else:
            break
    assert 400 <= replies[-1] < 500
    resource.prlimit(sqlite_site.process.pid, resource.RLIMIT_FSIZE, _UNLIMITED)
    until(lambda: _reply(port, 30) == 250)
    sqlite_site.acknowledged.add(30)
    sqlite_site.settle()
    assert sqlite_site.problems() == []


def test_a_database_that_is_away_is_a_later_and_its_return_is_all_it_needs(
    postgresql_site: CrashSite, postgresql_server: Any
) -> None:
    site = postgresql_site
    name = str(site.engine.url.database)
    port = site.start()
    site.send(port, [1])
    site.settle()
    site.engine.dispose()
    with postgresql_server._connect() as server:
        server.autocommit = True
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        assert 400 <= _reply(port, 2) < 500
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    until(lambda: _reply(port, 3) == 250)
    site.acknowledged.add(3)
    site.settle()
    assert site.problems() == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_clock_that_jumps_loses_and_doubles_nothing(kind: str, request: pytest.FixtureRequest) -> None:
    site: CrashSite = request.getfixturevalue(f"{kind}_site")
    clock = site.folder / "clock"
    site.environment["CRASH_CLOCK"] = str(clock)
    clock.write_text(str(30 * _DAY))
    port = site.start("mails claimed", 4)
    site.send(port, range(1, 9))
    until(site.is_dead)  # with mails in hand, leased until a day that is a month off
    clock.write_text("0")
    port = site.start()
    site.send(port, range(11, 15))
    clock.write_text(str(-2 * _DAY))
    site.send(port, range(21, 25))
    assert site.waiting() > 0
    assert site.run("run-due", "--clock-is-right").returncode == 0  # as the scheduler does once a minute
    until(lambda: site.waiting() == 0)
    assert site.problems() == []


def test_a_relay_that_hangs_holds_up_neither_mail_nor_cases(sqlite_site: CrashSite) -> None:
    site = sqlite_site
    with socket.create_server(("127.0.0.1", 0)) as relay:
        maildir = dict(site.environment)
        site.environment |= {
            "MAILGATE_DELIVERY__MODE": "smtp",
            "MAILGATE_DELIVERY__TLS": "none",
            "MAILGATE_DELIVERY__HOST": "127.0.0.1",
            "MAILGATE_DELIVERY__PORT": str(relay.getsockname()[1]),
        }
        port = site.start()
        site.send(port, range(1, 11))
        assert site.acknowledged == set(range(1, 11))
        until(lambda: len(site.json("case", "list")["cases"]) == 10)
        site.kill()
    site.environment = maildir
    site.start()
    site.settle()
    assert site.problems() == []
