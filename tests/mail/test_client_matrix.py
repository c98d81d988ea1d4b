"""Every cell of clients, charsets, structures and habits: each field reads exactly as it was written.

One text for each cell, in turn; `python tests/mail/client_matrix.py` reads all texts in all cells.
"""

from __future__ import annotations

import client_matrix as matrix
import pytest
import wire_octets as wire
from client_mails import Cell, mail
from clients import CLIENTS, TEXTS, Text

_CELLS = list(matrix.cells())


def _text(number: int, cell: Cell) -> Text:
    turned = TEXTS[number % len(TEXTS) :] + TEXTS
    return next(text for text in turned if matrix.fits(cell, text) and matrix.certain(cell, text))


@pytest.mark.parametrize("client", [client.name for client in CLIENTS])
def test_mails_of_client_read_exactly_as_they_were_written(client: str) -> None:
    wrong = []
    for number, cell in enumerate(_CELLS):
        if cell.client.name == client:
            raw, wanted = mail(cell, _text(number, cell))
            wrong += [(str(cell), name) for name in matrix.wrong_fields(cell, wanted, matrix.read(raw))]
    assert wrong == []


@pytest.mark.parametrize(
    ("octets", "codec"),
    [
        (wire.jis("日本語 abc"), "iso2022_jp"),
        (wire.jis("ｶﾅ と漢字"), "iso2022_jp_ext"),
        (wire.euc("日本語ｶﾅ abc"), "euc_jp"),
    ],
)
def test_mails_of_the_matrix_are_encoded_as_python_encodes(octets: bytes, codec: str) -> None:
    assert octets == octets.decode(codec).encode(codec)
