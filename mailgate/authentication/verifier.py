"""One mail, all the questions: DKIM, the DMARC record, SPF; what they say together is `mail/dmarc.py`'s to tell.

Made by `office.py`, called by `flow/vouch.py` in the worker. ARC is noted for the operator and believed by nobody.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailgate.authentication.resolver import Questions, Resolver, TooManyQuestions
from mailgate.authentication.senders import check_sender
from mailgate.authentication.signatures import check_signatures
from mailgate.errors import DnsTrouble
from mailgate.mail import dmarc
from mailgate.mail.authentication import Result, Spf, Verdict
from mailgate.mail.dmarc import Published
from mailgate.mail.domains import public_suffix
from mailgate.mail.envelope import Envelope
from mailgate.mail.fields import split_mail

_BEHIND_A_SERVER = Spf(Result.NONE, "", "not checked: the mail comes through a mail server of ours")


class DnsVerifier:
    """Asks the DNS; meets `flow.verifier.Verifier`."""

    def __init__(self, resolver: Resolver, sees_peers: bool = True) -> None:
        """`sees_peers` is False where a mail server stands before us: its address says nothing about the sender."""
        self._resolver = resolver
        self._sees_peers = sees_peers

    def verify(self, envelope: Envelope, raw: bytes, author: str, received_at: datetime, *, patient: bool) -> Verdict:
        """See `Verifier`."""
        questions = Questions(self._resolver, patient=patient)
        signatures = check_signatures(raw, author, questions, received_at)
        published, exists = _policy(author, questions)
        # Last, since what it asks for is the sender's choice.
        spf = check_sender(envelope, questions) if self._sees_peers else _BEHIND_A_SERVER
        verdict = dmarc.verdict(author, spf, signatures, published, exists)
        if split_mail(raw)[0].has("arc-seal"):
            verdict = replace(verdict, reasons=(*verdict.reasons, "ARC: passed on by others (noted, not believed)"))
        return verdict


def _policy(author: str, questions: Questions) -> tuple[Published, bool]:
    """The DMARC record for `author`, and whether the DNS knows that domain, as far as anything depends on it."""
    try:
        for domain in dmarc.places(author):
            texts = _dmarc_texts(domain, author, questions)
            if dmarc.ends_the_search(texts):
                record = dmarc.parse_record(texts)
                asks = record is not None and domain != author and record.of_absent is not record.of_subdomains
                return Published(record, domain), not asks or _exists(author, questions)
    except (DnsTrouble, TooManyQuestions):
        return Published(None, silent=True), True
    return Published(None), True


def _dmarc_texts(domain: str, author: str, questions: Questions) -> list[bytes]:
    """Silence about a public suffix means nothing: hardly any has a record (RFC 9091 is an experiment)."""
    try:
        return questions.texts(f"_dmarc.{domain}")
    except DnsTrouble:
        if domain != author and domain == public_suffix(author):
            return []
        raise


def _exists(domain: str, questions: Questions) -> bool:
    """RFC 9091 2.7: whether there is an address or a mail server of that name."""
    return any(questions.ask(domain, kind).records for kind in ("A", "AAAA", "MX"))
