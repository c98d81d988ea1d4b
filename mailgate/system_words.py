"""What the operating system says of a failure ("Permission denied"), so that it can be said in another language.

Before: an OSError that somebody makes a reason of. The words are the C library's, in English; the usual ones stand
below, where the catalogue finds them. One that is not among them is said in English.
"""

from __future__ import annotations

import os
from typing import Final

from mailgate.phrase import Phrase

USUAL: Final = (
    Phrase("Address already in use"),
    Phrase("Address family not supported by protocol"),
    Phrase("Cannot allocate memory"),
    Phrase("Cannot assign requested address"),
    Phrase("Connection refused"),
    Phrase("Connection reset by peer"),
    Phrase("Device or resource busy"),
    Phrase("Disk quota exceeded"),
    Phrase("File exists"),
    Phrase("File name too long"),
    Phrase("File too large"),
    Phrase("Input/output error"),
    Phrase("Invalid argument"),
    Phrase("Is a directory"),
    Phrase("Name or service not known"),
    Phrase("Network is unreachable"),
    Phrase("No route to host"),
    Phrase("No space left on device"),
    Phrase("No such file or directory"),
    Phrase("Not a directory"),
    Phrase("Operation not permitted"),
    Phrase("Operation not supported"),
    Phrase("Permission denied"),
    Phrase("Read-only file system"),
    Phrase("Too many levels of symbolic links"),
    Phrase("Too many open files"),
)


def system_words_of(number: int) -> Phrase:
    """What the system says of an error number (errno)."""
    return Phrase(os.strerror(number))


def system_words(error: OSError) -> Phrase:
    """What the system says; the name of the error's class where it says nothing."""
    return Phrase(error.strerror or type(error).__name__)
