"""DMARC: whose SPF or DKIM pass counts for an author, and what their domain asks for (RFC 7489, RFC 9091 for `np`).

Before: `mailgate/authentication/` has the results and the records. After: `desk/trust.py`. Pure: the names to ask for
come from here, the answers go in. No library decides this: see authheaders in the research of the project.

`pct` below 100 (and `t=y` of the coming DMARC) takes the wish down one step for all mail rather than for some of it
by lot: everything that does not pass is held by us anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailgate.mail.authentication import Dkim, Result, Spf, Verdict, Wish
from mailgate.mail.domains import organisation, public_suffix

_WISHES = {"none": Wish.NOTHING, "quarantine": Wish.QUARANTINE, "reject": Wish.REJECT}
_MILDER = {Wish.REJECT: Wish.QUARANTINE, Wish.QUARANTINE: Wish.NOTHING}


@dataclass(frozen=True, slots=True)
class Record:
    """One DMARC record (RFC 7489 6.3)."""

    wish: Wish
    of_subdomains: Wish
    of_absent: Wish
    """For subdomains that are not in the DNS at all (`np`)."""
    strict_dkim: bool = False
    strict_spf: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """What was found for an author's domain."""

    record: Record | None
    domain: str = ""
    """Where the record stood."""
    silent: bool = False
    """The DNS did not answer: there may be a record."""


def places(author: str) -> tuple[str, ...]:
    """The domains whose `_dmarc` may hold the record for `author` (ASCII), in the order in which they are asked."""
    return tuple(dict.fromkeys(filter(None, (author, organisation(author), public_suffix(author)))))


def parse_record(texts: Iterable[bytes]) -> Record | None:
    """The one DMARC record among the TXT records of a name; None when there is none, more than one, or a broken one."""
    found = [tags for text in texts if (tags := _tags(text)) is not None]
    if len(found) != 1:
        return None
    (tags,) = found
    wish = _WISHES.get(tags.get("p", "").lower())
    if wish is None:
        if "mailto:" not in tags.get("rua", ""):
            return None
        wish = Wish.NOTHING  # RFC 7489 6.6.3: who wants reports is taken to look only
    of_subdomains = _WISHES.get(tags.get("sp", "").lower(), wish)
    of_absent = _WISHES.get(tags.get("np", "").lower(), of_subdomains)
    if tags.get("t", "").lower() == "y" or _percent(tags.get("pct", "")) < 100:
        wish, of_subdomains, of_absent = (_MILDER.get(one, one) for one in (wish, of_subdomains, of_absent))
    strict_dkim, strict_spf = (tags.get(name, "").lower() == "s" for name in ("adkim", "aspf"))
    return Record(wish, of_subdomains, of_absent, strict_dkim, strict_spf)


def ends_the_search(texts: Iterable[bytes]) -> bool:
    """Whether these TXT records of a name have a DMARC record among them, so that no further place is asked: also
    where they are several, which are as good as none (RFC 7489 6.6.3)."""
    return any(_tags(text) is not None for text in texts)


def wish_of(author: str, published: Published, author_exists: bool = True) -> Wish:
    """What `author` asks for mail that does not pass; `author_exists` says whether the DNS knows that name at all."""
    if published.silent:
        return Wish.UNKNOWN
    if published.record is None:
        return Wish.NOTHING
    if published.domain == author:
        return published.record.wish
    return published.record.of_subdomains if author_exists else published.record.of_absent


def aligned(author: str, domain: str, strict: bool) -> bool:
    """Whether a pass for `domain` is one for `author` (both ASCII): the same name, or (relaxed) one organisation."""
    return domain == author or (not strict and organisation(domain) == organisation(author))


def verdict(
    author: str, spf: Spf, signatures: Sequence[Dkim], published: Published, author_exists: bool = True
) -> Verdict:
    """What all the results say of `author`, the ASCII domain of the one author."""
    record = published.record or Record(Wish.NOTHING, Wish.NOTHING, Wish.NOTHING)
    counting = [(one.result, one.domain, record.strict_dkim) for one in signatures]
    counting.append((spf.result, spf.domain, record.strict_spf))
    ours = [result for result, domain, strict in counting if domain and aligned(author, domain, strict)]
    # While the record is unknown, only a pass that any record would let count does.
    certain = [result for result, domain, _ in counting if domain == author] if published.silent else ours
    passed = Result.PASS in certain
    wish = wish_of(author, published, author_exists)
    return Verdict(
        passed=passed,
        wish=wish,
        undecided=not passed and (published.silent or Result.TEMPERROR in ours),
        reasons=(
            *(_words("DKIM", author, one, record.strict_dkim) for one in signatures),
            *(() if signatures else ("DKIM: no signature",)),
            _words("SPF", author, spf, record.strict_spf),
            _policy_words(published, wish),
        ),
    )


def _tags(text: bytes) -> dict[str, str] | None:
    """The tags of a DMARC record, the first of each name; None for a text that is none: `v` stands first and exact."""
    pieces = [piece.partition("=") for piece in text.decode("ascii", "replace").split(";")]
    tags: dict[str, str] = {}
    for name, equals, value in pieces:
        if equals:
            tags.setdefault(name.strip().lower(), value.strip())
    return tags if pieces[0][0].strip() == "v" and tags.get("v") == "DMARC1" else None


def _percent(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 100


def _words(method: str, author: str, one: Spf | Dkim, strict: bool) -> str:
    if not one.domain:
        return f"{method}: {one.result}" + (f" ({one.reason})" if one.reason else "")
    if one.domain == author:
        whose = "the author's domain"
    elif aligned(author, one.domain, strict):
        whose = "a domain of the author's organisation"
    else:
        whose = "another domain"
    return f"{method}: {one.result} for {whose}" + (f" ({one.reason})" if one.reason else "")


def _policy_words(published: Published, wish: Wish) -> str:
    if published.silent:
        return "DMARC: the DNS gives no answer"
    if published.record is None:
        return "DMARC: no record"
    return f"DMARC: for mail that does not pass the author's domain asks {wish}"
