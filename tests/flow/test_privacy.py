"""What is held of a person is given to them without the other side, and is gone everywhere once they are erased."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, event, select
from structlog.testing import capture_logs

from mailgate.desk.entries import MemberEntry, PersonEntry
from mailgate.desk.lifecycle import CaseState, CommentState, InvitationState, OutboxState, SpoolState
from mailgate.desk.people import Affiliation, MemberKind, MemberStatus
from mailgate.errors import NotFound, Refused
from mailgate.flow import (
    chain_audit,
    compilation,
    destroy,
    erase,
    membership,
    privacy,
    purge,
    spooled,
    triage,
)
from mailgate.flow.deliver import deliver_next
from mailgate.flow.erase import check
from mailgate.mail.address import Address
from mailgate.mail.outcome import Sent
from mailgate.mail.parse import parse
from mailgate.store import integrity, members
from mailgate.store.columns import Base, table_of
from mailgate.store.tables import AuditRow

OF_TEACHER = (
    "水原",
    "みずはら",
    "haruka@minami.example",
    "haruka@home.example",
    "相談かなりあ",
    "追記かなりあ",
    "件名かなりあ",
)
OF_MEMBER = (
    "雉子谷",
    "きじたに",
    "kijitani@members.example",
    "弁護士登録九九九",
    "白樺高等学校",
    "意見かなりあ",
    "修正かなりあ",
)


class Relay:
    def deliver(self, reverse_path: object, recipient: object, octets: bytes) -> Sent:
        del reverse_path, recipient, octets
        return Sent("250 2.0.0 taken")


def send(desk: Any) -> None:
    while deliver_next(desk.office, Relay(), bytes):
        pass


def play(desk: Any) -> int:
    """A case that is answered with a comment by a member whose name is a canary; everything is sent."""
    person = PersonEntry("雉子谷 環", "きじたに", (Address("kijitani", "members.example"),))
    affiliations = (Affiliation("白樺高等学校", None, None, None),)
    entry = MemberEntry(person, MemberKind.LAWYER, None, "弁護士登録九九九", affiliations, (), None)
    with desk.office.write() as ctx:
        member = members.save_member(ctx.tx, None, entry)
        members.set_member_status(ctx.tx, member.id, MemberStatus.ACTIVE)
    desk.members.append(member)
    number: int = desk.write(body="相談かなりあ。\n\n--\n水原", subject="件名かなりあ").case
    desk.write(body="追記かなりあ", to=desk.reply_address(case=number))
    send(desk)
    (invited,) = desk.invite(number, len(desk.members) - 1)
    send(desk)
    desk.comment(invited, "意見かなりあ\n\n-- \n雉子谷 環")
    desk.comment(invited, "修正かなりあ")
    desk.approve_comments(number)
    desk.run(compilation.answer, number, desk.case(number).version)
    send(desk)
    return number


def held(desk: Any) -> str:
    """Everything in the database, opened with the keys where it is sealed, mails as they are read."""
    found = []
    with desk.office.read() as ctx:
        for mapper in Base.registry.mappers:
            table = table_of(mapper.class_)
            for row in ctx.tx.session.scalars(select(mapper.class_)):
                for column in table.columns:
                    value = getattr(row, column.name)
                    if isinstance(column.type, LargeBinary) and value:
                        plain = ctx.tx.unseal_bytes(row, column.name)
                        message = parse(plain) if column.name == "octets" else None
                        value = f"{plain!r} {plain.decode('utf-8', 'replace')}"
                        value += f" {message.subject} {message.body}" if message else ""
                    found.append(f"{value}")
    return "\n".join(found)


def hits(text: str, canaries: Sequence[str]) -> list[str]:
    return [one for one in canaries if one in text]


def hashes_of(desk: Any, handle: str) -> list[str]:
    with desk.office.read() as ctx:
        addresses = privacy.subject(ctx, handle).person.addresses
        return [ctx.tx.keys.address_hash(one) for one in addresses]


def erased(desk: Any, handle: str, *, at_once: bool = False) -> None:
    def run(ctx: Any) -> None:
        person = privacy.subject(ctx, handle)
        check(ctx, person, at_once=at_once)
        erase.erase(ctx, person, "a test")

    desk.run(run)
    destroy.destroy_keys(desk.office)


def problems(desk: Any) -> list[str]:
    database = desk.office.database
    return [one.what for one in integrity.problems(database.engine, database.keys)]


# --- export ---------------------------------------------------------------------------------------------------------


def exported(desk: Any, handle: str) -> dict[str, Any]:
    with desk.office.read() as ctx:
        return json.loads(json.dumps(privacy.export(ctx, privacy.subject(ctx, handle)), ensure_ascii=False))  # type: ignore[no-any-return]  # what it is


def test_a_teacher_gets_their_own_and_of_the_members_what_was_mailed(desk: Any) -> None:
    number = play(desk)
    desk.run(triage.note, number, "覚書かなりあ")
    document = exported(desk, desk.teacher.handle)
    text = json.dumps(document, ensure_ascii=False)
    assert hits(text, OF_TEACHER) == list(OF_TEACHER)
    assert document["register"]["teacher"]["school"] == "森野市立南小学校"
    assert [(one["case"], one["desk"]) for one in document["consultations"]] == [(number, "main")]
    mails = {one["kind"]: one["text"] for one in document["mails_sent_to_them"]}
    assert "修正かなりあ" in mails["answer"]
    without = json.dumps(document | {"mails_sent_to_them": []}, ensure_ascii=False)
    assert hits(without, (*OF_MEMBER, "覚書かなりあ", desk.members[-1].handle)) == []
    assert hits(text, OF_MEMBER) == ["修正かなりあ"]


def test_a_member_gets_their_own_and_of_the_teacher_what_was_mailed(desk: Any) -> None:
    number = play(desk)
    document = exported(desk, desk.members[-1].handle)
    text = json.dumps(document, ensure_ascii=False)
    assert hits(text, OF_MEMBER) == list(OF_MEMBER)
    (invitation,) = document["invitations"]
    assert (invitation["case"], invitation["state"]) == (number, "commented")
    (comment,) = invitation["comments"]
    assert [one["written"] for one in comment["versions"]] == ["意見かなりあ", "修正かなりあ"]
    without = json.dumps(document | {"mails_sent_to_them": []}, ensure_ascii=False)
    assert hits(without, (*OF_TEACHER, desk.teacher.handle)) == []
    assert hits(text, OF_TEACHER) == ["相談かなりあ", "追記かなりあ"]  # as approved, in the invitation


def test_a_comment_that_came_from_somebody_else_is_not_theirs(quick_desk: Any) -> None:
    (invited,) = quick_desk.invite(quick_desk.open_case())
    quick_desk.write("private@else.example", "他人かなりあ", to=quick_desk.reply_address(invited.invitation))
    assert "他人かなりあ" not in json.dumps(exported(quick_desk, invited.handle), ensure_ascii=False)


@pytest.mark.parametrize("handle", ["T-0000", "M-0000", "S-0000", "水原", ""])
def test_who_is_not_there_is_one_line(quick_desk: Any, handle: str) -> None:
    with pytest.raises(NotFound), quick_desk.office.read() as ctx:
        privacy.subject(ctx, handle)


# --- erasure --------------------------------------------------------------------------------------------------------


def test_of_an_erased_teacher_nothing_is_left(desk: Any) -> None:
    number = play(desk)
    desk.run(triage.close, number)
    marks = hashes_of(desk, desk.teacher.handle)
    before = held(desk)
    assert hits(before, (*OF_TEACHER, *marks)) == [*OF_TEACHER, *marks]
    with capture_logs() as logs:
        erased(desk, desk.teacher.handle)
        purge.run(desk.office)
    assert hits(held(desk), (*OF_TEACHER, *marks)) == []
    assert hits(f"{logs}", OF_TEACHER) == []
    assert desk.case(number).destroyed_at is not None
    assert desk.invitation(1).state is InvitationState.COMMENTED
    assert problems(desk) == []


def test_of_an_erased_member_nothing_is_left(desk: Any) -> None:
    number = play(desk)
    member = desk.members[-1].handle
    marks = hashes_of(desk, member)
    assert hits(held(desk), (*OF_MEMBER, *marks)) == [*OF_MEMBER, *marks]
    with capture_logs() as logs:
        erased(desk, member)
        purge.run(desk.office)
    assert hits(held(desk), (*OF_MEMBER, *marks)) == []
    assert hits(f"{logs}", OF_MEMBER) == []
    assert hits(held(desk), OF_TEACHER) == list(OF_TEACHER)  # the other side keeps theirs
    assert (desk.case(number).state, desk.invitation(1).state) == (CaseState.ANSWERED, InvitationState.COMMENTED)
    assert problems(desk) == []


def test_what_came_back_about_their_mails_goes_with_them(desk: Any) -> None:
    number = play(desk)
    member = desk.members[-1]
    away = desk.mail("kijitani@members.example", "不在かなりあ", headers=["Auto-Submitted: auto-replied"])
    entry = desk.receive(away, desk.reply_address(1), reverse_path=None)
    assert (entry.case, entry.state) == (number, SpoolState.DONE)
    assert "不在かなりあ" in held(desk)
    erased(desk, member.handle)
    assert hits(held(desk), ("不在かなりあ", *OF_MEMBER)) == []


@pytest.fixture
def files_of_all_writes(own_desk: Any, tmp_path: Path) -> Path:
    @event.listens_for(own_desk.office.database.engine, "checkin")
    def checkin(connection: Any, _: object) -> None:
        """So that the log of all writes is still there to be searched."""
        if connection is not None:
            connection.execute("PRAGMA wal_autocheckpoint=0")

    return tmp_path


@pytest.mark.parametrize("which", ["teacher", "member"])
def test_no_file_of_sqlite_has_a_sealed_word_of_theirs(own_desk: Any, files_of_all_writes: Path, which: str) -> None:
    number = play(own_desk)
    own_desk.run(triage.close, number)
    handle = own_desk.teacher.handle if which == "teacher" else own_desk.members[-1].handle
    sealed = _sealed_values(own_desk)
    erased(own_desk, handle)
    gone = sealed - _sealed_values(own_desk)
    assert len(gone) > 15
    octets = _octets(files_of_all_writes)
    assert [one for one in gone if one in octets] != []  # in the log of writes, before it is emptied
    assert destroy.empty_log(own_desk.office)
    octets = _octets(files_of_all_writes)
    assert [one for one in gone if one in octets] == []


def _octets(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in folder.glob("mailgate.db*"))


def _sealed_values(desk: Any) -> set[bytes]:
    """Every sealed value that fits into a page: a longer one stands in the file in pieces."""
    found: set[bytes] = set()
    with desk.office.read() as ctx:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, LargeBinary):
                    found |= {one for one in ctx.tx.session.scalars(select(column)) if one and len(one) < 500}
    return found


def test_the_audit_log_of_an_erased_person_still_verifies_and_names_nobody(desk: Any) -> None:
    number = play(desk)
    chain_audit.chain(desk.office)
    erased(desk, desk.members[-1].handle)
    assert chain_audit.verify(desk.office).broken is None
    with desk.office.read() as ctx:
        lines = [
            f"{one.actor} {one.action} {one.subject} {one.detail}" for one in ctx.tx.session.scalars(select(AuditRow))
        ]
    assert hits("\n".join(lines), OF_TEACHER + OF_MEMBER) == []
    assert f"operator:yui erase person {desk.members[-1].handle} a test" in lines
    assert desk.case(number).number == number


def test_nobody_finds_an_erased_person_any_more(desk: Any) -> None:
    play(desk)
    handle = desk.members[-1].handle
    erased(desk, handle)
    with desk.office.read() as ctx:
        assert handle not in [one.handle for one in members.all_members(ctx.tx)]
        with pytest.raises(NotFound):
            members.member_by_handle(ctx.tx, handle)
    entry = desk.write("kijitani@members.example", "また参加します。")
    assert desk.case(entry.case).held_reason == "unknown sender"


def test_an_address_of_an_erased_person_may_be_registered_anew(quick_desk: Any) -> None:
    play(quick_desk)
    old = quick_desk.members[-1].handle
    erased(quick_desk, old)
    person = PersonEntry("雉子谷 環", "", (Address("kijitani", "members.example"),))
    with quick_desk.office.write() as ctx:
        entry = MemberEntry(person, MemberKind.LAWYER, None, "", (), (), None)
        assert members.save_member(ctx.tx, None, entry).handle != old


# --- what stands in the way -----------------------------------------------------------------------------------------


def test_a_teacher_in_an_open_case_is_not_erased_but_at_once(desk: Any) -> None:
    number = desk.open_case()
    desk.invite(number)
    send(desk)
    with pytest.raises(Refused, match=f"is in case {number}, which is open: wait for its end, or say --now"):
        erased(desk, desk.teacher.handle)
    erased(desk, desk.teacher.handle, at_once=True)
    (notice,) = desk.outbox()
    assert (notice.kind, notice.state) == ("invitation-withdrawn", OutboxState.QUEUED)
    text = desk.read(notice.id)
    assert hits(f"{text.subject} {text.body}", OF_TEACHER) == []
    send(desk)
    assert desk.outbox()[0].state is OutboxState.SENT
    assert desk.invitation(1).state is InvitationState.REVOKED
    assert problems(desk) == []


def test_a_member_in_an_open_case_is_not_erased_but_at_once(desk: Any) -> None:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    desk.comment(invited)
    with pytest.raises(Refused, match=f"is asked for a comment in case {number}: wait for its end, or say --now"):
        erased(desk, invited.handle)
    erased(desk, invited.handle, at_once=True)
    (comment,) = desk.comments(number)
    assert (comment.state, comment.written, comment.approved) == (CommentState.REJECTED, "", "")
    assert (desk.case(number).state, desk.invitation(1).state) == (CaseState.NEW, InvitationState.REVOKED)
    assert {one.handle for one in desk.outbox() if one.state is OutboxState.QUEUED} == {desk.teacher.handle}
    assert problems(desk) == []


def test_a_member_of_an_answered_round_is_erased_while_a_later_one_goes_on(desk: Any) -> None:
    """What they wrote was sent and is emptied here; the case, and who is asked in its new round, are not touched."""
    number, invited = desk.answered_case()
    send(desk)
    desk.write(body="もう一つ教えてください。", to=desk.reply_address(case=number))
    (second,) = desk.invite(number, 1)
    erased(desk, invited.handle)
    assert [one.written for one in desk.comments(number)] == [""]
    assert (desk.case(number).state, desk.case(number).round) == (CaseState.OPEN, 2)
    assert desk.invitation(second.invitation).state is InvitationState.INVITED
    assert problems(desk) == []
    desk.comment(second)
    desk.approve_comments(number)
    desk.run(compilation.answer, number, desk.case(number).version)
    assert desk.case(number).state is CaseState.ANSWERED
    assert problems(desk) == []


def test_a_member_who_did_not_answer_an_earlier_round_is_erased_too(desk: Any) -> None:
    number = desk.open_case()
    first, second = desk.invite(number, 0, 1)
    desk.comment(second)
    desk.approve_comments(number)
    desk.run(compilation.answer, number, desk.case(number).version)
    send(desk)
    desk.write(body="もう一つ教えてください。", to=desk.reply_address(case=number))
    erased(desk, first.handle)
    assert desk.invitation(first.invitation).state is InvitationState.EXPIRED
    assert (desk.case(number).state, problems(desk)) == (CaseState.NEW, [])


def test_the_other_members_of_an_open_case_go_on(desk: Any) -> None:
    number = desk.open_case()
    first, second = desk.invite(number, 0, 1)
    desk.comment(second)
    erased(desk, first.handle, at_once=True)
    desk.approve_comments(number)
    desk.run(compilation.answer, number, desk.case(number).version)
    assert desk.case(number).state is CaseState.ANSWERED
    assert problems(desk) == []


def test_an_answer_on_its_way_with_their_words_stands_in_the_way(quick_desk: Any) -> None:
    _, invited = quick_desk.answered_case()
    for at_once in (False, True):
        with pytest.raises(Refused, match=r"has words of M-.* and is still on its way"):
            erased(quick_desk, invited.handle, at_once=at_once)
    send(quick_desk)
    erased(quick_desk, invited.handle)


def test_a_mail_that_waits_for_a_decision_stands_in_the_way(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    quick_desk.run(triage.withdraw_for_teacher, number)
    send(quick_desk)
    mail = quick_desk.write(body="やはりお願いします。", to=quick_desk.reply_address(case=number))
    for at_once in (False, True):
        with pytest.raises(Refused, match=f"mail {mail.id} of .* waits for a decision"):
            erased(quick_desk, quick_desk.teacher.handle, at_once=at_once)
    quick_desk.run(spooled.discard, mail.id)
    erased(quick_desk, quick_desk.teacher.handle)
    assert hits(held(quick_desk), ("やはりお願いします", "水原")) == []


# --- by itself ------------------------------------------------------------------------------------------------------


def test_a_retired_member_is_erased_after_the_days(desk: Any) -> None:
    play(desk)
    handle = desk.members[-1].handle
    desk.run(membership.move_members, "retire", [handle])
    retired_at = desk.clock.now
    desk.clock.now = retired_at + timedelta(days=30, seconds=-1)
    assert purge.run(desk.office).members == 0
    desk.clock.now = retired_at + timedelta(days=30)
    assert purge.run(desk.office).members == 1
    assert purge.run(desk.office).members == 0
    assert hits(held(desk), OF_MEMBER) == []


def test_who_comes_back_in_time_is_not_erased(quick_desk: Any) -> None:
    handle = quick_desk.members[0].handle
    quick_desk.run(membership.move_members, "retire", [handle])
    quick_desk.clock.advance(days=29)
    quick_desk.run(membership.move_members, "verify", [handle])
    quick_desk.clock.advance(days=300)
    assert purge.run(quick_desk.office).members == 0


def test_who_retired_before_that_was_noted_has_the_days_from_the_first_run_on(quick_desk: Any) -> None:
    with quick_desk.office.write() as ctx:
        members.set_member_status(ctx.tx, quick_desk.members[0].id, MemberStatus.RETIRED)
        assert members.member(ctx.tx, quick_desk.members[0].id).status is MemberStatus.RETIRED
    quick_desk.clock.advance(days=300)
    assert purge.run(quick_desk.office).members == 0
    quick_desk.clock.advance(days=31)
    assert purge.run(quick_desk.office).members == 1
