"""Files of our own making that hide a secret in every place a file of their kind has for one, and how to search for it.

`SECRET` stands in each of them: in Exif, XMP, comments, profiles, behind the end, in every corner of a PDF. `found_in`
looks for it in the octets, in whatever can be inflated, and in each common encoding.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from PIL import ExifTags, Image, ImageCms, PngImagePlugin

SECRET = "Kanaria-Mizuhara"
_SECRET = SECRET.encode()
_STREAM = re.compile(rb"\x78[\x01\x5e\x9c\xda]")


def found_in(octets: bytes) -> bool:
    """Whether the secret stands anywhere in the octets."""
    return any(_says(one) for one in _readings(octets))


def _readings(octets: bytes) -> Iterator[bytes]:
    yield octets
    for start in _STREAM.finditer(octets):
        try:
            yield zlib.decompressobj().decompress(octets[start.start() :], 50_000_000)
        except zlib.error:
            continue
    if zipfile.is_zipfile(io.BytesIO(octets)):
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            for name in archive.namelist():
                yield from (name.encode(), archive.read(name))


def _says(octets: bytes) -> bool:
    plain = octets.replace(b"\x00", b"").replace(b"\r\n", b"")
    return _SECRET in plain or _SECRET.hex().encode() in plain.lower()


# Pictures


def pixels(size: tuple[int, int] = (96, 64)) -> Image.Image:
    """A picture whose corners differ, so that it shows which way up it is."""
    picture = Image.new("RGB", size, (250, 240, 230))
    wide, high = size
    picture.paste((200, 30, 30), (0, 0, wide // 2, high // 2))
    picture.paste((30, 160, 60), (wide // 2, 0, wide, high // 2))
    picture.paste((40, 60, 190), (0, high // 2, wide // 2, high))
    return picture


def exif(orientation: int = 1) -> Image.Exif:
    """Camera, owner, place, maker's note: the secret in each."""
    made = Image.Exif()
    base, gps = ExifTags.Base, ExifTags.GPS
    for tag in (base.Make, base.Artist, base.ImageDescription, base.Copyright, base.HostComputer):
        made[tag] = SECRET
    made[base.Orientation] = orientation
    made.get_ifd(ExifTags.IFD.Exif).update({base.MakerNote: _SECRET, base.UserComment: b"ASCII\0\0\0" + _SECRET})
    made.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            gps.GPSLatitudeRef: "N",
            gps.GPSLatitude: (35.0, 41.0, 22.0),
            gps.GPSProcessingMethod: b"ASCII\0\0\0" + _SECRET,
        }
    )
    return made


def xmp() -> bytes:
    return (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="' + _SECRET + b'"/></rdf:RDF>'
        b"</x:xmpmeta>"
    )


def profile() -> bytes:
    """An sRGB profile whose description is the secret."""
    octets = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    said = "sRGB built-in"
    wide = (SECRET + " " * 20)[: len(said)].encode("utf-16-be")
    changed = octets.replace(said.encode("utf-16-be"), wide)
    return changed + b"\x00" * 4 + _SECRET  # what stands behind a profile's tables is nobody's


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(f"{SECRET}.txt", SECRET * 10)
    return file.getvalue()


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _thumbnail_exif(orientation: int) -> bytes:
    """Exif whose second directory is a thumbnail with a comment of its own."""
    small = io.BytesIO()
    pixels((16, 16)).save(small, "JPEG", comment=_SECRET)
    entries = ((0x0201, 4, 1, 56), (0x0202, 4, 1, len(small.getvalue())))
    second = struct.pack("<H", 2) + b"".join(struct.pack("<HHII", *one) for one in entries) + bytes(4)
    first = struct.pack("<IHHHIII", 8, 1, 0x0112, 3, 1, orientation, 26)
    return b"Exif\0\0" + b"II*\0" + first + second + small.getvalue()


