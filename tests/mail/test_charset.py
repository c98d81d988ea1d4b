"""Octets to text: what is really on the wire from Japanese mailers, and what must never come out."""

from __future__ import annotations

import pytest

from mailgate.mail.charset import Decoded, clean, decode

_GUESS = "the character set is no more than a guess"
_SENTENCE = "髙橋さんと、①の件（㈱みどり）を話しました。"


@pytest.mark.parametrize(
    ("octets", "label", "text"),
    [
        pytest.param(b"\x1b$B-!-j|byu\x1b(B", "iso-2022-jp", "①㈱髙﨑", id="NEC and IBM rows"),
        pytest.param(b"\x1b$B-!\x1b(B", None, "①", id="JIS without a label"),
        pytest.param(b"\x1b$B-!\x1b(B", "utf-8", "①", id="JIS under another label"),
        pytest.param(b"\x1b(IC6D\x1b(B", "iso-2022-jp", "ﾃｶﾄ", id="half-width kana by escape"),
        pytest.param(b"\x0eC6D\x0f abc", "iso-2022-jp", "ﾃｶﾄ abc", id="half-width kana by SO and SI"),
        pytest.param(b'\x1b$B$"\x0eC6D\x0f$$\x1b(B', "iso-2022-jp", "あﾃｶﾄい", id="half-width kana amid kanji"),
        pytest.param(b'\x1b$B$"\x1b(B\x1b$B$$\x1b(B', "csISO2022JP", "あい", id="needless escapes"),
        pytest.param(b'\x1b$@$"\x1b(J!', "iso-2022-jp", "あ!", id="JIS C 6226 and JIS Roman"),
        pytest.param(b'\x1b$B$"', "_iso-2022-jp$ESC", "あ", id="escape left open"),
        pytest.param(b'\x1b$B$"\r\n$$\x1b(B', "iso-2022-jp", "あ\nい", id="broken line inside kanji"),
        pytest.param("①㈱髙﨑".encode("cp932"), "shift_jis", "①㈱髙﨑", id="vendor characters under shift_jis"),
        pytest.param(_SENTENCE.encode("cp932"), "x-sjis", _SENTENCE, id="x-sjis"),
        pytest.param(_SENTENCE.encode("cp932"), "Windows-31J", _SENTENCE, id="windows-31j"),
        pytest.param(_SENTENCE.encode("cp932"), None, _SENTENCE, id="Shift_JIS without a label"),
        pytest.param("山田太郎".encode("cp932"), None, "山田太郎", id="bare name in Shift_JIS"),
        pytest.param("山田太郎".encode("euc_jp"), None, "山田太郎", id="bare name in EUC-JP"),
        pytest.param("ﾔﾏﾀﾞ".encode("cp932"), "shift_jis", "ﾔﾏﾀﾞ", id="half-width kana the label speaks for"),
        pytest.param("表".encode("euc_jp"), "euc-jp", "表", id="kanji that is a letter of UTF-8, labelled"),
        pytest.param("﨑①".encode("cp932"), "shift_jis", "﨑①", id="kanji that are Hangul of UTF-8"),
        pytest.param("안녕".encode(), None, "안녕", id="Hangul of UTF-8"),
        pytest.param("Žižek".encode(), None, "Žižek", id="accented letters of UTF-8"),
        pytest.param("Δημήτρης".encode(), None, "Δημήτρης", id="Greek of UTF-8"),
        pytest.param("Юлия".encode(), None, "Юлия", id="Cyrillic of UTF-8"),
        pytest.param("森".encode("gb18030"), "gb2312", "森", id="kanji of GB2312 that is a letter of UTF-8"),
        pytest.param("ﾀﾅｶ ｲﾁﾛｳ".encode("cp932"), None, "ﾀﾅｶ ｲﾁﾛｳ", id="half-width kana without a label"),
        pytest.param("ﾃｽﾄﾒｰﾙです".encode("euc_jp"), None, "ﾃｽﾄﾒｰﾙです", id="half-width kana in EUC-JP without a label"),
        pytest.param(b"\xad\xa1\xad\xea", "euc-jp", "①㈱", id="NEC row in EUC-JP"),
        pytest.param("日本語 髙".encode("gb18030"), "gb2312", "日本語 髙", id="GB18030 under gb2312"),
        pytest.param("안녕하세요".encode("cp949"), "ks_c_5601-1987", "안녕하세요", id="Korean"),
        pytest.param("Größe, élève".encode("latin-1"), "iso-8859-1", "Größe, élève", id="Latin"),
        pytest.param("Привет, коллеги".encode("koi8_r"), "koi8-r", "Привет, коллеги", id="Cyrillic"),
        pytest.param("席".encode("utf-16"), "utf-16", "席", id="UTF-16 with its mark"),
        pytest.param("席".encode("utf-16-le"), "utf-16le", "席", id="UTF-16 by label"),
        pytest.param("席+".encode("utf-7"), "unicode-1-1-utf-7", "席+", id="UTF-7"),
        pytest.param("がぎ".encode() + "か\u3099".encode(), "utf-8", "がぎが", id="composed kana"),
        pytest.param("〜−‖¢".encode(), "utf-8", "～－∥￠", id="twins"),
        pytest.param(b"\xef\xbb\xbfa\x00b\x07c\xc2\x85\r\nd\re\x1b", "utf-8", "abc\nd\ne", id="controls"),
        pytest.param("👩‍🏫先生".encode(), "utf-8", "👩‍🏫先生", id="joined emoji stay whole"),
        pytest.param(b"", None, "", id="nothing"),
    ],
)
def test_text_is_read_without_a_defect(octets: bytes, label: str | None, text: str) -> None:
    assert decode(octets, label) == Decoded(text, ())


