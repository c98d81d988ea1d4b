"""The attacks of the black-box tests, by class: what is said on one connection, or one mail that is sent.

An `Attack` is said in one go after the greeting; the reply to each mail in it is one of `queued`. A `bytes` value is a
mail that everything is right about but its content. All of it is our own.
"""
# tables: an attack is read best in one line

from __future__ import annotations

import base64
from dataclasses import dataclass

HELLO = b"EHLO mail.evil.example\r\n"
FROM = b"MAIL FROM:<x@evil.example>\r\n"
TO = b"RCPT TO:<soudan@desk.example.jp>\r\n"
BEGIN = HELLO + FROM + TO + b"DATA\r\n"
_FIELDS = b"From: x@evil.example\r\nTo: soudan@desk.example.jp\r\nDate: Mon, 02 Feb 2026 09:00:00 +0900\r\n"


@dataclass(frozen=True, slots=True)
class Attack:
    said: bytes
    queued: tuple[int, ...] = (0,)
    """How many mails may have been taken."""


def mail(fields: bytes = b"", body: bytes = b"text\r\n") -> bytes:
    return _FIELDS + fields + b"\r\n" + body


def typed(value: bytes, body: bytes = b"text\r\n") -> bytes:
    return mail(b"MIME-Version: 1.0\r\nContent-Type: " + value + b"\r\n", body)


def _protocol() -> dict[str, Attack]:
    lines = {
        "every octet": bytes(range(256)) * 8,
        "octets without a line end": b"\xff" * 3_000,
        "a request of the web": b"GET / HTTP/1.1\r\nHost: desk.example.jp\r\nCookie: a=b\r\n\r\n",
        "a TLS greeting in clear": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(508),
        "a verb with a NUL": b"NO\0OP\r\n",
        "a verb with ESC": b"\x1b[2J\x1b]0;x\x07 x\r\n",
        "a verb of 10,000 letters": b"A" * 10_000 + b"\r\n",
        "a line of 300,000 octets": b"EHLO " + b"a" * 300_000 + b"\r\n",
        "a line that does not end": b"EHLO " + b"a" * 400_000,
        "empty lines": b"\r\n" * 40,
        "commands nobody knows": b"FROBNICATE\r\n" * 40,
        "DATA first": HELLO + b"DATA\r\nhello\r\n.\r\n",
        "RCPT first": HELLO + TO + b"DATA\r\n",
        "MAIL before EHLO": FROM + TO + b"DATA\r\n",
        "MAIL twice": HELLO + FROM + FROM + b"DATA\r\n",
        "EHLO without a name": b"EHLO\r\n" + FROM,
        "EHLO with a NUL": b"EHLO a\0b\r\n",
        "EHLO with controls": b"EHLO \x1b[31mx\x9b\x07\r\n",
        "DATA with an argument": HELLO + FROM + TO + b"DATA now\r\n",
        "BDAT": HELLO + FROM + TO + b"BDAT 5 LAST\r\nhello\r\n",
        "BDAT of a huge size": HELLO + FROM + TO + b"BDAT 99999999999999999999 LAST\r\nhello",
        "BURL": HELLO + FROM + TO + b"BURL imap://x LAST\r\n",
        "AUTH PLAIN": HELLO + b"AUTH PLAIN AGFkbWluAGFkbWlu\r\n",
        "AUTH LOGIN": HELLO + b"AUTH LOGIN\r\nYWRtaW4=\r\n",
        "VRFY and EXPN": HELLO + b"VRFY root\r\nVRFY soudan\r\nEXPN all\r\n",
        "ETRN and TURN": HELLO + b"ETRN evil.example\r\nTURN\r\n",
        "XCLIENT by a stranger": HELLO + b"XCLIENT ADDR=192.0.2.1 NAME=minami.example\r\n",
        "XFORWARD by a stranger": HELLO + b"XFORWARD ADDR=192.0.2.1\r\n",
        "a second PROXY line": b"PROXY TCP4 192.0.2.1 192.0.2.9 1 25\r\n" + HELLO,
        "commands in lower case with tabs": b"ehlo\tx\r\nmail\tfrom:<>\r\n",
        "LF for line ends": b"EHLO x\nMAIL FROM:<>\nQUIT\n",
        "CR for line ends": b"EHLO x\rMAIL FROM:<>\rQUIT\r",
    }
    parameters = (
        *("SIZE=-1", "SIZE=abc", "SIZE=99999999999999999999", "SIZE=" + "9" * 400, "SIZE", "BODY=BINARYMIME", "BODY="),
        *("SMTPUTF8=yes", "RET=FULL", "AUTH=<>", "NOTIFY=NEVER", "X" * 900, "A=B " * 200, "SIZE=1 SIZE=\0"),
    )
    lines |= {
        f"MAIL with {one[:20]!r}": HELLO + b"MAIL FROM:<x@evil.example> " + one.encode() + b"\r\n" + TO + b"DATA\r\n"
        for one in parameters
    }
    return {name: Attack(said) for name, said in lines.items()}


