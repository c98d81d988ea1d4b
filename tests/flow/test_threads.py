from __future__ import annotations

from typing import Any

import pytest

from mailgate.desk.lifecycle import SpoolState
from mailgate.store import reply_tokens


def _asked_in(desk: Any, kind: str) -> str:
    return str(desk.outbox(kind)[-1].message_id)


def test_a_reply_to_the_desk_joins_its_case_by_our_message_id(desk: Any) -> None:
    number = desk.open_case()
    entry = desk.write(body="追記です", answers=_asked_in(desk, "acknowledgement"))
    assert (entry.case, entry.reason) == (number, "follow-up in round 1")


def test_a_members_reply_to_the_desk_is_a_comment(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    quick_desk.invite(number)
    entry = quick_desk.write("toda@law.example", "コメントです", answers=_asked_in(quick_desk, "invitation"))
    assert (entry.case, entry.reason) == (number, "comment")


def test_a_message_id_of_ours_helps_only_its_own_reader(desk: Any) -> None:
    number = desk.open_case()
    desk.invite(number)
    for kind in ("acknowledgement", "invitation"):
        entry = desk.write("stranger@other.example", "追記です", answers=_asked_in(desk, kind))
        assert entry.case != number
    assert desk.comments(number) == []


def test_a_teacher_who_answers_from_the_other_registered_address_opens_a_case(quick_desk: Any) -> None:
    """The Message-ID went to one address; the reply address (in From and Reply-To) works from both."""
    number = quick_desk.open_case()
    asked_in = _asked_in(quick_desk, "acknowledgement")
    assert quick_desk.write("haruka@home.example", "追記です", answers=asked_in).case != number
    to = quick_desk.reply_address(case=number)
    assert quick_desk.write("haruka@home.example", "追記です", to=to).case == number


def test_a_case_number_in_the_subject_joins_nothing(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    entry = quick_desk.write(subject=f"Re: 案件 {number} の件", body="別の相談です")
    assert entry.case != number


def test_a_message_id_that_is_not_ours_joins_nothing(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    assert quick_desk.write(answers="<1@client.example>").case != number


def test_the_nearest_mail_of_ours_counts(quick_desk: Any) -> None:
    quick_desk.open_case()
    first = _asked_in(quick_desk, "acknowledgement")
    number = quick_desk.open_case()
    second = _asked_in(quick_desk, "acknowledgement")
    entry = quick_desk.write(
        body="追記です", answers=second, headers=[f"References: {first} <x@client.example> {second}"]
    )
    assert entry.case == number


def test_the_token_decides_whatever_the_headers_refer_to(quick_desk: Any) -> None:
    first = quick_desk.open_case()
    quick_desk.open_case()
    entry = quick_desk.write(
        body="追記です",
        to=quick_desk.reply_address(case=first),
        answers=_asked_in(quick_desk, "acknowledgement"),
    )
    assert entry.case == first


def test_a_flood_of_references_is_not_looked_through(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    ours = _asked_in(quick_desk, "acknowledgement")
    flood = " ".join([ours, *(f"<{count}@client.example>" for count in range(30))])
    assert quick_desk.write(headers=[f"References: {flood}"]).case != number


@pytest.mark.parametrize("who", ["teacher", "member"])
def test_somebody_elses_token_fits_nobody_else(quick_desk: Any, who: str) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    if who == "teacher":
        entry = quick_desk.write("toda@law.example", "追記です", to=quick_desk.reply_address(case=number))
        assert (entry.state, entry.reason) == (SpoolState.HELD, "the sender is not the teacher of the case")
    else:
        entry = quick_desk.write(body="コメントです", to=quick_desk.reply_address(invited.invitation))
        assert entry.reason == "held comment: the sender is not the invited member"


def test_a_mail_for_a_token_that_died_after_the_250_is_held(quick_desk: Any) -> None:
    (invited,) = quick_desk.invite(quick_desk.open_case())
    raw = quick_desk.mail("toda@law.example", "コメントです")
    queue_id = quick_desk.accept(raw, quick_desk.reply_address(invited.invitation))
    quick_desk.run(lambda ctx: reply_tokens.revoke(ctx.tx, invited.invitation, ctx.now))
    quick_desk.process()
    entry = quick_desk.spooled(queue_id)
    assert (entry.state, entry.reason) == (SpoolState.HELD, "the reply address is no longer valid")
