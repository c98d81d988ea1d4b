"""The help in two languages: which one is chosen, that the catalogue has all of it, that English stays as it was."""

from __future__ import annotations

import gettext
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter

import catalogue
import click
import pytest
from babel.messages.mofile import read_mo, write_mo
from click.testing import CliRunner

from mailgate.cli import cli, words
from mailgate.config import reading
from mailgate.mail.folding import width

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
BROKEN = {
    "no toml": b"[service\nlanguage = \xff",
    "another type": b"[service]\nlanguage = 7\n",
    "a section that is a value": b'service = "ja"\n',
    "another language": b'[service]\nlanguage = "fr"\n',
    "no language": b'[service]\ndomain = "desk.example.jp"\n',
    "endless nesting": b"a = " + b"[" * 100_000,
    "nothing": b"",
}


pytestmark = pytest.mark.usefixtures("no_language_chosen")


def _shown(*arguments: str) -> str:
    return CliRunner().invoke(cli, list(arguments), prog_name="mailgate").output


def _config(folder: Path, content: str | bytes) -> str:
    file = folder / "mailgate.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(file)


@pytest.mark.parametrize(
    ("option", "environment", "configured", "language"),
    [
        ("en", {"MAILGATE_LANG": "ja", "LANG": "ja_JP.UTF-8"}, "ja", "en"),
        ("ja", {"MAILGATE_LANG": "en", "LANG": "en_GB.UTF-8"}, "en", "ja"),
        (None, {"MAILGATE_LANG": "ja", "LANG": "C"}, "en", "ja"),
        (None, {"MAILGATE_LANG": "en", "LANG": "ja_JP.UTF-8"}, "ja", "en"),
        (None, {"LANG": "C.UTF-8"}, "ja", "ja"),
        (None, {"LANG": "ja_JP.UTF-8"}, "en", "en"),
        (None, {"MAILGATE_SERVICE__LANGUAGE": "ja"}, "en", "ja"),
        (None, {"LANG": "ja_JP.UTF-8"}, None, "ja"),
        (None, {"LANG": "ja"}, None, "ja"),
        (None, {"LANG": "jam_JM"}, None, "en"),
        (None, {"LC_ALL": "en_US", "LANG": "ja_JP"}, None, "en"),
        (None, {"LC_ALL": "", "LC_MESSAGES": "ja_JP.eucJP", "LANG": "C"}, None, "ja"),
        (None, {}, None, "en"),
    ],
)
def test_option_then_variable_then_config_then_locale_choose(
    tmp_path: Path, option: str | None, environment: Mapping[str, str], configured: str | None, language: str
) -> None:
    config = _config(tmp_path, f'[service]\nlanguage = "{configured}"\n') if configured else str(tmp_path / "none.toml")

    assert words.choose(option, config, environment) == language
    assert words.choose(option, None, {**environment, "MAILGATE_CONFIG": config}) == language


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_configuration_without_our_languages_leaves_it_to_the_locale(tmp_path: Path, content: bytes) -> None:
    config = _config(tmp_path, content)

    assert words.choose(None, config, {"LANG": "ja_JP.UTF-8"}) == "ja"
    assert words.choose(None, config, {}) == "en"


@pytest.mark.parametrize("place", ["a folder", "nowhere/at/all", "x" * 5000, "a\0b"])
def test_a_configuration_that_cannot_be_read_leaves_it_to_the_locale(tmp_path: Path, place: str) -> None:
    (tmp_path / "a folder").mkdir()
    os.mkfifo(tmp_path / "pipe")

    assert words.choose(None, str(tmp_path / place), {"LANG": "ja"}) == "ja"
    assert words.choose(None, str(tmp_path / "pipe"), {"LANG": "ja"}) == "ja"


@pytest.mark.parametrize(
    ("content", "language"),
    [
        ('[service]\nlanguage = "ja"\n[listener]\nport = = 1\n', "ja"),
        ('[listener]\nport = 1\n[service]\nlanguage = "ja"', "ja"),
        ('# [service]\n[listener]\nport = 1\n[service]\nlanguage = "ja"\n[dns]\n', "ja"),
        ('service.language = "ja"\n', "ja"),
        ('[service]\noperators = [\n[\n"a"]]\nlanguage = "ja"\n', "ja"),
        ('[service]\nname = """\n[a]\nlanguage = "ja"\n"""\n', "en"),
        ('[dns]\nlanguage = "ja"\n[service]\n', "en"),
    ],
)
def test_the_language_is_read_wherever_toml_may_have_it(tmp_path: Path, content: str, language: str) -> None:
    assert words.choose(None, _config(tmp_path, content), {}) == language


