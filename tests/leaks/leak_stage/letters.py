"""Mails with a canary in every channel of research/anonymity.md section 1.2: headers, MIME, HTML, files, texts."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Sequence
from email.header import Header

import hiding

from leak_stage.plants import Plant


def encoded(text: str, charset: str = "utf-8") -> str:
    return Header(text, charset, maxlinelen=70).encode(linesep="\r\n")


def headers(plant: Plant, address: str, to: str, subject: str, answers: str = "") -> list[str]:
    """A1 to A11: whatever clients and servers write about a sender."""
    tag, kanji = plant.tag, plant.kanji
    domain = address.partition("@")[2]
    index = base64.b64encode(b"\x01\xd9" + tag("A9 Thread-Index").encode() + b"\0\1\2\3").decode()
    ids = " ".join(one for one in (f"<{tag('A6 References')}@x.example>", answers) if one)
    lines = [
        f"Return-Path: <{tag('A3 Return-Path')}@{domain}>",
        *(
            f"Received: from {tag(f'A4 Received {number}')}.example ([192.0.2.{170 + number}]) by mx.example;"
            " Mon, 05 Jan 2026 03:17:43 +0545"
            for number in range(6)
        ),
        f"X-Originating-IP: [{plant.word('A4 X-Originating-IP', f'198.51.100.1{ord(plant.who[-1])}')}]",
        f"X-Forwarded-For: {tag('A4 X-Forwarded-For')}.example",
        f"Authentication-Results: {tag('A4 Authentication-Results')}.example; spf=pass",
        f"ARC-Authentication-Results: i=1; {tag('A4 ARC')}.example; dkim=pass",
        f"Received-SPF: pass ({tag('A4 Received-SPF')})",
        f"Delivered-To: {tag('A4 Delivered-To')}@x.example",
        f"X-Original-To: {tag('A4 X-Original-To')}@x.example",
        f"DKIM-Signature: v=1; a=rsa-sha256; d={tag('A10 DKIM')}.ed.jp; s=x; h=from; bh=AA==; b=AA==",
        f"From: {encoded(kanji('A1 display name'))} ({tag('A1 comment')}) <{address}>",
        f"Sender: {tag('A1 Sender')}@x.example",
        f"Resent-From: {tag('A1 Resent-From')}@x.example",
        f"Resent-Sender: {tag('A1 Resent-Sender')}@x.example",
        f"X-Sender: {tag('A1 X-Sender')}@x.example",
        f"Reply-To: {tag('A2 Reply-To')}@x.example",
        f"Mail-Followup-To: {tag('A2 Mail-Followup-To')}@x.example",
        f"To: {encoded(kanji('A12 name of To'))} <{to}>",
        f"Cc: {encoded(kanji('A12 name of Cc'))} <{tag('A12 Cc')}@x.example>",
        f"Bcc: {tag('A12 group')}: {tag('A12 Bcc')}@x.example;",
        f"Subject: {encoded(subject, 'iso-2022-jp')} {tag('A11 subject')}",
        "Date: Mon, 05 Jan 2026 03:17:43 +0545",
        f"Message-ID: <{tag('A5 Message-ID')}@{tag('A5 host of Message-ID')}.example>",
        f"References: {ids}",
        f"In-Reply-To: {answers or '<' + tag('A6 In-Reply-To') + '@x.example>'}",
        f"Disposition-Notification-To: {tag('D4 Disposition-Notification-To')}@x.example",
        f"Return-Receipt-To: {tag('D4 Return-Receipt-To')}@x.example",
        f"Thread-Index: {index}",
        f"Thread-Topic: {encoded(kanji('A9 Thread-Topic'))}",
    ]
    vendors = (
        *("X-Mailer", "User-Agent", "Organization", "X-Face", "Autocrypt", "OpenPGP", "X-Apple-Mail-Remote"),
        *("X-Google-DKIM-Signature", "X-Gm-Message-State", "Accept-Language", "Content-Language", "X-Priority"),
        *("Comments", "Keywords", "X-MS-Exchange-Organization-AuthAs", "X-MS-Has-Attach", "X-Random-7f3a9c"),
        *("X-Attribution", "X-Yahoo-Profile", "X-Docomo-Id", "Face", "X-Abuse-Reports-To", "X-Envelope-From"),
    )
    return lines + [f"{name}: {plant.tag(f'A8 {name}')}" for name in vendors]


def invisible_html(plant: Plant, seen: str) -> str:
    """B4: what an HTML part says beside the text that is seen."""
    tag = plant.tag
    return (
        f"<html><head><title>{tag('B4 title')}</title><meta name='author' content='{tag('B4 meta')}'>"
        f"<base href='https://{tag('B4 base')}.example/'><style>.{tag('B4 style')} {{color: red}}</style></head>"
        f"<body><!-- {tag('B4 comment')} --><div class='gmail_signature {tag('B4 class')}' id='{tag('B4 id')}' "
        f"data-from='{tag('B4 data')}' title='{tag('B4 tooltip')}'>{seen}</div>"
        f"<img src='https://x.example/{tag('B4 pixel')}.gif' width=1 height=1 alt='{tag('B4 alt')}'>"
        f"<span style='display:none'>{tag('B4 hidden')}</span><img src='cid:{tag('B10 cid')}'></body></html>"
    )


def monster(
    plant: Plant, address: str, to: str, subject: str, body: str, answers: str = "", html: str | None = None
) -> bytes:
    """B6 to B10, C1 to C5: text and HTML, and every kind of file, each part with canaries of its own."""
    tag = plant.tag
    outer, inner = tag("B6 boundary"), tag("B6 inner boundary")
    text = _part("text/plain; charset=utf-8; x-author=" + tag("B6 parameter"), body.encode(), _part_headers(plant))
    page = _part("text/html; charset=utf-8", invisible_html(plant, html or body.replace("\n", "<br>\n")).encode())
    files = b"".join(b"--" + outer.encode() + b"\r\n" + one for one in _files(plant))
    lines = [
        *headers(plant, address, to, subject, answers),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed; boundary="{outer}"',
        "",
        tag("B6 preamble"),
        f"--{outer}",
        f'Content-Type: multipart/alternative; boundary="{inner}"',
        "",
        "",
    ]
    alternatives = b"".join(
        b"--" + inner.encode() + b"\r\n" + one for one in ([text, page] if html is None else [page])
    )
    end = f"--{inner}--\r\n".encode() + files + f"--{outer}--\r\n{tag('B6 epilogue')}\r\n".encode()
    return "\r\n".join(lines).encode() + alternatives + end


def _part_headers(plant: Plant) -> list[str]:
    tag = plant.tag
    return [
        f"Content-ID: <{tag('B6 Content-ID')}@x.example>",
        f"Content-Location: file:///C:/Users/{tag('B6 Content-Location')}/a.txt",
        f"Content-Description: {tag('B6 Content-Description')}",
    ]


def _part(content_type: str, content: bytes, more: Sequence[str] = ()) -> bytes:
    head = [f"Content-Type: {content_type}", "Content-Transfer-Encoding: base64", *more, "", ""]
    return "\r\n".join(head).encode() + base64.encodebytes(content).replace(b"\n", b"\r\n")


def _file(plant: Plant, channel: str, content_type: str, suffix: str, content: bytes) -> bytes:
    """C1: its name in all three ways."""
    name, kanji = plant.tag(f"C1 name of the {channel}"), plant.kanji(f"C1 Japanese name of the {channel}")
    more = [
        f"Content-Disposition: attachment; filename*0*=utf-8''{name}; filename*1={kanji.encode().hex()}{suffix};",
        f' creation-date="{plant.tag(f"C1 date of the {channel}")}"',
    ]
    return _part(f'{content_type}; name="{encoded(kanji)}{suffix}"', content, more)


def _files(plant: Plant) -> list[bytes]:
    tag, word = plant.tag, plant.word
    nested = "\r\n".join(
        [*headers_of_nested(plant), "", f"{tag('B7 nested body')} {plant.kanji('B7 nested text')}", ""]
    )
    office = io.BytesIO()
    with zipfile.ZipFile(office, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("docProps/core.xml", f"<dc:creator>{tag('C4 author')}</dc:creator>")
        made.writestr("word/document.xml", f"<w:ins w:author='{tag('C4 editor')}'>{tag('C4 text')}</w:ins>")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(f"{tag('C5 member')}.txt", tag("C5 content"))
    card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{tag('B9 card')}\r\nEND:VCARD\r\n"
    event = (
        f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nORGANIZER;CN={tag('B9 organiser')}:mailto:x@y.example\r\nEND:VEVENT\r\n"
    )
    key = f"-----BEGIN PGP PUBLIC KEY BLOCK-----\r\nComment: {tag('B8 key')}\r\n\r\nAAAA\r\n"
    picture = hiding.jpeg().replace(hiding.SECRET.encode(), tag("C2 picture").ljust(len(hiding.SECRET)).encode())
    paper = hiding.pdf().replace(hiding.SECRET.encode(), tag("C3 paper").ljust(len(hiding.SECRET)).encode())
    word("C2 secret", hiding.SECRET)
    return [
        _file(plant, "picture", "image/jpeg", ".jpg", picture),
        _file(plant, "paper", "application/pdf", ".pdf", paper),
        _file(plant, "office file", "application/msword", ".docx", office.getvalue()),
        _file(plant, "archive", "application/zip", ".zip", archive.getvalue()),
        _file(plant, "card", "text/x-vcard", ".vcf", card.encode()),
        _file(plant, "event", "text/calendar", ".ics", event.encode()),
        _file(plant, "key", "application/pgp-keys", ".asc", key.encode()),
        _file(plant, "signature", "application/pkcs7-signature", ".p7s", tag("B8 certificate").encode()),
        _file(plant, "winmail", "application/ms-tnef", ".dat", b"\x78\x9f\x3e\x22" + tag("B7 winmail").encode()),
        b"Content-Type: message/rfc822\r\n\r\n" + nested.encode(),
    ]


def headers_of_nested(plant: Plant) -> list[str]:
    tag = plant.tag
    return [
        f"From: {encoded(plant.kanji('B7 nested name'))} <{tag('B7 nested From')}@x.example>",
        f"Subject: {encoded(plant.kanji('B7 nested subject'))}",
        f"Message-ID: <{tag('B7 nested id')}@x.example>",
        "Content-Type: text/plain; charset=utf-8",
    ]


def plain(address: str, to: str, subject: str, body: str, more: Sequence[str] = ()) -> bytes:
    """A mail as a robot writes it; `more` are further fields."""
    head = [f"From: {address}", f"To: {to}", f"Subject: {encoded(subject)}", *more, "MIME-Version: 1.0"]
    if not any(line.startswith("Content-Type") for line in more):
        head.append("Content-Type: text/plain; charset=utf-8")
    return "\r\n".join([*head, "", *body.split("\n"), ""]).encode()
