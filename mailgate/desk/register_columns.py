"""The columns of the three registers as CSV files: their two names, which must be there, and an example of each cell.

`desk/csv_file.py` reads a file by them, `desk/register_rows.py` says what the cells mean. The tables of README.md and
the help of the import commands tell the same.
"""

from __future__ import annotations

from mailgate.desk.csv_file import Column

_PERSON = (
    Column("name", "氏名", "石田 岳", needed=True),
    Column("kana", "ふりがな", "いしだ がく"),
    Column("addresses", "メールアドレス", "ishida@school.example.jp;gaku@home.example.jp", needed=True),
)
_ABOUT = (Column("age_band", "年代", "30代"), Column("gender", "性別", "男性"))

SCHOOL_COLUMNS = (
    Column("name", "学校名", "岡里市立西小学校", needed=True),
    Column("aliases", "別名", "西小;岡里西小"),
    Column("municipality", "市区町村", "岡里市"),
    Column("domains", "ドメイン", "nishi.example.jp"),
    Column("contract_from", "契約開始日", "2026-04-01"),
    Column("contract_to", "契約終了日", "2027-03-31"),
)
TEACHER_COLUMNS = (
    *_PERSON,
    Column("school", "学校", "西小"),
    Column("role", "職名", "教員"),
    Column("years", "経験年数", "12"),
    *_ABOUT,
    Column("school_type", "校種", "小学校"),
    Column("plan", "利用区分", "school"),
)
MEMBER_COLUMNS = (
    *_PERSON,
    Column("kind", "区分", "元教員", needed=True),
    Column("years", "経験年数", "30"),
    Column("credential", "資格", "公認心理師"),
    Column("affiliations", "所属歴", "東小学校:1985-2016;西小:2019-"),
    *_ABOUT,
    Column("topics", "得意分野", "保護者対応;学級経営"),
    Column("monthly_limit", "月の上限", "4"),
)
