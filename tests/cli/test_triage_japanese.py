"""The walk in Japanese: each kind of page as it stands on a screen of 80 columns and 24 lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from textual.widgets import TextArea
from walking import Screen, walk

from mailgate.cli import words
from mailgate.desk.lifecycle import SpoolState
from mailgate.flow import triage
from mailgate.store import audit, outbox, spool

CLEAN = "学級通信を毎週出していますが、読まれている気がしません。"
NAMED = "森野小の田中太郎です。電話は 090-1234-5678 です。"
SIZES = [(80, 24), (120, 40)]


@pytest.fixture(autouse=True)
def _japanese(no_language_chosen: None) -> Iterator[None]:
    words.speak("ja")
    yield
    words.speak("en")


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in line)


def page(seen: Screen) -> list[str]:
    """What is on the screen but empty lines, handles and ids masked, and without the command that does the same, which
    `next_step.py` words."""
    assert max(map(columns, seen.lines)) <= 80
    assert len(seen.lines) == 24
    shown = re.sub(r"コマンドなら：.*?\n\n", "", seen.text, flags=re.DOTALL)
    shown = re.sub(r"\b[TM]-[0-9A-Z]{4}\b", "M-0000", shown)
    shown = re.sub(r"\b[a-z0-9]{12,}\b", "ID", shown)
    return [line for line in shown.split("\n") if line]


def test_a_text_that_names_somebody(quick_desk: Any) -> None:
    quick_desk.open_case(NAMED)

    async def play(seen: Screen) -> None:
        text, spot = page(seen)[:-3], page(seen)[-3]
        assert text == [
            "案件 1：文面の確認  1 巡目   待ち 1 件",
            "ご相談",
            "M-0000、2026-02-02 09:30 受信",
            "届いた文章（一語ずつ読んでください。自動の確認では見落としがあります）",
            "⟦森野小⟧の⟦田中太郎⟧です。電話は ⟦090-1234-5678⟧ です。",
        ]
        assert spot.startswith("> f1 学校（確実）：")
        assert page(seen)[-2:] == [
            "a 3 か所を伏せて承認  x 伏せる  k 残す  j 除外  e 書き直す  t 担当  s 次へ",
            "? 説明  q 終わる",
        ]
        await seen.press("k")
        assert page(seen)[1] == "実行しました：検出箇所を残す（案件 1）"
        await seen.press("n", "x")
        assert "⟦=森野小⟧の⟦-田中太郎⟧です。" in seen.text
        assert page(seen)[-3].startswith("> f2 人名（伏せる）：")
        assert page(seen)[-1] == "? 説明  q 終わる  u 取り消す：検出箇所を伏せる"

    walk(quick_desk, play)


def test_the_members_and_undo(quick_desk: Any) -> None:
    quick_desk.open_case(CLEAN)

    async def play(seen: Screen) -> None:
        await seen.press("a")
        shown = page(seen)
        assert shown[:6] == [
            "案件 1：メンバーへの依頼  1 巡目   待ち 1 件",
            "実行しました：文面の承認（案件 1）",
            "ご相談",
            "M-0000、2026-02-02 09:30 受信",
            "メンバーに見せる文面",
            CLEAN,
        ]
        assert [line[:12] for line in shown[7:10]] == ["> [x] M-0000", "  [x] M-0000", "  [x] M-0000"]
        assert shown[-1] == "Enter 依頼  e 書き直す  t 担当  s 次へ  ? 説明  q 終わる  u 取り消す：文面の承認"
        await seen.press("space", "down", "space", "down", "space", "enter")
        assert page(seen)[1] == "誰も選ばれていません。スペースで、カーソルのメンバーを選びます。"
        await seen.press("space", "enter")
        assert page(seen) == [
            "mailgate triage   待ち 0 件",
            "実行しました：依頼（案件 1）。メール 1 通、09:30:30 に送信",
            "ほかに待っているものはありません。",
            "w で、あとに回したものも含めて初めから見直します。q で終わります。",
            "s 次へ  ? 説明  q 終わる  u 取り消す：依頼（29 秒）",
        ]
        await seen.press("u")
        assert page(seen)[1] == "取り消しました：依頼（案件 1）"

    walk(quick_desk, play)
    with quick_desk.office.read() as ctx:
        undone = [one.detail for one in audit.history(ctx.tx, 1) if one.action == "undo"]
    assert undone == ["invite, 1 mails"]  # the record is the same whatever the operator reads


def test_comments_then_the_answer(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    for one in quick_desk.invite(number, 0, 1):
        quick_desk.comment(one, NAMED)

    async def play(seen: Screen) -> None:
        shown = page(seen)
        assert shown[:7] == [
            "案件 1：コメントの確認  1 巡目   待ち 1 件",
            "ご相談",
            "M-0000、2026-02-02 09:30 受信",
            "コメント 1（M-0000）未決 3 か所",
            "⟦森野小⟧の⟦田中太郎⟧です。電話は ⟦090-1234-5678⟧ です。",
            "コメント 2（M-0000）未決 3 か所",
            "⟦森野小⟧の⟦田中太郎⟧です。電話は ⟦090-1234-5678⟧ です。",
        ]
        assert shown[7].startswith("> コメント 1  f1 学校（確実）：")
        assert shown[8:] == [
            "a 未決を伏せて承認  A 2 件すべて承認  x 伏せる  k 残す  j 除外  e 書き直す",
            "t 担当  s 次へ  ? 説明  q 終わる",
        ]
        await seen.press("A")
        assert page(seen)[:5] == [
            "案件 1：回答の送信  1 巡目   待ち 1 件",
            "実行しました：コメント 1、2 の承認（案件 1）",
            "ご相談",
            "M-0000、2026-02-02 09:30 受信",
            "先生へ：【先生の窓口】コメントをお届けします（案件 1）",
        ]
        assert page(seen)[-1] == "Enter 送信  t 担当  s 次へ  ? 説明  q 終わる  u 取り消す：コメント 1、2 の承認"
        await seen.press("enter")
        assert page(seen)[1] == "実行しました：回答（案件 1）。メール 3 通、09:30:30 に送信"

    walk(quick_desk, play)


def test_what_is_held(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    quick_desk.held_comment(invited)
    quick_desk.write("nobody@else.example", "はじめまして。")

    async def play(seen: Screen) -> None:
        shown = page(seen)
        assert shown[0] == "案件 1：保留中のコメント 1  1 巡目   待ち 2 件"
        assert shown[3].startswith("コメント 1（依頼先 M-0000）保留中：")
        assert shown[4:] == [
            "私用から送ります",
            "メールの全文",
            "私用から送ります",
            "l 保留解除  j 除外  t 担当  s 次へ  ? 説明  q 終わる",
        ]
        await seen.press("s")
        assert page(seen) == [
            "案件 2：保留中の案件  1 巡目   待ち 1 件",
            "ご相談",
            "登録のない先生、2026-02-02 09:30 受信",
            "保留中：知らない差出人",
            "届いた文章",
            "はじめまして。",
            "l 保留解除  j 除外  t 担当  s 次へ  ? 説明  q 終わる",
        ]
        await seen.press("w", "l")
        assert page(seen)[1] == "実行しました（取り消せません）：コメント 1 の保留解除"
        assert page(seen)[-1] == "（直前の判断は取り消せません）"

    walk(quick_desk, play)


def test_mails_and_applications(quick_desk: Any) -> None:
    quick_desk.open_case(CLEAN)
    quick_desk.write("aoi@home.example", "氏名：青井 凛\n学校名：南小", to="join@mado.example")
    came = quick_desk.write("nobody@else.example", "はじめまして。")
    (mail,) = quick_desk.outbox("acknowledgement")
    with quick_desk.office.write() as ctx:
        spool.set_state(ctx.tx, came.id, SpoolState.QUARANTINED, "KeyError")
        outbox.mark_failed(ctx.tx, mail.id, "550 5.1.1")

    async def play(seen: Screen) -> None:
        shown = page(seen)
        assert shown[:4] == [
            "案件 1：送信するメール ID   待ち 5 件",
            "受付（宛先 M-0000）",
            "送信失敗：550 5.1.1",
            "【先生の窓口】メールを受け付けました（案件 1）",
        ]
        assert shown[-1] == "y もう一度  c 取りやめ  s 次へ  ? 説明  q 終わる"
        await seen.press("s")
        assert page(seen) == [
            "案件 2：受信したメール ID   待ち 4 件",
            "ご相談",
            "隔離中：KeyError",
            "メールの種類：人",
            "はじめまして。",
            "y もう一度  d 除外  s 次へ  ? 説明  q 終わる",
        ]
        await seen.press("t")
        assert page(seen)[1] == "担当できるのは案件だけです。"
        await seen.press("s", "s")
        assert page(seen) == [
            "登録の申し込み 1   待ち 2 件",
            "登録の申し込みがあります",
            "申し込んだ人は、理由を添えて表示します。",
            "  mailgate application show 1 --reveal REASON",
            "そのうえで、次のどちらかを行います。",
            "  mailgate application approve 1",
            "  mailgate application reject 1",
            "s 次へ  ? 説明  q 終わる",
        ]

    walk(quick_desk, play)


def test_consent_and_a_case_that_is_late_and_with_another(quick_desk: Any) -> None:
    desk = quick_desk.with_policy(teacher_consent=True)
    number = desk.open_case(CLEAN)
    desk.run(triage.assign, number, "ken")
    desk.clock.advance(seconds=60 * 86_400)

    async def play(seen: Screen) -> None:
        await seen.press("a")
        assert page(seen) == [
            "案件 1：先生の同意  1 巡目  【目安の日を過ぎています】  担当 ken   待ち 1 件",
            "実行しました：文面の承認（案件 1）",
            "ご相談",
            "M-0000、2026-02-02 09:30 受信",
            "先に同意をいただくため、先生に送る文面",
            CLEAN,
            "Enter 送信  t 担当  s 次へ  ? 説明  q 終わる  u 取り消す：文面の承認",
        ]
        await seen.press("t", "t")
        assert page(seen)[1] == "案件 1 の担当をやめました。"

    walk(desk, play)


def test_the_editor_and_the_help(quick_desk: Any) -> None:
    quick_desk.open_case(NAMED)

    async def play(seen: Screen) -> None:
        await seen.press("e")
        assert page(seen) == [
            "送り出してよい文面を書いてください。",
            "○○小のAです。電話は 〔電話番号〕 です。",
            "^S 完了   Esc 書きかけを残して戻る   ^R 初めから書き直す",
        ]
        seen.app.screen.query_one(TextArea).text = "続きを書きます。"
        await seen.press("escape", "e")
        assert page(seen)[0] == "02-02 09:30 の書きかけの文章です。"
        await seen.press("escape", "question_mark")
        shown = page(seen)
        assert shown[1:3] == [
            "一つのキーで一つの判断をします。使えるキーは、いちばん下の行にあります。",
            "どの画面でも使えるキー：",
        ]
        assert shown[-4:-2] == [
            "文面は承認済みになります。書きかけの文章は失われず、続きから書けます。",
            "画面が出る前に押したキーは、何も決めません。",
        ]

    walk(quick_desk, play)


@pytest.mark.parametrize("size", SIZES)
def test_no_hint_is_broken_and_no_line_is_wider_than_the_screen(quick_desk: Any, size: tuple[int, int]) -> None:
    number = quick_desk.open_case(NAMED)
    for one in quick_desk.invite(number, 0, 1):
        quick_desk.comment(one, NAMED)
    quick_desk.open_case(NAMED + "\n\n" + CLEAN * 20)

    async def play(seen: Screen) -> None:
        for keys in ((), ("question_mark",), ("question_mark", "s"), ("a",), ("enter",)):
            await seen.press(*keys)
            assert len(seen.lines) == size[1]
            assert max(map(columns, seen.lines)) <= size[0]
            assert re.search(r"(^|  )\? 説明(  |$)", seen.text, re.MULTILINE)

    walk(quick_desk, play, size=size)


def test_a_terminal_that_was_made_larger_is_used_whole(quick_desk: Any) -> None:
    quick_desk.open_case(CLEAN * 10)

    async def play(seen: Screen) -> None:
        await seen.press("a")
        assert max(map(columns, seen.lines)) <= 80
        await seen.pilot.resize_terminal(120, 40)
        await seen.pilot.pause()
        assert len(seen.lines) == 40
        assert max(columns(line) for line in seen.lines if line.startswith("学級通信")) > 100

    walk(quick_desk, play)
