"""The settings: the reference file against the model, what is refused and in which words, and what overrides what."""

from __future__ import annotations

import tomllib
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailgate.config import Config, find_config, load, passwords_in_file, plain
from mailgate.config.desks import FurtherDesk
from mailgate.config.settings import SECTIONS
from mailgate.errors import BadConfiguration
from mailgate.mail.address import Address
from mailgate.mail.reply_address import OwnAddresses, new_token
from mailgate.resources import folder

REFERENCE = folder("config") / "mailgate.toml"
DEFAULTS = Config()


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mailgate.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(path: Path) -> list[str]:
    with pytest.raises(BadConfiguration) as caught:
        load(path)
    return list(caught.value.problems)


def keys_of_model() -> dict[str, set[str]]:
    return {name: set(section.model_fields) for name, section in SECTIONS.items()}


def test_reference_has_every_key_and_no_other() -> None:
    reference = tomllib.loads(REFERENCE.read_text(encoding="utf-8"))
    assert {name: set(keys) for name, keys in reference.items()} == keys_of_model()


def test_reference_shows_the_defaults(tmp_path: Path) -> None:
    shown = load(written(tmp_path, REFERENCE.read_text(encoding="utf-8")))
    assert shown == load(written(tmp_path, ""))


def test_reference_explains_every_section() -> None:
    lines = REFERENCE.read_text(encoding="utf-8").splitlines()
    headings = [number for number, line in enumerate(lines) if line.startswith("[")]
    assert [lines[number] for number in headings if not lines[number + 1].startswith("#")] == []


def test_every_key_says_what_is_expected() -> None:
    silent = [
        f"{name}.{key}"
        for name, section in {**SECTIONS, "desks": FurtherDesk}.items()
        for key, field in section.model_fields.items()
        if not field.description
    ]
    assert silent == []


