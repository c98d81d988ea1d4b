"""What every test stands on: a clean environment, and an empty database of each kind.

A test that takes `database_url` runs twice, on SQLite and on a private PostgreSQL server, which is started when the
first test asks for it and gone with the run. Without PostgreSQL's programs that half is skipped, and the closing
summary says so. `make test` tries to install them first.
"""

from __future__ import annotations

import gc
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import structlog

import mailgate.events  # noqa: F401  # it configures the log of a process that has not done so: before any test
from mailgate.store import migrate
from mailgate.store.engine import open_engine

pytest_plugins = ["compiled", "desk"]  # of tests/shared

_MEMORY = "/dev/shm"
"""Below it pytest makes folders that only their user may enter."""
_MEMORY_BYTES = 4 * 2**30
_NO_POSTGRESQL = "no PostgreSQL programs (initdb, postgres) on this machine; Debian has them in its package postgresql"
_START_SECONDS = 60
_SETTINGS = {
    "listen_addresses": "",  # the socket alone: no port to clash with another run
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "4GB",
    "autovacuum": "off",
    "timezone": "UTC",
}


def pytest_configure() -> None:
    """Temporary folders lie in memory where there is room: SQLite syncs at each commit, and a run has some hundred
    thousand of them. No test can tell the difference: who is killed has lost nothing that was written."""
    if _is_fit_for_tests(_MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", _MEMORY)


def _is_fit_for_tests(folder: str) -> bool:
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    has_room = found.f_bavail * found.f_frsize > _MEMORY_BYTES
    return has_room and not found.f_flag & os.ST_NOEXEC and os.access(folder, os.W_OK)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own MAILGATE_… variables and language change no test: commands speak English unless told."""
    for name in [name for name in os.environ if name.startswith("MAILGATE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MAILGATE_LANG", "en")


@pytest.fixture(autouse=True)
def _started_as_mailgate(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a text says that can be typed is `mailgate …`, however the tests were started."""
    monkeypatch.setattr(sys, "argv", ["mailgate"])


@pytest.fixture(autouse=True)
def _a_log_of_its_own() -> Iterator[None]:
    """A test that configures the log, as `serve` does, does it for itself alone."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


def _postgresql_programs() -> Path | None:
    """The folder that has both `initdb` and `postgres`: on PATH, or where Debian keeps them; the newest version."""
    on_path = [Path(found).resolve().parent] if (found := shutil.which("initdb")) else []
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    by_version = sorted(debian, key=lambda folder: (len(folder.parent.name), folder.parent.name), reverse=True)
    return next(
        (one for one in on_path + by_version if (one / "postgres").exists() and (one / "initdb").exists()), None
    )


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root: then the user that it shall run as."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


class _Server:
    """A PostgreSQL server of our own, in a folder that only its user may enter."""

    def __init__(self, programs: Path) -> None:
        # In /tmp whatever TMPDIR says: the path of a socket may have 107 bytes at most.
        self.folder = Path(tempfile.mkdtemp(prefix="mailgate-pg-", dir="/tmp"))
        data = self.folder / "data"
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        if user := _server_user():
            shutil.chown(self.folder, user, pwd.getpwnam(user).pw_gid)
        self._start(
            [programs / "initdb", "-D", data, "-U", "mailgate", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"], user
        ).wait()
        self.process = self._start([programs / "postgres", "-D", data, "-k", self.folder, *settings], user)
        self.admin = self._connect()

    def _start(self, command: list[str | Path], user: str | None) -> subprocess.Popen[bytes]:
        """In a session of its own: Ctrl-C stops the tests first and then, by `stop`, the server."""
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=user,
                group=pwd.getpwnam(user).pw_gid if user else None,
                extra_groups=[] if user else None,
            )

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        give_up = time.monotonic() + _START_SECONDS
        while True:
            try:
                return psycopg.connect(self._conninfo("postgres"), autocommit=True)
            except psycopg.OperationalError as error:
                if self.process.poll() is not None or time.monotonic() > give_up:
                    self.process.kill()
                    log = (self.folder / "log").read_text(errors="replace")
                    shutil.rmtree(self.folder)
                    raise RuntimeError(f"PostgreSQL did not start; its log:\n{log}") from error
                time.sleep(0.05)

    def _conninfo(self, database: str) -> str:
        return f"host={self.folder} user=mailgate dbname={database}"

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://mailgate@/{database}?host={self.folder}"

    def read_only_url(self, database: str) -> str:
        """As on a standby: every transaction may read, and none may change anything."""
        return f"{self.url(database)}&options=-c%20default_transaction_read_only%3Don"

    def create(self, template: str = "template0") -> str:
        """The name of a new database, a copy of `template`; template0 is empty."""
        name = f"test_{uuid.uuid4().hex}"
        self.admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        self.admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def stop(self) -> None:
        self.admin.close()
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[_Server]:
    """The one server of the run; a test that needs it is skipped where its programs are missing."""
    programs = _postgresql_programs()
    if programs is None:
        pytest.skip(_NO_POSTGRESQL)
    server = _Server(programs)
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database that nobody else uses, gone after the test."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/mailgate.db"
        return
    server: _Server = request.getfixturevalue("postgresql_server")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of SQLite with our tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "mailgate.db"
    _upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_name(postgresql_server: _Server) -> str:
    """The same on PostgreSQL, to be a template."""
    name = postgresql_server.create()
    _upgrade(postgresql_server.url(name))
    return name


def _upgrade(url: str) -> None:
    engine = open_engine(url)
    migrate.upgrade(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """As `database_url`, with our tables in it: half a second quicker than to make them anew."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "mailgate.db")
        yield f"sqlite:///{tmp_path}/mailgate.db"
        return
    server: _Server = request.getfixturevalue("postgresql_server")
    name = server.create(request.getfixturevalue("migrated_name"))
    yield server.url(name)
    server.drop(name)


def pytest_collection_finish() -> None:
    """Ten thousand collected tests live till the end: the collector need not look through them again and again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line on what became of the PostgreSQL half."""
    programs = _postgresql_programs()
    line = f"PostgreSQL: {programs}" if programs else f"PostgreSQL half SKIPPED: {_NO_POSTGRESQL}"
    terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of the sample mails and registers, which `mailgate demo` plays too."""
    return Path(__file__).parent.parent / "mailgate" / "demo" / "samples"
