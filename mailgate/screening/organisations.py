"""Firms, societies, offices and homes: 丸徳製パン, 富山県公認心理師会, 在留管理局福岡支局, 児童養護施設ひかりの家.

Before: `words.read_lines`. After: `merge`, beside `bodies`, which has the bodies that a school writes of most. A tail
(鉄道, 協議会) makes no name of what any word stands before it (地元産業, 保護者協議会): a name or a town has to be in
front, or behind in the name of its branch, or somebody's employer has to be spoken of.

Weakness: a firm of common words (中央化学) and one known by its name alone (イオン).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.body_words import BESIDE_A_BODY, TIMES
from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.in_line import finding_in
from mailgate.screening.lexicon import ADDRESSING, GENERIC_BODY, MASK, REGIONS, words_of
from mailgate.screening.words import NAMING, Kind, Line, Word, readings

_FIRM = (
    "サービス|テクノス?|精機|精密|精工|製パン|製麺|製鉄|製鋼|製材|鉄道|電鉄|産業|化学|金属|鉄工所?|自動車|モータース|電設|電工|商会|興業|興産"
    "|建材|木材|紡績|繊維|印刷|出版|新報|テレビ|ホーム|ガス|電力|石油|加工|農園|牧場|酒造|醸造|本舗|通運|急便|百貨店|書店|ゴム|造船|重工|倉庫|物流"
    "|警備|旅館|ホテル|クリーニング|システムズ?|フーズ?|電子|水道|設計|メンテナンス|工芸|染織|化成|ケミカル|エンジニアリング|テック"
    "|コーポレーション|ホールディングス|カンパニー|造園|石材|塗装|板金|工房|電業|電装|機械|機器|機工|製紙|製糸|製茶|製缶|酒店|寿司|総業|総研"
    "|配送|海上火災|火災海上|火災保険|生命保険|損害保険|損保|土建|土木|開発|企画|流通|デザイン|スタジオ|薬品|農機|海運|汽船|フェリー|航空|ハイヤー|劇場"
)
_SOCIETY = (
    "協議会|協会|連合会?|連盟|協同組合|教職員組合|教組|組合|ユニオン|共済会|保存会|振興会|医師会|弁護士会|心理[士師]会|看護協会|剣友会|福祉会"
    "|自治会|町内会|財団|同窓会|薬剤師会|司法書士会|職労|育成会|親の会|研究会|体操会|楽団|合唱団|道場|リトルリーグ|ファイターズ|イーグルス"
    "|ユナイテッド|消防団|育英会|奨学会"
)
_OFFICE = (
    "裁判所|検察庁|鑑別所|刑務所|少年院|税務署|監督署|管理局|法務局|振興局|消防本部|駐屯地|放送局|郵便局|農協|生協|漁協"
    "|職業安定所|駐在所|消防署"
)
# These are no finding without a branch, or `bodies` finds them: then the branch is what is missing.
_BRANCHED = (
    "ゼミナール|ゼミ|塾|学館|アカデミー|セミナー|スクール|予備校|学院|銀行|信用金庫|電機|モール|ストア|薬局|機構|公社"
    "|ステーション|新聞|放送|生命|証券|運輸|交通"
)
# Each alternative starts with a plain character, since only then the search skips quickly what starts none of them.
_TAIL = re.compile(f"{_FIRM}|{_SOCIETY}|{_OFFICE}|{_BRANCHED}")
_IS_A_FIRM, _NEEDS_A_BRANCH = re.compile(_FIRM), re.compile(_BRANCHED)
_BRANCH = re.compile(
    " ?(?P<where>[一-鿿々ヶァ-ヺーぁ-ゖ]{1,7}?)"
    "(?:支部|支店|支社|支所|支局|支庁|本校|校(?![長内外舎区則])|営業所|工場|出張所|事業所|店(?![長員]))"
)
_ENDS = re.compile("(?![一-鿿々ァ-ヺー])|勤務|所属|本社|社長|職員|社員|会員|会長|理事|代表|主催|様|前|内")
_EMPLOYER = re.compile(
    "(?:派遣元|派遣会社|勤務先|勤め先|就職先|職場|実習先|内定先|バイト先|委託先|委託業者|業者|会社)(?:の|は|が|、|:|\\()$"
)
_HOMES = re.compile(
    "(?:児童養護施設|養護施設|乳児院|自立支援施設|心理治療施設|自立援助ホーム|グループホーム|老人ホーム|訪問看護ステーション"
    "|生活支援施設|作業所|デイサービス|適応指導教室|支援教室|学習支援教室|少年野球チーム|少年団|シェルター)[「 ]?"
    "(?P<name>(?:[一-鿿々]{1,6}|[ぁ-ゖー]{2,8})(?:学園|学院|園|苑|荘|寮|院|の[家里森丘])"
    "|[ァ-ヺー]{3,9}(?:学園|学院|園|苑|荘|寮|院)?|[ぁ-ゖー]{3,8}?(?=[にはがをでとの、。」]|から|$))"
)
# A well-known body and its place: ハローワーク松本, 法テラス高松, JAひだ.
_LOCAL = re.compile(
    "(?<![A-Za-z])(?:ハローワーク|法テラス|JA|JR|NHK|イオンモール|イオン|コープ|セブンイレブン|ローソン|ファミリーマート"
    "|マクドナルド)"
    "(?P<where>[一-鿿々ヶ]{2,6}(?<![駅線])(?![駅線])|[ぁ-ゖ]{2,5}?(?=[にはがをでとの、。]))"
)
# 株式会社やくも金属: the tokenizer reads a name in hiragana as words and particles.
_FIRM_IN_KANA = re.compile(
    "(?:株式会社|有限会社|合同会社|㈱|㈲|\\(株\\)|\\(有\\))(?P<name>[ぁ-ゖー]{2,6})"
    "(?:[一-鿿々]{1,6}|[ァ-ヺー]{2,9})(?:[一-鿿々]{1,4})?"
)
_HEADS = re.compile(
    "養護施設|乳児院|支援施設|治療施設|援助ホーム|グループホーム|老人ホーム|作業所|デイサービス|指導教室|支援教室|野球チーム|少年団"
    "|シェルター|訪問看護|ハローワーク|法テラス|JA|JR|NHK|イオン|コープ|セブンイレブン|ローソン|ファミリーマート|マクドナルド|会社|㈱|㈲|株\\)"
    "|有\\)"
)
# Nothing is looked for in a line without one of these: most have none.
_ANY = re.compile(f"{_TAIL.pattern}|{_HEADS.pattern}")
_PHRASES = ("から", "など", "では", "には", "とも", "でも", "にも", "より", "への", "との", "です", "にお", "がある")
_WORDS = NAMING | {Kind.NOUN, Kind.SUFFIX, Kind.PREFIX, Kind.NUMBER, Kind.COUNTRY}
_TEXT = re.compile(r"[一-鿿々〆ヶぁ-ゖァ-ヺー]+|[A-Za-z]{2,20}")
_MOST_WORDS = 8
_WINDOW = 8
# In front of a tail these say which kind, though the dictionary has them as names too.
_KINDS = (
    GENERIC_BODY
    | REGIONS
    | words_of("日本 全国 全日本 中央 国際 総合 基幹 観光 文化 県内 市内 町内 地場 都市 新興 水産 先端 第一 第二 デイ")
)


def find_organisations(text: str, line: Line) -> Iterator[Finding]:
    """The firms, societies, offices and homes that one line of `text` names, with their branch."""
    if not _ANY.search(line.text):
        return
    for match in _TAIL.finditer(line.text):
        span = _span(line, match)
        if span is not None:
            yield _finding(text, line, *span, match.group())
    for pattern in (_HOMES, _LOCAL, _FIRM_IN_KANA) if _HEADS.search(line.text) else ():
        for match in pattern.finditer(line.text):
            if _is_a_name(match):
                quoted = "「" in match.group()
                yield _finding(text, line, match.start("name" if quoted else 0), match.end(), match.group()[:4])


def _finding(text: str, line: Line, start: int, end: int, tail: str) -> Finding:
    return finding_in(text, line, start, end, Label.ORGANISATION, Tier.SURE, f"name with {tail}")


def _is_a_name(match: re.Match[str]) -> bool:
    name = match.groupdict().get("name") or match.groupdict().get("where") or ""
    return not name.startswith(_PHRASES) and name not in GENERIC_BODY and not name.endswith(("の", "は", "が", "を"))


def _span(line: Line, match: re.Match[str]) -> tuple[int, int] | None:
    """Where the body that ends with this tail, or with the branch behind it, stands in the line."""
    branch = _BRANCH.match(line.text, match.end())
    local = branch is not None and _has_a_name(line, branch.start("where"), branch.end("where"))
    end = branch.end() if branch is not None and local else match.end()
    if not local and (_NEEDS_A_BRANCH.fullmatch(match.group()) or not _ENDS.match(line.text, end)):
        return None
    words = _compound(line, line.start + match.start())
    if any(MASK.fullmatch(word.text) for word in words):  # XX鉄道
        return None
    start = words[0].start - line.start if words else match.start()
    if start and MASK.match(line.text, start - 1):
        return None
    named = local or any(map(_names, words))
    if not named and words and _IS_A_FIRM.fullmatch(match.group()):
        named = bool(_EMPLOYER.search(line.text, max(0, start - _WINDOW), start)) or _employs(line, end, words)
    return (start, end) if named else None


def _employs(line: Line, end: int, words: list[Word]) -> bool:
    """北陸チルド配送の夜勤, 共栄運送に勤め: whether somebody works there, and what is in front is no trade."""
    trade = len(words) == 1 and (words[0].text in _TRADES or words[0].text in _KINDS)
    return not trade and bool(_WORKS_THERE.match(line.text, end))


_WORKS_THERE = re.compile(
    "に(?:勤め|就職|入社|転職|雇わ)|で働|の(?:社長|社員|夜勤|従業員|専務|運転手|ドライバー|営業|工場で|契約社員|派遣社員|正社員)"
    "|を(?:退職|辞め|経営)"
)
_TRADES = words_of("""
    食品 農業 建設 冷凍 介護 医療 福祉 精密 電子 大手 中小 輸入 派遣 宅配 訪問 通信 情報 農産 金属 機械 製造 家電
    建築 土木 住宅 衣料 化粧 生活 飲食
    運送 水産 林業 漁業 観光 印刷 清掃 警備 自動 金融 不動産 娯楽 食肉 食料 畜産 酪農 中古 外資 外資系 下請け 一般
    重 軽 軽量 産業 工業 商業 人材 在宅
    """)


def _compound(line: Line, at: int) -> list[Word]:
    """The nouns right in front of offset `at` of the text, the last of them cut there."""
    found: list[Word] = []
    index = line.before(at) - 1
    for word in reversed(line.words[max(0, index - _MOST_WORDS + 1) : index + 1]):
        if word.end > at:
            word = word._replace(end=at, text=word.text[: at - word.start])
        stands = word.kind in _WORDS or (word.kind is Kind.OTHER and bool(_KATAKANA.fullmatch(word.text)))  # グローバル
        if not stands or not _TEXT.fullmatch(word.text) or ADDRESSING.fullmatch(word.text) or word.text in TIMES:
            break
        found.insert(0, word)
    while found and found[0].text in BESIDE_A_BODY and found[0].kind not in NAMING:
        del found[0]
    return found


def _names(word: Word) -> bool:
    """Whether this word in front of a tail makes a name of it."""
    if word.text in _KINDS or len(word.text) < 2 or word.kind is Kind.NUMBER:
        return False
    if word.kind in NAMING or word.unknown:
        return True
    return word.kind is Kind.NOUN and bool(readings(word.text) & _NAMES_OF_FIRMS) and not _KATAKANA.fullmatch(word.text)


_NAMES_OF_FIRMS = frozenset({Kind.SURNAME, Kind.PLACE})
_KATAKANA = re.compile("[ァ-ヺー]+")


def _has_a_name(line: Line, start: int, end: int) -> bool:
    """Whether a name or a town is between these places of the line."""
    first, last = line.before(line.start + start), line.before(line.start + end)
    return any(word.kind in NAMING or _names(word) for word in line.words[first:last])
