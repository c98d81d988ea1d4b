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
from mailgate.flow.delivery_relay import Broken, Unreached
from mailgate.mail.address import Address
from mailgate.mail.outcome import Deferred, Failed, Outcome, Sent
from mailgate.smtp.relay import RelaySettings, SmtpRelay
from mailgate.smtp.tls import Tls

BOUNCE = Address("bounce+abcdefghijklmnopqrstuvwx", "mado.example")
YUKI = Address("yuki", "school.example.jp")
LETTER = b"Subject: x\r\n\r\n.dot\r\ntext\r\n"

Answer = Outcome | Unreached | Broken
HANG = "hang"
CLOSE = "close"


@dataclass
class Relay:
    """A relay that says what the test wrote down for it, by verb; `heard` is everything that it was told."""

    replies: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    is_tls_from_the_start: bool = False
    heard: list[str] = field(default_factory=list)
    thinks_seconds: float = 0.0
    """Before it answers to the text of a letter."""
    letters_a_connection: int = 1000
    """After so many it hangs up."""
    text: bytes = b""
    port: int = 0
    connections: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def serve(self, listening: socket.socket) -> None:
        while not self.stopped.is_set():
            with suppress(OSError):
                connection, _ = listening.accept()
                connection.settimeout(10)
                self.connections += 1
                with connection:
                    self.talk(connection)

    def talk(self, connection: socket.socket) -> None:
        if self.is_tls_from_the_start and self.tls:
            connection = self.tls.wrap_socket(connection, server_side=True)
        file = connection.makefile("rb")
        letters = 0
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
                self.stopped.wait(self.thinks_seconds)
                letters += 1
                if not self.answer(connection, "dot", "250 2.0.0 Ok: queued as ABC"):
                    return
                if letters == self.letters_a_connection:
                    return

    def answer(self, connection: socket.socket, moment: str, standard: str) -> bool:
        reply = self.replies.get(moment, standard)
        if reply == HANG:
            self.stopped.wait(10)
        if reply in (HANG, CLOSE):
            return False
        connection.sendall(reply.replace("\n", "\r\n").encode("utf-8") + b"\r\n")
        return True


@dataclass
class InjectedRelay(Relay):
    """One whose 220 to STARTTLS comes in one piece with more."""

    injected: str = ""

    def answer(self, connection: socket.socket, moment: str, standard: str) -> bool:
        return super().answer(connection, moment, self.injected if moment == "STARTTLS" else standard)


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
) -> tuple[Answer, Relay]:
    with relaying(Relay(replies)) as relay:
        made = replace(settings(relay), **changes)  # type: ignore[arg-type]  # a table of any field
        return once(made, BOUNCE, forward_path, raw), relay


def once(
    made: RelaySettings, reverse_path: Address | None = BOUNCE, forward_path: Address = YUKI, raw: bytes = LETTER
) -> Answer:
    """What becomes of one letter over a connection of its own."""
    with way_out(made) as out:
        return out.deliver(reverse_path, forward_path, raw)


@contextmanager
def way_out(made: RelaySettings) -> Iterator[SmtpRelay]:
    out = SmtpRelay(made)
    yield out
    out.close()


# The dialogue


def test_letter_is_handed_over_word_by_word() -> None:
    outcome, relay = deliver({"EHLO": "250-relay.example\n250-SIZE 1000\n250 8BITMIME"})
    assert outcome == Sent("250 2.0.0 Ok: queued as ABC")
    assert relay.heard == [
        "ehlo mado.example",
        "MAIL FROM:<bounce+abcdefghijklmnopqrstuvwx@mado.example> SIZE=26",
        "RCPT TO:<yuki@school.example.jp>",
        "DATA",
        "quit",
    ]
    assert relay.text == LETTER.replace(b"\r\n.dot", b"\r\n..dot")


def test_name_of_the_machine_is_never_told() -> None:
    _, relay = deliver({"EHLO": "502 no"})
    assert socket.gethostname() not in "".join(relay.heard)
    assert relay.heard[:2] == ["ehlo mado.example", "helo mado.example"]


def test_null_reverse_path() -> None:
    with relaying(Relay()) as relay:
        assert once(settings(relay), None) == Sent("250 2.0.0 Ok: queued as ABC")
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
        ("421 4.3.2 Closing", Broken("421 4.3.2 Closing")),
        ("530 5.7.0 Authentication required", Broken("530 5.7.0 Authentication required")),
        ("nonsense", Broken("the relay does not speak SMTP")),
    ],
)
def test_refusal_of_the_letter(moment: str, reply: str, outcome: Answer) -> None:
    assert deliver({moment: reply})[0] == outcome


