"""What a report says beside its figures, in both languages; the text and the page say the same."""

from __future__ import annotations

from dataclasses import dataclass

from mailgate.desk.lifecycle import CaseState
from mailgate.desk.people import MemberKind


@dataclass(frozen=True, slots=True)
class Words:
    language: str
    title: str
    period: str
    """With {first}, {last} and {as_of}."""
    count: str
    """With {name} and {value}."""
    cases: str
    comments_per_case: str
    overview: str
    figure: str
    actual: str
    target: str
    reached: str
    yes: str
    no: str
    first_comment_within: str
    answer_within: str
    brought_comment: str
    satisfaction: str
    at_least: str
    times: str
    times_note: str
    first_comment: str
    answer: str
    median: str
    nine_in_ten: str
    hours: str
    days: str
    by_state: str
    state: str
    by_month: str
    month: str
    by_topic: str
    topic: str
    topic_note: str
    other_topics: str
    by_kind: str
    kind_note: str
    kind: str
    members: str
    asked: str
    answered: str
    rate: str
    everybody: str
    digits: str
    digits_note: str
    digit: str
    answers: str
    contracts: str
    contract_note: str
    school: str
    first_day: str
    last_day: str
    without_contract: str
    hidden_note: str
    """With {k}."""
    nothing_hidden: str
    this_year: str
    """Where nobody named a period."""
    states: dict[CaseState, str]
    kinds: dict[MemberKind, str]


ENGLISH = Words(
    language="en",
    title="Figures of the service",
    period="Cases that came from {first} to {last}, and what became of them until {as_of}",
    count="{name}: {value}",
    cases="Cases",
    comments_per_case="Comments per answered case (mean)",
    overview="Targets",
    figure="figure",
    actual="actual",
    target="target",
    reached="reached",
    yes="yes",
    no="no",
    first_comment_within="First comment within {days} days",
    answer_within="Answer within {days} days",
    brought_comment="Invitations that brought a comment",
    satisfaction="Satisfaction (mean, 1 to 5)",
    at_least="{value} or more",
    times="Times",
    times_note="From the arrival of the first mail, day and night. A target day without work moves to the next one.",
    first_comment="to the first comment",
    answer="to the first answer",
    median="median",
    nine_in_ten="nine in ten within",
    hours="{value} hours",
    days="{value} days",
    by_state="Cases by state",
    state="state",
    by_month="Cases by month",
    month="month",
    by_topic="Cases by topic",
    topic="topic",
    topic_note="By the tags that operators gave; a case with two tags counts twice.",
    other_topics="others, and without a tag",
    by_kind="Answer rate of the members",
    kind_note="Of the invitations that have ended, without those that we took back.",
    kind="kind",
    members="members",
    asked="invitations",
    answered="comments",
    rate="rate",
    everybody="all",
    digits="Satisfaction of the teachers",
    digits_note="The digits that teachers sent back after an answer; 5 is best.",
    digit="digit",
    answers="answers",
    contracts="Contracts and their use",
    contract_note="By the dates of the consultations; whose a destroyed case was is not known any more.",
    school="school",
    first_day="from",
    last_day="to",
    without_contract="trials, held, spam, or not known",
    hidden_note="– stands for too few: counts below {k} are not shown, nor what would give them away.",
    nothing_hidden="– stands for what there is not yet.",
    this_year="This fiscal year so far, from April; another period: --month, --year, --from and --to.",
    states={state: state.value for state in CaseState},
    kinds={
        MemberKind.TEACHER: "teachers",
        MemberKind.FORMER_TEACHER: "former teachers",
        MemberKind.LAWYER: "lawyers",
        MemberKind.PSYCHOLOGIST: "clinical psychologists",
        MemberKind.EDUCATION: "people from education",
    },
)

JAPANESE = Words(
    language="ja",
    title="運営状況の報告",
    period="{first} から {last} までに届いた案件の、{as_of} 現在の状況",
    count="{name}：{value}",
    cases="案件",
    comments_per_case="回答した案件一件あたりのコメント数（平均）",
    overview="目標と実績",
    figure="項目",
    actual="実績",
    target="目標",
    reached="達成",
    yes="達成",
    no="未達",
    first_comment_within="{days}日以内に最初のコメント",
    answer_within="{days}日以内に回答",
    brought_comment="依頼に対するコメントの割合",
    satisfaction="満足度（1〜5の平均）",
    at_least="{value} 以上",
    times="かかった時間",
    times_note="最初のメールの到着から数えます（夜間や休日も含みます）。目標の日が休日のときは、次の平日までとします。",
    first_comment="最初のコメントまで",
    answer="最初の回答まで",
    median="中央値",
    nine_in_ten="9割がこの時間以内",
    hours="{value}時間",
    days="{value}日",
    by_state="状態別の案件",
    state="状態",
    by_month="月別の案件",
    month="月",
    by_topic="分野別の案件",
    topic="分野",
    topic_note="運営が付けたタグによります。タグが二つある案件は二回数えます。",
    other_topics="その他・タグなし",
    by_kind="メンバーの回答率",
    kind_note="終了した依頼のうち、こちらから取り消したものを除きます。",
    kind="種別",
    members="人数",
    asked="依頼",
    answered="コメント",
    rate="回答率",
    everybody="全体",
    digits="先生の満足度",
    digits_note="回答のあとに先生から届いた数字です。5が最高です。",
    digit="数字",
    answers="件数",
    contracts="契約と利用",
    contract_note="相談の日付だけで数えます。消去した案件は、どの学校のものか分かりません。",
    school="学校",
    first_day="開始",
    last_day="終了",
    without_contract="個人お試し、保留中、除外、不明",
    hidden_note="「–」は少数のため示しません（{k}未満の数と、それを計算できてしまう数）。",
    nothing_hidden="「–」は、まだ数字がないものです。",
    this_year="今年度（4月から今日まで）の集計です。ほかの期間は --month、--year、--from と --to で指定します。",
    states={
        CaseState.HELD: "保留中",
        CaseState.NEW: "対応待ち",
        CaseState.OPEN: "依頼中",
        CaseState.ANSWERED: "回答済み",
        CaseState.CLOSED: "終了",
        CaseState.WITHDRAWN: "取り下げ",
        CaseState.SPAM: "除外",
    },
    kinds={kind: kind.value for kind in MemberKind},
)


def words_in(language: str) -> Words:
    """`language` is "ja" or "en"."""
    return JAPANESE if language == "ja" else ENGLISH
