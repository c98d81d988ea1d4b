"""What a key may be, in the words that complete "expected …"; those that many keys share, with their borders.

Used by `sections` as the descriptions of its fields.
"""

from __future__ import annotations

from mailgate.phrase import Phrase


def number(least: int, most: int) -> Phrase:
    return Phrase("a number from {least} to {most}", least=least, most=most)


def seconds(least: int, most: int) -> Phrase:
    return Phrase("a number of seconds, {least} to {most}", least=least, most=most)


def hours(least: int, most: int) -> Phrase:
    return Phrase("a number of hours, {least} to {most}", least=least, most=most)


def days(least: int, most: int) -> Phrase:
    return Phrase("a number of days, {least} to {most}", least=least, most=most)


def years(least: int, most: int) -> Phrase:
    return Phrase("a number of years, {least} to {most}", least=least, most=most)


def octets(least: str, most: str) -> Phrase:
    """The borders with their unit: "64 KiB"."""
    return Phrase("a number of bytes, {least} to {most}", least=least, most=most)


def percent(least: int, most: int) -> Phrase:
    return Phrase("a share in percent, {least} to {most}", least=least, most=most)


def words(*several: str) -> Phrase:
    """One of some words, each in quotation marks: '"off", "offer" or "require"'."""
    *first, last = (f'"{one}"' for one in several)
    return Phrase("{some} or {last}", some=first, last=last)


def file(otherwise: str) -> Phrase:
    """A file that may be left out; `otherwise` says what an empty text means ("no TLS")."""
    return Phrase('a file name, or "" for {otherwise}', otherwise=otherwise)


FOLDER = Phrase("a folder name")
SWITCH = Phrase("true or false")
LOCAL_PART = Phrase("a local part: letters, digits, and . _ - between them")
NETWORKS = Phrase("a list of networks such as {example}", example='["127.0.0.0/8", "192.0.2.25"]')
BORDERS = Phrase(
    "a list of one to six borders from 2 to 60, each at least 2 above the one before, such as {example}",
    example="[5, 10, 20]",
)


def local_parts(example: str) -> Phrase:
    return Phrase(
        "a list of one or more local parts such as {example}: letters, digits, and . _ - between them", example=example
    )


def prefix(most: int) -> Phrase:
    return Phrase("{local_part}; at most {most} characters", local_part=LOCAL_PART, most=most)
