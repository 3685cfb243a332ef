"""A question that its paragraph answers -> one that it does not, by changing one thing in the question.

A date, a number or a name that stands both in the question and in the paragraph is changed to another one of the
same kind, taken from elsewhere in the corpus and absent from the paragraph. "What did the US hand over on January
26?" becomes "... on February 26?": the paragraph is about it and still does not say. Or a name is exchanged for
another one of the paragraph, which then says something of both, only not this. Or a word becomes its opposite
("before", "after"), or the question is negated ("did", "didn't"). Negation, opposites and exchanged names are three
of the kinds that people chose most for SQuAD 2.0's unanswerable questions (Rajpurkar et al., 2018, table 1).
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable

from qa.english.calendar import MONTHS, WEEKDAYS, YEAR

_Maker = Callable[[str, str, random.Random], str | None]  # question, context -> the changed question
_OPPOSITES = tuple(
    tuple(pair.split("/"))
    for pair in (
        "first/last before/after largest/smallest larger/smaller most/least more/fewer highest/lowest higher/lower "
        "high/low north/south northern/southern east/west eastern/western early/late earlier/later "
        "increase/decrease increased/decreased rise/fall rose/fell won/lost win/lose best/worst better/worse "
        "oldest/newest oldest/youngest older/younger positive/negative private/public male/female men/women "
        "father/mother son/daughter husband/wife brother/sister upper/lower inner/outer internal/external "
        "begin/end began/ended opened/closed founded/dissolved built/destroyed accepted/rejected "
        "supported/opposed support/oppose minimum/maximum majority/minority rich/poor strong/weak strongest/weakest "
        "hot/cold warm/cool always/never allowed/forbidden legal/illegal included/excluded import/export "
        "ally/enemy allies/enemies gained/lost present/absent success/failure "
        "successful/unsuccessful longest/shortest longer/shorter long/short fast/slow faster/slower easy/difficult "
        "common/rare popular/unpopular liked/disliked agreed/refused bought/sold buy/sell "
        "ancient/modern urban/rural heavy/light cheap/expensive above/below inside/outside with/without"
    ).split()
)
_NEGATABLE = re.compile(r"\b(?:did|does|do|is|are|was|were|can|could|would|should|has|have|had)\b", re.I)
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("day", re.compile(rf"\b(?:{'|'.join(MONTHS)}) \d{{1,2}}\b")),
    ("month", re.compile(rf"\b(?:{'|'.join(MONTHS)})\b(?! \d{{1,2}}\b)")),
    ("weekday", re.compile(rf"\b(?:{'|'.join(WEEKDAYS)})\b")),
    ("year", re.compile(rf"\b{YEAR}\b")),
    ("number", re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w-])")),
    ("name", re.compile(r"(?<=[a-z,] )(?:[A-Z][a-z]{2,})(?: (?:of )?[A-Z][a-z]{2,})*")),
)


class NearMisses:
    """Makes near misses with names, numbers and dates seen in `texts`."""

    def __init__(self, texts: Iterable[str]) -> None:
        pools: dict[str, set[str]] = defaultdict(set)
        for text in texts:
            for kind, match in _named(text):
                pools[kind].add(match.group())
        pools["month"], pools["weekday"] = set(MONTHS), set(WEEKDAYS)
        self._pools = {kind: sorted(values) for kind, values in pools.items()}
        self._opposites: dict[str, list[str]] = defaultdict(list)
        for one, other in _OPPOSITES:
            self._opposites[one].append(other)
            self._opposites[other].append(one)

    def make(self, question: str, context: str, rng: random.Random) -> str | None:
        """The changed question, or None where it holds nothing that could be changed.

        Three times in four what it names is changed, where it names something; else a word becomes its opposite,
        or, rarely, the question is negated.
        """
        makers: list[_Maker] = [self.renamed, self.opposite]
        if rng.random() >= 0.75:
            makers.reverse()
        if rng.random() < 0.15:
            makers.insert(0, negated)
        for maker in makers:
            changed = maker(question, context, rng)
            if changed is not None:
                return changed
        return None

    def opposite(self, question: str, context: str, rng: random.Random) -> str | None:
        """One word exchanged for its opposite, where the context does not hold that."""
        words = [m for m in re.finditer(r"\w+", question) if m.group().lower() in self._opposites]
        if not words:
            return None
        word = rng.choice(words)
        other = rng.choice(self._opposites[word.group().lower()])
        if re.search(rf"\b{other}\b", context, re.I):
            return None
        other = other.capitalize() if word.group()[0].isupper() else other
        return _with(question, word, other)

    def renamed(self, question: str, context: str, rng: random.Random) -> str | None:
        """One name, number or date of question and context exchanged for one that the context does not hold."""
        lowered = context.lower()
        places = [(kind, match) for kind, match in _named(question) if match.group().lower() in lowered]
        rng.shuffle(places)
        for kind, match in places:
            other = self._other(kind, match.group(), lowered, rng)
            if other is not None:
                return _with(question, match, other)
        return None

    def _other(self, kind: str, value: str, lowered_context: str, rng: random.Random) -> str | None:
        if (
            kind == "day" and rng.random() < 0.7
        ):  # mostly one half of the date only: the closest miss there is
            month, day = value.split()
            candidates = [f"{other} {day}" for other in MONTHS if other != month]
            candidates += [f"{month} {number}" for number in range(1, 29) if str(number) != day]
        elif kind == "year" and rng.random() < 0.5:
            candidates = [str(int(value) + step) for step in (-10, -3, -2, -1, 1, 2, 3, 10)]
        elif kind == "number" and value.isdigit() and len(value) < 4 and rng.random() < 0.5:
            candidates = [str(max(int(value) + step, 0)) for step in (-3, -2, -1, 1, 2, 3, 5, 10)]
        else:
            pool = self._pools.get(kind, [])
            words = value.count(" ")
            candidates = [c for c in rng.sample(pool, min(len(pool), 40)) if c.count(" ") == words]
        rng.shuffle(candidates)
        return next((c for c in candidates if c.lower() not in lowered_context and c != value), None)


def exchanged(question: str, context: str, rng: random.Random) -> str | None:
    """One name of question and context exchanged for another one that only the context holds."""
    inside = {match.group() for kind, match in _named(context) if kind == "name"}
    places = [match for kind, match in _named(question) if kind == "name" and match.group() in inside]
    rng.shuffle(places)
    for place in places:
        name = place.group()
        others = sorted(
            n for n in inside if n.lower() not in question.lower() and n not in name and name not in n
        )
        if others:
            return _with(question, place, rng.choice(others))
    return None


def negated(question: str, context: str, _: random.Random) -> str | None:
    """The first auxiliary verb negated, where neither question nor context negates anything."""
    verb = _NEGATABLE.search(question)
    if verb is None or re.search(r"\bnot\b|n't\b|\bnever\b", question + context, re.I):
        return None
    changed = verb.group()[:-1] + "n't" if verb.group().lower() == "can" else verb.group() + "n't"
    return _with(question, verb, changed)


def _with(question: str, place: re.Match[str], other: str) -> str:
    return question[: place.start()] + other + question[place.end() :]


def _named(text: str) -> list[tuple[str, re.Match[str]]]:
    """What a text names, each thing once: the number of a day is no number, and its month is no name."""
    found: list[tuple[str, re.Match[str]]] = []
    for kind, pattern in _KINDS:
        for match in pattern.finditer(text):
            if all(match.end() <= other.start() or match.start() >= other.end() for _, other in found):
                found.append((kind, match))
    return found
