"""The programs that Japanese teachers and boards write mail with, what each is seen to do, and texts to fill in.

A flat table, from public descriptions and fixtures. `client_mails` writes their mails, `client_matrix` reads them.
Invented people and texts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import wire_octets as wire
from wire_octets import Encoder

LABELS: dict[str, Encoder] = {
    "iso-2022-jp": wire.jis,
    "ISO-2022-JP": wire.jis,
    "iso-2022-jp-ms": wire.jis,
    "csISO2022JP": wire.jis,
    "cp50220": wire.jis,
    "CP50221": wire.jis,
    "_iso-2022-jp$ESC": wire.jis,
    "iso-2022-jp-3": wire.jis,
    "shift_jis": wire.sjis,
    "Shift_JIS": wire.sjis,
    "x-sjis": wire.sjis,
    "windows-31j": wire.sjis,
    "cp932": wire.sjis,
    "MS932": wire.sjis,
    "csWindows31J": wire.sjis,
    "ms_kanji": wire.sjis,
    "x-ms-cp932": wire.sjis,
    "euc-jp": wire.euc,
    "EUC-JP": wire.euc,
    "x-euc-jp": wire.euc,
    "eucJP-ms": wire.euc,
    "cp51932": wire.euc,
    "utf-8": wire.utf8,
    "UTF-8": wire.utf8,
    "utf8": wire.utf8,
    "unicode-1-1-utf-8": wire.utf8,
    "utf-7": wire.utf7,
    "unicode-1-1-utf-7": wire.utf7,
    "utf-16": wire.utf16,
    "gb2312": wire.gb,
    "GBK": wire.gb,
}


@dataclass(frozen=True, slots=True)
class Text:
    """What a person wrote."""

    subject: str
    name: str
    body: str
    files: tuple[str, str]


TEXTS = (
    Text(
        "ご相談（二学期の学級のこと）",
        "佐伯 みなみ",
        "はじめてご相談いたします。\n学級の子のことで、\n迷っていることがあります。\n\nよろしくお願いいたします。",
        ("時間割表.pdf", "報告書ソ.docx"),
    ),
    Text(
        "①面談の件㈱みどり、髙橋先生へ",
        "髙橋　﨑子",
        "髙橋です。①面談、②電話、③連絡帳の件。\n㈱みどり産業℡0000へは№5で連絡済みです。\n山﨑校長と德永先生も承知です。",
        ("①名簿㈱.xlsx", "髙﨑さん.txt"),
    ),
    Text(
        "ﾃｽﾄﾒｰﾙです ｱｲｳ",
        "ﾀﾅｶ ｲﾁﾛｳ",
        "ｵｾﾜになります。\n半角ｶﾅで書いています。ﾊﾞｽの時間です。\nﾖﾛｼｸ",
        ("ﾒﾓ.txt", "ﾌﾟﾘﾝﾄ.pdf"),
    ),
    Text(
        "Re: 保護者会について",
        "表 能ソ子",
        '表のソートが予定どおりです。\n能力、構造、十分、貼付、噂、ボ。\n1+1=67, a=b; "quote" <tag> (c) \\100',
        ("表.xls", "能ソ十.csv"),
    ),
    Text("はい", "森", "はい。", ("森.txt", "写真.jpg")),
    Text(
        "RE: 3月3日(月)の打合せ～資料",
        "山本(教務)",
        "3月3日（月）～5日（水）の件です。\n参加費－１００円、対象∥全員\n  字下げした行\n>引用ではない行\n.\nFrom here",
        ("資料 3月.pdf", "a;b=c.txt"),
    ),
    Text(
        "Meeting 打合せ notes",
        "Sato, Hanako 佐藤",
        "Hello,\n日本語と English が混ざる mail です。\n\n-- \n佐藤 花",
        ("minutes 議事録.doc", "plain.txt"),
    ),
    Text(
        "長い件名です。" * 8,
        "岡里市立みどり台小学校 教務主任 中村",
        "とても長い一行が続きます、" * 25 + "。\n短い行。",
        ("とても長い名前の添付ファイルです" * 3 + ".pdf", "二番目.zip"),
    ),
)


@dataclass(frozen=True, slots=True)
class Client:
    """How one program writes: each tuple holds what it is seen to do, and is gone through in turn."""

    name: str
    labels: tuple[str, ...] = ("utf-8",)
    subject: Callable[[str, Encoder, str], bytes] = wire.words
    sender: str = "plain"
    """plain: words <a>; quoted: "words" <a>; comment: a (words); bare: a; raw: the octets as they are."""
    address: str = "teacher@school.example.jp"
    encodings: tuple[str, ...] = ("7bit", "base64", "quoted-printable")
    structures: tuple[str, ...] = ("plain",)
    file_names: tuple[str, ...] = ("words",)
    headers: tuple[bytes, ...] = ()
    header_label: str = ""
    """When the header has another charset than the text."""
    written_label: str | None = None
    """What the mail says of its text, when that is not true; "" is no label at all."""
    shifted: bool = False


JIS = ("iso-2022-jp",)
_ATTACHED = ("plain", "mixed")
_RICH = ("plain", "alternative", "mixed", "related", "html")
CLIENTS = (
    Client(
        "outlook",
        ("iso-2022-jp", "utf-8"),
        sender="quoted",
        structures=(*_RICH, "tnef", "message"),
        file_names=("words", "both"),
        headers=(b"X-Mailer: Microsoft Outlook 16.0",),
    ),
    Client(
        "outlook-no-charset",
        JIS,
        sender="quoted",
        encodings=("7bit",),
        written_label="",
        headers=(b"X-Mailer: Microsoft Outlook 16.0",),
    ),
    Client(
        "outlook-web",
        ("iso-2022-jp", "utf-8", "gb2312"),
        subject=wire.words,
        encodings=("quoted-printable", "base64"),
        structures=_RICH,
        file_names=("words", "both"),
        headers=(b"Accept-Language: ja-JP, en-US",),
    ),
    Client(
        "exchange",
        ("iso-2022-jp", "shift_jis"),
        subject=wire.words_cut_anywhere,
        sender="quoted",
        encodings=("quoted-printable",),
        structures=(*_RICH, "message", "tnef"),
        file_names=("words",),
    ),
    Client(
        "gmail", ("UTF-8",), encodings=("base64", "quoted-printable"), structures=_RICH, file_names=("both", "words")
    ),
    Client(
        "gmail-jis", ("ISO-2022-JP",), encodings=("7bit",), structures=("plain", "alternative"), file_names=("words",)
    ),
    Client(
        "apple-mail",
        ("utf-8", "iso-2022-jp", "cp932"),
        encodings=("quoted-printable", "7bit"),
        structures=(*_RICH, "text-photo-text", "flowed"),
        file_names=("continued", "extended"),
        headers=(b"X-Mailer: Apple Mail (2.3774.500.171.1.1)",),
    ),
    Client(
        "iphone",
        ("utf-8", "iso-2022-jp", "cp932"),
        sender="plain",
        header_label="shift_jis",
        encodings=("7bit", "base64", "quoted-printable"),
        structures=("plain", "text-photo-text", "alternative", "html"),
        file_names=("continued", "words"),
        headers=(b"X-Mailer: iPhone Mail (21F90)",),
    ),
    Client(
        "thunderbird",
        ("utf-8", "ISO-2022-JP", "Shift_JIS"),
        encodings=("7bit", "8bit", "base64"),
        structures=("plain", "flowed", "alternative", "mixed", "related", "message"),
        file_names=("both", "continued"),
    ),
    Client(
        "becky",
        ("ISO-2022-JP", "UTF-8"),
        subject=wire.words,
        encodings=("7bit", "base64"),
        structures=_ATTACHED,
        file_names=("words", "raw"),
        headers=(b"X-Mailer: Becky! ver. 2.75.04 [ja]",),
    ),
    Client("becky-kana", ("iso-2022-jp",), sender="plain", encodings=("7bit",), shifted=True),
    Client("shuriken", JIS, encodings=("7bit",), structures=_ATTACHED, file_names=("words", "continued")),
    Client(
        "al-mail",
        JIS,
        subject=wire.words_glued,
        sender="comment",
        encodings=("7bit",),
        structures=_ATTACHED,
        file_names=("words", "raw"),
    ),
    Client(
        "winbiff",
        JIS,
        subject=wire.words_cut_anywhere,
        sender="comment",
        encodings=("7bit",),
        structures=_ATTACHED,
        file_names=("extended",),
    ),
    Client("edmax", JIS, subject=wire.one_long_word, encodings=("7bit",), structures=_ATTACHED, file_names=("words",)),
    Client(
        "sylpheed",
        ("ISO-2022-JP", "UTF-8"),
        encodings=("7bit", "base64"),
        structures=_ATTACHED,
        file_names=("words", "extended"),
    ),
    Client(
        "eudora",
        JIS,
        subject=wire.words_glued,
        sender="quoted",
        encodings=("7bit",),
        structures=_ATTACHED,
        file_names=("raw",),
    ),
    Client(
        "notes",
        ("ISO-2022-JP", "Shift_JIS"),
        subject=wire.words_cut_anywhere,
        encodings=("7bit", "base64"),
        structures=_RICH,
        file_names=("words",),
    ),
    Client(
        "docomo",
        ("Shift_JIS", "iso-2022-jp"),
        subject=wire.words,
        sender="bare",
        address="yuki..smile.2@docomo.example.ne.jp",
        encodings=("8bit", "base64"),
        structures=("plain", "decomail"),
        file_names=("words",),
    ),
    Client(
        "docomo-raw",
        ("Shift_JIS",),
        sender="raw",
        address="hana.@docomo.example.ne.jp",
        encodings=("8bit",),
        structures=("plain",),
    ),
    Client(
        "au",
        ("iso-2022-jp", "UTF-8"),
        sender="plain",
        address="-k..t-@ezweb.example.ne.jp",
        encodings=("7bit", "base64"),
        structures=("plain", "decomail"),
        file_names=("words",),
    ),
    Client(
        "softbank",
        ("shift_jis", "utf-8"),
        subject=wire.one_long_word,
        sender="plain",
        address="s_a-b.c@softbank.example.ne.jp",
        encodings=("8bit", "base64"),
        structures=("plain", "alternative"),
        file_names=("words",),
    ),
    Client(
        "yahoo",
        ("utf-8", "iso-2022-jp"),
        encodings=("base64", "7bit", "quoted-printable"),
        structures=_RICH,
        file_names=("words", "both"),
    ),
    Client("nifty-webmail", JIS, encodings=("7bit",), structures=_ATTACHED, file_names=("continued",)),
    Client(
        "active-mail",
        ("iso-2022-jp", "UTF-8"),
        subject=wire.words,
        sender="quoted",
        encodings=("7bit", "base64"),
        structures=_ATTACHED,
        file_names=("words", "extended"),
    ),
    Client(
        "deepmail",
        ("iso-2022-jp", "UTF-8"),
        subject=wire.words_cut_anywhere,
        encodings=("7bit", "base64"),
        structures=_ATTACHED,
        file_names=("words", "percent"),
    ),
    Client("denbun", JIS, sender="comment", encodings=("7bit",), structures=_ATTACHED, file_names=("raw",)),
    Client(
        "cybermail",
        ("ISO-2022-JP", "UTF-8"),
        encodings=("7bit", "base64"),
        structures=_ATTACHED,
        file_names=("both", "dummy"),
    ),
    Client(
        "roundcube",
        ("UTF-8", "ISO-2022-JP"),
        encodings=("8bit", "base64", "quoted-printable"),
        structures=("plain", "flowed", "alternative", "mixed"),
        file_names=("continued", "words"),
    ),
    Client(
        "horde",
        ("utf-8", "iso-2022-jp"),
        encodings=("8bit", "quoted-printable"),
        structures=("plain", "flowed", "mixed"),
        file_names=("extended",),
    ),
    Client(
        "sogo",
        ("utf-8",),
        encodings=("8bit", "quoted-printable"),
        structures=("plain", "html", "mixed"),
        file_names=("words",),
    ),
    Client(
        "k9",
        ("utf-8", "shift_jis", "iso-2022-jp"),
        encodings=("7bit", "quoted-printable"),
        structures=("plain", "alternative", "mixed"),
        file_names=("extended",),
    ),
    Client("line-works", ("UTF-8",), encodings=("base64",), structures=_RICH, file_names=("both",)),
    Client("zoho", ("UTF-8",), encodings=("quoted-printable",), structures=_RICH, file_names=("words",)),
    Client("qmail-form", ("euc-jp", "shift_jis", "utf-8"), sender="raw", encodings=("8bit",), written_label=""),
    Client("cgi-form", JIS, sender="raw", encodings=("7bit",), written_label="us-ascii"),
    Client(
        "php-form",
        ("iso-2022-jp-ms", "utf-8"),
        encodings=("7bit", "base64"),
        structures=_ATTACHED,
        file_names=("raw", "words"),
    ),
    Client(
        "old-unix",
        ("EUC-JP", "x-euc-jp"),
        sender="comment",
        encodings=("8bit", "base64"),
        structures=_ATTACHED,
        file_names=("words", "raw"),
    ),
    Client(
        "wordpress",
        ("UTF-8",),
        subject=wire.words_cut_anywhere,
        encodings=("8bit", "base64"),
        structures=("plain", "html"),
    ),
    Client(
        "q-words",
        ("utf-8", "iso-2022-jp", "shift_jis"),
        subject=lambda text, encode, label: wire.words(text, encode, label, "Q", characters=6),
        encodings=("quoted-printable",),
    ),
    Client("label-utf8-text-sjis", ("shift_jis",), encodings=("8bit", "base64"), written_label="utf-8"),
    Client("label-jis-text-utf8", ("utf-8",), encodings=("8bit", "base64"), written_label="iso-2022-jp"),
    Client("label-jis-text-sjis", ("shift_jis",), encodings=("8bit", "quoted-printable"), written_label="ISO-2022-JP"),
    Client("label-sjis-text-utf8", ("utf-8",), encodings=("8bit", "base64"), written_label="Shift_JIS"),
    Client("label-sjis-text-euc", ("euc-jp",), encodings=("8bit", "base64"), written_label="shift_jis"),
    Client("label-euc-text-sjis", ("shift_jis",), encodings=("8bit", "base64"), written_label="euc-jp"),
    Client("label-euc-text-utf8", ("utf-8",), encodings=("8bit", "base64"), written_label="euc-jp"),
    Client("label-utf8-text-jis", ("iso-2022-jp",), encodings=("7bit", "base64"), written_label="utf-8"),
    Client("label-utf8-text-euc", ("euc-jp",), encodings=("8bit", "base64"), written_label="utf-8"),
    Client("label-latin-text-utf8", ("utf-8",), encodings=("8bit", "base64"), written_label="iso-8859-1"),
    Client("label-latin-text-sjis", ("shift_jis",), encodings=("8bit", "base64"), written_label="iso-8859-1"),
    Client("label-latin-text-jis", ("iso-2022-jp",), encodings=("7bit",), written_label="ISO-8859-1"),
    Client("label-latin-text-euc", ("euc-jp",), encodings=("8bit",), written_label="windows-1252"),
    Client("label-ascii", ("shift_jis", "euc-jp", "utf-8"), encodings=("8bit",), written_label="us-ascii"),
    Client(
        "label-none", ("shift_jis", "euc-jp", "utf-8", "iso-2022-jp"), encodings=("8bit", "base64"), written_label=""
    ),
    Client(
        "label-unknown",
        ("shift_jis", "euc-jp", "utf-8", "iso-2022-jp"),
        encodings=("8bit", "base64"),
        written_label="x-unknown",
    ),
    Client(
        "label-unheard-of",
        ("shift_jis", "euc-jp", "utf-8", "iso-2022-jp"),
        encodings=("base64",),
        written_label="x-fantasy-9",
    ),
    Client("label-default", ("shift_jis", "utf-8"), encodings=("8bit",), written_label="default"),
    Client("label-user-defined", ("shift_jis", "iso-2022-jp"), encodings=("8bit",), written_label="x-user-defined"),
    Client("label-korean", ("iso-2022-jp", "utf-8"), encodings=("8bit",), written_label="ks_c_5601-1987"),
    Client("label-gb-text-sjis", ("shift_jis", "utf-8"), encodings=("8bit",), written_label="gb2312"),
    Client("names", tuple(LABELS), encodings=("base64",)),
    Client(
        "raw-header",
        ("shift_jis", "euc-jp", "utf-8", "iso-2022-jp"),
        sender="raw",
        encodings=("8bit",),
        structures=_ATTACHED,
        file_names=("raw",),
    ),
    Client(
        "broken",
        ("iso-2022-jp", "utf-8", "shift_jis"),
        encodings=("8bit", "base64"),
        structures=("no-close", "boundary-with-blanks", "no-boundary-lines", "blank-plain", "late-label", "signed"),
    ),
)
