"""The story as data: scenes of mails that arrive and of commands that an operator types, each with what must follow.

`play.py` plays it. A command is written as it is typed, with a member's name in braces where the handle stands; a mail
is a file of samples/, by whom, and which of our mails it answers. Nothing here does anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailgate.phrase import Phrase


@dataclass(frozen=True, slots=True)
class Operator:
    """A command, without the word mailgate in front."""

    command: str
    sends: tuple[str, ...] = ()
    """The kinds of the mails that must go out because of it."""
    is_refused: bool = False
    last_lines: int | None = None
    """Show only so many lines of what it prints; None: all."""


@dataclass(frozen=True, slots=True)
class Arrives:
    """A mail from outside, handed in by SMTP."""

    sample: str
    about: Phrase
    correspondent: str
    """Who writes it, or (in a delivery report) whom our mail did not reach."""
    becomes: str
    """What the service says that it made of it."""
    answers: str = ""
    """The kind of our mail to the correspondent that this answers; empty: it is written to the desk."""
    is_report: bool = False
    """A delivery report goes from the null reverse-path to the return path of our mail."""
    sends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    title: Phrase
    steps: tuple[Operator | Arrives, ...]


_SASAKI = "sasaki.megumi@midoridai-es.example.jp"
_INVITED = "{田中 花子} {緑川 一郎} {小川 みどり} {鈴木 健} {高木 茂}"

STORY = (
    Scene(
        Phrase("The operator enters the registers"),
        (
            Operator("school import schools.csv --yes", last_lines=1),
            Operator("teacher import teachers.csv --yes", last_lines=1),
            Operator("member import members.csv --yes", last_lines=1),
            Operator('member list --reveal "first look at the new members"'),
            Operator(f"member verify {_INVITED} {{佐藤 光}} {{中村 翔太}}"),
            Operator(f"member activate {_INVITED} {{佐藤 光}} {{中村 翔太}}"),
            Operator("member activate {新井 蓮}", is_refused=True),
        ),
    ),
    Scene(
        Phrase("Three teachers write to the desk"),
        (
            Arrives(
                "01-consultation-outlook-jis.eml",
                Phrase("from Outlook, ISO-2022-JP with ① and ㈱, signed with everything"),
                _SASAKI,
                becomes="new case",
                sends=("acknowledgement",),
            ),
            Arrives(
                "02-consultation-gmail.eml",
                Phrase("from Gmail, text and HTML"),
                "nakamura.shota.sensei@mailbox.example.net",
                becomes="new case",
                sends=("acknowledgement",),
            ),
            Arrives(
                "03-consultation-carrier-sjis.eml",
                Phrase("from a phone, Shift_JIS, an address with two dots in a row"),
                "yuki..smile.2@docomo.example.ne.jp",
                becomes="new case",
                sends=("acknowledgement",),
            ),
        ),
    ),
    Scene(
        Phrase("The operator makes the first one anonymous"),
        (
            Operator("case list"),
            Operator("case invite 1 --best 5", is_refused=True),
            Operator("case check 1"),
            Operator("case check 1 --redact-all", last_lines=2),
        ),
    ),
    Scene(
        Phrase("The operator invites five members, and never a colleague of the teacher"),
        (
            Operator("case tag 1 保護者対応 学級経営"),
            Operator("case candidates 1"),
            Operator("case invite 1 {佐藤 光}", is_refused=True),
            Operator(f"case invite 1 {_INVITED}", sends=("invitation",) * 5),
        ),
    ),
    Scene(
        Phrase("The members answer by pressing Reply"),
        (
            Arrives(
                "11-comment-iphone.eml",
                Phrase("from an iPhone, the invitation quoted below"),
                "hanako.tanaka@members.example.org",
                becomes="comment",
                answers="invitation",
                sends=("comment-received",),
            ),
            Arrives(
                "12-comment-outlook-jis.eml",
                Phrase("from Outlook, a signature with name and telephone number"),
                "midorikawa@law.example.com",
                becomes="comment",
                answers="invitation",
                sends=("comment-received",),
            ),
            Arrives(
                "13-comment-thunderbird-inline.eml",
                Phrase("from Thunderbird, written between the quoted lines"),
                "ogawa@counsel.example.org",
                becomes="comment",
                answers="invitation",
                sends=("comment-received",),
            ),
            Arrives(
                "14-auto-reply-vacation.eml",
                Phrase("a vacation notice: recorded, never answered"),
                "suzuki@univ.example.ac.jp",
                becomes="recorded: auto-reply",
                answers="invitation",
            ),
            Arrives(
                "15-bounce-dsn.eml",
                Phrase("a delivery report: this address is no more"),
                "old.address@members.example.org",
                becomes="bounce of invitation",
                answers="invitation",
                is_report=True,
            ),
        ),
    ),
    Scene(
        Phrase("The operator reviews the comments and answers the teacher"),
        (
            Operator("comment list --case 1"),
            Operator("case answer 1 --yes", is_refused=True),
            Operator("comment approve 1 2 3"),
            Operator("case preview 1", last_lines=0),
            Operator("case answer 1 --yes", sends=("answer", "thanks", "thanks", "thanks")),
        ),
    ),
    Scene(
        Phrase("The teacher asks once more"),
        (
            Arrives(
                "21-follow-up-outlook.eml",
                Phrase("from Outlook, our answer quoted below"),
                _SASAKI,
                becomes="follow-up in round 2",
                answers="answer",
                sends=("follow-up-received",),
            ),
            Operator("case show 1"),
        ),
    ),
)
