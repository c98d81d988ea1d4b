"""`mailgate outbox …`: what is being sent, by handle."""

from __future__ import annotations

import re
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest

from mailgate.flow.deliver import deliver_next
from mailgate.mail.outcome import Failed, Outcome

SASAKI = "sasaki.megumi@midoridai-es.example.jp"


class _Refusing:
    """A relay that knows nobody."""

    def deliver(self, reverse_path: Any, forward_path: Any, raw: bytes) -> Outcome:
        return Failed("550 5.1.1 no such mailbox")


def _mails(here: Any, *options: Any) -> list[dict[str, Any]]:
    return list(here.run("outbox", "list", *options, "--json").json["mails"])


def test_an_entry_has_the_promised_keys(new: Any) -> None:
    (one,) = _mails(new)
    assert one.keys() >= {"id", "kind", "to", "state", "tries", "next_try_at", "message_id"}
    assert (one["to"], one["state"], one["tries"]) == (new.handle(SASAKI), "queued", 0)
    assert re.fullmatch(r"<[^<>@\s]+@desk\.example\.jp>", one["message_id"])
    assert datetime.fromisoformat(one["next_try_at"]).tzinfo is not None
    assert new.case()["outbox"] == [one]


def test_who_is_not_registered_has_no_handle_and_no_address_here(registered: Any) -> None:
    registered.take(registered.compose("相談です。\n", "stranger@unknown.example.org"))
    (one,) = _mails(registered)
    assert "@" not in (one["to"] or "")
    for form in ((), ("--json",)):
        assert "unknown.example.org" not in registered.run("outbox", "list", *form).stdout
        assert "unknown.example.org" not in registered.run("outbox", "show", one["id"], *form).stdout
    assert [row.split()[2] for row in registered.run("--lang", "ja", "outbox", "list").stdout.splitlines()] == [
        "宛先",
        "名簿外",
    ]
    shown = registered.run("--lang", "ja", "outbox", "show", one["id"]).stdout.splitlines()
    assert shown[0] == "登録のお願い、宛先 名簿外、送信待ち"
    assert registered.run("--lang", "ja", "outbox", "list", "--json").json["mails"][0]["to"] == "stranger"


def test_a_failed_mail_is_sent_again_on_request_with_the_same_id(new: Any) -> None:
    with new.office() as office:
        deliver_next(office, _Refusing(), bytes)
    (failed,) = _mails(new, "--state", "failed")
    new.send_out()
    assert not (new.folder / "sent").exists()
    assert new.run("outbox", "retry", failed["id"]).status == 0
    new.send_out()
    (sent,) = _mails(new)
    assert (sent["state"], sent["message_id"]) == ("sent", failed["message_id"])
    (file,) = (new.folder / "sent" / "new").iterdir()
    assert message_from_bytes(file.read_bytes())["Message-ID"] == failed["message_id"]


def test_a_sent_mail_does_not_tell_the_name_of_its_file(new: Any) -> None:
    new.send_out()
    (sent,) = _mails(new)
    assert (sent["state"], sent["reason"]) == ("sent", "written to the Maildir")
    (file,) = (new.folder / "sent" / "new").iterdir()
    assert file.name not in new.run("outbox", "list").stdout + new.run("case", "show", 1).stdout


def test_what_cannot_be_cancelled_is_said_before_anybody_is_asked(new: Any) -> None:
    assert new.run("outbox", "cancel", "zzz").line == "there is no outgoing mail zzz: 'mailgate outbox list' shows them"
    (one,) = _mails(new)
    new.send_out()
    ran = new.run("outbox", "cancel", one["id"], typed="y\n")
    assert ran.line == f"mail {one['id']} is sent: only a waiting, stopped or failed mail can be cancelled"


def test_a_cancelled_mail_is_not_sent(new: Any) -> None:
    (one,) = _mails(new)
    before = new.fingerprint()
    assert "--yes" in new.run("outbox", "cancel", one["id"]).line
    assert new.fingerprint() == before
    assert new.run("outbox", "cancel", one["id"], "--yes").status == 0
    new.send_out()
    assert not (new.folder / "sent").exists()
    assert _mails(new)[0]["state"] == "cancelled"


@pytest.mark.parametrize("command", [("retry",), ("cancel", "--yes")])
def test_what_was_sent_is_not_sent_twice_or_taken_back(new: Any, command: tuple[str, ...]) -> None:
    new.send_out()
    (one,) = _mails(new)
    assert one["state"] == "sent"
    before = new.fingerprint()
    assert "sent" in new.run("outbox", command[0], one["id"], *command[1:]).line
    assert new.fingerprint() == before


def test_show_is_the_mail_as_it_is_read(new: Any) -> None:
    (one,) = _mails(new)
    shown = new.run("outbox", "show", one["id"], "--json").json
    assert one.items() <= shown.items()
    assert "1" in shown["subject"] + shown["body"]
    assert shown["body"].strip() in new.run("outbox", "show", one["id"]).stdout
    new.send_out()
    (file,) = (new.folder / "sent" / "new").iterdir()
    mail = message_from_bytes(file.read_bytes())
    octets = mail.get_payload(decode=True)
    assert isinstance(octets, bytes)
    assert octets.decode().replace("\r\n", "\n").strip() == shown["body"].strip()