def test_data_answered_with_something_else_is_deferred() -> None:
    assert deliver({"DATA": "250 2.0.0 Ok"})[0] == Deferred("250 2.0.0 Ok")


@pytest.mark.parametrize("reply", ["554 5.7.1 Go away", "421 4.7.0 Too many", "550 no"])
@pytest.mark.parametrize("moment", ["greeting", "both greetings"])
def test_refusal_before_the_letter_is_not_about_the_letter(moment: str, reply: str) -> None:
    replies = {"greeting": reply} if moment == "greeting" else {"EHLO": reply, "HELO": reply}
    assert deliver(replies)[0] == Unreached(reply)


@pytest.mark.parametrize(
    ("moment", "kind"),
    [
        ("greeting", Unreached),
        ("EHLO", Unreached),
        ("MAIL", Broken),
        ("RCPT", Broken),
        ("DATA", Broken),
        ("dot", Broken),
    ],
)
@pytest.mark.parametrize(
    ("reply", "reason"),
    [(CLOSE, "the relay closed the connection"), (HANG, "the relay did not answer in time")],
)
def test_relay_that_goes_away_or_hangs(moment: str, kind: type[Unreached | Broken], reply: str, reason: str) -> None:
    outcome, relay = deliver({moment: reply}, timeout_seconds=0.3, final_timeout_seconds=0.3)
    assert outcome == kind(reason)
    assert sum(line.startswith("MAIL") for line in relay.heard) == (kind is Broken)


def test_relay_may_take_longer_to_look_at_the_letter_than_to_answer_a_command() -> None:
    with relaying(Relay({"dot": "250 2.0.0 Ok"}, thinks_seconds=0.5)) as relay:
        made = replace(settings(relay), timeout_seconds=0.2, final_timeout_seconds=5.0)
        assert once(made) == Sent("250 2.0.0 Ok")


@pytest.mark.parametrize("reply", [HANG, CLOSE, "500 what", "nonsense"])
def test_trouble_at_quit_does_not_send_twice(reply: str) -> None:
    assert deliver({"QUIT": reply}, timeout_seconds=0.3)[0] == Sent("250 2.0.0 Ok: queued as ABC")


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    made = RelaySettings("127.0.0.1", port, Tls.NONE, "mado.example")
    assert once(made) == Unreached("no connection to the relay: Connection refused")


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", ""])
def test_host_that_is_none(host: str) -> None:
    made = RelaySettings(host, 1, Tls.NONE, "mado.example")
    assert isinstance(once(made), Unreached)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (
            "550 5.1.1 <yuki@school.example.jp>: Recipient address rejected",
            "550 5.1.1 <…> Recipient address rejected",
        ),
        ('550 "yuki"@school.example.jp unknown', "550 <…> unknown"),
        ("550 5.1.1 no user yuki in school.example.jp", "550 5.1.1 no user <…> in <…>"),
        ("550 5.4.1 mx.SCHOOL.example.jp[192.0.2.1]: no access", "550 5.4.1 <…> no access"),
        ("550 5.7.1 see http://x.example/?r=yuki%40school.example.jp", "550 5.7.1 see <…>"),
        ("550 5.7.1 see http://x.example/yuki.html", "550 5.7.1 see <…>"),
        ("550 5.1.1 yukiko and mail.preschool.example.jp", "550 5.1.1 yukiko and mail.preschool.example.jp"),
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
        assert once(made) == Sent("250 2.0.0 Ok: queued as ABC")
    assert relay.heard[-5:] == [
        "AUTH PLAIN AGRlc2sAaGltaXRzdQ==",
        "MAIL FROM:<bounce+abcdefghijklmnopqrstuvwx@mado.example>",
        "RCPT TO:<yuki@school.example.jp>",
        "DATA",
        "quit",
    ]


@pytest.mark.parametrize("mode", [Tls.STARTTLS, Tls.TLS])
def test_certificate_that_cannot_be_verified_stops_everything(tls: ssl.SSLContext, mode: Tls) -> None:
    with relaying(Relay({"EHLO": STARTTLS}, tls, mode is Tls.TLS)) as relay:
        made = replace(settings(relay), tls=mode, username="desk", password="himitsu")
        outcome = once(made)
    assert outcome == Unreached("the relay's certificate cannot be verified: self-signed certificate")
    assert [line for line in relay.heard if line.startswith(("AUTH", "MAIL"))] == []


@pytest.mark.usefixtures("trusted")
def test_certificate_of_another_name_is_not_enough(tls: ssl.SSLContext) -> None:
    with relaying(Relay({"EHLO": STARTTLS}, tls)) as relay:
        made = replace(settings(relay), host="localhost", tls=Tls.STARTTLS)
        outcome = once(made)
    assert isinstance(outcome, Unreached)
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
    assert outcome == Unreached(reason)
    assert [line for line in relay.heard if line.startswith("MAIL")] == []


