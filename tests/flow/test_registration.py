"""A form that comes to join@, from the first mail to the register."""

from __future__ import annotations

from typing import Any

import pytest

from mailgate.desk.application import judge
from mailgate.desk.application_form import Wish
from mailgate.desk.lifecycle import ApplicationState, CaseState, SpoolState
from mailgate.desk.people import MemberStatus, Plan
from mailgate.desk.routing import HeldReason
from mailgate.errors import Refused
from mailgate.flow import erase, privacy, purge
from mailgate.flow.approve_application import approve, reject, school_without_contract
from mailgate.store import applications
from mailgate.store.members import member_by_handle
from mailgate.store.teachers import all_teachers, teacher_by_address, teacher_by_handle

JOIN = "join@mado.example"
AOI = "aoi@home.example"
FORM = "氏名：青井 凛\n学校名：南小\n学校のある市区町村：森野市\n職種：教諭\n教職歴：8年\n"
MEMBER_FORM = "氏名：戸部 湊\nメンバーの区分：弁護士\n経験年数：15年\n得意分野：いじめ、保護者対応\n"


def _apply(desk: Any, body: str, sender: str = AOI) -> Any:
    return desk.write(sender, body, to=JOIN)


def _open(desk: Any) -> list[tuple[Wish, ApplicationState]]:
    with desk.office.read() as ctx:
        return [(one.wish, one.state) for one in applications.listing(ctx.tx)]


def test_a_complete_form_waits_for_an_operator(desk: Any) -> None:
    entry = _apply(desk, FORM)
    assert (entry.state, entry.reason, entry.case) == (SpoolState.DONE, "application 1", None)
    assert _open(desk) == [(Wish.TEACHER, ApplicationState.WAITING)]
    assert desk.kinds() == ["registration-received"]
    assert desk.letter("registration-received").to == (AOI,)


def test_who_writes_without_a_form_gets_it_once(desk: Any) -> None:
    assert _apply(desk, "登録したいです。").reason == "sent the form for registration"
    form = desk.letter("registration-form").body
    assert ("氏名：\n学校名：\n" in form, "メンバーの区分" in form) == (True, True)
    entry = _apply(desk, "フォームの書き方が分かりません。電話をください。")
    assert (entry.state, entry.reason) == (SpoolState.HELD, "to the address for registration, without a form")
    assert (desk.kinds(), _open(desk)) == (["registration-form"], [])


def test_the_form_that_we_sent_is_understood_when_it_comes_back_quoted(quick_desk: Any) -> None:
    _apply(quick_desk, "登録したいです。")
    sent = quick_desk.letter("registration-form").body
    answered = sent.replace("氏名：\n", "氏名：青井 凛\n", 1).replace("学校名：\n", "学校名：南小\n", 1)
    quoted = "".join(f"> {line}\n" for line in answered.splitlines())
    assert _apply(quick_desk, f"お願いします。\n\n{quoted}").reason == "application 1"
    with quick_desk.office.read() as ctx:
        assert applications.get(ctx.tx, 1).cells == {"name": "青井 凛", "school": "南小"}


def test_what_is_missing_is_asked_for_by_name_and_once(desk: Any) -> None:
    _apply(desk, "氏名：青井 凛\n学校名：南小\n教職歴：わかりません\n")
    assert _open(desk) == [(Wish.TEACHER, ApplicationState.ASKED)]
    asked = desk.letter("registration-incomplete").body
    assert [line for line in asked.splitlines() if line.startswith("・")] == ["・職種", "・教職歴"]
    form = "氏名：青井 凛\n学校名：南小\n学校のある市区町村：\n職種（教諭、養護教諭など）：\n教職歴（12年など）：\n"
    assert form in asked
    _apply(desk, "職種：教諭\n")
    assert _open(desk) == [(Wish.TEACHER, ApplicationState.WAITING)]
    assert desk.kinds() == ["registration-incomplete", "registration-received"]


def test_the_same_form_again_changes_and_answers_nothing(quick_desk: Any) -> None:
    _apply(quick_desk, FORM)
    assert _apply(quick_desk, FORM).reason == "application 1: nothing new"
    assert quick_desk.kinds() == ["registration-received"]


