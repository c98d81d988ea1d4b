"""Any text at all gives a result, made of lines of the body in their order (`tests/fuzz` counts the work)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.lines import Line, classify
from mailgate.mail.quoting import Written, newly_written

PIECES = [
    "",
    "> 引用",
    "＞先生",
    "| a",
    "x> y",
    "On 2025/03/01 10:05, a wrote:",
    "2025/03/01 10:05",
    "<a@example.org> wrote:",
    "From: a <a@example.org>",
    "件名：b",
    "宛先: c",
    "送信日時: d",
    "-----Original Message-----",
    "__________",
    "━━━━━━",
    "-- ",
    "--",
    "高梨 透",
    "TEL 03-0000-1234",
    "iPhoneから送信",
    "はい。2025/03/01 10:05 <a@example.org>のメール:",
    "Xyz: a <a@example.org>",
    "Abc: 2025/03/01 10:05",
    ">>> a@example.org >>>",
    "> wrote:",
    "---- a wrote ----",
    "答えです。",
    "窓口からのお願いがあります。",
]
LINES = st.one_of(st.sampled_from(PIECES), st.text(max_size=30))
BODIES = st.lists(LINES, max_size=30).map("\n".join)


def stands_in_order(part: str, body: str) -> bool:
    """Each line of the part is a line of the body, or the beginning of one that has an attribution behind it."""
    rest = iter(body.split("\n"))
    return all(any(whole.startswith(line) for whole in rest) for line in part.split("\n") if line.strip())


def content(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip() and classify(line) is not Line.FOOTER]


@given(BODIES, st.booleans(), st.none() | BODIES)
def test_result_is_made_of_lines_of_the_body_in_order(body: str, is_reply: bool, sent: str | None) -> None:
    written = newly_written(body, is_reply=is_reply, sent=sent)
    assert stands_in_order(written.text, body)
    assert written.signature in body
    # The signature of a first mail may stand above what it forwards.
    if is_reply and written.signature:
        assert stands_in_order(f"{written.text}\n{written.signature}", body)


@given(BODIES, st.none() | BODIES)
def test_text_has_no_blank_line_at_its_ends(body: str, sent: str | None) -> None:
    text = newly_written(body, is_reply=True, sent=sent).text
    assert text == "" or (text.split("\n")[0].strip() and text.split("\n")[-1].strip())


@given(BODIES)
def test_first_mail_loses_only_footers_and_signature(body: str) -> None:
    written = newly_written(body, is_reply=False)
    assert sorted(content(f"{written.text}\n{written.signature}")) == sorted(content(body))


def test_endless_line_is_text() -> None:
    assert newly_written("あ" * 100_000, is_reply=True) == Written("あ" * 100_000, "")
