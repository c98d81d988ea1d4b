"""What the sender of a mail newly wrote, apart from what came back and from the signature.

`mail/parse.py` hands in the readable text and stores both results. `mail/lines.py` says what each line can be,
`mail/cuts.py` decides on the pattern of the classes and on a comparison with the text that we sent,
`mail/signature.py` finds the signature and `mail/notices.py` what organisations put below it; here they are put
together. Nothing is rewritten: the result is made of the body's own lines in their order, cut only where a client put
its attribution behind the last sentence. Quoting has no RFC but the delimiter of signatures (RFC 3676, section 4.3). A
closing name alone stays in the text: the screening looks for it.

Known weaknesses: without `sent`, an answer typed between the unmarked lines below a header block is lost from a reply
that also has text above it, since such a block is taken for top posting; the same below an attribution with a date
and an address whose quote the sender deleted. Own lines that begin with `>` are taken for a quote. An attribution
without date and address stays over an unmarked quote. A signature of several sentences, or of one name, stays in the
text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailgate.mail import cuts, header_blocks
from mailgate.mail.lines import Line, classify
from mailgate.mail.notices import find_notice
from mailgate.mail.signature import find_signature


@dataclass(frozen=True, slots=True)
class Written:
    text: str
    """What the sender newly wrote, without blank lines at both ends."""
    signature: str
    """The signature block with its rules and a notice below it, as it stands in the body; "" when none."""


def newly_written(body: str, *, is_reply: bool, sent: str | None = None) -> Written:
    """Split decoded text (`\\n` line ends) into what was newly written and the signature. Never raises.

    A mail that is no reply keeps everything but its signature and a phone's footer: what it forwards is content, and
    the sender's signature may stand above that.
    `sent` is the text that we sent and that this mail answers, when it is known. A reply of which nothing would
    be left gives everything that is no quote; the text is "" when there is nothing of that kind either.
    """
    lines = body.split("\n")
    if not is_reply:
        return _first(lines)
    reply = cuts.read(lines, sent)
    written = _compose(reply.lines, reply.kinds, cuts.decide(reply, to_the_end=True))
    return written if written.text else _compose(reply.lines, reply.kinds, cuts.decide(reply, to_the_end=False))


def _first(lines: Sequence[str]) -> Written:
    """A mail that is no reply, perhaps with another one that it forwards below its own words."""
    kinds = [classify(line) for line in lines]
    marker = next((at for at, kind in enumerate(kinds) if kind is Line.MARKER), len(lines))
    forwarded = min(marker, next((start for start, _ in header_blocks.find(lines, kinds)), len(lines)))
    own = _compose(lines[:forwarded], kinds[:forwarded], [False] * forwarded)
    if forwarded == len(lines) or not own.text:
        return _compose(lines, kinds, [False] * len(lines))
    below = Written("\n".join(lines[forwarded:]).strip("\n"), "")
    if not own.signature:
        below = _compose(lines[forwarded:], kinds[forwarded:], [False] * (len(lines) - forwarded))
    return Written(f"{own.text}\n\n{below.text}", own.signature or below.signature)


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
        signed = find_signature(lines, kinds, start, find_notice(lines, kinds, start, end))
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
