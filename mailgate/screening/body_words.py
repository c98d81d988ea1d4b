"""What stands behind or before the name of a school or an organisation: the tables of `bodies`.

Tables only. A tail says the kind of thing (小学校, 病院); a head comes first (株式会社, 認定こども園).
"""

from __future__ import annotations

import re

from mailgate.screening.finding import Label
from mailgate.screening.lexicon import words_of

_DEPARTMENT = (
    "整形外科|形成外科|脳神経外科|小児科|皮膚科|眼科|内科|外科|歯科|耳鼻咽喉科|耳鼻科|産婦人科|婦人科|心療内科|精神科|神経科|泌尿器科"
)
TAILS = (
    (
        Label.SCHOOL,
        re.compile(
            "小中一貫校|小中学校|小学校|中学校|中等教育学校|義務教育学校|高等専門学校|高等学校|高校|高等部|中等部|小学部|"
            "特別支援学校|支援学校|養護学校|聾学校|ろう学校|盲学校|視覚支援学校|専門学校|幼稚園|保育園|保育所|こども園|"
            "学園|学院|女学院|大学院|大学|短大|学校"
        ),
    ),
    (
        Label.ORGANISATION,
        re.compile(
            f"(?:{_DEPARTMENT})(?:・(?:{_DEPARTMENT})){{0,2}}(?:医院|クリニック|病院|診療所)?|"
            "法律事務所|会計事務所|事務所|株式会社|有限会社|合同会社|㈱|㈲|\\(株\\)|\\(有\\)|病院|医院|クリニック|診療所|"
            "教育委員会|教育事務所|児童相談所|警察署|市役所|町役場|村役場|区役所|県庁|保健所|公民館|図書館|美術館|学習塾|"
            "学童クラブ|児童クラブ|児童館|カウンセリング室|相談室|教育センター|支援センター|センター|商店|工業|物産|建設|"
            "製作所|銀行|信用金庫|新聞社|新聞|運輸|不動産|教室|クラブ|スクール|塾|ゼミナール|予備校|"
            "食品|運送|電機|商事|工務店|製菓|印刷所|水産|製薬|交通|バス|タクシー|薬局"
        ),
    ),
)
MEDICAL = (*_DEPARTMENT.split("|"), "病院", "医院", "クリニック", "診療所")
# In front of these only a name makes a name; 冷凍食品 and 路線バス are kinds.
STRICT_TAILS = ("食品", "運送", "電機", "商事", "工務店", "製菓", "印刷所", "水産", "製薬", "交通", "バス", "タクシー", "薬局")
KINDS_OF_CLINIC = words_of("""
    メンタル ペイン レディース ファミリー キッズ アレルギー スキン デンタル アイ リハビリ ストレス メディカル ケア プライマリ ホーム オンライン
    マタニティ スポーツ シニア ヘルス サテライト タウン
    """)
COMPANY_FIRST = re.compile(
    "㈱|㈲|株式会社|有限会社|合同会社|\\((?:株|有)\\)|(?:NPO|特定非営利活動|(?:一般|公益)(?:社団|財団)|社会福祉|医療|学校|宗教)法人"
)
# Behind a society's legal form its name may be a phrase: 一般社団法人ともに学ぶ会, NPO法人こどもの灯.
SOCIETY = re.compile(
    r"[ぁ-ゖァ-ヺー一-鿿々]{1,12}?(?:(?:の|[ぶるむすうくつ])会|の(?:灯|家|森|里|輪|丘|風|杜|木|音|翼|虹|園|里|架け橋|窓)|ネット(?:ワーク)?|協会"
    r"|機構|クラブ|サポート|財団|連盟)"
)
NAMED_BEHIND = re.compile(
    "認定こども園|療育センター|学童クラブ|児童クラブ|学童保育|フリースクール|(?:放課後等?)?デイサービス|こども食堂|子ども食堂|スーパー|居酒屋|食堂"
)
# The last part of a name that の or が joins.
HEARTS = words_of("丘 杜 森 里 台 原 心 家 木 郷 泉 園 実 輪 風 海 空 星 虹 光 峰 谷 浜 沢 峠 橋 花 音 翼 瀬 浦 峯 宮 島 川 山")
GENERIC_JOINED = words_of("近く 隣 そば 前 上 下 中 次 別 他 元 先 国 県 市 町 村 街 地元 うち そこ ここ この その あの 私 僕 彼 今 昔 親 子")
