"""Hostile mail is read here, and its attachments are drawn, in processes that may die.

They have limits on their CPU time, memory and files, and nothing to steal.

    reader.py      what the worker calls: hands the octets over, waits for so long, starts a new child for one that died
    __main__.py    the child: limits itself, reads one mail after the other
    exchange.py    how octets and Messages go through the pipes
    artist.py      what a command calls to have an attachment drawn afresh
    drawing/       the child that draws: pictures and documents are opened nowhere else
    asking.py      a question to a child and its answer, within a time

A child gets neither keys nor database nor configuration. What comes back from it is checked: JSON field by field, and
pictures for being nothing but pixels.
"""
