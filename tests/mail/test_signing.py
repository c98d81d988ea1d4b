"""Letters are signed so that others can verify them, and nothing can be added to them afterwards."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from dns import zone as dns_zone

from mailgate.errors import BadKeys, BadLetter
from mailgate.mail.dkim_key import Algorithm, new_key, record_of
from mailgate.mail.signing import Signer, read_key, sign

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED25519 = ed25519.Ed25519PrivateKey.generate()
MADO = b"xn--" + "窓".encode("punycode") + b".example"

LETTER = (
    b"Date: Sun, 01 Feb 2026 10:05:00 +0900\r\n"
    b"From: Desk <soudan@mado.example>\r\n"
    b"To: yuki@school.example.jp\r\n"
    b"Subject: =?utf-8?b?56qT5Y+j?=\r\n"
    b"Message-ID: <k3n5@mado.example>\r\n"
    b"Auto-Submitted: auto-generated\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: base64\r\n"
    b"\r\n"
    b"56qT5Y+j\r\n"
)


def pem(
    key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey,
    form: PrivateFormat = PrivateFormat.PKCS8,
    encryption: KeySerializationEncryption | None = None,
) -> bytes:
    return key.private_bytes(Encoding.PEM, form, encryption or NoEncryption())


ONE = Signer("mado.example", "one", RSA)
TWO = Signer("mado.example", "two", ED25519)


def dns(name: bytes, timeout: int = 5) -> bytes | None:
    """The records of mado.example, as `dkim.verify` asks for them."""
    rsa_octets = RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        b"one._domainkey.mado.example.": record_of(ONE).value.encode(),
        b"one._domainkey." + MADO + b".": b"v=DKIM1; k=rsa; p=" + base64.b64encode(rsa_octets),
        b"two._domainkey.mado.example.": record_of(TWO).value.encode(),
    }.get(name)


def verdicts(raw: bytes, count: int = 2) -> list[bool]:
    """Of each signature, topmost first."""
    return [verdict(dkim.DKIM(raw), number) for number in range(count)]


def verdict(verifier: dkim.DKIM, number: int) -> bool:
    try:
        return bool(verifier.verify(idx=number, dnsfunc=dns))
    except dkim.ValidationError:  # what dkimpy says of a changed body
        return False


@pytest.mark.parametrize(
    "signer",
    [
        ONE,
        Signer("mado.example", "one", read_key(pem(RSA, PrivateFormat.TraditionalOpenSSL))),
        Signer("mado.example", "one", read_key(pem(RSA).replace(b"\n", b"\r\n"))),
        Signer("mado.example", "two", read_key(pem(ED25519))),
    ],
)
def test_signature_verifies_and_the_letter_stays_as_it_was(signer: Signer) -> None:
    signed = sign(LETTER, [signer])
    assert dkim.verify(signed, dnsfunc=dns)
    assert signed.endswith(b"\r\n" + LETTER)
    assert signed.startswith(b"DKIM-Signature: v=1; a=")


def test_domain_outside_ascii_is_signed_for_in_a_labels() -> None:
    letter = LETTER.replace(b"mado.example", MADO)
    assert dkim.verify(sign(letter, [Signer("窓.example", "one", RSA)]), dnsfunc=dns)


def test_form_of_the_signature_is_relaxed_sha256() -> None:
    signature = sign(LETTER, [ONE]).partition(b"\r\nDate:")[0]
    assert b"a=rsa-sha256; c=relaxed/relaxed; d=mado.example;" in signature
    assert b"l=" not in signature


def test_each_signer_signs_the_same_letter_and_the_first_stands_on_top() -> None:
    signed = sign(LETTER, [ONE, TWO])
    assert [line[:5] for line in signed.replace(b"; ", b"\n").split(b"\n") if line.startswith(b"s=")] == [
        b"s=one",
        b"s=two",
    ]
    assert signed.endswith(b"\r\n" + LETTER)
    assert verdicts(signed) == [True, True]


def test_without_a_signer_nothing_is_added() -> None:
    assert sign(LETTER, []) == LETTER


def test_each_signature_stands_without_the_other() -> None:
    """Who knows no Ed25519, or finds no second record, verifies the first; and the other way round."""
    both = sign(LETTER, [ONE, TWO])
    second_at = both.index(b"DKIM-Signature", 1)
    assert verdicts(both[:second_at] + LETTER, 1) == verdicts(both[second_at:], 1) == [True]


def test_every_field_is_signed_once_more_than_it_is_there() -> None:
    letter = LETTER.replace(b"Subject:", b"Reply-To: reply@mado.example\r\nReferences: <a@b.example>\r\nSubject:")
    for number in range(2):
        verifier = dkim.DKIM(sign(letter, [ONE, TWO]))
        assert verifier.verify(idx=number, dnsfunc=dns)
        signed = Counter(name.lower() for name in verifier.include_headers)
        present = Counter(name.lower() for name, _ in verifier.headers)
        assert signed == {name: present[name] + 1 for name in signed}
        assert signed.keys() >= set(
            b"from to subject date message-id reply-to content-type auto-submitted references in-reply-to".split()
        )


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_new_key_can_be_read_and_its_record_verifies(algorithm: Algorithm) -> None:
    signer = Signer("mado.example", "fresh", read_key(new_key(algorithm)))
    record = record_of(signer)
    assert record.name == "fresh._domainkey.mado.example"
    assert "".join(record.strings) == record.value
    assert max(map(len, record.strings)) <= 255
    assert dkim.verify(sign(LETTER, [signer]), dnsfunc=lambda name, timeout=5: record.value.encode())


def test_a_record_of_rsa_is_split_for_the_zone_file() -> None:
    record = record_of(ONE)
    assert len(record.strings) == 2
    assert record.zone_line == f'{record.name}. 3600 IN TXT ( "{record.value[:255]}" "{record.value[255:]}" )'
    (read,) = dns_zone.from_text(record.zone_line, "mado.example.", relativize=False, check_origin=False).nodes.values()
    assert b"".join(read.rdatasets[0][0].strings).decode() == record.value


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b"56qT5Y+j\r\n", b"56qT\r\n"),
        lambda raw: raw + b"appended\r\n",
        lambda raw: raw.replace(b"To: yuki@", b"To: evil@"),
        lambda raw: raw.replace(b"Subject: ", b"Subject: x"),
        lambda raw: raw.replace(b"auto-generated", b"no"),
        lambda raw: b"From: evil@example.net\r\n" + raw,
        lambda raw: b"To: evil@example.net\r\n" + raw,
        lambda raw: b"Cc: evil@example.net\r\n" + raw,
        lambda raw: b"Reply-To: evil@example.net\r\n" + raw,
        lambda raw: b"Subject: other\r\n" + raw,
        lambda raw: raw.replace(b"To: yuki", b"Reply-To: evil@example.net\r\nTo: yuki"),
        lambda raw: raw.replace(b"To: yuki", b"Sender: evil@example.net\r\nTo: yuki"),
    ],
)
def test_nothing_can_be_changed_or_added(change: Callable[[bytes], bytes]) -> None:
    signed = sign(LETTER, [ONE, TWO])
    assert change(signed) != signed
    assert verdicts(change(signed)) == [False, False]


def test_trace_fields_may_be_added_on_the_way() -> None:
    signed = b"Received: from mado.example by mx.example.net; Sun, 01 Feb 2026 10:05:02 +0900\r\n" + sign(LETTER, [ONE])
    assert dkim.verify(signed, dnsfunc=dns)


@pytest.mark.parametrize(
    "key",
    [
        b"",
        b"not a key",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        pem(RSA, encryption=BestAvailableEncryption(b"himitsu")),
        pem(ec.generate_private_key(ec.SECP256R1())),
        RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    ],
)
def test_unusable_key_is_told_when_it_is_read(key: bytes) -> None:
    with pytest.raises(BadKeys):
        read_key(key)


@pytest.mark.parametrize("raw", [b"", b"To: yuki@school.example.jp\r\n\r\nx\r\n", b"no header at all\r\n"])
def test_letter_without_from_is_not_signed(raw: bytes) -> None:
    with pytest.raises(BadLetter):
        sign(raw, [ONE])


def test_selector_outside_ascii_is_not_signed_with() -> None:
    with pytest.raises(BadLetter):
        sign(LETTER, [Signer("mado.example", "窓", RSA)])


def test_key_is_not_shown() -> None:
    assert repr(ONE) == "Signer(domain='mado.example', selector='one')"
