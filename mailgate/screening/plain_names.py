"""Common nouns that become a name in front of a school or a body: 港町病院, 双葉小学校, 月見丘中学校.

Before: `words.read_lines`. After: `bodies`, which asks here about words that the dictionary does not read as names.
Two rules: a noun that ends like a place (港町, 清流の滝) names any body; in front of a school for everybody
(小学校, not 自動車学校) nearly any noun of a thing names it, so those that make a kind are told by a list and by
their ending.

Weakness: a name that is also a kind (国際高校, 自然学園) is taken for the kind.
"""

from __future__ import annotations

import re

from mailgate.screening.lexicon import GENERIC_BODY, words_of
from mailgate.screening.words import NAMING, Kind, Word, names_a_thing, readings

_PLACE_ENDINGS = "島山川浦浜港崎岬丘岡谷沢原野森橋坂里松桜泉城津滝湖"
_LIKE_A_PLACE = re.compile(rf"[一-鿿々ヶぁ-ゖァ-ヺー]{{1,9}}[町村{_PLACE_ENDINGS}]")
_KINDS_LIKE_A_PLACE = words_of("""
    農村 漁村 山村 農山村 農山漁村 寒村 無医村 全村 両村 他村 当村 同村 本村 隣村 他町 当町 同町 全町 両町 隣町
    下町 田舎町 裏町 城下町 門前町 宿場町 温泉町 企業町 分野 視野 裾野 河川 離島 孤島 半島 列島 諸島 全島 本島
    鉱山 炭鉱 火山 温泉 源泉 空港 漁港 軍港 水上 郷里 人里 山里 村里 架け橋 かけ橋 歩道橋 歩道 原野 病原 野原
    高原 草原 海原
    """)
_ENDS_PLACE = frozenset({Kind.NOUN, Kind.SUFFIX})
_EVERYBODYS_SCHOOL = words_of("""
    大学 短期大学 女子大学 小中一貫校 小中学校 小学校 中学校 中等教育学校 義務教育学校 高等学校 高校 幼稚園
    保育園 保育所 こども園 学園 学院 女学院 特別支援学校 支援学校 養護学校 ろう学校 聾学校 盲学校 高等学園
    高等専門学校 高専 高等学院 分校
    """)
# 聖心女子学院, 桜蔭第二高校: these stand between the name and the kind.
_DIVISIONS = words_of("女子 男子 第 第一 第二 第三 第四 第五 東 西 南 北 中央 附属 付属 国際 総合 商業 工業 農業 水産")
_CHRISTIAN = re.compile(r"[ァ-ヺー]{3,8}")
_KINDS_IN_KATAKANA = words_of("""
    インターナショナル フリー マンモス モデル スーパー サポート オンライン スポーツ ビジネス デザイン ハイテク
    サテライト プログラミング ネット コンピュータ コンピューター ファッション ペット アニメ
    """)
_THING = re.compile(r"[一-鿿々〆ヶぁ-ゖー]{1,4}")
# 市内, 農村部, 過疎地, 進学先, 外国人, 住宅街 …: what they end with makes a kind of them.
_KIND_ENDINGS = tuple(
    "部内外的地先間中型系用向後前別性化側上下等者生員科圏街制期式人国語業学社所店場室会県省課局級層頃度年月日時週回数"
    "区市校園営隣親母父兄姉弟妹力線界帯元"
)
_SHORTEST_NAMES = frozenset("一二三四五六七八九十東西南北港浜浦岬城泉桜緑旭栄幸睦錦暁楓梅竹光星松藤")
# 産休中, 休暇中: one is in these, and goes to no school of that name.
DURING = ("待機", "行事", "試合", "合宿", "遠足", *"休暇病泊禍旅会式祭すみ")
# Everyday words that name a school all the same.
ALSO_NAMES = words_of("中央 平和 希望 光 星 大空 未来 平野 大石 高原")
KINDS = words_of("""
    田舎 都会 都市 都心 郊外 農山 過疎 僻地 へき地 辺境 辺地 海岸 沿岸 内陸 山間 農林 林業 家政 商工 国際 理数
    体育 芸術 美術 情報 文科 理科 文系 理系 難関 底辺 上位 下位 中位 中堅 有名 無名 名門 強豪 常連 困難 課題
    問題 重点 拠点 中核 基幹 個人 企業 職場 病院 寺院 教会 仏教 宗教 夜間 昼間 規模 多数 少数 複数 両方 双方
    各地 各所 全部 旧 例 両 某 計 先 次 翌 敷地 構内 駅前 並み 普段 昔 昔ながら 夫 妻 彼 彼女 僕 俺 自分 祖父
    祖母 叔父 叔母 伯父 伯母 甥 姪 双子 両親 友 身内 いとこ 義母 義父 皆 みんな みな どこ あそこ そちら こちら
    あちら それ これ あれ 何か 何処 私たち 我々 われわれ 男 女 男女 私服 制服 給食 部活 英才 天才 秀才 理想 最高
    最低 最大 最小 最新 最古 最悪 最難関 実業 全寮 寮 山奥 海沿い 川沿い 線路 地方 市街 農家 団地 官立 民間 民営
    中高一貫 小中一貫 中高 大学附属 大学付属 女子大学附属 教育大学附属 単位制 全寮制
    知的 病弱 肢体 肢体不自由 視覚 聴覚 難聴 弱視 情緒 自閉症 重複 重度 軽度 分教室 総合 高等
    公 私 異国 母国 外国 全国 各国 現場 職員 校内 学内 同校 別校 本校 分校 他校 前 元 人気 滑り止め 系列 公私立
    """)


