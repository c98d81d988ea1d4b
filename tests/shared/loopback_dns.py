"""A real name server on loopback, with a zone that a test writes down, and mails that are really signed.

    dns.add("school.example", "TXT", "v=spf1 ip4:192.0.2.1 -all")
    dns.add("broken.example", "TXT", SERVFAIL)      dns.add("silent.example", "TXT", SILENT)

A name with records of another type answers "no such record"; a name without any does not exist. Aliases are followed.
"""

from __future__ import annotations

import base64
import errno
import re
import socketserver
import threading
from collections.abc import Sequence
from functools import cache

import dkim
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

SERVFAIL, SILENT = "SERVFAIL", "SILENT"
_TTL = 300
_LARGEST_DATAGRAM = 1232


class LoopbackDns:
    """Listens from its making until `close`; `asked` are the (name, type) of every question so far."""

    def __init__(self) -> None:
        self.zone: dict[tuple[str, str], list[str]] = {}
        self.asked: list[tuple[str, str]] = []
        server = self

        class Datagram(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                octets, socket = self.request
                reply = server.reply(octets)
                if reply is not None:
                    wire = reply.to_wire(max_size=65_535)
                    if len(wire) > _LARGEST_DATAGRAM:
                        reply = dns.message.make_response(dns.message.from_wire(octets))
                        reply.flags |= dns.flags.TC
                        wire = reply.to_wire()
                    socket.sendto(wire, self.client_address)

        class Stream(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                size = int.from_bytes(self.request.recv(2), "big")
                reply = server.reply(self.request.recv(size))
                if reply is not None:
                    wire = reply.to_wire(max_size=65_535)
                    self.request.sendall(len(wire).to_bytes(2, "big") + wire)

        self._udp, self._tcp = _on_one_port(Datagram, Stream)
        for one in (self._udp, self._tcp):
            one.daemon_threads = True
            threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def nameserver(self) -> tuple[str, int]:
        host, port = self._udp.server_address[:2]
        return str(host), int(port)

    def add(self, name: str, kind: str, *records: str) -> None:
        self.zone.setdefault((name.lower(), kind), []).extend(records)

    def clear(self) -> None:
        self.zone.clear()
        self.asked.clear()

    def close(self) -> None:
        for one in (self._udp, self._tcp):
            one.shutdown()
            one.server_close()

    def reply(self, octets: bytes) -> dns.message.Message | None:
        query = dns.message.from_wire(octets)
        question = query.question[0]
        kind = dns.rdatatype.to_text(question.rdtype)
        name = b".".join(label for label in question.name.labels if label).decode("latin-1").lower()
        self.asked.append((name, kind))
        reply = dns.message.make_response(query)
        owner, records, seen = question.name, self.zone.get((name, kind)), {name}
        while records is None and (name, "CNAME") in self.zone:
            (target,) = self.zone[(name, "CNAME")]
            owner, alias = dns.name.from_text(target), owner
            reply.answer.append(dns.rrset.from_text(alias, _TTL, "IN", "CNAME", owner.to_text()))
            name = target.lower()
            records = self.zone.get((name, kind))
            if name in seen:
                break
            seen.add(name)
        if records is None:
            if not any(one == name or one.endswith(f".{name}") for one, _ in self.zone):
                reply.set_rcode(dns.rcode.NXDOMAIN)
        elif SILENT in records:
            return None
        elif SERVFAIL in records:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif records:
            rdatas = [_rdata(kind, record) for record in records]
            reply.answer.append(dns.rrset.from_rdata_list(owner, _TTL, rdatas))
        return reply


def _on_one_port(
    datagram: type[socketserver.BaseRequestHandler], stream: type[socketserver.BaseRequestHandler]
) -> tuple[socketserver.UDPServer, socketserver.TCPServer]:
    """A server for each of the two ways to ask, on one number: one that is free for UDP may be taken for TCP."""
    while True:
        udp = socketserver.ThreadingUDPServer(("127.0.0.1", 0), datagram)
        try:
            return udp, socketserver.ThreadingTCPServer(udp.server_address, stream)
        except OSError as error:
            udp.server_close()
            if error.errno != errno.EADDRINUSE:
                raise


def _rdata(kind: str, record: str) -> dns.rdata.Rdata:
    if kind == "TXT":
        octets = record.encode("utf-8")
        strings = [octets[at : at + 255] for at in range(0, len(octets), 255)] or [b""]
        wire = b"".join(bytes([len(one)]) + one for one in strings)
        return dns.rdata.from_wire(dns.rdataclass.IN, dns.rdatatype.TXT, wire, 0, len(wire))
    return dns.rdata.from_text("IN", kind, record)


# Smaller than any library makes today, so it stands here: 512 bits, for the test that it is refused.
SMALL_KEY = b"""-----BEGIN RSA PRIVATE KEY-----
MIIBOwIBAAJBALE2KY5ln8xe5YzIWe2EhbpcILR0xgqHr3bQeUY63a/SOK7+9UCO
NZKHagFUrv/Vshm/ZaLQ0Z8UcrBjhRmNh48CAwEAAQJAN4QDQsPdatXzzcXaPkl8
52QDLuVCQXw+YNdwlqrMVk7cbPpfcZiK42VioNcAXhMzT0rWjsENTI6aFIPBbsWt
kQIhAOZNmqQ/qFw6FSL9JVOc/cgnj7fMlfeIs2RhyFlY0uoXAiEAxPwL9/nA2PwS
sKzoLn83NZBnJI8MrcCxmOxD/RmU0UkCIQDF7mp6wW8sHIsv8AsVinaegEnHeKBn
BujO3C85gtp6bwIhAKizb5ClHcr3Pw5+Vq6TlvXRwPPnayVXdQIRvjyB7xi5AiA7
tSuBuBIs2Hwrttu44KR/amwq1j9nzEsBFsekkYvDcw==
-----END RSA PRIVATE KEY-----
"""
SMALL_RECORD = (
    "v=DKIM1; k=rsa; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALE2KY5ln8xe5YzIWe2EhbpcILR0xgqH"
    "r3bQeUY63a/SOK7+9UCONZKHagFUrv/Vshm/ZaLQ0Z8UcrBjhRmNh48CAwEAAQ=="
)


@cache
def rsa_key(number: int = 0) -> RSAPrivateKey:
    """One key for each number, made once."""
    return generate_private_key(public_exponent=65537, key_size=2048)


@cache
def ed25519_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def key_record(number: int = 0) -> str:
    octets = rsa_key(number).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(octets).decode()}"


def ed25519_record() -> str:
    octets = ed25519_key().public_key().public_bytes_raw()
    return f"v=DKIM1; k=ed25519; p={base64.b64encode(octets).decode()}"


def signed(
    raw: bytes,
    domain: str,
    selector: str = "k1",
    *,
    number: int = 0,
    ed25519: bool = False,
    small: bool = False,
    headers: Sequence[str] = ("from", "to", "subject", "date", "message-id"),
    length: bool = False,
    form: tuple[bytes, bytes] = (b"relaxed", b"relaxed"),
    algorithm: bytes = b"rsa-sha256",
) -> bytes:
    """`raw` with one DKIM-Signature more on top."""
    if ed25519:
        algorithm, key = b"ed25519-sha256", base64.b64encode(ed25519_key().private_bytes_raw())
    elif small:
        key = SMALL_KEY
    else:
        key = rsa_key(number).private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    signature = dkim.DKIM(raw, signature_algorithm=algorithm).sign(
        selector.encode(),
        domain.encode(),
        key,
        canonicalize=form,
        include_headers=[one.encode() for one in headers],
        length=length,
    )
    return bytes(signature) + raw


def with_tag(raw: bytes, tag: str, value: str) -> bytes:
    """The same mail with a tag of its topmost signature changed (the signature then verifies no more)."""
    return re.sub(rb"(?<=[;\s])%b=[^;]*;" % tag.encode(), f"{tag}={value};".encode(), raw, count=1)
