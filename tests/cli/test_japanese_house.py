"""The house's own commands in Japanese: keys, database, audit, privacy, templates, doctor, reports, handbook, demo.

No English word is left in what they print but those that are listed; a few are looked at whole; scripts read the same
in both languages. The desk's daily work: `test_japanese_story.py`; the walk: `test_triage_japanese.py`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import command_lines
import pytest

from mailgate.config import load

TEACHER = "sasaki.megumi@midoridai-es.example.jp"
GROUPS = ("key", "db", "privacy", "audit", "template", "doctor", "report", "help", "triage")
SAYS_NO_WORDS = {
    "db copy": "tests/cli/test_database_cli.py has what it needs; see its Japanese below",
    "triage": "test_triage_japanese.py",
}

pytestmark = pytest.mark.usefixtures("no_language_chosen")


def _steps(folder: Path) -> list[tuple[str, int]]:
    """Each command at least once, with its status."""
    (folder / "bad" / "ja" / "invitation").mkdir(parents=True)
    (folder / "bad" / "ja" / "invitation" / "body.txt").write_text("{{ nobody }}\n", encoding="utf-8")
    return [
        *[("key init", 0), ("key check", 0), ("key dkim", 0), ("key dkim mail2026", 0), ("key dkim mail!", 2)],
        *[("key rotate --ahead", 0), ("key rotate --yes", 0), ("key rotate", 1), ("key destroy", 2)],
        *[("key destroy 1", 1), ("key destroy 1 --yes", 0), ("key destroy --unused --yes", 0), ("key backup", 0)],
        *[(f"key backup {folder}/store.db", 0), (f"key backup {folder}/store.db", 1), ("key check", 0)],
        *[("db upgrade", 0), ("db backup", 0), (f"db backup {folder}/copy.db", 0), (f"db backup {folder}/copy.db", 1)],
        *[("db check", 0), ("db check --quick", 0)],
        *[("audit list", 0), ("audit list --case 7", 0), ("audit verify", 0), ("audit verify --after-restore ため", 0)],
        *[(f"privacy export TEACHER {folder}/a.json --reveal ため", 0), ("privacy erase T-0000 --yes", 1)],
        *[(f"privacy export TEACHER {folder}/a.json --reveal ため", 1), ("privacy erase TEACHER", 1)],
        *[("template list", 0), ("template preview invitation", 0), ("template preview answer --width 40", 0)],
        *[("template check", 1), (f"template eject {folder}/own invitation", 0), (f"template check {folder}/own", 0)],
        *[(f"template eject {folder}/own invitation", 1), (f"template check {folder}/bad", 1)],
        *[("doctor", 0), ("doctor --records", 0)],
        *[
            ("report", 0),
            ("report --month 2026-02", 0),
            ("report attributes", 0),
            (f"report --html {folder}/r.html", 0),
        ],
        *[("report --month 2026-02 --year 2026", 2), ("report --to 2026-02-01", 2), ("report --csv --json", 2)],
        *[("help", 0), ("help week", 0), ("help nothing", 2), ("help day", 0), ("help dya", 2), ("triage", 1)],
        *[(f"help --man {folder}", 0), (f"help day --man {folder}", 2), ("privacy erase TEACHER --now --yes", 0)],
    ]


_NAMES = "|".join(sorted(command_lines.commands(), key=len, reverse=True))
_KNOWN = re.compile(
    rf"mailgate help [a-z ]+|mailgate(?: --config \S+)? (?:{_NAMES})\b|--[a-z-]+|\b[MST]-[0-9A-Z]{{4}}\b|\bL[1-8]\b"
    r"|[\w.@+-]*/[\w./@-]+|[\w.@-]*\w\.\w[\w.@-]*|\d{4}-\d\d-\d\d(?:T[\d:+]+)?|v=\w+;.*|\( .* \)|dig .*"
    r"|mail\.…|mail2026"
)
"""Commands, options, handles, levels; paths, addresses, names with dots (domains, keys of the configuration); moments,
records of the DNS."""
TYPED = {
    *("day", "mailgate", "serve", "NUMBER", "FOLDER", "DIRECTORY", "REASON", "MEMBER", "TEACHER", "man"),
    *(
        "DNS",
        "IN",
        "MX",
        "DKIM",
        "SPF",
        "DMARC",
        "TXT",
        "TLS",
        "CSV",
        "JSON",
        "UTC",
        "RSA",
        "SMTP",
        "SQLite",
        "PostgreSQL",
        "Maildir",
        "MiB",
    ),
    *("ok", "warning", "problem"),
    *(
        "selectors",
        "main",
        "off",
        "enforce",
        "sqlite",
        "ja",
        "body",
        "maildir",
        "smtp",
        "desk",
        "soudan",
        "nobody",
        "Ctrl",
        "Q1",
    ),
}
"""What is typed or configured, words of standards, and the doctor's three, which monitors look for."""
CHAPTERS = re.compile(r"^[a-z-]+(?=  )", re.MULTILINE)
"""What a list has in its first column to be typed: chapters, mails."""


