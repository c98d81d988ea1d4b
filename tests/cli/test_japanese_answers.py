"""What commands ask, refuse and call wrong usage in Japanese, and what a shell and the service say."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailgate.cli import words
from mailgate.cli.common import Desk
from mailgate.cli.completion import VARIABLE
from mailgate.cli.service import say_ready

pytestmark = pytest.mark.usefixtures("no_language_chosen")

QUESTION = "案件 1 を取り下げますか。元に戻せません。"
REFUSED = {
    "case withdraw 1": f"{QUESTION}確かめる端末がないため、何も行いませんでした。行うときは --yes を付けてください。",
    "case clarify 1 --text-file nowhere": "nowhere を読めません：そのようなファイルやフォルダーはありません",
    "case show 99": "案件 99 はありません。「mailgate case list」で一覧を表示できます。",
    "school export --output mailgate.toml": "mailgate.toml はすでにあります。新しいファイル名を指定してください。",
}
WRONG = {
    "case list --json --csv": "--json と --csv は、どちらか一つだけを指定してください。",
    "case invite 1": (
        "メンバーを指定してください（mailgate case candidates で確かめられます）。または --best K と指定してください。"
    ),
    "case invite 1 M-7F3K --kind 弁護士": "--kind は --best と一緒に使います。名指しした人の区分は決まっています。",
    "case tag 1": "タグか、--remove タグ を指定してください。",
    "case clarify 1": "--text と --text-file のどちらか一つを指定してください。",
    "case check 1 --edit --text-file x": "--edit と --text-file は、どちらか一つだけを指定してください。",
    "case check 1 --keep x": "値が正しくありません：'x' という検出箇所はありません。f1、f2 のように指定してください。",
    "member relation M-7F3K S-7F3K --add --remove": "--add と --remove は、どちらか一つだけを指定してください。",
    "application approve 1 --school x --trial": "--school と --trial は、どちらか一つだけを指定してください。",
    "run-due --as-of x": "--as-of の値が正しくありません：'x' は 2026-02-01T10:05+09:00 のような時刻として読めません。",
    "serve --only mail": (
        "--only に指定できるのは listener、worker、delivery、scheduler です。mail は指定できません。"
    ),
    "school contracts --ending-within x": ("'--ending-within' の値が正しくありません：'x' は整数として読めません。"),
}


@pytest.mark.parametrize("line", REFUSED)
def test_why_nothing_was_done(new: Any, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.chdir(new.folder)

    assert new.run("--lang", "ja", *line.split()).line == REFUSED[line]


@pytest.mark.parametrize("line", WRONG)
def test_wrong_usage(new: Any, line: str) -> None:
    ran = new.run("--lang", "ja", *line.split())

    assert (ran.status, ran.stdout) == (2, "")
    assert ran.stderr.splitlines()[-1] == f"エラー：{WRONG[line]}"


def test_a_question_is_asked_before_what_cannot_be_undone(new: Any) -> None:
    ran = new.run("--lang", "ja", "case", "withdraw", 1, typed="n\n")

    assert ran.stdout.startswith(f"{QUESTION} [y/N]: ")
    assert (ran.status, ran.stderr) == (1, "mailgate: 何も行いませんでした。\n")
    assert new.run("--lang", "ja", "case", "withdraw", 1, typed="y\n").stdout.endswith("案件 1 の状態：取り下げ\n")


def test_a_day_that_is_none(new: Any) -> None:
    ran = new.run("--lang", "ja", "case", "invite", 1, "--best", 1, "--due", "2026-02-30")

    assert (ran.status, ran.stdout) == (2, "")
    assert ran.stderr.splitlines()[-1].startswith("エラー：'--due' の値が正しくありません：「2026-02-30」")


@pytest.mark.parametrize(("language", "state"), [("ja", "対応待ち"), ("en", "new")])
def test_the_shell_is_told_the_state_in_the_language(
    program: Callable[..., Any], new: Any, language: str, state: str
) -> None:
    asked = {VARIABLE: "zsh_complete", "COMP_WORDS": f"mailgate --config {new.config} case show ", "COMP_CWORD": "5"}

    assert program(env=asked | {"MAILGATE_LANG": language}).stdout.splitlines() == ["plain", "1", state]


def test_what_serve_says_when_it_is_ready(
    new: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["/x/mailgate/__main__.py", "serve"])
    words.speak("ja")
    mailgate = f"{sys.executable} -m mailgate --config {new.config}"

    say_ready(Desk(Path(new.config), "tester"), 8025, "http://127.0.0.1:8026")

    folder = Path(new.folder) / "sent"
    assert capsys.readouterr().out.splitlines() == [
        f"mailgate が動いています。受信は 127.0.0.1:8025 の SMTP、送信するメールは {folder} に書き出します。"
        "Ctrl-C で止まります。",
        "稼働の数字は http://127.0.0.1:8026/metrics、動いているかどうかは http://127.0.0.1:8026/healthz にあります。",
        "もう一つの端末で：",
        f"  {mailgate} school add --help",
        "      学校の登録。続けて teacher add、member add（CSV からは school import など）",
        "  127.0.0.1:8025 に接続し、soudan@desk.example.jp 宛てのメールを送る",
        f"  {mailgate} case list",
        "      案件の一覧。case show 1 が、次にすることを示す",
    ]
