"""Bodies that a word for their kind introduces, or the ending of a team shows: 焼肉大望月, 日田ベアーズ.

Before: `words.read_lines`. After: `merge`, beside `organisations` and `bodies`, which see what stands behind a
name. What
stands in brackets behind a kind is UNSURE, and so are common words as the name of a cram school (栄光塾).

Weakness: a shop of common words without a kind beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.in_line import finding_in
from mailgate.screening.lexicon import GENERIC_BODY, MASK, REGIONS, words_of
from mailgate.screening.plain_names import KINDS
from mailgate.screening.words import NAMING, Kind, Line, Word, names_a_thing, readings

# Shops and inns, whose name follows: 旅館 松葉亭, ラーメン龍, 美容室リーフ.
_SHOPS = (
    "旅館|民宿|焼肉|ラーメン|喫茶|カフェ|居酒屋|食堂|割烹|料亭|美容室|美容院|理容室|スナック|保育室|学童|放課後デイ|放課後等デイ"
    "|学習塾|塾"
)
_SHOP = re.compile(
    rf"(?:{_SHOPS})(?:(?P<space>[ 「])|(?=[^ァ-ヺー])|(?<=[一-鿿]))"
    "(?P<name>[一-鿿々]{1,5}|[ァ-ヺー]{2,9}|[ぁ-ゖ]{3,6}(?:の[家里森丘舞花風音空杜郷木])?)"
    "(?=[のにはがをでとへも、。)」]|から|という|$)"
)
# Nothing is looked for in a line without one of these: most have none.
_SHOP_SIGNS = tuple(_SHOPS.split("|"))
_INN = tuple("亭荘楼庵苑軒龍")
# A kind and the name in brackets.
_BRACKETED = re.compile(
    "(?:放課後(?:等)?デイ(?:サービス)?|(?:通院|入院|勤務|勤め|転職|就職|実習|相談|内定|バイト)先|会社|塾|学童|事業所|施設|病院|医院|クリニック"
    "|相談室|習い事|クラブ|チーム|団体|フリースクール|スーパー|支援センター)[(「『](?P<name>[^()「」『』、。・0-9\\s]{3,15})[)」』]"
)
_TEAM = re.compile(
    "(?P<town>[一-鿿々]{2,4})(?:[ァ-ヺー]{2,9}(?:ズ|クス|ース|ンス)|(?:ジュニア)?(?:FC|SC|JFC|JSC|SSS|BBC|VBC|クラブ))"
    "(?![ァ-ヺーA-Za-z])"
)
_TEAM_SIGNS = ("ズ", "クス", "ース", "ンス", "C", "SSS")
_NO_TEAM = re.compile(
    ".*(?:シリーズ|サイズ|クイズ|チーズ|グッズ|ポーズ|ニーズ|レンズ|フレーズ|ジーンズ|シューズ|ボックス|ミックス|ワックス|ニュース|コース|ケース"
    "|ベース|ペース|スペース|レース|ブース|ソース|ユース|ジュース|リリース|ルーズ|スムーズ|ダンス|バランス|チャンス|センス|サイエンス|レスポンス"
    "|メンテナンス|オーディエンス|ライセンス|フランス|クラブ)$"
)
_CRAM_SCHOOL = re.compile(
    "(?<![一-鿿々])(?P<name>[一-鿿々]{2,4})(?:塾|ゼミナール|ゼミ)(?=[のにはがをでとへも、。)]|から|という|$)"
)
_KINDS_OF_CRAM = words_of("""
    学習 進学 個別 個人 補習 指導 集団 英語 数学 算数 理科 国語 社会 大手 地元 地域 近所 有名 難関 受験 無料 全国 料理
    書道 珠算 習字 通信 駅前 別の 最寄 格安 公営 町営 村営 公設 民間 中学 高校 小学 大学 夏期 冬期 夜間 毎日 週末 土曜
    日曜 平日 放課後 教育 自主 卒業 演習 専門 少人数 基礎
    """)

# 県北教育事務所: a side of the prefecture names an office.
_OFFICE = re.compile("(?:県[東西南北央]|[東西南北中]部|[上中下]越)(?:教育事務所|児童相談所|教育センター|保健所)")
# あすなろ会に参加, ひまわりの会の代表
_SOCIETY = re.compile(
    "(?:(?<![ぁ-ゖァ-ヺー一-鿿])|(?<=[はのをにがで]))(?P<name>[ぁ-ゖ]{3,6}?)の?会"
    "(?=という|に(?:相談|参加|入|所属|通)|の(?:方|代表|会員|メンバー|世話人|スタッフ)|から(?:電話|連絡)|で(?:話|相談))"
)
_MEETINGS = words_of(
    "はじめ おわり かえり おわかれ おたのしみ たんじょう たんじょうび はっぴょう みんな こども なかよし ふれあい"
)


def find_named_bodies(text: str, line: Line) -> Iterator[Finding]:
    """The shops, teams and cram schools that one line of `text` names."""
    holds = line.text.__contains__
    if any(map(holds, _SHOP_SIGNS)):
        for match in _SHOP.finditer(line.text):
            if _is_a_shop(line, match):
                yield _finding(
                    text, line, match.start(), match.end("name"), Tier.SURE, f"name with {match.group()[:4]}"
                )
    if "(" in line.text or "「" in line.text:
        for match in _BRACKETED.finditer(line.text):
            words = _words(line, match.start("name"), match.end("name"))
            if any(map(_distinguishes, words)) and all(word.kind not in _PHRASE for word in words):
                yield _finding(text, line, *match.span("name"), Tier.UNSURE, "name in brackets behind its kind")
    if any(map(holds, _TEAM_SIGNS)):
        for match in _TEAM.finditer(line.text):
            town = _words(line, match.start(), match.end("town"))
            if not _NO_TEAM.match(match.group()) and town and town[-1].kind in NAMING and town[-1].text not in REGIONS:
                start = town[-1].start - line.start
                yield _finding(text, line, start, match.end(), Tier.SURE, f"name with {match.group()[-2:]}")
    for match in _SOCIETY.finditer(line.text) if "会" in line.text else ():
        if match["name"] not in _MEETINGS and names_a_thing(match["name"]):
            yield _finding(text, line, *match.span(), Tier.UNSURE, "name with 会")
    for match in _OFFICE.finditer(line.text) if "所" in line.text or "センター" in line.text else ():
        yield _finding(text, line, *match.span(), Tier.SURE, f"name with {match.group()[2:]}")
    if "塾" in line.text or "ゼミ" in line.text:
        for match in _CRAM_SCHOOL.finditer(line.text):
            masked = match.start() and MASK.match(line.text, match.start() - 1)
            if not masked and match["name"] not in _NO_CRAM and not match["name"].endswith(_ENDS_KIND):
                yield _finding(text, line, match.start(), match.end(), Tier.UNSURE, "name with 塾")


_NO_CRAM = GENERIC_BODY | KINDS
_ENDS_KIND = (*_KINDS_OF_CRAM, *"系型式の制")
_PHRASE = frozenset({Kind.PARTICLE, Kind.OTHER})


def _finding(text: str, line: Line, start: int, end: int, tier: Tier, reason: str) -> Finding:
    return finding_in(text, line, start, end, Label.ORGANISATION, tier, reason)


def _words(line: Line, start: int, end: int) -> tuple[Word, ...]:
    """The words between two places of the line."""
    return line.words[line.before(line.start + start) : line.before(line.start + end)]


def _distinguishes(word: Word) -> bool:
    return len(word.text) > 1 and word.text not in GENERIC_BODY and (word.kind in NAMING or word.unknown)


def _is_a_shop(line: Line, match: re.Match[str]) -> bool:
    """Whether what follows the kind is a name: 焼肉大望月, but not 焼肉定食, カフェ風 or 塾には."""
    name = match["name"]
    words = _words(line, match.start("name"), match.end("name"))
    if not words or words[0].kind in _PHRASE or name in GENERIC_BODY:
        return False
    if match["space"]:
        return any(map(_distinguishes, words)) or name.endswith(_INN) or not readings(name)
    if name[0] >= "一":
        named = any(word.kind in NAMING and len(word.text) > 1 for word in words)
        return named or (len(name) > 1 and name.endswith(_INN) and not readings(name))
    if name[0] >= "ァ":  # ラーメンセット is one word
        return match.group()[-len(name) - 1] >= "一" and (words[0].unknown or words[0].kind in NAMING)
    return words[0].kind in _CALLED and len(words[0].text) > 2


_CALLED = NAMING | {Kind.NOUN}
