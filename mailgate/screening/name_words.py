"""What a word must be to be a name of a person: by its script, and by its readings in the dictionary.

For the rules in `persons` and `addressed_names`.
"""

from __future__ import annotations

import re

from mailgate.screening.finding import Tier
from mailgate.screening.lexicon import EVERYDAY, NEVER_A_NAME
from mailgate.screening.words import PERSONAL, Kind, Word, readings

Span = tuple[int, int, Tier, str]
KANJI = re.compile(r"[一-鿿々〆ヶ\U00020000-\U0003ffff]+")
NAME_TEXT = re.compile(r"[一-鿿々〆ヶぁ-ゖァ-ヺー\U00020000-\U0003ffff]+")
PARTICLE_FIRST = tuple("のとはがもやをに")
# What may make a given name of two or three characters, by its last one.
ENDS_GIVEN = frozenset(
    "美子奈菜香花華莉梨里理利璃紗沙咲希音乃葉愛海織帆歩羽空月心結凛凜那南世代恵江枝衣依絵緒桜楓蘭鈴璃琉怜玲麗澄涼優結斗翔也哉"
    "太郎朗介輔助平樹輝真馬磨吾悟司志詩史仁弥矢雄男夫彦之幸行貴基紀徳則典明章昭彰良亮涼亜愛胡湖瑚来央夏風都奏天英加摘雨実舞雅雪蓮廉暉陽晴遥悠佑祐宥侑慧敏聡哲俊隼駿颯"
    "摩耶弥夜宵瑠留苗萌芽芭波珠寿朱樹晏杏穂保歩己巳毅剛健憲謙賢拓琢匠巧丞成誠聖惺晟翼櫂魁凱諒綾彩"
)
# What may stand beside a name that stands by itself.
APART = frozenset({Kind.SPACE, Kind.SYMBOL, Kind.PARTICLE})
# The last characters of most surnames.
ENDS_SURNAME = frozenset(
    "田川河村原井木野山本島嶋崎沢江藤岡谷森林橋口内辺部尾中上下松杉塚屋宮池石坂倉瀬城浜津見間葉竹水戸平永保形賀根"
)
WITH_OTHER_READINGS = PERSONAL | {Kind.PLACE, Kind.PROPER, Kind.NOUN}


def could_be(word: Word, kind: Kind, addressed: bool = False) -> bool:
    """Whether the word is, or in another reading can be, a name of this kind; more words can in front of さん."""
    if word.text in NEVER_A_NAME and word.kind not in PERSONAL and not (addressed and word.text in EVERYDAY):
        return False
    return word.kind is kind or (_plain_name(word) and kind in readings(word.text))


def _plain_name(word: Word) -> bool:
    return word.kind in WITH_OTHER_READINGS and bool(NAME_TEXT.fullmatch(word.text))


def could_be_given(word: Word) -> bool:
    return _plain_name(word) and Kind.GIVEN in readings(word.text)
