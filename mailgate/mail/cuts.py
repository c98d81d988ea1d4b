"""Which lines of a reply are not newly written: the decision on the pattern that the classes of its lines make.

`quoting.py` composes the text from what is left. Marked quotes and what came back from our own text go in any case;
attributions, markers and header blocks go with what they announce. Below a header block, or an attribution that nobody
types, an unmarked quote reaches to the end of the mail, unless we know our own text and see what was typed into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailgate.mail import header_blocks
from mailgate.mail import lines as forms
from mailgate.mail.attributions import Attribution, Strength, find, split_run_together
from mailgate.mail.lines import Line
from mailgate.mail.returned import Returned, compare

_WRAPPED_AT = 66
"""Columns of a quoted line that a client may have wrapped without a second mark."""
_SHARE_OF_OUR_TEXT = 0.6
"""Came back: then an unmarked quote is our mail, and what is not ours in it was typed."""
_FEWEST_LABELS = 2
_STRANGE = 0.35
"""A line that has less than this in common with our text was not ours, even changed."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The lines of a reply and what is known of them one by one."""

    lines: list[str]
    kinds: list[Line]
    attributions: tuple[Attribution, ...]
    quoted: list[bool]
    """Marked as a quote, or come back from what we sent."""
    returned: Returned | None
    is_ours: bool
    """So much of what we sent came back that whatever else stands in an unmarked quote was typed."""


def read(lines: Sequence[str], sent: str | None) -> Reply:
    """Classify the lines of a reply; one with an attribution behind a sentence becomes two."""
    lines = split_run_together(lines)
    kinds = [forms.classify(line) for line in lines]
    attributions = tuple(find(lines, kinds))
    for one in attributions:
        kinds[one.start : one.end] = [Line.ATTRIBUTION] * (one.end - one.start)
    _settle_marks(lines, kinds)
    _settle_wrapped_quotes(lines, kinds)
    quoted = [kind is Line.QUOTE for kind in kinds]
    returned = compare(lines, quoted, sent) if sent else None
    if returned is None:
        return Reply(lines, kinds, attributions, quoted, None, is_ours=False)
    quoted = [marked or back for marked, back in zip(quoted, returned.quoted, strict=True)]
    back = sum(size for size, cut in zip(returned.size, quoted, strict=True) if cut)
    is_ours = back >= returned.size_sent * _SHARE_OF_OUR_TEXT
    return Reply(lines, kinds, attributions, quoted, returned, is_ours=is_ours)


def _settle_marks(lines: Sequence[str], kinds: list[Line]) -> None:
    """Decide on marks that are quotes only in company: turn each MARK into QUOTE or TEXT."""
    start = 0
    while start < len(lines):
        if kinds[start] is not Line.MARK:
            start += 1
            continue
        sign, end = forms.mark(lines[start]), start
        while end < len(lines) and kinds[end] is Line.MARK and forms.mark(lines[end]) == sign:
            end += 1
        verdict = Line.QUOTE if _is_quote(lines, kinds, start, end) else Line.TEXT
        kinds[start:end] = [verdict] * (end - start)
        start = end


def _is_quote(lines: Sequence[str], kinds: Sequence[Line], start: int, end: int) -> bool:
    neighbours = {kinds[at] for at in (start - 1, end) if 0 <= at < len(kinds)}
    above = next((kinds[at] for at in range(start - 1, max(start - 4, -1), -1) if kinds[at] is not Line.BLANK), None)
    if above in (Line.ATTRIBUTION, Line.MARKER) or Line.QUOTE in neighbours:
        return True
    if all(forms.addresses_a_person(line) for line in lines[start:end]):
        return False
    return end - start > 1 or forms.mark(lines[start]) in "＞≫"


def _settle_wrapped_quotes(lines: Sequence[str], kinds: list[Line]) -> None:
    """Take the rest of a long quoted line, which a client wrapped without a second mark, for a quote too."""
    for at in range(1, len(lines) - 1):
        if kinds[at] is not Line.TEXT or kinds[at - 1] is not Line.QUOTE or kinds[at + 1] is not Line.QUOTE:
            continue
        above, rest = lines[at - 1].rstrip(), lines[at].strip()
        broken = forms.width(above) >= _WRAPPED_AT and above[-1] not in ".:;!?。！？：」』)）"
        short = rest[0].islower() or forms.width(rest) <= forms.width(above) // 3
        if (broken and short) or _closes_a_bracket(above, rest):
            kinds[at] = Line.QUOTE