def test_the_configuration_is_looked_for_where_the_commands_look() -> None:
    assert reading._PLACES == words.PLACES


def test_japanese_that_the_terminal_cannot_show_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding, language in {"utf-8": "ja", "euc-jp": "ja", "latin-1": "en", "ascii": "en"}.items():
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
        assert (encoding, words.choose("ja", None, {})) == (encoding, language)


def test_every_text_of_the_help_has_its_japanese() -> None:
    written = catalogue.strings(catalogue.written())
    needed = catalogue.needed()

    missing = [
        f"{place}: {message!r}"
        for message, place in needed.items()
        if not catalogue.is_translated(written.get(message, ""))
    ]
    assert not missing, "\n".join(["`make words`, write their msgstr in mailgate.po, `make words` again:", *missing])
    left = [repr(message) for message in written if message not in needed]
    assert not left, "\n".join(["nobody shows these any more; `make words` takes them out:", *left])


def test_no_japanese_is_a_guess_or_left_over() -> None:
    written = catalogue.written()

    assert [one.id for one in written if one.id and one.fuzzy] == []
    assert list(written.obsolete) == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    compact = io.BytesIO()
    write_mo(compact, catalogue.written())
    compact.seek(0)

    assert catalogue.compiled() == catalogue.strings(read_mo(compact))


def _fields(text: str) -> set[str]:
    """The placeholders of both kinds: {name!r} and %(name)s."""
    named = {f"{name}!{how}" for _, name, _, how in Formatter().parse(text) if name}
    return named | set(re.findall(r"%\(\w+\)s", text))


def test_a_translation_uses_no_value_that_its_text_does_not_have() -> None:
    for message, string in catalogue.strings(catalogue.written()).items():
        having = set().union(*(_fields(one) for one in ([message] if isinstance(message, str) else message)))
        using = set().union(*(_fields(one) for one in ([string] if isinstance(string, str) else string)))
        assert using <= having, (message, string)
        if isinstance(message, str):
            assert using == having, (message, string)


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))
        else:
            yield (*path, name)


def test_every_page_is_japanese_and_fits_into_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for path in list(_commands(cli)):
        page = _shown("--lang", "ja", *path, "--help")
        assert page.startswith(f"使い方：{' '.join(['mailgate', *path])} [オプション]"), page
        for line in page.splitlines():
            assert width(line) <= 80 or line.startswith("    "), (
                line
            )  # the columns of a register's file stay as they are
        for paragraph in page.strip().split("\n\n"):
            assert JAPANESE.search(paragraph) or paragraph.lstrip().startswith("例："), paragraph
        assert not re.search(r"^  -.*  [A-Z][a-z]", page, re.MULTILINE), page


def test_the_help_in_japanese() -> None:
    assert _shown("--lang", "ja", "comment", "reject", "--help") == (
        "使い方：mailgate comment reject [オプション] 番号...\n"
        "\n"
        "  コメントを回答に入れないことにします。指定した全部を除くか、何もしないかのどち\n"
        "  らかです。\n"
        "\n"
        "  例：mailgate comment reject 4\n"
        "\n"
        "オプション：\n"
        "  --yes       確認を省く（このコマンドは何も尋ねない）\n"
        "  -h, --help  この説明を表示して終わる\n"
    )


def test_values_that_are_typed_stay_and_dates_are_spelt_out() -> None:
    page = _shown("--lang", "ja", "case", "invite", "--help")

    assert "--kind [教員|元教員|弁護士|臨床心理士|教育関係]\n" in page
    assert "--month 年-月 " in _shown("--lang", "ja", "report", "--help")
    assert "--month MONTH " in _shown("report", "--help")


def test_the_help_in_english_is_what_click_makes_of_it() -> None:
    assert _shown("--lang", "en", "comment", "reject", "--help") == (
        "Usage: mailgate comment reject [OPTIONS] IDS...\n"
        "\n"
        "  Keep comments out of the answer; all that are named, or none.\n"
        "\n"
        "  Example: mailgate comment reject 4\n"
        "\n"
        "Options:\n"
        "  --yes       Do not ask (nothing is asked here).\n"
        "  -h, --help  Show this message and exit.\n"
    )


