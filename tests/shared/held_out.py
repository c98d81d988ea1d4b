"""The held-out texts of the anonymity check and the ruler that is laid on it.

The texts in tests/screening/held_out/ are our own, with invented people and schools, and were written before the rules
were read. A passage that identifies is marked in the text itself, `[[person:田中]]`; `[[optional:…]]` may be found or
not. The three older halves have been read, every miss and every false finding, and rules were written for what they
showed; so they measure no more what a new text would. `tuning_*` was read from the start; of `untouched_*` only the
figures were read until the first rules stood; `drawn_*` was written later, by somebody who had read the rules, with
names and towns drawn by lot from those of the package gimei, so that they are rarer than in a real class.

`fresh_*` and `opened_*` were written on 2026-11-22, when all these rules stood, by somebody who had read neither them
nor a miss of any other set; their names are drawn by lot, half from gimei and half by how frequent a surname is, or
chosen freely. They are the first, third, … and the second, fourth, … text of one set. `fresh_*` was looked at while
rules were being improved: most of its misses were mended on the day it was written. Of `opened_*` nothing but the
figures was read until the end of that day, but for some lines that a failing test had printed (長男くん and 次男くん,
a class that had been mended for さん before, were mended); then every miss and every false finding was, and rules were
written for their classes. So both flatter since.

`newer_*` and `kept_*` were written later on that day, by somebody else who had read neither the rules nor what they
miss, in twice as many words; half of the names are drawn by how frequent a surname is, others are hard on purpose.
They are the first, third, … and the second, fourth, … text of one set. Every miss and every false finding of
`newer_*` was read later on that day, and rules were written for their classes; so it flatters since. Of `kept_*`
nothing but the figures is read: it says what the check reaches on a new text, and has to be replaced when somebody
has looked.

By hand, with every miss and every false finding of a half that may be looked at:

    .venv/bin/python tests/shared/held_out.py tuning --list
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mailgate.screening.check import check
from mailgate.screening.finding import Finding, Label, Tier

FOLDER = Path(__file__).parents[1] / "screening" / "held_out"
SETS = ("consultations", "anonymised", "ordinary")
HALVES = ("tuning", "untouched", "drawn", "fresh", "opened", "newer", "kept")

_MARK = re.compile(r"\[\[([a-z_]{1,20}):(.{1,80}?)\]\]")
_TITLE = re.compile(
    r"[ 　]?(?:さん|くん|君|ちゃん|様|氏|先生|教諭|両|校長|副校長|教頭|主任|主幹|学年|教務|生徒指導|指導|医師|係長"
    r"|書記長|コーチ|教育長|元|・元)"
)
_LABELS = {
    "hospital": {Label.ORGANISATION},
    "dob": {Label.DATE_OF_BIRTH},
    "student": {Label.STUDENT_NUMBER},
    "postal": {Label.POSTAL_CODE},
    "class": {Label.STUDENT_NUMBER},
    "place": {Label.PLACE, Label.ADDRESS},
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One passage that a reader marked: `kind` is finer than a label (see `_kind`)."""

    start: int
    end: int
    text: str
    kind: str

    @property
    def labels(self) -> set[Label]:
        if self.kind.startswith("person"):
            return {Label.PERSON}
        return _LABELS.get(self.kind) or {Label(self.kind)}


@dataclass(slots=True)
class Tally:
    """How many marks of one kind there are, and how many of them the check saw, wholly and by the right label."""

    marks: int = 0
    hit: int = 0
    covered: int = 0
    covered_surely: int = 0
    labelled: int = 0


@dataclass(slots=True)
class Figures:
    """What one set gave. False findings touch no mark at all; wide ones swallow characters beside a mark."""

    characters: int = 0
    kinds: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    false_sure: int = 0
    false_shown: int = 0
    wide: int = 0
    notes: list[str] = field(default_factory=list)

    def cover(self, *kinds: str) -> float:
        """The share of the marks of these kinds of which every character was flagged, in either tier."""
        chosen = [tally for kind, tally in self.kinds.items() if kind.startswith(kinds)]
        return sum(one.covered for one in chosen) / max(1, sum(one.marks for one in chosen))


def read_marked(marked: str) -> tuple[str, list[Mark]]:
    """The bare text and its marks."""
    pieces, marks, position, length = [], [], 0, 0
    for match in _MARK.finditer(marked):
        before, text = marked[position : match.start()], match[2]
        start = length + len(before)
        kind = _kind(match[1], text, marked[match.end() : match.end() + 8])
        marks.append(Mark(start, start + len(text), text, kind))
        pieces += [before, text]
        position, length = match.end(), start + len(text)
    return "".join([*pieces, marked[position:]]), marks


