"""`mailgate key …`: DKIM keys with their records on a name server, and the keys that seal the database."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dkim
import pytest
from alembic import command
from loopback_dns import LoopbackDns

from mailgate.authentication.resolver import Questions, Resolver
from mailgate.config import load
from mailgate.edges import signer_of
from mailgate.store import migrate
from mailgate.store.engine import open_engine

TEACHER = "sasaki.megumi@midoridai-es.example.jp"

LETTER = (
    b"From: soudan@desk.example.jp\r\nTo: kondo@school.example.org\r\nSubject: x\r\nMessage-ID: <a@desk.example.jp>\r\n"
    b"Date: Tue, 10 Feb 2026 18:30:00 +0900\r\n\r\ntext\r\n"
)


@pytest.fixture
def dns() -> Iterator[LoopbackDns]:
    server = LoopbackDns()
    yield server
    server.close()


def verified(raw: bytes, dns: LoopbackDns) -> list[bool]:
    """Of each signature, by dkimpy, with the records that the name server has."""
    questions = Questions(Resolver([dns.nameserver]))

    def ask(name: bytes, timeout: int = 5) -> bytes | None:
        return next(iter(questions.texts(name.decode().rstrip("."))), None)

    return [bool(dkim.DKIM(raw).verify(idx=number, dnsfunc=ask)) for number in range(raw.count(b"DKIM-Signature:"))]


def enter(dns: LoopbackDns, keys: list[dict[str, Any]]) -> None:
    for one in keys:
        assert "".join(one["record"]["strings"]) == one["record"]["value"]
        assert all(len(string) <= 255 for string in one["record"]["strings"])
        dns.add(one["record"]["name"], one["record"]["type"], one["record"]["value"])


@pytest.fixture
def here(registered: Any) -> Any:
    return registered


def signed_with(here: Any, monkeypatch: pytest.MonkeyPatch, *selectors: str) -> bytes:
    monkeypatch.setenv("MAILGATE_DKIM__SELECTORS", ",".join(selectors))
    return signer_of(load(here.config))(LETTER)


def test_a_pair_is_made_whose_records_verify_both_signatures(
    here: Any, dns: LoopbackDns, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = here.run("key", "dkim", "--json").json["keys"]
    assert [(one["algorithm"], one["made"]) for one in keys] == [("rsa", True), ("ed25519", True)]
    enter(dns, keys)
    assert verified(signed_with(here, monkeypatch, *(one["selector"] for one in keys)), dns) == [True, True]


def test_a_key_is_for_its_owner_alone_and_stays_as_it_is(here: Any) -> None:
    (one,) = here.run("key", "dkim", "mail2026", "--json").json["keys"]
    file = here.folder / "keys" / "dkim-mail2026.pem"
    assert (one["file"], stat.S_IMODE(file.stat().st_mode)) == (str(file), 0o600)
    octets = file.read_bytes()
    (again,) = here.run("key", "dkim", "Mail2026", "--algorithm", "ed25519", "--json").json["keys"]
    assert again == one | {"made": False}
    assert file.read_bytes() == octets
    assert "stays as it is" in here.run("key", "dkim", "mail2026").stdout


def test_the_record_is_printed_as_a_line_of_a_zone_and_in_one_piece(here: Any) -> None:
    printed = here.run("key", "dkim", "mail2026").stdout
    line = re.search(
        r'^  mail2026\._domainkey\.desk\.example\.jp\. 3600 IN TXT \( "(.{255})" "(.+)" \)$', printed, re.M
    )
    assert line is not None
    assert f"\n  {line[1]}{line[2]}\n" in printed


def test_an_old_and_a_new_key_sign_beside_each_other_until_the_old_one_goes(
    here: Any, dns: LoopbackDns, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(dns, here.run("key", "dkim", "old", "--json").json["keys"])
    monkeypatch.setenv("MAILGATE_DKIM__SELECTORS", "old")
    told = here.run("key", "dkim", "new").stdout
    assert 'Set dkim.selectors = ["old", "new"]' in told
    assert 'take the old out: dkim.selectors = ["new"]' in told
    assert "old._domainkey.desk.example.jp" in told
    enter(dns, here.run("key", "dkim", "new", "--json").json["keys"])
    assert verified(signed_with(here, monkeypatch, "old", "new"), dns) == [True, True]
    assert 'In use: dkim.selectors = ["old", "new"]' in here.run("key", "dkim", "new").stdout
    assert verified(signed_with(here, monkeypatch, "new"), dns) == [True]


def test_a_key_that_others_can_read_signs_nothing(here: Any) -> None:
    here.run("key", "dkim", "mail2026")
    file = here.folder / "keys" / "dkim-mail2026.pem"
    file.chmod(0o644)
    assert here.run("key", "dkim", "mail2026").line == (
        f"dkim.selectors: {file} can be read by others: chmod 600 {shlex.quote(str(file))}"
    )


@pytest.mark.parametrize("selector", ["../x", "a b", "", "-a", "a..b", "窓口", "a" * 64, "a\nb"])
def test_what_is_no_selector_makes_nothing(here: Any, selector: str) -> None:
    before = sorted((here.folder / "keys").iterdir())
    ran = here.run("key", "dkim", selector, "--algorithm", "rsa")
    assert (ran.status, ran.stdout) == (2, "")
    assert sorted((here.folder / "keys").iterdir()) == before


def test_a_file_that_is_no_key_is_told_in_one_line(here: Any) -> None:
    file = here.folder / "keys" / "dkim-mail2026.pem"
    file.touch(mode=0o600)
    assert here.run("key", "dkim", "mail2026").line.startswith(f"{file}: the DKIM key is not")


# The keys that seal the database


def root_files(here: Any) -> list[str]:
    return sorted(file.name for file in (here.folder / "keys").glob("seal*.key"))


def keys_rows(here: Any) -> dict[str, Any]:
    return dict(here.run("key", "check", "--json").json)


def test_a_new_installation_has_all_its_keys_and_says_so(here: Any) -> None:
    assert here.run("key", "init").stdout == "Everything is there already.\n"
    found = keys_rows(here)
    assert (found["ok"], found["problems"], found["root_in_use"]) == (True, [], 1)
    assert found["keys"]["desk"] == 1
    assert found["keys"]["intake"] == 4
    assert found["store"] == f"{here.folder}/keys/store.db"
    assert here.run("key", "check").stdout.splitlines()[0].startswith(f"Key store {here.folder}/keys/store.db: ")
    assert stat.S_IMODE((here.folder / "keys" / "store.db").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda keys: (keys / "seal.key").chmod(0o644), "seal.key can be read by others"),
        (lambda keys: (keys / "token.key").write_text("x"), "token.key cannot be read as a key"),
        (lambda keys: keys.chmod(0o755), "can be entered by others: chmod 700"),
        (lambda keys: (keys / "store.db").chmod(0o644), "store.db can be read by others"),
    ],
    ids=["mode", "malformed", "folder", "store"],
)
def test_a_problem_of_the_files_is_a_line_and_status_1(here: Any, spoil: Any, line: str) -> None:
    spoil(here.folder / "keys")
    ran = here.run("key", "check")
    assert (ran.status, ran.stderr) == (1, "mailgate: the keys have 1 problem\n")
    assert line in ran.stdout.splitlines()[-1]
    ran = here.run("key", "check", "--json")
    assert (ran.status, json.loads(ran.stdout)["ok"]) == (1, False)


@pytest.mark.parametrize("name", ["seal.key", "seal-2.key", "address.key", "token.key"])
def test_a_key_of_a_database_in_use_that_is_gone_is_to_be_restored(new: Any, name: str) -> None:
    if name == "seal-2.key":
        assert new.run("key", "rotate", "--yes").status == new.run("key", "destroy", 1, "--yes").status == 0
    (new.folder / "keys" / name).unlink()
    lost = f"{new.folder}/keys lacks {name} of a database in use: restore the backup of the keys"
    assert new.run("key", "check").stdout == f"{lost}\n"
    assert [new.run(*one).line for one in (("case", "list"), ("db", "check"), ("init",))] == [lost] * 3


def test_a_root_key_that_no_key_store_names_is_the_first(new: Any) -> None:
    for file in (*(new.folder / "keys").glob("store.db*"), new.folder / "keys" / "seal.key"):
        file.unlink()
    (new.folder / "keys" / "store.db").write_bytes(b"no key store")
    assert new.run("key", "check").stdout == (
        f"{new.folder}/keys lacks seal.key of a database in use: restore the backup of the keys\n"
    )


def test_keys_that_were_never_made_are_made_by_init(new: Any) -> None:
    for file in (*new.folder.glob("mailgate.db*"), *(new.folder / "keys").iterdir()):
        file.unlink()
    assert new.run("key", "check").stdout.splitlines() == [
        f"{new.folder}/keys/{name} is missing: 'mailgate init' makes the keys of a new installation"
        for name in ("address.key", "token.key", "seal.key")
    ]


def test_a_key_store_that_is_gone_is_never_made_anew(here: Any) -> None:
    for file in (here.folder / "keys").glob("store.db*"):
        file.unlink()
    for arguments in (("case", "list"), ("key", "init"), ("key", "check"), ("init",)):
        assert "there is no key store at" in here.run(*arguments).line
    assert list((here.folder / "keys").glob("store.db*")) == []


def test_a_case_whose_key_is_lost_is_named(here: Any) -> None:
    here.take(here.compose("ご相談です。", TEACHER))
    with sqlite3.connect(here.folder / "mailgate.db") as connection:
        connection.execute("UPDATE cases SET key_id = 'x'")
    connection.close()
    ran = here.run("key", "check")
    assert ran.status == 1
    assert ran.stdout.splitlines()[-1] == (
        "case 1: its key is not in the key store: restore it, or finish destroying the case: "
        "mailgate case destroy 1 --now"
    )


def test_a_case_that_was_destroyed_after_the_backup_is_taken_away_again(new: Any) -> None:
    copy = new.folder / "copy.db"
    assert new.run("db", "backup", copy).status == 0
    assert new.run("case", "destroy", 1, "--now", "--yes").status == 0
    for file in new.folder.glob("mailgate.db*"):
        file.unlink()
    copy.rename(new.folder / "mailgate.db")
    step = "mailgate case destroy 1 --now"
    assert [step in new.run(*words).stdout for words in (("db", "check"), ("key", "check"))] == [True, True]
    assert new.run("case", "show", 1).line == (
        "nothing of case 1 opens, its key is not in the key store: if the case was destroyed after the backup that was "
        f"restored, {step} takes it away again; if not, restore the newest backup of the key store"
    )
    assert new.run("case", "destroy", 1, "--now", "--yes").status == 0
    checked = new.run("db", "check")
    assert (checked.status, checked.stdout.split(":")[0]) == (0, "Nothing is wrong")


def test_rotating_and_destroying_the_old_root_key(here: Any) -> None:
    here.take(here.compose("ご相談です。", TEACHER))
    assert here.run("key", "rotate").line.endswith("add --yes.")
    assert root_files(here) == ["seal.key"]
    ran = here.run("key", "rotate", "--yes")
    assert (ran.status, ran.stderr) == (0, "")
    assert ran.stdout.startswith("Changed the root key to seal-2.key: ")
    assert ran.stdout.splitlines()[-1] == (
        "Back up the key files and the key store now: no copy of the key store from before opens without the old root "
        "key. Then, for each old root key: mailgate key destroy NUMBER"
    )
    assert here.run("key", "destroy", 2, "--yes").line.startswith("seal-2.key is in use")
    assert here.run("key", "destroy", 1).line.endswith("add --yes.")
    assert here.run("key", "destroy", 1, "--yes").status == 0
    assert root_files(here) == ["seal-2.key"]
    not_there = f"there is no seal.key in {here.folder}/keys (there are: seal-2.key)"
    assert here.run("key", "destroy", 1, "--yes").line == not_there
    assert here.run("db", "check").status == 0
    assert here.case()["number"] == 1
    assert keys_rows(here)["roots"] == [{"root": 2, "keys": sum(keys_rows(here)["keys"].values())}]


def test_a_key_file_made_ahead_is_taken_by_the_rotation(here: Any) -> None:
    assert here.run("key", "rotate", "--ahead").stdout.startswith(f"{here.folder}/keys/seal-2.key is there.")
    assert keys_rows(here)["root_in_use"] == 1
    assert here.run("key", "rotate", "--yes").status == 0
    assert root_files(here) == ["seal-2.key", "seal.key"]


@pytest.mark.parametrize("arguments", [(), ("1", "--unused"), ("x",), ("0",)])
def test_destroying_asks_for_one_thing(here: Any, arguments: tuple[str, ...]) -> None:
    assert here.run("key", "destroy", *arguments).status == 2


def test_unused_keys_are_destroyed_by_hand(here: Any) -> None:
    assert here.run("key", "destroy", "--unused", "--yes").stdout == "Destroyed 0 keys.\n"


def test_a_backup_of_the_key_store_is_a_key_store(here: Any, tmp_path: Path) -> None:
    here.take(here.compose("ご相談です。", TEACHER))
    made = here.run("key", "backup", tmp_path / "store.db", "--json").json
    assert made == {"file": f"{tmp_path}/store.db", "size_bytes": (tmp_path / "store.db").stat().st_size}
    for file in (here.folder / "keys").glob("store.db*"):
        file.unlink()
    shutil.copy(tmp_path / "store.db", here.folder / "keys" / "store.db")
    assert here.run("db", "check").status == 0


def test_a_backup_without_a_name_is_in_the_current_directory_and_not_beside_the_keys(
    here: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "safe").mkdir()
    monkeypatch.chdir(tmp_path / "safe")
    before = sorted((here.folder / "keys").rglob("*"))
    told = here.run("key", "backup").stdout
    (file,) = (tmp_path / "safe").iterdir()
    assert re.fullmatch(r"store-.*Z\.db", file.name)
    assert told.startswith(f"Wrote {file} (")
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted((here.folder / "keys").rglob("*")) == before


def test_an_installation_of_an_older_version_gets_its_key_store(here: Any) -> None:
    """Its tables are those of 0003, and nothing in it is sealed yet; `db upgrade` alone is enough."""
    for file in (*here.folder.glob("mailgate.db*"), *(here.folder / "keys").glob("store.db*")):
        file.unlink()
    older = open_engine(f"sqlite:///{here.folder}/mailgate.db")
    with older.execution_options(mailgate_writes=True).begin() as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
    older.dispose()
    assert "mailgate key init" in here.run("case", "list").line
    ran = here.run("db", "upgrade")
    assert (ran.status, f"Made the key store {here.folder}/keys/store.db." in ran.stdout.splitlines()) == (0, True)
    assert here.run("case", "list").status == 0
    assert here.run("key", "init").stdout == "Everything is there already.\n"
    assert keys_rows(here)["keys"] == {"desk": 1, "intake": 4}
