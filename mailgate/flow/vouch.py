"""Who is asked how far the author of a mail is believed, before anything follows from it.

    operator      has released this very mail (`mail release`): nobody else is asked
    policy "off"  nobody is asked
    mail servers  where `trusted_authserv_ids` names some that stand before us: their word, and nothing else
    the DNS       our own look at SPF, DKIM and DMARC, by the verifier that the office was given

Before: `mail/parse.py` found the author. After: `desk/trust.py` says what the trust is, `desk/routing.py` what follows.
What was found is kept with the mail in words (`Judgement.words`), which name no domain and no address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailgate.desk import schedule
from mailgate.desk.policy import Policy
from mailgate.desk.trust import AuthenticationPolicy, Trust, believed, trust_in
from mailgate.errors import DnsTrouble
from mailgate.flow.verifier import Verifier
from mailgate.mail.authentication import Verdict
from mailgate.mail.authentication_results import verdict_of
from mailgate.mail.domains import ascii_domain
from mailgate.mail.mailboxes import names_another
from mailgate.mail.message import Message
from mailgate.store.spool import Spooled


@dataclass(frozen=True, slots=True)
class Judgement:
    """How far a mail is believed, and why."""

    trust: Trust
    """What is acted on."""
    words: str | None
    """The trust and its reasons, one a line; None when nothing was looked at."""
    author_is_clear: bool = True
    """Whether nobody could take somebody else for the author."""


def look(
    policy: Policy, verifier: Verifier | None, spooled: Spooled, message: Message, now: datetime, *, patient: bool
) -> Verdict | None:
    """What authentication says of the author; None when nobody is asked, or there is no author to ask about.

    Asks the DNS and may take seconds (`patient` as in `Verifier`): no transaction is open. Raises DnsTrouble when it
    is silent, for a while: an answer that never comes is in the end no reason to believe anybody.
    """
    author = ascii_domain(message.sender.address.domain) if message.sender.address else None
    if spooled.confirmed_by or policy.authentication is AuthenticationPolicy.OFF or author is None:
        return None
    if policy.trusted_authserv_ids:
        return verdict_of(message.authentication_results, policy.trusted_authserv_ids, author)
    if verifier is None:
        return None
    verdict = verifier.verify(spooled.envelope, spooled.raw, author, spooled.received_at, patient=patient)
    waits = policy.authentication is AuthenticationPolicy.ENFORCE and schedule.asks_on(spooled.received_at, now)
    if verdict.undecided and waits:
        raise DnsTrouble("the DNS gives no answer about the sender")
    return verdict


def judge(policy: Policy, spooled: Spooled, message: Message, verdict: Verdict | None, approved: bool) -> Judgement:
    """The trust in the author; `approved` as for `trust_in`."""
    if spooled.confirmed_by:
        return Judgement(Trust.TRUSTED, "trusted\nan operator vouched for the sender of this mail")
    if policy.authentication is AuthenticationPolicy.OFF:
        return Judgement(Trust.TRUSTED, None)
    author = message.sender.address
    is_clear = author is not None and ascii_domain(author.domain) is not None and not names_another(message.sender)
    found = trust_in(verdict, is_clear, approved)
    trust = believed(policy.authentication, found)
    reasons = list(verdict.reasons) if verdict else ["nothing could be checked"]
    if not is_clear:
        reasons.append("the From field names no single author for certain")
    if found is Trust.PLAUSIBLE:
        reasons.append("an operator approved this address for this reply address before")
    if trust is not found:
        reasons.append(f'{found}, but authentication.policy is "{policy.authentication}"')
    return Judgement(trust, "\n".join([trust, *reasons]), is_clear)
