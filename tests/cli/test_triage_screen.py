"""The walk as an operator has it: keys in, a screen of 80 columns and 24 lines out."""

from __future__ import annotations

import time
import unicodedata
from typing import Any

import pytest
from textual.widgets import TextArea
from walking import Screen, walk

from mailgate.cli.triage.editing import Editing
from mailgate.cli.triage.page import At
from mailgate.cli.triage.walk import Walk
from mailgate.desk.lifecycle import CaseState, CommentState, SpoolState
from mailgate.errors import StoreUnavailable
from mailgate.flow import drafts, review, triage
from mailgate.flow.review import Decisions
from mailgate.store import comments, invitations, outbox, rounds, sending, spool
from mailgate.store.drafts import Place

CLEAN = "学級通信を毎週出していますが、読まれている気がしません。"
NAMED = "森野小の田中太郎です。電話は 090-1234-5678 です。"
COMMENT = "続けることに意味があります。"


def commented(desk: Any, count: int = 2, words: str = COMMENT) -> int:
    """An open case to which all who were asked have written."""
    number: int = desk.open_case()
    for one in desk.invite(number, *range(count)):
        desk.comment(one, words)
    return number


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in line)


# --- the figures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [CLEAN, NAMED])
def test_from_the_queue_to_invited_in_two_keys(desk: Any, body: str) -> None:
    number = desk.open_case(body)

    async def play(seen: Screen) -> None:
        await seen.press("a", "enter")
        assert seen.pressed == 2  # at most 4

    walk(desk, play)
    assert desk.case(number).state is CaseState.OPEN
    assert len(desk.outbox("invitation")) == 3
    assert desk.case(number).assignee == "yui"


@pytest.mark.parametrize(("count", "keys"), [(1, ["a", "enter"]), (2, ["A", "enter"]), (3, ["A", "enter"])])
def test_from_comments_to_answered_in_two_keys(quick_desk: Any, count: int, keys: list[str]) -> None:
    number = commented(quick_desk, count)

    async def play(seen: Screen) -> None:
        await seen.press(*keys)
        assert seen.pressed == 2  # at most 3

    walk(quick_desk, play)
    assert quick_desk.case(number).state is CaseState.ANSWERED
    assert quick_desk.letter("answer").body.count(COMMENT) == count


# --- decisions ------------------------------------------------------------------------------------------------------


def test_a_redacts_what_is_open_and_leaves_what_was_kept(quick_desk: Any) -> None:
    number = quick_desk.open_case(NAMED)

    async def play(seen: Screen) -> None:
        assert "⟦森野小⟧" in seen.text
        await seen.press("k")
        assert "⟦=" in seen.text
        await seen.press("n", "x")
        assert "⟦-" in seen.text
        await seen.press("a")
        assert "The text that members get" in seen.text

    walk(quick_desk, play)
    with quick_desk.office.read() as ctx:
        approval = rounds.get(ctx.tx, number, 1).approval
    assert approval is not None
    assert "森野小" in approval.text
    assert "田中" not in approval.text
    assert "090" not in approval.text


def test_what_the_register_knows_is_kept_by_the_second_press_only(quick_desk: Any) -> None:
    name = quick_desk.teacher.person.name.replace(" ", "")
    number = quick_desk.open_case(f"{name}です。電話は 090-1234-5678 です。")

    async def play(seen: Screen) -> None:
        await seen.press("k")
        assert f"{name}: the register knows this" in seen.text
        assert "To leave it in, press k once more." in " ".join(seen.text.split())
        assert "⟦=" not in seen.text
        await seen.press("n", "k", "p")  # nobody of the register: at once
        assert "⟦=090-1234-5678⟧" in seen.text
        await seen.press("k")
        assert f"⟦={name}⟧" not in seen.text
        await seen.press("k")
        assert "The text that members get" in seen.text
        assert f"{name}: the register knows this" in seen.text

    walk(quick_desk, play)
    with quick_desk.office.read() as ctx:
        approval = rounds.get(ctx.tx, number, 1).approval
    assert approval is not None
    assert name in approval.text


