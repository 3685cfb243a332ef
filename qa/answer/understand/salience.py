"""Which referent of a conversation a question leaves unsaid: features of each, and a linear model over them.

The slots that a question leaves open are of some kinds; each kind has its own weights. Salience by recency, subjects
before others, and a pronoun that keeps its referent from question to question go back to centering (Grosz, Joshi and
Weinstein, "Centering", Computational Linguistics, 1995).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from .conversation import Conversation, Referent

PERSON, THEY, IT, THIS, NOUN, THE, PART, ELSE, CONTEXT, MORE = SLOTS = (
    "person", "they", "it", "this", "noun", "the", "part", "else", "context", "more",
)  # fmt: skip
NEEDS = "needs"  # whether a question without a pronoun leaves anything unsaid
_OTHER_CLASS = {PERSON: (THEY, IT), THEY: (PERSON, IT), IT: (PERSON, THEY)}


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that something unsaid belongs to. noun: the small word that the referent is called by, or ""."""

    kind: str
    noun: str = ""
    object: bool = False  # "him", "them": rarely the subject of the question before


@dataclass(frozen=True, slots=True)
class Salience:
    """Weights of each slot kind's features, and the score (a log-odds) above which a slot is filled at all."""

    weights: dict[str, dict[str, float]]
    bias: dict[str, float]
    threshold: dict[str, float]

    def score(self, slot: str, values: dict[str, float]) -> float:
        own = self.weights[slot]
        return self.bias[slot] + sum(own.get(name, 0.0) * value for name, value in values.items())


@lru_cache(maxsize=1)
def shipped() -> Salience:
    """The weights that come with the package."""
    told = json.loads(
        resources.files("qa.models").joinpath("followup/salience.json").read_text(encoding="utf-8")
    )
    return Salience(told["weights"], told["bias"], told["threshold"])


def features(referent: Referent, slot: Slot, said: Conversation, inside: frozenset[str]) -> dict[str, float]:
    """Name -> value of what is not 0. inside: the folded words of the question."""
    turns = len(said.questions)
    last = referent.places[-1]
    age = turns - 1 - last.turn
    in_turns = {place.turn for place in referent.places}
    words = referent.words
    filled = referent.filled.get(slot.kind, -9)
    subject_last = float(any(p.turn == turns - 1 and p.subject and not p.in_answer for p in referent.places))
    values = {
        ("last_turn", "turn_before", "third_last", "older")[min(age, 3)]: 1.0,
        "in_last_answer": float(any(p.turn == turns - 1 and p.in_answer for p in referent.places)),
        "in_last_question": float(any(p.turn == turns - 1 and not p.in_answer for p in referent.places)),
        "share_of_turns": len(in_turns) / turns,
        "topic": float(referent is said.topic),
        referent.kind: 1.0,
        ("one_word", "two_words", "three_words", "four_words", "more_words")[min(len(words), 5) - 1]: 1.0,
        "subject_last": subject_last,
        "subject_often": sum(p.subject for p in referent.places) / len(referent.places),
        "kept": float(filled >= turns - 2),
        "filled_before": float(filled >= 0),
        "filled_other": float(any(kind in referent.filled for kind in _OTHER_CLASS.get(slot.kind, ()))),
        "near": float(bool(slot.noun) and (slot.noun in referent.near or slot.noun in words)),
        "in_question": len(inside.intersection(words)) / max(1, len(words)),
        "plural": float(referent.text[-1:] == "s" or " and " in referent.text or "&" in referent.text),
        "person_like": float(_person_like(referent)),
        "asked_who": float(_asked_who(referent, said)),
        "object_subject": float(slot.object) * subject_last,
        "object_thing": float(slot.object and referent.kind == "thing"),
        "object_name": float(slot.object and referent.named),
        "pair": float(referent.pair),
        "starts_the": float(referent.text[:4].casefold() == "the "),
        "latest_name": float(referent is said.latest_name),
        "share_of_names": len(referent.places) / max(1, said.namings),
    }
    return {name: value for name, value in values.items() if value}


def _person_like(referent: Referent) -> bool:
    """Two or three capital words with nothing between, or initials."""
    words = referent.text.split()
    return (
        referent.kind == "name"
        and 2 <= len(words) <= 4
        and all(word[:1].isupper() and word[:1].isalpha() for word in words)
        and words[0] != "The"
    )


def _asked_who(referent: Referent, said: Conversation) -> bool:
    """Whether a question "who" was asked about it, or was answered with it."""
    return any(said.questions[p.turn][:3].casefold() == "who" for p in referent.places)
