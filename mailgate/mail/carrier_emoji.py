"""Emoji of Japanese phones before 2012, which each carrier put where Unicode and JIS had nothing, as Unicode emoji.

`charset` asks for text that has such private characters. What a carrier's code means is a fact that Unicode has
recorded since 6.0 (EmojiSources.txt); what Unicode has no character for (i-mode, BREW) stays private. docomo and au
wrote their codes in Shift_JIS, where they are user-defined characters, au also in two rows of ISO-2022-JP that are else
empty, SoftBank in UTF-8.

Known weaknesses: SoftBank's own codes in Shift_JIS are the same as some of au and docomo, and are read as theirs. The
later ones of au stand in ISO-2022-JP where NEC has kanji, and are read as these.
"""

from __future__ import annotations

_NONE = "〓"

_DOCOMO = (
    "☀ ☁ ☔ ⛄ ⚡ 🌀 🌁 🌂 ♈ ♉ ♊ ♋ ♌ ♍ ♎ ♏ ♐ ♑ ♒ ♓ 🎽 ⚾ ⛳ 🎾 ⚽ 🎿 🏀 🏁 📟 🚃 Ⓜ 🚄 🚗 🚙 "
    "🚌 🚢 ✈ 🏠 🏢 🏣 🏥 🏦 🏧 🏨 🏪 ⛽ 🅿 🚥 🚻 🍴 ☕ 🍸 🍺 🍔 👠 ✂ 🎤 🎥 ↗ 🎠 🎧 🎨 🎩 🎪 🎫 🚬 🚭 📷 "
    "👜 📖 🎀 🎁 🎂 ☎ 📱 📝 📺 🎮 💿 ♥ ♠ ♦ ♣ 👀 👂 ✊ ✌ ✋ ↘ ↖ 👣 👟 👓 ♿ 🌑 🌔 🌓 🌙 🌕 🐶 🐱 ⛵ "
    "🎄 ↙ 〓 〓 〓 〓 〓 〓 🎬 👝 ✒ 〓 〓 👤 💺 🌃 〓 〓 〓 🔜 🔛 🔚 ⏰ 〓 〓 〓 〓 〓 〓 〓 〓 〓 〓 〓 "
    "〓 〓 〓 〓 〓 〓 〓 〓 📲 📩 📠 〓 〓 ✉ 〓 〓 💴 🆓 🆔 🔑 ↩ 🆑 🔍 🆕 🚩 ➿ #\u20e3 〓 1\u20e3 "
    "2\u20e3 3\u20e3 4\u20e3 5\u20e3 6\u20e3 7\u20e3 8\u20e3 9\u20e3 0\u20e3 ❤ 💓 💔 💕 😃 😠 😞 😖 😵 ⤴ "
    "🎵 ♨ 💠 💋 ✨ 💡 💢 👊 💣 🎶 ⤵ 💤 ❗ ⁉ ‼ 💥 💦 💧 💨 〰 ➰ 🆗 〓 〓 👕 👛 💄 👖 🏂 🔔 🚪 💰 💻 💌 "
    "🔧 ✏ 👑 💍 ⏳ 🚲 🍵 ⌚ 😔 😌 😅 😓 😡 😒 😍 👍 😜 😉 😆 😣 😏 😭 😢 🆖 📎 © ™ 🏃 ㊙ ♻ ® ⚠ 🈲 🈳 🈴 "
    "🈵 ↔ ↕ 🏫 🌊 🗻 🍀 🍒 🌷 🍌 🍎 🌱 🍁 🌸 🍙 🍰 🍶 🍜 🍞 🐌 🐤 🐧 🐟 😋 😁 🐴 🐷 🍷 😱"
)
"""From U+E63E: Shift_JIS F89F to F9FC as user-defined characters."""
_AU_FIRST = (
    "🏫 🏨 🚢 🔞 📶 🆒 🈹 🈂 🆔 🈵 🈳 🈯 🈺 👆 👇 🔮 📳 📴 📝 👔 🌺 💐 🌵 🍶 🍻 ㊗ 💊 🎈 🎉 〓 👒 👢 💅 💇 "
    "💈 👘 👙 ♥ 💖 💙 💚 💛 💜 ✨ 🎿 ⭕ 🍵 🍞 🍦 🍟 🍡 🍘 🍚 🍝 🍛 🍢 🍣 🍎 🍊 🍅 🍆 🍱 🍲 😏 😔 😤 😣 😖 "
    "😪 😌 😨 😷 😳 😒 😲 😰 🎼 😊 😚 😘 👃 👄 🙏 👏 👌 👎 👋 🙅 🙆 🙇 💑 👯 🎺 🎱 🏊 🚒 🚑 🚓 🎢 🎍 🎎 🎓 "
    "🎒 🎏 🌂 👰 🍧 🎇 🐚 🎐 🎃 🎑 🎅 🌃 🌈 🏩 🌅 🎩 🏬 🏯 🏰 🏭 \U0001f1eb\U0001f1f7 〓 🔐 🔠 🔡 🔢 🔣 🉑 "
    "☑ ✒ 🔘 🔎 🔙 🔖 📲 🏡 📫 📑 🔏 🔃 \U0001f1e9\U0001f1ea \U0001f1ee\U0001f1f9 \U0001f1ec\U0001f1e7 "
    "\U0001f1e8\U0001f1f3 \U0001f1f0\U0001f1f7 👱 👲 👳 👴 👵 👶 👷 👸 🐬 💃 🐠 🐛 🐘 🐨 🐮 🐍 🐔 🐗 🐫 🅰 "
    "🅱 🅾 🆎 👣 👟 🚩 ⤴ ⤵ ⁉ ‼ ➰ 🍈 🍍 🍇 🍌 🌽 🍄 🌰 🍑 🍠 🍕 🍗 🎋 🍹 🐲 🎹 🏄 🎣 🎳 👹 👺 🐼 👅 🐽 "
    "🌼 🍨 🍩 🍪 🍫 🍬 🍭 🙈 🙊 🙉 🌋 💝 🔤 🍮 🐝 🐞 🍯 🍏 💸 💫 😡 😾 🌌 😽 😺 📩 😹 😂 😻 🙀 😩 😿 😢 😼 "
    "👗 🗿 🚉 🎴 🃏 🍤 📧 🚶 🚨 〓 💓 🐥 👖 💌 ♻ ↔ ↕ 🌊 🌱 🐌 😸 😁 〓 🌿 ✊ #\u20e3 🙋 🙌 🙍 🙎 〓 〓 〓 "
    "〓 〓 〓"
)
"""From U+E234: Shift_JIS F340 to F48E."""
_AU_SECOND = (
    "🌠 🌀 🚥 🏃 ❇ 🎡 🎰 🎊 🐳 😃 😠 😭 😫 💤 💡 💔 💕 ✴ 💣 🔥 ⏳ 🚬 🚭 ♿ 🔰 ⚠ ❗ ❓ ⛔ ⛄ 🌙 ⚡ ☀ 🌛 "
    "❄ ⭐ ☔ ☁ ⛅ ♈ ♉ ♊ ♋ ♌ ♍ ♎ ♏ ♐ ♑ ♒ ♓ ⛎ 👜 📔 🎫 📖 📎 ✏ 📐 🏧 🏪 🚻 🅿 🚏 📡 ⚓ 🏦 🏠 "
    "🍴 🏢 🚲 🚌 🚅 🚗 🚚 ✈ ⛵ 🚃 ⚽ 🎾 🏂 🏁 ⚾ 🏈 ♨ 🏮 🎬 🌉 🗼 🍷 🍸 🍺 🍖 🎯 🎮 💰 🎲 🎄 🌸 👻 "
    "\U0001f1ef\U0001f1f5 🍉 🍁 🎁 🍰 🍳 🍒 🐡 🍓 🍙 🍔 🐰 🐴 🐵 🐸 🐱 🐧 🐜 🐷 🐩 🐤 🐶 🌴 🌻 🌷 💢 💧 😜 "
    "🆘 💪 💘 💋 👾 🍥 🐾 👿 💮 ㊙ 💯 👊 💨 💩 ☝ 🉐 💀 👍 👩 ☺ 👨 💬 👓 👈 👉 👪 📺 🎤 👛 🎶 🎸 🎻 🎧 💄 "
    "🔫 💆 💿 👚 👽 🆙 💉 🔊 🔔 🍀 💍 📷 ✂ 🎥 🔍 🔑 👠 📪 🔒 📛 📞 📦 📠 ✉ 1\u20e3 2\u20e3 3\u20e3 4\u20e3 "
    "5\u20e3 6\u20e3 7\u20e3 8\u20e3 9\u20e3 🔟 〓 ◀ ▶ ⏪ ⏩ ▫ ▪ ℹ ◽ ◾ 🔸 🔹 ◻ ◼ ⚪ ⚫ ➕ ➖ ✳ ⬆ "
    "⬇ 🚫 🔽 🔼 ⏬ ⏫ 🔶 🔷 ⬜ ⬛ 🔴 🔵 ↖ ↘ ™ ✖ ❌ ❎ ➡ ⬅ ➗ ↗ ↙ ✔ © ® 🔺 🔻 ↪ ↩ ✅ 📜 📍 📃 💾 "
    "📅 📋 📗 📘 📙 📕 📄 📆 📓 📇 📌 📒 📚 📏 ⛽ 🗾 \U0001f1fa\U0001f1f8 📊 📈 📉 〓 🆓 💲 ⌚ ⌛ 💳 💴 📹 "
    "🔪 📼 🔩 💽 🔦 🔋 💵 〓 🔧 📱 🔌 🔗 📰 〓 〓 〓 📁 📂 📨 📤 📥 ⏰ ❤ ☎ ☕ 🌁 ⛳ 🏀 📟 🎨 🎭 🎪 🎀 🎂 "
    "♠ ♦ ♣ 👀 👂 ✌ ✋ 🌑 🌔 🌓 🆑 0\u20e3 🆗 😵 💞 💥 💦 〓 🌏 🍜 🆕 👕 👞 💻 📻 🌹 ⛪ 🚇 🗻 🎵 👼 🐯 🐻 "
    "🐭 😉 😍 😱 😓 🐙 🚀 👑 💏 🔨 🎆 🍂 💼 ⛲ ⛺ 🀄 🆚 🏆 🐢 \U0001f1ea\U0001f1f8 \U0001f1f7\U0001f1fa 🚧 "
    "🛀 🎌 🌆 🐣 💹 👮 🏣 🏥"
)
"""From U+E468: Shift_JIS F640 to F7FC."""
_SOFTBANK_A = (
    "👦 👧 💋 👨 👩 👕 👟 📷 ☎ 📱 📠 💻 👊 👍 ☝ ✊ ✌ ✋ 🎿 ⛳ 🎾 ⚾ 🏄 ⚽ 🐟 🐴 🚗 ⛵ ✈ 🚃 🚅 ❓ ❗ ❤ "
    "💔 🕐 🕑 🕒 🕓 🕔 🕕 🕖 🕗 🕘 🕙 🕚 🕛 🌸 🔱 🌹 🎄 💍 💎 🏠 ⛪ 🏢 🚉 ⛽ 🗻 🎤 🎥 🎵 🔑 🎷 🎸 🎺 🍴 🍸 "
    "☕ 🍰 🍺 ⛄ ☁ ☀ ☔ 🌙 🌄 👼 🐱 🐯 🐻 🐶 🐭 🐳 🐧 😊 😃 😞 😠 💩"
)
"""From U+E001; the others from U+E101 to U+E501, as SoftBank numbered them in Unicode."""
_SOFTBANK_B = (
    "📫 📮 📩 📲 😜 😍 😱 😓 🐵 🐙 🐷 👽 🚀 👑 💡 🍀 💏 🎁 🔫 🔍 🏃 🔨 🎆 🍁 🍂 👿 👻 💀 🔥 💼 💺 🍔 ⛲ ⛺ "
    "♨ 🎡 🎫 💿 📀 📻 📼 📺 👾 〽 🀄 🆚 💰 🎯 🏆 🏁 🎰 🐎 🚤 🚲 🚧 🚹 🚺 🚼 💉 💤 ⚡ 👠 🛀 🚽 🔊 📢 🎌 🔒 "
    "🔓 🌆 🍳 📖 💱 💹 📡 💪 🏦 🚥 🅿 🚏 🚻 👮 🏣 🏧 🏥 🏪 🏫 🏨 🚌 🚕"
)
_SOFTBANK_C = (
    "🚶 🚢 🈁 💟 ✴ ✳ 🔞 🚭 🔰 ♿ 📶 ♥ ♦ ♠ ♣ #\u20e3 ➿ 🆕 🆙 🆒 🈶 🈚 🈷 🈸 🔴 🔲 🔳 1\u20e3 2\u20e3 "
    "3\u20e3 4\u20e3 5\u20e3 6\u20e3 7\u20e3 8\u20e3 9\u20e3 0\u20e3 🉐 🈹 🈂 🆔 🈵 🈳 🈯 🈺 👆 👇 👈 👉 ⬆ "
    "⬇ ➡ ⬅ ↗ ↖ ↘ ↙ ▶ ◀ ⏩ ⏪ 🔯 ♈ ♉ ♊ ♋ ♌ ♍ ♎ ♏ ♐ ♑ ♒ ♓ ⛎ 🔝 🆗 © ® 📳 📴 ⚠ 💁"
)
_SOFTBANK_D = (
    "📝 👔 🌺 🌷 🌻 💐 🌴 🌵 🚾 🎧 🍶 🍻 ㊗ 🚬 💊 🎈 💣 🎉 ✂ 🎀 ㊙ 💽 📣 👒 👗 👡 👢 💄 💅 💆 💇 💈 👘 👙 "
    "👜 🎬 🔔 🎶 💓 💗 💘 💙 💚 💛 💜 ✨ ⭐ 💨 💦 ⭕ ❌ 💢 🌟 ❔ ❕ 🍵 🍞 🍦 🍟 🍡 🍘 🍚 🍝 🍜 🍛 🍙 🍢 🍣 "
    "🍎 🍊 🍓 🍉 🍅 🍆 🎂 🍱 🍲"
)
_SOFTBANK_E = (
    "😥 😏 😔 😁 😉 😣 😖 😪 😝 😌 😨 😷 😳 😒 😰 😲 😭 😂 😢 ☺ 😄 😡 😚 😘 👀 👃 👂 👄 🙏 👋 👏 👌 👎 👐 "
    "🙅 🙆 💑 🙇 🙌 👫 👯 🏀 🏈 🎱 🏊 🚙 🚚 🚒 🚑 🚓 🎢 🚇 🚄 🎍 💝 🎎 🎓 🎒 🎏 🌂 💒 🌊 🍧 🎇 🐚 🎐 🌀 🌾 "
    "🎃 🎑 🍃 🎅 🌅 🌇 🌃 🌈"
)
_SOFTBANK_F = (
    "🏩 🎨 🎩 🏬 🏯 🏰 🎦 🏭 🗼 〓 \U0001f1ef\U0001f1f5 \U0001f1fa\U0001f1f8 \U0001f1eb\U0001f1f7 "
    "\U0001f1e9\U0001f1ea \U0001f1ee\U0001f1f9 \U0001f1ec\U0001f1e7 \U0001f1ea\U0001f1f8 "
    "\U0001f1f7\U0001f1fa \U0001f1e8\U0001f1f3 \U0001f1f0\U0001f1f7 👱 👲 👳 👴 👵 👶 👷 👸 🗽 💂 💃 🐬 🐦 "
    "🐠 🐤 🐹 🐛 🐘 🐨 🐒 🐑 🐺 🐮 🐰 🐍 🐔 🐗 🐫 🐸 🅰 🅱 🆎 🅾 👣 ™"
)


def _table(tables: dict[int, str]) -> dict[int, str]:
    return {
        first + number: emoji
        for first, emojis in tables.items()
        for number, emoji in enumerate(emojis.split(" "))
        if emoji != _NONE
    }


_IN_ANY_CHARSET = _table({0xE63E: _DOCOMO, 0xE234: _AU_FIRST, 0xE468: _AU_SECOND})
_IN_UNICODE = _IN_ANY_CHARSET | _table(
    {
        0xE001: _SOFTBANK_A,
        0xE101: _SOFTBANK_B,
        0xE201: _SOFTBANK_C,
        0xE301: _SOFTBANK_D,
        0xE401: _SOFTBANK_E,
        0xE501: _SOFTBANK_F,
    }
)


def with_emoji(text: str, *, unicode: bool) -> str:
    """`text` with the carriers' codes as Unicode emoji; `unicode`, whether the mail was in UTF-8 and no JIS charset."""
    return text.translate(_IN_UNICODE if unicode else _IN_ANY_CHARSET)
