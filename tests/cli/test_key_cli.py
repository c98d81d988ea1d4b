"""`mailgate key dkim`: keys, their records on a name server, and the way from an old key to a new one."""

from __future__ import annotations

import re
import shlex
import stat
from collections.abc import Iterator
from typing import Any

import dkim
import pytest
from loopback_dns import LoopbackDns

from mailgate.authentication.resolver import Questions, Resolver
from mailgate.config import load
from mailgate.edges import signer_of

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
