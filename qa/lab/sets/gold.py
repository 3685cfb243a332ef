"""Gold questions: what is asked, what is right, and whether an answer is.

A file holds one JSON object a line: {id, question, answers, sources, history?}. An answer is right when its
normalized text equals an acceptable one, or contains one and is at most six words longer, and its first citation is
one of `sources`; where `answers` is empty, only "no answer" is right.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from qa.errors import BadRequest
from qa.records import Answer, Turn

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
    right, why = _judge(question, answer)
    return Verdict(question.id, right, answer.text, why)


def _judge(question: GoldQuestion, answer: Answer) -> tuple[bool, str]:
    if answer.text is None:
        return not question.answers, f"no answer: {answer.reason}"
    if not question.answers:
        return False, "answered, though the articles do not"
    if not any(matches(answer.text, acceptable) for acceptable in question.answers):
        return False, f"not an acceptable answer; one would be: {question.answers[0]}"
    cited = answer.citations[0].file
    if cited not in question.sources:
        return False, f"cites {cited}, not one of {', '.join(question.sources)}"
    return True, f"right, cites {cited}"


def matches(answer: str, acceptable: str) -> bool:
    said, wanted = normalize(answer).split(), normalize(acceptable).split()
    if said == wanted:
        return True
    contains = f" {' '.join(wanted)} " in f" {' '.join(said)} "
    return bool(wanted) and contains and len(said) <= len(wanted) + EXTRA_WORDS
