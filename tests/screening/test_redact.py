"""Redaction: the text has to read well, and the same person is the same letter throughout."""

import pytest

from mailgate.screening.check import check
from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.known import KnownIdentity, find_known
from mailgate.screening.redact import redact

REDACTED = [
    ("山本けいすけくんが泣きました。", "Aくんが泣きました。"),
    ("高木校長と校長の高木、佐藤翼です。", "A校長と校長のAさん、Bです。"),
    ("田中太郎さんは欠席。田中は昨日も、太郎は今日も。", "Aさんは欠席。Aさんは昨日も、Aさんは今日も。"),
    ("佐々木　翼と佐々木翼さん", "AさんとAさん"),
    ("A君とＢさんと、高木さん。", "A君とＢさんと、Cさん。"),
    ("岡里市立みどり台小学校の者です", "○○小学校の者です"),
    ("県立倉敷東高校と山田小の先生", "○○高校と○○小の先生"),
    ("岡里市に住み、浜北町で育つ", "○○市に住み、○○町で育つ"),
    ("東京都と京都府と京都へ", "○○都と○○府と〔地名〕へ"),
    ("〒700-0999　岡里市緑台1-2-3", "〔郵便番号〕　〔住所〕"),
    ("電話（0866-12-3456）か t.y@example.jp へ", "電話（〔電話番号〕）か 〔メールアドレス〕 へ"),
    ("2年1組の担任、6年3組12番の子", "2年○組の担任、6年○組の子"),
    ("㈱みどり物産と田村クリニック", "〔団体名〕と○○クリニック"),
    ("https://example.jp/ とLINE ID: momo_123", "〔URL〕 とLINE ID: 〔アカウント〕"),
    ("平成26年5月10日生まれ", "〔生年月日〕"),
    ("Mr. Tanaka and Yamada-sensei met.", "Mr. A and B-sensei met."),
    ("My name is Emily Carter. Call 03-0000-1111.", "My name is Person A. Call [phone number]."),
    ("問題はありません。", "問題はありません。"),
]


@pytest.mark.parametrize(("text", "expected"), REDACTED)
def test_redacting_all_findings_reads_well(text: str, expected: str) -> None:
    assert redact(text, check(text)) == expected


def test_only_the_findings_that_are_given_are_redacted() -> None:
    text = "高木さんと林先生"
    assert redact(text, check(text)[1:]) == "高木さんとA先生"


def test_two_persons_of_one_surname_have_different_letters() -> None:
    text = "田中太郎さん、田中花子さん、田中さん"
    assert redact(text, check(text)) == "Aさん、Bさん、Cさん"


def test_letters_go_on_after_z() -> None:
    text = " ".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ") + " 高木さん"
    assert redact(text, check(text)).endswith("Z A2さん")


def test_known_data_is_replaced_by_its_nature() -> None:
    known = KnownIdentity(("田中 翼",), ("t.tsubasa@example.jp",), ("岡里市立みどり台小学校", "緑台小", "若葉"))
    text = "田中です。緑台小と若葉と市立みどり台小学校。t.tsubasa か T.Tsubasa@example.jp へ。"
    assert redact(text, find_known(text, [known])) == (
        "Aです。○○小と○○学校と市立○○小学校。〔メールアドレス〕 か 〔メールアドレス〕 へ。"
    )


@pytest.mark.parametrize(
    ("text", "signature", "expected"),
    [
        ("本文です。\n\n-- \n佐藤 翼\n090-1234-5678\n", "-- \n佐藤 翼\n090-1234-5678", "本文です。\n"),
        ("本文です。\n\n━━━━\n佐藤 翼\n━━━━\n\n追伸です。\n", "佐藤 翼", "本文です。\n\n追伸です。\n"),
        ("佐藤 翼\n\n本文です。", "佐藤 翼", "本文です。"),
        ("本文です。\n佐藤 翼", "佐藤 翼", "本文です。\n"),
    ],
)
def test_signature_goes_whole_with_the_lines_around_it(text: str, signature: str, expected: str) -> None:
    assert redact(text, check(text, signature=signature)) == expected


def test_overlapping_findings_are_redacted_as_one() -> None:
    text = "高木翼さん"
    first = Finding(0, 2, "高木", Label.PERSON, Tier.SURE, "")
    second = Finding(1, 3, "木翼", Label.PERSON, Tier.SURE, "")
    assert redact(text, [second, first]) == "Aさん"
