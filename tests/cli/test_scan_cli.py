"""`mailgate scan`: with --json one line a file, with labels, and offsets in code points of the file; else a table."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LABELS = {
    "person",
    "school",
    "place",
    "organisation",
    "phone",
    "email",
    "url",
    "account",
    "date_of_birth",
    "student_number",
    "postal_code",
    "address",
    "government_id",
    "vehicle",
    "known",
}
TEXTS = {
    "plain": "担任の田中太郎先生に電話（03-1234-5678）しました。",
    "emoji": "👨‍👩‍👧😀🏫 担任の田中太郎先生の番号は 090-1234-5678 です😀。taro@example.jp",
    "full-width": "ＴＥＬ：０３－１２３４－５６７８、ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ です。",
    "combining": "か\u3099くせいの田中太郎さん。電話 03-1234-5678。",
    "beyond the plane": "𠮷田さん、𠮷野家、〒100-0001 東京都千代田区千代田1-1。",
    "lines": "一行目\n二行目 03-1234-5678\n\n三行目 taro@example.jp\n",
    "dos lines": "一行目\r\n二行目 03-1234-5678\r\n\r\n三行目 taro@example.jp\r\n",
    "old lines": "一行目\r二行目 03-1234-5678\r",
    "byte order mark": "\ufeff担任は 03-1234-5678 です。",
    "nothing": "続けるこつを教えてください。",
    "anonymous": "A君とB先生が〇〇小学校で話しました。",
    "empty": "",
}


@pytest.mark.parametrize("name", TEXTS)
def test_offsets_count_code_points_of_the_file(program: Any, tmp_path: Path, name: str) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes(TEXTS[name].encode())
    ran = program("scan", "--json", file)
    assert (ran.status, ran.stderr) == (0, "")
    document = json.loads(ran.stdout)
    assert document.keys() == {"file", "findings"}
    assert document["file"] == str(file)
    for one in document["findings"]:
        assert one.keys() >= {"id", "start", "end", "text", "label", "reason"}
        assert one["label"] in LABELS
        assert TEXTS[name][one["start"] : one["end"]] == one["text"]
    assert [one["id"] for one in document["findings"]] == [f"f{n}" for n in range(1, len(document["findings"]) + 1)]
    assert bool(document["findings"]) == (name not in ("nothing", "anonymous", "empty"))


def test_many_files_give_one_line_each_in_order(program: Any, tmp_path: Path) -> None:
    files = []
    for name, text in TEXTS.items():
        files.append(tmp_path / f"{name}.txt")
        files[-1].write_bytes(text.encode())
    ran = program("scan", "--json", *files)
    assert [json.loads(line)["file"] for line in ran.stdout.splitlines()] == list(map(str, files))


@pytest.mark.parametrize("octets", [b"\xff\xfe\x00", "田中太郎です".encode("shift_jis"), bytes(range(256))])
def test_bytes_that_are_no_text_give_a_line_too(program: Any, tmp_path: Path, octets: bytes) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes(octets)
    ran = program("scan", "--json", file)
    assert (ran.status, ran.stderr, len(ran.stdout.splitlines())) == (0, "", 1)


PAGES = {
    "en": [
        "id  label   text              reason",
        "f1  phone   03-1234-5678      telephone number",
        "f2  school  岡里市立東小学校  name with 小学校",
        "f3  person  田中太郎          surname and given name",
        "Nothing was found.",
        "Read the text yourself: no tool finds all.",
    ],
    "ja": [
        "番号  種類      文章              理由",
        "f1    電話番号  03-1234-5678      電話番号",
        "f2    学校      岡里市立東小学校  「小学校」の付く名前",
        "f3    人名      田中太郎          姓と名",
        "検出箇所はありません。",
        "文章はご自身でも読んでください。すべてを見つける道具はありません。",
    ],
}


@pytest.mark.parametrize("language", PAGES)
@pytest.mark.usefixtures("no_language_chosen")
def test_a_person_reads_a_table_for_each_file(program: Any, tmp_path: Path, language: str) -> None:
    named, plain = tmp_path / "named.txt", tmp_path / "plain.txt"
    named.write_text("電話 03-1234-5678\n岡里市立東小学校\n担任の田中太郎先生です。\n", encoding="utf-8")
    plain.write_text(TEXTS["nothing"], encoding="utf-8")
    ran = program("--lang", language, "scan", named, plain)
    *found, nothing, last = PAGES[language]
    assert (ran.status, ran.stderr, ran.stdout.splitlines()) == (
        0,
        "",
        [f"== {named}", *found, "", f"== {plain}", nothing, "", last],
    )


def test_the_labels_of_the_plain_shapes(program: Any) -> None:
    text = (
        "〒100-0001 電話 03-1234-5678 メール taro@example.jp ページ https://example.jp/taro/ 生年月日 平成20年4月2日\n"
        "担任の田中太郎さん、岡里市立東小学校\n"
    )
    ran = program("scan", "--json", "-", stdin=text.encode())
    found = {one["label"] for one in json.loads(ran.stdout)["findings"]}
    assert {"postal_code", "phone", "email", "url", "date_of_birth", "person", "school"} <= found


def test_scan_needs_no_installation(program: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert program("scan", "--json", "-", stdin=b"x").status == 0
    assert list(tmp_path.iterdir()) == []


def _labels(ran: Any) -> dict[str, str]:
    assert (ran.status, ran.stderr) == (0, "")
    return {one["text"]: one["label"] for one in json.loads(ran.stdout)["findings"]}


REGISTERED = "岡里市の緑台小と青葉中で、ささきめぐみです。小川先生とmidorikawa@law.example.comへ。"


def test_register_is_searched_where_a_configuration_is_found(registered: Any) -> None:
    before = registered.fingerprint()
    assert _labels(registered.run("scan", "--json", "-", stdin=REGISTERED.encode())) == dict.fromkeys(
        ("岡里市", "緑台小", "青葉中", "ささきめぐみ", "小川", "midorikawa@law.example.com"), "known"
    )
    assert registered.fingerprint() == before


def test_register_shows_nobody_whom_the_text_does_not_name(
    registered: Any, secrets_of_register: tuple[str, ...]
) -> None:
    ran = registered.run("scan", "--json", "-", stdin="続けるこつを教えてください。".encode())
    assert _labels(ran) == {}
    assert [secret for secret in secrets_of_register if secret in ran.stdout] == []


def test_register_is_left_out_when_told_so_even_if_it_is_broken(registered: Any) -> None:
    alone = registered.run("scan", "--json", "--no-register", "-", stdin=REGISTERED.encode())
    assert "known" not in _labels(alone).values()
    registered.config.write_text("[nothing]\n")
    assert registered.run("scan", "--json", "--no-register", "-", stdin=REGISTERED.encode()) == alone


def test_configuration_that_is_found_but_broken_is_said_in_one_line(registered: Any) -> None:
    registered.config.write_text("this is no TOML")
    ran = registered.run("scan", "-", stdin=b"x")
    assert (ran.status, ran.stdout, len(ran.stderr.splitlines())) == (1, "", 1)


def test_configuration_that_was_named_has_to_be_there(program: Any, tmp_path: Path) -> None:
    ran = program("--config", tmp_path / "none.toml", "scan", "-", stdin=b"x")
    assert (ran.status, ran.stdout, len(ran.stderr.splitlines())) == (1, "", 1)


def test_empty_database_knows_nobody_and_gets_no_tables(registered: Any) -> None:
    database = registered.folder / "mailgate.db"
    database.unlink()
    assert "known" not in _labels(registered.run("scan", "--json", "-", stdin=REGISTERED.encode())).values()
    assert registered.fingerprint() == {}


def test_without_the_register_the_service_is_not_even_imported() -> None:
    code = (
        "import sys; sys.argv = ['mailgate', 'scan', '--no-register', '/dev/null']\n"
        "from mailgate.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: print({'pydantic', 'mailgate.service'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"
