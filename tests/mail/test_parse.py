"""Whole mails, compared as equality with what a person reads in them: `tests/eml/NAME.eml` with `NAME.json`."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

from mailgate.mail import parts
from mailgate.mail.limits import DEFAULT_READING, ReadingLimits
from mailgate.mail.message import Kind, Message
from mailgate.mail.parse import is_reply, parse

_TESTS = Path(__file__).parents[1]
_MAILS = sorted((_TESTS / "eml").glob("*.eml"))
_SAMPLES = sorted((_TESTS.parent / "mailgate" / "demo" / "samples").glob("*.eml"))
_NOT_CLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _as_json(message: Message) -> dict[str, Any]:
    address = message.sender.address
    failed = [dataclasses.asdict(one) for one in message.failed]
    return {
        "message_id": message.message_id,
        "subject": message.subject,
        "from": {"name": message.sender.name, "address": str(address) if address else None},
        "to": list(message.to),
        "date": message.date.isoformat() if message.date else None,
        "references": list(message.references),
        "body": message.body,
        "written": message.written,
        "signature": message.signature,
        "kind": message.kind.value,
        "bounce": {"recipients": failed} if message.kind is Kind.BOUNCE else None,
        "attachments": [
            {"filename": one.filename, "content_type": one.content_type, "size": one.size_bytes}
            for one in message.attachments
        ],
        "authentication_results": list(message.authentication_results),
        "defects": list(message.defects),
    }


@pytest.mark.parametrize("path", _MAILS, ids=lambda path: path.stem)
def test_mail_is_read_as_a_person_reads_it(path: Path) -> None:
    assert _as_json(parse(path.read_bytes())) == json.loads(path.with_suffix(".json").read_text("utf-8"))


@pytest.mark.parametrize("path", _MAILS, ids=lambda path: path.stem)
def test_line_ends_of_the_wire_change_no_text(path: Path) -> None:
    raw = path.read_bytes()
    crlf, bare = _as_json(parse(raw)), _as_json(parse(raw.replace(b"\r\n", b"\n")))
    for reading in (crlf, bare):
        del reading["attachments"]  # their sizes count line ends
    assert bare == crlf


_INVITATION = "invitation-7@desk.example.jp"
_REPLY_TO = "reply+abcdefghijklmnopqrstuvwx@desk.example.jp"
_TALK = """私も同じように連絡帳で毎日長い文章をいただいた経験があります。
返信は「読みました。明日◯時にお電話します」と短くして、
お話を伺う曜日と時間を学年主任と一緒に決めたところ、落ち着いていきました。"""
_SAMPLE_READINGS: dict[str, dict[str, Any]] = {
    "01-consultation-outlook-jis": {
        "subject": "保護者の方への対応について（ご相談）",
        "from": {"name": "佐々木　恵", "address": "sasaki.megumi@midoridai-es.example.jp"},
        "to": ["soudan@desk.example.jp"],
        "kind": "person",
        "signature": "━━━━━━━━━━━━━━━━━━━━━━\n岡里市立みどり台小学校\n２年１組担任　佐々木　恵\n"
        "〒700-0999　岡里市緑台1-2-3\nTEL：0866-12-3456\n"
        "E-mail：sasaki.megumi@midoridai-es.example.jp\n━━━━━━━━━━━━━━━━━━━━━━",
    },
    "02-consultation-gmail": {
        "subject": "部活動の保護者会についてのご相談",
        "from": {"name": "中村 翔太", "address": "nakamura.shota.sensei@mailbox.example.net"},
        "date": "2025-02-04T07:02:05+09:00",
        "kind": "person",
        "attachments": [],
    },
    "03-consultation-carrier-sjis": {
        "subject": "面談のことで",
        "from": {"name": "", "address": "yuki..smile.2@docomo.example.ne.jp"},
        "written": "保護者面談で強い口調で話される方がいて困っています\n次の面談が来週の水曜です\n"
        "事前に準備できることがあれば教えて下さい\n小学校4年の担任です",
        "kind": "person",
    },
    "11-comment-iphone": {
        "subject": "Re: 【先生の窓口】コメントのお願い（案件 12）",
        "to": [_REPLY_TO],
        "references": [f"<{_INVITATION}>"],
        "written": f"ご相談を拝読しました。\n\n{_TALK}\n\n"
        "一人で抱えず、必ず記録を残して共有してください。応援しています。",
        "kind": "person",
    },
    "12-comment-outlook-jis": {
        "subject": "RE: 【先生の窓口】コメントのお願い（案件 12）",
        "from": {"name": "緑川 一郎", "address": "midorikawa@law.example.com"},
        "to": [_REPLY_TO],
        "written": "先生の窓口　御中\n\nいつもお世話になっております。\n\n"
        "法律の観点から一点申し上げます。勤務時間外の電話への対応は、学校として窓口と時間を決め、\n"
        "文書で全保護者に周知していれば、個別にお断りしても問題になりにくいと考えます。\n"
        "担任個人の約束にせず、学校の方針として伝えることが大切です。\n\n"
        "なお、発言の記録は日時と相手の言葉をそのまま残してください。",
        "kind": "person",
    },
    "13-comment-thunderbird-inline": {
        "written": "まず、お母様が「何を心配しているのか」を一文で書き出してみることをおすすめします。\n"
        "要望の裏には、お子さんが学校で一人になっていないかという不安があることが多いです。\n\n"
        "面談では、要望への答えより先に、その不安を言葉にして返してみてください。",
        "signature": "-- \n臨床心理士 小川 みどり\nogawa@counsel.example.org",
        "kind": "person",
    },
    "14-auto-reply-vacation": {
        "subject": "不在のお知らせ Re: 【先生の窓口】コメントのお願い（案件 12）",
        "kind": "auto-reply",
        "bounce": None,
    },
    "15-bounce-dsn": {
        "kind": "bounce",
        "bounce": {
            "recipients": [
                {"address": "old.address@members.example.org", "status": "5.1.1", "permanent": True, "given_up": True}
            ]
        },
    },
    "21-follow-up-outlook": {
        "references": ["<answer-7@desk.example.jp>"],
        "written": "先生の窓口 ご担当者様\n\n"
        "皆様の丁寧なコメントをありがとうございました。とても励まされました。\n"
        "さっそく返信を短くし、木曜の16時にお電話する形に変えてみました。\n\n"
        "一つ追加で伺いたいのですが、お電話が1時間を超えてしまったとき、\nどのように区切ればよいでしょうか。\n\n佐々木",
        "kind": "person",
    },
}


def _sample(path: Path) -> bytes:
    raw = path.read_bytes().replace(b"@REPLY_TO@", _REPLY_TO.encode())
    raw = raw.replace(b"@RE=\r\nPLY_TO@", _REPLY_TO.encode())
    return raw.replace(b"@INVITATION_ID@", _INVITATION.encode()).replace(b"@ANSWER_ID@", b"answer-7@desk.example.jp")


@pytest.mark.parametrize("path", _SAMPLES, ids=lambda path: path.stem)
def test_sample_is_read_right_and_without_defects(path: Path) -> None:
    want = {**_SAMPLE_READINGS[path.stem], "defects": []}
    reading = _as_json(parse(_sample(path)))
    assert {key: reading[key] for key in want} == want


def test_vendor_characters_of_seven_bit_jis_come_through() -> None:
    lines = parse(
        _sample(_TESTS.parent / "mailgate" / "demo" / "samples" / "01-consultation-outlook-jis.eml")
    ).body.split("\n")
    assert [line for line in lines if line.startswith(("① ", "③ ", "お母様"))] == [
        "① 席替えについて「隣の子と離してほしい」とのご要望が、席替えのたびにあります。",
        "③ 校長の髙橋に直接お電話をされることもあり、学年主任も困っています。",
        "お母様は㈱みどり物産にお勤めで、日中は連絡がつきにくいです。",
    ]


@pytest.mark.parametrize(
    ("subject", "references", "reply"),
    [
        ("Re: 案件", (), True),
        ("RE:案件", (), True),
        ("ＲＥ：案件", (), True),
        ("Re[2]: 案件", (), True),
        ("Re^3: 案件", (), True),
        ("Aw: Sache", (), True),
        ("[外部] Re: 案件", (), True),
        ("【学校外】返信：案件", (), True),
        ("案件", ("<a@b.example>",), True),
        ("案件", (), False),
        ("Fw: 案件", (), False),
        ("Report: 案件", (), False),
        ("先日の Re: のこと", (), False),
        ("", (), False),
        ("Fwd: ご相談", ("<a@b.example>",), False),
        ("転送：ご相談", ("<a@b.example>",), False),
        ("Re: Fwd: ご相談", (), True),
        ("Friday", ("<a@b.example>",), True),
    ],
)
def test_reply_is_told_by_references_or_subject(subject: str, references: tuple[str, ...], reply: bool) -> None:
    assert is_reply(subject, references) is reply


_FROM = b"From: a@mail.example.jp\r\nDate: Mon, 3 Mar 2025 08:30:00 +0900\r\n"
_MIXED = _FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def test_empty_input_is_a_message_from_nobody() -> None:
    message = parse(b"")
    assert (message.sender.address, message.body, message.kind, message.defects) == (
        None,
        "",
        Kind.PERSON,
        ("no From field", "no date that can be read"),
    )


def test_bytes_that_are_no_mail_are_shown_as_text() -> None:
    assert parse("ただの文章です。\n二行目".encode()).body == "ただの文章です。\n二行目"


def test_parts_over_the_limit_are_left_out_with_a_defect() -> None:
    raw = _MIXED + b"".join(b"--b\r\n\r\nline %d\r\n" % number for number in range(300)) + b"--b--\r\n"
    message = parse(raw)
    assert message.body == "\n".join(f"line {number}" for number in range(DEFAULT_READING.parts))
    assert message.defects == ("more than 200 parts, or 20 inside each other: the rest left out",)


def test_text_over_the_limit_is_cut_with_a_defect() -> None:
    message = parse(_FROM + b"\r\n" + b"a" * (parts.MOST_CHARACTERS + 1))
    assert (len(message.body), message.defects) == (
        parts.MOST_CHARACTERS,
        ("text over 1,000,000 characters: the rest left out",),
    )


def test_structure_that_breaks_the_libraries_is_shown_as_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(parts, "_tree", broken)
    message = parse(_FROM + b"Subject: x\r\n\r\nwords")
    assert (message.subject, message.body) == ("x", "words")
    assert message.defects == ("the structure cannot be read: shown as it came",)


def test_standard_library_takes_over_where_mail_parser_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise TypeError

    monkeypatch.setattr(parts.mailparser, "parse_from_bytes", broken)
    raw = (_TESTS / "eml" / "attachments-of-every-kind.eml").read_bytes()
    assert [one.filename for one in parse(raw).attachments] == [
        "名簿①.xlsx",
        "週案.pdf",
        "表.txt",
        "attachment-4",
        "attachment-5",
    ]


def test_text_that_quotes_a_part_header_keeps_its_words() -> None:
    raw = _MIXED + b"--b\r\n\r\nContent-Type: message/rfc822\r\nis what it said\r\n--b--\r\n"
    assert parse(raw.replace(b"\r\n\r\nContent", b"\r\nX: y\r\n\r\nContent")).body == (
        "Content-Type: message/rfc822\nis what it said"
    )


@pytest.mark.parametrize("announced", [b"; boundary=never", b"", b'; boundary=""'])
def test_boundary_that_never_comes_is_taken_from_the_body(announced: bytes) -> None:
    part = b"--seen \r\nContent-Type: text/plain; charset=shift_jis\r\n\r\n" + "表です".encode("cp932") + b"\r\n"
    pdf = b"--seen\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nx\r\n--seen--\r\n"
    message = parse(_MIXED.replace(b"; boundary=b", announced) + part + pdf)
    assert (message.body, [one.filename for one in message.attachments]) == ("表です", ["a.pdf"])
    assert message.defects == ("the boundary of the parts is not the one that was announced",)


_BASE64 = _FROM + b"Content-Type: text/plain; charset=iso-2022-jp\r\nContent-Transfer-Encoding: base64\r\n\r\n"
_LINES = base64.encodebytes("一行目です。\r\n".encode("iso2022_jp") * 9).replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    ("octets", "body", "defects"),
    [
        (_LINES, "一行目です。\n" * 9, ()),
        (b"!" + _LINES, "一行目です。\n" * 9, ()),
        (
            _LINES + b"\r\nlist\r\n____\r\nhttps://list.example/\r\n",
            "一行目です。\n" * 9 + "\n\nlist\n____\nhttps://list.example/",
            ("plain text below the base64",),
        ),
        ("平文です。\r\n".encode("iso2022_jp"), "平文です。", ("base64 is announced, plain text is there",)),
    ],
)
def test_base64_that_a_gateway_spoilt_is_read(octets: bytes, body: str, defects: tuple[str, ...]) -> None:
    message = parse(_BASE64 + octets)
    assert (message.body.rstrip("\n"), message.defects) == (body.rstrip("\n"), defects)


def test_members_of_a_digest_are_not_read_as_the_senders_words() -> None:
    raw = _MIXED.replace(b"mixed", b"digest") + b"--b\r\n\r\nSubject: y\r\n\r\nanother's words\r\n--b--\r\n"
    assert parse(raw).body == ""


def test_character_references_cannot_bring_control_characters_back() -> None:
    raw = _FROM + b"Content-Type: text/html\r\n\r\n<p>a&#27;[31m&#0;&#x80;&#xE000;0&#xE000;b</p>"
    assert not _NOT_CLEAN.search(parse(raw).body)


def test_what_is_read_can_be_limited() -> None:
    parts = b"".join(b"--b\r\n\r\npart %d\r\n" % number for number in range(5))
    raw = b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n" + b"X: " + b"y" * 900 + b"\r\n\r\n"
    message = parse(raw + parts + b"--b--\r\n", ReadingLimits(fields=2, field_octets=512, parts=2))
    assert message.body == "part 0\npart 1"
    assert [one for one in message.defects if "left out" in one] == [
        "more than 2 header fields: the rest left out",
        "header field over 0.5 KiB: the rest left out",
        "more than 2 parts, or 20 inside each other: the rest left out",
    ]