def _paths() -> dict[str, Attack]:
    """No path that is not plainly one of ours gets a mail in."""
    forward = (
        *("", "<>", "<soudan>", "<@>", "<soudan@>", "<soudan@desk.example.jp", "soudan@desk.example.jp>"),
        *("<soudan(c)@desk.example.jp>", "<soudan@desk.example.jp\0>", "<sou dan@desk.example.jp>", "<x@evil.example>"),
        *("<x%evil.example@desk.example.jp>", "<evil.example!x@desk.example.jp>", "<@desk.example.jp:x@evil.example>"),
        *('<"x@evil.example"@desk.example.jp>', "<soudan@desk.example.jp@evil.example>", "<soudan@[127.0.0.1]>"),
        *("<soudan@desk.example.jp,x@evil.example>", "<soudan@desk.example.jp>,<x@evil.example>", "<postmaster>"),
        *("<" + "a" * 400 + "@desk.example.jp>", "<soudan@" + "a." * 200 + "jp>", "<|/bin/sh@desk.example.jp>"),
        *("<../../etc/passwd@desk.example.jp>", "<reply+@desk.example.jp>", "<reply+" + "a" * 24 + "@desk.example.jp>"),
        *(
            "<bounce+x@desk.example.jp>",
            "<soudan+x@desk.example.jp>",
            "<soudan@desk.example.jp.>",
            "<%00@desk.example.jp>",
        ),
        *(
            "<\x1b[2J@desk.example.jp>",
            "<soudan@DESK.example.jp\x85>",
            "<soudan@desk。example。jp>",
            "<soudan@desk.example.jp>\x0b",
        ),
    )
    found = {
        f"RCPT TO:{one[:40]!r}": Attack(
            HELLO + FROM + b"RCPT TO:" + one.encode() + b"\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\n", (0, 1)
        )
        for one in forward
    }
    reverse = (
        *(
            "",
            "<",
            "<x@evil.example",
            "x@evil.example>",
            "<x@evil.example>>",
            "<x@@evil.example>",
            "<x>",
            "<@evil.example>",
        ),
        *(
            "<x@evil.example(.minami.example>",
            "<x\0@evil.example>",
            "<x@evil.example\x1b>",
            "<" + "a" * 2_500 + "@x.example>",
        ),
        *("<@a.example,@b.example:x@evil.example>", "<MAILER-DAEMON>", "<haruka@minami.example>", "<x@127.0.0.1>"),
    )
    return found | {
        f"MAIL FROM:{one[:40]!r}": Attack(
            HELLO + b"MAIL FROM:" + one.encode("utf-8") + b"\r\n" + TO + b"DATA\r\n\r\nx\r\n.\r\n", (0, 1)
        )
        for one in reverse
    }


