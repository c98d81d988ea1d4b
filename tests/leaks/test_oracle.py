"""The oracle finds a word in every wrapping, and nothing where nothing is: else no test of leaks says anything."""

from __future__ import annotations

import base64
import gzip
import io
import json
import quopri
import secrets
import zipfile
import zlib
from collections.abc import Callable
from email.header import Header
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import Oracle, folded

WORD = "雲母坂 つぐみ"
TAG = "Cx7T-Kanaria-3f9a"
ORACLE = Oracle({"name": WORD, "tag": TAG})
AROUND = "ようこそ。" + "本日は晴天です。" * 3


def _zip(content: bytes, name: str = "a.txt", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def _jis_of_vendors(text: str) -> bytes:
    """髙 stands in no ISO-2022-JP codec of Python: its octets, by hand."""
    return "先生".encode("iso-2022-jp") + b"\x1b$B|b\x1b(B" + text.encode("iso-2022-jp")


def _wrapped(text: str, width: int = 20, line_end: bytes = b"\r\n") -> bytes:
    encoded = base64.b64encode(text.encode())
    return line_end.join(encoded[at : at + width] for at in range(0, len(encoded), width))


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "cp932": lambda text: text.encode("cp932"),
    "euc-jp": lambda text: text.encode("euc_jp"),
    "iso-2022-jp": lambda text: text.encode("iso-2022-jp"),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "utf-16 at an odd place": lambda text: b"x" + text.encode("utf-16-le"),
    "utf-7": lambda text: text.encode("utf-7"),
    "cp932 behind half a character": lambda text: b"\x81" + text.encode("cp932"),
    "half-width": lambda text: text.replace("つぐみ", "ﾂｸﾞﾐ").encode(),
    "half-width in jis": lambda text: text.replace("つぐみ", "ﾂｸﾞﾐ").encode("iso2022_jp_ext"),
    "katakana": lambda text: text.replace("つぐみ", "ツグミ").encode(),
    "decomposed": lambda text: text.replace("ぐ", "く\u3099").encode(),
    "full width": lambda text: text.translate({code: code + 0xFEE0 for code in range(33, 127)}).encode(),
    "capitals": lambda text: text.upper().encode(),
    "spaced": lambda text: "\u3000".join(text).encode(),
    "over lines": lambda text: "\r\n ".join(text).encode(),
    "zero width": lambda text: "\u200b".join(text).encode(),
    "soft hyphens": lambda text: "\u00ad".join(text).encode(),
    "variation selectors": lambda text: "\ufe0f".join(text).encode(),
    "tag characters": lambda text: "\U000e0041".join(text).encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 behind one octet": lambda text: base64.b64encode(b"1" + text.encode()),
    "base64 behind two octets": lambda text: base64.b64encode(b"12" + text.encode()),
    "base64 behind a sign": lambda text: b"x" + base64.b64encode(text.encode()),
    "base64 for urls": lambda text: base64.urlsafe_b64encode(b"\xff\xfe" + text.encode()),
    "base64 without its end": lambda text: base64.b64encode(text.encode()).rstrip(b"="),
    "base64 in lines": _wrapped,
    "base64 in quoted lines": lambda text: _wrapped(text, line_end=b"\r\n> > "),
    "base64 of iso-2022-jp": lambda text: base64.b64encode(text.encode("iso-2022-jp")),
    "base64 of utf-16": lambda text: base64.b64encode(b"\xff\xfe" + text.encode("utf-16-le")),
    "base64 of base64": lambda text: base64.b64encode(_wrapped(text)),
    "base64 of a zip": lambda text: base64.b64encode(_zip(text.encode())),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()),
    "quoted-printable of cp932": lambda text: quopri.encodestring(text.encode("cp932")),
    "soft line ends": lambda text: b"=\r\n".join(text.encode()[at : at + 1] for at in range(len(text.encode()))),
    "percent": lambda text: quote(text).encode(),
    "percent of cp932": lambda text: quote(text.encode("cp932"), safe="").encode(),
    "entities": lambda text: "".join(f"&#{ord(sign)};" for sign in text).encode(),
    "hexadecimal entities": lambda text: "".join(f"&#x{ord(sign):x};" for sign in text).encode(),
    "json": lambda text: json.dumps(text).encode(),
    "python": lambda text: repr(text.encode()).encode(),
    "octal": lambda text: "".join(f"\\{octet:03o}" for octet in text.encode()).encode(),
    "encoded words": lambda text: Header(text, "utf-8", maxlinelen=30).encode().encode(),
    "encoded words of iso-2022-jp": lambda text: Header(text, "iso-2022-jp", maxlinelen=40).encode().encode(),
    "encoded words, quoted": lambda text: b"=?utf-8?q?" + quopri.encodestring(text.encode(), header=True) + b"?=",
    "words cut inside a character": lambda text: b" ".join(
        b"=?utf-8?B?" + base64.b64encode(text.encode()[at : at + 4]) + b"?=" for at in range(0, len(text.encode()), 4)
    ),
    "parameter": lambda text: b"filename*=utf-8'ja'" + quote(text).encode(),
    "parameter in pieces": lambda text: "; ".join(
        f"name*{at}*={quote(sign, safe='')}" for at, sign in enumerate(text)
    ).encode(),
    "parameter in quoted pieces": lambda text: "; ".join(
        f'name*{at}="{sign}"' for at, sign in enumerate(text)
    ).encode(),
    "punycode": lambda text: b"xn--" + text.replace(" ", "").encode("punycode") + b".example",
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "hexadecimal of postgresql": lambda text: b"\\\\x0" + text.encode().hex().encode(),
    "hexadecimal, spaced": lambda text: text.encode().hex(" ").upper().encode(),
    "zip": lambda text: _zip(text.encode()),
    "zip, stored": lambda text: _zip(text.encode(), method=zipfile.ZIP_STORED),
    "name in a zip": lambda text: _zip(b"", text),
    "zip in a zip": lambda text: _zip(_zip(text.encode())),
    "zip amid other octets": lambda text: secrets.token_bytes(99) + _zip(text.encode()) + b"\0" * 99_999,
    "gzip": lambda text: gzip.compress(text.encode()),
    "zlib amid other octets": lambda text: b"stream\n" + zlib.compress(text.encode()) + b"\nendstream",
}


