"""A finding: a passage that may identify somebody, with its label, its tier and the rule that saw it.

Every rule of this package gives findings; `merge` settles overlaps, the desk shows them, `redact` rewrites them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Label(StrEnum):
    """What kind of thing was found. The values are part of the command-line interface (`scan --json`)."""

    PERSON = "person"
    SCHOOL = "school"
    PLACE = "place"
    ORGANISATION = "organisation"
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    ACCOUNT = "account"
    DATE_OF_BIRTH = "date_of_birth"
    STUDENT_NUMBER = "student_number"
    POSTAL_CODE = "postal_code"
    ADDRESS = "address"
    GOVERNMENT_ID = "government_id"
    VEHICLE = "vehicle"
    KNOWN = "known"
    SIGNATURE = "signature"


class Tier(StrEnum):
    """SURE findings are ticked for redaction in advance; UNSURE ones are only shown."""

    SURE = "sure"
    UNSURE = "unsure"


class KnownReason(StrEnum):
    """The reasons of KNOWN findings; `merge` and `redact` need them to know a person from a school or a place."""

    NAME = "name in the register"
    ADDRESS = "mail address in the register"
    SCHOOL = "school in the register"
    PLACE = "place in the register"


class Finding(NamedTuple):
    """One passage: `text` is the original between `start` and `end` (code points); `reason` names the rule."""

    start: int
    end: int
    text: str
    label: Label
    tier: Tier
    reason: str
