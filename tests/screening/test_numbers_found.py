"""Numbers and dates as people write them: dates of birth, classes, telephone numbers, postal codes, number plates.

Each line is a sentence of our own in which exactly the passage in double brackets has to come out, by that label.
"""

import re

import pytest

from mailgate.screening.check import check
from mailgate.screening.finding import Label, Tier

FOUND = {
    Label.DATE_OF_BIRTH: """
        生年月日、[[2012/4/8]]、住所は別紙です。
        DATE OF BIRTH: [[2012/4/8]]
        İ was Born on [[2012/4/8]]
        生年月日は、[[平成二十四年四月八日]]。
        生年月日 [[平24.4.8]]
        生年月日……[[平成24年4月8日]]
        生年月日:[[20120408]]
        誕生日は来週の[[4月8日]]です。
        誕生日（[[4/8]]）に倒れました。
        [[4/8]]が誕生日です。
        [[四月八日]]はその子の誕生日です。
        お誕生日の[[6月3日]]に来ました。
        [[平成24年4月8日産まれ]]
        [[2012年4月8日出生]]
        [[平成24年の4月8日生まれ]]
        [[H24・4・8生まれ]]
        （[[2012.4.8]]）生まれ
        [[24.4.8生]]
        生まれたのは[[2012年4月8日]]です。
        [[6月1日]]で十歳になる児童
        [[平成24年4月生まれ]]
        誕生日が同じ[[9月9日]]
        [[12月25日]]、クリスマスが誕生日
        きのう（[[11月3日]]）が誕生日だった
        [[2013年7月2日]]に○○病院で生まれました
        [[平成25年7月2日]]、高松市で生まれました。
        生年月日の欄は「[[平成25年7月2日]]」
        [[平成25年7月2日]]（12歳）
        早生まれ（[[三月二十日]]）です
        [[平成25年7月2日（火）生まれ]]
        [[平成25年7月2日の早生まれ]]です
        [[2013（平成25）年7月2日生]]
        生年月日は[[西暦2013年7月2日]]
        生年月日：[[2013年7月2日（平成25年）（火曜日）]]
        [[平成25年7月2日（2013/7/2）生まれ]]
        [[平成25年度の7月2日生まれ]]
        [[25年7月2日生]]
        誕生日は[[7月の2日]]です
        [[平成25年度生まれ]]の学年
        [[昭和五八年生まれ]]の教員
        優花、[[平成二十五年七月二日]]、女
        優花 [[H25.7.2]] 女
        島田優花（[[2013.8.22]]）が来ました。
    """,
    Label.POSTAL_CODE: """
        郵便番号は、[[690-0111]]です
        住所：[[690-0111]]
        封筒に[[690ー0111]]とあります
    """,
    Label.PHONE: """
        FAX[[0285-00-5233]]
        ＴＥＬ[[０２８５－００－５２３３]]
        電話は[[56-5233]]です
        （[[055(234)6677]]　409-0031）
        [[090-1122-3344]] 23日まで
        [[090 1122 3344]] 690-0111
        3年2組 [[0770-53-1122]] 12番
        2026/3/1 [[0770-53-1122]]
        [[090・1122・3344]]
        [[03(3456)7711]] 3年
        [[0770-53-1122（内線23）]]へ
        [[0770-53-1122～5]]です
        電話（市内）[[36-4695]]
        電話は[[〇二八五、五六、五二三三]]です。
    """,
    Label.VEHICLE: """
        [[大宮 580 ね 3-21]]の軽
        [[富士山330あ1]]
        [[湘南 33 す 9876]]
        車のナンバーは[[8601]]でした
        ナンバー「[[さ86-01]]」
        プレートは[[所沢の 5-55]]
    """,
    Label.STUDENT_NUMBER: """
        出席番号は[[二十八番]]
        受験番号は「[[A-1024]]」
        職員番号 [[K10023]]
        クラス　[[2-5]]
        手帳（[[3-7]]、出席番号はありません）
        （三月生、[[3-1]]）
        [[2-5]]の担任です。
        高[[2-4]]
    """,
}
NOT_FOUND = """
    5月10日の生活科で、6月1日に生きものを見ました。
    平成25年7月2日に採用され、昭和48年4月1日に開校しました。2025年4月1日、新しい学級が生まれました。
    5月10日、校長の話が生まれたきっかけです。誕生日会は5月10日です。運動会（令和6年5月10日）の件です。
    2-1で勝ち、決勝は勝った（3-1）と聞きました。クラスは3-2で勝ちました。
    部員33と12人、定員50の3割、第100の3案
    4/8が始業式、11/20は参観日です。令和6年4月1日に55名で始めます。
    マイナンバーの手続きと、3-4時間目、P.12-15、100-200字
    4月8日に生まれ変わった校舎で、6月2日生徒総会でした。品番はAB090-1122-3344-5、得点は012-34-567です。
    電話は5分まで。直通は3-4階だけです。番号は一番です。
"""


def _rows() -> list[tuple[str, str, Label]]:
    lines = [(line.strip(), label) for label, text in FOUND.items() for line in text.strip().split("\n")]
    return [(re.sub(r"\[\[|\]\]", "", line), line.split("[[")[1].split("]]")[0], label) for line, label in lines]


@pytest.mark.parametrize(("text", "passage", "label"), _rows())
def test_the_number_and_nothing_else_is_found(text: str, passage: str, label: Label) -> None:
    assert [(found.text, found.label) for found in check(text) if found.label is label] == [(passage, label)]


@pytest.mark.parametrize("text", NOT_FOUND.strip().split("\n"))
def test_scores_counts_and_other_dates_are_no_finding(text: str) -> None:
    assert check(text.strip()) == ()


def test_the_dates_below_a_head_of_a_table_are_of_births() -> None:
    rows = "氏名　生年月日\nA　H25.4.3\nB　H25.9.3\n\n次の会議は令和6年5月10日です。"
    found = [(one.text, one.label) for one in check(rows)]
    assert found == [("H25.4.3", Label.DATE_OF_BIRTH), ("H25.9.3", Label.DATE_OF_BIRTH)]


def test_a_number_like_a_postal_code_is_sure_before_a_place() -> None:
    assert [(found.text, found.tier) for found in check("690-0111 と 690-0112松江市")][:2] == [
        ("690-0111", Tier.UNSURE),
        ("690-0112", Tier.SURE),
    ]
