from __future__ import annotations

import pytest

from mailgate.mail.address import Address, parse_address

READ = [
    ("a@b.example", Address("a", "b.example")),
    ("  a@b.example\n", Address("a", "b.example")),
    ("<a@b.example>", Address("a", "b.example")),
    ("< a@b.example >", Address("a", "b.example")),
    ("Taro.Yama@B.Example", Address("Taro.Yama", "b.example")),
    ("a@b.example.", Address("a", "b.example")),
    ('"a b"@c.example', None),
    ('"a..b."@c.example', Address("a..b.", "c.example")),
    ("a..b.@carrier.example", Address("a..b.", "carrier.example")),
    ("-a@carrier.example", Address("-a", "carrier.example")),
    (".a@carrier.example", Address(".a", "carrier.example")),
    ("a@b@c.example", None),
    ('"a@b"@c.example', Address("a@b", "c.example")),
    ("reply+abc@mado.example", Address("reply+abc", "mado.example")),
    ("太郎@例え.example", Address("太郎", "例え.example")),
    ("a@ｅｘａｍｐｌｅ．ｊｐ", Address("a", "example.jp")),
    ("a@localhost", Address("a", "localhost")),
    ("a@[192.0.2.1]", None),
    ("a" * 64 + "@b.example", Address("a" * 64, "b.example")),
    ("a" * 65 + "@b.example", None),
    ("a@" + ".".join(["d" * 60] * 5), None),
    ("a@" + "d" * 64 + ".example", None),
    ("a@-b.example", None),
    ("a@b..example", None),
    ("a@", None),
    ("@b.example", None),
    ("", None),
    ("a", None),
    ("a b@c.example", None),
    ("a\r\nRCPT TO:<x@y.example>@c.example", None),
    ("a\x00@b.example", None),
    ("a,b@c.example", None),
    ("Taro <a@b.example>", None),
    ("a;b@c.example", None),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_an_address_is_read_leniently_and_nothing_else_is(text: str, expected: Address | None) -> None:
    assert parse_address(text) == expected


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        (Address("a", "b.example"), "a@b.example"),
        (Address("a..b.", "b.example"), '"a..b."@b.example'),
        (Address("-a", "b.example"), "-a@b.example"),
        (Address("a@b", "c.example"), '"a@b"@c.example'),
    ],
)
def test_the_wire_form_quotes_where_the_grammar_asks_for_it_and_reads_back(address: Address, wire: str) -> None:
    assert address.wire == wire
    assert parse_address(wire) == address


@pytest.mark.parametrize(
    "spelling",
    ["Taro@Example.JP", "taro@example.jp", "ｔａｒｏ@example.jp", "TARO@ｅｘａｍｐｌｅ.jp", '"taro"@example.jp'],
)
def test_two_spellings_of_one_mailbox_have_the_same_key(spelling: str) -> None:
    found = parse_address(spelling)
    assert found is not None
    assert found.key == "taro@example.jp"


def test_a_tag_makes_another_mailbox() -> None:
    assert Address("taro+x", "example.jp").key != Address("taro", "example.jp").key
