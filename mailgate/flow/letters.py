"""Every mail that the desk sends, as a value: the folder below `templates/<language>/` and what the text is told.

A letter has only what its reader may know. Nothing of an inbound mail is in here but text that an operator approved,
and (in the acknowledgement of a comment) the reader's own words. `flow/render.py` turns a letter into a text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from mailgate.desk.application_form import Wish


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """To the teacher: the consultation has come in."""

    template: ClassVar[str] = "acknowledgement"
    case_number: int
    answer_by: date
    attachments: int = 0
    """How many came with the mail; the text says that they are not passed on as they are."""


@dataclass(frozen=True, slots=True)
class RegistrationNeeded:
    """To somebody whom no contract covers, known or not: how to register."""

    template: ClassVar[str] = "registration-needed"
    join_address: str


@dataclass(frozen=True, slots=True)
class RegistrationForm:
    """To somebody who wrote to join@: the lines to fill in, for teachers and for members."""

    template: ClassVar[str] = "registration-form"
    teacher_lines: tuple[str, ...]
    member_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegistrationIncomplete:
    """To an applicant, once: what is missing, and the form with what was understood."""

    template: ClassVar[str] = "registration-incomplete"
    missing: tuple[str, ...]
    """The labels of lines that are empty."""
    unclear: tuple[str, ...]
    """The labels of lines that could not be understood."""
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegistrationReceived:
    """To an applicant: an operator looks at it. Without a wish: to somebody registered, who corrected something."""

    template: ClassVar[str] = "registration-received"
    wish: Wish | None


@dataclass(frozen=True, slots=True)
class Registered:
    """To an applicant whom an operator has taken into the register, or whose correction is in it now."""

    template: ClassVar[str] = "registered"
    is_member: bool
    desk_address: str
    join_address: str = ""
    is_new: bool = True
    taken_up: bool = True
    """Whether what a teacher wrote before is taken up now: a contract covers them, and no consultation stays held."""


@dataclass(frozen=True, slots=True)
class RegisterConfirmation:
    """To somebody in the register: what is held of them, in the lines of the form; はい or corrections answer it. They
    are thanked for what they are known as."""

    template: ClassVar[str] = "register-confirmation"
    lines: tuple[str, ...]
    answer_by: date
    known_as: tuple[Wish, ...]


@dataclass(frozen=True, slots=True)
class ConfirmationReminder:
    """To the same, once, without repeating what is held."""

    template: ClassVar[str] = "confirmation-reminder"
    answer_by: date


@dataclass(frozen=True, slots=True)
class Paused:
    """To a member who asked for a pause: what was understood, and how to end it."""

    template: ClassVar[str] = "paused"
    until: date | None
    """The last day; None: until they say so."""


@dataclass(frozen=True, slots=True)
class PauseUnclear:
    """To a member, once: until when they pause was not understood."""

    template: ClassVar[str] = "pause-unclear"


@dataclass(frozen=True, slots=True)
class Resumed:
    """To a member who asked to be asked again."""

    template: ClassVar[str] = "resumed"


@dataclass(frozen=True, slots=True)
class Invitation:
    """To a member: the approved text. `earlier` has the approved texts of the rounds before, oldest first."""

    template: ClassVar[str] = "invitation"
    case_number: int
    attributes: str
    """The teacher's coarse attributes, "小学校教員・教職歴10〜19年"; may be empty."""
    text: str
    earlier: tuple[str, ...]
    due: date
    files: tuple[str, ...] = ()
    """The names of what is enclosed."""
    withheld: int = 0
    """How many attachments of the teacher are not."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """To a member who has not answered: once, before the due date."""

    template: ClassVar[str] = "reminder"
    case_number: int
    text: str
    due: date


@dataclass(frozen=True, slots=True)
class CommentReceived:
    """To a member: exactly the text that was taken from the mail."""

    template: ClassVar[str] = "comment-received"
    case_number: int
    written: str
    amended: bool
    """Whether this text takes the place of an earlier one."""
    due: date
    attachments: int = 0
    """How many came with the mail."""


@dataclass(frozen=True, slots=True)
class Declined:
    """To a member who declined."""

    template: ClassVar[str] = "declined"
    case_number: int


@dataclass(frozen=True, slots=True)
class Closed:
    """To a member whose mail came after the period: it is kept, but was not sent on."""

    template: ClassVar[str] = "closed"
    case_number: int


@dataclass(frozen=True, slots=True)
class CompiledComment:
    number: int
    attributes: str
    """The coarse attributes of the author."""
    text: str
    files: tuple[str, ...] = ()
    """The names of what is enclosed of it."""
    withheld: int = 0
    """How many attachments of it are not."""


@dataclass(frozen=True, slots=True)
class Answer:
    """To the teacher: all approved comments together."""

    template: ClassVar[str] = "answer"
    case_number: int
    comments: tuple[CompiledComment, ...]


@dataclass(frozen=True, slots=True)
class Thanks:
    """To a member whose comment went to the teacher."""

    template: ClassVar[str] = "thanks"
    case_number: int


@dataclass(frozen=True, slots=True)
class FollowUpReceived:
    """To the teacher: the further message has come in."""

    template: ClassVar[str] = "follow-up-received"
    case_number: int
    answer_by: date
    attachments: int = 0


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """To the teacher: the consultation is withdrawn."""

    template: ClassVar[str] = "withdrawn"
    case_number: int


@dataclass(frozen=True, slots=True)
class InvitationWithdrawn:
    """To a member: no comment is needed any more (the case was withdrawn, or the invitation)."""

    template: ClassVar[str] = "invitation-withdrawn"
    case_number: int


@dataclass(frozen=True, slots=True)
class Clarification:
    """To the teacher: a question of the operator."""

    template: ClassVar[str] = "clarification"
    case_number: int
    question: str


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """To the teacher: the approved text, before any member sees it; the answer はい lets it go."""

    template: ClassVar[str] = "consent-request"
    case_number: int
    text: str
    files: int = 0
    """How many attachments go to the members with it."""


@dataclass(frozen=True, slots=True)
class Digest:
    """To the operators of a desk, once a day: what waits for them. Numbers alone."""

    template: ClassVar[str] = "digest"
    day: date
    held: tuple[int, ...] = ()
    new: tuple[int, ...] = ()
    ready: tuple[int, ...] = ()
    late: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()
    """Open cases of which somebody declined, or whose invitation came back, since the last digest."""
    applications: int = 0
    held_mails: int = 0
    quarantined: int = 0
    stopped: int = 0
    failed: int = 0
    """Deliveries since the last digest."""
    unconfirmed: int = 0
    """People who did not confirm what the register holds of them, or could not be asked."""

    @property
    def anything(self) -> bool:
        """Whether there is anything to tell."""
        lists = (self.held, self.new, self.ready, self.late, self.dropped)
        mails = (self.held_mails, self.quarantined, self.stopped, self.failed)
        return any(lists) or any(mails) or self.applications > 0 or self.unconfirmed > 0


Letter = (
    Acknowledgement
    | RegistrationNeeded
    | RegistrationForm
    | RegistrationIncomplete
    | RegistrationReceived
    | Registered
    | RegisterConfirmation
    | ConfirmationReminder
    | Paused
    | PauseUnclear
    | Resumed
    | Invitation
    | Reminder
    | CommentReceived
    | Declined
    | Closed
    | Answer
    | Thanks
    | FollowUpReceived
    | Withdrawn
    | InvitationWithdrawn
    | Clarification
    | ConsentRequest
    | Digest
)
