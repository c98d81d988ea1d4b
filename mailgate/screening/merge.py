"""Overlapping findings become one, so that each character is decided once and none is uncovered.

Before: all rules. After: `check` and `redact`. Findings that overlap are joined: the result covers all and takes
label and reason of the best one: a signature before all, then known (unless something of another nature, such as a
street address, contains it), then the longer, then the surer. It is SURE when any of them is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter

from mailgate.screening.finding import Finding, KnownReason, Label, Tier

# A known name inside one of these identifies the same person or school, and says more exactly whom.
_SAME_NATURE = frozenset({Label.KNOWN, Label.PERSON, Label.SCHOOL, Label.ORGANISATION})
# As in `words`, what every finding is asked goes by names of the module.
_KNOWN, _SIGNATURE, _SURE = Label.KNOWN, Label.SIGNATURE, Tier.SURE


def merge(text: str, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings of `text` in any order -> findings that do not overlap, sorted by start, that cover the same."""
    return tuple(_join(text, group) for group in _overlapping(findings))


def _overlapping(findings: Iterable[Finding]) -> Iterator[list[Finding]]:
    group: list[Finding] = []
    end = -1
    for finding in sorted(findings, key=_PLACE):
        if group and finding.start >= end:
            yield group
            group = []
        elif group and _says_the_same(finding, group[-1]):
            continue
        group.append(finding)
        end = max(end, finding.end) if len(group) > 1 else finding.end
    if group:
        yield group


def _says_the_same(finding: Finding, before: Finding) -> bool:
    """Whether two rules saw one passage alike; the register's reasons differ in what they mean."""
    same_place = finding.start == before.start and finding.end == before.end
    return same_place and finding.label is before.label is not _KNOWN and finding.tier is before.tier


def _join(text: str, group: list[Finding]) -> Finding:
    if len(group) == 1:
        return group[0]
    start, end = group[0].start, max(finding.end for finding in group)
    longest = max(group, key=_strength)
    # A town's name says less than the school or the person it stands in.
    # An unsure one is a part of somebody else's name (久保 in 大久保).
    known = [f for f in group if f.label is _KNOWN and f.reason != KnownReason.PLACE and f.tier is _SURE]
    best = next((finding for finding in group if finding.label is _SIGNATURE), longest)
    if best.label is not _SIGNATURE and known and (longest.label in _SAME_NATURE or not _inside(longest, known)):
        best = max(known, key=_strength)
    tier = _SURE if any(finding.tier is _SURE for finding in group) else Tier.UNSURE
    return Finding(start, end, text[start:end], best.label, tier, best.reason)


def _strength(finding: Finding) -> tuple[int, bool, bool, int]:
    return finding.end - finding.start, finding.label is _KNOWN, finding.tier is _SURE, _ORDER[finding.label]


_PLACE = attrgetter("start", "end")
_ORDER = {label: -position for position, label in enumerate(Label)}


def _inside(longest: Finding, known: list[Finding]) -> bool:
    return all(longest.start <= k.start and k.end <= longest.end for k in known)
