"""The way in, over real sockets: what a client hears for each thing it says, and what the Intake was given."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from dialogue import DESK, JOIN, OTHER, SETTINGS, TEXT, YUKI, Client, Desk, listening, reset, wait_for

from mailgate.errors import BadKeys, Refused, StoreUnavailable
from mailgate.flow.pressure import Trouble
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.smtp.certificate import Certificate
from mailgate.smtp.limits import Limits
from mailgate.smtp.listener import Listener, ListenerSettings

TRUSTING = Limits(trusted=(ip_network("127.0.0.0/8"),))
NO_ADDRESS = b"550 5.1.1 No such address here"
LATER = b"451 4.3.0 Temporary local problem, please try again later"
TOO_BIG = b"552 5.3.4 Message is too big"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def listener(desk: Desk) -> Iterator[Listener]:
    with listening(desk) as listener:
        yield listener


@pytest.fixture
def client(listener: Listener) -> Iterator[Client]:
    client = Client(listener.port)
    yield client
    client.close()


@pytest.fixture(autouse=True)
def _close_clients() -> Iterator[None]:
    yield
    while Client.open:
        Client.open.pop().close()


def raises(error: Exception) -> Callable[[], object]:
    def throw() -> object:
        raise error

    return throw


# One mail


def test_mail_is_handed_over_with_its_envelope_and_bytes(desk: Desk, listener: Listener) -> None:
    with smtplib.SMTP("127.0.0.1", listener.port, "client.example", timeout=10) as smtp:
        refused = smtp.sendmail(str(YUKI), [str(DESK), str(OTHER)], TEXT)
    assert refused == {}
    assert desk.taken == [(Envelope(YUKI, (DESK, OTHER), peer="127.0.0.1", helo="client.example"), TEXT)]


def test_banner_names_no_software(client: Client) -> None:
    assert client.reply() == b"220 mx.mado.example ESMTP"


def test_dialogue_word_by_word(client: Client, desk: Desk) -> None:
    client.reply()
    assert [
        client.say(line)
        for line in (
            b"EHLO client.example",
            b"MAIL FROM:<yuki@school.example.jp> SIZE=20 BODY=8BITMIME SMTPUTF8",
            b"RCPT TO:<soudan@mado.example>",
            b"DATA",
            TEXT + b".",
            b"NOOP",
            b"RSET",
            b"QUIT",
        )
    ] == [
        b"250-mx.mado.example\r\n250-PIPELINING\r\n250-SIZE 10000\r\n250-8BITMIME\r\n"
        b"250-ENHANCEDSTATUSCODES\r\n250 SMTPUTF8",
        b"250 2.1.0 Ok",
        b"250 2.1.5 Ok",
        b"354 End data with <CR><LF>.<CR><LF>",
        b"250 2.0.0 Ok: queued as Q1",
        b"250 2.0.0 Ok",
        b"250 2.0.0 Ok",
        b"221 2.0.0 Bye",
    ]
    assert client.reply() == b""


def test_several_mails_in_one_session(client: Client, desk: Desk) -> None:
    client.begin()
    assert client.say(b"one\r\n.") == b"250 2.0.0 Ok: queued as Q1"
    assert client.say(b"MAIL FROM:<>") == b"250 2.1.0 Ok"
    assert client.say(b"RCPT TO:<join@mado.example>") == b"250 2.1.5 Ok"
    assert client.say(b"DATA").startswith(b"354")
    assert client.say(b"two\r\n.") == b"250 2.0.0 Ok: queued as Q2"
    assert [(envelope.reverse_path, envelope.forward_paths, raw) for envelope, raw in desk.taken] == [
        (YUKI, (DESK,), b"one\r\n"),
        (None, (JOIN,), b"two\r\n"),
    ]


def test_whole_dialogue_in_one_packet(client: Client, desk: Desk) -> None:
    client.socket.sendall(
        b"EHLO client.example\r\nMAIL FROM:<yuki@school.example.jp>\r\nRCPT TO:<soudan@mado.example>\r\nDATA\r\n"
        + TEXT
        + b".\r\nQUIT\r\n"
    )
    replies = [client.reply()[:3] for _ in range(7)]
    assert replies == [b"220", b"250", b"250", b"250", b"354", b"250", b"221"]
    assert [raw for _, raw in desk.taken] == [TEXT]


def test_who_says_all_and_closes_its_half_is_answered_to_the_end(client: Client, desk: Desk) -> None:
    client.reply()
    said = b"EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<soudan@mado.example>\r\nDATA\r\n" + TEXT + b".\r\nNOOP\r\nQUIT\r\n"
    client.socket.sendall(said)
    client.socket.shutdown(socket.SHUT_WR)
    replies = [client.reply()[:3] for _ in range(8)]
    assert replies == [b"250", b"250", b"250", b"354", b"250", b"250", b"221", b""]
    assert [raw for _, raw in desk.taken] == [TEXT]


def test_two_hundred_and_fifty_is_said_only_after_the_commit(client: Client, desk: Desk) -> None:
    committed = threading.Event()
    desk.before_accept = lambda: committed.wait(10)
    client.begin()
    client.socket.sendall(b"text\r\n.\r\n")
    client.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        client.socket.recv(1)
    committed.set()
    client.socket.settimeout(10)
    assert client.socket.recv(100) == b"250 2.0.0 Ok: queued as Q1\r\n"


def test_slow_commit_stalls_nobody_else(desk: Desk, listener: Listener) -> None:
    begun, committed = threading.Event(), threading.Event()
    desk.before_accept = lambda: (begun.set(), committed.wait(10))
    slow = Client(listener.port).begin()
    slow.socket.sendall(b"text\r\n.\r\n")
    assert begun.wait(10)
    assert Client(listener.port).reply() == b"220 mx.mado.example ESMTP"
    committed.set()
    assert slow.reply() == b"250 2.0.0 Ok: queued as Q1"


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: \x83e\x83X\x83g\r\n\r\n" + "①㈱髙".encode("cp932") + b"\r\n",
        b"x" * 9000 + b"\r\n",
        b"nul \0 and 8-bit \xff\r\n",
        b".leading\r\n..dots\r\n",
        b"",
    ],
)
def test_bytes_come_through_as_they_are(client: Client, desk: Desk, raw: bytes) -> None:
    client.begin()
    stuffed = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in raw.split(b"\r\n"))
    assert client.say(stuffed + b".") == b"250 2.0.0 Ok: queued as Q1"
    assert desk.taken[0][1] == raw


@pytest.mark.parametrize(
    "text", [b"one\n.\r\nMAIL FROM:<>\r\n.", b"one\r\n.\nMAIL FROM:<>\r\n.", b"one\n.\ntwo\r\n.", b"one\rtwo\r\n."]
)
def test_stray_line_ends_are_refused_and_the_session_goes_on(client: Client, desk: Desk, text: bytes) -> None:
    client.begin()
    assert client.say(text) == b"550 5.5.2 Bare CR, or a lone dot between line ends other than CRLF"
    for line in (b"MAIL FROM:<>", b"RCPT TO:<soudan@mado.example>", b"DATA"):
        client.say(line)
    assert client.say(b"two\nlines\r\n.") == b"250 2.0.0 Ok: queued as Q1"
    assert desk.taken[0][1] == b"two\r\nlines\r\n"


def test_unwrapped_line_longer_than_the_buffer_is_taken(desk: Desk) -> None:
    with listening(desk, replace(SETTINGS, max_size_bytes=1_000_000)) as listener:
        client = Client(listener.port).begin()
        assert client.say(b"x" * 500_000 + b"\r\n.") == b"250 2.0.0 Ok: queued as Q1"
    assert desk.taken[0][1] == b"x" * 500_000 + b"\r\n"


# MAIL


@pytest.mark.parametrize(
    ("argument", "reverse_path"),
    [
        (b"<>", None),
        (b"<yuki@school.example.jp>", YUKI),
        (b"<yuki..smile.2@docomo.example.ne.jp>", Address("yuki..smile.2", "docomo.example.ne.jp")),
        (b'<"yuki..smile.2"@docomo.example.ne.jp>', Address("yuki..smile.2", "docomo.example.ne.jp")),
        (b"<yuki.@ezweb.example.ne.jp>", Address("yuki.", "ezweb.example.ne.jp")),
        ("<ゆき@学校.example> SMTPUTF8".encode(), Address("ゆき", "学校.example")),
    ],
)
def test_reverse_path_is_taken(client: Client, desk: Desk, argument: bytes, reverse_path: Address | None) -> None:
    client.greet()
    assert client.say(b"MAIL FROM:" + argument) == b"250 2.1.0 Ok"
    client.say(b"RCPT TO:<soudan@mado.example>")
    client.say(b"DATA")
    client.say(b".")
    assert desk.taken[0][0].reverse_path == reverse_path


@pytest.mark.parametrize(
    "argument",
    [
        b"FROM:",
        b"FROM:<yuki>",
        b"FROM:<yuki@school.example.jp",
        b"FROM:garbage and more",
        b"FROM:<yu(c)ki@school.example.jp>",
        b"FROM:<yu\x1b[31mki@school.example.jp>",
        b"FROM:<yu\xffki@school.example.jp>",
        b"TO:<yuki@school.example.jp>",
        b"",
    ],
)
def test_unreadable_reverse_path_is_refused(client: Client, argument: bytes) -> None:
    client.greet()
    assert client.say(b"MAIL " + argument) == b"501 5.1.7 Bad sender address"
    assert client.say(b"MAIL FROM:<yuki@school.example.jp>") == b"250 2.1.0 Ok"


def test_announced_size_over_the_limit_is_refused_at_once(client: Client) -> None:
    client.greet()
    assert client.say(b"MAIL FROM:<yuki@school.example.jp> SIZE=10001") == TOO_BIG
    assert client.say(b"MAIL FROM:<yuki@school.example.jp> SIZE=10000") == b"250 2.1.0 Ok"


# RCPT


@pytest.mark.parametrize(
    "argument",
    [
        b"TO:<nobody@mado.example>",
        b"TO:<soudan@elsewhere.example>",
        b"TO:<reply+zzzzzzzzzzzzzzzzzzzzzzzz@mado.example>",
        b"TO:<>",
        b"TO:",
        b"TO:<soudan@mado.example",
        b"TO:<soudan>",
        b"TO:<@relay.example:soudan@mado.example>",
        b"TO:<soudan%mado.example@elsewhere.example>",
        b"TO:<soudan@mado.example>x",
        b"TO:<\xff\xfe@mado.example>",
        b"TO:<" + b"x" * 1500 + b"@mado.example>",
        b"nonsense",
        b"",
    ],
)
def test_unknown_and_unreadable_recipients_hear_the_same(client: Client, argument: bytes) -> None:
    client.greet()
    client.say(b"MAIL FROM:<>")
    assert client.say(b"RCPT " + argument) == NO_ADDRESS
    assert client.say(b"DATA") == b"503 5.5.1 Bad sequence of commands"


def test_parameter_of_rcpt_is_refused(client: Client) -> None:
    client.greet()
    client.say(b"MAIL FROM:<>")
    assert client.say(b"RCPT TO:<soudan@mado.example> NOTIFY=NEVER") == b"555 5.5.4 Parameter not known"


def test_same_recipient_twice_is_kept_once(client: Client, desk: Desk) -> None:
    client.begin(b"soudan@mado.example", b"SOUDAN@mado.example", b"join@mado.example", b"soudan@MADO.example")
    assert client.say(b".") == b"250 2.0.0 Ok: queued as Q1"
    assert desk.taken[0][0].forward_paths == (DESK, JOIN)


def test_at_most_a_hundred_recipients(client: Client) -> None:
    client.greet()
    client.say(b"MAIL FROM:<>")
    replies = [client.say(b"RCPT TO:<soudan@mado.example>") for _ in range(102)]
    assert replies == [b"250 2.1.5 Ok"] * 100 + [b"452 4.5.3 Too many recipients"] * 2


def test_refused_recipient_does_not_spoil_the_others(client: Client, desk: Desk) -> None:
    client.greet()
    client.say(b"MAIL FROM:<>")
    client.say(b"RCPT TO:<nobody@mado.example>")
    client.say(b"RCPT TO:<join@mado.example>")
    client.say(b"DATA")
    client.say(b".")
    assert desk.taken[0][0].forward_paths == (JOIN,)


# Order and other commands


@pytest.mark.parametrize(
    "lines",
    [
        [b"MAIL FROM:<>"],
        [b"RCPT TO:<soudan@mado.example>"],
        [b"DATA"],
        [b"EHLO client.example", b"RCPT TO:<soudan@mado.example>"],
        [b"EHLO client.example", b"DATA"],
        [b"EHLO client.example", b"MAIL FROM:<>", b"DATA"],
        [b"EHLO client.example", b"MAIL FROM:<>", b"MAIL FROM:<>"],
        [b"EHLO client.example", b"MAIL FROM:<>", b"RCPT TO:<soudan@mado.example>", b"DATA now"],
        [b"EHLO client.example", b"MAIL FROM:<>", b"RSET", b"RCPT TO:<soudan@mado.example>"],
        [b"HELO client.example", b"MAIL FROM:<>", b"EHLO client.example", b"RCPT TO:<soudan@mado.example>"],
    ],
)
def test_commands_out_of_order(client: Client, lines: list[bytes]) -> None:
    client.reply()
    assert [client.say(line) for line in lines][-1] == b"503 5.5.1 Bad sequence of commands"


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"AUTH PLAIN AGEAYg==", b"500 5.5.1 Command not known"),
        (b"EXPN staff", b"500 5.5.1 Command not known"),
        (b"XYZZY\0\x1b[31m", b"500 5.5.1 Command not known"),
        (b"\xff\xfe", b"500 5.5.1 Command not known"),
        (b"", b"500 5.5.1 Command not known"),
        (b"STARTTLS", b"454 4.7.0 TLS not available"),
        (b"EHLO", b"501 5.5.4 Bad argument"),
        (b"VRFY soudan@mado.example", b"252 2.5.0 Cannot verify, but will take mail"),
        (b"HELP", b"214 2.0.0 See RFC 5321"),
        (b"HELO client.example", b"250 mx.mado.example"),
        (b"NOOP " + b"x" * 5000, b"500 5.5.1 Command not known"),
        (b"NOOP " + b"x" * 300_000, b"500 5.5.1 Command not known"),
    ],
)
def test_other_commands(client: Client, line: bytes, reply: bytes) -> None:
    client.reply()
    assert client.say(line) == reply


def test_old_greeting_is_enough(client: Client, desk: Desk) -> None:
    client.reply()
    for line in (b"HELO old.example", b"MAIL FROM:<>", b"RCPT TO:<soudan@mado.example>", b"DATA"):
        client.say(line)
    assert client.say(b".") == b"250 2.0.0 Ok: queued as Q1"
    assert desk.taken[0][0].helo == "old.example"


def test_greeting_is_kept_in_visible_ascii_only(client: Client, desk: Desk) -> None:
    client.reply()
    for line in (b"EHLO a\x1b[\xff" + b"b" * 400, b"MAIL FROM:<>", b"RCPT TO:<soudan@mado.example>", b"DATA", b"."):
        client.say(line)
    assert desk.taken[0][0].helo == ("a[" + "b" * 400)[:255]


# Trouble


@pytest.mark.parametrize(
    "error",
    [
        StoreUnavailable("the database /srv/secret.db is locked"),
        Refused("a rule"),
        OSError(28, "No space left on device", "/srv/secret.db"),
        RuntimeError("secret"),
        KeyError("secret"),
    ],
)
def test_every_failure_is_later_and_tells_nothing(client: Client, desk: Desk, error: Exception) -> None:
    client.greet()
    client.say(b"MAIL FROM:<>")
    desk.before_recipient = raises(error)
    assert client.say(b"RCPT TO:<soudan@mado.example>") == LATER
    desk.before_recipient = lambda: None
    assert client.say(b"RCPT TO:<soudan@mado.example>") == b"250 2.1.5 Ok"
    desk.before_accept = raises(error)
    client.say(b"DATA")
    assert client.say(b".") == LATER
    assert client.say(b"NOOP") == b"250 2.0.0 Ok"
    assert desk.taken == []


def test_too_big_a_mail_is_refused_for_good_and_the_session_goes_on(client: Client, desk: Desk) -> None:
    client.begin()
    assert client.say(b"x" * 12_000 + b"\r\n.") == TOO_BIG
    assert client.say(b"MAIL FROM:<>") == b"250 2.1.0 Ok"
    assert desk.taken == []


def test_client_that_sends_on_and_on_is_cut_off(client: Client) -> None:
    client.begin()
    assert client.say(b"x" * 20_001) == TOO_BIG
    assert client.reply() == b""


@pytest.mark.parametrize("leave", [lambda s: s.shutdown(socket.SHUT_RDWR), lambda s: s.close()])
def test_client_gone_right_after_the_dot_is_committed(
    desk: Desk, listener: Listener, leave: Callable[[socket.socket], None]
) -> None:
    for _ in range(20):
        client = Client(listener.port).begin()
        client.file.close()
        client.socket.sendall(b"text\r\n.\r\n")
        leave(client.socket)
    wait_for(lambda: len(desk.taken) == 20)


def test_client_reset_during_the_commit_is_committed(desk: Desk, listener: Listener) -> None:
    begun, go_on = threading.Event(), threading.Event()
    desk.before_accept = lambda: (begun.set(), go_on.wait(10))
    client = Client(listener.port).begin()
    client.socket.sendall(b"text\r\n.\r\n")
    assert begun.wait(10)
    reset(client)
    time.sleep(0.2)
    go_on.set()
    wait_for(lambda: len(desk.taken) == 1)


def test_commits_waiting_for_a_worker_survive_their_clients(desk: Desk) -> None:
    """More commits at once than the pool has threads: those in the line must not be cancelled either."""
    go_on = threading.Event()
    desk.before_accept = lambda: go_on.wait(20)
    with listening(desk, replace(SETTINGS, max_connections=100, limits=TRUSTING)) as listener:
        clients = [Client(listener.port).begin() for _ in range(30)]
        for client in clients:
            client.socket.sendall(b"text\r\n.\r\n")
        time.sleep(0.5)
        for client in clients:
            reset(client)
        time.sleep(0.2)
        go_on.set()
        wait_for(lambda: len(desk.taken) == 30)


def test_client_that_closes_its_half_still_hears_the_reply(client: Client) -> None:
    client.begin()
    client.socket.sendall(b"text\r\n.\r\n")
    client.socket.shutdown(socket.SHUT_WR)
    assert client.reply() == b"250 2.0.0 Ok: queued as Q1"
    assert client.reply() == b""


@pytest.mark.parametrize("sent", [b"", b"Subject: half", b"text\r\n", b"text\r\n."])
def test_mail_cut_off_before_its_end_is_not_taken(desk: Desk, listener: Listener, sent: bytes) -> None:
    client = Client(listener.port).begin()
    client.socket.sendall(sent)
    client.close()
    with smtplib.SMTP("127.0.0.1", listener.port, timeout=10) as smtp:
        smtp.sendmail("", [str(DESK)], b"whole\r\n")
    assert [raw for _, raw in desk.taken] == [b"whole\r\n"]


def test_one_connection_too_many_is_turned_away_until_one_leaves(listener: Listener) -> None:
    clients = [Client(listener.port) for _ in range(5)]
    assert {client.reply() for client in clients} == {b"220 mx.mado.example ESMTP"}
    late = Client(listener.port)
    assert late.reply() == b"421 4.3.2 Too many connections, please try again later"
    assert late.reply() == b""
    clients.pop().close()

    def greeting() -> bytes:
        client = Client(listener.port)
        clients.append(client)
        return client.reply()

    wait_for(lambda: greeting().startswith(b"220 "))


def test_nothing_of_a_mail_is_logged(
    desk: Desk, listener: Listener, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    desk.before_accept = raises(RuntimeError("himitsu"))
    client = Client(listener.port).begin()
    client.say(b"himitsu text\r\n.")
    client.say(b"QUIT")
    output = "".join(capfd.readouterr())
    assert "not taken" in output + caplog.text
    for secret in ("himitsu", "yuki", "soudan"):
        assert secret not in caplog.text + output


# When patience ends

OVER = b"421 4.7.0 Too long or too much without a mail, please try again later"


def _impatient(**limits: float) -> ListenerSettings:
    return replace(SETTINGS, limits=replace(Limits(), **limits))  # type: ignore[arg-type]  # as Limits


def wait_until(ready: Callable[[], object]) -> None:
    give_up = time.monotonic() + 10
    while not ready():
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def quick_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailgate.smtp.listener._BEAT_SECONDS", 0.05)


def test_a_client_that_says_nothing_is_dismissed(desk: Desk, quick_beat: None) -> None:
    with listening(desk, _impatient(idle_seconds=0.3)) as listener:
        client = Client(listener.port).greet()
        assert (client.reply(), client.reply()) == (OVER, b"")


def test_a_client_that_types_for_ever_is_dismissed(desk: Desk, quick_beat: None) -> None:
    with listening(desk, _impatient(idle_seconds=0.3)) as listener:
        client = Client(listener.port).greet()
        for _ in range(20):
            try:
                client.socket.sendall(b"N")
            except OSError:
                break
            time.sleep(0.05)
        assert client.reply() in (OVER, b"")


def test_a_text_that_trickles_is_cut_off(desk: Desk, quick_beat: None) -> None:
    with listening(desk, _impatient(idle_seconds=0.3, text_bytes_per_second=1000)) as listener:
        client = Client(listener.port).begin()
        client.socket.sendall(b"Subject: slow\r\n")
        assert (client.reply(), client.reply()) == (OVER, b"")
    assert desk.taken == []


def test_a_slow_honest_text_is_waited_for(desk: Desk, quick_beat: None) -> None:
    with listening(desk, _impatient(idle_seconds=0.2, text_bytes_per_second=100)) as listener:
        client = Client(listener.port).begin()
        for _ in range(10):
            client.socket.sendall(b"x" * 60 + b"\r\n")
            time.sleep(0.06)
        assert client.say(b".") == b"250 2.0.0 Ok: queued as Q1"


def test_a_slow_commit_is_ours_to_wait_for(desk: Desk, quick_beat: None) -> None:
    desk.before_accept = lambda: time.sleep(0.6)
    with listening(desk, _impatient(idle_seconds=0.2, session_seconds=0.3)) as listener:
        client = Client(listener.port).begin()
        assert client.say(b"text\r\n.") == b"250 2.0.0 Ok: queued as Q1"


def test_a_client_that_does_not_read_is_aborted(desk: Desk, quick_beat: None) -> None:
    with listening(desk, _impatient(idle_seconds=0.3, commands=10**6)) as listener:
        client = Client(listener.port).greet()
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with contextlib.suppress(OSError):
            client.socket.settimeout(2)
            for _ in range(10_000):
                client.socket.sendall(b"HELP\r\n" * 1000)
        wait_until(lambda: not listener._sessions)


def test_a_session_without_a_mail_ends(desk: Desk, quick_beat: None) -> None:
    with listening(desk, _impatient(session_seconds=0.4)) as listener:
        client = Client(listener.port).greet()
        said = []
        while said[-1:] not in ([OVER], [b""]):
            try:
                said.append(client.say(b"NOOP"))
            except OSError:
                break
            time.sleep(0.05)
        assert 1 < len(said) < 30


@pytest.mark.parametrize(("limit", "line"), [("commands", b"NOOP"), ("errors", b"DATA")])
def test_empty_talk_is_counted_until_a_mail_is_taken(desk: Desk, limit: str, line: bytes) -> None:
    # Greeting, EHLO and a mail have six replies; then the count begins anew.
    with listening(desk, _impatient(**{limit: 9})) as listener:
        client = Client(listener.port).begin()
        assert client.say(b"text\r\n.") == b"250 2.0.0 Ok: queued as Q1"
        heard = []
        while not heard or (not heard[-1].startswith(b"421") and heard[-1]):
            heard.append(client.say(line))
        assert heard[-1] == OVER
        assert len(heard) == 9 + 1 + 1  # with the last one comes the 421


def test_one_address_has_so_many_connections(desk: Desk) -> None:
    with listening(desk, _impatient(connections=2)) as listener:
        first, _second = Client(listener.port).greet(), Client(listener.port).greet()
        third = Client(listener.port)
        assert (third.reply(), third.reply()) == (b"421 4.3.2 Too many connections, please try again later", b"")
        assert first.say(b"QUIT") == b"221 2.0.0 Bye"
        first.reply()
        wait_until(lambda: Client(listener.port).reply().startswith(b"220"))


def test_who_guesses_addresses_waits_longer_and_is_then_refused(desk: Desk) -> None:
    with listening(desk, _impatient(guesses=7, errors=99)) as listener:
        client = Client(listener.port).greet()
        assert client.say(b"MAIL FROM:<>") == b"250 2.1.0 Ok"
        seconds = []
        for number in range(7):
            begun = time.monotonic()
            assert client.say(b"RCPT TO:<reply+%d@mado.example>" % number) == NO_ADDRESS
            seconds.append(round(time.monotonic() - begun, 1))
        assert (max(seconds[:5]) < 0.4, seconds[5] >= 0.5, seconds[6] >= 1.0) == (True, True, True)
        another = Client(listener.port).greet()
        assert another.say(b"MAIL FROM:<>") == b"450 4.7.1 Too many unknown recipients, please try again later"


# When there is no room


@pytest.mark.parametrize(
    ("trouble", "reply"),
    [
        (Trouble.DATABASE_AWAY, LATER),
        (Trouble.DISK_LOW, b"452 4.3.1 Not enough room, please try again later"),
        (Trouble.BACKLOG, b"451 4.3.1 Too many mails wait here, please try again later"),
    ],
)
def test_trouble_is_told_at_mail_and_over_when_it_is_over(
    client: Client, desk: Desk, trouble: Trouble, reply: bytes
) -> None:
    client.greet()
    desk.pressure.trouble = trouble
    assert [client.say(b"MAIL FROM:<>") for _ in range(2)] == [reply] * 2
    desk.pressure.trouble = None
    assert client.say(b"MAIL FROM:<>") == b"250 2.1.0 Ok"


def test_who_is_due_looks_anew_before_the_answer(client: Client, desk: Desk) -> None:
    client.greet()
    desk.pressure.found, desk.pressure.due = Trouble.DISK_LOW, True
    assert client.say(b"MAIL FROM:<>").startswith(b"452 4.3.1 ")
    desk.pressure.found = None
    assert client.say(b"MAIL FROM:<>") == b"250 2.1.0 Ok"
    assert desk.pressure.looks == 2


def test_an_announced_size_over_the_limit_is_told_before_any_trouble(client: Client, desk: Desk) -> None:
    client.greet()
    desk.pressure.trouble = Trouble.DISK_LOW
    assert client.say(b"MAIL FROM:<> SIZE=10001") == TOO_BIG


def test_memory_for_mails_on_their_way_in_is_bounded_and_comes_back(desk: Desk) -> None:
    with listening(desk, replace(SETTINGS, max_waiting_bytes=10_000)) as listener:
        slow, late = Client(listener.port).begin(), Client(listener.port).begin()
        slow.socket.sendall(b"x" * 8_000 + b"\r\n")
        time.sleep(0.1)
        assert late.say(b"y" * 5_000 + b"\r\n.") == b"452 4.3.1 Not enough room, please try again later"
        assert slow.say(b".") == b"250 2.0.0 Ok: queued as Q1"
        assert late.say(b"MAIL FROM:<>") == b"250 2.1.0 Ok"
        assert late.say(b"RCPT TO:<soudan@mado.example>") == b"250 2.1.5 Ok"
        late.say(b"DATA")
        assert late.say(b"y" * 9_000 + b"\r\n.") == b"250 2.0.0 Ok: queued as Q2"


def test_memory_waiting_for_a_commit_counts_until_it_is_done(desk: Desk) -> None:
    go_on = threading.Event()
    desk.before_accept = lambda: go_on.wait(10)
    with listening(desk, replace(SETTINGS, max_waiting_bytes=10_000)) as listener:
        first, second = Client(listener.port).begin(), Client(listener.port).begin()
        first.socket.sendall(b"x" * 8_000 + b"\r\n.\r\n")
        wait_for(lambda: desk.pool._work_queue.empty() and len(desk.pool._threads) == 1)
        assert second.say(b"y" * 5_000 + b"\r\n.").startswith(b"452 4.3.1 ")
        go_on.set()
        assert first.reply() == b"250 2.0.0 Ok: queued as Q1"


def test_memory_of_a_client_that_vanished_comes_back(desk: Desk) -> None:
    with listening(desk, replace(SETTINGS, max_waiting_bytes=10_000)) as listener:
        for _ in range(4):
            gone = Client(listener.port).begin()
            gone.socket.sendall(b"x" * 8_000)
            time.sleep(0.05)
            reset(gone)
        time.sleep(0.1)
        assert Client(listener.port).begin().say(b"y" * 9_000 + b"\r\n.") == b"250 2.0.0 Ok: queued as Q1"


def test_an_address_that_is_known_at_once_waits_for_no_database(client: Client, desk: Desk) -> None:
    desk.knows_at_once = True
    desk.before_recipient = raises(RuntimeError("asked"))
    client.greet()
    client.say(b"MAIL FROM:<>")
    assert client.say(b"RCPT TO:<soudan@mado.example>") == b"250 2.1.5 Ok"
    assert client.say(b"RCPT TO:<join@mado.example>") == NO_ADDRESS


def test_what_was_sent_ahead_with_half_a_mail_is_not_taken_when_the_client_leaves(client: Client, desk: Desk) -> None:
    client.greet()
    client.socket.sendall(b"MAIL FROM:<>\r\nRCPT TO:<soudan@mado.example>\r\nDATA\r\nhalf a mail")
    client.socket.shutdown(socket.SHUT_WR)
    assert [client.reply()[:3] for _ in range(2)] == [b"250", b"250"]
    client.socket.settimeout(5)  # it is not waited for
    while client.reply():
        pass
    assert desk.taken == []


# STARTTLS


@pytest.fixture
def tls_port(desk: Desk, certificate: tuple[Path, Path]) -> Iterator[int]:
    with listening(desk, replace(SETTINGS, certificate=Certificate(*certificate))) as listener:
        yield listener.port


def trusting(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate[0])


def test_mail_over_starttls(desk: Desk, tls_port: int, certificate: tuple[Path, Path]) -> None:
    with smtplib.SMTP("127.0.0.1", tls_port, "client.example", timeout=10) as smtp:
        smtp.starttls(context=trusting(certificate))
        smtp.sendmail(str(YUKI), [str(DESK)], TEXT)
        offers = set(smtp.esmtp_features)
    assert desk.taken == [(Envelope(YUKI, (DESK,), peer="127.0.0.1", helo="client.example"), TEXT)]
    assert offers == {"pipelining", "size", "8bitmime", "enhancedstatuscodes", "smtputf8"}


def test_starttls_is_offered_only_in_the_clear(tls_port: int, certificate: tuple[Path, Path]) -> None:
    with smtplib.SMTP("127.0.0.1", tls_port, timeout=10) as smtp:
        smtp.ehlo()
        assert smtp.has_extn("starttls")
        smtp.starttls(context=trusting(certificate))
        assert smtp.docmd("MAIL", "FROM:<>")[0] == 503
        smtp.ehlo()
        assert smtp.docmd("STARTTLS") == (503, b"5.5.1 Bad sequence of commands")
        assert smtp.docmd("AUTH", "PLAIN AGEAYg==")[0] == 500


def test_commands_sent_ahead_of_tls_are_thrown_away(tls_port: int, certificate: tuple[Path, Path]) -> None:
    client = Client(tls_port).greet()
    client.socket.sendall(b"STARTTLS\r\nMAIL FROM:<evil@example.net>\r\n")
    assert client.reply() == b"220 2.0.0 Ready to start TLS"
    with trusting(certificate).wrap_socket(client.socket, server_hostname="127.0.0.1") as secure:
        secure.sendall(b"NOOP\r\n")
        assert secure.recv(100) == b"250 2.0.0 Ok\r\n"


@pytest.mark.parametrize(
    "injected",
    [
        b"EHLO evil.example\r\n",
        b"MAIL FROM:<evil@example.net>\r\nRCPT TO:<soudan@mado.example>\r\nDATA\r\ninjected\r\n.\r\n",
        b"half a comm",
        b"\n",
        b"NOOP\r\n" * 5_000,
    ],
)
def test_nothing_said_before_tls_counts_after_it(
    desk: Desk, tls_port: int, certificate: tuple[Path, Path], injected: bytes
) -> None:
    """RFC 3207 4.2: neither what came with STARTTLS, nor a greeting or transaction from before."""
    client = Client(tls_port).greet()
    for line in (b"MAIL FROM:<evil@example.net>", b"RCPT TO:<soudan@mado.example>"):
        assert client.say(line).startswith(b"250 ")
    client.socket.sendall(b"STARTTLS\r\n" + injected)
    assert client.reply() == b"220 2.0.0 Ready to start TLS"
    with trusting(certificate).wrap_socket(client.socket, server_hostname="127.0.0.1") as secure:
        client.socket, client.file = secure, secure.makefile("rb")
        for line in (b"DATA", b"RCPT TO:<soudan@mado.example>", b"MAIL FROM:<yuki@school.example.jp>"):
            assert client.say(line) == b"503 5.5.1 Bad sequence of commands"
        assert client.say(b"EHLO client.example").startswith(b"250-mx.mado.example\r\n")
        assert client.say(b"RCPT TO:<soudan@mado.example>") == b"503 5.5.1 Bad sequence of commands"
        for line in (b"MAIL FROM:<yuki@school.example.jp>", b"RCPT TO:<soudan@mado.example>", b"DATA", b"text\r\n."):
            assert client.say(line)[:1] in (b"2", b"3")
    assert desk.taken == [(Envelope(YUKI, (DESK,), peer="127.0.0.1", helo="client.example"), b"text\r\n")]


@pytest.mark.parametrize("sent", [b"", b"\x16\x03\x01\x02\x00"])
def test_who_never_ends_the_handshake_is_dismissed(
    desk: Desk, certificate: tuple[Path, Path], quick_beat: None, sent: bytes
) -> None:
    settings = replace(_impatient(idle_seconds=0.2), certificate=Certificate(*certificate))
    with listening(desk, settings) as listener:
        client = Client(listener.port).greet()
        client.say(b"STARTTLS")
        client.socket.sendall(sent)
        client.socket.settimeout(5)
        while client.socket.recv(1000):
            pass
        wait_until(lambda: not listener._sessions)  # its place is free


def test_who_never_ends_its_tls_holds_up_no_stop(desk: Desk, certificate: tuple[Path, Path]) -> None:
    with listening(desk, replace(SETTINGS, certificate=Certificate(*certificate))) as listener:
        client = Client(listener.port).greet()
        client.say(b"STARTTLS")
        # Nobody reads, so nobody answers the server's close_notify.
        with trusting(certificate).wrap_socket(client.socket, server_hostname="127.0.0.1") as secure:
            listener.stop()
            assert listener._sessions == set()
            secure.settimeout(5)
            assert secure.recv(1000) == b"421 4.3.2 Service closing, please try again later\r\n"


# TLS that must be


@pytest.fixture(params=[False, True], ids=["smtp", "lmtp"])
def strict_port(desk: Desk, certificate: tuple[Path, Path], request: pytest.FixtureRequest) -> Iterator[int]:
    settings = replace(SETTINGS, certificate=Certificate(*certificate), requires_tls=True, lmtp=request.param)
    with listening(desk, settings) as listener:
        yield listener.port


def test_mail_without_tls_is_refused_where_it_must_be(
    desk: Desk, strict_port: int, certificate: tuple[Path, Path], request: pytest.FixtureRequest
) -> None:
    greeting = b"LHLO client.example" if "lmtp" in request.node.name else b"EHLO client.example"
    client = Client(strict_port)
    client.reply()
    first = b"530 5.7.0 Must issue a STARTTLS command first"
    assert client.say(b"MAIL FROM:<>") == first
    assert b"STARTTLS" in client.say(greeting)
    for line in (b"MAIL FROM:<>", b"mail from:<yuki@school.example.jp> SIZE=10", b"MAIL nonsense"):
        assert client.say(line) == first
    for line, reply in ((b"RCPT TO:<soudan@mado.example>", b"503"), (b"DATA", b"503"), (b"NOOP", b"250")):
        assert client.say(line)[:3] == reply
    assert client.say(b"STARTTLS")[:3] == b"220"
    with trusting(certificate).wrap_socket(client.socket, server_hostname="127.0.0.1") as secure:
        client.socket, client.file = secure, secure.makefile("rb")
        client.say(greeting)
        for line in (b"MAIL FROM:<>", b"RCPT TO:<soudan@mado.example>", b"DATA", b"text\r\n."):
            assert client.say(line)[:1] in (b"2", b"3")
    assert [raw for _, raw in desk.taken] == [b"text\r\n"]


def test_a_renewed_certificate_is_used_without_a_restart_and_a_bad_one_is_not(
    desk: Desk,
    certificate: tuple[Path, Path],
    make_certificate: Callable[[Path], tuple[Path, Path]],
    tmp_path: Path,
    quick_beat: None,
    capfd: pytest.CaptureFixture[str],
) -> None:
    chain, key = (tmp_path / file.name for file in certificate)
    for source, copy in zip(certificate, (chain, key), strict=True):
        shutil.copy(source, copy)

    def serial() -> str:
        with smtplib.SMTP("127.0.0.1", listener.port, "client.example", timeout=10) as smtp:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            smtp.starttls(context=context)
            shown = smtp.sock.getpeercert(binary_form=True)  # type: ignore[union-attr]  # an SSLSocket by now
            return hashlib.sha256(shown or b"").hexdigest()

    with listening(desk, replace(SETTINGS, certificate=Certificate(chain, key))) as listener:
        first = serial()
        chain.write_bytes(b"half written")
        wait_until(lambda: "certificate not usable" in capfd.readouterr().out)
        assert serial() == first
        make_certificate(tmp_path)
        wait_until(lambda: serial() != first)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_from_1_2_on_has_a_secret_of_its_own_for_each_connection(
    tls_port: int, certificate: tuple[Path, Path], version: ssl.TLSVersion
) -> None:
    context = trusting(certificate)
    context.minimum_version = context.maximum_version = version
    with smtplib.SMTP("127.0.0.1", tls_port, timeout=10) as smtp:
        smtp.starttls(context=context)
        cipher, protocol, _ = smtp.sock.cipher()  # type: ignore[union-attr]  # an SSLSocket by now
    assert protocol in ("TLSv1.2", "TLSv1.3")
    assert protocol == "TLSv1.3" or cipher.startswith("ECDHE-")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize(
    ("changes", "ciphers"),
    [
        ({"minimum_version": ssl.TLSVersion.TLSv1, "maximum_version": ssl.TLSVersion.TLSv1_1}, "ALL:@SECLEVEL=0"),
        ({"maximum_version": ssl.TLSVersion.TLSv1_2}, "kRSA:@SECLEVEL=0"),
        ({"maximum_version": ssl.TLSVersion.TLSv1_2}, "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"),
    ],
)
def test_old_tls_and_old_ciphers_are_refused(tls_port: int, changes: dict[str, ssl.TLSVersion], ciphers: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for name, value in changes.items():
        setattr(context, name, value)
    context.set_ciphers(ciphers)
    with smtplib.SMTP("127.0.0.1", tls_port, timeout=10) as smtp, pytest.raises((ssl.SSLError, OSError)):
        smtp.starttls(context=context)


def test_failed_handshake_leaves_the_listener_alone(desk: Desk, tls_port: int) -> None:
    client = Client(tls_port).greet()
    client.say(b"STARTTLS")
    client.socket.sendall(b"this is no handshake\r\n" * 10)
    client.close()
    assert Client(tls_port).reply() == b"220 mx.mado.example ESMTP"


def test_tls_client_gone_right_after_the_dot_is_committed(
    desk: Desk, tls_port: int, certificate: tuple[Path, Path]
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    desk.before_accept = lambda: (begun.set(), go_on.wait(10))
    smtp = smtplib.SMTP("127.0.0.1", tls_port, timeout=10)
    smtp.starttls(context=trusting(certificate))
    smtp.ehlo()
    for verb, argument in (("MAIL", "FROM:<>"), ("RCPT", "TO:<soudan@mado.example>"), ("DATA", "")):
        smtp.docmd(verb, argument)
    smtp.send(b"text\r\n.\r\n")
    assert begun.wait(10)
    smtp.close()
    time.sleep(0.2)
    go_on.set()
    wait_for(lambda: len(desk.taken) == 1)


def test_unusable_certificate_is_told_with_its_place(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    chain, key = certificate
    (tmp_path / "nonsense.pem").write_text("nonsense")
    with pytest.raises(BadKeys, match=r"missing\.pem.*No such file"):
        Certificate(tmp_path / "missing.pem", key)
    with pytest.raises(BadKeys, match=r"nonsense\.pem"):
        Certificate(tmp_path / "nonsense.pem", key)
    shutil.copy(chain, tmp_path / "no-key.pem")
    (tmp_path / "no-key.pem").chmod(0o600)
    with pytest.raises(BadKeys, match=r"no-key\.pem"):
        Certificate(chain, tmp_path / "no-key.pem")


@pytest.mark.parametrize(
    ("mode", "owner", "fits"),
    [
        (0o600, 0, True),
        (0o400, 0, True),
        (0o640, 0, True),
        (0o600, 65534, True),
        (0o644, 0, False),
        (0o660, 0, False),
        (0o604, 0, False),
        (0o640, 65534, False),
        (0o644, 65534, False),
    ],
)
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_tls_key_that_others_can_read_is_refused(
    tmp_path: Path, certificate: tuple[Path, Path], mode: int, owner: int, fits: bool
) -> None:
    chain, key = certificate
    copy = Path(shutil.copy(key, tmp_path / "copy.pem"))
    copy.chmod(mode)
    os.chown(copy, owner, -1)
    with contextlib.nullcontext() if fits else pytest.raises(BadKeys, match=rf"{copy} .*: chmod 600 {copy}"):
        Certificate(chain, copy)


# LMTP


@pytest.fixture
def lmtp(desk: Desk) -> Iterator[Client]:
    with listening(desk, replace(SETTINGS, lmtp=True)) as listener:
        client = Client(listener.port)
        yield client
        client.close()


def lmtp_to(client: Client, *recipients: bytes) -> None:
    client.say(b"MAIL FROM:<>")
    for recipient in recipients:
        client.say(b"RCPT TO:<" + recipient + b">")
    client.say(b"DATA")


def test_lmtp_greets_with_lhlo_only(lmtp: Client) -> None:
    assert lmtp.reply() == b"220 mx.mado.example LMTP"
    assert lmtp.say(b"EHLO client.example") == b"500 5.5.1 Command not known"
    assert lmtp.say(b"HELO client.example") == b"500 5.5.1 Command not known"
    assert lmtp.say(b"LHLO client.example").startswith(b"250-mx.mado.example\r\n250-PIPELINING\r\n")


def test_lmtp_replies_once_for_each_accepted_recipient(lmtp: Client, desk: Desk) -> None:
    lmtp.reply()
    lmtp.say(b"LHLO client.example")
    lmtp_to(lmtp, b"soudan@mado.example", b"nobody@mado.example", b"join@mado.example", b"SOUDAN@mado.example")
    assert lmtp.say(b"text\r\n.") == b"250 2.0.0 Ok: queued as Q1"
    assert [lmtp.reply(), lmtp.reply()] == [b"250 2.0.0 Ok: queued as Q1"] * 2
    assert desk.taken[0][0].forward_paths == (DESK, JOIN)


def test_lmtp_failures_are_told_to_each_and_the_session_goes_on(lmtp: Client, desk: Desk) -> None:
    lmtp.reply()
    lmtp.say(b"LHLO client.example")
    three = (b"soudan@mado.example", b"join@mado.example", bytes(str(OTHER), "ascii"))
    desk.before_accept = raises(RuntimeError("secret"))
    lmtp_to(lmtp, *three)
    assert [lmtp.say(b"."), lmtp.reply(), lmtp.reply()] == [LATER] * 3
    desk.before_accept = lambda: None
    lmtp_to(lmtp, *three)
    assert [lmtp.say(b"x" * 10_000 + b"\r\n."), lmtp.reply(), lmtp.reply()] == [TOO_BIG] * 3
    lmtp_to(lmtp, *three)
    assert [lmtp.say(b"."), lmtp.reply(), lmtp.reply()] == [b"250 2.0.0 Ok: queued as Q1"] * 3
    assert lmtp.say(b"NOOP") == b"250 2.0.0 Ok"


def test_lmtp_data_without_recipients_has_one_reply(lmtp: Client) -> None:
    lmtp.reply()
    lmtp.say(b"LHLO client.example")
    lmtp.say(b"MAIL FROM:<>")
    lmtp.say(b"RCPT TO:<nobody@mado.example>")
    assert lmtp.say(b"DATA") == b"503 5.5.1 Bad sequence of commands"
    assert lmtp.say(b"NOOP") == b"250 2.0.0 Ok"


# Start and stop


def test_second_listener_on_the_address_is_refused(desk: Desk, listener: Listener) -> None:
    second = Listener(replace(SETTINGS, port=listener.port), desk)
    with pytest.raises(Refused, match=f"127.0.0.1:{listener.port} is already in use: is another serve running"):
        second.start()
    second.stop()


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_address_that_is_not_ours_is_refused(desk: Desk, host: str) -> None:
    with pytest.raises(Refused, match=f"^cannot listen on {host}:0: "):
        Listener(replace(SETTINGS, host=host), desk).start()


def test_listeners_that_both_say_so_share_a_port(desk: Desk) -> None:
    shared = replace(SETTINGS, reuse_port=True)
    with listening(desk, shared) as first:
        with listening(desk, replace(shared, port=first.port)):
            pass
        with pytest.raises(Refused, match="already in use"):
            Listener(replace(SETTINGS, port=first.port), desk).start()
        assert Client(first.port).reply() == b"220 mx.mado.example ESMTP"


def test_address_is_free_again_after_stop(desk: Desk) -> None:
    with listening(desk) as first:
        port = first.port
        client = Client(port).greet()
    with listening(desk, replace(SETTINGS, port=port)):
        assert client.reply() == b"421 4.3.2 Service closing, please try again later"


def test_stop_lets_a_mail_on_its_way_in_finish(desk: Desk) -> None:
    listener = Listener(SETTINGS, desk)
    listener.start()
    idle, busy = Client(listener.port).greet(), Client(listener.port).begin()
    busy.socket.sendall(b"the first half\r\n")
    time.sleep(0.1)
    stopping = threading.Thread(target=listener.stop)
    stopping.start()
    assert idle.reply() == b"421 4.3.2 Service closing, please try again later"
    with pytest.raises(ConnectionRefusedError):
        Client(listener.port)
    assert busy.say(b"the second half\r\n.") == b"250 2.0.0 Ok: queued as Q1"
    assert busy.reply() == b"421 4.3.2 Service closing, please try again later"
    stopping.join(10)
    assert not stopping.is_alive()
    assert [raw for _, raw in desk.taken] == [b"the first half\r\nthe second half\r\n"]


def test_stop_does_not_wait_for_ever_but_never_leaves_a_commit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailgate.smtp.listener._GRACE_SECONDS", 0.2)
    desk.before_accept = lambda: time.sleep(1)
    listener = Listener(SETTINGS, desk)
    listener.start()
    lame, busy = Client(listener.port).begin(), Client(listener.port).begin()
    busy.socket.sendall(b"text\r\n.\r\n")
    time.sleep(0.1)
    listener.stop()
    assert lame.reply() == b"421 4.3.2 Service closing, please try again later"
    assert len(desk.taken) == 1


def test_stop_without_start_is_nothing(desk: Desk) -> None:
    listener, before = Listener(SETTINGS, desk), threading.active_count()
    listener.stop()
    assert (threading.active_count(), desk.taken) == (before, [])
    listener.start()  # what was stopped before it began begins all the same
    try:
        assert Client(listener.port).greet()
    finally:
        listener.stop()


def test_a_sender_of_too_many_mails_is_asked_to_come_later(desk: Desk) -> None:
    later = b"450 4.7.1 Too many mails from this sender, please try again later"
    with listening(desk, replace(SETTINGS, limits=Limits(mails_per_sender=2))) as listener:
        client, heard = Client(listener.port).greet(), []
        for path in (b"yuki@school.example.jp",) * 3 + (b"haru@school.example.jp", b""):
            heard.append(client.say(b"MAIL FROM:<" + path + b">"))
            if heard[-1] != later:
                for line in (b"RCPT TO:<soudan@mado.example>", b"DATA", b"text\r\n."):
                    client.say(line)
    assert heard == [b"250 2.1.0 Ok", b"250 2.1.0 Ok", later, b"250 2.1.0 Ok", b"250 2.1.0 Ok"]
