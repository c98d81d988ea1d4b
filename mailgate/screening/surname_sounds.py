"""How surnames sound in hiragana: a beginning and an ending that land and houses gave (ほり and かわ, なか and た).

Beside `name_sounds`, which does the same for given names. The dictionary has few surnames in hiragana, and people write
them so for a child or a colleague. Everyday words are made of the same sounds: for places only where a title or a role
stands, and never for a word that the dictionary knows as something else.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mailgate.screening.lexicon import NEVER_A_NAME, either, words_of
from mailgate.screening.words import NAMING, readings

_BEGINNINGS = words_of("""
    あい あお あか あき あさ あし あず あま あら あり い いい いけ いし いず いそ いち いと いな いぬ いの いま いり
    いわ う うえ うお うし うち うめ うら え えの お おお おか おき おく おざ おの おり か かい かき かげ かさ かし
    かじ かた かつ かど かな かね かの かま かみ かめ かも から かわ かん き きく きし きた きど きの きむ くさ くす
    くに くぼ くま くら くり くる くろ くわ こ こう こが こじ こだ こで こば こま こみ こん ご さ さえ さか さき さく
    さくら ささ さと さの さわ しお しげ しな しの しば しぶ しま しみ しも しょう しら しろ しん す すえ すが すぎ
    すず すみ すわ せ せき せと せり そう その そめ た たか たき たけ たじ ただ たち たつ たて たな たに たの たま
    たむ たる ち ちば つ つか つき つじ つち つつ つね つの つる て てら でぐ と とう とお とき とく とだ とみ とも
    とよ とり どい な なお なか なが なぎ なつ なみ なら なり なる なわ に にし にった にわ ぬま ね ねぎ の のぐ のざ
    のだ のむ のり は はぎ はし はせ はた はな はね はま はや はら はる はん ば ひ ひえ ひがし ひぐ ひさ ひだ ひの
    ひら ひろ ふか ふく ふじ ふせ ふた ふな ふる ほし ほそ ほり ほん ま まえ まき まさ ます まち まつ まる み みず
    みぞ みち みつ みね みの みや みょう むか むこう むら め も もち もと もり もろ や やぎ やす やち やつ やな やの
    やま ゆ ゆき ゆげ ゆづ よ よこ よし よね よもぎ ろく わ わか わき わし わた わたな
    """)
_ENDINGS = words_of("""
    い いけ いし いずみ いわ うえ うち うら お おか おき おの か かい かた がた かど かみ がみ かわ がわ き ぎ きだ
    くち ぐち くに くぼ くま くら ぐら さか ざか さき ざき さと ざと さわ ざわ しげ した しま じま しろ じろ すえ ずみ
    せ せき ぜき た だ たけ だけ たに だに たき だき つか づか つじ つち づち てら でら とう どう なか なが なみ なり
    ね の のうえ のはら のみや ばやし はし ばし はた ばた ばたけ はま はら ばら ひら ふじ べ ほり ぼり ぶち ま まき
    まさ ます まち まつ まる み みず みち みつ みね みや むら め もと もり や やし やす やま ゆき よし わ わき わら
    わり
    """)
_MADE = re.compile(f"(?:{either(_BEGINNINGS)})(?:{either(_ENDINGS)})")
# Words and phrases of these sounds that the dictionary does not have as one word.
_OTHERWISE = words_of("""
    あいた あかい あった いいた いった いまの いのち うえの うちの おおい おおき おおきい おおくの おいた かいた
    かった かのじょ からの きいた きた きのう くるま ここの このま こまった これから しった した しまった すみ その
    そのうち そのた そのとき たった ちいさい ついた つくった できた とった とき ときの とまった なおった なった なかの
    なかよし なぎ なに にた にわ のった はいった はなした はしった はやい はやき ひいた ひろい ふった ふるい まった
    まえの ますます みた むかし むかしの もった もとの やさし やすみ ゆった よかった よった わかった わかい わった
    わるい まちの むらの やまの かわの うみの はまの もりの みなの ほかの
    """)
_SHORTEST, _LONGEST = 3, 5


def could_be_surname(name: str) -> bool:
    """Whether this hiragana sounds like a surname and is no other word."""
    return _SHORTEST <= len(name) <= _LONGEST and _sounds_so(name)


@lru_cache(2000)
def _sounds_so(name: str) -> bool:
    if name in NEVER_A_NAME or name in _OTHERWISE or name.endswith(("った", "んだ", "いた", "した")):
        return False
    return bool(_MADE.fullmatch(name)) and readings(name) <= NAMING
