"""Measure and fit the understanding of follow-up questions on files in CANARD's layout.

A file holds a list of {History, QuAC_dialog_id, Question, Rewrite} (Elgohary, Peskov and Boyd-Graber, "Can You Unpack
That? Learning to Rewrite Questions-in-Context", EMNLP 2019). History is the title and the section of an article, then
questions and answers in turn; title and section enter as a first turn, as if someone had named the title and the
section had been the answer. "I don't know." is a turn without an answer.

Measures. A text's words are its folded words without punctuation, articles and the possessive 's, as a bag. The words
added are the bag of the rewrite less the bag of the question. F1 of the words added, of what was understood against
the human rewrite, is averaged over the questions whose rewrite has other words than the question; where the rewrite
only leaves words out, adding nothing counts as 1. A question whose rewrite has its very words stands alone, and is
left alone where what is understood has the same words too.

    qa evaluate followups FILE [--half tune]
"""

from __future__ import annotations

import gzip
import hashlib
import json
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.answer.understand.followup import standalone
from qa.errors import BadRequest
from qa.records import Turn

HALVES = ("tune", "measure")
_UNANSWERED = "I don't know."
_PUNCTUATION = str.maketrans("", "", string.punctuation + "‘’“”´")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One question of a conversation, and how a person wrote it to stand alone."""

    dialogue: str
    history: tuple[Turn, ...]
    question: str
    rewrite: str


def read(file: Path, half: str | None = None) -> list[FollowUp]:
    """The questions of a half, by dialogue, or all. Raises BadRequest where the file is not in CANARD's layout."""
    try:
        raw = file.read_bytes()
        told = json.loads(gzip.decompress(raw) if file.suffix == ".gz" else raw)
        asked = [
            FollowUp(
                str(one["QuAC_dialog_id"]), _turns(one["History"]), str(one["Question"]), str(one["Rewrite"])
            )
            for one in told
        ]
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise BadRequest(
            f"{file} is not a file in CANARD's layout: {type(error).__name__}: {error}"
        ) from error
    return [one for one in asked if half is None or half_of(one.dialogue) == half]


def half_of(dialogue: str) -> str:
    """The parity of the SHA-256 of the dialogue's name."""
    return HALVES[hashlib.sha256(dialogue.encode()).digest()[-1] % 2]


def _turns(history: list[str]) -> tuple[Turn, ...]:
    if len(history) % 2:
        raise ValueError("a history has an odd number of texts")
    pairs = zip(history[::2], history[1::2], strict=True)
    return tuple(Turn(question, None if answer == _UNANSWERED else answer) for question, answer in pairs)


def bag(text: str) -> Counter[str]:
    """The words that are compared."""
    plain = text.casefold().replace("’s", "").replace("'s", "").translate(_PUNCTUATION)
    return Counter(word for word in plain.split() if word not in ("a", "an", "the"))


def added_f1(question: str, understood: str, rewrite: str) -> float:
    """F1 (0..1) of the words that were added to the question against those that a person added."""
    asked = bag(question)
    ours, theirs = bag(understood) - asked, bag(rewrite) - asked
    if not ours or not theirs:
        return float(ours == theirs)
    common = sum((ours & theirs).values())
    return 2 * common / (sum(ours.values()) + sum(theirs.values()))


def measure(file: Path, half: str = "measure") -> dict[str, Any]:
    """The figures over one half of the file, in per cent. Raises BadRequest."""
    asked = read(file, half)
    if not asked:
        raise BadRequest(f"{file} holds no question of the half {half!r}.")
    understood = [standalone(one.question, one.history) for one in asked]
    added = scores(asked, understood)
    left = [
        bag(ours) == bag(one.question)
        for one, ours in zip(asked, understood, strict=True)
        if bag(one.question) == bag(one.rewrite)
    ]
    return {
        "half": half,
        "questions": len(asked),
        "follow_ups": len(added),
        "added_f1": percent(added),
        "stand_alone": len(left),
        "left_alone": percent(left),
    }


def scores(asked: Sequence[FollowUp], understood: Sequence[str]) -> list[float]:
    """F1 of the words added, of each question that does not stand alone."""
    return [
        added_f1(one.question, ours, one.rewrite)
        for one, ours in zip(asked, understood, strict=True)
        if bag(one.question) != bag(one.rewrite)
    ]


def percent(values: list[float] | list[bool]) -> float | None:
    return round(100 * sum(values) / len(values), 2) if values else None
