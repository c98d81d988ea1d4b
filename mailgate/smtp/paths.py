"""The arguments of MAIL and RCPT, read strictly from the raw text (RFC 5321 4.1.1.2, 4.1.1.3, RFC 1870, RFC 6531).

aiosmtpd reads them with a header parser that drops comments and mends quotes, so that what is checked is not what was
said. Before: the session has cut the verb off. After: it looks the address up. Nothing is guessed: a path that
`parse_address` cannot read names nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailgate.mail.address import Address, parse_address
from mailgate.smtp.replies import BAD_ARGUMENT, TOO_BIG, UNKNOWN_PARAMETER

_ARGUMENT = re.compile(r"(?:<([^<>]*)>|([^<>\s]+))(?:\s+(\S.*))?")
_BODIES = frozenset({"7BIT", "8BITMIME"})
_SIZE = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Path:
    """What stood behind `FROM:` or `TO:`; `address` is None for the null path and for one that names nobody."""

    address: Address | None
    is_null: bool
    parameters: tuple[str, ...]
    """Upper case: "SIZE=1000", "BODY=8BITMIME"."""


def read_path(argument: str, keyword: str) -> Path:
    """`argument` ("FROM:<a@b> SIZE=9") read with `keyword` ("FROM:"); the brackets may be missing."""
    match = _ARGUMENT.fullmatch(argument[len(keyword) :].strip())
    if match is None or argument[: len(keyword)].upper() != keyword:
        return Path(None, is_null=False, parameters=())
    bracketed, bare, rest = match.groups()
    text = bare if bracketed is None else bracketed
    parameters = tuple((rest or "").upper().split())
    # Controls, line separators, format characters and octets that were not UTF-8 (surrogates) are never an address.
    address = parse_address(text) if text.isprintable() else None
    return Path(address, is_null=bracketed == "", parameters=parameters)


def mail_problem(parameters: tuple[str, ...], max_size_bytes: int) -> str | None:
    """The reply that refuses these parameters of MAIL, or None when all is well."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        match name:
            case "SIZE" if not _SIZE.fullmatch(value):
                return BAD_ARGUMENT
            case "SIZE" if int(value) > max_size_bytes:
                return TOO_BIG
            case "BODY" if value not in _BODIES:
                return BAD_ARGUMENT
            case "SMTPUTF8" if value:
                return BAD_ARGUMENT
            case "SIZE" | "BODY" | "SMTPUTF8":
                continue
            case _:
                return UNKNOWN_PARAMETER
    return None
