"""Why something is refused, on the terminal of a Japanese office: the whole line, as the program says it.

What is stored, logged, or read by programs stays English; a run in English says what it always said.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("no_language_chosen")

TEACHER = "sasaki.megumi@midoridai-es.example.jp"
BAD_ROWS = "name,addresses,kind,years\n森田 梓,morita,教諭,abc\n,a@members.example.org,元教員,\n"
REFUSED = [
    (("case", "show", 99), "案件 99 はありません。「mailgate case list」で一覧を表示できます。"),
    (("case", "note", 1, ""), "メモが空です。"),
    (
        ("case", "clarify", 1, "--text", ""),
        "質問が空です。次のどちらかで書いてください：mailgate case clarify 1 --text 文字列、または --text-file パス",
    ),
    (("case", "check", 1, "--redact", "f99"), "この文面に検出箇所 f99 はありません。"),
    (
        ("case", "invite", 1, "--best", 3),
        "案件 1 の文面が承認されていません。次を行ってください：mailgate case check 1 --redact-all",
    ),
    (("case", "remind", 1), "案件 1 は、誰の返信も待っていません。"),
    (
        ("case", "preview", 1),
        "案件 1 に承認済みのコメントがありません。次で確かめてください：mailgate comment list --case 1",
    ),
    (
        ("case", "withhold-attachment", 1, 4),
        "案件 1 に添付ファイル 4 はありません。「mailgate case attachments 1」で一覧を表示できます。",
    ),
    (("case", "list", "--desk", "x"), "窓口 x はありません（あるもの：main）。"),
    (("school", "show", "南中"), "学校 南中 はありません。「mailgate school list」で一覧を表示できます。"),
    (("school", "add", "--name", "S-ABCD"), "--name：「S-ABCD」は名称ではなく、ハンドルの形をしています。"),
    (
        ("school", "contract", "西小", "--from", "2026-04-01", "--to", "2026-03-01"),
        "契約の最後の日（2026-03-01）を最初の日（2026-04-01）より前にはできません。",
    ),
    (
        ("member", "pause", "M-ZZZZ", "--until", "2020-01-01"),
        "休止の最後の日を 2020-01-01 にはできません。過ぎた日です。",
    ),
    (
        ("privacy", "export", "X-1", "{folder}/x.json", "--reveal", "本人の求め"),
        "X-1 は、T-7F3K や M-2Q9X のような人のハンドルではありません。",
    ),
    (
        ("mail", "ingest", "--envelope-to", "x@strangers.example", "{mail}"),
        "ここにないアドレスです：x@strangers.example",
    ),
    (
        ("outbox", "override", "k3v9xq2mhd5a", "--reason", ""),
        "このメールを送ってよい理由を書いてください：--reason 理由",
    ),
    (
        ("report", "--from", "2026-02-01", "--to", "2026-01-01"),
        "2026-02-01 から 2026-01-01 までの期間に、当てはまる日がありません。",
    ),
    (("key", "destroy", 9), "{folder}/keys に seal-9.key はありません（あるもの：seal.key）。"),
    (
        ("db", "backup", "{folder}/no/such/file"),
        "フォルダー {folder}/no/such がありません。作るか、そのディスクをつないでください。",
    ),
    (
        ("db", "copy", "{folder}/mailgate.toml"),
        "新しい設定が、写す元のデータベースを指しています。空のものを指定してください。",
    ),
]


@pytest.mark.parametrize(("command", "line"), REFUSED, ids=[" ".join(map(str, command[:2])) for command, _ in REFUSED])
def test_a_refusal_is_said_in_japanese(new: Any, command: tuple[Any, ...], line: str) -> None:
    mail = new.folder / "mail.eml"
    mail.write_bytes(new.compose("相談です。"))
    before = new.fingerprint()

    ran = new.run("--lang", "ja", *(str(one).format(folder=new.folder, mail=mail) for one in command))

    assert ran.line == line.format(folder=new.folder)
    assert new.fingerprint() == before


def test_each_bad_cell_is_told_in_japanese_with_its_place(new: Any) -> None:
    file = new.folder / "members.csv"
    file.write_text(BAD_ROWS, encoding="utf-8")

    ran = new.run("--lang", "ja", "member", "import", file, "--yes")

    assert ran.status == 1
    assert ran.stderr.splitlines() == [
        "mailgate: 2 行目、addresses：「morita」はメールアドレスとして読めません。",
        "mailgate: 2 行目、kind：「教諭」は次のどれでもありません：教員、元教員、弁護士、臨床心理士、教育関係",
        "mailgate: 2 行目、years：「abc」は整数ではありません。",
        "mailgate: 3 行目、name：空欄にはできません。",
    ]


def test_what_programs_read_of_the_same_cells_stays_english(new: Any) -> None:
    file = new.folder / "members.csv"
    file.write_text(BAD_ROWS, encoding="utf-8")

    ran = new.run("--lang", "ja", "member", "import", file, "--dry-run", "--json")

    assert json.loads(ran.stdout)["problems"] == [
        "row 2, addresses: 'morita' is not a mail address",
        "row 2, kind: '教諭' is not one of 教員, 元教員, 弁護士, 臨床心理士, 教育関係",
        "row 2, years: 'abc' is not a whole number",
        "row 3, name: must not be empty",
    ]


def test_all_that_is_wrong_with_the_settings_is_told_in_japanese(program: Any, tmp_path: Path) -> None:
    file = tmp_path / "mailgate.toml"
    file.write_text(
        '[service]\nlanguage = "fr"\n[listener]\nport = "x"\nprotcol = "lmtp"\ntls_key = "key.pem"\n'
        "[desk]\ninvitation_days = 3\nreminder_days = 5\n[lisener]\n",
        encoding="utf-8",
    )

    ran = program("--lang", "ja", "--config", file, "case", "list")

    assert ran.status == 1
    assert sorted(ran.stderr.splitlines()) == sorted(
        [
            "mailgate: lisener：このようなセクションはありません（もしかすると「listener」ですか）",
            'mailgate: service.language："fr" は使えません（指定するもの："ja"、"en" のどれか）',
            'mailgate: listener.port："x" は使えません'
            "（指定するもの：0 から 65535 までのポート番号（0 なら空いているもの））",
            "mailgate: listener.protcol：このようなキーはありません（もしかすると「protocol」ですか）",
            "mailgate: listener.tls_key：指定されていますが、tls_certificate がありません"
            "（両方を指定するか、どちらも指定しないでください）",
            "mailgate: desk.reminder_days：5 は使えません（invitation_days の 3 より小さい日数を指定してください）",
        ]
    )


def test_a_key_that_others_can_read_is_told_in_japanese(new: Any) -> None:
    key = new.folder / "keys" / "seal.key"
    key.chmod(0o644)

    ran = new.run("--lang", "ja", "case", "list")

    assert ran.line == f"{key} をほかの人が読めます。次を実行してください：chmod 600 {key}"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("ja", "mailgate: {file}：読めません：そのようなファイルやフォルダーはありません\n"),
        ("en", "mailgate: {file}: cannot be read: No such file or directory\n"),
    ],
)
def test_the_program_itself_says_what_the_system_said(tmp_path: Path, language: str, line: str) -> None:
    file = tmp_path / "none.toml"
    path = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE") if name in os.environ}

    ran = subprocess.run(
        [sys.executable, "-m", "mailgate", "--lang", language, "--config", str(file), "case", "list"],
        env={**path, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", line.format(file=file))


def test_what_is_written_down_stays_english_and_is_told_in_japanese(opened: Any) -> None:
    member, teacher = opened.handle("hanako.tanaka@members.example.org"), opened.handle(TEACHER)
    assert opened.run("--lang", "ja", "member", "relation", member, teacher, "--add").status == 0
    opened.comment()

    shown = opened.run("--lang", "ja", "comment", "show", 1, "--json").json
    refused = opened.run("--lang", "ja", "comment", "approve", 1)

    assert shown["held_reason"] == "conflict of interest: declared relation"
    assert refused.line == (
        "コメント 1 は保留中です（利害関係：届け出のある関係）。保留を解くには：mailgate comment release 1"
    )


@pytest.mark.parametrize(
    ("toml", "what"),
    [
        ("[listener]\nport 25\n", "2 行目の 6 文字目が読めないか、前に書いたものと重複しています。"),
        ("[dns]\n[dns]\n", "2 行目の 5 文字目が読めないか、前に書いたものと重複しています。"),
        ('[service]\nname = """x', "閉じていない引用符や括弧などがあります。"),
        ("a = " + "[" * 100_000, "入れ子が深すぎます。"),
    ],
)
def test_where_a_configuration_is_broken(program: Any, tmp_path: Path, toml: str, what: str) -> None:
    file = tmp_path / "mailgate.toml"
    file.write_text(toml)
    line = program("--lang", "ja", "--config", file, "case", "list").line
    assert line == f"{file}：TOML として読めません：{what}"