def test_relative_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    config = load(
        written(
            tmp_path,
            '[listener]\ntls_certificate = "tls/cert.pem"\ntls_key = "/etc/ssl/key.pem"\n'
            '[delivery]\nmaildir = "out"\n[dkim]\nselectors = ["S2026", "t"]\n',
        )
    )
    assert config.listener.tls_certificate == tmp_path / "tls/cert.pem"
    assert config.listener.tls_key == Path("/etc/ssl/key.pem")
    assert config.delivery.maildir == tmp_path / "out"
    assert [config.dkim_key(one) for one in config.dkim.selectors] == [
        tmp_path / "keys" / "dkim-s2026.pem",
        tmp_path / "keys" / "dkim-t.pem",
    ]
    assert config.keys.directory == tmp_path / "keys"
    assert config.delivery.password_file is None
    assert config.database.url == f"sqlite:///{tmp_path}/mailgate.db"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///a/b.db", "sqlite:///{folder}/a/b.db"),
        ("sqlite:////srv/mailgate.db", "sqlite:////srv/mailgate.db"),
        ("postgresql+psycopg://u:p@db.example/mailgate", "postgresql+psycopg://u:p@db.example/mailgate"),
        ("postgresql+psycopg:///mailgate?host=/run/pg", "postgresql+psycopg:///mailgate?host=/run/pg"),
    ],
)
def test_database_url_is_absolute(tmp_path: Path, url: str, expected: str) -> None:
    config = load(written(tmp_path, f'[database]\nurl = "{url}"\n'))
    assert config.database.url == expected.format(folder=tmp_path)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("x/../r/mailgate.toml", "r/mailgate.toml"),
        ("./r/mailgate.toml", "r/mailgate.toml"),
        ("../r/mailgate.toml", "../r/mailgate.toml"),
        ("/x/y/../../r/mailgate.toml", "/r/mailgate.toml"),
        ("link/../mailgate.toml", "link/../mailgate.toml"),
        ("link/mailgate.toml", "link/mailgate.toml"),
    ],
)
def test_a_path_is_named_without_a_detour_unless_a_link_makes_it_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, shown: str
) -> None:
    (tmp_path / "there" / "deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to("there/deep")
    monkeypatch.chdir(tmp_path)
    assert str(plain(Path(given))) == shown


def test_places_in_the_file_are_named_without_a_detour(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    path = written(tmp_path, '[keys]\ndirectory = "y/../keys"\n[database]\nurl = "sqlite:///y/../mailgate.db"\n')
    config = load(tmp_path / "x" / ".." / path.name)
    assert (config.keys.directory, config.database.url) == (tmp_path / "keys", f"sqlite:///{tmp_path}/mailgate.db")


def test_folder_with_a_question_mark_is_refused_for_sqlite(tmp_path: Path) -> None:
    odd = tmp_path / "why?"
    odd.mkdir()
    assert problems_of(written(odd, "")) == [
        f'database.url: SQLite cannot work in "{odd}" (expected a folder without "?")'
    ]


@pytest.mark.parametrize(("text", "value"), [("true", True), ("False", False), (" TRUE ", True)])
def test_a_switch_can_be_set_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, value: bool
) -> None:
    monkeypatch.setenv("MAILGATE_LISTENER__REUSE_PORT", text)
    assert load(written(tmp_path, "")).listener.reuse_port is value


@pytest.mark.parametrize(
    ("text", "address"),
    [("", None), ("127.0.0.1:9410", ("127.0.0.1", 9410)), ("127.1.2.3:0", ("127.1.2.3", 0)), ("[::1]:80", ("::1", 80))],
)
def test_an_address_to_watch_at(text: str, address: tuple[str, int] | None, tmp_path: Path) -> None:
    assert load(written(tmp_path, f'[watch]\naddress = "{text}"\n')).watch.address == address


def test_values_are_read_into_their_types(tmp_path: Path) -> None:
    config = load(
        written(
            tmp_path,
            '[service]\ndomain = "Desk.Example.JP"\ntimezone = "UTC"\noperators = ["Unei@Example.jp"]\n'
            '[addresses]\ndesk = ["SOUDAN", "madoguchi"]\nreply = "Re"\nseparator = "-"\n'
            '[dns]\nnameservers = ["192.0.2.1", "127.0.0.1:5353", "2001:db8::1", "[2001:db8::2]:5353"]\n',
        )
    )
    assert config.service.timezone == ZoneInfo("UTC")
    assert config.service.operators == (Address("Unei", "example.jp"),)
    assert config.dns.nameservers == (
        ("192.0.2.1", 53),
        ("127.0.0.1", 5353),
        ("2001:db8::1", 53),
        ("2001:db8::2", 5353),
    )
    assert config.own_addresses() == OwnAddresses(
        "desk.example.jp", ("soudan", "madoguchi"), "join", "re", "bounce", "-"
    )


A_LOCAL_PART = "(expected a local part: letters, digits, and . _ - between them)"
SELECTORS = '(expected a list of names for the DNS such as ["mail2026r", "mail2026e"])'
NAMESERVERS = '(expected a list of IP addresses, with or without a port, such as ["127.0.0.1:5353"])'
LOOPBACK = '(expected an address of this machine alone such as "127.0.0.1:9410", or "" for none)'
MAILBOXES = '(expected a list of mail addresses such as ["unei@example.jp"])'
DATABASE = '(expected "sqlite:///FILE" or "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE")'
PORT = "(expected a port number, 0 to 65535 (0: any free one))"
A_KEY_STORE = '(expected "" for store.db in keys.directory, "sqlite:///FILE" or "postgresql+psycopg://…/DATABASE")'
THE_SAME = "keys.store: names the database itself (expected another one: see README, Keys)"
ZONE = '(expected a time zone name such as "Asia/Tokyo")'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[listener]\nport = 65536", f"listener.port: 65536 does not fit {PORT}"),
        ('[listener]\nport = "8025"', f'listener.port: "8025" does not fit {PORT}'),
        ("[listener]\nport = true", f"listener.port: true does not fit {PORT}"),
        ("[listener]\nport = 8025.0", f"listener.port: 8025.0 does not fit {PORT}"),
        ("[listener]\nport = 2026-01-01", f'listener.port: "2026-01-01" does not fit {PORT}'),
        ("[listener]\nprot = 25", 'listener.prot: unknown key (did you mean "port"?)'),
        ("[keys]\nzzz = 1", "keys.zzz: unknown key (expected one of directory, store)"),
        ('[keys]\nstore = "store.db"', f"keys.store: this text does not fit {A_KEY_STORE}"),
        ('[keys]\nstore = "sqlite:///mailgate.db"', THE_SAME),
        (
            '[database]\nurl = "postgresql+psycopg://a:b@db/mailgate"\n'
            '[keys]\nstore = "postgresql+psycopg://c:d@DB:5432/mailgate"',
            THE_SAME,
        ),
        ("[lisener]\nport = 25", 'lisener: unknown section (did you mean "listener"?)'),
        ("listener = 5", "listener: 5 is no section (expected [listener] and its keys below)"),
        ('[service]\nname = ""', 'service.name: "" does not fit (expected a name in one line)'),
        ('[service]\nname = "a\\nb"', 'service.name: "a\\nb" does not fit (expected a name in one line)'),
        ('[service]\ndomain = "a b"', 'service.domain: "a b" does not fit (expected a domain name in ASCII)'),
        ('[service]\ndomain = "窓口.jp"', 'service.domain: "窓口.jp" does not fit (expected a domain name in ASCII)'),
        ('[service]\nlanguage = "fr"', 'service.language: "fr" does not fit (expected "ja" or "en")'),
        ('[service]\ntimezone = "Asia"', f'service.timezone: "Asia" does not fit {ZONE}'),
        ('[service]\ntimezone = "Asia/Tokio"', f'service.timezone: "Asia/Tokio" does not fit {ZONE}'),
        ('[service]\ntimezone = "../../etc/passwd"', f'service.timezone: "../../etc/passwd" does not fit {ZONE}'),
        ('[service]\noperators = ["unei"]', f'service.operators: "unei" does not fit {MAILBOXES}'),
        ('[service]\noperators = "a@example.jp"', f'service.operators: "a@example.jp" does not fit {MAILBOXES}'),
        ('[addresses]\njoin = "a+b"', f'addresses.join: "a+b" does not fit {A_LOCAL_PART}'),
        ('[addresses]\njoin = ""', f'addresses.join: "" does not fit {A_LOCAL_PART}'),
        (
            f'[addresses]\nreply = "{"r" * 40}"',
            f'addresses.reply: "{"r" * 40}" does not fit {A_LOCAL_PART[:-1]}; at most 39 characters)',
        ),
        (
            "[addresses]\ndesk = []",
            'addresses.desk: [] does not fit (expected a list of one or more local parts such as ["soudan"]: '
            "letters, digits, and . _ - between them)",
        ),
        (
            '[addresses]\nbounce = "Reply"',
            'addresses.bounce: "reply" is used twice (expected a name for each purpose)',
        ),
        (
            '[addresses]\ndesk = ["a", "join"]',
            'addresses.join: "join" is used twice (expected a name for each purpose)',
        ),
        (
            '[addresses]\ndesk = ["a", "A"]',
            'addresses.desk: "a" is used twice (expected a name for each purpose)',
        ),
        ('[addresses]\nseparator = "/"', 'addresses.separator: "/" does not fit (expected one of + - = . _)'),
        ('[database]\nurl = "sqlite://"', f"database.url: this text does not fit {DATABASE}"),
        ('[database]\nurl = "sqlite:///:memory:"', f"database.url: this text does not fit {DATABASE}"),
        ('[database]\nurl = "mysql://u:geheim@h/d"', f"database.url: this text does not fit {DATABASE}"),
        ('[database]\nurl = "postgresql+psycopg://h"', f"database.url: this text does not fit {DATABASE}"),
        ('[database]\nurl = "postgresql+psycopg://[/d"', f"database.url: this text does not fit {DATABASE}"),
        ('[delivery]\nmaildir = ""', 'delivery.maildir: "" does not fit (expected a folder name)'),
        ('[dns]\nnameservers = ["ns.example"]', f'dns.nameservers: "ns.example" does not fit {NAMESERVERS}'),
        ('[dns]\nnameservers = ["127.0.0.1:0"]', f'dns.nameservers: "127.0.0.1:0" does not fit {NAMESERVERS}'),
        *(
            (f'[watch]\naddress = "{text}"', f'watch.address: "{text}" does not fit {LOOPBACK}')
            for text in ("0.0.0.0:9410", "9410", "127.0.0.1", "localhost:9410", "127.0.0.1:65536", "[::1]", "::1:9410")
        ),
        (
            "[listener]\nmax_size_bytes = 70000\nmax_waiting_bytes = 69999",
            "listener.max_waiting_bytes: 69999 (expected no less than max_size_bytes, which is 70000)",
        ),
        (
            '[listener]\nreuse_port = "yes"',
            'listener.reuse_port: "yes" does not fit (expected true or false)',
        ),
        ("[spool]\nmax_backlog = 0", "spool.max_backlog: 0 does not fit (expected a number from 1 to 100000000)"),
        (
            '[listener]\ntls_certificate = "c.pem"',
            "listener.tls_key: not set, but tls_certificate is (expected both or none)",
        ),
        (
            '[listener]\ntls_key = "k.pem"',
            "listener.tls_key: set, but tls_certificate is not (expected both or none)",
        ),
        (
            '[listener]\ntls = "require"',
            'listener.tls: "require" without a certificate (expected tls_certificate and tls_key, too)',
        ),
        (
            '[delivery]\ntls = "opportunistic"\nca_file = "ca.pem"',
            'delivery.ca_file: set although tls is "opportunistic" (expected tls "starttls" or "tls")',
        ),
        (
            '[delivery]\ntls = "opportunistic"\nusername = "u"\npassword_file = "p"',
            'delivery.username: set although tls is "opportunistic" '
            '(expected tls "starttls" or "tls": a password never goes in clear)',
        ),
        ('[dkim]\nselectors = ["s", "S"]', 'dkim.selectors: "s" is there twice (expected each selector once)'),
        ('[dkim]\nselectors = ["../s"]', f'dkim.selectors: "../s" does not fit {SELECTORS}'),
        ('[dkim]\nselectors = "s"', f'dkim.selectors: "s" does not fit {SELECTORS}'),
        ('[dkim]\nselector = "s"', 'dkim.selector: unknown key (did you mean "selectors"?)'),
        (
            '[delivery]\npassword_file = "p"',
            "delivery.password_file: set, but username is not (expected both or none)",
        ),
        (
            '[delivery]\nusername = "u"\npassword_file = "p"',
            'delivery.username: set although tls is "none" '
            '(expected tls "starttls" or "tls": a password never goes in clear)',
        ),
        (
            "[desk]\ninvitation_days = 2",
            "desk.reminder_days: 2 (expected fewer days than invitation_days, which is 2)",
        ),
        ("[desk]\nk_anonymity = 0", "desk.k_anonymity: 0 does not fit (expected a number of people, 1 to 1000)"),
        (
            '[desk]\nanswer_slots = ["7:30"]',
            'desk.answer_slots: "7:30" does not fit (expected a list of local times such as ["07:30", "18:00"])',
        ),
        (
            "[attributes]\nyears = [5, 6]",
            "attributes.years: [5, 6] does not fit (expected a list of one to six borders from 2 to 60, each at least "
            "2 above the one before, such as [5, 10, 20])",
        ),
        ("[attributes]\nyears_coarse = 15", "attributes.years_coarse: 15 (expected one of the borders in years)"),
        (
            "[attributes]\noldest_age = 55",
            "attributes.oldest_age: 55 does not fit (expected an age: 30, 40, 50, 60, 70 or 80)",
        ),
    ],
)
def test_what_cannot_work_is_told_with_its_key(tmp_path: Path, text: str, problem: str) -> None:
    assert problems_of(written(tmp_path, text)) == [problem]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = '[lisener]\n[listener]\nport = -1\ntls_key = "k"\n[desk]\nquiet_days = 0\nquiet = 1\n'
    assert [problem.partition(":")[0] for problem in problems_of(written(tmp_path, text))] == [
        "lisener",
        "listener.port",
        "listener.tls_key",
        "desk.quiet_days",
        "desk.quiet",
    ]


