"""A question and what was found for it -> the spans that may answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.answer.retrieve.found import Found
from qa.answer.understand.question import Question
from qa.ports import Reader, Store
from qa.records import Passage, Span
from qa.settings import Settings

from .absent import Occurrences
from .dated import Early, read_dated


@dataclass(frozen=True, slots=True)
class Reading:
    """spans: best first. absent: what the question names and nothing mentions; then there is nothing to read.
    passages: the numbers of those that were read, wholly or in part."""

    spans: Sequence[Span]
    absent: Sequence[str]
    occurrences: Occurrences
    passages: frozenset[int] = frozenset()


class _Noting:
    """A reader that knows what it was asked of."""

    def __init__(self, reader: Reader) -> None:
        self.name = reader.name
        self.passages: set[int] = set()
        self._reader = reader

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        self.passages.update(passage.id for passage in passages)
        return self._reader.read(question, passages)


def read(question: Question, found: Found, reader: Reader, store: Store, settings: Settings) -> Reading:
    occurrences = Occurrences(store, found)
    absent = occurrences.nowhere(question) if settings.refuse_unmentioned else []
    early = Early(settings.read_first, settings.read_margin, settings.read_words, settings.read_least)
    noting = _Noting(reader)
    spans = [] if absent else read_dated(noting, question, found, early)
    return Reading(spans, absent, occurrences, frozenset(noting.passages))