def jpeg(orientation: int = 1) -> bytes:
    file = io.BytesIO()
    pixels().save(
        file,
        "JPEG",
        quality=95,
        subsampling=0,
        exif=exif(orientation),
        icc_profile=profile(),
        comment=_SECRET,
        xmp=xmp(),
    )
    octets = file.getvalue()
    more = (
        _segment(0xE1, _thumbnail_exif(orientation))
        + _segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", 21) + b"\x1c\x02\x50\0\x10" + _SECRET)
        + _segment(0xEC, _SECRET)
        + _segment(0xFE, _SECRET)
    )
    first = 2 + 2 + int.from_bytes(octets[4:6])  # behind the JFIF header
    return octets[:first] + more + octets[first:] + _SECRET + archive()


def png() -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", SECRET)
    texts.add_text("Comment", SECRET * 3, zip=True)
    texts.add_itxt("Title", SECRET, "ja", SECRET, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", xmp().decode())
    texts.add(b"prVt", _SECRET)
    file = io.BytesIO()
    pixels().save(file, "PNG", pnginfo=texts, exif=exif(), icc_profile=profile())
    return file.getvalue() + _SECRET


def gif(frames: int = 2) -> bytes:
    file = io.BytesIO()
    others = [Image.new("P", (96, 64), number % 200) for number in range(1, frames)]
    pixels().save(file, "GIF", save_all=True, append_images=others, comment=_SECRET)
    return file.getvalue() + _SECRET


def webp() -> bytes:
    file = io.BytesIO()
    pixels().save(file, "WEBP", lossless=True, exif=exif(), icc_profile=profile(), xmp=xmp())
    return file.getvalue()


def tiff() -> bytes:
    file = io.BytesIO()
    pixels().save(
        file,
        "TIFF",
        tiffinfo={315: SECRET, 270: SECRET, 700: xmp(), 33723: _SECRET},
        icc_profile=profile(),
        save_all=True,
        append_images=[Image.new("RGB", (32, 32))],
    )
    return file.getvalue() + _SECRET


PICTURES: dict[str, Callable[[], bytes]] = {"jpeg": jpeg, "png": png, "gif": gif, "webp": webp, "tiff": tiff}


# Documents


def _pdf(
    objects: dict[int, bytes], trailer: bytes = b"", start: bytes = b"%PDF-1.6\n%\xe2\xe3\n", before: int = 0
) -> bytes:
    """A file, or with `before` (where the table of the file so far stands) what an editor adds to it."""
    written, places = bytearray(start), {}
    for number, content in objects.items():
        places[number] = len(written)
        written += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(written)
    written += b"xref\n0 1\n0000000000 65535 f \n" if not before else b"xref\n"
    for number, place in places.items():
        written += b"%d 1\n%010d 00000 n \n" % (number, place)
    written += b"trailer\n<</Size 40/Root 1 0 R%b%b>>\nstartxref\n%d\n%%%%EOF\n" % (
        trailer,
        b"/Prev %d" % before if before else b"",
        table,
    )
    return bytes(written)


def stream(content: bytes, described: bytes = b"", *, deflate: bool = True) -> bytes:
    octets = zlib.compress(content) if deflate else content
    how = b"/Filter/FlateDecode" if deflate else b""
    return b"<<%b%b/Length %d>>stream\n%b\nendstream" % (described, how, len(octets), octets)


def _page(text: bytes, number_of_text: int = 4, more: bytes = b"") -> dict[int, bytes]:
    return {
        1: b"<</Type/Catalog/Pages 2 0 R%b>>" % more,
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents %d 0 R/Annots[10 0 R 11 0 R]"
        b"/Resources<</Font<</F 5 0 R>>/XObject<</I 6 0 R>>/Properties<</L 12 0 R>>>>>>" % number_of_text,
        number_of_text: stream(text),
        5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    }


def pdf() -> bytes:
    """One page: a red square at the left, and the secret in every place that is not the page's own black text."""
    small = io.BytesIO()
    pixels((40, 40)).save(small, "JPEG", comment=_SECRET, exif=exif())
    first = b"1 0 0 rg 10 10 80 80 re f 0 g BT /F 8 Tf 10 92 Td (%b) Tj ET" % _SECRET
    drawn = (
        b"1 0 0 rg 10 10 80 80 re f q 40 0 0 40 120 30 cm /I Do Q "
        b"1 g BT /F 8 Tf 100 10 Td (%b) Tj ET 0 g BT 3 Tr /F 8 Tf 10 5 Td (%b) Tj ET "
        b"/OC /L BDC 0 g 100 80 90 15 re f BT /F 8 Tf 100 90 Td (%b) Tj ET EMC" % (_SECRET, _SECRET, _SECRET)
    )
    catalog = (
        b"/Metadata 7 0 R/OpenAction 8 0 R/Names<</EmbeddedFiles<</Names[(%b)9 0 R]>>>>/AcroForm<</Fields[11 0 R]>>"
        b"/OCProperties<</OCGs[12 0 R]/D<</OFF[12 0 R]>>>>" % _SECRET
    )
    objects = _page(first, 4, catalog) | {
        6: stream(
            small.getvalue(),
            b"/Type/XObject/Subtype/Image/Width 40/Height 40/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/DCTDecode",
            deflate=False,
        ),
        7: stream(xmp(), b"/Type/Metadata/Subtype/XML"),
        8: b"<</S/JavaScript/JS(app.alert\\('%b'\\))>>" % _SECRET,
        9: b"<</Type/Filespec/F(%b.txt)/UF(%b.txt)/EF<</F 13 0 R>>>>" % (_SECRET, _SECRET),
        10: b"<</Type/Annot/Subtype/Text/Rect[150 5 160 15]/Contents(%b)/T(%b)/F 2>>" % (_SECRET, _SECRET),
        11: b"<</Type/Annot/Subtype/Widget/FT/Tx/T(%b)/V(%b)/Rect[0 0 0 0]/F 2>>" % (_SECRET, _SECRET),
        12: b"<</Type/OCG/Name(%b)>>" % _SECRET,
        13: stream(_SECRET, b"/Type/EmbeddedFile"),
        14: b"<</Author(%b)/Title(%b)/Producer(%b)/CreationDate(D:20260101090000+09'00')>>" % ((_SECRET,) * 3),
    }
    whole = _pdf(objects, b"/Info 14 0 R")
    table = int(whole.rsplit(b"startxref\n", 1)[1].split()[0])
    return _pdf({4: stream(drawn)}, b"/Info 14 0 R", whole, table) + _SECRET


def plain_pdf(pages: int = 1, size: tuple[float, float] = (200, 100)) -> bytes:
    kids = b" ".join(b"%d 0 R" % (3 + number) for number in range(pages))
    objects = {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Count %d/Kids[%b]>>" % (pages, kids)}
    for number in range(pages):
        objects[3 + number] = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %f %f]>>" % size
    return _pdf(objects)


_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def locked_pdf(password: str = "") -> bytes:
    """Locked with 40 bits of RC4 (ISO 32000 7.6.3); without a password it opens, and only its rights are taken away."""
    user = (password.encode() + _PADDING)[:32]
    owner = _rc4(hashlib.md5((b"owner" + _PADDING)[:32]).digest()[:5], user)
    rights, name = -44, b"0123456789abcdef"
    key = hashlib.md5(user + owner + struct.pack("<i", rights) + name).digest()[:5]
    lock = b"<</Filter/Standard/V 1/R 2/O<%b>/U<%b>/P %d>>" % (
        owner.hex().encode(),
        _rc4(key, _PADDING).hex().encode(),
        rights,
    )
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>",
        4: lock,
    }
    return _pdf(objects, b"/Encrypt 4 0 R/ID[<%b><%b>]" % ((name.hex().encode(),) * 2))


def _rc4(key: bytes, octets: bytes) -> bytes:
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    i = j = 0
    out = bytearray()
    for octet in octets:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(octet ^ box[(box[i] + box[j]) % 256])
    return bytes(out)


# What is never drawn


def locked_archive() -> bytes:
    """A zip whose entry says that it is encrypted."""
    octets = bytearray(archive())
    octets[6] |= 1
    octets[octets.index(b"PK\x01\x02") + 8] |= 1
    return bytes(octets)


def office() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("docProps/core.xml", f"<dc:creator>{SECRET}</dc:creator>")
        made.writestr("word/document.xml", f"<w:ins w:author='{SECRET}'/>")
    return file.getvalue()


def vcard() -> bytes:
    return f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{SECRET}\r\nEND:VCARD\r\n".encode()


def calendar() -> bytes:
    return f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nORGANIZER;CN={SECRET}:mailto:x@y.example\r\nEND:VEVENT\r\n".encode()
