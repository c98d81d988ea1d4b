"""Hiragana names that are in no table, and where a name is looked for at all."""

import pytest

from mailgate.screening.check import check
from mailgate.screening.finding import Tier

FOUND = [
    ("担任は田中です。たかともは給食を残します。", "たかとも"),
    ("担任は田中です。わたしはよしひさに謝らせました。", "よしひさ"),
    ("担任は田中です。りえから手紙をもらいました。", "りえ"),
    ("担任は田中です。ゆうきとかずまがけんかをしました。", "ゆうき"),
    ("たなかゆうとです。", "たなかゆうと"),
    # words of every day, of whom only persons do what is said
    ("最近、いぶきが教室に入れません。", "いぶき"),
    ("担任はつばさを叱りました。", "つばさ"),
    ("昨日なぎさから手紙をもらいました。", "なぎさ"),
    ("席の近いこはくと話します。", "こはく"),
    ("いつもわかばに頼ります。", "わかば"),
    ("ひよりの上履きが隠されました。", "ひより"),
    ("すみかって言うんです。", "すみか"),
    ("走り出したかりんを止めました。", "かりん"),
    ("すずやかりんも同じです。", "すず"),
    ("友だちのいおりとは遊びます。", "いおり"),
    ("「ゆず」と呼ばれています。", "ゆず"),
    ("二人姉妹で、上がすず、下がりほです。", "すず"),
    ("でもなゆたは来ませんでした。", "なゆた"),
    ("給食を残すせんたを責めました。", "せんた"),
]
PROSE = """
    ここのところ雨です はないちもんめをしました そのことから始めます はるから始めます こころから願います
    ひとりから聞きました
    みなさんにも伝えます いつかはわかります たかがしれています
    まことに困っています さらに聞きます ともに遊びます そのことを話します 泥だらけになりながら笑います
    友だちのように話します 友だちのせいにします 相手が悪いと言います 上がることを話します
"""


@pytest.mark.parametrize(("text", "name"), FOUND)
def test_a_name_of_usual_sounds_is_shown(text: str, name: str) -> None:
    assert name in {finding.text for finding in check(text)}


@pytest.mark.parametrize("text", PROSE.split())
def test_prose_of_the_same_sounds_is_left(text: str) -> None:
    assert check(f"担任は田中です。{text}")[1:] == ()


def test_a_whole_name_of_the_table_is_ticked() -> None:
    assert [finding.tier for finding in check("たなかゆうとです。")] == [Tier.SURE]