@pytest.mark.parametrize(
    ("encoding", "name", "word"),
    [*((encoding, "name", WORD) for encoding in ENCODINGS)]
    + [(encoding, "tag", TAG) for encoding in ENCODINGS if encoding != "punycode"],  # a label of ASCII letters has none
)
def test_a_word_is_found_in_every_wrapping(encoding: str, name: str, word: str) -> None:
    assert ORACLE.found(b"X-Y: z\r\n\r\n" + ENCODINGS[encoding](word) + b"\r\n") == {name}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_another_word_is_not_found_in_it(encoding: str) -> None:
    assert ORACLE.found(ENCODINGS[encoding]("雲母坂 つばめ Cx7T-Kanaria-3f9b")) == set()


def test_a_character_of_a_vendor_is_read_in_jis() -> None:
    assert Oracle({"name": "先生髙雲母"}).found(_jis_of_vendors("雲母")) == {"name"}


@pytest.mark.parametrize(
    "text",
    [AROUND * 50, "The quick brown fox jumps over the lazy dog. " * 200, "雲母坂のつぐみ。" * 50, "a b c " * 999, ""],
)
def test_nothing_is_found_in_ordinary_text(text: str) -> None:
    assert ORACLE.found(text.encode()) == set()


def test_nothing_is_found_in_noise() -> None:
    assert ORACLE.found(secrets.token_bytes(300_000)) == set()


def test_what_is_amid_a_large_file_is_found() -> None:
    """The file of a database is sealed for the most part."""
    noise = secrets.token_bytes(500_000)
    assert ORACLE.found(noise + _wrapped(AROUND + WORD) + noise) == {"name"}


@pytest.mark.parametrize("text", ["ab", "水原", "short"])
def test_a_word_that_noise_may_have_is_no_canary(text: str) -> None:
    with pytest.raises(ValueError, match="too short"):
        Oracle({"one": text})


@given(st.binary(max_size=300))
def test_no_octets_are_too_strange(octets: bytes) -> None:
    assert ORACLE.found(octets) == set()
    assert ORACLE.found(octets + b"\n\n" + _wrapped(WORD)) == {"name"}


@given(st.text(st.sampled_from("がﾊﾞハ゛ばAａ 　\u200bー髙"), max_size=20))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
