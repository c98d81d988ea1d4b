"""DMARC records, where they stand, what they ask for, and whose pass counts (RFC 7489, RFC 9091)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.authentication import Dkim, Result, Spf, Wish
from mailgate.mail.dmarc import Published, Record, aligned, parse_record, places, verdict, wish_of

NOTHING, QUARANTINE, REJECT = Wish.NOTHING, Wish.QUARANTINE, Wish.REJECT


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["v=DMARC1; p=reject"], Record(REJECT, REJECT, REJECT)),
        (["v=DMARC1;p=none;"], Record(NOTHING, NOTHING, NOTHING)),
        (["v = DMARC1 ; p = quarantine"], Record(QUARANTINE, QUARANTINE, QUARANTINE)),
        (["v=DMARC1; P=Reject"], Record(REJECT, REJECT, REJECT)),
        (["v=DMARC1; p=none; sp=reject"], Record(NOTHING, REJECT, REJECT)),
        (["v=DMARC1; p=reject; sp=none"], Record(REJECT, NOTHING, NOTHING)),
        (["v=DMARC1; p=none; np=reject"], Record(NOTHING, NOTHING, REJECT)),
        (["v=DMARC1; p=reject; sp=quarantine; np=none"], Record(REJECT, QUARANTINE, NOTHING)),
        (["v=DMARC1; p=reject; adkim=s; aspf=s"], Record(REJECT, REJECT, REJECT, True, True)),
        (["v=DMARC1; p=reject; adkim=r; aspf=x"], Record(REJECT, REJECT, REJECT)),
        # a share of all mail, or testing: one step milder
        (["v=DMARC1; p=reject; pct=100"], Record(REJECT, REJECT, REJECT)),
        (["v=DMARC1; p=reject; pct=20"], Record(QUARANTINE, QUARANTINE, QUARANTINE)),
        (["v=DMARC1; p=quarantine; pct=0"], Record(NOTHING, NOTHING, NOTHING)),
        (["v=DMARC1; p=reject; pct=many"], Record(REJECT, REJECT, REJECT)),
        (["v=DMARC1; p=reject; t=y"], Record(QUARANTINE, QUARANTINE, QUARANTINE)),
        # without a policy: those who want reports only look
        (["v=DMARC1; rua=mailto:d@minami.example"], Record(NOTHING, NOTHING, NOTHING)),
        (["v=DMARC1; p=refuse; rua=mailto:d@minami.example"], Record(NOTHING, NOTHING, NOTHING)),
        (["v=DMARC1; p=refuse"], None),
        (["v=DMARC1"], None),
        # which record
        (["other text", "v=DMARC1; p=reject"], Record(REJECT, REJECT, REJECT)),
        (["v=DMARC1; p=reject", "v=DMARC1; p=none"], None),
        (["p=reject; v=DMARC1"], None),
        (["v=dmarc1; p=reject"], None),
        (["v=DMARC2; p=reject"], None),
        (["v=spf1 -all"], None),
        ([""], None),
        ([], None),
        # the first of two wins, rubbish is passed over
        (["v=DMARC1; p=reject; p=none"], Record(REJECT, REJECT, REJECT)),
        (["v=DMARC1; ; garbage; p=reject; x"], Record(REJECT, REJECT, REJECT)),
    ],
)
def test_a_record_is_read_as_the_rfc_says(texts: list[str], expected: Record | None) -> None:
    assert parse_record([text.encode() for text in texts]) == expected


@given(st.lists(st.binary(max_size=60).map(lambda tail: b"v=DMARC1;" + tail), max_size=2))
def test_any_octets_at_all_are_a_record_or_none(texts: list[bytes]) -> None:
    assert isinstance(parse_record(texts), Record | None)


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("minami.example", ("minami.example",)),
        ("a.minami.example", ("a.minami.example", "minami.example")),
        ("mail.a.minami.co.jp", ("mail.a.minami.co.jp", "minami.co.jp", "co.jp")),
        ("co.jp", ("co.jp",)),
    ],
)
def test_the_record_is_looked_for_from_the_author_up_to_the_suffix(author: str, expected: tuple[str, ...]) -> None:
    assert places(author) == expected


FULL = Record(REJECT, QUARANTINE, NOTHING)


@pytest.mark.parametrize(
    ("author", "published", "exists", "expected"),
    [
        ("minami.example", Published(FULL, "minami.example"), True, REJECT),
        ("sub.minami.example", Published(FULL, "minami.example"), True, QUARANTINE),
        ("sub.minami.example", Published(FULL, "minami.example"), False, NOTHING),
        ("sub.minami.example", Published(FULL, "sub.minami.example"), True, REJECT),
        ("minami.example", Published(FULL, "example"), True, QUARANTINE),
        ("minami.example", Published(None), True, NOTHING),
        ("minami.example", Published(None, silent=True), True, Wish.UNKNOWN),
    ],
)
def test_what_is_asked_for_depends_on_where_the_record_stood(
    author: str, published: Published, exists: bool, expected: Wish
) -> None:
    assert wish_of(author, published, exists) is expected


@pytest.mark.parametrize(
    ("author", "domain", "strict", "expected"),
    [
        ("legit.com", "legit.com", True, True),
        ("legit.com", "mail.legit.com", False, True),
        ("mail.legit.com", "legit.com", False, True),
        ("a.legit.com", "b.legit.com", False, True),
        ("legit.com", "mail.legit.com", True, False),
        ("legit.com", "evil.net", False, False),
        # by which authheaders was fooled
        ("legit.com", "legit.com-evil.net", False, False),
        ("legit.com", "notlegit.com", False, False),
        ("foo-bar.com", "foo-bar.com", True, True),
        ("foo-bar.com", "foo.com", False, False),
        ("foo_bar.com", "foo.com", False, False),
        ("xn--6kru6r.example", "xn--6kru6r.example", True, True),
        ("xn--6kru6r.example", "xn--a.example", False, False),
        ("a.test", "b.test", False, False),
        ("a.internal", "b.internal", False, False),
        # a public suffix vouches for nobody below it
        ("minami.co.jp", "co.jp", False, False),
        ("a.github.io", "b.github.io", False, False),
        ("co.jp", "co.jp", False, True),
    ],
)
def test_alignment_is_of_whole_domains(author: str, domain: str, strict: bool, expected: bool) -> None:
    assert aligned(author, domain, strict) is expected


_NAMES = st.lists(
    st.sampled_from(["a", "b", "legit", "com-evil", "x-y", "co", "jp", "com", "net"]), min_size=2, max_size=5
)


@given(_NAMES, _NAMES)
def test_what_aligns_ends_in_the_same_registered_name(author: list[str], domain: list[str]) -> None:
    """By a rule of its own: the suffixes that can be made of these words, longest first."""

    def registered(labels: list[str]) -> list[str]:
        suffix = 2 if labels[-2:] == ["co", "jp"] else 1
        return labels[-suffix - 1 :]

    known = {"jp", "com", "net", "co"}
    if author[-1] in known and domain[-1] in known and aligned(".".join(author), ".".join(domain), strict=False):
        assert author == domain or registered(author) == registered(domain)


AUTHOR = "minami.example"
NO_SPF = Spf(Result.NONE, "")
PUBLISHED = Published(Record(REJECT, REJECT, REJECT), AUTHOR)
STRICT = Published(Record(REJECT, REJECT, REJECT, True, True), AUTHOR)
SILENT = Published(None, silent=True)


def dkim(result: Result, domain: str = AUTHOR) -> Dkim:
    return Dkim(result, domain)


def spf(result: Result, domain: str = AUTHOR) -> Spf:
    return Spf(result, domain)


@pytest.mark.parametrize(
    ("sender", "signatures", "published", "expected"),
    [
        # (passed, wish, undecided)
        (NO_SPF, [], PUBLISHED, (False, REJECT, False)),
        (NO_SPF, [], Published(None), (False, NOTHING, False)),
        (spf(Result.PASS), [], PUBLISHED, (True, REJECT, False)),
        (spf(Result.SOFTFAIL), [], PUBLISHED, (False, REJECT, False)),
        (spf(Result.NEUTRAL), [], PUBLISHED, (False, REJECT, False)),
        (spf(Result.PERMERROR), [], PUBLISHED, (False, REJECT, False)),
        (spf(Result.PASS, "evil.net"), [], PUBLISHED, (False, REJECT, False)),
        (spf(Result.PASS, "bounce.minami.example"), [], PUBLISHED, (True, REJECT, False)),
        (spf(Result.PASS, "bounce.minami.example"), [], STRICT, (False, REJECT, False)),
        (spf(Result.PASS, "bounce.minami.example"), [], Published(None), (True, NOTHING, False)),
        (NO_SPF, [dkim(Result.PASS)], PUBLISHED, (True, REJECT, False)),
        (NO_SPF, [dkim(Result.FAIL), dkim(Result.PASS)], PUBLISHED, (True, REJECT, False)),
        (NO_SPF, [dkim(Result.PASS, "evil.net")], PUBLISHED, (False, REJECT, False)),
        (NO_SPF, [dkim(Result.POLICY)], PUBLISHED, (False, REJECT, False)),
        (NO_SPF, [dkim(Result.PASS, "")], PUBLISHED, (False, REJECT, False)),
        (spf(Result.FAIL, "list.example"), [dkim(Result.PASS)], PUBLISHED, (True, REJECT, False)),
        # trouble counts only where something depends on it
        (spf(Result.TEMPERROR), [], PUBLISHED, (False, REJECT, True)),
        (spf(Result.TEMPERROR, "evil.net"), [], PUBLISHED, (False, REJECT, False)),
        (spf(Result.TEMPERROR), [dkim(Result.PASS)], PUBLISHED, (True, REJECT, False)),
        (NO_SPF, [dkim(Result.TEMPERROR)], PUBLISHED, (False, REJECT, True)),
        (NO_SPF, [dkim(Result.TEMPERROR, "list.example")], PUBLISHED, (False, REJECT, False)),
        (NO_SPF, [], SILENT, (False, Wish.UNKNOWN, True)),
        (NO_SPF, [dkim(Result.PASS)], SILENT, (True, Wish.UNKNOWN, False)),
        (NO_SPF, [dkim(Result.PASS, "mail.minami.example")], SILENT, (False, Wish.UNKNOWN, True)),
    ],
)
def test_the_verdict(
    sender: Spf, signatures: list[Dkim], published: Published, expected: tuple[bool, Wish, bool]
) -> None:
    found = verdict(AUTHOR, sender, signatures, published)
    assert (found.passed, found.wish, found.undecided) == expected


def test_the_reasons_name_no_domain() -> None:
    signatures = [dkim(Result.PASS, "list.example"), dkim(Result.FAIL), dkim(Result.NONE, "mail.minami.example")]
    found = verdict(AUTHOR, spf(Result.FAIL, "evil.net"), signatures, PUBLISHED)
    assert found.reasons == (
        "DKIM: pass for another domain",
        "DKIM: fail for the author's domain",
        "DKIM: none for a domain of the author's organisation",
        "SPF: fail for another domain",
        "DMARC: for mail that does not pass the author's domain asks reject",
    )