def test_tls_from_the_start_against_clear_text_is_no_way() -> None:
    assert deliver({}, tls=Tls.TLS)[0] == Unreached("TLS with the relay failed")


@pytest.mark.usefixtures("trusted")
def test_wrong_password_is_no_way_and_not_told(tls: ssl.SSLContext) -> None:
    with relaying(Relay({"EHLO": STARTTLS, "AUTH": "535 5.7.8 Bad credentials"}, tls)) as relay:
        made = replace(settings(relay), tls=Tls.STARTTLS, username="desk", password="himitsu")
        assert once(made) == Unreached("535 5.7.8 Bad credentials")
    assert "himitsu" not in repr(made)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("password", ["秘密", "himitsu"])
def test_relay_without_a_way_to_log_in_is_no_way(tls: ssl.SSLContext, password: str) -> None:
    ehlo = STARTTLS.replace("AUTH PLAIN", "AUTH ODD" if password == "himitsu" else "AUTH PLAIN")
    with relaying(Relay({"EHLO": ehlo}, tls)) as relay:
        made = replace(settings(relay), tls=Tls.STARTTLS, username="desk", password=password)
        assert isinstance(once(made), Unreached)


@pytest.mark.parametrize("mode", [Tls.NONE, Tls.OPPORTUNISTIC])
def test_credentials_without_verified_tls_are_refused_at_the_start(mode: Tls) -> None:
    with pytest.raises(BadConfiguration, match=r"delivery\.username"):
        SmtpRelay(RelaySettings("127.0.0.1", 25, mode, "mado.example", username="desk", password="x"))


def test_opportunistic_tls_asks_for_no_certificate_that_can_be_verified(tls: ssl.SSLContext) -> None:
    with relaying(Relay({"EHLO": STARTTLS}, tls)) as relay:
        assert once(replace(settings(relay), tls=Tls.OPPORTUNISTIC)) == Sent("250 2.0.0 Ok: queued as ABC")
    assert relay.heard[:3] == ["ehlo mado.example", "STARTTLS", "ehlo mado.example"]


@pytest.mark.parametrize("ehlo", ["250 relay.example", "502 5.5.1 no"])
def test_opportunistic_tls_does_without_where_it_is_not_offered(ehlo: str) -> None:
    outcome, relay = deliver({"EHLO": ehlo}, tls=Tls.OPPORTUNISTIC)
    assert outcome == Sent("250 2.0.0 Ok: queued as ABC")
    assert "STARTTLS" not in relay.heard


def test_tls_that_was_offered_and_fails_is_not_given_up_for_clear_text() -> None:
    outcome, relay = deliver({"EHLO": STARTTLS, "STARTTLS": "454 4.7.0 later"}, tls=Tls.OPPORTUNISTIC)
    assert outcome == Unreached("454 4.7.0 later")
    assert [line for line in relay.heard if line.startswith("MAIL")] == []


@pytest.mark.usefixtures("trusted")
def test_what_the_relay_says_before_tls_counts_for_nothing_after_it(tls: ssl.SSLContext) -> None:
    """Replies that somebody in between put behind the 220 are not taken for replies to what is said over TLS."""
    injected = "220 ready\n250-evil.example\n250 AUTH PLAIN\n235 ok"
    with relaying(InjectedRelay({"EHLO": STARTTLS}, tls, injected=injected)) as relay:
        made = replace(settings(relay), tls=Tls.STARTTLS, username="desk", password="himitsu")
        assert once(made) == Sent("250 2.0.0 Ok: queued as ABC")
    assert relay.heard.count("AUTH PLAIN AGRlc2sAaGltaXRzdQ==") == 1
    assert relay.heard[2] == "ehlo mado.example"


@pytest.mark.parametrize("mode", [Tls.STARTTLS, Tls.TLS])
def test_the_authorities_of_ca_file_are_trusted(tls: ssl.SSLContext, certificate: tuple[Path, Path], mode: Tls) -> None:
    with relaying(Relay({"EHLO": STARTTLS}, tls, mode is Tls.TLS)) as relay:
        made = replace(settings(relay), tls=mode, ca_file=certificate[0])
        assert once(made) == Sent("250 2.0.0 Ok: queued as ABC")


def test_ca_file_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").touch()
    for name in ("empty.pem", "missing.pem"):
        with pytest.raises(BadConfiguration, match=r"delivery\.ca_file"):
            SmtpRelay(RelaySettings("127.0.0.1", 25, Tls.TLS, "mado.example", ca_file=tmp_path / name))