def test_long_values_are_cut_in_the_message(tmp_path: Path) -> None:
    (problem,) = problems_of(written(tmp_path, f'[service]\nlanguage = "{"x" * 10_000}"'))
    assert problem == f'service.language: "{"x" * 59}… does not fit (expected "ja" or "en")'


def test_password_in_the_database_url_is_shown_nowhere(tmp_path: Path) -> None:
    good = load(written(tmp_path, '[database]\nurl = "postgresql+psycopg://u:geheim@h/d"\n'))
    assert "geheim" in good.database.url
    assert "geheim" not in repr(good)


def test_syntax_error_is_told_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "[listener]\nport 25\n")
    assert problems_of(path) == [f"{path}: not TOML: line 2, column 6 cannot be read, or repeats what stands above"]


def test_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mailgate.toml"
    path.write_bytes('[service]\nname = "窓口"'.encode("cp932"))
    assert problems_of(path) == [f"{path}: byte 19 is not UTF-8 (expected a TOML file)"]


def test_byte_order_mark_of_a_windows_editor_is_read_over(tmp_path: Path) -> None:
    path = tmp_path / "mailgate.toml"
    path.write_bytes(b"\xef\xbb\xbf[listener]\r\nport = 2525\r\n")
    assert load(path).listener.port == 2525