def says_a_kind(name: str) -> bool:
    """Whether these characters in front of a school only say which kind it is (私立, 志望, 市内)."""
    return _kind_by_heart(name) or name.endswith(_KIND_ENDINGS)


def only_says_a_kind(name: str) -> bool:
    """The same, but 浮間 and 日向, which a list of endings takes for kinds, are read as the names that they can be."""
    return _kind_by_heart(name) or (name.endswith(_KIND_ENDINGS) and not readings(name) & _TOWNS_AND_SURNAMES)


def _kind_by_heart(name: str) -> bool:
    return name in GENERIC_BODY or name in KINDS or name in _KINDS_LIKE_A_PLACE


_TOWNS_AND_SURNAMES = frozenset({Kind.PLACE, Kind.SURNAME})


def stands_in_a_name(word: Word) -> bool:
    """Whether a noun in front of a school's name is the beginning of it: 緑風 in front of 西小学校."""
    return _thing(word) and not says_a_kind(word.text)


def names_a_school(name: str, kind: str) -> bool:
    """Whether these characters in front of 小, 中 or 高 can be its name, and no word together with it (最高, 途中).

    中 is "during" too: neither an act (協議中) nor what one is in (産休中) is a name.
    """
    if name in _SHORTEST_NAMES:
        return True
    if readings(name + kind) - NAMING or len(name) < 2 or name.endswith(DURING):
        return False
    if only_says_a_kind(name) and name not in ALSO_NAMES:
        return False
    known = readings(name)
    return not known or bool(known & NAMING) or names_a_thing(name)


def makes_a_name(word: Word, following: Word | None, tail: str) -> bool:
    """Whether a common noun, `following` or the body's `tail` (小学校, 病院 …) right behind it, is a name there."""
    if word.text in GENERIC_BODY or word.text in _KINDS_LIKE_A_PLACE:
        return False
    if like_a_place(word):
        return True
    if _CHRISTIAN.fullmatch(word.text) and tail in _EVERYBODYS_SCHOOL:
        return word.text not in _KINDS_IN_KATAKANA
    if following is not None and following.text in _DIVISIONS:
        following = None
    if following is not None:
        return _thing(word) and following.kind in _ENDS_PLACE and following.text in _PLACE_ENDINGS
    if word.kind in _ENDS_PLACE and word.text in _PLACE_ENDINGS:
        return True
    return tail in _EVERYBODYS_SCHOOL and _thing(word)


def like_a_place(word: Word) -> bool:
    """A noun such as 港町, which names a school in its short form too (港町小の先生)."""
    known = word.text not in GENERIC_BODY and word.text not in _KINDS_LIKE_A_PLACE
    plain = word.kind is Kind.NOUN and bool(_LIKE_A_PLACE.fullmatch(word.text))
    return known and plain and names_a_thing(word.text)


def _thing(word: Word) -> bool:
    """A noun of a thing that makes no kind of school."""
    plain = word.kind is Kind.NOUN and bool(_THING.fullmatch(word.text)) and word.text not in KINDS
    return plain and not word.text.endswith(_KIND_ENDINGS) and names_a_thing(word.text)
