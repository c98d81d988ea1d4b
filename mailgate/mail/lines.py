"""What one line of a mail body is: the classes and the pattern tables behind them.

`quoting.py` decides on the pattern that the classes make. Here each line is looked at alone, so its class is a
candidate and never a decision to cut. The forms are those that mail clients write, in Japanese, English and the
other languages of the tables. Reply forms have no RFC; the signature delimiter is RFC 3676, section 4.3. A line
longer than `LONGEST` is text unless it begins with a quote mark; together with bounded repeats that keeps the
time linear.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum, auto

LONGEST = 400


class Line(Enum):
    BLANK = auto()
    TEXT = auto()
    QUOTE = auto()
    MARK = auto()
    """Begins with a mark that is a quote only in company: full-width, a bar, a name."""
    ATTRIBUTION = auto()
    MARKER = auto()
    """`-----Original Message-----` and its like."""
    HEADER = auto()
    """A line with the label of a header block: `From:`, `差出人：`."""
    DELIMITER = auto()
    """The delimiter of signatures, also without its blank, and other rules of one to three signs."""
    RULE = auto()
    FOOTER = auto()
    """What a phone adds by itself."""


class Role(Enum):
    FROM = auto()
    DATE = auto()
    TO = auto()
    SUBJECT = auto()


_LABELS = {
    Role.FROM: "from 差出人 送信者 送信元 発信者 von de da van fra från od от від 发件人 寄件者 寄件人 보낸사람"
    " expéditeur mittente afzender remitente remetente kimden lähettäjä feladó gönderen από",
    Role.DATE: "sent date 送信日時 送信日 日付 日時 送信時刻 受信日時 gesendet datum envoyé date envoyéle fecha"
    " enviado enviadoel enviadoem enviada data inviato verzonden sendt skickat sendte wysłano odesláno отправлено дата"
    " 发送时间 发送日期 日期 寄件日期 傳送時間 보낸날짜 날짜 lähetetty elküldve gönderildi tarih dato trimis",
    Role.TO: "to cc bcc 宛先 送信先 受信者 reply-to 返信先 an kopie à a cci para aan kopi til till kopia do dw komu"
    " kopie кому копия 收件人 抄送 收件者 副本 받는사람 참조 vastaanottaja kopio címzett másolatotkap kime kimden bilgi"
    " către",
    Role.SUBJECT: "subject 件名 題名 タイトル betreff objet asunto assunto oggetto onderwerp emne ämne temat předmět"
    " тема 主题 主題 主旨 제목 aihe tárgy konu subiect objekt",
}
_ROLES = {label: role for role, labels in _LABELS.items() for label in labels.split()}
_LABELLED = re.compile(r"\s{0,4}\*{0,2}([^:：*]{1,24})\*{0,2}\s{0,2}[:：]")

_MARK = re.compile(r"\s{0,3}([＞≫｜]|\|(?=\s)|[^\s<>@:：、。]{1,12}>(?=\s))")
_ADDRESSING = re.compile(r"\s{0,3}[>＞≫]\s?\S{1,16}\s?(?:先生|様|さん|さま|殿|御中|各位|へ)(?:へ|方)?\s?$")

_WROTE = re.compile(
    r"(?:のメール|メッセージ|書きました|の発言|より|wrote|writes|sent|schrieb|geschrieben|écrit|escribió|scritto|schreef|"
    r"escreveu|写道|寫道|작성|쓴\s?글|skrev|kirjoitti|napisała?|napisał\(a\)|pisze|napsala?|napsal\(a\)|írta|написала?|"
    r"пишет|yazdı|đã viết|a scris|έγραψε|va escriure|je napisao)\s{0,2}[:：]\*{0,2}$",
    re.IGNORECASE,
)
# German and Dutch put the name behind the verb; Zoho writes dashes; Horde writes 引用 and no verb.
_WROTE_AROUND = re.compile(
    r"(?:\b(?:Am|Op|Den)\b.{1,200}\b(?:schrieb|schreef|skrev)\b.{1,200}[:：]|-{2,12}\s?.{1,200}\swrote\s?-{2,12}|"
    r"引用\s.{1,200}[:：])$",
)
_ADDRESS = re.compile(r"[\w.+=-]{1,64}@[\w-]{1,63}\.[\w.-]{1,100}")
_BRACKETED = re.compile(r"<\s?(?:mailto:)?[\w.+=-]{1,64}@[\w-]{1,63}\.[\w.-]{1,100}\s?>")
_DATE = re.compile(
    r"\d{4}\s?[年/.-]|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}\.?\s\S{2,12}\s\d{4}|\S{3,10}\s\d{1,2},\s\d{4}"
)
_TIME = re.compile(r"\d{1,2}\s?[:.h時]\s?\d{2}")
_HIRAGANA = re.compile(r"[ぁ-ん]")
_OPENING = re.compile(
    r"(?:On|Le|Am|El|Il giorno|Op|Em|Den|Dne|W dniu|Vào|在|于)\s.{0,200}\d|"
    r"\d{4}[年/-]\s?\d{1,2}[月/-]\s?\d{1,2}.{0,20}?\d[:時]\d{2}"
)

_MARKER_WORDS = (
    r"Original Message|Original-Nachricht|Ursprüngliche Nachricht|Message d['’]origine|Message original|"
    r"Mensaje original|Messaggio originale|Oorspronkelijk bericht|Mensagem original|原始邮件|原邮件|原始郵件|"
    r"원본 메시지|원본 메일|元のメッセージ|元のメール|元メール|元メッセージ|引用元メッセージ|返信元メッセージ|"
    r"Original appointment|Reply message|Forwarded message|Weitergeleitete Nachricht|Message transféré|"
    r"Messaggio inoltrato|Mensaje reenviado|転送メッセージ|転送メール|転送されたメッセージ|转发的邮件"
)
_MARKER = re.compile(
    rf"[-_=*━─－]{{2,40}}\s{{0,4}}(?:{_MARKER_WORDS})\s{{0,4}}[-_=*━─－]{{2,40}}$|"
    r"(?:Begin forwarded message|Début du message réexpédié|Anfang der weitergeleiteten Nachricht|"
    r"Inizio messaggio inoltrato|転送されたメッセージ|Inicio del mensaje reenviado)\s?[:：]$",
    re.IGNORECASE,
)

_DEVICES = (
    r"iPhone|iPad|iPod|Android|Galaxy|Xperia|AQUOS|arrows|Pixel|Huawei|Samsung|BlackBerry|Windows|Mac|Outlook|Gmail|Yahoo!?|"
    r"Thunderbird|Spark|Proton|ドコモ|docomo|au|SoftBank|スマートフォン|スマホ|携帯|タブレット|モバイル|らくらくホン|Nokia|Mail"
)
_FOOTER = re.compile(
    rf"(?:私の)?(?:{_DEVICES})[^。、]{{0,40}}(?:から|より)送信(?:されました|しました|しています)?。?$|"
    rf"(?:{_DEVICES})[^。、]{{0,80}}を入手(?:する)?。?$|"
    rf"Sent (?:from|via|with) (?:my )?(?:\w{{1,12}} )?(?:{_DEVICES})[^,。]{{0,80}}$|"
    r"(?:Get|Download) \[?Outlook for [^,]{1,100}$|"
    rf"(?:Envoyé (?:de|à partir de|depuis)|Enviado desde|Enviado do|Enviado de|Inviato da|Verzonden vanaf|"
    rf"Verstuurd vanaf|Skickat från|Sendt fra|Wysłane z|Lähetetty|Odesláno z|Отправлено с)"
    rf"\s[^,.]{{0,30}}(?:{_DEVICES})[^,]{{0,80}}$|"
    rf"Von (?:meinem|meiner) .{{0,30}}(?:{_DEVICES}).{{0,30}} gesendet$|发自我的\s?.{{1,30}}$|나의 .{{1,30}}에서 보냄$",
    re.IGNORECASE,
)

_RULE_SIGNS = frozenset("━─―‐–—－ー-＝=＿_＊*◇◆☆★■□●○◎▼▽▲△~～〜+＋#＃┏┓┗┛┃┌┐└┘│|╋┳┻┣┫┼〓≡∽∞♪♡♥❀✿✽※:;.｡ﾟ゜･・'`^")
_RULE_ALONE = frozenset("━─―‐–—－ー-＝=＿_＊*◇◆☆★■□~～〜+#┏┓┗┛┌┐└┘〓≡∽")
_SHORTEST_RULE = 4


def classify(line: str) -> Line:
    """The class of one line (without its line end) by its own form alone."""
    bare = line.strip()
    if not bare:
        return Line.BLANK
    if bare[0] == ">":
        return Line.MARK if addresses_a_person(bare) else Line.QUOTE
    if mark(line):
        return Line.MARK
    if len(line) > LONGEST:
        return Line.TEXT
    if len(bare) < _SHORTEST_RULE and _RULE_ALONE.issuperset(bare):
        return Line.DELIMITER
    return Line.RULE if is_rule(bare) else _classify_words(bare)


def _classify_words(bare: str) -> Line:
    if _MARKER.match(bare):
        return Line.MARKER
    if _is_attribution(bare):
        return Line.ATTRIBUTION
    if header_role(bare) is not None:
        return Line.HEADER
    return Line.FOOTER if _FOOTER.match(bare) else Line.TEXT


def mark(line: str) -> str:
    """The mark a line begins with when it can be one of a quote (`>`, `＞`, `|`, `name>`), else empty."""
    if line.lstrip()[:1] == ">":
        return ">"
    found = _MARK.match(line)
    # Two bars are a row of a table.
    return found[1] if found and line.count("|") < 2 else ""


def addresses_a_person(line: str) -> bool:
    """Whether the mark turns to somebody (`＞佐々木先生`) and does not quote."""
    return _ADDRESSING.match(line) is not None


def is_rule(bare: str) -> bool:
    """Whether a stripped line is drawn, not written."""
    signs = "".join(bare.split())
    return len(signs) >= _SHORTEST_RULE and _RULE_SIGNS.issuperset(signs) and not _RULE_ALONE.isdisjoint(signs)


def header_role(line: str) -> Role | None:
    """What the label at the beginning of a line names, in any of the known languages; None without one."""
    found = _LABELLED.match(line)
    if found is None:
        return None
    label = "".join(unicodedata.normalize("NFKC", found[1]).casefold().split())
    return _ROLES.get(label)


def has_address(line: str) -> bool:
    """Whether a mail address stands in the line."""
    return _ADDRESS.search(line[:LONGEST]) is not None


def is_certain_attribution(line: str) -> bool:
    """Whether an attribution has a date and an address or a time, so that nobody types it as a sentence."""
    return _DATE.search(line) is not None and (has_address(line) or _TIME.search(line) is not None)


def stands_over_any_quote(line: str) -> bool:
    """Whether an attribution has a date and an address in angle brackets: believed without a quote mark below it."""
    return _DATE.search(line) is not None and _BRACKETED.search(line) is not None


def opens_attribution(line: str) -> bool:
    """Whether the line can be the first of an attribution that a client wrapped."""
    bare = line.strip()
    return len(bare) <= LONGEST and _OPENING.match(bare) is not None and not bare.endswith(("。", ".", "！", "？"))


def _is_attribution(bare: str) -> bool:
    if bare[-1] == "-":
        return _WROTE_AROUND.match(bare) is not None
    if bare[-1] not in ":：*":
        return False
    if _WROTE.search(bare) or _WROTE_AROUND.match(bare):
        return True
    # A language without a row here: a colon at the end, and an address or a date with a time.
    if header_role(bare) is not None:
        return False
    return has_address(bare) or (is_certain_attribution(bare) and _HIRAGANA.search(bare) is None)


_COURTESY = re.compile(
    r"お世話|よろしく|宜しく|お疲れ|ありがとう|有難う|有り難う|失礼(?:いた|致)?します|恐れ入ります|(?:様|御中|先生|各位)$|^(?:以上|敬具|拝啓)|"
    r"^(?:thank|thanks|best|kind|regards|sincerely|hello|hi|dear)\b",
    re.IGNORECASE,
)
_LONGEST_COURTESY = 40


def is_courtesy(line: str) -> bool:
    """Whether the line is one that everybody writes, so that its coming back says nothing."""
    bare = line.strip()
    return len(bare) <= _LONGEST_COURTESY and _COURTESY.search(bare) is not None
