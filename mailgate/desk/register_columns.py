"""The columns of the three registers as files: their names, which must be there, and an example of each cell.

`desk/table_file.py` reads a file by them, `desk/register_rows.py` says what the cells mean. The tables of README.md and
the help of the import commands tell the two official names; the others are what lists of schools and offices use.
"""

from __future__ import annotations

from mailgate.desk.table_file import Column

_PERSON = (
    Column("name", "氏名", "石田 岳", needed=True, also="名前 お名前 本名 氏名(漢字) 姓名 fullname"),
    Column(
        "kana",
        "ふりがな",
        "いしだ がく",
        also="フリガナ ﾌﾘｶﾞﾅ かな カナ よみ よみがな 読み仮名 氏名(カナ) 氏名(かな) reading",
    ),
    Column(
        "addresses",
        "メールアドレス",
        "ishida@nishi.example.jp;gaku@example.jp",
        needed=True,
        also="メール アドレス 電子メール Eメール e-mail mail address emailaddress mailaddress",
    ),
)
_YEARS = Column("years", "経験年数", "12", also="教職歴 教職経験 経験 勤続年数 年数 yearsofexperience")
_ABOUT = (
    Column("age_band", "年代", "30代", also="年齢層 年齢 age agegroup"),
    Column("gender", "性別", "男性", also="sex"),
)

SCHOOL_COLUMNS = (
    Column(
        "name",
        "学校名",
        "岡里市立西小学校",
        needed=True,
        also="名称 校名 学校 正式名称 学校名称 school schoolname",
    ),
    Column("aliases", "別名", "西小;岡里西小", also="略称 通称 旧名 旧校名 呼び名 alias othernames"),
    Column(
        "municipality",
        "市区町村",
        "岡里市",
        also="自治体 市町村 市町村名 市区町村名 設置者 city town",
    ),
    Column("domains", "ドメイン", "nishi.example.jp", also="メールドメイン ドメイン名 domain maildomain"),
    Column(
        "contract_from",
        "契約開始日",
        "2026-04-01",
        also="契約開始 開始日 利用開始日 契約日 contractstart startdate from",
    ),
    Column(
        "contract_to",
        "契約終了日",
        "2027-03-31",
        also="契約終了 終了日 契約満了日 満了日 利用終了日 contractend enddate to",
    ),
)
TEACHER_COLUMNS = (
    *_PERSON,
    Column("school", "学校", "西小", also="学校名 勤務校 所属校 在籍校 勤務先 所属 schoolname"),
    Column("role", "職種", "教員", also="職名 役職 職 職位 position jobtitle"),
    _YEARS,
    *_ABOUT,
    Column("school_type", "校種", "小学校", also="学校種 学校種別 学校の種類 typeofschool"),
    Column("plan", "利用区分", "school", also="契約区分 プラン 利用形態"),
)
MEMBER_COLUMNS = (
    *_PERSON,
    Column("kind", "区分", "元教員", needed=True, also="種別 会員区分 会員種別 メンバー区分 職種 職業"),
    Column("years", _YEARS.japanese, "30", also=_YEARS.also),
    Column("credential", "資格", "公認心理師", also="保有資格 資格等 免許 免許・資格 credentials"),
    Column(
        "affiliations",
        "所属歴",
        "東小学校:1985-2016;西小:2019-",
        also="所属 勤務歴 経歴 職歴 所属先 勤務先 勤務校 affiliation career",
    ),
    *_ABOUT,
    Column("topics", "得意分野", "保護者対応;学級経営", also="専門 専門分野 分野 テーマ topic expertise"),
    Column("monthly_limit", "月の上限", "4", also="月間上限 上限 依頼上限 月の依頼上限 limitpermonth"),
)

PERSONAL = frozenset({"name", "kana", "addresses", "credential", "affiliations"})
"""What says who a teacher or member is: it stands in no table unless an operator gives a reason to reveal it."""
