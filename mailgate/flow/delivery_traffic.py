"""What several threads of one process deliver at the same moment: how many to one domain, and never two to one person.

Two mails to one person go one after the other, so that they come in the order in which they were written. Kept in
memory: other processes count for themselves. People and domains are keyed hashes here.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailgate.errors import Later
from mailgate.flow.delivery_breaker import Breaker
from mailgate.store.sending import InHand

Claim = Callable[[list[str], list[str]], InHand | None]
"""Claims a mail that goes to none of these domains and none of these recipients."""


class Traffic:
    """One for all threads that hand mail to one relay."""

    def __init__(self, per_domain: int, breaker: Breaker) -> None:
        """`per_domain`: so many mails at most are handed over at a time for recipients of one domain."""
        self._per_domain = per_domain
        self.breaker = breaker
        self._unwritten: deque[Callable[[], None]] = deque()
        self._claiming = threading.Lock()
        self._counting = threading.Lock()
        self._domains: Counter[str] = Counter()
        self._recipients: set[str] = set()

    @contextmanager
    def in_hand(self, claim: Claim) -> Iterator[InHand | None]:
        """The mail that `claim` gives, counted until the block ends."""
        mail = self._claimed(claim)
        try:
            yield mail
        finally:
            if mail is not None:
                self._leave(mail)

    def write_down(self, write: Callable[[], None]) -> None:
        """Calls `write`, which says in the database what became of a mail. While the database is away it is kept for
        `catch_up` (a 250 that is not written down sends the mail again), and what it raised is raised."""
        try:
            write()
        except Later:
            self.write_down_later(write)
            raise

    def write_down_later(self, write: Callable[[], None]) -> None:
        """The same for a database that is known to be away."""
        self._unwritten.append(write)

    def catch_up(self) -> None:
        """Writes down what could not be before; raises what it raises while the database is still away."""
        while True:
            try:
                write = self._unwritten.popleft()
            except IndexError:
                return
            self.write_down(write)

    def _claimed(self, claim: Claim) -> InHand | None:
        """One at a time: between a look at what is busy and the claim nobody else may become busy."""
        with self._claiming:
            with self._counting:
                full = [domain for domain, count in self._domains.items() if count >= self._per_domain]
                recipients = list(self._recipients)
            mail = claim(full, recipients)
            if mail is not None:
                with self._counting:
                    self._domains[mail.domain] += 1
                    self._recipients.add(mail.recipient)
            return mail

    def _leave(self, mail: InHand) -> None:
        with self._counting:
            self._recipients.discard(mail.recipient)
            self._domains[mail.domain] -= 1
            if not self._domains[mail.domain]:
                del self._domains[mail.domain]
