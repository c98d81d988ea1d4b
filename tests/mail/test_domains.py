"""Whole names in ASCII, and who registered them."""

from __future__ import annotations

import pytest

from mailgate.mail.domains import ascii_domain, organisation, public_suffix


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Minami.Example", "minami.example"),
        ("minami.example.", "minami.example"),
        ("南小.example", "xn--6kru6r.example"),
        ("xn--6kru6r.example", "xn--6kru6r.example"),
        ("ｍinami.example", "minami.example"),
        ("_dmarc.minami.example", "_dmarc.minami.example"),
        ("foo-bar.example", "foo-bar.example"),
        ("localhost", None),
        ("", None),
        ("minami..example", None),
        ("-minami.example", None),
        ("minami.example\0.evil.example", None),
        ("minami.example(.evil.example", None),
        ('"minami".example', None),
        ("minami example", None),
        ("[192.0.2.1]", None),
        ("a" * 64 + ".example", None),
        (".".join(["a" * 60] * 5), None),
    ],
)
def test_a_domain_is_compared_whole_and_in_ascii(name: str, expected: str | None) -> None:
    assert ascii_domain(name) == expected


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("minami.example", "minami.example"),
        ("mail.minami.example", "minami.example"),
        ("a.b.city.morino.lg.jp", "morino.lg.jp"),
        ("minami-es.ed.jp", "minami-es.ed.jp"),
        ("co.jp", "co.jp"),
        ("shop.github.io", "shop.github.io"),
        ("mail.legit.com-evil.net", "com-evil.net"),
        ("a.minami.test", "minami.test"),
        ("b.internal", "b.internal"),
        ("mail.city.kobe.jp", "city.kobe.jp"),
    ],
)
def test_the_organisation_is_one_label_below_the_public_suffix(domain: str, expected: str) -> None:
    assert organisation(domain) == expected


def test_a_public_suffix_has_none_above_it() -> None:
    assert (public_suffix("a.minami.co.jp"), public_suffix("co.jp"), public_suffix("a.test")) == ("co.jp", None, None)
