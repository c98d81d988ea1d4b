"""Word lists that the rules share: forms of address, roles, marks that hide a name, words that only look like names.

Tables only. A word goes in here because a rule of this package would otherwise be wrong about everyday text; there is
no list of names, since the dictionary of `words` knows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable


def words_of(text: str) -> frozenset[str]:
    """The words of `text`, which spaces separate; so that a table of words stays readable."""
    return frozenset(text.split())


def either(words: Iterable[str]) -> str:
    """A pattern of alternatives, the longest first, since one may begin another."""
    return "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))


# After a name, said to anybody.
POLITE = words_of("さん さま くん ちゃん 君 様 氏 殿")
# After a name, said of an office.
OFFICES = words_of("""
    副校長 校長 副園長 園長 教頭 学年主任 教務主任 研究主任 教務 生徒指導 生徒指導主事 主任 主幹 主幹教諭
    指導教諭 養護教諭 栄養教諭 教諭 先生 講師 教授 准教授 部長 課長 係長 会長 副会長 理事長 学長 社長 所長 院長
    館長 塾長 書記長 委員長 班長 室長 次長 弁護士 医師 看護師 保健師 監督 コーチ 委員 議員 町長 村長 市長 教育長
    指導主事 主事 指導員 支援員 相談員 副担任 担任 先輩 司書
    用務員 主査 事務長 事務官 事務職員 技師 店長 支店長 局長 専務 常務 団長 主将 選手 巡査 刑事 記者 住職 牧師 園医
    校医 心理士 支部長
    分会長 教官 調査官 理事 取締役 議長 ヘルパー 運転手 マネージャー
    """)
ADDRESSING = re.compile(either(OFFICES | POLITE))
# Behind a name and の: whose mother, whose homework.
KIN = re.compile(
    "お?(?:母|父|兄|姉|弟|妹|祖父|祖母|じい|ばあ|ご?両親|ご?家族|保護者|担任|ご?家庭|机|ランドセル|ノート|作文|宿題|眼鏡|気持ち|様子|顔|手|肩)"
)

# Before の and a name: 校長の髙橋. Adults are called by the surname, children by the given name.
ADULT_ROLES = OFFICES | words_of(
    "顧問 担当 同僚 主事 相談員 カウンセラー 前任 後任 先輩 後輩 上司 同期 副担任 前任者 後任者"
)
CHILD_ROLES = words_of("""
    息子 娘 長男 長女 次男 次女 三男 三女 兄 姉 弟 妹 孫 児童 生徒 園児 友達 友人 同級生
    クラスメイト
    """)

# Never a name, not even in front of さん: who somebody is, when, how many.
_NEVER_ADDRESSED = words_of("""
    前 元 新 現 今 本 当 同 各 他 全 主 先 方 何 皆 神 仏 客 親 子 母 父 兄 姉 弟 妹 娘 孫 奥 嫁 婿 姫 人 家 上
    中 内 外 大 小 左 右 横 隣 側 間 後 女 男 者 声 命 目 手 口 話 時 昼 夜 日 年 組 班 式 会 校 学 級 点 気 物
    事 所 場 車 鳥 水 銀 一 二 三 四 五 六 七 八 九 十 百 千 万 仲間 学年 生徒 児童 先生 平和 自然 大人 子供 最初
    最後 お子 赤 皆様 保護者 担任 業者 みな あか おかあ おとう おにい おねえ おじい おばあ おきゃく おく むすこ
    むすめ おこ こども おや ひと もの こと はは ちち ママ パパ リーダー スタッフ メンバー クラス パート 長会
    ひとり ふたり みんな だれ どなた ぼく わたし うち 両 生徒指導 教務 副 見方 お花 うさぎ くま ねこ いぬ ぞう
    きりん その この あの どの それ これ あれ どれ どちら そちら こちら あちら ごくろう おつかれ かみ じい ばあ
    にい ねえ なりの となり 親御 甲 乙 丙 某 おば おじ 小一 小二 小三 小四 小五 小六 中一 中二 中三 高一 高二 高三
    公 時代 大一 大二 大三 大四 机 仲 顔 席 服 靴 鞄 傘 明治 大正 昭和 平成 令和 平安 江戸
    """)
# In hiragana in front of a teacher, a school or a clinic these say which; some sound like names (あんな, まえの, くの).
DETERMINERS = tuple(
    words_of("""
    その この あの どの あんな こんな そんな どんな おなじ まえの もとの つぎの いまの ほかの べつの となりの ちかくの
    ちかい とおい ふるい あたらしい きれいな しずかな にぎやかな おおきな ちいさな いなかの しまの やまの うみの まちの
    むらの ふつうの
    """)
)
# Whom somebody is called by what is sold there: 花屋さん. 土屋さん and 米屋さん are somebody.
SHOPS = words_of("花屋 八百屋 本屋 酒屋 魚屋 肉屋 床屋 靴屋 菓子屋 薬屋 パン屋 大家")
# And by what they are to somebody: the tokenizer reads some as names (長男さん, 保健師さん).
BEINGS = SHOPS | words_of("""
    長男 次男 三男 四男 長女 次女 三女 四女 孫 保健師 助産師 税理士 看護師 弁護士 卒園生 卒業生 実親 里親 姪御 甥御 娘御
    健師 理士 おやじ 初代 正 甲 乙 丙 某 町 村 市 県 国 工事 金魚
    おまわり うさぎ りす ねずみ きつね たぬき さる ひつじ やぎ うま うし ぶた とら らいおん かえる かめ ちょうちょ
    ことり ひよこ にわとり
    おはな おひさま おほしさま おつき
    """)
# Everyday words that are names in front of さん or 先生.
EVERYDAY = words_of("""
    里子 心 夢 友 風 朝 春 夏 秋 冬 月 力 道 花 空 海 光 金 下 入口 出口 平野 大石 高原 未来 希望 本名 大空
    """)
# Nouns of every day that are written like surnames, and are some.
EVERYDAY_NOUNS = words_of("""
    入口 出口 東口 西口 北口 河口 火口 平野 高原 野原 河原 川原 海原 原野 山野 平原 水田 塩田 並木 植木 若木 樹木 立木
    深山 仲間 昼間 広間 大石 小石 竹林 松林 森林 川辺 岸辺 野辺 土橋 花屋 小屋 大屋 長屋 鳥屋 井戸 天井 市井 岩間
    上部 下部 中部 中間 金山 白木 赤木 新木 古木 本木 人見 花見 大池 早瀬 山上 川下 水上 海上 赤石 千石
    百石 麦田 大河 山河 三河 真水 温水 出水
    里山 山村 若草 千鳥 白鳥 朝日 夕日 菖蒲 牡丹 芙蓉 大雪 初雪 白雪 白菊 小菊 野菊 山吹 草花 大樹 稲穂
    速水 若葉 青葉 双葉 草葉 松葉 大葉 黒松 赤松 沢山 家内 院内 絵本 古本 大根 羽根 公平
    西部 南部 丸木 古城 居城 波間 真下 城下 最上 北上 真中 戸口 大口 小口
    """)
# Behind a place or a name these make a dish or a fruit: 清見オレンジ, 松阪牛, 讃岐うどん.
PRODUCE = (
    "オレンジ|みかん|ミカン|りんご|リンゴ|レモン|メロン|ぶどう|ポテト|トマト|ねぎ|ネギ|大根|かぼちゃ|いも|牛(?![一-鿿乳])|豚|鶏|地鶏|味噌"
    "|そば|うどん|ラーメン|そうめん|納豆|豆腐|漬け?[、。]|こんにゃく|カレー|茶[、。とや]|煮[、。とや]|焼き"
)
# Single words that have a reading as a name and, where they stand alone, are nearly always something else.
NEVER_A_NAME = _NEVER_ADDRESSED | EVERYDAY
# Something is counted: 五十代, 四家とも, 三代続く, 三十五; 八代 is a town.
COUNTED = re.compile(
    "(?!八代$)[一二三四五六七八九十百千]+(?:[人名日月年回個本枚校代位家組班歳才度週階通社軒件匹頭冊杯足着票問曲章秒円坪畳棟室列段種倍割泊]|学期|(?<=[十百千])色|(?<=[一二三四五六七八九十百].))"
)

# The writer has hidden a name with one of these, or with a single Latin letter, doubled perhaps (XX).
MASK = re.compile(r"[○●△▲□■◇◆×✕※＊*_?]|(?<![A-Za-z])([A-Za-z])\1{0,2}(?![A-Za-z])")

# アさんとイさん: a letter of the kana hides a name as A does.
KANA_LETTERS = frozenset("アイウエオカキク")

# Parts of the country; they say little about anybody.
REGIONS = words_of("""
    関東 関西 東北 北陸 東海 近畿 中国 四国 九州 中部 甲信越 首都圏 東日本 西日本 アジア ヨーロッパ
    欧州 欧米 アフリカ 中東 中央 世界 地方 日本 南米 北米 北欧 東南アジア 太平洋 大西洋 日本海
    北関東 南関東 北東北 南東北 南九州 本州 山陰 山陽 信越 京阪神 阪神 中京 道東 道北 道央 道南 三陸 奥羽
    瀬戸内海 漁師町 門前町 宿場町
    """)

# In front of 小学校, 病院 and the like these make a kind, not a name.
GENERIC_BODY = NEVER_A_NAME | words_of("""
    公立 私立 国立 市立 町立 村立 区立 県立 都立 府立 道立 市 町 村 区 県 都 府 道 郡 立 私 国 公
    市町村 都道府県 附属 付属 併設 大学 短大 医大 高等 高校 高 中学 中学校 小学 小学校 幼稚園 保育園 学校
    学園 学院 特別 支援 養護 義務 教育 中等 専門 女子 男子 共学 一貫 小規模 大規模 小中 中高 一般
    普通 総合 工業 商業 農業 水産 通信 通信制 定時制 全日制 進学 進学先 出身 母校 在籍 勤務 勤務先
    近隣 近所 近く 地元 地域 周辺 隣町 隣接 別 同じ 某 転校 転入 転校先 異動 異動先 赴任 赴任先 前任
    現任 初任 指定 認定 協力 連携 研究 実習 担当 かかりつけ 大学病院 市民 県民 町民 救急 動物 精神
    精神科 小児 小児科 内科 外科 眼科 歯科 耳鼻科 皮膚科 整形 整形外科 心療内科 中央児童 児童 生徒
    法律 会計 税理士 司法書士 弁護士 相談 学習 英語 算数 国語 音楽 理科 学童 放課後 放課後等
    デイサービス 適応 適応指導 教室 ことば 公共 地方 小さな 大きな ここ そこ うち ほか スクール
    フリー フリースクール スイミング クラス グループ マンモス 名門 伝統 株式 有限 会社 民間 大手 在宅 子育て
    子ども こども 発達 発達障害 医療 福祉 障害 障害者 介護 保健 東京電力 関係 保護 一時 緊急 被害者
    無料 電話 夜間 休日 無認可 院内 温泉 健康 もと いま まえ そろばん きのう きょう あした けさ
    """)

# 町立小学校 is cut as 立小 and 学校: a name that ends where one of these begins is none.
SCHOOL_AHEAD = re.compile("小学校|中学校|高等学校|高校")
