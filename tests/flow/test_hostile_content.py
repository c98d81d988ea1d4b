"""What strangers do to a text, done by a registered teacher, so that it goes all the way: into a case, through the
anonymity check, and before the eyes of an operator. On both databases, which do not take the same characters.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from attacks import MAILS

from mailgate.cli.shapes import case_document
from mailgate.desk.lifecycle import SpoolState
from mailgate.flow import screen

_TEACHER = b"haruka@minami.example"
_HARMLESS = "\n\t"
_GROUPS = [group for group in MAILS if group != "mime"]
"""Structures bring no characters; they are large, and sent to a real service in tests/hostile."""


def _handled(desk: Any, group: str) -> dict[str, Any]:
    """Each mail of the group, by its name, as it was handled."""
    return {name: desk.receive(raw.replace(b"x@evil.example", _TEACHER)) for name, raw in MAILS[group].items()}


@pytest.mark.parametrize("group", _GROUPS)
def test_every_text_is_handled_and_can_be_looked_at(desk: Any, group: str) -> None:
    handled = _handled(desk, group)
    not_done = {
        name: one.reason for name, one in handled.items() if one.state not in (SpoolState.DONE, SpoolState.HELD)
    }
    assert not_done == {}
    numbers = sorted({one.case for one in handled.values() if one.case is not None})
    assert numbers != []
    for number in numbers:
        screen.screen_case(desk.office, number)
        with desk.office.read() as ctx:
            shown = json.dumps(case_document(ctx, number), ensure_ascii=False)
        kept = json.loads(shown.encode().decode())["text"]
        odd = {
            f"U+{ord(one):04X}" for one in kept if unicodedata.category(one) in ("Cc", "Cs") and one not in _HARMLESS
        }
        assert odd == set()
