"""What comes out of the child is what the parser said, and nothing else is taken."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from mailgate.mail.parse import parse, unreadable
from mailgate.sandbox.exchange import dumped, framed, loaded, received

MAILS = sorted((Path(__file__).parent.parent / "eml").glob("*.eml"))


@pytest.mark.parametrize("file", MAILS, ids=lambda file: file.stem)
def test_a_message_comes_through_whole(file: Path) -> None:
    message = parse(file.read_bytes())
    assert loaded(dumped(message)) == message


def test_the_samples_and_the_unreadable_too(samples: Path) -> None:
    messages = [parse(file.read_bytes()) for file in sorted(samples.glob("*.eml"))]
    messages.append(unreadable(b"\xff\x00 text", "broken"))
    assert [loaded(dumped(one)) for one in messages] == messages


@pytest.mark.parametrize("octets", [b"", b"{}", b"[]", b"\xff", b"null", b'{"sender": 1}'])
def test_what_is_no_message_is_not_taken(octets: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        loaded(octets)


def test_a_list_where_a_text_should_be_is_not_taken() -> None:
    octets = dumped(parse(b"Subject: x\r\n\r\ntext\r\n"))
    with pytest.raises(TypeError):
        loaded(octets.replace(b'"subject": "x"', b'"subject": ["x"]'))


def test_frames() -> None:
    stream = io.BytesIO(framed(b"one") + framed(b"") + framed(b"cut")[:-1])
    assert [received(stream) for _ in range(3)] == [b"one", b"", None]
