"""A request -> its question, understood once and handed to every later stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qa.english import words
from qa.settings import Settings

from .asked_dates import AskedDates, asked_dates
from .followup import readings
from .kind import Kind, kind_of
from .request import Request
from .wanted import AnswerType, wanted


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. text: as it would be asked by somebody who asked nothing before. kind: the kind of words that
    answer it; wanted: one span, several, or evidence. dates: the days, numbers and names that it gives. stems: of its
    telling words."""

    text: str
    kind: Kind
    wanted: AnswerType
    dates: AskedDates
    stems: frozenset[str]

    @classmethod
    def of(cls, text: str, today: date, *, use_dates: bool = True) -> Question:
        """text: a question that stands alone. today: the day that it is asked on. use_dates: see Settings."""
        kind, dates = kind_of(text), asked_dates(text, today)
        dates = dates if use_dates else dates.undated()
        return cls(text, kind, wanted(text, kind), dates, words.stems(text))


@dataclass(frozen=True, slots=True)
class Meant:
    """What a request may ask, one question or two, and `tied`, as `Readings` has them."""

    questions: tuple[Question, ...]
    tied: bool


def understand(request: Request, settings: Settings) -> Meant:
    told = readings(request.text, request.history)
    asked = (Question.of(text, request.today, use_dates=settings.use_dates) for text in told.texts)
    return Meant(tuple(asked), told.tied)
