"""A name that nothing mentions -> one that is spelled like it and stands in what was found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.answer.retrieve.spelling import SHORTEST, nearest
from qa.records import Hit, Respelled

_CAPITAL = re.compile(r"\b[A-Z][\w’'-]*\w")


def respelled(
    question: str, absent: Sequence[str], hits: Sequence[Hit], titles: Sequence[str]
) -> list[Respelled]:
    """For each absent name the likeliest other spelling among the names of the passages and titles, if there is one.

    question: in which the absent names stand.
    """
    known = {
        word for text in (*(hit.passage.text for hit in hits), *titles) for word in _CAPITAL.findall(text)
    }
    found = []
    for name in absent:
        other = _other(name, known)
        if other is not None and name in question:
            found.append(Respelled(name, other, question.replace(name, other)))
    return found


def _other(name: str, known: set[str]) -> str | None:
    """The name with each of its words that is not known replaced by the nearest known one; None where one has none."""
    words = list(_words(name, known))
    other = " ".join(word for word in words if word)
    return other if all(words) and other != name else None


def _words(name: str, known: set[str]) -> Iterator[str | None]:
    folded = {word.casefold(): word for word in sorted(known)}
    for word in name.split():
        if not word[:1].isupper() or word.casefold() in folded:
            yield word
        elif len(word) < SHORTEST:
            yield None
        else:
            near = nearest(word.casefold(), folded)
            yield folded[near] if near else None
