"""What commands print in Japanese: some pages whole, and that scripts read the same in both languages.

That no English is left in any of them: `test_japanese_story.py`.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import command_lines
import pytest

from mailgate.mail.folding import width
from mailgate.store import cases, custody

TEACHER = "sasaki.megumi@midoridai-es.example.jp"
HANAKO = "hanako.tanaka@members.example.org"
OGAWA = "ogawa@counsel.example.org"
DESK = "soudan@desk.example.jp"
JOIN = "join@desk.example.jp"
FORM = "氏名：青井 凛\n学校名：みどり台小\n職種：教諭\n教職歴：8年\n"
NAMING = "岡里第三小学校の佐々木です。電話は 090-1234-5678 です。\n"

pytestmark = pytest.mark.usefixtures("no_language_chosen")


def _copy(made: Any, folder: Path) -> Any:
    return type(made)(Path(shutil.copytree(made.folder, folder / "var")))


@pytest.fixture(scope="module")
def desk(_open: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Case 1 has a comment of one of two members, case 2 has passages to decide, case 3 is of a stranger; somebody
    applies for the register."""
    made = _copy(_open, tmp_path_factory.mktemp("japanese"))
    made.comment()
    for text, sender, subject in ((NAMING, TEACHER, "別の相談"), ("知らない者です。\n", "who@else.example", "初めて")):
        made.take(made.compose(text, sender, Subject=subject))
    made.take(made.compose(FORM, "aoi@home.example", JOIN), JOIN)
    return made


def _ids(made: Any) -> list[str]:
    listed = [made.run(noun, "list", "--json").json["mails"] for noun in ("mail", "outbox")]
    return [one["id"] for mails in listed for one in mails]


def _alike(text: str, ids: list[str]) -> str:
    """`text` with what is another one in each run replaced by something of the same width."""
    for one in ids:
        text = text.replace(one, "#" * len(one))
    text = re.sub(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d\+\d\d:\d\d)?", lambda found: re.sub(r"\d", "9", found[0]), text)
    return re.sub(r"\b([MTS])-[0-9A-Z]{4}\b", r"\1-....", text)


