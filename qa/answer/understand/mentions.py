"""What one text speaks of: names, quoted titles, dates and things, with their places.

No list of names is used: a name is known by its capitals, or in a question of small letters by where it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from qa.english.calendar import MONTHS, WEEKDAYS, YEAR
from qa.english.verbs import AUXILIARY
from qa.english.words import DETERMINERS, FUNCTION_WORDS

_JOINERS = frozenset("of the de la le du van von der den del di da bin al and for in on vs with".split())
_LOOSE_JOINERS = frozenset("and in on for with".split())  # inside a title or a pair, else between two names
_TOKEN = re.compile(r"\w+(?:[-.’'/]\w+)*\.?|&")
_QUOTED = re.compile(r'"([^"]{2,60})"|“([^”]{2,60})”|«([^»]{2,60})»')
_YEAR = re.compile(rf"\b{YEAR}(?:s\b|\b)")
_POSSESSIVE = re.compile(r"(?:'s|’s|(?<=s)['’])$", re.IGNORECASE)
_AUXILIARY = re.compile(rf"\b{AUXILIARY}\s+", re.IGNORECASE)
_WHO_IS = re.compile(r"who (?:is|was|are|were) (\w[\w.-]*(?: \w[\w.-]*){0,3})\W*$")
CALENDAR = re.compile(
    rf"(?:{'|'.join((*MONTHS, *WEEKDAYS))}|[$£€]?\d[\d,.]*|a little|about|around|over)\b.{{0,20}}$",
    re.IGNORECASE,
)
_PLURAL = re.compile(r"[a-z]{3,}(?<![suis])s")
_OPENING = re.compile(r"(?:^|[.!?]\s)[\s\"“(]*$")
_THING_WORDS = 3  # words a thing is called by, after its determiner


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """Words without capitals, accents, possessives and articles."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    bare = (_POSSESSIVE.sub("", match.group()).rstrip(".") for match in _TOKEN.finditer(plain))
    return tuple(word for word in bare if word not in ("a", "an", "the"))


def spoken_of(text: str) -> list[tuple[str, str]]:
    """(text, kind) of what one text speaks of, in its order."""
    found: list[tuple[int, int, str, str]] = []
    for match in _QUOTED.finditer(text):
        inner = next(group for group in match.groups() if group is not None)
        if any(word[:1].isupper() for word in inner.split()):
            found.append((match.start(), match.end(), inner.strip(" .,"), "title"))
    taken = [(start, end) for start, end, _, _ in found]
    for finder, kind in (
        (names_in, "name"),
        (_without_capitals, "name"),
        (_dates, "date"),
        (_things, "thing"),
        (_plurals, "thing"),
    ):
        for start, end in finder(text):
            if not any(start < e and end > s for s, e in taken):
                taken.append((start, end))
                found.append((start, end, _POSSESSIVE.sub("", text[start:end]).rstrip(" .,"), kind))
    found = [(*one[:3], "date" if CALENDAR.match(one[2]) else one[3]) for one in found]
    found += [(start, end, text[start:end], "name") for start, end in _pairs(text)]
    found.sort(key=lambda one: (one[0], -one[1]))
    return [(name, kind) for _, _, name, kind in found if words(name)]


def names_in(text: str) -> Iterator[tuple[int, int]]:
    """Runs of capital words; a joiner ("of", "the") may stand between two of them."""
    run: list[re.Match[str]] = []
    joined: list[re.Match[str]] = []
    for token in [*_TOKEN.finditer(text), None]:
        word = token.group() if token else ""
        gap = text[(joined or run)[-1].end() : token.start()] if token and run else ""
        together = bool(run) and gap.strip() == "" and not _ends(run, joined)
        if token and together and word.casefold() in _JOINERS and word[:1].islower():
            joined.append(token)
            continue
        capital = bool(word) and (word[:1].isupper() or (together and not joined and word[:1].isdigit()))
        if token and capital and together and (not joined or _may_join(joined)):
            run += [*joined, token]
        else:
            yield from _trimmed(run, text)
            run = [token] if token and capital else []
        joined = []