def test_who_answers_the_question_without_filling_in_more_is_an_operators_to_read(quick_desk: Any) -> None:
    _apply(quick_desk, "氏名：青井 凛\n学校名：南小\n")
    asked = quick_desk.letter("registration-incomplete").body
    quoted = "".join(f"> {line}\n" for line in asked.splitlines())
    assert _apply(quick_desk, f"職種は書きにくいのですが。\n\n{quoted}").reason == "application 1"
    assert _open(quick_desk) == [(Wish.TEACHER, ApplicationState.WAITING)]
    assert quick_desk.kinds() == ["registration-incomplete", "registration-received"]


def test_an_approved_teacher_is_registered_and_the_held_consultation_goes_on(desk: Any) -> None:
    held = desk.write(AOI, "はじめて相談します。").case
    assert desk.case(held).state is CaseState.HELD
    _apply(desk, FORM)
    approved = desk.run(approve, 1)
    with desk.office.read() as ctx:
        teacher = teacher_by_handle(ctx.tx, approved.handle)
        assert applications.get(ctx.tx, 1).handle == approved.handle
    assert (teacher.person.name, teacher.role, teacher.years, teacher.plan) == ("青井 凛", "教諭", 8, Plan.SCHOOL)
    assert teacher.school is not None
    assert teacher.school.name == "森野市立南小学校"
    assert desk.case(held).state is CaseState.NEW
    assert desk.kinds() == ["acknowledgement", "registered", "registration-needed", "registration-received"]
    assert ("approve application", approved.handle) in [(one[0], one[1]) for one in _log(desk)]


def test_a_covered_teacher_hears_that_what_they_wrote_is_taken_up(quick_desk: Any) -> None:
    _apply(quick_desk, FORM)
    approved = quick_desk.run(approve, 1)
    assert (approved.uncovered, approved.held) == ("", ())
    assert (
        quick_desk.letter("registered").body.count("すでにご相談をお送りくださっている場合は、これから受け付けます。")
        == 1
    )


def test_an_approved_member_is_active_when_nothing_is_missing(desk: Any) -> None:
    _apply(desk, MEMBER_FORM)
    approved = desk.run(approve, 1)
    with desk.office.read() as ctx:
        member = member_by_handle(ctx.tx, approved.handle)
    assert (member.status, member.topics, approved.problem) == (MemberStatus.ACTIVE, ("いじめ", "保護者対応"), "")


def test_a_member_with_too_little_experience_is_registered_and_not_active(quick_desk: Any) -> None:
    _apply(quick_desk, "氏名：戸部 湊\nメンバーの区分：教員\n経験年数：2年\n")
    approved = quick_desk.run(approve, 1)
    with quick_desk.office.read() as ctx:
        assert member_by_handle(ctx.tx, approved.handle).status is MemberStatus.APPLIED
    assert approved.problem != ""


def test_a_school_that_nobody_registered_is_for_the_operator_and_not_for_the_applicant(quick_desk: Any) -> None:
    _apply(quick_desk, FORM.replace("南小", "北浜中学校"))
    assert quick_desk.kinds() == ["registration-received"]
    with pytest.raises(Refused, match="no registered school is meant by '北浜中学校'"):
        quick_desk.run(approve, 1)
    approved = quick_desk.run(approve, 1, "", True)
    with quick_desk.office.read() as ctx:
        assert teacher_by_handle(ctx.tx, approved.handle).plan is Plan.TRIAL


def test_what_an_applicant_hears_does_not_depend_on_the_register(quick_desk: Any) -> None:
    _apply(quick_desk, FORM, "one@home.example")
    _apply(quick_desk, FORM.replace("南小", "どこにもない小学校"), "two@home.example")
    first, second = (quick_desk.read(one.id) for one in quick_desk.outbox("registration-received"))
    assert (first.subject, first.body) == (second.subject, second.body)


def test_a_registered_teacher_is_written_anew_and_keeps_the_rest(quick_desk: Any) -> None:
    before = quick_desk.teacher
    sender = str(before.person.addresses[0])
    _apply(quick_desk, "氏名：水原 遥香\n学校名：南小\n職種：養護教諭\n教職歴：20年\n", sender)
    approved = quick_desk.run(approve, 1)
    assert (approved.handle, approved.is_new) == (before.handle, False)
    with quick_desk.office.read() as ctx:
        after = teacher_by_address(ctx.tx, before.person.addresses[0])
    assert after is not None
    assert (after.role, after.years, after.person.addresses) == ("養護教諭", 20, before.person.addresses)


