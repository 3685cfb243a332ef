"""A question and what was found for it -> the spans that may answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qa.answer.retrieve.found import Found
from qa.answer.understand.question import Question
from qa.ports import Layered, Reader, Store
from qa.records import Passage, Span
from qa.settings import Settings

from .absent import Occurrences
from .dated import Early, read_dated


@dataclass(frozen=True, slots=True)
class Reading:
    """spans: best first. absent: what the question names and nothing mentions; then there is nothing to read.
    through: of each passage that was read, by its number, how many layers; empty for a reader without."""

    spans: Sequence[Span]
    absent: Sequence[str]
    occurrences: Occurrences
    through: Mapping[int, int] = field(default_factory=dict)


class _Noting:
    """A reader that remembers how far it has read."""

    def __init__(self, reader: Layered) -> None:
        self.name = reader.name
        self.through: dict[int, int] = {}
        self._reader = reader

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        return self._reader.read(question, passages, self.through)


def read(question: Question, found: Found, reader: Reader, store: Store, settings: Settings) -> Reading:
    occurrences = Occurrences(store, found)
    absent = occurrences.nowhere(question) if settings.refuse_unmentioned else []
    early = Early(settings.read_first, settings.read_margin, settings.read_words, settings.read_least)
    noting = _Noting(reader) if isinstance(reader, Layered) else None
    spans = [] if absent else read_dated(noting or reader, question, found, early)
    return Reading(spans, absent, occurrences, noting.through if noting else {})
