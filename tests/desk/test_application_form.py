from __future__ import annotations

import pytest

from mailgate.desk.application_form import LABELS, Wish, read_form, wish_of

FILLED = {"name": "水原 遥香", "school": "森野市立南小学校", "municipality": "森野市", "role": "教諭", "years": "12年"}
BLANK = "氏名：\n学校名：\n学校のある市区町村：\n職種（教諭、養護教諭など）：\n教職歴（年数）：\n"
PLAIN = (
    "氏名：水原　遥香\n学校名：森野市立南小学校\n学校のある市区町村：森野市\n"
    "職種（教諭、養護教諭など）：教諭\n教職歴（年数）：１２年\n"
)

FORMS = {
    "as it was sent": (PLAIN, FILLED),
    "half-width colons": (PLAIN.replace("：", ":"), FILLED),
    "blanks around the colons": (PLAIN.replace("：", " ： "), FILLED),
    "blanks within the labels": (PLAIN.replace("氏名", "氏　名").replace("職種", "職 種"), FILLED),
    "another order": ("\n".join(reversed(PLAIN.splitlines())), FILLED),
    "quoted": ("".join(f"> {line}\n" for line in PLAIN.splitlines()), FILLED),
    "quoted twice": ("".join(f"> > {line}\n" for line in PLAIN.splitlines()), FILLED),
    "bullets": ("".join(f"・{line}\n" for line in PLAIN.splitlines()), FILLED),
    "numbers": ("".join(f"{n}. {line}\n" for n, line in enumerate(PLAIN.splitlines(), 1)), FILLED),
    "quoted, in one line": ("> " + " > ".join(PLAIN.split("\n")), FILLED),
    "everything in one line": (" ".join(PLAIN.split("\n")), FILLED),
    "one line without blanks": (PLAIN.replace("\n", "、"), FILLED),
    "boxed labels": (
        "【氏名】水原 遥香\n【学校名】森野市立南小学校\n【職種】教諭",
        {k: FILLED[k] for k in ("name", "school", "role")},
    ),
    "values below the labels": (
        "氏名：\n水原 遥香\n\n学校名：\n森野市立南小学校\n",
        {k: FILLED[k] for k in ("name", "school")},
    ),
    "greetings around it": (
        f"はじめまして。登録をお願いします。\n\n{PLAIN}\nどうぞよろしくお願いいたします。\n\n-- \n水原\n",
        FILLED,
    ),
    "a greeting right below it": (f"{PLAIN}よろしくお願いいたします。", FILLED),
    "a wrapped value": (
        "学校名：森野市立義務教育学校南の丘学園前期課程後期課程併設校な\nごみ分校\n氏名：水原 遥香",
        {"school": "森野市立義務教育学校南の丘学園前期課程後期課程併設校なごみ分校", "name": "水原 遥香"},
    ),
    "English": (
        "Name: Haruka Mizuhara\nSchool: Minami Elementary\nMunicipality of the school: Morino\n"
        "Occupation (teacher, school nurse, ...): teacher\nYears of teaching: 12\n",
        {
            "name": "Haruka Mizuhara",
            "school": "Minami Elementary",
            "municipality": "Morino",
            "role": "teacher",
            "years": "12",
        },
    ),
    "English with other capitals": ("NAME : Haruka\nschool= Minami", {"name": "Haruka", "school": "Minami"}),
    "nothing filled in": (BLANK, {}),
    "words for nothing": ("氏名：水原 遥香\n職種：なし\n教職歴：－", {"name": "水原 遥香"}),
    "prose": ("登録したいのですが、どうすればよいでしょうか。名前は必要ですか。", {}),
    "empty": ("", {}),
    "a member's lists": (
        "氏名：戸田 蓮\nメンバーの区分：弁護士\n所属歴：\n東法律事務所：2010-2018\n西法律事務所：2019-\n"
        "得意分野：いじめ、保護者対応\n",
        {
            "name": "戸田 蓮",
            "kind": "弁護士",
            "affiliations": "東法律事務所:2010-2018;西法律事務所:2019-",
            "topics": "いじめ;保護者対応",
        },
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_what_is_filled_in(name: str) -> None:
    text, expected = FORMS[name]
    assert read_form(text, "") == expected


def test_what_was_newly_written_counts_before_what_is_quoted() -> None:
    body = f"氏名：水原 遥香\n\n> 氏名：水原 春香\n> 学校名：南小\n{BLANK}"
    assert read_form("氏名：水原 遥香\n", body) == {"name": "水原 遥香", "school": "南小"}


def test_a_form_that_is_answered_within_its_quotation() -> None:
    quoted = "".join(f"> {line}\n" for line in PLAIN.splitlines())
    assert read_form("記入しました。", f"記入しました。\n\n2026年2月1日 {quoted}") == FILLED


@pytest.mark.parametrize(
    ("cells", "wish"),
    [
        ({"name": "水原"}, Wish.TEACHER),
        ({"name": "水原", "kind": "教員"}, Wish.MEMBER),
        ({"name": "水原", "topics": "いじめ"}, Wish.MEMBER),
    ],
)
def test_what_somebody_applies_to_be(cells: dict[str, str], wish: Wish) -> None:
    assert wish_of(cells) is wish


def test_no_label_has_two_meanings() -> None:
    labels = [label for column in LABELS.values() for label in column]
    assert len(labels) == len(set(labels))


def test_the_work_is_linear_in_the_text() -> None:
    """Whatever is long is cut; a text of labels alone has as many values as labels."""
    assert read_form("氏名：" * 30_000 + "水原", "") == {"name": "水原"}
    assert read_form("氏名：あ\n" * 30_000, "") == {"name": "あ"}
