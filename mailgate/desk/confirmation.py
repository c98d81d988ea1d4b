"""What the register holds of somebody as the lines of the form at join@, and what their answer to these lines says.

Before: `flow/ask_confirmation.py` mails the lines once a year. After: `flow/correction.py` takes what differs from
them, `flow/confirm.py` a yes. Pure.

Known weaknesses: a line that is emptied changes nothing, as in any form at join@; who is teacher and member is shown
one line for the years.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mailgate.desk.application import FORM, judge
from mailgate.desk.application_form import Cells, Wish, read_form
from mailgate.desk.courtesy import said
from mailgate.desk.entries import MemberEntry
from mailgate.desk.form_words import line_of
from mailgate.desk.people import Teacher
from mailgate.desk.register_rows import cells_of_teacher, member_cells
from mailgate.desk.wording import agrees

_YES = r"(?:はい|yes|ok)"
_SO_IT_IS = (
    r"(?:特に)?変更(?:は|も|点は)?(?:特に)?(?:ありません|ございません|ないです|なし(?:です)?|無し(?:です)?)"
    r"|(?:(?:この|上記の|以上の)?(?:内容|とおり|通り)で)?(?:間違い|まちがい|相違)(?:は)?(?:ありません|ございません|ないです)"
    r"|(?:この|上記の)?内容で(?:大丈夫|結構|よろしい)です"
    r"|no changes?|nothing has changed|(?:(?:it|this|that|everything|all) is )?(?:still )?correct"
)
_CONFIRMS = re.compile(rf"{_YES}?(?:[、, ]{{0,2}}(?:{_SO_IT_IS}))?")
_ONLY_WITH_A_SCHOOL = "municipality"


@dataclass(frozen=True, slots=True)
class Held:
    """What the register has of one person, as teacher, as member, or as both."""

    teacher: Teacher | None
    member: MemberEntry | None

    @property
    def wish(self) -> Wish:
        """What a correction of it is an application for; that of a member is for the teacher in them, too."""
        return Wish.TEACHER if self.member is None else Wish.MEMBER

    @property
    def known_as(self) -> tuple[Wish, ...]:
        """What they are: teacher, member, or both."""
        return (Wish.TEACHER,) * (self.teacher is not None) + (Wish.MEMBER,) * (self.member is not None)

    def lines(self, language: str) -> tuple[str, ...]:
        """As they stand in the mail."""
        cells = self._cells()
        shown = {column: _shown(column, cells.get(column, ""), language) for column in self._columns()}
        return tuple(line_of(column, self._wish_of(column), language, value) for column, value in shown.items())

    def changed(self, cells: Mapping[str, str], language: str) -> Cells:
        """Of the cells of an answer those that say something else than `lines`."""
        before = judge(self.wish, read_form("", "\n".join(self.lines(language)))).cells
        after = judge(self.wish, dict(cells)).cells
        found = {column: value for column, value in after.items() if not _is_same(value, before.get(column, ""))}
        if "school" not in found:  # it only tells schools of one name apart
            found.pop(_ONLY_WITH_A_SCHOOL, None)
        return found

    def _columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(column for wish in self.known_as for column in FORM[wish]))

    def _wish_of(self, column: str) -> Wish:
        return Wish.TEACHER if self.teacher is not None and column in FORM[Wish.TEACHER] else Wish.MEMBER

    def _cells(self) -> Cells:
        cells = dict(member_cells(self.member)) if self.member is not None else {}
        if self.teacher is not None:
            school = self.teacher.school
            cells |= cells_of_teacher(self.teacher)
            cells |= {"school": school.name, "municipality": school.municipality} if school else {"school": ""}
        return cells


def confirms(written: str) -> bool:
    """Whether a mail says that all is right, and nothing else: はい, 変更ありません, "yes", "no changes"."""
    lines = said(written, _is_yes)
    return agrees(written) or (len(lines) == 1 and _is_yes(lines[0]))


def _is_yes(line: str) -> bool:
    return bool(line) and _CONFIRMS.fullmatch(line) is not None


def _shown(column: str, cell: str, language: str) -> str:
    if column == "years" and cell and language == "ja":
        return f"{cell}年"
    return cell.replace(";", "、" if language == "ja" else "; ")


def _is_same(one: str, other: str) -> bool:
    """Lists are the same in any order."""
    return one == other or sorted(one.split(";")) == sorted(other.split(";"))
