"""Memory that a build is done with, given back to the system."""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Have the C library return what was freed, where it can (glibc): else a build's pages stay with the process.

    Python frees in pieces, and glibc keeps pieces for whoever asks next, in a heap for each thread.
    """
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):  # another C library, or none that is found so
        return
    trim(0)
