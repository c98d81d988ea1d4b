"""What an address has beside a town and a house number: a building, 地割, a lot without 番地, the streets of Kyoto.

Beside `places.find_addresses`, whose findings are lengthened here. Before: `words.read_lines`. After: `merge`, where
the town in front and what is found here become one when they overlap. A building left standing tells as much as the
number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.words import Line

_HOUSES = (
    "マンション|アパート|コーポ|ハイツ|メゾン|レジデンス|ハイム|ビル|荘|団地|住宅|宿舎|官舎|寮|タワー|パレス|ヴィラ|コート"
    "|テラス"
)
_ROOM = (
    "(?: ?(?:[A-Z]|[0-9]{1,2})棟)?(?: ?(?:[A-Z]-?|[0-9]{1,2}(?:号棟|-))?[0-9]{1,4}(?:号室?|階|F)?| ?[A-Z](?![A-Za-z]))?"
)
# How somebody is reached, which stands behind an address as a building does.
_REACHED = (
    "インスタ|ライン|ツイッター|エックス|ティックトック|メール|ディスコード|カカオ|ブログ|アカウント|スマホ|ケータイ"
    "|フリガナ"
)
_EDGE = r"(?=[、。,.()」\s]|です|でした|に[住い居あ]|在住|方(?![面法向])|の(?:[一-鿿]{0,3}[ァ-ヺ一-鿿])|から|$)"
_BUILDING = re.compile(
    f"(?:[-ー][0-9]{{1,4}}){{0,2}}(?:"
    f" ?[一-鿿々ぁ-ゖァ-ヺーA-Za-z]{{0,12}}?(?:{_HOUSES})[一-鿿々ぁ-ゖァ-ヺー]{{0,8}}?{_ROOM}{_EDGE}"
    f"| (?!{_REACHED})(?:[ァ-ヺー]{{2,12}}[一-鿿々]{{0,5}}|[一-鿿々]{{1,5}}[ァ-ヺー]{{2,12}}){_ROOM}{_EDGE}"
    f"| [A-Z]?-?[0-9]{{2,4}}(?:号室?)?{_EDGE}|)"
)
_LOT = re.compile(
    "(?P<town>[市区町村郡][一-鿿々ヶのぁ-ゖァ-ヺ]{1,8}|大?字[一-鿿々ヶ]{1,8})"
    "(?P<lot>[0-9]{1,5}(?:-[0-9]{1,4})?|[0-9]{1,3}地割[0-9]{1,4}(?:-[0-9]{1,4})?)"
    r"(?=[、。,)」\s]|です|でした|に[住い居あ]|番|$)"
)
_KYOTO = re.compile(
    "[一-鿿々](?<![一-鿿々].)[一-鿿々]{1,11}?通[一-鿿々]{0,8}?(?:[上下][るルが]{1,2}|[東西]入[るル]?)"
    "(?:[一-鿿々]{1,8}町)?(?:[0-9]{1,4}(?:-[0-9]{1,4})?)?"
)
_FIGURES = "[一二三四五六七八九十0-9]{1,3}"
_JO = re.compile(f"[東西南北]?{_FIGURES}条[東西南北]?{_FIGURES}丁目(?:[0-9]{{1,3}}(?:-[0-9]{{1,4}}){{0,3}})?")
# Nothing is looked for in a line without one of these: most have none.
_ANY = re.compile("[0-9]|丁目|東入|西入")


def lengthened(text: str, line: Line, address: Finding) -> Finding:
    """An address in one line of `text` with the building and the room behind its house number."""
    match = _BUILDING.match(line.text, address.end - line.start)
    end = address.end if match is None else line.start + match.end()
    return address if end == address.end else address._replace(end=end, text=text[address.start : end])


def find_other_addresses(text: str, line: Line) -> Iterator[Finding]:
    """The lots, corners and 条丁目 in one line of `text`; the town in front is a finding of its own or within."""
    if not _ANY.search(line.text):
        return
    for pattern, sign in ((_LOT, ""), (_KYOTO, "通"), (_JO, "条")):
        for match in pattern.finditer(line.text) if sign in line.text else ():
            start, end = line.start + match.start(), line.start + match.end()
            start += pattern is _LOT and match["town"][0] in "市区町村郡"
            yield lengthened(
                text, line, Finding(start, end, text[start:end], Label.ADDRESS, Tier.SURE, "street address")
            )
