"""What a relay said, or why it said nothing, in one short line for our outbox and our log: no address stands in it."""

from __future__ import annotations

import re
import smtplib
import ssl
from urllib.parse import unquote

from mailgate.mail.address import Address
from mailgate.phrase import Phrase
from mailgate.system_words import system_words

_REASON_CHARACTERS = 200
_REPLY_CHARACTERS = 8000
_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?: |$)")
_HIDDEN = "<…>"


def told(code: int, text: bytes | str, recipient: Address) -> str:
    """A reply for our outbox: code, enhanced status, 200 characters in one line, addresses hidden."""
    if code < 0:  # smtplib's number for a line that has none
        return Phrase("the relay does not speak SMTP")
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    shown = " ".join(_hidden(word, recipient) for word in _visible(words[:_REPLY_CHARACTERS]).split())
    match = _STATUS.match(shown)
    status = f" {match[1]}" if match else ""
    rest = shown[match.end() :] if match else shown
    return f"{code}{status} {rest[:_REASON_CHARACTERS]}".rstrip()


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _hidden(word: str, recipient: Address) -> str:
    """Relays repeat the address, or only what stands before or behind the at sign, also within a link (%40)."""
    plain = unquote(word).casefold()
    names = (re.escape(part.casefold()) for part in (recipient.local, recipient.domain))
    is_named = any(re.search(rf"(?<![^\W_]){name}(?![^\W_])", plain) for name in names)
    return _HIDDEN if "@" in plain or is_named else word


def trouble(error: Exception) -> str:
    """Why there was no reply, in words of ours; OpenSSL's and smtplib's own can be long."""
    match error:
        case ssl.SSLCertVerificationError():
            return Phrase("the relay's certificate cannot be verified: {why}", why=error.verify_message)
        case ssl.SSLError():
            return Phrase("TLS with the relay failed")
        case TimeoutError():
            return Phrase("the relay did not answer in time")
        case smtplib.SMTPServerDisconnected() if isinstance(error.__context__, TimeoutError):
            return Phrase("the relay did not answer in time")
        case smtplib.SMTPServerDisconnected():
            return Phrase("the relay closed the connection")
        case smtplib.SMTPNotSupportedError():
            return Phrase("the relay does not offer STARTTLS or AUTH as the settings ask")
        case OSError() if not isinstance(error, smtplib.SMTPException):
            return Phrase("no connection to the relay: {why}", why=system_words(error))
        case _:
            return Phrase("no agreement with the relay ({kind})", kind=type(error).__name__)