def _english(step: str, text: str) -> list[str]:
    if step.startswith("audit list"):
        text = re.sub(r"^(番号.*)$|^(?:\d|\s).*$", r"\1", text, flags=re.MULTILINE)  # the record itself stays
    if step.startswith(("help", "template list")):
        text = CHAPTERS.sub("", text)
    if step.startswith("template check"):
        text = re.sub(r"[a-z_]+(?:(?:, |、)[a-z_]+)+", "", text)  # the variables of a template
    text = _KNOWN.sub("", text)
    for typed in step.split():
        text = re.sub(rf"(?<![\w-]){re.escape(typed)}(?![\w-])", "", text)
    return [word for word in re.findall(r"[A-Za-z]{2,}", text) if word not in TYPED]


def _run(made: Any, step: str, handle: str) -> Any:
    return made.run("--lang", "ja", *step.replace("TEACHER", handle).split())


def test_no_command_of_the_house_prints_english_when_japanese_is_spoken(
    answered: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answered.send_out()
    handle = answered.handle(TEACHER)
    found = []
    for step, status in _steps(tmp_path):
        ran = _run(answered, step, handle)
        assert ran.status == status, (step, ran)
        told = ran.stdout + ran.stderr
        if step in ("help week", "help day"):
            continue  # a chapter of the handbook, with commands to type in every line
        if words := _english(step, told):
            found.append(f"{step}: {' '.join(words)}")
    assert not found, "\n".join(found)


def test_every_command_of_the_house_is_tried(tmp_path: Path) -> None:
    tried = {command_lines.name_of(step.split()) for step, _ in _steps(tmp_path)}
    ours = {name for name in command_lines.commands() if name.split()[0] in GROUPS}

    assert ours - tried <= set(SAYS_NO_WORDS)


def test_english_would_be_found() -> None:
    """The positive control."""
    assert _english("key check", "鍵 /var/x.db：3 keys、mailgate key check") == ["keys"]
    assert _english("audit list", "番号  対象 wrong\n1  key rotate\n") == ["wrong"]


PRINTED = {
    "key destroy --unused --yes": "鍵 0 個を破棄しました。\n",
    "db upgrade": "データベースは最新の版です。\n",
    "audit verify": "改ざんはありません：LINES 行\n",
    "audit list --case 7": "該当する行はありません。\n",
    "privacy erase TEACHER --now --yes": (
        "TEACHER：消去しました。\n"
        "注意：Maildir（SENT）に書いたメールは、そのまま残っています。ご自身で削除してください。\n"
    ),
    "help dya": (
        "使い方：mailgate help [オプション] [題目]...\n"
        "詳しくは「mailgate help --help」をご覧ください。\n\n"
        "エラー：「dya」という題目もコマンドもありません（もしかすると「day」ですか）。"
        "題目の一覧は mailgate help で見られます。\n"
    ),
    "triage": "mailgate: triage は端末で使います。待っているものは mailgate case list で見られます。\n",
    "key destroy": (
        "使い方：mailgate key destroy [オプション] [ルート鍵の番号]\n"
        "詳しくは「mailgate key destroy --help」をご覧ください。\n\n"
        "エラー：ルート鍵の番号か --unused を指定してください。\n"
    ),
}


def test_what_they_print_in_japanese(answered: Any) -> None:
    answered.send_out()
    handle, sent = answered.handle(TEACHER), load(answered.config).delivery.maildir
    for step, printed in PRINTED.items():
        ran = _run(answered, step, handle)
        told = re.sub(r"\d+ 行", "LINES 行", ran.stdout + ran.stderr).replace(f"{sent}", "SENT")
        assert (step, told) == (step, printed.replace("TEACHER", handle))


def test_the_doctors_three_words_stay_and_the_rest_is_japanese(answered: Any) -> None:
    ran = answered.run("--lang", "ja", "doctor")

    lines = ran.stdout.splitlines()
    assert {line[:8] for line in lines} <= {"ok      ", "warning ", "problem "}
    assert [line for line in lines if "。。" in line or not re.match(r".{8}[^：]+：", line)] == []
    assert any(line.startswith("warning 差出人の認証：") for line in lines)
    assert lines[-1].startswith("ok      堂々めぐり：")


def test_a_broken_audit_log_is_told_in_japanese(answered: Any) -> None:
    assert answered.run("audit", "verify").status == 0
    with answered.office() as office, office.write("operator:x") as ctx:
        ctx.tx.connection.exec_driver_sql("DROP TRIGGER IF EXISTS audit_no_update")
        triggers = ctx.tx.connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
        ).scalars()
        for name in list(triggers):
            ctx.tx.connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        ctx.tx.connection.exec_driver_sql("UPDATE audit SET detail = 'x' WHERE sequence = 2")

    ran = answered.run("--lang", "ja", "audit", "verify")

    assert (ran.status, ran.stderr) == (1, "mailgate: 監査記録が書かれたときと違います：2 行目が変更されています\n")


