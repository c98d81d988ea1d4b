"""What the check finds: texts of our own, with the exact passages and labels that have to come out, in order."""

import pytest

from mailgate.screening.check import check
from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.known import KnownIdentity
from mailgate.screening.mentions import find_mentions
from mailgate.screening.words import read_lines

FOUND = [
    # persons
    ("若松台小学校の佐藤翼です。", [("若松台小学校", "school"), ("佐藤翼", "person")]),
    ("クラスの山本けいすけくんが休んでいます。", [("山本けいすけ", "person")]),
    ("妹のひでみちゃんは元気です。", [("ひでみ", "person")]),
    ("担任はゆうとくんを注意しました。", [("ゆうと", "person")]),
    ("高木校長と島田教頭に相談しました。", [("高木", "person"), ("島田", "person")]),
    ("校長の髙橋に伝えました。", [("髙橋", "person")]),
    ("隣の担任の堀に聞きました。", [("堀", "person")]),
    ("林先生と小林先生が来ました。", [("林", "person"), ("小林", "person")]),
    ("林 さんと高木　様", [("林", "person"), ("高木", "person")]),
    ("原先生と星さんと東さん", [("原", "person"), ("星", "person"), ("東", "person")]),
    ("2年小林さんと三年大橋さん", [("小林", "person"), ("大橋", "person")]),
    (
        "前任の森が書きました。疑ったのが森です。森は謝りません。",
        [("森", "person"), ("森", "person"), ("森", "person")],
    ),
    (
        "菊池桃花と欠席。桃花と咲美は口をきかない。生徒の乃愛から聞きました。",
        [("菊池桃花", "person"), ("桃花", "person"), ("咲美", "person"), ("乃愛", "person")],
    ),
    ("四年の亮が手を上げます。(四年 心平 二年 紅春)", [("亮", "person"), ("心平", "person"), ("紅春", "person")]),
    ("担任　村井　調査書の件です。", [("村井", "person")]),
    ("●田中先生と、○林さん", [("田中", "person")]),
    ("教務の森です。", [("森", "person")]),
    ("花子さん（仮名）と菊池さん", [("菊池", "person")]),
    ("名前は太郎さんです。仮名にはしません。", [("太郎", "person")]),
    (
        "あんなさんの母はながしま歯科、隣のやまもと医院です。",
        [("あんな", "person"), ("ながしま歯科", "organisation"), ("やまもと医院", "organisation")],
    ),
    ("ジョン・スミス先生の授業です。", [("ジョン・スミス", "person")]),
    ("よろしくお願いします。\n\n中村", [("中村", "person")]),
    ("以上です。\n　佐々木　\n", [("佐々木", "person")]),
    ("３年　担任　佐々木　翼", [("佐々木　翼", "person")]),
    ("氏名：大野 さやか\n電話はありません", [("大野 さやか", "person")]),
    ("Smithさんと話しました。", [("Smith", "person")]),
    ("Mr. Tanaka called. Please ask Yamada-sensei.", [("Tanaka", "person"), ("Yamada", "person")]),
    ("Thank you.\nBest regards,\nEmily Carter\n", [("Emily Carter", "person")]),
    ("弁護士 (Ichiro Midorikawa)", [("Ichiro Midorikawa", "person")]),
    # every further mention of an established name
    (
        "田中太郎さんは欠席。田中は昨日も、太郎は今日も。",
        [("田中太郎", "person"), ("田中", "person"), ("太郎", "person")],
    ),
    ("ひでみちゃんが泣いた。のちにひでみは帰った。", [("ひでみ", "person"), ("ひでみ", "person")]),
    # schools
    ("岡里市立みどり台小学校に勤務", [("岡里市立みどり台小学校", "school")]),
    ("県立倉敷東高校の卒業生", [("県立倉敷東高校", "school")]),
    ("東小学校、第三小学校、中央中学校", [("東小学校", "school"), ("第三小学校", "school"), ("中央中学校", "school")]),
    ("大淀中学校とひまわり幼稚園", [("大淀中学校", "school"), ("ひまわり幼稚園", "school")]),
    ("山田小の先生で、以前は一中に勤務", [("山田小", "school"), ("一中", "school")]),
    ("倉敷東中の生徒です", [("倉敷東中", "school")]),
    ("I teach at Aoba Junior High School.", [("Aoba Junior High School", "school")]),
    # places and addresses
    ("岡里市に住み、浜北町で育つ", [("岡里市", "place"), ("浜北町", "place")]),
    ("松本市の学校で、松本くんと", [("松本市", "place"), ("松本", "person")]),
    ("長野駅の近く", [("長野駅", "place")]),
    ("〒700-0999　岡里市緑台1-2-3", [("〒700-0999", "postal_code"), ("岡里市緑台1-2-3", "address")]),
    (
        "岡山県岡山市北区柳町一丁目2番3号 緑マンション101号室",
        [("岡山県岡山市北区柳町一丁目2番3号 緑マンション101号室", "address")],
    ),
    # organisations
    ("㈱みどり物産にお勤めです", [("㈱みどり物産", "organisation")]),
    ("みどり物産株式会社の方", [("みどり物産株式会社", "organisation")]),
    ("緑川法律事務所と田村クリニック", [("緑川法律事務所", "organisation"), ("田村クリニック", "organisation")]),
    ("岡里市教育委員会へ", [("岡里市教育委員会", "organisation")]),
    # shapes
    ("学校の電話（0866-12-3456）へ", [("0866-12-3456", "phone")]),
    ("０９０－１２３４－５６７８まで", [("０９０－１２３４－５６７８", "phone")]),
    ("携帯は090の1234の5678です", [("090の1234の5678", "phone")]),
    ("TEL 03-0000-1111 / FAX 03-0000-1112", [("03-0000-1111", "phone"), ("03-0000-1112", "phone")]),
    ("電話09012345678へ", [("09012345678", "phone")]),
    ("taro..y.@mail.example.jpへ", [("taro..y.@mail.example.jp", "email")]),
    ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏｍ です", [("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏｍ", "email")]),
    ("https://example.jp/a?b=1。次", [("https://example.jp/a?b=1", "url")]),
    ("blog.example.com/teacher を見て", [("blog.example.com/teacher", "url")]),
    ("LINE ID: momo_123 です", [("momo_123", "account")]),
    ("Xは@sensei_oka です", [("@sensei_oka", "account")]),
    ("口座番号 1234567", [("1234567", "account")]),
    ("平成26年5月10日生まれです", [("平成26年5月10日生まれ", "date_of_birth")]),
    ("生年月日：2014/5/10", [("2014/5/10", "date_of_birth")]),
    ("6年3組12番の子", [("6年3組12番", "student_number")]),
    ("２年１組の担任", [("２年１組", "student_number")]),
    ("出席番号は15番", [("15番", "student_number")]),
    ("岡山 500 あ 12-34 の車", [("岡山 500 あ 12-34", "vehicle")]),
    ("マイナンバーは1234 5678 9012", [("1234 5678 9012", "government_id")]),
]