def _ends(run: list[re.Match[str]], joined: list[re.Match[str]]) -> bool:
    """A possessive or a full stop ends a name, save after an initial."""
    last = (joined or run)[-1].group()
    return bool(_POSSESSIVE.search(last)) or (last.endswith(".") and len(last.replace(".", "")) > 2)


def _may_join(joined: list[re.Match[str]]) -> bool:
    return len(joined) <= 2 and not any(token.group() in _LOOSE_JOINERS for token in joined)


def _trimmed(run: list[re.Match[str]], text: str) -> Iterator[tuple[int, int]]:
    """Without first words that are capital only by their place."""
    while run and run[0].group().casefold() in FUNCTION_WORDS - {"the"}:
        run = run[1:]
    if not run:
        return
    start, end = run[0].start(), run[-1].end()
    alone = len(run) == 1 and run[0].group().casefold() in FUNCTION_WORDS
    opens = len(run) == 1 and _OPENING.search(text[:start]) and re.match(r" [a-z]", text[end:])
    if not alone and not opens:
        yield start, end


def _dates(text: str) -> Iterator[tuple[int, int]]:
    for match in _YEAR.finditer(text):
        yield match.span()


def _things(text: str) -> Iterator[tuple[int, int]]:
    """What follows a determiner: one to three words that are no function words."""
    tokens = list(_TOKEN.finditer(text))
    at = 0
    while at < len(tokens):
        if tokens[at].group().casefold() not in DETERMINERS:
            at += 1
            continue
        start = end = at + 1
        while end < len(tokens) and end - start < _THING_WORDS:
            word = tokens[end].group()
            gap = text[tokens[end - 1].end() : tokens[end].start()]
            verb = end > start and word.endswith(("ed", "ing"))
            if gap.strip() or word.casefold() in FUNCTION_WORDS or verb:
                break
            end += 1
            if word.endswith((".", "'s", "’s")) or _PLURAL.fullmatch(word):
                break
        if end > start:
            yield tokens[start].start(), tokens[end - 1].end()
        at = max(end, at + 1)


def _plurals(text: str) -> Iterator[tuple[int, int]]:
    """Words that end like a plural, with the word before, where no determiner tells where a thing begins."""
    tokens = list(_TOKEN.finditer(text))
    for before, token in pairwise(tokens):
        if _PLURAL.fullmatch(token.group()) and token.group() not in FUNCTION_WORDS:
            joined = before.group().casefold() not in FUNCTION_WORDS and before.group().islower()
            yield (before if joined else token).start(), token.end()


def subject_of(question: str) -> tuple[int, int] | None:
    """Where a question's subject stands, if a name, or two joined by "and", does behind its first auxiliary verb.

    In a question without capitals the word there is taken for one, where it is no function word.
    """
    auxiliary = _AUXILIARY.search(question)
    if auxiliary is None:
        return None
    spans = list(_pairs(question)) + list(names_in(question))
    for start, end in spans:
        if start == auxiliary.end() or question[auxiliary.end() : start].casefold() == "the ":
            return auxiliary.end(), end
    bare = _TOKEN.match(question, auxiliary.end())
    if bare and question == question.casefold() and bare.group() not in FUNCTION_WORDS:
        return bare.span()
    return None


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """Two names joined by "and"."""
    spans = list(names_in(text))
    for (start, end), (other, last) in pairwise(spans):
        if text[end:other] in (" and ", " & "):
            yield start, last


def _without_capitals(question: str) -> Iterator[tuple[int, int]]:
    """What a question of small letters names: who it asks for, or its subject."""
    if question != question.casefold():
        return
    asked = _WHO_IS.match(question)
    if asked and not any(word in FUNCTION_WORDS for word in asked.group(1).split()):
        yield asked.span(1)
    else:
        subject = subject_of(question)
        if subject is not None:
            yield subject
