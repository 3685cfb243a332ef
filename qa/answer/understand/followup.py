"""A follow-up question and the turns before it -> a question that stands alone.

What a question leaves unsaid is found by rules: a pronoun, "this" or "the album", part of a name, or "else"; questions
like "Why?" take over the one before (`ellipsis`). What it stands for is chosen among what the conversation spoke of
(`salience`), and written where it belongs (`rephrase`). No word is added that stands neither in the conversation nor
among a few prepositions and articles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Protocol

from qa.english.forms import is_country
from qa.english.people import PERSON as PERSON_NOUN
from qa.english.verbs import AUXILIARY, BE
from qa.english.words import FUNCTION_WORDS
from qa.records import Turn

from .conversation import Conversation, Referent
from .ellipsis import complete
from .mentions import spoken_of, words
from .rephrase import Write, apposed_to, besides, completed, in_place, owns, regarding, shown
from .salience import (  # fmt: skip
    CONTEXT,
    ELSE,
    IT,
    MORE,
    NEEDS,
    NOUN,
    PART,
    PERSON,
    THE,
    THEY,
    THIS,
    Salience,
    Slot,
    features,
    shipped,
)
from .typed import readable

_PRONOUNS = {
    PERSON: re.compile(r"\b(?:he|she|him|her|his|hers)\b", re.IGNORECASE),
    THEY: re.compile(r"\b(?:they|them|their|theirs)\b", re.IGNORECASE),
    IT: re.compile(r"\b(?:its|it)\b(?! takes?\b)", re.IGNORECASE),
}
_SHOWN = re.compile(r"\b(this|that|these|those)\b(?:\s+(\w+))?(?:\s+(\w+))?", re.IGNORECASE)
_DEFINITE = re.compile(r"\bthe\s+(\w+)\b(?!\s+(?:of|that|who|which)\b)", re.IGNORECASE)
_THING = re.compile(r"\b(?:the|an?) [a-z]\w+\b", re.IGNORECASE)
_CLAUSE_BEGINS = re.compile(
    r",|\b(?:before|after|when|while|until|since|because|if|and|but|or|so|that|though|although)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(rf"\b{PERSON_NOUN}\b", re.IGNORECASE)
# Questions whose answer is who their verb's subject is: not "Who did she meet?"
_WHO = re.compile(
    rf"(?:(?:and|but|so) )?(?:who|(?:what|which) (?:\w+ )?{PERSON_NOUN}) (?!(?:do|does|did)\b)", re.IGNORECASE
)
_AUXILIARY = re.compile(AUXILIARY, re.IGNORECASE)
_OTHER = re.compile(r"\b(?:else|other|others|another|more|also|additional|further|besides)\b", re.IGNORECASE)

_TURN_CHARS = 2_000  # more than any answer; a history of book length must not hold up a question
# Earlier turns that are gone through, the last ones: no conversation of CANARD has more before a question.
_TURNS = 12

# Difference in log odds up to which two readings are both asked.
NEAR = 1.0

Names = Sequence[tuple[int, str]]  # places in a question, and the names there


class Choose(Protocol):
    def needs(self, values: dict[str, float]) -> bool:
        """Whether a question of these traits, with no pronoun, leaves anything unsaid."""

    def choose(
        self, slot: Slot, among: Sequence[Referent], values: Sequence[dict[str, float]]
    ) -> Referent | None:
        """Which of at least one referent fills the slot, by their features; None leaves it open."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What a question may be asked as by someone who has not asked the earlier ones.

    texts: one or two, the likelier first. tied: whether a word of the question points to what was said before. Where
    none does, one of two texts is the question as it stands, and only what is asked can tell which is meant.
    """

    texts: tuple[str, ...]
    tied: bool = True


def standalone(question: str, history: Sequence[Turn]) -> str:
    """`question` as it would be asked by someone who has not asked the earlier ones, oldest first.

    A question that stands alone comes back unchanged, but for a name that it gives in part; every question without
    history does.
    """
    return readings(question, history).texts[0]


def readings(question: str, history: Sequence[Turn]) -> Readings:
    """What `standalone` says, and behind it what is meant instead where that may be."""
    said = Conversation()
    by = Chooser(shipped())
    for turn in history[-_TURNS:]:
        if asked := _looked_at(turn.question):
            said.add(understand(asked, said, by), _looked_at(turn.answer or "") or None)

    def read(by: Choose) -> str:
        return understand(question, deepcopy(said), by)  # a copy, for what is chosen is noted in it

    tied = _tied(_slots(question, _named(question, said), said))
    first, alone = read(by), read(Alone(shipped()))
    other = alone if not tied and alone != first else read(Doubting(shipped()))
    return Readings(tuple(dict.fromkeys((first, other))), tied)


def _looked_at(text: str) -> str:
    """What is looked at of an earlier turn: its first characters, without any that cannot be shown."""
    return " ".join(readable(text[:_TURN_CHARS]).split())


@dataclass(slots=True)
class Chooser:
    """Takes the most salient referent, where one is salient enough for the kind of slot."""

    salience: Salience

    def needs(self, values: dict[str, float]) -> bool:
        return self.salience.score(NEEDS, values) > self.salience.threshold[NEEDS]

    def choose(
        self, slot: Slot, among: Sequence[Referent], values: Sequence[dict[str, float]]
    ) -> Referent | None:
        scores = [self.salience.score(slot.kind, row) for row in values]
        best = max(range(len(among)), key=scores.__getitem__)
        return among[best] if scores[best] > self.salience.threshold[slot.kind] else None


class Alone(Chooser):
    """Adds nothing that no word of the question points to."""

    def needs(self, values: dict[str, float]) -> bool:
        return False


@dataclass(slots=True)
class Doubting(Chooser):
    """Decides once as `Chooser` nearly would have: whether anything is left unsaid at all, or what a pronoun means."""

    doubted: bool = False

    def needs(self, values: dict[str, float]) -> bool:
        above = self.salience.score(NEEDS, values) - self.salience.threshold[NEEDS]
        if self.doubted or abs(above) > NEAR:
            return above > 0
        self.doubted = True
        return above <= 0

    def choose(
        self, slot: Slot, among: Sequence[Referent], values: Sequence[dict[str, float]]
    ) -> Referent | None:
        first = Chooser(self.salience).choose(slot, among, values)
        if self.doubted or first is None or slot.kind not in (PERSON, THEY, IT):
            return first
        scores = {id(r): self.salience.score(slot.kind, row) for r, row in zip(among, values, strict=True)}
        others = [r for r in among if set(r.words).isdisjoint(first.words)]
        second = max(others, key=lambda r: scores[id(r)], default=first)
        self.doubted = scores[id(first)] - scores[id(second)] < NEAR and second is not first
        return second if self.doubted else first


def understand(question: str, said: Conversation, by: Choose) -> str:
    """One question in its conversation. Notes in `said` what its pronouns stood for."""
    if not said.referents:
        return question
    whole = complete(question, said.questions[-1], said.answers[-1])
    if whole is not None:
        return whole
    text, filled = question, False
    named = _named(question, said)
    slots = _slots(question, named, said)
    aside = traits(question, named, slots, said)
    if not _pointing(slots) and not by.needs(aside):
        slots = [(slot, write) for slot, write in slots if slot.kind == PART]
    for slot, write in slots:
        if slot.kind == CONTEXT and filled:
            slot = Slot(MORE)
        inside = frozenset(words(text))
        among = _fitting(slot, said, inside)
        if not among:
            continue
        referent = by.choose(slot, among, [features(r, slot, said, inside) | aside for r in among])
        if referent is not None:
            text, filled = write(text, referent), True
            referent.filled[slot.kind] = len(said.questions)
    return text


def leaves_open(question: str, said: Conversation) -> bool:
    """Whether a pronoun, or "this", says that something is left unsaid."""
    return _pointing(_slots(question, _named(question, said), said))


def _pointing(slots: Sequence[tuple[Slot, Write]]) -> bool:
    return any(slot.kind in _POINTING for slot, _ in slots)


def _tied(slots: Sequence[tuple[Slot, Write]]) -> bool:
    return _pointing(slots) or any(slot.kind == ELSE for slot, _ in slots)


def traits_of(question: str, said: Conversation) -> dict[str, float]:
    named = _named(question, said)
    return traits(question, named, _slots(question, named, said), said)


def _slots(question: str, named: Names, said: Conversation) -> list[tuple[Slot, Write]]:
    """What the question leaves open, in the order in which it is filled."""
    return [*_pronouns(question, named), *_definites(question), *_rest(question, named, said)]


def _pronouns(question: str, named: Names) -> Iterator[tuple[Slot, Write]]:
    for kind, pattern in _PRONOUNS.items():
        match = pattern.search(question)
        bound = _within if kind == IT else _bound
        if match and not bound(question, match, named):
            yield Slot(kind, object=_is_object(question, match)), in_place(pattern)
    for match in _SHOWN.finditer(question):
        first, second = (match.group(2) or "").casefold(), (match.group(3) or "").casefold()
        if (match.group(1).casefold() == "that" and first in _CLAUSE) or first in _META:
            continue
        if first and first not in FUNCTION_WORDS and (second or not _ends_alone(question, match)):
            yield Slot(NOUN, noun=first), apposed_to(match.group(1), match.group(2))
        else:
            yield Slot(THIS), shown(match.group(1))
        return


def _is_object(question: str, pronoun: re.Match[str]) -> bool:
    word = pronoun.group().casefold()
    return word in ("him", "them") or (word == "her" and not owns(question, pronoun))


def _bound(question: str, pronoun: re.Match[str], named: Names) -> bool:
    """Whether the pronoun can stand for a name before it.

    A subject right behind its auxiliary cannot ("What film has she been in?"), nor can an object of the same clause.
    """
    before = question[: pronoun.start()].split()
    if _is_object(question, pronoun) or (before and _AUXILIARY.fullmatch(before[-1])):
        return False
    return any(at < pronoun.start() for at, _ in named)


def _within(question: str, pronoun: re.Match[str], named: Names) -> bool:
    """Whether "it" stands for a thing of the question's own in a clause before: "the house before they bought it"."""
    thing = _THING.search(question[: pronoun.start()])
    return thing is not None and _CLAUSE_BEGINS.search(question, thing.end(), pronoun.start()) is not None


