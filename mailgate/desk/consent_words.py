"""Whether a teacher says yes to the text that members will see, and nothing else.

The mail has to fall into clauses of which one at least is a yes and every other one a greeting, thanks, or what the
teacher is called; one that is anything else (a condition, a question, a change) makes the whole of it a follow-up that
an operator reads. So the lists below may be short: what they lack costs a look, never a consent that was not given.

Before: `mail/quoting.py` has taken off the quote and the signature. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from mailgate.desk.compact import compact
from mailgate.desk.courtesy import plain_line

_LONGEST_LINE = 80
_MOST_LINES = 12

_DO = r"(?:です|ます|(?:いた|致)?し(?:ます|ました))"
_THIS = (
    r"(?:(?:(?:この|その|こちらの|上記の|いただいた|お送りいただいた)(?:内容|文面|文章|文言|形|まま|もの|とおり|通り)"
    r"|内容|文面|文章|これ|それ|こちら)(?:については|には|に|では|で|は)?)?"
)
_ARE_NONE = r"(?:は|も)?(?:特に)?(?:ありません|ございません|ないです|なしです|なし)"
_GO_ON = (
    r"お願い(?:し|いたし|致し|申し上げ)ます"
    r"|(?:(?:コミュニティ・?)?メンバー(?:の(?:方々?|皆(?:様|さま|さん)))?(?:に|へ))?"
    r"(?:お?(?:進め|見せ|届け)(?:て|になって)?|お?送り|送って|お渡し|ご?依頼して)(?:ください|下さい)"
)
_YES = re.compile(
    rf"(?:はい|ええ)?{_THIS}(?:同意|了承|承諾|承知|了解|賛成){_DO}"
    rf"|(?:はい|ええ)?{_THIS}(?:大丈夫|よろしい|ok|問題ない|差し支えない)(?:です|でございます|と思います)"
    rf"|(?:はい|ええ)?{_THIS}(?:特に|何も|全く)?(?:問題|異存|異議|差し支え){_ARE_NONE}"
    rf"|(?:はい|ええ)?(?:特に)?(?:修正|訂正|変更|直したい)(?:点|箇所|ところ)?{_ARE_NONE}"
    rf"|(?:はい|ええ)?(?:この|その)(?:内容|文面|文章|まま|形)で(?:結構です|けっこうです|{_GO_ON})"
    r"|(?:はい|ええ)?(?:それ|これ|こちら)で(?:結構です|けっこうです|お願い(?:し|いたし|致し)ます)"
    rf"|はい(?:どうぞ)?(?:結構です|{_GO_ON})?"
    r"|ok|okay|yes|yes please|agreed?|approved|(?:yes )?(?:i|we) (?:agree|consent)(?: to (?:it|this|that|the text))?"
    r"|(?:that|this|it|the text|everything)(?:'s| is| looks)(?: all| quite| perfectly| absolutely)? "
    r"(?:fine|ok|okay|good|right|alright|all right)(?: (?:with|by|for|to) me)?"
    r"|(?:looks|sounds)(?: all)? (?:good|fine|ok|okay)(?: to me)?|fine(?: (?:with|by) me)?"
    r"|no (?:problem|objections?|changes?)|(?:yes )?(?:please )?go ahead(?: with (?:it|this|that|this text))?"
)
_BESIDE = re.compile(
    rf"{_GO_ON}|(?:どうぞ|では|それでは|引き続き|何卒|以上)*(?:よろしく|宜しく)お(?:願い|ねがい)(?:し|いたし|致し|申し上げ)ます"
    r"|(?:ご?(?:確認|連絡|対応|配慮|返信|案内)(?:を)?(?:いただき|下さり|くださり)?)?(?:誠に|大変|どうも|本当に)?ありがとうございま(?:す|した)"
    r"|(?:内容|文面|文章)?を?(?:確認|拝見|拝読)(?:いた|致)?しました|以上(?:です)?|結構です"
    r"|(?:いつも|大変)*お世話に(?:なっております|なっています|なります)|こんにちは|こんばんは|おはようございます|お疲れ(?:様|さま)です"
    r"|(?:先生の窓口|窓口|運営|事務局|ご?担当者?|の|方)*(?:様|さま|御中|各位|皆(?:様|さま|さん))"
    r"|please|please (?:do|proceed|send it)|many thanks|thanks|thank you(?: so much| very much)?"
    r"(?: for (?:your|the) (?:help|mail|message|support|work))?|best|(?:(?:with )?(?:best|kind|warm) )?regards"
    r"|best wishes|(?:yours )?sincerely"
    r"|(?:hello|hi|dear|good (?:morning|afternoon|evening))(?: (?:all|team|there|everyone|operators?|sir or madam))?"
)
_CLAUSES = re.compile(r"(?<!で)[、,]|[。.!]")
_AFTER_A_NAME = r"の|です|と申します|でございます|より|拝|教諭|教頭|校長|先生"


def consents(written: str, names: Collection[str] = ()) -> bool:
    """Whether a mail says yes and nothing else; `names` are what its sender, their school and the desk are called, as
    `desk/compact.py` writes them."""
    lines = [line for line in written.split("\n") if line.strip()]
    if len(lines) > _MOST_LINES or any(len(line) > _LONGEST_LINE for line in lines):
        return False
    clauses = list(_clauses(lines, names))
    return any(map(_YES.fullmatch, clauses)) and all(_YES.fullmatch(one) or _BESIDE.fullmatch(one) for one in clauses)


def _clauses(lines: Collection[str], names: Collection[str]) -> Iterator[str]:
    """What the lines say, in plain form and without those that only name somebody."""
    for line in lines:
        for clause in _CLAUSES.split(plain_line(line).replace("’", "'")):
            plain = clause.strip() if clause.isascii() else "".join(clause.replace("、", "").split())
            if plain and not _names(plain, names):
                yield plain


def _names(clause: str, names: Collection[str]) -> bool:
    """Whether a clause is what somebody is called (西小の石田です) and no more."""
    text = compact(clause).text
    words = sorted({name for name in names if len(name) > 1 or name == text}, key=len, reverse=True)
    found = re.sub("|".join(map(re.escape, words)), "", text) if words else text
    return found != text and re.fullmatch(rf"(?:{_AFTER_A_NAME}|様|御中|dear)*", found) is not None
