"""From the text of one part to plain lines: format=flowed undone, HTML turned into text.

`parts` decides which parts are the body and asks here for each; `quoting` reads the result, so quoted HTML gets the
same `> ` marks that plain mail has. RFC 3676. HTML goes through lxml and inscriptis, which stay linear on hostile
input where html.parser and html2text do not; what they cannot take is shown without its tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

# None of these libraries brings types.
import lxml.etree  # type: ignore[import-untyped]
from inscriptis import Inscriptis  # type: ignore[import-untyped]
from inscriptis.css_profiles import STRICT_CSS_PROFILE  # type: ignore[import-untyped]
from inscriptis.model.config import ParserConfig  # type: ignore[import-untyped]

_QUOTING_CLASS = re.compile(r"\b(?:gmail_quote|yahoo_quoted)\b")
_PLACE = re.compile("\ue000(\\d{1,6})\ue000")
_QUOTE_MARKS = re.compile(">*")
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}>")
_TAG = re.compile("<[^<>]{0,2000}>")
_BLANK_LINES = re.compile("\n{3,}")
_MOST_ELEMENTS = 4_000
_UNSEEN = frozenset(["head", "style", "script", "template", "title"])
_BLOCKS = frozenset(
    {"p", "div", "li", "tr", "ul", "ol", "table", "blockquote", "pre", "hr", "section", "article", "header", "footer"}
    | {f"h{level}" for level in range(1, 7)}
)
_BREAK = "\v"  # a line end that is meant; those of the source are blanks
_BREAK_BEFORE = dict.fromkeys(_BLOCKS, _BREAK) | {"br": _BREAK, "li": f"{_BREAK}* "}
_BREAK_AFTER = dict.fromkeys(_BLOCKS, _BREAK) | {"td": "\xa0 ", "th": "\xa0 "}
_BLANKS = re.compile("[ \t\n]+")
_CONFIG = ParserConfig(css=STRICT_CSS_PROFILE)


def unflow(text: str, *, delete_space: bool) -> str:
    """The paragraphs of a format=flowed text on one line each, quote marks kept (RFC 3676 4.1-4.5).

    `delete_space` is the parameter DelSp=yes: the blank that marks a soft break is no part of the text.
    """
    paragraphs: list[tuple[int, list[str]]] = []
    is_open = False
    for line in text.split("\n"):
        marks = _QUOTE_MARKS.match(line)
        depth = marks.end() if marks else 0
        content = line[depth:].removeprefix(" ")
        is_signature_mark = content == "-- "
        if not is_open or is_signature_mark or depth != paragraphs[-1][0]:
            paragraphs.append((depth, []))
        is_open = content.endswith(" ") and not is_signature_mark
        paragraphs[-1][1].append(content[:-1] if is_open and delete_space else content)
    return "\n".join(_paragraph(depth, "".join(pieces)) for depth, pieces in paragraphs)


def _paragraph(depth: int, content: str) -> str:
    if not depth:
        return content
    return f"{'>' * depth} {content}" if content.strip() else ">" * depth


def html_to_text(html: str) -> str:
    """The readable text of an HTML part (clean str): cited blockquotes as `> ` lines, no styles, scripts or URLs."""
    try:
        parser = lxml.etree.HTMLParser(huge_tree=True)  # the text of long threads nests deeper than its usual 256
        tree = lxml.etree.fromstring(_XML_DECLARATION.sub("", html), parser)
        read = _laid_out if next(islice(tree.iter(), _MOST_ELEMENTS, None), None) is None else _in_lines
        quotes = _cut_out_quotes(tree, read)
        # Each once: a character reference can forge a place.
        text = _PLACE.sub(lambda place: _marked(quotes.pop(int(place[1]), "")), read(tree))
    except (lxml.etree.LxmlError, ValueError, RecursionError, IndexError, AttributeError, TypeError):
        # An empty document, or nesting and styles that the libraries do not take.
        text = _TAG.sub("", html)
    lines = (line.rstrip() for line in text.replace("\xa0", " ").split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def _cut_out_quotes(tree: lxml.etree._Element, read: Callable[[lxml.etree._Element], str]) -> dict[int, str]:
    """Replace each outermost cited block by a numbered place between private characters; the texts by number."""
    quotes: dict[int, str] = {}
    for number, element in enumerate(_outermost_quotes(tree)):
        place = lxml.etree.Element("div")
        place.text = f"\ue000{number}\ue000"
        place.tail, element.tail = element.tail, None  # what follows the quote is not of it
        element.getparent().replace(element, place)
        quotes[number] = read(element)
    return quotes


def _outermost_quotes(tree: lxml.etree._Element) -> list[lxml.etree._Element]:
    """Cited blocks that stand in no other blockquote. One walk: asking each for its ancestors is quadratic."""
    found = []
    depth = 0
    for event, element in lxml.etree.iterwalk(tree, events=("start", "end"), tag="blockquote"):
        if event == "start" and depth == 0 and _is_cited(element):
            found.append(element)
        depth += 1 if event == "start" else -1
    return found


def _is_cited(element: lxml.etree._Element) -> bool:
    return element.get("type") == "cite" or _QUOTING_CLASS.search(element.get("class", "")) is not None


def _laid_out(element: lxml.etree._Element) -> str:
    return str(Inscriptis(element, _CONFIG).get_text())


def _in_lines(element: lxml.etree._Element) -> str:
    """The text with a line for each block, and no other layout: inscriptis takes seconds for the longest mails."""
    pieces: list[str] = []
    walk = lxml.etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        if event == "start":
            if node.tag in _UNSEEN:
                walk.skip_subtree()
                continue
            pieces += [_BREAK_BEFORE.get(node.tag, ""), node.text or ""]
        elif node.tag not in _UNSEEN or event != "end":
            pieces.append(_BREAK_AFTER.get(node.tag, ""))
        if event != "start" and node is not element:
            pieces.append(node.tail or "")
    text = _BLANKS.sub(" ", "".join(pieces))
    return text.replace(f" {_BREAK}", _BREAK).replace(f"{_BREAK} ", _BREAK).replace(_BREAK, "\n")


def _marked(quote: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in quote.strip("\n").split("\n"))
