"""Beside a text no file leaves but one that was released, as it was released, to the side it was released for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from desk import TEACHER

from mailgate.desk.lifecycle import OutboxState
from mailgate.flow import attachments, compilation
from mailgate.flow.approved import are_released
from mailgate.flow.attachments import OfCase, OfComment
from mailgate.flow.deliver import deliver_next
from mailgate.flow.letters import Acknowledgement, Answer, CompiledComment, Invitation
from mailgate.mail.address import Address
from mailgate.mail.drawing import Drawing
from mailgate.mail.enclosing import Enclosed
from mailgate.mail.outcome import Outcome, Sent
from mailgate.store import attachments as store
from mailgate.store import outbox, rounds
from mailgate.store.attachments import Place

ALTERED = "is not what was approved"
DAY = date(2026, 2, 9)
OF_TEACHER, OF_MEMBER = (
    Drawing("image/png", b"pixels of the teacher", 1),
    Drawing("image/png", b"pixels of a member", 1),
)


class Relay:
    """Takes everything, and remembers it."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def deliver(self, reverse_path: Address | None, forward_path: Address, raw: bytes) -> Outcome:
        self.taken.append(raw)
        return Sent("250")


def deliver(desk: Any) -> list[bytes]:
    relay = Relay()
    while deliver_next(desk.office, relay, bytes):
        pass
    return relay.taken


def with_files(desk: Any, sender: str, count: int, to: str) -> int:
    """A mail with so many pictures comes in; its case."""
    made = EmailMessage()
    desk._count += 1
    made["From"], made["To"], made["Message-ID"] = sender, "soudan@mado.example", f"<f{desk._count}@client.example>"
    made.set_content("写真を見てください。")
    for _ in range(count):
        made.add_attachment(b"a picture", maintype="image", subtype="jpeg", filename="IMG_1.jpg")
    number = desk.receive(made.as_bytes(policy=policy.SMTP), to, sender).case
    assert isinstance(number, int)
    return number


def case_with_released_file(desk: Any, count: int = 1) -> int:
    number = with_files(desk, TEACHER, count, "soudan@mado.example")
    with desk.office.write("operator:yui") as ctx:
        (entry,) = rounds.entries(ctx.tx, number)
        store.keep_drawing(ctx.tx, Place(number, None, entry.spool_id, 1), OF_TEACHER, ctx.actor, ctx.now)
    desk.run(attachments.release, OfCase(number), 1)
    return number


def comment_with_released_file(desk: Any, number: int) -> Place:
    """Of the member who is invited in the case."""
    (invited,) = desk.invite(number)
    with_files(desk, desk.address_of(invited.handle), 2, desk.reply_address(invited.invitation))
    (comment,) = desk.comments(number)
    place = Place(number, comment.id, comment.spool_id, 1)
    with desk.office.write("operator:yui") as ctx:
        store.keep_drawing(ctx.tx, place, OF_MEMBER, ctx.actor, ctx.now)
    desk.run(attachments.release, OfComment(comment.id), 1)
    return place


def answer(desk: Any, number: int) -> None:
    desk.approve_comments(number)
    desk.run(compilation.answer, number, desk.case(number).version)


def the(desk: Any, kind: str) -> outbox.OutboxEntry:
    (found,) = desk.outbox(kind)
    entry: outbox.OutboxEntry = found
    return entry


def files_of(raw: bytes) -> list[bytes]:
    return [one.get_content() for one in message_from_bytes(raw, policy=policy.default).iter_attachments()]


def test_letters_with_released_and_withheld_attachments_leave(desk: Any) -> None:
    number = case_with_released_file(desk, 3)
    comment_with_released_file(desk, number)
    answer(desk, number)
    taken = deliver(desk)
    assert {one.state for one in desk.outbox()} == {OutboxState.SENT}
    assert [files for raw in taken if (files := files_of(raw))] == [[OF_TEACHER.octets], [OF_MEMBER.octets]]