def test_a_registered_member_loses_nothing_by_a_form(quick_desk: Any) -> None:
    before = quick_desk.members[0]
    sender = str(before.person.addresses[0])
    _apply(
        quick_desk, f"氏名：{before.person.name}\nメンバーの区分：弁護士\n経験年数：20年\n所属歴：ほか事務所\n", sender
    )
    approved = quick_desk.run(approve, 1)
    with quick_desk.office.read() as ctx:
        after = member_by_handle(ctx.tx, before.handle)
    assert (approved.handle, approved.is_new, after.status) == (before.handle, False, before.status)
    assert {one.name for one in before.affiliations} < {one.name for one in after.affiliations}
    assert (after.topics, after.monthly_limit) == (before.topics, before.monthly_limit)


def test_a_rejected_application_ends_without_a_word(quick_desk: Any) -> None:
    _apply(quick_desk, FORM)
    quick_desk.run(reject, 1)
    assert (_open(quick_desk), quick_desk.kinds()) == ([], ["registration-received"])
    with pytest.raises(Refused, match="application 1 is rejected"):
        quick_desk.run(approve, 1)


def test_a_decided_application_is_kept_no_longer_than_a_retired_member(desk: Any) -> None:
    for sender in (AOI, "second@home.example"):
        _apply(desk, FORM, sender)
    desk.run(reject, 1)
    desk.clock.advance(days=29)
    assert purge.run(desk.office).applications == 0
    desk.clock.advance(days=1)
    assert purge.run(desk.office).applications == 1
    with desk.office.read() as ctx:
        assert [one.id for one in applications.listing(ctx.tx, ())] == [2]


def test_the_number_of_an_application_that_is_gone_is_nobody_elses(desk: Any) -> None:
    _apply(desk, FORM)
    desk.run(reject, 1)
    desk.clock.advance(days=31)
    assert purge.run(desk.office).applications == 1
    _apply(desk, FORM)
    with desk.office.read() as ctx:
        assert [one.id for one in applications.listing(ctx.tx, ())] == [2]


def test_approving_tells_which_held_consultations_go_on(quick_desk: Any) -> None:
    held = [quick_desk.write(AOI, f"{count}通目の相談です。").case for count in ("一", "二")]
    _apply(quick_desk, FORM)
    approved = quick_desk.run(approve, 1)
    assert (approved.went_on, approved.held) == (tuple(held), ())


def test_a_consultation_that_no_contract_covers_stays_held_and_that_is_told(quick_desk: Any) -> None:
    quick_desk.clock.advance(days=100)  # the contract of the school has ended
    held = quick_desk.write(AOI, "相談です。").case
    _apply(quick_desk, FORM)
    with quick_desk.office.read() as ctx:
        before = school_without_contract(ctx, applications.get(ctx.tx, 1))
    approved = quick_desk.run(approve, 1)
    assert [before, approved.uncovered] == [quick_desk.teacher.school.handle] * 2
    assert approved.went_on == ()
    assert [(one.number, one.held_reason) for one in approved.held] == [(held, HeldReason.NO_CONTRACT)]
    assert quick_desk.letter("registered").body.count("受け付けます") == 0


def test_what_the_form_lacks_may_be_given_by_the_operator(quick_desk: Any) -> None:
    _apply(quick_desk, "氏名：戸部 湊\nメンバーの区分：先生をしていました\n経験年数：わかりません\n")
    with pytest.raises(Refused, match=r"application 1: .*: mailgate application approve 1 --kind … --years …$"):
        quick_desk.run(approve, 1)
    approved = quick_desk.run(approve, 1, "", False, {"kind": "元教員", "years": "三十年"})
    with quick_desk.office.read() as ctx:
        member = member_by_handle(ctx.tx, approved.handle)
    assert (member.kind, member.years, member.status) == ("元教員", 30, MemberStatus.ACTIVE)


def test_a_form_from_somebody_elses_address_is_never_written_over_them(desk: Any) -> None:
    """Two people at one address."""
    sender = str(desk.teacher.person.addresses[0])
    _apply(desk, FORM, sender)
    with pytest.raises(Refused, match="another name than the register has for its address, and no two people share"):
        desk.run(approve, 1)
    with desk.office.read() as ctx:
        assert teacher_by_handle(ctx.tx, desk.teacher.handle).person.name == "水原 遥香"
    assert desk.run(approve, 1, "", False, {}, True).handle == desk.teacher.handle
    with desk.office.read() as ctx:
        assert teacher_by_handle(ctx.tx, desk.teacher.handle).person.name == "青井 凛"


