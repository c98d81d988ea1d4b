"""A user's mistake: one line on stderr that says what is wrong, status 1 (or 2 for wrong usage), nothing changed."""

from __future__ import annotations

import json
import shlex
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

ANY_PORT = {"MAILGATE_LISTENER__PORT": "0"}
"""A service of somebody else on this machine is no reason to fail."""
UNKNOWN = [
    ("case", "show", 7),
    ("case", "check", 7),
    ("case", "check", 7, "--redact-all"),
    ("case", "candidates", 7),
    ("case", "invite", 7, "--best", 1),
    ("case", "remind", 7),
    ("case", "revoke", 7, "--yes"),
    ("case", "preview", 7),
    ("case", "answer", 7, "--yes"),
    ("case", "clarify", 7, "--text", "x"),
    ("case", "assign", 7),
    ("case", "note", 7, "x"),
    ("case", "tag", 7, "x"),
    ("case", "release", 7),
    ("case", "reject", 7),
    ("case", "close", 7),
    ("case", "reopen", 7),
    ("case", "withdraw", 7, "--yes"),
    ("case", "merge", 7, 8, "--yes"),
    ("case", "show", 7, "--reveal", "x"),
    ("comment", "show", 7),
    ("comment", "check", 7),
    ("comment", "check", 7, "--redact-all"),
    ("comment", "approve", 7),
    ("comment", "reject", 7),
    ("comment", "release", 7),
    ("mail", "show", "nosuchmail"),
    ("mail", "retry", "nosuchmail"),
    ("mail", "release", "nosuchmail", "--yes"),
    ("mail", "discard", "nosuchmail", "--yes"),
    ("outbox", "show", "nosuchmail"),
    ("outbox", "retry", "nosuchmail"),
    ("outbox", "cancel", "nosuchmail", "--yes"),
    ("member", "show", "M-0000"),
    ("member", "show", "M-0000", "--reveal", "x"),
    ("member", "edit", "M-0000", "--years", "3"),
    ("member", "verify", "M-0000"),
    ("member", "activate", "M-0000"),
    ("teacher", "show", "T-0000"),
    ("teacher", "edit", "T-0000", "--years", "3"),
    ("school", "show", "S-0000"),
    ("school", "edit", "S-0000", "--municipality", "x"),
]
USAGE = [
    ("nosuchcommand",),
    ("case", "nosuchverb"),
    ("case", "show"),
    ("case", "show", "twelve"),
    ("case", "show", 1, 2),
    ("case", "list", "--state", "lost"),
    ("case", "invite", 1),
    ("case", "invite", 1, "M-0000", "--best", 1),
    ("case", "invite", 1, "--best", 0),
    ("case", "check", 1, "--keep", "first"),
    ("case", "note", 1),
    ("comment", "approve"),
    ("comment", "check", "one"),
    ("mail", "list", "--state", "lost"),
    ("mail", "parse"),
    ("scan",),
    ("member", "verify"),
    ("member", "export"),
    ("serve", "--only", "listener,dishes"),
    ("run-due", "--as-of", "tomorrow"),
    ("--lang", "fr", "case", "list"),
]


def _name(command: Any) -> str:
    return " ".join(map(str, command)) if isinstance(command, tuple) else ""


@pytest.mark.parametrize("command", UNKNOWN, ids=_name)
def test_what_is_not_there_is_one_line(new: Any, command: tuple[Any, ...]) -> None:
    before = new.fingerprint()
    assert str(command[2]) in new.run(*command).line
    assert new.fingerprint() == before


IN_VAIN = [
    *(one for one in UNKNOWN if one[1] in ("withdraw", "clarify", "remind", "revoke", "answer", "invite", "merge")),
    *(one for one in UNKNOWN if one[0] in ("mail", "outbox")),
    ("case", "consent", 7),
    ("case", "destroy", 7),
    ("privacy", "erase", "T-0000"),
    ("key", "destroy", 7),
    ("case", "clarify", 1, "--text", ""),
    ("case", "remind", 1),
    ("case", "consent", 1),
    ("case", "invite", 1, "--best", 1),
    ("case", "answer", 1),
    ("school", "merge", "みどり台小", "みどり台小"),
]


@pytest.mark.parametrize("command", IN_VAIN, ids=_name)
def test_at_a_terminal_nobody_is_asked_about_what_cannot_be_done(new: Any, command: tuple[Any, ...]) -> None:
    before = new.fingerprint()
    assert new.run(*[one for one in command if one != "--yes"], typed="y\n").line
    assert new.fingerprint() == before


