"""Places and schools are found in their full length, and schools in their short forms."""

import pytest

from mailgate.screening.check import check

WHOLE = [
    ("昨日、つくも町通りで会いました。", ("つくも町通り", "place")),
    ("川島橋の近くです。", ("川島橋", "place")),
    ("成田インター付近です。", ("成田インター", "place")),
    ("石田バス停から通う。", ("石田バス停", "place")),
    ("東上秋間小学校の児童です。", ("東上秋間小学校", "school")),
    ("上田第一小に勤務しています。", ("上田第一小", "school")),
    ("上田二中に進学します。", ("上田二中", "school")),
    ("みなみ小の教員です。", ("みなみ小", "school")),
    ("私はあけぼの中に勤務しています。", ("あけぼの中", "school")),
    ("豊田工業に進学します。", ("豊田工業", "school")),
    ("上田女子高の教員です。", ("上田女子高", "school")),
    ("上田高等学園に通う。", ("上田高等学園", "school")),
    ("山の手学院高校は遠い。", ("山の手学院高校", "school")),
]
NEITHER = [
    "日中は工業の先生と農業の研究をする。",
    "みんな中に入る。こども小さく。",
    "約束通り、予定通りに進む。",
    "工業高校に進学します。",
    "A小から○○東小、A第二中、△△第一小に移った。Y農業に進学します。某高に進学します。",
]


@pytest.mark.parametrize(("text", "expected"), WHOLE)
def test_name_is_found_in_its_full_length(text: str, expected: tuple[str, str]) -> None:
    assert [(one.text, one.label.value) for one in check(text)] == [expected]


@pytest.mark.parametrize("text", NEITHER)
def test_plain_words_are_neither_place_nor_school(text: str) -> None:
    assert check(text) == ()
