"""Free texts of delivery reports, in the forms of many mail systems: whom they name, and whether for good.

The texts are our own, in the form that each mail system writes; `{to}` is the recipient.
"""

from __future__ import annotations

import pytest

from mailgate.mail.bounce import failed_recipients
from mailgate.mail.fields import split_mail
from mailgate.mail.message import FailedRecipient

_HEADER = b"From: MAILER-DAEMON@relay.example\nTo: bounce+k7@desk.example.jp\n\n"
_TO = "gone@members.example.org"


def _read(text: str) -> tuple[FailedRecipient, ...]:
    section, body = split_mail(_HEADER + text.encode())
    return failed_recipients(section, body, [], text)


@pytest.mark.parametrize(
    ("text", "status", "permanent"),
    [
        pytest.param(
            "The user(s) account is disabled.\n\n<{to}>: 550 user unknown (in reply to RCPT TO command)\n\n"
            "--------------------------------------------------\nReceived: from desk.example.jp",
            "",
            True,
            id="ezweb",
        ),
        pytest.param(
            "Each of the following recipients was rejected by a remote mail server.\n\n   Recipient: <{to}>\n"
            "   >>> RCPT TO:<{to}>\n   <<< 550 <{to}>: User unknown\n",
            "",
            True,
            id="ezweb-dialogue",
        ),
        pytest.param("The user(s) account is temporarily over quota.\n\n<{to}>\n", "", False, id="ezweb-mailbox-full"),
        pytest.param(
            "Your mail sent on: Thu, 29 Jan 2026 11:04:47 +0900\n    Could not be delivered to: <{to}>\n"
            "    As their mailbox is full.\n",
            "",
            True,
            id="kddi",
        ),
        pytest.param(
            "This is the mail system of the carrier.\n\nYour message could not be delivered.\n\n"
            "<{to}>\nUnknown user\n\n--- Original message follows ---\nTo: <other@members.example.org>\n",
            "",
            True,
            id="docomo",
        ),
        pytest.param(
            "Hi. This is the qmail-send program at carrier.example.jp.\nI'm afraid I wasn't able to deliver "
            "your message.\n"
            "\n<{to}>:\n192.0.2.7 does not like recipient.\nRemote host said: 550 Invalid recipient: <{to}>\n"
            "Giving up on 192.0.2.7.\n\n--- Below this line is a copy of the message.\n\nTo: "
            "other@members.example.org\n",
            "",
            True,
            id="softbank",
        ),
        pytest.param(
            "Duplicated Message-ID in <{to}>.\n\nOriginal mail as follows:\n\nTo: other@members.example.org\n",
            "",
            True,
            id="fml",
        ),
        pytest.param(
            "このメールは「m-FILTER」が自動的に生成して送信しています。\n"
            "下記の理由によりこのメールは送信できませんでした。\n\n"
            "以下のメールアドレスへの送信に失敗しました。\n{to}\n\n-------server message\n550 5.1.1 unknown "
            "user <{to}>\n\n"
            "-------SMTP command\nRCPT TO\n\n-------original message\nTo: other@members.example.org\n",
            "5.1.1",
            True,
            id="m-filter",
        ),
        pytest.param(
            "------- Failure Reasons  --------\n\nUser not listed in public Name & Address Book\n{to}\n\n\n"
            "------- Returned Message --------\nTo: other@members.example.org\n",
            "",
            True,
            id="notes",
        ),
        pytest.param(
            "Your message\n\n  Subject: ご相談\n\nwas not delivered to:\n\n  {to}\n\nbecause:\n\n"
            "  User gone ({to}) not listed in Domino Directory\n",
            "",
            True,
            id="domino",
        ),
        pytest.param(
            "This message was created automatically by mail delivery software.\nA message that you sent could not be "
            "delivered to one or more of its recipients. This is a permanent error.\n\n"
            "{to} Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 <{to}>... User Unknown\n",
            "5.1.1",
            True,
            id="zoho",
        ),
        pytest.param(
            "This message was created automatically by mail delivery software.\n\n"
            "[Status: Error, Address: <{to}>, ResponseCode 421, , Host not reachable.]\n",
            "",
            False,
            id="zoho-expired",
        ),
        pytest.param(
            "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n\n    An error has "
            "occurred while "
            "attempting to deliver a message for\n    the following list of recipients:\n\n"
            "{to}: 550 5.2.2 <{to}>... Mailbox Full\n\n    Below is a copy of the original message:\n\nTo: "
            "x@y.example\n",
            "5.2.2",
            True,
            id="opensmtpd",
        ),
        pytest.param(
            "    A message is delayed for more than 4 hours for the following\n    list of recipients:\n\n"
            "{to}: Temporary failure in MX lookup\n\n    Please note that this is only a temporary failure report.\n",
            "",
            False,
            id="opensmtpd-delayed",
        ),
        pytest.param(
            "Your message\n\n  To:      {to}\n  Subject: ご相談\n  Sent:    Thu, 29 Jan 2026 11:04:47 +0900\n\n"
            "did not reach the following recipient(s):\n\n{to} on Thu, 29 Jan 2026 11:05:00 +0900\n"
            "    The recipient name is not recognized\n    The MTS-ID of the original message is: c=jp;a= ;p=x;l=EX0\n",
            "",
            True,
            id="exchange-2003",
        ),
        pytest.param(
            "次の受信者または配布リストへの配信に失敗しました:\n\n{to}\n入力した電子メール "
            "アドレスが見つかりませんでした。\n\n"
            "管理者向けの診断情報:\n\n生成サーバー: ex1.members.example.org\n\n{to}\n"
            "#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n\n元のメッセージのヘッダー:\n\nTo: "
            "<other@y.example>\n",
            "5.1.1",
            True,
            id="exchange-japanese",
        ),
        pytest.param(
            "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Verteilerlisten:\n\n{to}\n"
            "Die E-Mail-Adresse wurde nicht gefunden.\n\nDiagnoseinformationen für Administratoren:\n\n"
            "{to}\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n",
            "5.1.1",
            True,
            id="exchange-german",
        ),
        pytest.param(
            "Original Message Details\nCreated Date:\t1/29/2026 6:40:30 AM\nSender Address:\tsoudan@desk.example.jp\n"
            "Recipient Address:\t{to}\nSubject:\tx\n\nError Details\nReported error:\t550 5.1.10 not found\n",
            "5.1.10",
            True,
            id="office-365",
        ),
        pytest.param(
            "   ----- Transcript of session follows -----\n>>> RCPT To:<{to}>\n<<< 550 <{to}>, User Unknown\n"
            "550 <{to}>... User unknown\n\n   ----- Unsent message follows -----\nTo: other@y.example\n",
            "",
            True,
            id="sendmail-5",
        ),
        pytest.param(
            "  ----- The following addresses had permanent fatal errors -----\n\n>>> {to} <{to}>\n\n"
            "  ----- Transcript of session follows -----\n550 sorry, no mailbox here by that name (#5.1.1 - chkusr)\n",
            "5.1.1",
            True,
            id="active-hunter",
        ),
        pytest.param(
            "   ----- The following addresses had delivery problems -----\n{to}\n\n   ----- Non-delivered "
            "information -----\n"
            "The number of messages in recipient's mailbox exceeded the local limit.\n",
            "",
            True,
            id="biglobe",
        ),
        pytest.param(
            "This message was created automatically by mail delivery software.\n\nThe following address\nfailed:\n\n"
            '"{to}":\nSMTP error from remote server after RCPT command:\nhost: mx.members.example.org\n'
            "5.1.1 <{to}>... User Unknown\n\n--- The header of the original message is following. ---\nTo: "
            "x@y.example\n",
            "5.1.1",
            True,
            id="gmx",
        ),
        pytest.param(
            "Your message:\n   From:    soudan@desk.example.jp\n   Subject: x\n\nCould not be delivered because of\n\n"
            "550 5.1.1 User unknown\n\nThe following recipients were affected:\n\n    {to}\n\n"
            "Additional Information\n======================\nOriginal Sender:    <soudan@desk.example.jp>\n",
            "5.1.1",
            True,
            id="mail-marshal",
        ),
        pytest.param(
            "This report relates to a message you sent with the following header fields:\n\n  From: x\n  Subject: x\n\n"
            "Your message cannot be delivered to the following recipients:\n\n  Recipient address: {to}\n"
            "  Reason: Remote SMTP server has rejected address\n  Diagnostic code: smtp;550 5.1.1 <{to}>... Unknown\n",
            "5.1.1",
            True,
            id="messaging-server",
        ),
        pytest.param(
            "Your message cannot be delivered to the following recipients:\n\n  Recipient address: f@y.example\n"
            "  Original address: {to}\n  Reason: Over quota\n",
            "",
            True,
            id="messaging-server-rewritten",
        ),
        pytest.param(
            "次のあて先へのメッセージはエラーのため送信できませんでした。\n\n送信先メールアドレス:\n\t<{to}>\n\n"
            "エラー内容: 550 Unknown user\n",
            "",
            True,
            id="carrier-japanese",
        ),
        pytest.param(
            "{to} へのメッセージを配信できませんでした。\n\nご質問は help@relay.example へお問い合わせください。\n",
            "",
            True,
            id="office-365-japanese",
        ),
        pytest.param(
            "A message that you sent has not yet been delivered to one or more of its\nrecipients after more "
            "than 24 hours.\n"
            "\n  {to}\n    Delay reason: mailbox is full\n\nDelivery attempts will continue for\nsome time.\n",
            "",
            False,
            id="exim-delayed",
        ),
        pytest.param(
            "Your message could not be sent.\nA transcript of the attempts to send the message follows.\n"
            "Addressed To: {to}\n\nThu 29 Jan 2026 23:34:45 +0900\nFailed to send to identified host,\n"
            "{to}: [192.0.2.5], 550 {to}... No such user\n",
            "",
            True,
            id="surfcontrol",
        ),
        pytest.param("Unknown user: {to}\n\nOriginal message follows.\n\nTo: x@y.example\n", "", True, id="imail"),
        pytest.param(
            "Hi. This is the James mail server.\n\nMessage details:\n  MAIL FROM: bounce+k7@desk.example.jp\n  "
            "RCPT TO: {to}\n"
            "  From: Desk <soudan@desk.example.jp>\n\nError message below:\n550 - no such user here\n",
            "",
            True,
            id="james",
        ),
        pytest.param(
            "Unable to deliver message to: <{to}>\nDelivery failed for the following reason:\n"
            "Server mx[192.0.2.2] failed with: 550 <{to}> No such user here\n",
            "",
            True,
            id="mailfoundry",
        ),
        pytest.param(
            "   --- The following addresses had delivery problems ---\n\n<{to}>   (User unknown {to})\n",
            "",
            True,
            id="mcafee",
        ),
        pytest.param(
            "The original message was received at Thu, 29 Jan 2026 23:34:45 +0900\nfrom desk.example.jp\n\n"
            "---The following addresses had delivery errors---\n\n{to} [User unknown]\n",
            "",
            True,
            id="brackets",
        ),
        pytest.param(
            "We had trouble delivering your message.\n\n1 error(s):\n\nSMTP Server <mx.members.example.org> "
            "rejected recipient "
            "<{to}>\n  (Error following RCPT command). It responded as follows: [550 5.1.1 User unknown]\n",
            "5.1.1",
            True,
            id="rejected-recipient",
        ),
        pytest.param(
            "** Message not delivered **\n\nYour message couldn't be delivered to {to} because the remote server is "
            "misconfigured.\n\nThe response from the remote server was:\n454 4.7.5 Certificate validation failure\n",
            "4.7.5",
            False,
            id="gmail",
        ),
        pytest.param(
            "Hello, this is the mail server on relay.example.\n\nImmediately below you will find a list of the "
            "affected "
            "recipients.\n\n  <{to}>\n    delivery failed; will not continue trying\n",
            "",
            True,
            id="power-mta",
        ),
        pytest.param("Unable to deliver message to <{to}>.\n\n***** End of message *****\n", "", True, id="interscan"),
        pytest.param(
            "The mail could not be brought to its reader.\n\nThe reader was {to}, who has left.\n",
            "",
            True,
            id="a-sentence",
        ),
    ],
)
def test_text_names_the_recipient_and_whether_for_good(text: str, status: str, permanent: bool) -> None:
    assert [(one.address, one.status, one.permanent) for one in _read(text.replace("{to}", _TO))] == [
        (_TO, status, permanent)
    ]


@pytest.mark.parametrize(
    ("words", "given_up"),
    [
        ("550 5.1.1 unknown user", True),
        ("452 4.2.2 mailbox full", True),
        ("452 4.2.2 mailbox full. We will keep trying for 4 days.", False),
        ("Your mail could not be delivered yet. 配信が遅れています。", False),
    ],
)
def test_a_text_says_whether_it_is_over(words: str, given_up: bool) -> None:
    (found,) = _read(f"This is the mail system.\n\n<{_TO}>: {words}\n")
    assert found.given_up is given_up