def _definites(question: str) -> Iterator[tuple[Slot, Write]]:
    match = _DEFINITE.search(question)
    noun = match.group(1) if match else ""
    if noun.islower() and noun not in FUNCTION_WORDS | _META:
        yield Slot(THE, noun=noun), apposed_to("the", noun)


def _rest(question: str, named: Names, said: Conversation) -> Iterator[tuple[Slot, Write]]:
    inside = frozenset(words(question))
    for _, name in named:
        referent = said.find(name)
        if referent and not inside.issuperset(referent.words):
            yield Slot(PART, noun=name), completed(name)
            break
    if _OTHER.search(question):
        yield Slot(ELSE), besides
    yield Slot(CONTEXT), regarding


# What is read, not what it is about.
_META = frozenset("article articles passage text page information".split())
_POINTING = (PERSON, THEY, IT, THIS, NOUN)
_CLAUSE = frozenset(
    "he she it they we you i the a an is was were are has had would will could can did his her".split()
)


def _ends_alone(question: str, match: re.Match[str]) -> bool:
    before = question[: match.start()].split()
    return bool(before) and before[-1].casefold() in ("did", "does", "do", "was", "is", "were", "are")


def _fitting(slot: Slot, said: Conversation, inside: frozenset[str]) -> list[Referent]:
    if slot.kind == PART:
        found = said.find(slot.noun)
        return [found] if found else []
    fitting = [r for r in said.referents if r.words and not inside.issuperset(r.words)]
    if slot.kind == PERSON:
        fitting = _who_answered(said) or [r for r in fitting if _may_be_person(r)]
    elif slot.kind in (THEY, IT):
        fitting = [r for r in fitting if r.kind != "date"]
        if slot.kind == IT:
            paired = {word for r in said.referents if r.pair for word in r.words}
            fitting = [r for r in fitting if PERSON not in r.filled and not paired.issuperset(r.words)]
    elif slot.kind == ELSE:
        fitting = [r for r in fitting if r.kind != "date" and any(place.in_answer for place in r.places)]
    return fitting if slot.kind == ELSE else [r for r in fitting if not r.clause]


