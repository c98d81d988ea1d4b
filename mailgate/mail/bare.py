"""Whether a picture is nothing but pixels, told from its octets; and a PDF made of such pictures.

The drawing process reads hostile files, so what it gives back is not believed: it must be a PNG of IHDR, IDAT and IEND
alone, or a baseline JPEG without any application data but an empty JFIF header. Nothing may stand behind the end.
(PNG: ISO/IEC 15948 5; JPEG: ITU-T T.81 B.1; PDF: ISO 32000 7.5.) Known weakness: what the pixels show, a watermark in
them included, is for the operator to see.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

_PNG = b"\x89PNG\r\n\x1a\n"
_JFIF = b"JFIF\x00"
_JFIF_OCTETS = 14
_SOI, _APP0, _SOS, _EOI = 0xD8, 0xE0, 0xDA, 0xD9
_FRAMES = (0xC0, 0xC1)
"""Start of frame of a sequential JPEG."""
_TABLES = (0xDB, 0xC4, 0xDD)
"""Quantisation, Huffman, restart interval."""
_POINTS_PER_PIXEL = 72 / 150


@dataclass(frozen=True, slots=True)
class Jpeg:
    width: int
    height: int
    components: int
    octets: bytes


def is_bare_png(octets: bytes) -> bool:
    """Whether this is one PNG without any chunk that is not pixels."""
    if not octets.startswith(_PNG):
        return False
    kinds, place = [], len(_PNG)
    while place < len(octets):
        size = int.from_bytes(octets[place : place + 4])
        kind, content = octets[place + 4 : place + 8], octets[place + 8 : place + 8 + size]
        if octets[place + 8 + size : place + 12 + size] != zlib.crc32(kind + content).to_bytes(4):
            return False
        kinds.append(kind)
        place += 12 + size
    return kinds[:1] == [b"IHDR"] and kinds[-1:] == [b"IEND"] and {*kinds[1:-1]} == {b"IDAT"}


def bare_jpeg(octets: bytes) -> Jpeg | None:
    """The picture, if this is one sequential JPEG without any segment that is not pixels."""
    if octets[:2] != bytes([0xFF, _SOI]):
        return None
    frame, place = b"", 2
    while octets[place : place + 1] == b"\xff":
        kind, size = octets[place + 1], int.from_bytes(octets[place + 2 : place + 4])
        content = octets[place + 4 : place + 2 + size]
        place += 2 + size
        if kind == _SOS:
            ends = _ends_with_the_scan(octets, place)
            return _jpeg(frame, octets) if ends and len(frame) >= 6 else None
        if kind in _FRAMES:
            frame = content
        elif kind not in _TABLES and not (kind == _APP0 and content.startswith(_JFIF) and len(content) == _JFIF_OCTETS):
            return None
    return None


def pdf_of(pages: Sequence[Jpeg]) -> bytes:
    """A PDF that shows each picture on a page of its own; it holds no date, title or producer, nor anything else."""
    count = len(pages)
    kids = " ".join(f"{3 + 3 * place} 0 R" for place in range(count))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Count {count}/Kids[{kids}]>>".encode()]
    for place, page in enumerate(pages):
        first = 3 + 3 * place
        wide, high = page.width * _POINTS_PER_PIXEL, page.height * _POINTS_PER_PIXEL
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {wide:.2f} {high:.2f}]/Contents {first + 1} 0 R"
            f"/Resources<</XObject<</P {first + 2} 0 R>>>>>>".encode()
        )
        objects.append(_stream("", f"q {wide:.2f} 0 0 {high:.2f} 0 0 cm /P Do Q".encode()))
        colours = "DeviceGray" if page.components == 1 else "DeviceRGB"
        described = (
            f"/Type/XObject/Subtype/Image/Width {page.width}/Height {page.height}/BitsPerComponent 8"
            f"/ColorSpace/{colours}/Filter/DCTDecode"
        )
        objects.append(_stream(described, page.octets))
    return _file_of(objects)


def _ends_with_the_scan(octets: bytes, place: int) -> bool:
    """Whether the entropy-coded data from `place` on goes to the end of the file, and the picture ends there."""
    while True:
        place = octets.find(b"\xff", place)
        follows = octets[place + 1 : place + 2]
        if place < 0 or not follows:
            return False
        if follows[0] == _EOI:
            return place + 2 == len(octets)
        if follows[0] != 0 and not 0xD0 <= follows[0] <= 0xD7:  # a stuffed octet, or a restart
            return False
        place += 2


def _jpeg(frame: bytes, octets: bytes) -> Jpeg | None:
    height, width, components = int.from_bytes(frame[1:3]), int.from_bytes(frame[3:5]), frame[5]
    fits = frame[0] == 8 and height > 0 and width > 0 and components in (1, 3)
    return Jpeg(width, height, components, octets) if fits else None


def _stream(described: str, octets: bytes) -> bytes:
    return f"<<{described}/Length {len(octets)}>>stream\n".encode() + octets + b"\nendstream"


def _file_of(objects: Sequence[bytes]) -> bytes:
    """The file with its table of places."""
    written, places = bytearray(b"%PDF-1.4\n"), []
    for number, one in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, table)
    written += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(written)
