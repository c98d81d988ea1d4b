"""PostgreSQL's own `pg_dump` as a subprocess: one archive (custom format), read back by `pg_restore` before it counts.

Which server, how and with which password goes to the programs by their environment: a command line can be seen by
everybody on the machine. Known weakness: the few settings of libpq that have no variable (keepalives, sslpassword)
are not handed on.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psycopg
from psycopg.pq import Conninfo
from sqlalchemy import Engine, inspect

from mailgate.errors import Refused, StoreUnavailable
from mailgate.phrase import Phrase
from mailgate.store.engine import translated

_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True, slots=True, repr=False)
class _Server:
    """The server that the service would talk to."""

    version: int
    """Its major version."""
    environment: Mapping[str, str]
    """What libpq needs to reach it; with the password."""
    tables: frozenset[str]

    def command(self, file: Path) -> str:
        """What a person would type for the same; without the password."""
        names = {"host": "PGHOST", "port": "PGPORT", "username": "PGUSER", "dbname": "PGDATABASE"}
        told = [f"--{name}={self.environment[variable]}" for name, variable in names.items()]
        return shlex.join(["pg_dump", "--format=custom", f"--file={file}", *told])


def dump(engine: Engine, part: Path, versions: str) -> None:
    """Writes an archive of the whole database into `part`; `versions` is a table that it must have.

    Raises Refused when the programs are missing or too old, StoreUnavailable when the server does not answer or the
    archive cannot be read back.
    """
    server = _server(engine)
    for name in ("pg_dump", "pg_restore"):
        _refuse_unfit(name, server, part)
    if versions not in server.tables:
        raise Refused("the database has no tables of mailgate: there is nothing to back up")
    _run(["pg_dump", "--format=custom", "--no-password", f"--file={part}"], server)
    _verify(part, server)


def _server(engine: Engine) -> _Server:
    with translated(), engine.connect() as connection:
        info = cast("psycopg.Connection[Any]", connection.connection.driver_connection).info
        tables = frozenset(inspect(connection).get_table_names())
        settings = info.get_parameters() | {
            "host": info.host,
            "port": str(info.port),
            "user": info.user,
            "dbname": info.dbname,
            "password": info.password,
        }
        known = Conninfo.get_defaults()
        variables = {one.keyword.decode(): one.envvar.decode() for one in known if one.envvar is not None}
        environment = {variables[name]: value for name, value in settings.items() if name in variables and value}
        return _Server(info.server_version // 10_000, environment, tables)


def _refuse_unfit(program: str, server: _Server, part: Path) -> None:
    version, command = server.version, server.command(part.with_name("FILE"))
    if shutil.which(program) is None:
        raise Refused(
            "{program} is not on this machine: install PostgreSQL's programs of version {version} or newer (Debian: "
            "postgresql-client), or run where they are: {command}",
            program=program,
            version=version,
            command=command,
        )
    told = _VERSION.search(_run([program, "--version"], server))
    if told is None or int(told[1]) < version:
        raise Refused(
            "{program} here is of version {which}, the server of {version}: install PostgreSQL's programs of version "
            "{version} or newer (Debian: postgresql-client), or run where they are: {command}",
            program=program,
            which=told[1] if told else Phrase("unknown"),
            version=version,
            command=command,
        )


def _verify(part: Path, server: _Server) -> None:
    """The archive names every table, and can be read from one end to the other."""
    listed = set(re.findall(r" TABLE DATA \S+ (\S+) ", _run(["pg_restore", "--list", str(part)], server)))
    missing = sorted(server.tables - listed)
    if missing:
        raise StoreUnavailable("the archive lacks {missing}: try again", missing=missing)
    _run(["pg_restore", f"--file={os.devnull}", str(part)], server)


def _run(command: Sequence[str], server: _Server) -> str:
    """What the program prints. Raises StoreUnavailable with its last words when it fails."""
    program = shutil.which(command[0]) or command[0]
    done = subprocess.run(  # noqa: S603 (no shell; a fixed program, and the name of a file)
        [program, *command[1:]],
        env=os.environ | server.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        words = " ".join(done.stderr.split())[-300:]
        raise StoreUnavailable("{program} failed: {words}", program=command[0], words=words)
    return done.stdout
