"""Schools that a neighbour shows to be schools: みどり台小・旭小・南中, 志望は緑風高か白梅高, 勤務校は若草中.

Before: `bodies` and `short_schools`, whose findings are the neighbours. After: `merge`. In a row one school speaks for
those beside it, to both sides, as far as the row goes; 母校の and the like in front do so too. Since 中 is also
"during", what stands in front of it has to be a name or the name of a thing: 協議中 and 授業中 are none.

Weakness: a school named by an act or a kind (創造中, 国際高).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.plain_names import names_a_school
from mailgate.screening.school_stems import founded
from mailgate.screening.words import NAMING, Line, readings

_NAME = r"[一-鿿々ヶ]{1,7}|[ぁ-ゖー]{2,6}|[ァ-ヺー]{2,6}"
_BETWEEN = "[・、,/とやか]|または|及び|および"
_ENDS = "(?=[のではがをにへともかや、。,.・()「」 /]|から|まで|より|および|及び|または|$)"
_RIGHT = re.compile(rf"(?:{_BETWEEN})(?P<name>{_NAME})(?P<kind>[小中高]){_ENDS}")
_LEFT = re.compile(rf"(?<![一-鿿々ヶぁ-ゖァ-ヺー○●△▲□■])(?P<name>{_NAME})(?P<kind>[小中高])(?:{_BETWEEN})$")
_LONGEST = 12
# 緑風中と白梅高の: two names of this shape speak for each other.
_PAIR = re.compile(
    rf"(?<![一-鿿々ヶぁ-ゖァ-ヺー○●△▲□■])(?P<name>{_NAME})(?P<kind>[小中高])(?:{_BETWEEN})"
    rf"(?=(?P<other>{_NAME})(?P<its>[小中高]){_ENDS})"
)
# Nothing is looked for in a line without one of these: most have none.
_SHORT = re.compile(f"[小中高]{_ENDS}")
_BEFORE_ANOTHER = re.compile(f"[小中高](?:{_BETWEEN})")
_INTRODUCED = re.compile(
    "(?:(?:母校|前任校|勤務校|在籍校|出身校|学校|前任|志望校?|出身|転校先|異動先|進学先|勤務先|交流先|訪問先|隣|近く|学校名)"
    "[はの]「?|[市町村区県都府]立)"
    rf"(?P<name>{_NAME})(?P<kind>[小中高]){_ENDS}"
)


def find_school_rows(text: str, line: Line, established: Iterable[Finding]) -> Iterator[Finding]:
    """The schools in one line of `text` in their short form beside one of `established`, or introduced as one."""
    if not _SHORT.search(line.text):
        return
    introduced = list(_introduced(text, line))
    yield from introduced
    schools = [school for school in (*established, *introduced) if school.label is Label.SCHOOL]
    # Each school is reached from one neighbour only, so that a long row costs no more than its length.
    sure = [school for school in schools if school.tier is Tier.SURE]
    starts, ends = {school.start for school in sure}, {school.end for school in sure}
    for school in schools:
        for found in (*_to_the_right(text, line, school, starts), *_to_the_left(text, line, school, ends)):
            starts.add(found.start)
            ends.add(found.end)
            yield found


def _to_the_right(text: str, line: Line, school: Finding, starts: set[int]) -> Iterator[Finding]:
    found: Finding | None = school
    while found is not None and (match := _RIGHT.match(line.text, found.end - line.start)) is not None:
        found = _school(text, line, match, school.tier)
        if found is None or found.start in starts:
            return
        yield found


def _to_the_left(text: str, line: Line, school: Finding, ends: set[int]) -> Iterator[Finding]:
    found: Finding | None = school
    while found is not None:
        at = found.start - line.start
        window = max(0, at - _LONGEST)
        match = _LEFT.search(line.text[window:at])
        found = None if match is None else _school(text, line, match, school.tier, window)
        if found is None or found.end in ends:
            return
        yield found


def _introduced(text: str, line: Line) -> Iterator[Finding]:
    for match in _INTRODUCED.finditer(line.text):
        found = _school(text, line, match, Tier.UNSURE)
        if found is not None:
            yield found
    for match in _PAIR.finditer(line.text) if _BEFORE_ANOTHER.search(line.text) else ():
        found = _school(text, line, match, Tier.UNSURE) if names_a_school(match["other"], match["its"]) else None
        if found is not None:
            yield found


def _school(text: str, line: Line, match: re.Match[str], tier: Tier, offset: int = 0) -> Finding | None:
    name, kind = match["name"], match["kind"]
    if not names_a_school(name, kind):
        return None
    start = founded(line, line.start + offset + match.start("name"))
    end = line.start + offset + match.end("kind")
    plain = len(name) > 1 and not readings(name) & NAMING
    return Finding(start, end, text[start:end], Label.SCHOOL, Tier.UNSURE if plain else tier, "in a row of schools")