NOT_FOUND = [
    "",
    "\n \n　\n",
    "A君とＡさんとB先生、Bくんの保護者と話しました。",
    "○○小学校、〇〇市、X市、◯◯町、△△先生、●●小、某中学校、K市立A小学校、[氏名]さん",
    "担任の先生、校長先生、教頭先生、学年主任、管理職、保護者の方、児童、生徒、PTA、先生の窓口 ご担当者様",
    "お母さん、お父様、皆さん、みなさま、お子さん、息子さん、娘さん、奥様、業者さん、子どもさん",
    "小学校4年の担任です。3年生の35人学級で、5月10日に運動会があります。",
    "公立中学校に勤めて8年目です。県立高校、私立高校、工業高校、特別支援学校、前任校も経験しました。",
    "児童相談所と教育委員会、総合病院、市の教育センター、放課後等デイサービスと連携しています。",
    "LINEグループで批判が広がり、Zoomで面談し、Google Classroomで課題を配りました。",
    "夏休み中の宿題、授業中の私語、今週中の返事。たくさん、ちゃんと話しました。",
    "林の中を歩き、森へ行き、南側の窓と中央の席に座りました。関東や西日本ではどうでしょうか。",
    "1,234,567円、2025-02-01、9時30分、3-2で勝った、令和6年度、第2学期",
    "児童の心、生徒の声、先生の目、校長の話、担任の方、クラスの仲間です。",
    "隣の子と離してほしいとのご要望が、席替えのたびにあります。夜９時すぎに電話があります。",
    "保護者面談で強い口調で話される方がいて困っています\n次の面談が来週の水曜です",
    "小五の男子と、中二の姉、高三の兄がいます。家は三代続く農家で、担任は五十代です。四家とも断り、二位でした。",
    "甲先生と乙先生、アさんとイさん、A太くん、○美さんの件です。年齢　三十五",
    "花子さん（仮名）が休みました。花子さんの姉と、健太くんと優子さん（いずれも仮名）の弟が来ました。",
    "仮に太郎くんとします。太郎くんは五年生です。",
    "進学校の担任です。親御さんと大家さん、花屋さん、八百屋さんが来ました。先生の机に、泣き顔の絵がありました。",
    "織田信長と徳川家康、宮沢賢治を習い、桃太郎の劇をしました。XX小学校のYY先生、C太郎くん、△田先生と●山さん。",
    "里子の児童です。若草が萌え、辻に立ち、堤の上を走りました。",
    "その先生と、その様子を見ました。その中学校の、その氏名は伏せます。となりの先生が来ました。",
    "近くの病院、同じ病院、多くの病院、古い歯科、いまの病院、まえの医院、きれいなクリニック、近くのクリニックです。",
    "静かな先生、小さな先生、少しの先生でいいです。",
    "長男くん、三男ちゃん、次女ちゃん、お孫ちゃん、里親さまの件です。",
    "長男さん、次男さん、三男さん、お孫さん、姪御さん、保健師さん、税理士さん、卒園生さん、楽器屋さん、教材屋さんが来ました。",
    "○田さんとXX鉄道、XX協会の話です。(A)町です。「B」島です。",
    "○○町立中学校です。＊＊町です。△△太くん、□□郡です。甲さんと乙氏、某くん、ア病院、イクリニックの件です。",
    "山陰の小さな町、北関東の中学校、道東の酪農地帯、三陸の浜、京阪神の学校です。",
    "あんな先生、にぎやかな先生、まえの小学校、あんな中学校、ちかい保育園、ふるい高校です。",
    "ごくろうさま、どちらさま、それくん、じいちゃん、ばあちゃん、にいちゃん、おじちゃん、様々な様式",
    "南の島です。人口五千人の町です。漁師町の学校で、瀬戸内の島が見えます。岸には舟が着き、沢の水は冷たい。",
    "江戸時代と鎌倉時代を習い、清見オレンジと讃岐うどん、松阪牛のカレーを食べました。",
    "Our Elementary School is small, and the Junior High School is large.",
    "Dear colleagues, Student A often leaves the class. The parents called me every day.\nBest regards,\n",
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_identifying_passages_are_found_exactly(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(finding.text, finding.label.value) for finding in check(text)] == expected


@pytest.mark.parametrize("text", NOT_FOUND)
def test_anonymous_forms_and_ordinary_words_are_no_finding(text: str) -> None:
    assert check(text) == ()


def test_class_without_a_number_is_only_shown() -> None:
    assert [(finding.text, finding.tier) for finding in check("2年1組です。3年2組4番です。")] == [
        ("2年1組", Tier.UNSURE),
        ("3年2組4番", Tier.SURE),
    ]


def test_known_person_outranks_the_longer_name_and_covers_it() -> None:
    known = KnownIdentity(("佐藤",), (), ())
    assert [(f.text, f.label.value) for f in check("佐藤翼です", [known])] == [("佐藤翼", "known")]


def test_known_name_inside_a_place_or_address_leaves_these_their_label() -> None:
    known = KnownIdentity(("千代田 空",), ("sora.c@example.jp",), ())
    found = check("東京都千代田区霞が関9-9-9、sora.c@other.example.com", [known])
    assert [f.label.value for f in found] == ["address", "email"]


def test_signature_is_found_last_and_holds_other_findings() -> None:
    signature = "----\n佐藤 翼\n----"
    found = check(f"{signature}\n本文です。\n{signature}\n", signature=signature)
    assert [(f.start, f.text, f.label.value) for f in found] == [
        (5, "佐藤 翼", "person"),
        (21, signature, "signature"),
        (26, "佐藤 翼", "person"),
    ]


def test_signature_that_does_not_stand_in_the_text_is_no_finding() -> None:
    assert check("本文です。", signature="別のもの") == ()
    assert check("本文です。", signature=" \n") == ()


def test_reading_of_an_established_name_is_mentioned_where_a_name_can_stand() -> None:
    text = "恵の話。めぐみと、めぐみさん、めぐみんと、おめぐみは、母のめぐみ"
    name = Finding(0, 1, "恵", Label.PERSON, Tier.SURE, "name")
    found = find_mentions(text, text, tuple(read_lines(text)), [name])
    assert [one.start for one in found if one.text == "めぐみ"] == [4, 9, 29]
