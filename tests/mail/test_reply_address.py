from __future__ import annotations

import pytest

from mailgate.mail.address import Address
from mailgate.mail.reply_address import OwnAddresses, Recipient, ToBounce, ToDesk, ToJoin, ToReply, new_token

OWN = OwnAddresses("mado.example", desk=("soudan", "sodan"))
TOKEN = "abcdefghijklmnopqrst2345"

RECIPIENTS: list[tuple[str, Recipient | None]] = [
    ("soudan", ToDesk()),
    ("sodan", ToDesk()),
    ("SouDan", ToDesk()),
    ("join", ToJoin()),
    ("JOIN", ToJoin()),
    (f"reply+{TOKEN}", ToReply(TOKEN)),
    (f"REPLY+{TOKEN.upper()}", ToReply(TOKEN)),
    (f"bounce+{TOKEN}", ToBounce(TOKEN)),
    ("reply", None),
    ("reply+", None),
    (f"reply+{TOKEN[:-1]}", None),
    (f"reply+{TOKEN}a", None),
    (f"reply+{TOKEN[:-1]}1", None),
    (f"reply+x+{TOKEN}", None),
    (f"reply-{TOKEN}", None),
    (f"soudan+{TOKEN}", None),
    (f"+{TOKEN}", None),
    (TOKEN, None),
    ("postmaster", None),
    ("", None),
]


@pytest.mark.parametrize(("local", "expected"), RECIPIENTS)
def test_a_forward_path_is_judged_by_its_form(local: str, expected: Recipient | None) -> None:
    assert OWN.recipient(Address(local, "mado.example")) == expected


def test_each_desk_has_addresses_of_its_own_and_shares_the_others() -> None:
    own = OwnAddresses("mado.example", further=(("kokoro", ("kokoro", "heart")), ("law", ("houritsu",))))
    desks = {local: own.recipient(Address(local, "mado.example")) for local in ("soudan", "Heart", "houritsu", "join")}
    assert desks == {"soudan": ToDesk("main"), "Heart": ToDesk("kokoro"), "houritsu": ToDesk("law"), "join": ToJoin()}
    assert [str(own.desk_address(one)) for one in ("main", "kokoro", "law")] == [
        "soudan@mado.example",
        "kokoro@mado.example",
        "houritsu@mado.example",
    ]


@pytest.mark.parametrize("domain", ["other.example", "sub.mado.example", "mado.example.org", "xmado.example"])
def test_another_domain_is_not_ours(domain: str) -> None:
    assert OWN.recipient(Address("soudan", domain)) is None


def test_the_words_and_the_separator_are_settings() -> None:
    own = OwnAddresses("mado.example", desk=("help",), join="apply", reply="r", bounce="b", separator="-")
    assert own.recipient(own.reply_address(TOKEN)) == ToReply(TOKEN)
    assert own.recipient(own.bounce_address(TOKEN)) == ToBounce(TOKEN)
    assert own.recipient(own.desk_address()) == ToDesk()
    assert own.recipient(own.join_address()) == ToJoin()
    assert own.recipient(Address("soudan", "mado.example")) is None


def test_what_is_written_is_read_back_and_short_enough_for_every_server() -> None:
    token = new_token(lambda count: bytes(range(count)))
    for address, expected in ((OWN.reply_address(token), ToReply(token)), (OWN.bounce_address(token), ToBounce(token))):
        assert OWN.recipient(address) == expected
        assert len(address.local) < 64


def test_a_token_has_120_random_bits_in_lower_case() -> None:
    asked: list[int] = []

    def random_bytes(count: int) -> bytes:
        asked.append(count)
        return b"\xff" * count

    assert new_token(random_bytes) == "7" * 24
    assert asked == [15]
