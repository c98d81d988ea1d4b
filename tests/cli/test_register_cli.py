"""The commands of the register, run as an operator would, on one SQLite database each."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from custody import KEYS
from register_policy import POLICY
from sqlalchemy import select

from mailgate.cli.common import Desk
from mailgate.cli.member import member
from mailgate.cli.school import school
from mailgate.cli.teacher import teacher
from mailgate.desk.lifecycle import ConfirmationState
from mailgate.errors import BadInput, NotFound, Refused
from mailgate.flow.context import Office
from mailgate.flow.import_register import COLUMNS, Register
from mailgate.store import confirmations, migrate
from mailgate.store.database import Database
from mailgate.store.members import member_by_handle
from mailgate.store.tables import AuditRow

SAMPLES = Path(__file__).parents[2] / "mailgate" / "demo" / "samples"
GROUPS: dict[str, click.Group] = {"school": school, "teacher": teacher, "member": member}
NOW = datetime(2026, 2, 10, 9, tzinfo=UTC)

Run = Callable[..., Result]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    database = Database(f"sqlite:///{tmp_path}/mailgate.db", KEYS)
    migrate.upgrade(database.engine)
    yield Office(database, POLICY, clock=lambda: NOW)
    database.close()


@pytest.fixture
def run(office: Office) -> Run:
    """Runs `mailgate NOUN …`; a failure that has a name is in `exception`."""

    def run(noun: str, *arguments: str, stdin: bytes | None = None) -> Result:
        desk = Desk(None, "tester")
        desk.__dict__["office"] = office  # instead of the one that a configuration file would open
        return CliRunner().invoke(GROUPS[noun], list(arguments), obj=desk, input=stdin)

    return run


def _json(result: Result) -> Any:
    assert result.exception is None, result.output
    return json.loads(result.stdout)


def _import_samples(run: Run) -> None:
    for noun in GROUPS:
        assert run(noun, "import", str(SAMPLES / f"{noun}s.csv"), "--yes").exit_code == 0


def _handle(run: Run, number: int, noun: str = "member") -> str:
    handle: str = _json(run(noun, "list", "--json"))[f"{noun}s"][number]["handle"]
    return handle


def _audit(office: Office) -> list[tuple[str, str, str, str]]:
    with office.read() as ctx:
        rows = ctx.tx.session.scalars(select(AuditRow).order_by("id"))
        return [(row.actor, row.action, row.subject, row.detail) for row in rows]


def test_an_empty_register_lists_nothing(run: Run) -> None:
    assert [_json(run(noun, "list", "--json")) for noun in GROUPS] == [
        {"schools": []},
        {"teachers": []},
        {"members": []},
    ]
    assert run("member", "list").output == "no members yet\n"


def test_lists_name_people_by_handle_alone(run: Run) -> None:
    _import_samples(run)
    for noun in ("teacher", "member"):
        for output in (run(noun, "list").output, run(noun, "list", "--json").output):
            assert output.count(f"{noun[0].upper()}-") == (4 if noun == "teacher" else 8)
            assert not any(secret in output for secret in ("中村", "なかむら", "@", "みどり台", "緑川"))


def test_reveal_adds_names_and_addresses_and_is_written_down(run: Run, office: Office) -> None:
    _import_samples(run)
    row = _json(run("teacher", "list", "--reveal", "asked by telephone", "--json"))["teachers"][1]
    assert (row["name"], row["addresses"]) == ("中村 翔太", ["nakamura.shota.sensei@mailbox.example.net"])
    handle = _handle(run, 0)
    shown = _json(run("member", "show", handle, "--reveal", "bounced mail", "--json"))
    assert (shown["name"], shown["affiliations"]) == ("田中 花子", ["東浜市立東小学校:1985-2016"])
    assert _audit(office)[-2:] == [
        ("operator:tester", "teacher list", "all", "revealed: asked by telephone"),
        ("operator:tester", "member show", handle, "revealed: bounced mail"),
    ]
    assert isinstance(run("member", "list", "--reveal", "").exception, Refused)


def test_the_shapes_that_scripts_rely_on(run: Run) -> None:
    _import_samples(run)
    first = _json(run("school", "list", "--json"))["schools"][0]
    assert first == {
        "handle": first["handle"],
        "name": "岡里市立みどり台小学校",
        "aliases": ["みどり台小", "緑台小"],
        "municipality": "岡里市",
        "domains": ["midoridai-es.example.jp"],
        "contracts": [{"from": "2025-02-01", "to": "2026-03-31"}],
    }
    assert _json(run("school", "show", first["handle"], "--json")) == first
    taught = _json(run("teacher", "list", "--json"))["teachers"][0]
    assert taught == {
        "handle": taught["handle"],
        "school": first["handle"],
        "plan": "school",
        "role": "教員",
        "years": 12,
        "age_band": "30代",
        "gender": "女性",
        "school_type": "小学校",
        "confirmation": None,
        "confirmed_at": None,
    }
    asked = _json(run("member", "list", "--json"))["members"][0]
    assert asked == {
        "handle": asked["handle"],
        "status": "applied",
        "paused_until": None,
        "kind": "元教員",
        "years": 31,
        "topics": ["保護者対応", "学級経営"],
        "relations": [],
        "monthly_limit": 4,
        "age_band": "60代",
        "gender": "女性",
        "confirmation": None,
        "confirmed_at": None,
    }


def test_who_did_not_confirm_is_listed_until_an_operator_confirms_for_them(run: Run, office: Office) -> None:
    _import_samples(run)
    handle = _handle(run, 0)
    with office.write() as ctx:
        person = member_by_handle(ctx.tx, handle).person
        confirmations.set_state(ctx.tx, person.id, ConfirmationState.UNANSWERED, ctx.now)
    (row,) = _json(run("member", "list", "--unconfirmed", "--json"))["members"]
    assert (row["handle"], row["confirmation"], row["confirmed_at"]) == (handle, "unanswered", None)
    assert run("teacher", "list", "--unconfirmed").output == "nobody\n"
    assert isinstance(run("member", "confirm", handle, "M-0000").exception, NotFound)
    assert run("member", "confirm", handle).output == f"{handle} is confirmed\n"
    assert _json(run("member", "list", "--unconfirmed", "--json")) == {"members": []}
    assert _audit(office)[-1] == ("operator:tester", "confirm", handle, "")


def test_a_dry_run_shows_and_writes_nothing(run: Run) -> None:
    result = run("school", "import", str(SAMPLES / "schools.csv"), "--dry-run", "--yes")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "3 new, 0 changed, 0 unchanged, 0 problems")
    assert _json(run("school", "list", "--json")) == {"schools": []}


def test_an_import_asks_and_without_a_terminal_needs_yes(run: Run) -> None:
    result = run("school", "import", str(SAMPLES / "schools.csv"))
    assert isinstance(result.exception, Refused)
    assert "add --yes" in result.exception.reason
    assert _json(run("school", "list", "--json")) == {"schools": []}


def test_an_import_reads_standard_input_and_answers_in_json(run: Run) -> None:
    octets = (SAMPLES / "schools.csv").read_bytes()
    document = _json(run("school", "import", "-", "--yes", "--json", stdin=octets))
    assert document == {
        "changes": [{"row": row, "change": "new", "handle": None, "columns": [], "values": {}} for row in (2, 3, 4)],
        "problems": [],
        "notes": [],
        "written": True,
    }
    again = _json(run("school", "import", "-", "--json", stdin=octets))
    assert ([one["change"] for one in again["changes"]], again["written"]) == (["unchanged"] * 3, False)


def test_bad_rows_fail_the_import_unless_they_are_skipped(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "schools.csv"
    file.write_bytes((SAMPLES / "schools.csv").read_bytes().replace(b"2024-04-01", "春".encode()))
    problem = "row 4, contract_from: '春' is not a day such as 2026-04-01"
    result = run("school", "import", str(file), "--yes")
    assert isinstance(result.exception, BadInput)
    assert result.exception.problems == (problem,)
    assert _json(run("school", "list", "--json")) == {"schools": []}
    skipped = run("school", "import", str(file), "--yes", "--skip-bad")
    assert (skipped.exit_code, skipped.stderr) == (0, f"left out: {problem}\n")
    assert len(_json(run("school", "list", "--json"))["schools"]) == 2


def test_a_dry_run_shows_each_row_with_what_changes(run: Run, tmp_path: Path) -> None:
    _import_samples(run)
    first, second = _handle(run, 0), _handle(run, 1)
    file = tmp_path / "members.csv"
    octets = (
        (SAMPLES / "members.csv").read_text(encoding="utf-8").replace("田中 花子", "田中 華子").replace(",31,", ",32,")
    )
    file.write_text(octets.replace("弁護士,,弁護士登録", "弁護士,many,弁護士登録"), encoding="utf-8")
    lines = run("member", "import", str(file), "--dry-run").stdout.splitlines()
    assert [line.split() for line in lines[1:3]] == [
        ["2", "changed", first, "name,", "years:", "31", "->", "32"],
        ["3", "bad", "1", "problems"],
    ]
    assert lines[-1] == "0 new, 1 changed, 6 unchanged, 1 problems"
    revealed = run("member", "import", str(file), "--dry-run", "--reveal", "yearly check").stdout
    assert "name: 田中 花子 -> 田中 華子" in revealed
    document = json.loads(run("member", "import", str(file), "--dry-run", "--json").stdout)
    assert document["changes"][0] == {
        "row": 2,
        "change": "changed",
        "handle": first,
        "columns": ["name", "years"],
        "values": {"years": ["31", "32"]},
    }
    assert second not in str(document["changes"][0])


def test_who_may_be_somebody_registered_is_asked_about(run: Run) -> None:
    _import_samples(run)
    head = "name,addresses,school\n"
    new = f"{head}佐々木　恵,megumi@home.example.jp,みどり台小\n".encode()
    result = run("teacher", "import", "-", "--yes", stdin=new)
    assert isinstance(result.exception, BadInput)
    handle = _handle(run, 0, "teacher")
    assert result.exception.problems == (
        f"row 2, addresses: may be the same as {handle} (same name and place, another address): if so, write the old "
        "address behind the new one, else import with --as-new",
    )
    both = f"{head}佐々木 恵,megumi@home.example.jp;sasaki.megumi@midoridai-es.example.jp,みどり台小\n".encode()
    document = _json(run("teacher", "import", "-", "--yes", "--json", stdin=both))
    assert [(one["handle"], one["columns"]) for one in document["changes"]] == [(handle, ["addresses"])]
    again = f"{head}佐々木 恵,third@home.example.jp,みどり台小\n".encode()
    assert _json(run("teacher", "import", "-", "--yes", "--json", "--as-new", stdin=again))["written"] is True
    assert len(_json(run("teacher", "list", "--json"))["teachers"]) == 5


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_to_a_file_is_for_its_owner_alone_and_comes_back_unchanged(
    run: Run, tmp_path: Path, form: str
) -> None:
    _import_samples(run)
    for noun in GROUPS:
        file = tmp_path / f"{noun}.{form}"
        reveal = () if noun == "school" else ("--reveal", "yearly check")
        arguments = ("export", *reveal, "--format", form, "--output", str(file))
        assert run(noun, *arguments).exit_code == 0
        assert file.stat().st_mode & 0o777 == 0o600
        document = _json(run(noun, "import", str(file), "--json"))
        assert {one["change"] for one in document["changes"]} == {"unchanged"}
        assert document["notes"] == []
        again = run(noun, *arguments)
        assert isinstance(again.exception, Refused)
        assert again.exception.reason == f"{file} is there already: name a new file"


def test_contracts_are_listed_for_renewal(run: Run) -> None:
    _import_samples(run)
    document = _json(run("school", "contracts", "--ending-within", "60", "--json"))
    first = _json(run("school", "list", "--json"))["schools"][0]["handle"]
    assert document["contracts"][0] == {
        "school": first,
        "name": "岡里市立みどり台小学校",
        "from": "2025-02-01",
        "to": "2026-03-31",
        "state": "running",
        "days_left": 49,
        "grace_until": "2026-03-31",
        "renewed": False,
        "cases": 0,
    }
    assert len(document["contracts"]) == 2
    assert [one["state"] for one in _json(run("school", "contracts", "--json"))["contracts"]] == [
        "ended",
        "running",
        "running",
    ]
    assert run("school", "contracts", "--ending-within", "1").stdout == "no such contract\n"


def test_a_merge_asks_and_cannot_be_undone(run: Run) -> None:
    _import_samples(run)
    kept, gone = _handle(run, 0, "school"), _handle(run, 2, "school")
    asked = run("school", "merge", kept, "三小")
    assert isinstance(asked.exception, Refused)
    assert "This cannot be undone." in asked.exception.reason
    assert run("school", "merge", kept, "三小", "--yes").stdout == f"{gone} is {kept} now\n"
    assert len(_json(run("school", "list", "--json"))["schools"]) == 2
    assert _json(run("teacher", "list", "--json"))["teachers"][3]["school"] == kept
    assert isinstance(run("school", "merge", kept, gone, "--yes").exception, NotFound)


def test_a_file_that_is_not_there_is_one_line(run: Run) -> None:
    result = run("member", "import", "/nowhere/members.csv")
    assert isinstance(result.exception, BadInput)
    assert result.exception.problems == ("/nowhere/members.csv cannot be read: No such file or directory",)


def test_members_are_verified_and_activated_by_handle(run: Run) -> None:
    _import_samples(run)
    first, second, novice = _handle(run, 0), _handle(run, 1), _handle(run, 6)
    assert run("member", "verify", first, second).output == f"{first} is verified\n{second} is verified\n"
    assert run("member", "activate", first, second.lower()).output == f"{first} is active\n{second} is active\n"
    refused = run("member", "activate", novice)
    assert isinstance(refused.exception, Refused)
    assert refused.exception.reason == (
        f"{novice} cannot be activated: a 教員 needs 5 years of teaching or a credential, and has neither: "
        f"'mailgate member edit {novice} --years N' or '--credential TEXT' adds it"
    )
    for verb, status in (("pause", "paused"), ("resume", "active"), ("retire", "retired")):
        assert run("member", verb, first).output == f"{first} is {status}\n"


def test_whoever_is_activated_without_being_verified_is_named(run: Run) -> None:
    _import_samples(run)
    verified, not_verified = _handle(run, 0), _handle(run, 1)
    run("member", "verify", verified)
    assert run("member", "activate", verified, not_verified).output == (
        f"{verified} is active\n{not_verified} is active\n"
        f"note: nobody has verified {not_verified}: make sure who they are before you invite them\n"
    )
    shown = [_json(run("member", "show", one, "--json"))["verified_at"] for one in (verified, not_verified)]
    assert [one is not None for one in shown] == [True, False]


def test_a_pause_may_have_an_end(run: Run) -> None:
    _import_samples(run)
    handle = _handle(run, 0)
    run("member", "activate", handle)
    past = run("member", "pause", handle, "--until", "2026-02-09")
    assert isinstance(past.exception, Refused)
    assert run("member", "pause", handle, "--until", "2026-03-31").output == f"{handle} is paused until 2026-03-31\n"
    shown = _json(run("member", "show", handle, "--json"))
    assert (shown["status"], shown["paused_until"]) == ("paused", "2026-03-31")
    run("member", "resume", handle)
    shown = _json(run("member", "show", handle, "--json"))
    assert (shown["status"], shown["paused_until"]) == ("active", None)
    assert run("member", "pause", handle, "--until", "spring").exit_code == 2


def test_a_history_tells_who_did_what_with_a_registration(run: Run) -> None:
    _import_samples(run)
    handle = _handle(run, 0)
    run("member", "activate", handle)
    run("member", "edit", handle, "--years", "32")
    document = _json(run("member", "history", handle, "--json"))
    changes = [(one["actor"], one["action"], one["detail"]) for one in document.pop("changes")]
    assert document == {
        "handle": handle,
        "status": "active",
        "asked": 0,
        "answered": 0,
        "answer_rate": None,
        "invitations": [],
    }
    assert changes == [
        ("operator:tester", "member import", ""),
        ("operator:tester", "member activate", "applied to active"),
        ("operator:tester", "member edit", ""),
    ]
    for noun in ("school", "teacher"):
        of_one = _json(run(noun, "history", _handle(run, 0, noun), "--json"))
        assert [one["action"] for one in of_one["changes"]] == [f"{noun} import"]
        assert isinstance(run(noun, "history", "S-0000").exception, NotFound)


def test_a_relation_is_noted_shown_and_taken_back(run: Run) -> None:
    _import_samples(run)
    handle, teacher, school = _handle(run, 0), _handle(run, 0, "teacher"), _handle(run, 1, "school")
    assert run("member", "relation", handle, teacher).output == f"{handle} is never asked about {teacher}\n"
    run("member", "relation", handle, "青葉中", "--add")
    assert _json(run("member", "show", handle, "--json"))["relations"] == [teacher, school]
    removed = run("member", "relation", handle, teacher, "--remove")
    assert removed.output == f"{handle} may be asked again about {teacher}\n"
    assert _json(run("member", "show", handle, "--json"))["relations"] == [school]
    assert run("member", "relation", handle, teacher, "--add", "--remove").exit_code == 2


def test_what_is_added_by_options_can_be_edited_one_by_one(run: Run) -> None:
    added = run("school", "add", "--name", "森野市立西小学校", "--municipality", "森野市", "--alias", "西小")
    assert added.exit_code == 0
    run("teacher", "add", "--name", "石田 岳", "--address", "ishida@example.jp", "--school", "西小")
    words = ("--name", "森田 梓", "--address", "m@example.org", "--kind", "元教員", "--years", "30")
    run("member", "add", *words, "--topic", "法律", "--affiliation", "市立東小:1990-2001")
    handles = {noun: _handle(run, 0, noun) for noun in GROUPS}
    assert run("school", "contract", handles["school"], "--from", "2026-04-01", "--to", "2027-03-31").exit_code == 0
    assert run("school", "edit", handles["school"], "--alias", "西", "--alias", "西校").exit_code == 0
    assert run("teacher", "edit", handles["teacher"], "--years", "7").exit_code == 0
    assert run("member", "edit", handles["member"], "--topic", "部活動").exit_code == 0
    shown = _json(run("school", "show", handles["school"], "--json"))
    assert (shown["aliases"], shown["contracts"]) == (["西", "西校"], [{"from": "2026-04-01", "to": "2027-03-31"}])
    taught = _json(run("teacher", "show", handles["teacher"], "--reveal", "test", "--json"))
    assert (taught["school"], taught["years"], taught["addresses"]) == (handles["school"], 7, ["ishida@example.jp"])
    asked = _json(run("member", "show", handles["member"], "--reveal", "test", "--json"))
    assert (asked["topics"], asked["affiliations"], asked["name"]) == (["部活動"], ["市立東小:1990-2001"], "森田 梓")


@pytest.mark.parametrize("form", ["handle", "name", "alias"])
def test_a_school_is_named_by_handle_name_or_alias_everywhere(run: Run, form: str) -> None:
    run("school", "add", "--name", "森野市立西小学校", "--municipality", "森野市", "--alias", "西小")
    run("school", "add", "--name", "山里市立西小学校", "--municipality", "山里市")
    handle = _handle(run, 0, "school")
    called = {"handle": handle.lower(), "name": "森野市立西小学校", "alias": "西小"}[form]
    assert _json(run("school", "show", called, "--json"))["handle"] == handle
    assert run("school", "edit", called, "--domain", "nishi.example.jp").output == f"{handle} changed\n"
    assert run("school", "contract", called, "--from", "2026-04-01", "--to", "2027-03-31").exit_code == 0
    person = ("--name", "石田 岳", "--address", "ishida@example.jp")
    added = run("teacher", "add", *person, "--school", called)
    assert added.output.endswith(" added, plan school\n")
    assert run("teacher", "edit", _handle(run, 0, "teacher"), "--school", called).exit_code == 0
    assert _json(run("teacher", "list", "--json"))["teachers"][0]["school"] == handle
    words = (
        "--name",
        "森田 梓",
        "--address",
        "m@example.org",
        "--kind",
        "弁護士",
        "--affiliation",
        f"{called}:1990-2001",
    )
    result = run("member", "add", *words)
    assert (result.exit_code, result.stderr) == (0, "")
    edited = run("member", "edit", _handle(run, 0), "--affiliation", f"{called}:1990-2002")
    assert (edited.exit_code, edited.stderr) == (0, "")
    shown = _json(run("member", "show", _handle(run, 0), "--reveal", "test", "--json"))
    assert shown["affiliations"] == [f"{'西小' if form == 'alias' else '森野市立西小学校'}:1990-2002"]


def test_an_affiliation_that_may_be_two_schools_is_remarked(run: Run) -> None:
    for town in ("森野", "山里"):
        run("school", "add", "--name", f"{town}市立西小学校", "--municipality", f"{town}市")
    one, other = _handle(run, 0, "school"), _handle(run, 1, "school")
    note = (
        f"'西小' may be {one} (森野市立西小学校) or {other} (山里市立西小学校): "
        "the member counts as of each; a handle says which"
    )
    words = ("--name", "森田 梓", "--address", "m@example.org", "--kind", "弁護士", "--affiliation", "西小:1990-2001")
    assert run("member", "add", *words).stderr == f"note: --affiliation: {note}\n"
    assert run("member", "edit", _handle(run, 0), "--years", "3").stderr == f"note: --affiliation: {note}\n"
    octets = "氏名,メールアドレス,区分,所属歴\n大野 周,ono@example.jp,弁護士,西小\n".encode()
    assert run("member", "import", "-", "--dry-run", stdin=octets).stderr == f"note: row 2, affiliations: {note}\n"
    assert _json(run("member", "import", "-", "--dry-run", "--json", stdin=octets))["notes"] == [
        f"row 2, affiliations: {note}"
    ]


def test_a_teacher_without_school_and_plan_is_on_trial(run: Run) -> None:
    added = run("teacher", "add", "--name", "石田 岳", "--address", "ishida@example.jp")
    assert added.output.endswith(" added, plan trial\n")


def test_a_retired_member_is_verified_before_activation(run: Run) -> None:
    _import_samples(run)
    handle = _handle(run, 0)
    run("member", "retire", handle)
    refused = run("member", "activate", handle)
    assert isinstance(refused.exception, Refused)
    commands = [f"mailgate member {verb} {handle}" for verb in ("verify", "activate")]
    assert refused.exception.reason == f"{handle} is retired: first '{commands[0]}', then '{commands[1]}'"
    for command in commands:
        assert run(*command.split()[1:]).exit_code == 0


@pytest.mark.parametrize("noun", GROUPS)
def test_the_help_of_an_import_names_every_column(noun: str) -> None:
    result = CliRunner().invoke(GROUPS[noun], ["import", "--help"])
    columns = COLUMNS[Register(noun)]
    assert [line.strip() for line in result.output.splitlines() if line.startswith("    ")] == [
        f"{column}: {column.example}" for column in columns
    ]


@pytest.mark.parametrize(
    ("typed", "problems"),
    [
        (
            ("member", "add", "--name", "森田 梓", "--kind", "医師"),
            (
                "--address: must not be empty",
                "--kind: '医師' is not one of 教員, 元教員, 弁護士, 臨床心理士, 教育関係",
            ),
        ),
        (
            (
                "member",
                "add",
                "--name",
                "森田",
                "--address",
                "a@b.example",
                "--kind",
                "教員",
                "--affiliation",
                "S-0000",
            ),
            ("--affiliation: there is no school S-0000: 'mailgate school list' shows them",),
        ),
        (
            ("member", "edit", "HANDLE", "--monthly-limit", "100", "--age-band", "young"),
            ("--age-band: 'young' is not an age band such as 30代", "--monthly-limit: 100 is not between 1 and 99"),
        ),
        (("teacher", "add", "--address", "a"), ("--address: 'a' is not a mail address", "--name: must not be empty")),
        (("school", "add", "--domain", "@"), ("--name: must not be empty", "--domain: '@' is not a mail domain")),
        (
            ("school", "add", "--name", "東小学校", "--contract-from", "2026-04-01"),
            ("--contract-to: must not be empty: a contract has a first and a last day",),
        ),
        (
            ("school", "edit", "みどり台小", "--alias", "S-7F3K"),
            ("--alias: 'S-7F3K' is no name: it has the form of a handle",),
        ),
    ],
)
def test_mistakes_are_named_with_the_option(run: Run, typed: tuple[str, ...], problems: tuple[str, ...]) -> None:
    _import_samples(run)
    handle = _json(run("member", "list", "--json"))["members"][0]["handle"]
    result = run(*(handle if one == "HANDLE" else one for one in typed))
    assert isinstance(result.exception, BadInput)
    assert sorted(result.exception.problems) == sorted(problems)


def test_a_contract_needs_a_known_school_and_days(run: Run) -> None:
    assert isinstance(
        run("school", "contract", "S-0000", "--from", "2026-04-01", "--to", "2027-03-31").exception, NotFound
    )
    assert run("school", "contract", "S-0000", "--from", "spring", "--to", "2027-03-31").exit_code == 2


@pytest.mark.parametrize(
    "day", ["2027-03-31", "2027/3/31", "2027年3月31日", "令和9年3月31日", "R9.3.31", "２０２７年３月３１日"]
)
def test_a_day_is_typed_as_an_import_takes_it(run: Run, day: str) -> None:
    _import_samples(run)
    school = _json(run("school", "list", "--json"))["schools"][0]["handle"]
    said = run("school", "contract", school, "--from", "2026-04-01", "--to", day).output
    assert said == f"{school} has a contract from 2026-04-01 to 2027-03-31\n"


def test_what_is_no_day_is_told_in_one_line(run: Run) -> None:
    said = run("school", "contract", "S-0000", "--from", "2027-02-31", "--to", "2027-03-31").output
    assert said.splitlines()[-1] == (
        "Error: Invalid value for '--from': '2027-02-31' is not a day such as 2026-04-01: no calendar has it"
    )


def test_an_export_comes_back_unchanged(run: Run, office: Office) -> None:
    _import_samples(run)
    for noun in GROUPS:
        reveal = () if noun == "school" else ("--reveal", "yearly check")
        exported = run(noun, "export", *reveal)
        document = _json(run(noun, "import", "-", "--json", stdin=exported.stdout_bytes))
        assert {one["change"] for one in document["changes"]} == {"unchanged"}
    assert run("member", "export").exit_code == 2
    assert _audit(office)[-1] == ("operator:tester", "member export", "all", "revealed: yearly check")


@pytest.mark.parametrize("noun", GROUPS)
def test_every_command_explains_itself_with_an_example(noun: str) -> None:
    for name, command in GROUPS[noun].commands.items():
        assert command.help
        assert f"\n\nExample: mailgate {noun} {name}" in inspect.cleandoc(command.help)