def texts(half: str, name: str) -> Iterator[tuple[str, list[Mark]]]:
    """The texts of one set of one half, one of `HALVES`."""
    for marked in (FOLDER / f"{half}_{name}.txt").read_text("utf-8").rstrip("\n").split("\n===\n"):
        yield read_marked(marked)


def measure(marked_texts: Iterable[tuple[str, list[Mark]]]) -> Figures:
    """Lays the check on the texts, without any register."""
    figures = Figures()
    for text, marks in marked_texts:
        figures.characters += len(text)
        _compare(figures, text, marks, check(text))
    return figures


def _compare(figures: Figures, text: str, marks: list[Mark], found: tuple[Finding, ...]) -> None:
    shown = {i for one in found for i in range(one.start, one.end)}
    sure = {i for one in found if one.tier is Tier.SURE for i in range(one.start, one.end)}
    for mark in marks:
        if mark.kind == "optional":
            continue
        tally = figures.kinds[mark.kind]
        needed = {i for i in range(mark.start, mark.end) if not text[i].isspace()}
        tally.marks += 1
        tally.hit += bool(needed & shown)
        tally.covered += needed <= shown
        tally.covered_surely += needed <= sure
        touching = [one for one in found if one.start < mark.end and one.end > mark.start]
        tally.labelled += any(one.label in mark.labels for one in touching)
        if not needed <= shown or not any(one.label in mark.labels for one in touching):
            seen = ", ".join(f"{one.label}:{one.text}" for one in touching)
            figures.notes.append(f"{mark.kind:16} {mark.text}  [{seen}]  …{_around(text, mark.start, mark.end)}…")
    marked = {i for mark in marks for i in range(mark.start, mark.end)}
    for one in found:
        extent = set(range(one.start, one.end))
        if not extent & marked:
            figures.false_sure += one.tier is Tier.SURE
            figures.false_shown += 1
            figures.notes.append(
                f"FALSE {one.tier:6} {one.label}:{one.text} ({one.reason})  …{_around(text, one.start, one.end)}…"
            )
        elif _beside(text, extent - marked):
            figures.wide += 1
            figures.notes.append(f"WIDE  {one.label}:{one.text} ({one.reason})  …{_around(text, one.start, one.end)}…")


def _beside(text: str, positions: set[int]) -> bool:
    return bool(re.search(r"\w", "".join(text[i] for i in sorted(positions))))


def _around(text: str, start: int, end: int) -> str:
    return text[max(0, start - 8) : end + 8].replace("\n", "⏎")


def _kind(label: str, text: str, behind: str) -> str:
    if label != "person":
        return label
    script = next(name for name, pattern in _SCRIPTS if re.fullmatch(pattern, text))
    titled = _TITLE.match(behind.replace("]]", ""))
    return f"person {script} {'titled' if titled else 'bare'}"


_SCRIPTS = (
    ("hiragana", r"[ぁ-ゖー 　]+"),
    ("katakana", r"[ァ-ヺー・ 　]+"),
    ("latin", r"[A-Za-zＡ-Ｚａ-ｚ. ]+"),
    ("kanji", r"(?s:.+)"),
)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main(half: str, with_notes: bool) -> None:
    for name in SETS:
        figures = measure(texts(half, name))
        say(f"\n{half} {name}: {figures.characters} characters")
        for kind in sorted(figures.kinds):
            one = figures.kinds[kind]
            share = [f"{n / one.marks:.3f}" for n in (one.hit, one.covered, one.covered_surely, one.labelled)]
            say(f"  {kind:24} n={one.marks:4}  hit {share[0]}  cover {share[1]}  sure {share[2]}  label {share[3]}")
        if figures.kinds:
            say(f"  all persons: cover {figures.cover('person'):.3f}")
        per = 1000 / figures.characters
        say(
            f"  false per 1,000: sure {figures.false_sure * per:.2f}, shown {figures.false_shown * per:.2f}; "
            f"wide {figures.wide * per:.2f}"
        )
        if with_notes:
            say("\n".join(f"    {note}" for note in sorted(figures.notes)))


if __name__ == "__main__":
    main(sys.argv[1], "--list" in sys.argv)