def _smuggling() -> dict[str, Attack]:
    """One DATA is one mail at most, whatever looks like its end."""
    ends = (
        *(b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\n.\r", b"\r.\n", b"\r\n.\0\r\n"),
        *(
            b"\r\n. \r\n",
            b"\r\n.\t\r\n",
            b"\r\n.\x0b\r\n",
            b"\r\n.\x0c\r\n",
            b"\r\n\0.\r\n",
            b"\r\n.\x85",
            b"\x85.\x85",
        ),
        *(
            b"\r\n.\x1c\r\n",
            "\u2028.\u2028".encode(),
            b"\r\n..\r\n",
            b"\r\n.\r\r\n",
            b"\r\r\n.\r\r\n",
            b"\n\n.\n\n",
            b"\0\r\n.\n",
        ),
        *(b"\r\n.=0D=0A", b"=0D=0A.=0D=0A", b"\\r\\n.\\r\\n", b"%0d%0a.%0d%0a"),
    )
    second = b"MAIL FROM:<haruka@minami.example>\r\n" + TO + b"DATA\r\nSubject: smuggled\r\n\r\nx"
    found = {f"end {end!r}": Attack(BEGIN + mail() + end + second + b"\r\n.\r\n", (0, 1)) for end in ends}
    found["a text that ends before it begins"] = Attack(BEGIN + b".\r\n", (1,))
    found["a dot, then nothing"] = Attack(BEGIN + b"x\r\n.")
    found["a text that stops in the middle"] = Attack(BEGIN + mail(body=b"half a l"))
    found["commands behind QUIT"] = Attack(HELLO + b"QUIT\r\n" + BEGIN + b"x\r\n.\r\n")
    return found


def _sizes() -> dict[str, Attack]:
    return {
        "a mail above the limit": Attack(BEGIN + mail(body=(b"x" * 98 + b"\r\n") * 12_000) + b".\r\n"),
        "a mail far above the limit": Attack(BEGIN + mail(body=(b"x" * 98 + b"\r\n") * 30_000)),
        "a line far above the limit": Attack(BEGIN + b"x" * 3_000_000),
        "a line of 400,000 octets": Attack(BEGIN + mail(body=b"x" * 400_000) + b"\r\n.\r\n", (1,)),
        "a Japanese line of 300,000 octets": Attack(BEGIN + mail(body="あ".encode() * 100_000) + b"\r\n.\r\n", (1,)),
        "NUL": Attack(BEGIN + mail(body=bytes(100_000)) + b"\r\n.\r\n", (1,)),
        "line ends only": Attack(BEGIN + b"\r\n" * 200_000 + b".\r\n", (1,)),
        "dots only": Attack(BEGIN + b"..\r\n" * 100_000 + b".\r\n", (1,)),
        "no header": Attack(BEGIN + b"\r\n\r\n.\r\n", (1,)),
        "octets": Attack(BEGIN + bytes(one for one in range(256) if one not in b"\r\n") * 500 + b"\r\n.\r\n", (1,)),
        "a promise that is too small": Attack(
            HELLO + b"MAIL FROM:<x@evil.example> SIZE=1\r\n" + TO + b"DATA\r\n" + mail() + b".\r\n", (1,)
        ),
        "a promise that is too big": Attack(HELLO + b"MAIL FROM:<> SIZE=20000000\r\n" + TO + b"DATA\r\n"),
    }


def _floods() -> dict[str, Attack]:
    one = FROM + TO + b"DATA\r\n" + mail() + b".\r\n"
    return {
        **{
            f"{verb.decode()} again and again": Attack(HELLO + (verb + b"\r\n") * 600)
            for verb in (b"NOOP", b"RSET", b"EHLO x", b"HELP", b"VRFY x", b"MAIL FROM:<>", b"STARTTLS x")
        },
        "recipients without end": Attack(HELLO + FROM + TO * 400 + b"DATA\r\n" + mail() + b".\r\n", (0, 1)),
        "thirty mails in one breath": Attack(HELLO + one * 30, (30,)),
        "texts that are refused": Attack(HELLO + (FROM + TO + b"DATA\r\na\n.\r\nb\r\n.\r\n") * 30),
    }


def _nested(count: int) -> bytes:
    parts = [b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(count)]
    return typed(b"multipart/mixed; boundary=b0", b"".join(parts) + b"--b%d\r\n\r\nx\r\n" % count)


def _mime() -> dict[str, bytes]:
    mixed = b"multipart/mixed; boundary=b"
    part = b"--b\r\nContent-Type: "
    html = b"text/html; charset=utf-8"
    encoded = b"\r\nContent-Transfer-Encoding: "
    return {
        "a thousand containers": _nested(1_000),
        "messages inside messages": typed(b"message/rfc822", b"Content-Type: message/rfc822\r\n\r\n" * 5_000),
        "25,000 parts": typed(mixed, b"--b\r\n\r\nx\r\n" * 25_000 + b"--b--\r\n"),
        "25,000 attachments": typed(
            mixed, (part + b"x/y\r\nContent-Disposition: attachment; filename=a\r\n\r\nx\r\n") * 9_000
        ),
        "a part that opens its own boundary": typed(mixed, (part + mixed + b"\r\n\r\n") * 200),
        "no boundary": typed(b"multipart/mixed", b"--\r\n" * 1_000),
        "an empty boundary": typed(b'multipart/mixed; boundary=""', b"--\r\n\r\nx\r\n----\r\n"),
        "a boundary of 9,000 letters": typed(b"multipart/mixed; boundary=" + b"b" * 9_000),
        "boundaries that never match": typed(mixed, b"--c\r\n\r\n" * 20_000),
        "semicolons": typed(b"text/plain" + b";" * 50_000),
        "quotes": typed(b'text/plain; a="' + b'";"' * 20_000),
        "escaped quotes": typed(b'text/plain; a="' + b'\\"' * 30_000),
        "a parameter name of 90 letters": typed(b"text/plain; " + b"n" * 90 + b"=x"),
        "pieces of a parameter": typed(b"text/plain;" + b"".join(b" n*%d=a;" % n for n in range(8_000))),
        "a type of 60,000 letters": typed(b"a" * 60_000 + b"/" + b"b" * 9_000),
        "an unknown transfer encoding": typed(b"text/plain" + encoded + b"x-" + b"y" * 5_000),
        "base64 that is none": typed(b"text/plain" + encoded + b"base64", b"!=!=" * 100_000),
        "base64 without end": typed(b"text/plain" + encoded + b"base64", b"=" * 400_000),
        "quoted-printable of signs": typed(b"text/plain" + encoded + b"quoted-printable", b"=" * 400_000),
        "soft line breaks": typed(b"text/plain" + encoded + b"quoted-printable", b"=\r\n" * 150_000),
        "uuencode": typed(b"text/plain", b"begin 644 x\r\n" * 30_000),
        "open tags": typed(html, b"<a " * 100_000),
        "open attributes": typed(html, b'<a b="' * 60_000),
        "open lists": typed(html, b"<ul><li>" * 40_000),
        "open comments": typed(html, b"<!--" * 60_000),
        "deep tables": typed(html, b"<table><tr><td>" * 20_000),
        "character references": typed(html, b"&#x1F4A3;&amp;&#0;&#xD800;&#99999999;" * 10_000),
        "a style sheet of 400 KB": typed(html, b"<style>" + b"a{b:c}" * 60_000 + b"</style>x"),
        "alternatives": typed(b"multipart/alternative; boundary=b", (part + html + b"\r\n\r\n<b>x\r\n") * 3_000),
        "a report of 9,000 recipients": typed(
            b"multipart/report; report-type=delivery-status; boundary=b",
            part
            + b"message/delivery-status\r\n\r\n"
            + b"Final-Recipient: rfc822;a@b\r\nAction: failed\r\n\r\n" * 9_000,
        ),
        "delivery notes inside each other": typed(mixed, (part + b"message/delivery-status\r\n\r\n") * 2_000),
        "a calendar, a card, a key": typed(
            mixed,
            b"".join(
                part + kind + b"\r\n\r\nx\r\n" for kind in (b"text/calendar", b"text/vcard", b"application/pgp-keys")
            ),
        ),
        "a compressed bomb": typed(
            b"application/zip; name=a.zip" + encoded + b"base64", base64.b64encode(b"PK\x03\x04" + bytes(100_000))
        ),
        "flowed text of blanks": typed(b"text/plain; format=flowed; delsp=yes", b" \r\n" * 100_000),
        "quotation marks": mail(b"Subject: Re: x\r\n", (b">" * 5_000 + b"\r\n") * 60),
        "attributions": mail(b"Subject: Re: x\r\n", b"On " * 30_000),
        "attributions that close": mail(b"Subject: Re: x\r\n", b"On x wrote \r\n" * 20_000),
        "attributions over lines": mail(b"Subject: Re: x\r\n", b"2026/02/02 10:00 <a@b>\r\n" * 15_000),
        "rules": mail(b"Subject: Re: x\r\n", b"-----Original Message-----\r\nFrom: x\r\n" * 9_000),
        "signatures": mail(body=b"-- \r\nx\r\n" * 40_000),
        "a run of blanks": mail(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed\r\n", b" " * 300_000 + b"x\r\n"),
        "marks upon a letter": mail(body=("e" + "\u0301" * 50_000).encode() + b"\r\n"),
        "signs that change the direction": mail(body="\u202e\u2066\u200b\ufeff".encode() * 20_000),
        "shifts without end": typed(b"text/plain; charset=iso-2022-jp", b"\x1b$B\x1b(B" * 50_000),
        "half a shift": typed(b"text/plain; charset=iso-2022-jp", b"\x1b$B" + b"$" * 99_999),
    }


def _headers() -> dict[str, bytes]:
    return {
        "fields without end": mail(b"".join(b"X-%d: y\r\n" % n for n in range(50_000))),
        "a field of 500 KB": mail(b"X: " + b"a" * 500_000 + b"\r\n"),
        "a field of 25,000 folds": mail(b"X: a\r\n" + b" b\r\n" * 25_000),
        "folds of blanks": mail(b"Subject: a\r\n" + b" \r\n" * 25_000),
        "encoded words": mail(b"Subject: " + b"=?utf-8?b?44GC?= " * 10_000 + b"\r\n"),
        "broken encoded words": mail(b"Subject: " + b"=?a?q? " * 20_000 + b"\r\n"),
        "open encoded words": mail(b"Subject: " + b"=?" * 60_000 + b"\r\n"),
        "an encoded word with a NUL": mail(b"Subject: =?\0?q?i?= =?utf-8?q?=00?=\r\n"),
        "an encoded word of no charset": mail(b"Subject: =??b?b?= =?t?q??= =?utf8?b?hi?=\r\n"),
        "commas in From": b"From: " + b"," * 50_000 + b"\r\n\r\nx\r\n",
        "quotes in From": b"From: " + b'"' * 50_000 + b"\r\n\r\nx\r\n",
        "comments in From": b"From: " + b"(" * 50_000 + b"\r\n\r\nx\r\n",
        "groups in From": b"From: " + b"g:" * 30_000 + b"\r\n\r\nx\r\n",
        "10,000 authors": b"From: " + b",\r\n ".join(b"a%d@b.example" % n for n in range(10_000)) + b"\r\n\r\nx\r\n",
        "10,000 recipients in To": mail(
            b"Cc: " + b",\r\n ".join(b"a%d@b.example" % n for n in range(10_000)) + b"\r\n"
        ),
        "half an angle": b"From:<\r\n\r\nx\r\n",
        "half a domain": b"From:a@b[\r\nTo:.:\r\nMessage-ID:<\r\n\r\nx\r\n",
        "a date out of this world": b"Date: 1 Jan 4 0:9999999990\r\nFrom: x@evil.example\r\n\r\nx\r\n",
        "a date of one octet": b"Date: \xc6\r\nFrom: x@evil.example\r\n\r\nx\r\n",
        "a date in the year 99999": b"Date: Mon, 02 Feb 99999 09:00:00 +9999\r\nFrom: x@evil.example\r\n\r\nx\r\n",
        "references without end": mail(b"References: " + b"<a@b.example>\r\n " * 9_000 + b"\r\n"),
        "Received without end": mail(b"Received: from a by b; x\r\n" * 300),
        "words of Received": mail(b"Received: " + b"from by via with id for " * 20_000 + b"\r\n"),
        "names of no field": mail(b"\xff\xfe: x\r\n: y\r\nno colon\r\n"),
        "a line end inside": mail(b"Subject: a\rBcc: x@evil.example\n\r\n".replace(b"\r", b"\x0b")),
        "From written by an mbox": b"From x@evil.example Mon Feb  2 09:00:00 2026\r\n" + mail(),
        "nothing but blank fields": b"\r\n".join(b"X:" for _ in range(9_000)) + b"\r\n\r\n",
    }


def _charsets() -> dict[str, bytes]:
    names = (
        *("utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "rot13", "hex", "zlib_codec", "bz2"),
        *("undefined", "mbcs", "utf-16", "utf-32", "utf-16be", "hz", "iso-2022-kr", "unknown-8bit", "../../etc/passwd"),
        *(
            "utf-8\0",
            '""',
            "x" * 500,
            "base64",
            "uu",
            "quopri",
            "cp65001",
            "=?utf-8?q?utf-8?=",
            "utf_8_sig",
            "os.system",
        ),
    )
    body = b"\x1b$B+AQ-~{&ADw-~}\xff\xfe\xd8\x00\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80text\r\n"
    return {f"charset {name[:24]!r}": typed(b"text/plain; charset=" + name.encode(), body) for name in names} | {
        f"a word in {name[:24]!r}": mail(b"Subject: =?" + name.encode() + b"?b?/v8A2AA=?=\r\n") for name in names[:12]
    }


def _authentication() -> dict[str, bytes]:
    signature = b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=k1; h=from; bh=AA==; b=AA==\r\n"
    victim = b"From: haruka@minami.example\r\n"
    return {
        "a thousand signatures": mail(signature % b"evil.example" * 1_000),
        "signatures of many domains": mail(b"".join(signature % (b"d%d.example" % n) for n in range(200))),
        "20,000 signed fields": mail(
            b"DKIM-Signature: v=1; d=evil.example; s=k1; h=" + b"from:" * 20_000 + b"; b=\r\n"
        ),
        "50,000 tags": mail(b"DKIM-Signature: " + b"".join(b"t%d=x;" % n for n in range(50_000)) + b"\r\n"),
        "a signature of 300 KB": mail(
            b"DKIM-Signature: v=1; d=evil.example; s=k1; h=from; b=" + b"A" * 300_000 + b"\r\n"
        ),
        "a selector with a NUL": mail(signature % b"evil.example\0.minami.example"),
        "a signing domain of dots": mail(signature % (b"." * 300)),
        "a chain of ARC sets": mail(
            b"".join(b"ARC-Seal: i=%d; cv=pass; d=evil.example; s=k1; b=A\r\n" % n for n in range(300))
        ),
        "a result that is not ours": victim
        + b"Authentication-Results: desk.example.jp; dmarc=pass header.from=minami.example\r\n\r\nx\r\n",
        "the victim for an author": victim + b"Subject: x\r\n\r\n" + "辞退します".encode() + b"\r\n",
        "the victim beside the attacker": victim + b"From: x@evil.example\r\n\r\nx\r\n",
        "the victim before an angle": b"From: haruka@minami.example <x@evil.example>\r\n\r\nx\r\n",
        "the victim in a name": b'From: "haruka@minami.example" <x@evil.example>\r\n\r\nx\r\n',
        "the victim with a NUL": b"From: <haruka@minami.example\0@evil.example>\r\n\r\nx\r\n",
        "the victim folded": b"From:\r\n haruka@minami\r\n .example\r\n\r\nx\r\n",
        "an author at a domain that asks too much": b"From: x@many.example\r\n\r\nx\r\n",
        "an author at a domain that is silent": b"From: x@" + b"a." * 120 + b"example\r\n\r\nx\r\n",
    }


def _injection() -> dict[str, bytes]:
    texts = {
        "ESC": "\x1b]52;c;cm0gLXJm\x07\x1b[2J\x9b31m",
        "a template": "{{ 7*7 }}{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}${7*7}%s%n",
        "SQL": "'; DROP TABLE cases; --\" OR 1=1 \\",
        "a formula": "=cmd|' /C calc'!A0",
        "a shell": "$(touch /tmp/owned) `id` ; rm -rf / & | > /dev/null",
        "JSON": '"}],"state":"new","x":[{"\\u0000',
        "a log line": "ok\\nlevel=info event=accepted queue_id=x",
        "surrogates": "\\ud800\\udfff \ufffe \uffff",
    }
    found: dict[str, bytes] = {}
    for name, text in texts.items():
        word = b"=?utf-8?b?" + base64.b64encode(text.encode()) + b"?="
        found[f"{name} in the subject"] = mail(b"Subject: " + word + b"\r\n")
        found[f"{name} in the name"] = b"From: " + word + b" <x@evil.example>\r\n\r\nx\r\n"
        found[f"{name} in the text"] = typed(b"text/plain; charset=utf-8", text.encode() + b"\r\n")
        found[f"{name} in a file name"] = typed(b"application/x; name=" + word)
    for file in (
        "../../../etc/passwd",
        "/etc/cron.d/x",
        "C:\\Windows\\x",
        "con.txt",
        "a" * 3_000,
        "\u202egpj.exe",
        ".",
        "-rf",
    ):
        found[f"the file {file[:16]!r}"] = typed(
            b'x/y\r\nContent-Disposition: attachment; filename="' + file.encode() + b'"'
        )
    for field in (
        b"Reply-To",
        b"Sender",
        b"Return-Path",
        b"Resent-From",
        b"Bcc",
        b"Errors-To",
        b"Disposition-Notification-To",
    ):
        found[field.decode()] = mail(field + b": haruka@minami.example\r\n")
    found["line ends in an encoded word"] = mail(b"Subject: =?utf-8?q?a=0D=0ABcc:_haruka=40minami.example?=\r\n")
    found["line ends in a Message-ID"] = mail(b"Message-ID: <a=0D=0A\x0bBcc: b@c.example>\r\n")
    found["a reply to what was never sent"] = mail(
        b"In-Reply-To: <1@desk.example.jp>\r\nReferences: <1@desk.example.jp>\r\n"
    )
    return found


ATTACKS: dict[str, dict[str, Attack]] = {
    "protocol": _protocol(),
    "paths": _paths(),
    "smuggling": _smuggling(),
    "sizes": _sizes(),
    "floods": _floods(),
}
MAILS: dict[str, dict[str, bytes]] = {
    "mime": _mime(),
    "headers": _headers(),
    "charsets": _charsets(),
    "authentication": _authentication(),
    "injection": _injection(),
}
