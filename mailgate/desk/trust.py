"""How far the author of a mail is believed: the one question that stands before every effect.

    what is known of the mail                                                   trust
    --------------------------------------------------------------------------- ---------
    DKIM or SPF vouches for the author's domain; or an operator did, by name    trusted
    nothing vouches, and an operator has approved this address for this thread  plausible
    nothing vouches for the author                                              doubtful
    the author's domain disowns such mail (DMARC), or the author is not clear   forged

    may …                                    trusted  plausible  doubtful  forged
    ---------------------------------------- -------  ---------  --------  ------
    open a case that goes into the queue        x
    write to its thread: comment, follow-up     x         x
    change it: 取り下げ, 辞退, the digit          x
    be answered by us                           x
    wait in its thread, as a held comment       x         x          x

The second table is `_MAY`, and what is not allowed is kept for an operator. Whether the DNS was silent is no row: such
a mail waits until it speaks (`flow/vouch.py`). Before: `mail/authentication.py` has what SPF, DKIM and DMARC say.
After: `desk/routing.py` and the handlers ask `may`. Pure.
"""

from __future__ import annotations

from enum import StrEnum

from mailgate.mail.authentication import Verdict, Wish


class AuthenticationPolicy(StrEnum):
    ENFORCE = "enforce"
    """What `trust_in` says holds."""
    OBSERVE = "observe"
    """All is checked and kept with the mail; everybody is believed but who is known to be forged."""
    OFF = "off"
    """Nothing is checked and everybody is believed: for trying out, and for closed networks."""


class Trust(StrEnum):
    TRUSTED = "trusted"
    PLAUSIBLE = "plausible"
    DOUBTFUL = "doubtful"
    FORGED = "forged"


class Right(StrEnum):
    OPEN_A_CASE = "open a case"
    WRITE = "write to its thread"
    CHANGE = "change it"
    BE_ANSWERED = "be answered"
    WAIT_IN_ITS_THREAD = "wait in its thread"


_MAY: dict[Trust, frozenset[Right]] = {
    Trust.TRUSTED: frozenset(Right),
    Trust.PLAUSIBLE: frozenset({Right.WRITE, Right.WAIT_IN_ITS_THREAD}),
    Trust.DOUBTFUL: frozenset({Right.WAIT_IN_ITS_THREAD}),
    Trust.FORGED: frozenset(),
}


def may(trust: Trust, right: Right) -> bool:
    """Whether a mail with this trust has this right."""
    return right in _MAY[trust]


def trust_in(verdict: Verdict | None, author_is_clear: bool, approved: bool) -> Trust:
    """The trust in the author of a mail.

    `verdict` is what authentication says of the author's domain, None when nobody looked; `author_is_clear` whether
    From names exactly one address; `approved` whether an operator approved that address for the reply address (its
    token is valid) that the mail came to.
    """
    if not author_is_clear:
        return Trust.FORGED
    if verdict is None:
        return Trust.DOUBTFUL
    if verdict.passed:
        return Trust.TRUSTED
    match verdict.wish:
        case Wish.QUARANTINE | Wish.REJECT:
            return Trust.FORGED
        case Wish.NOTHING if approved:
            return Trust.PLAUSIBLE
        case Wish.NOTHING | Wish.UNKNOWN:
            return Trust.DOUBTFUL


def believed(policy: AuthenticationPolicy, trust: Trust) -> Trust:
    """What the desk acts on: the trust itself, or under a milder policy more of it."""
    match policy:
        case AuthenticationPolicy.ENFORCE:
            return trust
        case AuthenticationPolicy.OBSERVE:
            return Trust.FORGED if trust is Trust.FORGED else Trust.TRUSTED
        case AuthenticationPolicy.OFF:
            return Trust.TRUSTED
