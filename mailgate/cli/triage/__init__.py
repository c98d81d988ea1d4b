"""`mailgate triage`: a walk through everything that waits, one key for each decision.

    command.py   the command: is there a terminal? Look through what nobody has looked through, then show
    page.py      what one page is: a text with marks, a list to tick, keys
    pages.py     the page of a case: its text, its members, its comments, its answer
    spots.py     the findings in a text: their marks, their line, their keys
    mail_pages.py   the page of a mail or an application
    titles.py    the head of a page, in a line; help_page.py is the page behind "?"
    acts.py      what the keys do: each calls one flow for the operator, most of them so that it can be undone
    choice.py    a list to tick; pure
    walk.py      where the walk stands: the list, what was skipped, what can be undone
    screen.py    the Textual application: shows a page, hands keys over
    drawing.py   the one door to the screen: cleaned, marked, broken into lines
    editing.py   the editor, which keeps what is typed as a draft; rewriting.py is what comes before and after it
    picking.py   the list of `case invite` alone, below the prompt

Nothing of the product is decided here: what waits says `flow/waiting.py`, what may be done the flows. Whatever is shown
passes `common.harmless` and is never read as markup. Textual is imported when a screen is shown, and never else.
"""
