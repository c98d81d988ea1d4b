"""How somebody is reached, recognised by its shape: mail addresses, URLs, names of accounts.

Before: `width.fold`, so one spelling of letters and digits is enough. After: `merge`. Telephone numbers in digits are
next door in `phones`. Every quantifier is bounded and every start is guarded, so that time stays linear on hostile
text.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailgate.screening.finding import Finding, Label
from mailgate.screening.shape import HYPHEN, Signed, cased_shape, matches, shape

_DOMAIN = r"[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9][A-Za-z0-9-]{0,62}){1,8}"
_APP = (
    r"(?:LINE|ライン|Instagram|インスタ(?:グラム)?|Twitter|ツイッター|Tw|X|エックス|TikTok|ティックトック|Discord|ディスコード"
    r"|Facebook|フェイスブック|フェースブック|Skype|スカイプ|Snapchat|スナチャ|スナップチャット|Threads|スレッズ|BeReal|WhatsApp|Telegram"
    r"|WeChat|微信|カカオ(?:トーク)?|KakaoTalk|YouTube|ユーチューブ|Roblox|ロブロックス|Switch|Steam|Minecraft|マイクラ|note|裏アカ|鍵アカ"
    r"|サブアカ|本アカ|SNS|ブログ)"
)
_APPS = rf"(?<![A-Za-z]){_APP}(?:名|ID|アカウント|アカ)?"
# A name that somebody chose: not a plain word, since it holds a digit, a sign, or a capital within.
_CHOSEN = (
    r"@?(?=[A-Za-z0-9_.-]{0,30}[0-9_]|[a-z]{1,30}[.-][a-z]|[A-Za-z]{0,30}[a-z][A-Z])"
    r"[A-Za-z0-9_][A-Za-z0-9_.-]{2,30}(?:#\d{4})?"
)
_ENDINGS = "(?:jp|com|net|org|info|edu|io|me|biz|tv|cc|dev|app|example|test)"
_SHAPES = (
    shape(
        Label.EMAIL,
        "mail address",
        r"@|[\[(]at[\])]",
        r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9_%+-][A-Za-z0-9._%+-]{0,254}(?:@| ?[\[(]at[\])] ?)" + _DOMAIN,
    ),
    shape(
        Label.URL, "URL", r"://|www\.", r"(?<![A-Za-z])(?:https?://|www\.)[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{2,2000}"
    ),
    shape(
        Label.URL,
        "domain name",
        r"\.[a-z]{2}",
        rf"(?<![A-Za-z0-9@._/-])[A-Za-z0-9][A-Za-z0-9-]{{1,62}}(?:\.[A-Za-z0-9-]{{1,63}}){{0,4}}\.{_ENDINGS}"
        r"(?![A-Za-z0-9@.-])(?:/[A-Za-z0-9._~/?#&=%-]{0,500})?",
    ),
    shape(
        Label.PHONE,
        "telephone number in words",
        r"[○零]",
        r"(?<![一二三四五六七八九○零])[○零][一二三四五六七八九○零]{1,4}[-ーの(、・][一二三四五六七八九○零]{1,4}[-ーの)、・][一二三四五六七八九○零]{3,4}(?![一二三四五六七八九○零])",
    ),
    shape(
        Label.PHONE,
        "telephone number without its area code",
        rf"\d{HYPHEN}\d{{4}}",
        r"(?:電話(?:番号)?|TEL|FAX|ファックス|直通|代表)(?:\([^()\n]{1,6}\))?[はがの::. ]{0,3}"
        rf"(?P<it>\d{{2,4}}{HYPHEN}\d{{4}})(?![\d-])",
    ),
    shape(Label.ACCOUNT, "bank account", r"\d{6}", r"(?:口座番号?|普通|当座)[はがの::「 ]{0,3}(?P<it>\d{6,8})(?!\d)"),
    shape(
        Label.ACCOUNT,
        "name of an account",
        "ID|アイディー|アカ|ユーザー|ハンドル",
        rf"(?:{_APPS} ?の?|(?<![A-Za-z]))(?:ID|アイディー|アカウント|アカ|ユーザー|ハンドル)(?:名|ネーム|ID)?"
        r"(?:[はがもを::「『(=の ]|、){0,4}"
        rf"(?P<it>@[A-Za-z0-9_.-]{{2,31}}|(?<![A-Za-z])(?!https?:|www\.){_CHOSEN})",
    ),
    shape(
        Label.ACCOUNT,
        "name of an account",
        "ID|アカウント|ユーザー",
        rf"{_APPS} ?の?(?:ID|アカウント|ユーザー)名?[はがもを::「『(= ]{{0,4}}"
        r"(?P<it>@?[A-Za-z0-9_][A-Za-z0-9_.-]{2,30})",
    ),
    cased_shape(
        Label.ACCOUNT,
        "name of an account",
        _APP,
        rf"{_APPS}(?:[はがもをでの::「『(= ]|から|にて){{1,4}}(?P<it>{_CHOSEN})",
    ),
    shape(Label.ACCOUNT, "name of an account", r"#\d", r"(?<![A-Za-z0-9_.])[A-Za-z0-9_.]{2,32}#\d{4}(?!\d)"),
    shape(
        Label.ACCOUNT,
        "name of an account",
        r"という",
        rf"(?<![A-Za-z0-9_.@-]){_CHOSEN}(?=[」』\")]?という(?:ID|アカウント|ユーザー|ハンドル|垢))",
    ),
    shape(
        Label.ACCOUNT,
        "handle",
        r"@",
        r"(?<![A-Za-z0-9_.@)+/-])@[A-Za-z0-9_]{2,30}(?:\.[A-Za-z0-9_]{1,30}){0,4}(?![A-Za-z0-9_@])",
    ),
)


def find_shapes(text: str, lines: Signed) -> Iterator[Finding]:
    """The addresses and accounts in `text`; `lines` are `shape.signed(width.fold(text))`. Findings may overlap."""
    return matches(_SHAPES, text, lines)
