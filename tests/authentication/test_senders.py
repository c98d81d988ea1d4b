"""SPF against a real name server: results, limits, and what is not asked. (RFC 7208's own suite runs outside.)"""

from __future__ import annotations

import pytest
from loopback_dns import SERVFAIL, LoopbackDns

from mailgate.authentication.resolver import Questions, Resolver
from mailgate.authentication.senders import check_sender
from mailgate.mail.address import Address
from mailgate.mail.authentication import Result, Spf
from mailgate.mail.envelope import Envelope

HARUKA = Address("haruka", "minami.example")


def envelope(peer: str = "192.0.2.1", path: Address | None = HARUKA, helo: str = "mx.minami.example") -> Envelope:
    return Envelope(path, (), peer, helo)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (["v=spf1 ip4:192.0.2.1 -all"], Result.PASS),
        (["v=spf1 ip4:192.0.2.0/24 -all"], Result.PASS),
        (["v=spf1 ip4:198.51.100.1 -all"], Result.FAIL),
        (["v=spf1 ip4:198.51.100.1 ~all"], Result.SOFTFAIL),
        (["v=spf1 ip4:198.51.100.1 ?all"], Result.NEUTRAL),
        (["v=spf1 ip4:198.51.100.1"], Result.NEUTRAL),
        (["v=spf1 a -all"], Result.PASS),
        (["v=spf1 mx -all"], Result.PASS),
        (["v=spf1 include:provider.example -all"], Result.PASS),
        (["v=spf1 redirect=provider.example"], Result.PASS),
        (["v=spf1 include:broken.example -all"], Result.TEMPERROR),
        (["v=spf1 include:nothing.example -all"], Result.PERMERROR),
        (["v=spf1 ip4:192.0.2.300 -all"], Result.PERMERROR),
        (["v=spf1 include:minami.example -all"], Result.PERMERROR),
        (["v=spf1 -all", "v=spf1 +all"], Result.PERMERROR),
        (["other text"], Result.NONE),
        ([], Result.NONE),
        ([SERVFAIL], Result.TEMPERROR),
        (["v=spf1 exists:%{i}.%{d} -all"], Result.PASS),
        (["v=spf1 -all exp=explain.minami.example"], Result.FAIL),
    ],
)
def test_the_result_is_that_of_the_record(
    dns: LoopbackDns, resolver: Resolver, records: list[str], expected: Result
) -> None:
    dns.add("minami.example", "TXT", *records)
    dns.add("minami.example", "A", "192.0.2.1")
    dns.add("minami.example", "MX", "10 mx.minami.example.")
    dns.add("mx.minami.example", "A", "192.0.2.1")
    dns.add("192.0.2.1.minami.example", "A", "127.0.0.2")
    dns.add("provider.example", "TXT", "v=spf1 ip4:192.0.2.1 -all")
    dns.add("broken.example", "TXT", SERVFAIL)
    assert check_sender(envelope(), Questions(resolver)) == Spf(expected, "minami.example")
    assert ("explain.minami.example", "TXT") not in dns.asked


@pytest.mark.parametrize("peer", ["2001:db8::1", "::ffff:192.0.2.1"])
def test_both_families_of_addresses(dns: LoopbackDns, resolver: Resolver, peer: str) -> None:
    dns.add("minami.example", "TXT", "v=spf1 ip4:192.0.2.1 ip6:2001:db8::/64 -all")
    assert check_sender(envelope(peer), Questions(resolver)).result is Result.PASS


@pytest.mark.parametrize("peer", ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"])
@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 +all",
        "v=spf1 all",
        "v=spf1 ip4:0.0.0.0/0 ip6:::/0 -all",
        "v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 ip6:::/1 ip6:8000::/1 -all",
        "v=spf1 include:open.example -all",
        "v=spf1 redirect=open.example",
        "v=spf1 exists:%{l}.minami.example -all",
    ],
)
def test_a_domain_that_lets_every_host_send_vouches_for_nobody(
    dns: LoopbackDns, resolver: Resolver, peer: str, record: str
) -> None:
    dns.add("minami.example", "TXT", record)
    dns.add("open.example", "TXT", "v=spf1 +all")
    dns.add("haruka.minami.example", "A", "127.0.0.2")
    reason = "the domain lets every host send in its name"
    assert check_sender(envelope(peer), Questions(resolver)) == Spf(Result.POLICY, "minami.example", reason)


def test_the_null_reverse_path_stands_for_the_greeting(dns: LoopbackDns, resolver: Resolver) -> None:
    dns.add("mx.minami.example", "TXT", "v=spf1 ip4:192.0.2.1 -all")
    assert check_sender(envelope(path=None), Questions(resolver)) == Spf(Result.PASS, "mx.minami.example")


@pytest.mark.parametrize(
    "unasked",
    [
        envelope(peer=""),
        envelope(peer="somewhere"),
        envelope(path=Address("a", "localhost")),
        envelope(path=None, helo="[192.0.2.1]"),
        envelope(path=None, helo="evil.example(.minami.example"),
        envelope(path=None, helo="evil.example\0.minami.example"),
    ],
)
def test_what_is_no_question_is_not_asked(dns: LoopbackDns, resolver: Resolver, unasked: Envelope) -> None:
    found = check_sender(unasked, Questions(resolver))
    assert (found.result, found.domain, dns.asked) == (Result.NONE, "", [])


@pytest.mark.parametrize(
    "zone",
    [
        {f"s{number}.example": f"v=spf1 include:s{number + 1}.example -all" for number in range(20)},
        {"s0.example": "v=spf1 " + " ".join(f"a:h{number}.example" for number in range(500)) + " -all"},
        {"s0.example": "v=spf1 include:s0.example -all"},
        {"s0.example": "v=spf1 redirect=s1.example", "s1.example": "v=spf1 redirect=s0.example"},
        {"s0.example": "v=spf1 " + " ".join(f"exists:%{{i}}.x{number}.example" for number in range(9)) + " +all"},
    ],
    ids=["a chain", "many hosts", "itself", "two that redirect", "voids"],
)
def test_a_record_that_asks_too_much_is_an_error(dns: LoopbackDns, resolver: Resolver, zone: dict[str, str]) -> None:
    dns.add("minami.example", "TXT", "v=spf1 include:s0.example +all")
    for name, text in zone.items():
        dns.add(name, "TXT", text)
    assert check_sender(envelope(), Questions(resolver)).result is Result.PERMERROR
    assert len(dns.asked) <= 25


def test_ten_times_ten_mail_servers_stop_at_the_number_of_a_mail(dns: LoopbackDns, resolver: Resolver) -> None:
    """The RFC allows 111 questions for it."""
    dns.add("minami.example", "TXT", "v=spf1 " + " ".join(f"mx:m{one}.example" for one in range(10)) + " +all")
    for one in range(10):
        dns.add(f"m{one}.example", "MX", *(f"10 h{one}{two}.example." for two in range(10)))
        for two in range(10):
            dns.add(f"h{one}{two}.example", "A", "198.51.100.1")
    assert check_sender(envelope(), Questions(resolver)).result is Result.PERMERROR
    assert len(dns.asked) == 60


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.3.2.1", "::1"])
def test_a_program_of_this_machine_is_not_judged(dns: LoopbackDns, resolver: Resolver, peer: str) -> None:
    dns.add("minami.example", "TXT", "v=spf1 ip4:127.0.0.0/8 ip6:::1 -all")
    reason = "not checked: the mail comes from a program of this machine"
    assert check_sender(envelope(peer), Questions(resolver)) == Spf(Result.NONE, "", reason)
    assert dns.asked == []
