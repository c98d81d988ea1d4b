"""One consultation and a half with everything that may go wrong, played by careful operators."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from leak_stage.desk import DESK, Sent, Stage
from leak_stage.letters import invisible_html, monster, plain
from leak_stage.plants import Plant
from mailgate.desk.entries import MemberEntry, PersonEntry, SchoolEntry, TeacherEntry
from mailgate.desk.people import Affiliation, Contract, MemberKind, MemberStatus, Plan
from mailgate.mail.address import parse_address
from mailgate.store import members, schools, teachers

SCHOOL = "森野市立霧ヶ丘小学校"
OURS = "先生の窓口"
ASKS = "毎週お電話をいただき、どのように区切ればよいか迷っております"
ASKS_TOO = "席替えのたびにご意見をいただくようになりました"
ADVISES = "まずはお話の記録を残されることをおすすめします"
ADVISES_TOO = "お気持ちを言葉にしてお返しになるとよいと思います"


@dataclass
class People:
    """T consults; M1 and M2 are asked; X has no business here. OP is the operator and the machine."""

    t: Plant = field(default_factory=lambda: Plant("T"))
    m1: Plant = field(default_factory=lambda: Plant("M1"))
    m2: Plant = field(default_factory=lambda: Plant("M2"))
    x: Plant = field(default_factory=lambda: Plant("X"))
    op: Plant = field(default_factory=lambda: Plant("OP"))
    incoming: list[bytes] = field(default_factory=list)
    """Every mail that was sent to the desk, and its envelope."""

    def __post_init__(self) -> None:
        self.op.tag("operator")

    @property
    def all(self) -> tuple[Plant, ...]:
        return self.t, self.m1, self.m2, self.x, self.op

    def canaries(self) -> dict[str, str]:
        found = {name: text for plant in self.all for name, text in plant.named().items()}
        return found | {"ours": OURS}


def address(plant: Plant) -> str:
    return f"{plant.tag('A1 local part')}@{plant.tag('A1 domain')}.example"


def register(stage: Stage, people: People) -> tuple[str, str]:
    """School, teacher, two members; gives the members' handles."""
    year = date.today().year  # noqa: DTZ011 - some year that is now
    with stage.office.database.write() as tx:
        contract = Contract(date(year - 1, 1, 1), date(year + 1, 12, 31))
        school = schools.save_school(tx, None, SchoolEntry(SCHOOL, ("霧ヶ丘小",), "森野市", (), (contract,)))
        t = PersonEntry("勅使河原 三葉", "てしがわら みつは", (_at(address(people.t)),), "40代", "女性")
        teachers.save_teacher(tx, None, TeacherEntry(t, school.id, "教諭", 12, "小学校", Plan.SCHOOL))
        handles = []
        for plant, name, kana, kind, place in (
            (people.m1, "五百旗頭 菖蒲", "いおきべ あやめ", MemberKind.LAWYER, "五百旗頭法律事務所"),
            (people.m2, "四月朔日 霞", "わたぬき かすみ", MemberKind.PSYCHOLOGIST, "白樺林カウンセリング室"),
        ):
            person = PersonEntry(name, kana, (_at(address(plant)),), "50代", "男性")
            credential = plant.kanji("register credential")
            affiliations = (Affiliation(place, None, None, None),)
            member = members.save_member(tx, None, MemberEntry(person, kind, 20, credential, affiliations, (), None))
            members.set_member_status(tx, member.id, MemberStatus.ACTIVE)
            handles.append(member.handle)
    people.t.read("B3 name", "勅使河原")
    people.t.read("B3 kana", "てしがわら")
    people.t.read("B3 romaji", "teshigawara")
    people.t.read("B3 school", "霧ヶ丘小")
    people.m1.read("B3 name", "五百旗頭")
    people.m1.read("B3 kana", "いおきべ")
    people.m1.read("B3 workplace", "五百旗頭法律事務所")
    people.m2.read("B3 name", "四月朔日")
    people.m2.read("B3 kana", "わたぬき")
    people.m2.read("B3 workplace", "白樺林カウンセリング室")
    return handles[0], handles[1]


def _at(text: str) -> Any:
    found = parse_address(text)
    assert found is not None
    return found


def _signature(plant: Plant, name: str, place: str) -> str:
    local = plant.read("B2 address", f"{plant.who.lower()}sign{plant.tag('B2 local part')}@sign.example.jp")
    plant.written.add("B2 local part")
    phone = plant.read("B2 telephone", f"090-12{ord(plant.who[-1]):02}-56{ord(plant.who[-1]):02}")
    wide = phone.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    return f"\n-- \n{place}\n{name}\n電話 {wide}\n{local}\n"


