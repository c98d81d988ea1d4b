"""Which charset eight-bit text is in, where its label is missing or untrue: the reading with most sense in it.

`charset` asks when strict UTF-8 fails, or may have succeeded by chance. Kana, kanji and punctuation speak for a
reading, rubbish against it. A few hundred octets decide. No library knows EUC-JP and Shift_JIS apart as well.

Known weakness: two or three half-width kana without a label are kanji in another charset, and nobody can tell.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from mailgate.mail.jis import from_eucjp, is_eucjp

_REPLACEMENT = "\ufffd"
_SCORED_OCTETS = 400
_LABEL_BONUS = 5
_LABEL_BONUS_CP932 = 10  # half-width kana look just like the kanji of EUC-JP: the label has more to say
_SURE_BY = 5
_MOST_BY_CHANCE = 200
_MISREAD_LATIN = re.compile("[A-Za-z][\u4e00-\u9fff]")
"""An accented Latin letter and its neighbour, read as one kanji."""
_THREE_OCTETS = re.compile("[\u0800-\ud7ff\ue000-\ufffc\U00010000-\U0010ffff]")
_WRITTEN_TOGETHER = re.compile(
    "(?=[^A-Za-z]*[A-Za-z])[\x00-\x7f\xa0-\u017f\u0218-\u021b]*"  # Latin, with a plain letter among the others
    "|[\x00-\x7f\xa0-\xbf\u0386-\u03ce]*|[\x00-\x7f\xa0-\xbf\u0400-\u04ff]*|[\x00-\x7f\u0530-\u07ff]*"
)
_JAPANESE = re.compile("[\x00-\x7f\u2460-\u2473\u3000-\u33ff\u4e00-\u9fff\uf900-\ufaff]*")
_SURELY_UTF8 = re.compile("[\u0800-\uabff\ud7a4-\ud7ff\ue000-\ufffc\U00010000-\U0010ffff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_KANA_IN_EUC = re.compile(rb"(?:\x8e[\xa6-\xdf])+")
_ACCENT_AMONG_LETTERS = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
_WORD = re.compile(rb"[^\x00-\x20]+")
_RARE_IN_GB = re.compile(rb"[\x81-\x83][\x40-\xfe]")
"""Kanji in the first rows of GBK are rare; kana of cp932 look like them."""

_WEIGHTS: tuple[tuple[str, int], ...] = (
    ("[\u3041-\u3096\u30a1-\u30fa\u30fc]", 3),  # kana: the surest sign of Japanese
    ("[、。「」]", 2),
    ("[\u4e00-\u9fff\uac00-\ud7a3]", 2),
    ("[\u00c0-\u024f\u0370-\u05ea\u0e01-\u0e5b]", 1),
    ("[\uff61-\uff9f]", -1),
    ("[\u00a1-\u00bf\u0192\u02c6\u02dc\u2013-\u203a\u2122]", -2),
    ("[\ue000-\uf8ff]", -3),
    ("[\x80-\x9f]", -5),
    (_REPLACEMENT, -20),
)


def likeliest(octets: bytes, promised: str | None) -> tuple[str, bool]:
    """The codec (see `decode_with`) that makes most sense of eight-bit `octets`, and whether no other comes near.

    `promised` is what the label says; it breaks ties. "utf-8" comes out for UTF-8 with damage.
    """
    sample = _sample(octets)
    damaged = _without_cut(sample.rstrip())
    unreadable = damaged.count(_REPLACEMENT)
    if len(_THREE_OCTETS.findall(damaged)) > 3 * unreadable + (2 if unreadable else 0):
        return "utf-8", True  # no other charset makes its sequences by chance
    scores = {"utf-8": _score(damaged) + (_LABEL_BONUS if promised == "utf-8" else 0)}
    for codec in (promised, "cp932", "eucjp", "cp1252"):
        if codec and codec not in scores:
            scores[codec] = _score(_tried(codec, sample)) + _expected(codec, sample, codec == promised)
    best, second = sorted(scores, key=lambda codec: scores[codec], reverse=True)[:2]
    return best, best == promised or scores[best] - scores[second] >= _SURE_BY


def may_be_chance(text: str) -> bool:
    """Whether `text`, from octets that are valid UTF-8, may be another charset's: letters of two octets, or Hangul."""
    return not _SURELY_UTF8.search(text)


def as_labelled(octets: bytes, codec: str, text: str) -> str | None:
    """The text of `octets` in the promised `codec`; None where that makes less sense than the UTF-8 `text`."""
    labelled = decode_with(codec, octets)
    if _REPLACEMENT in labelled or (_HANGUL.search(text) and not _JAPANESE.fullmatch(labelled)):
        return None
    return labelled


def euc_by_chance(octets: bytes, text: str) -> str | None:
    """The EUC-JP text of `octets`, which are valid as the UTF-8 `text`, where nobody writes such letters together."""
    if len(octets) > _MOST_BY_CHANCE or _HANGUL.search(text) or _WRITTEN_TOGETHER.fullmatch(text):
        return None
    euc = from_eucjp(octets)
    return euc if _JAPANESE.fullmatch(euc) else None


def decode_with(codec: str, octets: bytes) -> str:
    """`octets` in a codec of Python's, or "eucjp"; what is no character is U+FFFD."""
    return from_eucjp(octets) if codec == "eucjp" else octets.decode(codec, "replace")


def _tried(codec: str, octets: bytes) -> str:
    """As `decode_with`; what cannot be EUC-JP goes to Python's codec, since it scores low however well it is read."""
    if codec == "eucjp" and not is_eucjp(octets):
        return octets.decode("euc_jp", "replace")
    return decode_with(codec, octets)


def _without_cut(octets: bytes) -> str:
    """As UTF-8, but for a character that is cut off at the end."""
    text = octets.decode("utf-8", "replace")
    return text.removesuffix(_REPLACEMENT) if octets[-1] > 0x7F else text


def _sample(octets: bytes) -> bytes:
    """A few hundred octets of those words that are not ASCII."""
    sample = b""
    for word in _WORD.finditer(octets):
        if not word[0].isascii():
            sample += word[0][: _SCORED_OCTETS - len(sample)] + b" "
            if len(sample) >= _SCORED_OCTETS:
                break
    return sample


def _expected(codec: str, sample: bytes, promised: bool) -> int:
    """What speaks for a codec besides the text that it makes of the octets: the label, and its own habits."""
    if codec == "gb18030":
        return _LABEL_BONUS - 2 * sum(map(len, _RARE_IN_GB.findall(sample)))
    if codec == "eucjp":
        kana = _KANA_IN_EUC.findall(sample)
        sure = [run for run in kana if promised or len(run) >= 6]  # no three kanji of cp932 begin with the same octet
        return 2 * sum(map(len, sure)) + (_LABEL_BONUS if promised else 0)
    if codec == "cp1252" and not promised and not _ACCENT_AMONG_LETTERS.search(sample):
        return -2 * len(sample)  # it is half-width kana
    return _bonus(codec) if promised else 0


def _bonus(codec: str) -> int:
    return _LABEL_BONUS_CP932 if codec == "cp932" else _LABEL_BONUS


def _score(text: str) -> int:
    score = -3 * len(_MISREAD_LATIN.findall(text))
    return score + sum(_weight(char) * count for char, count in Counter(text).items() if char > "\x7f")


@lru_cache(maxsize=16_384)
def _weight(char: str) -> int:
    return next((weight for pattern, weight in _WEIGHTS if re.match(pattern, char)), 0)
