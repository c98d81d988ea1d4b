"""Our own look at who wrote a mail: SPF, DKIM and the DMARC record, asked of the DNS by the worker.

    verifier.py    one mail: all the questions, one `mail.authentication.Verdict`
    resolver.py    the only way to the DNS: time limits, a cache, and a bounded number of questions for each mail
    signatures.py  DKIM (dkimpy)          senders.py  SPF (pyspf)

The worker is handed the verifier (`flow/verifier.py` says what it asks of it); the listener never comes here: while a
stranger waits nobody is asked.
"""
