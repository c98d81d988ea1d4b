"""The figures of a report as sections that a person reads: a heading, a table of words, and how long a bar is.

Before: `desk/reckoning.py` computed and hid. After: `cli/report_text.py` and `cli/report_page.py` draw the same
sections.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mailgate.cli.report_words import Words
from mailgate.desk.figures import AnswerRate, Cell, Duration, Figures
from mailgate.desk.lifecycle import CaseState

_NONE = "–"
_IN_DAYS_FROM = 48
"""Hours."""


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bars: tuple[float | None, ...] = ()
    """For each row; None for one without a bar. Empty where the section has no chart."""

    @property
    def has_chart(self) -> bool:
        return any(self.bars)


def opening_of(figures: Figures, words: Words, zone: ZoneInfo) -> list[str]:
    """What stands above the sections: the period, the numbers that stand alone, and what a dash means."""
    as_of = figures.until.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return [
        words.period.format(first=figures.period.first, last=figures.period.last, as_of=as_of),
        words.count.format(name=words.cases, value=_number(figures.cases)),
        words.count.format(name=words.comments_per_case, value=_number(figures.comments_per_case)),
        words.hidden_note.format(k=max(figures.k, 3)) if figures.k > 1 else words.nothing_hidden,
    ]


def sections_of(figures: Figures, words: Words) -> list[Section]:
    """All sections, the targets first."""
    states = [Cell(words.states[CaseState(one.name)], one.count) for one in figures.states]
    topics = [*figures.topics, Cell(words.other_topics, figures.other_topics)]
    return [
        _overview(figures, words),
        _times(figures, words),
        _counts(words.by_state, "", (words.state, words.cases), states),
        _counts(words.by_month, "", (words.month, words.cases), figures.months),
        _counts(words.by_topic, words.topic_note, (words.topic, words.cases), topics),
        _kinds(figures.answer_rate, words),
        _counts(words.digits, words.digits_note, (words.digit, words.answers), figures.satisfaction.digits),
        _contracts(figures, words),
    ]


def _overview(figures: Figures, words: Words) -> Section:
    targets, rate, satisfaction = figures.targets, figures.answer_rate, figures.satisfaction
    kept = words.at_least.format(value=f"{targets.share_percent} %")
    rows = (
        _duration_target(words.first_comment_within, figures.first_comment, kept, words),
        _duration_target(words.answer_within, figures.answer, kept, words),
        (
            words.brought_comment,
            _percent(rate.rate_percent),
            words.at_least.format(value=f"{targets.answer_rate_percent} %"),
            _verdict(rate.reached, words),
        ),
        (
            words.satisfaction,
            _number(satisfaction.mean),
            words.at_least.format(value=targets.satisfaction),
            _verdict(satisfaction.reached, words),
        ),
    )
    return Section(words.overview, "", (words.figure, words.actual, words.target, words.reached), rows)


def _duration_target(name: str, took: Duration, wanted: str, words: Words) -> tuple[str, ...]:
    return name.format(days=took.target_days), _percent(took.kept_percent), wanted, _verdict(took.reached, words)


def _times(figures: Figures, words: Words) -> Section:
    rows = tuple(
        (name, _number(took.cases), _time(took.median_hours, words), _time(took.p90_hours, words))
        for name, took in ((words.first_comment, figures.first_comment), (words.answer, figures.answer))
    )
    return Section(words.times, words.times_note, ("", words.cases, words.median, words.nine_in_ten), rows)


def _counts(heading: str, note: str, head: tuple[str, str], cells: list[Cell] | tuple[Cell, ...]) -> Section:
    return Section(
        heading,
        note,
        head,
        tuple((one.name, _number(one.count)) for one in cells),
        tuple(one.count for one in cells),
    )


def _kinds(rate: AnswerRate, words: Words) -> Section:
    rows = [(words.kinds[one.kind], one.members, one.asked, one.answered, one.rate_percent) for one in rate.kinds]
    rows.append((words.everybody, rate.members, rate.asked, rate.answered, rate.rate_percent))
    return Section(
        words.by_kind,
        words.kind_note,
        (words.kind, words.members, words.asked, words.answered, words.rate),
        tuple((row[0], *map(_number, row[1:4]), _percent(row[4])) for row in rows),
        tuple(row[4] for row in rows),
    )


def _contracts(figures: Figures, words: Words) -> Section:
    rows = [
        (f"{one.school} {one.name}", one.starts_on.isoformat(), one.ends_on.isoformat(), _number(one.cases))
        for one in figures.contracts
    ]
    rows.append((words.without_contract, "", "", _number(figures.without_contract)))
    return Section(
        words.contracts,
        words.contract_note,
        (words.school, words.first_day, words.last_day, words.cases),
        tuple(rows),
        (*(one.cases for one in figures.contracts), figures.without_contract),
    )


def _number(value: float | None) -> str:
    return _NONE if value is None else str(value)


def _percent(value: float | None) -> str:
    return _NONE if value is None else f"{value} %"


def _time(hours: float | None, words: Words) -> str:
    if hours is None:
        return _NONE
    if hours < _IN_DAYS_FROM:
        return words.hours.format(value=hours)
    return words.days.format(value=round(hours / 24, 1))


def _verdict(reached: bool | None, words: Words) -> str:
    if reached is None:
        return _NONE
    return words.yes if reached else words.no
