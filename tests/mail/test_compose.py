"""What a letter of ours looks like, and everything that must never become one."""

from __future__ import annotations

import base64
import email
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import policy

import mailparser
import pytest

from mailgate.errors import BadLetter
from mailgate.mail import compose as module
from mailgate.mail.address import Address
from mailgate.mail.compose import Draft, compose, is_message_id, new_message_id, wire_address
from mailgate.mail.enclosing import Enclosed
from mailgate.mail.parse import parse
from mailgate.mail.reading_back import compare

JST = timezone(timedelta(hours=9))
DESK = Address("soudan", "mado.example")
REPLY = Address("reply+abcdefghijklmnopqrstuvwx", "mado.example")
YUKI = Address("yuki", "school.example.jp")
SCHOOL = "xn--" + "学校".encode("punycode").decode() + ".example"

DRAFT = Draft(
    from_name="先生の窓口",
    from_address=REPLY,
    to=YUKI,
    subject="[12] ご相談を受け付けました",
    body="ゆき先生\n\nご相談ありがとうございます。\n",
    message_id="<k3n5@mado.example>",
    date=datetime(2026, 2, 1, 10, 5, tzinfo=JST),
)
FULL = replace(
    DRAFT,
    reply_to=REPLY,
    in_reply_to="<b@mado.example>",
    references=("<a@mado.example>", "<b@mado.example>"),
    automatic="auto-replied",
)


def header(raw: bytes) -> list[bytes]:
    """The header section, one unfolded field each."""
    return raw.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").split(b"\r\n")


def test_a_letter_has_exactly_these_fields() -> None:
    assert header(compose(FULL)) == [
        b"Date: Sun, 01 Feb 2026 10:05:00 +0900",
        b"From: =?utf-8?b?5YWI55Sf44Gu56qT5Y+j?= <reply+abcdefghijklmnopqrstuvwx@mado.example>",
        b"Reply-To: reply+abcdefghijklmnopqrstuvwx@mado.example",
        b"To: yuki@school.example.jp",
        b"Subject: =?utf-8?b?WzEyXSDjgZTnm7joq4fjgpLlj5fjgZHku5jjgZHjgb7jgZfjgZ8=?=",
        b"Message-ID: <k3n5@mado.example>",
        b"In-Reply-To: <b@mado.example>",
        b"References: <a@mado.example> <b@mado.example>",
        b"Auto-Submitted: auto-replied",
        b"MIME-Version: 1.0",
        b"Content-Type: text/plain; charset=utf-8",
        b"Content-Transfer-Encoding: base64",
    ]


def test_fields_without_a_value_are_left_out() -> None:
    assert [line.partition(b":")[0] for line in header(compose(DRAFT))] == [
        b"Date",
        b"From",
        b"To",
        b"Subject",
        b"Message-ID",
        b"Auto-Submitted",
        b"MIME-Version",
        b"Content-Type",
        b"Content-Transfer-Encoding",
    ]


def test_the_same_draft_gives_the_same_bytes() -> None:
    assert compose(FULL) == compose(FULL)


def test_body_is_base64_of_crlf_text_in_lines_of_76() -> None:
    text = "一行目です。\n二行目です。\n" * 20
    octets = compose(replace(DRAFT, body=text)).partition(b"\r\n\r\n")[2]
    assert base64.b64decode(octets) == text.replace("\n", "\r\n").encode()
    assert {len(line) for line in octets.split(b"\r\n")[:-2]} == {76}


@pytest.mark.parametrize(
    "body", ["", "\n", "x", "x\n\n\n", ".\n.\n", "From me\n", "\ttab\n", "①㈱髙～－ｱ😀\u2028 a\u3000"]
)
def test_body_reads_back_as_it_was(body: str) -> None:
    read = email.message_from_bytes(compose(replace(DRAFT, body=body)), policy=policy.default)
    assert read.get_content().replace("\r\n", "\n") == body


