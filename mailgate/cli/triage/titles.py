"""What waits, in one line of fixed words and numbers: the head of its page, in the language of the run."""

from __future__ import annotations

from gettext import gettext as _

from mailgate.flow.waiting import Waiting, Wants


def title_of(item: Waiting) -> str:
    """Names the case where there is one, and what of it is to be decided."""
    return _template(item.wants, of_case=item.case is not None).format(number=item.case, id=item.id)


def _template(wants: Wants, *, of_case: bool) -> str:
    match wants:
        case Wants.HELD_CASE:
            return _("case {number}: held case")
        case Wants.TEXT:
            return _("case {number}: text to check")
        case Wants.CONSENT:
            return _("case {number}: consent to ask for")
        case Wants.MEMBERS:
            return _("case {number}: members to invite")
        case Wants.HELD_COMMENT:
            return _("case {number}: held comment {id}")
        case Wants.COMMENTS:
            return _("case {number}: comments to review")
        case Wants.ANSWER:
            return _("case {number}: answer to send")
        case Wants.OUTGOING:
            return _("case {number}: outgoing mail {id}") if of_case else _("outgoing mail {id}")
        case Wants.RECEIVED:
            return _("case {number}: received mail {id}") if of_case else _("received mail {id}")
        case Wants.APPLICATION:
            return _("application {id}")
