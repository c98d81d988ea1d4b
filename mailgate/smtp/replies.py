"""What a client of the listener can hear besides `mail/smtp_reply.py`: fixed sentences (RFC 5321, RFC 2034).

aiosmtpd has replies of its own in its command loop. They lack the enhanced status, and some say the stranger's text
back; `reworded` puts ours in their place.
"""

from __future__ import annotations

from mailgate.flow.pressure import Trouble
from mailgate.mail.smtp_reply import TRY_LATER

SENDER_OK = "250 2.1.0 Ok"
START_TEXT = "354 End data with <CR><LF>.<CR><LF>"
CANNOT_VERIFY = "252 2.5.0 Cannot verify, but will take mail"
HELP = "214 2.0.0 See RFC 5321"

CLOSING = "421 4.3.2 Service closing, please try again later"
TOO_MANY_CONNECTIONS = "421 4.3.2 Too many connections, please try again later"
BACKLOG = "451 4.3.1 Too many mails wait here, please try again later"
NO_ROOM = "452 4.3.1 Not enough room, please try again later"
OUT_OF_PATIENCE = "421 4.7.0 Too long or too much without a mail, please try again later"
TOO_MANY_GUESSES = "450 4.7.1 Too many unknown recipients, please try again later"
TOO_MANY_MAILS = "450 4.7.1 Too many mails from this sender, please try again later"
TOO_MANY_RECIPIENTS = "452 4.5.3 Too many recipients"

NOT_KNOWN = "500 5.5.1 Command not known"
BAD_ARGUMENT = "501 5.5.4 Bad argument"
BAD_SENDER = "501 5.1.7 Bad sender address"
BAD_SEQUENCE = "503 5.5.1 Bad sequence of commands"
TLS_FIRST = "530 5.7.0 Must issue a STARTTLS command first"
STRAY_LINE_ENDS = "550 5.5.2 Bare CR, or a lone dot between line ends other than CRLF"
NOT_PERMITTED = "550 5.7.1 Not permitted"
TOO_BIG = "552 5.3.4 Message is too big"
UNKNOWN_PARAMETER = "555 5.5.4 Parameter not known"

_REWORDED = {
    "250 OK": "250 2.0.0 Ok",
    "221 Bye": "221 2.0.0 Bye",
    "220 Ready to start TLS": "220 2.0.0 Ready to start TLS",
}
_REWORDED_ERRORS = {
    "421": CLOSING,
    "454": "454 4.7.0 TLS not available",
    "500": NOT_KNOWN,
    "501": BAD_ARGUMENT,
    "502": NOT_KNOWN,
    "503": BAD_SEQUENCE,
}


def reworded(reply: str) -> str:
    """`reply` itself when it has an enhanced status or needs none (greeting, EHLO), else ours of the same code."""
    if reply[4:6] in ("2.", "4.", "5."):
        return reply
    return _REWORDED.get(reply) or _REWORDED_ERRORS.get(reply[:3], reply)


def code_of(reply: str) -> str:
    """The code and the enhanced status of a reply of ours: "550 5.1.1"."""
    return " ".join(reply.split(" ", 2)[:2])


def of_trouble(trouble: Trouble) -> str:
    """What a client hears at MAIL while no mail is taken."""
    match trouble:
        case Trouble.DATABASE_AWAY:
            return TRY_LATER
        case Trouble.DISK_LOW:
            return NO_ROOM
        case Trouble.BACKLOG:
            return BACKLOG