PAGES = {
    "case list": """\
番号  状態      巡  受信日時                   期限                       先生    担当  未決  確認  件名
1     依頼中    1   9999-99-99T99:99:99+99:99  9999-99-99T99:99:99+99:99  T-....        0     1     学級通信について
2     対応待ち  1   9999-99-99T99:99:99+99:99  9999-99-99T99:99:99+99:99  T-....        3     0     別の相談
3     保留中    1   9999-99-99T99:99:99+99:99                                           0     0     初めて
""",
    "case show 1": """\
案件 1  依頼中  1 巡目  学級通信について
  窓口         main
  先生         T-....
  受信日時     9999-99-99T99:99:99+99:99
  メールの日付 9999-99-99T99:99:99+99:99
  期限         9999-99-99T99:99:99+99:99
  この先生の、ほかの進行中の案件：2

== 相談の内容
はじめまして。

学級通信を毎週出していますが、読まれている気がしません。
続けるこつを教えてください。

== メンバーに見せる文面
はじめまして。

学級通信を毎週出していますが、読まれている気がしません。
続けるこつを教えてください。

== 依頼した人
番号  巡  メンバー  状態          期限
1     1   M-....    コメントあり  9999-99-99T99:99:99+99:99
2     1   M-....    返信待ち      9999-99-99T99:99:99+99:99

== 届いたコメント
番号  巡  メンバー  状態      遅れ    受信日時
1     1   M-....    確認待ち  いいえ  9999-99-99T99:99:99+99:99

コメント 1（M-....、確認待ち）：
  続けることに意味があります。

  短くして、写真を一枚だけ入れてみてはいかがでしょうか。

== 残っていること
- 確認待ちのコメント 1 件
- 返信待ち：M-....（9999-99-99 まで）

次にすること：コメントを待つ
""",
    "case show 3": """\
案件 3  保留中  1 巡目  初めて
  保留の理由   知らない差出人
  窓口         main
  受信日時     9999-99-99T99:99:99+99:99
  メールの日付 9999-99-99T99:99:99+99:99

== 相談の内容
知らない者です。

== メンバーに見せる文面
（未承認：まだ誰も通して読んでいない）

== 依頼した人
誰にも依頼していません。

== 届いたコメント
コメントはありません。

== 残っていること
- ありません

次にすること：差出人を mailgate case show 3 --reveal 理由 で確かめ、mailgate teacher add で登録すると自動で進む。\
相談でなければ mailgate case reject 3
""",
    "case check 2": """\
⟦岡里第三小学校⟧の⟦佐々木⟧です。電話は ⟦090-1234-5678⟧ です。

番号  種類        確度  決定  文章            理由
f1    名簿の事柄  確実        岡里第三小学校  名簿にある学校
f2    名簿の事柄  確実        佐々木          名簿にある氏名
f3    電話番号    確実        090-1234-5678   電話番号

検出箇所 3 か所のうち、未決は 3 か所です。文章はご自身でも読んでください。すべてを見つける道具はありません。
次にすること：mailgate case check 2 --redact-all（一つずつ決めるときは --redact ID と --keep ID）
""",
    "comment list": """\
番号  案件  巡  メンバー  状態      遅れ    受信日時                   保留の理由
1     1     1   M-....    確認待ち  いいえ  9999-99-99T99:99:99+99:99
""",
    "comment show 1": """\
コメント 1
  案件         1
  巡           1
  メンバー     M-....
  状態         確認待ち
  受信日時     9999-99-99T99:99:99+99:99
  版           1
  メール       ###############

新しく書かれた文章：
続けることに意味があります。

短くして、写真を一枚だけ入れてみてはいかがでしょうか。

メールの全文：
続けることに意味があります。

短くして、写真を一枚だけ入れてみてはいかがでしょうか。

次にすること：mailgate comment approve 1 または mailgate comment reject 1
""",
    "member list": """\
ハンドル  状態        休止の期限  区分        経験年数  得意分野                月の上限
M-....    活動中                  元教員      31        保護者対応、学級経営    4
M-....    活動中                  弁護士                法律、保護者対応        2
M-....    活動中                  臨床心理士            保護者対応、子どもの心  3
M-....    活動中                  教育関係    15        学級経営、特別支援      2
M-....    活動中                  教員        14        保護者対応              4
M-....    活動中                  元教員      28        部活動、保護者対応      4
M-....    本人確認前              教員        3         部活動                  4
M-....    活動中                  教員        8         部活動                  2
""",
    "member show HANAKO": """\
項目        値
ハンドル    M-....
状態        活動中
休止の期限
区分        元教員
経験年数    31
得意分野    保護者対応、学級経営
関係者
月の上限    4
年代        60代
性別        女性
本人確認    9999-99-99T99:99:99+99:99
""",
    "teacher list": """\
ハンドル  学校    利用区分    職種  経験年数  校種
T-....    S-....  学校の契約  教員  12        小学校
T-....            個人お試し  教員  8         中学校
T-....    S-....  学校の契約  教員  4         中学校
T-....    S-....  学校の契約  教頭  25        小学校
""",
    "teacher show TEACHER": """\
項目      値
ハンドル  T-....
学校      S-....
利用区分  学校の契約
職種      教員
経験年数  12
年代      30代
性別      女性
校種      小学校
""",
    "school list": """\
ハンドル  学校名                  市区町村  別名                契約
S-....    岡里市立みどり台小学校  岡里市    みどり台小、緑台小  9999-99-99 から 9999-99-99
S-....    私立青葉学園中学校      東浜市    青葉中、青葉学園    9999-99-99 から 9999-99-99
S-....    浜北町立第三小学校      浜北町    三小、浜北三小      9999-99-99 から 9999-99-99
""",
    "school show みどり台小": """\
項目      値
ハンドル  S-....
学校名    岡里市立みどり台小学校
別名      みどり台小、緑台小
市区町村  岡里市
ドメイン  midoridai-es.example.jp
契約      9999-99-99 から 9999-99-99
""",
    "mail list": """\
番号             受信日時                   状態      案件  試行  バイト数  理由
###############  9999-99-99T99:99:99+99:99  処理済み        1     314       申し込み 1
###############  9999-99-99T99:99:99+99:99  処理済み  3     1     240       案件を保留：知らない差出人
###############  9999-99-99T99:99:99+99:99  処理済み  2     1     316       新しい案件
###############  9999-99-99T99:99:99+99:99  処理済み  1     1     453       コメント
###############  9999-99-99T99:99:99+99:99  処理済み  1     1     506       新しい案件
""",
    "outbox list --state queued": """\
番号          種類            宛先    案件  状態      試行  次の送信                   理由
############  登録の受付      名簿外        送信待ち  0     9999-99-99T99:99:99+99:99
############  登録のお願い    名簿外  3     送信待ち  0     9999-99-99T99:99:99+99:99
############  受付            T-....  2     送信待ち  0     9999-99-99T99:99:99+99:99
############  コメントの受付  M-....  1     送信待ち  0     9999-99-99T99:99:99+99:99
############  依頼            M-....  1     送信待ち  0     9999-99-99T99:99:99+99:99
############  依頼            M-....  1     送信待ち  0     9999-99-99T99:99:99+99:99
############  受付            T-....  1     送信待ち  0     9999-99-99T99:99:99+99:99
""",
    "application list": """\
番号  希望  状態      学校    受信日時                   不足  登録済みの人  登録結果
1     先生  判断待ち  S-....  9999-99-99T99:99:99+99:99
""",
}


