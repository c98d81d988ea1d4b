"""What the worker asks of whoever looks at SPF, DKIM and DMARC. `mailgate/authentication/` has it; it is handed in."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from mailgate.mail.authentication import Verdict
from mailgate.mail.envelope import Envelope


class Verifier(Protocol):
    """For several threads."""

    def verify(self, envelope: Envelope, raw: bytes, author: str, received_at: datetime, *, patient: bool) -> Verdict:
        """What speaks for `author`, the ASCII domain of the one author of `raw`; raises nothing: where the DNS is
        silent the verdict is undecided.

        `patient`: waits some seconds longer for an answer, and asks also where nobody answered a moment ago.
        """
