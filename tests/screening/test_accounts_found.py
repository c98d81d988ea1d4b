"""Names of accounts as pupils and parents write them: the passage in double brackets comes out, and nothing else."""

import re

import pytest

from mailgate.screening.check import check
from mailgate.screening.finding import Label, Tier

SURE = """
    手伝ったのは[[mika_sub_02]]です。
    X（旧Twitter）で[[kumo_ame77]]が広めました
    ゲーム内では「[[ryu-09]]」と名乗っています。
    アットマーク[[kuroneko12]]
    鍵垢の[[kuroneko12]]
    裏垢([[kuroneko12]])
    [[yukinko99]]という人から
    [[yukinko99]]さんから連絡が来ました
    「[[yukinko_99]]」の投稿
    フォロワーの[[sora__77]]が
    アカウントは「[[kuro neko]]」
    フレンドコード [[SW-1234-5678-9012]]
    パスワードは [[sora7777]]
    ゆうちょ [[記号12345 番号1234567]]
    口座番号は「[[1234567]]」
"""
UNSURE = """
    書いたのは[[hiro.hiro.2210]]と聞きました。
    [[yukinko.99]]に中傷されました
    犯人は[[soraneko77]]だそうです
    裏アカは「[[闇のゆき]]」
    ハンドルネームは「[[ゆきんこ]]」
    ユーザー名「[[りゅう09]]」
    アカウント名：[[くろねこ]]
"""
NOT_FOUND = """
    Windows11とiPadを使い、iOS17.2に更新しました。ver2.0.1を入れ、v1.2.3も試しました。
    report_2024.pdfとIMG_1234.jpgを添付します。kadai-01.docxを提出してください。
    A4、B5、CO2、PM2.5、3.5kg、mp3とmp4、Covid-19、U-18の大会、P2Pや5G、Unit3のPart2、No.12です。
    e-learningとe.g.とi.e.の書き方、p.12、a-1、b-2、x=3、y=2x+1です。
    IDとパスワードを配りました。アカウントを作り、ユーザー名を決めます。アカウント名は本名にしないこと。
    アカウントは「学校名+番号」の形です。アカウント名：非公開
    S.Tさん、Y.K.くん、H.Sと名乗る方、N-Mさんの件です。
    LINEの名前を変えました。LINEでやりとりし、インスタは見ません。チャンネルを変えました。
"""


def _rows(lines: str) -> list[tuple[str, str]]:
    return [(re.sub(r"\[\[|\]\]", "", line), line.split("[[")[1].split("]]")[0]) for line in lines.strip().split("\n")]


@pytest.mark.parametrize(
    ("text", "account", "tier"),
    [(*row, Tier.SURE) for row in _rows(SURE)] + [(*row, Tier.UNSURE) for row in _rows(UNSURE)],
)
def test_the_name_of_the_account_is_found_whole(text: str, account: str, tier: Tier) -> None:
    assert [(found.text, found.label, found.tier) for found in check(text)] == [(account, Label.ACCOUNT, tier)]


@pytest.mark.parametrize("text", NOT_FOUND.strip().split("\n"))
def test_versions_files_and_talk_of_accounts_are_no_finding(text: str) -> None:
    assert check(text.strip()) == ()