def consultation(people: People) -> bytes:
    t = people.t
    body = (
        f"担任の勅使河原です。霧ヶ丘小で五年生を受け持っております。\n保護者の方から{t.let_through('asks', ASKS)}。\n"
        "テシガワラと申しますが、勅\u200b使\u200b河\u200b原と書きます。 Teshigawara Mitsuha\n"
        f"資料は https://x.example/p?u={t.read('B4 link', 'cx7tlinkquery')} にあります。\n"
        + _signature(t, "勅使河原 三葉（てしがわら みつは）", SCHOOL)
    )
    return monster(t, address(t), DESK, f"勅使河原の相談 {t.kanji('A11 Japanese subject')}", body)


def html_consultation(people: People) -> bytes:
    """HTML alone, with words that only a reader of the source or of white on white sees."""
    t = people.t
    seen = f"{t.let_through('asks too', ASKS_TOO)}。<span style='color:white;font-size:0'>勅使河原三葉です。</span>"
    head = monster(t, address(t), DESK, "二つ目の相談", "", html=seen)
    assert invisible_html(t, "")[:20].encode() not in head  # it is in base64
    return head


def comment(plant: Plant, invitation: Sent, says: str, name: str, place: str, quoted: str) -> bytes:
    """Below the words a signature, and the invitation quoted with its attribution."""
    body = f"{says}。\n{name}より\n{_signature(plant, name, place)}\n{quoted}\n" + "\n".join(
        f"> {line}" for line in (ASKS, f"返信先 {invitation.reply_to}")
    )
    message_id = invitation.field("Message-ID")
    return monster(plant, address(plant), invitation.reply_to, "Re: コメントのお願い", body, message_id)


OUTLOOK = (
    "-----Original Message-----\n差出人: 先生の窓口\n送信日時: 2026年1月5日 3:17\n宛先: {name}\n"
    "件名: コメントのお願い\n"
)
GMAIL = "2026年1月5日(月) 3:17 先生の窓口 <x@desk.example.jp>:\n"


def play(stage: Stage, people: People) -> None:
    """From two consultations to an answer that left and one that the relay refused."""
    first, second = register(stage, people)
    stage.serve()
    _consult(stage, people)
    stage.run("case check 1 --redact-all")
    stage.run("case check 2 --redact-all")
    stage.run("case attachments 1")
    stage.run("case show-attachment 1 1 --output drawn.jpg")
    stage.run("case release-attachment 1 1")
    stage.run(f"case invite 1 {first} {second}")
    stage.run(f"case invite 2 {first}")
    stage.settle()
    _answer_invitations(stage, people)
    _automatic_mails(stage, people)
    _decide_on_comments(stage)
    stage.relay.answers[address(people.m2)] = "550 5.1.1 <{0}> {0}: unknown, see http://x.example/?r={0}"
    stage.run("case answer 1 --yes")
    stage.settle()
    stage.relay.answers.clear()


def _send(stage: Stage, people: People, plant: Plant, raw: bytes, *to: str, sender: str | None = None) -> list[str]:
    """With an envelope that has canaries too."""
    sender = f"{plant.tag('A3 envelope')}@{plant.tag('A3 envelope domain')}.example" if sender is None else sender
    ehlo = f"{plant.tag('A4 EHLO')}.example"
    people.incoming += [raw, f"{sender} {ehlo}".encode()]
    replies = stage.send(raw, sender, *to, ehlo=ehlo)
    assert replies[-1].startswith("250"), replies
    return replies


def _consult(stage: Stage, people: People) -> None:
    _send(stage, people, people.t, consultation(people), DESK)
    stage.settle()
    second = html_consultation(people).replace(b"Message-ID: <", b"Message-ID: <2.")
    _send(stage, people, people.t, second, DESK)
    stage.settle()


