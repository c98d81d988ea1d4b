"""What the sender of a mail newly wrote, apart from what came back and from the signature.

`mail/parse.py` hands in the readable text and stores both results; `mail/lines.py` says what each line can be.
Here the pattern of the classes decides, together with a comparison with the text that we sent. Nothing is
rewritten: every line of the result stands in the body, in that order. Quoting has no RFC but the delimiter of
signatures (RFC 3676, section 4.3). A closing name alone stays in the text: the screening looks for it.

Known weaknesses: an answer typed between the unmarked lines below a header block is lost from a reply that also
has text above it, since such a block is taken for top posting. A quoted line that a client wrapped without a
second mark leaves its rest when `sent` is not known. A signature with a sentence in it stays in the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailgate.mail import header_blocks
from mailgate.mail import lines as forms
from mailgate.mail.attributions import Attribution, Strength, find, split_run_together
from mailgate.mail.lines import Line
from mailgate.mail.returned import Returned, compare
from mailgate.mail.signature import find_signature

_WRAPPED_AT = 66
"""Columns of a quoted line that a client may have wrapped without a second mark."""
_SHARE_OF_OUR_TEXT = 0.6
"""Came back below a header block: then what stands there is our mail, and what is not ours was typed."""
_STRANGE = 0.35
"""A line that has less than this in common with our text was not ours, even changed."""


@dataclass(frozen=True, slots=True)
class Written:
    text: str
    """What the sender newly wrote, without blank lines at both ends."""
    signature: str
    """The signature block with its rules, exactly as it stands in the body, that `text` lacks; "" when none."""


def newly_written(body: str, *, is_reply: bool, sent: str | None = None) -> Written:
    """Split decoded text (`\\n` line ends) into what was newly written and the signature. Never raises.

    A mail that is no reply keeps everything but its signature and a phone's footer: what it forwards is content.
    `sent` is the text that we sent and that this mail answers, when it is known. A reply of which nothing would
    be left gives everything that is no quote; the text is "" when there is nothing of that kind either.
    """
    lines = body.split("\n")
    if not is_reply:
        return _compose(lines, [forms.classify(line) for line in lines], [False] * len(lines))
    lines = split_run_together(lines)
    reply = _read(lines, sent)
    written = _compose(lines, reply.kinds, _cuts(reply, to_the_end=True))
    return written if written.text else _compose(lines, reply.kinds, _cuts(reply, to_the_end=False))


@dataclass(frozen=True, slots=True)
class _Reply:
    lines: list[str]
    kinds: list[Line]
    attributions: tuple[Attribution, ...]
    quoted: list[bool]
    """Marked as a quote, or come back from what we sent."""
    returned: Returned | None


def _read(lines: list[str], sent: str | None) -> _Reply:
    kinds = [forms.classify(line) for line in lines]
    attributions = tuple(find(lines, kinds))
    for one in attributions:
        kinds[one.start : one.end] = [Line.ATTRIBUTION] * (one.end - one.start)
    _settle_marks(lines, kinds)
    _settle_wrapped_quotes(lines, kinds)
    quoted = [kind is Line.QUOTE for kind in kinds]
    returned = compare(lines, quoted, sent) if sent else None
    if returned is not None:
        quoted = [marked or back for marked, back in zip(quoted, returned.quoted, strict=True)]
    return _Reply(lines, kinds, attributions, quoted, returned)


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
        if broken and (rest[0].islower() or forms.width(rest) <= forms.width(above) // 3):
            kinds[at] = Line.QUOTE


def _cuts(reply: _Reply, *, to_the_end: bool) -> list[bool]:
    """Which lines are not newly written. `to_the_end`: whatever stands below a header block is an unmarked quote."""
    cut, kinds = list(reply.quoted), reply.kinds
    for start, end in header_blocks.find(reply.lines, kinds):
        below = next((at for at in range(end, len(kinds)) if kinds[at] is not Line.BLANK), len(kinds))
        cut[start:end] = [True] * (end - start)
        if to_the_end and (below == len(kinds) or kinds[below] is not Line.QUOTE):
            _cut_below(reply, cut, end)
            break
    _cut_attributions(reply, cut, to_the_end=to_the_end)
    return cut


def _cut_below(reply: _Reply, cut: list[bool], start: int) -> None:
    """Cut an unmarked quote to the end of the mail; where it is known to be our mail, leave what is not ours."""
    returned = reply.returned
    if returned is None:
        cut[start:] = [True] * (len(cut) - start)
        return
    back = sum(returned.size[at] for at in range(start, len(cut)) if returned.quoted[at] or cut[at])
    known = back >= returned.size_sent * _SHARE_OF_OUR_TEXT
    for at in range(start, len(cut)):
        cut[at] = cut[at] or not known
    for at in range(start, len(cut)):
        drawn = not returned.size[at] and reply.kinds[at] is not Line.BLANK
        if not cut[at] and (drawn or returned.share[at] >= _STRANGE):
            cut[at] = _stands_between_cuts(reply, cut, at)


def _stands_between_cuts(reply: _Reply, cut: Sequence[bool], at: int) -> bool:
    """Whether a line has nothing but cut lines beside it."""
    above = next((cut[look] for look in range(at - 1, max(at - 4, -1), -1) if reply.kinds[look] is not Line.BLANK), True)
    beside = range(at + 1, min(at + 4, len(cut)))
    return above and next((cut[look] for look in beside if reply.kinds[look] is not Line.BLANK), True)


def _cut_attributions(reply: _Reply, cut: list[bool], *, to_the_end: bool) -> None:
    """Cut the lines that say who wrote what follows, where that is cut too, the mail ends, or the form is certain."""
    found = {one.end - 1: one for one in reply.attributions}
    markers = {at for at, kind in enumerate(reply.kinds) if kind is Line.MARKER}
    below: bool | None = None
    own_below = own_behind_a_quote = False
    for at in range(len(cut) - 1, -1, -1):
        if reply.kinds[at] is Line.BLANK:
            continue
        one = found.get(at) or (Attribution(at, at + 1, Strength.STRONG) if at in markers else None)
        if one is not None and not cut[at] and (below or one.strength >= _needed(below)):
            cut[one.start : one.end] = [True] * (one.end - one.start)
            if to_the_end and not below and one.strength is Strength.STRONG and not own_behind_a_quote:
                _cut_below(reply, cut, one.end)
                own_below = not all(cut[one.end :])
        below = cut[at]
        own_behind_a_quote = own_behind_a_quote or (cut[at] and own_below)
        own_below = own_below or not cut[at]


def _needed(below: bool | None) -> Strength:
    """The strength of an attribution that no quote stands below: it ends the mail, or own words follow."""
    return Strength.CERTAIN if below is None else Strength.STRONG


def _compose(lines: Sequence[str], kinds: Sequence[Line], cut: Sequence[bool]) -> Written:
    """Put what is left together, with one blank line where something was cut, and split off the signature.

    A block of its own at the very end (of a mailing list, say) may stand below a quote that has the sender's
    signature above it; then the sender's is the signature.
    """
    parts = list(_parts(kinds, cut))
    whole, signature = parts, ""
    for _ in range(2):
        if not parts:
            break
        start, end = parts[-1]
        signed = find_signature(lines, kinds, start, end)
        signature = "\n".join(lines[signed:end]) or signature
        last = _without_tail(kinds, start, signed)
        parts = [*parts[:-1], (start, last)] if last > start else parts[:-1]
        if last > start:
            break
    if not parts:
        parts, signature = whole, ""
    return Written("\n\n".join("\n".join(lines[start:end]) for start, end in parts), signature)


def _parts(kinds: Sequence[Line], cut: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """The stretches of lines that are not cut, without blank lines at their ends and footers below them."""
    start = 0
    for at in range(len(kinds) + 1):
        if at < len(kinds) and not cut[at]:
            continue
        while start < at and kinds[start] is Line.BLANK:
            start += 1
        end = _without_tail(kinds, start, at)
        if end > start:
            yield start, end
        start = at + 1


def _without_tail(kinds: Sequence[Line], start: int, end: int) -> int:
    while end > start and kinds[end - 1] in (Line.BLANK, Line.FOOTER):
        end -= 1
    return end