@pytest.mark.usefixtures("trusted")
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_tls_before_1_2_is_no_way(tls: ssl.SSLContext) -> None:
    tls.minimum_version = ssl.TLSVersion.TLSv1
    tls.maximum_version = ssl.TLSVersion.TLSv1_1
    tls.set_ciphers("ALL:@SECLEVEL=0")
    with relaying(Relay({}, tls, is_tls_from_the_start=True)) as relay:
        assert once(replace(settings(relay), tls=Tls.TLS)) == Unreached("TLS with the relay failed")
    assert relay.heard == []


# Connections that are kept

TAKEN = Sent("250 2.0.0 Ok: queued as ABC")


def test_one_connection_carries_many_letters() -> None:
    with relaying(Relay()) as relay, way_out(settings(relay)) as out:
        assert [out.deliver(BOUNCE, YUKI, LETTER) for _ in range(5)] == [TAKEN] * 5
    assert relay.connections == 1
    assert [line.split(" ")[0] for line in relay.heard] == ["ehlo", *["MAIL", "RCPT", "DATA"] * 5, "quit"]


def test_after_a_refused_letter_the_dialogue_is_begun_anew() -> None:
    with relaying(Relay({"RCPT": "550 5.1.1 no"})) as relay, way_out(settings(relay)) as out:
        assert [out.deliver(BOUNCE, YUKI, LETTER) for _ in range(2)] == [Failed("550 5.1.1 no")] * 2
    assert relay.connections == 1
    assert [line.split(" ")[0] for line in relay.heard] == ["ehlo", "MAIL", "RCPT", "rset", "MAIL", "RCPT", "quit"]


def test_an_international_letter_changes_nothing_for_the_next_one() -> None:
    ehlo = "250-relay.example\n250-8BITMIME\n250 SMTPUTF8"
    with relaying(Relay({"EHLO": ehlo})) as relay, way_out(settings(relay)) as out:
        for forward_path in (Address("ゆき", "school.example.jp"), YUKI):
            assert out.deliver(BOUNCE, forward_path, LETTER) == TAKEN
    mails = [line for line in relay.heard if line.startswith("MAIL")]
    assert [line.endswith("SMTPUTF8") for line in mails] == [True, False]


def test_kept_connection_that_the_relay_has_closed_is_replaced_and_the_letter_goes_out_once() -> None:
    with relaying(Relay(letters_a_connection=1)) as relay, way_out(settings(relay)) as out:
        assert [out.deliver(BOUNCE, YUKI, LETTER) for _ in range(3)] == [TAKEN] * 3
    assert relay.connections == 3
    assert relay.heard.count("DATA") == 3


@pytest.mark.parametrize("moment", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("reply", ["421 4.4.2 idle for too long", CLOSE])
def test_kept_connection_that_dies_before_the_text_is_replaced_once(moment: str, reply: str) -> None:
    with relaying(Relay()) as relay, way_out(settings(relay)) as out:
        out.deliver(BOUNCE, YUKI, LETTER)
        relay.replies[moment] = reply
        reason = "the relay closed the connection" if reply == CLOSE else reply
        assert out.deliver(BOUNCE, YUKI, LETTER) == Broken(reason)
    assert relay.connections == 2


@pytest.mark.parametrize("reply", ["421 4.4.2 closing", CLOSE, HANG])
def test_letter_whose_text_was_sent_is_not_repeated_at_once(reply: str) -> None:
    with relaying(Relay()) as relay, way_out(replace(settings(relay), final_timeout_seconds=0.3)) as out:
        out.deliver(BOUNCE, YUKI, LETTER)
        relay.replies["dot"] = reply
        assert isinstance(out.deliver(BOUNCE, YUKI, LETTER), Broken)
    assert (relay.connections, relay.heard.count("DATA")) == (1, 2)


def test_relay_that_is_gone_when_a_kept_connection_is_replaced_was_not_reached() -> None:
    with way_out(settings(Relay())) as out:
        with relaying(Relay(letters_a_connection=1)) as relay:
            out._settings = settings(relay)
            assert out.deliver(BOUNCE, YUKI, LETTER) == TAKEN
        assert out.deliver(BOUNCE, YUKI, LETTER) == Unreached("no connection to the relay: Connection refused")


def test_several_threads_share_the_connections() -> None:
    outcomes: list[Answer] = []
    with relaying(Relay()) as relay, way_out(settings(relay)) as out:
        work: Callable[[], None] = lambda: outcomes.append(out.deliver(BOUNCE, YUKI, LETTER))  # noqa: E731
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcomes == [TAKEN] * 8
    assert relay.connections == 1