def test_a_text_that_keeps_what_the_register_knows_is_approved_by_the_second_press_only(quick_desk: Any) -> None:
    name = quick_desk.teacher.person.name.replace(" ", "")
    number = quick_desk.open_case(f"{name}です。電話は 090-1234-5678 です。")
    keys = []

    async def play(seen: Screen) -> None:
        await seen.press("k", "k", "a")
        keys.append("To leave it in, press a once more." in " ".join(seen.text.split()))
        await seen.press("a")
        keys.append("The text that members get" in seen.text)

    walk(quick_desk, play)
    assert keys == [True, True]
    assert quick_desk.case(number).assignee == "yui"


@pytest.mark.parametrize("key", ["a", "A"])
def test_comments_that_keep_what_the_register_knows_are_approved_by_the_second_press_only(
    quick_desk: Any, key: str
) -> None:
    author = quick_desk.members[0].person.name.replace(" ", "")
    number = quick_desk.open_case()
    for one in quick_desk.invite(number, 0, 1):
        quick_desk.comment(one, f"{author}です。{COMMENT}")

    async def play(seen: Screen) -> None:
        await seen.press("k", "k", key)
        assert f"To leave it in, press {key} once more." in " ".join(seen.text.split())
        with quick_desk.office.read() as ctx:
            assert {one.state for one in comments.of_case(ctx.tx, number, 1)} == {CommentState.PENDING}
        await seen.press(key)

    walk(quick_desk, play)
    with quick_desk.office.read() as ctx:
        approved = [one.approved for one in comments.of_case(ctx.tx, number, 1)]
    assert [author in (one or "") for one in approved][:1] == [True]


def test_only_who_is_ticked_is_invited(quick_desk: Any) -> None:
    number = quick_desk.open_case(CLEAN)

    async def play(seen: Screen) -> None:
        await seen.press("a", "space", "down", "space")
        assert seen.text.count("[x]") == 1
        await seen.press("enter")

    walk(quick_desk, play)
    with quick_desk.office.read() as ctx:
        assert len(invitations.of_case(ctx.tx, number)) == 1


def test_with_nobody_ticked_nobody_is_asked(quick_desk: Any) -> None:
    quick_desk.open_case(CLEAN)

    async def play(seen: Screen) -> None:
        await seen.press("a", "space", "down", "space", "down", "space", "enter")
        assert "nobody is ticked" in seen.text
        assert seen.text.count("[ ]") == 3

    walk(quick_desk, play)
    assert quick_desk.outbox("invitation") == []


def test_one_comment_is_rejected_and_the_other_approved(quick_desk: Any) -> None:
    number = commented(quick_desk)

    async def play(seen: Screen) -> None:
        await seen.press("tab", "j", "a")

    walk(quick_desk, play)
    assert [one.state for one in quick_desk.comments(number)] == [CommentState.APPROVED, CommentState.REJECTED]


