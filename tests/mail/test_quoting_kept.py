"""What the sender wrote stays, whatever it looks like: one lost line of an answer is worse than ten quoted ones."""

from __future__ import annotations

import pytest

from mailgate.mail.quoting import Written, newly_written

DESK = "相談窓口 <reply+k2m4@desk.example.jp>"
QUOTES = (
    "",
    f"\n\nOn Sat, Feb 1, 2025 at 10:05 AM {DESK} wrote:\n\n> May the groups be changed?\n> Please answer.\n",
    f"\n\n2025年2月1日(土) 10:05 {DESK}:\n> 班分けを変えてもよいでしょうか。\n",
    f"\n\n{'_' * 32}\nFrom: {DESK}\nSent: Saturday, February 1, 2025 10:05\nTo: Toru\nSubject: 40\n\nMay they?",
)

KEPT = (
    "Sent from my desk, where I have thought about it for a long time.",
    "Sent from the heart.",
    "Get Outlook for the staff first, then the calendar will work.",
    "My points:\n-----\nFirst, talk.\n-----\nSecond, write it down.",
    "First part.\n\n----------\n\nSecond part, below my own rule.",
    "First part.\n__________\nSecond part, right below my own rule.",
    "==========\nA heading\n==========\nand what stands below it.",
    "On Monday I shall call them.\nOn Tuesday I shall write to you:\nthat is the plan.",
    "On 3 March 2025 at 10:00 the headmaster wrote:\n\nplease change the groups\n\nand I said no.",
    "I wrote to him on 3 March 2025:\nplease change the groups.\nHe did not answer.",
    "From: the beginning\nTo: the end\nthat is how I read it.",
    "To: do\n- call the parents\n- write to the school",
    "Subject: maths\nDate: any Monday\nI would begin there.",
    "De: mi escuela\nhay poco que decir.",
    "A: yes.\nB: no.\nC: perhaps.",
    "The address is anna@example.org:\nwrite to her.",
    "Ask Anna <anna@example.org>:\nshe knows the groups.",
    "Begin with this message:\nwe are listening.",
    "--- my view ---\nKeep the groups.",
    "----- what I would write -----\nDear parents, the groups stay.",
    "Meeting on 2025-02-01 10:00:\nroom 3, with tea.",
    "I propose 3 March 2025 at 10:00\nfor the following:",
    "Let us meet on 2025-03-03 at 10:00:",
    "Write to anna@example.org on 3 March 2025,\nand tell her these\nthree things:\none, two and three.",
    "10:30 first talk\n11:00 second talk\n2025-02-01: the last day",
    "2025年2月1日 10:30に電話をしました。\n相手はこう言いました：\n「班を変えてほしい」\n以上です。",
    "2025年2月1日(土) 10:30の面談では、次のように話しました：\n班はそのままです。",
    "2月1日 10:05:\n電話がありました。",
    "下記のとおりです。\n日時：2025年2月1日(土) 10:30\n場所：図書室\n持ち物：筆記用具",
    "日時：2025年2月1日 10:30\n宛先：保護者の皆さま\n件名：面談のお知らせ\nとして出してください。",
    "連絡先は anna@example.org です：\n気軽に書いてください。",
    "母からのメッセージ：\nよろしく、とのことです。",
    "母のメール：\n班を変えてください。\n私の返事：\nできません。",
    "児童は作文に「先生より：」と書きました：\nうれしかったそうです。",
    "メールを送信しました。\nスマホから送信したので短くなりました、すみません。",
    "学校の携帯から送信したものが届いていますか。",
    "----- 私の考え -----\n班は変えません。\n----- 理由 -----\n公平だからです。",
    "■元のメッセージについて\n読み返しました。",
    "5 > 3\n3 < 5\nを教える単元です。",
    "家庭の状況 | 対応\n母子 | 電話\n父子 | 訪問",
    "山田先生に相談しました。\n川辺小学校でも同じでした。",
    "次の三校に聞きました。\n\n川辺小学校\n山辺小学校\n浜辺小学校\n\nどこも同じ答えです。",
    "電話は 03-0000-1234 へ。\n\n担任 高梨",
    "参考文献です。\n━━━━━━━━\n高梨透『学級のことば』\n━━━━━━━━\n読んでみてください。",
    "━━━━━━━━\n1. 結論\n━━━━━━━━\n班は変えない\n\n━━━━━━━━\n2. 理由\n━━━━━━━━\n公平のため",
    "承知しました。\n--\n追って書きます。",
    "見てください。\n>>> 学級通信はこちら <<<\n以上です。",
    "はい",
    "了解です！",
    "?",
    "👍",
    "1. yes\n2. no\n3. ask Anna Berg",
    "Thanks!\n\nAnna",
    "Yes.\n\nNo, wait:\n\n    indented code\n    stays too\n",
)


@pytest.mark.parametrize("quote", QUOTES, ids=["nothing", "marked", "marked, Japanese", "unmarked"])
@pytest.mark.parametrize("text", KEPT)
def test_text_is_kept(text: str, quote: str) -> None:
    assert newly_written(text + quote, is_reply=True) == Written(text.strip("\n"), "")


@pytest.mark.parametrize("text", KEPT)
def test_text_below_a_quote_is_kept(text: str) -> None:
    quote = "On Sat, Feb 1, 2025 at 10:05 AM Anna Berg <anna@example.org> wrote:\n> May the groups be changed?\n\n"
    assert newly_written(quote + text, is_reply=True) == Written(text.strip("\n"), "")


@pytest.mark.parametrize(
    ("line", "own"),
    [
        ("That is fine. On Sat, Feb 1, 2025 at 10:05 AM, anna@example.org wrote:", "That is fine."),
        ("That is fine--- On Sat, Feb 1, 2025 at 10:05 AM, anna@example.org wrote:", "That is fine"),
        ("That is fine On Sat, Feb 1, 2025 at 10:05 AM Anna Berg <\nanna@example.org> wrote:", "That is fine"),
        ("Gut so. Am 01.02.2025 um 10:05 schrieb Anna Berg <anna@example.org>:", "Gut so."),
        ("C'est bien. Le sam. 1 févr. 2025 à 10:05, Anna Berg <anna@example.org> a écrit :", "C'est bien."),
        ("承知しました。2025年2月1日(土) 10:05 相談窓口 <desk@example.jp>:", "承知しました。"),
        ("承知しました。 2025/02/01 10:05、相談窓口 <desk@example.jp>のメール:", "承知しました。"),
    ],
)
def test_attribution_behind_the_last_sentence_goes_and_the_sentence_stays(line: str, own: str) -> None:
    assert newly_written(f"First line.\n{line}\n> quoted", is_reply=True).text == f"First line.\n{own}"
    assert newly_written(f"{line}\n\n> quoted\n", is_reply=True).text == own
