"""`[[desks]]` in the settings: what a table may leave out, and everything that stops the start, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailgate.config import Config, load
from mailgate.desk.desks import DeskPolicy
from mailgate.errors import BadConfiguration
from mailgate.mail.address import Address
from mailgate.mail.reply_address import ToDesk
from mailgate.office import desks_of

LOCAL_PARTS = '(expected a list of one or more local parts such as ["kokoro"]: letters, digits, and . _ - between them)'
AN_ID = "(expected a short name in lower case that never changes: up to 16 letters, digits and hyphens)"
MAIN = """
[service]
name = "先生の窓口"
operators = ["unei@example.jp"]
[desk]
invitation_days = 6
"""


def read(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "mailgate.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def problems_of(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(BadConfiguration) as caught:
        read(tmp_path, text)
    return list(caught.value.problems)


def table(lines: str = "", desk_id: str = "kokoro", addresses: str = '["kokoro"]') -> str:
    return f'[[desks]]\nid = "{desk_id}"\naddresses = {addresses}\n{lines}\n'


def test_who_configures_no_desks_has_the_one_that_there_was(tmp_path: Path) -> None:
    config = read(tmp_path, MAIN)
    unei = Address("unei", "example.jp")
    assert list(desks_of(config)) == [DeskPolicy("main", "先生の窓口", "ja", 6, 2, 10, (unei,))]
    assert config.own_addresses().further == ()


def test_what_a_table_does_not_say_is_as_for_the_main_desk(tmp_path: Path) -> None:
    said = 'name = "Heart"\nlanguage = "en"\noperators = ["Yuu@example.jp"]\ntemplates = "own"\n'
    days = "invitation_days = 4\nreminder_days = 1\nanswer_days = 5"
    config = read(tmp_path, MAIN + table() + table(said + days, "heart-2", '["Heart", "h.2"]'))
    first, second = desks_of(config).further
    assert first == DeskPolicy("kokoro", "先生の窓口", "ja", 6, 2, 10, (Address("unei", "example.jp"),))
    yuu = Address("Yuu", "example.jp")
    assert second == DeskPolicy("heart-2", "Heart", "en", 4, 1, 5, (yuu,), tmp_path / "own")
    own = config.own_addresses()
    assert own.recipient(Address("h.2", own.domain)) == ToDesk("heart-2")


def test_a_variable_of_the_main_desk_is_heard_by_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILGATE_DESK__ANSWER_DAYS", "20")
    assert [one.answer_days for one in desks_of(read(tmp_path, table()))] == [20, 20]


def test_a_desk_without_operators_is_said_so(tmp_path: Path) -> None:
    assert [one.operators for one in desks_of(read(tmp_path, MAIN + table("operators = []")))][1] == ()


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("desks = 3", ["desks: 3 does not fit (expected a table [[desks]] for each further desk)"]),
        ("desks = [1]", ["desks: [1] does not fit (expected a table [[desks]] for each further desk)"]),
        (
            '[desks]\nid = "kokoro"',
            ['desks: {"id": "kokoro"} does not fit (expected a table [[desks]] for each further desk)'],
        ),
        ("[[desks]]", [f"desks.1.id: is not there {AN_ID}", f"desks.1.addresses: is not there {LOCAL_PARTS}"]),
        (
            table(desk_id="main"),
            ['desks.main.id: "main" is the desk of [service] and [addresses] (expected another name)'],
        ),
        (table(desk_id="Kokoro"), [f'desks.1.id: "Kokoro" does not fit {AN_ID}']),
        (table(desk_id="k" * 17), [f'desks.1.id: "{"k" * 17}" does not fit {AN_ID}']),
        (table(desk_id="k-"), [f'desks.1.id: "k-" does not fit {AN_ID}']),
        (table(addresses="[]"), [f"desks.kokoro.addresses: [] does not fit {LOCAL_PARTS}"]),
        (table(addresses='["a@b"]'), [f'desks.kokoro.addresses: "a@b" does not fit {LOCAL_PARTS}']),
        (table(addresses="[7]"), [f"desks.kokoro.addresses: 7 does not fit {LOCAL_PARTS}"]),
        (table(addresses='"kokoro"'), [f'desks.kokoro.addresses: "kokoro" does not fit {LOCAL_PARTS}']),
        *(
            (
                table(addresses=f'["kokoro", "{taken}"]'),
                [f'desks.kokoro.addresses: "{taken.lower()}" is used twice (expected a name for each purpose)'],
            )
            for taken in ("soudan", "Join", "reply", "bounce", "Kokoro")
        ),
        (
            table() + table(addresses='["heart"]'),
            ['desks.kokoro.id: "kokoro" is used twice (expected a name for each desk)'],
        ),
        (
            table() + table(desk_id="heart"),
            ['desks.heart.addresses: "kokoro" is used twice (expected a name for each purpose)'],
        ),
        (
            table("reminder_days = 7"),
            ["desks.kokoro.reminder_days: 7 (expected fewer days than invitation_days, which is 7)"],
        ),
        (
            table("invitation_days = 2"),
            ["desks.kokoro.reminder_days: 2 (expected fewer days than invitation_days, which is 2)"],
        ),
        (table("answer_day = 3"), ['desks.kokoro.answer_day: unknown key (did you mean "answer_days"?)']),
        (table('language = "fr"'), ['desks.kokoro.language: "fr" does not fit (expected "ja" or "en")']),
        (table('name = "a\\nb"'), ['desks.kokoro.name: "a\\nb" does not fit (expected a name in one line)']),
        (
            table("templates = 3"),
            ['desks.kokoro.templates: 3 does not fit (expected a folder name, or "" for no templates of its own)'],
        ),
    ],
)
def test_what_cannot_work_is_refused(tmp_path: Path, text: str, problems: list[str]) -> None:
    assert problems_of(tmp_path, text) == problems


def test_what_is_common_to_all_desks_is_no_key_of_one(tmp_path: Path) -> None:
    (told,) = problems_of(tmp_path, table("k_anonymity = 1"))
    assert told.startswith("desks.kokoro.k_anonymity: unknown key (expected one of ")


def test_all_problems_of_all_tables_and_sections_are_told_at_once(tmp_path: Path) -> None:
    text = (
        '[service]\nlanguage = "fr"\n[listener]\nport = -1\n'
        + table("answer_days = 0\nnmae = 3")
        + table(desk_id="no good", addresses='["kokoro"]')
    )
    told = [one.split(":")[0] for one in problems_of(tmp_path, text)]
    assert told == [
        *("service.language", "listener.port"),
        *("desks.kokoro.answer_days", "desks.kokoro.nmae", "desks.2.id", "desks.2.addresses"),
    ]


def test_no_variable_sets_a_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILGATE_DESKS__KOKORO__NAME", "another")
    assert problems_of(tmp_path, table()) == [
        "MAILGATE_DESKS__KOKORO__NAME: is in a list of tables (expected in the file: no variable sets it)"
    ]