def test_missing_file_and_folder_are_told(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "none.toml") == [f"{tmp_path}/none.toml: cannot be read: No such file or directory"]
    assert problems_of(tmp_path) == [f"{tmp_path}: cannot be read: Is a directory"]


def test_deeply_nested_file_is_told(tmp_path: Path) -> None:
    (problem,) = problems_of(written(tmp_path, f"a = {'[' * 100_000}"))
    assert "not TOML" in problem


@pytest.mark.parametrize(
    ("name", "text", "section", "key", "value"),
    [
        ("MAILGATE_LISTENER__PORT", "2525", "listener", "port", 2525),
        ("MAILGATE_SERVICE__NAME", "2525", "service", "name", "2525"),
        ("MAILGATE_TARGETS__SATISFACTION", "4", "targets", "satisfaction", 4.0),
        ("MAILGATE_TARGETS__SATISFACTION", "4.5", "targets", "satisfaction", 4.5),
        ("MAILGATE_LISTENER__HOST", "::1", "listener", "host", "::1"),
        ("MAILGATE_ADDRESSES__DESK", "soudan, Madoguchi", "addresses", "desk", ("soudan", "madoguchi")),
        ("MAILGATE_ADDRESSES__DESK", '["a", "b"]', "addresses", "desk", ("a", "b")),
        ("MAILGATE_SERVICE__OPERATORS", "", "service", "operators", ()),
        ("MAILGATE_DNS__NAMESERVERS", "[::1]:5353", "dns", "nameservers", (("::1", 5353),)),
        ("MAILGATE_DNS__NAMESERVERS", "127.0.0.1:5353,::1", "dns", "nameservers", (("127.0.0.1", 5353), ("::1", 53))),
    ],
)
def test_environment_overrides_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, section: str, key: str, value: object
) -> None:
    path = written(tmp_path, '[listener]\nport = 25\nhost = "127.0.0.2"\n[addresses]\njoin = "x"\n')
    monkeypatch.setenv(name, text)
    config = load(path)
    assert getattr(getattr(config, section), key) == value
    assert config.addresses.join == "x"