@pytest.mark.parametrize(
    ("octets", "label", "decoded"),
    [
        ("席替え".encode(), "iso-2022-jp", Decoded("席替え", ("the text is utf-8, not iso-2022-jp as it says",))),
        ("席替え".encode(), "shift_jis", Decoded("席替え", ("the text is utf-8, not shift_jis as it says",))),
        (
            "席替えです。".encode("cp932"),
            "iso-8859-1",
            Decoded("席替えです。", ("the text is cp932, not iso-8859-1 as it says",)),
        ),
        (
            "席替えです。".encode("cp932"),
            "utf-8",
            Decoded("席替えです。", ("the text is cp932, not utf-8 as it says",)),
        ),
        (
            "席替えです。".encode("euc_jp"),
            "shift_jis",
            Decoded("席替えです。", ("the text is eucjp, not shift_jis as it says",)),
        ),
        ("はい。".encode("cp932"), "gb2312", Decoded("はい。", ("the text is cp932, not gb2312 as it says",))),
        (
            b"Ver " * 200 + "¡Feliz información!".encode("cp1252"),
            "utf-8",
            Decoded("Ver " * 200 + "¡Feliz información!", ("the text is cp1252, not utf-8 as it says", _GUESS)),
        ),
        ("主幹です".encode("euc_jp"), "utf-8", Decoded("主幹です", ("the text is eucjp, not utf-8 as it says",))),
        ("表".encode("euc_jp"), None, Decoded("表", (_GUESS,))),
        ("ﾒﾓ".encode("cp932"), None, Decoded("厶", (_GUESS,))),
        ("안녕하세요".encode(), "euc-kr", Decoded("안녕하세요", ("the text is utf-8, not euc-kr as it says",))),
        ("안녕하세요".encode(), "shift_jis", Decoded("안녕하세요", ("the text is utf-8, not shift_jis as it says",))),
        (b"abc", "x-nowhere", Decoded("abc", ("unknown character set: x-nowhere",))),
        ("席替え".encode("cp932"), "../etc\0", Decoded("席替え", ("unknown character set: ../etc",))),
        ("席替え".encode()[:-1], "utf-8", Decoded("席替\ufffd", ("characters that could not be read: 1",))),
        (b'\x1b$B$"$\x1b(B', "iso-2022-jp", Decoded("あ\ufffd", ("characters that could not be read: 1",))),
        (
            b"\x82\xa0\x81",
            "shift_jis",
            Decoded("あ\ufffd", ("characters that could not be read: 1",)),
        ),
        (
            "あ\uf8ff".encode(),
            "utf-8",
            Decoded("あ〓", ("private characters shown as 〓",)),
        ),
    ],
)
def test_what_was_wrong_is_a_defect(octets: bytes, label: str | None, decoded: Decoded) -> None:
    assert decode(octets, label) == decoded


@pytest.mark.parametrize(
    ("octets", "label", "text"),
    [
        pytest.param("明日は".encode("cp932") + b"\xf8\x9f", "shift_jis", "明日は☀", id="docomo"),
        pytest.param("明日は\ue63e".encode(), "utf-8", "明日は☀", id="docomo-utf-8"),
        pytest.param("明日は".encode("cp932") + b"\xf6\x60", "shift_jis", "明日は☀", id="au"),
        pytest.param("明日は".encode("cp932") + b"\xf3\x40", None, "明日は🏫", id="au-later-and-without-a-label"),
        pytest.param("明日は".encode("iso2022_jp") + b"\x1b$Bu:uA\x1b(B", "iso-2022-jp", "明日は⚠☀", id="au-jis"),
        pytest.param("明日は\ue04a".encode(), "utf-8", "明日は☀", id="softbank"),
        pytest.param(b"\xf9\x87", "shift_jis", "1\u20e3", id="of-two-characters"),
    ],
)
def test_emoji_of_old_phones_are_those_of_today(octets: bytes, label: str | None, text: str) -> None:
    assert decode(octets, label) == Decoded(text, ())


@pytest.mark.parametrize(
    "label", ["idna", "punycode", "undefined", "rot13", "hex", "zlib_codec", "mbcs", "unicode_escape"]
)
def test_codecs_outside_the_list_are_never_used(label: str) -> None:
    assert decode(b"a\\x41", label) == Decoded("a\\x41", (f"unknown character set: {label}",))


def test_lone_surrogates_leave_no_trace() -> None:
    assert clean("a\ud800b\udfff") == "ab"


def test_piled_marks_are_cut_before_they_are_sorted() -> None:
    assert len(clean("e" + "\u0301\u0316" * 100_000)) == 8
