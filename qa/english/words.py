"""The telling words of a text, by their stems: what two texts share, however the words are inflected."""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"\w+(?:[’']\w+)?")
_STOP_WORDS = frozenset(
    "a about after all also an and any are as at be because been before being but by can could did do does doing for "
    "from had has have he her here him his how i if in into is it its just made make many may me more most much my no "
    "not of on one only or other our out over s said say says she should so some such than that the their them then "
    "there these they this those to up us was we were what when where which while who whom whose why will with would "
    "you your".split()
)
_PRONOUNS = frozenset(
    "he she it they him her them his hers its their theirs i me my mine we us our ours you your yours this that these "
    "those who whom which what himself herself itself themselves".split()
)


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    # One of its own each time: a stemmer holds the word that it is at, and questions come from many threads.
    return str(snowballstemmer.stemmer("english").stemWord(word))


def is_common(word: str) -> bool:
    """Whether it is one of the words that texts on anything are made of."""
    return word.lower() in _STOP_WORDS


def only_pronouns(text: str) -> bool:
    """Whether a text names nothing: "he", "their". "US" is a country."""
    found = _WORD.findall(text)
    return bool(found) and all(word.lower() in _PRONOUNS and word != "US" for word in found)


@lru_cache(
    maxsize=2048
)  # a passage's are asked for with every question that finds it, and with every span in it
def stems(text: str) -> frozenset[str]:
    """The stems of the words in `text` that are not stop words (Porter, "Snowball", 2001).

    Capital "US" is the country, not the pronoun.
    """
    return frozenset(in_order(text))


def in_order(text: str) -> list[str]:
    """The same stems as often as they occur, in the text's order."""
    found = []
    for match in _WORD.finditer(text.replace("U.S.", "US")):
        word = match.group()
        if word.lower() not in _STOP_WORDS or word == "US":
            found.append(_stem(word.lower().removesuffix("'s").removesuffix("’s")))
    return found


def share(wanted: frozenset[str], text: str) -> float:
    """The share (0..1) of `wanted` that stands in `text`; 1 where nothing is wanted."""
    return len(wanted & stems(text)) / len(wanted) if wanted else 1.0
