"""A name -> the forms in which another text may write it.

A text names "Vladimir Yermakov" where any of the telling words of the name stands in it, whole, in a form that English
inflects it to: so that only what is surely absent counts as absent. A name that is a country's goes by the country's
other names, its people and its capital; one that is all capitals goes by words with these initials.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from .words import FUNCTION_WORDS

# What English puts behind a name: the plural and the possessive, and of longer ones what makes people and adjectives
# of places ("Texan", "Berliner", "Europeans").
_INFLECTED = r"(?:e?s)?(?:['’]s?)?"
_DERIVED = r"(?:n|an|ian|er|ese|ish)?"
_DERIVED_FROM = 4  # letters: "user" is no form of "US"
_INITIALS = r"(?:(?:of|for|and|the|on|in) )*"
_DOTTED = re.compile(r"\b(?:[A-Z]\.){2,}")
# Two initials may be anybody's, so that no rule tells whose: only these go by them.
_TWO_INITIALS = {"united nations": "UN", "european union": "EU"}


_SHORTENED = re.compile(r"^(?:[Tt]he|Great) |,? [A-Z]{2}$")  # "Great Britain", "Washington DC"


@lru_cache(maxsize=1024)  # a passage is looked through for each name of the question
def folded(text: str) -> str:
    """Without accents, which are no other name, and without the stops of initials: "U.S." is "US"."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _DOTTED.sub(lambda found: found.group().replace(".", ""), plain)


@lru_cache(maxsize=1024)
def written(name: str) -> re.Pattern[str]:
    """What finds any form of the name in a text that was `folded`. Case counts for initials alone."""
    plain = re.sub(r"['’]s?$", "", folded(name))
    words = [w for w in re.findall(r"\w+", plain) if len(w) > 1 and not _grammar(w)]
    names = {plain, *words, *_also_called(plain.casefold())}
    initials = [re.escape(n) for n in names if _is_initials(n)]
    spelled = [_spelled(n) for n in names if _is_initials(n)]
    others = [
        f"(?i:{re.escape(n)}{_DERIVED if len(n) >= _DERIVED_FROM else ''})" for n in names - set(initials)
    ]
    return re.compile(rf"\b(?:{'|'.join([*initials, *spelled, *others])}){_INFLECTED}(?!\w)")


def is_country(name: str) -> bool:
    """Whether it is how a country, its people or its capital is called, and so nobody's own name: "Swedish"."""
    return folded(name).casefold().removeprefix("the ") in _aliases()


def _grammar(word: str) -> bool:
    return word.lower() in FUNCTION_WORDS and not word.isupper()


def _is_initials(name: str) -> bool:
    return name.isupper() and name.isalpha() and 2 <= len(name) <= 6


def _spelled(initials: str) -> str:
    return f" {_INITIALS}".join(rf"{letter}[\w'’-]+" for letter in initials)


def _also_called(name: str) -> frozenset[str]:
    return _aliases().get(name, frozenset())


@lru_cache(maxsize=1)
def _aliases() -> dict[str, frozenset[str]]:
    """Folded name -> the other names of the same country or union of countries."""
    from countryinfo import (
        all_countries,  # a fifth of a second; few questions name nobody, and `qa --help` none
    )

    groups = [[long.title(), short] for long, short in _TWO_INITIALS.items()]
    groups += [_names_of(country.info()) for country in all_countries()]
    found: dict[str, set[str]] = {}
    for group in groups:
        for name in group:
            found.setdefault(name.casefold(), set()).update(group)
    return {name: frozenset(group) for name, group in found.items()}


def _names_of(country: Mapping[str, Any]) -> list[str]:
    """A country's names, its people's and its capital's, without ISO's codes ("IN", "DEU") for what nobody calls so."""
    told = [country[key] for key in ("name", "altSpellings", "demonym", "capital") if country.get(key)]
    names = [folded(name) for of in told for name in ([of] if isinstance(of, str) else of) if name]
    names += [shorter for name in names if (shorter := _SHORTENED.sub("", name)) != name]
    initials = {"".join(word[0] for word in name.split() if word[0].isupper()) for name in names}
    return [name for name in names if not (name.isupper() and len(name) <= 3) or name in initials]
