from __future__ import annotations

from typing import Any

import pytest

from mailgate.desk.lifecycle import SpoolState
from mailgate.desk.trust import AuthenticationPolicy
from mailgate.errors import NotFound, Refused
from mailgate.flow import spooled
from mailgate.store import spool

STATES = {
    "retry": {SpoolState.WAITING, SpoolState.QUARANTINED, SpoolState.DISCARDED},
    "release": {SpoolState.WAITING, SpoolState.HELD},
    "discard": {SpoolState.WAITING, SpoolState.QUARANTINED, SpoolState.HELD},
}


@pytest.mark.parametrize("state", list(SpoolState))
@pytest.mark.parametrize("command", STATES)
def test_each_command_is_for_mails_in_certain_states(quick_desk: Any, command: str, state: SpoolState) -> None:
    queue_id = quick_desk.accept(quick_desk.mail())
    quick_desk.run(lambda ctx: spool.set_state(ctx.tx, queue_id, state, "why"))
    if state in STATES[command]:
        quick_desk.run(getattr(spooled, command), queue_id)
        assert quick_desk.audit() == [("operator:yui", f"{command} mail")]
        after = SpoolState.DISCARDED if command == "discard" else SpoolState.RECEIVED
        assert quick_desk.spooled(queue_id).state is after
    else:
        with pytest.raises(Refused, match=f"mail {queue_id} is {state}"):
            quick_desk.run(getattr(spooled, command), queue_id)
        assert quick_desk.audit() == []


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (
            SpoolState.RECEIVED,
            "is received: a worker has it or takes it by itself; 'mailgate mail show {id}' says what became of it",
        ),
        (SpoolState.DONE, "is done: there is nothing to decide about it"),
        (SpoolState.DISCARDED, "is discarded: 'mailgate mail retry {id}'"),
    ],
)
def test_why_a_mail_cannot_be_discarded_is_said(quick_desk: Any, state: SpoolState, said: str) -> None:
    queue_id = quick_desk.accept(quick_desk.mail())
    quick_desk.run(lambda ctx: spool.set_state(ctx.tx, queue_id, state, "why"))
    with pytest.raises(Refused) as refused:
        quick_desk.run(spooled.discard, queue_id)
    assert refused.value.reason == f"mail {queue_id} {said.format(id=queue_id)}"


def test_a_discarded_mail_has_no_effect_until_it_is_fetched_back(quick_desk: Any) -> None:
    queue_id = quick_desk.accept(quick_desk.mail())
    quick_desk.run(lambda ctx: spool.set_state(ctx.tx, queue_id, SpoolState.HELD, "why"))
    quick_desk.run(spooled.discard, queue_id)
    quick_desk.process()
    assert quick_desk.cases() == []
    quick_desk.run(spooled.retry, queue_id)
    quick_desk.process()
    assert [one.number for one in quick_desk.cases()] == [1]


def test_a_released_mail_is_handled_as_if_its_sender_fitted(desk: Any) -> None:
    number = desk.open_case()
    desk.clock.advance(days=2)
    held = desk.write("private@other.example", "追記です", to=desk.reply_address(case=number))
    assert (held.state, held.reason) == (SpoolState.HELD, "the sender is not the teacher of the case")
    desk.run(spooled.release, held.id)
    desk.process()
    assert (desk.spooled(held.id).state, desk.spooled(held.id).reason) == (SpoolState.DONE, "follow-up in round 1")
    assert [str(desk.read(one.id).to[0]) for one in desk.outbox("follow-up-received")] == ["haruka@minami.example"]


def test_the_operators_word_stands_for_the_authentication_too(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    strict = quick_desk.with_policy(authentication=AuthenticationPolicy.ENFORCE)
    held = strict.write(body="追記です", to=strict.reply_address(case=number))
    assert held.reason == "the sender is not authenticated"
    strict.run(spooled.release, held.id)
    strict.process()
    assert strict.spooled(held.id).reason == "follow-up in round 1"


def test_an_unknown_mail_is_not_found(quick_desk: Any) -> None:
    with pytest.raises(NotFound):
        quick_desk.run(spooled.release, "zzz")