def test_a_stranger_is_rejected_and_a_held_comment_released(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    quick_desk.held_comment(invited)
    quick_desk.write("nobody@else.example", "はじめまして。")

    async def play(seen: Screen) -> None:
        assert "held comment" in seen.text
        assert "⟦" not in seen.text  # nothing was looked for in it
        await seen.press("l")
        assert "cannot be undone" in seen.text
        await seen.press("s", "j")

    walk(quick_desk, play)
    assert quick_desk.comments(number)[0].state is CommentState.PENDING
    assert quick_desk.cases()[-1].state is CaseState.SPAM


def test_a_mail_that_failed_is_set_aside_and_that_cannot_be_undone(quick_desk: Any) -> None:
    quick_desk.open_case(CLEAN)
    (mail,) = quick_desk.outbox("acknowledgement")
    with quick_desk.office.write() as ctx:
        outbox.mark_failed(ctx.tx, mail.id, "550 5.1.1 \x1b[2J[red]unknown")

    async def play(seen: Screen) -> None:
        assert f"outgoing mail {mail.id}" in seen.lines[0]
        assert "failed: 550 5.1.1 �[2J[red]unknown" in seen.text
        await seen.press("c")
        assert f"done, and cannot be undone: cancel mail {mail.id}" in seen.text
        assert "(the last cannot be undone)" in " ".join(seen.text.split())
        await seen.press("u")
        assert f"'cancel mail {mail.id}' cannot be undone" in seen.text

    walk(quick_desk, play)
    assert [one.state for one in quick_desk.outbox("acknowledgement")] == ["cancelled"]


@pytest.mark.parametrize(("key", "becomes"), [("y", SpoolState.RECEIVED), ("d", SpoolState.DISCARDED)])
def test_a_mail_that_no_handler_could_take(quick_desk: Any, key: str, becomes: SpoolState) -> None:
    came = quick_desk.write("nobody@else.example", "はじめまして。")
    with quick_desk.office.write() as ctx:
        spool.set_state(ctx.tx, came.id, SpoolState.QUARANTINED, "KeyError")

    async def play(seen: Screen) -> None:
        assert f"received mail {came.id}" in seen.lines[0]
        assert "quarantined: KeyError" in seen.text
        assert "はじめまして。" in seen.text
        await seen.press(key)

    walk(quick_desk, play)
    assert quick_desk.spooled(came.id).state is becomes


def test_an_application_is_shown_without_who_it_is(quick_desk: Any) -> None:
    quick_desk.write("aoi@home.example", "氏名：青井 凛\n学校名：南小", to="join@mado.example")

    async def play(seen: Screen) -> None:
        assert "mailgate application show 1 --reveal REASON" in seen.text
        assert "青井" not in seen.text
        await seen.press("t")
        assert "only a case can be taken" in seen.text

    walk(quick_desk, play)


def test_the_teacher_is_asked_with_one_key_where_the_desk_asks(quick_desk: Any) -> None:
    desk = quick_desk.with_policy(teacher_consent=True)
    desk.open_case(CLEAN)

    async def play(seen: Screen) -> None:
        await seen.press("a")
        assert "who must agree to it first" in seen.text
        await seen.press("enter")
        assert "u undo ask consent" in seen.text
        assert "Nothing else waits." in seen.text

    walk(desk, play)
    assert len(desk.outbox("consent-request")) == 1


def test_a_passed_by_case_comes_again_from_the_top(quick_desk: Any) -> None:
    quick_desk.open_case(CLEAN)

    async def play(seen: Screen) -> None:
        await seen.press("s")
        assert "Nothing else waits." in seen.text
        await seen.press("w")
        assert CLEAN in seen.text

    walk(quick_desk, play)


# --- undo -----------------------------------------------------------------------------------------------------------


def test_u_takes_back_step_by_step(desk: Any) -> None:
    number = desk.open_case(CLEAN)

    async def play(seen: Screen) -> None:
        await seen.press("a", "enter")
        assert "u undo invite (29 s)" in seen.text
        await seen.press("u")
        assert "undone: invite (case 1)" in seen.text
        assert "The text that members get" in seen.text
        await seen.press("u")
        assert "As received" in seen.text
        await seen.press("u")
        assert "nothing was decided here yet" in seen.text

    walk(desk, play)
    assert desk.case(number).state is CaseState.NEW
    assert desk.outbox("invitation") == []


def test_after_its_time_u_says_that_the_mail_has_left(quick_desk: Any) -> None:
    number = commented(quick_desk, 1)
    with quick_desk.office.write() as ctx:
        while sending.claim(ctx.tx, ctx.now) is not None:
            pass

    async def play(seen: Screen) -> None:
        await seen.press("a", "enter")
        quick_desk.clock.advance(seconds=31)
        with quick_desk.office.write() as ctx:
            assert sending.claim(ctx.tx, ctx.now) is not None
        await seen.press("u")
        assert "the mail has left: 'answer' of case 1 stands" in seen.text

    walk(quick_desk, play)
    assert quick_desk.case(number).state is CaseState.ANSWERED


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
def test_leaving_ends_it_and_decides_nothing(quick_desk: Any, key: str) -> None:
    number = quick_desk.open_case(CLEAN)

    async def play(seen: Screen) -> None:
        await seen.press(key)
        assert not seen.app.is_running

    walk(quick_desk, play)
    assert quick_desk.case(number).assignee == ""


def test_an_input_method_that_is_on_changes_no_key(quick_desk: Any) -> None:
    number = quick_desk.open_case(CLEAN)

    async def play(seen: Screen) -> None:
        await seen.press("ａ")
        assert "The text that members get" in seen.text
        await seen.press("？")
        assert "One key is one decision" in seen.text

    walk(quick_desk, play)
    assert quick_desk.case(number).assignee == "yui"


def test_giving_a_case_back_leaves_what_was_decided_undoable(quick_desk: Any) -> None:
    number = quick_desk.open_case(CLEAN)

    async def play(seen: Screen) -> None:
        await seen.press("a", "t")
        assert "case 1 is nobody's" in seen.text
        await seen.press("u")
        assert "undone: approve text (case 1)" in seen.text

    walk(quick_desk, play)
    assert quick_desk.case(number).assignee == ""


# --- two operators --------------------------------------------------------------------------------------------------


def test_what_another_operator_decided_meanwhile_is_not_overwritten(desk: Any) -> None:
    number = desk.open_case(NAMED)

    async def play(seen: Screen) -> None:
        desk.run(triage.assign, number, "ken", by="operator:ken")
        desk.run(review.check_round, number, Decisions(text="電話をください。"), by="operator:ken")
        await seen.press("a")
        assert "case 1 was changed meanwhile (it is with ken)" in " ".join(seen.text.split())
        assert "with ken" in seen.lines[0]
        assert "電話をください。" in seen.text

    walk(desk, play)
    with desk.office.read() as ctx:
        approval = rounds.get(ctx.tx, number, 1).approval
    assert approval is not None
    assert (approval.by, approval.text) == ("operator:ken", "電話をください。")


def test_both_at_their_screens_only_the_first_invites(desk: Any) -> None:
    number = desk.open_case(CLEAN)

    async def play(yui: Screen) -> None:
        await yui.press("a")
        ken = Walk(desk.office, "operator:ken")
        assert ken.page is not None
        await yui.press("enter")
        ken.press("enter", At(ticked=(desk.members[0].handle,)))
        assert "changed meanwhile (it is with yui)" in ken.told

    walk(desk, play)
    assert len(desk.outbox("invitation")) == 3
    assert desk.case(number).assignee == "yui"


def test_what_another_has_taken_comes_last_and_says_so(quick_desk: Any) -> None:
    first, second = quick_desk.open_case(CLEAN), quick_desk.open_case("席替えの相談です。")
    quick_desk.run(triage.assign, first, "ken")

    async def play(seen: Screen) -> None:
        assert seen.lines[0].startswith(f"case {second}: text to check")
        await seen.press("t")
        assert f"case {second} is yours" in seen.text
        await seen.press("s")
        assert seen.lines[0].startswith(f"case {first}: text to check")
        assert "with ken" in seen.lines[0]

    walk(quick_desk, play)
    assert quick_desk.case(second).assignee == "yui"


def test_while_the_database_is_away_the_screen_says_so_and_goes_on(quick_desk: Any) -> None:
    number = quick_desk.open_case(CLEAN)
    way = Walk(quick_desk.office, "operator:yui")
    whole = way.office
    way.office = _Away(whole)  # type: ignore[assignment]
    way.press("a", At())
    assert (way.told, way.page) == ("the database is away", None)
    way.office = whole
    way.again()
    assert way.page is not None
    assert quick_desk.case(number).version == way.page.version


class _Away:
    """An office whose database does not answer."""

    def __init__(self, office: Any) -> None:
        self.policy = office.policy

    def read(self, actor: str) -> Any:
        raise StoreUnavailable("the database is away")

    def write(self, *given: Any) -> Any:
        raise StoreUnavailable("the database is away")


def test_a_bug_ends_the_walk_without_a_word_of_any_text(quick_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    quick_desk.open_case(NAMED)

    async def play(seen: Screen) -> None:
        monkeypatch.setattr(Walk, "skip", lambda self: 1 / 0)
        await seen.press("s")

    with pytest.raises(ZeroDivisionError):
        walk(quick_desk, play)


# --- writing anew ---------------------------------------------------------------------------------------------------


def test_what_is_written_in_the_editor_is_approved(quick_desk: Any) -> None:
    number = quick_desk.open_case(NAMED)

    async def play(seen: Screen) -> None:
        await seen.press("e")
        seen.app.screen.query_one(TextArea).text = "電話をください。"
        await seen.press("ctrl+s")
        assert not isinstance(seen.app.screen, Editing)
        assert "The text that members get" in seen.text

    walk(quick_desk, play)
    with quick_desk.office.read() as ctx:
        assert rounds.get(ctx.tx, number, 1).released_text == "電話をください。"


def test_a_text_that_still_names_somebody_stays_open_and_is_kept(quick_desk: Any) -> None:
    quick_desk.open_case(NAMED)

    async def play(seen: Screen) -> None:
        await seen.press("e")
        seen.app.screen.query_one(TextArea).text = "田中太郎です。"
        await seen.press("ctrl+s")
        assert isinstance(seen.app.screen, Editing)
        assert "the text still has" in seen.text

    walk(quick_desk, play)
    kept = drafts.find(quick_desk.office, "operator:yui", Place(1, 1), "")
    assert kept is not None
    assert kept.text == "田中太郎です。"


@pytest.mark.parametrize("leaves", ["escape", "ctrl+q", ""])
def test_a_half_written_text_is_offered_again(quick_desk: Any, leaves: str) -> None:
    quick_desk.open_case(NAMED)

    async def write(seen: Screen) -> None:
        await seen.press("e", "end")
        await seen.press(*"half")
        if leaves:
            await seen.press(leaves)
        else:  # the terminal goes away a moment later
            await seen.pilot.pause(0.7)

    async def come_back(seen: Screen) -> None:
        await seen.press("e")
        assert "Your draft of 02-02 09:30." in seen.text
        assert seen.app.screen.query_one(TextArea).text.endswith("half")

    walk(quick_desk, write)
    walk(quick_desk, come_back)


def test_a_draft_of_a_text_that_has_grown_says_so(quick_desk: Any) -> None:
    number = quick_desk.open_case(NAMED)
    drafts.keep(quick_desk.office, "operator:yui", Place(number, 1), "もう少し", NAMED)
    quick_desk.write(body="追伸です。", to=quick_desk.reply_address(None, number))

    async def play(seen: Screen) -> None:
        await seen.press("e")
        assert "THE TEXT HAS CHANGED SINCE" in seen.text
        await seen.press("ctrl+r")
        assert "追伸です。" in seen.app.screen.query_one(TextArea).text

    walk(quick_desk, play)


def test_the_operators_own_editor_is_handed_the_proposal(quick_desk: Any) -> None:
    number = quick_desk.open_case(NAMED)
    handed = []

    def editor(text: str) -> str:
        handed.append(text)
        return "電話をください。"

    async def play(seen: Screen) -> None:
        await seen.press("E")

    walk(quick_desk, play, editor=editor)
    assert "田中" not in handed[0]
    with quick_desk.office.read() as ctx:
        assert rounds.get(ctx.tx, number, 1).released_text == "電話をください。"


def test_a_comment_is_written_anew_as_its_own(quick_desk: Any) -> None:
    number = commented(quick_desk, 2, "佐藤花子です。記録を残してください。")

    async def play(seen: Screen) -> None:
        await seen.press("tab", "e")
        seen.app.screen.query_one(TextArea).text = "記録を残してください。"
        await seen.press("ctrl+s")

    walk(quick_desk, play)
    first, second = quick_desk.comments(number)
    assert (first.approved, second.approved) == ("", "記録を残してください。")


# --- what mails cannot do -------------------------------------------------------------------------------------------

HOSTILE = {
    "escape": "\x1b[2J\x1b]0;owned\x07",
    "c1": "\x9b31m",
    "bidi": "\u202eevil\u202c\u2066x",
    "markup": "[red]x[/red][@click=app.quit]y[/]",
    "broken markup": "[/] [bold",
    "hidden": "a\u200bb\ufeff",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_no_text_steers_the_terminal_or_styles_the_page(quick_desk: Any, what: str) -> None:
    bad = HOSTILE[what]
    number = quick_desk.open_case(f"{CLEAN} {bad} おわり")
    (invited,) = quick_desk.invite(number)
    quick_desk.comment(invited, f"{COMMENT} {bad} おわり")
    quick_desk.open_case(f"{CLEAN} {bad} おわり")
    quick_desk.write("nobody@else.example", f"{bad} おわり", subject=f"{bad} 件名".replace("\n", ""))

    async def play(seen: Screen) -> None:
        shown = ""
        for _ in range(3):
            assert "おわり" in seen.text
            shown += seen.text
            await seen.press("s")
        steering = [one for one in shown if unicodedata.category(one) in ("Cc", "Cf") and one != "\n"]
        assert steering == []
        if "markup" in what:
            assert bad in shown

    walk(quick_desk, play)


def test_a_hostile_text_in_the_editor_steers_nothing(quick_desk: Any) -> None:
    quick_desk.open_case(f"{CLEAN}{HOSTILE['escape']}{HOSTILE['bidi']}")

    async def play(seen: Screen) -> None:
        await seen.press("e")
        assert not set(seen.app.screen.query_one(TextArea).text) & set("\x1b\x07\u202e\u202c\u2066")

    walk(quick_desk, play)


# --- the layout -----------------------------------------------------------------------------------------------------


def test_everything_fits_into_80_columns_and_24_lines(quick_desk: Any) -> None:
    quick_desk.open_case(f"{NAMED}\n\n" + CLEAN * 20)

    async def play(seen: Screen) -> None:
        for keys in ((), ("pagedown",), ("question_mark",), ("question_mark", "a"), ("e",)):
            await seen.press(*keys)
            assert len(seen.lines) == 24
            assert max(map(columns, seen.lines)) <= 80
        await seen.press("escape")
        assert "q leave" in seen.text

    walk(quick_desk, play)


def test_no_line_begins_with_what_may_not_begin_one(quick_desk: Any) -> None:
    quick_desk.open_case("あ" * 39 + "。" + "い" * 38 + "、う")

    async def play(seen: Screen) -> None:
        found = [line for line in seen.lines if line.startswith(("あ", "い", "。", "、"))]
        assert [line[0] for line in found] == ["あ", "あ", "い"]

    walk(quick_desk, play)


def test_n_brings_a_finding_below_the_fold_into_sight(quick_desk: Any) -> None:
    quick_desk.open_case(CLEAN * 30 + "\n" + NAMED)

    async def play(seen: Screen) -> None:
        assert "田中太郎" not in seen.text
        await seen.press("n")
        assert "田中太郎" in seen.text

    walk(quick_desk, play)


def test_a_key_that_was_pressed_before_its_page_was_there_decides_nothing(quick_desk: Any) -> None:
    number = quick_desk.open_case(CLEAN)

    async def play(seen: Screen) -> None:
        early = time.monotonic()
        await seen.press("a")
        seen.app.hear("enter", early)
        assert quick_desk.case(number).state is CaseState.NEW
        seen.app.hear("enter", time.monotonic())
        assert quick_desk.case(number).state is CaseState.OPEN

    walk(quick_desk, play)


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ((80, 24), False),
        ((60, 24), True),
        ((80, 20), True),
    ],
)
def test_a_terminal_that_is_too_small_is_told_and_works(quick_desk: Any, size: tuple[int, int], told: bool) -> None:
    quick_desk.open_case(CLEAN)
    words = f"this terminal has {size[0]} columns and {size[1]} lines: 80 and 24 show all of a page"

    async def play(seen: Screen) -> None:
        assert (words in " ".join(seen.text.split())) == told
        await seen.press("a")
        assert words not in seen.text, "what became of a key is more important"

    walk(quick_desk, play, size=size)
