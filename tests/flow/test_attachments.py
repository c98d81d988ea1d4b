"""What operators do with attachments, and that nothing but a released drawing leaves; the artist is one of paper."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from desk import TEACHER

from mailgate.desk.lifecycle import AttachmentState
from mailgate.errors import BadKeys, NotFound, Refused
from mailgate.flow import attachments, compilation, consent, invite
from mailgate.flow.attachments import OfCase, OfComment
from mailgate.mail.content import Content
from mailgate.mail.drawing import Drawing, Look, Obstacle
from mailgate.mail.fields import split_mail
from mailgate.mail.parts import attachment_octets
from mailgate.store import attachments as store
from mailgate.store import consents, outbox, rounds
from mailgate.store.digest import digest_of

NAME = "水原遥香の学級写真"
ORIGINAL = b"picture with a place and a camera in it "


class PaperArtist:
    """Draws "picture …" as PNG and "pages …" as PDF; what starts otherwise is locked, or of a kind that stays back."""

    def __init__(self) -> None:
        self.drawn = 0

    def look(self, raw: bytes) -> list[Look]:
        return [_look(octets) for octets in attachment_octets(*split_mail(raw))]

    def draw(self, raw: bytes, position: int) -> Drawing | Obstacle:
        octets = attachment_octets(*split_mail(raw))[position - 1]
        self.drawn += 1
        if (obstacle := _look(octets).obstacle) is not None:
            return obstacle
        media_type = "image/png" if octets.startswith(b"picture") else "application/pdf"
        return Drawing(media_type, b"pixels of " + octets[-8:], 1)


def _look(octets: bytes) -> Look:
    for start, content, obstacle in (
        (b"picture", Content.JPEG, None),
        (b"pages", Content.PDF, None),
        (b"locked", Content.LOCKED_ARCHIVE, Obstacle.KIND),
    ):
        if octets.startswith(start):
            return Look(content, len(octets), obstacle)
    return Look(Content.OFFICE, len(octets), Obstacle.KIND)


@pytest.fixture
def artist() -> PaperArtist:
    return PaperArtist()


def with_files(desk: Any, sender: str, *files: bytes, body: str = "写真を見てください。", to: str = "") -> Any:
    """A mail with attachments comes in, by the teacher or a member."""
    made = EmailMessage()
    desk._count += 1
    made["From"], made["To"], made["Message-ID"] = sender, "soudan@mado.example", f"<f{desk._count}@client.example>"
    made.set_content(body)
    for octets in files:
        made.add_attachment(octets, maintype="image", subtype="jpeg", filename=f"{NAME}.jpg")
    return desk.receive(made.as_bytes(policy=policy.SMTP), to or "soudan@mado.example", sender)


def case_with(desk: Any, *files: bytes, body: str = "写真を見てください。") -> int:
    number = with_files(desk, TEACHER, *files, body=body).case
    assert isinstance(number, int)
    return number


def release(desk: Any, source: Any, number: int, artist: PaperArtist) -> Drawing:
    drawing = attachments.show(desk.office, source, number, artist, "operator:yui")
    desk.run(attachments.release, source, number)
    return drawing


def octets_of(desk: Any, kind: str) -> bytes:
    (entry,) = desk.outbox(kind)
    with desk.office.read() as ctx:
        return outbox.octets_of(ctx.tx, entry.id)


def files_of(desk: Any, kind: str) -> list[tuple[str | None, bytes]]:
    letter = message_from_bytes(octets_of(desk, kind), policy=policy.default)
    return [(one.get_filename(), one.get_content()) for one in letter.iter_attachments()]


def states(desk: Any, source: Any, artist: PaperArtist) -> list[AttachmentState | None]:
    listed = attachments.listing(desk.office, source, artist).attachments
    return [one.decision.state if one.decision else None for one in listed]


def test_nothing_leaves_by_itself_and_both_sides_are_told(quick_desk: Any) -> None:
    number = case_with(quick_desk, ORIGINAL, b"office file")
    assert (
        "添付ファイル（2件）を、そのままメンバーにお渡しすることはありません"
        in quick_desk.letter("acknowledgement").body
    )
    quick_desk.invite(number)
    letter = quick_desk.letter("invitation")
    assert "添付ファイル2件は、個人の特定を防ぐため、お渡ししておりません。" in letter.body
    assert letter.attachments == ()
    assert ORIGINAL not in octets_of(quick_desk, "invitation")


def test_letters_about_mails_without_attachments_say_nothing_of_them(quick_desk: Any) -> None:
    quick_desk.answered_case()
    assert [one.kind for one in quick_desk.outbox() if "添付" in quick_desk.read(one.id).body] == []


def test_the_list_tells_kind_size_and_what_was_decided(desk: Any, artist: PaperArtist) -> None:
    number = case_with(desk, ORIGINAL, b"office file")
    listed = attachments.listing(desk.office, OfCase(number), artist)
    assert [(one.id, one.look, one.decision) for one in listed.attachments] == [
        (1, Look(Content.JPEG, len(ORIGINAL), None), None),
        (2, Look(Content.OFFICE, 11, Obstacle.KIND), None),
    ]
    attachments.show(desk.office, OfCase(number), 1, artist, "operator:yui")
    assert states(desk, OfCase(number), artist) == [AttachmentState.DRAWN, None]
    desk.run(attachments.release, OfCase(number), 1)
    desk.run(attachments.withhold, OfCase(number), 2)
    assert states(desk, OfCase(number), artist) == [AttachmentState.RELEASED, AttachmentState.WITHHELD]
    actions = [action for _, action in desk.audit()]
    assert actions[-3:] == ["draw attachment", "release attachment", "withhold attachment"]


def test_a_released_drawing_goes_with_the_invitation_under_a_name_of_ours(desk: Any, artist: PaperArtist) -> None:
    number = case_with(desk, b"office file", ORIGINAL, b"pages of a plan")
    picture = release(desk, OfCase(number), 2, artist)
    pages = release(desk, OfCase(number), 3, artist)
    desk.invite(number)
    assert files_of(desk, "invitation") == [("添付1.png", picture.octets), ("添付2.pdf", pages.octets)]
    body = desk.letter("invitation").body
    assert "添付1.png、添付2.pdf（運営が画像に描き直したものです）" in body
    assert "ほかの添付ファイル1件は" in body
    assert not any(one in octets_of(desk, "invitation") for one in (ORIGINAL, NAME.encode(), b"x-lie"))


def test_what_nobody_looked_at_is_not_released(quick_desk: Any) -> None:
    number = case_with(quick_desk, ORIGINAL)
    with pytest.raises(Refused, match=r"nobody has looked .* mailgate case show-attachment 1 1"):
        quick_desk.run(attachments.release, OfCase(number), 1)


def test_the_drawing_that_was_looked_at_is_the_one_that_is_released(quick_desk: Any, artist: PaperArtist) -> None:
    """Drawn once: a library that draws otherwise tomorrow changes nothing about what was approved."""
    number = case_with(quick_desk, ORIGINAL)
    first = attachments.show(quick_desk.office, OfCase(number), 1, artist, "operator:yui")
    assert release(quick_desk, OfCase(number), 1, artist) == first
    assert artist.drawn == 1


def test_a_file_that_cannot_be_drawn_is_refused_with_the_reason(quick_desk: Any, artist: PaperArtist) -> None:
    number = case_with(quick_desk, b"office file")
    with pytest.raises(Refused, match=r"attachment 1 \(Office file\) cannot be released: an Office file names"):
        attachments.show(quick_desk.office, OfCase(number), 1, artist, "operator:yui")
    quick_desk.run(attachments.withhold, OfCase(number), 1)
    assert "お渡しできない種類のファイル" in attachments.words(quick_desk.office, number, 1, artist)


def test_what_is_withheld_after_all_does_not_leave(quick_desk: Any, artist: PaperArtist) -> None:
    number = case_with(quick_desk, ORIGINAL)
    release(quick_desk, OfCase(number), 1, artist)
    with pytest.raises(Refused, match="is released"):
        attachments.words(quick_desk.office, number, 1, artist)
    quick_desk.run(attachments.withhold, OfCase(number), 1)
    quick_desk.invite(number)
    assert files_of(quick_desk, "invitation") == []


def test_a_drawing_that_is_not_the_released_one_stops_the_invitation(quick_desk: Any, artist: PaperArtist) -> None:
    number = case_with(quick_desk, ORIGINAL)
    release(quick_desk, OfCase(number), 1, artist)
    with quick_desk.office.write() as ctx:
        (entry,) = rounds.entries(ctx.tx, number)
        row = store._find(ctx.tx, store.Place(number, None, entry.spool_id, 1))
        assert row is not None
        ctx.tx.seal(row, octets=b"pixels of something else")
    with pytest.raises(BadKeys, match="not the one that was kept"):
        quick_desk.invite(number)


@pytest.mark.parametrize("act", [attachments.release, attachments.withhold])
def test_an_attachment_that_is_not_there_is_named_in_one_line(act: Any, quick_desk: Any) -> None:
    number = case_with(quick_desk, ORIGINAL)
    with pytest.raises(NotFound, match="case 1 has no attachment 2: 'mailgate case attachments 1' shows them"):
        quick_desk.run(act, OfCase(number), 2)
    with pytest.raises(NotFound, match="there is no case 7"):
        quick_desk.run(act, OfCase(7), 1)


def test_an_answered_case_is_decided(quick_desk: Any, artist: PaperArtist) -> None:
    number, _ = quick_desk.answered_case()
    with_files(quick_desk, TEACHER, ORIGINAL, to=quick_desk.reply_address(case=number))
    assert quick_desk.case(number).round == 2
    release(quick_desk, OfCase(number), 1, artist)
    quick_desk.invite(number, 1)
    member = quick_desk.invitation(2)
    assert member.round == 2
    quick_desk.comment(invite.Invited(2, member.handle, member.due_at))
    quick_desk.approve_comments(number)
    quick_desk.run(compilation.answer, number, quick_desk.case(number).version)
    with pytest.raises(Refused, match="is answered: its attachments are decided"):
        quick_desk.run(attachments.withhold, OfCase(number), 1)


def test_the_files_of_one_mail_have_a_size_that_mailboxes_take(
    quick_desk: Any, artist: PaperArtist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_OCTETS", 30)
    number = case_with(quick_desk, ORIGINAL, ORIGINAL)
    release(quick_desk, OfCase(number), 1, artist)
    with pytest.raises(Refused, match="would have more than"):
        release(quick_desk, OfCase(number), 2, artist)


def test_a_mail_that_is_not_kept_any_more_has_attachments_all_the_same(
    quick_desk: Any, artist: PaperArtist, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = case_with(quick_desk, ORIGINAL)
    monkeypatch.setattr(attachments, "_raw", lambda ctx, spool_id: b"")
    (one,) = attachments.listing(quick_desk.office, OfCase(number), artist).attachments
    assert (one.look, one.decision) == (None, None)
    with pytest.raises(Refused, match="is not kept any more"):
        attachments.show(quick_desk.office, OfCase(number), 1, artist, "operator:yui")


def test_the_password_in_a_second_mail_is_noticed(quick_desk: Any, artist: PaperArtist) -> None:
    number = case_with(quick_desk, b"locked archive")
    assert attachments.listing(quick_desk.office, OfCase(number), artist).passwords == ()
    second = quick_desk.open_case("先ほどのファイルのパスワードは次のとおりです。\nk3n5")
    quick_desk.open_case("まったく別の相談です。")
    assert attachments.listing(quick_desk.office, OfCase(number), artist).passwords == (second,)
    assert "パスワードのご連絡は不要です" in attachments.words(quick_desk.office, number, 1, artist)
    pictures = case_with(quick_desk, ORIGINAL)
    assert attachments.listing(quick_desk.office, OfCase(pictures), artist).passwords == ()


# A member's attachments


def commented(desk: Any, *files: bytes) -> tuple[int, int]:
    """A case with one comment that has attachments; case and comment."""
    number = desk.open_case()
    (invited,) = desk.invite(number)
    with_files(desk, desk.address_of(invited.handle), *files, to=desk.reply_address(invited.invitation))
    (comment,) = desk.comments(number)
    assert comment.attachments == len(files)
    return number, comment.id


def test_a_members_attachment_goes_with_the_answer_once_released(desk: Any, artist: PaperArtist) -> None:
    number, comment = commented(desk, ORIGINAL, b"office file")
    assert "添付ファイル（2件）を、そのままご相談者にお渡しすることはありません" in desk.letter("comment-received").body
    drawing = release(desk, OfComment(comment), 1, artist)
    desk.approve_comments(number)
    desk.run(compilation.answer, number, desk.case(number).version)
    assert files_of(desk, "answer") == [("添付1.png", drawing.octets)]
    body = desk.letter("answer").body
    assert "（添付：添付1.png）\n（ほかの添付ファイル1件は、個人の特定を防ぐため、お渡ししておりません。）" in body
    with desk.office.read() as ctx:
        assert len(store.released_digests(ctx.tx, number, to_members=False)) == 1
        assert store.released_digests(ctx.tx, number, to_members=True) == frozenset()
    with pytest.raises(Refused, match="was sent to the teacher already"):
        desk.run(attachments.withhold, OfComment(comment), 1)


def test_an_answer_says_what_is_withheld(quick_desk: Any) -> None:
    number, _ = commented(quick_desk, ORIGINAL)
    quick_desk.approve_comments(number)
    quick_desk.run(compilation.answer, number, quick_desk.case(number).version)
    assert "（添付ファイル1件は、個人の特定を防ぐため、お渡ししておりません。）" in quick_desk.letter("answer").body
    assert files_of(quick_desk, "answer") == []


def test_an_amendment_has_attachments_of_its_own(quick_desk: Any, artist: PaperArtist) -> None:
    number, comment = commented(quick_desk, ORIGINAL)
    release(quick_desk, OfComment(comment), 1, artist)
    (invitation,) = {one.invitation for one in quick_desk.comments(number)}
    member = quick_desk.invitation(invitation)
    quick_desk.comment(invite.Invited(invitation, member.handle, member.due_at), "書き直しました。")
    assert attachments.listing(quick_desk.office, OfComment(comment), artist).attachments == ()
    quick_desk.approve_comments(number)
    quick_desk.run(compilation.answer, number, quick_desk.case(number).version)
    assert files_of(quick_desk, "answer") == []


def test_a_held_comment_is_released_before_its_attachments(quick_desk: Any, artist: PaperArtist) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    with_files(quick_desk, "stranger@else.example", ORIGINAL, to=quick_desk.reply_address(invited.invitation))
    (comment,) = quick_desk.comments(number)
    attachments.show(quick_desk.office, OfComment(comment.id), 1, artist, "operator:yui")
    with pytest.raises(Refused, match="is held"):
        quick_desk.run(attachments.release, OfComment(comment.id), 1)


# The teacher's consent


def invite_first(desk: Any, number: int) -> None:
    desk.run(invite.invite, number, [desk.members[0].handle])


def agree(desk: Any, number: int) -> None:
    """To the newest question."""
    mail = desk.outbox("consent-request")[-1]
    assert desk.write(body="はい", to=desk.reply_address(case=number), answers=mail.message_id).reason == "consent"


def missing(desk: Any, number: int) -> bool:
    with desk.office.read() as ctx:
        approval = rounds.get(ctx.tx, number, 1).approval
        assert approval is not None
        known = consents.states(ctx.tx, [number]).get((number, digest_of(approval.text)))
        about = consents.about(ctx.tx, number, approval.text)
        assert (about.state if about else None) == known, "both say the same"
        return bool(consent.is_missing(ctx, number))


def test_the_teacher_is_told_how_many_attachments_go_with_the_text(quick_desk: Any, artist: PaperArtist) -> None:
    number = case_with(quick_desk, b"picture one", b"picture two", b"picture three")
    quick_desk.approve(number)
    for attachment in (1, 2):
        release(quick_desk, OfCase(number), attachment, artist)
    quick_desk.run(consent.ask, number)
    body = quick_desk.letter("consent-request").body
    assert "\n添付ファイル2件も、この文面に添えてお渡しします（運営が画像に描き直したものです）。\n" in body
    agree(quick_desk, number)
    assert not missing(quick_desk, number)
    invite_first(quick_desk, number)
    assert len(files_of(quick_desk, "invitation")) == 2


@pytest.mark.parametrize("asks_all", [True, False])
def test_what_is_released_after_the_yes_is_asked_about_anew(desk: Any, artist: PaperArtist, asks_all: bool) -> None:
    desk = desk.with_policy(teacher_consent=asks_all)
    number = case_with(desk, b"picture one")
    desk.approve(number)
    desk.run(consent.ask, number)
    agree(desk, number)
    assert not missing(desk, number)
    release(desk, OfCase(number), 1, artist)
    assert missing(desk, number)
    with pytest.raises(Refused, match=f"has not agreed to its text: mailgate case consent {number}"):
        invite_first(desk, number)
    desk.run(consent.ask, number)
    agree(desk, number)
    assert not missing(desk, number)
    invite_first(desk, number)


def test_a_yes_to_a_question_before_the_release_is_none_to_the_file(quick_desk: Any, artist: PaperArtist) -> None:
    number = case_with(quick_desk, b"picture one")
    quick_desk.approve(number)
    quick_desk.run(consent.ask, number)
    release(quick_desk, OfCase(number), 1, artist)
    agree(quick_desk, number)
    assert missing(quick_desk, number)


def test_what_is_withheld_or_released_once_more_needs_no_new_yes(quick_desk: Any, artist: PaperArtist) -> None:
    number = case_with(quick_desk, b"picture one", b"picture two")
    quick_desk.approve(number)
    for attachment in (1, 2):
        release(quick_desk, OfCase(number), attachment, artist)
    quick_desk.run(consent.ask, number)
    agree(quick_desk, number)
    quick_desk.run(attachments.release, OfCase(number), 1)
    quick_desk.run(attachments.withhold, OfCase(number), 2)
    assert not missing(quick_desk, number)


def test_a_desk_that_asked_nobody_needs_no_yes_to_a_file(quick_desk: Any, artist: PaperArtist) -> None:
    number = case_with(quick_desk, b"picture one")
    quick_desk.approve(number)
    release(quick_desk, OfCase(number), 1, artist)
    assert not missing(quick_desk, number)
    invite_first(quick_desk, number)