def test_environment_overrides_a_wrong_value_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILGATE_LISTENER__PORT", "2525")
    assert load(written(tmp_path, "[listener]\nport = -1")).listener.port == 2525


def test_relative_path_of_the_environment_is_relative_to_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILGATE_KEYS__DIRECTORY", "other")
    assert load(written(tmp_path, "")).keys.directory == tmp_path / "other"


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("MAILGATE_LISTENER__PORT", "smtp", f'listener.port (MAILGATE_LISTENER__PORT): "smtp" does not fit {PORT}'),
        ("MAILGATE_LISTENER__PORT", "", f'listener.port (MAILGATE_LISTENER__PORT): "" does not fit {PORT}'),
        (
            "MAILGATE_LISTENER__PROT",
            "1",
            'listener.prot (MAILGATE_LISTENER__PROT): unknown key (did you mean "port"?)',
        ),
        ("MAILGATE_LISENER__PORT", "1", 'MAILGATE_LISENER__PORT: unknown section (did you mean "listener"?)'),
        (
            "MAILGATE_SERVICE__OPERATORS",
            '["a',
            f'service.operators (MAILGATE_SERVICE__OPERATORS): "[\\"a" does not fit {MAILBOXES}',
        ),
    ],
)
def test_wrong_variable_is_told_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, problem: str
) -> None:
    monkeypatch.setenv(name, text)
    assert problems_of(written(tmp_path, "")) == [problem]


