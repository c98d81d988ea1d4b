"""Header fields from raw octets: encoded words, parameters, addresses, ids and dates as mailers write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mailgate.mail import fields, mailboxes
from mailgate.mail.fields import Field, Section
from mailgate.mail.message import Sender

_JST = timezone(timedelta(hours=9))


def _section(**values: bytes) -> Section:
    return Section(tuple(Field(name.replace("_", "-"), octets) for name, octets in values.items()))


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        pytest.param(b"=?ISO-2022-JP?B?GyRCQGhAOCROQWs4fRsoQg==?=", "先生の窓口", id="one word"),
        pytest.param(b"Re:=?utf-8?B?5Lit5p2R?=", "Re:中村", id="glued to ASCII"),
        pytest.param(b"=?utf-8?B?5Lit?= =?UTF-8?B?5p2R?=", "中村", id="blank between words is none of the text"),
        pytest.param(b"=?utf-8?b?5Lit?==?utf-8?b?5p2R?=", "中村", id="run together"),
        pytest.param(b"=?utf-8?q?=E4=B8?=\r\n =?utf-8?q?=AD=E6=9D=91?=", "中村", id="cut inside a character"),
        pytest.param(
            b"=?iso-2022-jp?B?GyRCQGhAOCRO?=\r\n =?iso-2022-jp?B?QWs4fRsoQg==?=", "先生の窓口", id="JIS cut open"
        ),
        pytest.param(b"=?utf-8?B?5Lit?= =?iso-2022-jp?B?GyRCQGgbKEI=?=", "中先", id="two charsets"),
        pytest.param(b"=?utf-8?B?5Lit5p2R", "=?utf-8?B?5Lit5p2R", id="unfinished word stays"),
        pytest.param(b"=?utf-8*ja?B?5Lit5p2R?=", "中村", id="language"),
        pytest.param(b"=?utf-8?B?5Lit5p2R5g?= x", "中村\ufffd x", id="no padding"),
        pytest.param(b"=?utf-8?Q?a_b=20c?=", "a b c", id="underscore is a blank"),
        pytest.param("件名①".encode("cp932"), "件名①", id="raw Shift_JIS"),
        pytest.param("件名".encode(), "件名", id="raw UTF-8"),
        pytest.param(b"\x1b$B7oL>-!\x1b(B", "件名①", id="raw JIS"),
        pytest.param(b" a\r\n\t b \r\n \r\n c", "a b  c", id="folds and a blank fold"),
        pytest.param(b"a =?utf-8?B?DQpCY2M6IHg=?=", "a  Bcc: x", id="a line end inside a word ends no field"),
    ],
)
def test_unstructured_field_is_decoded(octets: bytes, text: str) -> None:
    assert fields.unstructured(octets).text == text


@pytest.mark.parametrize(
    ("octets", "value", "by_name"),
    [
        (
            b'text/plain; charset="iso-2022-jp"; Format=Flowed',
            "text/plain",
            {"charset": "iso-2022-jp", "format": "Flowed"},
        ),
        (b'a; filename="b;c=d\\"e"; x=y', "a", {"filename": 'b;c=d"e', "x": "y"}),
        (b"a; filename=two words.pdf", "a", {"filename": "two words.pdf"}),
        (b"a; filename=dummy.pdf; filename*=UTF-8''%E8%A1%A8.pdf", "a", {"filename": "表.pdf"}),
        (b"a; filename*1=c.txt; filename*0=ab", "a", {"filename": "abc.txt"}),
        (b"a; filename*0*=utf-8''%E8%A1; filename*1*=%A8.pdf", "a", {"filename": "表.pdf"}),
        (b"a; filename*=Shift_JIS'ja'%87%40.doc", "a", {"filename": "①.doc"}),
        (b'a; name="=?UTF-8?B?6KGo?=.pdf"', "a", {"name": "表.pdf"}),
        (b'a; name="%E8%A1%A8.pdf"', "a", {"name": "表.pdf"}),
        (b'a; name="100%25.pdf"', "a", {"name": "100%25.pdf"}),
        ('a; name="表能.pdf"'.encode("cp932"), "a", {"name": "表能.pdf"}),
        (b";;=;a", "", {}),
        (b"", "", {}),
    ],
)
def test_parameters_are_decoded(octets: bytes, value: str, by_name: dict[str, str]) -> None:
    assert fields.parameters(octets) == fields.Parameters(value, by_name)


@pytest.mark.parametrize(
    ("octets", "name", "address"),
    [
        (b"yuki..smile.2@docomo.example.ne.jp", "", "yuki..smile.2@docomo.example.ne.jp"),
        (b"Hana <a.@au.example.ne.jp>", "Hana", "a.@au.example.ne.jp"),
        (b'"a..b"@docomo.example.ne.jp', "", "a..b@docomo.example.ne.jp"),
        (b'"=?ISO-2022-JP?B?GyRCQGhAOCROQWs4fRsoQg==?=" <m@x.example>', "先生の窓口", "m@x.example"),
        (b"m@x.example (=?UTF-8?B?5Lit5p2R?=)", "中村", "m@x.example"),
        (b"=?utf-8?B?5L2Q6JekICLoirEi?= <m@x.example>", '佐藤 "花"', "m@x.example"),
        (b"'Oki' <m@x.example>", "Oki", "m@x.example"),
        (b'"Oki, Mari" <m@x.example>', "Oki, Mari", "m@x.example"),
        ("表 ソノ子 <m@x.example>".encode("cp932"), "表 ソノ子", "m@x.example"),
        (b"\x1b$B;3ED\x1b(B <m@x.example>", "山田", "m@x.example"),
        (b"m@x.example <M@x.example>", "m@x.example", "M@x.example"),
        (b'"boss@good.example" <m@x.example>', "boss@good.example", "m@x.example"),
        (b"members: m@x.example;", "", "m@x.example"),
        (b" <m@x.example>,", "", "m@x.example"),
    ],
)
def test_author_is_named(octets: bytes, name: str, address: str) -> None:
    sender, defects = mailboxes.author(_section(**{"from": octets}))
    assert (sender.name, str(sender.address), defects) == (name, address, ())


@pytest.mark.parametrize(
    "octets",
    [
        b"a@good.example <evil@x.example>",
        b"a@good.example(c)<evil@x.example>",
        b"<evil@x.example>a@good.example",
        b"<a@good.example> <evil@x.example>",
        b"<a@good.example\0@evil.example>",
        b"a\0@good.example",
        b"alice@good.example)bob@evil.example",
        b"a@good.example\\,<evil@x.example>",
        "“a@good.example” <evil@x.example>".encode(),
        b"<@route.example:a@b.example>",
        b"a@b@c.example",
        b"<<a@b.example>>",
        b"MAILER-DAEMON <>",
        b"=?utf-8?q?a=40good=2Eexample?=",
        b"nobody",
        b"a@b.example, c@d.example",
        b"g:a@good.example;,evil@x.example",
        b"",
        b"(" * 5_000,
    ],
)
def test_author_in_doubt_is_nobody(octets: bytes) -> None:
    sender, defects = mailboxes.author(_section(**{"from": octets}))
    assert (sender.address, len(defects)) == (None, 1)


def test_several_from_fields_name_nobody() -> None:
    section, _ = fields.split_mail(b"From: a@b.example\nfrom : c@d.example\n\n")
    assert mailboxes.author(section) == (Sender("", None), ("several From fields",))


def test_recipients_are_those_of_to_and_cc_each_once() -> None:
    section = _section(to=b"A <a@x.example>, undisclosed:;, broken@", cc=b"b@x.example; a@x.example")
    assert mailboxes.recipients(section) == ("a@x.example", "b@x.example")


def test_references_come_nearest_first_and_each_once() -> None:
    section = _section(in_reply_to=b"<c@x> (mail of Taro)", references=b"<a@x>\r\n <b@x> <c@x>")
    assert fields.references(section) == ("<c@x>", "<b@x>", "<a@x>")


def test_references_are_at_most_fifty() -> None:
    many = b" ".join(b"<%d@x>" % number for number in range(80))
    assert fields.references(_section(references=many)) == tuple(f"<{number}@x>" for number in range(79, 29, -1))


@pytest.mark.parametrize(
    ("octets", "wanted"),
    [(b" <a@x>", "<a@x>"), (b"a@x", "<a@x>"), (b"<a@x> <b@x>", "<a@x>"), (b"", ""), (b"<>", "")],
)
def test_message_id_has_brackets(octets: bytes, wanted: str) -> None:
    assert fields.message_id(octets) == wanted


@pytest.mark.parametrize(
    ("octets", "moment"),
    [
        (b"Mon, 3 Feb 2025 21:14:30 +0900 (JST)", datetime(2025, 2, 3, 21, 14, 30, tzinfo=_JST)),
        (b"3 Feb 2025 21:14 +0900", datetime(2025, 2, 3, 21, 14, tzinfo=_JST)),
        (b"Mon, 3 Feb 2025 12:14:30 -0000", datetime(2025, 2, 3, 12, 14, 30, tzinfo=UTC)),
        ("2025年2月3日".encode("cp932"), None),
        (b"\xc6", None),
        (b"1 Jan 4 0:9999999990", None),
        (b"", None),
    ],
)
def test_date_has_its_offset_or_is_none(octets: bytes, moment: datetime | None) -> None:
    assert fields.date(octets) == moment


@pytest.mark.parametrize(
    ("raw", "names", "body"),
    [
        (b"A: 1\r\nB: 2\r\n\r\nc\r\n", ["a", "b"], b"c\r\n"),
        (b"A: 1\n continued\n\nc", ["a"], b"c"),
        (b"From x@y Mon Feb 3\nA: 1\n\nc", ["a"], b"c"),
        (b"From : x@y\nA: 1\n\nc", ["from", "a"], b"c"),
        (b"A: 1\nno field\nB: 2\n\nc", ["a"], b"no field\nB: 2\n\nc"),
        (b"\r\nA: 1\r\n", [], b"A: 1\r\n"),
        (b"A: 1\rB: 2\r\rc", ["a", "b"], b"c"),
        (b"A: x\rFrom: hidden\r\n\r\nc", ["a"], b"c"),
        (b"A: 1", ["a"], b""),
        (b"", [], b""),
    ],
)
def test_section_ends_where_every_reader_ends_it(raw: bytes, names: list[str], body: bytes) -> None:
    section, rest = fields.split_mail(raw)
    assert ([field.name for field in section.fields], rest) == (names, body)


def test_fields_over_their_limits_are_cut_with_a_defect() -> None:
    section, body = fields.split_mail(b"A: " + b"x" * 9_000 + b"\n" + b"B: y\n" * 1_100 + b"\nbody")
    assert (len(section.first("a")), len(section.fields), body) == (8_192, 1_000, b"body")
    assert section.defects == (
        "more than 1,000 header fields: the rest left out",
        "header field over 8 KiB: the rest left out",
    )


@pytest.mark.parametrize(
    ("octets", "decoded"),
    [(b"YWJj", b"abc"), (b"YW\r\nJj!", b"abc"), (b"YWI", b"ab"), (b"YQ==YmM=", b"abc"), (b"YWJjZ", b"abc"), (b"", b"")],
)
def test_base64_is_read_with_patience(octets: bytes, decoded: bytes) -> None:
    assert fields.decode_base64(octets) == decoded
