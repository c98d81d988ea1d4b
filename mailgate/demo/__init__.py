"""`mailgate demo`: one consultation, played through the real service on a throw-away installation.

story.py   what happens, as data: mails that arrive, commands that an operator types, what must follow
play.py    plays it and prints it
stage.py   the installation in a temporary folder, its running service, mail in by SMTP, mail out from the Maildir
sent.py    an outgoing mail as its reader sees it
leaks.py   the search for names on the wrong side, over every mail that went out
samples/   the mails and registers of the story; everybody in them is invented

Nothing outside this package needs it. The command line is handed in by `cli/demo.py`, since it stands above.
"""
