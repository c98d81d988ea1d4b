"""What holds for any text at all: offsets, order, coverage, and that nothing raises or takes long."""

import subprocess
import sys
import time
from itertools import pairwise
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.screening import plain_names
from mailgate.screening.check import check
from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.known import KnownIdentity, find_known
from mailgate.screening.redact import redact
from mailgate.screening.width import fold
from mailgate.screening.words import names_a_thing

KNOWN = (
    KnownIdentity(
        ("佐々木 翼", "ささき つばさ"),
        ("tsubasa.s@midori.example.jp",),
        ("岡里市立みどり台小学校", "緑台小"),
    ),
    KnownIdentity(("林 拓也",), ("taku@example.jp",), ("三小",)),
)
_PIECES = """
    佐々木 翼 ささき つばさ ササキ ｻｻｷ ﾂﾊﾞｻ 林 拓也 先生 くん さん 校長の tsubasa.s @midori.example.jp taku 三小 緑台小
    みどり台小学校 岡里市 立 090-1234-5678 1-2-3 〒 2年1組 A君 ○○ です 。 、 の が と 〇 ㈱ Mr. Tanaka ( ） @ ﾞ 1 a 中 小
    """
texts = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=80),
    st.lists(st.sampled_from([*_PIECES.split(), " ", "　", "\n", "\u200b", "\ud800"]), max_size=30).map("".join),
)
signatures = st.sampled_from(["", "佐々木", "です。\n", "林"])


@given(texts, signatures)
@settings(max_examples=300, deadline=None)
def test_offsets_point_at_the_text_and_findings_do_not_overlap(text: str, signature: str) -> None:
    found = check(text, KNOWN, signature)
    assert [text[f.start : f.end] for f in found] == [f.text for f in found]
    assert all(f.text for f in found)
    assert [f.start for f in found] == sorted(f.start for f in found)
    plain = [f for f in found if f.label is not Label.SIGNATURE]
    assert all(first.end <= second.start for first, second in pairwise(plain))


@given(texts, st.data())
@settings(max_examples=200, deadline=None)
def test_redact_takes_any_findings(text: str, data: st.DataObject) -> None:
    spans = data.draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=6))
    findings = [
        Finding(a, b, text[a:b], data.draw(st.sampled_from(list(Label))), Tier.SURE, "") for a, b in spans if a < b
    ]
    assert isinstance(redact(text, findings), str)


@given(texts)
@settings(max_examples=300, deadline=None)
def test_nothing_known_is_left_where_it_was_redacted(text: str) -> None:
    found = find_known(text, KNOWN)
    left = find_known(redact(text, found), KNOWN)
    assert {finding.text for finding in found} & {finding.text for finding in left} == set()


@given(st.text(st.characters(exclude_categories=())))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_each_thread_has_its_own_tokenizer() -> None:
    found: list[list[str]] = []
    threads = [Thread(target=lambda: found.append([f.text for f in check("高木校長です\n" * 50)])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["高木"] * 50] * 4


def test_line_longer_than_the_tokenizer_takes_is_read() -> None:
    found = check("あ" * 30_000 + "。高木校長")
    assert [(f.start, f.text) for f in found] == [(30_001, "高木")]


HOSTILE = [
    "a",
    "a.",
    "1-",
    "0",
    "田中さん",
    "佐藤",
    "小。",
    "1丁目",
    "株式会社",
    "ん",
    "(",
    "Yamada ",
    "2年1組",
    "市",
    "ﾞ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_repetition_costs_no_more_than_its_length(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        started = time.process_time()
        redact(text, check(text, KNOWN))
        return time.process_time() - started

    seconds(1000)
    # Quadratic work would be a hundred times as long; the best of three, since other programs share the processor.
    assert min(seconds(20_000) for _ in range(3)) < 60 * max(min(seconds(2_000) for _ in range(3)), 0.01)


@pytest.mark.parametrize("piece", ["市", "港町", "小学校", "港町小学校", "双葉学園病院", "町立港", "元港中の"])
def test_words_looked_up_in_the_dictionary_grow_with_the_length_only(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []

    def counted(surface: str) -> bool:
        looked_up.append(surface)
        return names_a_thing(surface)

    monkeypatch.setattr(plain_names, "names_a_thing", counted)
    counts = []
    for length in (4_000, 40_000):
        looked_up.clear()
        check((piece * length)[:length])
        counts.append(len(looked_up))
    assert counts[1] <= 11 * counts[0] + 10
    assert counts[1] <= 8 * 40_000


@pytest.mark.parametrize("name", ["港町小学校", "双葉病院前の港町立北中学校", "岬診療所"])
def test_repeated_names_are_all_found(name: str) -> None:
    once = [finding.text for finding in check(name)]
    assert [finding.text for finding in check(f"{name}。\n" * 5_000)] == once * 5_000


def test_import_does_not_load_the_dictionary() -> None:
    code = "import sys, mailgate.screening.check, mailgate.screening.redact; print('sudachipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