def _may_be_person(referent: Referent) -> bool:
    if referent.kind == "answer":
        return _PERSON.search(referent.text) is not None and not referent.no_person
    return referent.kind == "name" and not (referent.pair or referent.no_person or is_country(referent.text))


def _who_answered(said: Conversation) -> list[Referent]:
    """Who did what was asked last, where nobody has been spoken of by a pronoun yet: attention is on the answer then,
    and not on whom the question named besides (Grosz, Joshi and Weinstein, 1995)."""
    answer, kept = words(said.answers[-1] or ""), any(PERSON in r.filled for r in said.referents)
    if kept or not answer or not _WHO.match(said.questions[-1]):
        return []
    return [r for r in said.referents if r.kind == "name" and r.words == answer and _may_be_person(r)]


def _named(question: str, said: Conversation) -> Names:
    """(place, name) of the names in a question, with capitals or known from before."""
    found = [(question.find(name), name) for name, kind in spoken_of(question) if kind in ("name", "title")]
    folded, inside = question.casefold(), frozenset(words(question))
    for referent in said.referents:
        for form, parts in referent.forms:
            at = folded.find(form.casefold()) if inside.issuperset(parts) else -1
            if at >= 0 and not any(start <= at < start + len(name) for start, name in found):
                found.append((at, question[at : at + len(form)]))
                break
    return sorted(found)


