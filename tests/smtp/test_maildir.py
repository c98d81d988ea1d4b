"""The Maildir that stands in for a relay."""

from __future__ import annotations

import mailbox
import os
import re
import socket
import stat
import threading
import time
from pathlib import Path

import pytest

from mailgate.flow.delivery_relay import Unreached
from mailgate.mail.address import Address
from mailgate.mail.outcome import Failed, Sent
from mailgate.smtp.maildir import MaildirRelay

BOUNCE = Address("bounce+abcdefghijklmnopqrstuvwx", "mado.example")
YUKI = Address("yuki", "school.example.jp")
LETTER = b"Subject: x\r\n\r\ntext\r\n"


@pytest.mark.parametrize(
    ("reverse_path", "written"),
    [
        (BOUNCE, b"Return-Path: <bounce+abcdefghijklmnopqrstuvwx@mado.example>\r\n"),
        (None, b"Return-Path: <>\r\n"),
        (Address("a..b", "docomo.example.ne.jp"), b'Return-Path: <"a..b"@docomo.example.ne.jp>\r\n'),
    ],
)
def test_letter_appears_in_new_with_its_return_path(
    tmp_path: Path, reverse_path: Address | None, written: bytes
) -> None:
    outcome = MaildirRelay(tmp_path / "var" / "sent").deliver(reverse_path, YUKI, LETTER)
    (file,) = (tmp_path / "var" / "sent" / "new").iterdir()
    assert outcome == Sent("written to the Maildir")
    assert file.read_bytes() == written + LETTER
    assert list((tmp_path / "var" / "sent" / "tmp").iterdir()) == []


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    folder = tmp_path / "sent"
    MaildirRelay(folder).deliver(BOUNCE, YUKI, LETTER)
    folders = {stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / "new", folder / "tmp", folder / "cur")}
    files = {stat.S_IMODE(path.stat().st_mode) for path in (folder / "new").iterdir()}
    assert (folders, files) == ({0o700}, {0o600})


def test_what_a_crash_left_is_taken_away_once_nobody_can_be_writing_it(tmp_path: Path) -> None:
    folder = tmp_path / "sent" / "tmp"
    folder.mkdir(parents=True)
    for name, hours in (("old", 37), ("young", 35)):
        (folder / name).write_bytes(LETTER)
        then = time.time() - hours * 3600
        os.utime(folder / name, (then, then))
    MaildirRelay(tmp_path / "sent").deliver(BOUNCE, YUKI, LETTER)
    assert [file.name for file in folder.iterdir()] == ["young"]


def test_others_can_read_the_maildir(tmp_path: Path) -> None:
    MaildirRelay(tmp_path / "sent").deliver(BOUNCE, YUKI, LETTER)
    (message,) = mailbox.Maildir(tmp_path / "sent", create=False)
    assert (message["Subject"], message.get_payload()) == ("x", "text\n")


def test_name_of_the_file_does_not_tell_the_machine(tmp_path: Path) -> None:
    MaildirRelay(tmp_path / "sent").deliver(BOUNCE, YUKI, LETTER)
    (file,) = (tmp_path / "sent" / "new").iterdir()
    assert re.fullmatch(r"\d{10}\.[0-9a-f]{16}\.1", file.name)
    assert socket.gethostname() not in file.name


def test_many_threads_lose_nothing(tmp_path: Path) -> None:
    relay = MaildirRelay(tmp_path / "sent")

    def work() -> None:
        for _ in range(10):
            relay.deliver(BOUNCE, YUKI, LETTER)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list((tmp_path / "sent" / "new").iterdir())) == 80


def test_trouble_with_the_disk_is_not_about_the_letter(tmp_path: Path) -> None:
    (tmp_path / "sent").write_text("a file, no folder")
    outcome = MaildirRelay(tmp_path / "sent").deliver(BOUNCE, YUKI, LETTER)
    assert outcome == Unreached("the Maildir cannot be written: File exists")


def test_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    outcome = MaildirRelay(tmp_path / "sent").deliver(BOUNCE, YUKI, LETTER)
    assert outcome == Unreached("the Maildir cannot be written: No space left on device")
    assert [path for path in (tmp_path / "sent").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("bad", [Address("yu\r\nki", "school.example.jp"), Address("", "school.example.jp")])
def test_address_that_cannot_be_written_fails(tmp_path: Path, bad: Address) -> None:
    assert MaildirRelay(tmp_path / "sent").deliver(bad, YUKI, LETTER) == Failed(
        "an address cannot be written on the wire"
    )
    assert not (tmp_path / "sent").exists()
