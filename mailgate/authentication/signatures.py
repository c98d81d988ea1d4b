"""DKIM: which of the signatures of a mail verify (RFC 6376, RFC 8463), by dkimpy.

Before: `verifier`. A signature that verifies counts only if it says what the reader sees: From, Subject, Date and
Message-ID are signed where the mail has them and stand there once, the whole body is signed (no `l=`), by SHA-256, with
a key of 1024 bits and more, and it had not expired when the mail came. (To is not asked for: Microsoft does not sign
it, and where a mail goes is said by SMTP.) Those that could vouch for the author come first, five at most are tried.

dkimpy checks the tags, the key and the signature over the fields. Taking the mail apart and hashing its body is done
here, since its own ways take a time that grows with the square of hostile input; a test compares the bodies with its
own. Nor does the owner of a key decide about the time: long records and fields are not looked at.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import dkim  # type: ignore[import-untyped]  # it brings no types
from dkim.canonicalization import (  # type: ignore[import-untyped]
    CanonicalizationPolicy,
    InvalidCanonicalizationPolicyError,
    Relaxed,
    Simple,
)
from dkim.util import InvalidTagValueList, parse_tag_value  # type: ignore[import-untyped]

from mailgate.authentication.resolver import Questions, TooManyQuestions
from mailgate.errors import DnsTrouble
from mailgate.mail import fields
from mailgate.mail.authentication import Dkim, Result
from mailgate.mail.dmarc import aligned
from mailgate.mail.domains import ascii_domain

_MOST_SIGNATURES = 5
_MOST_SIGNATURE_OCTETS = 4_096
_MOST_SIGNED_FIELDS = 200
_MOST_KEY_OCTETS = 1_600
_MOST_FIELDS = 1_000
_ALGORITHMS = (b"rsa-sha256", b"ed25519-sha256")
_SIGNED = (b"from", b"subject", b"date", b"message-id")
_ONCE = (*_SIGNED, b"content-type", b"content-transfer-encoding")
_NAME = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,200}):")

_Field = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Signed:
    """A mail taken apart as dkimpy wants it: names and values of the fields with their folds, lines end in CRLF."""

    fields: tuple[_Field, ...]
    body: bytes

    def count(self, name: bytes) -> int:
        return sum(one.lower() == name for one, _ in self.fields)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A signature that is worth a question to the DNS, or the reason why it is not."""

    position: int
    """Among the DKIM-Signature fields, topmost first."""
    dkim: Dkim
    canonical: str = ""
    """"relaxed" or "simple": of the body."""
    body_hash: bytes = b""


def check_signatures(raw: bytes, author: str, questions: Questions, received_at: datetime) -> tuple[Dkim, ...]:
    """What became of the signatures of `raw`, those for `author` (ASCII domain) first; () when it has none."""
    mail = take_apart(raw)
    if mail is None:
        return (Dkim(Result.PERMERROR, "", "the header section cannot be read for certain"),)
    found = [value for name, value in mail.fields if name.lower() == b"dkim-signature"]
    candidates = [_candidate(mail, position, value, received_at) for position, value in enumerate(found)]
    candidates.sort(key=lambda one: _rank(author, one.dkim.domain))
    hashes: dict[str, bytes] = {}
    results: list[Dkim] = []
    for one in candidates[:_MOST_SIGNATURES]:
        worth_it = one.dkim.result is Result.NONE and not _vouched(author, results)
        results.append(_verified(mail, one, questions, hashes) if worth_it else one.dkim)
    return tuple(results)


def take_apart(raw: bytes) -> Signed | None:
    """`raw` for dkimpy, in linear time; None when it has not exactly the one From field that the author was read from,
    or a header section that two readers could take differently."""
    section, _ = fields.split_mail(raw)
    head, _, body = fields.without_separator(raw).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").partition(b"\r\n\r\n")
    if len(head) > fields.MOST_SECTION_OCTETS or len(section.all("from")) != 1:
        return None
    found: list[tuple[bytes, list[bytes]]] = []
    for line in head.split(b"\r\n"):
        match = _NAME.match(line)
        if b"\r" in line:
            return None
        if line[:1] in (b" ", b"\t") and found:
            found[-1][1].append(line)
        elif match is not None and len(found) < _MOST_FIELDS:
            found.append((match[1], [line[match.end() :]]))
        else:
            return None
    parts = tuple((name, b"\r\n".join(lines) + b"\r\n") for name, lines in found)
    (author,) = section.all("from")
    froms = [value for name, value in parts if name.lower() == b"from"]
    plain = [b" ".join(one.split()) for one in (*froms, author)]
    return Signed(parts, body) if len(plain) == 2 and plain[0] == plain[1] else None


def _candidate(mail: Signed, position: int, value: bytes, received_at: datetime) -> _Candidate:
    """Everything that can be said of a signature without asking anybody."""
    domain = ""
    try:
        if len(value) > _MOST_SIGNATURE_OCTETS:
            raise _Unfit("too long")
        tags = parse_tag_value(value)
        domain = ascii_domain(tags.get(b"d", b"").decode("ascii")) or ""
        selector = tags.get(b"s", b"").decode("ascii")
        if not domain or ascii_domain(f"{selector}.{domain}") is None:
            raise _Unfit("names no key")
        canonical, body_hash = _fit(mail, tags, received_at)
    except (_Unfit, InvalidTagValueList, UnicodeDecodeError, ValueError) as error:
        reason = str(error) if isinstance(error, _Unfit) else "cannot be read"
        return _Candidate(position, Dkim(Result.POLICY, domain, reason))
    return _Candidate(position, Dkim(Result.NONE, domain, "not tried"), canonical, body_hash)


