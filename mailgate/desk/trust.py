"""How far the author of a mail is believed: the one question that stands before every effect.

The policy `enforce` believes an author whom a trusted receiver in front of us vouches for (Authentication-Results,
RFC 8601); `observe` and `off` believe every From field and are for trying out and for closed networks.
"""

from __future__ import annotations

from enum import StrEnum


class AuthenticationPolicy(StrEnum):
    ENFORCE = "enforce"
    OBSERVE = "observe"
    OFF = "off"


class Trust(StrEnum):
    TRUSTED = "trusted"
    DOUBTFUL = "doubtful"
    """Held for the operator, never answered."""
