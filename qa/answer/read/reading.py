"""A question and what was found for it -> the spans that may answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.answer.retrieve.found import Found
from qa.answer.understand.question import Question
from qa.ports import Reader, Store
from qa.records import Span
from qa.settings import Settings

from .absent import Occurrences
from .dated import Early, read_dated


@dataclass(frozen=True, slots=True)
class Reading:
    """spans: best first. absent: what the question names and nothing mentions; then there is nothing to read."""

    spans: Sequence[Span]
    absent: Sequence[str]
    occurrences: Occurrences


def read(question: Question, found: Found, reader: Reader, store: Store, settings: Settings) -> Reading:
    occurrences = Occurrences(store, found)
    absent = occurrences.nowhere(question) if settings.refuse_unmentioned else []
    early = Early(settings.read_first, settings.read_margin, settings.read_words, settings.read_least)
    return Reading([] if absent else read_dated(reader, question, found, early), absent, occurrences)
