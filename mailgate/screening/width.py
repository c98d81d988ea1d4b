"""Width folding that keeps offsets: one character in, one character out.

Every rule matches on the folded text and takes its offsets as those of the original. Full-width letters, digits and
signs become ASCII, half-width katakana full width, unusual hyphens "-", and the spellings of one surname meet (髙 and
高). A character whose NFKC form is longer than one (㈱, ㍿) stays as it is. No meaning is decided here.
"""

from __future__ import annotations

import re
import unicodedata

_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), ord("-"))
# 〇 is a numeral to the tokenizer and ◯ is unknown to it; writers mean the circle that hides a name.
_CIRCLES = dict.fromkeys(map(ord, "〇◯"), ord("○"))
_VARIANTS = dict(
    zip(
        map(ord, "髙﨑濵濱邉邊齋齊廣澤國眞嶋冨𠮷栁桒嶌瀨德惠櫻澁圓學礒"),
        map(ord, "高崎浜浜辺辺斎斉広沢国真島富吉柳桑島瀬徳恵桜渋円学磯"),
        strict=True,
    )
)


class _Widths(dict[int, int]):
    """A translation table that fills itself; it never has more entries than there are code points."""

    def __missing__(self, code: int) -> int:
        folded = unicodedata.normalize("NFKC", chr(code))
        # A lone surrogate cannot be encoded, so the tokenizer would refuse the whole line.
        self[code] = 0xFFFD if 0xD800 <= code <= 0xDFFF else ord(folded) if len(folded) == 1 else code
        return self[code]


_TABLE = _Widths(_HYPHENS | _CIRCLES | _VARIANTS)
# Nearly all of a Japanese text is none of these, and so plain as it is: ASCII, 、。「」, kana and usual kanji.
_NOT_PLAIN = re.compile(
    f"[\x80-\u3000\u3003-\u300b\u300e-\u3040\u3097-\u30a0\u30ff-\u4dff\ua000-\U0010ffff{''.join(map(chr, _VARIANTS))}]+"
)


def fold(text: str) -> str:
    """`text` with each character in its plain width; the result has the same length, whatever comes in."""
    return _NOT_PLAIN.sub(lambda match: match[0].translate(_TABLE), text)


def hiragana(text: str) -> str:
    """`text` with each full-width katakana as hiragana; the same length."""
    return text.translate(_KATAKANA)


_KATAKANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
