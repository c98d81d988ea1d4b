"""Attachments are drawn here, in a process that may die: the only place that imports picture and PDF libraries.

__main__.py    the child: limits itself, answers one question, ends
pictures.py    a picture file to pixels (Pillow), and pixels to a file that has nothing else
pages.py       a PDF to the pictures of its pages (PDFium)
"""
