"""Firms, societies, offices and homes with their names and branches, and the kinds that are none."""

import pytest

from mailgate.screening.check import check
from mailgate.screening.finding import Label

NAMES = """
    佐倉テクノ精密 英進ゼミ西宮校 栄光ゼミナール千種校 児童養護施設ひかりの家
    出入国在留管理局名古屋支局 岐阜県臨床心理士会 日本スポーツ共済会石川支所 三重県教職員組合桑名支部
    高教組福山支部 全国教職員連合東海支部 株式会社もりた金属 有限会社ひだか屋 近江鉄道
    伊賀郡教育事務協議会 法テラス高松 ハローワーク松本 今治市社会福祉協議会 高山市民生委員協議会
    日南農業協同組合 イオンモール草津 ヤマダ電機長浜店 横山産業 三河精工 NHK松山放送局 瀬戸内テレビ
    長崎地方裁判所 松江家庭裁判所 広島少年鑑別所 明石剣友会 福山水泳協会 白川太鼓保存会 川上町内会
    国立病院機構米子医療センター
"""
IN_SENTENCES = [
    ("派遣元のグローバルリンク語学サービスの担当者です。", "グローバルリンク語学サービス"),
    ("児童養護施設 ひだまり学園から通う子です。", "児童養護施設 ひだまり学園"),
    ("塾（開成アカデミー 浜松本校）の先生です。", "開成アカデミー 浜松本校"),
    ("適応指導教室「つくし」に通っています。", "つくし"),
    ("公立おいせま病院に三週間います。", "公立おいせま病院"),
    ("国立療養所東高松センターにかかっています。", "国立療養所東高松センター"),
    ("以前は近江鉄道に勤務していました。", "近江鉄道"),
]
KINDS = """
    保護者協議会、PTA連合会、校区の自治会、町内会の会長、同窓会の役員、市の医師会、県の弁護士会です。
    地元産業、観光産業、第一次産業、地場産業、水産加工、化学の授業、金属の性質、自動車の絵です。
    路線バス、私鉄、地下鉄、鉄道の好きな子、鉄道会社、自動車工場、中古自動車、警備の人。
    カスタマーサービス、デイサービスの様子、ホームヘルプサービス、配食サービス、行政サービス、語学サービス
    家庭裁判所、地方裁判所、裁判所の調査官、税務署、少年院、郵便局、放送局、農協、漁協、生協
    教職員組合、労働組合、県の組合、組合の支部、組合員、地区の支部、本校の児童、分校、他校、各校、同校、近隣校
    学習塾、進学塾、塾の先生、予備校、銀行員、薬局の人、英会話スクール、スイミングスクール、本校と分校
    児童養護施設や里親、児童養護施設への入所、児童養護施設との連携、適応指導教室では、グループホームなど
    JRで通い、NHKを見て、JAの人が来て、コープで買い、ローソンでアルバイト、イオンで会い、セブンイレブンに行く
    全国大会、全国連合会、日本協会、全日本連盟、国際協会、全国組合、日本産業、中央協議会
    テレビの見すぎ、ホームの前、ガスの元栓、電力不足、石油ストーブ、ゴムの木、印刷室、旅館の人、倉庫の鍵
    支店の人、店長、工場見学、工場の人、営業所、出張所、事業所、支部の会、支局、支所の窓口、食堂のおばさん
    公立の大きな病院、町立の病院、国立病院に転院、療養所に入りました。
    A支部、○○協会、○○鉄道、△△協議会、X市自治会、某協会、B社、K塾、○○ゼミ△△校、かかりつけ医院
"""


@pytest.mark.parametrize("name", NAMES.split())
@pytest.mark.parametrize("sentence", ["{}の方です。", "夫は{}に通っています。"])
def test_the_body_is_found_whole_with_its_branch(name: str, sentence: str) -> None:
    found = check(sentence.format(name))
    assert [(one.text, one.label) for one in found] == [(name, Label.ORGANISATION)]


@pytest.mark.parametrize(("text", "name"), IN_SENTENCES)
def test_a_body_in_a_sentence_is_found_whole(text: str, name: str) -> None:
    assert [(one.text, one.label) for one in check(text)] == [(name, Label.ORGANISATION)]


@pytest.mark.parametrize("text", KINDS.strip().split("\n"))
def test_a_kind_of_body_is_no_finding(text: str) -> None:
    assert check(text.strip()) == ()