def test_at_a_terminal_nobody_is_asked_twice_to_withdraw(new: Any) -> None:
    assert new.run("case", "withdraw", 1, "--yes").status == 0
    assert new.run("case", "withdraw", 1, typed="y\n").line.startswith("case 1 is withdrawn")


@pytest.mark.parametrize("command", USAGE, ids=_name)
def test_wrong_usage_is_status_2(new: Any, command: tuple[Any, ...]) -> None:
    before = new.fingerprint()
    ran = new.run(*command)
    assert (ran.status, ran.stdout) == (2, "")
    assert "Error:" in ran.stderr or "Usage:" in ran.stderr
    assert new.fingerprint() == before


@pytest.mark.parametrize("number", ["99999999999999999999", "-1", "0", "9223372036854775808"])
@pytest.mark.parametrize(
    "command", [("case", "show"), ("comment", "show"), ("case", "close"), ("comment", "list", "--case")]
)
def test_a_number_of_any_size_is_answered(new: Any, command: tuple[str, ...], number: str) -> None:
    # After "--": a number below zero is no option. An option's value needs none.
    ran = new.run(*command, number) if command[-1].startswith("--") else new.run(*command, "--", number)
    assert ran.status in (0, 1, 2)
    assert ran.stderr.count("\n") <= 4


# What Python makes of an argument that is not UTF-8, as the shell of a Shift_JIS terminal passes it.
NOT_UTF8 = b"\x93c\x92\x86".decode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    "command",
    [
        ("case", "note", 1, NOT_UTF8),
        ("case", "tag", 1, NOT_UTF8),
        ("case", "assign", 1, NOT_UTF8),
        ("case", "clarify", 1, "--text", NOT_UTF8),
        ("case", "show", 1, "--reveal", NOT_UTF8),
        ("case", "invite", 1, NOT_UTF8),
        ("member", "show", NOT_UTF8),
        ("mail", "show", NOT_UTF8),
        ("outbox", "show", NOT_UTF8),
        ("school", "add", "--name", NOT_UTF8),
        ("teacher", "add", "--name", NOT_UTF8, "--address", "x@example.org", "--plan", "trial"),
        ("mail", "ingest", "--envelope-to", NOT_UTF8),
    ],
    ids=lambda command: " ".join(map(str, command[:2])),
)
def test_an_argument_that_is_no_text_is_refused(new: Any, command: tuple[Any, ...]) -> None:
    before = new.fingerprint()
    ran = new.run(*command, stdin=b"Subject: x\n\nx\n")
    assert ran.status in (1, 2)
    assert new.fingerprint() == before


@pytest.mark.parametrize(
    "command",
    [
        ("case", "check", 1, "--text-file"),
        ("case", "clarify", 1, "--text-file"),
        ("comment", "check", 1, "--text-file"),
    ],
    ids=_name,
)
@pytest.mark.parametrize(
    "content", [b"\x93c\x92\x86\n", b"", b" \n", None], ids=["Shift_JIS", "empty", "blank", "missing"]
)
def test_a_text_file_that_cannot_be_used_changes_nothing(
    opened: Any, tmp_path: Path, command: tuple[Any, ...], content: bytes | None
) -> None:
    opened.comment()
    file = tmp_path / "text.txt"
    if content is not None:
        file.write_bytes(content)
    before = opened.fingerprint()
    ran = opened.run(*command, file)
    assert (ran.status in (1, 2), ran.stdout) == (True, "")
    assert opened.fingerprint() == before


