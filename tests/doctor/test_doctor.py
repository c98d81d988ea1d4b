"""The doctor's looks, each at a house that is well and at one that is not."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from certificates import made_in
from free_port import free_port
from loopback_dns import SILENT, LoopbackDns

from mailgate.authentication.resolver import Resolver
from mailgate.config import Config, load
from mailgate.desk.lifecycle import CaseState
from mailgate.doctor.desks import look_at_desks
from mailgate.doctor.drill import look_at_loops
from mailgate.doctor.examination import examine
from mailgate.doctor.finding import Finding, Health
from mailgate.doctor.house import look_at_certificate, look_at_keys, look_at_settings
from mailgate.doctor.names import look_at_names, records_to_enter
from mailgate.doctor.running import look_at_service
from mailgate.doctor.stores import look_at_database
from mailgate.doctor.ways import look_at_relay
from mailgate.errors import StoreUnavailable
from mailgate.installation import dkim_key, install
from mailgate.mail.address import Address
from mailgate.mail.dkim_key import Algorithm, record_of
from mailgate.mail.envelope import Envelope
from mailgate.office import open_office, policy_of
from mailgate.store import cases, spool

DOMAIN = "mado.or.jp"
NOW = datetime.now(UTC)


@pytest.fixture
def house(tmp_path: Path) -> Any:
    """Makes a configuration with these lines, with keys and a database."""

    def made(lines: str = "") -> Config:
        file = tmp_path / "mailgate.toml"
        file.write_text(f'[service]\ndomain = "{DOMAIN}"\noperators = ["unei@{DOMAIN}"]\n{lines}', encoding="utf-8")
        config = load(file)
        install(config)
        return config

    return made


@pytest.fixture
def names() -> Iterator[LoopbackDns]:
    server = LoopbackDns()
    yield server
    server.close()


def healths(found: Iterator[Finding]) -> dict[str, str]:
    """The worst of each subject."""
    worst: dict[str, Health] = {}
    for one in found:
        worst[one.subject] = max(one.health, worst.get(one.subject, Health.OK))
        assert bool(one.todo) == (one.health is not Health.OK)
    return {subject: health.word for subject, health in worst.items()}


def test_a_service_that_is_down_is_told_and_no_more_than_was_looked_at(house: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        (up,) = look_at_service(house(f"[listener]\nport = {port}\n"))
        (everywhere,) = look_at_service(house(f'[listener]\nhost = "0.0.0.0"\nport = {port}\n'))
    (down,) = look_at_service(house(f"[listener]\nport = {port}\n"))
    (unknown,) = look_at_service(house("[listener]\nport = 0\n"))
    assert [one.health.word for one in (up, everywhere, down, unknown)] == ["ok", "ok", "warning", "ok"]
    assert down.what == f"on this machine nothing answers at 127.0.0.1:{port}, where the listener takes mail"


def test_settings_that_are_for_trying_out_are_told(house: Any, tmp_path: Path) -> None:
    file = tmp_path / "mailgate.toml"
    assert healths(look_at_settings(house(), file)) == {"config": "ok", "authentication": "ok"}
    lines = '[authentication]\npolicy = "off"\n'
    assert healths(look_at_settings(house(lines), file))["authentication"] == "warning"
    open_house = house(f'{lines}[listener]\nhost = "0.0.0.0"\n')
    assert healths(look_at_settings(open_house, file))["authentication"] == "problem"


def test_a_password_in_a_file_that_others_can_read_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "mailgate.toml"
    file.write_text('[database]\nurl = "postgresql+psycopg://mailgate:secret@db.example/desk"\n', encoding="utf-8")
    config = load(file)
    for mode, expected in ((0o600, "ok"), (0o644, "problem")):
        file.chmod(mode)
        assert healths(look_at_settings(config, file))["config"] == expected


TWO = '[[desks]]\nid = "heart"\nname = "Heart Desk"\nlanguage = "en"\naddresses = ["heart", "kokoro"]\n'


def test_each_desk_is_told_of_with_its_addresses(house: Any) -> None:
    assert [(one.subject, one.what) for one in look_at_desks(house(TWO))] == [
        ("desk main", f"soudan@{DOMAIN} is 先生の窓口 (ja)"),
        ("desk heart", f"heart@{DOMAIN}, kokoro@{DOMAIN} is Heart Desk (en)"),
    ]


def test_a_desk_whose_digest_nobody_gets_is_a_warning(house: Any) -> None:
    assert healths(look_at_desks(house(f"{TWO}operators = []\n"))) == {"desk main": "ok", "desk heart": "warning"}


def test_templates_of_a_desk_that_its_mail_could_not_use_are_a_problem(house: Any, tmp_path: Path) -> None:
    (tmp_path / "own" / "en" / "thanks").mkdir(parents=True)
    body = tmp_path / "own" / "en" / "thanks" / "body.txt"
    body.write_text("{{ service_name }}", encoding="utf-8")
    config = house(f'{TWO}templates = "own"\n')
    assert healths(look_at_desks(config)) == {"desk main": "ok", "desk heart": "ok"}
    body.write_text("{{ teacher }}", encoding="utf-8")
    assert healths(look_at_desks(config)) == {"desk main": "ok", "desk heart": "problem"}


def test_a_desk_that_was_taken_away_with_cases_in_hand_is_a_warning(house: Any) -> None:
    config = house(TWO)
    office = open_office(config)
    with office.write() as ctx:
        for desk, state in (("heart", CaseState.HELD), ("gone", CaseState.ANSWERED), ("over", CaseState.CLOSED)):
            cases.open_case(ctx.tx, cases.NewCase(state, "", None, None, "", ctx.now, ctx.now, None, desk))
    office.database.close()
    told = [one for one in look_at_database(config, NOW + timedelta(minutes=5)) if one.subject.startswith("desk ")]
    assert [(one.subject, one.health) for one in told] == [("desk gone", Health.WARNING)]


def test_keys_that_others_can_read_are_a_problem(house: Any) -> None:
    config = house()
    assert healths(look_at_keys(config)) == {"keys": "ok", "dkim": "warning"}
    (config.keys.directory / "seal.key").chmod(0o644)
    assert healths(look_at_keys(config))["keys"] == "problem"


def test_a_certificate_is_told_of_before_it_ends(house: Any, tmp_path: Path) -> None:
    made_in(tmp_path)
    config = house('[listener]\ntls_certificate = "chain.pem"\ntls_key = "key.pem"\n')
    ends = list(look_at_certificate(config, NOW))
    assert [one.health for one in ends] == [Health.WARNING if "ends on" in ends[0].what else Health.OK]
    far = NOW + timedelta(days=365 * 30)
    assert healths(look_at_certificate(config, far)) == {"tls": "problem"}
    (tmp_path / "key.pem").write_text("no key")
    assert healths(look_at_certificate(config, NOW)) == {"tls": "problem"}


def test_the_database_the_clock_and_the_backup(house: Any, tmp_path: Path) -> None:
    config = house()
    assert healths(look_at_database(config, NOW)) == {
        **dict.fromkeys(("database", "disk", "clock", "queue"), "ok"),
        "backup": "warning",
    }
    (tmp_path / "backup").mkdir()
    backup = tmp_path / "backup" / "mailgate-x.db"
    backup.touch()
    assert healths(look_at_database(config, NOW))["backup"] == "ok"
    old = (NOW - timedelta(days=3)).timestamp()
    os.utime(backup, (old, old))
    assert healths(look_at_database(config, NOW))["backup"] == "warning"


def test_a_database_of_something_else_is_a_problem(house: Any, tmp_path: Path) -> None:
    config = house()
    (tmp_path / "mailgate.db").write_bytes(b"this is no database, but it is long enough to look like one" * 20)
    assert healths(look_at_database(config, NOW)) == {"database": "problem", "disk": "ok"}


@pytest.mark.parametrize(("seconds", "found"), [(300, ["ok"]), (301, ["problem"])])
def test_a_mail_that_is_not_handled_for_as_long_as_the_alert_allows_is_a_problem(
    house: Any, seconds: int, found: list[str]
) -> None:
    """The README's alert: `mailgate_oldest_mail_seconds{state="received"}` above 300."""
    config, since = house(), NOW - timedelta(seconds=seconds)
    office = open_office(config)
    with office.write() as ctx:
        spool.put(ctx.tx, "a", Envelope(None, (Address("soudan", DOMAIN),)), b"mail", since)
    office.database.close()
    assert [one.health.word for one in look_at_database(config, NOW) if one.subject == "queue"] == found


