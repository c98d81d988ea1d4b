"""Hostile mail is read here, in a process that may die: limits on its CPU time, memory and files, and nothing to steal.

    reader.py      what the worker calls: hands the octets over, waits for so long, starts a new child for one that died
    __main__.py    the child: limits itself, reads one mail after the other
    exchange.py    how octets and Messages go through the pipes

The child gets neither keys nor database nor configuration. What comes back from it is JSON, checked field by field.
"""
