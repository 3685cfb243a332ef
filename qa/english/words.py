"""Words that tell nothing by themselves, and the stems of those that do: what two texts share, however inflected."""

from __future__ import annotations

import re
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"\w+(?:[’']\w+)?")
# Three rings, each with the one before: words of grammar, that a search is better without; words that texts on anything
# are made of, which tell nothing of what two texts share; and all that are no name of a thing, capital or not.
GRAMMAR = frozenset(
    "a an and are as at be been but by can could did do does for from had has have he her his how i if in into is "
    "it its me my of on or our she should so than that the their them then there these they this those to us was we "
    "were what when where which who whom whose why will with would you your".split()
)
STOP_WORDS = GRAMMAR | frozenset(
    "about after all also any because before being doing here him just made make many may more most much no not one "
    "only other out over s said say says some such up while".split()
)
FUNCTION_WORDS = (STOP_WORDS - {"s"}) | frozenset(
    "above across again against ago although am among another anybody anyone anything around away became become "
    "began below besides between both came done down due during each either else ever every few first further get "
    "gets give go goes got having hers herself himself however including itself kind last later least less like "
    "little main might must name near neither never next none nor now off once onto others own per please rather "
    "really same second several shall since something soon sort still tell theirs themselves thing things though "
    "through time together too toward two type under until upon very via well went whether within without yes "
    "yet".split()
)
PRONOUNS = frozenset(
    "he she it they him her them his hers its their theirs i me my mine we us our ours you your yours this that these "
    "those who whom which what himself herself itself themselves".split()
)
POSSESSIVES = frozenset("his their its hers theirs".split())  # "her" is one only before a noun
DETERMINERS = frozenset(
    "the a an this that these those his her their its my your our any some no other another".split()
)
INTERROGATIVE = r"(?:who|what|when|where|why|which|how|whose|whom)"


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    # One of its own each time: a stemmer holds the word that it is at, and questions come from many threads.
    return str(Stemmer.Stemmer("english").stemWord(word))


def is_common(word: str) -> bool:
    """Whether it is one of the words that texts on anything are made of."""
    return word.lower() in STOP_WORDS


def only_pronouns(text: str) -> bool:
    """Whether a text names nothing: "he", "their". "US" is a country."""
    found = _WORD.findall(text)
    return bool(found) and all(word.lower() in PRONOUNS and word != "US" for word in found)


# A passage's are asked for with every question that finds it, and with every span in it.
@lru_cache(maxsize=2048)
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
        if word.lower() not in STOP_WORDS or word == "US":
            found.append(_stem(word.lower().removesuffix("'s").removesuffix("’s")))
    return found


def share(wanted: frozenset[str], text: str) -> float:
    """The share (0..1) of `wanted` that stands in `text`; 1 where nothing is wanted."""
    return len(wanted & stems(text)) / len(wanted) if wanted else 1.0