SAME_IN_BOTH = [
    *(
        "key check --json",
        "key dkim mail2026 --json",
        "db check --json",
        "db check --quick --json",
        "audit list --json",
    ),
    *("audit list --csv", "audit verify --json", "template list --json", "template list --csv"),
    *("template preview answer --json", "report attributes --json", "help --json"),
]


@pytest.mark.parametrize("step", SAME_IN_BOTH)
def test_scripts_read_the_same_in_both_languages(answered: Any, step: str) -> None:
    typed = step.split()
    answered.run(*typed)  # what is made is made then
    if step == "help --json":
        japanese, english = (json.loads(answered.run("--lang", one, *typed).stdout) for one in ("ja", "en"))
        assert [one["topic"] for one in japanese["topics"]] == [one["topic"] for one in english["topics"]]
        return
    first, second = (answered.run("--lang", one, *typed) for one in ("ja", "en"))
    assert (first.status, first.stdout, first.stderr) == (second.status, second.stdout, second.stderr)


@pytest.mark.parametrize(("language", "title"), [("ja", "運営状況の報告"), ("en", "Figures of the service")])
def test_the_report_is_in_the_language_of_the_configuration(answered: Any, language: str, title: str) -> None:
    text = answered.config.read_text(encoding="utf-8")
    answered.config.write_text(text.replace('language = "ja"', f'language = "{language}"'), encoding="utf-8")

    assert answered.run("report").stdout.splitlines()[0] == title


def test_man_pages_are_made_in_japanese(answered: Any, tmp_path: Path) -> None:
    assert answered.run("--lang", "ja", "help", "--man", tmp_path).status == 0
    headings = re.findall(r"^\.SH (.+)$", (tmp_path / "mailgate.1").read_text(encoding="ascii"), re.MULTILINE)
    read = [re.sub(r"\\\[u([0-9A-F]{4})\]", lambda found: chr(int(found[1], 16)), one) for one in headings]

    assert read == ["名前", "書式", "説明", "オプション", "コマンド", "ファイル", "環境変数", "終了ステータス"]
