"""Adversarial shapes: for each, a mail of about so many octets that asks for more than linear work somewhere.

`test_linear_work` counts the calls, `tests/bench/reading.py` measures them at 2.5 and 10 MB.
"""

from __future__ import annotations

from collections.abc import Callable

FROM = b"From: a@mail.example.jp\r\nDate: Mon, 3 Mar 2025 08:30:00 +0900\r\n"
_MIXED = FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
_HTML = FROM + b"Content-Type: text/html; charset=utf-8\r\n\r\n"
_REPLY = FROM + b"Subject: Re: x\r\nIn-Reply-To: <a@b>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
_DAEMON = b"From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered Mail Returned to Sender\r\n\r\n"
_REPORT = (
    b"From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    b"--b\r\n\r\nfailed\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
)

Shape = Callable[[int], bytes]


def repeated(head: bytes, piece: bytes | str, tail: bytes = b"") -> Shape:
    octets = piece.encode("utf-8") if isinstance(piece, str) else piece
    return lambda size: head + octets * max(1, (size - len(head) - len(tail)) // len(octets)) + tail


def numbered(head: bytes, piece: bytes, width: int) -> Shape:
    """As `repeated`, every piece with its own number."""
    return lambda size: head + b"".join(piece % number for number in range(size // width))


SHAPES: dict[str, Shape] = {
    # header section
    "folds": repeated(FROM + b"Subject: x\r\n", b" y\r\n", b"\r\nx"),
    "blank folds": repeated(FROM + b"Subject: x\r\n", b" \r\n", b"\r\nx"),
    "fields": repeated(FROM, b"X-A: b\r\n", b"\r\nx"),
    "long field name": repeated(FROM, b"x", b": y\r\n\r\nx"),
    "open encoded words": repeated(FROM + b"Subject: ", b"=?a?q? "),
    "encoded words": repeated(FROM + b"Subject: ", b"=?utf-8?q?a?= "),
    "encoded words of many labels": numbered(FROM + b"Subject: ", b"=?x%d?q?a?= ", 16),
    "open comments": repeated(b"From: ", b"("),
    "closed comments": repeated(b"From: ", b"()"),
    "open quotes": repeated(b"From: ", b'"'),
    "backslashes": repeated(b"From: ", b"\\"),
    "open angles": repeated(b"From: ", b"<"),
    "groups": repeated(b"To: ", b"a:"),
    "addresses": repeated(b"To: ", b"a@b.example, "),
    "references": numbered(FROM + b"References: ", b"<%d@x.example>\r\n ", 20),
    "open ids": repeated(FROM + b"References: ", b"<a@b"),
    "parameters": repeated(FROM + b"Content-Type: text/plain", b"; a=b", b"\r\n\r\nx"),
    "parameter pieces": numbered(FROM + b"Content-Type: text/plain", b"; a*%d=b", 12),
    "percent signs": repeated(FROM + b"Content-Type: text/plain; name*=", b"%E3"),
    "date": repeated(b"Date: ", b"1 "),
    "authentication results": repeated(FROM, b"Authentication-Results: a; b=c (" + b"(" * 900 + b"\r\n", b"\r\nx"),
    "received": repeated(FROM, b"Received: from a by b; Mon, 3 Mar 2025 08:30:00 +0900\r\n", b"\r\nx"),
    # structure
    "parts": repeated(_MIXED, b"--b\r\n\r\nx\r\n"),
    "empty parts": repeated(_MIXED, b"--b\r\n"),
    "dash lines": repeated(_MIXED, b"--\r\n"),
    "nearly boundaries": repeated(_MIXED, b"--c\r\n"),
    "boundaries never announced": repeated(
        _MIXED.replace(b"boundary=b", b"boundary=never"), b"--" + b"c" * 180 + b" \r\n"
    ),
    "parts inside parts": numbered(
        FROM + b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n",
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n",
        56,
    ),
    "messages inside messages": repeated(FROM, b"Content-Type: message/rfc822\r\n\r\n"),
    "escaped quotes": repeated(_MIXED, b'--b\r\nContent-Type: text/plain; a="' + b'\\"' * 2_000 + b"\r\n\r\nx\r\n"),
    "part headers": repeated(_MIXED + b"--b\r\n", b"Content-Type: text/plain\r\n"),
    "long boundary": repeated(FROM + b"Content-Type: multipart/mixed; boundary=", b"b", b"\r\n\r\n--b\r\n"),
    "alternatives": repeated(
        _MIXED.replace(b"mixed", b"alternative"), b"--b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n"
    ),
    "new lines": repeated(_MIXED, b"\n"),
    "lone returns": repeated(_MIXED, b"\r"),
    # transfer encoding and charset
    "base64 noise": repeated(FROM + b"Content-Transfer-Encoding: base64\r\n\r\n", b"YQ!\r\n"),
    "base64 paddings": repeated(FROM + b"Content-Transfer-Encoding: base64\r\n\r\n", b"YQ=="),
    "base64 footers": repeated(FROM + b"Content-Transfer-Encoding: base64\r\n\r\n", b"YWJj\r\nYQ==\r\n", b"!"),
    "quoted-printable": repeated(FROM + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n", b"=\r\n"),
    "blanks in quoted-printable": repeated(FROM + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n", b" "),
    "escapes": repeated(FROM + b"\r\n", b"\x1b$B"),
    "escapes and kanji": repeated(FROM + b"\r\n", b'\x1b$B$"\x1b(B'),
    "shifts": repeated(FROM + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n", b"\x0e"),
    "shift pairs": repeated(FROM + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n", b"\x0eA\x0f"),
    "single shifts of EUC-JP": repeated(FROM + b"Content-Type: text/plain; charset=euc-jp\r\n\r\n", b"\x8e"),
    "triples of EUC-JP": repeated(FROM + b"Content-Type: text/plain; charset=euc-jp\r\n\r\n", b"\x8f\xa1\xa1"),
    "no charset at all": repeated(FROM + b"\r\n", b"\xff\x80"),
    "accents": repeated(FROM + b"\r\n", "é"),
    "utf-7": repeated(FROM + b"Content-Type: text/plain; charset=utf-7\r\n\r\n", b"+AGE-"),
    "piled marks": repeated(FROM + b"\r\n", "a\u0301\u0316"),
    "Hangul letters": repeated(FROM + b"\r\n", "\u1100\u1161\u11a8"),
    # layout
    "flowed lines": repeated(FROM + b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n", b"a \n"),
    "flowed quotes": repeated(FROM + b"Content-Type: text/plain; format=flowed\r\n\r\n", b">"),
    "flowed depths": repeated(FROM + b"Content-Type: text/plain; format=flowed\r\n\r\n", b"> a \n>> b \n"),
    "tags": repeated(_HTML, b"<div>"),
    "closed tags": repeated(_HTML, b"<p>x</p>"),
    "cited blocks": repeated(_HTML, b"<blockquote type=cite>"),
    "cited blocks side by side": repeated(_HTML, b"<blockquote type=cite>a</blockquote>b"),
    "open angle brackets": repeated(_HTML, b"<"),
    "open comments of HTML": repeated(_HTML, b"<!--"),
    "attributes": repeated(_HTML + b"<p ", b"a=b ", b">x"),
    "styles": repeated(_HTML + b'<p style="', b"a:b;", b'">x'),
    "entities": repeated(_HTML, b"&#x41;"),
    "ampersands": repeated(_HTML, b"&"),
    "tables": repeated(_HTML, b"<table><tr><td>x"),
    "cells": repeated(_HTML + b"<table><tr>", b"<td>x"),
    "rows": repeated(_HTML + b"<table>", b"<tr><td>x"),
    "lists": repeated(_HTML, b"<ul><li>x"),
    "links": repeated(_HTML, b"<a href=https://x.example/>x</a>"),
    "line breaks": repeated(_HTML, b"<br>"),
    "blanks of HTML": repeated(_HTML, b"&nbsp; "),
    "numbered places": repeated(_HTML, "\ue0000\ue000"),
    # what is new
    "one line": repeated(_REPLY, "あ"),
    "one ASCII line": repeated(_REPLY, b"a"),
    "digits": repeated(_REPLY, b"1"),
    "blanks": repeated(_REPLY, b" "),
    "wide blanks": repeated(_REPLY, "\u3000"),
    "lines": repeated(_REPLY, "あいう\r\n"),
    "quote marks": repeated(_REPLY, b">"),
    "quoted lines": repeated(_REPLY, b"> a\r\n"),
    "answers between quotes": repeated(_REPLY, "> 問い\r\n答え\r\n"),
    "attributions": repeated(_REPLY, "2025年3月1日(土) 10:05 a <a@b.example>:\r\n"),
    "attributions in English": repeated(_REPLY, b"On Mon, 3 Mar 2025 at 10:05 a <a@b.example> wrote:\r\n"),
    "beginnings of attributions": repeated(_REPLY, b"On "),
    "header blocks": repeated(_REPLY, "差出人: a\r\n送信日時: 2025年3月1日\r\n宛先: b\r\n件名: c\r\n"),
    "labels": repeated(_REPLY, b"From: "),
    "rules": repeated(_REPLY, b"----- Original Message -----\r\n"),
    "underscores": repeated(_REPLY, b"_"),
    "hyphens": repeated(_REPLY, b"- "),
    "signature marks": repeated(_REPLY, b"-- \r\n"),
    "boxes": repeated(_REPLY, "━━━━━━━━━━\r\n学校 佐伯\r\n"),
    "addresses in the text": repeated(_REPLY, b"a@b.example "),
    "at signs": repeated(_REPLY, b"@"),
    "web addresses": repeated(_REPLY, b"https://x.example/ "),
    "stars": repeated(_REPLY, b"*"),
    "dated openings of attributions": repeated(
        _REPLY, b"On Sat, Feb 1, 2025 On Sat, Feb 1, 2025 On Sat, Feb 1, 2025:\r\n"
    ),
    "attributions behind words": repeated(_REPLY, b"yes On Sat, Feb 1, 2025 at 10:05 AM b@b.example wrote:\r\n"),
    "attributions in three lines": repeated(
        _REPLY, b"On Sat, Feb 1, 2025 at 10:05 Anna <\r\nb@b.example>\r\nwrote:\r\n"
    ),
    "attributions over text": repeated(_REPLY, b"a\r\n2025/03/01 10:05 <a@b.example> wrote:\r\n"),
    "markers over text": repeated(_REPLY, b"-----Original Message-----\r\na\r\n"),
    "labels in no table": repeated(_REPLY, b"\r\nXyz: a <b@b.example>\r\nXyz: b\r\nXyz: c\r\n"),
    "colons": repeated(_REPLY, b"a b c: d e f:\r\n"),
    "marks of names": repeated(_REPLY, b"a> b\r\nc> d\r\n"),
    "persons addressed": repeated(_REPLY, "＞先生\r\n"),
    "telephones": repeated(_REPLY, b"03-0000-0000\r\n"),
    "footers of phones": repeated(_REPLY, b"Sent from My My My My My My My My,\r\n"),
    # who speaks
    "long subject": repeated(FROM + b"Subject: ", "自動応答 "),
    "bounce of blanks": repeated(_DAEMON, b" "),
    "bounce of lines": repeated(_DAEMON, b"<a@b.example>: host x said: 550 5.1.1\r\n"),
    "bounce of addresses": repeated(_DAEMON, b"a@b.example "),
    "bounce of at signs": repeated(_DAEMON, b"a@"),
    "bounce of angle brackets": repeated(_DAEMON, b"<"),
    "bounce of codes": repeated(_DAEMON, b"550 5.1.1 "),
    "bounce of separators": repeated(_DAEMON, b"----- The following addresses had errors -----\r\n"),
    "reports": repeated(_REPORT, b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"),
    "report of fields": repeated(_REPORT, b"Final-Recipient: rfc822; a@b.example\r\n"),
    "report of blank lines": repeated(_REPORT, b"\r\n"),
}
