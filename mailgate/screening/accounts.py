"""Names that somebody chose for a network: rin_sub02, kumo.ame.77 without a word for it, 裏アカは「闇のゆき」.

Beside `shapes`, which knows them behind LINE and インスタ and with an @. Before: `width.fold`. After: `merge`. What
only looks chosen is UNSURE, and so is Japanese in quotation marks, which may be anything.

Weakness: a plain word in Latin letters without a word for an account beside it (yukinko).
"""

from __future__ import annotations

from collections.abc import Iterator

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.shape import Signed, cased_shape, matches, shape

_STARTS = r"(?<![A-Za-z0-9_.@%+/#-])"
_ENDS = r"(?![A-Za-z0-9_@%+/-]|\.[A-Za-z0-9])"
_FILE = (
    r"(?![A-Za-z0-9_.-]{0,40}\."
    r"(?:pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|heic|txt|csv|zip|html?|mp[34]|mov|jtd|eml)(?![a-z]))"
)
# Latin letters with a digit or a sign: no word, and no initials (S.T).
_CHOSEN = (
    r"@?(?=[A-Za-z0-9_.-]{0,30}[0-9_]|[a-z]{3,30}[.-][a-z])[A-Za-z0-9_](?:[A-Za-z0-9_.-]{1,29}[A-Za-z0-9_])(?:#\d{4})?"
)
_ACCOUNT = (
    "(?:アカウント|ユーザー|ハンドル|プレイヤー|プレーヤー|チャンネル|表示|登録|LINEの?|ラインの?|ゲームの?)(?:名前|ネーム|名)|ニックネーム"
    "|アカウント|(?:裏|鍵|本|捨て|サブ)(?:アカ|垢)|チャンネル|アカ名"
)
_NOT_SAID = "(?!非公開|なし|匿名|不明|本名|秘密|仮名|禁止)"

_SHAPES = (
    shape(
        Label.ACCOUNT,
        "name like an account's",
        "_",
        rf"{_STARTS}{_FILE}(?!IMG_|DSC_?)(?=[0-9_]{{0,30}}[A-Za-z])"
        rf"[A-Za-z0-9_]{{1,30}}_[A-Za-z0-9_.]{{0,29}}[A-Za-z0-9_]{_ENDS}",
    ),
    cased_shape(
        Label.ACCOUNT,
        "name like an account's",
        r"[a-z][.0-9]",
        rf"{_STARTS}{_FILE}"
        rf"(?:[a-z]{{4,20}}\d{{2,8}}|(?=[a-z.]{{3,40}}\d)[a-z]{{2,20}}(?:\.[a-z0-9]{{2,20}}){{1,3}}){_ENDS}",
        Tier.UNSURE,
    ),
    cased_shape(
        Label.ACCOUNT,
        "name like an account's",
        r"[a-z]\.[a-z]",
        rf"{_STARTS}{_FILE}(?![a-z]{{1,20}}\.(?:js|ts|py|net|com|org|jp|ed|al|g|e)\b)(?:[a-z]{{3,20}}\.[a-z]{{3,20}}|[a-z]{{2,20}}(?:\.[a-z]{{1,20}}){{2,3}}){_ENDS}",
        Tier.UNSURE,
    ),
    shape(
        Label.ACCOUNT,
        "name of an account",
        r"垢|アットマーク|フォロワー|フレンド|ゲーム|フォートナイト|旧Twitter|ニックネーム|プレイヤー|チャンネル|名前",
        r"(?:(?:裏|鍵|本|捨て|サブ)?垢|アットマーク|フォロワー|フレンド|ゲーム内?|フォートナイト|荒野行動|旧Twitter\)"
        rf"|{_ACCOUNT}|名前)"
        rf"(?:[はがもをでの::「『(= ]|名前|として|から){{0,4}}(?P<it>{_CHOSEN}){_ENDS}",
    ),
    shape(
        Label.ACCOUNT,
        "name of an account",
        r"[A-Za-z0-9_][」』\")]?(?:と名|という|さん|くん|の[投動ア書]|から)",
        rf"{_STARTS}(?P<it>{_CHOSEN}){_ENDS}(?=[」』\")]?(?:と名乗|という(?:名|人|男|女|者|相手|アカ)|さん|くん"
        r"|の(?:投稿|動画|アカ|書き込)|から(?:DM|連絡|メッセ|フォロー)))",
    ),
    shape(
        Label.ACCOUNT,
        "name of an account in quotation marks",
        r"アカ|垢|ネーム|チャンネル|名",
        rf"(?:{_ACCOUNT})[はがもをでの:: ]{{0,3}}[「『]{_NOT_SAID}(?P<it>[^「」『』\n]{{2,20}})[」』]"
        "(?!の(?:形|よう)|と(?:する|し)|など|にし)",
        Tier.UNSURE,
    ),
    shape(
        Label.ACCOUNT,
        "field for the name of an account",
        r":",
        rf"(?:アカウント名?|ユーザー名|ハンドルネーム|ニックネーム|裏アカ|アカ名): ?{_NOT_SAID}"
        r"(?P<it>[^\s、。「」:]{2,15})(?=$|[ 、。])",
        Tier.UNSURE,
    ),
    shape(
        Label.ACCOUNT,
        "secret of an account",
        r"パスワード|暗証番号|コード",
        r"(?:パスワード|暗証番号|(?:フレンド|招待|クラス)コード)[はがの::「= ]{0,3}"
        r"(?=[A-Za-z-]{0,20}\d)(?P<it>[A-Za-z0-9][A-Za-z0-9-]{3,30})",
    ),
    shape(Label.ACCOUNT, "bank account", r"記号", r"記号[:: ]{0,2}\d{5}[ 、・-]{0,2}番号[:: ]{0,2}\d{6,8}(?!\d)"),
)


def find_accounts(text: str, lines: Signed) -> Iterator[Finding]:
    """The accounts in `text` that `shapes` does not know; `lines` as for `find_shapes`. Findings may overlap."""
    return matches(_SHAPES, text, lines)
