"""A letter -> the writing system that it belongs to, by its name in Unicode."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Japanese is written in all of these at once, and each line of it in two or three.
_JAPANESE = frozenset("CJK HIRAGANA KATAKANA KATAKANA-HIRAGANA".split())


@lru_cache(maxsize=4096)
def script_of(letter: str) -> str:
    """Such as "LATIN", also of the letters in ª, µ, ㎏ and ｗ; Chinese characters and kana are one."""
    name = unicodedata.name(unicodedata.normalize("NFKC", letter)[0], "?").split()[0]
    return "CJK" if name in _JAPANESE else name
