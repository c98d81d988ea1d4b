"""The whole check: every rule once over a text, overlaps settled.

Before: the decoded, newly written text of a consultation or comment. After: a person decides on each finding at the
desk, then `redact`. It decides nothing itself, and about one name in eleven escapes it: it does not replace reading.

Known weaknesses, as `tests/shared/held_out.py` measured them on texts of which only the figures had been read: wholly
covered were .92 of the names of persons (all in kanji with a title, .90 in kanji without, .88 in hiragana, .72 in
katakana without a title, 2 of 5 in Latin letters without), .95 of the schools, .96 of the places, .64 of the hospitals
(all were seen in part) and .59 of other bodies. `tests/bench/screening.py` on an idle machine: 4.6 ms for 1,000
characters where a name stands in every line, 2.8 ms in plain prose.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from mailgate.screening.accounts import find_accounts
from mailgate.screening.addresses import find_other_addresses, lengthened
from mailgate.screening.bare_schools import find_bare_schools, find_schools_elsewhere
from mailgate.screening.birth_dates import find_birth_dates, whole_birth
from mailgate.screening.bodies import find_bodies
from mailgate.screening.clinics import find_clinics
from mailgate.screening.composed import Composed, compose
from mailgate.screening.famous import without_famous
from mailgate.screening.finding import Finding, KnownReason, Label, Tier
from mailgate.screening.foreign_names import find_foreign_names
from mailgate.screening.hidden_names import without_hidden
from mailgate.screening.hospitals import find_hospitals, whole_hospital
from mailgate.screening.kana_names import find_kana_names
from mailgate.screening.kana_schools import find_kana_schools
from mailgate.screening.known import KnownIdentity, find_known
from mailgate.screening.latin_names import find_latin_names
from mailgate.screening.mentions import find_mentions
from mailgate.screening.merge import merge
from mailgate.screening.name_rows import find_rows
from mailgate.screening.named_bodies import find_named_bodies
from mailgate.screening.noted_names import find_noted_names
from mailgate.screening.number_shapes import find_numbers
from mailgate.screening.organisations import find_organisations
from mailgate.screening.persons import find_persons
from mailgate.screening.phones import find_phones
from mailgate.screening.places import find_addresses, find_places
from mailgate.screening.pseudonyms import without_pseudonyms
from mailgate.screening.rare_names import find_rare_names
from mailgate.screening.school_rows import find_school_rows
from mailgate.screening.shape import signed
from mailgate.screening.shapes import find_shapes
from mailgate.screening.short_schools import find_short_schools
from mailgate.screening.stretched import stretched
from mailgate.screening.unheard_names import find_unheard_names
from mailgate.screening.unread_schools import find_unread_schools
from mailgate.screening.width import fold
from mailgate.screening.words import Line, read_lines

# So many hiragana names are looked for again in other places of a text; hostile text has more.
_MOST_NAMES = 200


def check(text: str, known: Sequence[KnownIdentity] = (), signature: str = "") -> tuple[Finding, ...]:
    """What may identify somebody in `text`, sorted by start (offsets in code points); any text at all is checked.

    `known`: whom the register knows. `signature`: the signature block as it stands in the text, or "". Findings do not
    overlap, except that the signature's one contains others.
    """
    composed = compose(text)
    plain = text if composed is None else composed.text
    folded = fold(plain)
    lines = tuple(read_lines(folded))
    found = _found_by_rules(plain, folded, lines)
    if composed is not None:
        found = [_as_it_came(finding, text, composed) for finding in found]
    registered = find_known(text, known)
    if registered:
        registered = tuple(_inside_longer_names(registered, lines, composed))
    findings = merge(text, (*registered, *found))
    whole = _signature(text, signature)
    return tuple(sorted((*findings, *whole), key=lambda finding: (finding.start, -finding.end)))


def _as_it_came(finding: Finding, text: str, composed: Composed) -> Finding:
    """The finding of a rule, which read the composed text, at its place in `text`."""
    start, end = composed.span(finding.start, finding.end)
    return finding._replace(start=start, end=end, text=text[start:end])


def _inside_longer_names(
    registered: Iterable[Finding], lines: Sequence[Line], composed: Composed | None
) -> Iterator[Finding]:
    """What the register knows; a surname that is only a part of a longer name is UNSURE: 小田 in 小田原 and 小田急.

    It stays a finding, since the tokenizer may be wrong. The gate at the door knows no words and stops such a text.
    """
    words = [line.words[index] for line in lines for index in line.names]
    spans = [(word.start, word.end) for word in words if len(word.text) > 2]
    if composed is not None:
        spans = [composed.span(start, end) for start, end in spans]
    for finding in registered:
        index = bisect_right(spans, finding.start, key=itemgetter(0)) - 1
        start, end = spans[index] if index >= 0 else (0, 0)
        inside = start <= finding.start and finding.end <= end and finding.end - finding.start < end - start
        part = inside and finding.reason == KnownReason.NAME
        yield finding._replace(tier=Tier.UNSURE) if part else finding


def _found_by_rules(text: str, folded: str, lines: Sequence[Line]) -> list[Finding]:
    with_signs = signed(folded)
    found = [*find_shapes(text, with_signs), *find_numbers(text, with_signs), *find_phones(text, with_signs)]
    found += find_accounts(text, with_signs)
    found += find_birth_dates(text, folded)
    found = [whole_birth(text, folded, finding) for finding in found]
    latin = list(find_latin_names(text, folded))
    persons = [finding for finding in latin if finding.label is Label.PERSON]
    with_digits = {offset for offset, _ in with_signs}
    for line in lines:
        named = [*find_persons(text, line), *find_rare_names(text, line), *find_unheard_names(text, line)]
        persons += named
        persons += find_noted_names(text, line)
        persons += find_rows(text, line, [finding for finding in named if finding.tier is Tier.SURE])
        found += [lengthened(text, line, address) for address in find_addresses(text, line)]
        if line.start in with_digits:
            found += find_other_addresses(text, line)
        bodies = [*find_clinics(text, line), *find_hospitals(text, line)]
        found += [stretched(text, line, body) for body in find_organisations(text, line)]
        found += find_named_bodies(text, line)
        whole = (*find_places(text, line), *find_bodies(text, line), *find_short_schools(text, line))
        whole += (*find_unread_schools(text, line), *find_bare_schools(text, line))
        found += find_kana_schools(text, line)
        bodies += [stretched(text, line, finding) for finding in whole]
        found += [whole_hospital(text, line, body) for body in bodies]
        found += find_school_rows(text, line, whole)
    schools = [one for one in found if one.label is Label.SCHOOL and one.tier is Tier.SURE]
    found += find_schools_elsewhere(text, folded, schools)
    persons += _in_kana(text, folded, lines, bool(persons))
    persons += find_foreign_names(text, folded, bool(persons))
    persons = without_hidden(folded, without_famous(folded, persons))
    return without_pseudonyms(folded, [*found, *latin, *persons, *find_mentions(text, folded, lines, persons)])


def _in_kana(text: str, folded: str, lines: Sequence[Line], names_others: bool) -> list[Finding]:
    """Hiragana names; what is named in one place is named in others too, so then the text is read once more."""
    found = [one for line in lines for one in find_kana_names(text, line, names_others)]
    unsure = dict.fromkeys(one.text for one in found if one.tier is Tier.UNSURE and len(one.text) > 2)
    elsewhere = frozenset(name for name in list(unsure)[:_MOST_NAMES] if folded.count(name) > 1)
    if not found:
        return found
    again = [line for line in lines if any(map(line.text.__contains__, elsewhere))] if names_others else lines
    return found + [one for line in again for one in find_kana_names(text, line, True, elsewhere)]


def _signature(text: str, signature: str) -> Iterator[Finding]:
    block = signature.strip()
    start = text.rfind(block) if block else -1
    if start >= 0:
        yield Finding(start, start + len(block), block, Label.SIGNATURE, Tier.SURE, "signature")
