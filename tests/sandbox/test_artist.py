"""Attachments drawn by a real child: pixels come out and nothing else does, whatever the file is."""

from __future__ import annotations

import io
import os
import struct
import sys
import time
import zlib
from email.message import EmailMessage
from pathlib import Path

import hiding
import pypdfium2
import pytest
from PIL import Image, ImageChops

from mailgate.errors import ReaderAway
from mailgate.mail.content import Content
from mailgate.mail.drawing import LONGEST_SIDE, Drawing, Look, Obstacle
from mailgate.mail.parse import parse
from mailgate.sandbox import artist as artist_module
from mailgate.sandbox.artist import ChildArtist
from mailgate.sandbox.drawing import pages, pictures
from mailgate.sandbox.drawing.obstacles import Undrawable

HERE = Path(__file__).parent


@pytest.fixture
def artist() -> ChildArtist:
    return ChildArtist()


def mail(*files: bytes) -> bytes:
    """A mail whose attachments lie about their kind and their name."""
    made = EmailMessage()
    made["From"] = "haruka@minami.example"
    made.set_content("見てください。")
    for octets in files:
        made.add_attachment(octets, maintype="text", subtype="x-lie", filename="../../報告書.docx")
    return made.as_bytes()


def opened(drawing: Drawing | Obstacle) -> Image.Image:
    assert isinstance(drawing, Drawing)
    return Image.open(io.BytesIO(drawing.octets)).convert("RGB")


def differs(one: Image.Image, other: Image.Image) -> int:
    """The largest difference of any pixel, in steps of 255."""
    assert one.size == other.size
    return max(high for _, high in ImageChops.difference(one, other).getextrema())  # type: ignore[misc]


@pytest.mark.parametrize("kind", hiding.PICTURES)
def test_a_picture_is_drawn_without_anything_else(kind: str, artist: ChildArtist) -> None:
    octets = hiding.PICTURES[kind]()
    assert hiding.found_in(octets)
    drawing = artist.draw(mail(b"first", octets), 2)
    assert isinstance(drawing, Drawing)
    assert (drawing.media_type, drawing.pages) == ("image/png", 1)
    assert not hiding.found_in(drawing.octets)
    picture = Image.open(io.BytesIO(drawing.octets))
    assert (picture.info, dict(picture.getexif()), getattr(picture, "n_frames", 1)) == ({}, {}, 1)
    assert differs(picture.convert("RGB"), hiding.pixels()) <= {"jpeg": 16, "gif": 10}.get(kind, 2)


