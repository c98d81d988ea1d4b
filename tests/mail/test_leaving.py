"""A letter is read as it leaves: text and files, and nothing that `compose` never writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailgate.errors import BadLetter
from mailgate.mail.address import Address
from mailgate.mail.compose import Draft, compose
from mailgate.mail.enclosing import Enclosed, boundary_of
from mailgate.mail.leaving import read_leaving

ID = "<abcdefghijklmnopqrstuvwx@mado.example>"
DESK = Address("soudan", "mado.example")
PICTURE = Enclosed("attachment-1.png", "image/png", b"pixels" * 40)
PAGES = Enclosed("添付2.pdf", "application/pdf", b"%PDF-1.4 drawn")
PLAIN = Draft(
    from_name="先生の窓口",
    from_address=DESK,
    to=Address("toda", "law.example"),
    subject="ご相談",
    body="保護者対応の件です。\n\nよろしくお願いします。\n",
    message_id=ID,
    date=datetime(2026, 2, 2, 9, 30, tzinfo=UTC),
    reply_to=DESK,
    in_reply_to="<1@client.example>",
    references=("<1@client.example>",),
)
WITH_FILES = replace(PLAIN, files=(PICTURE, PAGES))
BOUNDARY = boundary_of(ID).encode()


@pytest.mark.parametrize("draft", [PLAIN, WITH_FILES, replace(WITH_FILES, files=(PAGES,))])
def test_what_was_composed_is_read(draft: Draft) -> None:
    read = read_leaving(compose(draft))
    assert (read.sender_name, read.sender, read.reply_to) == (draft.from_name, draft.from_address, draft.reply_to)
    assert (read.to, read.subject, read.message_id) == (draft.to, draft.subject, draft.message_id)
    assert (read.ancestors, read.body, read.files) == (draft.references, draft.body, draft.files)


Change = Callable[[bytes], bytes]


def put(old: bytes, new: bytes) -> Change:
    return lambda raw: raw.replace(old, new)


CHANGES: dict[str, Change] = {
    "words before the parts": put(b"\r\n\r\n--" + BOUNDARY, b"\r\n\r\nHaruka\r\n--" + BOUNDARY),
    "words behind the parts": lambda raw: raw + b"Haruka\r\n",
    "words behind a file": put(b"\r\n--" + BOUNDARY + b"--", b"\r\n\r\nHaruka\r\n--" + BOUNDARY + b"--"),
    "a part that never ends": put(b"--" + BOUNDARY + b"--\r\n", b""),
    "another boundary": put(BOUNDARY, b"=_haruka"),
    "no boundary": put(b'; boundary="' + BOUNDARY + b'"', b""),
    "another kind of parts": put(b"multipart/mixed", b"multipart/alternative"),
    "an encoding of the whole": put(b"MIME-Version: 1.0", b"MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64"),
    "a field of a part": put(b"Content-Type: image/png", b"X-Camera: Haruka\r\nContent-Type: image/png"),
    "a second name": put(b"image/png", b'image/png; name="haruka.png"'),
    "a name that is not ours": put(b"attachment-1.png", b"haruka mizuhara.png"),
    "one name for two": put(b"filename*=utf-8''%E6%B7%BB%E4%BB%982.pdf", b'filename="attachment-1.png"'),
    "a kind that does not fit its name": put(b"image/png", b"image/jpeg"),
    "a kind that is never enclosed": put(b"image/png", b"text/html"),
    "a file to be shown within": put(b"Disposition: attachment", b"Disposition: inline"),
    "letters of another reading": put(b"cGl4ZWxz", b"cGl4 ZWxz"),
    "octets beyond ASCII": put(b"cGl4ZWxz", "水原".encode()),
    "a mail within": put(b"image/png", b"message/rfc822"),
    "parts within": put(b"image/png", b'multipart/mixed; boundary="x"'),
    "a text that is not UTF-8": put(b"5L+d6K23", b"/////////w=="),
    "no file": lambda raw: (
        raw[: raw.index(b"--" + BOUNDARY + b"\r\nContent-Type: image")] + b"--" + BOUNDARY + b"--\r\n"
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_letter_with_other_parts_is_none_of_ours(what: str) -> None:
    raw = compose(WITH_FILES)
    changed = CHANGES[what](raw)
    assert changed != raw
    with pytest.raises(BadLetter, match="a form that no letter of ours has"):
        read_leaving(changed)
