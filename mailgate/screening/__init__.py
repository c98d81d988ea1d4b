"""The anonymity check: what in a text identifies somebody, and the text without it.

`check` finds, `redact` rewrites, `find_known` looks only for what the register knows. Texts come from `mail/`
already decoded; a person decides at the desk what is redacted. Pure: no database, no network, no clock, no log.
"""
