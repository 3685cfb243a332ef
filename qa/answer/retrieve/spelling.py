"""A word of the question that no article uses, typed wrong -> the word of what was found that is spelled like it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from difflib import get_close_matches

# Ratcliff and Obershelp's ratio: 0.91 for a letter left out of six, 0.83 for two of six that changed places.
ALIKE = 0.8
SHORTEST = 4  # letters; shorter words are alike by chance
_WORD = re.compile(r"[^\W\d_]+")


def spelled(question: str, texts: Sequence[str], known: Callable[[str], bool], names: Collection[str]) -> str:
    """The question with each such word replaced.

    texts: the passages found. known: whether a word is one, though none of them uses it. names: what the question
    names, which stays as it is typed: another name asks of somebody else.
    """
    said = {word.casefold() for text in texts for word in _WORD.findall(text)}
    kept = {word.casefold() for name in names for word in _WORD.findall(name)}

    def of(match: re.Match[str]) -> str:
        word, low = match[0], match[0].casefold()
        if len(low) < SHORTEST or low in said or low in kept or known(low):
            return word
        near = nearest(low, (other for other in said if other[0] == low[0] and len(other) >= SHORTEST))
        return _cased_as(word, near) if near else word

    return _WORD.sub(of, question)


def nearest(word: str, others: Iterable[str]) -> str | None:
    """The one that is spelled most like it; None where none is alike."""
    return next(iter(get_close_matches(word, list(others), n=1, cutoff=ALIKE)), None)


def _cased_as(word: str, other: str) -> str:
    return other.capitalize() if word[0].isupper() else other
