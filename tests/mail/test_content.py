"""What a file is, from its octets: the table that the drawing child and the words for operators go by."""

from __future__ import annotations

import hiding
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.content import Content, content_of

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
FTYP = b"\x00\x00\x00\x18ftyp"


@pytest.mark.parametrize(
    ("octets", "content"),
    [
        (hiding.jpeg(), Content.JPEG),  # with a zip behind its end
        (hiding.png(), Content.PNG),
        (hiding.gif(), Content.GIF),
        (hiding.webp(), Content.WEBP),
        (hiding.tiff(), Content.TIFF),
        (FTYP + b"heic" + bytes(40), Content.HEIC),
        (FTYP + b"avif" + bytes(40), Content.OTHER_PICTURE),
        (b"BM" + bytes(60), Content.OTHER_PICTURE),
        (hiding.pdf(), Content.PDF),
        (b"\r\n junk of a scanner\r\n" + hiding.plain_pdf(), Content.PDF),
        (hiding.office(), Content.OFFICE),
        (OLE, Content.OFFICE),
        (OLE + "EncryptedPackage".encode("utf-16-le"), Content.LOCKED_OFFICE),
        (b"{\\rtf1\\ansi}", Content.OFFICE),
        (hiding.archive(), Content.ARCHIVE),
        (hiding.archive()[:40], Content.ARCHIVE),
        (hiding.locked_archive(), Content.LOCKED_ARCHIVE),
        (hiding.locked_archive()[:40], Content.LOCKED_ARCHIVE),
        (b"7z\xbc\xaf\x27\x1c" + bytes(40), Content.ARCHIVE),
        (b"\x22\x1a-lh5-" + bytes(40), Content.ARCHIVE),
        (bytes(257).replace(b"\x00", b"a") + b"ustar", Content.ARCHIVE),
        (hiding.vcard(), Content.CONTACT),
        (b"\xef\xbb\xbf" + hiding.vcard(), Content.CONTACT),
        (hiding.vcard().decode().encode("utf-16"), Content.CONTACT),
        (hiding.calendar(), Content.CALENDAR),
        (b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n", Content.KEY),
        (b"-----BEGIN CERTIFICATE-----\n", Content.KEY),
        (bytes.fromhex("3082 0400 3082 02e8 a003020102"), Content.KEY),
        (bytes.fromhex("3080 0609 2a864886f70d010702"), Content.KEY),
        (bytes.fromhex("99010d 04 5f000000 01 0800"), Content.KEY),
        (bytes.fromhex("789f3e22") + bytes(20), Content.TNEF),
        (b"Received: from x by y\r\n", Content.MAIL),
        (b"<!DOCTYPE html><html></html>", Content.WEB_PAGE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Content.WEB_PAGE),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", Content.MEDIA),
        (FTYP + b"isom" + bytes(40), Content.MEDIA),
        (b"MZ" + bytes(60), Content.PROGRAM),
        ("会議の記録です。".encode("cp932"), Content.TEXT),
        (b"", Content.EMPTY),
        (bytes(100), Content.EMPTY),
        (b"\x01\x02\x00\x03 something", Content.UNKNOWN),
    ],
    ids=lambda value: value.value if isinstance(value, Content) else "octets",
)
def test_the_octets_say_what_a_file_is(octets: bytes, content: Content) -> None:
    assert content_of(octets) is content


@given(
    st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"%PDF-", b"RIFF", b"\x30\x82", b"\xff\xfe"]),
    st.binary(max_size=600),
)
def test_any_octets_are_something(start: bytes, rest: bytes) -> None:
    assert content_of(start + rest) in Content