@pytest.mark.parametrize(
    "subject",
    [
        "x",
        "[12] Your consultation",
        "Re: two  blanks",
        "a" * 60,
        "a" * 61,
        "a" * 3000,
        "長" * 1000,
        "word " * 300 + "end",
        "=?utf-8?q?looks_like_a_word?=",
        "=?utf-8?q?a?= =?utf-8?q?b?=",
        "=?utf-8?b?not base64?=",
        "=?x",
        'comma, "quote" <evil@example.net>; semi',
        "From: evil@example.net",
        "😀👨‍👩‍👧",
        "が" * 40,
    ],
)
def test_subject_reads_back_in_lines_of_at_most_78(subject: str) -> None:
    raw = compose(replace(DRAFT, subject=subject))
    read = email.message_from_bytes(raw, policy=policy.default)
    assert str(read["subject"]) == subject
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_subject_is_cut_between_characters() -> None:
    raw = compose(replace(DRAFT, subject="学校からのご相談" * 30))
    words = re.findall(rb"=\?utf-8\?b\?([^?]*)\?=", raw.partition(b"Subject:")[2].partition(b"Message-ID")[0])
    assert "".join(base64.b64decode(word).decode("utf-8") for word in words) == "学校からのご相談" * 30


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Teachers Desk", b"Teachers Desk"),
        ("Desk 24", b"Desk 24"),
        ("Teachers' Desk", b"=?utf-8?q?Teachers=27_Desk?="),
        ("Mado.Desk", b"=?utf-8?q?Mado=2EDesk?="),
        ("窓口（運営）", b"=?utf-8?b?56qT5Y+j77yI6YGL5Za277yJ?="),
    ],
)
def test_from_carries_the_fixed_name_without_quotes(name: str, written: bytes) -> None:
    assert (
        header(compose(replace(DRAFT, from_name=name)))[1] == b"From: " + written + b" <" + str(REPLY).encode() + b">"
    )


@pytest.mark.parametrize("length", range(1, 120, 7))
def test_a_long_name_never_makes_a_second_mailbox(length: int) -> None:
    raw = compose(replace(DRAFT, from_name="窓口 evil" * length))
    read = email.message_from_bytes(raw, policy=policy.default)
    assert [mailbox.addr_spec for mailbox in read["from"].addresses] == [str(REPLY)]
    assert max(map(len, raw.split(b"\r\n"))) <= 78


BREAKS = ["\r", "\n", "\r\n", "\0", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ud800", "\t"]


@pytest.mark.parametrize("character", BREAKS)
@pytest.mark.parametrize("pattern", ["a{}Bcc: evil@example.net", "{}a", "a{}", "窓{}口"])
def test_no_header_takes_a_line_break_or_control_character(character: str, pattern: str) -> None:
    value = pattern.format(character)
    for bad in (
        replace(FULL, subject=value),
        replace(FULL, from_name=value),
        replace(FULL, message_id=f"<{value}@mado.example>"),
        replace(FULL, in_reply_to=f"<{value}@mado.example>"),
        replace(FULL, references=("<a@mado.example>", f"<{value}@mado.example>")),
        replace(FULL, automatic=value),
        replace(FULL, to=Address(value, "school.example.jp")),
        replace(FULL, to=Address("yuki", value)),
        replace(FULL, reply_to=Address(value, "mado.example")),
        replace(FULL, from_address=Address(value, "mado.example")),
    ):
        with pytest.raises(BadLetter):
            compose(bad)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        " desk",
        "desk ",
        '"evil@attacker.example, xxx" <victim@good.example>',
        "Desk, evil@attacker.example",
        "Desk <evil@attacker.example>",
        'De"sk',
        "De\\sk",
        "Desk (comment)",
        "group: x;",
        "=?utf-8?q?evil=40attacker=2Eexample=2C?=",
        "窓口=?utf-8?q?x?=",
    ],
)
def test_unsafe_name_in_from_is_refused(name: str) -> None:
    with pytest.raises(BadLetter, match="From has an unsafe name"):
        compose(replace(DRAFT, from_name=name))


@pytest.mark.parametrize("subject", ["", " ", " x", "x ", "\u3000x"])
def test_subject_without_text_or_with_blanks_around_is_refused(subject: str) -> None:
    with pytest.raises(BadLetter, match="Subject"):
        compose(replace(DRAFT, subject=subject))


@pytest.mark.parametrize("body", ["a\rb", "a\r\nb", "a\0b", "\x1b[31m", "\ud800"])
def test_body_with_control_characters_is_refused(body: str) -> None:
    with pytest.raises(BadLetter, match="body"):
        compose(replace(DRAFT, body=body))


@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": "k3n5@mado.example"},
        {"message_id": "<k3n5>"},
        {"message_id": "<k3n5@mado.example> <x@mado.example>"},
        {"in_reply_to": "b@mado.example"},
        {"in_reply_to": "<b@mado.example> (comment)"},
        {"references": ("<a@mado.example> <b@mado.example>",)},
        {"references": ("",)},
        {"references": ("<" + "a" * 251 + ">",)},
        {"automatic": ""},
        {"automatic": "auto-generated; x=y"},
        {"date": datetime(2026, 2, 1, 10, 5)},  # noqa: DTZ001  # the naive date is what is tested
        {"date": datetime(2026, 2, 1, tzinfo=timezone(timedelta(hours=9, minutes=18, seconds=59)))},
        {"to": Address("", "school.example.jp")},
        {"to": Address('yu"ki', "school.example.jp")},
        {"to": Address("yuki, evil", "school.example.jp")},
        {"to": Address("yuki>", "school.example.jp")},
        {"to": Address("yuki", "school.example.jp, evil@example.net")},
        {"to": Address("yuki", "SCHOOL.example.jp")},
        {"to": Address("yu\u200bki", "school.example.jp")},
        {"to": Address("y" * 65, "school.example.jp")},
    ],
)
def test_values_that_do_not_fit_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BadLetter):
        compose(replace(DRAFT, **changes))  # type: ignore[arg-type]  # a table of any field


