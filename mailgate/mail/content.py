"""What a file is, told by its octets alone: its name and its Content-Type are only words of its sender.

Before: `mail/parts.py` has decoded an attachment. After: `sandbox/` draws a picture or PDF afresh, and `desk/` says why
anything else is withheld. Only as much is read as tells the kinds apart that are answered differently. The directory of
a zip archive is hostile too, so this runs in the child process of `sandbox/`. A file of two kinds (a picture with an
archive behind it) is the one that it begins as.
"""

from __future__ import annotations

import io
import re
import zipfile
from enum import StrEnum


class Content(StrEnum):
    JPEG = "JPEG picture"
    PNG = "PNG picture"
    GIF = "GIF picture"
    WEBP = "WebP picture"
    TIFF = "TIFF picture"
    HEIC = "HEIC picture"
    OTHER_PICTURE = "picture of a rare kind"
    PDF = "PDF"
    OFFICE = "Office file"
    LOCKED_OFFICE = "Office file with a password"
    ARCHIVE = "archive"
    LOCKED_ARCHIVE = "archive with a password"
    CONTACT = "contact (vCard)"
    CALENDAR = "calendar entry"
    KEY = "key, certificate or signature"
    TNEF = "winmail.dat (TNEF)"
    MAIL = "another mail"
    WEB_PAGE = "web page (HTML or SVG)"
    MEDIA = "sound or film"
    PROGRAM = "program"
    TEXT = "text"
    EMPTY = "empty file"
    UNKNOWN = "unknown kind"


PICTURES = frozenset({Content.JPEG, Content.PNG, Content.GIF, Content.WEBP, Content.TIFF})
DRAWABLE = PICTURES | {Content.PDF}
LOCKED = frozenset({Content.LOCKED_OFFICE, Content.LOCKED_ARCHIVE})

_STARTS: tuple[tuple[bytes, Content], ...] = (
    (b"\xff\xd8\xff", Content.JPEG),
    (b"\x89PNG\r\n\x1a\n", Content.PNG),
    (b"GIF87a", Content.GIF),
    (b"GIF89a", Content.GIF),
    (b"II*\x00", Content.TIFF),
    (b"MM\x00*", Content.TIFF),
    (b"II+\x00", Content.TIFF),
    (b"MM\x00+", Content.TIFF),
    (b"BM", Content.OTHER_PICTURE),
    (b"\x00\x00\x00\x0cjP  \r\n", Content.OTHER_PICTURE),
    (b"8BPS", Content.OTHER_PICTURE),
    (b"\x78\x9f\x3e\x22", Content.TNEF),
    (b"7z\xbc\xaf\x27\x1c", Content.ARCHIVE),
    (b"Rar!\x1a\x07", Content.ARCHIVE),
    (b"\x1f\x8b", Content.ARCHIVE),
    (b"BZh", Content.ARCHIVE),
    (b"\xfd7zXZ\x00", Content.ARCHIVE),
    (b"MSCF", Content.ARCHIVE),
    (b"{\\rtf", Content.OFFICE),
    (b"\x7fELF", Content.PROGRAM),
    (b"MZ", Content.PROGRAM),
    (b"ID3", Content.MEDIA),
    (b"OggS", Content.MEDIA),
    (b"\x1aE\xdf\xa3", Content.MEDIA),
    (b"\xff\xfb", Content.MEDIA),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_LHA = re.compile(rb"-l[hz][0-9ds]-")
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_PDF_WITHIN = 1024
_TEXT_WITHIN = 4096
_TEXTS: tuple[tuple[re.Pattern[str], Content], ...] = (
    (re.compile(r"begin:vcard", re.IGNORECASE), Content.CONTACT),
    (re.compile(r"begin:vcalendar", re.IGNORECASE), Content.CALENDAR),
    (re.compile(r"-----BEGIN [A-Z0-9 ]{1,40}-----|---- BEGIN SSH2|ssh-(?:rsa|ed25519) "), Content.KEY),
    (re.compile(r"(?:<\?xml|<!doctype html|<html|<svg|<head|<body|<!--)", re.IGNORECASE), Content.WEB_PAGE),
    (
        re.compile(r"(?:received|return-path|from|message-id|date|mime-version|delivered-to):[ \t]", re.IGNORECASE),
        Content.MAIL,
    ),
)
# DER: a long SEQUENCE that begins with another one (X.509), with the version of a PKCS#12, or with the OID of PKCS#7;
# and the first packets of OpenPGP that are keys or encrypted to one.
_DER = re.compile(
    rb"\x30(?:\x82..|\x83...|\x80)(?:\x30|\x02\x01\x03\x30|\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07)", re.S
)
_PGP = re.compile(
    rb"(?:\x99[\x00-\x0f].|[\xc5\xc6].{1,5}|\x95[\x00-\x0f].|\x98.)[\x03-\x06]|[\x84\x85].{1,2}\x03", re.S
)


def content_of(octets: bytes) -> Content:
    """The kind of a file; total, in time proportional to its length."""
    if not octets.strip(b"\x00 \t\r\n"):
        return Content.EMPTY
    for start, content in _STARTS:
        if octets.startswith(start):
            return content
    if octets.startswith(_ZIP_STARTS):
        return _zip(octets)
    if octets.startswith(_OLE):
        return Content.LOCKED_OFFICE if _ENCRYPTED_PACKAGE in octets else Content.OFFICE
    if octets[:4] == b"RIFF":
        return Content.WEBP if octets[8:12] == b"WEBP" else Content.MEDIA
    if octets[4:8] == b"ftyp":
        return _media_box(octets[8:12])
    if _LHA.match(octets, 2) or octets[257:262] == b"ustar":
        return Content.ARCHIVE
    if b"%PDF-" in octets[:_PDF_WITHIN]:
        return Content.PDF
    return _text(octets)


def _media_box(brand: bytes) -> Content:
    """ISO base media: the pictures of telephones, or films."""
    if brand in _HEIC_BRANDS:
        return Content.HEIC
    return Content.OTHER_PICTURE if brand in (b"avif", b"avis") else Content.MEDIA


def _zip(octets: bytes) -> Content:
    """Office files are zip archives; a password stands in the flags of each entry."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(octets)).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, UnicodeDecodeError, RuntimeError):
        return Content.LOCKED_ARCHIVE if octets[6:7] and octets[6] & 1 else Content.ARCHIVE
    if any(one.flag_bits & 1 for one in entries):
        return Content.LOCKED_ARCHIVE
    names = {one.filename for one in entries}
    return Content.OFFICE if "[Content_Types].xml" in names or "mimetype" in names else Content.ARCHIVE


def _text(octets: bytes) -> Content:
    head = octets[:_TEXT_WITHIN]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", "replace")
    elif _PGP.match(head) or _DER.match(head):
        return Content.KEY
    elif b"\x00" in head:
        return Content.UNKNOWN
    else:
        text = head.decode("latin-1").removeprefix("\xef\xbb\xbf")
    text = text.lstrip("\ufeff \t\r\n")
    for pattern, content in _TEXTS:
        if pattern.match(text):
            return content
    return Content.TEXT
