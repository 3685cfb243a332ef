"""Gold questions: what is asked, what is right, and whether an answer is.

A file holds one JSON object a line: {id, question, answers, sources, history?}. An answer is right when its
normalized text equals an acceptable one, or contains one and is at most six words longer, and its first citation is
one of `sources`; where `answers` is empty, only "no answer" is right. A guess that is marked as one counts half where
it is right, and half where `answers` is empty.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.errors import BadRequest
from qa.records import Answer, Citation, Turn

from .metrics import normalize

EXTRA_WORDS = 6


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    id: str
    question: str
    answers: tuple[str, ...]
    sources: tuple[str, ...]
    history: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    id: str
    right: bool
    answer: str | None
    why: str
    score: float  # 1 where it is right, 0.5 where it is half right, else 0
    guess: str | None = None


def read(file: Path) -> list[GoldQuestion]:
    """Raises BadRequest where the file is missing, or a line is not a gold question."""
    try:
        lines = file.read_text(encoding="utf-8").split("\n")  # splitlines() would cut at U+2028 too
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequest(f"The gold file {file} cannot be read: {error}") from error
    return [_question(file, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _question(file: Path, number: int, line: str) -> GoldQuestion:
    try:
        told = json.loads(line)
        return GoldQuestion(
            id=str(told["id"]),
            question=_text(told["question"]),
            answers=_texts(told["answers"]),
            sources=_texts(told["sources"]),
            history=tuple(
                Turn(_text(turn["question"]), turn.get("answer")) for turn in told.get("history", [])
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadRequest(
            f"Line {number} of {file} is not a gold question: {type(error).__name__}: {error}"
        ) from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):  # a lone text would pass as a list of its letters
        raise TypeError(f"{value!r} is not a list of texts")
    return tuple(_text(item) for item in value)


def judge(question: GoldQuestion, answer: Answer) -> Verdict:
    """Whether `answer` is right, and why or why not."""
    guess = answer.guess
    if guess is not None:
        right, why = _judge(question, guess.text, guess.citations)
        half = right or not question.answers
        told = "half right: not sure" if half else f"not sure; {why}"
        return Verdict(question.id, False, None, told, 0.5 * half, guess.text)
    if answer.text is None:
        missed = bool(question.answers)
        return Verdict(question.id, not missed, None, f"no answer: {answer.reason}", float(not missed))
    right, why = _judge(question, answer.text, answer.citations)
    return Verdict(question.id, right, answer.text, why, float(right))


def _judge(question: GoldQuestion, text: str, citations: Sequence[Citation]) -> tuple[bool, str]:
    if not question.answers:
        return False, "answered, though the articles do not"
    if not any(matches(text, acceptable) for acceptable in question.answers):
        return False, f"not an acceptable answer; one would be: {question.answers[0]}"
    cited = citations[0].file
    if cited not in question.sources:
        return False, f"cites {cited}, not one of {', '.join(question.sources)}"
    return True, f"right, cites {cited}"


def matches(answer: str, acceptable: str) -> bool:
    said, wanted = normalize(answer).split(), normalize(acceptable).split()
    if said == wanted:
        return True
    contains = f" {' '.join(wanted)} " in f" {' '.join(said)} "
    return bool(wanted) and contains and len(said) <= len(wanted) + EXTRA_WORDS
