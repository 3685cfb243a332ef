from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from fakes import article

from qa.answer.read.dated import Early, read_dated, read_early
from qa.answer.retrieve.found import Found
from qa.answer.understand.question import Question
from qa.records import Article, Hit, Passage, Span


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
    found = Found([Hit(passage, 0.1, 1, 1) for passage in passages], {one.id: one for one in articles})
    spans = read_dated(reader, Question.of(question, date(2022, 9, 1)), found)
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


class _Hopeless(_Listening):
    """Reads none of several to its end."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        return super().read(question, passages) if len(passages) == 1 else []


@pytest.mark.parametrize("question", ["How full was the lake?", "How full was the lake in August 2021?"])
def test_where_no_passage_is_worth_reading_the_best_found_ones_are_told_of(question: str) -> None:
    articles = [OF_THE_MONTH, replace(OF_THE_MONTH, id="again"), OTHER, WRITTEN]
    passages = [Passage(at, one.id, 0, len(one.text), one.text) for at, one in enumerate(articles)]
    found = Found([Hit(passage, 0.1, 1, 1) for passage in passages], {one.id: one for one in articles})

    spans = read_dated(_Hopeless(), Question.of(question, date(2022, 9, 1)), found)

    assert sorted(span.passage.id for span in spans) == [0, 1, 2]
    assert [span.score for span in spans] == sorted((span.score for span in spans), reverse=True)
    assert read_dated(_Hopeless(), Question.of(question, date(2022, 9, 1)), Found([], {})) == []


class _Scored:
    """Each passage's text is its only span's null margin. Remembers what it has read."""

    name = "scored"

    def __init__(self) -> None:
        self.read_passages: list[int] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        self.read_passages += [passage.id for passage in passages]
        spans = [Span(p, 0, len(p.text), 2 + float(p.text), float(p.text)) for p in passages if p.text]
        return sorted(spans, key=lambda span: -span.score)


def _scored(*texts: str) -> list[Passage]:
    return [Passage(at, "a", 0, len(text), text) for at, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("early", "read_passages"),
    [
        (None, [0, 1, 2, 3]),
        (Early(0, -9.0), [0, 1, 2, 3]),
        (Early(2, 1.0), [0, 1, 2]),
        (Early(2, 1.5), [0, 1, 2]),  # it holds the same words
        (Early(2, 1.6), [0, 1, 2, 3]),
        (Early(1, 1.0), [0, 1, 2, 3]),
        (Early(4, 0.0), [0, 1, 2, 3]),
        (Early(9, 0.0), [0, 1, 2, 3]),
    ],
)
def test_the_rest_is_read_only_where_the_first_do_not_answer_clearly(
    early: Early | None, read_passages: list[int]
) -> None:
    reader = _Scored()
    spans = read_early(reader, "Who?", _scored("-1", "1.5", "1.5", "3"), early)
    assert reader.read_passages == read_passages
    assert {span.passage.id for span in spans} == set(read_passages)


def test_what_is_read_in_two_goes_is_ordered_as_if_read_in_one() -> None:
    passages = _scored("-1", "1.5", "", "1.5", "3")
    assert read_early(_Scored(), "Who?", passages, Early(2, 9.0)) == _Scored().read("Who?", passages)


def test_where_the_first_hold_no_span_the_rest_is_read() -> None:
    reader = _Scored()
    assert [s.passage.id for s in read_early(reader, "Who?", _scored("", "", "-3"), Early(2, -9.0))] == [2]


class _Finding:
    """The number in a passage is its answer, and clear. Remembers what it has read."""

    name = "finding"

    def __init__(self) -> None:
        self.read_passages: list[int] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        self.read_passages += [passage.id for passage in passages]
        found = [(p, re.search(r"\d+", p.text)) for p in passages]
        return [Span(p, *number.span(), 5.0, 3.0) for p, number in found if number]


def test_after_a_clear_answer_only_what_may_speak_for_or_against_it_is_read() -> None:
    texts = (
        "The ferry carries 120 passengers.",
        "The harbour was rebuilt.",
        "A ferry that carries 90 passengers was sold.",  # against it
        "There were 120 guests.",  # its words
        "The ferry came late.",  # half of what is asked
        "It rained.",
    )
    passages = [Passage(at, str(at), 0, len(text), text) for at, text in enumerate(texts)]
    question = "How many passengers does the ferry carry?"

    reader = _Finding()
    spans = read_early(reader, question, passages, Early(2, 1.0, 0.75))

    assert reader.read_passages == [0, 1, 2, 3]
    assert [span.text for span in spans] == ["120", "90", "120"]


def test_what_holds_far_fewer_of_the_words_asked_for_than_another_is_not_read() -> None:
    texts = (
        "It rained.",  # the best found is read whatever it holds
        "The harbour was rebuilt.",
        "The ferry carries many passengers.",
        "A ferry came late.",  # half of what the one before holds
        "The passengers waited.",
    )
    passages = [Passage(at, str(at), 0, len(text), text) for at, text in enumerate(texts)]
    question = "How many passengers does the ferry carry?"

    for least, read_passages in ((0.0, [0, 1, 2, 3, 4]), (0.3, [0, 2, 3, 4]), (0.6, [0, 2])):
        reader = _Finding()
        read_early(reader, question, passages, Early(2, 1.0, 0.75, least))
        assert reader.read_passages == read_passages


def test_where_nothing_holds_a_word_asked_for_all_is_read() -> None:
    reader = _Finding()
    passages = [Passage(at, str(at), 0, 10, "It rained.") for at in range(4)]
    read_early(reader, "Who sailed?", passages, Early(2, 1.0, 0.75, 0.3))
    assert reader.read_passages == [0, 1, 2, 3]


def _under(title: str, passage: Passage) -> str:
    return f"{title} {passage.text}"


def test_what_stands_above_a_passage_counts_among_its_words() -> None:
    texts = ("The ferry carries 120 passengers.", "It carries 90 passengers.")
    passages = [Passage(at, str(at), 0, len(text), text) for at, text in enumerate(texts)]
    early = Early(1, 1.0, 1.0)
    for title, read_passages in (("Weather", [0]), ("The ferry", [0, 1])):
        reader = _Finding()
        read_early(
            reader,
            "How many passengers does the ferry carry?",
            passages,
            early,
            partial(_under, title),
        )
        assert reader.read_passages == read_passages


def test_who_asks_for_the_latest_has_every_passage_read() -> None:
    articles = [
        article(text) for text in ("The ferry carries 120 passengers.", "It rained.", "Boats are late.")
    ]
    passages = [Passage(at, one.id, 0, len(one.text), one.text) for at, one in enumerate(articles)]
    found = Found([Hit(passage, 0.1, 1, 1) for passage in passages], {one.id: one for one in articles})
    for asked, read_passages in (
        ("How many passengers does the ferry carry?", [0]),
        ("How many passengers does the latest ferry carry?", [0, 1, 2]),
    ):
        reader, question = _Finding(), Question.of(asked, date(2022, 9, 1))
        read_dated(reader, question, found, Early(1, 1.0, 0.75))
        assert reader.read_passages == read_passages
