"""How given names sound in hiragana: a beginning and an ending that parents put together (ひで and ひと).

Beside the table of `given_names`, which holds the common ones: far more are made than any table holds. For
`kana_names` and `addressed_names`, which ask for a place in the sentence as well, since everyday words are made of the
same sounds. A word that the dictionary knows as something else is no such name.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mailgate.screening.given_names import ALSO_PHRASES, GIVEN_NAMES
from mailgate.screening.lexicon import NEVER_A_NAME, either, words_of
from mailgate.screening.words import NAMING, readings

_BEGINNINGS = words_of("""
    あい あお あか あき あさ あす あず あつ あま あや あゆ あり いく いさ いつ うた えい えみ えり おと おり かい
    かえ かお かず かつ かな かほ かん がく きく きは きみ きょう きよ きら くに くみ くる けい けん げん こう こと
    この こは ごう うみ えつ かよ きさ くら こゆ さよ しま すず ちや なえ なゆ ねね のえ まり みえ りえ れみ
    さあ さえ さき さく さだ さち さと さな さや さゆ さら さわ しお しげ しず しの しほ しゅう
    しゅん しょう しん じゅ じゅん じょう すず すみ せい せつ せな せん そう そよ そら たい たか たき たく たけ たつ
    たま たみ だい ちえ ちか ちさ ちづ ちな ちは ちほ ちよ つき つね てつ てる てん とう とき とく とし とみ とも
    とよ とら なお なが なぎ なつ なな なみ なり なる のぞ のぶ のり はつ はな はや はる ばん ひこ ひさ ひで ひと
    ひな ひま ひめ ひろ ふう ふく ふさ ふじ ふみ ふゆ ぶん まあ まい まお まき まさ まな まほ まみ まゆ まり みい
    みお みか みき みさ みず みち みつ みな みね みの みは みほ みや みゆ みり みる みれ みわ むつ むね めい めぐ
    もえ もと もも もり やす やま ゆい ゆう ゆき ゆず ゆづ ゆな ゆま ゆみ ゆめ ゆら ゆり ゆわ よう よし らい らん
    りい りお りき りく りさ りつ りな りの りほ りゅう りょう りん るい るう るな るり れい れお れん わか
    """)
_ENDINGS = words_of("""
    あ あき いち いちろう え えい お おみ おん か かず かつ が き きち ぎ くに こ ご さ さく さと さぶろう
    ざぶろう し しげ しろう じ じゅ じゅん じろう じん すけ すみ せ せい ぞう た たか たけ ただ たね たろう だい ちか
    つき つぐ つね てる と とう とき とし とみ とも とら な なお なり ね の のしん のじょう のすけ のぶ のり は はち
    はちろう はる ひ ひこ ひさ ひで ひと ひら ひろ ふさ ふみ へい ほ ま まさ まろ み みち みつ む むね もと もり や
    やす ゆう ゆき よ よし ら り る ろう わ ん
    """)
_MADE = re.compile(f"(?:{either(_BEGINNINGS)})(?:{either(_ENDINGS)})")
# Words and phrases of these sounds that the dictionary does not have as one word.
_OTHERWISE = words_of("""
    あかの あかり あきの あきは あきら あきらか あさの あさは いつま うたう うたの かなり かなわ きよう ことが
    ことと ことは ことも このかた このは このみ このよ さきの さきほ しんの せいか せいで そうか そうが そうと
    そうな そのは そのひ そのみ そのよ そのわ そらの そらは たいが たいき たいし ただし たまに たまの ときの ときは
    とくに ともに なおさら なつの なるか なるが なると はなの はなは はやく はやさ はやし はるの はるは ひとの
    ひとは ひとみ ひとり ひまな ふくむ ふゆの ふゆは まいとし まいよ まさか まさに みかた みつか みなさ みなの
    みなは みるか みるの もとの もとは もりの やまの やまは ゆきの ゆきは ゆめの ゆめは よう ようが ようし ようじ
    ようす ようと ような ようひ よしの るなら わかき わかり わかる
    """)
LONGEST_NAME = 7
# The two characters that begin some name.
BEGINNINGS = frozenset(name[:2] for name in (*GIVEN_NAMES, *_BEGINNINGS) if len(name) > 1)


def could_be_given(name: str) -> bool:
    """Whether this hiragana is a given name of the table, or sounds like one and is no other word."""
    return name in GIVEN_NAMES or (3 <= len(name) <= LONGEST_NAME and _sounds_given(name))


@lru_cache(2000)
def _sounds_given(name: str) -> bool:
    if name in NEVER_A_NAME or name in _OTHERWISE or name in ALSO_PHRASES or not _MADE.fullmatch(name):
        return False
    if name.endswith("くん"):  # ゆう|とくん
        return False
    return readings(name) <= NAMING
