"""Questions to a real name server on loopback: what comes back, what is kept, and what is never asked."""

from __future__ import annotations

from typing import NoReturn

import pytest
from loopback_dns import SERVFAIL, SILENT, LoopbackDns

from mailgate.authentication.resolver import Questions, Resolver, TooManyQuestions
from mailgate.errors import DnsTrouble


@pytest.mark.parametrize(
    ("kind", "records", "expected"),
    [
        ("A", ["192.0.2.1"], ("192.0.2.1",)),
        ("AAAA", ["2001:db8::1"], ("2001:db8::1",)),
        ("MX", ["10 mx.minami.example."], ((10, "mx.minami.example"),)),
        ("PTR", ["mx.minami.example."], ("mx.minami.example",)),
        ("TXT", ["v=spf1 -all"], (b"v=spf1 -all",)),
        ("TXT", ["x" * 300], (b"x" * 300,)),
        ("TXT", [""], (b"",)),
        ("TXT", ["x" * 3000], (b"x" * 3000,)),  # does not fit into a datagram
        ("TXT", ["x" * 5000], ()),  # longer than any text that is meant for mail
    ],
)
def test_records_come_back(
    dns: LoopbackDns, resolver: Resolver, kind: str, records: list[str], expected: tuple[object, ...]
) -> None:
    dns.add("minami.example", kind, *records)
    assert resolver.ask("Minami.Example.", kind).records == expected


def test_aliases_are_followed(dns: LoopbackDns, resolver: Resolver) -> None:
    dns.add("k1._domainkey.minami.example", "CNAME", "k1.provider.example")
    dns.add("k1.provider.example", "TXT", "p=x")
    assert resolver.ask("k1._domainkey.minami.example", "TXT").records == (b"p=x",)


@pytest.mark.parametrize("name", ["nobody.example", "minami.example"])
def test_nothing_is_an_answer(dns: LoopbackDns, resolver: Resolver, name: str) -> None:
    dns.add("minami.example", "A", "192.0.2.1")
    assert resolver.ask(name, "TXT").records == ()


@pytest.mark.parametrize("trouble", [SERVFAIL, SILENT])
def test_no_answer_is_trouble_and_is_remembered_for_a_while(dns: LoopbackDns, trouble: str) -> None:
    now = [100.0]
    resolver = Resolver([dns.nameserver], question_seconds=0.3, clock=lambda: now[0])
    dns.add("broken.example", "TXT", trouble)
    for _ in range(2):
        with pytest.raises(DnsTrouble):
            resolver.ask("broken.example", "TXT")
    asked = len(dns.asked)
    dns.zone[("broken.example", "TXT")] = ["mended"]
    now[0] += 11
    assert resolver.ask("broken.example", "TXT").records == (b"mended",)
    assert len(dns.asked) == asked + 1


def test_a_name_server_that_is_not_there_is_trouble() -> None:
    with pytest.raises(DnsTrouble):
        Resolver([("127.0.0.1", 9)], question_seconds=0.3).ask("minami.example", "TXT")


def test_an_answer_is_kept_as_long_as_it_says(dns: LoopbackDns) -> None:
    now = [100.0]
    resolver = Resolver([dns.nameserver], clock=lambda: now[0])
    dns.add("minami.example", "TXT", "one")
    for _ in range(3):
        resolver.ask("minami.example", "TXT")
    assert len(dns.asked) == 1
    now[0] += 301
    resolver.ask("minami.example", "TXT")
    assert len(dns.asked) == 2


def test_the_memory_is_bounded(dns: LoopbackDns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailgate.authentication.resolver._MOST_KEPT", 3)
    resolver = Resolver([dns.nameserver])
    for number in range(5):
        resolver.ask(f"n{number}.example", "TXT")
    assert len(resolver._kept) == 3


@pytest.mark.parametrize(
    "name", ["", "a\0b.example", "a..example", "ä.example", "x" * 64 + ".example", "a.\x1b[2J.example"]
)
def test_a_name_that_cannot_be_is_not_asked_for(dns: LoopbackDns, resolver: Resolver, name: str) -> None:
    assert (resolver.ask(name, "TXT").records, dns.asked) == ((), [])


def test_odd_but_possible_names_are_asked_as_they_are(dns: LoopbackDns, resolver: Resolver) -> None:
    """A macro of SPF can make them; a backslash escapes nothing."""
    dns.add("o'neil+a\\.b.example", "A", "192.0.2.1")
    assert resolver.ask("o'neil+a\\.b.example", "A").records == ("192.0.2.1",)


def test_a_mail_has_a_number_of_questions(resolver: Resolver) -> None:
    questions = Questions(resolver, at_most=2)
    for name in ("a.example", "b.example"):
        questions.ask(name, "TXT")
    with pytest.raises(TooManyQuestions):
        questions.ask("c.example", "TXT")


@pytest.mark.parametrize(("patient", "seconds"), [(True, 8), (False, 2.5)])
def test_a_mail_has_a_time_for_all_its_questions(
    resolver: Resolver, monkeypatch: pytest.MonkeyPatch, patient: bool, seconds: float
) -> None:
    now, waited = [100.0], []

    def silence(name: str, kind: str, left: float) -> NoReturn:
        waited.append(min(left, 4.0))
        now[0] += waited[-1]
        raise DnsTrouble("no answer")

    monkeypatch.setattr(resolver, "ask", silence)
    questions = Questions(resolver, patient=patient, clock=lambda: now[0])
    for name in ("a", "b", "c", "d", "e"):
        with pytest.raises(DnsTrouble):
            questions.ask(f"{name}.example", "TXT")
    assert sum(waited) == seconds


def test_who_is_in_haste_does_not_wait_again_for_a_silent_organisation(dns: LoopbackDns) -> None:
    now = [100.0]
    resolver = Resolver([dns.nameserver], question_seconds=0.3, clock=lambda: now[0])
    dns.add("k1._domainkey.broken.example", "TXT", SILENT)
    for name in ("_dmarc.broken.example", "mended.example"):
        dns.add(name, "TXT", "here")
    with pytest.raises(DnsTrouble):
        Questions(resolver, patient=False).ask("k1._domainkey.broken.example", "TXT")
    dns.asked.clear()
    with pytest.raises(DnsTrouble):
        Questions(resolver, patient=False).ask("_dmarc.Broken.example", "TXT")
    assert dns.asked == []
    assert Questions(resolver, patient=False).texts("mended.example") == [b"here"]
    assert Questions(resolver).texts("_dmarc.broken.example") == [b"here"]
    now[0] += 61
    assert Questions(resolver, patient=False).texts("_dmarc.broken.example") == [b"here"]