def test_long_references_stand_on_lines_of_their_own() -> None:
    ids = tuple(f"<{'x' * 240}{n}@a>" for n in range(50))
    raw = compose(replace(DRAFT, references=ids))
    assert email.message_from_bytes(raw)["References"].split() == list(ids)
    assert max(map(len, raw.split(b"\r\n"))) <= 300


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        (Address("yuki..smile.2", "docomo.example.ne.jp"), '"yuki..smile.2"@docomo.example.ne.jp'),
        (Address("yuki.", "ezweb.example.ne.jp"), '"yuki."@ezweb.example.ne.jp'),
        (Address("-yuki", "softbank.example.ne.jp"), "-yuki@softbank.example.ne.jp"),
        (Address("a@b", "school.example.jp"), '"a@b"@school.example.jp'),
        (Address("yuki", "学校.example"), f"yuki@{SCHOOL}"),
        (Address("ゆき", "学校.example"), f"ゆき@{SCHOOL}"),
    ],
)
def test_address_on_the_wire(address: Address, wire: str) -> None:
    assert wire_address(address) == wire
    lines = header(compose(replace(DRAFT, to=address, from_address=address, reply_to=address)))
    assert lines[1].endswith(f" <{wire}>".encode())
    assert lines[2:4] == [f"Reply-To: {wire}".encode(), f"To: {wire}".encode()]


def test_domain_that_has_no_a_label_is_refused() -> None:
    with pytest.raises(BadLetter):
        wire_address(Address("yuki", "学" * 60 + ".example"))


def test_message_id_is_random_and_names_only_the_domain() -> None:
    assert new_message_id("mado.example", lambda n: b"\0" * n) == "<" + "a" * 24 + "@mado.example>"
    assert is_message_id(new_message_id("窓.example", lambda n: b"\xff" * n))


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("<a@b>", True),
        ("<no-at-sign>", True),
        ('<"a"@[192.0.2.1]>', True),
        ("", False),
        ("a@b", False),
        ("<a b@c>", False),
        ("<a@b><c@d>", False),
        ("<a@b>\r\n", False),
        ("<あ@b>", False),
        ("<>", False),
    ],
)
def test_message_ids_from_outside(text: str, accepted: bool) -> None:
    assert is_message_id(text) is accepted


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"To: yuki@", b"To: evil@example.net, yuki@"),
        (b"To: yuki@", b"Bcc: evil@example.net\r\nTo: yuki@"),
        (b"To: yuki@", b"To: yuki@school.example.jp\r\nTo: yuki@"),
        (b"To: yuki@", b"To: evil@"),
        (b"base64", b"8bit"),
        (b"Subject: ", b"Subject: Re: "),
        (b"+0900", b"+0000"),
        (b"auto-generated", b"no"),
        (b"<k3n5@", b"<k3n6@"),
        (b"\r\nTo", b"\nTo"),
        (b"MIME-Version", b"X" * 1000 + b": y\r\nMIME-Version"),
        (b"=?utf-8?b?5", b"=?nonsense?b?5"),
        (b"44Gv", b"44Gw"),
    ],
)
def test_reading_back_finds_every_difference(before: bytes, after: bytes) -> None:
    draft = replace(DRAFT, body="これは本文です")
    raw, names = compose(draft), tuple(name for name, _ in module._header(draft))
    assert before in raw
    with pytest.raises(BadLetter):
        compare(raw.replace(before, after, 1), module._meant(draft, names))


def test_reason_never_holds_the_text() -> None:
    with pytest.raises(BadLetter) as caught:
        compose(replace(DRAFT, subject="秘密\n", to=Address("himitsu\n", "school.example.jp")))
    assert "秘密" not in caught.value.reason
    assert "himitsu" not in caught.value.reason


def test_utc_date() -> None:
    raw = compose(replace(DRAFT, date=datetime(2026, 12, 31, 23, 59, 59, 999, tzinfo=UTC)))
    assert header(raw)[0] == b"Date: Thu, 31 Dec 2026 23:59:59 +0000"


