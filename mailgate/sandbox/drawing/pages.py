"""A PDF to the pictures of its pages, as a viewer shows them. Only in the child.

Page contents, annotations that are shown and the values of forms are drawn; scripts are not in this build of PDFium,
and hidden layers stay hidden. Known weakness: a font that is not in the file is replaced by one of PDFium's own, which
has no Japanese: the operator sees that in the drawing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import pypdfium2  # type: ignore[import-untyped]  # it brings no types
from pypdfium2 import raw

from mailgate.mail.drawing import LONGEST_SIDE, MOST_PAGES, Obstacle
from mailgate.sandbox.drawing.obstacles import Undrawable
from mailgate.sandbox.drawing.pictures import flat, jpeg_of

_PIXELS_PER_POINT = 150 / 72


def check(octets: bytes) -> None:
    """Raises Undrawable for what need not be drawn to be refused."""
    _opened(octets)


def drawn(octets: bytes) -> Iterator[bytes]:
    """Each page as a JPEG. Raises Undrawable, and whatever PDFium raises."""
    document = _opened(octets)
    for number in range(len(document)):
        page = document[number]
        bitmap = page.render(scale=_scale(*page.get_size()), draw_annots=True, may_draw_forms=True)
        yield jpeg_of(flat(bitmap.to_pil()))


def _opened(octets: bytes) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(octets)
        document.init_forms()
        pages = len(document)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code == raw.FPDF_ERR_PASSWORD
        raise Undrawable(Obstacle.ENCRYPTED if locked else Obstacle.DAMAGED) from None
    if raw.FPDF_GetSecurityHandlerRevision(document) != -1:  # it opens without a password, but its author locked it
        raise Undrawable(Obstacle.ENCRYPTED)
    if pages == 0:
        raise Undrawable(Obstacle.DAMAGED)
    if pages > MOST_PAGES:
        raise Undrawable(Obstacle.TOO_MANY_PAGES)
    return document


def _scale(wide: float, high: float) -> float:
    """150 dpi, less for a page that would be larger than any picture."""
    if not (math.isfinite(wide) and math.isfinite(high) and wide > 0 and high > 0):
        raise Undrawable(Obstacle.DAMAGED)
    return min(_PIXELS_PER_POINT, LONGEST_SIDE / max(wide, high))