def test_no_configuration_says_where_it_was_looked_for(
    program: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    line = program("case", "list").line
    assert "var/mailgate.toml" in line
    assert "/etc/mailgate/mailgate.toml" in line
    assert "/nowhere.toml" in program("--config", "/nowhere.toml", "case", "list").line
    assert "/nowhere.toml" in program("case", "list", env={"MAILGATE_CONFIG": "/nowhere.toml"}).line
    assert list(tmp_path.iterdir()) == []


def test_the_configuration_is_the_one_named_first(
    registered: Any, program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--config, then MAILGATE_CONFIG, then ./var/mailgate.toml."""
    home = registered.folder.parent
    monkeypatch.chdir(home)
    other = home / "other"
    assert program("--config", other / "mailgate.toml", "init").status == 0
    teachers = ("teacher", "list", "--json")
    assert len(program(*teachers).json["teachers"]) == 4
    assert program(*teachers, env={"MAILGATE_CONFIG": str(other / "mailgate.toml")}).json == {"teachers": []}
    assert (
        len(
            program(
                "--config", registered.config, *teachers, env={"MAILGATE_CONFIG": str(other / "mailgate.toml")}
            ).json["teachers"]
        )
        == 4
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[listener\nport = 1\n", ["not TOML"]),
        ("[listener]\nprot = 1\n", ["listener.prot: unknown key"]),
        ("[listner]\nport = 1\n", ["listner: unknown section"]),
        ('[listener]\nport = "25"\n', ["listener.port", "port number"]),
        ("[listener]\nport = 70000\n[desk]\nk_anonymity = -1\n", ["listener.port", "desk.k_anonymity"]),
        ("\x00\x01", ["not TOML"]),
    ],
)
def test_each_problem_of_the_configuration_has_its_line(
    program: Any, tmp_path: Path, text: str, words: list[str]
) -> None:
    file = tmp_path / "mailgate.toml"
    file.write_text(text)
    ran = program("--config", file, "case", "list")
    assert (ran.status, ran.stdout) == (1, "")
    lines = ran.stderr.splitlines()
    assert all(line.startswith("mailgate: ") for line in lines)
    assert all(word in ran.stderr for word in words)
    assert list(tmp_path.iterdir()) == [file]


def test_the_environment_overrides_the_file_and_is_named_when_it_is_wrong(registered: Any) -> None:
    ran = registered.run("case", "list", env={"MAILGATE_LISTENER__PORT": "many"})
    assert "MAILGATE_LISTENER__PORT" in ran.line
    assert "language" in registered.run("case", "list", env={"MAILGATE_SERVICE__LANGUAGE": "fr"}).line
    other = f"sqlite:///{registered.folder}/other.db"
    assert registered.run("teacher", "list", "--json", env={"MAILGATE_DATABASE__URL": other}).json == {"teachers": []}


def _no_keys(here: Any) -> None:
    shutil.rmtree(here.folder / "keys")


def _one_key_less(here: Any) -> None:
    (here.folder / "keys" / "seal.key").unlink()


def _open_to_others(here: Any) -> None:
    (here.folder / "keys" / "seal.key").chmod(0o644)


def _garbage_key(here: Any) -> None:
    (here.folder / "keys" / "seal.key").write_bytes(b"\xff not a key")


def _short_key(here: Any) -> None:
    (here.folder / "keys" / "seal.key").write_text("abcd\n")


def _same_keys(here: Any) -> None:
    shutil.copy(here.folder / "keys" / "seal.key", here.folder / "keys" / "token.key")


def _other_keys(here: Any) -> None:
    (here.folder / "keys" / "seal.key").write_text("ab" * 32 + "\n")


def _key_is_a_folder(here: Any) -> None:
    (here.folder / "keys" / "seal.key").unlink()
    (here.folder / "keys" / "seal.key").mkdir()


@pytest.mark.parametrize(
    "spoil",
    [_no_keys, _one_key_less, _open_to_others, _garbage_key, _short_key, _same_keys, _other_keys, _key_is_a_folder],
    ids=lambda spoil: spoil.__name__.strip("_"),
)
def test_keys_that_cannot_be_used_are_one_line_and_change_nothing(new: Any, spoil: Any) -> None:
    spoil(new)
    before = new.fingerprint()
    for command in (("case", "show", 1), ("case", "note", 1, "x")):
        if spoil is _other_keys and command[1] == "note":
            continue  # a note is sealed anew and needs none of what is there
        assert "key" in new.run(*command).line
    assert new.fingerprint() == before


def test_a_lost_key_is_never_silently_replaced_by_init(new: Any) -> None:
    _one_key_less(new)
    assert "keys" in new.run("init").line
    assert not (new.folder / "keys" / "seal.key").exists()


def test_keys_that_are_all_gone_are_not_made_anew_for_a_database_that_has_data(new: Any) -> None:
    _no_keys(new)
    before = new.fingerprint()
    ran = new.run("init")
    assert (ran.status, new.fingerprint() == before) == (1, True)


@pytest.mark.parametrize("command", [("case", "list"), ("serve",), ("init",)], ids=_name)
def test_a_file_that_is_no_database_is_one_line(registered: Any, command: tuple[str, ...]) -> None:
    for name in ("mailgate.db-wal", "mailgate.db-shm"):
        (registered.folder / name).unlink(missing_ok=True)
    (registered.folder / "mailgate.db").write_bytes(b"this is no database\n" * 500)
    assert "database" in registered.run(*command, env=ANY_PORT).line
    assert (registered.folder / "mailgate.db").read_bytes() == b"this is no database\n" * 500


@pytest.mark.parametrize("command", [("case", "list"), ("init",)], ids=_name)
def test_a_database_of_something_else_is_left_alone(registered: Any, command: tuple[str, ...]) -> None:
    file = registered.folder / "foreign.db"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE cases (recipe TEXT)")
    connection.commit()
    connection.close()
    ran = registered.run(*command, env={"MAILGATE_DATABASE__URL": f"sqlite:///{file}"})
    assert ran.status == 1
    assert ran.stderr.startswith("mailgate: ")
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize("version", ["9999_from_tomorrow"])
@pytest.mark.parametrize("command", [("case", "list"), ("serve",), ("db", "upgrade"), ("init",)], ids=_name)
def test_a_database_of_a_newer_version_is_refused(registered: Any, command: tuple[str, ...], version: str) -> None:
    connection = sqlite3.connect(registered.folder / "mailgate.db")
    connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.commit()
    connection.close()
    assert "newer" in registered.run(*command, env=ANY_PORT).line


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////nowhere/at/all/mailgate.db",
        "postgresql+psycopg://nobody@127.0.0.1:1/mailgate",
        "postgresql+psycopg://nobody@127.0.0.1:port/mailgate",
        "postgresql+psycopg://nobody@127.0.0.1:99999/mailgate",
        "postgresql+psycopg://nobody@[::1/mailgate",
        "postgresql+psycopg://nobody@127.0.0.1:1/mailgate?nosuchoption=1",
    ],
)
def test_a_database_that_is_not_there_is_one_line(registered: Any, url: str) -> None:
    assert registered.run("case", "list", env={"MAILGATE_DATABASE__URL": url}).line


def test_the_password_of_the_database_is_never_printed(registered: Any) -> None:
    for port in ("1", "port", "99999"):
        url = f"postgresql+psycopg://nobody:hunter2secret@127.0.0.1:{port}/mailgate"
        ran = registered.run("case", "list", env={"MAILGATE_DATABASE__URL": url})
        assert "hunter2secret" not in ran.stdout + ran.stderr


def test_two_operators_at_once_do_not_both_answer(opened: Any) -> None:
    """The second one looked at a case that has changed since."""
    from mailgate.errors import ChangedMeanwhile
    from mailgate.flow import compilation

    opened.comment()
    opened.run("comment", "approve", 1)
    with opened.office() as office:
        with office.read() as ctx:
            from mailgate.store import cases

            seen = cases.get(ctx.tx, 1).version
        assert opened.run("case", "assign", 1, "yamada").status == 0
        with pytest.raises(ChangedMeanwhile, match="look again"), office.write("operator:second") as ctx:
            compilation.answer(ctx, 1, seen)
    assert opened.case()["state"] == "open"


def test_an_operator_without_a_name_on_this_machine(
    registered: Any, program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container runs with a number that has no name: say who acts, or be told to."""
    import getpass

    def nobody() -> str:
        raise OSError("No username set in the environment")

    monkeypatch.setattr(getpass, "getuser", nobody)
    ran = program("--config", registered.config, "case", "list")
    assert ran.status == 0 or "--as" in ran.line
    assert program("--config", registered.config, "case", "list", env={"MAILGATE_OPERATOR": "x"}).status == 0


def test_operators_are_named_by_option_then_environment(new: Any, program: Any) -> None:
    named = ("--config", new.config)
    program(*named, "--as", "sato", "case", "note", 1, "a", env={"MAILGATE_OPERATOR": "ito"})
    program(*named, "case", "note", 1, "b", env={"MAILGATE_OPERATOR": "ito"})
    assert [one["author"] for one in new.case()["notes"]] == ["operator:sato", "operator:ito"]


def test_errors_with_json_keep_stdout_empty(new: Any) -> None:
    for command in (
        ("case", "show", 7, "--json"),
        ("comment", "show", 7, "--json"),
        ("member", "show", "M-0", "--json"),
    ):
        assert new.run(*command).line


def test_json_is_utf8_whatever_the_locale(new: Any) -> None:
    assert "学級通信" in new.run("case", "list", "--json").stdout
    assert json.loads(new.run("case", "list", "--json").stdout)["cases"][0]["subject"] == "学級通信について"


def test_serve_refuses_a_password_that_others_can_read(new: Any) -> None:
    file = new.folder / "mailgate.toml"
    url = "postgresql+psycopg://mailgate:secret@db.example/desk"
    file.write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")
    file.chmod(0o644)
    ran = new.run("serve", env=ANY_PORT)
    assert (ran.status, "secret" in ran.line) == (1, False)
    assert ran.line == f"database.url: {file} can be read by others: chmod 600 {shlex.quote(str(file))}"