_SUBJECTS = (
    "[12] ご相談を受け付けました",
    "①㈱みどり・髙橋﨑子さんの件～－∥￠",
    "ﾃｽﾄ ｶﾅ",
    "[3] " + "部活動の保護者会についてのご相談（続き）" * 4,
    "👩‍🏫先生へ 🙇",
)


@pytest.mark.parametrize("subject", _SUBJECTS)
def test_every_reader_at_hand_reads_the_same_letter(subject: str) -> None:
    """The readers that our letters meet in tests: the library's two, mail-parser, and mailgate itself."""
    draft = replace(
        FULL, subject=subject, body=f"ゆき先生\n\n{subject}\n.\nFrom here\n" + "長い一行です、" * 300 + "\n"
    )
    raw = compose(draft)
    modern = email.message_from_bytes(raw, policy=policy.default)
    theirs = mailparser.parse_from_bytes(raw)
    ours = parse(raw)
    name = str(modern["From"].addresses[0].display_name)
    assert (str(modern["Subject"]), name) == (subject, DRAFT.from_name)
    assert modern.get_content().replace("\r\n", "\n") == draft.body
    assert (theirs.subject, theirs.from_) == (subject, [(DRAFT.from_name, str(REPLY))])
    assert theirs.text_plain[0].replace("\r\n", "\n") == draft.body
    assert (ours.subject, ours.sender.name, ours.body) == (subject, DRAFT.from_name, draft.body.strip("\n"))
    assert ours.defects == ()


def test_old_carrier_addresses_are_quoted_on_the_wire() -> None:
    raw = compose(replace(DRAFT, to=Address("yuki..smile.", "docomo.example.ne.jp")))
    assert header(raw)[2] == b'To: "yuki..smile."@docomo.example.ne.jp'
    assert parse(raw).to == ("yuki..smile.@docomo.example.ne.jp",)


PICTURE = Enclosed("添付1.png", "image/png", bytes(range(256)) * 40)
WITH_FILES = replace(DRAFT, files=(PICTURE, Enclosed("attachment-2.pdf", "application/pdf", b"%PDF-1.4 drawn")))


def test_released_files_stand_beside_the_text_and_carry_nothing_else() -> None:
    raw = compose(WITH_FILES)
    assert header(raw)[-2:] == [b"MIME-Version: 1.0", b'Content-Type: multipart/mixed; boundary="=_k3n5"']
    letter = email.message_from_bytes(raw, policy=policy.default)
    text, *files = letter.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == DRAFT.body
    plain = email.message_from_bytes(raw).get_payload()
    assert [list(one.items()) for one in plain] == [
        [("Content-Type", "text/plain; charset=utf-8"), ("Content-Transfer-Encoding", "base64")],
        [
            ("Content-Type", "image/png"),
            ("Content-Transfer-Encoding", "base64"),
            ("Content-Disposition", "attachment; filename*=utf-8''%E6%B7%BB%E4%BB%981.png"),
        ],
        [
            ("Content-Type", "application/pdf"),
            ("Content-Transfer-Encoding", "base64"),
            ("Content-Disposition", 'attachment; filename="attachment-2.pdf"'),
        ],
    ]
    read = [(one.get_filename(), one.get_content_type(), one.get_content()) for one in files]
    assert read == [(one.name, one.media_type, one.octets) for one in WITH_FILES.files]
    ours = parse(raw)
    assert (ours.body, ours.defects) == (DRAFT.body.strip("\n"), ())
    assert [one.filename for one in ours.attachments] == ["添付1.png", "attachment-2.pdf"]


@pytest.mark.parametrize(
    "file",
    [
        replace(PICTURE, name="報告書 水原.png"),
        replace(PICTURE, name="../x.png"),
        replace(PICTURE, name='a".png'),
        replace(PICTURE, name="a\r\nBcc: x.png"),
        replace(PICTURE, name="添付1.jpg"),
        replace(PICTURE, media_type="image/svg+xml", name="a.svg"),
        replace(PICTURE, media_type="text/html", name="a.png"),
    ],
)
def test_no_other_file_is_enclosed(file: Enclosed) -> None:
    with pytest.raises(BadLetter, match="a file has a kind or a name"):
        compose(replace(DRAFT, files=(file,)))


def test_two_files_have_two_names() -> None:
    with pytest.raises(BadLetter, match="a file has"):
        compose(replace(DRAFT, files=(PICTURE, PICTURE)))


def test_a_file_that_does_not_read_back_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    from mailgate.mail import enclosing

    monkeypatch.setattr(enclosing, "base64_lines", lambda octets: "AAAA\r\n")
    with pytest.raises(BadLetter, match="parts"):
        compose(WITH_FILES)
