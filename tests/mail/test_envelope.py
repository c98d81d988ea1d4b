from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope


def test_an_envelope_is_a_value_that_nobody_changes() -> None:
    to = (Address("soudan", "mado.example"),)
    envelope = Envelope(None, to)
    assert envelope == Envelope(reverse_path=None, forward_paths=to, peer="", helo="")
    with pytest.raises(FrozenInstanceError):
        envelope.peer = "192.0.2.1"  # type: ignore[misc]  # that it cannot be done is the test
