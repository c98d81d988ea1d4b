"""Real processes with canaries in every channel: `plants` has them, `letters` the mails, `desk` the service and what
is swept afterwards, `program` is mailgate with its log at DEBUG (or, for the test of the tests, with leaks in it).
"""
