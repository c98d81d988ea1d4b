"""A picture with anything beside its pixels is not taken from the drawing child; a PDF is made of what is."""

from __future__ import annotations

import io
import struct
import zlib

import hiding
import pypdfium2
import pytest

from mailgate.mail.bare import Jpeg, bare_jpeg, is_bare_png, pdf_of


def saved(kind: str, mode: str = "RGB", **options: object) -> bytes:
    file = io.BytesIO()
    hiding.pixels().convert(mode).save(file, kind, **options)
    return file.getvalue()


PNG, JPEG = saved("PNG"), saved("JPEG", optimize=True)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + zlib.crc32(kind + content).to_bytes(4)


def test_pixels_alone_are_bare() -> None:
    assert is_bare_png(PNG)
    assert bare_jpeg(JPEG) == Jpeg(96, 64, 3, JPEG)
    assert bare_jpeg(saved("JPEG", "L")) == Jpeg(96, 64, 1, saved("JPEG", "L"))


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        JPEG,
        PNG[:-1],
        PNG + b"x",
        PNG[:33] + chunk(b"tEXt", b"Author\0x") + PNG[33:],
        PNG[:33] + chunk(b"eXIf", b"II*\0") + PNG[33:],
        PNG[:33] + PNG[33:].replace(b"IDAT", b"IDAX", 1),
        PNG[:8] + PNG[33:],
        hiding.png(),
        saved("PNG", dpi=(72, 72)),
        saved("PNG", "P"),
    ],
)
def test_a_png_with_more_is_not(octets: bytes) -> None:
    assert not is_bare_png(octets)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        PNG,
        JPEG[:-1],
        JPEG + b"x",
        JPEG[:100],
        JPEG[:2] + b"\xff\xfe\x00\x06abcd" + JPEG[2:],
        JPEG.replace(b"JFIF\x00", b"JFXX\x00", 1),
        hiding.jpeg(),
        saved("JPEG", comment=b"x"),
        saved("JPEG", progressive=True),
        saved("JPEG", "CMYK"),
    ],
)
def test_a_jpeg_with_more_is_not(octets: bytes) -> None:
    assert bare_jpeg(octets) is None


def test_a_pdf_shows_each_picture_on_a_page_and_says_nothing_else() -> None:
    pictures = [bare_jpeg(saved("JPEG", mode, quality=95)) for mode in ("RGB", "L")]
    octets = pdf_of([one for one in pictures if one is not None])
    document = pypdfium2.PdfDocument(octets)
    shown = [document[number].render(scale=2.08).to_pil().convert("RGB") for number in range(2)]
    assert [one.size for one in shown] == [(96, 64)] * 2
    (red, grey) = (one.getpixel((10, 10)) for one in shown)
    assert max(abs(a - b) for a, b in zip(red, (200, 30, 30), strict=True)) < 8
    assert len(set(grey)) == 1
    assert document.get_metadata_dict(skip_empty=True) == {}
    assert octets == pdf_of([one for one in pictures if one is not None])