def _sent(here: Any) -> list[Message]:
    here.send_out()
    return [message_from_bytes(path.read_bytes()) for path in (here.folder / "sent" / "new").iterdir()]


def test_every_mail_keeps_to_the_promised_addresses_and_fields(
    answered: Any, secrets_of_register: tuple[str, ...]
) -> None:
    mails = _sent(answered)
    assert len(mails) == len([one for one in _mails(answered) if one["state"] == "sent"]) > 0
    own = "desk.example.jp"
    for mail in mails:
        reply, bounce = str(mail["From"]), str(mail["Return-Path"])
        (address,) = re.findall(r"<([^<>]+)>$", reply)
        assert str(mail["Reply-To"]).strip("<>").endswith(address)
        assert re.fullmatch(rf"reply\+[a-z0-9]{{20,40}}@{own}", address)
        assert re.fullmatch(rf"<bounce\+[a-z0-9]{{20,40}}@{own}>", bounce)
        assert max(len(one.strip("<>").split("@")[0]) for one in (address, bounce)) < 64
        assert mail["Auto-Submitted"] in ("auto-generated", "auto-replied")
        assert str(mail["Message-ID"]).endswith(f"@{own}>")
        assert (mail.get_content_type(), mail.get_content_charset()) == ("text/plain", "utf-8")
        assert not mail.is_multipart()
        octets = mail.get_payload(decode=True)
        assert isinstance(octets, bytes)
        fields = "\n".join(f"{name}: {value}" for name, value in mail.items() if name not in ("To", "Return-Path"))
        assert [one for one in secrets_of_register if one in octets.decode() + fields] == []
    assert len({mail["Message-ID"] for mail in mails}) == len({mail["Return-Path"] for mail in mails}) == len(mails)


def test_a_reply_address_is_taken_in_any_case_of_letters(opened: Any) -> None:
    """Programs and servers on the way change the case of a local part."""
    address = opened.reply_address("ogawa@counsel.example.org")
    assert address == address.lower()
    opened.take(opened.compose("こう考えます。\n", "Ogawa@Counsel.example.org", address.upper()), address.upper())
    assert [one["state"] for one in opened.case()["comments"]] == ["pending"]


@pytest.fixture
def stopped(registered: Any) -> Any:
    """Case 1, whose operator let the name of the teacher stand in the text; its invitation is stopped."""
    registered.take(registered.compose("佐々木恵です。学級通信について伺います。\n"))
    known = [
        one["id"] for one in registered.run("case", "check", 1, "--json").json["findings"] if "佐々木" in one["text"]
    ]
    keep = [word for one in known for word in ("--keep", one)]
    assert registered.run("case", "check", 1, "--redact-all", *keep).status == 0
    assert registered.run("case", "invite", 1, registered.handle("hanako.tanaka@members.example.org")).status == 0
    registered.send_out()
    return registered


def test_a_stopped_mail_is_a_task_and_says_of_whom_by_handle(stopped: Any) -> None:
    (mail,) = _mails(stopped, "--state", "stopped")
    assert mail["reason"].split(": ")[0] == "names somebody"
    assert stopped.handle(SASAKI) in mail["reason"]
    assert stopped.case()["stopped"] == [{"id": mail["id"], "kind": "invitation", "reason": mail["reason"]}]
    assert f"mailgate outbox show {mail['id']}" in stopped.run("case", "show", 1).stdout
    assert f"mailgate outbox override {mail['id']}" in stopped.run("outbox", "show", mail["id"]).stdout


def test_two_operators_let_a_stopped_mail_go(stopped: Any) -> None:
    (mail,) = _mails(stopped, "--state", "stopped")
    assert "A second operator must confirm" in stopped.run("outbox", "override", mail["id"], "--reason", "同姓").stdout
    again = stopped.run("outbox", "override", mail["id"], "--reason", "同姓")
    assert (
        again.line == f"a second operator must confirm: mailgate --as NAME outbox override {mail['id']} --reason REASON"
    )
    assert stopped.run("--as", "mori", "outbox", "override", mail["id"], "--reason", "確認").status == 0
    shown = stopped.run("outbox", "show", mail["id"], "--json").json["overrides"]
    assert [(one["operator"], one["reason"]) for one in shown] == [
        ("operator:tester", "同姓"),
        ("operator:mori", "確認"),
    ]
    stopped.send_out()
    assert [one["kind"] for one in _mails(stopped, "--state", "stopped")] == []


def test_an_override_needs_a_reason(stopped: Any) -> None:
    (mail,) = _mails(stopped, "--state", "stopped")
    assert stopped.run("outbox", "override", mail["id"]).status == 2


def test_a_stopped_mail_can_be_cancelled_and_the_member_asked_again(stopped: Any) -> None:
    (mail,) = _mails(stopped, "--state", "stopped")
    assert stopped.run("outbox", "cancel", mail["id"], "--yes").status == 0
    assert stopped.case()["state"] == "new"
    assert stopped.run("case", "check", 1, "--text-file", "-", stdin="学級通信について伺います。".encode()).status == 0
    assert stopped.run("case", "invite", 1, stopped.handle("hanako.tanaka@members.example.org")).status == 0
    stopped.send_out()
    assert _mails(stopped, "--state", "stopped") == []
