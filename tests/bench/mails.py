"""Mails to send: 5 kB of Japanese in the three ways in which teachers' programs write it. The text is invented."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.policy import SMTP

SIZE_BYTES = 5000
_SENTENCES = (
    "担任している学級のことでご相談します。",
    "二学期に入ってから、朝の会に遅れてくる子が増えました。",
    "家庭へ電話をしても、なかなかつながりません。",
    "学年の先生方とは毎週話し合っています。",
    "どのように声をかければよいか、迷っています。",
    "席替えのあとで、休み時間に一人でいる子が気になっています。",
    "保護者会でどこまで話すべきでしょうか。",
)


def small_mails() -> list[bytes]:
    """Wire form (CRLF, dots stuffed), about 5 kB each: a third each is ISO-2022-JP, UTF-8 in base64, alternative."""
    return [_stuffed(make(number)) for number in range(8) for make in (_jis, _utf8, _alternative)]


def big_mail(size_bytes: int) -> bytes:
    """One mail of about this size: a text and a picture (zeros and ones)."""
    mail = _mail(0)
    mail.set_content("写真を送ります。\n", cte="base64")
    mail.add_attachment(bytes(range(256)) * (size_bytes * 3 // 4 // 256), maintype="image", subtype="jpeg")
    return _stuffed(mail.as_bytes())


def _text(number: int, characters: int) -> str:
    lines = []
    while sum(map(len, lines)) < characters:
        lines.append(_SENTENCES[(number + len(lines)) % len(_SENTENCES)])
    return "\n".join(lines) + "\n"


def _mail(number: int) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = "kondo@school.example.org", "soudan@desk.example.jp"
    mail["Subject"] = f"学級のこと {number}"
    mail["Date"], mail["Message-ID"] = "Tue, 10 Feb 2026 18:30:00 +0900", f"<{number}@school.example.org>"
    return mail


def _jis(number: int) -> bytes:
    head = (
        "From: kondo@school.example.org\r\nTo: soudan@desk.example.jp\r\n"
        f"Subject: =?ISO-2022-JP?B?{base64.b64encode('学級のこと'.encode('iso2022_jp')).decode()}?=\r\n"
        f"Date: Tue, 10 Feb 2026 18:30:00 +0900\r\nMessage-ID: <jis{number}@school.example.org>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
    )
    body = _text(number, SIZE_BYTES * 3 // 7).replace("\n", "\r\n")
    return head.encode("ascii") + body.encode("iso2022_jp")


def _utf8(number: int) -> bytes:
    mail = _mail(number)
    mail.set_content(_text(number, SIZE_BYTES // 5), cte="base64")
    return mail.as_bytes()


def _alternative(number: int) -> bytes:
    mail = _mail(number)
    text = _text(number, SIZE_BYTES // 11)
    mail.set_content(text, cte="base64")
    mail.add_alternative(f"<html><body><p>{text}</p></body></html>\n", subtype="html", cte="base64")
    return mail.as_bytes()


def _stuffed(mail: bytes) -> bytes:
    whole = mail if mail.endswith(b"\r\n") else mail + b"\r\n"
    return (b"\r\n" + whole).replace(b"\r\n.", b"\r\n..")[2:]
