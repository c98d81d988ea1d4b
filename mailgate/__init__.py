"""mailgate: a consultation desk that works entirely by e-mail. The path of one mail, in the order of the files:

smtp/listener.py   RCPT: is this address ours, is its token alive?          else 550 5.1.1
flow/accept.py     DATA: envelope and octets, as they came
store/spool.py     committed and synced                                     250 2.0.0 Ok: queued as ID
worker.py          ~ ~ the sender is gone; nothing from here on may lose the mail ~ ~
mail/parse.py      octets -> Message
flow/vouch.py      how far the author is believed: authentication/ asks the DNS, desk/trust.py has the table
desk/routing.py    -> Route
flow/handle.py     calls one handler of flow/; flow/process.py commits once
store/outbox.py    the mails that follow from it, in the same transaction
flow/deliver.py    -> smtp/relay.py -> Sent | Deferred | Failed
"""

__version__ = "0.1.0"
