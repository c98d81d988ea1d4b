"""`mailgate db …` as an operator types it, and the restore of the README typed from the README."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from mailgate.config import load
from mailgate.errors import StoreUnavailable
from mailgate.flow.context import Office
from mailgate.flow.ingest import ingest
from mailgate.office import open_office
from mailgate.store import migrate

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "README.ja.md")


def _steps(page: str, word: str) -> str:
    """The one block of commands on a page in which `word` stands."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.M | re.S)
    (block,) = [one for one in blocks if word in one]
    return str(block)


class Correspondents:
    """Somebody writes to the desk, one mail after the other, until it is enough; `taken` heard their 250."""

    def __init__(self, office: Office, compose: Any) -> None:
        self.taken: list[str] = []
        self._office, self._compose = office, compose
        self._enough, self._some = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> Correspondents:
        self._thread.start()
        assert self._some.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self._thread.join()

    def _write(self) -> None:
        number = 0
        while not self._enough.is_set():
            number += 1
            raw = self._compose(f"{number} 通目の相談です。\n", Message_ID=f"<{number}@midoridai-es.example.jp>")
            try:
                self.taken += ingest(self._office, [("letter", raw)], None, ())
            except StoreUnavailable:
                continue
            if number >= 5:
                self._some.set()


def _restored_by(steps: str, folder: Path, backup: Path, environment: dict[str, str]) -> None:
    """Types the steps in `folder`, with the name of the backup, and with this checkout for the installed mailgate."""
    program = f"{sys.executable} -m mailgate"
    typed = re.sub(r"var/backup/mailgate-DATE\.\w+", str(backup), steps).replace(".venv/bin/mailgate", program)
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    done = subprocess.run(["bash", "-euc", typed], cwd=folder, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, ""), done
    assert done.stdout.startswith("Nothing is wrong: ")