def test_a_document_is_drawn_without_anything_else(artist: ChildArtist) -> None:
    octets = hiding.pdf()
    assert hiding.found_in(octets)
    drawing = artist.draw(mail(octets), 1)
    assert isinstance(drawing, Drawing)
    assert (drawing.media_type, drawing.pages) == ("application/pdf", 1)
    assert not hiding.found_in(drawing.octets)
    document = pypdfium2.PdfDocument(drawing.octets)
    assert document.get_metadata_dict(skip_empty=True) == {}
    assert document[0].get_textpage().get_text_bounded() == ""
    assert [one.type for one in document[0].get_objects()] == [pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
    shown = document[0].render(scale=1).to_pil().convert("RGB")
    seen = {
        (50, 50): (255, 0, 0),  # the page's own square
        (130, 40): (200, 30, 30),  # the picture on it
        (180, 12): (255, 255, 255),  # the hidden layer is not there
        (95, 50): (255, 255, 255),
    }
    assert [place for place, colour in seen.items() if _far(shown.getpixel(place), colour)] == []


def _far(colour: object, other: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(colour, other, strict=True)) > 24  # type: ignore[call-overload]


def test_the_same_file_gives_the_same_octets(artist: ChildArtist) -> None:
    raw = mail(hiding.jpeg(), hiding.pdf())
    assert [artist.draw(raw, place) for place in (1, 2)] == [artist.draw(raw, place) for place in (1, 2)]


def test_a_look_tells_kinds_sizes_and_obstacles_in_the_order_of_the_attachments(artist: ChildArtist) -> None:
    files = {
        hiding.jpeg(): (Content.JPEG, None),
        hiding.pdf(): (Content.PDF, None),
        hiding.locked_pdf("geheim"): (Content.PDF, Obstacle.ENCRYPTED),
        hiding.locked_pdf(): (Content.PDF, Obstacle.ENCRYPTED),
        hiding.plain_pdf(11): (Content.PDF, Obstacle.TOO_MANY_PAGES),
        b"%PDF-1.7\nbroken": (Content.PDF, Obstacle.DAMAGED),
        hiding.jpeg()[:40]: (Content.JPEG, Obstacle.DAMAGED),
        huge_png(60_000, 60_000): (Content.PNG, Obstacle.TOO_LARGE),
        hiding.office(): (Content.OFFICE, Obstacle.KIND),
        hiding.archive(): (Content.ARCHIVE, Obstacle.KIND),
        hiding.locked_archive(): (Content.LOCKED_ARCHIVE, Obstacle.KIND),
        hiding.vcard(): (Content.CONTACT, Obstacle.KIND),
        hiding.calendar(): (Content.CALENDAR, Obstacle.KIND),
        b"": (Content.EMPTY, Obstacle.KIND),
    }
    raw = mail(*files)
    looks = artist.look(raw)
    assert looks == [Look(content, len(octets), obstacle) for octets, (content, obstacle) in files.items()]
    assert [one.size_bytes for one in looks] == [one.size_bytes for one in parse(raw).attachments]
    assert [artist.draw(raw, place) for place in (3, 8, 9)] == [Obstacle.ENCRYPTED, Obstacle.TOO_LARGE, Obstacle.KIND]


def test_an_attachment_that_is_not_there_and_a_mail_without_any(artist: ChildArtist) -> None:
    assert artist.look(b"Subject: x\r\n\r\ntext\r\n") == []
    assert artist.draw(mail(hiding.png()), 2) is Obstacle.DAMAGED


def test_an_inline_picture_is_an_attachment_too(artist: ChildArtist) -> None:
    made = EmailMessage()
    made.set_content("見てください。")
    made.add_alternative("<p><img src='cid:logo@x'></p>", subtype="html")
    made.get_payload()[1].add_related(hiding.png(), "image", "png", cid="<logo@x>")  # type: ignore[index, union-attr]
    assert [one.content for one in artist.look(made.as_bytes())] == [Content.PNG]


def huge_png(wide: int, high: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + zlib.crc32(kind + content).to_bytes(4)

    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("width", "obstacle"),
    [
        (101, Obstacle.LIMITS),
        (102, Obstacle.LIMITS),
        (103, Obstacle.LIMITS),
        (104, Obstacle.LIMITS),
        (105, Obstacle.DAMAGED),
        (106, Obstacle.LIMITS),
        (107, Obstacle.DAMAGED),
    ],
    ids=["killed", "gone", "spinning", "greedy", "nonsense", "hanging", "more than pixels"],
)
def test_a_file_that_breaks_the_child_is_refused(
    width: int, obstacle: Obstacle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artist_module, "_COMMAND", [sys.executable, str(HERE / "frail_artist.py")])
    frail = ChildArtist(wall_seconds=4)
    begun = time.monotonic()
    assert frail.draw(mail(bare(width)), 1) is obstacle
    assert time.monotonic() - begun < 8


def test_a_child_that_was_taken_over_can_open_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither files, sockets nor pipes; not even in the place of what it closes."""
    monkeypatch.setattr(artist_module, "_COMMAND", [sys.executable, str(HERE / "frail_artist.py")])
    assert opened(ChildArtist().draw(mail(bare(108)), 1)).size == (108, 20)


def bare(width: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, 20), "red").save(file, "JPEG")
    return file.getvalue()


def test_a_child_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch, artist: ChildArtist) -> None:
    monkeypatch.setattr(artist_module, "_COMMAND", ["/no/such/program"])
    with pytest.raises(ReaderAway):
        artist.draw(mail(hiding.png()), 1)


def test_the_child_knows_no_setting_of_ours(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, artist: ChildArtist
) -> None:
    script = tmp_path / "say.py"
    script.write_text("import os,sys\nopen(sys.argv[1],'w').write(' '.join(os.environ) + f' {os.getpgid(0)}')\n")
    monkeypatch.setattr(artist_module, "_COMMAND", [sys.executable, str(script), str(tmp_path / "said")])
    monkeypatch.setenv("MAILGATE_DELIVERY__PASSWORD_FILE", "x")
    with pytest.raises(ReaderAway, match="ends at once"):
        artist.draw(b"", 1)
    *names, group = (tmp_path / "said").read_text().split()
    assert [one for one in names if one.startswith("MAILGATE")] == []
    assert int(group) != os.getpgid(0)


# In this process: our own files, the drawing alone


def drawn(octets: bytes) -> Image.Image:
    return Image.open(io.BytesIO(pictures.drawn(octets)))


def saved(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_as_its_exif_says(orientation: int) -> None:
    upright = hiding.pixels()
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the inverse of each orientation, as Pillow numbers them
    stored = upright.transpose(Image.Transpose(turns[orientation])) if orientation in turns else upright
    octets = saved(stored, "JPEG", quality=95, subsampling=0, exif=hiding.exif(orientation))
    assert differs(drawn(octets).convert("RGB"), upright) <= 16


def test_colours_are_taken_to_srgb() -> None:
    from PIL import ImageCms

    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert differs(drawn(saved(hiding.pixels(), icc_profile=lab)).convert("RGB"), hiding.pixels()) <= 2
    assert differs(drawn(saved(hiding.pixels(), icc_profile=b"no profile")).convert("RGB"), hiding.pixels()) == 0


@pytest.mark.parametrize(
    ("picture", "colour"),
    [
        (Image.new("RGBA", (8, 8), (0, 0, 0, 0)), (255, 255, 255)),
        (Image.new("LA", (8, 8), (0, 128)), (127, 127, 127)),
        (Image.new("1", (8, 8), 1), (255, 255, 255)),
        (Image.new("P", (8, 8)), (0, 0, 0)),
        (Image.new("I;16", (8, 8), 0x8080), (128, 128, 128)),
    ],
    ids=lambda value: getattr(value, "mode", ""),
)
def test_every_mode_becomes_pixels_on_white(picture: Image.Image, colour: tuple[int, ...]) -> None:
    assert drawn(saved(picture)).convert("RGB").getpixel((4, 4)) == colour


@pytest.mark.parametrize("mode", ["CMYK", "L", "RGB"])
def test_every_kind_of_jpeg_is_drawn(mode: str) -> None:
    assert drawn(saved(hiding.pixels().convert(mode), "JPEG")).size == (96, 64)


def test_a_large_picture_is_made_smaller() -> None:
    picture = drawn(saved(Image.new("RGB", (4200, 1000), "navy"), "JPEG"))
    assert picture.size[0] == LONGEST_SIDE
    assert abs(picture.size[1] - 488) <= 1


def test_a_photograph_becomes_a_jpeg_where_that_is_much_smaller() -> None:
    noise = Image.effect_noise((900, 900), 40).convert("RGB")
    assert (drawn(saved(noise, "JPEG")).format, drawn(saved(noise.resize((90, 90)))).format) == ("JPEG", "PNG")


def test_of_ten_thousand_frames_the_first_is_drawn() -> None:
    one = saved(Image.new("P", (4, 4)), "GIF")
    frame = one[one.rindex(b"\x2c\x00\x00\x00\x00") : -1]
    many = one[:-1] + frame * 9_999 + b";"
    assert getattr(Image.open(io.BytesIO(many)), "n_frames", 1) == 10_000
    begun = time.monotonic()
    assert drawn(many).size == (4, 4)
    assert time.monotonic() - begun < 1


def test_a_damaged_exif_does_not_stop_a_picture() -> None:
    octets = saved(hiding.pixels(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert drawn(octets).size == (96, 64)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((595, 842), (1240, 1755)), ((14_400, 7_200), (2048, 1024)), ((1e9, 2e9), (1024, 2048))],
    ids=["A4 at 150 dpi", "a poster", "without bounds"],
)
def test_a_page_is_drawn_at_a_sane_size(size: tuple[float, float], expected: tuple[int, int]) -> None:
    (page,) = pages.drawn(hiding.plain_pdf(1, size))
    drawn_size = Image.open(io.BytesIO(page)).size
    assert all(abs(one - other) <= 1 for one, other in zip(drawn_size, expected, strict=True))


@pytest.mark.parametrize("size", [(0, 100), (100, float("inf")), (float("nan"), 100)])
def test_a_page_without_extent_is_refused(size: tuple[float, float]) -> None:
    with pytest.raises(Undrawable, match="damaged"):
        pages._scale(*size)
