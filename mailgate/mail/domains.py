"""Domain names as the DNS and DMARC compare them: whole, in ASCII, and by who registered them.

`dmarc` and the checks below `mailgate/authentication/` ask here, and never look at a piece of a name themselves: a
pattern that stops at a hyphen makes `legit.com-evil.net` the same as `legit.com`. IDNA 2008 (RFC 5891), the public
suffix list as it came with its library: nothing is fetched.
"""

from __future__ import annotations

import re
from functools import cache

import idna
from publicsuffixlist import PublicSuffixList

_MOST_CHARACTERS = 253
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


def ascii_domain(name: str) -> str | None:
    """`name` in A-labels and lower case, without a final dot; None when the DNS has no such names.

    Two labels at least, letters, digits, hyphens and underscores: what else stands there (blanks, NUL, brackets,
    quotes) is an attack on those who ask, not a question.
    """
    name = name.lower().removesuffix(".")
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True, std3_rules=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    labels = name.split(".")
    fits = len(name) <= _MOST_CHARACTERS and len(labels) > 1 and all(map(_LABEL.fullmatch, labels))
    return name if fits else None


def organisation(domain: str) -> str:
    """The organisational domain (RFC 7489 3.2) of an ASCII domain: one label below its public suffix.

    A public suffix (`co.jp`) is its own: nothing but the very same name goes with it. Below a top-level domain that
    the list does not know, that domain is the suffix.
    """
    return _suffixes().privatesuffix(domain) or domain


def public_suffix(domain: str) -> str | None:
    """The suffix below which `domain` was registered; None for a suffix itself, and for one that the list lacks."""
    suffix = _suffixes().publicsuffix(domain, accept_unknown=False)
    return suffix if suffix != domain else None


@cache
def _suffixes() -> PublicSuffixList:
    """Read once, when the first mail is looked at."""
    return PublicSuffixList()
