"""What a parser says of a broken mail is known again on the other side of the pipe, and is text until then."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import mailgate.mail
from mailgate.mail.defect_words import DEFECTS, known_again
from mailgate.mail.parse import parse
from mailgate.phrase import Phrase, said
from mailgate.sandbox.exchange import dumped, loaded

FOLDER = Path(mailgate.mail.__file__).parent
MAILS = sorted((Path(__file__).parents[1] / "eml").glob("*.eml"))
BROKEN = [
    b"",
    b"From: a@example.org\nFrom: b@example.org\n\nx",
    b"From: a@example.org, b@example.org\n\nx",
    b"From: nobody\n\nx",
    b"From: a@example.org\n" + b"X: y\n" * 2000 + b"\nx",
    b"From: a@example.org\nX: " + b"y" * 10_000 + b"\n\nx",
    b"From: a@example.org\nX: y\n" + b"Z: " + b"y" * 300_000 + b"\n\nx",
    b"From: a@example.org\nContent-Type: text/plain; charset=x-none\n\n\xff\xfe",
    b"From: a@example.org\nContent-Type: text/plain; charset=utf-8\n\n\x1b$B$3\x1b(B",
    b"From: a@example.org\nContent-Type: multipart/mixed\n\nx",
    b'From: a@example.org\nContent-Type: multipart/mixed; boundary="b"\n\nx',
    b'From: a@example.org\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nx\n',
    b"From: a@example.org\nno field at all\n\nx",
    b"From: a@example.org\nContent-Transfer-Encoding: base64\n\nplain text, not base64 at all!\n",
]


def _all_defects() -> set[str]:
    raws = [*(path.read_bytes() for path in MAILS), *BROKEN]
    return {defect for raw in raws for defect in loaded(dumped(parse(raw))).defects}


def test_every_defect_of_the_collected_mails_is_known_again() -> None:
    found = _all_defects()

    assert len(found) > 15
    assert [defect for defect in found if not isinstance(defect, Phrase)] == []


def test_every_template_is_what_some_parser_says() -> None:
    """Word for word, with anything in the places of the values."""
    source = "\n".join(
        file.read_text(encoding="utf-8") for file in FOLDER.rglob("*.py") if file.name != "defect_words.py"
    )
    source += (FOLDER.parent / "sandbox" / "reader.py").read_text(encoding="utf-8")
    stale = [
        one.template
        for one in DEFECTS
        if not re.search(re.sub(r"\\\{\w+\\\}", r"\\{[^}]+\\}", re.escape(one.template)), source)
    ]

    assert stale == []


@pytest.mark.parametrize(
    ("defect", "told"),
    [
        ("no From field", "差出人なし"),
        ("unknown character set: x-{none}", "文字コード不明：x-{none}"),
        ("the text is utf-8, not a, not b as it says", "utf-8（a, not b ではない）"),
        ("something that nobody says", "something that nobody says"),
        ("unknown character set: " + "x" * 100_000, "unknown character set: " + "x" * 100_000),
    ],
)
def test_a_defect_is_told_with_its_values_and_what_nobody_knows_as_it_is(defect: str, told: str) -> None:
    japanese = {
        "no From field": "差出人なし",
        "unknown character set: {name}": "文字コード不明：{name}",
        "the text is {found}, not {name} as it says": "{found}（{name} ではない）",
    }
    again = known_again(defect)

    assert (again == defect, said(again, lambda text: japanese.get(text, text))) == (True, told)
