"""Hospitals and clinics are covered from who runs them to their department or branch; a mere kind is no finding."""

import pytest

from mailgate.screening.check import check
from mailgate.screening.finding import Label

WHOLE = """
    [[医療法人社団清明会 さくらが丘クリニック]]です。
    [[医療法人清和会長田病院]]に入院中。
    [[独立行政法人国立病院機構水戸医療センター]]で検査。
    [[国立成育医療研究センター]]に紹介された。
    [[県立循環器・呼吸器病センター]]に移った。
    母が紹介した[[きび発達クリニック]]へ。
    [[ことりこどもクリニック]]に通う。
    [[鳥羽こころとからだのクリニック]]に通う。
    [[美里こころの医療センター]]に通う。
    [[三の丸病院]]の外来。
    [[山の上病院]]で診断された。
    [[ハートフルクリニック三郷]]で診断された。
    [[岡部整形外科・内科]]に通う。
    [[大崎市民病院鳴子分院]]に移った。
    [[若杉クリニック駅前分院]]に通う。
    [[足利赤十字病院小児科]]に通う。
    [[鶴岡協立病院リハビリ科]]に通う。
    [[小児科さとう医院]]に通う。
    [[くまがい内科胃腸科]]に通う。
    [[みどりヶ丘ホスピタル]]に通う。
    [[県南病院]]に運ばれた。
    [[かもめ助産院]]で生まれた。
    [[前橋日赤]]に運ばれた。
    [[南浦和療育園]]に入所した。
"""
KINDS = """
近くの病院に行った。 県立病院に行く。 市立総合病院です。 リハビリテーション病院に転院。 私立医大に進学。
あのこどもクリニックは混む。 いつものこども病院。 大学病院の救命救急センターに運ばれた。 発達外来のある小児科。
○○こどもクリニック、Bこころの診療所、某メンタルクリニック。 評判のいいこどもクリニック。
"""


@pytest.mark.parametrize("marked", [line.strip() for line in WHOLE.strip().split("\n")])
def test_the_whole_of_a_place_of_care_is_found(marked: str) -> None:
    text, name = marked.replace("[[", "").replace("]]", ""), marked.split("[[")[1].split("]]")[0]
    found = [one.text for one in check(text) if one.label in (Label.ORGANISATION, Label.PLACE)]
    assert "".join(found).replace("　", "") == name


@pytest.mark.parametrize("text", KINDS.split())
def test_a_kind_of_hospital_is_no_finding(text: str) -> None:
    assert check(text) == ()
