"""The whole check: every rule once over a text, overlaps settled.

Before: the decoded, newly written text of a consultation or comment. After: a person decides on each finding at the
desk, then `redact`. It decides nothing itself, and about one name in eleven escapes it: it does not replace reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mailgate.screening.bodies import find_bodies
from mailgate.screening.clinics import find_clinics
from mailgate.screening.composed import compose
from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.kana_names import find_kana_names
from mailgate.screening.known import KnownIdentity, find_known
from mailgate.screening.latin_names import find_latin_names
from mailgate.screening.mentions import find_mentions
from mailgate.screening.merge import merge
from mailgate.screening.name_rows import find_rows
from mailgate.screening.number_shapes import find_numbers
from mailgate.screening.persons import find_persons
from mailgate.screening.phones import find_phones
from mailgate.screening.places import find_addresses, find_places
from mailgate.screening.rare_names import find_rare_names
from mailgate.screening.shapes import find_shapes
from mailgate.screening.short_schools import find_short_schools
from mailgate.screening.stretched import stretched
from mailgate.screening.unheard_names import find_unheard_names
from mailgate.screening.width import fold
from mailgate.screening.words import Line, read_lines


def check(text: str, known: Sequence[KnownIdentity] = (), signature: str = "") -> tuple[Finding, ...]:
    """What may identify somebody in `text`, sorted by start (offsets in code points); any text at all is checked.

    `known`: whom the register knows. `signature`: the signature block as it stands in the text, or "". Findings do not
    overlap, except that the signature's one contains others.
    """
    findings = merge(text, (*find_known(text, known), *_as_it_came(text)))
    whole = _signature(text, signature)
    return tuple(sorted((*findings, *whole), key=lambda finding: (finding.start, -finding.end)))


def _as_it_came(text: str) -> Iterator[Finding]:
    """What the rules find, which read the composed text, at its place in `text`."""
    composed = compose(text)
    if composed is None:
        yield from _found_by_rules(text, fold(text))
        return
    for finding in _found_by_rules(composed.text, fold(composed.text)):
        start, end = composed.span(finding.start, finding.end)
        yield replace(finding, start=start, end=end, text=text[start:end])


def _found_by_rules(text: str, folded: str) -> Iterator[Finding]:
    yield from find_shapes(text, folded)
    yield from find_numbers(text, folded)
    yield from find_phones(text, folded)
    lines = tuple(read_lines(folded))
    latin = list(find_latin_names(text, folded))
    persons = [finding for finding in latin if finding.label is Label.PERSON]
    for line in lines:
        named = [*find_persons(text, line), *find_rare_names(text, line), *find_unheard_names(text, line)]
        persons += named
        persons += find_rows(text, line, [finding for finding in named if finding.tier is Tier.SURE])
        yield from find_addresses(text, line)
        yield from find_clinics(text, line)
        for rule in (find_places, find_bodies, find_short_schools):
            yield from stretched(text, line, rule(text, line))
    persons += _in_kana(text, lines, bool(persons))
    yield from latin
    yield from persons
    yield from find_mentions(text, folded, lines, persons)


def _in_kana(text: str, lines: Sequence[Line], names_others: bool) -> list[Finding]:
    """Hiragana names; what is named in one place is named in others too, so then the text is read once more."""
    found = [one for line in lines for one in find_kana_names(text, line, names_others)]
    elsewhere = frozenset(one.text for one in found if one.tier is Tier.UNSURE and len(one.text) > 2)
    if not found or (names_others and not elsewhere):
        return found
    return [one for line in lines for one in find_kana_names(text, line, True, elsewhere)]


def _signature(text: str, signature: str) -> Iterator[Finding]:
    block = signature.strip()
    start = text.rfind(block) if block else -1
    if start >= 0:
        yield Finding(start, start + len(block), block, Label.SIGNATURE, Tier.SURE, "signature")