def _answer_invitations(stage: Stage, people: People) -> None:
    m1, m2 = people.m1, people.m2
    asked1, asked2 = (_invitation(stage, one) for one in (m1, m2))
    said1, said2 = m1.let_through("advises", ADVISES), m2.let_through("advises", ADVISES_TOO)
    quoted = OUTLOOK.format(name="五百旗頭 菖蒲")
    raw1 = comment(m1, asked1, said1, "五百旗頭 菖蒲（イオキベ アヤメ）", "五百旗頭法律事務所", quoted)
    raw2 = comment(m2, asked2, said2, "四月朔日 霞 わたぬき かすみ", "白樺林カウンセリング室", GMAIL)
    for plant, raw, asked in ((m1, raw1, asked1), (m2, raw2, asked2)):
        _send(stage, people, plant, raw, asked.reply_to)
    stage.settle()
    other = next(one for one in stage.relay.to(address(m1)) if one.reply_to != asked1.reply_to)
    both = plain(address(m1), asked1.reply_to, "Re: 二件とも", m1.read("L14 text", "両方の案件へのお返事です五百"))
    _send(stage, people, m1, both, other.reply_to, sender=address(m1))
    # Somebody to whom the invitation was passed on, in their own name.
    x = people.x
    raw = monster(
        x, address(x), asked1.reply_to, "Re: コメントのお願い", x.read("L54 text", "転送していただいた者です雲母坂")
    )
    _send(stage, people, x, raw, asked1.reply_to, sender=address(x))
    stage.settle()


def _invitation(stage: Stage, plant: Plant) -> Sent:
    found = stage.relay.to(address(plant))
    return min(found, key=lambda one: "案件 2" in _body(one))


def _body(mail: Sent) -> str:
    from email import message_from_bytes

    message = message_from_bytes(mail.octets)
    parts = message.get_payload() if message.is_multipart() else [message]
    return parts[0].get_payload(decode=True).decode()  # type: ignore[union-attr]  # our mails have texts


def _automatic_mails(stage: Stage, people: People) -> None:
    """Out of office, a bounce with everything in it, a receipt: from members and from the teacher's school."""
    for plant in (people.m1, people.m2, people.t):
        sent = stage.relay.to(address(plant))[0]
        words = plant.read("D3 absence", f"不在にしております代わりは{plant.who}小鳥遊が承ります")
        absent = plain(address(plant), sent.reply_to, "自動応答: 不在", words, ["Auto-Submitted: auto-replied"])
        _send(stage, people, plant, absent, sent.reply_to, sender="")
        report = (
            f"--b\r\nContent-Type: text/plain\r\n\r\n{plant.read('D1 words', f'{plant.who}の受信箱が一杯です霰雫')}\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x.example\r\n\r\n"
            f"Final-Recipient: rfc822; {plant.tag('D1 Final-Recipient')}@x.example\r\nAction: delayed\r\n"
            f"Status: 4.2.2\r\nDiagnostic-Code: smtp; 452 {plant.tag('D1 Diagnostic-Code')}\r\n\r\n"
            "--b\r\nContent-Type: message/rfc822\r\n\r\n"
        ).replace("\r\n", "\n") + sent.octets.decode("ascii", "replace").replace("\r\n", "\n")
        more = ['Content-Type: multipart/report; report-type=delivery-status; boundary="b"']
        bounce = plain("MAILER-DAEMON@x.example", sent.reverse_path, "Delayed", f"{report}\n--b--", more)
        _send(stage, people, plant, bounce, sent.reverse_path, sender="")
        receipt = plain(
            address(plant),
            sent.reply_to,
            "開封済み",
            f"--b\n\n{plant.tag('D4 receipt')}\n--b--",
            ["Content-Type: multipart/report; report-type=disposition-notification; boundary=b"],
        )
        plant.written.add("D4 receipt")
        _send(stage, people, plant, receipt, sent.reply_to, sender="")
    stage.settle()


def _decide_on_comments(stage: Stage) -> None:
    """The two comments of case 1 are approved once what identifies is redacted; what is held stays where it is."""
    rows = [one for one in stage.document("comment list --case 1")["comments"] if one["state"] == "pending"]
    ids = [str(one["id"]) for one in rows]
    assert len(ids) == 2, rows
    for one in ids:
        stage.run(f"comment check {one} --redact-all")
    stage.run(f"comment approve {' '.join(ids)}")
    stage.run("case preview 1")


LOOKS = (
    *("case list --json", "case show 1", "case show 2 --json", "comment list --held", "comment list --json"),
    *(
        "mail list --json",
        "mail list --quarantined",
        "outbox list --json",
        "school list",
        "teacher list",
        "member list",
    ),
    *("report attributes", "school export", "db check", "db backup backup.db", "run-due"),
)
READS_TEXTS = re.compile(r"(?:case|comment) (?:show|check|preview|list)|mail show|outbox show|case attachments")
"""Commands that show operators what somebody wrote."""
