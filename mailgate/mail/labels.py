"""The words that clients put over a quoted or forwarded mail: labels of header blocks, and markers.

`lines.py` classifies with them and `quoting.py` decides whether the lines around make a header block. The tables follow
what Outlook, Apple Mail, Thunderbird, Gmail, Yahoo, Samsung and the Japanese clients write in their languages; facts of
the clients, no RFC. A label alone says little (`A:` is Italian for `To:`), so nothing is cut on one.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum, auto


class Role(Enum):
    FROM = auto()
    DATE = auto()
    TO = auto()
    SUBJECT = auto()


# White space inside a label is left out; compared in NFKC and lower case.
_LABELS = {
    Role.FROM: "from 差出人 送信者 送信元 発信者 発信元 von de dela da van fra från od от отправитель від відкого"
    " 发件人 寄件者 寄件人 發件人 보낸사람 보낸이 발신자 expéditeur mittente afzender remitente remetente"
    " nadawca lähettäjä feladó kimden gönderen από αποστολέας dari šalje expeditorul saatja absender"
    " avsändare afsender odesílatel",
    Role.DATE: "sent date datesent 送信日時 送信日 日付 日時 送信時刻 受信日時 受信日 送信時間 gesendet datum envoyé"
    " envoyéle messagedu fecha fechadeenvío enviado enviadoel enviadoem enviadaem enviada data datadeenvio"
    " inviato verzonden sendt skickat sendte wysłano odesláno отправлено дата датаотправки надіслано"
    " відправлено 发送时间 发送日期 日期 寄件日期 傳送時間 傳送日期 發送時間 보낸날짜 보낸시간 날짜 일시"
    " lähetetty päivämäärä päiväys elküldve dátum gönderildi gönderilen gönderilmetarihi göndermetarihi"
    " tarih dato dată enviatel dikirim tanggal trimis odoslané poslano ημερομηνία στάλθηκε",
    Role.TO: "to cc bcc 宛先 送信先 受信者 宛名 写し ccの宛先 reply-to 返信先 an kopie kopie(cc) à a pour copieà"
    " cci para aan kopi kópia kopio til till kopia do dw adresat komu pre prima pera kepada кому копия"
    " копія 收件人 抄送 收件者 副本 密件副本 받는사람 받는이 수신자 참조 vastaanottaja címzett másolat"
    " másolatotkap kime bilgi către destinatarul destinatario destinatário destinataire προς κοιν. svartil"
    " antwortan répondreà rispondia respondera antwoordaan odpowiedź-do ответ-кому",
    Role.SUBJECT: "subject 件名 題名 タイトル 標題 betreff objet sujet asunto assunto oggetto onderwerp emne ämne temat"
    " předmět predmet тема 主题 主題 主旨 제목 aihe tárgy konu subiect subiectul naslov assumpte subjek"
    " objekt θέμα",
}
_ROLES = {label: role for role, labels in _LABELS.items() for label in labels.split()}
_LABELLED = re.compile(r"\s{0,4}\*{0,2}([^:：*]{1,24})\*{0,2}\s{0,2}[:：]")
_DECORATION = "■□◆◇●○・["

_MARKER_WORDS = (
    # Above a reply.
    r"Original Message|Replied Message|Reply Message|"
    r"回复的原邮件|Original appointment|Original-Nachricht|Originalnachricht|"
    r"Ursprüngliche Nachricht|Antwort Nachricht|Message d['’]origine|Message original|Mensaje original|"
    r"Messaggio originale|Oorspronkelijk bericht|Origineel bericht|Mensagem original|Originalmeddelande|"
    r"Ursprungligt meddelande|Oprindelig meddelelse|Original meddelelse|Opprinnelig melding|"
    r"Alkuperäinen viesti|Oryginalna wiadomość|Wiadomość oryginalna|Původní zpráva|Původní e-mail|"
    r"Pôvodná správa|Исходное сообщение|Оригинальное сообщение|Вихідне повідомлення|Початкове повідомлення|"
    r"Оригінальне повідомлення|Özgün İleti|Orijinal Mesaj|Orijinal İleti|Eredeti üzenet|Mesajul original|"
    r"Mesaj original|Αρχικό μήνυμα|原始邮件|原邮件|邮件原件|原始郵件|原郵件|원본 메시지|원본 메일|"
    r"元のメッセージ|元のメール|元メール|元メッセージ|引用元メッセージ|返信元メッセージ|返信元メール|"
    r"オリジナルメッセージ|"
    # Above a forwarded mail.
    r"Forwarded message|Fwd.Msg|Weitergeleitete Nachricht|Message transféré|Message transmis|"
    r"Messaggio inoltrato|Mensaje reenviado|Doorgestuurd bericht|Mensagem encaminhada|Mensagem reencaminhada|"
    r"Videresendt meddelelse|Videresendt melding|Vidarebefordrat meddelande|Edelleenlähetetty viesti|"
    r"Välitetty viesti|Przekazana wiadomość|Treść przekazanej wiadomości|Wiadomość przesłana dalej|"
    r"Přeposlaná zpráva|Preposlaná správa|Пересылаемое сообщение|Перенаправленное сообщение|"
    r"Пересланное сообщение|Перенаправлене повідомлення|Переслане повідомлення|İletilmiş Mesaj|İletilen İleti|"
    r"İletilen ileti|Továbbított üzenet|Mesaj redirecționat|Proslijeđena poruka|转发的邮件|转发邮件|轉寄郵件|"
    r"轉寄的郵件|전달된 메시지|전달된 메일|転送メッセージ|転送メール|転送されたメッセージ|メッセージを転送"
)
_MARKER = re.compile(
    rf"[-‐_=*━─－]{{2,40}}\s{{0,4}}(?:{_MARKER_WORDS})(?:\s/\sFwd\.Msg|\s---\sForwarded Message)?\s{{0,4}}"
    r"[-‐_=*━─－]{2,40}"
    # Yahoo runs the header block into the line.
    r"(?:\s{1,4}\S{1,16}\s?:.{0,300})?$",
    re.IGNORECASE,
)
_LINE_SIGNS = frozenset("-‐_=*━─－")
_BEGINS = re.compile(
    r"(?:Begin forwarded message|Forwarded message|Začátek přeposílané zprávy|Start på videresendt besked|"
    r"Anfang der weitergeleiteten (?:Nachricht|E-Mail)|Inicio del mensaje reenviado|Välitetty viesti alkaa|"
    r"Début du message (?:réexpédié|transféré)|Započni proslijeđenu poruku|Továbbított levél kezdete|"
    r"Inizio messaggio inoltrato|Begin doorgestuurd bericht|Videresendt melding|Początek przekazywanej wiadomości|"
    r"Início da mensagem (?:reencaminhada|encaminhada)|Începe mesajul redirecționat|Начало переадресованного сообщения|"
    r"Začiatok preposlanej správy|Vidarebefordrat mejl|İleti başlangıcı|Початок листа, що пересилається|"
    r"転送された(?:メッセージ|メール)|下记为转发的邮件|開始轉寄郵件|전달된 메시지|보낸 메시지 전달)\s?[:：]$",
    re.IGNORECASE,
)


def header_role(line: str) -> Role | None:
    """What the label at the beginning of a line names, in any of the known languages; None without one."""
    if ":" not in line and "：" not in line:
        return None
    found = _LABELLED.match(line)
    if found is None:
        return None
    label = "".join(unicodedata.normalize("NFKC", found[1].strip(_DECORATION)).casefold().split())
    return _ROLES.get(label)


def is_marker(bare: str) -> bool:
    """Whether a stripped line is a client's marker over what it quotes: `-----Original Message-----`."""
    if bare[0] in _LINE_SIGNS:
        return _MARKER.match(bare) is not None
    return bare[-1] in ":：" and _BEGINS.match(bare) is not None
