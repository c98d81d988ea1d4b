"""Whom every textbook names, and heroes of tales: 織田信長, 宮沢賢治, 桃太郎. They say nothing about who writes.

Between the rules for persons and `merge`, beside `pseudonyms`. Only whole names are here, as a lesson says them: a
pupil may be called 信長 or 賢治. Whom the register knows stays a finding (`known`).
"""

from __future__ import annotations

from mailgate.screening.finding import Finding
from mailgate.screening.lexicon import words_of
from mailgate.screening.width import fold

_FAMOUS = words_of(
    fold("""
    卑弥呼 聖徳太子 小野妹子 中大兄皇子 中臣鎌足 蘇我入鹿 聖武天皇 聖武 行基 鑑真 藤原道長 紫式部 清少納言 平清盛
    源頼朝 源義経 源氏 平家 北条時宗 足利尊氏 足利義満 足利義政 雪舟 ザビエル フランシスコ・ザビエル 織田信長 豊臣秀吉
    徳川家康 徳川家光 徳川吉宗 徳川慶喜 明智光秀 武田信玄 上杉謙信 伊達政宗 真田幸村 坂本龍馬 坂本竜馬 西郷隆盛
    大久保利通 木戸孝允 勝海舟 伊能忠敬 杉田玄白 本居宣長 近松門左衛門 歌川広重 葛飾北斎 松尾芭蕉 与謝蕪村 小林一茶
    ペリー 福沢諭吉 伊藤博文 大隈重信 板垣退助 陸奥宗光 小村寿太郎 東郷平八郎 野口英世 北里柴三郎 渋沢栄一 津田梅子
    樋口一葉 与謝野晶子 夏目漱石 漱石 森鴎外 鴎外 芥川龍之介 太宰治 川端康成 三島由紀夫 谷崎潤一郎 島崎藤村 石川啄木
    正岡子規 高村光太郎 宮沢賢治 新美南吉 金子みすず 谷川俊太郎 椋鳩十 まど・みちお アーノルド・ローベル レオ・レオニ
    ヘレン・ケラー アンネ・フランク マザー・テレサ ガンジー リンカーン ナイチンゲール エジソン ニュートン ガリレオ
    コペルニクス アインシュタイン ダーウィン ファーブル キュリー ノーベル ナポレオン コロンブス マゼラン モーツァルト
    ベートーベン ベートーヴェン バッハ シューベルト ショパン ピカソ ゴッホ モネ ミレー ダリ シェイクスピア
    アンデルセン グリム イソップ 桃太郎 浦島太郎 金太郎 かぐや姫 一寸法師 三年寝太郎 白雪姫 シンデレラ ピノキオ
    ピーターパン アリス ハイジ サンタ サンタクロース ドラえもん アンパンマン ピカチュウ ミッキー スイミー メロス ごん
    兵十 豆太
    """)
)


def without_famous(folded: str, persons: list[Finding]) -> list[Finding]:
    """`persons` in the text without those whom a textbook names, and without the parts of their names."""
    famous = [(one.start, one.end) for one in persons if folded[one.start : one.end] in _FAMOUS]
    if not famous:
        return persons
    theirs = {at for start, end in famous for at in range(start, end)}
    return [one for one in persons if one.start not in theirs or one.end - 1 not in theirs]
