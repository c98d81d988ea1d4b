"""Whether a short mail of a member declines and says nothing else: 「今回は見送らせてください。よろしくお願いします。」

Beside the word alone in the first line, which `desk/wording.py` knows. Every sentence must be a refusal, or the regret,
reason or thanks that stand around one; anything else is for a person to read, as is any question. What is taken for a
refusal ends an invitation: the member is told so, and may still write. Pure; bounded in length before a
pattern sees it.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum, auto

from mailgate.desk import courtesy

_LONGEST = 240
"""Characters of a mail that is looked at; who declines politely in both languages stays below."""
_MOST_SENTENCES = 10
_SENTENCE = re.compile(r"[。.!\n]+")
_CLAUSE = re.compile(r"[、,]\s*")
_ASKS = re.compile(r"[?？]")
_ABOUT = re.compile(r".[はがも].")
"""A sentence about something is no greeting, though it ends in です as a name does."""

_LET = (
    r"(?:させて|せて)(?:ください|下さい|いただきます|頂きます|いただけますか|いただきたいです|いただきたく(?:思います|存じます)"
    r"|いただきたいと(?:思います|存じます)|いただければ(?:と思います|と存じます|幸いです)?)"
)
_DO = (
    rf"(?:します|いたします|致します|申し上げます|したいです|したく(?:思います|存じます)|したいと(?:思います|存じます)|です"
    rf"|でお願い(?:します|いたします|致します)|をお願い(?:します|いたします|致します)|と{_LET}|{_LET})"
)
_UNABLE = (
    r"(?:でき(?:ません|ないです|そうに(?:ありません|ないです)|かねます|なくなりました)|(?:いたし|致し|し)かねます"
    r"|難しい(?:です|状況です|と思います|かと思います)|叶いません)"
)
_NOT_FREE = r"(?:都合が(?:つか|付か|合わ)|時間が(?:取れ|とれ|作れ)|手が(?:回ら|離せ)|お?役に(?:立て|たて))"
_SORRY = (
    r"(?:(?:大変|誠に|まことに|本当に)?(?:申し訳(?:あり|ござい)ません(?:でした)?|申し訳(?:ない|なく思い)です?|すみません|すいません"
    r"|ごめんなさい|恐縮です|残念です|心苦しいです|失礼(?:します|いたします|致します)))"
)
_LEAD = (
    r"(?:(?:大変|誠に|まことに|本当に)?(?:申し訳(?:あり|ござい)ませんが|申し訳ないのですが|申し訳ないですが|恐れ入りますが|恐縮ですが"
    r"|残念ながら|残念ですが|すみませんが|すいませんが|勝手ながら|勝手(?:を申しますが|ではございますが)|心苦しいのですが)"
    r"|せっかくの?(?:お話|ご依頼|機会|お声がけ)?(?:ですが|ではございますが|ではありますが|なのですが|をいただきましたが)"
    r"|(?:ご依頼|ご連絡|お声がけ)(?:を?いただき)?(?:ありがとうございますが|ましたが)"
    r"|今回(?:は|の(?:件|ご?依頼)(?:は|を|につ(?:いて|きまして)は)|に(?:つ(?:いて|きまして)|関しまして)は)?|この(?:度|たび)は"
    r"|こちらの?(?:件|ご?依頼)?は|ご?依頼(?:は|を)|コメント(?:は|を)"
    rf"|{_NOT_FREE}ず|(?:都合|仕事の都合|諸事情|事情|家庭の事情|一身上の都合)(?:により|で|のため)"
    r"|(?:業務|仕事|公務)?(?:が)?(?:多忙|繁忙期|立て込んでいる|忙しい)(?:の?ため|につき|により|なので|ですので|で|ので)"
    r"|(?:体調不良|出張|出張中|入院中|休暇中|専門外)(?:のため|につき|により|なので|ですので|で))"
)
_REASON = re.compile(r".{1,24}(?:ため|ので|により|につき|ず|都合で|事情で)")
"""Any reason: only before words that are nothing but a refusal."""
_FIRMLY = re.compile(
    rf"{_LEAD}{{0,3}}(?:ご?辞退{_DO}|お断り{_DO}|見送(?:ります|りたいです|りたいと(?:思います|存じます)|ら{_LET})"
    rf"|(?:ご)?遠慮{_DO}|パス{_DO})"
)
_SOFTLY = re.compile(
    rf"{_LEAD}{{0,3}}(?:(?:ご?参加|ご?協力|お?力添え|ご?対応|ご?回答|お返事|返信|コメント|お引き受け|お受け|引き受け|書くこと)"
    rf"(?:することが|することは|は|が|を)?{_UNABLE}"
    rf"|{_NOT_FREE}(?:ません|ないです|なくなりました|ない(?:状況|ため)です|そうに(?:ありません|ないです))|都合が(?:つき|付き|合い)ません"
    rf"|都合が(?:つき|付き|合い)そうにありません|時間が(?:ありません|取れません|とれません)"
    rf"|引き受けられません|受けられません|参加できません)"
)
_REGRET = re.compile(rf"{_LEAD}{{0,3}}{_SORRY}")
_LEADS = re.compile(rf"{_LEAD}{{1,3}}")
_HELD_UP = re.compile(rf".{{0,30}}{_NOT_FREE}ず")

_AFRAID = (
    r"(?:(?:i(?:'m| am) )?(?:very |so |really )?(?:sorry|afraid)|unfortunately|regretfully|sadly|regrettably"
    r"|thank(?:s| you)(?: for .{1,40})?)(?: that)?,? ?(?:but )?"
)
_THIS_TIME = r"(?: (?:this time|at this time|right now|at the moment|at present|this week|on this occasion))"
_ENGLISH = re.compile(
    rf"(?:{_AFRAID}){{0,2}}(?:"
    rf"i (?:(?:have to|must|need to|will|will have to|would like to|want to|wish to) )?(?:respectfully |politely )?"
    rf"decline(?: (?:this|the|your)(?: kind)? (?:invitation|request|one))?{_THIS_TIME}?"
    rf"|(?:i(?:'ll|'d like to) |please let me )(?:have to )?(?:decline|pass){_THIS_TIME}?"
    rf"|i (?:can't|cannot|can not|(?:am|'m) (?:unable|not able) to|won't be able to|will not be able to)"
    rf"(?:(?: (?:help|comment|take part|participate|contribute|join|answer|do (?:it|this)|make it"
    rf"|take (?:it|this)(?: on)?))"
    rf"(?: (?:with|in|on) (?:this|it)(?: one)?)?{_THIS_TIME}?|{_THIS_TIME})"
    rf"|i (?:have to|must|will|will have to) pass(?: on this(?: one)?)?{_THIS_TIME}?"
    rf"|not this time|(?:please )?count me out{_THIS_TIME}?)"
    rf"(?: (?:because|as|since) .{{1,60}})?"
)
_ASIDE = re.compile(
    r"(?:どうか|何卒)?ご(?:了承|理解|容赦)(?:の程|のほど)?、?(?:ください|下さい|(?:を|いただけますと|いただければ).{0,10}|(?:どうぞ)?よろしくお願い.{1,8})"
    r"|(?:この(?:度|たび)は|今回は)?(?:ご依頼|ご連絡|ご案内|お声がけ|お声掛け|お誘い)(?:を?(?:いただき|下さり|くださり))?、?(?:誠に)?"
    r"ありがとうございま(?:す|した)"
    r"|また(?:の|別の)?(?:機会|次回|折)(?:に|が(?:あれば|ありましたら|ございましたら))?(?:は|も)?、?(?:ぜひ|是非)?、?"
    r"(?:(?:よろしく)?お(?:願い|声がけ|声掛け|誘い)(?:します|いたします|致します|ください|下さい))?"
    r"|悪しからず(?:ご了承ください)?|(?:以上、?)?(?:どうぞ)?(?:何卒)?(?:よろしく|宜しく)お(?:願い|ねがい)(?:します|いたします|致します|申し上げます)"
    r"|(?:ただいま|現在|今)?(?:仕事が|業務が)?(?:立て込んで(?:います|おります)|多忙(?:です|にしております|のためです)|忙しいです)"
    rf"|(?:i(?:'m| am) )?(?:very |so |really )?sorry(?: (?:about|for) (?:that|this))?"
    rf"|i(?:'m| am) (?:too|very) busy{_THIS_TIME}?"
    r"|i hope you understand|thank(?:s| you) for .{1,40}|(?:maybe|perhaps) (?:another|next) time"
    r"|i hope to help (?:another|next) time"
)
_NAME_BELOW = re.compile(r"[々一-鿿]{2,5}|[々一-鿿ぁ-ヿ]{1,6} [々一-鿿ぁ-ヿ]{1,6}|[a-z]{2,15}(?: [a-z]{2,15})?")


class _Says(Enum):
    DECLINES = auto()
    NOTHING_ELSE = auto()
    MORE = auto()


def declines(written: str) -> bool:
    """Whether the newly written text is a refusal, with nothing beside it but what goes with one."""
    plain = unicodedata.normalize("NFKC", written).replace("\u2019", "'").lower().strip()
    if len(plain) > _LONGEST or _ASKS.search(plain):
        return False
    sentences = [text for one in _SENTENCE.split(plain) if (text := " ".join(one.split()).strip("「」\"' 、,"))]
    if len(sentences) > _MOST_SENTENCES:
        return False
    while sentences and courtesy.greets(sentences[0]) and not _ABOUT.search(sentences[0]):
        sentences.pop(0)
    found = [_says(one) for one in sentences]
    if len(found) > 1 and found[-1] is _Says.MORE and _NAME_BELOW.fullmatch(sentences[-1]):
        found.pop()
    return _Says.DECLINES in found and _Says.MORE not in found


def _says(sentence: str) -> _Says:
    if _ENGLISH.fullmatch(sentence):
        return _Says.DECLINES
    if courtesy.thanks(sentence) or _ASIDE.fullmatch(sentence):
        return _Says.NOTHING_ELSE
    *before, last = _CLAUSE.split(sentence)
    known = all(map(_LEADS.fullmatch, before))
    if _FIRMLY.fullmatch(last) and all(_LEADS.fullmatch(one) or _REASON.fullmatch(one) for one in before):
        return _Says.DECLINES
    if _SOFTLY.fullmatch(last) and known:
        return _Says.DECLINES
    if _REGRET.fullmatch(last) and known:
        return _Says.DECLINES if _HELD_UP.match(sentence) else _Says.NOTHING_ELSE
    return _Says.MORE
