"""Plain lines from format=flowed (RFC 3676) and from HTML: nothing lost, quotes still marked, never slow."""

from __future__ import annotations

import pytest

from mailgate.mail.rendering import html_to_text, unflow


@pytest.mark.parametrize(
    ("text", "delete_space", "wanted"),
    [
        ("one \ntwo\nthree", False, "one two\nthree"),
        ("日本 \n語", True, "日本語"),
        ("日本 \n語", False, "日本 語"),
        ("> a \n> b\n> c", False, "> a b\n> c"),
        (">> a \n> b", False, ">> a \n> b"),
        ("> \n> a", False, ">\n> a"),
        (" >not a quote", False, ">not a quote"),
        (" From here", False, "From here"),
        ("a \n-- \nsignature", False, "a \n-- \nsignature"),
        ("a \n", False, "a "),
        ("", False, ""),
    ],
)
def test_flowed_paragraphs_are_on_one_line(text: str, delete_space: bool, wanted: str) -> None:
    assert unflow(text, delete_space=delete_space) == wanted


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>一行目<br>二行目</p><p>三行目</p>", "一行目\n二行目\n\n三行目"),
        ("<style>p{}</style><script>x()</script><p>a</p>", "a"),
        ('a<span style="display:none">b</span>', "a"),
        ('<a href="https://x.example/">ここ</a>', "ここ"),
        ('a<blockquote type="cite">b<br>c</blockquote>d', "a\n> b\n> c\nd"),
        ('<blockquote class="gmail_quote">b<blockquote type="cite">c</blockquote></blockquote>', "> b\n> c"),
        ("<blockquote>own words, set in</blockquote>", "own words, set in"),
        ("<?xml version='1.0' encoding='utf-8'?><p>a</p>", "a"),
        ("no tags & no end <", "no tags & no end <"),
        ("<!-- nothing -->", ""),
        ("", ""),
        ("<div>" * 400 + "deep" + "</div>" * 400, "deep"),
        ("<div>" * 1_500 + "deeper" + "</div>" * 1_500, "deeper"),
    ],
)
def test_html_is_read_as_lines(html: str, text: str) -> None:
    assert html_to_text(html).strip() == text


def test_forged_place_of_a_quote_does_not_repeat_it() -> None:
    html = "<blockquote type=cite>quoted</blockquote>" + "&#xE000;0&#xE000;" * 100
    assert html_to_text(html).count("quoted") == 1


def test_html_of_very_many_elements_keeps_its_words_and_lines() -> None:
    html = (
        "<html><head><title>t</title><style>p{}</style></head><body><!-- no -->after"
        + "<p>一 \n行<br>目</p><ul><li>項</li></ul><table><tr><td>a</td><td>b</td></tr></table>" * 1_000
        + '<blockquote type="cite">引用<br>二</blockquote>x</body></html>'
    )
    lines = [line for line in html_to_text(html).split("\n") if line]
    assert lines == ["after", *["一 行", "目", "* 項", "a  b"] * 1_000, "> 引用", "> 二", "x"]