def _closes_a_bracket(above: str, rest: str) -> bool:
    """Whether `rest` ends what a bracket on the line above began."""
    closing = rest.find(")")
    return closing >= 0 and "(" not in rest[:closing] and above.rfind("(") > above.rfind(")")


def decide(reply: Reply, *, to_the_end: bool) -> list[bool]:
    """Which lines of `reply.lines` are not newly written.

    `to_the_end`: whatever stands below a header block is an unmarked quote.
    """
    cut, kinds = list(reply.quoted), reply.kinds
    for start, end in header_blocks.find(reply.lines, kinds):
        below = next((at for at in range(end, len(kinds)) if kinds[at] is not Line.BLANK), len(kinds))
        cut[start:end] = [True] * (end - start)
        if to_the_end and (below == len(kinds) or kinds[below] is not Line.QUOTE):
            _cut_below(reply, cut, end, len(cut))
            break
    _cut_attributions(reply, cut, to_the_end=to_the_end)
    return cut


def _cut_below(reply: Reply, cut: list[bool], start: int, end: int) -> None:
    """Cut the lines of an unmarked quote; where it is known to be our mail, leave what is not ours."""
    returned = reply.returned
    if returned is None or not reply.is_ours:
        cut[start:end] = [True] * (end - start)
        return
    for at in range(start, end):
        drawn = not returned.size[at] and reply.kinds[at] is not Line.BLANK
        if not cut[at] and (drawn or returned.share[at] >= _STRANGE):
            cut[at] = _stands_between_cuts(reply, cut, at)


def _stands_between_cuts(reply: Reply, cut: Sequence[bool], at: int) -> bool:
    """Whether a line has nothing but cut lines beside it."""
    above = next(
        (cut[look] for look in range(at - 1, max(at - 4, -1), -1) if reply.kinds[look] is not Line.BLANK), True
    )
    beside = range(at + 1, min(at + 4, len(cut)))
    return above and next((cut[look] for look in beside if reply.kinds[look] is not Line.BLANK), True)


def _cut_attributions(reply: Reply, cut: list[bool], *, to_the_end: bool) -> None:
    """Cut the lines that say who wrote what follows, where that is cut too, the mail ends, or the form is certain."""
    found = {one.end - 1: one for one in reply.attributions}
    markers = {at for at, kind in enumerate(reply.kinds) if kind is Line.MARKER}
    below: bool | None = None
    quote_below = own_below = own_left = own_behind_a_quote = False
    handled = len(cut)
    for at in range(len(cut) - 1, -1, -1):
        if reply.kinds[at] is Line.BLANK:
            continue
        one = found.get(at) or (Attribution(at, at + 1, Strength.STRONG) if at in markers else None)
        if one is not None and not cut[at] and (quote_below or one.strength >= _needed(below)):
            start = _labels_above(reply.kinds, one.start)
            cut[start : one.end] = [True] * (one.end - start)
            if to_the_end and not below and one.strength is Strength.STRONG and not own_behind_a_quote:
                _cut_below(reply, cut, one.end, handled)
                own_below = own_left = own_left or not all(cut[one.end : handled])
                handled = one.start
        below, quote_below = cut[at], reply.quoted[at]
        own_behind_a_quote = own_behind_a_quote or (cut[at] and own_below)
        own_below = own_below or not cut[at]


def _labels_above(kinds: Sequence[Line], start: int) -> int:
    """Where an attribution begins over which Yandex puts addressees and subject, with a rule over all."""
    first = start
    while first and kinds[first - 1] is Line.HEADER:
        first -= 1
    if start - first < _FEWEST_LABELS:
        return start
    return first - 1 if first and kinds[first - 1] is Line.RULE else first


def _needed(below: bool | None) -> Strength:
    """The strength of an attribution that no quote stands right below: it ends what was written, or text follows."""
    return Strength.STRONG if below is False else Strength.CERTAIN
