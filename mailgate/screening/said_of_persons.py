"""What is said of persons only: …が泣く, …を叱る, …に頼る, …から手紙, …の上履き. Behind a word it shows a name.

Tables only, for `kana_names`. A verb stands here when no season, flower or sky does it.
"""

from __future__ import annotations

import re

_FEELS = (
    "泣|笑|怒|言(?!われ)|話|黙|謝|叫|騒|暴れ|休[んみ]|登校|欠席|遅刻|早退|不登校|保健室"
    "|別室|けんか|喧嘩|いじめ|嫌が|怖が|来[まらなてず]|帰[っりら]|無視|叩|たた[いか]|殴|蹴"
    "|けが|怪我|訴え|座|立ち|走|逃げ|寝て|食べ|忘れ|飛び出|教室に|教室を|転校|一緒"
    "|残[っりさ]|困って|呼ばれ|叱られ|仲[良がの]"
)
_SPEAKS_TO = (
    "話|言[いわっう]|聞|頼|手紙|電話|相談|伝え|告げ|渡し|見せ|会[いっう]|謝|声を|暴言|暴力"
    "|悪口|注意|怒|嫌がらせ|いじめ|殴|叩|蹴|困って|任せ|誘"
)
_MOVES = (
    "叱|しか[っり]|責|注意|呼[びばん]|止め|なだめ|慰|励|誘|無視|叩|たた[いか]|殴|蹴|押し"
    "|怒|いじめ|迎え|褒め|ほめ|見守|心配|連れ|追|疑|避け|からか|仲間|外し|別室|保健室|泣か"
    "|休ませ|転校"
)
_MEETS = "話|遊|けんか|喧嘩|会[いっう]|仲|友|組[みむん]|離れ|一緒|帰|言い|口論|もめ|揉め|交際|付き合"
_SENDS = "手紙|電話|話|聞[いき]|相談|連絡|メール|言われ|LINE|暴力|いじめ|殴|叩"
_HAS = (
    "悪口|上履き|筆箱|靴|制服|成績|態度|言動|泣き|席|名前|ロッカー|自宅|家[のに庭]|件|持ち物"
    "|教科書|スマホ|自転車|欠席|いじめ|不登校|転校|親|体|髪|腕|足"
)
_GAP = "[^。、「」\n]{0,6}?"
_ACTS = rf"(?:は(?!ず)|が(?!ら)|も(?!の|ら|っ)|たち[はがも]?|だけ[がは]?){_GAP}(?:{_FEELS})|って(?:言|い[いうっ])"
_MEETS_OR_SENDS = rf"と[はも]?[^。、「」\nの]{{0,6}}?(?:{_MEETS})|から[はも]?{_GAP}(?:{_SENDS})|の(?:{_HAS})"
# Directly behind a name; the verb may stand some words on.
DONE_BY_PERSONS = re.compile(
    rf"{_ACTS}|{_MEETS_OR_SENDS}|に[はも]?{_GAP}(?:{_SPEAKS_TO})|(?:たち)?を{_GAP}(?:{_MOVES})"
)
# The same, where に and を stand before a thing as well.
DONE_TO_PERSONS = re.compile(
    rf"{_ACTS}|{_MEETS_OR_SENDS}|に(?:相談|謝|電話|頼|叱|殴|言われ|話を聞)|を(?:叱|責|なだめ|慰|励|無視|いじめ|褒|注意)"
)
