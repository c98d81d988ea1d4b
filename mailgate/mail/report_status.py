"""Whether a failure is for good: from the status code, the reply of the other server, the words, in that order.

`bounce` asks for each recipient. "Permanent" is the class of RFC 3463 (5.y.z against 4.y.z): a system that gives up
after days of trying writes "failed" with 4.4.7, and the address is not dead. What follows from it is decided above.
"""

from __future__ import annotations

import re

_ENHANCED = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(
    r"(?:^|[\s:<(\[;'\"])([45][0-57]\d)(?=[\s\-\]:,.;'\")>]|$)(?!\s*(?:seconds|minutes|hours|days|bytes|[km]b|characters))",
    re.I | re.M,
)
_TRYING = re.compile(
    r"""will\ (?:keep|continue|be\ retried|retry|try)|(?:still|further|more)\ (?:being\ )?(?:try|retry|attempt)
    |has\ been\ (?:delayed|postponed)|delayed\ (?:by|for|mail)|not\ (?:yet\ been|been\ delivered\ yet)
    |warning\ message\ only
    |(?:do|need)\ not\ (?:need\ to\ )?(?:re-?send|resubmit)|temporar(?:y|ily)|try\ again\ later|postponed
    |再送|遅延|遅れて|まだ(?:届|配信)|一時的|しばらく""",
    re.I | re.X,
)
_GIVEN_UP = re.compile(
    r"""permanent|fatal|giv(?:e|en|ing)\ up|(?:will\ not|won't|no\ longer)\ (?:be\ )?(?:re)?tr(?:y|ied)
    |(?:user|mailbox|account|address)\ (?:unknown|disabled|not\ found)
    |(?:unknown|no\ such)\ (?:user|mailbox|recipient)""",
    re.I | re.X,
)
_EXPIRED = re.compile(
    r"""failing\ for\ a\ long\ time|retry\ time(?:out)?\ exceeded|after\ \d{1,4}\ (?:delivery\ )?attempt
    |(?:message|mail)\ (?:has\ )?expired|(?:delivery\ (?:time|period)|time\ limit)\ (?:has\ |was\ )?(?:expired|exceeded)
    |(?:再送|配信|配送)(?:の)?(?:期限|期間)(?:を|が)?(?:超|過ぎ|切れ|満了)""",
    re.I | re.X,
)
"""Tried for days and then given up: the address may be alive."""
_MOST_CHARACTERS = 4_000


def enhanced_code(text: str) -> str:
    """The first enhanced status code of a failure in `text` (RFC 3463), "" when there is none."""
    match = _ENHANCED.search(text[:_MOST_CHARACTERS])
    return match[1] if match else ""


def judged(status: str, reason: str, *, delayed: bool | None) -> tuple[str, bool, bool]:
    """(status code or "", permanent, given up) of one recipient.

    `status` is what the report declares, `reason` what the other server said or the words for people; `delayed`,
    whether the report says that it still tries, None when it does not say.
    """
    code, permanent = _class(status, reason)
    if delayed:
        return code, False, False
    words = reason[:_MOST_CHARACTERS]
    given_up = permanent or delayed is False or _EXPIRED.search(words) is not None
    return code, permanent, given_up or not _TRYING.search(words)


def _class(status: str, reason: str) -> tuple[str, bool]:
    declared, told = enhanced_code(status), enhanced_code(reason)
    code = told if told and declared[1:] in ("", ".0.0") else declared
    if code:
        return code, code.startswith("5")
    words = reason[:_MOST_CHARACTERS]
    reply = _REPLY.search(words)
    if reply:
        return "", reply[1].startswith("5")
    return "", not _EXPIRED.search(words) and (bool(_GIVEN_UP.search(words)) or not _TRYING.search(words))
