from __future__ import annotations

import pytest

from mailgate.desk.declining import declines

_REFUSALS = (
    "今回は辞退させていただきます。よろしくお願いします。",
    "お断りします",
    "お断りいたします。",
    "今回はお断りさせていただきます。",
    "今回は見送らせてください",
    "今回は見送らせていただきます。申し訳ありません。",
    "辞退いたします。",
    "参加できません",
    "今回は参加できません。すみません。",
    "都合がつかず、今回は辞退いたします。",
    "都合がつかず申し訳ありません。",
    "都合がつかず、コメントできません。よろしくお願いいたします。",
    "都合がつきません",
    "申し訳ありませんが、今回は都合がつかず、辞退させていただきます。またの機会によろしくお願いします。",
    "お世話になっております。野口です。\n今回は遠慮させていただきます。",
    "多忙のため、今回は見送ります。",
    "仕事が忙しいため、今回は辞退します。",
    "大変申し訳ございませんが、今回はご協力できません。ご了承ください。",
    "申し訳ございませんが、今回の依頼はお受けできません。",
    "今回はパスします。",
    "ご連絡ありがとうございます。\n今回は辞退いたします。\n\n野口 歩",
    "せっかくですが、今回はご遠慮いたします。",
    "今回は、専門外ですので、辞退します。",
    "お役に立てず申し訳ありません。今回は辞退いたします。",
    "今回は時間が取れず、コメントが難しいです。",
    "i have to decline.",
    "I have to decline this time. Sorry.",
    "I'm afraid I can't this time",
    "I\u2019m afraid I can\u2019t help this time.",
    "Sorry, but I can't take part this time. Best regards,\nAyumi",
    "Thank you for asking, but I have to decline.",
    "Unfortunately, I cannot comment on this one.",
    "I'll pass this time.",
    "I am too busy at the moment. I must decline this invitation because I am travelling.",
    "Sorry, I won't be able to help this time. Maybe next time.",
)
_NO_REFUSALS = (
    "辞退するのも一つの方法です",
    "辞退するのも一つの方法です。",
    "役員を辞退してもらうのがよいと思います。よろしくお願いします。",
    "保護者には「お断りします」と伝えてください。",
    "会議に参加できませんと伝えるのはどうでしょう。",
    "先生は会議に参加できません。",
    "お断りしますとはっきり言いましょう。",
    "今回は見送りましょう。",
    "見送るのがよいと思います。",
    "今回は辞退します。ただ、記録を残すことをお勧めします。",
    "辞退できません",
    "辞退しません",
    "都合がつかない保護者には電話がよいと思います。",
    "都合がつかず来られない保護者もいます。",
    "参加できませんか？",
    "辞退した方がよいでしょうか？",
    "I can't agree with the parent.",
    "I have to decline requests like this every week; here is how.",
    "The teacher should decline.",
    "You can decline the invitation of the parents.",
    "よろしくお願いします。",
    "ありがとうございます。",
    "申し訳ありません。",
    "申し訳ありません。遅くなりました。コメントです。",
    "難しいです。",
    "それは難しいです。",
    "それは逆効果です。記録を残してください。",
    "まず話を聞くことです。",
    "時間が取れない先生もいます。",
    "お断りする",
    "Thank you",
    "sorry",
)


@pytest.mark.parametrize("written", _REFUSALS)
def test_a_short_mail_that_only_refuses_declines(written: str) -> None:
    assert declines(written) is True


@pytest.mark.parametrize("written", _NO_REFUSALS)
def test_what_says_anything_else_is_for_a_person_to_read(written: str) -> None:
    assert declines(written) is False


@pytest.mark.parametrize("written", _REFUSALS)
def test_a_refusal_with_advice_below_it_is_no_refusal_alone(written: str) -> None:
    assert declines(f"{written}\n保護者とは、まず二人で会うとよいと思います。") is False


def test_a_refusal_in_a_long_mail_is_for_a_person_to_read() -> None:
    assert declines("今回は辞退させていただきます。" + "よろしくお願いします。" * 30) is False
