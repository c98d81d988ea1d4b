"""One letter as it goes over the wire, and its dialogue with the relay: MAIL, RCPT, DATA, text (RFC 5321 3.3).

In two halves, because of what a lost connection means: before the text the relay cannot have the letter; after it
nobody knows, and nothing is repeated here.
"""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass

from mailgate.errors import BadLetter
from mailgate.flow.delivery_relay import Broken
from mailgate.mail.address import Address
from mailgate.mail.compose import wire_address
from mailgate.mail.outcome import Deferred, Failed, Outcome, Sent
from mailgate.phrase import Phrase
from mailgate.smtp.connections import patience
from mailgate.smtp.relay_words import told, trouble

_GO_ON = 354
_CLOSING, _AUTHENTICATION_REQUIRED = 421, 530
_LEADING_DOT = re.compile(rb"^\.", re.M)

Answer = Outcome | Broken


@dataclass(frozen=True, slots=True)
class Letter:
    reverse_path: str
    forward_path: str
    recipient: Address
    raw: bytes

    @classmethod
    def of(cls, reverse_path: Address | None, forward_path: Address, raw: bytes) -> Letter:
        """Raises BadLetter for an address that cannot be written, and for a text with another line end than CRLF, which
        the next server may take for the end of one mail and the beginning of another (SMTP smuggling)."""
        if b"\0" in raw or not raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n"):
            raise BadLetter("the letter has a NUL or a stray line end")
        wire = wire_address(reverse_path) if reverse_path is not None else ""
        return cls(wire, wire_address(forward_path), forward_path, raw)

    def offer(self, connection: smtplib.SMTP) -> Answer | None:
        """MAIL, RCPT, DATA; None when the relay waits for the text."""
        if self._is_international() and not connection.has_extn("smtputf8"):
            return Failed(Phrase("the address needs SMTPUTF8, which the relay does not offer"))
        connection.command_encoding = "utf-8" if self._is_international() else "ascii"
        try:
            for verb, argument in (
                ("MAIL", f"FROM:<{self.reverse_path}>{self._parameters(connection)}"),
                ("RCPT", f"TO:<{self.forward_path}>"),
            ):
                code, text = connection.docmd(verb, argument)
                if not 200 <= code < 300:
                    return self._refused(code, text)
            code, text = connection.docmd("DATA")
        except (smtplib.SMTPException, OSError) as error:
            return Broken(trouble(error))
        return None if code == _GO_ON else self._refused(code, text)

    def send_text(self, connection: smtplib.SMTP, timeout_seconds: float) -> Answer:
        """The text and the final dot, after `offer`. The relay has `timeout_seconds` for its reply: one that looks at
        the letter first would send it on although we had given up (RFC 5321 4.5.3.2.6)."""
        try:
            connection.send(self._dotted())
            with patience(connection, timeout_seconds):
                code, text = connection.getreply()
        except (smtplib.SMTPException, OSError) as error:
            return Broken(trouble(error))
        return Sent(told(code, text, self.recipient)) if 200 <= code < 300 else self._refused(code, text)

    def _dotted(self) -> bytes:
        """With its dots doubled and the dot that ends it (RFC 5321 4.5.2)."""
        text = _LEADING_DOT.sub(b"..", self.raw)
        return text + (b".\r\n" if text.endswith(b"\r\n") else b"\r\n.\r\n")

    def _is_international(self) -> bool:
        """Whether RFC 6531 is needed: for an address, or for a header that holds one."""
        header = self.raw.partition(b"\r\n\r\n")[0]
        return not (self.reverse_path.isascii() and self.forward_path.isascii() and header.isascii())

    def _parameters(self, connection: smtplib.SMTP) -> str:
        parameters = ""
        if connection.has_extn("size"):
            parameters += f" SIZE={len(self.raw)}"
        if connection.has_extn("8bitmime") and not self.raw.isascii():
            parameters += " BODY=8BITMIME"
        if self._is_international():
            parameters += " SMTPUTF8"
        return parameters

    def _refused(self, code: int, text: bytes) -> Answer:
        """Most replies are about the letter. Not so 421 (the relay hangs up), 530 (we shall log in, RFC 4954 6 and
        RFC 3207 4) and what is no reply: whatever letter comes next would hear the same."""
        reason = told(code, text, self.recipient)
        if code in (_CLOSING, _AUTHENTICATION_REQUIRED) or code < 0:
            return Broken(reason)
        return Failed(reason) if 500 <= code < 600 else Deferred(reason)
