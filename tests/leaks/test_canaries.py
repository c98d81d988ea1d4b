"""Canaries in every channel of every mail that comes in; none is found where it must not be.

One real service for each database plays the story of `leak_stage/story.py`; then everything that it wrote or said is
swept with the oracle. README.md in this folder says which leak test of the research is proved where.
"""

from __future__ import annotations

import getpass
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from leak_stage.desk import DESK, DOMAIN, Sent, Stage, stage, until
from leak_stage.letters import plain
from leak_stage.plants import Plant
from leak_stage.story import LOOKS, READS_TEXTS, SCHOOL, People, address, consultation, play, register
from oracle import Oracle

pytestmark = pytest.mark.slow

HEADER = {"From", "To", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References", "Auto-Submitted"}
HEADER |= {"MIME-Version", "Content-Type", "Content-Transfer-Encoding", "X-Auto-Response-Suppress", "DKIM-Signature"}
IN_THE_CLEAR = {"T B3 school"}
"""Schools stand in the database as they are."""


@dataclass
class Played:
    stage: Stage
    people: People
    oracle: Oracle

    def readers(self) -> list[tuple[Plant, list[Sent]]]:
        return [(one, self.stage.relay.to(address(one))) for one in (self.people.t, self.people.m1, self.people.m2)]

    def secrets(self, of: Plant | None = None) -> set[str]:
        """The names of all canaries but those of one person."""
        return set().union(*(one.secrets() for one in self.people.all if one is not of))

    def found(self, octets: bytes) -> set[str]:
        return self.oracle.found(octets)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("leaks")
    url = "sqlite:///mailgate.db"
    if request.param == "postgresql":
        server: Any = request.getfixturevalue("postgresql_server")
        url = server.url(server.create())
    people = People()
    with stage(folder, url, people.op.channels["operator"]) as made:
        play(made, people)
        for command in LOOKS:
            made.run(command)
        made.run("case show 99", exit=1)
        people.incoming.append(made.operator.encode())
        made.kill()
        yield Played(made, people, Oracle(people.canaries()))


def test_every_canary_was_planted_where_it_could_cross(played: Played) -> None:
    """The positive control of all that follows: the oracle finds each of them in what came in."""
    coming = b"\n\n".join(played.people.incoming)
    registered = {name for name in played.people.canaries() if " register " in name or name.endswith(" A1 domain")}
    missing = set(played.people.canaries()) - played.found(coming) - registered - {"ours"}
    assert missing == set()
    assert len(played.people.canaries()) > 400


def test_no_mail_has_a_canary_of_somebody_else(played: Played) -> None:
    """L01 to L40, L43, L52, L54, in both directions."""
    for reader, mails in played.readers():
        assert len(mails) >= 2
        for mail in mails:
            found = played.found(mail.everything)
            assert "ours" in found  # the oracle sees what is in this mail
            assert found & played.secrets(reader) == set(), mail.field("Subject")


def test_what_was_let_through_did_cross(played: Played) -> None:
    t, m1, m2 = ({name for mail in mails for name in played.found(mail.octets)} for _, mails in played.readers())
    assert {"M1 advises", "M2 advises"} <= t
    assert {"T asks", "T asks too"} <= m1
    assert "T asks" in m2
    assert "T asks too" not in m2


def test_nobody_else_got_a_mail(played: Played) -> None:
    """L13, L14, L40, L42, L43, L52, L54: one recipient each, nobody whom a header named, nothing for a robot."""
    known = {address(one) for one in (played.people.t, played.people.m1, played.people.m2)}
    others = {address(played.people.x)}
    assert {mail.to for mail in played.stage.relay.taken} <= {(one,) for one in known | others}
    assert all(message_from_bytes(mail.octets)["To"].strip("<>") == mail.to[0] for mail in played.stage.relay.taken)
    assert played.stage.relay.to(address(played.people.x)) == []


def test_every_mail_has_our_form(played: Played) -> None:
    """L01 to L11, L26: each field once and none that we do not know, our own names everywhere, a fixed zone."""
    for mail in played.stage.relay.taken:
        names = message_from_bytes(mail.octets).keys()
        assert set(names) <= HEADER
        assert len(set(names)) == len(names)
        assert mail.ehlo == DOMAIN
        assert re.fullmatch(rf"bounce\+[a-z2-7]{{24}}@{DOMAIN}", mail.reverse_path)
        assert re.fullmatch(rf"reply\+[a-z2-7]{{24}}@{DOMAIN}", mail.reply_to)
        assert re.fullmatch(rf"<[a-z2-7]{{24}}@{DOMAIN}>", mail.field("Message-ID"))
        assert parsedate_to_datetime(mail.field("Date")).utcoffset().total_seconds() == 9 * 3600  # type: ignore[union-attr]
        machine = Oracle({"host": f"{socket.gethostname()}.machine", "user": f"/home/{getpass.getuser()}"})
        assert machine.found(mail.everything) == set()


def test_two_readers_of_a_case_have_nothing_in_common_but_the_words(played: Played) -> None:
    """L02, L06, L07, L44, L50: every token, id and return path is one reader's own, and one case's own."""
    owners: dict[str, set[tuple[str, str]]] = {}
    for mail in played.stage.relay.taken:
        case = re.search(r"案件 (\d)", _text(mail))
        assert case is not None
        ids = {mail.reverse_path, mail.reply_to, mail.field("Message-ID")}
        for one in ids | set(re.findall(r"[a-z2-7]{24}", mail.octets.decode("ascii"))):
            owners.setdefault(one.strip("<>"), set()).add((mail.to[0], case[1]))
    assert {one: who for one, who in owners.items() if len(who) > 1} == {}
    marks = [mail.reverse_path for mail in played.stage.relay.taken]
    assert len(set(marks)) == len(marks)


def _text(mail: Sent) -> str:
    message = message_from_bytes(mail.octets)
    first: Any = message.get_payload(0) if message.is_multipart() else message
    text: str = first.get_payload(decode=True).decode()
    return text


def test_a_mail_to_two_addresses_of_ours_and_one_of_somebody_else_is_no_comment(played: Played) -> None:
    """L14, L42, L54: what robots and strangers wrote is held or recorded; the answer has two comments."""
    answer = next(mail for mail in played.stage.relay.to(address(played.people.t)) if "コメント1" in _text(mail))
    assert "コメント2" in _text(answer)
    assert "コメント3" not in _text(answer)


def test_no_time_of_a_comment_is_told(played: Played) -> None:
    """L08, L46."""
    for mail in played.stage.relay.taken:
        assert re.findall(r"\d{1,2}:\d\d|0545", _text(mail)) == []


def test_nothing_stands_in_the_log(played: Played) -> None:
    """L57, L58: all libraries at DEBUG, a relay that refuses with the address in its words, the log of PostgreSQL."""
    log = played.stage.log.read_bytes()
    assert b"event=handled" in log
    assert b"level=debug" in log or b"DEBUG" in log
    assert played.found(log) & played.secrets() == set()
    assert b"Traceback" not in log
    assert re.findall(rb"(?:reply|bounce)\+[a-z2-7]{8}|192\.0\.2\.|127\.0\.0\.1'", log) == []


def test_no_command_tells_an_identity_without_being_asked(played: Played) -> None:
    """L60, L61: texts are shown to operators; who wrote them is not, on either stream."""
    assert {said.command for said in played.stage.said} >= set(LOOKS)
    unseen = set().union(
        *(one.unseen() for one in (played.people.t, played.people.m1, played.people.m2, played.people.x))
    )
    seen = False
    for said in played.stage.said:
        assert played.found(said.err) & played.secrets() == set(), said
        assert re.findall(rb"[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80[\x8b-\x8f\xaa-\xae]", said.out + said.err) == []
        found = played.found(said.out)
        seen |= "T asks" in found
        allowed = unseen - {"T A11 subject"} if READS_TEXTS.match(said.command) else played.secrets() - IN_THE_CLEAR
        assert found & allowed == set(), said.command
    assert seen


def test_nothing_stands_in_the_database_in_the_clear(played: Played) -> None:
    """L59, L63: its files with the log of all writes, or every table, after a kill amid the work."""
    everywhere: set[str] = set()
    for name, octets in played.stage.database():
        found = played.found(octets)
        everywhere |= found
        assert found & played.secrets() - IN_THE_CLEAR - {"OP operator"} == set(), name
    assert everywhere >= IN_THE_CLEAR
    assert "OP operator" in everywhere  # the audit log says who acted


def test_nothing_stands_in_a_backup(played: Played) -> None:
    backup = (played.stage.folder / "backup.db").read_bytes()
    found = played.found(backup)
    assert found >= IN_THE_CLEAR
    assert found & played.secrets() - IN_THE_CLEAR - {"OP operator"} == set()


def test_nothing_is_left_in_temporary_files_or_beside_the_database(played: Played) -> None:
    """L35, L59: whatever the files of a mail are called, nothing is written anywhere else."""
    assert [name for name, _ in played.stage.temporary()] == []
    written = {file.name for file in played.stage.folder.iterdir()}
    known = {
        "mailgate.toml",
        "keys",
        "temp",
        "serve.out",
        "serve.err",
        "said.out",
        "said.err",
        "drawn.jpg",
        "backup.db",
    }
    assert {name for name in written - known if not name.startswith("mailgate.db")} == set()
    drawn = (played.stage.folder / "drawn.jpg").read_bytes()
    assert len(drawn) > 500
    assert played.found(drawn) == set()


def test_no_process_is_called_after_anybody(played: Played) -> None:
    titles = b"\n".join(played.stage.titles)
    assert b"serve" in titles
    assert b"mailgate" in titles
    assert played.found(titles) & played.secrets() == set()


@pytest.fixture(scope="module")
def leaky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The same with a hole of each kind (`leak_stage/program.py`), after one consultation."""
    people = People()
    with stage(tmp_path_factory.mktemp("leaky"), "sqlite:///mailgate.db", people.op.channels["operator"]) as made:
        register(made, people)
        made.serve("--leaky")
        raw = consultation(people)
        made.send(raw, address(people.t), DESK)
        made.settle()
        other = plain("other@else.example", DESK, "べつの人", "もう一人の相談です。")
        made.send(other, "other@else.example", DESK)
        until(lambda: len(made.relay.taken) == 2)
        made.look_at_titles()
        yield Played(made, people, Oracle(people.canaries()))


@pytest.mark.parametrize("hole", ["mail", "log", "database", "temporary file", "title"])
def test_a_hole_of_each_kind_turns_the_sweep_red(leaky: Played, hole: str) -> None:
    """The test of these tests."""
    site = leaky.stage
    swept = {
        "mail": b"".join(one.everything for one in site.relay.to("other@else.example")),
        "log": site.log.read_bytes(),
        "database": b"".join(octets for _, octets in site.database()),
        "temporary file": b"".join(octets for _, octets in site.temporary()),
        "title": b"\n".join(site.titles),
    }[hole]
    assert "T A11 subject" in leaky.found(swept)


def test_rcpt_tells_nothing_of_the_register(leaky: Played) -> None:
    """L41, L45: whoever asks, about whatever token, hears the same; also while a mail with the token is on its way."""
    site, t = leaky.stage, leaky.people.t
    token = site.relay.to(address(t))[0].reply_to
    local, _, domain = token.partition("@")
    flipped = [f"{local[:at]}{'b' if local[at] == 'a' else 'a'}{local[at + 1 :]}@{domain}" for at in (6, 15, 29)]
    wrong = [*flipped, f"{local}a@{domain}", f"{local[:-1]}@{domain}", f"reply@{domain}", f"{local}@else.example"]
    wrong += [f"bounce{local[5:]}@{domain}", f"{address(t).split('@')[0]}@{domain}", f"nobody@{domain}"]
    heard = {
        reply
        for sender in (address(t), "nobody@else.example", "")
        for one in wrong
        for reply in site.send(b"", sender, one)
    }
    assert heard == {"550 5.1.1 No such address here"}
    intake = {site.send(b"\r\n", sender, DESK)[0] for sender in (address(t), "nobody@else.example", f"x@{DOMAIN}")}
    assert len(intake) == 1
    assert SCHOOL not in str(heard | intake)
