"""Where the signature of a text begins: the block that carries its writer's name, office and telephone.

`mail/quoting.py` asks at the end of the newly written part. A rule (━━━) may be a heading too, so a block is taken only
when it reads as a signature as a whole: few short lines, no sentence, a contact or an office or a name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailgate.mail.lines import LONGEST, Line

_FARTHEST_SIGNATURE = 25
_MOST_SIGNATURE_LINES = 10
_MOST_NAME_LINES = 4
_MOST_SENTENCES = 2
_SENTENCE = re.compile(
    r"。|[、，？?]$|(?:ます|です|ました|でした|ません|ください|下さい|ましょう|でしょうか|ですか|ますか|でしょう|ですね|ますね|ですが)[!！…]{0,3}$"
)
_CLOSING_WORDS = frozenset({"以上", "敬具", "草々", "かしこ", "追伸", "不一", "以下", "記"})
_BULLET = re.compile(r"\s{0,4}(?:[・･①-⑳→⇒]|[-*•]\s|[(（]?\d{1,2}[.．)）、]\s?\D)")
_CONTACT = re.compile(
    r"[^\w\s〒]{0,3}\s?(?:〒\s?\d|"
    r"(?:TEL|FAX|電話|携帯|直通|内線|代表|Phone|Mobile|Cell|Fon|Tél|Tlf|Tfn|Puh|Тел|Handy|电话|手机|手機|传真|傳真|전화|휴대폰|팩스|"
    r"[TMPF][.:])[^\d。、]{0,12}\d{2}|"
    r"(?:(?:E-?mail|Mail|メール|URL|HP|Web|ホームページ|アドレス)[^\w。]{0,6})?"
    r"(?:https?://|www\.|[\w.+=-]{1,64}@[\w-]{1,63}\.)|"
    r"\+?\d{2,4}[-‐ (]\d{1,4}[-‐ )]\d{3,4}|"
    # A number in groups of two, as in the north of Europe; no date.
    r"(?!\d{2,4}[./-]\d{1,2}[./-])\+?[\d(][\d ()/.‐-]{7,20}\d$)",
    re.IGNORECASE,
)
_TITLES = (
    "弁護士|臨床心理士|公認心理師|社会福祉士|社会保険労務士|カウンセラー|"
    "教諭|校長|教頭|教授|講師|主任|担任|理事|会長|部長|課長|室長|園長|所長|院長|代表|支援員|相談員|司書|保健師|看護師"
)
_OFFICES = (
    "小学校|中学校|高等学校|高校|学園|学院|学校|小学|中学|高中|學校|大學|학교|교육청|상담실|幼稚園|保育園|こども園|大学|大学院|研究所|研究室|事務所|委員会|会社|"
    "センター|クリニック|病院|法人|協会|機構|連合会|相談室"
)
_RANK_OR_PLACE = re.compile(rf"(?:{_TITLES}|{_OFFICES})$")
_OFFICE = re.compile(
    rf"(?:{_OFFICES})(?:\s.{{1,20}})?$|"
    rf"(?:{_TITLES})\s|(?:NPO|学校|福祉|一般社団|公益社団|財団)法人|株式会社|[(（]株[)）]|㈱|"
    r"\b(?:School|University|College|Office|Inc|Ltd|LLC|Institute)\b"
)
_KANJI = "一-鿿々〆ヶ㐀-䶿豈-﫿"
_CAPITAL = "[A-ZÀ-ÖØ-ÞŁŚŠŻŽČĆĐŘİŞΑ-ΩА-ЯЁІЇЄ]"
_NAME = re.compile(
    rf"(?:[^\s、。]{{0,12}}(?:{_TITLES})\s)?(?:[{_KANJI}]{{2,6}}|[ぁ-ん]{{2,5}}\s[ぁ-ん]{{1,5}}|[{_KANJI}]{{1,4}}\s[{_KANJI}ぁ-んァ-ヶー]{{1,5}}|"
    # A kana right behind kanji is a given name only when it is no particle.
    rf"[{_KANJI}]{{1,4}}(?![にをはがのとへでもや])[ぁ-んァ-ヶー]{{2,4}}|"
    rf"{_CAPITAL}[^\W\d_A-Z][\w'’-]{{0,20}} (?:{_CAPITAL}\.? )?{_CAPITAL}[\w'’-]{{1,20}})(?:\s?[(（].{{1,40}}[)）])?$"
)
_NAME_WITH_OFFICE_AND_TITLE = re.compile(
    rf"[^\s、。]{{1,20}}(?:{_OFFICES})\s(?:[^\s、。]{{1,12}}\s)?[^\s、。]{{0,8}}(?:{_TITLES})\s"
    rf"[{_KANJI}ぁ-んァ-ヶー]{{1,6}}(?:\s[{_KANJI}ぁ-んァ-ヶー]{{1,6}})?$"
)
_LONGEST_SIGNATURE_LINE = 70
_WALLS = " \t\u3000┃│|*＊■□◆◇●○☆★"
_WORDS_OF_A_SENTENCE = 6


def find_signature(lines: Sequence[str], kinds: Sequence[Line], start: int, end: int) -> int:
    """Where the signature at the end of lines[start:end] begins; `end` when there is none."""
    first = max(start, end - _FARTHEST_SIGNATURE)
    for at in range(first, end):
        if kinds[at] is Line.DELIMITER and (
            _is_delimited(lines[at], lines[at + 1 : end]) or _reads_as_signature(lines, kinds, at, end)
        ):
            return at
    ruled = _find_ruled(lines, kinds, first, end)
    return ruled if ruled < end else _find_unruled(lines, kinds, first, end)


def _is_delimited(delimiter: str, content: Sequence[str]) -> bool:
    """Whether the delimiter of RFC 3676, also when its blank was lost, has no letter below it but a signature."""
    written = [line for line in content if line.strip()]
    sentences = sum(map(is_sentence, written))
    # A quoted delimiter may have lost its mark, and without its blank it may be a rule of the sender.
    if delimiter == "-- ":
        return sentences <= _MOST_SENTENCES
    return delimiter.rstrip() in ("--", "—") and 0 < len(written) <= _MOST_SIGNATURE_LINES and not sentences


def _find_ruled(lines: Sequence[str], kinds: Sequence[Line], first: int, end: int) -> int:
    """Rules are headings too: the block from a rule to the end has to look like a signature as a whole."""
    found = end
    for at in range(end - 1, first - 1, -1):
        if kinds[at] is not Line.RULE:
            continue
        if found < end and Line.BLANK in kinds[at:found]:
            break
        if _reads_as_signature(lines, kinds, at, end):
            found = at
    return found


def _reads_as_signature(lines: Sequence[str], kinds: Sequence[Line], start: int, end: int) -> bool:
    """Few short lines, none a sentence, with a contact, an office, or (apart from the text) a name."""
    drawn = (Line.RULE, Line.BLANK, Line.DELIMITER)
    content = [line for line, kind in zip(lines[start:end], kinds[start:end], strict=True) if kind not in drawn]
    if not 0 < len(content) <= _MOST_SIGNATURE_LINES:
        return False
    sentences = sum(map(is_sentence, content))
    if sentences and not (_is_a_box(kinds, start, end) and _names_somebody_with_a_note(content, sentences)):
        return False
    if any(is_contact(line) or is_office(line) for line in content):
        return True
    apart = start == 0 or kinds[start - 1] is Line.BLANK or is_sentence(lines[start - 1])
    return apart and len(content) <= _MOST_NAME_LINES and any(is_name(line) for line in content)


def _is_a_box(kinds: Sequence[Line], start: int, end: int) -> bool:
    """Whether a rule stands over the block and another ends it, as around signatures and seldom around text."""
    last = next((at for at in range(end - 1, start, -1) if kinds[at] is not Line.BLANK), start)
    return kinds[start] is Line.RULE and kinds[last] is Line.RULE


def _names_somebody_with_a_note(content: Sequence[str], sentences: int) -> bool:
    """A motto or the hours may stand in a signature that has a contact, and besides it a name or an office."""
    contacts = any(is_contact(line) for line in content)
    return sentences == 1 and contacts and any(is_name(line) or is_office(line) for line in content)


def _find_unruled(lines: Sequence[str], kinds: Sequence[Line], first: int, end: int) -> int:
    """The last lines without a rule over them, when they are clearly a signature and nothing announces them."""
    last = end
    while last > first and kinds[last - 1] in (Line.RULE, Line.BLANK):
        last -= 1
    start = last
    while start > first and kinds[start - 1] is not Line.BLANK and not is_sentence(lines[start - 1]):
        start -= 1
    start = _with_the_name_above(lines, kinds, start, last, first)
    content = [line for line in lines[start:last] if line.strip()]
    above = next((lines[at] for at in range(start - 1, first - 1, -1) if kinds[at] is not Line.BLANK), "")
    if len(content) == 1 and _NAME_WITH_OFFICE_AND_TITLE.match(content[0]) and not announces(above):
        return start
    if not 1 < len(content) <= _MOST_SIGNATURE_LINES or any(map(announces, (above, content[0]))):
        return end
    return start if _names_one_person(content) else end


def _with_the_name_above(lines: Sequence[str], kinds: Sequence[Line], start: int, last: int, first: int) -> int:
    """Where a signature begins whose contacts stand in a block of their own below name and office."""
    if start - 2 < first or not all(map(is_contact, lines[start:last])):
        return start
    above = start - 1
    while above > first and kinds[above - 1] is Line.TEXT and not is_sentence(lines[above - 1]):
        above -= 1
    block = lines[above : start - 1]
    one = sum(map(is_name, block)) == 1
    return above if one and len(block) <= _MOST_NAME_LINES and any(map(is_office, block)) else start


def _names_one_person(content: Sequence[str]) -> bool:
    """Somebody with a telephone or an address, or one name with an office: no list of links, schools or people."""
    contacts = [is_contact(line) for line in content]
    if any(contacts):
        reachable = any(contact and "://" not in line for contact, line in zip(contacts, content, strict=True))
        named = any(map(is_office, content)) and sum(map(is_name, content)) == 1
        return (reachable or named) and not all(contacts)
    return any(map(is_office, content)) and sum(map(is_name, content)) == 1


def is_sentence(line: str) -> bool:
    """Whether the line reads as part of the message: it ends as a sentence does, is long, or is an item of a list."""
    bare = line.strip()
    english = bare.endswith((".", "!", ",")) and len(bare.split()) >= _WORDS_OF_A_SENTENCE
    if english or len(bare) > LONGEST or _SENTENCE.search(bare):
        return True
    if is_contact(bare):
        return False
    return len(bare) > _LONGEST_SIGNATURE_LINE or bare in _CLOSING_WORDS or _BULLET.match(bare) is not None


def announces(line: str) -> bool:
    """Whether the line says that the ones below belong to the message (`連絡先は下記のとおりです`)."""
    bare = line.strip()
    return (
        bare.endswith((":", "："))
        or re.search(r"下記|以下|次の|連絡先|相談先|合わせ先|窓口|こちら|紹介|お薦め|おすすめ|below", bare[:LONGEST])
        is not None
    )


def is_contact(line: str) -> bool:
    """Whether the line is a telephone number, an address, a link or a place with its label."""
    return _CONTACT.match(line.strip()[:LONGEST]) is not None


def is_office(line: str) -> bool:
    """Whether the line names a workplace or a profession as signatures do."""
    bare = line.strip(_WALLS)
    return len(bare) <= _LONGEST_SIGNATURE_LINE and _OFFICE.search(bare) is not None


def is_name(line: str) -> bool:
    """Whether the line has the shape of a bare name, perhaps behind a title; there is no dictionary behind it."""
    bare = line.strip(_WALLS)
    short = len(bare) <= _LONGEST_SIGNATURE_LINE
    return short and _NAME.match(bare) is not None and _RANK_OR_PLACE.search(bare) is None
