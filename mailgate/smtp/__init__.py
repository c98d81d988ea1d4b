"""The two edges: `listener` takes mail in (SMTP, LMTP), `relay` and `maildir` hand letters out. No product rules."""