class _Unfit(Exception):
    """Why a signature does not count; words of ours."""


def _fit(mail: Signed, tags: dict[bytes, bytes], received_at: datetime) -> tuple[str, bytes]:
    """Form and hash of the signed body. Raises _Unfit for a signature that would not count if it did verify."""
    signed = [name.strip().lower() for name in tags.get(b"h", b"").split(b":")]
    missing = [name.decode() for name in _SIGNED if name not in signed and mail.count(name)]
    twice = [name.decode() for name in _ONCE if mail.count(name) > 1]
    if b"from" not in signed or missing:
        raise _Unfit(f"does not cover {' and '.join(missing) or 'from'}")
    if twice:
        raise _Unfit(f"the mail has {' and '.join(twice)} twice")
    if len(signed) > _MOST_SIGNED_FIELDS:
        raise _Unfit("covers too many fields")
    if b"l" in tags:
        raise _Unfit("covers only a part of the body")
    if tags.get(b"a") not in _ALGORITHMS:
        raise _Unfit("not by SHA-256")
    expires = tags.get(b"x", b"")
    if expires and int(expires[:20]) < received_at.timestamp():
        raise _Unfit("expired")
    try:
        policy = CanonicalizationPolicy.from_c_value(tags.get(b"c", b"simple/simple"))
        body_hash = base64.b64decode(re.sub(rb"\s+", b"", tags.get(b"bh", b"")), validate=True)
    except (InvalidCanonicalizationPolicyError, binascii.Error):
        raise _Unfit("cannot be read") from None
    return policy.body_algorithm.name.decode(), body_hash


def _verified(mail: Signed, one: _Candidate, questions: Questions, hashes: dict[str, bytes]) -> Dkim:
    """The verdict of dkimpy; `hashes` has the body hashes that are known already, by the form of the body."""
    try:
        if one.canonical not in hashes:
            hashes[one.canonical] = hashlib.sha256(_canonical_body(mail.body, one.canonical)).digest()
        if hashes[one.canonical] != one.body_hash:
            return replace(one.dkim, result=Result.FAIL, reason="the body was changed")
        verifier = dkim.DKIM()
        verifier.headers = [list(pair) for pair in mail.fields]
        tags, signed, headers = verifier.verify_headerprep(one.position)
        del tags[b"bh"]  # done above; without it dkimpy leaves the body alone, and its signature covers the tag anyway
        good = verifier.verify_sig(tags, signed, headers[one.position], lambda name, timeout: _key(questions, name))  # noqa: ARG005
    except DnsTrouble:
        return replace(one.dkim, result=Result.TEMPERROR, reason="the DNS gives no answer")
    except TooManyQuestions:
        return replace(one.dkim, result=Result.PERMERROR, reason="too many questions")
    except Exception:  # noqa: BLE001  # dkimpy raises of its own on hostile signatures and keys; none of it is a pass
        return replace(one.dkim, result=Result.FAIL, reason="does not verify, or its key is not fit")
    if not good:
        return replace(one.dkim, result=Result.FAIL, reason="does not verify, or its key is not fit")
    return replace(one.dkim, result=Result.PASS, reason="")


def _canonical_body(body: bytes, form: str) -> bytes:
    """RFC 6376 3.4.3 and 3.4.4, in linear time: each turn of the loop halves what is left of the blanks."""
    if form == Simple.name.decode():
        return _with_one_line_end(body)
    assert form == Relaxed.name.decode(), form
    body = body.replace(b"\t", b" ")
    while b"  " in body:
        body = body.replace(b"  ", b" ")
    relaxed = _with_one_line_end(body.replace(b" \r\n", b"\r\n"))
    return b"" if relaxed == b"\r\n" else relaxed


def _with_one_line_end(body: bytes) -> bytes:
    """`body`, whose LFs all follow a CR, with exactly one CRLF behind its last line that is not empty."""
    text = body.rstrip(b"\r\n")
    tail = body[len(text) :]
    lone = len(tail) if tail.endswith(b"\r") else tail.rfind(b"\r\r") + 1  # a CR that ends no line is text
    return text + tail[:lone] + b"\r\n"


def _key(questions: Questions, name: bytes) -> bytes | None:
    texts = [text for text in questions.texts(name.decode("ascii")) if b"p=" in text]
    return texts[0] if texts and len(texts[0]) <= _MOST_KEY_OCTETS else None


def _rank(author: str, domain: str) -> int:
    """Which signatures come first."""
    if domain == author:
        return 0
    return 1 if domain and aligned(author, domain, strict=False) else 2


def _vouched(author: str, results: Sequence[Dkim]) -> bool:
    """Whether nothing could be added to what is known."""
    return any(one.result is Result.PASS and one.domain == author for one in results)
