"""Lines of our own mail that come back without a mark, re-wrapped or changed in width, are no new text."""

from __future__ import annotations

import pytest

from mailgate.mail.quoting import Written, newly_written

SENT = """お世話になっております。
相談窓口より、案件 40 へのコメントのお願いです。

【ご相談の内容】
遠足の班分けについて、毎晩のように電話で変更を求められています。どのようにお断りすればよいでしょうか。
校長にはまだ話していません。

【締切】3月14日(金)
このメールにそのまま返信してください。
よろしくお願いいたします。"""
ANSWER = "班は学校が決めると、はじめに書面で伝えておきます。"

LINES = SENT.split("\n")
REWRAPPED = "\n".join(SENT.replace("\n", "")[at : at + 17] for at in range(0, len(SENT.replace("\n", "")), 17))
WIDENED = SENT.replace("40", "４０").replace("(金)", "（金）").replace(" ", "\u3000")


@pytest.mark.parametrize(
    "returned",
    [
        SENT,
        SENT.replace("\n\n", "\n"),
        SENT.replace("\n", "\n\n"),
        REWRAPPED,
        WIDENED,
        SENT.replace("毎晩", "毎朝"),
        "\n".join("\u3000" + line for line in LINES),
        "\n".join("｜ " + line for line in LINES),
        "<<< 相談窓口 (03-01) >>>:\n".replace("<<< ", "2025/03/01 10:05 ") + SENT,
    ],
)
def test_returned_text_goes_from_below_and_from_above(returned: str) -> None:
    assert newly_written(f"{ANSWER}\n\n{returned}", is_reply=True, sent=SENT) == Written(ANSWER, "")
    assert newly_written(f"{returned}\n\n{ANSWER}", is_reply=True, sent=SENT) == Written(ANSWER, "")


def test_answers_between_unmarked_lines_stay_in_order() -> None:
    body = "\n".join([*LINES[:5], ANSWER, *LINES[5:8], "十日までに出します。", *LINES[8:]])
    assert newly_written(body, is_reply=True, sent=SENT).text == f"{ANSWER}\n\n十日までに出します。"


@pytest.mark.parametrize(
    "body",
    [
        f"お世話になっております。\n{ANSWER}\nよろしくお願いいたします。",
        f"お世話になっております。\n\nよろしくお願いいたします。\n\n{ANSWER}",
        f"{ANSWER}\n締切\n校長には\n話してください。",
        "遠足の班分けについては、くじ引きにしました。",
    ],
)
def test_courtesies_and_few_words_of_ours_are_the_senders_own(body: str) -> None:
    assert newly_written(body, is_reply=True, sent=SENT) == Written(body, "")


def test_rest_of_a_bracket_that_a_client_broke_goes() -> None:
    body = "> 資料はこちら（新しいもの (https://desk.example.jp/a\n?page=3)\n> 以上です。\n\n読みました。"
    assert newly_written(body, is_reply=True).text == "読みました。"
    answered = "> 資料はこちら (https://desk.example.jp/a)\nはい (三枚)\n> 以上です。"
    assert newly_written(answered, is_reply=True).text == "はい (三枚)"


def test_rest_of_a_wrapped_quote_line_goes() -> None:
    body = (
        "> 遠足の班分けについて、毎晩のように電話で変更を求められています。どのように\n"
        f"お断りすればよいでしょうか。\n> 校長にはまだ話していません。\n\n{ANSWER}"
    )
    assert newly_written(body, is_reply=True, sent=SENT) == Written(ANSWER, "")


def test_without_the_sent_text_unmarked_lines_stay() -> None:
    body = f"{ANSWER}\n\n{SENT}"
    assert newly_written(body, is_reply=True) == Written(body, "")


def test_first_mail_is_not_compared() -> None:
    assert newly_written(SENT, is_reply=False, sent=SENT) == Written(SENT, "")
