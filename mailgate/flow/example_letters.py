"""One letter of each kind, with invented words: to look at a template before anybody gets it, and for the tests."""

from __future__ import annotations

from datetime import date

from mailgate.desk.application_form import Wish
from mailgate.flow import letters
from mailgate.flow.letters import CompiledComment, Letter

_DAY = date(2025, 2, 10)
_WORDS = {
    "ja": {
        "text": "給食の時間に席を立つ子がいます。\nどう声をかければよいでしょうか。",
        "earlier": "初回の文",
        "teacher": "小学校教員・教職歴10〜19年",
        "comment": "席を決める前に、本人の話を聞いてみてください。",
        "second": "保護者とは、記録を残しながら話すことをおすすめします。",
        "colleague": "元小学校教員・教職歴20年以上",
        "lawyer": "弁護士",
        "question": "何年生のお子さまですか。",
        "school": "学校名：",
        "years": "教職歴：",
        "name": "氏名：水原 遥香",
        "role": "職種：教諭",
        "topics": "得意分野：",
    },
    "en": {
        "text": "A child leaves its seat during lunch.\nHow should I speak to it?",
        "earlier": "The first text",
        "teacher": "a primary school teacher with 10 to 19 years of teaching",
        "comment": "Before you fix the seats, ask the child about it.",
        "second": "When you talk with the parents, keep a record.",
        "colleague": "a former primary school teacher with 20 or more years of teaching",
        "lawyer": "a lawyer",
        "question": "In which year is the child?",
        "school": "School:",
        "years": "Years of teaching:",
        "name": "Name: Haruka Mizuhara",
        "role": "Occupation: teacher",
        "topics": "Topics:",
    },
}


def examples(language: str) -> tuple[Letter, ...]:
    """`language` is that of the invented texts, "ja" or "en"."""
    words = _WORDS[language]
    empty = tuple(f"{words[key].rstrip('：:')}" for key in ("school", "years"))
    return (
        letters.Acknowledgement(12, _DAY),
        letters.RegistrationNeeded("join@desk.example.jp"),
        letters.Invitation(12, words["teacher"], words["text"], (words["earlier"],), _DAY),
        letters.Reminder(12, words["text"], _DAY),
        letters.CommentReceived(12, words["comment"], False, _DAY),
        letters.Declined(12),
        letters.Closed(12),
        letters.Answer(
            12,
            (
                CompiledComment(1, words["colleague"], words["comment"]),
                CompiledComment(2, words["lawyer"], words["second"]),
            ),
        ),
        letters.Thanks(12),
        letters.FollowUpReceived(12, _DAY),
        letters.Withdrawn(12),
        letters.InvitationWithdrawn(12),
        letters.Clarification(12, words["question"]),
        letters.ConsentRequest(12, words["text"], 2),
        letters.RegistrationForm((words["name"], words["school"]), (words["name"], words["topics"])),
        letters.RegistrationIncomplete(empty[:1], empty[1:], (words["name"], words["school"], words["years"])),
        letters.RegistrationReceived(Wish.TEACHER),
        letters.Registered(False, "soudan@desk.example.jp"),
        letters.RegisterConfirmation((words["name"], words["role"]), _DAY, (Wish.TEACHER,)),
        letters.ConfirmationReminder(_DAY),
        letters.Paused(_DAY),
        letters.PauseUnclear(),
        letters.Resumed(),
        letters.Digest(_DAY, (1,), (2, 3), (4,), (5,), (6,), 7, 8, 9, 10, 11, 12),
    )
