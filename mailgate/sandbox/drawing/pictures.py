"""A picture file to pixels, and pixels to a file that has nothing else. Only in the child.

The first frame is drawn as it is meant to be seen: turned as its Exif says, its colours taken to sRGB, on white. Then
the pixels go into a new picture: whatever else the file had (places, cameras, names, thumbnails, what stands behind
its end) has no way into it.
"""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageCms

from mailgate.mail.drawing import LONGEST_SIDE, MOST_PIXELS, Obstacle
from mailgate.sandbox.drawing.obstacles import Undrawable

_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF")
_QUALITY = 88
_LARGE_PNG_OCTETS = 256 * 1024
_MUCH_SMALLER = 2
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BROKEN_METADATA = (SyntaxError, ValueError, TypeError, KeyError, OSError, struct.error, zlib.error)
_BROKEN = (SyntaxError, ValueError, TypeError, OSError, EOFError, struct.error, zlib.error, OverflowError)


def load() -> None:
    """Whatever Pillow would load at the first picture: later no file can be opened."""
    Image.init()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    ImageCms.createProfile("sRGB")
    flat(Image.new("P", (1, 1)))
    for kind in ("PNG", "JPEG", "WEBP", "TIFF", "GIF"):
        file = io.BytesIO()
        Image.new("RGB", (8, 8)).save(file, kind)
        drawn(file.getvalue())


def check(octets: bytes) -> None:
    """Raises Undrawable for what need not be decoded to be refused."""
    _opened(octets)


def drawn(octets: bytes) -> bytes:
    """A new PNG, or a JPEG where that is much smaller. Raises Undrawable, and whatever Pillow raises."""
    picture = _opened(octets)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)  # lets a large JPEG be decoded small
    picture.load()
    turn = _TURNS.get(_orientation(picture))
    pixels = flat(_in_srgb(picture))
    if turn is not None:
        pixels = pixels.transpose(turn)
    png = png_of(pixels)
    if len(png) > _LARGE_PNG_OCTETS:
        jpeg = jpeg_of(pixels)
        return jpeg if len(jpeg) * _MUCH_SMALLER < len(png) else png
    return png


def flat(picture: Image.Image) -> Image.Image:
    """The pixels alone on white, grey (L) or coloured (RGB), in a picture that is new."""
    if picture.mode.startswith("I;16"):
        picture = picture.convert("I").point(lambda value: value / 257).convert("L")
    if picture.has_transparency_data:
        shown = picture.convert("RGBA")
        white = Image.new("RGBA", shown.size, "white")
        white.alpha_composite(shown)
        picture = white.convert("RGB")
    mode = "L" if picture.mode in ("1", "L") else "RGB"
    pixels = picture.convert(mode)
    return Image.frombytes(mode, pixels.size, pixels.tobytes())


def png_of(pixels: Image.Image) -> bytes:
    file = io.BytesIO()
    pixels.save(file, "PNG")
    return file.getvalue()


def jpeg_of(pixels: Image.Image) -> bytes:
    file = io.BytesIO()
    pixels.save(file, "JPEG", quality=_QUALITY, optimize=True)
    return file.getvalue()


def _opened(octets: bytes) -> Image.Image:
    """The header read, no pixel decoded."""
    try:
        picture = Image.open(io.BytesIO(octets), formats=_FORMATS)
    except Image.DecompressionBombError:
        raise Undrawable(Obstacle.TOO_LARGE) from None
    except _BROKEN:
        raise Undrawable(Obstacle.DAMAGED) from None
    if picture.width * picture.height > MOST_PIXELS:
        raise Undrawable(Obstacle.TOO_LARGE)
    return picture


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except _BROKEN_METADATA:  # a picture is a picture without it
        return 1


def _in_srgb(picture: Image.Image) -> Image.Image:
    """The colours as they are meant to be seen on any screen; as they stand where the profile cannot be used."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode) or picture
    except (ImageCms.PyCMSError, *_BROKEN_METADATA):
        return picture
