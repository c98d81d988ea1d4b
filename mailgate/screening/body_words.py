"""What stands behind or before the name of a school or an organisation: the tables of `bodies`.

Tables only. A tail says the kind of thing (小学校, 病院); a head comes first (株式会社, 認定こども園).
"""

from __future__ import annotations

import re

from mailgate.screening.finding import Label
from mailgate.screening.lexicon import words_of

DEPARTMENTS = (
    "整形外科|形成外科|脳神経外科|小児科|皮膚科|眼科|内科|外科|歯科|耳鼻咽喉科|耳鼻科|産婦人科|婦人科|心療内科|精神科|神経科|"
    "泌尿器科"
)
# Each alternative starts with a plain character, since only then the search skips quickly what starts none of them.
_DEPARTMENT = "|".join(f"{one}(?:医院|クリニック|病院|診療所)?" for one in DEPARTMENTS.split("|"))
TAILS = (
    (
        Label.SCHOOL,
        re.compile(
            "小中一貫校|小中学校|小学校|中学校|中等教育学校|義務教育学校|高等専門学校|高専|高等学校|高等学園|女子高(?!校)|高校|高等部|中等部|小学部|"
            "特別支援学校|支援学校|養護学校|聾学校|ろう学校|盲学校|視覚支援学校|専門学校|幼稚園|保育園|保育所|こども園|"
            "学園|高等学院|学院|女学院|大学院|短期大学|女子大学|大学|短大|学校|専門校|分校|中学(?![校生時年受入進卒英数国理社部園院])|大(?:学)?附属(?:[小中高](?![学等校]))?"
        ),
    ),
    (
        Label.ORGANISATION,
        re.compile(
            "こころのクリニック|こころの診療所|こころの医院|心のクリニック|心の診療所|こどものクリニック|"
            f"{_DEPARTMENT}|"
            "法律事務所|会計事務所|事務所|株式会社|有限会社|合同会社|㈱|㈲|\\(株\\)|\\(有\\)|病院|医院|クリニック|診療所|"
            "教育委員会|教育事務所|児童相談所|警察署|府警|県警|道警|署(?=[のにがはでとへも、。])|市役所|町役場|村役場|区役所|県庁|保健所|公民館|図書館|美術館|学習塾|"
            "学童クラブ|児童クラブ|児童館|カウンセリング室|相談室|教育センター|支援センター|センター|商店|工業|物産|建設|"
            "製作所|銀行|信用金庫|新聞社|新聞|運輸|不動産|教室|クラブ|スクール(?!カウンセラー|ソーシャル|バス|ゾーン)|塾|ゼミナール|予備校|"
            "食品|運送|電機|商事|工務店|製菓|印刷所|水産|製薬|交通|バス(?!停)|タクシー|薬局|学童(?=[のにがはでとへも、。])"
        ),
    ),
)
MEDICAL = (*DEPARTMENTS.split("|"), "病院", "医院", "クリニック", "診療所")
# In front of these only a name makes a name; 冷凍食品 and 路線バス are kinds.
STRICT_TAILS = (
    "食品",
    "運送",
    "電機",
    "商事",
    "工務店",
    "製菓",
    "印刷所",
    "水産",
    "製薬",
    "交通",
    "バス",
    "タクシー",
    "薬局",
    "学童",
    "署",
)
KINDS_OF_CLINIC = words_of("""
    メンタル ペイン レディース ファミリー キッズ アレルギー スキン デンタル アイ リハビリ ストレス メディカル
    ケア プライマリ ホーム オンライン マタニティ スポーツ シニア ヘルス サテライト タウン リハビリテーション
    """)
COMPANY_FIRST = re.compile(
    "㈱|㈲|株式会社|有限会社|合同会社|\\(株\\)|\\(有\\)|NPO法人|弁護士法人|特定非営利活動法人|一般社団法人|一般財団法人|公益社団法人|"
    "公益財団法人|社会福祉法人|医療法人|学校法人|宗教法人"
)
# Behind a society's legal form its name may be a phrase: 一般社団法人ともに学ぶ会, NPO法人こどもの灯.
SOCIETY = re.compile(
    r"[ぁ-ゖァ-ヺー一-鿿々]{1,12}?(?:(?:の|[ぶるむすうくつ])会|の(?:灯|家|森|里|輪|丘|風|杜|木|音|翼|虹|園|里|架け橋|窓|未来|手|声|扉)|ネット(?:ワーク)?|協会"
    r"|機構|クラブ|サポート|財団|連盟)"
)
NAMED_BEHIND = re.compile(
    "認定こども園|療育センター|学童クラブ|児童クラブ|学童保育|フリースクール|放課後デイサービス|放課後等デイサービス|デイサービス|こども食堂|子ども食堂|スーパー|居酒屋|食堂|学習塾|指導塾|進学塾"
    "|スイミングクラブ|サッカークラブ|スポーツクラブ|少年団|英語教室|幼児教室"
)
# Nothing is looked for in a line without one of these: most have none.
ANY_BODY = re.compile("|".join(one.pattern for one in (*(tail for _, tail in TAILS), COMPANY_FIRST, NAMED_BEHIND)))
# The last part of a name that の or が joins.
HEARTS = words_of(
    "丘 杜 森 里 台 原 心 家 木 郷 泉 園 実 輪 風 海 空 星 虹 光 峰 谷 浜 沢 峠 橋 花 音 翼 瀬 浦 峯 宮 島 川 山"
    " 舞 葉 丸 前"
)
GENERIC_JOINED = words_of("""
    近く 隣 そば 前 上 下 中 次 別 他 元 先 国 県 市 町 村 街 地元 うち そこ ここ この その あの 私 僕 彼 今 昔
    親 子
    """)
FORMS_OF_COMPANY = ("株式会社", "有限会社", "合同会社", "㈱", "㈲", "(株)", "(有)")
# One character in front of a name that is no part of it: 元双葉中学校, 妻東小学校.
BESIDE_A_BODY = words_of("""
    前 元 現 旧 当 同 各 他 全 両 本 某 妻 夫 母 父 兄 姉 弟 妹 娘 息 孫 子 私 僕 彼 今 昔 計 先 次 翌 毎 数 約
    故 卒 年 月 日 時 後 中 内 間 級 組 番 名 人 校 園 市 町 村 区 県 都 府 道 郡 立 国 公
    """)
TIMES = words_of("""
    先日 昨日 今日 本日 明日 以前 現在 当時 来週 先週 今週 先月 今月 来月 昨年 去年 今年 来年 最近 今回 前回 今朝
    昨夜 今夜 毎日 毎週 将来 最初 主治医 担当医 結局 昔 今
    """)