def closed_to_writing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens this database may only read it: as a mode does to everybody but root."""
    connect = sqlite3.connect

    def reading(name: str, *rest: Any, **how: Any) -> sqlite3.Connection:
        if name == str(file):
            name, how = f"file:{name}?mode=ro", how | {"uri": True}
        opened: sqlite3.Connection = connect(name, *rest, **how)
        return opened

    monkeypatch.setattr(sqlite3, "connect", reading)
    monkeypatch.setattr(sqlite3.dbapi2, "connect", reading)


READ_ONLY = (
    "its file cannot be written: look at the owner and mode of the file and its folder, "
    "and whether the disk is mounted read-only"
)


def test_a_database_that_cannot_be_written_is_a_problem_with_its_file(
    house: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, file = house(), tmp_path / "mailgate.db"
    assert healths(look_at_database(config, NOW))["database"] == "ok"
    closed_to_writing(file, monkeypatch)
    found = next(iter(look_at_database(config, NOW)))
    assert (found.subject, found.health) == ("database", Health.PROBLEM)
    assert found.what == f"{file}: the database does not answer: {READ_ONLY}"
    assert healths(look_at_keys(config))["keys"] == "ok"


def test_a_key_store_that_cannot_be_written_is_a_problem_with_its_file(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = house()
    file = config.keys.directory / "store.db"
    assert healths(look_at_keys(config))["keys"] == "ok"
    closed_to_writing(file, monkeypatch)
    found = next(iter(look_at_keys(config)))
    assert (found.subject, found.health) == ("keys", Health.PROBLEM)
    assert found.what == f"{file}: the key store does not answer: {READ_ONLY}"


@pytest.mark.parametrize("of_keys", [False, True])
def test_a_server_that_is_read_only_is_a_problem(house: Any, postgresql_server: Any, of_keys: bool) -> None:
    name = postgresql_server.create()
    section, key = ("keys", "store") if of_keys else ("database", "url")
    config = house(f'[{section}]\n{key} = "{postgresql_server.url(name)}"\n')
    standby = getattr(config, section).model_copy(update={key: postgresql_server.read_only_url(name)})
    changed = config.model_copy(update={section: standby})
    found = list(look_at_keys(changed) if of_keys else look_at_database(changed, NOW))
    what = "the key store" if of_keys else "the database"
    assert (found[0].subject, found[0].health, found[0].what) == (
        section,
        Health.PROBLEM,
        f"{what} takes no changes: its server is read-only (a standby?)",
    )
    postgresql_server.drop(name)


def test_a_file_beside_the_database_that_cannot_be_opened_is_named(house: Any, tmp_path: Path) -> None:
    config, turn = house(), tmp_path / "mailgate.db-turn"
    turn.unlink()
    turn.mkdir()
    found = next(iter(look_at_database(config, NOW)))
    assert (found.subject, found.what) == ("database", f"{turn} cannot be opened: Is a directory")


def test_a_key_store_that_is_away_is_not_called_by_the_name_of_the_database(
    house: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_config: Config) -> None:
        raise StoreUnavailable("the key store does not answer: away")

    config = house()
    monkeypatch.setattr("mailgate.doctor.stores.open_office", away)
    found = next(iter(look_at_database(config, NOW)))
    assert found.what == f"{tmp_path / 'mailgate.db'} cannot be opened: the key store does not answer: away"


MIB = 2**20


@pytest.mark.parametrize(
    ("least", "free", "health", "what"),
    [
        (0, 0, "problem", "0 MiB are free: the database needs 64 MiB, or mails may be taken that cannot be handled"),
        (0, 63, "problem", "63 MiB are free: the database needs 64 MiB, or mails may be taken that cannot be handled"),
        (0, 64, "ok", "64 MiB are free"),
        (50, 49, "problem", "49 MiB are free: no mail is taken"),
        (50, 99, "warning", "99 MiB are free; below 50 MiB no mail is taken"),
        (50, 100, "ok", "100 MiB are free"),
    ],
)
def test_a_disk_that_is_nearly_full_is_a_problem_whatever_the_listener_is_told(
    house: Any, monkeypatch: pytest.MonkeyPatch, least: int, free: int, health: str, what: str
) -> None:
    config = house(f"[spool]\nmin_free_bytes = {least * MIB}\n")
    monkeypatch.setattr("mailgate.store.room.free_bytes_of", lambda _engine: free * MIB)
    (found,) = (one for one in look_at_database(config, NOW) if one.subject == "disk")
    assert (found.health.word, found.what) == (health, what)


def test_the_doctor_changes_nothing_in_the_databases(house: Any, tmp_path: Path) -> None:
    config = house()
    files = (tmp_path / "mailgate.db", config.keys.directory / "store.db")
    before = [file.read_bytes() for file in files]
    assert healths(look_at_keys(config))["keys"] == healths(look_at_database(config, NOW))["database"] == "ok"
    assert [file.read_bytes() for file in files] == before


def _entered(names: LoopbackDns, config: Config) -> None:
    names.add(DOMAIN, "MX", f"10 mail.{DOMAIN}.")
    names.add(f"mail.{DOMAIN}", "A", "192.0.2.1")
    for record in records_to_enter(config):
        if not isinstance(record, str):
            names.add(record.name, "TXT", record.value)


def test_the_records_that_the_doctor_prints_are_those_that_it_wants(house: Any, names: LoopbackDns) -> None:
    config = house()
    key = dkim_key(config, "m1", Algorithm.ED25519)
    config = house('[dkim]\nselectors = ["m1"]\n')
    resolver = Resolver([names.nameserver])
    names.add(DOMAIN, "TXT", "something else")
    assert healths(look_at_names(config, resolver)) == {
        "dns mx": "problem",
        "dns spf": "warning",
        "dns dkim m1": "problem",
        "dns dmarc": "warning",
    }
    names.clear()
    _entered(names, config)
    found = healths(look_at_names(config, Resolver([names.nameserver])))
    assert found == dict.fromkeys(("dns mx", "dns spf", "dns dkim m1", "dns dmarc"), "ok")
    assert record_of(key.signer) in records_to_enter(config)


@pytest.mark.parametrize(
    ("name", "text", "subject", "health"),
    [
        (DOMAIN, "v=spf1 +all", "dns spf", "problem"),
        (f"_dmarc.{DOMAIN}", "v=DMARC1; p=none", "dns dmarc", "warning"),
        (f"_dmarc.{DOMAIN}", "v=DMARC1; p=quarantine", "dns dmarc", "ok"),
        (f"_mta-sts.{DOMAIN}", "v=STSv1; id=1", "dns mta-sts", "ok"),
    ],
)
def test_what_single_records_say(
    house: Any, names: LoopbackDns, name: str, text: str, subject: str, health: str
) -> None:
    names.add(DOMAIN, "MX", f"10 mail.{DOMAIN}.")
    names.add(f"mail.{DOMAIN}", "A", "192.0.2.1")
    names.add(name, "TXT", text)
    assert healths(look_at_names(house(), Resolver([names.nameserver])))[subject] == health


def test_a_silent_dns_is_no_verdict_on_the_domain(house: Any, names: LoopbackDns) -> None:
    names.add(DOMAIN, "MX", SILENT)
    assert healths(look_at_names(house(), Resolver([names.nameserver], question_seconds=0.2))) == {"dns": "warning"}


def test_a_relay_that_takes_us_and_one_that_is_not_there(house: Any) -> None:
    port = free_port()
    controller = Controller(object(), hostname="127.0.0.1", port=port)
    controller.start()
    settings = '[delivery]\nmode = "smtp"\nhost = "127.0.0.1"\nport = {}\n'
    try:
        assert healths(look_at_relay(house(settings.format(port)))) == {"delivery": "ok"}
    finally:
        controller.stop()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = taken.getsockname()[1]
        assert healths(look_at_relay(house(settings.format(nobody)))) == {"delivery": "problem"}


def test_the_loop_drill_finds_a_desk_that_is_silent(house: Any) -> None:
    (found,) = look_at_loops(policy_of(house()))
    assert (found.subject, found.health) == ("loops", Health.OK)
    assert found.what == "30 of its own mails, vacation notes and bounces brought no mail"


def test_the_loop_drill_would_see_an_answer(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from mailgate.flow import brakes

    monkeypatch.setattr(brakes, "answered_lately", lambda *_: None)
    monkeypatch.setattr(brakes, "repeated", lambda *_: None)
    (found,) = look_at_loops(policy_of(house()))
    assert found.health is Health.PROBLEM


def test_a_look_that_breaks_is_told_and_stops_no_other(
    house: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_config: Config) -> Iterator[Finding]:
        raise RuntimeError("a bug")
        yield

    monkeypatch.setattr("mailgate.doctor.examination.look_at_keys", broken)
    monkeypatch.setattr("mailgate.doctor.examination.look_at_names", lambda *_: iter(()))
    found = list(examine(house(), tmp_path / "mailgate.toml", NOW))
    told = next(one for one in found if one.subject == "keys")
    assert (told.health, told.what) == (Health.PROBLEM, "this look broke off: RuntimeError")
    assert found[-1].subject == "loops"


def test_a_look_that_finds_the_store_away_is_no_fault_of_mailgate(
    house: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_config: Config) -> Iterator[Finding]:
        raise StoreUnavailable("the key store does not answer: away")
        yield

    monkeypatch.setattr("mailgate.doctor.examination.look_at_keys", away)
    monkeypatch.setattr("mailgate.doctor.examination.look_at_names", lambda *_: iter(()))
    told = next(one for one in examine(house(), tmp_path / "mailgate.toml", NOW) if one.subject == "keys")
    assert told == Finding(
        "keys",
        Health.PROBLEM,
        "the key store does not answer: away",
        "mend what the line says, then ask the doctor again",
    )