def _pages(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield from _pages(command, (*path, name)) if isinstance(command, click.Group) else [(*path, name)]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_page_of_the_help_fits_into_the_terminal(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    pages = {path: _shown("--lang", language, *path, "--help") for path in _pages(cli)}
    assert "教員|元教員" in pages["case", "invite"]
    wide = [(path, line) for path, page in pages.items() for line in page.splitlines() if width(line) > 80]
    assert wide == []


def test_both_languages_in_one_process_do_not_mix() -> None:
    pages = [(), ("case",), ("case", "check"), ("comment",), ("case", "show-attachment"), ("init",)]
    english = [_shown(*page, "--help") for page in pages]
    japanese = [_shown("--lang", "ja", *page, "--help") for page in pages]

    assert [_shown(*page, "--help") for page in pages] == english
    assert [_shown("--lang", "ja", *page, "--help") for page in pages] == japanese
    assert not any("この説明を" in page for page in english)
    assert all("この説明を" in page and "Show this" not in page for page in japanese)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["case", "show"], "エラー：次の引数が足りません：'番号'"),
        (["case", "show", "twelve"], "エラー：'番号' の値が正しくありません：'twelve' は整数として読めません。"),
        (["case", "show", "0"], "エラー：'番号' の値が正しくありません：0 は範囲（1 から 2147483647 まで）の外です。"),
        (["case", "list", "--limit", "-1"], "エラー：'--limit' の値が正しくありません：-1 は範囲（0 以上）の外です。"),
        (["case", "note", "4"], "エラー：次の引数が足りません：'文字列'"),
        (["case", "shwo"], "エラー：'shwo' というコマンドはありません。 もしかすると 'show' ですか。"),
        (["--bogus"], "エラー：'--bogus' というオプションはありません。"),
        (["case", "list", "--state"], "エラー：オプション '--state' には値が 1 個必要です。"),
        (["case", "preview", "1", "2"], "エラー：余分な引数があります（2）。"),
        (["teacher", "export"], "エラー：次のオプションが足りません：'--reveal'"),
    ],
)
def test_wrong_usage_is_said_in_japanese(arguments: list[str], error: str) -> None:
    result = CliRunner().invoke(cli, ["--lang", "ja", *arguments], prog_name="mailgate")

    assert result.exit_code == 2
    assert result.output.splitlines()[-1] == error


def test_wrong_usage_names_the_help_in_japanese() -> None:
    assert _shown("--lang", "ja", "case", "show").startswith(
        "使い方：mailgate case show [オプション] 番号\n詳しくは「mailgate case show --help」をご覧ください。\n"
    )


def test_a_language_that_we_do_not_have_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILGATE_LANG", "fr")
    result = CliRunner().invoke(cli, ["case", "list"], prog_name="mailgate")

    assert result.exit_code == 2
    assert "'fr' is not one of 'ja', 'en'." in result.output


def test_a_command_is_made_in_english_whatever_is_spoken() -> None:
    words.speak("ja")
    with words.untranslated():
        assert gettext.gettext("Options") == "Options"
    assert gettext.gettext("Options") == "オプション"


def _started(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments], env={**path, **environment}, capture_output=True, encoding="utf-8", check=False
    )


def test_the_locale_chooses_for_the_program_itself(tmp_path: Path) -> None:
    nowhere = {"MAILGATE_CONFIG": str(tmp_path / "none.toml"), "PYTHONUTF8": "1"}

    japanese = _started("-m", "mailgate", "case", "tag", "--help", LANG="ja_JP.UTF-8", **nowhere)
    english = _started("-m", "mailgate", "case", "tag", "--help", LANG="en_GB.UTF-8", **nowhere)
    wrong = _started("-m", "mailgate", "case", "tag", LANG="ja_JP.UTF-8", **nowhere)

    assert japanese.stdout.startswith("使い方：mailgate case tag")
    assert english.stdout.startswith("Usage: mailgate case tag")
    assert (wrong.returncode, wrong.stderr.splitlines()[-1]) == (2, "エラー：次の引数が足りません：'番号'")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_help_reads_no_settings(tmp_path: Path, language: str) -> None:
    config = _config(tmp_path, f'[service]\nlanguage = "{language}"\n')
    code = (
        "import sys; from mailgate.cli import cli; cli.main(['--help'], 'mailgate', standalone_mode=False)\n"
        "print(sorted({'pydantic', 'sqlalchemy', 'mailgate.config'} & set(sys.modules)))"
    )

    result = _started("-c", code, MAILGATE_CONFIG=config, PYTHONUTF8="1")

    assert result.stdout.startswith({"ja": "使い方：", "en": "Usage: "}[language]), result.stderr
    assert result.stdout.splitlines()[-1] == "[]"
