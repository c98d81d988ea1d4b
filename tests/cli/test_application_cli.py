from __future__ import annotations

from typing import Any

import pytest

JOIN = "join@desk.example.jp"
AOI = "aoi@home.example.org"
FORM = "氏名：青井 凛\n学校名：みどり台小\n職種：教諭\n教職歴：8年\n"
NAMES = ("青井", "aoi@home")


@pytest.fixture
def applied(registered: Any) -> Any:
    assert registered.run("school", "contract", "みどり台小", "--from", "2026-04-01", "--to", "2099-03-31").status == 0
    registered.take(registered.compose(FORM, AOI, JOIN), JOIN)
    return registered


def test_the_list_and_the_page_name_nobody(applied: Any) -> None:
    (one,) = applied.run("application", "list", "--json").json["applications"]
    assert (one["id"], one["wish"], one["state"], one["missing"]) == (1, "teacher", "waiting", [])
    assert one["school"].startswith("S-")
    for words in (("list",), ("list", "--json"), ("show", "1"), ("show", "1", "--json")):
        assert [name for name in NAMES if name in applied.run("application", *words).stdout] == []


def test_with_a_reason_the_form_is_shown_and_the_look_recorded(applied: Any) -> None:
    shown = applied.run("application", "show", "1", "--reveal", "to approve it", "--json").json
    assert (shown["addresses"], shown["cells"]["name"]) == ([AOI], "青井 凛")
    page = applied.run("application", "show", "1", "--reveal", "to approve it").stdout
    assert "  氏名: 青井 凛\n" in page
    assert page.endswith("Next: mailgate application approve 1, or mailgate application reject 1\n")
    assert applied.run("application", "show", "1").stdout.endswith(
        "Next: mailgate application show 1 --reveal REASON; then mailgate application approve 1, "
        "or mailgate application reject 1\n"
    )


def test_approving_says_who_it_became(applied: Any) -> None:
    said = applied.run("application", "approve", "1").stdout
    handle = applied.run("application", "list", "--all", "--json").json["applications"][0]["became"]
    assert said == f"{handle} is registered.\n"
    assert applied.run("application", "list", "--json").json == {"applications": []}
    assert applied.run("application", "show", "1").stdout.endswith(f"Next: nothing: it became {handle}\n")


def test_approving_says_which_cases_go_on(applied: Any) -> None:
    applied.take(applied.compose("相談があります。", AOI))
    held = applied.run("case", "list", "--state", "held", "--json").json["cases"][0]["number"]
    said = applied.run("application", "approve", "1").stdout
    assert said.splitlines()[1:] == [f"Case {held}: held until now, in the queue now."]


def test_approving_somebody_known_says_what_changes(applied: Any) -> None:
    handle = applied.run("application", "approve", "1").stdout.split()[0]
    applied.take(applied.compose(FORM.replace("教諭", "養護教諭"), AOI, JOIN), JOIN)
    shown = applied.run("application", "show", "2", "--json").json
    assert (shown["registered_as"], shown["missing"]) == (handle, [])
    said = applied.run("application", "approve", "2", "--years", "二十年").stdout
    assert said == f"{handle} was registered already: what the form says is changed.\n"
    assert applied.run("teacher", "show", handle, "--json").json["years"] == 20


@pytest.mark.parametrize(
    ("words", "status", "line"),
    [
        (("approve", "7"), 1, "there is no application 7: 'mailgate application list --all' shows them"),
        (("approve", "1", "--school", "どこにもない小学校"), 1, None),
        (("approve", "1", "--school", "みどり台小", "--trial"), 2, None),
        (("reject", "0"), 2, None),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    applied: Any, words: tuple[str, ...], status: int, line: str | None
) -> None:
    before = applied.fingerprint()
    refused = applied.run("application", *words)
    assert refused.status == status
    if line is not None:
        assert refused.line == line
    assert applied.fingerprint() == before


def test_a_rejected_one_is_gone_from_the_list(applied: Any) -> None:
    assert applied.run("application", "reject", "1").stdout == "Application 1 is rejected.\n"
    assert applied.run("application", "list").stdout == "No applications.\n"
    assert applied.run("application", "reject", "1").line == "application 1 is rejected"


def test_a_school_without_a_contract_is_told_before_and_after_the_approval(registered: Any) -> None:
    school = registered.run(
        "school", "add", "--name", "森野市立東小学校", "--domain", "higashi.example.jp"
    ).stdout.split()[0]
    registered.take(registered.compose("相談があります。", AOI))
    registered.take(registered.compose(FORM.replace("みどり台小", "東小学校"), AOI, JOIN), JOIN)
    case = registered.run("case", "list", "--state", "held", "--json").json["cases"][0]["number"]
    warning = (
        f"No contract covers {school} today: consultations of its teachers stay held. "
        f"To add one: mailgate school contract {school} --from DAY --to DAY"
    )
    assert registered.run("application", "show", "1", "--json").json["without_contract"] == school
    assert warning in registered.run("application", "show", "1").stdout.splitlines()
    step = (
        f"Next: mailgate school contract, and the case goes on by itself; or mailgate case release {case}; "
        f"or mailgate case reject {case}"
    )
    said = registered.run("application", "approve", "1").stdout.splitlines()
    assert said[1:] == [warning, f"Case {case}: still held: no valid contract.", step]
    assert registered.run("case", "show", str(case)).stdout.splitlines()[-1] == step
    assert registered.run("application", "show", "1", "--json").json["without_contract"] is None
