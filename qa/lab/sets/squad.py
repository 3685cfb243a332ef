"""Files in SQuAD's layout -> paragraphs with their questions.

Layout (Rajpurkar et al., 2016; 2018 for `is_impossible`): data[] -> {title, paragraphs[] -> {context, qas[] ->
{id, question, answers[] -> {text, answer_start}, is_impossible?}}}; `.json` or `.json.gz`.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import BadRequest


@dataclass(frozen=True, slots=True)
class Question:
    """A question over one paragraph. answers: (text, start in the context in characters); empty: unanswerable."""

    id: str
    text: str
    answers: tuple[tuple[str, int], ...]

    @property
    def answerable(self) -> bool:
        return bool(self.answers)

    @property
    def answer_texts(self) -> tuple[str, ...]:
        return tuple(text for text, _ in self.answers)


@dataclass(frozen=True, slots=True)
class Paragraph:
    title: str
    context: str
    questions: tuple[Question, ...]


def read(file: Path) -> list[Paragraph]:
    """All paragraphs of a file, in order. Raises BadRequest where it is missing or not in SQuAD's layout."""
    try:
        raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        return list(_paragraphs(json.loads(raw)))
    except FileNotFoundError:
        raise BadRequest(f"There is no file {file}.") from None
    except (OSError, ValueError, KeyError, TypeError, EOFError, zlib.error) as error:
        raise BadRequest(
            f"{file} is not a file in SQuAD's layout: {type(error).__name__}: {error}"
        ) from error


def _paragraphs(document: dict[str, Any]) -> Iterator[Paragraph]:
    for article in document["data"]:
        for paragraph in article["paragraphs"]:
            questions = tuple(
                Question(
                    id=str(qa["id"]),
                    text=_text(qa["question"]).strip(),
                    answers=tuple(
                        (_text(answer["text"]), int(answer["answer_start"])) for answer in qa["answers"]
                    ),
                )
                for qa in paragraph["qas"]
            )
            yield Paragraph(_text(article["title"]), _text(paragraph["context"]), questions)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value
