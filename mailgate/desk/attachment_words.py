"""What is said about an attachment: to the operator, why it stays back; to the teacher, in words that may be sent.

Pure. `flow/attachments.py` asks for it; the teacher hears it only if an operator sends it (`case clarify`).
"""

from __future__ import annotations

import re

from mailgate.mail.content import LOCKED, Content
from mailgate.mail.drawing import MOST_PAGES, MOST_PIXELS, Obstacle
from mailgate.phrase import Phrase

_WITHHELD = {
    Content.HEIC: Phrase("HEIC pictures cannot be drawn here: ask for a JPEG, or a screenshot"),
    Content.OTHER_PICTURE: Phrase("only JPEG, PNG, GIF, WebP and TIFF pictures are drawn: ask for one of these"),
    Content.OFFICE: Phrase(
        "an Office file names its author, and everybody who changed it: ask for the text, or for a PDF"
    ),
    Content.LOCKED_OFFICE: Phrase("it has a password, and nothing here opens it: ask for the text in the mail itself"),
    Content.ARCHIVE: Phrase("archives are never opened: ask for the files one by one, as pictures or PDF"),
    Content.LOCKED_ARCHIVE: Phrase("it has a password, and nothing here opens it: ask for the text in the mail itself"),
    Content.CONTACT: Phrase("a contact is made of names and addresses: it never leaves"),
    Content.CALENDAR: Phrase("a calendar entry names who organises and who takes part: it never leaves"),
    Content.KEY: Phrase("a key, certificate or signature names its owner: it never leaves"),
    Content.TNEF: Phrase("winmail.dat is Outlook's own wrapping, with names inside: ask for the mail as plain text"),
    Content.MAIL: Phrase("another mail has all its addresses in it: ask for its text, without names"),
    Content.WEB_PAGE: Phrase("a web page can hide text and fetch from elsewhere: ask for a screenshot, or the text"),
    Content.MEDIA: Phrase("voices and faces identify: ask for what is said, as text"),
    Content.PROGRAM: Phrase("programs are never passed on"),
    Content.TEXT: Phrase("a text file is not passed on by itself: ask for it in the mail itself, where it is checked"),
    Content.EMPTY: Phrase("there is nothing in it"),
    Content.UNKNOWN: Phrase("nobody can tell what it is: ask for the text, a picture or a PDF"),
}
_OBSTACLES = {
    Obstacle.ENCRYPTED: Phrase("the PDF is locked, with a password or against changes: ask for one that is not"),
    Obstacle.TOO_MANY_PAGES: Phrase("it has more than {most} pages: ask for those that matter", most=MOST_PAGES),
    Obstacle.TOO_LARGE: Phrase(
        "it has more than {most} million pixels: ask for a smaller picture", most=MOST_PIXELS // 1_000_000
    ),
    Obstacle.DAMAGED: Phrase(
        "it is damaged, or not quite what it says it is: ask for it once more, or for a screenshot"
    ),
    Obstacle.LIMITS: Phrase("drawing it broke the limits of time and memory: ask for a simpler file, or a screenshot"),
}
_OPENS = {
    "ja": "お送りいただいた添付ファイル（{number}件目）は、{reason}",
    "en": "We could not pass on attachment {number} of your mail: {reason}",
}
_ENDS = {
    "ja": "お手数ですが、お伝えになりたい内容を、お名前や学校名を伏せて、メールの本文にお書きいただけますでしょうか。",
    "en": "Could you please write what you want to tell us in the mail itself, without names or the school?",
}
_REASONS: dict[str, dict[str, str]] = {
    "ja": {
        "locked": "パスワードで保護されているため、開かずにお預かりし、メンバーにはお渡ししておりません。"
        "パスワードのご連絡は不要です。",
        "form": "この窓口ではお渡しできない種類のファイルのため、メンバーにはお渡ししておりません。",
        "picture": "こちらでは扱えない形式の画像でした。JPEGかPNGで、もう一度お送りいただくこともできます。",
        "size": "大きすぎるため、扱うことができませんでした。必要な部分だけをお送りいただくこともできます。",
        "damaged": "壊れているようで、開くことができませんでした。もう一度お送りいただくこともできます。",
        "withheld": "個人の特定につながるおそれがあるため、メンバーにはお渡ししておりません。",
    },
    "en": {
        "locked": "it is protected by a password, and we keep it unopened. There is no need to send the password.",
        "form": "it is of a kind that this desk does not pass on.",
        "picture": "it is a picture of a kind that we cannot handle. You may send it again as JPEG or PNG.",
        "size": "it is too large for us. You may send the part that matters.",
        "damaged": "it seems to be damaged. You may send it again.",
        "withheld": "it could identify somebody.",
    },
}
_NEAR = r"[^\n]{0,30}"
_PASSWORD = re.compile(
    rf"(?:パスワード|ﾊﾟｽﾜｰﾄﾞ|解凍(?:用)?(?:PW|ＰＷ|キー)|password|passwd|(?<![A-Za-z])(?:PW|ＰＷ)(?![A-Za-z])){_NEAR}"
    rf"(?:[:：＝=]|は|です|以下|次の|下記|お知らせ|送付|お送り|ご連絡| is |below)",
    re.IGNORECASE,
)


def why_withheld(content: Content, obstacle: Obstacle) -> Phrase:
    """For the operator: why it cannot be released, and what to ask for instead. One line."""
    return _WITHHELD[content] if obstacle is Obstacle.KIND else _OBSTACLES[obstacle]


def words_for_teacher(number: int, content: Content, obstacle: Obstacle | None, language: str) -> str:
    """A text that an operator may send: that the attachment was not passed on, why, and what would help.

    `language` is "ja" or "en"; without an obstacle it was the operator who withheld it.
    """
    reason = _REASONS[language][_reason(content, obstacle)]
    return f"{_OPENS[language].format(number=number, reason=reason)}\n{_ENDS[language]}"


def tells_a_password(text: str) -> bool:
    """Whether a mail seems to bring the password of a file that came in another one (the custom called PPAP)."""
    return _PASSWORD.search(text) is not None


def _reason(content: Content, obstacle: Obstacle | None) -> str:
    match obstacle:
        case None:
            return "withheld"
        case Obstacle.ENCRYPTED:
            return "locked"
        case Obstacle.TOO_LARGE | Obstacle.TOO_MANY_PAGES | Obstacle.LIMITS:
            return "size"
        case Obstacle.DAMAGED:
            return "damaged"
        case Obstacle.KIND if content in LOCKED:
            return "locked"
        case Obstacle.KIND if content in (Content.HEIC, Content.OTHER_PICTURE):
            return "picture"
        case Obstacle.KIND:
            return "form"