def test_other_variables_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = load(written(tmp_path, ""))
    for name in ("MAILGATE_CONFIG", "MAILGATE_OPERATOR", "LISTENER", "LISTENER__PORT", "KEYS"):
        monkeypatch.setenv(name, "x")
    assert load(written(tmp_path, "")) == before


def test_longest_names_leave_room_for_the_token(tmp_path: Path) -> None:
    own = load(written(tmp_path, f'[addresses]\nreply = "{"r" * 39}"')).own_addresses()
    assert len(own.reply_address(new_token(bytes)).local) == 64


def test_settings_cannot_be_changed_later() -> None:
    with pytest.raises(ValueError, match="frozen"):
        DEFAULTS.listener.port = 25


def test_named_file_comes_before_the_environment_and_the_usual_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "var").mkdir()
    (tmp_path / "var/mailgate.toml").touch()
    environment = {"MAILGATE_CONFIG": "/b.toml"}
    assert find_config(Path("/a.toml"), environment) == Path("/a.toml")
    assert find_config(None, environment) == Path("/b.toml")
    assert find_config(None, {"MAILGATE_CONFIG": ""}) == Path("var/mailgate.toml")


def test_no_configuration_at_all_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("mailgate.config.reading._PLACES", (Path("var/mailgate.toml"), tmp_path / "etc.toml"))
    with pytest.raises(BadConfiguration) as caught:
        find_config(None, {})
    assert caught.value.problems == (
        f"no configuration: looked for ./var/mailgate.toml and {tmp_path}/etc.toml; "
        "make one with `mailgate init var` or name one with --config FILE",
    )


def test_the_key_store_is_a_file_beside_the_keys_or_where_it_is_named(tmp_path: Path) -> None:
    assert load(written(tmp_path, "")).key_store_url() == f"sqlite:///{tmp_path}/keys/store.db"
    elsewhere = load(written(tmp_path, '[keys]\nstore = "sqlite:///custody/keys.db"'))
    assert elsewhere.key_store_url() == f"sqlite:///{tmp_path}/custody/keys.db"
    url = "postgresql+psycopg://mailgate@db/keys"
    text = f'[database]\nurl = "postgresql+psycopg://mailgate@db/mailgate"\n[keys]\nstore = "{url}"'
    assert load(written(tmp_path, text)).key_store_url() == url


def test_bands_and_slots_are_read_from_the_environment_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILGATE_ATTRIBUTES__YEARS", "3, 10")
    monkeypatch.setenv("MAILGATE_ATTRIBUTES__OLDEST_AGE", "60")
    monkeypatch.setenv("MAILGATE_DESK__ANSWER_SLOTS", "07:30, 18:00")
    config = load(written(tmp_path, ""))
    assert (config.attributes.years, config.attributes.oldest_age) == ((3, 10), 60)
    assert config.desk.answer_slots == (time(7, 30), time(18, 0))


@pytest.mark.parametrize(
    ("text", "environment", "expected"),
    [
        ("", {}, []),
        ('[database]\nurl = "postgresql+psycopg://mailgate@db/desk"', {}, []),
        ('[database]\nurl = "postgresql+psycopg://mailgate:secret@db/desk"', {}, ["database.url"]),
        ('[keys]\nstore = "postgresql+psycopg://mailgate:secret@db/keys"', {}, ["keys.store"]),
        ("", {"MAILGATE_DATABASE__URL": "postgresql+psycopg://mailgate:secret@db/desk"}, []),
    ],
)
def test_passwords_that_stand_in_the_file_are_known(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    environment: dict[str, str],
    expected: list[str],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert passwords_in_file(load(written(tmp_path, text)), environment) == expected
