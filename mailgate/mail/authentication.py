"""What SPF and DKIM found out about a mail, and what follows for its author: values only (RFC 7208, 6376, 7489).

Before: `mailgate/authentication/` asked the DNS, or `authentication_results` read what a mail server before us found.
After: `dmarc` draws the `Verdict`, `desk/trust.py` decides how far the author is believed. The words in here are kept
with the mail and shown to operators: they name no domain and no address, and never repeat a stranger's text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """RFC 8601 2.7."""

    NONE = "none"
    """There was nothing to check, or no way to check it."""
    PASS = "pass"  # noqa: S105 (no password)
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    POLICY = "policy"
    """It verifies, and is not good enough for us."""
    TEMPERROR = "temperror"
    """The DNS gave no answer."""
    PERMERROR = "permerror"


@dataclass(frozen=True, slots=True)
class Spf:
    """Whether `domain` (ASCII) lets the peer send in its name; `domain` is that of the reverse-path, or of the
    greeting where there is none."""

    result: Result
    domain: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Dkim:
    """Whether one signature is that of `domain` (ASCII; "" when it names none)."""

    result: Result
    domain: str
    reason: str = ""


class Wish(StrEnum):
    """What the author's domain wants to become of mail in its name that does not pass."""

    NOTHING = "nothing"
    """It says nothing, or that it only looks."""
    UNKNOWN = "unknown"
    """It says something that we have not heard: the DNS is silent, or a server before us saw it fail."""
    QUARANTINE = "quarantine"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What SPF, DKIM and DMARC say of the one author of a mail."""

    passed: bool
    """SPF or DKIM vouches for the author's own domain (RFC 7489 3.1, alignment)."""
    wish: Wish
    undecided: bool
    """The DNS did not answer something on which `passed` depends."""
    reasons: tuple[str, ...]
