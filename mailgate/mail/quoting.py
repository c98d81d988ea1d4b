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

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailgate.mail import lines as forms
from mailgate.mail.lines import Line, Role
from mailgate.mail.signature import find_signature

_PIECE = 6
"""Characters compared at a time: longer than the endings that all Japanese sentences share."""
_SHARE_THAT_CAME_BACK = 0.7
"""Of the pieces of a line: forgives a character that a client changed."""
_LEAST_THAT_CAME_BACK = 12
"""Characters in a run of lines: fewer may be the sender's own words."""
_HEADER_GAP = 2
"""Lines without a label inside a header block: addressees that a client wrapped, blank lines."""


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
    kinds = [forms.classify(line) for line in lines]
    if not is_reply:
        return _compose(lines, kinds, [False] * len(lines))
    _settle_marks(lines, kinds)
    quoted = _quoted(lines, kinds, sent)
    written = _compose(lines, kinds, _cuts(lines, kinds, quoted, to_the_end=True))
    return written if written.text else _compose(lines, kinds, _cuts(lines, kinds, quoted, to_the_end=False))


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


def _quoted(lines: Sequence[str], kinds: Sequence[Line], sent: str | None) -> list[bool]:
    """Which lines are marked as quotes, or came back from `sent` without a mark."""
    quoted = [kind is Line.QUOTE for kind in kinds]
    weights = _weights(lines, quoted, sent) if sent else []
    at = 0
    while at < len(weights):
        start, end, weight = at, at, 0
        while at < len(weights) and (weights[at] is not None or kinds[at] is Line.BLANK):
            weight, end = weight + (weights[at] or 0), at + 1 if kinds[at] is not Line.BLANK else end
            at += 1
        if weight >= _LEAST_THAT_CAME_BACK:
            quoted[start:end] = [True] * (end - start)
        at += 1
    return quoted


def _weights(lines: Sequence[str], marked: Sequence[bool], sent: str) -> list[int | None]:
    """For each line how many characters came back from `sent`: 0 for a courtesy, None for a line of its own.

    Clients re-wrap, change widths and drop blank lines, so a line is compared by its overlapping pieces and without
    white space; one that is too short for that must be a whole line or go on where the line above it ended.
    """
    whole = {_folded(line) for line in sent.split("\n")}
    joined = "".join(_folded(line) for line in sent.split("\n"))
    pieces = {joined[at : at + _PIECE] for at in range(len(joined) - _PIECE + 1)}
    weights: list[int | None] = []
    above = ""
    for line, is_marked in zip(lines, marked, strict=True):
        folded = "" if is_marked else _folded(line)
        if not folded:
            came_back = False
        elif len(folded) < _PIECE:
            came_back = folded in whole or (above != "" and _folded(above)[-_PIECE:] + folded in joined)
        else:
            count = len(folded) - _PIECE + 1
            same = sum(folded[at : at + _PIECE] in pieces for at in range(count))
            came_back = same >= count * _SHARE_THAT_CAME_BACK
        weight = 0 if forms.is_courtesy(line) else len(folded)
        weights.append(weight if came_back else None)
        above = line
    return weights


def _folded(line: str) -> str:
    plain = unicodedata.normalize("NFKC", line.lstrip(" \t>＞|｜≫")).replace("〜", "~")
    return "".join(plain.split()).casefold()


def _cuts(lines: Sequence[str], kinds: Sequence[Line], quoted: Sequence[bool], *, to_the_end: bool) -> list[bool]:
    """Which lines are not newly written. `to_the_end`: whatever stands below a header block is an unmarked quote."""
    cut = list(quoted)
    for start, end in _header_blocks(lines, kinds):
        below = next((at for at in range(end, len(kinds)) if kinds[at] is not Line.BLANK), len(kinds))
        unmarked = below == len(kinds) or kinds[below] is not Line.QUOTE
        if to_the_end and unmarked:
            return _cut_attributions(lines, kinds, [*cut[:start], *[True] * (len(cut) - start)], to_the_end=True)
        cut[start:end] = [True] * (end - start)
    return _cut_attributions(lines, kinds, cut, to_the_end=to_the_end)


def _header_blocks(lines: Sequence[str], kinds: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Runs of labelled lines that a client put above a quote, with the marker or rule above them."""
    at = 0
    while at < len(kinds):
        if kinds[at] is not Line.HEADER:
            at += 1
            continue
        first, end, look, roles = at, at, at, set[Role | None]()
        while look < min(end + _HEADER_GAP + 1, len(kinds)):
            if kinds[look] is Line.HEADER:
                roles.add(forms.header_role(lines[look]))
                end = look + 1
            look += 1
        start = _introduction(lines, kinds, first)
        if (len(roles) > 2 and Role.FROM in roles) or (len(roles) > 1 and _names_its_source(lines, kinds, start, end)):
            yield start, end
        at = end


def _introduction(lines: Sequence[str], kinds: Sequence[Line], first: int) -> int:
    """Where a header block begins: at a marker or an Outlook rule over it, at most one blank line away."""
    above = next((at for at in range(first - 1, max(first - 3, -1), -1) if kinds[at] is not Line.BLANK), first)
    drawn = set(lines[above].strip()) if kinds[above] is Line.RULE else {""}
    # A rule of hyphens is also the end of a signature, unless it stands right over the block.
    outlook = drawn == {"_"} or (above == first - 1 and drawn == {"-"})
    return above if kinds[above] is Line.MARKER or outlook else first


def _names_its_source(lines: Sequence[str], kinds: Sequence[Line], start: int, end: int) -> bool:
    if kinds[start] is Line.MARKER:
        return True
    return any(forms.header_role(line) is Role.FROM and forms.has_address(line) for line in lines[start:end])


def _cut_attributions(lines: Sequence[str], kinds: Sequence[Line], cut: list[bool], *, to_the_end: bool) -> list[bool]:
    """Cut the lines that say who wrote what follows, where that is cut too, the mail ends, or the form is certain."""
    below: bool | None = None
    quotes_below = False
    for at in range(len(lines) - 1, -1, -1):
        if kinds[at] is Line.BLANK:
            continue
        if not cut[at] and kinds[at] in (Line.ATTRIBUTION, Line.MARKER):
            start = _attribution_start(lines, kinds, at)
            whole = " ".join(lines[start : at + 1])
            certain = kinds[at] is Line.MARKER or forms.stands_over_any_quote(whole)
            if below or certain or (below is None and forms.is_certain_attribution(whole)):
                end = len(cut) if to_the_end and certain and not quotes_below else at + 1
                cut[start:end] = [True] * (end - start)
        below = cut[at]
        quotes_below = quotes_below or cut[at]
    return cut


def _attribution_start(lines: Sequence[str], kinds: Sequence[Line], last: int) -> int:
    """The first line of an attribution that was wrapped over two or three lines."""
    if kinds[last] is Line.MARKER or forms.opens_attribution(lines[last]):
        return last
    for at in range(last - 1, max(last - 3, -1), -1):
        if kinds[at] is Line.BLANK:
            break
        if forms.opens_attribution(lines[at]):
            return at
    return last


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
