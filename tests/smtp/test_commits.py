"""Which mails share a commit, by when they end on the listener's loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future

import pytest

from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.smtp.commits import Commits

_ENVELOPE = Envelope(None, (Address("soudan", "mado.example"),), "192.0.2.1", "client.example")


@pytest.mark.parametrize(("has_others", "batches"), [(True, [2]), (False, [1, 1])])
def test_a_mail_of_the_next_round_is_waited_for_where_others_are_connected(
    *, has_others: bool, batches: list[int]
) -> None:
    waiting: list[Future[str]] = []
    written: list[int] = []

    def submit(_envelope: Envelope, _raw: bytes) -> Future[str]:
        waiting.append(Future())
        return waiting[-1]

    def commit() -> None:
        written.append(len(waiting))
        while waiting:
            waiting.pop().set_result("queue-id")

    async def two_rounds() -> list[str]:
        commits = Commits(submit, commit, lambda: has_others)
        first = commits.begin(_ENVELOPE, b"one", lambda: None)
        await asyncio.sleep(0)
        second = commits.begin(_ENVELOPE, b"two", lambda: None)
        return [await first, await second]

    assert (asyncio.run(two_rounds()), written) == (["queue-id", "queue-id"], batches)