def _typed(made: Any, line: str) -> list[str]:
    names = {"HANAKO": HANAKO, "OGAWA": OGAWA, "TEACHER": TEACHER}
    return [made.handle(names[word]) if word in names else word for word in line.split()]


@pytest.mark.parametrize("line", PAGES)
def test_a_page_in_japanese(desk: Any, line: str) -> None:
    ran = desk.run("--lang", "ja", *_typed(desk, line))

    assert (ran.status, ran.stderr) == (0, "")
    assert _alike(ran.stdout, _ids(desk)) == PAGES[line]


def test_the_candidates_in_japanese(desk: Any) -> None:
    """The excluded stand by their handles, which are others in each run."""
    told = _alike(desk.run("--lang", "ja", "case", "candidates", 1).stdout, [])
    best, excluded = told.removeprefix("適した順：\n").split("対象外：\n")

    person = "  M-....  一致する分野はありません、区分：{}、今月の依頼：上限 {} 件のうち 0 件、依頼したことはありません"
    asked = [person.format(*one) for one in (("元教員", 4), ("弁護士", 2), ("教員", 2), ("教育関係", 2))]
    assert sorted(best.splitlines()) == sorted(asked)
    assert sorted(excluded.splitlines()) == sorted(
        [
            *["  M-....  この巡で依頼済みです"] * 2,
            "  M-....  依頼できる状態ではありません：本人確認前",
            "  M-....  利害関係：同じ学校（現在または過去の所属）",
        ]
    )


TABLES = [line for line, page in PAGES.items() if page.startswith(("番号", "ハンドル", "項目"))]


@pytest.mark.parametrize("line", TABLES)
def test_the_columns_begin_below_their_names(desk: Any, line: str) -> None:
    lines = desk.run("--lang", "ja", *_typed(desk, line)).stdout.splitlines()
    head, *rows = ["".join(one * width(one) for one in line).ljust(200) for line in lines]
    starts = [found.start() for found in re.finditer(r"(?<=  )\S", head)]

    assert starts
    assert {row[start - 2 : start] for row in rows for start in starts} == {"  "}


