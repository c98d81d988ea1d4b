"""One table over everything that decides where a mail goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailgate.desk.pause_words import PauseWish
from mailgate.desk.routing import (
    Agree,
    Apply,
    Arrival,
    Confirm,
    Decline,
    FollowUp,
    HoldComment,
    HoldMail,
    OpenCase,
    OpenHeldCase,
    Pause,
    Rate,
    Record,
    Report,
    Route,
    Standing,
    TakeComment,
    Thread,
    Withdraw,
    route,
)
from mailgate.desk.trust import Trust
from mailgate.desk.wording import Grade
from mailgate.mail.message import Kind
from mailgate.mail.reply_address import ToBounce, ToDesk, ToJoin, ToReply

COVERED, UNCOVERED, UNKNOWN = Standing(True, True), Standing(True, False), Standing(False, False)
CONSULTATION = Arrival(
    recipient=ToDesk(),
    kind=Kind.PERSON,
    has_author=True,
    from_ourselves=False,
    written="相談です。",
    thread=None,
    standing=COVERED,
    trust=Trust.TRUSTED,
)
OF_TEACHER = Thread(case=7, invitation=None, fits=True, graded=False)
GRADED = replace(OF_TEACHER, graded=True)
ASKED = replace(OF_TEACHER, asked=True)
OF_MEMBER = Thread(case=7, invitation=3, fits=True, graded=False)
FROM_TEACHER = replace(CONSULTATION, recipient=ToReply("t"), thread=OF_TEACHER)
FROM_MEMBER = replace(CONSULTATION, recipient=ToReply("m"), thread=OF_MEMBER, standing=UNKNOWN)
DOUBTFUL = Trust.DOUBTFUL

TABLE: dict[str, tuple[Arrival, Route]] = {
    # the desk address
    "a consultation of a covered teacher": (CONSULTATION, OpenCase()),
    "of a teacher without contract": (
        replace(CONSULTATION, standing=UNCOVERED),
        OpenHeldCase("no valid contract", explain=True),
    ),
    "of a stranger": (replace(CONSULTATION, standing=UNKNOWN), OpenHeldCase("unknown sender", explain=True)),
    "unauthenticated, as a covered teacher": (
        replace(CONSULTATION, trust=DOUBTFUL),
        OpenHeldCase("the sender is not authenticated", explain=False),
    ),
    "unauthenticated stranger": (
        replace(CONSULTATION, trust=DOUBTFUL, standing=UNKNOWN),
        OpenHeldCase("the sender is not authenticated", explain=False),
    ),
    "without a single author": (
        replace(CONSULTATION, has_author=False, standing=UNKNOWN),
        OpenHeldCase("the mail names no single author", explain=False),
    ),
    "without author and trust": (
        replace(CONSULTATION, has_author=False, standing=UNKNOWN, trust=DOUBTFUL),
        OpenHeldCase("the mail names no single author", explain=False),
    ),
    "a command in a first mail commands nothing": (replace(CONSULTATION, written="取り下げます"), OpenCase()),
    "a reply to the desk, known by our Message-ID": (replace(CONSULTATION, thread=OF_TEACHER), FollowUp(7)),
    "a member's reply to the desk": (replace(CONSULTATION, thread=OF_MEMBER, standing=UNKNOWN), TakeComment(3)),
    # the teacher's reply address
    "a follow-up": (FROM_TEACHER, FollowUp(7)),
    "a follow-up needs no contract": (replace(FROM_TEACHER, standing=UNCOVERED), FollowUp(7)),
    "a withdrawal": (replace(FROM_TEACHER, written="取り下げます。"), Withdraw(7)),
    "a withdrawal after the answer": (replace(FROM_TEACHER, written="取り下げ", thread=GRADED), Withdraw(7)),
    "a digit before the answer is a text": (replace(FROM_TEACHER, written="5"), FollowUp(7)),
    "a digit after the answer": (replace(FROM_TEACHER, written="5", thread=GRADED), Rate(7, Grade(5, "", False))),
    "a full-width digit": (replace(FROM_TEACHER, written=" ３\n", thread=GRADED), Rate(7, Grade(3, "", False))),
    "no such grade": (replace(FROM_TEACHER, written="6", thread=GRADED), FollowUp(7)),
    "zero is no grade": (replace(FROM_TEACHER, written="0", thread=GRADED), FollowUp(7)),
    "a digit and thanks": (
        replace(FROM_TEACHER, written="5点です。\n\n助かりました。", thread=GRADED),
        Rate(7, Grade(5, "助かりました。", False)),
    ),
    "a digit above a question": (
        replace(FROM_TEACHER, written="4\nもう一つ教えてください。", thread=GRADED),
        FollowUp(7, Grade(4, "もう一つ教えてください。", True)),
    ),
    "a text that begins with a digit": (replace(FROM_TEACHER, written="3年生の担任です。", thread=GRADED), FollowUp(7)),
    "a follow-up that says nothing": (replace(FROM_TEACHER, written=" \n"), HoldMail(7, "nothing was newly written")),
    "declining is not for teachers": (replace(FROM_TEACHER, written="辞退"), FollowUp(7)),
    "somebody else at the teacher's address": (
        replace(FROM_TEACHER, thread=replace(OF_TEACHER, fits=False)),
        HoldMail(7, "the sender is not the teacher of the case"),
    ),
    "unauthenticated at the teacher's address": (
        replace(FROM_TEACHER, trust=DOUBTFUL),
        HoldMail(7, "the sender is not authenticated"),
    ),
    "an unauthenticated withdrawal": (
        replace(FROM_TEACHER, trust=DOUBTFUL, written="取り下げ"),
        HoldMail(7, "the sender is not authenticated"),
    ),
    "a yes to the text that members will see": (
        replace(FROM_TEACHER, written="はい\n\nよろしくお願いします。", thread=ASKED),
        Agree(7),
    ),
    "a yes that nobody asked for": (replace(FROM_TEACHER, written="はい"), FollowUp(7)),
    "a yes with a condition": (
        replace(FROM_TEACHER, written="はい\n学年は消してください。", thread=ASKED),
        FollowUp(7),
    ),
    "a withdrawal instead of a yes": (replace(FROM_TEACHER, written="取り下げ", thread=ASKED), Withdraw(7)),
    "a yes of somebody else": (
        replace(FROM_TEACHER, written="はい", thread=replace(ASKED, fits=False)),
        HoldMail(7, "the sender is not the teacher of the case"),
    ),
    "an unauthenticated yes": (
        replace(FROM_TEACHER, trust=DOUBTFUL, written="はい", thread=ASKED),
        HoldMail(7, "the sender is not authenticated"),
    ),
    # the invitation's address
    "a comment": (FROM_MEMBER, TakeComment(3)),
    "a comment that says nothing": (
        replace(FROM_MEMBER, written=""),
        HoldComment(3, "nothing was newly written"),
    ),
    "a decline": (replace(FROM_MEMBER, written="辞退します"), Decline(3)),
    "withdrawing is not for members": (replace(FROM_MEMBER, written="取り下げ"), TakeComment(3)),
    "a digit is a comment": (
        replace(FROM_MEMBER, written="5", thread=replace(OF_MEMBER, graded=True)),
        TakeComment(3),
    ),
    "somebody else comments": (
        replace(FROM_MEMBER, thread=replace(OF_MEMBER, fits=False)),
        HoldComment(3, "the sender is not the invited member"),
    ),
    "somebody else declines": (
        replace(FROM_MEMBER, thread=replace(OF_MEMBER, fits=False), written="辞退"),
        HoldComment(3, "the sender is not the invited member"),
    ),
    "an unauthenticated comment": (
        replace(FROM_MEMBER, trust=DOUBTFUL),
        HoldComment(3, "the sender is not authenticated"),
    ),
    "a token that died since": (
        replace(FROM_TEACHER, thread=None),
        HoldMail(None, "the reply address is no longer valid"),
    ),
    # the other addresses
    "an application": (
        replace(CONSULTATION, recipient=ToJoin(), standing=UNKNOWN),
        Apply(),
    ),
    "a pause": (
        replace(CONSULTATION, recipient=ToJoin(), standing=UNKNOWN, written="お休み：12月末まで"),
        Pause(PauseWish("12月末まで")),
    ),
    "a yes to join": (replace(CONSULTATION, recipient=ToJoin(), written="はい。"), Confirm()),
    "an unauthenticated yes to join": (
        replace(CONSULTATION, recipient=ToJoin(), trust=DOUBTFUL, written="はい"),
        HoldMail(None, "application for the register, and the sender is not authenticated"),
    ),
    "an unauthenticated pause": (
        replace(CONSULTATION, recipient=ToJoin(), trust=DOUBTFUL, written="お休み"),
        HoldMail(None, "application for the register, and the sender is not authenticated"),
    ),
    "a pause is nothing that an invitation is told": (replace(FROM_MEMBER, written="お休み"), TakeComment(3)),
    "an unauthenticated application": (
        replace(CONSULTATION, recipient=ToJoin(), trust=DOUBTFUL),
        HoldMail(None, "application for the register, and the sender is not authenticated"),
    ),
    "an application without an author": (
        replace(CONSULTATION, recipient=ToJoin(), has_author=False),
        HoldMail(None, "application for the register, and the mail names no single author"),
    ),
    "a delivery report": (replace(CONSULTATION, recipient=ToBounce("b"), kind=Kind.BOUNCE), Report("b")),
    "a person at the bounce address": (
        replace(CONSULTATION, recipient=ToBounce("b")),
        Record(None, "person at a bounce address"),
    ),
    # robots and ourselves
    "an absence at the desk": (replace(CONSULTATION, kind=Kind.AUTO_REPLY), Record(None, "auto-reply")),
    "a delivery report at the desk": (replace(CONSULTATION, kind=Kind.BOUNCE), Record(None, "bounce")),
    "an absence of the teacher": (replace(FROM_TEACHER, kind=Kind.AUTO_REPLY), Record(7, "auto-reply")),
    "a receipt of a member": (replace(FROM_MEMBER, kind=Kind.RECEIPT), Record(7, "receipt")),
    "an automatic mail declines nothing": (replace(FROM_MEMBER, kind=Kind.BULK, written="辞退"), Record(7, "bulk")),
    "a list mail to join": (replace(CONSULTATION, recipient=ToJoin(), kind=Kind.LIST), Record(None, "list")),
    "from the desk itself": (
        replace(CONSULTATION, from_ourselves=True),
        Record(None, "from an address of the desk itself"),
    ),
    "from the desk itself, in a thread": (
        replace(FROM_MEMBER, from_ourselves=True),
        Record(7, "from an address of the desk itself"),
    ),
}


@pytest.mark.parametrize(("arrival", "expected"), TABLE.values(), ids=TABLE.keys())
def test_every_mail_has_one_route(arrival: Arrival, expected: Route) -> None:
    assert route(arrival) == expected


def test_the_table_above_shows_every_route() -> None:
    assert {type(expected) for _, expected in TABLE.values()} == set(Route.__args__)
