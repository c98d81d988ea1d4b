from __future__ import annotations

from typing import Any

import pytest

from mailgate.desk.entries import SchoolEntry
from mailgate.flow import screen
from mailgate.screening.finding import Finding, Label
from mailgate.store import comments, findings, rounds, schools
from mailgate.store.findings import OfComment, OfRound


def _found(desk: Any, number: int, which: int = 1) -> list[tuple[str, Label]]:
    with desk.office.read() as ctx:
        target = OfRound(rounds.get(ctx.tx, number, which).id)
        return [(one.finding.text, one.finding.label) for one in findings.listing(ctx.tx, target)]


def _work(desk: Any) -> int:
    count = 0
    while screen.screen_next(desk.office):
        count += 1
    return count


def test_each_text_is_looked_through_once(desk: Any) -> None:
    number = desk.open_case("水原です。電話は090-0000-0000です。")
    assert (_work(desk), _work(desk)) == (1, 0)
    assert ("水原", Label.KNOWN) in _found(desk, number)
    assert any(label is Label.PHONE for _, label in _found(desk, number))


def test_what_the_register_knows_of_sender_and_schools_is_found(quick_desk: Any) -> None:
    number = quick_desk.open_case("みずはらはるかと申します。南小で働いています。haruka@home.example")
    _work(quick_desk)
    known = {text for text, label in _found(quick_desk, number) if label is Label.KNOWN}
    assert {"南小", "haruka@home.example"} <= known
    assert any("みずはら" in text for text in known)


def test_a_school_that_is_registered_meanwhile_is_looked_for_from_the_next_text_on(desk: Any) -> None:
    first, second = (desk.open_case(f"{which}：はまかぜの杜でのことです。") for which in ("一", "二"))
    screen.screen_case(desk.office, first)
    with desk.office.write() as ctx:
        schools.save_school(ctx.tx, None, SchoolEntry("港町はまかぜの杜学園", ("はまかぜの杜",), "港町"))
    screen.screen_case(desk.office, second)
    known = [{text for text, label in _found(desk, one) if label is Label.KNOWN} for one in (first, second)]
    assert known == [set(), {"はまかぜの杜"}]


def test_a_comment_is_searched_for_its_author_and_for_the_teacher(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    quick_desk.comment(invited, "戸田です。水原先生によろしく。")
    assert _work(quick_desk) == 1
    (comment,) = quick_desk.comments(number)
    with quick_desk.office.read() as ctx:
        found = {one.finding.text for one in findings.listing(ctx.tx, OfComment(comment.id))}
    assert {"戸田", "水原"} <= found


def test_a_further_mail_is_looked_through_too(quick_desk: Any) -> None:
    number = quick_desk.open_case("相談です。")
    _work(quick_desk)
    quick_desk.write(body="追記：南小のことです。", to=quick_desk.reply_address(case=number))
    assert _work(quick_desk) == 1
    assert "南小" in {text for text, _ in _found(quick_desk, number)}


def test_an_amendment_is_looked_through_again(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    quick_desk.comment(invited, "一つ目")
    _work(quick_desk)
    quick_desk.comment(invited, "二つ目、戸田")
    assert _work(quick_desk) == 1
    assert quick_desk.comments(number)[0].screened


def test_a_mail_that_comes_during_the_search_is_not_passed_over(quick_desk: Any, monkeypatch: Any) -> None:
    number = quick_desk.open_case("相談です。")
    original = screen._found

    def slow(search: screen.Search) -> Any:
        if "南小" not in search.text:
            quick_desk.write(body="追記：南小のことです。", to=quick_desk.reply_address(case=number))
        return original(search)

    monkeypatch.setattr(screen, "_found", slow)
    screen.screen_round(quick_desk.office, number, 1)
    with quick_desk.office.read() as ctx:
        assert rounds.unscreened(ctx.tx) == (number, 1)
    _work(quick_desk)
    assert "南小" in {text for text, _ in _found(quick_desk, number)}


def test_a_whole_case_is_looked_through_on_request(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    quick_desk.comment(invited)
    screen.screen_case(quick_desk.office, number)
    with quick_desk.office.read() as ctx:
        assert (rounds.unscreened(ctx.tx), comments.unscreened(ctx.tx)) == (None, None)


def test_a_text_that_breaks_the_check_stops_nothing_and_passes_nothing(
    quick_desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(text: str, *given: Any) -> tuple[Finding, ...]:
        if "壊す" in text:
            raise ValueError(text)
        return real(text, *given)

    real = screen.check
    monkeypatch.setattr(screen, "check", check)
    first, second = quick_desk.open_case("これは壊す文です。"), quick_desk.open_case("電話は090-0000-0000です。")
    assert _work(quick_desk) == 2
    assert _found(quick_desk, first) == [("これは壊す文です。", Label.PERSON)]
    assert [label for _, label in _found(quick_desk, second)] == [Label.PHONE]
