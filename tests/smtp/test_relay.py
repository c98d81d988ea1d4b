"""The way out: what becomes of a letter for each thing that a relay can do, over real sockets."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from mailgate.errors import BadConfiguration
from mailgate.mail.address import Address
from mailgate.mail.outcome import Deferred, Failed, Outcome, Sent
from mailgate.smtp.relay import RelaySettings, SmtpRelay, Tls

BOUNCE = Address("bounce+abcdefghijklmnopqrstuvwx", "mado.example")
YUKI = Address("yuki", "school.example.jp")
LETTER = b"Subject: x\r\n\r\n.dot\r\ntext\r\n"

HANG = "hang"
CLOSE = "close"


@dataclass
class Relay:
    """A relay that says what the test wrote down for it, by verb; `heard` is everything that it was told."""

    replies: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    is_tls_from_the_start: bool = False
    heard: list[str] = field(default_factory=list)
    text: bytes = b""
    port: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def serve(self, listening: socket.socket) -> None:
        while not self.stopped.is_set():
            with suppress(OSError):
                connection, _ = listening.accept()
                connection.settimeout(10)
                with connection:
                    self.talk(connection)

    def talk(self, connection: socket.socket) -> None:
        if self.is_tls_from_the_start and self.tls:
            connection = self.tls.wrap_socket(connection, server_side=True)
        file = connection.makefile("rb")
        if not self.answer(connection, "greeting", "220 relay.example ESMTP"):
            return
        while line := file.readline().decode("utf-8", "replace").rstrip("\r\n"):
            self.heard.append(line)
            verb = line.split(" ")[0].upper()
            standard = {"DATA": "354 go on", "STARTTLS": "220 ready", "QUIT": "221 bye", "AUTH": "235 ok"}
            if not self.answer(connection, verb, standard.get(verb, "250 ok")):
                return
            if verb == "STARTTLS" and self.tls and "STARTTLS" not in self.replies:
                connection = self.tls.wrap_socket(connection, server_side=True)
                file = connection.makefile("rb")
            if verb == "DATA" and self.replies.get("DATA", "354").startswith("354"):
                lines = []
                while (line_octets := file.readline()) not in (b".\r\n", b""):
                    lines.append(line_octets)
                self.text = b"".join(lines)
                if not self.answer(connection, "dot", "250 2.0.0 Ok: queued as ABC"):
                    return

    def answer(self, connection: socket.socket, moment: str, standard: str) -> bool:
        reply = self.replies.get(moment, standard)
        if reply == HANG:
            self.stopped.wait(10)
        if reply in (HANG, CLOSE):
            return False
        connection.sendall(reply.replace("\n", "\r\n").encode("utf-8") + b"\r\n")
        return True


@contextmanager
def relaying(relay: Relay) -> Iterator[Relay]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        relay.port = listening.getsockname()[1]
        thread = threading.Thread(target=relay.serve, args=(listening,))
        thread.start()
        try:
            yield relay
        finally:
            relay.stopped.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def settings(relay: Relay) -> RelaySettings:
    return RelaySettings("127.0.0.1", relay.port, Tls.NONE, "mado.example", timeout_seconds=5)


def deliver(
    replies: dict[str, str], forward_path: Address = YUKI, raw: bytes = LETTER, **changes: object
) -> tuple[Outcome, Relay]:
    with relaying(Relay(replies)) as relay:
        made = replace(settings(relay), **changes)  # type: ignore[arg-type]  # a table of any field
        return SmtpRelay(made).deliver(BOUNCE, forward_path, raw), relay


# The dialogue


def test_letter_is_handed_over_word_by_word() -> None:
    outcome, relay = deliver({"EHLO": "250-relay.example\n250-SIZE 1000\n250 8BITMIME"})
    assert outcome == Sent("250 2.0.0 Ok: queued as ABC")
    assert relay.heard == [
        "ehlo mado.example",
        "MAIL FROM:<bounce+abcdefghijklmnopqrstuvwx@mado.example> SIZE=26",
        "RCPT TO:<yuki@school.example.jp>",
        "data",
        "quit",
    ]
    assert relay.text == LETTER.replace(b"\r\n.dot", b"\r\n..dot")


def test_name_of_the_machine_is_never_told() -> None:
    _, relay = deliver({"EHLO": "502 no"})
    assert socket.gethostname() not in "".join(relay.heard)
    assert relay.heard[:2] == ["ehlo mado.example", "helo mado.example"]


def test_null_reverse_path() -> None:
    with relaying(Relay()) as relay:
        assert SmtpRelay(settings(relay)).deliver(None, YUKI, LETTER) == Sent("250 2.0.0 Ok: queued as ABC")
    assert relay.heard[1] == "MAIL FROM:<>"


@pytest.mark.parametrize(
    ("forward_path", "line"),
    [
        (Address("yuki..smile.2", "docomo.example.ne.jp"), 'RCPT TO:<"yuki..smile.2"@docomo.example.ne.jp>'),
        (Address("yuki.", "ezweb.example.ne.jp"), 'RCPT TO:<"yuki."@ezweb.example.ne.jp>'),
        (Address("a@b", "school.example.jp"), 'RCPT TO:<"a@b"@school.example.jp>'),
        (
            Address("yuki", "学校.example"),
            "RCPT TO:<yuki@xn--" + "学校".encode("punycode").decode() + ".example>",
        ),
    ],
)
def test_forward_path_on_the_wire(forward_path: Address, line: str) -> None:
    outcome, relay = deliver({}, forward_path)
    assert outcome == Sent("250 2.0.0 Ok: queued as ABC")
    assert relay.heard[2] == line


@pytest.mark.parametrize(
    "forward_path",
    [
        Address("yu\r\nDATA", "school.example.jp"),
        Address("yuki>", "school.example.jp"),
        Address("", "school.example.jp"),
    ],
)
def test_address_that_cannot_be_written_fails_before_anything_is_said(forward_path: Address) -> None:
    outcome, relay = deliver({}, forward_path)
    assert outcome == Failed("an address cannot be written on the wire")
    assert relay.heard == []


def test_smtputf8_is_used_when_it_is_needed_and_offered() -> None:
    outcome, relay = deliver(
        {"EHLO": "250-relay.example\n250-8BITMIME\n250 SMTPUTF8"},
        Address("ゆき", "school.example.jp"),
        "To: ゆき@school.example.jp\r\n\r\nx\r\n".encode(),
    )
    assert outcome == Sent("250 2.0.0 Ok: queued as ABC")
    assert relay.heard[1:3] == [
        "MAIL FROM:<bounce+abcdefghijklmnopqrstuvwx@mado.example> BODY=8BITMIME SMTPUTF8",
        "RCPT TO:<ゆき@school.example.jp>",
    ]


@pytest.mark.parametrize(
    ("forward_path", "raw"),
    [(Address("ゆき", "school.example.jp"), LETTER), (YUKI, "To: ゆき@b.example\r\n\r\nx\r\n".encode())],
)
def test_smtputf8_needed_and_not_offered_fails(forward_path: Address, raw: bytes) -> None:
    outcome, relay = deliver({}, forward_path, raw)
    assert outcome == Failed("the address needs SMTPUTF8, which the relay does not offer")
    assert relay.heard == ["ehlo mado.example", "quit"]


# What a relay can say


@pytest.mark.parametrize("moment", ["MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("550 5.7.1 We do not like it", Failed("550 5.7.1 We do not like it")),
        ("552 5.3.4 Too big", Failed("552 5.3.4 Too big")),
        ("554 no", Failed("554 no")),
        ("450 4.2.0 Greylisted", Deferred("450 4.2.0 Greylisted")),
        ("421 4.3.2 Closing", Deferred("421 4.3.2 Closing")),
        ("530 5.7.0 Authentication required", Deferred("530 5.7.0 Authentication required")),
        ("nonsense", Deferred("the relay does not speak SMTP")),
    ],
)
def test_refusal_of_the_letter(moment: str, reply: str, outcome: Outcome) -> None:
    assert deliver({moment: reply})[0] == outcome


def test_data_answered_with_something_else_is_deferred() -> None:
    assert deliver({"DATA": "250 2.0.0 Ok"})[0] == Deferred("250 2.0.0 Ok")


@pytest.mark.parametrize("reply", ["554 5.7.1 Go away", "421 4.7.0 Too many", "550 no"])
@pytest.mark.parametrize("moment", ["greeting", "both greetings"])
def test_refusal_before_the_letter_is_deferred(moment: str, reply: str) -> None:
    replies = {"greeting": reply} if moment == "greeting" else {"EHLO": reply, "HELO": reply}
    assert deliver(replies)[0] == Deferred(reply)


@pytest.mark.parametrize("moment", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot"])
def test_connection_closed_in_the_middle_is_deferred(moment: str) -> None:
    assert deliver({moment: CLOSE})[0] == Deferred("the relay closed the connection")


@pytest.mark.parametrize("moment", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot"])
def test_relay_that_hangs_is_deferred_in_time(moment: str) -> None:
    assert deliver({moment: HANG}, timeout_seconds=0.3)[0] == Deferred("the relay did not answer in time")


@pytest.mark.parametrize("reply", [HANG, CLOSE, "500 what", "nonsense"])
def test_trouble_at_quit_does_not_send_twice(reply: str) -> None:
    assert deliver({"QUIT": reply}, timeout_seconds=0.3)[0] == Sent("250 2.0.0 Ok: queued as ABC")


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    made = RelaySettings("127.0.0.1", port, Tls.NONE, "mado.example")
    assert SmtpRelay(made).deliver(BOUNCE, YUKI, LETTER) == Deferred("no connection to the relay: Connection refused")


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", ""])
def test_host_that_is_none(host: str) -> None:
    made = RelaySettings(host, 1, Tls.NONE, "mado.example")
    assert isinstance(SmtpRelay(made).deliver(BOUNCE, YUKI, LETTER), Deferred)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (
            "550 5.1.1 <yuki@school.example.jp>: Recipient address rejected",
            "550 5.1.1 <…> Recipient address rejected",
        ),
        ('550 "yuki"@school.example.jp unknown', "550 <…> unknown"),
        ("550 5.1.1 no user 'YUKI' here, ask postmaster@relay.example", "550 5.1.1 no user <…> here, ask <…>"),
        ("550-5.7.1 first\n550 5.7.1 second", "550 5.7.1 first 5.7.1 second"),
        ("550 5.1.1 a\x1b[31m\x07b\x9bc\u202ed", "550 5.1.1 a [31m b c d"),
        ("550 5.1.1 " + "x" * 500, "550 5.1.1 " + "x" * 200),
        ("550 " + "yuki@school.example.jp," * 300, "550 <…>"),
        ("550", "550"),
        ("550 5.1.1", "550 5.1.1"),
    ],
)
def test_reason_is_one_short_line_without_addresses(reply: str, reason: str) -> None:
    assert deliver({"RCPT": reply})[0] == Failed(reason)


# TLS and credentials


@pytest.fixture
def tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def trusted(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine trusts the certificate of the test."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))


STARTTLS = "250-relay.example\n250-AUTH PLAIN\n250 STARTTLS"


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("mode", [Tls.STARTTLS, Tls.TLS])
def test_credentials_go_over_verified_tls(tls: ssl.SSLContext, mode: Tls) -> None:
    with relaying(Relay({"EHLO": STARTTLS}, tls, mode is Tls.TLS)) as relay:
        made = replace(settings(relay), tls=mode, username="desk", password="himitsu")
        assert SmtpRelay(made).deliver(BOUNCE, YUKI, LETTER) == Sent("250 2.0.0 Ok: queued as ABC")
    assert relay.heard[-5:] == [
        "AUTH PLAIN AGRlc2sAaGltaXRzdQ==",
        "MAIL FROM:<bounce+abcdefghijklmnopqrstuvwx@mado.example>",
        "RCPT TO:<yuki@school.example.jp>",
        "data",
        "quit",
    ]


@pytest.mark.parametrize("mode", [Tls.STARTTLS, Tls.TLS])
def test_certificate_that_cannot_be_verified_stops_everything(tls: ssl.SSLContext, mode: Tls) -> None:
    with relaying(Relay({"EHLO": STARTTLS}, tls, mode is Tls.TLS)) as relay:
        made = replace(settings(relay), tls=mode, username="desk", password="himitsu")
        outcome = SmtpRelay(made).deliver(BOUNCE, YUKI, LETTER)
    assert outcome == Deferred("the relay's certificate cannot be verified: self-signed certificate")
    assert [line for line in relay.heard if line.startswith(("AUTH", "MAIL"))] == []


@pytest.mark.usefixtures("trusted")
def test_certificate_of_another_name_is_not_enough(tls: ssl.SSLContext) -> None:
    with relaying(Relay({"EHLO": STARTTLS}, tls)) as relay:
        made = replace(settings(relay), host="localhost", tls=Tls.STARTTLS)
        outcome = SmtpRelay(made).deliver(BOUNCE, YUKI, LETTER)
    assert isinstance(outcome, Deferred)
    assert outcome.reason.startswith("the relay's certificate cannot be verified: Hostname mismatch")


@pytest.mark.parametrize(
    ("replies", "reason"),
    [
        ({}, "the relay does not offer STARTTLS or AUTH as the settings ask"),
        (
            {"EHLO": STARTTLS, "STARTTLS": "454 4.7.0 TLS not available"},
            "454 4.7.0 TLS not available",
        ),
        ({"EHLO": STARTTLS, "STARTTLS": "502 5.5.1 no"}, "502 5.5.1 no"),
    ],
)
def test_there_is_no_way_back_to_clear_text(replies: dict[str, str], reason: str) -> None:
    outcome, relay = deliver(replies, tls=Tls.STARTTLS)
    assert outcome == Deferred(reason)
    assert [line for line in relay.heard if line.startswith("MAIL")] == []


def test_tls_from_the_start_against_clear_text_is_deferred() -> None:
    assert deliver({}, tls=Tls.TLS)[0] == Deferred("TLS with the relay failed")


@pytest.mark.usefixtures("trusted")
def test_wrong_password_is_deferred_and_not_told(tls: ssl.SSLContext) -> None:
    with relaying(Relay({"EHLO": STARTTLS, "AUTH": "535 5.7.8 Bad credentials"}, tls)) as relay:
        made = replace(settings(relay), tls=Tls.STARTTLS, username="desk", password="himitsu")
        assert SmtpRelay(made).deliver(BOUNCE, YUKI, LETTER) == Deferred("535 5.7.8 Bad credentials")
    assert "himitsu" not in repr(made)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("password", ["秘密", "himitsu"])
def test_relay_without_a_way_to_log_in_is_deferred(tls: ssl.SSLContext, password: str) -> None:
    ehlo = STARTTLS.replace("AUTH PLAIN", "AUTH ODD" if password == "himitsu" else "AUTH PLAIN")
    with relaying(Relay({"EHLO": ehlo}, tls)) as relay:
        made = replace(settings(relay), tls=Tls.STARTTLS, username="desk", password=password)
        assert isinstance(SmtpRelay(made).deliver(BOUNCE, YUKI, LETTER), Deferred)


def test_credentials_without_tls_are_refused_at_the_start() -> None:
    with pytest.raises(BadConfiguration, match=r"delivery\.username"):
        SmtpRelay(RelaySettings("127.0.0.1", 25, Tls.NONE, "mado.example", username="desk", password="x"))


def test_several_threads_may_deliver() -> None:
    outcomes: list[Outcome] = []
    with relaying(Relay()) as relay:
        way_out = SmtpRelay(settings(relay))
        work: Callable[[], None] = lambda: outcomes.append(way_out.deliver(BOUNCE, YUKI, LETTER))  # noqa: E731
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcomes == [Sent("250 2.0.0 Ok: queued as ABC")] * 8
