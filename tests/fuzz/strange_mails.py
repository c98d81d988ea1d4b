"""Strategies for strangers' bytes: anything, damaged mails, and mails made of what readers stumble over."""

from __future__ import annotations

from pathlib import Path

from client_mails import mail
from client_matrix import cells, certain, fits
from clients import TEXTS
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

_TESTS = Path(__file__).parents[1]
_FILES = sorted((_TESTS / "eml").glob("*.eml")) + sorted((_TESTS.parent / "mailgate/demo/samples").glob("*.eml"))
REAL_MAILS = [path.read_bytes() for path in _FILES] + [
    mail(cell, TEXTS[number % len(TEXTS)])[0]
    for number, cell in enumerate(cells())
    if number % 11 == 0 and fits(cell, TEXTS[number % len(TEXTS)]) and certain(cell, TEXTS[number % len(TEXTS)])
]

# The number of examples comes from the profile: a hundred, or thousands (see conftest).
STRANGE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

LABELS = [
    *("iso-2022-jp", "cp50221", "_iso-2022-jp$ESC", "shift_jis", "euc-jp", "utf-8", "utf-7", "utf-16", "utf-16le"),
    *("gb2312", "big5", "iso-2022-kr", "hz-gb-2312", "ks_c_5601-1987", "iso-8859-1", "x-unknown", "us-ascii"),
    *("koi8-r", "tis-620", "windows-1258", "unicode_escape", "idna"),
]
SPLINTERS = [
    *[
        b"\r\n",
        b"\r\n\r\n",
        b"\n",
        b"\r",
        b"\0",
        b"\x0e",
        b"\x0f",
        b"\x1b$B",
        b"\x1b(B",
        b"\x1b(I",
        b"\x1b$(D",
        b"\x8e",
    ],
    *[
        b"\x8f",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"=?utf-8?b?",
        b"=?iso-2022-jp?B?GyRC",
        b"?=",
        b'"',
        b"\\",
        b"<",
        b">",
        b"(",
    ],
    *[b")", b"@", b",", b";", b":", b"=", b"=\r\n", b"%E3", b"*0*=", b"''", b"--b", b"--b--", b"--", b"-- \r\n", b"> "],
    *[b"\n--b9\n", b"<blockquote type=cite>", b"</div>", b"<!--", b"&#x1b;", b"&#xE000;0&#xE000;", b"\x01long:0\x01"],
    *[b"x-opaque-to-mailgate-", b"550 5.1.1", b"Final-Recipient: rfc822; ", "差出人: ".encode(), "＞".encode("cp932")],
]
_FIELDS = [
    *[b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Message-ID: ", b"References: ", b"In-Reply-To: ", b"Sender: "],
    *[
        b"Return-Path: <>",
        b"Auto-Submitted: auto-replied",
        b"Precedence: bulk",
        b"List-Id: <x>",
        b"X-Failed-Recipients: ",
    ],
    *[b"Content-Type: text/html; charset=", b"Content-Type: text/plain; format=flowed; delsp=yes; charset="],
    *[b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: multipart/report; report-type=delivery-status"],
    *[b"Content-Type: multipart/alternative; boundary=b", b"Content-Type: message/rfc822", b"Content-Type: message/"],
    *[b"Content-Type: message/delivery-status", b"Content-Disposition: attachment; filename=", b"Content-Type: "],
    *[
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b"Authentication-Results: ",
    ],
]

splinters = st.one_of(st.sampled_from(SPLINTERS), st.binary(max_size=12), st.sampled_from([b"a@b.example", b"<a@b>"]))
contents = st.lists(splinters, max_size=12).map(b"".join)
labels = st.one_of(st.none(), st.sampled_from(LABELS), st.text(max_size=20))

any_bytes = st.binary(max_size=2_000)


@st.composite
def damaged_mails(draw: st.DrawFn) -> bytes:
    """A real mail with octets cut out and others put in."""
    raw = draw(st.sampled_from(REAL_MAILS))
    for where, length, octets in draw(
        st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), splinters), min_size=1, max_size=12)
    ):
        start = int(where * len(raw))
        raw = raw[:start] + octets + raw[start + length :]
    return raw


@st.composite
def assembled_mails(draw: st.DrawFn) -> bytes:
    """Header and parts from the pieces that mean something to a reader."""
    fields = st.tuples(st.sampled_from(_FIELDS), contents).map(b"".join)
    sections = st.lists(fields, max_size=6).map(lambda lines: b"\r\n".join(lines) + b"\r\n\r\n")
    parts = draw(st.lists(st.tuples(sections, contents).map(b"".join), min_size=1, max_size=5))
    return draw(st.sampled_from([b"\r\n--b\r\n", b"\n--b\n", b"\r\n"])).join(parts)


mails = st.one_of(any_bytes, damaged_mails(), assembled_mails())