@pytest.mark.parametrize("name", ["水原 遥香", "水原遥香", "水原　遥香"])
def test_who_registers_again_from_another_address_is_noticed(desk: Any, name: str) -> None:
    """One person with several addresses."""
    _apply(desk, FORM.replace("青井 凛", name))
    with pytest.raises(Refused, match=f"may be of {desk.teacher.handle}, who has the same name"):
        desk.run(approve, 1)
    assert desk.run(approve, 1, "", False, {}, True).is_new


def test_a_member_who_registers_again_from_another_address_is_noticed(quick_desk: Any) -> None:
    _apply(quick_desk, MEMBER_FORM.replace("戸部 湊", "戸田 文也"))
    with pytest.raises(Refused, match=f"may be of {quick_desk.members[0].handle}, who has the same name"):
        quick_desk.run(approve, 1)


def test_a_form_from_a_second_address_leaves_the_first_one_the_first(quick_desk: Any) -> None:
    before = quick_desk.teacher
    _apply(quick_desk, "氏名：水原 遥香\n学校名：南小\n職種：教頭\n教職歴：13年\n", "haruka@home.example")
    quick_desk.run(approve, 1)
    with quick_desk.office.read() as ctx:
        after = teacher_by_handle(ctx.tx, before.handle)
    assert (after.role, after.person.addresses) == ("教頭", before.person.addresses)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", "名前=青井 凛 学校=南小 職種=教諭 教職歴=8年"),
        ("text/plain", "Name: 青井 凛\nSchool: 南小\nOccupation: 教諭\nYears of teaching: 8 years"),
        (
            "text/html",
            "<table><tr><td>氏名：</td><td>青井 凛</td></tr><tr><td>学校名：</td><td>南小</td></tr>"
            "<tr><td>職種：</td><td>教諭</td></tr><tr><td>教職歴：</td><td>8年</td></tr></table>",
        ),
        ("text/html", "<div>氏名：青井 凛<br>学校名：南小<br>職種：教諭<br>教職歴：<b>８年</b></div>"),
    ],
    ids=["one line", "English", "HTML table", "HTML lines"],
)
def test_a_form_in_any_shape_is_the_same_application(quick_desk: Any, kind: str, body: str) -> None:
    raw = quick_desk.mail(AOI, body).replace(b"text/plain", kind.encode())
    assert quick_desk.receive(raw, JOIN, AOI).reason == "application 1"
    assert _open(quick_desk) == [(Wish.TEACHER, ApplicationState.WAITING)]
    with quick_desk.office.read() as ctx:
        found = judge(Wish.TEACHER, applications.get(ctx.tx, 1).cells).cells
    assert {key: value.replace("　", " ") for key, value in found.items()} == {
        "name": "青井 凛",
        "school": "南小",
        "role": "教諭",
        "years": "8",
    }


def test_two_forms_of_one_person_before_a_decision_are_one_application(desk: Any) -> None:
    """Double registration, still open."""
    _apply(desk, FORM)
    _apply(desk, FORM.replace("8年", "9年"))
    assert _open(desk) == [(Wish.TEACHER, ApplicationState.WAITING)]
    desk.run(approve, 1)
    with desk.office.read() as ctx:
        found = [one.years for one in all_teachers(ctx.tx) if one.person.name == "青井 凛"]
    assert found == [9]


def test_an_erased_persons_application_goes_with_them_and_is_handed_out_before(desk: Any) -> None:
    _apply(desk, FORM)
    handle = desk.run(approve, 1).handle
    with desk.office.read() as ctx:
        document = privacy.export(ctx, privacy.subject(ctx, handle))
    assert [one["filled_in"]["name"] for one in document["applications"]] == ["青井 凛"]
    with desk.office.write("operator:yui") as ctx:
        erase.erase(ctx, privacy.subject(ctx, handle), "asked for")
    with desk.office.read() as ctx:
        assert applications.listing(ctx.tx, ()) == []


def _log(desk: Any) -> list[tuple[str, str]]:
    from mailgate.store.tables import AuditRow

    with desk.office.read() as ctx:
        return [(row.action, row.subject) for row in ctx.tx.session.query(AuditRow)]
