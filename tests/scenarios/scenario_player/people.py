"""Who and where the words of a story mean: people of the register, handles, addresses that went out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailgate.store import members, teachers
from scenario_player.desk import Desk
from scenario_player.letter import Letter
from scenario_player.story import Mismatch

_SAMPLE_MARK = re.compile(rb"@([A-Z_]+)_ID@")


class Register:
    """Addresses and handles by name; read again only for a name that is not known yet."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._addresses: dict[str, set[str]] = {}
        self._teachers: dict[str, str] = {}
        self._members: dict[str, str] = {}

    def address(self, who: str) -> str:
        """A mail address as it is, or the first one of a person in the register."""
        if "@" in who:
            return who.lower()
        if who not in self._addresses:
            self._read()
        if len(self._addresses.get(who, ())) != 1:
            raise Mismatch(f"{who} is nobody in the register, or more than one")
        return next(iter(self._addresses[who]))

    def handle(self, who: str, *, teacher: bool = False) -> str:
        known = self._teachers if teacher else self._members
        if who not in known:
            self._read()
            known = self._teachers if teacher else self._members
        if who not in known:
            raise Mismatch(f"{who} is no {'teacher' if teacher else 'member'} in the register")
        return known[who]

    def teacher_address(self, handle: str) -> str:
        if handle not in self._teachers.values():
            self._read()
        return next(self.address(name) for name, known in self._teachers.items() if known == handle)

    def _read(self) -> None:
        with self._desk.office.read() as ctx:
            all_teachers, all_members = teachers.all_teachers(ctx.tx), members.all_members(ctx.tx)
        self._teachers = {_plain(one.person.name): one.handle for one in all_teachers}
        self._members = {_plain(one.person.name): one.handle for one in all_members}
        self._addresses = {}
        for person in [*(one.person for one in all_teachers), *(one.person for one in all_members)]:
            self._addresses.setdefault(_plain(person.name), set()).add(str(person.addresses[0]).lower())


def where(desk: Desk, register: Register, words: Sequence[str]) -> str:
    """The address that WHERE means; see the package for its forms."""
    match list(words):
        case ["desk"]:
            return "soudan@desk.example.jp"
        case ["join"]:
            return "join@desk.example.jp"
        case ["teacher-of", number]:
            teacher = register.teacher_address(desk.document("case", "show", number)["teacher"])
            return newest(desk, to=teacher, case=int(number)).reply_to
        case ["invitation-of", who]:
            return newest(desk, to=register.address(who), kind="invitation").reply_to
        case ["bounce-of", kind, who]:
            return newest(desk, to=register.address(who), kind=kind).return_path
        case [address] if "@" in address:
            return address
    raise Mismatch(f"{' '.join(words)} is no place")


def newest(desk: Desk, *, to: str = "", kind: str = "", case: int | None = None) -> Letter:
    """The newest mail that went out to somebody, of a kind, about a case."""
    for letter in reversed(desk.letters):
        if to in ("", letter.to) and kind in ("", letter.kind) and case in (None, letter.case):
            return letter
    raise Mismatch(f"no {kind or 'mail'} went to {to or 'anybody'}")


def filled(desk: Desk, raw: bytes, address: str, sender: str) -> bytes:
    """The mail with the marks of the samples replaced: addresses by `address`, ids by those of mails that went to the
    owner of that address, else to `sender`, else to anybody."""
    raw = raw.replace(b"@REPLY_TO@", address.encode()).replace(b"@BOUNCE_TO@", address.encode())
    owners = [one.to for one in desk.letters if "+" in address and address in (one.reply_to, one.return_path)]
    reader = owners[-1] if owners else sender

    def id_of(found: re.Match[bytes]) -> bytes:
        kind = found[1].decode().lower().replace("_", "-")
        known = any((one.to, one.kind) == (reader, kind) for one in desk.letters)
        return newest(desk, to=reader if known else "", kind=kind).message_id.strip("<>").encode()

    return _SAMPLE_MARK.sub(id_of, raw)


def _plain(name: str) -> str:
    return "".join(name.split())
