"""The examples in `config/examples/`: each loads as it stands, says what to change, and starts to work."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from mailgate.config import load
from mailgate.store.engine import open_engine

FOLDER = Path(__file__).resolve().parent.parent / "config" / "examples"
EXAMPLES = sorted(FOLDER.glob("*.toml"))
RELAYS = {
    "behind-postfix": ("127.0.0.1", 25, "none", False),
    "direct-mx": ("relay.example.jp", 587, "starttls", True),
    "postgresql": ("127.0.0.1", 25, "none", False),
    "relay-google-workspace": ("smtp-relay.gmail.com", 587, "starttls", True),
    "relay-microsoft-365": ("example-jp.mail.protection.outlook.com", 25, "starttls", False),
}

each_example = pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)


def test_each_way_to_be_connected_has_its_example() -> None:
    assert [file.stem for file in EXAMPLES] == list(RELAYS)


@each_example
def test_an_example_loads_and_sends_as_it_says(file: Path) -> None:
    delivery = load(file).delivery
    assert delivery.mode == "smtp"
    assert (delivery.host, delivery.port, delivery.tls, bool(delivery.username)) == RELAYS[file.stem]


@each_example
def test_an_example_believes_no_sender_unseen_and_keeps_all_in_one_place(file: Path) -> None:
    config = load(file)
    assert config.authentication.policy == "enforce"
    assert config.keys.directory == Path("/var/lib/mailgate/keys")
    assert config.database.url.startswith(("sqlite:////var/lib/mailgate/", "postgresql+psycopg://"))
    assert str(open_engine(config.database.url).url.database).endswith(("/mailgate.db", "mailgate"))


@each_example
def test_what_must_be_changed_is_marked(file: Path) -> None:
    """Every value that names somebody else's place: domains and hosts for examples, passwords."""
    lines = file.read_text(encoding="utf-8").splitlines()
    strange = re.compile(r"example[.-]|PASSWORD")
    marked = [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if re.match(r"\w+ =", line) and strange.search(line) and "CHANGE" not in line + before
    ]
    # A comment of two lines may stand before the key.
    assert [line for line in marked if not line.startswith("trusted_authserv_ids")] == []


@each_example
def test_an_example_says_where_it_goes_and_has_the_sections_that_nobody_can_do_without(file: Path) -> None:
    given = tomllib.loads(file.read_text(encoding="utf-8"))
    assert set(given) >= {"service", "database", "delivery", "keys"}
    assert file.read_text(encoding="utf-8").startswith("# /etc/mailgate/mailgate.toml, mode 0600,")


def test_the_key_store_of_several_machines_is_another_database() -> None:
    config = load(FOLDER / "postgresql.toml")
    assert config.key_store_url() != config.database.url
    assert config.key_store_url().startswith("postgresql+psycopg://")
