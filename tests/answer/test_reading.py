from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from fakes import article

from qa.answer.asked_dates import asked_dates
from qa.answer.reading import read
from qa.records import Article, Passage, Span


class _Listening:
    """Remembers what it was asked of which passage; the whole passage answers, the longer the better."""

    name = "listening"

    def __init__(self) -> None:
        self.asked: dict[str, str] = {}

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        self.asked |= {passage.text: question for passage in passages}
        return [Span(p, 0, len(p.text), float(len(p.text)), 1.0) for p in passages]


OF_THE_MONTH = replace(article("The lake is half full."), published=date(2021, 8, 3))
WRITTEN = replace(article("In August 2021 the lake was a third full, they say."), published=date(2021, 8, 9))
OTHER = replace(article("The lake is full."), published=date(2022, 8, 3))


def _read(question: str, *articles: Article) -> tuple[dict[str, str], list[Span]]:
    reader = _Listening()
    passages = [Passage(at, one.id, 0, len(one.text), one.text) for at, one in enumerate(articles)]
    asked = asked_dates(question, date(2022, 9, 1))
    spans = read(reader, question, asked, passages, {one.id: one for one in articles})
    return reader.asked, spans


def test_a_passage_of_the_days_asked_for_is_asked_without_them() -> None:
    question = "How full was the lake in August 2021?"
    asked, spans = _read(question, OF_THE_MONTH, WRITTEN, OTHER)
    assert asked == {
        OF_THE_MONTH.text: "How full was the lake?",
        WRITTEN.text: question,
        OTHER.text: question,
    }
    assert [span.text for span in spans] == [WRITTEN.text, OF_THE_MONTH.text, OTHER.text]


def test_a_question_that_would_keep_next_to_nothing_is_asked_whole() -> None:
    asked, _ = _read("What happened in August 2021?", OF_THE_MONTH)
    assert asked == {OF_THE_MONTH.text: "What happened in August 2021?"}


def test_a_question_without_days_is_asked_as_it_is() -> None:
    asked, _ = _read("How full was the lake?", OF_THE_MONTH, OTHER)
    assert set(asked.values()) == {"How full was the lake?"}
