"""Recipients in the free text of a delivery report, for mail systems that write no RFC 3464.

`bounce` asks when nothing more reliable names a recipient. No mail system is known here by name: they all put the
address on a line of its own, behind a word such as "recipient", or into the dialogue with the other server, and the
copy of our mail below. Japanese carriers and fml, Exchange, Notes, Zoho, OpenSMTPD, m-FILTER and old Sendmails are
read so. The first of these places that has an address is believed; an address in
a sentence only when it is the only one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mailgate.mail.address import Address, parse_address

_MOST_CHARACTERS = 32 * 1024
_MOST_LINES = 400
_LINE_CHARACTERS = 300
_REASON_LINES = 12
_EXPANDED_AFTER = 2  # lines: "(expanded from …)" stands below the address and the reason

_ADDRESS = r"[A-Za-z0-9.!#$%&*+/?^_{}~=-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{1,252}[A-Za-z0-9]"
_COPY = re.compile(
    r"""[\W_]{0,80}(?:
        (?:below|here)\ (?:this\ line\ |the\ next\ line\ )?is\ (?:a\ |the\ )?copy
        |(?:original|returned|unsent|old|source)\ (?:message|mail|text)
            (?:\ (?:as|header|body|text|info|follow|is\ following|attached)|[\W_]{0,80}$)
        |(?:start\ of\ )?returned\ (?:message|mail)|included\ is\ a\ copy|the\ attachment\ contains
        |no\ message\ was\ collected
        |(?:message|mail)\ (?:headers?|text|body|contents?)\ (?:follow|is|are|suppressed)
        |headers?\ (?:of\ the\ (?:original|source)|follow)|the\ headers?\ (?:of|and)\ |the\ first\ \d{1,4}\ lines
        |(?:a\ |this\ is\ a\ |the\ )?copy\ of\ (?:the|your)\ (?:original\ )?(?:message|mail)
        |the\ (?:text|body)\ of\ (?:the|your)\ (?:original\ )?(?:message|mail)\ follows
        |元の(?:メッセージ|メール)|原文|送信された(?:メール|メッセージ)|kopie\ (?:der|ihrer)|message\ d'origine
    )|(?:return-path|received|x-original-to|delivered-to)[ ]?:""",
    re.I | re.X,
)
_LABELS = r"""recipient(?:\ address)?(?:\(?e?s\)?)?|(?:failed|intended|invalid|affected)\ (?:recipient|address(?:ee)?)
    |addressed\ to|error-for|(?:unknown|no\ such)\ (?:user|recipient|address)|user\ unknown|message-id\ in
    |undeliverable(?:\ (?:to|address))?|deliver(?:y|ed|ing)?\ (?:of\ .{0,60}\ )?to|did\ not\ reach|sorry,
    |(?:not|n't|unable\ to|problem|failed|error|failure|aborted|delayed)\W{0,3}(?:be\ )?
        (?:send|deliver|reach|sent)\w{0,5}
        (?:\ (?:the|your|this|an?|following|e-?mail|mail|messages?)){0,4}(?:\ (?:to|for|the\ following\ recipients?))?
    |(?:message|mail)\ (?:was\ )?(?:sent\ |addressed\ )?to|empfänger(?:adresse)?|destinataires?|destinatari[oi]s?
    |получател\w{1,2}|宛先(?:アドレス)?|あて先|受信者|送信先|送り先|メールアドレス"""
_ENTRY = re.compile(
    rf"""[\s*•・"'(-]{{0,16}}(?:>>>\s)?<?({_ADDRESS})>?["')]{{0,2}}(?:\s{{1,4}}<\1>)?
    (?=\s*$|\s{{0,4}}[:\[(;]|\s?\.\.\.|\s-\s|\son\s
       |,?\s+(?:invalid|unknown|user|not|does|was|is|could|has|address|mailbox|delivery|smtp|recipient|undeliver|failed|[45]\d\d))""",
    re.I | re.X,
)
_LABELLED = re.compile(rf"""(?:{_LABELS})[\s:：;="'<(「]{{0,12}}({_ADDRESS})""", re.I | re.X)
_DIALOGUE = re.compile(rf"""(?:rcpt\ to:|[45]\d\d[\ -](?:[45]\.\d\.\d\ )?)\s?<({_ADDRESS})>""", re.I | re.X)
_TO_FIELD = re.compile(rf"""(?:to|an|宛先|à|para|a)\s?[:：][^@\n]{{0,120}}?({_ADDRESS})""", re.I | re.X)
_ORIGINAL = re.compile(rf"\s{{0,8}}original\s(?:recipient\s)?address\s?:\s{{0,8}}<?({_ADDRESS})", re.I)
_ANY = re.compile(rf"(?<![\w.@=/|]){_ADDRESS}(?!@)")
_TO_OF_COPY = re.compile(r"^to[ \t]?:[^\n]{0,400}(?:\n[ \t][^\n]{0,200}){0,4}", re.I | re.M)
_EXPANDED = re.compile(rf"\((?:expanded|generated)\ from:?\s?<?({_ADDRESS})>?\)", re.I)
_ADVICE = re.compile(
    r"contact|help|support|assist|question|from[ :]|sender|postmaster|https?:|message-id|問い?合わ?せ|差出人", re.I
)


@dataclass(frozen=True, slots=True)
class Named:
    """A recipient that the text names, with the words that tell why."""

    address: Address
    reason: str


def report_lines(text: str) -> tuple[str, ...]:
    """The lines of a report up to the copy of the mail that it is about."""
    found: list[str] = []
    for line in text[:_MOST_CHARACTERS].split("\n")[:_MOST_LINES]:
        if any(found) and _COPY.match(line[:_LINE_CHARACTERS]):
            break
        found.append(line[:_LINE_CHARACTERS].rstrip())
    return tuple(found)


def named(lines: Sequence[str], strangers: frozenset[str]) -> tuple[Named, ...]:
    """The recipients in `lines`, each once; `strangers` are the keys of addresses that only take part in the report."""
    readers: tuple[Callable[[str], Iterator[str]], ...] = (
        _originals,
        _entries,
        _labelled,
        _dialogue,
        _to_field,
    )
    for reader in readers:
        found = _with_reasons(lines, reader, strangers)
        if found:
            return found
    alone = _with_reasons(lines, _in_sentences, strangers)
    return alone if len(alone) == 1 else ()


def reason_for(lines: Sequence[str], address: Address) -> str:
    """The words near the first mention of `address`, "" when it is not mentioned."""
    needle = str(address).lower()
    for number, line in enumerate(lines):
        if needle in line.lower():
            start = max(0, number - _EXPANDED_AFTER) if _EXPANDED.search(line) else number
            return "\n".join(lines[start : start + _REASON_LINES])
    return ""


def copy_in_text(text: str) -> str:
    """What stands in `text` below the report itself, "" when nothing does."""
    above = len(report_lines(text))
    return "\n".join(line[:_LINE_CHARACTERS] for line in text[:_MOST_CHARACTERS].split("\n")[above:_MOST_LINES])


def original_recipient(copy: str) -> Address | None:
    """The only recipient in the To field of the mail that came back as `copy`, None when there are several."""
    field = _TO_OF_COPY.search(copy[:_MOST_CHARACTERS])
    found = set(_ANY.findall(field[0])) if field else set()
    return parse_address(found.pop()) if len(found) == 1 else None


def _with_reasons(
    lines: Sequence[str], reader: Callable[[str], Iterator[str]], strangers: frozenset[str]
) -> tuple[Named, ...]:
    places: dict[str, tuple[int, Address]] = {}
    for number, line in enumerate(lines):
        for text in reader(line) if "@" in line else ():
            address = parse_address(text)
            if address and "." in address.domain and address.key not in strangers:
                places.setdefault(address.key, (number, address))
    starts = sorted({number for number, _ in places.values()})
    if len(starts) == 1:
        return tuple(Named(address, "\n".join(lines)) for _, address in places.values())
    ends = dict(zip(starts, [*starts[1:], len(lines)], strict=False))  # no starts: no ends
    return tuple(
        Named(address, "\n".join(lines[number : min(ends[number], number + _REASON_LINES)]))
        for number, address in places.values()
    )


def _originals(line: str) -> Iterator[str]:
    """Where a report tells both: the address that we sent to, not the one that it became."""
    match = _ORIGINAL.match(line)
    if match:
        yield match[1]


def _entries(line: str) -> Iterator[str]:
    match = _ENTRY.match(line)
    if match:
        yield match[1]
        yield from _EXPANDED.findall(line)
    elif line.lstrip().startswith("("):
        yield from _EXPANDED.findall(line)


def _labelled(line: str) -> Iterator[str]:
    yield from _LABELLED.findall(line)


def _dialogue(line: str) -> Iterator[str]:
    yield from _DIALOGUE.findall(line)


def _to_field(line: str) -> Iterator[str]:
    match = _TO_FIELD.match(line.strip())
    if match:
        yield match[1]


def _in_sentences(line: str) -> Iterator[str]:
    if not _ADVICE.search(line):
        yield from _ANY.findall(line)