def _states(installation: Any, env: dict[str, str]) -> dict[str, str]:
    mails = installation.run("mail", "list", "--json", env=env).json["mails"]
    return {one["id"]: one["state"] for one in mails}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restore_by_the_readme_has_all_that_was_taken_before_the_backup_and_goes_on(
    kind: str, new: Any, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    env: dict[str, str] = {}
    if kind == "postgresql":
        if shutil.which("pg_dump") is None:
            pytest.skip("pg_dump is not installed")
        server = request.getfixturevalue("postgresql_server")
        monkeypatch.setenv("MAILGATE_DATABASE__URL", server.url(server.create()))
        env = {"PGHOST": str(server.folder), "PGUSER": "mailgate"}
        assert new.run("init", new.folder).status == 0
    office = open_office(load(new.config))
    with Correspondents(office, new.compose) as correspondents:
        before = list(correspondents.taken)
        backup = Path(new.run("db", "backup", "--json").json["file"])
    office.database.close()
    after = set(_states(new, {}))
    assert len(before) >= 5
    steps = [_steps(page, "pg_restore" if kind == "postgresql" else "mv var/") for page in PAGES]
    assert steps[0] == steps[1]
    if kind == "postgresql":
        url = server.url("mailgate_restored")
        env["MAILGATE_DATABASE__URL"] = url
        monkeypatch.setenv("MAILGATE_DATABASE__URL", url)
    _restored_by(steps[0], new.folder.parent, backup, env)
    restored = set(_states(new, {}))
    assert set(before) <= restored <= after
    new.work()
    assert set(_states(new, {}).values()) == {"done"}
    assert new.run("db", "check").status == 0
    if kind == "postgresql":
        server.drop("mailgate_restored")


def test_a_backup_without_a_name_is_dated_and_says_what_it_lacks(new: Any) -> None:
    ran = new.run("db", "backup")
    (file,) = (new.folder / "backup").iterdir()
    assert re.fullmatch(r"mailgate-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.db", file.name)
    assert [stat.S_IMODE(one.stat().st_mode) for one in (file, file.parent)] == [0o600, 0o700]
    assert (ran.status, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == [
        f"Wrote {file} ({file.stat().st_size:,} bytes), and read it back.",
        f"Not in it: the key files in {new.folder}/keys and the key store. Without both it cannot be read: keep a copy "
        "of the files in another place, and copy the key store now, with mailgate key backup.",
    ]


def test_a_backup_overwrites_nothing(new: Any, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    assert new.run("db", "backup", file).status == 0
    octets = file.read_bytes()
    assert (
        new.run("db", "backup", file).line
        == f"{file} is there already, and a backup overwrites nothing: name another file"
    )
    assert file.read_bytes() == octets


def test_a_backup_needs_no_keys(new: Any) -> None:
    shutil.rmtree(new.folder / "keys")
    assert new.run("db", "backup").status == 0


@pytest.mark.parametrize("command", [("backup",), ("check",), ("check", "--quick")])
def test_no_database_is_made_where_there_is_none(new: Any, command: tuple[str, ...]) -> None:
    for file in new.folder.glob("mailgate.db*"):
        file.unlink()
    assert new.run("db", *command).line == f"there is no database {new.folder}/mailgate.db: 'mailgate init' makes one"
    assert list(new.folder.glob("mailgate.db*")) == []


def test_a_healthy_database_is_told_so(answered: Any) -> None:
    before = answered.fingerprint()
    assert re.fullmatch(r"Nothing is wrong: \d+ checks, every seal opened\.\n", answered.run("db", "check").stdout)
    quick = answered.run("db", "check", "--quick").stdout
    assert re.fullmatch(r"Nothing is wrong: \d+ checks, seals not opened\.\n", quick)
    assert answered.run("db", "check", "--json").json == {"clean": True, "problems": []}
    assert answered.fingerprint() == before


def test_problems_are_lines_with_what_to_do_and_status_1(new: Any) -> None:
    with sqlite3.connect(new.folder / "mailgate.db") as connection:
        connection.execute("UPDATE cases SET state = 'open'")
        connection.execute("UPDATE entries SET text = body")
    connection.close()
    lines = [
        "case 1: is open, and nobody is invited in round 1: mailgate case invite 1",
        "entries 1: text does not open: are these its keys? If so, restore a backup",
    ]
    ran = new.run("db", "check")
    assert (ran.status, ran.stdout.splitlines()) == (1, lines)
    assert ran.stderr == "mailgate: the database has 2 problems\n"
    ran = new.run("db", "check", "--quick")
    assert (ran.status, ran.stdout.splitlines(), ran.stderr) == (1, lines[:1], "mailgate: the database has 1 problem\n")


def test_problems_as_json(new: Any) -> None:
    with sqlite3.connect(new.folder / "mailgate.db") as connection:
        connection.execute("UPDATE cases SET state = 'open'")
    connection.close()
    ran = new.run("db", "check", "--json")
    assert ran.status == 1
    what = "case 1: is open, and nobody is invited in round 1: mailgate case invite 1"
    found = {"clean": False, "problems": [{"check": "open-without-invitation", "problem": what}]}
    assert json.loads(ran.stdout) == found


def test_the_quick_check_needs_no_keys(new: Any) -> None:
    shutil.rmtree(new.folder / "keys")
    assert new.run("db", "check", "--quick").status == 0
    assert new.run("db", "check").line == (
        f"{new.folder}/keys lacks seal.key, address.key, token.key of a database in use: restore the backup of the keys"
    )


def test_an_older_database_is_backed_up_before_the_upgrade(new: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "is_behind", lambda _engine: True)  # every revision so far is the newest
    ran = new.run("db", "upgrade")
    (file,) = (new.folder / "backup").iterdir()
    assert ran.stdout == f"The database as it was is in {file}.\nThe database is up to date.\n"
    file.unlink()
    assert new.run("db", "upgrade", "--no-backup").stdout == "The database is up to date.\n"
    assert list((new.folder / "backup").iterdir()) == []


def test_a_database_that_is_up_to_date_is_not_backed_up(new: Any) -> None:
    assert new.run("db", "upgrade").stdout == "The database is up to date.\n"
    assert not (new.folder / "backup").exists()


def _second_configuration(new: Any, keys: Path) -> Path:
    file: Path = new.folder / "second.toml"
    text = re.sub(r'url = "[^"]*"', 'url = "sqlite:///second.db"', new.config.read_text(encoding="utf-8"))
    file.write_text(re.sub(r'directory = "keys"', f'directory = "{keys}"', text), encoding="utf-8")
    return file


def test_a_copy_is_ready_to_start_from(new: Any) -> None:
    config = _second_configuration(new, new.folder / "keys")
    ran = new.run("db", "copy", config)
    assert (ran.status, ran.stderr) == (0, "")
    assert re.fullmatch(
        rf"Copied [\d,]+ rows\. From now on start mailgate with {config}; "
        rf"look first: mailgate --config {config} db check\n",
        ran.stdout,
    )
    assert integrity_of(new.folder / "second.db") == "ok"
    assert new.run("db", "copy", config).line == "the new database is not empty: name one that is"


def test_a_copy_with_a_key_store_of_its_own_has_the_keys(new: Any) -> None:
    config = _second_configuration(new, new.folder / "keys")
    text = config.read_text(encoding="utf-8").replace('store = ""', 'store = "sqlite:///second/store.db"')
    config.write_text(text, encoding="utf-8")
    assert new.run("db", "copy", config).status == 0
    for file in (new.folder / "keys").glob("store.db*"):
        file.unlink()
    new.config = config
    assert new.run("db", "check").status == 0
    assert new.run("case", "show", 1).status == 0


def test_a_database_is_not_copied_beside_a_service(new: Any) -> None:
    config = _second_configuration(new, new.folder / "keys")
    with new.office():
        refusal = new.run("db", "copy", config).line
    assert refusal == (
        "the database is in use: stop every process of mailgate first; a mail it took would be missing in the copy"
    )
    assert not (new.folder / "second.db").exists()
    assert new.run("db", "copy", config).status == 0


def test_a_database_is_not_copied_onto_itself(new: Any) -> None:
    assert (
        new.run("db", "copy", new.config).line
        == "the new configuration names the very database that is to be copied: name an empty one"
    )


def test_a_copy_under_keys_that_are_not_there_says_where_they_are(new: Any, tmp_path: Path) -> None:
    ran = new.run("db", "copy", _second_configuration(new, tmp_path / "empty"))
    assert ran.line == (
        f"{tmp_path}/empty lacks seal.key, address.key, token.key: copy the keys from {new.folder}/keys"
    )


@pytest.mark.parametrize("command", [("case", "list"), ("serve",), ("db", "check"), ("mail", "list")])
def test_a_lost_key_of_a_database_in_use_comes_from_its_backup(new: Any, command: tuple[str, ...]) -> None:
    (new.folder / "keys" / "token.key").unlink()
    assert new.run(*command, env={"MAILGATE_LISTENER__PORT": "0"}).line == (
        f"{new.folder}/keys lacks token.key of a database in use: restore the backup of the keys"
    )


def test_a_new_installation_makes_its_keys(new: Any) -> None:
    for file in (*new.folder.glob("mailgate.db*"), *(new.folder / "keys").iterdir()):
        file.unlink()
    assert new.run("case", "list").line == (
        f"{new.folder}/keys/seal.key is missing: 'mailgate init' makes the keys of a new installation"
    )
    assert list(new.folder.glob("mailgate.db*")) == []


def test_a_copy_under_other_keys_is_refused(new: Any, tmp_path: Path) -> None:
    keys = tmp_path / "other"
    keys.mkdir(mode=0o700)
    for name in ("seal.key", "address.key", "token.key"):
        (keys / name).write_text(secrets.token_hex(32) + "\n")
        (keys / name).chmod(0o600)
    ran = new.run("db", "copy", _second_configuration(new, keys))
    assert ran.line == f"the keys in {keys} are others than those in {new.folder}/keys"
    assert not (new.folder / "second.db").exists()


def integrity_of(file: Path) -> str:
    connection = sqlite3.connect(file)
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()