def test_a_file_that_is_withheld_while_its_mail_waits_does_not_leave(quick_desk: Any) -> None:
    number = case_with_released_file(quick_desk)
    quick_desk.invite(number)
    quick_desk.run(attachments.withhold, OfCase(number), 1)
    deliver(quick_desk)
    assert (the(quick_desk, "invitation").state, the(quick_desk, "invitation").reason) == (OutboxState.STOPPED, ALTERED)


def test_a_file_of_a_member_that_is_withheld_after_the_answer_stops_the_answer(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    place = comment_with_released_file(quick_desk, number)
    answer(quick_desk, number)
    quick_desk.run(lambda ctx: store.withhold(ctx.tx, place, ctx.actor, ctx.now))
    deliver(quick_desk)
    assert the(quick_desk, "answer").reason == ALTERED


def enclosed(drawing: Drawing, name: str = "添付1.png") -> Enclosed:
    return Enclosed(name, drawing.media_type, drawing.octets)


TO_MEMBER = Invitation(1, "", "本文です。", (), DAY, files=("添付1.png",))
TO_TEACHER = Answer(1, (CompiledComment(1, "弁護士", "一つ目です。", files=("添付1.png",), withheld=1),))
NONE_NAMED = replace(TO_MEMBER, files=())
CASES: list[tuple[str, Any, tuple[Enclosed, ...], bool]] = [
    ("invitation", TO_MEMBER, (enclosed(OF_TEACHER),), True),
    ("invitation", NONE_NAMED, (), True),
    ("invitation", TO_MEMBER, (), False),
    ("invitation", NONE_NAMED, (enclosed(OF_TEACHER),), False),
    ("invitation", TO_MEMBER, (enclosed(OF_TEACHER, "添付2.png"),), False),
    ("invitation", TO_MEMBER, (enclosed(OF_TEACHER), enclosed(OF_TEACHER, "添付2.png")), False),
    ("invitation", TO_MEMBER, (Enclosed("添付1.png", "image/png", b"pixels of somebody else"),), False),
    ("invitation", TO_MEMBER, (enclosed(OF_MEMBER),), False),
    ("invitation", None, (enclosed(OF_TEACHER),), False),
    ("acknowledgement", TO_TEACHER, (enclosed(OF_MEMBER),), True),
    ("acknowledgement", TO_TEACHER, (enclosed(OF_TEACHER),), False),
    ("acknowledgement", Acknowledgement(1, DAY, attachments=1), (enclosed(OF_MEMBER),), False),
    ("acknowledgement", Acknowledgement(1, DAY, attachments=1), (), True),
]


def test_only_what_the_letter_names_and_its_readers_side_may_have_is_released(quick_desk: Any) -> None:
    number = case_with_released_file(quick_desk)
    comment_with_released_file(quick_desk, number)
    mails = {kind: the(quick_desk, kind) for kind in ("invitation", "acknowledgement")}
    with quick_desk.office.read() as ctx:
        found = [are_released(ctx, mails[kind], letter, files) for kind, letter, files, _ in CASES]
    assert found == [expected for *_, expected in CASES]


@pytest.mark.parametrize("change", [b"Content-Disposition: inline", b"X-Camera: x\r\nContent-Disposition: attachment"])
def test_a_file_in_another_form_does_not_leave(quick_desk: Any, change: bytes) -> None:
    number = case_with_released_file(quick_desk)
    quick_desk.invite(number)
    mail = the(quick_desk, "invitation")
    with quick_desk.office.write() as ctx:
        octets = outbox.octets_of(ctx.tx, mail.id).replace(b"Content-Disposition: attachment", change)
        ctx.tx.seal(outbox.row_of(ctx.tx, mail.id), octets=octets)
    deliver(quick_desk)
    assert the(quick_desk, "invitation").reason == "has not the form of a letter of ours"
