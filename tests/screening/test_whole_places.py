"""Places and schools are found in their full length, and schools in their short forms."""

import pytest

from mailgate.screening.check import check

WHOLE = [
    ("昨日、つくも町通りで会いました。", ("つくも町通り", "place")),
    ("川島橋の近くです。", ("川島橋", "place")),
    ("成田インター付近です。", ("成田インター", "place")),
    ("石田バス停から通う。", ("石田バス停", "place")),
    ("拝島駅北口で待つ。", ("拝島駅北口", "place")),
    ("JR拝島駅の前です。", ("JR拝島駅", "place")),
    ("蕨駅まで歩く。", ("蕨駅", "place")),
    ("新鷺沼に越した。", ("新鷺沼", "place")),
    ("大字鷺沼の集落です。", ("大字鷺沼", "place")),
    ("川辺町字上の台に住む。", ("川辺町字上の台", "place")),
    ("鷺沼ハイツの二階です。", ("鷺沼ハイツ", "place")),
    ("鷺沼郵便局の裏です。", ("鷺沼郵便局", "place")),
    ("杉並区立の学校です。", ("杉並区", "place")),
    ("東京都内の学校です。", ("東京都", "place")),
    ("十日町の雪です。", ("十日町", "place")),
    ("笠間地区に住む。", ("笠間地区", "place")),
    ("高砂3丁目に住む。", ("高砂3丁目", "address")),
    ("住まいは高砂。", ("高砂", "place")),
    ("この春高砂から引っ越した。", ("高砂", "place")),
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
    "五月三日市役所に行く。町内会と駅伝の話。県内外から集まる。",
    "実家は遠い。転校先は未定。地元が好き。先生の里が恋しい。",
    "工業高校に進学します。",
    "A小から○○東小、A第二中、△△第一小に移った。Y農業に進学します。某高に進学します。",
]


@pytest.mark.parametrize(("text", "expected"), WHOLE)
def test_name_is_found_in_its_full_length(text: str, expected: tuple[str, str]) -> None:
    assert [(one.text, one.label.value) for one in check(text)] == [expected]


@pytest.mark.parametrize("text", NEITHER)
def test_plain_words_are_neither_place_nor_school(text: str) -> None:
    assert check(text) == ()