READS = [
    *("case list", "case show 1", "case show 2", "case show 3", "case check 1", "case check 2", "case candidates 1"),
    *("case disclosures 1", "case attachments 1", "comment list", "comment show 1", "comment check 1"),
    *("comment attachments 1", "school list", "school show みどり台小", "school contracts"),
    *("school history みどり台小", "teacher list", "teacher list --unconfirmed", "teacher show TEACHER"),
    *("teacher history TEACHER", "member list", "member show HANAKO", "member history HANAKO", "application list"),
    *("application show 1", "mail list", "mail show MAIL", "outbox list", "outbox show OUTGOING"),
]
ACTS = {
    *("case answer", "case invite", "case preview", "case show-attachment", "comment show-attachment"),
    *("member import", "school import", "teacher import", "mail ingest", "mail parse"),
}
"""Those that do something, or say what they did, and take --json; or ask no database."""
GROUPS = ("case", "comment", "school", "teacher", "member", "application", "mail", "outbox")


def _reading(made: Any, line: str) -> list[str]:
    mails = {"MAIL": "mail", "OUTGOING": "outbox"}
    return [
        made.run(mails[word], "list", "--json").json["mails"][0]["id"] if word in mails else word
        for word in _typed(made, line)
    ]


def _options(line: str) -> set[str]:
    return command_lines.options_of(command_lines.commands()[command_lines.name_of(line.split())])


@pytest.mark.parametrize("line", READS)
def test_scripts_read_the_same_in_both_languages(desk: Any, line: str) -> None:
    typed = _reading(desk, line)

    def shown(*form: str) -> list[str]:
        return [desk.run("--lang", language, *typed, *form).stdout for language in ("en", "ja")]

    for form in ("--json", "--csv"):
        english, japanese = shown(form)
        assert english == japanese
        assert english or form not in _options(line)
    english, japanese = shown()
    assert english != japanese, "the positive control: a person reads something else"


def test_every_command_that_reads_is_compared() -> None:
    compared = {command_lines.name_of(line.split()) for line in READS}

    reading = {name for name in command_lines.commands() if name.split()[0] in GROUPS and "--json" in _options(name)}
    assert reading - compared == ACTS


def test_what_is_wrong_with_a_mail_that_nobody_keeps_is_said_in_japanese(program: Any) -> None:
    told = program("--lang", "ja", "mail", "parse", "-", stdin=b"\x93\xfe\x00 noise\n\x81").stdout
    (defects,) = [line.split(maxsplit=1)[1] for line in told.splitlines() if line.startswith("おかしな点")]
    assert defects == (
        "ヘッダーの中に、ヘッダーではない行があります。そこから本文とみなします、From がありません、"
        "読み取れる日時がありません、読み取れない文字：1"
    )


def test_who_wrote_a_note_is_said_in_japanese(registered: Any) -> None:
    registered.take(registered.compose("相談です。\n"))
    with registered.office() as office, office.write("system") as ctx:
        for author in ("teacher", "system", "operator:sato"):
            cases.add_note(ctx.tx, 1, author, "電話で確認ずみ", ctx.now)
    page = registered.run("--lang", "ja", "case", "show", 1).stdout
    notes = page.partition("== メモ\n")[2].partition("\n\n")[0]
    assert [line.partition("、")[0] for line in notes.splitlines()] == ["先生", "システム", "operator:sato"]
    assert [one["author"] for one in registered.case()["notes"]] == ["teacher", "system", "operator:sato"]


def test_a_restored_case_whose_key_was_destroyed_is_said_in_japanese(registered: Any) -> None:
    registered.take(registered.compose("相談です。\n"))
    with registered.office() as office:
        custody.destroy_case_key(office.database, 1)
    told = registered.run("--lang", "ja", "case", "list").stdout
    assert "（鍵を破棄した案件。mailgate case destroy 番号 --now で破棄を終えられます）" in told
