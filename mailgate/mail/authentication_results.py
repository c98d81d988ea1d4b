"""What a mail server before us found out about a mail: Authentication-Results (RFC 8601).

Only the topmost field with a configured authserv-id counts, and where such ids are configured nothing else does. That
server must drop fields of others that bear its name (RFC 8601 section 5). The record of the author's domain is not
known here, so SPF and DKIM count for the very domain of the From field only; a DMARC pass says more and is believed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import authres  # type: ignore[import-untyped]  # it brings no types

from mailgate.mail.authentication import Verdict, Wish
from mailgate.mail.domains import ascii_domain

_PROPERTY = {"dmarc": ("header", "from"), "dkim": ("header", "d"), "spf": ("smtp", "mailfrom")}


def verdict_of(fields: Sequence[str], trusted: Collection[str], author: str) -> Verdict:
    """What the trusted server says of `author` (ASCII domain); `fields` are the values, topmost first."""
    results = _results(fields, trusted)
    failed = any(one.method == "dmarc" and one.result == "fail" for one in results)
    passed = not failed and any(_vouches(one, author) for one in results)
    said = tuple(
        f"{one.method.upper()}: {one.result} (says the mail server before us)"
        for one in results
        if one.method in _PROPERTY and one.result in _KNOWN
    )
    silence = ("the mail server before us says nothing about the author",)
    return Verdict(passed, Wish.UNKNOWN if failed else Wish.NOTHING, undecided=False, reasons=said or silence)


_KNOWN = frozenset(
    {"none", "pass", "fail", "softfail", "neutral", "policy", "temperror", "permerror", "bestguesspass", "hardfail"}
)


def _results(fields: Sequence[str], trusted: Collection[str]) -> list[authres.AuthenticationResult]:
    """The results of the topmost field by a trusted receiver; none when there is no such field or it is malformed."""
    for field in fields:
        try:
            header = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {field}")
        except authres.AuthResError:
            continue
        if header.authserv_id.lower() in trusted:
            return list(header.results)
    return []


def _vouches(result: authres.AuthenticationResult, author: str) -> bool:
    if result.result != "pass" or result.method not in _PROPERTY:
        return False
    properties = {(one.type, one.name): one.value for one in result.properties}
    value = properties.get(_PROPERTY[result.method]) or ""
    return ascii_domain(value.rpartition("@")[2]) == author
