"""`mailgate demo` as a visitor runs it: once, in a process of its own; and what ends it early."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailgate.demo.leaks import Identity, Sides, leaks
from mailgate.demo.play import play
from mailgate.demo.sent import SentMail, read_sent
from mailgate.errors import Refused

CHECKOUT = Path(__file__).resolve().parent.parent
TEACHER = Identity(frozenset({"mori@sakura-es.example.jp"}), frozenset({"森 恵美", "さくら小学校"}))
MEMBER = Identity(frozenset({"hayashi@members.example.org"}), frozenset({"林 次郎", "hayashi@members.example.org"}))
SIDES = Sides((TEACHER,), (MEMBER,))


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """One run, with a setting outside that would ruin it, and with its temporary folder inside `TMPDIR`."""
    folder = tmp_path_factory.mktemp("demo")
    changed = {
        "PYTHONPATH": str(CHECKOUT),
        "TMPDIR": str(folder),
        "MAILGATE_DATABASE__URL": f"sqlite:///{folder}/keep.db",
    }
    done = subprocess.run(
        [sys.executable, "-m", "mailgate", "demo"],
        cwd=folder,
        env=os.environ | changed,
        capture_output=True,
        text=True,
        check=False,
    )
    assert list(folder.iterdir()) == [], "the demo leaves nothing behind, and touches no database but its own"
    return done


@pytest.mark.slow
def test_demo_ends_well_and_tells_of_no_trouble(visit: subprocess.CompletedProcess[str]) -> None:
    assert (visit.returncode, visit.stderr) == (0, "")


@pytest.mark.slow
def test_demo_shows_every_mail_and_each_kind_once_as_a_whole(visit: subprocess.CompletedProcess[str]) -> None:
    framed = re.findall(r"^  ┌── (.+)$", visit.stdout, re.MULTILINE)
    in_a_line = re.findall(r"^  ─── (\S+) to ", visit.stdout, re.MULTILINE)
    assert framed == ["acknowledgement", "invitation", "comment-received", "answer", "thanks", "follow-up-received"]
    assert Counter(in_a_line) == {"acknowledgement": 2, "invitation": 4, "comment-received": 2, "thanks": 2}


@pytest.mark.slow
def test_demo_shows_what_became_of_each_mail(visit: subprocess.CompletedProcess[str]) -> None:
    assert re.findall(r"^  done: (.+)$", visit.stdout, re.MULTILINE) == [
        "new case (case 1)",
        "new case (case 2)",
        "new case (case 3)",
        "comment (case 1)",
        "comment (case 1)",
        "comment (case 1)",
        "recorded: auto-reply (case 1)",
        "bounce of invitation (case 1)",
        "follow-up in round 2 (case 1)",
    ]


@pytest.mark.slow
def test_demo_shows_what_is_refused(visit: subprocess.CompletedProcess[str]) -> None:
    refused = re.findall(r"^mailgate: (?:M-\w{4} cannot be )?(\S+ \S+ \S+)", visit.stdout, re.MULTILINE)
    assert refused == ["activated: a 教員", "case 1 has", "invited for case", "case 1 has"]


@pytest.mark.slow
def test_demo_counts_and_searches_the_mails(visit: subprocess.CompletedProcess[str]) -> None:
    summary = visit.stdout.partition("== What happened ==\n")[2].splitlines()
    assert summary[0] == "9 mails came in, 16 went out."
    assert summary[1].startswith("All 16 were searched")


@pytest.mark.slow
def test_demo_has_no_colour_outside_a_terminal(visit: subprocess.CompletedProcess[str]) -> None:
    assert "\x1b" not in visit.stdout


@pytest.mark.slow
def test_demo_in_japanese(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mailgate", "--lang", "ja", "demo"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT), "TMPDIR": str(tmp_path), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall(r"^== (.+) ==$", done.stdout, re.MULTILINE) == [
        "運営が名簿を登録する",
        "三人の先生が窓口に相談を送る",
        "運営が一件目を匿名にする",
        "運営が五名に依頼する。先生の同僚には決して依頼しない",
        "メンバーが「返信」でコメントを送る",
        "運営がコメントを確認し、先生に回答する",
        "先生がもう一度質問する",
        "ここまでのまとめ",
    ]
    framed = re.findall(r"^  ┌── (.+)$", done.stdout, re.MULTILINE)
    assert framed == ["受付", "依頼", "コメントの受付", "回答", "お礼", "追記の受付"]
    becomes = re.findall(r"^  処理済み：(.+)$", done.stdout, re.MULTILINE)
    assert [one for one in becomes if re.search("[A-Za-z]", one)] == []
    assert becomes[0].endswith("（案件 1）")
    told = [line for line in done.stdout.splitlines() if re.match(r"(> |  ─── |mailgate: |（)", line)]
    assert [line for line in told if not re.search("[ぁ-ん]", line)] == []
    assert "メールが 9 通届き、16 通を送り出しました。" in done.stdout


def test_demo_that_fails_leaves_no_folder_and_no_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(config: Path, arguments: object) -> str:
        assert config.is_relative_to(tmp_path)
        raise Refused("not today")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    threads = threading.enumerate()
    with pytest.raises(Refused, match="not today"):
        play(refuses)
    assert list(tmp_path.iterdir()) == []
    assert threading.enumerate() == threads


def mail(handle: str, to: str, text: str) -> SentMail:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "reply+token@desk.example.jp", to, "件名"
    letter.set_content(text, cte="base64")
    return SentMail("letter", handle, read_sent(letter.as_bytes()))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ご相談です。", []),
        ("森恵美と申します。", ["letter to M-2222 holds '森 恵美'"]),
        ("森\n恵美", ["letter to M-2222 holds '森 恵美'"]),
        ("さくら小学校の森　恵美", ["letter to M-2222 holds 'さくら小学校'", "letter to M-2222 holds '森 恵美'"]),
        ("林 次郎", []),
    ],
)
def test_teacher_in_a_mail_to_a_member_is_a_leak(text: str, found: list[str]) -> None:
    assert sorted(leaks([mail("M-2222", "hayashi@members.example.org", text)], SIDES)) == found


def test_member_in_a_mail_to_a_teacher_is_a_leak_in_any_width_and_case() -> None:
    letter = mail("T-1111", "mori@sakura-es.example.jp", "ＨＡＹＡＳＨＩ@members.example.org より")
    assert leaks([letter], SIDES) == ["letter to T-1111 holds 'hayashi@members.example.org'"]


def test_leak_in_a_field_is_found() -> None:
    letter = mail("M-2222", "hayashi@members.example.org", "ご相談です。")
    letter.message["X-Note"] = "森 恵美"
    assert leaks([letter], SIDES) == ["letter to M-2222 holds '森 恵美'"]


def test_own_data_of_one_who_is_teacher_and_member_is_no_leak() -> None:
    both = Sides((TEACHER,), (Identity(TEACHER.addresses, TEACHER.marks),))
    assert leaks([mail("T-1111", "mori@sakura-es.example.jp", "森 恵美")], both) == []
