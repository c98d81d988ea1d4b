"""The only way to the DNS: every question has a time limit, every mail a number of questions and a time for all.

Used by `signatures`, `senders` and `verifier`, on dnspython. What strangers put into a question is checked here once
more, since pyspf asks for whatever a macro expands to. Answers are kept for as long as they say, but never longer than
an hour. That the DNS is silent is remembered too, for the name and for the whole organisation: a flood of mails from
one broken domain costs one wait, whatever the names that it makes us ask for. Who is patient asks for other names of
that organisation all the same.

Known weakness: aliases that go round in a circle count as silence, not as nothing, as they do with most resolvers.
"""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver

from mailgate.errors import DnsTrouble
from mailgate.mail.domains import organisation

_QUESTION_SECONDS = 4.0
_TRY_SECONDS = 1.5
_PATIENT_SECONDS, _HASTY_SECONDS = 8.0, 2.5
_MAIL_QUESTIONS = 60
_MOST_KEPT = 2_000
_LONGEST_KEPT_SECONDS = 3_600.0
_NOTHING_KEPT_SECONDS = 60.0
_SILENCE_KEPT_SECONDS = 10.0
_SILENCE_AROUND_KEPT_SECONDS = 60.0
_MOST_TEXT_OCTETS = 4_096
_MOST_RECORDS = 100
_MOST_KEPT_CHARACTERS = 8_192
_LABEL = re.compile(r"[ -~]{1,63}")
_TYPES = ("A", "AAAA", "MX", "PTR", "TXT")

Record = str | bytes | tuple[int, str]
"""An address or a name, the octets of a TXT record, or the preference and host of an MX record."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The records of one name and type; none when the name does not exist or has none of them."""

    records: tuple[Record, ...]
    kept_seconds: float = 0.0


class TooManyQuestions(Exception):
    """One mail makes us ask more than we are ready to."""


class Resolver:
    """Asks the name servers, or its memory. One for a process, for many threads."""

    def __init__(
        self,
        nameservers: Sequence[tuple[str, int]] = (),
        question_seconds: float = _QUESTION_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`nameservers` are (IP address, port); without any, those of the system are asked."""
        self._nameservers = tuple(nameservers)
        self._question_seconds = question_seconds
        self._clock = clock
        self._stub: dns.resolver.Resolver | None = None
        self._kept: OrderedDict[tuple[str, str], tuple[float, Answer | None]] = OrderedDict()
        self._silent: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, name: str, kind: str, seconds: float = _QUESTION_SECONDS) -> Answer:
        """The records `kind` ("A", "AAAA", "MX", "PTR", "TXT") of `name` (ASCII, without a final dot).

        Aliases are followed. A name that the DNS cannot have has no records. Raises DnsTrouble when no answer came
        within `seconds`, or the servers cannot give one.
        """
        assert kind in _TYPES, kind
        labels = name.lower().removesuffix(".").split(".")
        if len(name) > 253 or not all(map(_LABEL.fullmatch, labels)):
            return Answer(())
        key = (".".join(labels), kind)
        with self._lock:
            until, kept = self._kept.get(key, (0.0, None))
            if self._clock() < until:
                self._kept.move_to_end(key)
                if kept is None:
                    raise DnsTrouble("the DNS gave no answer a moment ago")
                return kept
        try:
            answer = self._asked(labels, kind, min(seconds, self._question_seconds))
        except DnsTrouble:
            self._keep(key, None, _SILENCE_KEPT_SECONDS)
            self._note_silence(key[0])
            raise
        self._keep(key, answer, answer.kept_seconds)
        return answer

    def is_silent_around(self, name: str) -> bool:
        """Whether somebody has lately waited in vain for an answer about the organisation of `name`."""
        with self._lock:
            return self._clock() < self._silent.get(organisation(name.lower()), 0.0)

    def _keep(self, key: tuple[str, str], answer: Answer | None, seconds: float) -> None:
        if answer is not None and len(repr(answer.records)) > _MOST_KEPT_CHARACTERS:
            return
        with self._lock:
            self._kept[key] = (self._clock() + min(seconds, _LONGEST_KEPT_SECONDS), answer)
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)

    def _note_silence(self, name: str) -> None:
        with self._lock:
            around = organisation(name)
            self._silent[around] = self._clock() + _SILENCE_AROUND_KEPT_SECONDS
            self._silent.move_to_end(around)
            while len(self._silent) > _MOST_KEPT:
                self._silent.popitem(last=False)

    def _asked(self, labels: list[str], kind: str, seconds: float) -> Answer:
        name = dns.name.Name([*(label.encode("ascii") for label in labels), b""])  # as it is: "\" escapes nothing
        try:
            found = self._resolver().resolve(name, kind, raise_on_no_answer=False, search=False, lifetime=seconds)
        except dns.resolver.NXDOMAIN:
            return Answer((), _NOTHING_KEPT_SECONDS)
        except (dns.exception.DNSException, OSError) as error:
            raise DnsTrouble("the DNS gives no answer ({kind})", kind=type(error).__name__) from None
        if found.rrset is None:
            return Answer((), _NOTHING_KEPT_SECONDS)
        records = [record for one in list(found.rrset)[:_MOST_RECORDS] if (record := _record(one)) is not None]
        return Answer(tuple(records), float(found.rrset.ttl))

    def _resolver(self) -> dns.resolver.Resolver:
        if self._stub is None:
            stub = dns.resolver.Resolver(configure=not self._nameservers)
            if self._nameservers:
                stub.nameservers = [dns.nameserver.Do53Nameserver(host, port) for host, port in self._nameservers]
            stub.timeout = _TRY_SECONDS
            self._stub = stub
        return self._stub


@dataclass(slots=True)
class Questions:
    """What one mail may ask of a resolver, all its checks together."""

    resolver: Resolver
    at_most: int = _MAIL_QUESTIONS
    patient: bool = True
    clock: Callable[[], float] = time.monotonic
    _ends_at: float = field(init=False)
    asked: int = 0

    def __post_init__(self) -> None:
        self._ends_at = self.clock() + (_PATIENT_SECONDS if self.patient else _HASTY_SECONDS)

    def ask(self, name: str, kind: str) -> Answer:
        """See `Resolver.ask`; raises TooManyQuestions as well, and DnsTrouble when the time of the mail is over."""
        self.asked += 1
        if self.asked > self.at_most:
            raise TooManyQuestions("one mail asks too many questions of the DNS")
        left = self._ends_at - self.clock()
        if left <= 0:
            raise DnsTrouble("the DNS takes too long over one mail")
        if not self.patient and self.resolver.is_silent_around(name):
            raise DnsTrouble("the DNS gave no answer about this domain lately")
        return self.resolver.ask(name, kind, left)

    def texts(self, name: str) -> list[bytes]:
        """The TXT records of `name`, the strings of each joined."""
        return [one for one in self.ask(name, "TXT").records if isinstance(one, bytes)]


def _record(rdata: Any) -> Record | None:  # each kind has names of its own, which dnspython does not type
    """The part of a record that somebody asks for; None for a text longer than any that is meant for mail."""
    match rdata.rdtype:
        case dns.rdatatype.A | dns.rdatatype.AAAA:
            return str(rdata.address)
        case dns.rdatatype.MX:
            return int(rdata.preference), _text(rdata.exchange)
        case dns.rdatatype.PTR:
            return _text(rdata.target)
        case _:
            text = b"".join(rdata.strings)
            return text if len(text) <= _MOST_TEXT_OCTETS else None


def _text(name: dns.name.Name) -> str:
    return ".".join(label.decode("latin-1") for label in name.labels if label)
