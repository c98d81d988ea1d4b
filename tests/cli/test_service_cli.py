"""`mailgate init`, `run-due`, `db`: the installation, and time that passes."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailgate.cli.common import Desk
from mailgate.cli.service import say_ready

HANAKO = "hanako.tanaka@members.example.org"


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _modes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): oct(stat.S_IMODE(path.stat().st_mode))
        for path in sorted([folder, *folder.rglob("*")])
    }


def test_init_makes_config_keys_and_database_for_their_owner_alone(
    program: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = program("init")
    assert (ran.status, ran.stderr) == (0, "")
    modes = _modes(tmp_path / "var")
    assert {"mailgate.toml", "mailgate.db", "keys"} <= modes.keys()
    folders = {name for name in modes if (tmp_path / "var" / name).is_dir()}
    assert {name: mode for name, mode in modes.items() if name in folders} == dict.fromkeys(folders, "0o700")
    assert {modes[name] for name in modes.keys() - folders} == {"0o600"}
    assert program("case", "list", "--json").json == {"cases": []}


def test_init_twice_changes_nothing(new: Any) -> None:
    before, rows = _files(new.folder), new.fingerprint()
    ran = new.run("init")
    assert (ran.status, ran.stderr) == (0, "")
    after = _files(new.folder)
    assert {name: after[name] for name in before if not name.startswith("mailgate.db")} == {
        name: octets for name, octets in before.items() if not name.startswith("mailgate.db")
    }
    assert new.fingerprint() == rows


def test_init_keeps_a_configuration_that_was_changed(new: Any) -> None:
    text = new.config.read_text().replace("invitation_days = 7", "invitation_days = 9")
    new.config.write_text(text)
    assert new.run("init").status == 0
    assert new.config.read_text() == text


def test_init_makes_what_is_missing_beside_a_configuration(program: Any, tmp_path: Path) -> None:
    config = tmp_path / "deep" / "down" / "mailgate.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[database]\nurl = "sqlite:///data.db"\n[keys]\ndirectory = "secret"\n')
    assert program("--config", config, "init").status == 0
    assert {"data.db", "secret", "mailgate.toml"} <= {path.name for path in config.parent.iterdir()}
    assert program("--config", config, "case", "list", "--json").json == {"cases": []}


@pytest.mark.parametrize("how", ["directory", "option", "environment"])
def test_init_puts_the_installation_where_it_is_told(program: Any, tmp_path: Path, how: str) -> None:
    config = tmp_path / "here" / "mailgate.toml"
    match how:
        case "directory":
            ran = program("init", config.parent)
        case "option":
            ran = program("--config", config, "init")
        case _:
            ran = program("init", env={"MAILGATE_CONFIG": str(config)})
    assert ran.status == 0
    assert config.exists()
    assert str(config) in ran.stdout


def test_a_folder_that_was_typed_comes_before_the_environment(program: Any, tmp_path: Path) -> None:
    typed, named = tmp_path / "typed", tmp_path / "named" / "mailgate.toml"
    ran = program("init", typed, env={"MAILGATE_CONFIG": str(named)})
    assert (ran.status, ran.stdout.splitlines()) == (
        0,
        [
            f"Wrote {typed}/mailgate.toml.",
            f"Made keys in {typed}/keys.",
            f"Made the key store {typed}/keys/store.db.",
            f"Ready: mailgate --config {typed}/mailgate.toml serve",
        ],
    )
    assert not named.parent.exists()


def test_two_places_to_init_are_wrong_usage(program: Any, tmp_path: Path) -> None:
    ran = program("--config", tmp_path / "one.toml", "init", tmp_path / "two")
    assert (ran.status, ran.stderr.splitlines()[-1]) == (
        2,
        "Error: --config is not in DIRECTORY: give one of them, each says where to init",
    )
    assert list(tmp_path.iterdir()) == []
    assert program("--config", tmp_path / "one.toml", "init", tmp_path).status == 0
    assert (tmp_path / "one.toml").exists()


@pytest.mark.parametrize("place", ["/proc/nowhere", "/dev/null/var"])
def test_init_where_nothing_can_be_written_is_one_line(program: Any, place: str) -> None:
    assert program("init", place).status in (1, 2)


def test_a_foreign_folder_of_keys_is_one_line(program: Any, tmp_path: Path) -> None:
    config = tmp_path / "mailgate.toml"
    config.write_text('[keys]\ndirectory = "keys"\n')
    (tmp_path / "keys").write_text("a file where the folder should be")
    assert "keys" in program("--config", config, "init").line


def test_the_database_can_be_brought_up_to_date_any_number_of_times(new: Any) -> None:
    before = new.fingerprint()
    for _ in range(2):
        assert new.run("db", "upgrade").status == 0
    assert new.fingerprint() == before


def _kinds(here: Any) -> list[str]:
    return [one["kind"] for one in reversed(here.case()["outbox"])]


def _days(number: float) -> str:
    return (datetime.now().astimezone() + timedelta(days=number)).strftime("%Y-%m-%dT%H:%M:%S%z")


def _around_due(opened: Any, days: int) -> str:
    """So many days after the due date of the invitations, which is a working day."""
    due = datetime.fromisoformat(opened.case()["invitations"][0]["due_at"])
    return (due + timedelta(days=days)).isoformat()


def test_what_is_due_is_done_once(opened: Any) -> None:
    opened.comment(HANAKO)
    nothing = {"reminders": 0, "expired": 0, "closed": 0, "digests": 0, "confirmations": 0}
    first, second = (opened.run("run-due", "--json").json for _ in range(2))
    assert (first.pop("purged")["received_mails"], first) == (1, nothing)  # of the text that is approved
    assert (set(second.pop("purged").values()), second) == ({0}, nothing)
    sent = _kinds(opened)
    for _ in range(2):
        assert opened.run("run-due", "--as-of", _around_due(opened, -1)).status == 0
        assert _kinds(opened) == [*sent, "reminder"]
    for _ in range(2):
        assert opened.run("run-due", "--as-of", _around_due(opened, 1)).status == 0
        assert [one["state"] for one in opened.case()["invitations"]] == ["commented", "expired"]
    assert opened.case()["state"] == "open"


def test_a_moment_that_is_past_is_told(new: Any) -> None:
    past = new.run("run-due", "--as-of", "2024-01-01")
    told = "note: 2024-01-01 is past: only what was due by then is done.\n"
    assert told in past.stderr
    assert told not in new.run("run-due").stderr


def test_a_case_whose_invitations_all_expired_is_new_again(opened: Any) -> None:
    assert opened.run("run-due", "--as-of", _around_due(opened, 1)).status == 0
    assert opened.case()["state"] == "new"


def test_an_answered_case_closes_by_itself(answered: Any) -> None:
    answered.run("run-due", "--as-of", _days(10))
    assert answered.case()["state"] == "answered"
    answered.run("run-due", "--as-of", _days(20))
    assert answered.case()["state"] == "closed"


@pytest.mark.parametrize(
    "moment",
    [
        "2026-02-01",
        "2026-02-01T10:05:00",
        "2026-02-01T10:05:00Z",
        "2026-02-01T10:05:00+09:00",
        "2026-02-01T10:05:00.123456+09:00",
        "2026-02-01T10:05+09:00",
    ],
)
def test_every_iso_8601_moment_is_understood(opened: Any, moment: str) -> None:
    assert opened.run("run-due", "--as-of", moment).status == 0


@pytest.mark.parametrize(
    "moment", ["0001-01-01", "9999-12-31", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"]
)
def test_a_moment_at_the_end_of_time_is_no_traceback(opened: Any, moment: str) -> None:
    assert opened.run("run-due", "--as-of", moment).status in (0, 1, 2)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """What `serve` proposes, for a program started in some way, without serving."""

    def started(argv0: str, config: Path | None, folder: Path, port: int | None = 8025) -> list[str]:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", [argv0, "serve"])
        say_ready(Desk(config, "tester"), port)
        return [line.strip() for line in capsys.readouterr().out.splitlines()]

    return started


@pytest.mark.parametrize(
    ("argv0", "config", "typed"),
    [
        (".venv/bin/mailgate", None, ".venv/bin/mailgate"),
        (".venv/bin/mailgate", "var/mailgate.toml", ".venv/bin/mailgate --config var/mailgate.toml"),
        ("bin dir/mailgate", "var/my desk.toml", "'bin dir/mailgate' --config 'var/my desk.toml'"),
        ("/x/mailgate/__main__.py", None, f"{sys.executable} -m mailgate"),
    ],
)
def test_what_serve_proposes_can_be_typed(
    new: Any, started: Callable[..., list[str]], argv0: str, config: str | None, typed: str
) -> None:
    folder = new.folder.parent
    if config is not None and not (folder / config).exists():
        shutil.copy(new.config, folder / config)
    lines = started(argv0, Path(config) if config else None, folder)
    assert [line for line in lines if line.startswith(typed)] == [f"{typed} school add --help", f"{typed} case list"]


def test_a_program_on_the_path_is_named_as_it_is_typed(
    new: Any, started: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "mailgate"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(program.parent))
    assert "mailgate case list" in started(str(program), None, new.folder.parent)


def test_a_configuration_from_the_environment_is_proposed_too(
    new: Any, started: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILGATE_CONFIG", str(new.config))
    lines = started("mailgate", None, new.folder, None)
    assert f"mailgate --config {new.config} mail ingest FILE" in lines


def test_init_says_how_to_start_what_it_made(program: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert program("init", "my var").stdout.splitlines()[-1] == "Ready: mailgate --config 'my var/mailgate.toml' serve"


@pytest.mark.usefixtures("no_language_chosen")
@pytest.mark.parametrize("locale", ["C.UTF-8", "ja_JP.UTF-8", "en_US.UTF-8"])
def test_init_speaks_the_language_of_what_runs_after_it(program: Any, tmp_path: Path, locale: str) -> None:
    """`make run` on a machine without a locale: no line is in another language than the next."""
    made = program("init", tmp_path / "var", "--no-hint", env={"LC_ALL": locale}).stdout.splitlines()
    assert made == [
        f"{tmp_path}/var/mailgate.toml を作りました。",
        f"{tmp_path}/var/keys に鍵を作りました。",
        f"鍵の保管庫 {tmp_path}/var/keys/store.db を作りました。",
    ]
    english = program("--lang", "en", "init", tmp_path / "other", env={"LC_ALL": locale}).stdout.splitlines()
    assert english[0] == f"Wrote {tmp_path}/other/mailgate.toml."


def test_make_run_does_not_say_how_to_start_what_it_starts() -> None:
    recipe = (Path(__file__).resolve().parents[2] / "Makefile").read_text().partition("\nrun:")[2].splitlines()[1:3]
    assert recipe == ["\t@$(BIN)/mailgate init var --no-hint", "\t@$(BIN)/mailgate --config var/mailgate.toml serve"]


def test_init_and_doctor_name_a_place_without_a_detour(
    program: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").mkdir()
    made = program("init", "x/../r").stdout.splitlines()
    assert (made[0], made[-1]) == ("Wrote r/mailgate.toml.", "Ready: mailgate --config r/mailgate.toml serve")
    told = program("--config", "x/../r/mailgate.toml", "doctor").stdout.splitlines()
    assert [one for one in [*made, *told] if ".." in one] == []
    assert told[0] == "ok      config: r/mailgate.toml can be read"


def test_the_doctor_reports_line_by_line_and_changes_nothing(registered: Any) -> None:
    before = registered.fingerprint()
    report = registered.run("doctor")
    assert report.status == 0
    assert {line[:8] for line in report.stdout.splitlines()} == {"ok      ", "warning "}
    document = registered.run("doctor", "--json").json
    assert document["health"] == "warning"
    assert [one["subject"] for one in document["findings"]][-1] == "loops"
    assert registered.fingerprint() == before


def test_a_problem_is_exit_status_1(registered: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILGATE_LISTENER__HOST", "0.0.0.0")
    report = registered.run("doctor")
    assert report.status == 1
    assert [line.split(":")[0] for line in report.stdout.splitlines() if line.startswith("problem")] == [
        "problem authentication"
    ]


def test_the_doctor_prints_the_records_to_enter(registered: Any) -> None:
    lines = registered.run("doctor", "--records").stdout.splitlines()
    assert (
        '_dmarc.desk.example.jp. 3600 IN TXT ( "v=DMARC1; p=reject; rua=mailto:postmaster@desk.example.jp" )' in lines
    )
