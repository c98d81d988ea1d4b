"""`mailgate doctor`: looks at an installation from all sides and says, line by line, what is well and what to do.

finding.py    one line: what was looked at, how it is, what to do
house.py      configuration, keys, certificate: files of this machine
stores.py     database, disk, clock, backup, what waits
running.py    the service: whether the listener answers on this machine
names.py      the DNS: MX, SPF, DKIM, DMARC, with the records to enter
ways.py       the way out: the relay, and who gets the digest
drill.py      a desk in a throw-away folder is fed its own mails, vacation notes and bounces, and must not answer

Each look is a function from the settings to findings; none changes anything, one that breaks becomes a problem itself.
`examination.py` makes them all.
"""