def traits(
    question: str, named: Names, slots: Sequence[tuple[Slot, Write]], said: Conversation
) -> dict[str, float]:
    """What the question alone says about whether it leaves something unsaid; name -> value of what is not 0."""
    folded, inside = question.casefold(), frozenset(words(question))
    content = inside - FUNCTION_WORDS
    found = [(said.find(name), name) for _, name in named]
    topic = max((r for r in said.referents if r.named), key=lambda r: len(r.places), default=None)
    opening = re.match(r"\W*(\w+)(?:\W+(\w+))?", folded)
    definite = next((slot.noun for slot, _ in slots if slot.kind == THE), "")
    spoken = {word for referent in said.referents for word in referent.words}
    values = {
        "names_something": bool(named),
        "names_topic": topic is not None and inside.issuperset(topic.words),
        "names_known": any(r is not None and inside.issuperset(r.words) for r, _ in found),
        "names_part": any(slot.kind == PART for slot, _ in slots),
        "names_new": any(r is None for r, _ in found),
        "names_long": any(len(words(name)) > 1 for _, name in named),
        "definite": bool(definite),
        "definite_spoken_of": definite in spoken,
        "definites": folded.count(" the ") / 2,
        "what_is": re.match(rf"(?:who|what) {BE} (?!the )", folded) is not None,
        "happened": "happen" in folded,
        "happened_to": re.search(r"happen\w* (?:\w+ )?(?:to|with|between|during) ", folded) is not None,
        "placed": re.search(
            r"\b(?:of|with|to|for|about|between|from|by) (?!(?:an?|the) \w+\W*$)[\w\W]+$", folded
        )
        is not None,
        "placed_last": re.search(
            r"\b(?:of|with|to|for|about|between|from|by|on|in|at) (?:an? |the )?\w+\W*$", folded
        )
        is not None,
        "there": " there " in folded,
        "ends_in_name": bool(named) and folded.rstrip(" ?.!").endswith(named[-1][1].casefold()),
        "only_part": len(named) == 1 and any(slot.kind == PART for slot, _ in slots),
        "you": re.search(r"\b(?:you|we|i)\b", folded) is not None,
        "other": any(slot.kind == ELSE for slot, _ in slots),
        "has_year": re.search(r"\b\d{4}\b", folded) is not None,
        "any": re.search(r"\bany", folded) is not None,
        "article": not _META.isdisjoint(inside),
        "content": min(len(content), 8) / 4,
        "little_content": len(content) <= 1,
        "content_new": sum(word not in spoken for word in content) / max(1, len(content)),
        "short": len(question.split()) <= 3,
        "first_question": len(said.questions) == 1,
        "unanswered": said.answers[-1] is None,
        "small_first": question[:1].islower(),
        f"opens_{opening.group(1) if opening else ''}": True,
    }
    return {name: float(value) for name, value in values.items() if value}
